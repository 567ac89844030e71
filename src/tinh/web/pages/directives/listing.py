"""The list of directives: in tabs with counts, by deadline; leaders see all, an agency its own."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.http import urlencode

from tinh.desks.api import directives
from tinh.jobs import api as jobs
from tinh.people import api as people
from tinh.web import formats
from tinh.web.pages.cases.lines import Teller, agency_name, teller
from tinh.web.pages.directives.related import named
from tinh.web.shell import language_of, page, signed_in
from tinh.web.words import words

HOME = "/chi-dao/"
SHOWN = 40
_TONES = {"soon": "watch", "late": "bad", "decide": "watch"}


@signed_in
def listing(request: HttpRequest) -> HttpResponseBase:
    language = language_of(request)
    say = words(language)
    who = people.require_anywhere(people.actor_of(request), "read cases")
    sent = request.GET
    tab = next((t for t in directives.TABS if t == sent.get("muc", "")), directives.TABS[0])
    text = sent.get("tim", "").strip()[:100]
    agency = sent.get("co-quan", "").replace("\0", "")[:64]
    turned = sent.get("trang", "")
    at = int(turned) if turned.isascii() and turned.isdigit() and len(turned) < 4 else 0
    found = directives.listed(who, tab, agency=agency, text=text, after=at, limit=SHOWN)
    tell = teller(language, [s.case for s in found.items])
    issues = people.may_anywhere(who, "issue directives")
    asked = {"tim": text, "co-quan": agency}
    return page(
        request, "directives.html", "directives", say("directives.title"), home=HOME, tab=tab, text=text,
        agency=agency, filtered=bool(text or agency), issues=issues,
        spots=people.may(who, "read cases"),
        tabs=[
            {
                "id": id, "name": say(f"directives.tab_{id}"), "link": f"?{_query(muc=id, **asked)}",
                "count": formats.compact(found.counts[id], language) if id in found.counts else "",
                "tone": _TONES.get(id, "") if found.counts.get(id) else "", "on": id == tab,
            }
            for id in directives.TABS if id != "mine" or issues
        ],
        lines=[_line(seen, tell) for seen in found.items],
        agencies=sorted(
            ((id, agency_name(id, language)) for id in jobs.agencies()), key=lambda pair: pair[1]
        ) if people.may(who, "read cases") else [],
        older=_query(muc=tab, trang=str(at + 1), **asked) if found.more else "",
        first=_query(muc=tab, **asked) if at else "",
    )  # fmt: skip


def _line(seen: directives.Seen, tell: Teller) -> dict[str, Any]:
    line = named(tell, seen)
    return {
        "line": line,
        "number": seen.row.number,
        "by": seen.row.issued_by,
        "helps": not seen.whole,
        "done": seen.row.done if seen.case.closed_at is None else None,
    }


def _query(**asked: str) -> str:
    return urlencode({key.replace("_", "-"): value for key, value in asked.items() if value})
