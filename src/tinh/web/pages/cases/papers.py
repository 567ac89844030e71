"""Documents of cases, given out as downloads: no browser reads one as a page of ours."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseNotFound
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from tinh.cases import api as cases
from tinh.desks.api import directives, papers
from tinh.people import api as people
from tinh.web import formats
from tinh.web.shell import signed_in

STAFF, OPEN = "/vu-viec/tep/", "/phan-anh/tep/"


@require_safe
@signed_in
def download(request: HttpRequest, name: str) -> HttpResponseBase:
    """For whoever may see the case, or the directive that their agency helps with."""
    who = people.require_anywhere(people.actor_of(request), "read cases")
    found = papers.paper(name)
    try:
        cases.one_case(found.case, who)
    except cases.NoSuchCase:
        try:
            directives.one(found.case, who)
        except directives.NoSuchDirective:
            raise papers.NoSuchPaper from None
    return _given(found)


@require_safe
def shown(_request: HttpRequest, name: str) -> HttpResponseBase:
    """For everybody, once a clerk has let it be seen."""
    try:
        return _given(papers.public(name))
    except papers.NoSuchPaper:
        return HttpResponseNotFound()


def _given(found: papers.Paper) -> HttpResponse:
    response = HttpResponse(papers.bytes_of(found), content_type=found.media)
    response["Content-Disposition"] = content_disposition_header(True, found.title) or "attachment"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'; frame-ancestors 'none'"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


def sent(request: HttpRequest, field: str = "papers") -> list[papers.Sent]:
    """The documents of a form, whole and judged. Raises PaperError before anything is done with them."""
    out = []
    for file in request.FILES.getlist(field):
        if (file.size or 0) > papers.MOST_BYTES:
            most, size = papers.MOST_BYTES // 1_000_000, f"{(file.size or 0) / 1e6:.1f}"
            raise papers.PaperTooLarge(name=(file.name or "")[:80], size=size, most=most)
        out.append(papers.Sent(file.name or "", file.read()))
    return papers.judged(out)


def given(code: str, who: people.Actor, files: Iterable[papers.Sent]) -> None:
    """Keep documents with a case as its answer, and say so in its history."""
    for one in files:
        kept = papers.store(code, one, who)
        cases.attach(code, papers.file_of(kept), who)


def lines(found: Iterable[papers.Paper], language: str, base: str = STAFF) -> list[dict[str, Any]]:
    """Documents as a page lists them."""
    out = []
    for one in found:
        kilobytes = max(1, round(one.size / 1000))
        ending = one.title.rpartition(".")[2].upper()
        size = f"{formats.number(kilobytes, 0, language)} kB"
        out.append(
            {
                "name": one.name, "title": one.title, "link": f"{base}{one.name}",
                "about": f"{ending}, {size}", "shown": one.shown,
            }
        )  # fmt: skip
    return out
