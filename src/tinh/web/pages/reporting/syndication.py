"""The newest reports for programs that follow: RSS 2.0, Atom 1.0 (RFC 4287), points as GeoRSS Simple."""

from __future__ import annotations

from email.utils import format_datetime
from io import StringIO
from typing import Any
from xml.sax.saxutils import XMLGenerator
from xml.sax.xmlreader import AttributesImpl

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from tinh.desks.api import reports
from tinh.jobs import api as jobs
from tinh.web.pages.reporting import counter, ground
from tinh.web.pages.reporting.listing import wanted_of
from tinh.web.shell import language_of
from tinh.web.words import words

GEORSS = "http://www.georss.org/georss"
ATOM = "http://www.w3.org/2005/Atom"
_MOST = 50


class _Writer:
    """Elements, escaped; characters that XML 1.0 does not have are left out."""

    def __init__(self) -> None:
        self._out = StringIO()
        self._xml = XMLGenerator(self._out, encoding="utf-8", short_empty_elements=True)
        self._xml.startDocument()

    def begin(self, name: str, **facts: str) -> None:
        named = {key.replace("__", ":"): value for key, value in facts.items()}
        self._xml.startElement(name, AttributesImpl(named))

    def end(self, name: str) -> None:
        self._xml.endElement(name)

    def leaf(self, name: str, text: str = "", **facts: str) -> None:
        self.begin(name, **facts)
        self._xml.characters(
            "".join(c for c in text if c in "\t\n\r" or (ord(c) >= 32 and ord(c) not in (0xFFFE, 0xFFFF)))
        )
        self.end(name)

    def answer(self, media: str) -> HttpResponse:
        response = HttpResponse(self._out.getvalue(), content_type=f"{media}; charset=utf-8")
        response["Cache-Control"] = "public, max-age=300"
        return response


def _facts(request: HttpRequest) -> tuple[Any, str, str, str, str]:
    language = language_of(request)
    say = words(language)
    wanted, _ = wanted_of(request)
    title = say("reporting.feed_title", province=jobs.catalogue().name.in_(language))
    return (
        reports.public_list(wanted, "", _MOST).items,
        language,
        title,
        say("reporting.foot"),
        counter.origin(request),
    )


def _summary(one: Any, language: str) -> str:
    facts = [
        counter.category_name(one.category, language),
        ground.name_of(one.place),
        counter.state(one.state, one.outcome, language),
    ]
    return f"{one.body}\n\n{' · '.join(fact for fact in facts if fact)}".strip()


@require_GET
def rss(request: HttpRequest) -> HttpResponse:
    items, language, title, says, origin = _facts(request)
    out = _Writer()
    out.begin("rss", version="2.0", xmlns__georss=GEORSS, xmlns__atom=ATOM)
    out.begin("channel")
    out.leaf("title", title)
    out.leaf("link", f"{origin}/phan-anh/")
    out.leaf("description", says)
    out.leaf("language", language)
    out.leaf("atom:link", href=f"{origin}{request.get_full_path()}", rel="self", type="application/rss+xml")
    if items:
        out.leaf("lastBuildDate", format_datetime(max(one.updated_at for one in items)))
    for one in items:
        out.begin("item")
        out.leaf("title", one.subject)
        out.leaf("link", f"{origin}/phan-anh/{one.code}")
        out.leaf("guid", f"{origin}/phan-anh/{one.code}", isPermaLink="true")
        out.leaf("pubDate", format_datetime(one.opened_at))
        out.leaf("category", counter.category_name(one.category, language))
        out.leaf("description", _summary(one, language))
        if one.latitude is not None and one.longitude is not None:
            out.leaf("georss:point", f"{one.latitude} {one.longitude}")
        out.end("item")
    out.end("channel")
    out.end("rss")
    return out.answer("application/rss+xml")


@require_GET
def atom(request: HttpRequest) -> HttpResponse:
    items, language, title, says, origin = _facts(request)
    out = _Writer()
    out.begin("feed", xmlns=ATOM, xmlns__georss=GEORSS, xml__lang=language)
    out.leaf("id", f"{origin}/phan-anh/")
    out.leaf("title", title)
    out.leaf("subtitle", says)
    out.leaf(
        "updated", max((one.updated_at for one in items), default=jobs.now()).isoformat(timespec="seconds")
    )
    out.leaf("link", href=f"{origin}{request.get_full_path()}", rel="self", type="application/atom+xml")
    out.leaf("link", href=f"{origin}/phan-anh/", rel="alternate", type="text/html")
    out.begin("author")
    out.leaf("name", jobs.catalogue().name.in_(language))
    out.end("author")
    for one in items:
        out.begin("entry")
        out.leaf("id", f"{origin}/phan-anh/{one.code}")
        out.leaf("title", one.subject)
        out.leaf("published", one.opened_at.isoformat(timespec="seconds"))
        out.leaf("updated", one.updated_at.isoformat(timespec="seconds"))
        out.leaf("link", href=f"{origin}/phan-anh/{one.code}", rel="alternate", type="text/html")
        out.leaf("category", term=one.category, label=counter.category_name(one.category, language))
        out.leaf("summary", _summary(one, language), type="text")
        if one.latitude is not None and one.longitude is not None:
            out.leaf("georss:point", f"{one.latitude} {one.longitude}")
        out.end("entry")
    out.end("feed")
    return out.answer("application/atom+xml")
