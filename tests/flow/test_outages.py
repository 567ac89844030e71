"""A source that goes silent: one state for all that hangs on it, and gone by itself."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flow_province import COMMUNES, air_csv, catalogue, report_csv  # type: ignore[import-not-found]

from tinh.flow.api import Corridor, Down, Home, explained, freshness, outages, sources_of
from tinh.kit.clock import HeldClock
from tinh.kit.errors import Text
from tinh.packs.models import AlertRule, Catalogue, Formula

A, B, C = COMMUNES


@pytest.fixture
def silent() -> Catalogue:
    """The trial province with an indicator derived from two others and a no-data alert on it."""
    made = catalogue()
    derived = made.indicators["sharing"].model_copy(
        update={"id": "derived", "formula": Formula(kind="derived", indicators=("sharing", "stations-total"))}
    )
    rule = AlertRule(
        id="no-data", pack="trial", name=Text("Mất", "Silent"), indicator="stations-total", above=10_000,
        silent_after="P20D", file=Path("no-data.yaml"),
    )  # fmt: skip
    return made.model_copy(
        update={
            "indicators": {**made.indicators, "derived": derived},
            "alerts": {**made.alerts, "no-data": rule},
        }
    )


def test_a_derived_indicator_hangs_on_the_datasets_of_those_it_is_made_of(silent: Catalogue) -> None:
    assert sources_of(silent, "derived") == ("stations",)
    assert sources_of(silent, "air-daily") == ("air",)


def test_a_source_goes_silent_is_one_outage_and_comes_back_by_itself(
    silent: Catalogue, home: Home, tmp_path: Path
) -> None:
    clock = HeldClock(datetime(2026, 2, 3, tzinfo=UTC))
    trimmed = {id: one for id, one in silent.indicators.items() if id != "derived"}
    corridor = Corridor(silent.model_copy(update={"indicators": trimmed}), home, clock)
    corridor.load(report_csv(tmp_path / "a.csv", [(c, "2026-01", 10, 4) for c in COMMUNES]), "stations")
    indicator = corridor.catalogue.indicators["sharing"]
    clock.moment = datetime(2026, 3, 5, tzinfo=UTC)  # February ended five days ago and is not due yet
    status = corridor.status()
    assert status.outages == ()
    found = freshness(corridor.catalogue, status, indicator)
    assert (found.state, found.age(clock.moment), found.expected) == ("fresh", 0.0, "2026-01")

    clock.moment = datetime(2026, 3, 6, 3, tzinfo=UTC)  # due a few hours ago: late, within the grace
    status = corridor.status()
    assert status.outages == ()
    assert freshness(corridor.catalogue, status, indicator).state == "late"

    clock.moment = datetime(2026, 3, 16, 3, tzinfo=UTC)
    status = corridor.status()
    (outage,) = status.outages
    due = datetime(2026, 3, 5, 17, tzinfo=UTC)
    assert (outage.dataset, outage.owner, outage.since, outage.cause) == (
        "stations",
        "so-khcn",
        due,
        "overdue",
    )
    assert set(outage.indicators) == {"stations-total", "sharing"}
    assert outage.working_days == 7  # the 6th and the 9th to the 13th, and today
    found = freshness(corridor.catalogue, status, indicator)
    assert (found.state, found.late_since, found.outage) == ("stopped", due, outage)
    assert found.age(clock.moment) == (clock.moment - due).total_seconds()
    assert freshness(corridor.catalogue, status, corridor.catalogue.indicators["air-daily"]).outage is None
    quiet = explained(corridor.alerts(), status.outages)
    assert [(alert.rule, alert.status) for alert in quiet] == [("no-data", "silent")]
    assert status.within({"air"}).outages == ()
    assert status.as_dict()["outages"][0]["indicators"] == list(outage.indicators)

    corridor.load(report_csv(tmp_path / "b.csv", [(A, "2026-02", 10, 4)]), "stations")
    status = corridor.status()
    assert status.outages == ()
    found = freshness(corridor.catalogue, status, indicator)
    assert (found.state, found.missing, found.age(clock.moment)) == ("partial", 2, 0.0)
    assert freshness(corridor.catalogue, status, indicator, A).state == "fresh"
    assert freshness(corridor.catalogue, status, indicator, B).state == "late"
    assert all(alert.rule != "no-data" for alert in corridor.alerts())


def test_a_feed_that_is_down_is_an_outage_before_anything_is_due(
    corridor: Corridor, clock: HeldClock
) -> None:
    corridor.load(air_csv("s1", range(5), "2026-03-09"), "air")
    since = clock.moment - timedelta(hours=2)
    status = corridor.board.read(clock.moment, 0, {"air": Down("station-pull", since)})
    (outage,) = [o for o in status.outages if o.dataset == "air"]
    assert (outage.cause, outage.feed, outage.since) == ("feed", "station-pull", since)
    assert outage.indicators == ("air-daily",)
    assert all(o.dataset != "air" for o in corridor.board.read(clock.moment, 0).outages)


def test_what_never_came_has_not_stopped(corridor: Corridor) -> None:
    status = corridor.status()
    assert status.dataset("stations").silence is not None
    assert outages(corridor.catalogue, status.datasets) == ()


def test_the_calendar_of_a_dataset_names_the_receipt_that_brought_each_window(
    corridor: Corridor, tmp_path: Path, clock: HeldClock
) -> None:
    clock.moment = datetime(2026, 2, 3, tzinfo=UTC)
    one = corridor.load(report_csv(tmp_path / "a.csv", [(A, "2026-01", 10, 4)]), "stations").receipt.id
    clock.moment = datetime(2026, 3, 10, tzinfo=UTC)
    two = corridor.load(
        report_csv(tmp_path / "b.csv", [(A, "2026-02", 10, 4), (A, "2026-01", 11, 4)]), "stations"
    ).receipt.id
    shown = corridor.board.deliveries("stations", clock.moment)
    came = {s.window: [(d.state, d.receipt) for d in s.deliveries] for s in shown.spans}
    assert came["2026-01"] == [("on time", one)]
    assert came["2026-02"] == [("late", two)]
    assert came["2026-03"] == [("waiting", "")]
    air = corridor.board.deliveries("air", clock.moment)
    assert air.spans == ()
