"""The Open311 door: the form of the answer by the address's ending, and every fault as GeoReport's list."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import wraps
from typing import Any

import structlog
from django.conf import settings
from django.core.exceptions import BadRequest, RequestDataTooBig, TooManyFieldsSent
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.csrf import csrf_exempt

from tinh.jobs import api as jobs
from tinh.kit.errors import Text, TinhError
from tinh.people import api as people
from tinh.rest.open311 import arguments, markup
from tinh.rest.open311.faults import (
    ArgumentMissing,
    KeyInvalid,
    KeyMissing,
    NoSuchResource,
    UnknownJurisdiction,
)

log = structlog.get_logger()
CORS = {"Access-Control-Allow-Origin": "*"}
_BROKEN = Text("Máy chủ gặp lỗi, đã ghi lại.", "The server failed; it is on record.")
_METHOD = Text("Địa chỉ này không nhận {method}.", "This resource does not take {method}.")
_TOO_BIG = Text("Nội dung gửi lên quá lớn.", "What was sent is too large.")


@dataclass(frozen=True)
class Call:
    """One call: what was sent, in which language to answer, and who stands behind the key."""

    request: HttpRequest
    form: str
    given: Mapping[str, list[str]]
    language: str
    files: list[Any] = field(default_factory=list)

    def one(self, name: str) -> str:
        return arguments.one(self.given, name)

    def needed(self, name: str) -> str:
        value = self.one(name)
        if not value:
            raise ArgumentMissing(name=name)
        return value

    def actor(self) -> people.Actor | None:
        """Who the key speaks for; None without one. KeyInvalid for a key nobody has."""
        key = self.one("api_key")
        try:
            if key:
                self.request.META["HTTP_AUTHORIZATION"] = f"Bearer {key}"
                self.request.__dict__.pop("headers", None)
            found = people.actor_of(self.request) if self.request.headers.get("Authorization") else None
        except people.TokenRefused:
            raise KeyInvalid from None
        if found is not None:
            people.stand("person", found)
        return found

    def sender(self) -> people.Actor:
        """Whoever may send reports; KeyMissing and KeyInvalid otherwise."""
        found = self.actor()
        if found is None:
            raise KeyMissing
        if not people.may_anywhere(found, "send reports"):
            raise KeyInvalid
        return found

    def address(self, path: str) -> str:
        """The whole address of something on this site."""
        return (settings.PUBLIC_URL or f"{self.request.scheme}://{self.request.get_host()}") + path

    def answer(self, root: str, held: Any, status: int = 200) -> HttpResponse:
        return markup.document(self.form, root, held, status)


View = Callable[..., HttpResponse]


def door(*methods: str) -> Callable[[View], Callable[..., HttpResponseBase]]:
    """Reads the call, asks after the jurisdiction, and tells faults as the specification wants."""

    def guard(view: View) -> Callable[..., HttpResponseBase]:
        @csrf_exempt
        @wraps(view)
        def guarded(request: HttpRequest, form: str = "", **parts: str) -> HttpResponseBase:
            language = getattr(request, "LANGUAGE_CODE", "vi")
            form = form if form in markup.FORMATS else _wanted(request)
            try:
                answer = _called(request, form, methods, view, parts)
            except TinhError as fault:
                answer = refused(form, language, fault)
            except RequestDataTooBig:
                answer = _errors(form, 400, 413, _TOO_BIG.in_(language))
            except (BadRequest, TooManyFieldsSent) as fault:
                answer = _errors(form, 400, 400, str(fault))
            except Exception as fault:
                log.error("open311.failed", path=request.path, method=request.method, exc_info=fault)
                answer = _errors(form, 500, 500, _BROKEN.in_(language))
            for name, value in CORS.items():
                answer.headers.setdefault(name, value)
            answer.headers.setdefault("Cache-Control", "no-cache")
            return answer

        return guarded

    return guard


def _called(
    request: HttpRequest, form: str, methods: tuple[str, ...], view: View, parts: Mapping[str, str]
) -> HttpResponse:
    if request.method == "OPTIONS":
        allow = {"Access-Control-Allow-Methods": ", ".join((*methods, "OPTIONS"))}
        return HttpResponse(
            status=204, headers={**allow, "Access-Control-Allow-Headers": "Content-Type, Authorization"}
        )
    if request.method not in {*methods, *({"HEAD"} if "GET" in methods else ())}:
        answer = _errors(form, 405, 405, _METHOD.fill(method=request.method).in_("en"))
        answer.headers["Allow"] = ", ".join(methods)
        return answer
    given = arguments.sent(request.POST, request.GET)
    asked = arguments.one(given, "locale").lower()[:2]
    language = asked if asked in ("vi", "en") else getattr(request, "LANGUAGE_CODE", "vi")
    files = [one for _, found in request.FILES.lists() for one in found]
    call = Call(request, form, given, language, files)
    wanted, ours = call.one("jurisdiction_id"), jurisdictions()
    if wanted and wanted.lower() not in ours:
        raise UnknownJurisdiction(id=wanted[:80], known=ours[0])
    return view(call, **parts)


def jurisdictions() -> tuple[str, ...]:
    """What this endpoint answers to: the province's id, the code of its place, and the site's own name."""
    catalogue = jobs.catalogue()
    host = settings.PUBLIC_URL.partition("://")[2].removeprefix("www.").lower()
    return tuple(one for one in (catalogue.id, catalogue.place, host) if one)


def refused(form: str, language: str, fault: TinhError) -> HttpResponse:
    status = fault.status if fault.status in (403, 404, 429, 503) else 403 if fault.status == 401 else 400
    said = f"{fault.detail().in_(language)} {fault.remedy().in_(language)}".strip()
    answer = _errors(form, status, status, f"{said} ({fault.code})")
    if fault.retry:
        answer.headers["Retry-After"] = str(fault.facts.get("seconds", 5))
    return answer


def _errors(form: str, status: int, code: int, description: str) -> HttpResponse:
    return markup.document(form, "errors", [{"code": code, "description": description}], status)


def _wanted(request: HttpRequest) -> str:
    """The form where the address names none: what the client prefers, XML else."""
    asked = request.GET.get("format", "")
    if asked in markup.FORMATS:
        return asked
    return (
        "json"
        if request.get_preferred_type(["text/xml", "application/xml", "application/json"])
        == "application/json"
        else "xml"
    )


@door("GET", "POST")
def nowhere(call: Call, **_parts: str) -> HttpResponse:
    raise NoSuchResource(discovery=call.address("/open311/discovery.xml"))
