"""Agencies: the directory, one agency with all that is its own, and making, changing, merging them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods

from tinh.jobs import api as jobs
from tinh.kit.errors import TinhError
from tinh.packs.api import AGENCY_KINDS, Agency, matches, slug
from tinh.people import api as people
from tinh.web import formats
from tinh.web.pages import feeds
from tinh.web.pages.agency_form import blank, fields_of, read
from tinh.web.pages.days import day_of
from tinh.web.pages.faults_said import said
from tinh.web.pages.naming import place_name
from tinh.web.pages.people_lines import Person, person_line
from tinh.web.pages.room import Measure, measures
from tinh.web.shell import language_of, page, signed_in
from tinh.web.words import words

ORDER = ("department", "national", "enterprise", "other", "commune")


@dataclass(frozen=True, slots=True)
class Line:
    id: str
    name: str
    short: str
    also: str
    people: str
    datasets: int
    measures: tuple[Measure, ...]


@dataclass(frozen=True, slots=True)
class Group:
    kind: str
    name: str
    lines: tuple[Line, ...]
    open: bool


@require_http_methods(["GET", "POST"])
@signed_in
def listing(request: HttpRequest) -> HttpResponseBase:
    language = language_of(request)
    say = words(language)
    who = people.actor_of(request)
    if request.method == "POST":
        actor = people.require(who, "manage agencies")
        if request.POST.get("act") != "communes":
            return redirect("/co-quan/")
        made = jobs.add_communes(actor.name)
        return redirect(f"/co-quan/?{urlencode({'loai': 'commune', 'xong': str(len(made))})}")
    text, kind = _asked(request)
    may_manage = people.may(who, "manage agencies")
    groups = _groups(request, text, kind, language)
    done = request.GET.get("xong", "")
    return page(
        request, "agencies.html", "admin", say("agencies.title"),
        groups=groups, text=text, kind=kind, total=len(jobs.agencies()),
        shown=sum(len(g.lines) for g in groups),
        kinds=[(k, say(f"agencies.kind_{k}")) for k in AGENCY_KINDS],
        may_manage=may_manage,
        may_staff=people.may_anywhere(who, "read accounts"),
        missing=jobs.missing_communes() if may_manage else 0,
        done=say("agencies.communes_done", count=done) if done.isdecimal() else "",
        findings=[(f.file.name, f.says.in_(language), f.cure.in_(language)) for f in jobs.agencies().findings]
        if may_manage else [],
    )  # fmt: skip


def _asked(request: HttpRequest) -> tuple[str, str]:
    text = " ".join(request.GET.get("tim", "").replace("\0", "").split())[:100]
    kind = request.GET.get("loai", "")
    return text, kind if kind in AGENCY_KINDS else ""


def _groups(request: HttpRequest, text: str, kind: str, language: str) -> list[Group]:
    say = words(language)
    who = people.actor_of(request)
    catalogue = jobs.catalogue()
    readable = people.among_agencies(who, "read accounts")
    counts = people.staff_counts()
    seen = people.among(who, "read receipts", catalogue.datasets)
    scores = {a.agency: a for a in jobs.corridor().status().within(seen).agencies if a.datasets}
    owned: dict[str, int] = {}
    for dataset in catalogue.datasets.values():
        owned[dataset.owner] = owned.get(dataset.owner, 0) + 1
    lines: dict[str, list[Line]] = {}
    for one in jobs.agencies().values():
        if kind not in ("", one.kind) or not matches(one, text):
            continue
        visible = readable is None or one.id in readable
        lines.setdefault(one.kind, []).append(
            Line(
                id=one.id, name=one.name.in_(language),
                short=one.short.in_(language) if one.short != one.name else "",
                also=", ".join(a.name.in_(language) or a.id for a in one.aliases),
                people=formats.number(counts.get(one.id, 0), 0, language) if visible else "–",
                datasets=owned.get(one.id, 0),
                measures=measures(scores[one.id].scores, language) if one.id in scores else (),
            )
        )  # fmt: skip
    return [
        Group(
            k, say(f"agencies.kinds_{k}"),
            tuple(sorted(lines[k], key=lambda line: (-line.datasets, slug(line.name)))),
            bool(text or kind) or k != "commune",
        )
        for k in ORDER if k in lines
    ]  # fmt: skip


@signed_in
def one(request: HttpRequest, id: str) -> HttpResponseBase:
    language = language_of(request)
    say = words(language)
    found = _found(id)
    if found.id != id:
        return redirect(f"/co-quan/{found.id}/?{urlencode({'tu': id})}")
    who = people.actor_of(request)
    corridor = jobs.corridor()
    catalogue = corridor.catalogue
    seen = people.among(who, "read receipts", catalogue.datasets)
    scores = {d.dataset: d for d in corridor.status().within(seen).datasets}
    held = jobs.holdings(id)
    done = request.GET.get("xong", "")
    return page(
        request, "agency.html", "admin", found.name.in_(language),
        agency=found, short=found.short.in_(language), kind=say(f"agencies.kind_{found.kind}"),
        facts=_facts(found, language),
        contact=[(say(f"agencies.contact_{k}"), v) for k, v in found.contact.model_dump().items() if v],
        head=_head(found, who),
        aliases=[
            (a.name.in_(language) or a.id, a.id, formats.day(a.until, language) if a.until else "")
            for a in found.aliases
        ],
        was=request.GET.get("tu", "")[:60],
        origin=say(f"agencies.origin_{jobs.agencies().origin(id)}"),
        datasets=[
            (d, catalogue.datasets[d].name.in_(language), say(f"kind.{catalogue.datasets[d].kind}"),
             measures(scores[d].scores, language) if d in scores else (),
             scores[d].held if d in scores else "")
            for d in held.datasets
        ],
        branches=[(b, jobs.agencies()[b].name.in_(language)) for b in held.branches],
        staff=_staff(who, found.id, language),
        may_read_staff=people.may(who, "read accounts", agency=found.id),
        lines=_sources(who, held.feeds, language),
        may_manage=people.may(who, "manage agencies"),
        may_invite=people.may(who, "manage accounts", agency=found.id),
        done=say(f"agencies.done_{done}") if done in ("added", "changed", "merged") else "",
    )  # fmt: skip


def _found(id: str) -> Agency:
    found = jobs.agencies().get(id)
    if found is None:
        raise Http404
    return found


def _facts(found: Agency, language: str) -> list[tuple[str, str, str]]:
    """Label, words, and the address they lead to."""
    say = words(language)
    out = [(say("agencies.id"), found.id, "")]
    if found.code:
        out.append((say("agencies.code"), found.code, ""))
    for scheme, value in found.identifiers.items():
        label = say(f"agencies.scheme_{scheme.replace('-', '_')}") if scheme in SCHEMES else scheme
        out.append((label, value, ""))
    if found.parent and (parent := jobs.agencies().get(found.parent)):
        out.append((say("agencies.parent"), parent.name.in_(language), f"/co-quan/{parent.id}/"))
    if found.place:
        name = place_name(found.place, jobs.now().date().isoformat())
        out.append((say("agencies.place"), name, f"/dia-ban/{found.place}"))
    if found.sectors:
        packs = jobs.catalogue().packs
        named = ", ".join(packs[s].name.in_(language) if s in packs else s for s in found.sectors)
        out.append((say("agencies.sectors"), named, ""))
    for key, day in (("since", found.since), ("until", found.until)):
        if day:
            out.append((say(f"agencies.{key}"), formats.day(day, language), ""))
    return out


SCHEMES = ("ma-dinh-danh", "ma-so-thue")


def _head(found: Agency, who: people.Actor | None) -> tuple[str, str]:
    """The head's name and, where the reader may see accounts, the way there."""
    if not found.head:
        return "", ""
    user = people.User.objects.by_name(found.head)
    name = (user.full_name or user.username) if user else found.head
    return name, f"/nguoi-dung/{found.head}/" if people.may(who, "read accounts", agency=found.id) else ""


def _staff(who: people.Actor | None, agency: str, language: str) -> list[Person]:
    if not people.may(who, "read accounts", agency=agency):
        return []
    names = jobs.agencies().names(agency)
    return [person_line(user, language) for user in people.staff(names, active=True)]


def _sources(who: people.Actor | None, ids: tuple[str, ...], language: str) -> list[feeds.Line]:
    declared = jobs.catalogue().datasets
    return [
        feeds.line(health, language)
        for health in jobs.feeds().healths("")
        if health.feed.id in ids
        and people.may(who, "read sources", declared.get(health.feed.dataset), agency=health.feed.sender)
    ]


@require_http_methods(["GET", "POST"])
@signed_in
def new(request: HttpRequest) -> HttpResponseBase:
    actor = people.require(people.actor_of(request), "manage agencies")
    fault: TinhError | None = None
    given = blank()
    if request.method == "POST":
        given, wanted = read(request.POST)
        try:
            made = jobs.add_agency(wanted, actor.name)
            return redirect(f"/co-quan/{made.id}/?xong=added")
        except TinhError as error:
            fault = error
    return _form(request, words(language_of(request))("agencies.new"), given, fault, "")


@require_http_methods(["GET", "POST"])
@signed_in
def edit(request: HttpRequest, id: str) -> HttpResponseBase:
    actor = people.require(people.actor_of(request), "manage agencies")
    found = _found(id)
    fault: TinhError | None = None
    given = fields_of(found)
    if request.method == "POST":
        given, wanted = read(request.POST, found)
        try:
            jobs.change_agency(found.id, wanted, actor.name)
            return redirect(f"/co-quan/{found.id}/?xong=changed")
        except TinhError as error:
            fault = error
    title = words(language_of(request))("agencies.edit_title", name=found.name.in_(language_of(request)))
    return _form(request, title, given, fault, found.id)


def _form(
    request: HttpRequest, title: str, given: Mapping[str, Any], fault: TinhError | None, id: str
) -> HttpResponse:
    language = language_of(request)
    say = words(language)
    packs = jobs.catalogue().packs.values()
    names = jobs.agencies().names(id) if id else frozenset()
    return page(
        request, "agency_form.html", "admin", title, status=fault.status if fault else 200,
        given=given, id=id, origin=jobs.agencies().origin(id) if id else "",
        **said(fault, language),
        kinds=[(k, say(f"agencies.kind_{k}")) for k in AGENCY_KINDS],
        parents=[(a.id, a.name.in_(language)) for a in jobs.agencies().values() if a.id != id],
        sectors=[(p.id, p.name.in_(language), p.id in given["sectors"]) for p in packs],
        staff=[(u.username, u.full_name or u.username) for u in people.staff(names, active=True)]
        if id else [],
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@signed_in
def merge(request: HttpRequest, id: str) -> HttpResponseBase:
    """Into whom, then what moves, then yes."""
    language = language_of(request)
    say = words(language)
    actor = people.require(people.actor_of(request), "manage agencies")
    found = _found(id)
    if found.id != id:
        return redirect(f"/co-quan/{found.id}/sap-nhap")
    today = jobs.now().date()
    given = request.POST if request.method == "POST" else request.GET
    into = given.get("vao", "")
    heir = jobs.agencies().get(into) if into else None
    until = day_of(given.get("tu-ngay", "")) or today
    fault: TinhError | None = None
    if request.method == "POST" and request.POST.get("do") == "merge":
        try:
            made = jobs.merge_agency(id, into, until, actor.name)
            return redirect(f"/co-quan/{made.id}/?{urlencode({'xong': 'merged', 'tu': id})}")
        except TinhError as error:
            fault = error
    held = jobs.holdings(id)
    catalogue = jobs.catalogue()
    return page(
        request, "agency_merge.html", "admin", say("agencies.merge_title", name=found.name.in_(language)),
        status=fault.status if fault else 200,
        agency=found, name=found.name.in_(language), heir=heir, until=until.isoformat(),
        heir_name=heir.name.in_(language) if heir else "", into=into,
        **said(fault, language),
        others=[(a.id, a.name.in_(language)) for a in jobs.agencies().values() if a.id != id],
        counts=[
            (say("agencies.moves_datasets"), len(held.datasets)),
            (say("agencies.moves_feeds"), len(held.feeds)),
            (say("agencies.moves_people"), held.people),
            (say("agencies.moves_posts"), held.posts),
            (say("agencies.moves_alerts"), len(held.alerts)),
            (say("agencies.moves_branches"), len(held.branches)),
        ],
        datasets=[(d, catalogue.datasets[d].name.in_(language)) for d in held.datasets],
        staff=[person_line(u, language) for u in people.staff(jobs.agencies().names(id), active=True)],
    )  # fmt: skip
