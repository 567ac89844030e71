"""Series in, anomalies out: the door of the method, the same for files, the platform and the bench."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tinh.insight.anomalies import grid, seasons, transforms
from tinh.insight.anomalies.errors import LacksColumns, NoWhen
from tinh.insight.anomalies.gaps import Gap, gaps
from tinh.insight.anomalies.grid import Batch, Series
from tinh.insight.anomalies.judging import EXPECTED_FALSE, Judged, judge
from tinh.insight.cores import cores
from tinh.insight.errors import InsightError

Kind = Literal["spike", "dip", "shift", "trend", "flat", "missing", "impossible"]
KINDS: tuple[Kind, ...] = ("spike", "dip", "shift", "trend", "flat", "missing", "impossible")
_LONGEST_SEASON = 2500
_CELLS = 100_000  # judged at once by one thread: numpy works beside others
_THREADS = 4
Rows = NDArray[np.int64]  # of the table given, by cell; −1 where none stands
_SPAN = 4  # points from which a run on one side is a shift of level and no spike

FOUND: dict[str, pl.DataType] = {
    "unique_id": pl.String(),
    "ds": pl.String(),
    "row": pl.Int64(),  # of the table given; null for a moment at which nothing came
    "y": pl.Float64(),
    "score": pl.Float64(),  # −log10 of the chance of something as unusual, were all well; null: not judged
    "is_anomaly": pl.Boolean(),
    "kind": pl.String(),
    "expected": pl.Float64(),
    "low": pl.Float64(),
    "high": pl.Float64(),
    "event": pl.Int64(),  # points of one anomaly share it; −1 for none
    "length": pl.Int64(),  # points of the event
    "size": pl.Float64(),  # of a shift or a bend (per point), or the value of a flat run
}


@dataclass(frozen=True, slots=True)
class Options:
    """How to look. `seasons` None finds them; `lower`, `upper` bound every value; `until` is the moment up to
    which every series should reach (of the series' own `ds`), "" the end most of them share."""

    seasons: tuple[int, ...] | None = None
    country: str = "VN"
    lower: float | None = None
    upper: float | None = None
    bounds: Mapping[str, tuple[float | None, float | None]] = field(default_factory=dict)
    missing: bool = True
    until: str = ""
    alarm: float = EXPECTED_FALSE  # false alarms expected of a series of clean data


@dataclass(slots=True)
class Detected:
    """`table` by FOUND, in the order given with missing moments put in; `refused` series → why."""

    table: pl.DataFrame
    refused: dict[str, InsightError]
    seasons: dict[str, tuple[int, ...]]


def detect(
    table: pl.DataFrame, options: Options | None = None, progress: Callable[[int, int], None] | None = None
) -> Detected:
    """Judge every series of `unique_id, ds, y`.

    Raises LacksColumns; series that cannot be judged are in `refused`, their rows in the table with no score.
    """
    options = options or Options()
    if lacking := [c for c in ("unique_id", "ds", "y") if c not in table.columns]:
        raise LacksColumns(columns=", ".join(lacking))
    read = grid.read(table)
    series = [grid.monthly(one) for one in read.series]
    columns = _Columns(len(table))
    chosen: dict[str, tuple[int, ...]] = {}
    ends = _ends(series, options)
    parts = [
        (_part(batch, rows[at : at + step]), periods)
        for batch in grid.batches(series)
        for periods, rows in _by_season(batch, options).items()
        for step in (max(1, _CELLS // batch.y.shape[1]),)
        for at in range(0, len(rows), step)
    ]
    done = 0
    with ThreadPoolExecutor(min(_THREADS, cores(), max(1, len(parts)))) as pool:
        work = pool.map(lambda part: judge(part[0], part[1], options.country, options.alarm), parts)
        for (part, periods), judged in zip(parts, work, strict=True):
            for i, one in enumerate(part.members):
                chosen[one.id] = periods
                columns.add(one, i, int(part.lead[i]), judged, options, ends)
            done += len(part.members)
            if progress is not None:
                progress(done, len(series))
    return Detected(columns.table(table), read.refused, chosen)


def _by_season(batch: Batch, options: Options) -> dict[tuple[int, ...], list[int]]:
    n = batch.y.shape[1]
    everyone = list(range(len(batch.members)))
    if options.seasons is not None:
        return {tuple(sorted(m for m in options.seasons if m > 1)): everyone}
    one = batch.members[0]
    known = seasons.calendar(one.clock, one.step)
    if one.clock != "number" and any(n >= seasons.CYCLES * m for m in known):
        return {known: everyone}
    out: dict[tuple[int, ...], list[int]] = {}
    x = transforms.apply(batch.y, transforms.powers(batch.y, batch.known))
    for i, periods in enumerate(seasons.found(x, batch.known, _LONGEST_SEASON)):
        out.setdefault(periods, []).append(i)
    return out


def _part(batch: Batch, rows: list[int]) -> Batch:
    if len(rows) == len(batch.members):
        return batch
    return Batch([batch.members[i] for i in rows], batch.y[rows], batch.known[rows], batch.lead[rows])


def _ends(series: Sequence[Series], options: Options) -> dict[tuple[str, int], int]:
    """Up to where series of each clock and step should reach: what was asked, or what at least half of three
    or more series share."""
    out: dict[tuple[str, int], int] = {}
    last: dict[tuple[str, int], list[int]] = {}
    for one in series:
        last.setdefault((one.clock, one.step), []).append(one.at(int(one.cell[-1])))
    moments, clock = grid.moments(pl.Series("ds", [options.until]))
    if options.until and moments[0] is None:
        raise NoWhen(series="--until", value=options.until)
    for key, ends in last.items():
        if options.until:
            moment = grid.on_clock(moments[0], clock, key[0])
            if moment is not None:
                out[key] = moment
            continue
        newest, share = Counter(ends).most_common(1)[0]
        if key[0] != "number" and len(ends) >= 3 and share * 2 >= len(ends) and newest == max(ends):
            out[key] = newest
    return out


class _Columns:
    """The answer as it grows, one slot a row given, and what came to be missing."""

    def __init__(self, count: int) -> None:
        self.score = np.full(count, np.nan)
        self.kind = np.zeros(count, dtype=np.int8)  # 0, or one more than its place among KINDS
        self.expected, self.low, self.high, self.size = (np.full(count, np.nan) for _ in range(4))
        self.event = np.full(count, -1, dtype=np.int64)
        self.length = np.zeros(count, dtype=np.int64)
        self.y = np.full(count, np.nan)
        self.gaps: list[tuple[Series, Gap, int]] = []
        self._events = 0

    def add(
        self,
        one: Series,
        i: int,
        lead: int,
        judged: Judged,
        options: Options,
        ends: Mapping[tuple[str, int], int],
    ) -> None:
        cells = one.cell + lead
        rows = one.rows
        self.y[rows] = one.y
        for name in ("score", "expected", "low", "high"):
            getattr(self, name)[rows] = getattr(judged, name)[i, cells]
        lower, upper = options.bounds.get(one.id, (options.lower, options.upper))
        lower = options.lower if lower is None else lower
        upper = options.upper if upper is None else upper
        if lower is not None:
            self.low[rows] = np.maximum(self.low[rows], lower)
        if upper is not None:
            self.high[rows] = np.minimum(self.high[rows], upper)
        place = np.full(judged.score.shape[1], -1, dtype=np.int64)
        place[cells] = rows
        self._points(judged, i, place)
        self._moves(judged, i, place)
        self._still(judged, i, place)
        with np.errstate(invalid="ignore"):
            wrong = np.zeros(len(rows), dtype=bool)
            if lower is not None:
                wrong |= one.y < lower
            if upper is not None:
                wrong |= one.y > upper
        for k in np.flatnonzero(wrong):
            self._mark([int(rows[k])], "impossible", max(20.0, float(self.score[rows[k]])), float("nan"))
        if options.missing:
            empty = place[cells[~np.isfinite(one.y)]].tolist()
            share = len(empty) / len(cells)
            if empty and share <= 0.1:
                for run in _runs_of(sorted(empty), 1):
                    self._mark(
                        run, "missing", float(min(40.0, -np.log10(share) * len(run) + 2)), float("nan")
                    )
            for gap in gaps(one, ends.get((one.clock, one.step))):
                self.gaps.append((one, gap, self._events))
                self._events += 1

    def _points(self, judged: Judged, i: int, place: Rows) -> None:
        at = np.flatnonzero(judged.flagged[i])
        for run in _runs_of([int(c) for c in at], 1):
            for same in _same_side(run, judged.sign[i]):
                rows = _held(place, same)
                if not rows:
                    continue
                kind: Kind = "spike" if judged.sign[i, same[0]] > 0 else "dip"
                size = float("nan")
                if len(same) >= _SPAN:
                    kind = "shift"
                    size = float(np.median([self.y[r] - self.expected[r] for r in rows]))
                self._mark(rows, kind, None, size)

    def _moves(self, judged: Judged, i: int, place: Rows) -> None:
        mine = sorted((m for m in judged.shifts if m.row == i), key=lambda m: m.at)
        n = judged.score.shape[1]
        skip: set[int] = set()
        steps = [m for m in mine if m.kind == "shift"]
        for k, move in enumerate(steps):
            if k in skip:
                continue
            after = steps[k + 1] if k + 1 < len(steps) else None
            back = (
                after is not None
                and move.size * after.size < 0
                and (abs(move.size + after.size) < 0.5 * abs(move.size))
                and after.at - move.at <= max(8, n // 15)
            )
            if back and after is not None:
                skip.add(k + 1)
                cells = range(move.at, after.at)
            else:
                cells = range(move.at, move.at + 1)
            rows = _held(place, cells)
            if (rows and not self._taken(place, move.at, 3 if not back else 0)) or (rows and back):
                self._mark(rows, "shift", move.score, move.size)
        for move in mine:
            near = any(abs(move.at - other.at) <= 2 * move.width for other in steps)
            taken = near or self._taken(place, move.at, 2 * move.width)
            if move.kind == "trend" and not taken and (rows := _held(place, [move.at])):
                self._mark(rows, "trend", move.score, move.size)

    def _taken(self, place: Rows, at: int, reach: int) -> bool:
        return any(self.kind[row] for row in _held(place, range(at - reach, at + reach + 1)))

    def _still(self, judged: Judged, i: int, place: Rows) -> None:
        for run in judged.runs:
            if run.row == i:
                rows = _held(place, range(run.first, run.last + 1))
                if rows:
                    self._mark(rows, "flat", run.score, run.value)

    def _mark(self, rows: list[int], kind: Kind, score: float | None, size: float) -> None:
        """One event over these rows; what was there gives way unless it surprised more."""
        event, self._events = self._events, self._events + 1
        for row in rows:
            own = float(self.score[row]) if score is None else score
            self.score[row] = max(own, float(np.nan_to_num(self.score[row])))
            self.kind[row], self.event[row] = 1 + KINDS.index(kind), event
            self.length[row], self.size[row] = len(rows), size

    def table(self, given: pl.DataFrame) -> pl.DataFrame:
        ds = given.get_column("ds")
        out = pl.DataFrame(
            {
                "unique_id": given.get_column("unique_id").cast(pl.String).fill_null(""),
                "ds": ds.cast(pl.String),
                "row": np.arange(len(given)),
                "y": self.y,
                "score": self.score,
                "is_anomaly": self.event >= 0,
                "kind": pl.Series(["", *KINDS]).gather(self.kind),
                "expected": self.expected, "low": self.low, "high": self.high,
                "event": self.event, "length": self.length, "size": self.size,
                "_after": np.arange(len(given)).astype(np.float64),
            },
            schema={**FOUND, "_after": pl.Float64()},
        )  # fmt: skip
        added = [row for one, gap, event in self.gaps for row in _missing(one, gap, event, ds)]
        if added:
            out = pl.concat([out, pl.DataFrame(added, schema=out.schema, orient="row")]).sort("_after")
        numbers = ["y", "score", "expected", "low", "high", "size"]
        return out.drop("_after").with_columns(pl.col(numbers).fill_nan(None))


def _missing(one: Series, gap: Gap, event: int, ds: pl.Series) -> list[tuple[object, ...]]:
    before = int(one.rows[int(np.searchsorted(one.cell, gap.cell)) - 1])
    count = min(gap.count, 100)
    return [
        (
            one.id, written(one, gap.cell + k, ds), None, None, gap.score, True, "missing", None, None, None,
            event, gap.count, None, before + (k + 1) / (count + 2),
        )
        for k in range(count)
    ]  # fmt: skip


def written(one: Series, cell: int, like: pl.Series) -> str:
    """A moment of a series spelt as its other ones."""
    at = one.at(cell)
    sample = str(like[int(one.rows[-1])])
    if one.clock == "number":
        return str(at)
    if one.clock == "months":
        year, month = at // 12, at % 12 + 1
        if "Q" in sample:
            return f"{year}-Q{(month + 2) // 3}"
        if len(sample) == 4:
            return str(year)
        if len(sample) > 7:
            last = datetime.fromisoformat(sample[:10]).day > 1
            day = datetime(year + month // 12, month % 12 + 1, 1) - timedelta(days=1) if last else None
            return (day or datetime(year, month, 1)).strftime("%Y-%m-%d") + sample[10:]
        return f"{year}-{month:02d}"
    moment = datetime.fromtimestamp(at, UTC)
    if len(sample) == 10:
        return f"{moment:%Y-%m-%d}"
    if len(sample) == 13:
        return f"{moment:%Y-%m-%d}{sample[10]}{moment:%H}"
    seconds = ":%S" if len(sample) >= 19 else ""
    zone = sample[19:] if len(sample) > 19 else ""
    return moment.strftime(f"%Y-%m-%d{sample[10]}%H:%M{seconds}") + zone


def _held(place: Rows, cells: Sequence[int] | range) -> list[int]:
    """The rows of the table that stand at these cells."""
    found = [int(place[c]) for c in cells if 0 <= c < len(place)]
    return [row for row in found if row >= 0]


def _runs_of(cells: Sequence[int], apart: int) -> list[list[int]]:
    out: list[list[int]] = []
    for cell in cells:
        if out and cell - out[-1][-1] <= apart:
            out[-1].append(cell)
        else:
            out.append([cell])
    return out


def _same_side(run: Sequence[int], sign: np.ndarray) -> list[list[int]]:
    out: list[list[int]] = []
    for cell in run:
        if out and sign[out[-1][-1]] == sign[cell]:
            out[-1].append(cell)
        else:
            out.append([cell])
    return out
