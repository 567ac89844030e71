"""More time for one delivery: asked for by its agency, granted, refused and taken back by the centre."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from tinh.flow.api import Extension, ExtensionUnfit, NoSuchExtension
from tinh.jobs import api as jobs
from tinh.packs.api import Dataset
from tinh.people import api as people
from tinh.web import formats
from tinh.web.pages.data import agency_name
from tinh.web.shell import language_of, page, signed_in
from tinh.web.words import words

SHOWN = 60
TONES = {"asked": "watch", "granted": "good", "refused": "bad", "undone": "none"}


@require_http_methods(["GET", "POST"])
@signed_in
def extensions(request: HttpRequest) -> HttpResponseBase:
    language = language_of(request)
    say = words(language)
    who = people.actor_of(request)
    manages = people.may(who, "manage reminders")
    if not manages:
        people.require_anywhere(who, "push")
    corridor = jobs.corridor()
    mine = [d for d in corridor.catalogue.datasets.values() if manages or people.may(who, "push", d)]
    fault = cure = ""
    if request.method == "POST" and who is not None:
        try:
            _act(request, who, manages, {d.id: d for d in mine})
            return redirect("/du-lieu/nhac-viec/gia-han")
        except (ExtensionUnfit, NoSuchExtension) as error:
            fault, cure = error.detail().in_(language), error.remedy().in_(language)
    known = {d.id for d in mine}
    lines = [one for one in corridor.extensions.all() if one.dataset in known]
    held = {one.number for one in corridor.extensions.granted()}
    return page(
        request, "extensions.html", "data", say("extend.title"), status=422 if fault else 200,
        fault=fault, cure=cure, manages=manages, choices=_choices(mine, language),
        waiting=[_line(one, language) for one in corridor.extensions.waiting() if one.dataset in known],
        granted=[_line(one, language) for one in lines if one.number in held],
        lines=[_line(one, language) for one in reversed(lines[-SHOWN:])],
        counts=corridor.catalogue.reminders.extended == "on time", sent=request.POST,
    )  # fmt: skip


def _act(request: HttpRequest, who: people.Actor, manages: bool, mine: dict[str, Dataset]) -> None:
    sent, corridor = request.POST, jobs.corridor()
    act, reason = sent.get("act", ""), sent.get("reason", "")
    number = sent.get("number", "")
    of = int(number) if number.isascii() and number.isdigit() and len(number) < 10 else 0
    if act in ("refuse", "undo"):
        people.require(who, "manage reminders")
        settle = corridor.extensions.refuse if act == "refuse" else corridor.extensions.undo
        settle(of, who.name, reason)
    elif act in ("ask", "grant"):
        if act == "grant":
            people.require(who, "manage reminders")
        asked = next((one for one in corridor.extensions.waiting() if one.number == of), None)
        id, _, window = sent.get("window", "").partition("/")
        if asked is not None:
            id, window = asked.dataset, asked.window
        dataset = mine.get(id)
        if dataset is None:
            raise Http404
        try:
            until = date.fromisoformat(sent.get("until", ""))
        except ValueError:
            raise ExtensionUnfit(reason_vi="chưa chọn ngày", reason_en="no day is chosen") from None
        try:
            due = corridor.board.due(dataset.id, window)
        except ValueError:
            raise ExtensionUnfit(reason_vi="chưa chọn kỳ", reason_en="no window is chosen") from None
        if act == "grant":
            corridor.extensions.grant(dataset, window, due, until, who.name, reason, of)
        else:
            people.require(who, "push", dataset)
            corridor.extensions.ask(dataset, window, due, until, who.name, reason)
    else:
        raise ExtensionUnfit(reason_vi="chưa chọn việc cần làm", reason_en="nothing was chosen to do")
    people.note(who.name, "manage reminders" if manages else "push", f"gia-han {act} {of or ''}".strip(),
                allowed=True)  # fmt: skip


def _choices(mine: list[Dataset], language: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """The windows that lack something, the next ones among them, dataset by dataset."""
    corridor = jobs.corridor()
    zone, out = corridor.catalogue.timezone, []
    for dataset in mine:
        listed = corridor.board.deliveries(dataset.id, corridor.clock.now(), 6, 2)
        if listed.grain == "hour":
            continue
        open_ = [s for s in listed.spans if s.missing or s.state == "waiting"]
        if open_:
            out.append((
                dataset.name.in_(language),
                [(f"{dataset.id}/{s.window}",
                  f"{formats.period_words(s.window, language)} – {formats.due(s.due_at, language, zone)}")
                 for s in open_],
            ))  # fmt: skip
    return out


def _line(one: Extension, language: str) -> dict[str, Any]:
    corridor = jobs.corridor()
    dataset = corridor.catalogue.datasets.get(one.dataset)
    return {
        "number": one.number, "what": words(language)(f"extend.{one.what}"), "tone": TONES[one.what],
        "dataset": dataset.name.in_(language) if dataset else one.dataset, "id": one.dataset,
        "agency": agency_name(corridor, dataset.owner, language) if dataset else "",
        "window": formats.period_words(one.window, language), "until": formats.day(one.until, language),
        "until_iso": one.until.isoformat(), "by": one.by, "reason": one.reason,
        "at": formats.minute(one.at, language, corridor.catalogue.timezone),
    }  # fmt: skip
