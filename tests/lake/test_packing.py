"""Files written beside other work: what any reader finds in them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import polars as pl
import pyarrow.parquet as parquet

from tinh.lake.packing import pack
from tinh.lake.parts import beside

PLACES = ["0", "05443", "05455", "1"]
ROWS = pl.DataFrame(
    {
        "id": pl.Series([3, None, -(2**63), 2**63 - 1] * 3000, dtype=pl.Int64),
        "kind": pl.Series(["b", "a", None, "b"] * 3000, dtype=pl.String),
        "note": [f"ghi chú {n}" for n in range(12_000)],
        "level": [0.1, None, float("inf"), -2.5] * 3000,
        "on": [date(2026, 11, 1), None, date(1, 1, 1), date(9999, 12, 31)] * 3000,
        "at": pl.Series([datetime(2026, 11, 1, tzinfo=UTC), None] * 6000, dtype=pl.Datetime("us", "UTC")),
        "_place": pl.Series(
            ["05443", None, "05455", "05443"] * 3000, dtype=pl.Enum(["0", "05443", "05455", "1"])
        ),
        "_flags": pl.Series([[], ["x"], None, ["x", "y"]] * 3000, dtype=pl.List(pl.String)),
        "_simulated": [True, False, None, True] * 3000,
        "_at": pl.Series([None] * 12_000, dtype=pl.String),
    }
)
TEXTS = ROWS.with_columns(pl.col("_place").cast(pl.String))


def test_every_reader_finds_the_same_rows_and_no_type_of_the_writer(tmp_path: Path) -> None:
    path = tmp_path / "rows.parquet"
    pack(path, ROWS, 5000)
    read = pl.read_parquet(path)
    assert read.equals(TEXTS)
    assert dict(read.schema) == dict(TEXTS.schema)
    assert b"ARROW:schema" not in (parquet.read_metadata(path).metadata or {})
    database = duckdb.connect()
    database.execute("SET TimeZone = 'UTC'")
    again = database.sql(f"SELECT * FROM '{path}'").pl().cast(dict(TEXTS.schema))  # type: ignore[arg-type]
    assert again.equals(TEXTS)
    described = database.sql(f"DESCRIBE SELECT * FROM '{path}'").pl()
    assert dict(described.select("column_name", "column_type").iter_rows())["_place"] == "VARCHAR"


def test_row_groups_say_between_what_their_rows_lie(tmp_path: Path) -> None:
    path = tmp_path / "rows.parquet"
    pack(path, ROWS, 5000)
    groups = parquet.ParquetFile(path).metadata
    assert [groups.row_group(n).num_rows for n in range(groups.num_row_groups)] == [5000, 5000, 2000]
    names = [groups.schema.column(n).name for n in range(groups.num_columns)]
    place = groups.row_group(0).column(names.index("_place")).statistics
    assert (place.min, place.max) == ("05443", "05455")


def test_the_log_states_bounds_of_texts_in_the_order_of_texts(tmp_path: Path) -> None:
    stated = beside(tmp_path, ROWS.cast({"_place": pl.Enum(["05455", "05443", "0"])})).stats
    assert '"_place": "05443"' in stated.split('"maxValues"')[0]
    assert '"_place": "05455"' in stated.split('"maxValues"')[1]


def test_row_groups_may_have_few_names_or_many(tmp_path: Path) -> None:
    texts = pl.Series("_period", [f"{n:05}" for n in range(40_000)] + ["00001"] * 20_000 + [None] * 20_000)
    rows = texts.cast(pl.Enum(texts.unique().drop_nulls().sort())).to_frame()
    path = tmp_path / "rows.parquet"
    pack(path, rows, 10_000)
    assert pl.read_parquet(path)["_period"].equals(texts)
    groups = parquet.ParquetFile(path).metadata
    assert groups.row_group(1).column(0).statistics.min == "10000"
    assert groups.row_group(1).column(0).statistics.max == "19999"
