from django.urls import path

from tinh.web.pages import (
    alerts,
    boundaries,
    data,
    design,
    events,
    indicators,
    receipts,
    room,
    sign,
    traces,
    upload,
)

urlpatterns = [
    path("", room.room, name="room"),
    path("events", events.events, name="events"),
    path("chi-so/", indicators.listing, name="indicators"),
    path("chi-so/<str:id>/", indicators.one, name="indicator"),
    path("nguon/<str:id>/<str:place>/<str:period>", traces.trace, name="trace"),
    path("du-lieu/", data.overview, name="data"),
    path("du-lieu/nhan/<str:id>", receipts.receipt, name="receipt"),
    path("du-lieu/nhan/<str:id>/tep", receipts.raw, name="raw"),
    path("du-lieu/gui", upload.upload, name="upload"),
    path("du-lieu/<str:id>/", data.dataset, name="dataset"),
    path("dia-ban/ranh-gioi", boundaries.overview, name="boundaries"),
    path("dia-ban/ranh-gioi/bo", boundaries.drop, name="boundaries-drop"),
    path("dia-ban/ranh-gioi/goc/<str:id>", boundaries.original, name="boundaries-original"),
    path("dia-ban/ranh-gioi/<str:digest>", boundaries.looked_at, name="boundaries-survey"),
    path("canh-bao/", alerts.alerts, name="alerts"),
    path("thiet-ke/", design.design, name="design"),
    path("sign-in", sign.sign_in, name="sign-in"),
    path("sign-out", sign.sign_out, name="sign-out"),
    path("theme", sign.theme, name="theme"),
]
