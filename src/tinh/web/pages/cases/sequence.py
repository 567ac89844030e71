"""One case after the other: a list is gone through in its order without going back to it between two cases.

A case opened from a list keeps that list's address (`ds`) and its own place there (`cho`), taken before
anything is done: what is done moves the case, not the reader.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.http import urlencode

from tinh.cases import api as cases
from tinh.people import api as people
from tinh.web.pages.cases.queue import HOME, narrowed_by, query, tab_of, tabbed, wanted_of
from tinh.web.shell import signed_in


@dataclass(frozen=True, slots=True)
class Place:
    """Where a case stands in the list it was opened from: the list's address, the cursor, the next one."""

    list: str
    cursor: str
    next: str


def place_of(sent: QueryDict, case: Any, who: people.Actor) -> Place | None:
    """None for a case that was not opened from a list."""
    if not sent.get("ds"):
        return None
    told, wanted = _listed(sent, who)
    cursor = sent.get("cho", "")[:300]
    try:
        cursor = cursor or cases.cursor_of(case, wanted)
    except cases.CaseError:
        cursor = ""
    return Place(told, cursor, following(told, cursor, case.code))


def following(list_: str, cursor: str, code: str) -> str:
    return f"{HOME}tiep?{urlencode({'ds': list_, 'cho': cursor, 'tru': code})}"


@signed_in
def next_case(request: HttpRequest) -> HttpResponseBase:
    """The case after a place in a list, the first without one; after the last the list itself, which says
    so."""
    who = people.require_anywhere(people.actor_of(request), "read cases")
    sent = request.GET
    told, wanted = _listed(sent, who)
    try:
        found = cases.queue(who, wanted, after=sent.get("cho", "")[:300], limit=2).items
    except cases.CaseError:  # a list that is none: its page says what is wrong
        return redirect(f"{HOME}?{told}")
    code = next((one.code for one in found if one.code != sent.get("tru")), "")
    if not code:
        return redirect(f"{HOME}?{told}&het=1")
    return redirect(f"{HOME}{code}/?{urlencode({'ds': told})}")


def _listed(sent: QueryDict, who: people.Actor) -> tuple[str, cases.Filter]:
    """The list's address, of the words it may have alone, and what it holds."""
    asked = QueryDict(sent.get("ds", "")[:1000])
    text, narrowed, tab = asked.get("tim", "").strip()[:200], narrowed_by(asked), tab_of(asked, who)
    wanted = tabbed(wanted_of(text, narrowed), tab, who)
    return query({"muc": tab, "tim": text, **narrowed}), wanted
