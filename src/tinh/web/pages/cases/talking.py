"""Notes with mentions, watching, ties to other cases, and seeing who sent a report."""

from __future__ import annotations

import re
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from tinh.cases import api as cases
from tinh.people import api as people
from tinh.web.pages.cases import choices
from tinh.web.pages.cases.acting import failed, reason_of, went
from tinh.web.pages.cases.one import HOME, shown
from tinh.web.shell import language_of, posted, signed_in
from tinh.web.words import words

_NAMED = re.compile(r"@([\w.\-]{2,64})")
PURPOSES = ("clarify", "answer", "verify", "law")


@posted
@signed_in
def note(request: HttpRequest, code: str) -> HttpResponseBase:
    who = people.require_anywhere(people.actor_of(request), "read cases")
    sent = request.POST
    try:
        view = cases.case(code, who)
        text = sent.get("text", "")
        named = mentioned(text, sent.getlist("mention"), choices.colleagues(who, view.case.agency))
        cases.note(code, text, who, sent.get("public") == "yes", named, key=_key(sent.get("key", ""), who))
    except (cases.CaseError, people.NotAllowed) as error:
        return failed(request, code, "note", error)
    return went(request, f"{HOME}{code}/#ghi-chu")


def mentioned(text: str, chosen: list[str], known: list[tuple[int, str, str]]) -> list[int]:
    """Accounts named in the text as `@name`, or chosen beside it."""
    named = {name.casefold().rstrip(".") for name in _NAMED.findall(text)}
    return [pk for pk, name, _ in known if name.casefold() in named or str(pk) in chosen]


def _key(sent: str, who: people.Actor) -> str | None:
    """A form's key is its writer's own: nobody else's note can be met with it."""
    return f"note/{who.account}/{sent[:60]}" if sent else None


@posted
@signed_in
def watch(request: HttpRequest, code: str) -> HttpResponseBase:
    who = people.require_anywhere(people.actor_of(request), "read cases")
    (cases.watch if request.POST.get("act") == "watch" else cases.unwatch)(code, who)
    return went(request, f"{HOME}{code}/")


@posted
@signed_in
def link(request: HttpRequest, code: str) -> HttpResponseBase:
    who = people.require_anywhere(people.actor_of(request), "read cases")
    try:
        cases.link(code, request.POST.get("kind", ""), request.POST.get("to", "").strip()[:40], who)
    except (cases.CaseError, people.NotAllowed) as error:
        return failed(request, code, "link", error)
    return went(request, f"{HOME}{code}/#lien-quan")


@posted
@signed_in
def reporter(request: HttpRequest, code: str) -> HttpResponseBase:
    """Who sent it: shown on this answer alone, with a purpose and a reason, on record."""
    language = language_of(request)
    say = words(language)
    who = people.require_anywhere(people.actor_of(request), "see reporters")
    view = cases.case(code, who)
    people.require(who, "see reporters", agency=view.case.agency)
    purpose = request.POST.get("purpose", "")
    reason = reason_of(request.POST)
    if reason and purpose in PURPOSES:
        reason = words("vi")(f"cases.purpose_{purpose}") + f": {reason}"
    try:
        found = cases.parties_of(code, who, reason, people.address_of(request))
    except people.PeopleError as error:
        return failed(request, code, "reporter", error)
    return shown(request, code, seen=[_party(p, say) for p in found])


def _party(one: Any, say: Any) -> dict[str, str]:
    return {
        "role": say(f"caseparty.{one.role}"), "name": one.name, "phone": one.phone, "email": one.email,
        "address": one.address, "erased": say("cases.party_erased") if one.erased_at else "",
    }  # fmt: skip
