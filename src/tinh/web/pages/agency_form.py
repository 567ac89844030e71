"""An agency as the fields of a form, there and back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import QueryDict

from tinh.packs.api import Agency
from tinh.web.pages.days import day_of

KNOWN = {"ma-dinh-danh": "dinh-danh", "ma-so-thue": "ma-so-thue"}
_TEXTS = (
    "ten", "ten-en", "ngan", "ngan-en", "ma", "loai", "truc-thuoc", "dia-ban", "dung-dau",
    "dinh-danh", "ma-so-thue", "ma-khac", "ten-khac", "lien-he", "thu", "dien-thoai", "dia-chi", "tu", "den",
)  # fmt: skip


def blank() -> dict[str, Any]:
    return {**{key.replace("-", "_"): "" for key in _TEXTS}, "loai": "department", "sectors": []}


def fields_of(found: Agency) -> dict[str, Any]:
    others = "\n".join(f"{k}: {v}" for k, v in found.identifiers.items() if k not in KNOWN)
    return {
        **blank(),
        "ten": found.name.vi, "ten_en": found.name.en, "ngan": found.short.vi, "ngan_en": found.short.en,
        "ma": found.id, "loai": found.kind, "truc_thuoc": found.parent, "dia_ban": found.place,
        "dung_dau": found.head, "dinh_danh": found.identifiers.get("ma-dinh-danh", found.code),
        "ma_so_thue": found.identifiers.get("ma-so-thue", ""), "ma_khac": others,
        "ten_khac": "\n".join(a.name.vi for a in found.aliases if not a.id),
        "lien_he": found.contact.name, "thu": found.contact.email, "dien_thoai": found.contact.phone,
        "dia_chi": found.contact.address,
        "tu": found.since.isoformat() if found.since else "",
        "den": found.until.isoformat() if found.until else "",
        "sectors": list(found.sectors),
    }  # fmt: skip


def read(post: QueryDict, before: Agency | None = None) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the form said, to show it again, and the same as the keys of an agency's file."""
    said = {key: " ".join(post.get(key, "").replace("\0", "").split())[:300] for key in _TEXTS}
    lines = {key: post.get(key, "").replace("\0", "")[:3000] for key in ("ma-khac", "ten-khac")}
    sectors = post.getlist("linh-vuc")
    given = {**{k.replace("-", "_"): v for k, v in {**said, **lines}.items()}, "sectors": sectors}
    merged = [] if before is None else [
        {"id": a.id, "name": a.name.as_dict(), "until": a.until} for a in before.aliases if a.id
    ]  # fmt: skip
    also = [line.strip() for line in lines["ten-khac"].splitlines() if line.strip()]
    wanted: dict[str, Any] = {
        "name": {"vi": said["ten"], "en": said["ten-en"] or said["ten"]},
        "short": {"vi": said["ngan"], "en": said["ngan-en"] or said["ngan"]},
        "kind": said["loai"],
        "parent": said["truc-thuoc"], "place": said["dia-ban"], "head": said["dung-dau"], "sectors": sectors,
        "code": "",
        "identifiers": _identifiers(said, lines["ma-khac"]),
        "aliases": merged + [{"name": {"vi": name, "en": name}} for name in also],
        "contact": {"name": said["lien-he"], "email": said["thu"], "phone": said["dien-thoai"],
                    "address": said["dia-chi"]},
        "from": day_of(said["tu"]), "until": day_of(said["den"]),
    }  # fmt: skip
    if before is None and said["ma"]:
        wanted["id"] = said["ma"]
    return given, wanted


def _identifiers(said: Mapping[str, str], others: str) -> dict[str, str]:
    out = {scheme: said[key] for scheme, key in KNOWN.items() if said[key]}
    for line in others.splitlines():
        scheme, _, value = line.partition(":")
        if scheme.strip() and value.strip():
            out[scheme.strip()] = value.strip()
    return out
