"""Reminders: who will be told what next, what was told, and a word to stop or hurry them."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from tinh.channels import api as channels
from tinh.jobs import api as jobs
from tinh.people import api as people
from tinh.web import formats
from tinh.web.pages.data import agency_name
from tinh.web.shell import language_of, page, signed_in
from tinh.web.words import words

SHOWN = 40
TONES = {"stopped": "bad", "overdue": "bad", "soon": "watch", "held": "watch", "vacant": "watch"}


@require_http_methods(["GET", "POST"])
@signed_in
def overview(request: HttpRequest) -> HttpResponseBase:
    language = language_of(request)
    say = words(language)
    who = people.require(people.actor_of(request), "manage reminders")
    fault = cure = ""
    if request.method == "POST":
        try:
            done = _act(request, who)
            return redirect(f"/du-lieu/nhac-viec?xong={done}" if done else "/du-lieu/nhac-viec")
        except channels.ChannelError as error:
            fault, cure = error.detail().in_(language), error.remedy().in_(language)
    corridor = jobs.corridor()
    zone, found = corridor.catalogue.timezone, jobs.outlook()
    done = request.GET.get("xong", "")
    today = jobs.clockwork().day(corridor.clock.now())
    return page(
        request, "reminders.html", "data", say("remind.title"), status=422 if fault else 200,
        fault=fault, cure=cure, configured=channels.configured(),
        said=say("remind.sent", count=done) if done.isascii() and done.isdigit() and len(done) < 5 else "",
        at=formats.minute(found.at, language, zone),
        letters=[_letter(one, language) for one in found.digests],
        agencies=_agencies(found, language),
        paused=[_pause(one, language) for one in channels.pauses(today)],
        datasets=[(d.id, d.name.in_(language)) for d in corridor.catalogue.datasets.values()],
        told=[_told(one, language) for one in channels.reminded()[:SHOWN]],
        rules=corridor.catalogue.reminders,
        waiting=len(corridor.extensions.waiting()), asked=request.POST,
    )  # fmt: skip


def _act(request: HttpRequest, who: people.Actor) -> str:
    """What was asked; how many letters it wrote, where it wrote any."""
    sent, now = request.POST, jobs.now()
    act, reason = sent.get("act", ""), sent.get("reason", "")
    if act == "send":
        agency = sent.get("agency", "")
        if agency not in jobs.catalogue().agencies:
            raise channels.NobodyToRemind(
                agency=agency[:60] or "–",
                reason_vi="không có cơ quan này",
                reason_en="there is no such agency",
            )
        return str(len(jobs.remind_agency(agency, who.name, reason).letters))
    if act == "pause":
        dataset = sent.get("dataset", "")
        try:
            until = date.fromisoformat(sent.get("until", ""))
        except ValueError:
            raise channels.PauseUnfit(reason_vi="chưa chọn ngày", reason_en="no day is chosen") from None
        if dataset not in jobs.catalogue().datasets:
            raise channels.PauseUnfit(reason_vi="chưa chọn bộ dữ liệu", reason_en="no dataset is chosen")
        channels.pause(dataset, until, who.name, reason, now, jobs.clockwork().day(now))
        people.note(who.name, "manage reminders", f"pause {dataset}", allowed=True)
        return ""
    number = sent.get("number", "")
    channels.resume(int(number) if number.isascii() and number.isdigit() and len(number) < 18 else 0,
                    who.name, now)  # fmt: skip
    people.note(who.name, "manage reminders", f"resume #{number}", allowed=True)
    return ""


@require_http_methods(["GET", "POST"])
@signed_in
def mine(request: HttpRequest) -> HttpResponseBase:
    """One's own letters: how often, and what was told."""
    language = language_of(request)
    say = words(language)
    who = people.actor_of(request)
    account = who.account if who is not None else None
    who = people.require(who, "manage own account", of=account)
    user = people.User.objects.filter(pk=account).first()
    if request.method == "POST" and user is not None:
        rhythm = request.POST.get("rhythm", "")
        if rhythm in channels.RHYTHMS:
            channels.set_rhythm(user.pk, rhythm)
        return redirect("/du-lieu/nhac-viec/cua-toi")
    address = user.email if user is not None else ""
    found = jobs.outlook()
    zone = jobs.catalogue().timezone
    return page(
        request, "my_reminders.html", "data", say("remind.mine"),
        address=address, rhythm=channels.rhythm_of(user.pk) if user is not None else "daily",
        rhythms=[(each, say(f"remind.rhythm_{each}")) for each in channels.RHYTHMS],
        at=formats.minute(found.at, language, zone),
        next=[_letter(d, language) for d in found.digests if d.person.key == address.strip().lower()],
        told=[_told(one, language) for one in channels.told_to([address], SHOWN)],
        extends=people.may_anywhere(who, "push"),
    )  # fmt: skip


def _agencies(found: Any, language: str) -> list[dict[str, Any]]:
    """What is open at each agency, those with most of it first; those without anybody to tell named so."""
    corridor = jobs.corridor()
    out = []
    for id in dict.fromkeys(d.owner for d in corridor.catalogue.datasets.values() if d.owner):
        mine = [m for m in found.matters if m.agency in people.own_agencies(id) and m.what != "vacant"]
        today = jobs.clockwork().day(found.at)
        over = sum(
            m.what != "held" and m.due is not None and jobs.clockwork().last_day(m.due) < today for m in mine
        )
        officers = [
            p.name
            for p in found.people
            if any(d.duty == "officer" and id in (d.agencies or ()) for d in p.desks)
        ]
        heads = [
            p.name or p.address
            for p in found.people
            if any(d.duty == "head" and id in (d.agencies or ()) for d in p.desks)
        ]
        out.append({
            "id": id, "name": agency_name(corridor, id, language), "overdue": over,
            "held": formats.number(sum(m.held for m in mine), 0, language),
            "has_held": any(m.held for m in mine),
            "officers": ", ".join(officers), "heads": ", ".join(heads), "open": len(mine),
        })  # fmt: skip
    return sorted(out, key=lambda one: (-one["overdue"], -one["open"], one["name"]))


def _letter(digest: channels.Digest, language: str) -> dict[str, Any]:
    say = words(language)
    corridor = jobs.corridor()
    zone = corridor.catalogue.timezone
    items = []
    for item in digest.items:
        one = item.matter
        what = one.name.in_(language) if one.dataset else agency_name(corridor, one.agency, language)
        facts = []
        if one.window and item.state != "stopped":
            facts.append(formats.period_words(one.window, language))
        if one.due is not None and item.state in ("soon", "overdue", "stopped"):
            facts.append(say("remind.due", due=formats.due(one.due, language, zone)))
        if item.state in ("overdue", "stopped"):
            facts.append(formats.overdue(0, item.working_days, language))
        if item.state == "held":
            facts.append(say("remind.rows", count=formats.number(one.held, 0, language)))
        items.append({
            "what": what, "state": say(f"remind.state_{item.state}"), "tone": TONES[item.state],
            "facts": " · ".join(facts), "fresh": item.fresh,
            "link": f"/du-lieu/{one.dataset}/" if one.dataset else "/quan-tri/",
        })  # fmt: skip
    return {"to": digest.person.name or digest.person.address, "address": digest.person.address,
            "duty": say(f"remind.duty_{digest.items[0].duty}"), "items": items}  # fmt: skip


def _told(one: channels.Reminded, language: str) -> dict[str, str]:
    corridor = jobs.corridor()
    dataset = corridor.catalogue.datasets.get(one.dataset)
    kind = one.stage.partition("-")[0]
    return {
        "day": formats.day(one.day, language), "to": one.name or one.address,
        "agency": agency_name(corridor, one.agency, language),
        "what": dataset.name.in_(language) if dataset else one.dataset or "–",
        "window": formats.period_words(one.window, language) if one.window else "",
        "stage": words(language)(f"remind.stage_{kind}"),
    }  # fmt: skip


def _pause(one: channels.Pause, language: str) -> dict[str, Any]:
    dataset = jobs.catalogue().datasets.get(one.dataset)
    return {
        "number": one.pk, "dataset": dataset.name.in_(language) if dataset else one.dataset,
        "until": formats.day(one.until, language), "by": one.by, "reason": one.reason,
    }  # fmt: skip
