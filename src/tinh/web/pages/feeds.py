"""Sources of data: how each fares, and one with its declaration, its history and its buttons."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from tinh.jobs import api as jobs
from tinh.packs.api import Dataset, Feed, Schedule, seconds
from tinh.people import api as people
from tinh.sources.api import Health, Try
from tinh.web import formats
from tinh.web.pages.eventfeeds import events_facts, events_line
from tinh.web.shell import language_of, page, signed_in
from tinh.web.words import words

TONES = {"ok": "good", "slow": "watch", "down": "bad", "paused": "none", "new": "none"}
OUTCOMES = {"new": "good", "repeated": "none", "nothing": "none", "refused": "watch", "failed": "bad"}
PATIENCE = 8.0  # seconds a person waits for a pull
SHOWN = 60


@dataclass(frozen=True, slots=True)
class Line:
    id: str
    name: str
    dataset: str
    dataset_id: str
    tone: str
    condition: str
    since: str
    success: str
    due: str
    running: bool


@dataclass(frozen=True, slots=True)
class Row:
    at: str
    more: str
    tone: str
    outcome: str
    facts: str
    size: str
    took: str
    receipts: tuple[str, ...]
    by: str
    problems: tuple[dict[str, str], ...]


def line(health: Health, language: str) -> Line:
    say = words(language)
    found = jobs.catalogue()
    zone = found.timezone

    def moment(at: datetime | None, otherwise: str) -> str:
        return formats.minute(at, language, zone) if at else say(f"feeds.{otherwise}")

    due = moment(health.next_due, "off")
    if health.next_due is not None and health.next_due <= jobs.now():
        due = say("feeds.now")
    since = formats.minute(health.since, language, zone) if health.since else ""
    facts = {"when": since} if health.condition == "down" else {}
    return Line(
        id=health.feed.id,
        name=health.feed.name.in_(language),
        dataset=found.datasets[health.feed.dataset].name.in_(language),
        dataset_id=health.feed.dataset,
        tone=TONES[health.condition],
        condition=say(f"feeds.state_{health.condition}", **facts),
        since=since,
        success=moment(health.last_success, "never"),
        due=due,
        running=health.running,
    )


def lines(dataset: str, language: str) -> list[Line]:
    """The sources (of one dataset), the worst first."""
    return [line(health, language) for health in jobs.feeds().healths(dataset)]


@signed_in
def listing(request: HttpRequest) -> HttpResponse:
    language = language_of(request)
    who, declared = people.actor_of(request), jobs.catalogue().datasets
    shown = [
        line(health, language)
        for health in jobs.feeds().healths("")
        if people.may(who, "read sources", declared.get(health.feed.dataset))
    ]
    made = [
        (one.id, one.feed.name.in_(language) if one.feed else one.id, one.feed is None)
        for one in jobs.connecting().all()
        if (one.waits or one.feed is None)
        and people.may(who, "manage sources", agency=one.feed.sender if one.feed else "")
    ]
    return page(
        request, "feeds.html", "data", words(language)("feeds.title"), lines=shown, unfinished=made,
        may_add=people.may_anywhere(who, "manage sources"),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@signed_in
def one(request: HttpRequest, id: str) -> HttpResponseBase:
    language = language_of(request)
    say = words(language)
    found = jobs.feeds()
    feed = found.one(id)
    declared = jobs.catalogue().datasets.get(feed.dataset)
    people.require(people.actor_of(request), "read sources", declared)
    fault = ""
    if request.method == "POST":
        done = _act(request, id, declared)
        if done:
            return redirect(f"/nguon-du-lieu/{id}/?xong={done}")
        fault = say("feeds.reason_needed")
    health = found.of(feed)
    shown = line(health, language)
    told = request.GET.get("xong", "")
    zone = jobs.catalogue().timezone
    agency = jobs.catalogue().agencies.get(feed.sender)
    return page(
        request, "feed.html", "data", shown.name, status=400 if fault else 200,
        line=shown, fault=fault, facts=_facts(feed, language), cursor=_reached(health.cursor),
        cursor_none="–" if any(w and w.cursor for w in (feed.http, feed.sql)) else say("feeds.no_cursor"),
        sender=agency.name.in_(language) if agency else feed.sender,
        changed=formats.minute(health.last_change, language, zone) if health.last_change else "",
        failures=health.failures, problem=_problem(health.error, language), paused=health.paused,
        paused_note=say("feeds.paused_note", when=shown.since, who=health.paused_by, reason=health.paused)
        if health.paused else "",
        done=say(f"feeds.{told}") if told in _TOLD else "",
        rows=[_row(each, language) for each in found.history(feed)[:SHOWN]],
        may_manage=people.may(people.actor_of(request), "manage sources", declared),
        made_here=any(each.id == id for each in jobs.connecting().all()),
        reset_says=found.reset_says(id).in_(language), line_facts=_line(health, language, zone),
    )  # fmt: skip


def _line(health: Health, language: str, zone: str) -> list[tuple[str, str]]:
    """How a source that stays connected, or that sends by itself, fares."""
    if health.feed.comes:
        return events_line(health, language, zone)
    if not health.feed.listens:
        return []
    say, link = words(language), health.link

    def moment(name: str) -> str:
        at = link.get(name)
        return formats.minute(datetime.fromisoformat(at), language, zone) if at else "–"

    since = moment("connected") if link.get("connected") else say("feeds.not_connected")
    lag = f"{formats.number(float(link['lag']), 1, language)}{formats.THIN}s" if "lag" in link else "–"
    return [
        (say("feeds.connected"), since),
        (say("feeds.last_message"), moment("last")),
        (say("feeds.messages"), formats.number(int(link.get("messages", 0)), 0, language)),
        (say("feeds.lag"), lag),
        (say("feeds.dropped"), formats.number(int(link.get("dropped", 0)), 0, language)),
    ]


def _reached(cursor: str) -> str:
    """A cursor for people: that of a database is its value and the key of the last row."""
    if not cursor.startswith("{"):
        return cursor
    try:
        found = json.loads(cursor)
        return " · ".join([str(found["value"]), *found["key"]])
    except (ValueError, KeyError, TypeError):
        return cursor


_TOLD = ("paused_done", "resumed_done", "reset_done", "pulling")


def _act(request: HttpRequest, id: str, dataset: Dataset | None) -> str:
    """Do what a button asks; the word to show for it, or nothing when a reason is missing."""
    who = people.require(people.actor_of(request), "manage sources", dataset)
    act = request.POST.get("act", "")
    reason = " ".join(request.POST.get("reason", "").split())[:300]
    if act == "pause" and not reason:
        return ""
    people.note(who.name, f"{act[:20]} source", id, allowed=True, address=people.address_of(request))
    found = jobs.feeds()
    if act == "pause":
        found.pause(id, reason, who.name)
        return "paused_done"
    if act == "resume":
        found.resume(id)
        return "resumed_done"
    if act == "reset":
        found.reset(id)
        return "reset_done"
    return "pulling" if jobs.pull(id, who.name, PATIENCE) is None else "pulled"


def _row(one: Try, language: str) -> Row:
    say = words(language)
    zone = jobs.catalogue().timezone
    facts = []
    if one.taken:
        facts.append(say("feeds.files", count=formats.number(one.taken, 0, language)))
    if one.records is not None:
        facts.append(say("feeds.records", count=formats.number(one.records, 0, language)))
    if one.waiting:
        facts.append(say("feeds.waiting", count=formats.number(one.waiting, 0, language)))
    problems = {p["detail"]["vi"]: p for p in (one.error, *one.notes) if p}
    more = ""
    if one.count > 1:
        count = formats.number(one.count, 0, language)
        more = say("feeds.times", count=count, until=formats.minute(one.until, language, zone))
    return Row(
        at=formats.minute(one.at, language, zone), more=more, tone=OUTCOMES[one.outcome],
        outcome=say(f"feeds.is_{one.outcome}"), facts=" · ".join(facts),
        size=_size(one.bytes, language),
        took=f"{formats.number(one.seconds, 1, language)}{formats.THIN}s",
        receipts=one.receipts[:10], by=one.by or say("feeds.clock"),
        problems=tuple(_problem(p, language) or {} for p in problems.values()),
    )  # fmt: skip


def _size(count: int, language: str) -> str:
    if not count:
        return "–"
    for unit, size in (("GB", 1 << 30), ("MB", 1 << 20), ("KB", 1 << 10)):
        if count >= size:
            return f"{formats.number(count / size, 1, language)}{formats.THIN}{unit}"
    return f"{count}{formats.THIN}B"


def _problem(error: dict[str, Any] | None, language: str) -> dict[str, str] | None:
    if not error:
        return None
    return {"code": error["code"], "detail": error["detail"][language], "cure": error["cure"][language]}


def _facts(feed: Feed, language: str) -> list[tuple[str, str]]:
    """The declaration in words."""
    say = words(language)
    out = [(say("feeds.kind"), say(f"feeds.kind_{feed.kind}"))]
    out.append((say("feeds.where"), feed.where))
    files = feed.folder or feed.sftp or feed.s3
    if files is not None:
        out.append((say("feeds.patterns"), ", ".join(files.patterns)))
        out.append((say("feeds.after"), say(f"feeds.after_{files.after}")))
    if feed.mqtt is not None:
        pause = feed.mqtt.batch_seconds
        batch = {"count": formats.number(feed.mqtt.batch_messages, 0, language),
                 "seconds": formats.number(pause, int(pause % 1 > 0), language)}  # fmt: skip
        out.append((say("feeds.batch"), say("feeds.batch_is", **batch)))
        return out
    if feed.cloudevents is not None:
        return [*out, *events_facts(feed.cloudevents, language)]
    if feed.mail is not None:
        out.append((say("feeds.senders"), ", ".join(feed.mail.senders)))
        out.append((say("feeds.patterns"), ", ".join(feed.mail.patterns)))
        after = "moved" if feed.mail.after == "move" else feed.mail.after
        out.append((say("feeds.after"), say(f"feeds.after_{after}", folder=feed.mail.done)))
    if feed.sql is not None:
        out.append((say("connectors.table"), feed.sql.table or feed.sql.query))
    return [*out, (say("feeds.when"), _schedule(feed.schedule, language))]


def _schedule(entry: Schedule, language: str) -> str:
    say = words(language)
    parts = []
    if entry.every:
        parts.append(say("feeds.each", every=formats.age(seconds(entry.every), language)))
    else:
        parts.append(say("feeds.at_times", times=", ".join(entry.at)))
    if entry.hours:
        parts.append(say("feeds.hours", from_=entry.hours[0], until=entry.hours[1]))
    if entry.weekdays:
        names = say("feeds.days").split(",")
        parts.append(say("feeds.weekdays", days=", ".join(names[n - 1] for n in entry.weekdays)))
    if entry.month_days:
        named = [
            str(n) if n > 0 else say("feeds.last_day") + (f" {n + 1}" if n < -1 else "")
            for n in entry.month_days
        ]
        parts.append(say("feeds.month_days", days=", ".join(named)))
    if entry.days == "working" or not (entry.weekdays or entry.month_days):
        parts.append(say(f"feeds.days_{entry.days}"))
    if entry.begins:
        parts.append(say("feeds.begins", day=formats.day(entry.begins, language)))
    if entry.ends:
        parts.append(say("feeds.ends", day=formats.day(entry.ends, language)))
    return ", ".join(parts)
