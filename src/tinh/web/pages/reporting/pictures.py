"""Photos as people see them: public copies, the original for who may, and the page where a clerk blurs."""

from __future__ import annotations

import json
from typing import Any

from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tinh.desks.api import photos
from tinh.people import api as people
from tinh.web.pages.reporting.uploads import secret_of
from tinh.web.shell import language_of, page, signed_in
from tinh.web.words import Say, words

_ENDINGS = {"jpeg": "jpg", "png": "png", "webp": "webp", "heic": "heic", "avif": "avif", "gif": "gif"}


_SEEN = signing.TimestampSigner(salt="tinh.own photo")
_LASTS = 3600


def for_sender(view: photos.View, size: str) -> str:
    """Where whoever sent a photo sees it though nobody else does: an address that is good for an hour."""
    return f"{view.address(size)}?nguoi-gui={_SEEN.sign(view.name).rpartition(view.name + ':')[2]}"


def _sender(request: HttpRequest, name: str) -> bool:
    try:
        _SEEN.unsign(f"{name}:{request.GET.get('nguoi-gui', '')}", max_age=_LASTS)
    except signing.BadSignature:
        return False
    return True


def _staff(request: HttpRequest) -> bool:
    try:
        return people.may_anywhere(people.actor_of(request), "read cases")
    except people.PeopleError:
        return False


@require_safe
def copy(request: HttpRequest, name: str, number: int, size: str, kind: str = "webp") -> HttpResponseBase:
    """A copy of a photo; a photo that is not shown exists for nobody but its sender and staff. What everybody
    may see may be drawn into other sites' pages, as clients of Open311 do."""
    try:
        path = photos.copy(name, number, size)
        kept = "public, max-age=3600"
    except photos.NotReadyYet:
        return HttpResponseNotFound()
    except photos.NoSuchPhoto:
        try:
            path = photos.copy(
                name, number, size, secret_of(request), staff=_staff(request), sender=_sender(request, name)
            )
        except photos.PhotoError:
            return HttpResponseNotFound()
        kept = "private, no-store"
    data = photos.as_jpeg(path) if kind == "jpg" else path.read_bytes()
    response = HttpResponse(data, content_type="image/jpeg" if kind == "jpg" else "image/webp")
    response["Cache-Control"] = kept
    if kept.startswith("public"):
        response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


@require_POST
@signed_in
def original(request: HttpRequest, name: str) -> HttpResponse:
    """The photo as it was received, as a file to keep: never shown as a page of this site."""
    reason = request.POST.get("reason", "")
    data, kind = photos.original(name, people.actor_of(request), reason, people.address_of(request) or "")
    response = HttpResponse(data, content_type="application/octet-stream")
    response["Content-Disposition"] = f'attachment; filename="{name}.{_ENDINGS.get(kind, "bin")}"'
    response["Cache-Control"] = "no-store"
    return response


@require_http_methods(["GET", "POST"])
@signed_in
def blurring(request: HttpRequest, name: str) -> HttpResponse:
    """Boxes over a photo: those that are burnt in, those proposed, and those a clerk adds."""
    who = people.require(people.actor_of(request), "triage cases")
    language = language_of(request)
    say = words(language)
    found = photos.photo(name)
    fault = ""
    boxes: list[list[float]] = list(found.boxes)
    if request.method == "POST":
        try:
            boxes = _boxes(request)
            photos.blur(found, boxes)
            people.note(
                who.name,
                "blur photo",
                f"{found.case} photo {name}",
                allowed=True,
                address=people.address_of(request) or "",
            )
            return redirect(f"/vu-viec/anh/{name}?xong=1")
        except photos.PhotoError as error:
            fault = error.detail().in_(language)
    proposed = photos.proposals(found) if found.state == "ready" else []
    views = [view for view in photos.of_case(found.case, public=False) if view.name == name]
    fresh = [one for one in proposed if not any(_close(one["box"], box) for box in boxes)]
    drawn: list[tuple[list[float] | None, str, bool]] = [(box, "box", True) for box in boxes]
    drawn += [(one["box"], one["kind"], False) for one in fresh]
    drawn += [(None, "box_new", False)] * 3
    lines = [_line(box, n, kind, on, say) for n, (box, kind, on) in enumerate(drawn, 1)]
    refused = views[0].fault if views else None
    return page(
        request,
        "reporting/blurring.html",
        "",
        say("photos.blur_title"),
        status=400 if fault else 200,
        photo=views[0] if views else None,
        case=found.case,
        name=name,
        lines=lines,
        fault=fault,
        refused=refused.in_(language) if refused else "",
        done="xong" in request.GET,
        may_open=people.may_anywhere(who, "see reporters"),
        width=found.width,
        height=found.height,
    )


def _line(box: list[float] | None, number: int, kind: str, on: bool, say: Say) -> dict[str, Any]:
    """One line of the form: a box's sides in hundredths of the picture, empty for a box to come."""
    values = [f"{part * 100:.1f}".rstrip("0").rstrip(".") for part in box] if box else [""] * 4
    names = ("left", "top", "wide", "high")
    sides = [(name, say(f"photos.{name}"), value) for name, value in zip(names, values, strict=True)]
    return {"number": number, "label": say(f"photos.{kind}", number=number), "on": on, "sides": sides}


def _close(a: list[float], b: list[float]) -> bool:
    return all(abs(x - y) < 0.01 for x, y in zip(a, b, strict=True))


def _boxes(request: HttpRequest) -> list[list[float]]:
    """Boxes as a script sends them (JSON, parts of the picture), or as fields in hundredths."""
    if sent := request.POST.get("boxes"):
        try:
            found = json.loads(sent)
        except ValueError:
            raise photos.BoxUnfit from None
        if not isinstance(found, list) or not all(isinstance(box, list) for box in found):
            raise photos.BoxUnfit
        return found
    boxes: list[list[float]] = []
    for number in request.POST.getlist("use"):
        try:
            left, top, wide, high = (
                float(request.POST.get(f"{side}{number}", "").replace(",", ".")) / 100
                for side in ("left", "top", "wide", "high")
            )
        except ValueError:
            raise photos.BoxUnfit from None
        boxes.append([left, top, min(wide, 1 - left), min(high, 1 - top)])
    return boxes
