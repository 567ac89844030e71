"""Handing a shift over: who is on duty, what is open, a note, and the next who takes it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from tinh.jobs import api as jobs
from tinh.people import api as people
from tinh.web import formats
from tinh.web.pages.room import notices
from tinh.web.shell import language_of, page, signed_in
from tinh.web.words import words

SHOWN = 30
KEPT = 40  # open things written beside a handover
_TONES = {"taken": "good", "noted": "none", "handed": "watch"}


@require_http_methods(["GET", "POST"])
@signed_in
def shift(request: HttpRequest) -> HttpResponseBase:
    language = language_of(request)
    say = words(language)
    who = people.require(people.actor_of(request), "hand over")
    open_now = _open(language)
    fault = cure = ""
    if request.method == "POST":
        try:
            _act(request, who, open_now)
            return redirect("/giao-ca/")
        except (people.ShiftTaken, people.ShiftRefused) as error:
            fault, cure = error.detail().in_(language), error.remedy().in_(language)
    duty = people.duty(who)
    on_duty = duty.taken is not None and duty.taken.account_id == who.account  # type: ignore[attr-defined]  # Django's own
    before = request.GET.get("truoc", "")
    book = people.shift_book(
        who, int(before) if before.isascii() and before.isdigit() and len(before) < 18 else 0, SHOWN + 1
    )
    return page(
        request, "shift.html", "room", say("shifts.title"), status=422 if fault else 200,
        fault=fault, cure=cure, last=duty.last, on_duty=on_duty,
        taken=_line(duty.taken, language) if duty.taken else None,
        handed=_line(duty.handed, language) if duty.handed else None,
        open_now=open_now, text=request.POST.get("text", ""),
        book=[_line(entry, language) for entry in book[:SHOWN]],
        older=book[SHOWN - 1].pk if len(book) > SHOWN else 0,
    )  # fmt: skip


def _act(request: HttpRequest, who: people.Actor, open_now: list[dict[str, str]]) -> None:
    sent = request.POST
    seen, text = sent.get("seen", ""), sent.get("text", "")
    last = int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 18 else -1
    if sent.get("act") == "take":
        confirmed = sent.get("confirmed") == "yes"
        people.take_shift(who, last, confirmed=confirmed, text=text, open=open_now[:KEPT])
    elif sent.get("act") == "hand":
        people.hand_over_shift(who, last, text, open_now[:KEPT])
    else:
        people.note_in_shift(who, last, text)


def _open(language: str) -> list[dict[str, str]]:
    """What a person on duty should know now: alerts, what does not come, sources that are down."""
    say = words(language)
    corridor = jobs.corridor()
    out = [
        {"tone": one.tone, "topic": one.topic, "says": one.sentence, "action": one.action, "link": one.link}
        for one in notices(corridor, corridor.status(), corridor.alerts(), language)
    ]
    for health in jobs.feeds().healths(""):
        if health.condition == "down":
            out.append({
                "tone": "bad", "topic": say("shifts.source"), "says": health.feed.name.in_(language),
                "action": say("room.see"),
                "link": f"/nguon-du-lieu/{health.feed.id}/",
            })  # fmt: skip
    return out


def _line(entry: Any, language: str) -> dict[str, Any]:
    return {
        "when": formats.minute(entry.at, language, jobs.catalogue().timezone),
        "who": entry.name or entry.who,
        "kind": words(language)(f"shifts.kind_{entry.kind}"),
        "tone": _TONES[entry.kind],
        "note": entry.note,
        "open": entry.open,
    }
