from __future__ import annotations

from datetime import timedelta

import polars as pl
from lake_trials import START  # type: ignore[import-not-found]

from tinh.lake.api import VALUES, Lake


def values(indicator: str, cells: dict[tuple[str, str], float | None], coverage: int = 1) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "indicator": [indicator] * len(cells),
            "version": [1] * len(cells),
            "place": [place for place, _ in cells],
            "period": [period for _, period in cells],
            "grain": ["month"] * len(cells),
            "value": list(cells.values()),
            "num": [None] * len(cells),
            "den": [None] * len(cells),
            "cov_num": [coverage] * len(cells),
            "cov_den": [coverage] * len(cells),
            "simulated": [False] * len(cells),
        },
        schema={name: VALUES[name] for name in VALUES if name not in ("computed_at", "run_id")},
    )


def cells(frame: pl.DataFrame) -> dict[tuple[str, str], float | None]:
    return {(p, q): v for p, q, v in frame.select("place", "period", "value").iter_rows()}


def test_values_give_the_newest_computation_and_the_one_of_a_day(lake: Lake) -> None:
    for n in range(3):
        lake.write_values(
            values("rate", {("19", "2026-01"): n, ("19", "2026-02"): 10 + n}),
            f"run{n}",
            START + timedelta(days=n),
        )
    assert cells(lake.values("rate")) == {("19", "2026-01"): 2, ("19", "2026-02"): 12}
    then = lake.values("rate", as_of=START + timedelta(days=1, hours=1))
    assert cells(then) == {("19", "2026-01"): 1, ("19", "2026-02"): 11}
    assert then.get_column("run_id").unique().to_list() == ["run1"]
    assert lake.values("rate", as_of=START - timedelta(days=1)).is_empty()
    assert list(lake.values().schema) == [*VALUES, "units", "estimated"]


def test_values_prefer_the_computation_that_had_seen_more(lake: Lake) -> None:
    lake.write_values(values("rate", {("19", "2026-01"): 2.0}), "informed", START, basis=8)
    lake.write_values(
        values("rate", {("19", "2026-01"): 1.0}), "stale", START + timedelta(seconds=5), basis=7
    )
    assert cells(lake.values("rate")) == {("19", "2026-01"): 2.0}


def test_values_without_anything_behind_them_disappear(lake: Lake) -> None:
    lake.write_values(values("rate", {("19", "2026-01"): 2.0}), "one", START)
    lake.write_values(values("rate", {("19", "2026-01"): None}, coverage=0), "two", START + timedelta(days=1))
    assert lake.values("rate").is_empty()
    assert cells(lake.values("rate", as_of=START + timedelta(hours=1))) == {("19", "2026-01"): 2.0}


def test_values_filter_by_indicator_place_and_span(lake: Lake) -> None:
    months = {(p, f"2026-{m:02}"): float(m) for p in ("19", "00001") for m in range(1, 13)}
    lake.write_values(pl.concat([values("rate", months), values("other", months)]), "run", START)
    assert len(lake.values("rate")) == 24
    assert set(cells(lake.values("rate", places=["19"], first="2026-03", last="2026-05"))) == {
        ("19", f"2026-{m:02}") for m in (3, 4, 5)
    }
    assert len(lake.values("rate", places=["19"], first="2026-03-15", last="2026-04-02")) == 2
    assert len(lake.values(["rate", "other"], last="2026")) == 48
    assert lake.values("rate' OR 1=1 --").is_empty()


def test_values_answer_the_same_after_upkeep(lake: Lake) -> None:
    for n in range(40):
        frame = pl.concat(
            [values(i, {(f"{p:05}", "2026-01"): n + p for p in range(n % 7, 20)}) for i in ("a", "b")]
        )
        lake.write_values(frame, f"run{n}", START + timedelta(days=n))
    moments = [None, START + timedelta(days=20, hours=1)]
    before = [lake.values(i, as_of=m).sort("place") for i in ("a", "b") for m in moments]
    files = len(list(lake.root.glob("indicator_values/**/*.parquet")))
    assert lake.compact()["indicator_values"] >= 40
    after = [lake.values(i, as_of=m).sort("place") for i in ("a", "b") for m in moments]
    assert all(x.equals(y) for x, y in zip(before, after, strict=True))
    assert files >= 40
    lake.write_values(values("a", {("00001", "2026-01"): 99.0}), "late", START + timedelta(days=50))
    assert cells(lake.values("a", places=["00001"])) == {("00001", "2026-01"): 99.0}
