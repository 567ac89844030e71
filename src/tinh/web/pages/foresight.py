"""The part of an indicator's page about the future: fan, targets, what if, and how forecasts have done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse

from tinh.flow.api import Corridor
from tinh.insight.api import VERDICTS, Point, Supposed, communes_lifted, pace_held, percent_text
from tinh.jobs import api as jobs
from tinh.packs.api import Indicator, Target
from tinh.people import api as people
from tinh.web import formats
from tinh.web.drawing.fan import Fan, fan
from tinh.web.pages.foreseen_places import Foreseen, of_indicator
from tinh.web.pages.likelihoods import TONES, Outlook, outlook
from tinh.web.pages.naming import place_name
from tinh.web.sheets import sheet
from tinh.web.shell import language_of, signed_in
from tinh.web.words import words

PAST = 24  # periods drawn before a forecast, at most
OVER = {"hour": 24, "day": 28, "month": 3, "quarter": 4, "year": 3}
_MOST = 60


@dataclass(frozen=True, slots=True)
class Line:
    period: str
    mean: str
    in80: str
    in95: str


@dataclass(frozen=True, slots=True)
class Suppose:
    """The what-if form with what was asked, and its answer in a sentence."""

    by: str
    dues: tuple[tuple[str, str], ...]
    kind: str
    count: int
    over: int
    says: str
    more: str
    tone: str
    lifts: bool


@dataclass(frozen=True, slots=True)
class Foresight:
    """What the page shows; `state` is shown, refused, computing or none."""

    state: str
    why: str
    fan: Fan | None
    narrow: Fan | None
    lines: tuple[Line, ...]
    outlooks: tuple[Outlook, ...]
    facts: tuple[tuple[str, str], ...]
    reconciled: bool
    simulated: bool
    suppose: Suppose | None
    csv: str
    places: tuple[Foreseen, ...] = ()
    disagree: str = ""


def foresight(
    corridor: Corridor, indicator: Indicator, place: str, points: Sequence[Point], request: HttpRequest,
    as_of: datetime | None = None,
) -> Foresight:  # fmt: skip
    """The future of one indicator at one place, as last computed (by `as_of`)."""
    language = language_of(request)
    kept = corridor.lake.foreseen.forecasts([indicator.id], None, as_of)
    rows = [
        r for r in kept.iter_rows(named=True) if r["place"] == place and r["version"] == indicator.version
    ]
    told = corridor.lake.foreseen.outlooks([indicator.id], [place], as_of)
    own = indicator.targets_of(place, corridor.catalogue.place)
    declared = {t.by.isoformat() for t in own}
    outlooks = tuple(
        outlook(corridor, indicator, r, language) for r in told.iter_rows(named=True) if r["by"] in declared
    )
    link = f"/chi-so/{indicator.id}/du-bao.csv?noi={place}"
    if not rows:
        running = jobs.outlook_progress().running
        state = "computing" if running or jobs.outlooks_wanted() else "none"
        return Foresight(state, "", None, None, (), outlooks, (), False, False, None, link)
    row = rows[0]
    if row["refused"]:
        return Foresight(
            "refused", row[f"refused_{language}"] or "", None, None, (), outlooks,
            _facts(row, corridor, language), False, bool(row["simulated"]), None, link,
        )  # fmt: skip
    whole = place == corridor.catalogue.place and not as_of
    return Foresight(
        "shown", "", _fan(indicator, row, points, own, language, 920, 320),
        _fan(indicator, row, points, own, language, 400, 250), _lines(indicator, row, language), outlooks,
        _facts(row, corridor, language), bool(row["reconciled"]), bool(row["simulated"]),
        _suppose(corridor, indicator, kept, request, language) if whole else None, link,
        of_indicator(corridor, indicator, kept, row["periods"][_shown(row) - 1], language)
        if place == corridor.catalogue.place
        else (),
        _disagree(indicator, row, language),
    )  # fmt: skip


def _disagree(indicator: Indicator, row: dict[str, Any], language: str) -> str:
    """Where a series on its own and the sum of its parts are further apart than its own interval allows."""
    if not row["reconciled"]:
        return ""
    at = _shown(row) - 1
    alone, mean = row["base"][at], row["mean"][at]
    count = len(row["base"])
    low, high = row["base_bands"][at], row["base_bands"][count + at]
    if low <= mean <= high or abs(mean - alone) < 10.0**-indicator.decimals:
        return ""
    unit = indicator.unit.in_(language)
    return words(language)(
        "outlook.disagree", period=formats.period_words(row["periods"][at], language),
        alone=formats.with_unit(alone, indicator.decimals, unit, language),
        together=formats.with_unit(mean, indicator.decimals, unit, language),
    )  # fmt: skip


def _shown(row: dict[str, Any]) -> int:
    """Up to the last due, or a year and a little; never beyond what a page can hold."""
    wanted = max((row["periods"].index(d) + 1 for d in row["dues"] or [] if d in row["periods"]), default=0)
    ahead = {"hour": 48, "day": 28, "month": 12, "quarter": 8, "year": 5}[row["grain"]]
    return min(len(row["periods"]), _MOST, max(wanted, ahead))


def _fan(
    indicator: Indicator,
    row: dict[str, Any],
    points: Sequence[Point],
    targets: Sequence[Target],
    language: str,
    width: int,
    height: int,
) -> Fan | None:
    say = words(language)
    unit = indicator.unit.in_(language)
    ahead = _shown(row)
    past = [p for p in points if p.period <= row["origin"]][
        -min(PAST if width > 600 else 12, max(12, ahead)) :
    ]
    if not past:
        return None

    def write(value: float | None) -> str:
        if value is None:
            return say("room.no_value")
        return formats.with_unit(value, indicator.decimals, unit, language)

    future = [
        say("outlook.point", mean=write(m), low=write(lo), high=write(hi))
        for m, lo, hi in zip(row["mean"], row["lo_80"], row["hi_80"], strict=True)
    ][:ahead]
    guides = [(t.value, say("indicator.target_by", by=str(t.by.year))) for t in targets]
    return fan(
        [formats.period(p, language) for p in (*(p.period for p in past), *row["periods"][:ahead])],
        [p.value for p in past],
        row["mean"][:ahead],
        [(row["lo_95"][:ahead], row["hi_95"][:ahead]), (row["lo_80"][:ahead], row["hi_80"][:ahead])],
        guides,
        lambda v: formats.number(v, 0 if v == int(v) else max(1, indicator.decimals), language),
        [*(write(p.value) for p in past), *future],
        say("outlook.forecast_word"),
        width, height,
    )  # fmt: skip


def _lines(indicator: Indicator, row: dict[str, Any], language: str) -> tuple[Line, ...]:
    def write(value: float) -> str:
        return formats.number(value, indicator.decimals, language)

    return tuple(
        Line(
            formats.period(period, language), write(row["mean"][at]),
            f"{write(row['lo_80'][at])} – {write(row['hi_80'][at])}",
            f"{write(row['lo_95'][at])} – {write(row['hi_95'][at])}",
        )
        for at, period in enumerate(row["periods"][: _shown(row)])
    )  # fmt: skip


def _facts(row: dict[str, Any], corridor: Corridor, language: str) -> tuple[tuple[str, str], ...]:
    """What the forecast stands on, how it did on days it was fitted to, and on days it had not seen."""
    say = words(language)

    def share(value: float | None) -> str:
        return "" if value is None else say("outlook.percent", share=formats.number(100 * value, 0, language))

    def figure(value: float | None, decimals: int) -> str:
        return "" if value is None else formats.number(value, decimals, language)

    listed = [
        ("values", formats.number(row["values"] or 0, 0, language)),
        ("origin", formats.period_words(row["origin"], language)),
        ("models", row["model"] or ""),
        ("smape", figure(row["smape"], 1)),
        ("mase", figure(row["mase"], 2)),
        ("msis", figure(row["msis_95"], 1)),
        ("coverage80", share(row["coverage_80"])),
        ("coverage95", share(row["coverage_95"])),
        ("replayed", _replayed(corridor, row["indicator"], language)),
        ("made", formats.minute(row["made_at"], language, corridor.catalogue.timezone)),
        ("declarations", str(row["applied"])),
        ("run", row["run_id"]),
    ]
    return tuple((say(f"outlook.fact_{name}"), text) for name, text in listed if text)


def _replayed(corridor: Corridor, id: str, language: str) -> str:
    found = jobs.replayed(corridor, id)
    if found is None:
        return ""
    count, most, nearly = (formats.number(n, 0, language) for n in found)
    return words(language)("outlook.replayed", count=count, in80=most, in95=nearly)


def _suppose(
    corridor: Corridor, indicator: Indicator, kept: Any, request: HttpRequest, language: str
) -> Suppose | None:
    """The form, where an open target has paths; its answer when it was asked."""
    say = words(language)
    catalogue = corridor.catalogue
    told = corridor.lake.foreseen.outlooks([indicator.id], [catalogue.place])
    open_by = set(told.filter(told["state"] == "open").get_column("by").to_list())
    targets = [t for t in indicator.targets if t.by.isoformat() in open_by]
    if not targets:
        return None
    asked = request.GET.get("gia-dinh", "")
    by = request.GET.get("han", "")
    target = next((t for t in targets if t.by.isoformat() == by), targets[0])
    number = request.GET.get("so", "")
    said = int(number) if number.isdecimal() and len(number) < 5 else 0
    count = said if 0 < said <= 1000 else 10
    over = said if 0 < said <= 1000 and asked == "nhip" else OVER[indicator.period]
    top = kept.filter((kept["place"] == catalogue.place) & kept["reconciled"])
    lifts = not top.is_empty()
    dues = tuple(
        (
            t.by.isoformat(),
            f"{formats.with_unit(t.value, indicator.decimals, indicator.unit.in_(language), language)}"
            f" · {formats.day(t.by, language)}",
        )
        for t in targets
    )
    says = more = ""
    tone = "none"
    if asked in ("xa", "nhip"):
        frame = corridor.lake.values(indicator.id, version=indicator.version)
        found = (
            communes_lifted(indicator, catalogue, frame, kept, target, count)
            if asked == "xa"
            else pace_held(indicator, catalogue, frame, kept, target, over)
        )
        if found is None:
            says = say("outlook.if_cannot")
        else:
            says, more, tone = _answer(indicator, target, found, asked, over, language)
    return Suppose(
        target.by.isoformat(), dues, asked, count if asked != "nhip" else 10, over,
        says, more, tone, lifts,
    )  # fmt: skip


def _answer(
    indicator: Indicator, target: Target, found: Supposed, asked: str, over: int, language: str
) -> tuple[str, str, str]:
    say = words(language)
    unit = indicator.unit.in_(language)

    def write(value: float) -> str:
        return formats.with_unit(value, indicator.decimals, unit, language)

    facts = {
        "after": percent_text(found.after).in_(language), "before": percent_text(found.before).in_(language),
        "verdict": VERDICTS[found.verdict].in_(language), "middle": write(found.middle),
        "middle_before": write(found.middle_before), "by": formats.day(target.by, language),
        "target": write(target.value),
    }  # fmt: skip
    tone = TONES[found.verdict]
    if asked == "xa":
        assert found.level is not None
        names = [place_name(p, target.by.isoformat()) for p in found.places]
        more = say("outlook.if_places", places=", ".join(names))
        return say("outlook.if_lifted", count=len(names), level=write(found.level), **facts), more, tone
    assert found.pace is not None
    pace = formats.with_unit(abs(found.pace), indicator.decimals + 1, unit, language)
    sign = "+" if found.pace > 0 else "−" if found.pace < 0 else ""
    more = (
        say(
            "outlook.if_arrives",
            period=formats.period_words(found.arrives, language),
            target=write(target.value),
        )
        if found.arrives
        else say("outlook.if_never", target=write(target.value))
    )
    grain = say(f"outlook.one_{indicator.period}")
    return say("outlook.if_paced", over=over, pace=sign + pace, grain=grain, **facts), more, tone


@signed_in
def export(request: HttpRequest, id: str) -> HttpResponse:
    """The forecast of one indicator at one place as a table."""
    people.require(people.actor_of(request), "read")
    corridor = jobs.corridor()
    place = request.GET.get("noi", "") or corridor.catalogue.place
    frame = corridor.lake.foreseen.forecasts([id], [place])
    columns = ["periods", "mean", "lo_80", "hi_80", "lo_95", "hi_95"]
    lines = (
        frame.explode(columns).filter(frame.explode(columns)["periods"].is_not_null())
        if frame.height
        else frame
    )
    same = ["indicator", "place", "origin", "simulated", "applied", "method", "made_at", "run_id"]
    return sheet(
        ["indicator", "place", "period", *columns[1:], *same[2:]],
        lines.select("indicator", "place", *columns, *same[2:]).iter_rows(), f"du-bao-{id}-{place}.csv",
    )  # fmt: skip
