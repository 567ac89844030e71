"""A data officer's home: what is due, what to mend, how the own data stands. Of the own agency alone."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse

from tinh.flow.api import Corridor, Task, todo
from tinh.jobs import api as jobs
from tinh.lake.api import Wanted
from tinh.packs.api import Dataset
from tinh.people import api as people
from tinh.web import formats
from tinh.web.pages import feeds
from tinh.web.pages.data import line, receipt_lines
from tinh.web.pages.naming import place_name
from tinh.web.pages.room import Notice, measures
from tinh.web.shell import language_of, page, signed_in
from tinh.web.words import words

HOME = "/viec-cua-toi/"
RECEIPTS, NAMED, HELD = 10, 6, 3
_TONES = {"overdue": "bad", "refused": "bad", "held": "watch", "due": "none"}


def landing(role: str) -> str:
    """Where somebody of this role begins."""
    if role in (people.Role.CASE_OFFICER, people.Role.DESK_OFFICER):
        return "/vu-viec/"
    return HOME if role in (people.Role.DATA_OFFICER, people.Role.COMMUNE_OFFICER) else "/"


@dataclass(frozen=True, slots=True)
class Seat:
    """Whose deliveries are looked at: an agency and its datasets, or the place it answers for."""

    agency: str
    name: str
    datasets: tuple[Dataset, ...]
    place: str


@signed_in
def own(request: HttpRequest) -> HttpResponse:
    language = language_of(request)
    say = words(language)
    who = people.require_anywhere(people.actor_of(request), "read deliveries of own")
    corridor = jobs.corridor()
    offered = _offered(who, language)
    seat = _seat(who, request.GET.get("co-quan", ""), offered)
    ids = frozenset(d.id for d in seat.datasets)
    tasks = todo(corridor, ids, seat.place)
    status = corridor.status().within(ids)
    own = () if seat.place else seat.datasets
    readable = frozenset(d.id for d in own if people.may(who, "read receipts", d))
    listed = corridor.lake.receipts(limit=RECEIPTS, wanted=Wanted(readable)) if readable else []
    names = jobs.agencies().names(seat.agency) if seat.agency else frozenset()
    urgent = [t for t in tasks if t.what != "due"]
    held = [t for t in urgent if t.what == "held"]
    late = held[HELD:]  # the newest are enough to begin with
    return page(
        request, "todo.html", "todo", say("todo.title"),
        seat=seat, offered=offered if len(offered) > 1 else [],
        summary=_summary(tasks, language),
        urgent=[_notice(t, who, corridor, language) for t in urgent if t not in late],
        later=[_notice(t, who, corridor, language) for t in late],
        coming=[_notice(t, who, corridor, language) for t in tasks if t.what == "due"],
        lines=[line(corridor, each, language) for each in status.datasets] if not seat.place else [],
        measures=measures(status.scores, language) if ids and not seat.place else (),
        receipts=receipt_lines(corridor, listed, language),
        sources=[
            feeds.line(h, language) for h in jobs.feeds().healths("")
            if h.feed.sender in names or h.feed.dataset in readable
        ],
        may_connect=not seat.place and bool(seat.agency)
        and people.may(who, "manage sources", agency=seat.agency),
        may_push=any(people.may(who, "push", d) for d in seat.datasets),
    )  # fmt: skip


def _offered(who: people.Actor, language: str) -> list[tuple[str, str]]:
    """The agencies one may look at here: one's own, or for an administrator those that owe something."""
    known = jobs.agencies()
    own = people.among_agencies(who, "read deliveries of own")
    owners = {d.owner for d in jobs.catalogue().datasets.values()}
    ids = sorted({known.resolve(a) for a in own if a in known} if own is not None else owners & set(known))
    main = known.resolve(who.agency)
    ids.sort(key=lambda id: id != main)
    return [(id, known[id].name.in_(language)) for id in ids]


def _seat(who: people.Actor, asked: str, offered: list[tuple[str, str]]) -> Seat:
    named = dict(offered)
    agency = asked if asked in named else next(iter(named), "")
    if asked and asked not in named:
        people.require(who, "read deliveries of own", agency=asked)
    owned = tuple(
        d for d in jobs.catalogue().datasets.values()
        if agency and d.owner == agency and people.may(who, "read deliveries of own", d)
    )  # fmt: skip
    place = jobs.agencies()[agency].place if agency else ""
    if owned or not place:
        return Seat(agency, named.get(agency, ""), owned, "")
    owing = tuple(d for d in jobs.catalogue().datasets.values() if d.expect.places == "communes")
    return Seat(agency, named[agency], owing, place)


def _summary(tasks: tuple[Task, ...], language: str) -> str:
    say = words(language)
    counts = {what: sum(t.what == what for t in tasks) for what in _TONES}
    rows = sum(t.num for t in tasks if t.what == "held")
    said = []
    if counts["overdue"]:
        said.append(say("todo.some_overdue", count=counts["overdue"]))
    if counts["refused"]:
        said.append(say("todo.some_refused", count=counts["refused"]))
    if rows:
        said.append(say("todo.some_held", count=formats.number(rows, 0, language)))
    return (", ".join(said) + ".") if said else ""


def _notice(task: Task, who: people.Actor, corridor: Corridor, language: str) -> Notice:
    say = words(language)
    zone = corridor.catalogue.timezone
    declared = corridor.catalogue.datasets.get(task.dataset)
    window = formats.period_words(task.window, language) if task.window else ""
    due = formats.due(task.due_at, language, zone) if task.due_at else ""
    at = formats.minute(task.at, language, zone) if task.at else ""
    key: str = task.what
    if task.what in ("overdue", "due") and task.of > 1:
        key += "_places"
    by = formats.overdue(task.days, task.working_days, language)
    said = say(
        f"todo.says_{key}", dataset=task.name.in_(language), window=window, due=due, by=by, at=at,
        num=formats.number(task.num, 0, language), of=formats.number(task.of, 0, language),
        file=task.filename, code=task.problem,
    )  # fmt: skip
    if task.what == "overdue" and task.of > 1 and 0 < len(task.places) < task.of:
        named = ", ".join(place_name(p, task.window) for p in task.places[:NAMED])
        said += " " + named + (" …" if len(task.places) > NAMED else ".")
    if task.more:
        said += " " + say("todo.more", count=task.more)
    action, link = _action(task, people.may(who, "push", declared), people.may(who, "mend", declared))
    return Notice(f"{task.what}-{task.dataset}", _TONES[task.what], say(f"todo.topic_{task.what}"), said,
                  say(f"todo.do_{action}"), link)  # fmt: skip


def _action(task: Task, may_push: bool, may_mend: bool) -> tuple[str, str]:
    receipt = f"/du-lieu/nhan/{quote(task.receipt, safe='')}"
    if task.what == "held":
        return ("mend", f"{receipt}/sua") if may_mend else ("look", receipt)
    if task.what == "refused":
        return "why", receipt
    if may_push:
        return "send", f"/du-lieu/gui?dataset={quote(task.dataset, safe='')}"
    return "calendar", f"/du-lieu/lich?bo-du-lieu={quote(task.dataset, safe='')}"
