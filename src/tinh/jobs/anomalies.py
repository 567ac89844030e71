"""Looking for what is unusual in a serving process: on change and nightly, and what people make of it.

Only series whose values moved since the last look are judged again; the nightly look takes them all. What
was seen last stands in `anomalies.json` of the data folder, so that of several processes each goes on from
there.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import structlog

from tinh.jobs.house import house
from tinh.kit.durable import write
from tinh.kit.ids import fresh
from tinh.kit.periods import Grain

if TYPE_CHECKING:
    import polars as pl

    from tinh.flow.api import Corridor

log = structlog.get_logger()
_looking = threading.Lock()
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
    if not _looking.acquire(blocking=False):
        return None
    try:
        return _look(corridor or house().corridor(), everything)
    finally:
        _looking.release()


def looked_at(corridor: Corridor | None = None) -> dict[str, Any]:
    """When the last look was and what it had seen; empty before the first."""
    found = (corridor or house().corridor()).home.root / "anomalies.json"
    try:
        state: dict[str, Any] = json.loads(found.read_text())
    except (FileNotFoundError, ValueError):
        return {}
    return state


def _look(corridor: Corridor, everything: bool) -> Looked | None:
    import polars as pl

    from tinh.insight.api import LookGround, learn, look
    from tinh.lake.api import values_turn

    lake, catalogue = corridor.lake, corridor.catalogue
    state = looked_at(corridor)
    version, marked = values_turn(lake), lake.anomalies.marked.version()
    first = not state or state.get("declared") != catalogue.digest
    if not (everything or first) and (state["values"], state["marks"]) == (version, marked):
        return None
    now = corridor.clock.now()
    values = recent(lake.values().filter(_newest_version(catalogue)), now)
    if values.is_empty():
        return None
    only = None
    if not (everything or first):
        since = datetime.fromisoformat(state["computed"]) if state.get("computed") else None
        moved = values if since is None else values.filter(pl.col("computed_at") > since)
        only = set(moved.select("indicator", "place").unique().rows()) | _newly_marked(lake, state)
    stored, marks = lake.anomalies.read(), lake.anomalies.marks()
    learned = learn(stored.iter_rows(named=True), marks, _cells(stored, marks, lake))
    found = look(
        LookGround(catalogue, values, counts_of(corridor), stored, learned, now, only, _receipts(corridor)),
        _room(stored, now, catalogue),
    )
    before = {row["id"]: row for row in stored.iter_rows(named=True)}
    changed = [row for row in found.rows if _differs(row, before.get(row["id"]))]
    run = fresh()
    if changed:
        rows = [{**row, "seen_at": now, "run_id": run, "declared": catalogue.digest} for row in changed]
        from tinh.lake.api import ANOMALIES

        frame = pl.DataFrame([{k: row.get(k) for k in ANOMALIES} for row in rows], schema=ANOMALIES)
        lake.anomalies.write(frame, run)
    newest = values["computed_at"].max()
    told = {
        "values": version, "marks": marked, "declared": catalogue.digest, "at": now.isoformat(), "run": run,
        "computed": newest.isoformat() if isinstance(newest, datetime) else None,
    }  # fmt: skip
    write(corridor.home.root / "anomalies.json", json.dumps(told).encode())
    raised = sum(row["state"] == "raised" and row.get("raised_at") == now for row in changed)
    gone = sum(row["state"] == "gone" for row in changed)
    series = values.select("indicator", "place").n_unique() if only is None else len(only)
    log.info("anomalies.looked", series=series, raised=raised, gone=gone, everything=only is None)
    return Looked(series, raised, gone)


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


def _newly_marked(lake: Any, state: Mapping[str, Any]) -> set[tuple[str, str]]:
    """The series of anomalies marked since the last look: what a mark changes shows at once."""
    import polars as pl

    marks = lake.anomalies.marks().filter(pl.col("at") > datetime.fromisoformat(state["at"]))
    named = lake.anomalies.read(marks["anomaly"].unique().to_list())
    return set(named.select("indicator", "place").unique().rows())


def _cells(stored: pl.DataFrame, marks: pl.DataFrame, lake: Any) -> pl.DataFrame:
    """The values that stood at the periods of what was marked as an error when it was marked."""
    import polars as pl

    shape = {"indicator": pl.String, "place": pl.String, "period": pl.String, "value": pl.Float64}
    wrong = marks.filter(pl.col("mark") == "data_error").group_by("anomaly").agg(pl.col("at").max())
    out = [pl.DataFrame(schema=shape)]
    for row in stored.join(wrong, left_on="id", right_on="anomaly").iter_rows(named=True):
        if row["subject"] == "indicator":
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


def counts_of(corridor: Corridor) -> pl.DataFrame:
    """How many places delivered, by window, of each dataset that is owed at set times; finished windows
    only."""
    import polars as pl

    from tinh.kit.periods import between, end

    shape = {"dataset": pl.String, "period": pl.String, "value": pl.Float64, "simulated": pl.Boolean}
    out = [pl.DataFrame(schema=shape)]
    local = corridor.clock.now().astimezone(ZoneInfo(corridor.catalogue.timezone)).replace(tzinfo=None)
    for dataset in corridor.catalogue.datasets.values():
        if dataset.period is None or dataset.kind == "register" or dataset.period.every == "year":
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
