"""The Open311 door: the form of the answer by the address's ending, and every fault as GeoReport's list."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import wraps
from typing import Any

import structlog
from django.conf import settings
from django.core.exceptions import BadRequest, RequestDataTooBig, SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import Resolver404, resolve
from django.utils.cache import patch_vary_headers
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.gzip import gzip_page

from tinh.desks.api import reports
from tinh.jobs import api as jobs
from tinh.kit.errors import LANGUAGES, Text, TinhError
from tinh.people import api as people
from tinh.rest.open311 import arguments, bodies, markup
from tinh.rest.open311.faults import (
    ArgumentMissing,
    KeyInvalid,
    KeyMissing,
    NoSuchResource,
    UnknownJurisdiction,
)

log = structlog.get_logger()
CORS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "Link, Retry-After",
    "Cross-Origin-Resource-Policy": "cross-origin",
}
ASKED = "Content-Type, Authorization, Idempotency-Key"  # headers another origin's page may send
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

    def caller(self) -> reports.Caller:
        """Who asks after single reports: a program that may send them is trusted, others are counted."""
        found = self.actor()
        trusted = found if found is not None and people.may_anywhere(found, "send reports") else None
        address = "" if trusted is not None else people.address_of(self.request)
        return reports.Caller(address=address, actor=trusted)

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
        @gzip_page
        @wraps(view)
        def guarded(request: HttpRequest, form: str = "", **parts: str) -> HttpResponseBase:
            language = getattr(request, "LANGUAGE_CODE", "vi")
            form = form if form in markup.FORMATS else _wanted(request)
            try:
                answer = _called(request, form, methods, view, parts)
            except (TinhError, ExceptionGroup) as fault:
                answer = refused(form, _language(request), fault)
            except RequestDataTooBig:
                answer = _errors(form, 413, 413, _TOO_BIG.in_(language))
            except (BadRequest, SuspiciousOperation) as fault:  # too many fields are suspicious too
                answer = _errors(form, 400, 400, str(fault) or type(fault).__name__)
            except Exception as fault:
                log.error("open311.failed", path=_loggable(request), method=request.method, exc_info=fault)
                answer = _errors(form, 500, 500, _BROKEN.in_(language))
            for name, value in CORS.items():
                answer.headers.setdefault(name, value)
            answer.headers.setdefault("Cache-Control", "no-cache")
            answer.headers.setdefault("Content-Language", _language(request))
            patch_vary_headers(answer, ("Accept", "Accept-Language"))
            return answer

        return guarded

    return guard


def _loggable(request: HttpRequest) -> str:
    """The path without a token: that of a sender's link opens the report."""
    return re.sub(r"(/tokens/+).*", r"\1▮", request.path, flags=re.DOTALL)


def _called(
    request: HttpRequest, form: str, methods: tuple[str, ...], view: View, parts: Mapping[str, str]
) -> HttpResponse:
    every = ", ".join((*methods, *(("HEAD",) if "GET" in methods else ()), "OPTIONS"))
    if request.method == "OPTIONS":
        told = {"Access-Control-Allow-Methods": every, "Access-Control-Allow-Headers": ASKED, "Allow": every}
        return HttpResponse(status=204, headers={**told, "Access-Control-Max-Age": "86400"})
    if request.method not in every.split(", "):
        words = _METHOD.fill(method=request.method).in_(_language(request))
        answer = _errors(form, 405, 405, words)
        answer.headers["Allow"] = every
        return answer
    body = bodies.posted(request) if request.method == "POST" else []
    given = arguments.sent(body, request.GET.lists())
    request.__dict__["open311_locale"] = arguments.one(given, "locale").lower()[:2]
    files = [one for _, found in request.FILES.lists() for one in found] if body else []
    call = Call(request, form, given, _language(request), files)
    wanted, ours = call.one("jurisdiction_id"), jurisdictions(request)
    if wanted and wanted.lower().removeprefix("www.") not in ours:
        raise UnknownJurisdiction(id=wanted[:80], known=ours[0])
    return view(call, **parts)


def jurisdictions(request: HttpRequest) -> tuple[str, ...]:
    """What this endpoint answers to: the province's id, the code of its place, and the site's own name."""
    catalogue = jobs.catalogue()
    hosts = (settings.PUBLIC_URL.partition("://")[2].partition("/")[0].lower(), request.get_host().lower())
    names = {host.removeprefix("www.") for host in hosts}
    names |= {host.rpartition(":")[0] or host for host in names}
    return tuple(one for one in (catalogue.id, catalogue.place, *sorted(names)) if one)


def refused(form: str, language: str, fault: TinhError | ExceptionGroup[TinhError]) -> HttpResponse:
    """One fault, or several told at once: the first decides the status of the answer."""
    every = list(fault.exceptions) if isinstance(fault, ExceptionGroup) else [fault]
    found = [one for one in every if isinstance(one, TinhError)]
    records = [{"code": _status(one), "description": _sentence(one, language)} for one in found]
    answer = markup.document(form, "errors", records, _status(found[0]))
    if found[0].retry:
        facts = found[0].facts
        answer.headers["Retry-After"] = str(facts.get("seconds") or 60 * int(facts.get("minutes", 0)) or 5)
    return answer


def _status(fault: TinhError) -> int:
    return fault.status if fault.status in (403, 404, 429, 503) else 403 if fault.status == 401 else 400


def _sentence(fault: TinhError, language: str) -> str:
    said = [one for one in (fault.detail().in_(language), fault.remedy().in_(language)) if one]
    return (
        " ".join(one if one.endswith((".", "?", "!", ")", ":")) else f"{one}." for one in said)
        + f" ({fault.code})"
    )


def _errors(form: str, status: int, code: int, description: str) -> HttpResponse:
    return markup.document(form, "errors", [{"code": code, "description": description}], status)


def _language(request: HttpRequest) -> str:
    """What `locale` asks for, else the language of the page or of `Accept-Language`."""
    asked = request.__dict__.get("open311_locale", "") or request.GET.get("locale", "").lower()[:2]
    if asked in LANGUAGES:
        return str(asked)
    return spoken(request.headers.get("Accept-Language", "")) or getattr(request, "LANGUAGE_CODE", "vi")


def spoken(header: str) -> str:
    """The first of our languages that the header names, "" when it names none."""
    tags = (part.partition(";")[0].strip().lower()[:2] for part in header.split(","))
    return next((tag for tag in tags if tag in LANGUAGES), "")


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
def unknown(call: Call, **_parts: str) -> HttpResponse:
    raise NoSuchResource(discovery=call.address("/open311/discovery.xml"))


@csrf_exempt
def elsewhere(request: HttpRequest, rest: str = "") -> HttpResponseBase:
    """An address nearly as the specification writes it (a slash too many or at its end, `.XML`) is the one
    that is meant: clients put endpoint and resource together in their own ways."""
    bare = re.sub(r"/{2,}", "/", rest).strip("/")
    stem, dot, ending = bare.rpartition(".")
    meant = f"{stem}.{ending.lower()}" if dot and ending.lower() in markup.FORMATS else bare
    if meant and meant != rest:
        try:
            found = resolve(f"/open311/{meant}")
        except Resolver404:
            found = None
        if found is not None and found.func is not elsewhere:
            answer: HttpResponseBase = found.func(request, **found.kwargs)
            return answer
    return unknown(request, form=meant.rpartition(".")[2])
