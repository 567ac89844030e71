from __future__ import annotations

from pathlib import Path

import pytest
from lake_trials import dataset, entry  # type: ignore[import-not-found]

from tinh.lake.api import Lake, QueryFailed, QueryRefused, QueryTooLong


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM figures",
        "SELECT 1; SELECT 2",
        "CREATE TABLE x AS SELECT 1",
        "COPY (SELECT 1) TO 'out.csv'",
        "ATTACH 'x.db'",
        "SET threads = 1",
        "PRAGMA version",
        "INSTALL httpfs",
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * FROM '/etc/passwd'",
        "SELECT * FROM glob('/*')",
        "SELECT * FROM duckdb_settings()",
        "SELECT * FROM duckdb_views",
        "SELECT * FROM information_schema.tables",
        "SELECT * FROM other",
        "SELECT * FROM query('SELECT 1')",
        "SELECT (SELECT count(*) FROM read_text('/etc/passwd'))",
        "WITH c AS (SELECT * FROM read_blob('x')) SELECT * FROM c",
        "SELECT * FROM figures WHERE amount IN (SELECT 1 FROM parquet_metadata('x'))",
        "SELECT current_setting('temp_directory')",
        "EXPLAIN SELECT 1",
        "DESCRIBE figures",
        "SHOW TABLES",
    ],
)
def test_query_refuses_all_but_one_select_over_named_datasets(lake: Lake, sql: str) -> None:
    lake.commit([entry("a", [("01", "2026-01", 5)])])
    with pytest.raises((QueryRefused, QueryFailed)) as refused:
        lake.query(sql, {"figures": dataset()})
    if isinstance(refused.value, QueryRefused):
        assert "figures" in refused.value.remedy().vi


def test_query_allows_ctes_windows_and_parameters(lake: Lake) -> None:
    lake.commit([entry("a", [("01", "2026-01", 5), ("02", "2026-01", 7)])])
    frame = lake.query(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3), big AS "
        "(SELECT *, rank() OVER (ORDER BY amount) AS r FROM figures WHERE amount > ?) "
        "SELECT commune, r, (SELECT max(i) FROM n) AS top FROM big, range(1)",
        {"figures": dataset()},
        [5],
    )
    assert frame.rows() == [("02", 1, 3)]


def test_query_names_the_fault_of_broken_sql(lake: Lake) -> None:
    with pytest.raises(QueryFailed, match="amountt"):
        lake.query("SELECT amountt FROM figures", {"figures": dataset()})
    with pytest.raises(QueryFailed):
        lake.query("SELEC 1", {"figures": dataset()})


def test_query_stops_in_time(lake: Lake) -> None:
    with pytest.raises(QueryTooLong):
        lake.query("SELECT count(*) FROM range(100000000000) WHERE random() > 2", {}, seconds=0.3)


def test_query_reads_nothing_outside_the_lake(lake: Lake, tmp_path: Path) -> None:
    (tmp_path / "secret.csv").write_text("a\n1\n")
    with pytest.raises((QueryRefused, QueryFailed)):
        lake.query(f"SELECT * FROM '{tmp_path / 'secret.csv'}'", {})
