"""Where the pages of reports stand."""

from __future__ import annotations

from django.urls import URLPattern, path

from tinh.web.pages.reporting import (
    figures,
    following,
    form,
    gallery,
    ground,
    installable,
    intake,
    listing,
    pictures,
    syndication,
    tiles,
    tracking,
    uploads,
)

addresses: list[URLPattern] = [
    path("phan-anh/anh", uploads.uploads, name="photo-uploads"),
    path("phan-anh/anh/<str:name>", uploads.upload, name="photo-upload"),
    path("phan-anh/anh/<str:name>/<int:number>/<str:size>.webp", pictures.copy, name="photo-copy"),
    path("phan-anh/anh/<str:name>/<int:number>/<str:size>.jpg", pictures.copy, {"kind": "jpg"}),
    path("phan-anh/", listing.listing, name="reports"),
    path("phan-anh/danh-sach.csv", listing.table, name="reports-csv"),
    path("phan-anh/cong-khai.xml", syndication.rss, name="reports-rss"),
    path("phan-anh/cong-khai.atom", syndication.atom, name="reports-atom"),
    path("phan-anh/gui", form.report, name="report-form"),
    path("phan-anh/goi-y", form.hints, name="report-hints"),
    path("phan-anh/ranh-gioi.geojson", ground.areas, name="report-areas"),
    path("phan-anh/nen/<int:z>/<int:x>/<int:y>", tiles.tile, name="report-tile"),
    path("phan-anh/thong-ke", figures.statistics, name="report-statistics"),
    path("phan-anh/thong-ke.csv", figures.table, name="report-statistics-csv"),
    path("phan-anh/app.webmanifest", installable.manifest, name="report-manifest"),
    path("phan-anh/bieu-tuong-<int:size>.png", installable.icon, name="report-icon"),
    path("phan-anh/sw.js", installable.worker, name="report-worker"),
    path("phan-anh/khung/<str:language>/<str:name>", installable.kept, name="report-kept"),
    path("phan-anh/theo-doi/<str:key>/thong-bao", tracking.tell, name="report-telling"),
    path("phan-anh/theo-doi", tracking.door, name="report-track"),
    path("phan-anh/theo-doi/<str:key>", tracking.own, name="report-own"),
    path("phan-anh/khieu-nai", tracking.appeal, name="report-appeal"),
    path("phan-anh/theo-thu/<str:token>", following.confirm, name="report-follow-confirm"),
    path("phan-anh/<str:code>", listing.one, name="report"),
    path("phan-anh/<str:code>/theo", following.follow, name="report-follow"),
    path("vu-viec/moi", intake.intake, name="report-intake"),
    path("vu-viec/<str:code>/anh", gallery.gallery, name="case-photos"),
    path("vu-viec/anh/<str:name>", pictures.blurring, name="photo-blur"),
    path("vu-viec/anh/<str:name>/goc", pictures.original, name="photo-original"),
]
