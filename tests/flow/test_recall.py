"""Recall of a whole receipt: as if it had never come, and back again."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl
from flow_province import COMMUNES, catalogue, stored  # type: ignore[import-not-found]
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from tinh.flow.api import Corridor, Home, recall, reinstate
from tinh.kit.clock import HeldClock
from tinh.kit.errors import Text
from tinh.kit.ids import digest
from tinh.packs.models import (
    Catalogue,
    Column,
    Dataset,
    Expectation,
    Formula,
    Indicator,
    PeriodBinding,
    PlaceBinding,
    Term,
)
from tinh.sources.api import Receipt

NOW = datetime(2026, 3, 10, 2, tzinfo=UTC)
MONTHS = ("2026-01", "2026-02")


def column(name: str, logical: Any, **more: Any) -> Column:
    return Column(name=name, headers=(name,), logical=logical, **more)


def province() -> Catalogue:
    """The trial province with a register and a stream that has places."""
    place = PlaceBinding(column="commune", by="code", levels=("commune",))
    sites = Dataset(
        id="sites", pack="trial", name=Text("Trạm phát", "Sites"), kind="register", owner="so-khcn",
        columns=(column("id", "string", required=True), column("commune", "string", required=True),
                 column("height", "number")),
        key=("id",), place=place, file=Path("sites.odcs.yaml"), digest="5" * 64,
    )  # fmt: skip
    gauges = Dataset(
        id="gauges", pack="trial", name=Text("Trạm đo", "Gauges"), kind="stream", owner="so-nnmt",
        columns=(column("commune", "string", required=True), column("at", "timestamp", required=True),
                 column("level", "number")),
        key=("commune", "at"), place=place, period=PeriodBinding(column="at", every="hour"),
        expect=Expectation(places="known"), file=Path("gauges.odcs.yaml"), digest="6" * 64,
    )  # fmt: skip

    def indicator(id: str, dataset: str, column: str, how: Any, **more: Any) -> Indicator:
        term = Term(dataset=dataset, column=column, how=how)
        return Indicator(
            **{"id": id, "pack": "trial", "name": Text(id, id), "period": "month", "file": Path(f"{id}.yaml"),
               "digest": "7" * 64, "formula": Formula(kind="direct", terms=(term,)), **more}
        )  # fmt: skip

    base = catalogue()
    added = (
        indicator("site-count", "sites", "id", "count"),
        indicator("level-mean", "gauges", "level", "mean", period="day", through=("hour", "day"),
                  over_places="mean"),
        indicator("level-month", "gauges", "level", "max", over_time="max", over_places="max",
                  through=("hour", "day", "month")),
    )  # fmt: skip
    return base.model_copy(
        update={
            "datasets": {**base.datasets, "sites": sites, "gauges": gauges},
            "indicators": {**base.indicators, **{i.id: i for i in added}},
        }
    )


PROVINCE = province()

report = st.lists(
    st.tuples(st.sampled_from(COMMUNES), st.sampled_from(MONTHS), st.integers(1, 40), st.integers(0, 1)),
    min_size=1, max_size=4, unique_by=lambda r: r[:2],
).map(lambda rows: ("stations", "commune,month,stations,shared", rows))  # fmt: skip
register = st.lists(
    st.tuples(st.sampled_from("abcd"), st.sampled_from(COMMUNES), st.integers(1, 9)),
    min_size=1, max_size=3, unique_by=lambda r: r[0],
).map(lambda rows: ("sites", "id,commune,height", rows))  # fmt: skip
stream = st.lists(
    st.tuples(
        st.sampled_from(COMMUNES),
        st.builds("2026-0{}-0{}T0{}:00:00+07:00".format, *[st.integers(1, 2)] * 3),
        st.integers(1, 99),
    ),
    min_size=1, max_size=5, unique_by=lambda r: r[:2],
).map(lambda rows: ("gauges", "commune,at,level", rows))  # fmt: skip
Delivery = tuple[str, str, list[tuple[Any, ...]]]


def content(delivery: Delivery) -> bytes:
    _, header, rows = delivery
    return "\n".join([header, *(",".join(map(str, row)) for row in rows), ""]).encode()


def id_of(delivery: Delivery) -> str:
    return Receipt.id_for(delivery[0], digest(content(delivery)))


def opened(folder: str) -> Corridor:
    return Corridor(PROVINCE, Home(Path(folder)), HeldClock(NOW))


def load(corridor: Corridor, delivery: Delivery) -> str:
    return corridor.load(
        content(delivery), delivery[0], sender="x", filename=f"{id_of(delivery)}.csv"
    ).receipt.id


def whole(corridor: Corridor) -> dict[str, Any]:
    """Everything that must be as if a recalled receipt had never come."""
    out: dict[str, Any] = {}
    for id, dataset in PROVINCE.datasets.items():
        rows = stored(corridor, id).drop("_received_at").sort("_receipt", "_row")
        out[f"{id} rows"] = rows.select(sorted(rows.columns))
        asked = pl.DataFrame({"_key": [*rows["_key"].to_list(), "none"]}, schema={"_key": pl.String})
        out[f"{id} seen"] = corridor.lake.seen(dataset, asked).to_list()
        out[f"{id} keys"] = corridor.lake.keys(dataset, "2026", "2027")
        out[f"{id} places"] = sorted(corridor.lake.places(dataset))
        numbers = [c.name for c in dataset.columns if c.logical in ("number", "integer")]
        pasts = [corridor.lake.past(dataset, n) if len(rows) else None for n in numbers]
        out[f"{id} past"] = [
            p and (p.n, p.median, p.mad, sorted(p.by_place.rows()) if dataset.period else None) for p in pasts
        ]
        if dataset.period:
            presence = corridor.lake.presence(dataset, "month").drop("first_received")
            out[f"{id} presence"] = presence.rows()
        out[f"{id} reference"] = sorted(corridor.lake.reference(dataset, dataset.key[0]).to_list())
    out["values"] = corridor.lake.values().drop("computed_at", "run_id")
    status = corridor.status()
    out["scores"] = [(d.dataset, d.scores, d.receipts, d.held, d.newest_period) for d in status.datasets]
    out["alerts"] = corridor.alerts()
    return out


def same(left: dict[str, Any], right: dict[str, Any]) -> None:
    for name, value in left.items():
        if isinstance(value, pl.DataFrame):
            assert_frame_equal(value, right[name], check_row_order=name != "values")
        else:
            assert value == right[name], name


@settings(
    max_examples=6, deadline=None, phases=[Phase.generate], suppress_health_check=[HealthCheck.too_slow]
)
@given(
    st.lists(st.one_of(report, register, stream), min_size=2, max_size=4, unique_by=id_of),
    st.data(),
)
def test_recalled_receipts_are_as_if_they_had_never_come_and_come_back_whole(
    deliveries: list[Delivery], data: st.DataObject
) -> None:
    """Deliveries, recalls and reinstatements in any order end where loading what counts would."""
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
        corridor = opened(one)
        ahead, out = list(deliveries), set[str]()
        came: list[Delivery] = []
        turns = data.draw(st.lists(st.sampled_from(["load", "turn"]), min_size=1, max_size=5), label="turns")
        for turn in [*turns, *["load"] * len(ahead), "turn"]:
            if turn == "load" and ahead:
                came.append(ahead.pop(0))
                load(corridor, came[-1])
            elif turn == "turn" and came:
                receipt = id_of(data.draw(st.sampled_from(came), label="whose turn"))
                (reinstate if receipt in out else recall)(corridor, receipt, "Nhầm tệp", "lan")
                out ^= {receipt}
        alone = opened(other)
        for delivery in came:
            if id_of(delivery) not in out:
                load(alone, delivery)
        same(whole(corridor), whole(alone))
