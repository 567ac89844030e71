"""Outlooks as view models: a target with its likelihood and all the conditions it stands on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from tinh.flow.api import Corridor
from tinh.insight.api import VERDICTS, percent_text, turn_text
from tinh.packs.api import Indicator
from tinh.web import formats
from tinh.web.pages.values import Tile
from tinh.web.words import words

TONES = {
    "certain": "good", "likely": "good", "unclear": "watch", "unlikely": "bad", "no": "bad",
    "met": "good", "missed": "bad",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Outlook:
    """One target; `word` and `tone` say how it stands, the rest why."""

    indicator: str
    name: str
    link: str
    target: str
    by: str
    by_day: str
    value: str
    at: str
    word: str
    tone: str
    likely: str
    width: float | None
    range80: str
    needed: str
    seen: str
    expected: str
    ever: str
    moved: str
    far: str
    turns: str
    source: str
    made: str
    simulated: bool
    open: bool
    sort: tuple[float, str]


def outlook(corridor: Corridor, indicator: Indicator, row: Mapping[str, Any], language: str) -> Outlook:
    """A stored outlook for people."""
    say = words(language)
    unit = indicator.unit.in_(language)
    by = date.fromisoformat(row["by"])
    own = indicator.targets_of(row["place"], corridor.catalogue.place)
    source = next((t.source for t in own if t.by == by), "")

    def write(value: float | None) -> str:
        return "–" if value is None else formats.with_unit(value, indicator.decimals, unit, language)

    chance = row["probability"]
    turns = turn_text(row["needed"], row["seen"], row["verdict"] or "")
    return Outlook(
        indicator=indicator.id,
        name=indicator.name.in_(language),
        link=f"/chi-so/{indicator.id}/#trien-vong",
        target=write(row["target"]),
        by=formats.day(by, language),
        by_day=row["by"],
        value=write(row["value"]),
        at=formats.period_words(row["origin"], language) if row["origin"] else "",
        word=_word(row, language),
        tone=TONES.get(row["verdict"] or row["state"], "none"),
        likely=percent_text(chance).in_(language) if chance is not None else "",
        width=None if chance is None else round(100 * chance, 1),
        range80=say("outlook.range", low=write(row["lo_80"]), high=write(row["hi_80"]))
        if row["lo_80"] is not None
        else "",
        needed=_pace(row["needed"], indicator, language) if chance is not None else "",
        seen=_pace(row["seen"], indicator, language) if row["seen"] is not None else "",
        expected=_expected(row, language) if chance is not None else "",
        ever=percent_text(row["ever"]).in_(language) if row["ever"] is not None else "",
        moved=row[f"moved_{language}"] or "",
        far=say("outlook.far") if row["far"] else "",
        turns=turns.in_(language) if turns else "",
        source=source,
        made=formats.minute(row["made_at"], language, corridor.catalogue.timezone),
        simulated=bool(row["simulated"]),
        open=row["state"] == "open",
        sort=(chance if chance is not None else 2.0 if row["state"] == "refused" else 3.0, row["by"]),
    )  # fmt: skip


def outlook_word(stands: str, language: str) -> str:
    """The name of a verdict, or of a state that has none."""
    if stands in VERDICTS:
        return VERDICTS[stands].in_(language)
    return words(language)("outlook.state_refused" if stands == "refused" else f"outlook.state_{stands}")


def _word(row: Mapping[str, Any], language: str) -> str:
    say = words(language)
    if row["verdict"]:
        return VERDICTS[row["verdict"]].in_(language)
    if row["state"] == "refused":
        return say("outlook.refused", why=row[f"refused_{language}"] or "–")
    if row["state"] == "passed" and row["expected"]:
        return say("outlook.state_passed_there")
    return say(f"outlook.state_{row['state']}")


def _pace(value: float | None, indicator: Indicator, language: str) -> str:
    if value is None:
        return "–"
    say = words(language)
    decimals = indicator.decimals + 1 if abs(value) < 10 else indicator.decimals
    figure = formats.with_unit(abs(value), decimals, indicator.unit.in_(language), language)
    sign = "+" if value > 0 else "−" if value < 0 else ""
    return say("outlook.a_period", figure=sign + figure, grain=say(f"outlook.one_{indicator.period}"))


def _expected(row: Mapping[str, Any], language: str) -> str:
    say = words(language)
    if row["expected"] is None and row["until"] is None:
        return ""  # nothing was forecast beyond it
    if row["expected"] is None:
        return say("outlook.not_before", period=formats.period_words(row["until"], language))
    if row["expected"] == row["origin"]:
        return say("outlook.already")
    return formats.period_words(row["expected"], language)


def near(corridor: Corridor, as_of: datetime | None = None) -> dict[str, dict[str, Any]]:
    """Of each indicator, the outlook of its nearest open target."""
    frame = corridor.lake.foreseen.outlooks(None, [corridor.catalogue.place], as_of)
    out: dict[str, dict[str, Any]] = {}
    for row in frame.iter_rows(named=True):
        indicator = corridor.catalogue.indicators.get(row["indicator"])
        declared = indicator is not None and any(t.by.isoformat() == row["by"] for t in indicator.targets)
        if declared and row["probability"] is not None and row["indicator"] not in out:
            out[row["indicator"]] = row
    return out


def with_outlook(tile: Tile, outlooks: Mapping[str, Mapping[str, Any]], language: str) -> Tile:
    """A tile that says how likely its nearest target is met."""
    row = outlooks.get(tile.id)
    if row is None or tile.blank:
        return tile
    say = words(language)
    text = say(
        "outlook.on_tile", verdict=VERDICTS[row["verdict"]].in_(language),
        likely=percent_text(row["probability"]).in_(language), year=row["by"][:4],
    )  # fmt: skip
    return replace(tile, likely=text, likely_tone=TONES[row["verdict"]])


def outlook_notices(corridor: Corridor, language: str) -> list[tuple[str, str, str, str, bool]]:
    """Targets that are off track, each in a sentence: (indicator, by, sentence, link, simulated)."""
    say = words(language)
    out = []
    for id, row in near(corridor).items():
        if row["verdict"] not in ("unlikely", "no"):
            continue
        one = outlook(corridor, corridor.catalogue.indicators[id], row, language)
        said = say(
            "outlook.notice", name=one.name, target=one.target, by=one.by,
            verdict=one.word[:1].lower() + one.word[1:], likely=one.likely,
            needed=one.needed, seen=one.seen or "–",
        )  # fmt: skip
        out.append((id, row["by"], f"{said} {one.turns}".strip(), one.link, one.simulated))
    return out
