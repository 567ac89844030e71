"""The outbox: what was written to whom, what became of it, and sending again what failed."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods

from tinh.channels import api as channels
from tinh.jobs import api as jobs
from tinh.people import api as people
from tinh.web import formats
from tinh.web.shell import language_of, page, signed_in
from tinh.web.words import words

SHOWN = 50
COVERED = "▮▮▮"
TONES = {"waiting": "watch", "sent": "good", "failed": "bad", "dropped": "none"}


@signed_in
def listing(request: HttpRequest) -> HttpResponseBase:
    language = language_of(request)
    say = words(language)
    people.require(people.actor_of(request), "manage reminders")
    state, search = request.GET.get("trang-thai", ""), request.GET.get("tim", "").replace("\0", "")[:100]
    state = state if state in TONES else ""
    asked = request.GET.get("trang", "")
    number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 7 else 1
    first = (max(1, number) - 1) * SHOWN
    found = list(channels.outbox(state, search)[first : first + SHOWN + 1])
    counts = channels.counts()

    def at(page_number: int) -> str:
        said = {"trang-thai": state, "tim": search, "trang": str(page_number)}
        return urlencode({name: value for name, value in said.items() if value})

    return page(
        request, "letters.html", "admin", say("letters.title"),
        listed=[_line(one, language) for one in found[:SHOWN]],
        counts=[
            (say("letters.state_waiting"), counts.waiting, "watch" if counts.waiting else "none"),
            (say("letters.state_sent"), counts.sent, "good"),
            (say("letters.state_failed"), counts.failed, "bad" if counts.failed else "none"),
        ],
        configured=channels.configured(), state=state, search=search,
        states=[(each, say(f"letters.state_{each}")) for each in TONES],
        following=at(max(1, number) + 1) if len(found) > SHOWN else "",
        preceding=at(number - 1) if number > 1 else "",
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@signed_in
def one(request: HttpRequest, number: int) -> HttpResponseBase:
    language = language_of(request)
    who = people.require(people.actor_of(request), "manage reminders")
    found = channels.outgoing(number)
    if request.method == "POST":
        channels.send_again(number)
        people.note(who.name, "manage reminders", f"#{number}", allowed=True)
        return redirect(f"/quan-tri/thu/{number}")
    return page(
        request, "letter.html", "admin", words(language)("letters.one", number=number),
        one=_line(found, language), body="" if found.secret or found.citizen else found.body,
        secret=found.secret, citizen=found.citizen,
        failed=found.state == channels.State.FAILED,
    )  # fmt: skip


def _line(one: channels.Outgoing, language: str) -> dict[str, Any]:
    zone = jobs.catalogue().timezone
    moment = one.sent_at or one.created_at
    say = words(language)
    address = say("letters.device", number=one.address) if one.channel == "push" else one.address
    name, answer = one.name, one.answer
    if one.citizen:  # who that is, is asked on the page of the case, with a reason
        address, name = say("letters.citizen"), ""
        answer = answer.replace(one.address, COVERED)
    return {
        "number": one.pk, "to": name or address, "address": address, "subject": one.subject,
        "way": say(f"letters.way_{one.channel}"),
        "state": words(language)(f"letters.state_{one.state}"), "tone": TONES[one.state],
        "when": formats.minute(moment, language, zone), "attempts": one.attempts, "answer": answer,
        "next": formats.minute(one.due_at, language, zone) if one.state == "waiting" else "",
    }  # fmt: skip
