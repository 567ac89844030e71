"""A province small enough to check by hand: one report, one stream, three indicators."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl

from tinh.kit.errors import Text
from tinh.packs.models import (
    Agency,
    AlertRule,
    Catalogue,
    Column,
    Dataset,
    Expectation,
    Formula,
    Indicator,
    Pack,
    PeriodBinding,
    PlaceBinding,
    Rule,
    Term,
)

COMMUNES = ("05443", "05455", "05488")  # three wards of Thái Nguyên today


def _column(name: str, logical: Any, **more: Any) -> Column:
    return Column(name=name, headers=(name,), logical=logical, **more)


def report() -> Dataset:
    return Dataset(
        id="stations",
        pack="trial",
        name=Text("Trạm", "Stations"),
        kind="report",
        owner="so-khcn",
        columns=(
            _column("commune", "string", required=True),
            _column("month", "string", required=True),
            _column("stations", "integer", required=True),
            _column("shared", "integer"),
        ),
        key=("commune", "month"),
        place=PlaceBinding(column="commune", by="code", levels=("commune",)),
        period=PeriodBinding(column="month", every="month"),
        expect=Expectation(places="known", due="P5D", start="2026-01"),
        rules=(
            Rule(id="commune-required", kind="required", columns=("commune",)),
            Rule(id="key", kind="key", columns=("commune", "month")),
            Rule(id="stations-range", kind="range", columns=("stations",), arguments={"min": 0}),
        ),
        refuse_below=0.3,
        file=Path("stations.odcs.yaml"),
        digest="1" * 64,
    )


def stream() -> Dataset:
    return Dataset(
        id="air",
        pack="trial",
        name=Text("Không khí", "Air"),
        kind="stream",
        owner="so-nnmt",
        columns=(
            _column("sensor", "string", required=True),
            _column("at", "timestamp", required=True),
            _column("pm25", "number"),
        ),
        key=("sensor", "at"),
        period=PeriodBinding(column="at", every="hour"),
        file=Path("air.odcs.yaml"),
        digest="2" * 64,
    )


def _indicator(id: str, **more: Any) -> Indicator:
    fields: dict[str, Any] = {
        "id": id,
        "pack": "trial",
        "name": Text(id, id),
        "period": "month",
        "file": Path(f"{id}.yaml"),
        "digest": "3" * 64,
    }
    return Indicator(**{**fields, **more})


def catalogue(folder: Path = Path()) -> Catalogue:
    stations = Term(dataset="stations", column="stations", how="sum")
    shared = Term(dataset="stations", column="shared", how="sum")
    return Catalogue(
        id="thu",
        name=Text("Thử", "Trial"),
        place="19",
        agencies={
            "so-khcn": Agency(id="so-khcn", name=Text("Sở Khoa học và Công nghệ", "Science")),
            "so-nnmt": Agency(id="so-nnmt", name=Text("Sở Nông nghiệp và Môi trường", "Environment")),
        },
        packs={"trial": Pack(id="trial", name=Text("Thử", "Trial"), folder=folder)},
        datasets={d.id: d for d in (report(), stream())},
        indicators={
            i.id: i
            for i in (
                _indicator("stations-total", formula=Formula(kind="direct", terms=(stations,))),
                _indicator("sharing", formula=Formula(kind="ratio", terms=(shared, stations), scale=100.0)),
                _indicator(
                    "air-daily",
                    period="day",
                    through=("hour", "day"),
                    over_places="mean",
                    formula=Formula(kind="direct", terms=(Term(dataset="air", column="pm25", how="mean"),)),
                ),
            )
        },
        alerts={
            "few": AlertRule(
                id="few",
                pack="trial",
                name=Text("Ít trạm", "Few stations"),
                indicator="stations-total",
                below=100,
                file=Path("few.yaml"),
            )
        },
        folder=folder,
        digest="4" * 64,
    )


def report_csv(path: Path, rows: list[tuple[str, str, Any, Any]]) -> Path:
    lines = ["commune,month,stations,shared", *(",".join(str(c) for c in row) for row in rows)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def air_csv(sensor: str, hours: range, day: str = "2026-03-01") -> bytes:
    start = datetime.fromisoformat(day).replace(tzinfo=UTC)
    lines = ["sensor,at,pm25"]
    for hour in hours:
        moment = datetime.fromtimestamp(start.timestamp() + 3600 * hour, UTC)
        lines.append(f"{sensor},{moment:%Y-%m-%dT%H:%M:%S+07:00},{hour % 50}")
    return ("\n".join(lines) + "\n").encode()


def stored(corridor: Any, dataset: str) -> pl.DataFrame:
    contract = corridor.catalogue.datasets[dataset]
    frame: pl.DataFrame = corridor.lake.query(f"SELECT * FROM {dataset} ORDER BY _key", {dataset: contract})
    return frame
