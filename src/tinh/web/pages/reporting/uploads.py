"""Photos over a bad line: tus 1.0.0 (core, creation, creation-with-upload, expiration, termination).

Whoever knows an upload's address may go on with it; the address is drawn at random. The draft it belongs to
is named by its secret, in the metadata (`draft`), the header `Tinh-Draft` or the cookie of the form; where
there is none, one is made and told. Source: https://tus.io/protocols/resumable-upload
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Iterator
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.http import http_date
from django.views.decorators.csrf import csrf_exempt

from tinh.desks.api import photos
from tinh.kit.errors import TinhError, sentence
from tinh.kit.ids import fresh
from tinh.people import api as people
from tinh.web.shell import language_of

VERSION = "1.0.0"
COOKIE = "tinh_draft"
LASTS = 48 * 3600
_PIECE = 1 << 16
_MEDIA = "application/offset+octet-stream"
_EXTENSIONS = "creation,creation-with-upload,expiration,termination"

View = Callable[..., HttpResponse]


def secret_of(request: HttpRequest) -> str:
    """The secret of the draft that this browser is writing; "" where there is none."""
    return request.headers.get("Tinh-Draft", "") or request.COOKIES.get(COOKIE, "")


def remember(request: HttpRequest, response: HttpResponse, secret: str) -> None:
    response.set_cookie(
        COOKIE,
        secret,
        max_age=LASTS,
        path="/phan-anh",
        httponly=True,
        samesite="Lax",
        secure=request.is_secure(),
    )


def _tus(view: View) -> View:
    """Headers and refusals as the protocol has them."""

    @csrf_exempt  # no session speaks here: the address of an upload is what opens it
    @wraps(view)
    def spoken(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        method = request.headers.get("X-HTTP-Method-Override", request.method or "").upper()
        asked = request.headers.get("Tus-Resumable")
        try:
            if method in ("POST", "PATCH", "HEAD", "DELETE") and asked != VERSION:
                response = HttpResponse(status=412)
                response["Tus-Version"] = VERSION
            else:
                response = view(request, method, *args, **kwargs)
        except TinhError as error:
            response = _refused(request, error)
        response["Tus-Resumable"] = VERSION
        response["Cache-Control"] = "no-store"
        return response

    return spoken


def _refused(request: HttpRequest, error: TinhError) -> HttpResponse:
    language = language_of(request)
    said = {
        "code": error.code,
        "detail": sentence(error.detail().in_(language)),
        "cure": sentence(error.remedy().in_(language)),
        "retry": error.retry,
    }
    return JsonResponse(said, status=error.status, json_dumps_params={"ensure_ascii": False})


@_tus
def uploads(request: HttpRequest, method: str) -> HttpResponse:
    """OPTIONS tells what is offered, POST begins an upload, GET lists the photos of one's own draft."""
    if method == "OPTIONS":
        return _offered()
    if method == "GET":
        return _listed(request)
    if method != "POST":
        return HttpResponse(status=405, headers={"Allow": "GET, OPTIONS, POST"})
    told = _metadata(request.headers.get("Upload-Metadata", ""))
    secret = told.get("draft", "") or secret_of(request)
    made = "" if secret else fresh(26)
    key = request.headers.get("Idempotency-Key", "") or told.get("key", "")
    begun = photos.begin(
        secret or made,
        _number(request, "Upload-Length"),
        key=key,
        network=people.network_of(people.address_of(request) or ""),
        file=told.get("filename", "") or told.get("name", ""),
    )
    if request.headers.get("Content-Type", "") == _MEDIA and begun.offset < begun.length:
        begun = photos.append(begun.name, begun.offset, _pieces(request))
    response = HttpResponse(status=201)
    response["Location"] = request.build_absolute_uri(f"/phan-anh/anh/{begun.name}")
    _progress(response, begun)
    if made:
        response["Tinh-Draft"] = made
        remember(request, response, made)
    return response


@_tus
def upload(request: HttpRequest, method: str, name: str) -> HttpResponse:
    """HEAD tells how far an upload has come, PATCH goes on with it, DELETE takes it back."""
    if method == "OPTIONS":
        return _offered()
    if method == "HEAD":
        found = photos.state_of(name)
        response = HttpResponse(status=200)
        response["Upload-Length"] = str(found.length)
        _progress(response, found)
        return response
    if method == "PATCH":
        if request.headers.get("Content-Type", "") != _MEDIA:
            return HttpResponse(status=415)
        went = photos.append(name, _number(request, "Upload-Offset"), _pieces(request))
        response = HttpResponse(status=204)
        _progress(response, went)
        return response
    if method == "DELETE":
        photos.withdraw(name)
        return HttpResponse(status=204)
    return HttpResponse(status=405, headers={"Allow": "DELETE, HEAD, OPTIONS, PATCH"})


def _offered() -> HttpResponse:
    response = HttpResponse(status=204)
    response["Tus-Version"] = VERSION
    response["Tus-Extension"] = _EXTENSIONS
    response["Tus-Max-Size"] = str(photos.LIMITS.photo_bytes)
    return response


def _listed(request: HttpRequest) -> HttpResponse:
    """The photos of one's draft as JSON: state, addresses of copies, and what their metadata offer."""
    language = language_of(request)
    secret = secret_of(request)
    if not secret:
        return JsonResponse({"photos": [], "told": []})
    said = [
        {
            "name": view.name,
            "state": view.state,
            "thumb": view.address("thumb") if view.state == "ready" else "",
            "fault": view.fault.in_(language) if view.fault else "",
            "cure": view.cure.in_(language) if view.cure else "",
        }
        for view in photos.of_draft(secret)
    ]
    told = [
        {"name": one.name, "latitude": one.latitude, "longitude": one.longitude, "taken": one.taken}
        for one in photos.told(secret)
    ]
    return JsonResponse({"photos": said, "told": told}, json_dumps_params={"ensure_ascii": False})


def _progress(response: HttpResponse, upload: photos.Upload) -> None:
    response["Upload-Offset"] = str(upload.offset)
    if upload.expires_at is not None:
        response["Upload-Expires"] = http_date(upload.expires_at.timestamp())


def _pieces(request: HttpRequest) -> Iterator[bytes]:
    while piece := request.read(_PIECE):
        yield piece


def _number(request: HttpRequest, header: str) -> int:
    text = request.headers.get(header, "")
    if not (text.isascii() and text.isdigit() and len(text) < 16):
        raise photos.LengthMissing(header=header)
    return int(text)


def _metadata(header: str) -> dict[str, str]:
    """`key base64,key base64` as the creation extension has it; what cannot be read is left out."""
    found: dict[str, str] = {}
    for pair in header[:8000].split(","):
        key, _, value = pair.strip().partition(" ")
        try:
            found[key] = base64.b64decode(value.strip(), validate=True).decode("utf-8", "replace")[:300]
        except (binascii.Error, ValueError):
            continue
    return found
