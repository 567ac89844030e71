"""Looking for what is unusual: on change and nightly, and what people make of it.

Only series whose values moved since the last look are read and judged again; the first look of a day takes
them all. What was seen last stands in `anomalies.json` of the data folder, so that of several processes each
goes on from there. In a serving process the chore `ANOMALIES` starts looks in a process of their own.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import structlog

from tinh.jobs.chores import Chore, Mark, Progress
from tinh.jobs.house import house
from tinh.kit.ids import fresh
from tinh.kit.periods import Grain

if TYPE_CHECKING:
    import polars as pl

    from tinh.flow.api import Corridor
    from tinh.jobs.house import House

log = structlog.get_logger()
NAME = "anomalies"
NIGHT = 1  # o'clock: from then on the look of the day takes every series
NOTE = 500  # letters of a note
KEPT: dict[Grain, int] = {
    "hour": 24 * 120,
    "day": 3 * 366,
    "month": 240,
    "quarter": 80,
    "year": 60,
}  # periods looked back over


@dataclass(frozen=True, slots=True)
class Looked:
    """One look: series judged, anomalies raised anew, found no more."""

    series: int
    raised: int
    gone: int


def unusual(everything: bool = False, corridor: Corridor | None = None) -> Looked | None:
    """Judge what moved since the last look, or all of it; None when nothing moved or another look is on."""
    found = corridor or house().corridor()
    mark = Mark(found.home.root, NAME)
    with mark.turn(wait=False) as mine:
        if not mine:
            return None
        state = mark.read().get("state") or {}
        now = _now(found)
        whole = everything or not state or any(state[k] != now[k] for k in ("day", "declared"))
        if not whole and all(state[k] == now[k] for k in ("values", "marks")):
            return None
        at = found.clock.now()
        mark.running("", 0, 1, at.isoformat())
        done, run = _look(found, at, None if whole else _moved(found, state))
        mark.done(state=now, at=at.isoformat(), finished_at=at.isoformat(), run=run)
        return done


def looked_at(corridor: Corridor | None = None) -> dict[str, Any]:
    """When the last look was (`at`) and what it had seen; empty before the first."""
    found = Mark((corridor or house().corridor()).home.root, NAME).read()
    return found if found.get("state") else {}


def look_progress() -> Progress:
    """How the look over this process's province stands."""
    return Mark(house().home, NAME).progress()


def look_wanted() -> bool:
    """Whether a look is to come: this process works in the background and values or marks have moved."""
    from tinh.jobs import run

    return run.due(NAME)


def _now(corridor: Corridor) -> dict[str, Any]:
    """What a look stands on: equal, nothing to do."""
    from tinh.lake.api import values_turn

    local = corridor.clock.now().astimezone(ZoneInfo(corridor.catalogue.timezone))
    night = local.date() - timedelta(days=local.hour < NIGHT)
    return {
        "values": values_turn(corridor.lake), "marks": corridor.lake.anomalies.marked.version(),
        "declared": corridor.catalogue.digest, "day": night.isoformat(),
    }  # fmt: skip


def _due(served: House, kept: dict[str, Any]) -> bool:
    return kept.get("state") != _now(served.corridor())


ANOMALIES = Chore(NAME, _due, ("anomalies", "--refresh"))


def _moved(corridor: Corridor, state: Mapping[str, Any]) -> set[tuple[str, str]]:
    """The series written since a look, and those of anomalies marked since."""
    from tinh.lake.api import moved_series

    newest = {i.id for i in corridor.catalogue.indicators.values()}
    moved = {(i, p) for i, p in moved_series(corridor.lake, state["values"]) if i in newest}
    found = Mark(corridor.home.root, NAME).read()
    return moved | _newly_marked(corridor.lake, str(found.get("at", "")))


def _look(corridor: Corridor, now: datetime, only: set[tuple[str, str]] | None) -> tuple[Looked, str]:
    import polars as pl

    from tinh.insight.api import LookGround, learn, look
    from tinh.lake.api import ANOMALIES as SHAPE

    lake, catalogue = corridor.lake, corridor.catalogue
    values = recent(_values(corridor, only), now)
    stored, marks = lake.anomalies.read(), lake.anomalies.marks()
    if values.is_empty() and stored.is_empty():
        return Looked(0, 0, 0), fresh()
    learned = learn(stored.iter_rows(named=True), marks, _cells(stored, marks, lake, only))
    sent = None if only is None else _fed(catalogue, only)
    found = look(
        LookGround(
            catalogue, values, counts_of(corridor, sent), stored, learned, now, only, _receipts(corridor),
            datasets=sent,
        ),
        _room(stored, now, catalogue),
    )  # fmt: skip
    before = {row["id"]: row for row in stored.iter_rows(named=True)}
    changed = [row for row in found.rows if _differs(row, before.get(row["id"]))]
    run = fresh()
    if changed:
        rows = [{**row, "seen_at": now, "run_id": run, "declared": catalogue.digest} for row in changed]
        lake.anomalies.write(pl.DataFrame([{k: r.get(k) for k in SHAPE} for r in rows], schema=SHAPE), run)
    raised = sum(row["state"] == "raised" and row.get("raised_at") == now for row in changed)
    gone = sum(row["state"] == "gone" for row in changed)
    series = values.select("indicator", "place").n_unique() if only is None else len(only)
    log.info("anomalies.looked", series=series, raised=raised, gone=gone, everything=only is None)
    return Looked(series, raised, gone), run


def _values(corridor: Corridor, only: Collection[tuple[str, str]] | None) -> pl.DataFrame:
    """What is to be judged: everything, or the series that moved and what relations hold them to."""
    catalogue = corridor.catalogue
    if only is None:
        return corridor.lake.values().filter(_newest_version(catalogue))
    ids = {i for i, _ in only}
    ids |= {i for r in catalogue.relations.values() if ids & set(r.reads()) for i in r.reads()}
    return corridor.lake.values(sorted(ids), sorted({p for _, p in only})).filter(_newest_version(catalogue))


def _fed(catalogue: Any, only: Iterable[tuple[str, str]]) -> set[str]:
    """The datasets that the moved indicators stand on."""
    known = catalogue.indicators
    return {name for i, _ in only if i in known for name in known[i].reads()}


def _newest_version(catalogue: Any) -> Any:
    import polars as pl

    kept = [
        (pl.col("indicator") == i.id) & (pl.col("version") == i.version)
        for i in catalogue.indicators.values()
    ]
    return pl.any_horizontal(kept) if kept else pl.lit(False)


def recent(values: pl.DataFrame, now: datetime) -> pl.DataFrame:
    """The newest periods of each grain, as far as a look goes back."""
    import polars as pl

    from tinh.kit.periods import of, shift

    first = {g: shift(of(now, g), -n) for g, n in KEPT.items()}
    floor = pl.col("grain").replace_strict(first, default="", return_dtype=pl.String)
    return values.filter(pl.col("period") >= floor)


def _newly_marked(lake: Any, at: str) -> set[tuple[str, str]]:
    """The series of anomalies marked since the last look: what a mark changes shows at once."""
    import polars as pl

    marks = lake.anomalies.marks()
    if at:
        marks = marks.filter(pl.col("at") >= datetime.fromisoformat(at))
    named = lake.anomalies.read(marks["anomaly"].unique().to_list())
    return set(named.select("indicator", "place").unique().rows())


def _cells(
    stored: pl.DataFrame, marks: pl.DataFrame, lake: Any, only: Collection[tuple[str, str]] | None
) -> pl.DataFrame:
    """The values that stood at the periods of what was marked as an error when it was marked."""
    import polars as pl

    shape = {"indicator": pl.String, "place": pl.String, "period": pl.String, "value": pl.Float64}
    wrong = marks.filter(pl.col("mark") == "data_error").group_by("anomaly").agg(pl.col("at").max())
    out = [pl.DataFrame(schema=shape)]
    for row in stored.join(wrong, left_on="id", right_on="anomaly").iter_rows(named=True):
        if row["subject"] == "indicator" and (only is None or (row["indicator"], row["place"]) in only):
            held = lake.values(row["indicator"], [row["place"]], row["first"], row["last"], row["at"])
            out.append(held.select(pl.col(k).cast(t) for k, t in shape.items()).drop_nulls("value"))
    return pl.concat(out)


def _room(stored: pl.DataFrame, now: datetime, catalogue: Any) -> int:
    """How many may still be raised today, by the province's setting."""
    import polars as pl

    zone = ZoneInfo(catalogue.timezone)
    begin = now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    today = stored.filter(pl.col("raised_at") >= begin.astimezone(UTC)).height
    return max(0, int(catalogue.anomalies.a_day) - today)


def counts_of(corridor: Corridor, only: Collection[str] | None = None) -> pl.DataFrame:
    """How many places delivered, by window, of each dataset that is owed at set times, or of `only` some;
    finished windows only."""
    import polars as pl

    from tinh.kit.periods import between, end

    shape = {"dataset": pl.String, "period": pl.String, "value": pl.Float64, "simulated": pl.Boolean}
    out = [pl.DataFrame(schema=shape)]
    local = corridor.clock.now().astimezone(ZoneInfo(corridor.catalogue.timezone)).replace(tzinfo=None)
    for dataset in corridor.catalogue.datasets.values():
        if dataset.period is None or dataset.kind == "register" or dataset.period.every == "year":
            continue
        if only is not None and dataset.id not in only:
            continue
        window = "day" if dataset.period.every == "hour" else dataset.period.every
        there = corridor.lake.presence(dataset, window)
        if there.is_empty():
            continue
        counted = there.group_by("window").agg(pl.len().alias("n"), pl.col("simulated").any())
        by = {w: (n, s) for w, n, s in counted.iter_rows()}
        spans = [w for w in between(min(by), max(by)) if end(w) <= local]
        rows = [
            (dataset.id, w, float(by.get(w, (0, False))[0]), bool(by.get(w, (0, False))[1])) for w in spans
        ]
        out.append(pl.DataFrame(rows, schema=shape, orient="row"))
    return pl.concat(out)


def _receipts(corridor: Corridor) -> Any:
    """The delivery that first brought a place and period of an indicator's dataset; read once a dataset."""
    from tinh.kit.periods import grain_of

    known: dict[tuple[str, str], dict[tuple[str, str], str]] = {}

    def found(indicator: str, place: str, period: str) -> str:
        declared = corridor.catalogue.indicators.get(indicator)
        for name in declared.reads() if declared else ():
            dataset = corridor.catalogue.datasets.get(name)
            if dataset is None or dataset.period is None or dataset.kind == "register":
                continue
            grain: Grain = grain_of(period)
            key = (name, grain)
            if key not in known:
                rows = corridor.lake.first_receipts(dataset, grain, "")
                known[key] = {(p, w): r for p, w, r in rows.iter_rows()}
            if receipt := known[key].get((place, period)):
                return receipt
        return ""

    return found


def _differs(row: Mapping[str, Any], old: Mapping[str, Any] | None) -> bool:
    watched = ("state", "because", "last", "length", "value", "kind", "group", "cause", "why_vi")
    return old is None or any(row.get(k) != old.get(k) for k in watched)


def mark_anomaly(id: str, mark: str, note: str, by: str) -> None:
    """Keep what a person made of an anomaly. Raises NoSuchAnomaly, BadMark."""
    import polars as pl

    from tinh.insight.api import ANOMALY_MARKS, BadMark, NoSuchAnomaly
    from tinh.lake.api import MARKS

    corridor = house().corridor()
    if corridor.lake.anomalies.read([id]).is_empty():
        raise NoSuchAnomaly(anomaly=id)
    note = " ".join(note.split())
    if mark not in (*ANOMALY_MARKS, "open"):
        raise BadMark(reason_vi=f"không có cách đánh dấu “{mark}”", reason_en=f"there is no mark “{mark}”")
    if not note or len(note) > NOTE:
        raise BadMark(
            reason_vi="thiếu lời giải thích, hoặc quá dài", reason_en="the note is missing or too long"
        )
    now = corridor.clock.now()
    row = {"id": fresh(), "anomaly": id, "mark": mark, "note": note, "by": by, "at": now}
    corridor.lake.anomalies.mark(pl.DataFrame([row], schema=MARKS))
