"""The forecasts of one indicator at all its places, and the outlooks of its targets, as rows to be kept.

Only series whose values (or what they stand on) moved are forecast again; the others keep what was said of
them. Few that moved are forecast in the company of some that did not, whose errors help to calibrate.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tinh.insight.forecasting.nature import Nature
from tinh.insight.outlooks import reconciling
from tinh.insight.outlooks.hierarchies import changes, weights_of
from tinh.insight.outlooks.histories import History, due_period, histories, steps, table
from tinh.insight.outlooks.natures import AHEAD, MOST, nature_of
from tinh.insight.outlooks.targets import Stamp, outlooks
from tinh.kit.periods import shift
from tinh.packs.api import Catalogue, Indicator

Array = NDArray[np.float64]
METHOD = "4"  # raised when the same values would be forecast otherwise
PATHS = 500
COMPANY = 20
_BEYOND = 12  # steps looked past the last due, so that a late arrival has a date
_BANDS = ("lo_80", "hi_80", "lo_95", "hi_95")


@dataclass
class _Said:
    """What the models say of one series, before parts and whole are made to add up."""

    history: History
    digest: str
    nature: Nature
    base: Array = field(default_factory=lambda: np.empty(0))
    bands: Array = field(default_factory=lambda: np.empty((4, 0)))
    ends: Array = field(default_factory=lambda: np.empty((0, 0)))  # dues × paths
    paths: Array | None = None
    facts: dict[str, Any] = field(default_factory=dict)
    fresh: bool = False


@dataclass(frozen=True)
class Made:
    """Rows for the lake's tables, and how many series were forecast for them."""

    forecasts: list[dict[str, Any]]
    outlooks: list[dict[str, Any]]
    computed: int


def foresee(
    indicator: Indicator,
    catalogue: Catalogue,
    frame: pl.DataFrame,
    kept: pl.DataFrame,
    told: pl.DataFrame,
    local: datetime,
    stamp: Stamp,
    progress: Callable[[int, int], None] | None = None,
) -> Made:
    """`frame` are stored values, `kept` the newest forecasts and `told` the newest outlooks of the indicator;
    `local` is the present moment in the province's zone, naive."""
    lines = {h.place: h for h in histories(frame, indicator, local)}
    if not indicator.forecast.made:
        return Made([], [], 0)
    whole = lines.get(catalogue.place)
    first = whole or max(lines.values(), key=lambda h: h.origin, default=None)
    dues = _dues(indicator, catalogue, first, lines)
    horizon = _horizon(indicator, first, dues)
    before = {
        r["place"]: r for r in kept.filter(pl.col("version") == indicator.version).iter_rows(named=True)
    }
    said = {
        place: _Said(
            line,
            line.digest(indicator.version, indicator.forecast, horizon, dues, METHOD),
            nature_of(indicator, catalogue, line.values.tolist()),
        )
        for place, line in lines.items()
    }
    stale = {p for p, one in said.items() if p not in before or before[p]["digest"] != one.digest}
    aims = outlooks(indicator, catalogue, lines, {p: one.digest for p, one in said.items()}, told)
    stale |= {aim.place for aim in aims if aim.open and aim.news and aim.place in said}
    if not stale and not any(aim.news for aim in aims):
        return Made([], [], 0)
    _forecast(indicator, said, stale, dues, horizon, progress)
    for place, one in said.items():
        if not one.fresh:
            _recalled(one, before[place])
    rows = _rows(indicator, catalogue, frame, said, stale, before, dues, stamp)
    made = []
    for aim in aims:
        if aim.news:
            mine = said.get(aim.place)
            shifted = _shifted(mine, rows.get(aim.place)) if mine else None
            made.append(aim.row(shifted, mine.facts if mine else {}, before.get(aim.place), stamp, METHOD))
    return Made(
        [row for place, row in rows.items() if place in stale or row["reconciled"]], made, len(stale)
    )  # fmt: skip


def _dues(
    indicator: Indicator, catalogue: Catalogue, whole: History | None, lines: Mapping[str, History]
) -> tuple[str, ...]:
    """The periods by which open targets of the province or of a place are due, near enough to be forecast."""
    if whole is None or indicator.direction == "none":
        return ()
    places = {catalogue.place, *lines}
    targets = {t for p in places for t in indicator.targets_of(p, catalogue.place)}
    found = {due_period(t.by, indicator.period) for t in targets}
    return tuple(sorted(d for d in found if 0 < steps(whole.origin, d) <= MOST[indicator.period]))


def _horizon(indicator: Indicator, whole: History | None, dues: tuple[str, ...]) -> int:
    ahead = AHEAD[indicator.period]
    if whole is None or not dues:
        return ahead
    return max(ahead, min(MOST[indicator.period] + _BEYOND, steps(whole.origin, dues[-1]) + _BEYOND))


def _forecast(
    indicator: Indicator, said: Mapping[str, _Said], stale: set[str],
    dues: Sequence[str], horizon: int, progress: Callable[[int, int], None] | None,
) -> None:  # fmt: skip
    if not stale:
        return
    from tinh.insight.forecasting.errors import NeverVaries
    from tinh.insight.forecasting.forecasts import forecast

    others = sorted(set(said) - stale)
    gap = max(1, len(others) // COMPANY)
    company = others[::gap][: max(0, COMPANY - len(stale))]
    lines = [said[p].history for p in (*sorted(stale), *company)]
    found = forecast(
        table(row for line in lines for row in line.rows()),
        horizon,
        season=indicator.forecast.season,
        nature={line.id: said[line.place].nature for line in lines},
        paths=PATHS if dues else 0,
        progress=progress,
    )
    numbers = {str(k[0]): v for k, v in found.table.partition_by("unique_id", as_dict=True).items()}
    models = {str(k[0]): v for k, v in found.models.partition_by("unique_id", as_dict=True).items()}
    for place in stale:
        one = said[place]
        one.fresh, line = True, one.history
        if error := found.refused.get(line.id) or found.noted.get(line.id):
            text = error.detail()
            one.facts = {"refused": error.code, "refused_vi": text.vi, "refused_en": text.en}
            if isinstance(error, NeverVaries):  # in a sum it is taken to stay as it is
                one.base = np.full(horizon, line.last)
                one.bands = np.full((4, horizon), line.last)
                one.ends = np.full((len(dues), PATHS), line.last)
            continue
        mine = numbers[line.id]
        one.base = mine.get_column("mean").to_numpy().astype(np.float64)
        one.bands = np.stack(
            [mine.get_column(n.replace("_", "-")).to_numpy().astype(np.float64) for n in _BANDS]
        )
        if dues:
            one.paths = found.paths[line.id]
            one.ends = np.stack([_at(one, steps(line.origin, d)) for d in dues])
        one.facts = _models(models[line.id])


def _at(one: _Said, step: int) -> Array:
    """The paths at a step (at their last where a series that lags ends before it), as far from its mean as at
    the newest step that stood clear of its bounds."""
    assert one.paths is not None
    at = min(step, one.paths.shape[1]) - 1
    free = int(_free(one)[at])
    return np.asarray(one.base[at] + one.paths[:, free] - one.base[free])


def _models(rows: pl.DataFrame) -> dict[str, Any]:
    listed = rows.sort("weight", descending=True)
    weights = listed.select("model", "weight").iter_rows()
    first = listed.row(0, named=True)
    return {
        "model": ", ".join(f"{model} {100 * weight:.0f} %" for model, weight in weights),
        "values": first["values"], "smape": _finite(first["smape"]), "mase": _finite(first["mase"]),
        "msis_95": _finite(first["msis-95"]), "coverage_80": _finite(first["coverage-80"]),
        "coverage_95": _finite(first["coverage-95"]),
    }  # fmt: skip


def _finite(value: float | None) -> float | None:
    return value if value is not None and np.isfinite(value) else None


_FACTS = (
    "model", "values", "smape", "mase", "msis_95", "coverage_80", "coverage_95",
    "refused", "refused_vi", "refused_en",
)  # fmt: skip


def _recalled(one: _Said, row: Mapping[str, Any]) -> None:
    """What was said of a series that has not moved."""
    one.facts = {name: row[name] for name in _FACTS}
    one.base = np.array(row["base"] or [], dtype=np.float64)
    one.bands = np.array(row["base_bands"] or [], dtype=np.float64).reshape(len(_BANDS), -1)
    ends = np.array(row["base_ends"] or [], dtype=np.float64)
    one.ends = ends.reshape(len(row["dues"] or []) or 1, -1) if ends.size else np.empty((0, 0))


def _rows(
    indicator: Indicator, catalogue: Catalogue, frame: pl.DataFrame, said: Mapping[str, _Said],
    stale: set[str], before: Mapping[str, Mapping[str, Any]], dues: tuple[str, ...], stamp: Stamp,
) -> dict[str, dict[str, Any]]:  # fmt: skip
    """A row a series, those of a sum made to add up where all of its parts could be forecast."""
    rows = {p: _row(indicator, one, dues, stamp) for p, one in said.items()}
    for place in set(rows) - stale:  # its forecast is as old as it was
        rows[place] |= {n: before[place][n] for n in ("made_at", "run_id", "applied")}
    whole = said.get(catalogue.place)
    if whole is None or not len(whole.base):
        return rows
    parts = {p: one.history for p, one in said.items() if p != catalogue.place and len(one.base)}
    tied = weights_of(indicator, frame, whole.history, parts)
    if tied is None:
        return rows
    places, weights = tied
    late = [steps(said[p].history.origin, whole.history.origin) for p in places]
    reach = min(len(whole.base), *(len(said[p].base) - lag for p, lag in zip(places, late, strict=True)))
    nature = nature_of(indicator, catalogue, [v for p in places for v in said[p].history.values.tolist()])
    base = np.stack([said[p].base[lag : lag + reach] for p, lag in zip(places, late, strict=True)])
    sd = np.stack([_sd(said[p])[lag : lag + reach] for p, lag in zip(places, late, strict=True)])
    past = changes(whole.history, [said[p].history for p in places])
    top, bottom = reconciling.means(whole.base[:reach], base, weights, _sd(whole)[:reach], sd, past, nature)
    _moved(rows[catalogue.place], whole, top, 0, stamp)
    for at, (place, lag) in enumerate(zip(places, late, strict=True)):
        _moved(rows[place], said[place], bottom[at], lag, stamp)
    _ends(rows, said, places, weights, dues, nature, catalogue.place)
    return rows


def _free(one: _Said) -> NDArray[np.int64]:
    """For each step, the newest one up to it whose mean stands clear of its bounds; itself where none.

    A forecast that has run into a bound has no width there: that says where values end, not that they are
    known. Where adding up moves it off the bound again, it takes the spread of the last step that was clear.
    """
    count = np.arange(len(one.base))
    ended = np.zeros(len(count), dtype=bool)
    for bound in (one.nature.lower, one.nature.upper):
        if bound is not None:
            ended |= np.abs(one.base - bound) <= 1e-9 * max(1.0, abs(bound))
    newest = np.maximum.accumulate(np.where(ended, -1, count))
    return np.where(newest < 0, count, newest)


def _opened(one: _Said, by: Array) -> Array:
    """How much of that spread each step takes: none where it stays at the bound, all of it once it is moved
    by a standard deviation; steps that were clear keep their own. What adding up moves a mean by is something
    parts and whole disagree on, and counts as another deviation beside its own (sd² + by²)."""
    free = _free(one)
    share = np.minimum(1.0, np.abs(by) / np.maximum(_sd(one), 1e-12))
    side = np.maximum(one.bands[3] - one.base, one.base - one.bands[2])[free] / 1.96  # the one no bound cuts
    far = np.abs(by) / np.maximum(side, 1e-12)
    return np.asarray(np.where(free == np.arange(len(free)), 1.0, share) * np.sqrt(1.0 + far**2))


def _bounded(values: Array, nature: Nature) -> Array:
    low = -np.inf if nature.lower is None else nature.lower
    return np.clip(values, low, np.inf if nature.upper is None else nature.upper)


def _sd(one: _Said) -> Array:
    """The spread step by step."""
    return np.asarray(((one.bands[3] - one.bands[2]) / 3.92)[_free(one)])


def _moved(row: dict[str, Any], one: _Said, mean: Array, lag: int, stamp: Stamp) -> None:
    """The mean and its intervals moved to where it adds up."""
    by = np.zeros(len(one.base))
    by[lag : lag + len(mean)] = mean - one.base[lag : lag + len(mean)]
    row["mean"] = np.where(by == 0, one.base, one.base + by).tolist()
    row["mean"][lag : lag + len(mean)] = mean.tolist()
    free, share = _free(one), _opened(one, by)
    for name, band in zip(_BANDS, one.bands, strict=True):
        row[name] = _bounded(np.array(row["mean"]) + share * (band - one.base)[free], one.nature).tolist()
    row |= {"reconciled": True, "made_at": stamp.at, "run_id": stamp.run, "applied": stamp.applied}


def _ends(
    rows: dict[str, dict[str, Any]], said: Mapping[str, _Said], places: Sequence[str], weights: Array,
    dues: Sequence[str], nature: Nature, province: str,
) -> None:  # fmt: skip
    """The paths at each due, parts adding up to the whole path by path."""
    whole = said[province]
    if not dues or any(said[p].ends.shape != whole.ends.shape for p in places):
        return
    tops, bottoms = [], []
    for at, due in enumerate(dues):
        parts = np.stack([_landed(said[p], rows[p], at, due) for p in places])
        top, bottom = reconciling.paths(_landed(whole, rows[province], at, due), parts, weights, nature)
        tops.append(top)
        bottoms.append(bottom)
    rows[province]["ends"] = np.concatenate(tops).tolist()
    for number, place in enumerate(places):
        rows[place]["ends"] = np.concatenate([b[number] for b in bottoms]).tolist()


def paths_at(row: Mapping[str, Any], due: str, nature: Nature) -> Array | None:
    """The paths of a stored forecast at one of its dues, as wide as its own intervals and not tied to those
    of the whole; None where it has none."""
    if not row["base_ends"] or due not in (row["dues"] or []):
        return None
    one = _Said(
        History(row["indicator"], row["place"], (row["origin"],), np.full(1, np.nan), 0.0), "", nature
    )
    _recalled(one, row)
    return _bounded(_landed(one, row, row["dues"].index(due), due), nature)


def _plain(one: _Said, dues: Sequence[str]) -> list[Array]:
    """The paths at each due where nothing is added up: at the bound they have no width."""
    alone = {"mean": one.base.tolist()}
    return [_landed(one, alone, at, due) for at, due in enumerate(dues)] if one.ends.size else []


def _landed(one: _Said, row: Mapping[str, Any], at: int, due: str) -> Array:
    """The paths of a series at a due, around the mean that adds up."""
    step = min(steps(one.history.origin, due), len(one.base)) - 1
    by = np.array(row["mean"]) - one.base
    return np.asarray(row["mean"][step] + _opened(one, by)[step] * (one.ends[at] - one.base[step]))


def _row(indicator: Indicator, one: _Said, dues: tuple[str, ...], stamp: Stamp) -> dict[str, Any]:
    line = one.history
    return {
        "indicator": indicator.id, "version": indicator.version, "place": line.place,
        "grain": indicator.period, "origin": line.origin, "values": line.known,
        "periods": [shift(line.origin, n + 1) for n in range(len(one.base))],
        "mean": one.base.tolist(), "base": one.base.tolist(), "base_bands": one.bands.ravel().tolist(),
        **{name: band.tolist() for name, band in zip(_BANDS, one.bands, strict=True)},
        "dues": list(dues) if one.ends.size else [],
        "ends": _bounded(np.array(_plain(one, dues)), one.nature).ravel().tolist(),
        "base_ends": one.ends.ravel().tolist(), "reconciled": False, "simulated": line.simulated,
        "applied": stamp.applied, "method": METHOD, "digest": one.digest, "made_at": stamp.at,
        "run_id": stamp.run, **one.facts,
    }  # fmt: skip


def _shifted(top: _Said, row: Mapping[str, Any] | None) -> Array | None:
    """The paths of the whole around the mean that adds up; as they are where nothing was added up."""
    if top.paths is None or row is None or not row["reconciled"]:
        return top.paths
    free, mean = _free(top), np.array(row["mean"])
    apart = _opened(top, mean - top.base)[None, :] * (top.paths[:, free] - top.base[free][None, :])
    return _bounded(mean[None, :] + apart, top.nature)
