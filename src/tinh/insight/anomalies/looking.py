"""One look at a province: values in, what is raised out. Pure: nothing is stored here.

What was stored keeps its id as long as it overlaps what is found now; what is found no more is gone,
because its data was mended. Of what is new, what marks explain is quiet, and of the rest the most
surprising by weight are raised, as many as the day has room for.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl

from tinh.insight.anomalies import relations, words
from tinh.insight.anomalies.detect import Options, detect
from tinh.insight.anomalies.grouping import grouped
from tinh.insight.anomalies.learning import Learned
from tinh.insight.wording import number_text
from tinh.kit.periods import end, shift
from tinh.packs.api import Catalogue, Indicator

Row = dict[str, Any]
RECEIPTS = Callable[[str, str, str], str]  # indicator or dataset, place, period → receipt
_SPECIAL = {"room": 2.0, "plain": 1.0}
_PROVINCE = 1.5  # how much more the whole province counts than one place


@dataclass(slots=True)
class Found:
    """What one look found: rows to be written, by lake.ANOMALIES without the moments of writing."""

    rows: list[Row] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Ground:
    """What a look stands on. `values` holds indicator, version, place, period, grain, value, simulated;
    `counts` dataset, period, value, simulated: places that delivered, by window; `only` the series to judge
    anew (indicator, place) and `datasets` whose counts, None for all."""

    catalogue: Catalogue
    values: pl.DataFrame
    counts: pl.DataFrame
    stored: pl.DataFrame
    learned: Learned
    now: datetime
    only: Collection[tuple[str, str]] | None = None
    receipt_of: RECEIPTS = lambda *_: ""
    progress: Callable[[int, int], None] | None = None
    datasets: Collection[str] | None = None


def look(ground: Ground, room: int) -> Found:
    """What is unusual now, at most `room` of it raised anew."""
    out = Found()
    fresh = [*_of_indicators(ground, out), *_of_relations(ground), *_of_datasets(ground)]
    return _settled(ground, fresh, room, out)


def weight_of(catalogue: Catalogue, indicator: str, place: str) -> float:
    """How much the surprise of a series counts: as declared, twice for tiles of the room, and half as much
    again for the whole province."""
    said = catalogue.anomalies.weights.get(indicator)
    own = said if said is not None else 2.0 if indicator in catalogue.room.tiles else 1.0
    return own * (_PROVINCE if place == catalogue.place else 1.0)


def _since(ground: Ground) -> str:
    local = ground.now.astimezone(ZoneInfo(ground.catalogue.timezone)).replace(tzinfo=None)
    return (local - timedelta(days=ground.catalogue.anomalies.look_back)).isoformat()


def _of_indicators(ground: Ground, out: Found) -> list[Row]:
    values = ground.learned.without(ground.values)
    local = ground.now.astimezone(ZoneInfo(ground.catalogue.timezone)).replace(tzinfo=None)
    wanted = values.with_columns(_id=pl.concat_str("indicator", "place", separator="|"))
    if ground.only is not None:
        wanted = wanted.filter(pl.col("_id").is_in([f"{i}|{p}" for i, p in ground.only]))
    done = {p: end(p) <= local for p in wanted["period"].unique()}
    wanted = wanted.filter(pl.col("period").replace_strict(done, return_dtype=pl.Boolean, default=False))
    rows: list[Row] = []
    for (grain,), part in wanted.group_by("grain", maintain_order=True):
        bounds: dict[str, tuple[float | None, float | None]] = {}
        for name in part["indicator"].unique():
            own = part.filter(pl.col("indicator") == name)
            limits = bounds_of(ground.catalogue, name, own["value"].drop_nulls().to_list())
            bounds |= {f"{name}|{p}": limits for p in own["place"].unique()}
        table = part.select(unique_id="_id", ds="period", y="value").sort("unique_id", "ds")
        found = detect(table, Options(bounds=bounds, alarm=ground.catalogue.anomalies.alarm), ground.progress)
        out.refused |= {k: e.code for k, e in found.refused.items() if e.code != "INS050"}
        marked = part.with_columns(unique_id="_id", ds="period").select(
            "unique_id", "ds", "simulated", "version"
        )
        raised = found.table.filter("is_anomaly").join(marked, on=["unique_id", "ds"], how="left")
        rows += _events(ground, raised, str(grain), "indicator", _counted(part))
    return rows


def bounds_of(
    catalogue: Catalogue, indicator: str, values: Sequence[float]
) -> tuple[float | None, float | None]:
    """What no value of an indicator can be beyond: as declared, or as its formula implies."""
    from tinh.insight.outlooks.natures import nature_of

    nature = nature_of(catalogue.indicators[indicator], catalogue, values)
    return nature.lower, nature.upper


def _counted(part: pl.DataFrame) -> dict[str, int]:
    return dict(part.drop_nulls("value").group_by("_id").len().iter_rows())


def _events(
    ground: Ground, raised: pl.DataFrame, grain: str, subject: str, counts: Mapping[str, int] | None = None
) -> list[Row]:
    """One row for each event that ended lately enough."""
    since, rows, alarm = _since(ground), list[Row](), ground.catalogue.anomalies.alarm
    for _, part in raised.sort("unique_id", "ds").group_by("event", maintain_order=True):
        top = part.sort("score", descending=True).row(0, named=True)
        first, last = part["ds"][0], part["ds"][-1]
        if end(last).isoformat() < since:
            continue
        if top["kind"] == "missing" and top["length"] < 2 and subject == "indicator":
            continue  # one late period is for the reminders
        name, _, place = top["unique_id"].partition("|")
        indicator = ground.catalogue.indicators.get(name) if subject == "indicator" else None
        said = words.why(top, _writer(indicator), _writer(indicator, unit=False))
        rows.append(
            {
                "subject": subject, "indicator": name, "relation": "", "place": place,
                "version": top.get("version") or (indicator.version if indicator else 0),
                "kind": top["kind"], "first": first, "last": last, "length": int(top["length"] or 1),
                "grain": grain, "value": top["y"], "expected": top["expected"], "low": top["low"],
                "high": top["high"], "size": top["size"], "score": float(top["score"]),
                "why_vi": said.vi, "why_en": said.en, "simulated": bool(part["simulated"].any()),
                "needed": math.log10(max(2, (counts or {}).get(top["unique_id"], 2)) / alarm),
            }
        )  # fmt: skip
    return rows


def _writer(indicator: Indicator | None, unit: bool = True) -> Callable[[float, str], str]:
    if indicator is None:
        return words.plain

    def write(value: float, language: str) -> str:
        said = indicator.unit.in_(language).strip() if unit else ""
        return number_text(value, indicator.decimals).in_(language) + (f"\u202f{said}" if said else "")

    return write


def _of_relations(ground: Ground) -> list[Row]:
    rows: list[Row] = []
    since = _since(ground)
    values = ground.learned.without(ground.values)
    for relation in ground.catalogue.relations.values():
        held = values
        if ground.only is not None:
            touched = {p for i, p in ground.only if i in relation.reads()}
            held = values.filter(pl.col("place").is_in(touched))
        for found in relations.breaches(relation, held).iter_rows(named=True):
            if end(found["period"]).isoformat() < since:
                continue
            said = relations.why(relation, found, ground.catalogue.indicators)
            indicator = ground.catalogue.indicators[relation.indicator]
            rows.append(
                {
                    "subject": "relation", "indicator": relation.indicator, "relation": relation.id,
                    "place": found["place"], "version": indicator.version, "kind": "relation",
                    "first": found["period"], "last": found["period"], "length": 1,
                    "grain": indicator.period, "value": found["value"], "expected": found["other"],
                    "low": found["low"], "high": found["high"], "size": None, "score": found["score"],
                    "why_vi": said.vi, "why_en": said.en, "simulated": bool(found["simulated"]),
                }
            )  # fmt: skip
    return rows


def _of_datasets(ground: Ground) -> list[Row]:
    """Pulses of datasets: how many places deliver, by window."""
    if ground.counts.is_empty():
        return []
    place = ground.catalogue.place
    table = ground.counts.select(unique_id=pl.col("dataset") + "|" + place, ds="period", y="value")
    found = detect(table.sort("unique_id", "ds"), Options(alarm=ground.catalogue.anomalies.alarm, lower=0.0))
    marked = ground.counts.select(
        unique_id=pl.col("dataset") + "|" + place, ds="period", simulated="simulated", version=pl.lit(0)
    )
    raised = found.table.filter(pl.col("is_anomaly") & pl.col("kind").is_in(["dip", "shift", "missing"]))
    raised = raised.join(marked, on=["unique_id", "ds"], how="left")
    rows: list[Row] = []
    for grain, part in raised.with_columns(_n=pl.col("ds").str.len_chars()).group_by("_n"):
        spelt = {4: "year", 7: "month", 10: "day", 13: "hour"}.get(int(str(grain[0])), "month")
        rows += _events(ground, part.drop("_n"), spelt, "dataset")
    return rows


def _settled(ground: Ground, fresh: list[Row], room: int, out: Found) -> Found:
    """Ids, states and groups of what was found, beside what is stored."""
    rule = ground.catalogue.anomalies
    stored: dict[tuple[str, ...], list[Row]] = {}
    for before in ground.stored.iter_rows(named=True):
        stored.setdefault(_series(before), []).append(before)
    kept: set[str] = set()
    new: list[Row] = []
    for row in fresh:
        key = (row["subject"], row["relation"] or row["indicator"], row["place"])
        old = next((o for o in stored.get(_series(row), []) if _same(o, row)), None)
        row["id"] = old["id"] if old else _name(row)
        if row["id"] in kept:
            continue
        kept.add(row["id"])
        row["weight"] = weight_of(ground.catalogue, row["indicator"], row["place"])
        known = old["receipt"] if old and old["first"] == row["first"] else ""
        row["receipt"] = known or ground.receipt_of(row["indicator"], row["place"], row["first"])
        needed = row.pop("needed", 3.0)
        row["because"] = ground.learned.quiets(key, row["kind"], row["first"], row["score"], needed, rule)
        row["raised_at"] = old["raised_at"] if old else None
        if row["raised_at"] is not None:
            row["state"], row["because"] = "raised", ""
        else:
            row["state"] = "quiet"
            if not row["because"]:
                new.append(row)
        out.rows.append(row)
    new.sort(key=lambda r: (-r["score"] * r["weight"], r["id"]))
    for k, row in enumerate(new):
        row["state"] = "raised" if k < room else "quiet"
        row["raised_at"] = ground.now if k < room else None
        row["because"] = "" if k < room else "budget"
    for left in ground.stored.iter_rows(named=True):
        looked = ground.only is None or _looked_at(left, ground)
        if left["id"] in kept or left["state"] == "gone":
            continue
        if looked and _recent(left, ground):
            out.rows.append({**left, "state": "gone", "because": ""})
        else:  # not looked at now, yet it may share a cause with what was
            out.rows.append(dict(left))
    grouped([row for row in out.rows if row["state"] != "gone"])
    return out


def _looked_at(old: Mapping[str, Any], ground: Ground) -> bool:
    only = ground.only or ()
    if old["subject"] == "dataset":
        return ground.datasets is None or old["indicator"] in ground.datasets
    if old["subject"] == "relation":
        relation = ground.catalogue.relations.get(old["relation"])
        return relation is not None and any((i, old["place"]) in only for i in relation.reads())
    return (old["indicator"], old["place"]) in only


def _recent(old: Mapping[str, Any], ground: Ground) -> bool:
    return end(old["last"]).isoformat() >= _since(ground)


def _series(row: Mapping[str, Any]) -> tuple[str, ...]:
    return row["subject"], row["indicator"], row["relation"], row["place"]


def _same(old: Mapping[str, Any], row: Mapping[str, Any]) -> bool:
    """Whether two tell of one thing: their periods touch."""
    return bool(old["first"] <= shift(row["last"], 1) and row["first"] <= shift(old["last"], 1))


def _name(row: Mapping[str, Any]) -> str:
    text = "|".join([*_series(row), row["kind"], row["first"]])
    return hashlib.sha256(text.encode()).hexdigest()[:16]
