"""What is in force, what a changed folder would alter, and putting it in force."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from tinh.flow.api import FlowError, Plan, Version, plan_rejudged, plan_revalued, plan_sections
from tinh.jobs import api as jobs
from tinh.kit.errors import Text
from tinh.packs.api import PackFaults
from tinh.people import api as people
from tinh.web import formats
from tinh.web.pages.naming import place_name
from tinh.web.shell import language_of, page, signed_in
from tinh.web.words import words

LINES = 60  # of a section shown at once; the rest unfolds


@dataclass(frozen=True, slots=True)
class Line:
    number: int
    when: str
    who: str
    reason: str
    here: bool


@dataclass(frozen=True, slots=True)
class Section:
    title: str
    lines: tuple[str, ...]
    more: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Example:
    """A row that would be held or let through."""

    what: str
    tone: str
    file: str
    link: str
    row: str
    reasons: str
    values: str


@dataclass(frozen=True, slots=True)
class Contract:
    name: str
    says: str
    examples: tuple[Example, ...]


@dataclass(frozen=True, slots=True)
class Move:
    place: str
    period: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Indicator:
    says: str
    name: str
    moves: tuple[Move, ...]


@require_http_methods(["GET", "POST"])
@signed_in
def changes(request: HttpRequest) -> HttpResponse:
    language = language_of(request)
    say = words(language)
    who = people.actor_of(request)
    fault, reason = "", ""
    if request.method == "POST":
        actor = people.require(who, "apply")
        reason = request.POST.get("reason", "")
        try:
            number = jobs.apply(actor.name, reason, request.POST.get("digest", ""))
        except FlowError as error:
            fault = error.told().in_(language)
        except PackFaults as error:
            fault = error.detail().in_(language)
        else:
            people.note(actor.name, "apply", str(number), allowed=True, address=people.address_of(request))
            return redirect(f"/thay-doi/?xong={number}")
    may = people.may(who, "apply")
    versions = jobs.applied().all()
    done = request.GET.get("xong", "")
    plan, findings = _plan(language) if may else (None, ())
    return page(
        request, "changes.html", "data", say("changes.title"), status=400 if fault else 200,
        versions=[_version(v, language) for v in versions],
        may=may,
        plan=plan,
        findings=findings,
        fault=fault,
        reason=reason,
        done=done if done.isdecimal() and len(done) < 6 else "",
        restart=bool(versions) and versions[0].number != jobs.in_force(),
        in_force=jobs.in_force(),
        numbers=[v.number for v in versions],
        compared=_compared(request, [v.number for v in versions], language) if may else None,
        **(_shown(plan, language) if plan else {}),
    )  # fmt: skip


def _plan(language: str) -> tuple[Plan | None, tuple[str, ...]]:
    try:
        return jobs.plan(), ()
    except PackFaults as faults:
        return None, tuple(f.render(language, jobs.folder()) for f in faults.findings)


def _version(one: Version, language: str) -> Line:
    say = words(language)
    zone = jobs.catalogue().timezone
    return Line(
        one.number,
        formats.minute(one.applied_at, language, zone),
        "–" if one.bootstrap else one.by,
        say("changes.first") if one.bootstrap else one.reason,
        one.number == jobs.in_force(),
    )


def _shown(plan: Plan, language: str) -> dict[str, object]:
    """A plan's sections; rows and values stand in tables of their own."""
    say = words(language)
    catalogue = jobs.catalogue()
    plain = [
        _section(title, lines, language) for title, lines in plan_sections(plan, place_name, effects=False)
    ]
    contracts = [
        Contract(
            catalogue.datasets[one.dataset].name.in_(language),
            plan_rejudged(one).in_(language),
            tuple(
                Example(
                    say(f"changes.{e.what}"), "bad" if e.what == "held" else "good", e.file or e.receipt,
                    f"/du-lieu/nhan/{e.receipt}", e.at or str(e.row),
                    "; ".join(s.in_(language) for s in e.says),
                    ", ".join(f"{k} = {'' if v is None else v}" for k, v in e.values.items()),
                )
                for e in one.examples
            ),
        )
        for one in plan.rejudged
    ]  # fmt: skip
    indicators = []
    for one in plan.revalued:
        known = catalogue.indicators.get(one.indicator)
        decimals = known.decimals + 1 if known else 3

        def figure(value: float | None, decimals: int = decimals) -> str:
            return "–" if value is None else formats.number(value, decimals, language)

        moves = (*one.largest, *one.appearing[:3], *one.vanishing[:3])
        indicators.append(
            Indicator(
                plan_revalued(one).in_(language),
                known.name.in_(language) if known else one.indicator,
                tuple(
                    Move(
                        place_name(m.place, m.period), formats.period(m.period, language),
                        figure(m.before), figure(m.after),
                    )
                    for m in moves
                ),
            )
        )  # fmt: skip
    return {"plain": plain, "contracts": contracts, "indicators": indicators}


def _section(title: Text, lines: list[Text], language: str) -> Section:
    said = tuple(line.in_(language) for line in lines)
    return Section(title.in_(language), said[:LINES], said[LINES:])


def _compared(request: HttpRequest, known: list[int], language: str) -> dict[str, object] | None:
    """What two versions declare differently, when two were asked for."""
    first, last = request.GET.get("tu", ""), request.GET.get("den", "")
    if not (first.isdecimal() and last.isdecimal()) or len(first + last) > 12:
        return None
    if int(first) not in known or int(last) not in known:
        return None
    try:
        found = jobs.between(int(first), int(last))
    except FlowError as error:
        lines: tuple[str, ...] = (error.detail().in_(language),)
    else:
        lines = tuple(change.says.in_(language) for change in found)
    return {"first": int(first), "last": int(last), "lines": lines}
