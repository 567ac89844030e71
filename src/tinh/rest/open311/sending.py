"""What another program sends: a report for a citizen, and an update of one it sent before."""

from __future__ import annotations

import secrets
from time import monotonic
from typing import Any
from urllib.parse import urlsplit

import structlog
from django.core.files.uploadedfile import UploadedFile

from tinh.cases import api as cases
from tinh.desks.api import partners, photos, reports
from tinh.jobs import api as jobs
from tinh.packs.api import ReportCategory
from tinh.rest.open311 import arguments, locations, services
from tinh.rest.open311.entry import Call
from tinh.rest.open311.faults import (
    ArgumentMissing,
    BadArgument,
    Gathered,
    UnfitMedia,
    UnknownRequest,
)
from tinh.sources.api import SourceError, ask

log = structlog.get_logger()
FETCH = 10.0  # seconds for photos that lie elsewhere, all of them together
LARGEST = 25_000_000  # bytes of such a photo
MOST_PHOTOS = 5


def create(call: Call) -> dict[str, Any]:
    """POST Service Request: the report's case is opened, once for each Idempotency-Key. All that is missing
    or cannot be read is told at once."""
    sender = call.sender()
    faults = Gathered()
    category = faults.read(lambda: services.service(jobs.catalogue(), call.needed("service_code")))
    spot = faults.read(lambda: locations.read(call))
    given = arguments.attributes(call.given)
    answers = services.answers(category, given, faults) if category is not None else {}
    faults.judge()
    assert category is not None  # judged
    assert spot is not None
    idempotent = call.request.headers.get("Idempotency-Key", "").strip()
    key = f"open311/{sender.account}/{idempotent[:60] or secrets.token_urlsafe(24)}"
    secret = secrets.token_urlsafe(32)
    taken, missed = _photos(call, secret)
    draft = reports.Draft(
        category=category.id, text=_text(call, category), key=key, latitude=spot.latitude,
        longitude=spot.longitude, place=spot.place, address=spot.address, answers=answers,
        name=partners.full_name(call.one("first_name"), call.one("last_name")), phone=_phone(call),
        email=_email(call), language=call.language, photos=secret if taken else "", photo_count=taken,
        source="open311",
    )  # fmt: skip
    made = reports.submit(draft, reports.Caller(actor=sender))
    if made.new and missed:
        note = "Ảnh ở nơi khác không lấy được: " + ", ".join(missed)
        cases.note(made.code, note, sender, public=False)
    found = reports.named([made.code], sender)[0]
    out: dict[str, Any] = {"service_request_id": made.code, "service_notice": _notice(found, call.language)}
    return {**out, "account_id": call.one("account_id") or None}


def update(call: Call) -> dict[str, Any]:
    """POST Service Request Update: what the citizen wrote at the other system, once for each update id. A new
    status alone is one too."""
    sender = call.sender()
    faults = Gathered()
    code = faults.read(lambda: call.needed("service_request_id")) or ""
    mark = call.one("update_id") or call.one("update_id_ext")
    if not mark:
        faults.faults.append(ArgumentMissing(name="update_id"))
    status = partners.status_of(call.one("status"))
    if status is None:
        known = ", ".join(partners.STATUSES)
        faults.faults.append(BadArgument(name="status", value=call.one("status")[:40], expected=known))
    if not status and not call.one("description"):
        faults.faults.append(ArgumentMissing(name="description"))
    faults.judge()
    if not reports.sent_by(code, sender):
        raise UnknownRequest(id=code[:60])
    media = [url[:500] for url in call.given.get("media_url", ())[:MOST_PHOTOS]]
    taken = partners.told(sender, mark, code, call.one("description")[:4000], status or "", media)
    return {"update_id": taken, "account_id": call.one("account_id") or None}


def _text(call: Call, category: ReportCategory) -> str:
    """The description as sent; a very short one after the name of the service."""
    said = call.one("description")[:4000]
    return (
        said if len(said) >= 10 else f"{category.name.in_(call.language)}: {said}".strip(" :").ljust(10, ".")
    )


def _phone(call: Call) -> str:
    """A number nobody could be reached at is left out, as other systems send whatever was typed."""
    said = call.one("phone")
    digits = sum(c.isdigit() for c in said)
    return said if 9 <= digits <= 12 else ""


def _email(call: Call) -> str:
    said = call.one("email")
    return (
        said
        if len(said) <= 254 and "@" in said[1:-3] and " " not in said and "." in said.rpartition("@")[2]
        else ""
    )


def _photos(call: Call, secret: str) -> tuple[int, list[str]]:
    """Photos sent along, or lying at `media_url`: how many were taken, and addresses that gave none."""
    taken, missed = 0, []
    for number, file in enumerate([one for one in call.files if one.size][:MOST_PHOTOS]):
        taken += _store(secret, _read(file), f"file-{number}", file.name or "")
    until = monotonic() + FETCH
    for number, url in enumerate(call.given.get("media_url", ())[: MOST_PHOTOS - taken]):
        try:
            if not url.strip().lower().startswith(("http://", "https://")):
                raise ValueError("no http(s)")
            found = ask("GET", url.strip(), {}, patience=max(until - monotonic(), 1), largest=LARGEST)
            if found.status != 200 or found.cut:
                raise ValueError(f"HTTP {found.status}")
            taken += _store(secret, found.body, f"url-{number}", urlsplit(url).path.rpartition("/")[2])
        except (SourceError, UnfitMedia, ValueError) as error:
            log.info("open311.media", url=url[:200], fault=str(error)[:200])
            missed.append(url[:500])
    return taken, missed


def _store(secret: str, data: bytes, key: str, name: str) -> int:
    try:
        photos.store(secret, data, key, file=name)
    except photos.PhotoError as fault:
        said = fault.detail()
        raise UnfitMedia(why_vi=said.vi, why_en=said.en) from fault
    return 1


def _read(file: UploadedFile[Any]) -> bytes:
    if (file.size or 0) > LARGEST:
        raise UnfitMedia(why_vi="tệp quá lớn", why_en="the file is too large")
    data: bytes = file.read()
    return data


def _notice(one: reports.Shown, language: str) -> str | None:
    if one.accept_by is None:
        return None
    from zoneinfo import ZoneInfo

    zone = ZoneInfo(jobs.catalogue().timezone)
    accept = one.accept_by.astimezone(zone).strftime("%H:%M %d/%m/%Y")
    finish = one.finish_by.astimezone(zone).strftime("%H:%M %d/%m/%Y") if one.finish_by else ""
    if language == "en":
        return f"Accepted or refused by {accept}" + (f", answered by {finish}." if finish else ".")
    return f"Tiếp nhận hoặc từ chối trước {accept}" + (f", trả lời trước {finish}." if finish else ".")
