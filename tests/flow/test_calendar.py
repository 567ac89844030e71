from __future__ import annotations

from datetime import UTC, date, datetime

import polars as pl
from flow_province import report  # type: ignore[import-not-found]

from tinh.flow.calendar import hold
from tinh.packs.models import Dataset, Expectation


def presence(*rows: tuple[str | None, str, datetime, int]) -> pl.DataFrame:
    schema = {
        "place": pl.String,
        "window": pl.String,
        "first_received": pl.Datetime("us", "UTC"),
        "periods": pl.Int64,
    }
    return pl.DataFrame(list(rows), schema=schema, orient="row")


def expecting(**fields: object) -> Dataset:
    return report().model_copy(update={"expect": Expectation(**fields)})


NOW = datetime(2026, 3, 10, tzinfo=UTC)
EARLY = datetime(2026, 2, 1, tzinfo=UTC)


def test_calendar_owes_every_commune_every_month() -> None:
    dataset = expecting(places="communes", start="2026-01")
    kept = hold(dataset, presence(("a", "2026-01", EARLY, 1)), NOW, "Asia/Ho_Chi_Minh", lambda _: ("a", "b"))
    assert (kept.present, kept.owed, kept.on_time, kept.due) == (1, 4, 1, 4)
    assert [x.place for x in kept.late] == ["a", "b"]
    assert kept.next_window == "2026-03"


def test_calendar_begins_with_what_was_seen_first_when_nothing_is_declared() -> None:
    dataset = expecting(places="given")
    nothing = hold(dataset, presence(), NOW, "Asia/Ho_Chi_Minh", lambda _: ())
    assert (nothing.owed, nothing.due, nothing.next_due) == (0, 0, None)
    seen = presence(("a", "2025-12", EARLY, 1), ("b", "2026-02", EARLY, 1))
    kept = hold(dataset, seen, NOW, "Asia/Ho_Chi_Minh", lambda _: ())
    assert (kept.present, kept.owed) == (2, 4)


def test_calendar_relieves_a_merged_unit_only_when_another_place_delivers() -> None:
    dataset = expecting(places="given", start="2025-12")
    old = ("old", "2025-12", EARLY, 1)
    gone = {"old": date(2026, 1, 1)}.get
    alone = hold(dataset, presence(old), NOW, "Asia/Ho_Chi_Minh", lambda _: (), None, gone)
    assert [x.place for x in alone.late] == ["old"]
    new = ("new", "2026-02", EARLY, 1)
    both = hold(dataset, presence(old, new), NOW, "Asia/Ho_Chi_Minh", lambda _: (), None, gone)
    assert both.late == ()
    assert (both.present, both.owed) == (2, 2)
