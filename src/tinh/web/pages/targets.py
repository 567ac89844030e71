"""Targets by likelihood, and the record of what was said of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl
from django.http import HttpRequest, HttpResponse

from tinh.flow.api import Corridor
from tinh.insight.api import VERDICTS, Record
from tinh.jobs import api as jobs
from tinh.people import api as people
from tinh.web import formats
from tinh.web.drawing.reliability import Curve, reliability
from tinh.web.pages.likelihoods import TONES, Outlook, outlook, outlook_word
from tinh.web.pages.moments import as_of_of
from tinh.web.pages.working import standing
from tinh.web.sheets import sheet
from tinh.web.shell import language_of, page, signed_in
from tinh.web.words import words

KINDS = ("live", "replay")
_WORST = (
    "missed", "no", "unlikely", "unclear", "likely", "certain", "met", "passed", "refused", "empty", "open",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Tally:
    word: str
    tone: str
    count: int


@dataclass(frozen=True, slots=True)
class Places:
    """A target of places: how many of them stand how."""

    name: str
    link: str
    target: str
    by: str
    tallies: tuple[Tally, ...]


@dataclass(frozen=True, slots=True)
class Bin:
    said: str
    mean: str
    count: str
    came: str
    doubt: str


@dataclass(frozen=True, slots=True)
class Kept:
    """The record of one kind of outlooks, drawn and as a table."""

    kind: str
    title: str
    says: str
    count: str
    brier: str
    plain: str
    verdict: str
    bins: tuple[Bin, ...]
    curve: Curve | None
    simulated: str = ""


@signed_in
def listing(request: HttpRequest) -> HttpResponse:
    language = language_of(request)
    say = words(language)
    people.require(people.actor_of(request), "read")
    corridor = jobs.corridor()
    as_of = as_of_of(request, corridor.catalogue.timezone, corridor.clock.now())
    frame = corridor.lake.foreseen.outlooks(None, None, as_of)
    province = corridor.catalogue.place
    stored = {(r["indicator"], r["by"]): r for r in frame.iter_rows(named=True) if r["place"] == province}
    told, waiting = [], []
    for indicator in corridor.catalogue.indicators.values():
        for target in indicator.targets:
            row = stored.get((indicator.id, target.by.isoformat()))
            if row is not None:
                told.append(outlook(corridor, indicator, row, language))
            else:
                unit = indicator.unit.in_(language)
                waiting.append(
                    (
                        indicator.name.in_(language), f"/chi-so/{indicator.id}/",
                        formats.with_unit(target.value, indicator.decimals, unit, language),
                        formats.day(target.by, language),
                    )
                )  # fmt: skip
    told.sort(key=lambda one: one.sort)
    coming = [one for one in told if one.likely]
    return page(
        request, "targets.html", "analysis", say("outlook.targets"),
        coming=coming,
        others=[one for one in told if not one.likely],
        waiting=waiting,
        tallies=_tallies(coming, stored, language),
        of_places=_of_places(corridor, frame, language),
        limits=_limits(corridor, language),
        progress=_progress(corridor, language),
        as_of=request.GET["as-of"] if as_of else "",
        past=formats.day(as_of, language) if as_of else "",
    )  # fmt: skip


def _tallies(coming: Sequence[Outlook], stored: dict[Any, dict[str, Any]], language: str) -> list[Tally]:
    """How many targets of each verdict, the worst first."""
    shown = {(one.indicator, one.by_day) for one in coming}
    verdicts = [r["verdict"] for key, r in stored.items() if key in shown]
    out = []
    for word in ("no", "unlikely", "unclear", "likely", "certain"):
        if count := verdicts.count(word):
            out.append(Tally(VERDICTS[word].in_(language), TONES[word], count))
    return out


def _of_places(corridor: Corridor, frame: pl.DataFrame, language: str) -> list[Places]:
    """Targets declared for places, each with how many places stand how."""
    out = []
    for indicator in corridor.catalogue.indicators.values():
        for target in indicator.place_targets:
            by = target.by.isoformat()
            rows = frame.filter((pl.col("indicator") == indicator.id) & (pl.col("by") == by))
            mine = [r for r in rows.iter_rows(named=True) if target.of(r["place"], corridor.catalogue.place)]
            stands = [r["verdict"] or r["state"] for r in mine]
            tallies = [
                Tally(outlook_word(one, language), TONES.get(one, "none"), stands.count(one))
                for one in dict.fromkeys(sorted(stands, key=_WORST.index))
            ]
            unit = indicator.unit.in_(language)
            out.append(
                Places(
                    indicator.name.in_(language), f"/chi-so/{indicator.id}/#trien-vong",
                    formats.with_unit(target.value, indicator.decimals, unit, language),
                    formats.day(target.by, language), tuple(tallies),
                )
            )  # fmt: skip
    return out


def _limits(corridor: Corridor, language: str) -> str:
    found = corridor.catalogue.verdicts

    def share(value: float) -> str:
        return formats.number(value, 0 if value == int(value) else 1, language)

    return words(language)(
        "outlook.limits", certain=share(found.certain), likely=share(found.likely),
        unclear=share(found.unclear), unlikely=share(found.unlikely),
    )  # fmt: skip


def _progress(corridor: Corridor, language: str) -> str:
    """How far a running round of computing is, or that it failed; empty when none runs."""
    found = jobs.outlook_progress()
    if not found.running:
        return standing(found, wanted=False, zone=corridor.catalogue.timezone, language=language)
    indicator = corridor.catalogue.indicators.get(found.at)
    name = indicator.name.in_(language) if indicator else words(language)("outlook.replaying")
    return words(language)("outlook.computing", name=name, done=found.done, of=found.of)


@signed_in
def export(request: HttpRequest) -> HttpResponse:
    """The newest outlook of every target as a table."""
    people.require(people.actor_of(request), "read")
    corridor = jobs.corridor()
    frame = corridor.lake.foreseen.outlooks(None, [corridor.catalogue.place])
    return sheet(frame.columns, frame.iter_rows(), "muc-tieu.csv")


@signed_in
def record(request: HttpRequest) -> HttpResponse:
    language = language_of(request)
    say = words(language)
    people.require(people.actor_of(request), "read")
    corridor = jobs.corridor()
    found = jobs.track_record(corridor)
    return page(
        request, "target_record.html", "analysis", say("outlook.record"),
        kept=[
            _kept(kind, found[kind], jobs.settled(corridor, kind)["simulated"].to_list(), language)
            for kind in KINDS
        ],
        progress=_progress(corridor, language),
    )  # fmt: skip


def _kept(kind: str, found: Record | None, simulated: Sequence[float | None], language: str) -> Kept:
    say = words(language)
    title, says = say(f"outlook.record_{kind}"), say(f"outlook.record_{kind}_says")
    if found is None:
        return Kept(kind, title, says, "", "", "", "", (), None)

    def share(value: float) -> str:
        return formats.number(100 * value, 0, language)

    bins = tuple(
        Bin(
            say("outlook.between", low=share(b.low), high=share(b.high)),
            say("outlook.percent", share=share(b.said)),
            formats.number(b.count, 0, language), say("outlook.percent", share=share(b.share)),
            say("outlook.between", low=share(b.share_low), high=share(b.share_high)),
        )
        for b in found.bins
    )  # fmt: skip
    better = found.skill is not None and found.skill > 0
    return Kept(
        kind, title, says, formats.number(found.count, 0, language),
        formats.number(found.brier, 3, language), formats.number(found.plain, 3, language),
        say("outlook.better" if better else "outlook.not_better"), bins,
        reliability([(b.said, b.share, b.share_low, b.share_high, b.count) for b in found.bins]),
        say("outlook.on_simulated", share=share(sum(bool(s) for s in simulated) / len(simulated)))
        if any(simulated) else "",
    )  # fmt: skip


@signed_in
def record_export(request: HttpRequest) -> HttpResponse:
    """Every settled outlook, what it said and what came."""
    people.require(people.actor_of(request), "read")
    corridor = jobs.corridor()
    columns = [
        "kind", "indicator", "place", "origin", "by", "due", "target", "direction", "value", "probability",
        "outcome", "made_at", "simulated", "method",
    ]  # fmt: skip
    lines: list[tuple[Any, ...]] = []
    for kind in KINDS:
        lines += jobs.settled(corridor, kind).select(columns).iter_rows()
    return sheet(columns, lines, "muc-tieu-do-tin-cay.csv")
