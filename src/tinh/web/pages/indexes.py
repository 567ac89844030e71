"""Composite indexes: the list, and one opened as a tree, as ranks, as what would raise it, as an audit."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse

from tinh.flow.api import Standing, standing
from tinh.insight.api import NothingYet, with_points
from tinh.jobs import api as jobs
from tinh.packs.api import Element, Index
from tinh.people import api as people
from tinh.web import formats
from tinh.web.pages.index_method import method
from tinh.web.pages.index_tables import Line, lines, place_of, reaches, steps, table
from tinh.web.sheets import sheet
from tinh.web.shell import language_of, page, signed_in
from tinh.web.words import Say, words

VIEWS = ("cay", "tang-diem", "xep-hang", "kiem-dinh")
STEPS = 20


@dataclass(frozen=True, slots=True)
class Shown:
    """One row of the tree in words."""

    id: str
    name: str
    level: int
    value: str
    most: str
    percent: str
    width: float
    missing: bool
    illustrative: bool
    counted: bool
    self_score: str
    verified: str
    less: bool  # verified below what was claimed
    evidence: str
    summary: str
    receipt: str
    owner: str
    source_type: str
    deadline: str
    asks: str


@dataclass(frozen=True, slots=True)
class Branch:
    head: Shown
    rows: tuple[Shown, ...]


@signed_in
def listing(request: HttpRequest) -> HttpResponse:
    language = language_of(request)
    say = words(language)
    people.require(people.actor_of(request), "read")
    corridor = jobs.corridor()
    out = []
    for index in corridor.catalogue.indexes.values():
        found: Standing | None = None
        with suppress(NothingYet):
            found = standing(corridor, index.id)
        only = float(found.built.scores[0]) if found and len(found.built.units) == 1 else None
        out.append(
            {
                "id": index.id, "name": index.name.in_(language), "says": index.description.in_(language),
                "components": sum(1 for _ in index.tree.components()),
                "units": len(found.built.units) if found else 0,
                "period": formats.period(found.period, language) if found else "",
                "score": _plain(only, index.decimals, language),
                "simulated": bool(found and found.simulated), "source": index.source.in_(language),
            }
        )  # fmt: skip
    return page(request, "indexes.html", "analysis", say("indexes.title"), listed=out)


@signed_in
def one(request: HttpRequest, id: str) -> HttpResponse:
    language = language_of(request)
    say = words(language)
    people.require(people.actor_of(request), "read")
    corridor = jobs.corridor()
    index = corridor.catalogue.indexes.get(id)
    if index is None:
        raise Http404
    view = request.GET.get("xem", "cay")
    view = view if view in VIEWS else "cay"
    common: dict[str, Any] = {
        "index": index, "name": index.name.in_(language), "says": index.description.in_(language),
        "view": view, "source": index.source.in_(language),
        "published": [
            (r.name.in_(language), _plain(r.value, 4 if (r.value or 0) <= 1 else 2, language),
             r.text.in_(language),
             formats.period(r.period, language) if r.period else "", r.source)
            for r in index.references
        ],
    }  # fmt: skip
    try:
        found = standing(corridor, id, request.GET.get("ky", ""))
    except NothingYet as nothing:
        return page(
            request, "index.html", "analysis", common["name"], empty=nothing.detail().in_(language),
            cure=nothing.remedy().in_(language), **common,
        )  # fmt: skip
    unit = place_of(found, request.GET.get("don-vi", ""))
    built = found.built
    asked = {"don-vi": built.units[unit], "ky": found.period}
    shown = _shown(found, unit, language, say)
    ranked = _interval(found, unit, say)
    parts = {
        "tang-diem": lambda: _improving(request, found, unit, language),
        "xep-hang": lambda: _ranking(found, unit, language),
        "kiem-dinh": lambda: _audited(found, unit, language),
    }.get(view, dict)()
    return page(
        request, "index.html", "analysis", common["name"], **common, **parts,
        total=shown[0], branches=_branches(shown), unit=built.units[unit],
        unit_name=built.table.names[unit], period=formats.period(found.period, language), chosen=found.period,
        units=sorted(zip(built.units, built.table.names, strict=True), key=lambda u: u[1]),
        periods=[(p, formats.period(p, language)) for p in found.periods],
        figure=_score(float(built.scores[unit]), index, language),
        scaled=_plain(float(built.scores[unit]) / index.scale, 4, language) if index.scale > 1 else "",
        claimed=any(line.self_score for line in shown), ranked=ranked, many=len(built.units) > 1,
        simulated=found.simulated, query=urlencode(asked),
        views=[(v, say(f"indexes.view_{v.replace('-', '_')}"), f"?{urlencode({**asked, 'xem': v})}")
               for v in VIEWS if len(built.units) > 2 or v in ("cay", "tang-diem")],
        dataset=index.values.dataset if index.values else "",
        method=method(built, language, say),
    )  # fmt: skip


@signed_in
def export(request: HttpRequest, id: str, name: str) -> HttpResponse:
    """One table of an index as CSV."""
    people.require(people.actor_of(request), "read")
    found = standing(jobs.corridor(), id, request.GET.get("ky", ""))
    made = table(found, place_of(found, request.GET.get("don-vi", "")), name, language_of(request))
    if made is None:
        raise Http404
    return sheet(*made, f"{id}-{found.period}-{name}.csv")


def _shown(found: Standing, unit: int, language: str, say: Say) -> list[Shown]:
    catalogue = jobs.corridor().catalogue

    def owner(element: Element) -> str:
        agency = catalogue.agencies.get(element.owner)
        return (agency.short.in_(language) or agency.name.in_(language)) if agency else element.owner

    def row(line: Line) -> Shown:
        element, index = line.element, found.index
        less = (
            line.self_score is not None
            and line.verified is not None
            and line.verified < line.self_score - 1e-9
        )
        signed = formats.day(date.fromisoformat(line.day), language) if line.day else ""
        evidence = " · ".join(p for p in (line.number, signed) if p)
        return Shown(
            element.id, element.name.in_(language), line.level, _plain(line.value, index.decimals, language),
            _plain(line.most, 2 if line.most % 1 else 0, language) if line.most else "",
            f"{formats.number(100 * line.share, 0, language)} %" if line.share is not None else "",
            round(100 * min(1.0, max(0.0, line.share or 0.0)), 1), line.value is None, element.illustrative,
            element.scored, _plain(line.self_score, 2, language), _plain(line.verified, 2, language), less,
            evidence, line.summary, line.receipt, owner(element),
            say(f"indexes.{element.source_type}") if element.source_type else "", element.deadline,
            element.must_show.in_(language),
        )  # fmt: skip

    return [row(line) for line in lines(found, unit)]


def _branches(shown: list[Shown]) -> list[Branch]:
    out: list[Branch] = []
    for row in shown[1:]:
        if row.level == 1:
            out.append(Branch(row, ()))
        elif out:
            out[-1] = Branch(out[-1].head, (*out[-1].rows, row))
    return out


def _interval(found: Standing, unit: int, say: Say) -> str:
    if found.spread is None:
        return ""
    low, high = found.spread.quantiles(0.05, 0.95)[:, unit]
    return say(
        "indexes.rank_of", rank=int(found.spread.nominal[unit]), among=len(found.built.units),
        low=round(float(low)), high=round(float(high)),
    )  # fmt: skip


def _improving(request: HttpRequest, found: Standing, unit: int, language: str) -> dict[str, Any]:
    index, built = found.index, found.built
    names = {e.id: e.name.in_(language) for e in index.tree.everything()}
    asked: dict[str, float] = {}
    fields = []
    for reach in reaches(found, unit):
        given = _read(request.GET.get(f"diem.{reach.id}", ""))
        if given is not None and abs(given - reach.now) > 5e-3:
            asked[reach.id] = min(given, reach.most)
        at = reach.now if given is None else given
        fields.append(
            {
                "id": reach.id, "name": names[reach.id], "value": f"{at:.2f}", "low": f"{reach.least:.2f}",
                "high": f"{reach.most:.2f}", "shown": formats.number(at, 2, language),
                "most": _plain(reach.most, 2 if reach.most % 1 else 0, language),
                "now": formats.number(reach.now, 2, language),
            }
        )  # fmt: skip
    out: dict[str, Any] = {
        "steps": [
            (names[s.element], s.step.in_(language), formats.number(s.gain, max(2, index.decimals), language),
             formats.number(s.effort, 2, language),
             int(s.rank) if len(built.units) > 1 and s.rank == s.rank else "")
            for s in steps(found, unit)[:STEPS]
        ],
        "fields": fields,
        "nominal": int(built.ranks[unit, -1]),
    }  # fmt: skip
    if asked:
        before, after = with_points(found.builder, built.units[unit], asked)
        out["tried"] = {
            "before": _score(float(before[unit, -1]), index, language),
            "after": _score(float(after[unit, -1]), index, language),
            "rank": int((after[:, -1] > after[unit, -1]).sum()) + 1,
            "was": int((before[:, -1] > before[unit, -1]).sum()) + 1,
            "many": len(asked),
        }
    return out


def _ranking(found: Standing, unit: int, language: str) -> dict[str, Any]:
    made = table(found, unit, "xep-hang", language)
    among = len(found.built.units)
    names = {e.id: e.name.in_(language) for e in found.index.tree.everything()}
    rows = []
    for code, name, score, rank, _, median, low, high, *_rest in made[1] if made else []:
        spot = [round(float(str(x)) / among * 1000) for x in (low, high, median)] if low is not None else []
        rows.append((rank, name, _score(float(str(score)), found.index, language), code, spot,
                     f"{float(str(low)):.0f}–{float(str(high)):.0f}" if low is not None else "",
                     code == found.built.units[unit]))  # fmt: skip
    influences = table(found, unit, "do-nhay", language)
    removals = table(found, unit, "bo-mot", language)

    def three(value: object) -> str:
        return formats.number(float(str(value)), 3, language)

    return {
        "rows": rows,
        "influences": [
            (i[0], three(i[1]), f"{three(i[2])}–{three(i[3])}", three(i[4]), f"{three(i[5])}–{three(i[6])}")
            for i in (influences[1] if influences else [])
        ],
        "removals": [
            (names.get(str(r[0]), r[0]), formats.number(float(str(r[1])), 2, language),
             f"{float(str(r[2])):+.0f}")
            for r in (removals[1] if removals else [])
        ],
    }  # fmt: skip


def _audited(found: Standing, unit: int, language: str) -> dict[str, Any]:
    names = {e.id: e.name.in_(language) for e in found.index.tree.everything()}

    def cells(name: str, digits: int) -> list[list[str]]:
        made = table(found, unit, name, language)
        out = []
        for row in made[1] if made else []:
            out.append(
                [names.get(str(c), "") or (_plain(c, digits, language) if isinstance(c, float) else str(c))
                 for c in row]
            )  # fmt: skip
        return out

    links = table(found, unit, "tuong-quan", language)
    parents = [x for x in (links[1] if links else []) if x[4]]
    return {
        "statistics": cells("thong-ke", 3),
        "groups": [row[:4] for row in cells("nhom", 3)],
        "links": [
            (names.get(str(a), a), names.get(str(b), b), _plain(r, 3, language), _plain(p, 3, language))
            for a, b, r, p, _ in parents
        ],
    }  # fmt: skip


def _score(value: float, index: Index, language: str) -> str:
    return _plain(value, index.decimals, language)


def _plain(value: object, digits: int, language: str) -> str:
    if not isinstance(value, int | float) or value != value:
        return ""
    return formats.number(float(value), digits, language)


def _read(text: str) -> float | None:
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        return None
    return value if value == value and abs(value) < 1e12 else None
