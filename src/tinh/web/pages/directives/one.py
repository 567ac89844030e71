"""One directive: the whole case for its lead agency and leaders, for one that helps what it must know."""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from tinh.desks.api import directives
from tinh.kit.ids import fresh
from tinh.people import api as people
from tinh.web.pages.cases import one as case_pages
from tinh.web.pages.cases.lines import teller
from tinh.web.pages.directives.related import named, told
from tinh.web.shell import language_of, page, signed_in


@signed_in
def one(request: HttpRequest, code: str) -> HttpResponseBase:
    who = people.require_anywhere(people.actor_of(request), "read cases")
    seen = directives.one(code, who)
    if seen.whole:
        return case_pages.shown(request, seen.case.code)
    return part(request, seen, who)


def part(
    request: HttpRequest, seen: directives.Seen, who: people.Actor, fault: str = "", text: str = "",
    status: int = 200,
) -> HttpResponseBase:  # fmt: skip
    """A directive for an agency that helps with it; `text` is what could not be taken because of `fault`."""
    tell = teller(language_of(request), [seen.case])
    return page(
        request, "directive_part.html", "directives", f"{seen.case.subject} · {seen.case.code}",
        status=status, case=seen.case, line=named(tell, seen), directive=told(seen, who, tell),
        opened=tell.at(seen.case.opened_at), fault=fault, typed=text,
        helps=fresh(20) if directives.may_contribute(seen, who) else "",
        until=tell.at(seen.case.finish_by) if seen.case.finish_by else "",
    )  # fmt: skip
