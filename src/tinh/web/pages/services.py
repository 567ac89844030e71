"""The catalogue of data services, and one service: what it gives, who may call it, how, and how it fares."""

from __future__ import annotations

import json
from dataclasses import dataclass
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse

from tinh.axis import api as axis
from tinh.jobs import api as jobs
from tinh.kit.errors import TinhError
from tinh.packs.api import Caller, Share
from tinh.people import api as people
from tinh.sources.api import bare
from tinh.web import formats
from tinh.web.pages.looking import look_at
from tinh.web.pages.room import Measure, measures
from tinh.web.shell import language_of, page, signed_in
from tinh.web.words import words

OPERATORS = (("ge", "≥"), ("le", "≤"), ("ne", "≠"), ("in", "∈"))
STATES = {"closed": "good", "half-open": "watch", "open": "bad"}


@dataclass(frozen=True, slots=True)
class Line:
    id: str
    name: str
    says: str
    owner: str
    owner_id: str
    kind: str
    tone: str
    standing: str
    mine: bool


@dataclass(frozen=True, slots=True)
class Asking:
    """A request for access as its owner sees it."""

    id: int
    share: str
    name: str
    agency: str
    when: str
    by: str
    purpose: str
    basis: str


def name_of(agency: str, language: str) -> str:
    found = axis.desk().agencies().get(agency)
    return found.name.in_(language) if found else agency


def callable_by(share: Share, agency: str) -> bool:
    """Whether an agency holds a right to a share today: by the share itself, or given by hand."""
    at = axis.desk()
    if not agency or not share.live(jobs.now().date()):
        return False
    if axis.entries(share, agency, "", at.agencies()):
        return True
    return any(
        right.service.provider == f"share:{share.id}" and right.subsystem is not None
        and right.subsystem.member.agency == agency
        for right in axis.live_rights()
    )  # fmt: skip


def line(share: Share, agency: str, language: str) -> Line:
    say = words(language)
    live, mine = share.live(jobs.now().date()), callable_by(share, agency)
    own = bool(agency) and share.owner == agency
    standing = "ended" if not live else "own" if own else "open" if mine else "closed"
    return Line(
        id=share.id, name=share.name.in_(language), says=share.description.in_(language),
        owner=name_of(share.owner, language), owner_id=share.owner, kind=say(f"services.kind_{share.kind}"),
        tone={"open": "good", "own": "good"}.get(standing, "none"), standing=say(f"services.is_{standing}"),
        mine=standing in ("open", "own"),
    )  # fmt: skip


@signed_in
def listing(request: HttpRequest) -> HttpResponse:
    language = language_of(request)
    who = people.require(people.actor_of(request), "read services")
    asked = {name: request.GET.get(name, "").strip()[:200] for name in ("tim", "co-quan", "loai")}
    every = list(axis.desk().book().all().values())
    shown = [
        line(share, who.agency, language) for share in every
        if (not asked["co-quan"] or share.owner == asked["co-quan"])
        and (not asked["loai"] or share.kind == asked["loai"]) and _speaks_of(share, asked["tim"])
    ]  # fmt: skip
    shown.sort(key=lambda one: (not one.mine, bare(one.name)))
    owners = sorted({(share.owner, name_of(share.owner, language)) for share in every}, key=lambda o: o[1])
    return page(
        request, "services.html", "data", words(language)("services.title"), lines=shown, owners=owners,
        text=asked["tim"], owner=asked["co-quan"], kind=asked["loai"], filtered=any(asked.values()),
        kinds=[(k, words(language)(f"services.kind_{k}")) for k in ("data", "proxy")],
        askings=askings(who, language), told=_told(request, language),
        may_publish=people.may(who, "publish services", agency=who.agency),
        faults=[f.render(language, axis.desk().book().root) for f in axis.desk().book().findings()]
        if people.may(who, "manage axis") else [],
    )  # fmt: skip


def _speaks_of(share: Share, text: str) -> bool:
    said = " ".join((share.id, share.name.vi, share.name.en, share.description.vi, share.description.en,
                     name_of(share.owner, "vi"), share.dataset, *share.indicators))  # fmt: skip
    return all(bare(word) in bare(said) for word in text.split())


def askings(who: people.Actor, language: str, share: str = "") -> list[Asking]:
    """Requests for access that `who` may answer."""
    at, zone = axis.desk(), jobs.catalogue().timezone
    return [
        Asking(
            one.pk, one.share, found.name.in_(language), name_of(one.agency, language),
            formats.minute(one.asked_at, language, zone), one.asked_by, one.purpose, one.basis,
        )
        for one in axis.waiting()
        if (found := at.book().one(one.share)) is not None
        and (not share or one.share == share) and people.may(who, "grant services", agency=one.owner)
    ]  # fmt: skip


_TOLD = ("asked", "granted", "refused", "published", "withdrawn")


def _told(request: HttpRequest, language: str) -> str:
    told = request.GET.get("xong", "")
    return words(language)(f"services.told_{told}") if told in _TOLD else ""


@signed_in
def one(request: HttpRequest, id: str) -> HttpResponse:
    who = people.require(people.actor_of(request), "read services")
    share = axis.desk().share(id)
    return shown(request, who, share)


def shown(
    request: HttpRequest, who: people.Actor, share: Share, status: int = 200, **more: object
) -> HttpResponse:
    """The page of a service, with what a form on it came to."""
    language = language_of(request)
    say = words(language)
    at = axis.desk()
    mine = callable_by(share, who.agency)
    seen = _fields(share, who.agency, mine)
    zone = jobs.catalogue().timezone
    last = axis.last_of(share.id, who.agency)
    return page(
        request, "service.html", "data", share.name.in_(language), status=status, share=share,
        line=line(share, who.agency, language), description=share.description.in_(language),
        purpose=share.purpose.in_(language), owner=name_of(share.owner, language),
        source=_source(share, language),
        columns=[
            (f.name, f.label.in_(language), say(f"type.{f.logical}"), f.unit, f.personal,
             f.name in seen) for f in axis.fields_of(share, at.catalogue).values()
        ],
        members=[_member(m, language) for m in share.members],
        reach=_reach(share, language), quota=_quota(share, language),
        until=formats.day(share.ends, language) if share.ends else "",
        formats=", ".join(f.upper() for f in share.formats), identifier=axis.identifier(share),
        calling=_calling(request, share, who.agency), health=_health(share, language),
        scores=_scores(share, language), mine=mine and people.may(who, "call services", agency=who.agency),
        look=look_at(share, who.agency, at, language) if mine else None,
        told=_told(request, language), askings=askings(who, language, share.id),
        paths=_paths(share), operators=OPERATORS, last=last,
        last_says=say(f"services.demand_{last.state}") if last else "",
        last_when=formats.minute(last.asked_at, language, zone) if last else "",
        may_ask=not mine and bool(who.agency) and share.owner != who.agency
        and people.may(who, "call services", agency=who.agency) and (last is None or last.state != "open"),
        may_publish=at.book().own(share.id) is not None
        and people.may(who, "publish services", agency=share.owner),
        **more,
    )  # fmt: skip


def _fields(share: Share, agency: str, mine: bool) -> frozenset[str]:
    """The columns the reader's agency sees; of somebody who may not call, those everybody sees."""
    at = axis.desk()
    try:
        return frozenset(axis.seen_by(share, agency if mine else "", "", "", at).fields)
    except TinhError:
        return frozenset(n for n, f in axis.fields_of(share, at.catalogue).items() if not f.personal)


def _source(share: Share, language: str) -> list[tuple[str, str]]:
    """What stands behind: name and address of its page."""
    found = jobs.catalogue()
    if share.dataset:
        return [(found.datasets[share.dataset].name.in_(language), f"/du-lieu/{share.dataset}/")]
    return [(found.indicators[i].name.in_(language), f"/chi-so/{i}/") for i in share.indicators]


def _member(entry: Caller, language: str) -> tuple[str, str]:
    say = words(language)
    named = name_of(entry.agency, language) if entry.agency else say(f"services.group_{entry.group}")
    more = []
    if entry.subsystem:
        more.append(say("services.only_system", code=entry.subsystem))
    if entry.columns:
        more.append(say("services.only_columns", columns=", ".join(entry.columns)))
    if entry.personal is not None:
        columns = ", ".join(entry.personal.columns)
        purpose = entry.personal.purpose.in_(language)
        more.append(say("services.with_personal", columns=columns, purpose=purpose))
    if entry.until is not None:
        more.append(say("services.until_day", day=formats.day(entry.until, language)))
    return named, "; ".join(more)


def _reach(share: Share, language: str) -> list[str]:
    say = words(language)
    out = []
    if share.reach.place == "own":
        out.append(say("services.own_place"))
    if share.reach.places:
        out.append(say("services.these_places", places=", ".join(share.reach.places)))
    if share.reach.first:
        out.append(say("services.since_period", period=formats.period(share.reach.first, language)))
    if share.reach.last:
        out.append(say("services.to_period", period=formats.period(share.reach.last, language)))
    if share.reach.where:
        out.append(say("services.rows_where", where=share.reach.where))
    return out


def _quota(share: Share, language: str) -> str:
    minute, day = (formats.number(n, 0, language) for n in (share.quota.minute, share.quota.day))
    return words(language)("services.quota_says", minute=minute, day=day)


def _calling(request: HttpRequest, share: Share, agency: str) -> dict[str, str]:
    """The same call for curl and for Python, ready to copy."""
    member = axis.desk().agencies().get(agency)
    client = f"{axis.identifier(share).split('/')[0]}/…/…/ioc"
    if member is not None:
        systems = axis.Subsystem.objects.filter(member__agency=agency).exclude(code="data").order_by("pk")
        client = f"{axis.member(agency)}/{systems[0].code if systems else 'ioc'}"
    path = "" if share.proxy is None else next(iter(share.proxy.allow), "")
    query = "?limit=10" if share.proxy is None else ""
    address = f"{request.scheme}://{request.get_host()}/r1/{quote(axis.identifier(share))}{path}{query}"
    curl = f"curl '{address}' \\\n  -H 'X-Road-Client: {client}' \\\n  -H \"Authorization: Bearer $TINH_KEY\""
    python = (
        f'import os, httpx\n\nanswer = httpx.get(\n    "{address}",\n    headers={{\n'
        f'        "X-Road-Client": "{client}",\n'
        '        "Authorization": f"Bearer {os.environ[\'TINH_KEY\']}",\n    },\n)\n'
        "answer.raise_for_status()\n"
    )
    python += 'rows = answer.json()["data"]' if share.proxy is None else "found = answer.json()"
    return {"address": address, "curl": curl, "python": python, "client": client}


@dataclass(frozen=True, slots=True)
class Health:
    tone: str
    state: str
    calls: str
    median: str
    slowest: str
    reason: str


def _health(share: Share, language: str) -> Health | None:
    """How the API behind a proxy fares, as this process sees it."""
    if share.proxy is None:
        return None
    found = axis.circuit(share.id, share.proxy.breaker).condition()
    say = words(language)

    def time(seconds: float | None) -> str:
        return "–" if seconds is None else f"{formats.number(seconds * 1000, 0, language)}{formats.THIN}ms"

    calls = say("services.calls_says", calls=found.calls, failures=found.failures)
    state = say(f"services.breaker_{found.state.replace('-', '_')}")
    return Health(STATES[found.state], state, calls, time(found.median), time(found.slowest), found.reason)


def _scores(share: Share, language: str) -> tuple[Measure, ...]:
    """The four scores of the dataset behind."""
    if not share.dataset:
        return ()
    for each in jobs.corridor().status().datasets:
        if each.dataset == share.dataset:
            return tuple(measures(each.scores, language))
    return ()


def _paths(share: Share) -> list[tuple[str, str]]:
    if share.proxy is None:
        return []
    return [(method, path) for path, methods in share.proxy.allow.items() for method in methods]


@signed_in
def described(request: HttpRequest, id: str) -> HttpResponse:
    """The OpenAPI file, with the columns the reader's agency sees."""
    who = people.require(people.actor_of(request), "read services")
    at = axis.desk()
    share = at.share(id)
    fields = axis.fields_of(share, at.catalogue)
    seen = _fields(share, who.agency, callable_by(share, who.agency))
    found = axis.openapi(share, at, {n: f for n, f in fields.items() if n in seen})
    text = json.dumps(found, ensure_ascii=False, indent=1)
    return HttpResponse(text, content_type="application/vnd.oai.openapi+json;version=3.1")
