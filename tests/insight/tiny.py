"""A lake of a few frames and a country of a few places, answering what insight asks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from tinh.insight.finish import VALUES
from tinh.kit.errors import Text
from tinh.packs.models import (
    Catalogue,
    Column,
    Dataset,
    Expectation,
    Formula,
    Indicator,
    Life,
    PeriodBinding,
    PlaceBinding,
    Term,
)

ENGINE = duckdb.connect()
ENGINE.execute("SET TimeZone='UTC'")
NOW = datetime(2026, 3, 15, 3, 0, tzinfo=UTC)  # ten in the morning in Vietnam
REFORM = date(2025, 7, 1)


@dataclass(frozen=True)
class Unit:
    code: str
    level: str
    name: str
    parent: str | None
    valid_from: date | None = None
    valid_to: date | None = None
    today: str = "19"


class TinyPlaces:
    """Provinces 19 and 06 became 19 at the reform; their communes became four."""

    units = (
        Unit("19", "province", "Tỉnh Thái Nguyên", None),
        Unit("06", "province", "Tỉnh Bắc Kạn", None, None, REFORM),
        Unit("01", "province", "Thành phố Hà Nội", None, today="01"),
        Unit("164", "district", "Thành phố Thái Nguyên", "19", None, REFORM),
        Unit("05440", "commune", "Phường Quán Triều", "164", None, REFORM),
        Unit("05443", "commune", "Phường Quang Vinh", "164", None, REFORM),
        Unit("01840", "commune", "Phường Đức Xuân", "06", None, REFORM),
        Unit("10001", "commune", "Xã Một", "19", REFORM),
        Unit("10002", "commune", "Xã Hai", "19", REFORM),
        Unit("10003", "commune", "Xã Ba", "19", REFORM),
        Unit("10004", "commune", "Xã Bốn", "19", REFORM),
        Unit("00004", "commune", "Phường Ba Đình", "01", REFORM, today="01"),
    )

    def find(self, code: str, on: date) -> Unit | None:
        for unit in self.units:
            began = unit.valid_from is None or unit.valid_from <= on
            lasts = unit.valid_to is None or on < unit.valid_to
            if unit.code == code and began and lasts:
                return unit
        return None

    def path(self, unit: Unit) -> tuple[Unit, ...]:
        out = [unit]
        while out[-1].parent:
            out.append(next(u for u in self.units if u.code == out[-1].parent))
        return tuple(reversed(out))

    def rollup(self, code: str, on: date) -> str | None:
        unit = self.find(code, on)
        return unit.today if unit else None

    def communes(self, province: str, on: date) -> tuple[Unit, ...]:
        return tuple(
            u
            for u in self.units
            if u.level == "commune" and u.today == province and self.find(u.code, on) is u
        )

    def turns(self, province: str, until: date | None = None) -> tuple[date, ...]:
        """Nothing here is followed across a reform: what became of whom is not known."""
        return ()


@dataclass
class TinyLake:
    """Frames by dataset in the order they came; newest key wins unless the dataset is a stream."""

    frames: dict[str, list[pl.DataFrame]] = field(default_factory=dict)
    stored: list[pl.DataFrame] = field(default_factory=list)
    catalogue: Catalogue | None = None

    def add(self, dataset: str, rows: Sequence[Mapping[str, Any]], simulated: bool = False) -> None:
        number = len(self.frames.setdefault(dataset, []))
        assert self.catalogue is not None
        columns = self.catalogue.datasets[dataset].columns
        kinds = {
            "number": pl.Float64,
            "integer": pl.Int64,
            "boolean": pl.Boolean,
            "date": pl.Date,
            "timestamp": pl.Datetime("us", "UTC"),
        }
        schema = {c.name: kinds.get(c.logical, pl.String) for c in columns}
        frame = pl.DataFrame(
            list(rows), schema={**schema, "_place": pl.String, "_period": pl.String}, orient="row"
        )
        key = self.catalogue.datasets[dataset].key
        keys = pl.concat_str([pl.col(k).cast(pl.String) for k in key], separator="|") if key else pl.lit(None)
        self.frames[dataset].append(
            frame.with_columns(
                _receipt=pl.lit(f"r{dataset}{number}"),
                _row=pl.int_range(2, frame.height + 2),
                _at=pl.lit(None, pl.String),
                _key=keys,
                _received_at=pl.lit(datetime(2026, 1, 1, 0, number % 60, number // 60, tzinfo=UTC)),
                _simulated=pl.lit(simulated),
            )
        )

    def query(
        self, sql: str, datasets: Mapping[str, Dataset], params: Any = None, as_of: datetime | None = None
    ) -> pl.DataFrame:
        with ENGINE.cursor() as engine:
            for id, dataset in datasets.items():
                if id not in self.frames:
                    self.add(id, [])
                frame = pl.concat(self.frames[id])
                if as_of is not None:
                    frame = frame.filter(pl.col("_received_at") <= as_of)
                if dataset.kind != "stream" and dataset.key:
                    frame = frame.sort("_received_at", "_row").unique(
                        "_key", keep="last", maintain_order=True
                    )
                engine.register(id, frame.to_arrow())
            out = pl.from_arrow(engine.sql(sql).to_arrow_table())
            assert isinstance(out, pl.DataFrame)
            return out

    def values(
        self,
        indicator: str | None = None,
        places: Sequence[str] | None = None,
        first: str | None = None,
        last: str | None = None,
        as_of: datetime | None = None,
        *,
        units: str = "",
    ) -> pl.DataFrame:
        if not self.stored:
            return pl.DataFrame(schema={**VALUES, "_gone": pl.Boolean})
        frame = pl.concat(self.stored).unique(
            ["indicator", "version", "place", "period"], keep="last", maintain_order=True
        )
        frame = frame.filter(~pl.col("_gone"))
        if indicator is not None:
            frame = frame.filter(pl.col("indicator") == indicator)
        if places is not None:
            frame = frame.filter(pl.col("place").is_in(list(places)))
        if first is not None:
            frame = frame.filter(pl.col("period") >= first)
        if last is not None:
            frame = frame.filter(pl.col("period") <= last)
        return frame.sort("indicator", "place", "period")

    def receipt(self, id: str) -> Any:
        return None

    def ledger(self, dataset: str | None = None, as_of: datetime | None = None) -> pl.DataFrame:
        ids = [f"r{dataset}{n}" for n in range(len(self.frames.get(dataset or "", [])))]
        when = datetime(2026, 1, 1, tzinfo=UTC)
        known = [(i, f"sha-{i}", f"{i}.csv", "so", when, False, "accepted") for i in ids]
        columns = ["id", "digest", "filename", "sender", "received_at", "simulated", "outcome"]
        return pl.DataFrame(known, schema=columns, orient="row")


def dataset(
    id: str,
    columns: Mapping[str, str],
    kind: str = "report",
    every: str | None = "month",
    expect: str = "given",
    life: Life | None = None,
    key: tuple[str, ...] = ("place", "at"),
) -> Dataset:
    named = {"place": "string", "at": "string", **columns}
    return Dataset(
        id=id,
        pack="p",
        name=Text(id, id),
        kind=kind,  # type: ignore[arg-type]
        columns=tuple(Column(name=n, headers=(n,), logical=t) for n, t in named.items()),  # type: ignore[arg-type]
        key=key,
        place=PlaceBinding(column="place"),
        period=PeriodBinding(column="at", every=every) if every else None,  # type: ignore[arg-type]
        expect=Expectation(places=expect),  # type: ignore[arg-type]
        life=life,
        file=Path("x.yaml"),
        digest="d",
    )


def indicator(id: str, period: str, formula: Formula, **more: Any) -> Indicator:
    return Indicator(
        id=id, pack="p", name=Text(id, id), period=period, formula=formula, file=Path("x"), digest="d", **more
    )


def direct(dataset: str, column: str = "", how: str = "sum", where: str = "") -> Formula:
    return Formula(kind="direct", terms=(Term(dataset=dataset, column=column, how=how, where=where),))  # type: ignore[arg-type]


def ratio(of: Term, to: Term, scale: float = 1.0) -> Formula:
    return Formula(kind="ratio", terms=(of, to), scale=scale)


def catalogue(*parts: Dataset | Indicator) -> Catalogue:
    return Catalogue(
        id="tiny",
        name=Text("Thái Nguyên", "Thái Nguyên"),
        place="19",
        agencies={},
        packs={},
        datasets={p.id: p for p in parts if isinstance(p, Dataset)},
        indicators={p.id: p for p in parts if isinstance(p, Indicator)},
        alerts={},
        folder=Path(),
        digest="d",
    )


def lake_of(catalogue: Catalogue) -> TinyLake:
    return TinyLake(catalogue=catalogue)


def row(place: str, period: str, **cells: Any) -> dict[str, Any]:
    return {"place": place, "at": period, "_place": place, "_period": period, **cells}
