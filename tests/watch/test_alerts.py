"""Rules of a catalogue over a value frame, as sentences."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl

from tinh.insight.finish import VALUES
from tinh.kit.errors import Text
from tinh.packs.models import AlertRule, Catalogue, Formula, Indicator
from tinh.watch.api import watch_all

NOW = datetime(2025, 4, 3, 3, tzinfo=UTC)


def catalogue(*alerts: AlertRule, **more: Any) -> Catalogue:
    pm = Indicator(
        id="pm", pack="p", name=Text("PM2.5 ngày", "Daily PM2.5"), unit=Text("µg/m³", "µg/m³"), period="day",
        formula=Formula(kind="direct"), file=Path("x"), digest="d", **more,
    )  # fmt: skip
    return Catalogue(
        id="t", name=Text("Thái Nguyên", "Thái Nguyên"), place="19", agencies={}, packs={}, datasets={},
        indicators={"pm": pm}, alerts={a.id: a for a in alerts}, folder=Path(), digest="d",
    )  # fmt: skip


def rule(id: str, **more: Any) -> AlertRule:
    return AlertRule(id=id, pack="p", name=Text(id, id), indicator="pm", file=Path("x"), **more)


def values(*rows: tuple[str, str, float | None]) -> pl.DataFrame:
    return pl.DataFrame(
        [("pm", 1, place, period, "day", value, None, None, 20, 24, True) for place, period, value in rows],
        schema=VALUES,
        orient="row",
    )


def test_an_alert_says_what_where_and_how_much_in_both_languages() -> None:
    (alert,) = watch_all(
        catalogue(rule("high", above=50, tell=("so-nnmt",))), values(("19", "2025-04-02", 1234.56)), NOW
    )
    assert (
        alert.sentence.vi
        == "PM2.5 ngày tại Thái Nguyên là 1.234,6 µg/m³ (ngày 02/04/2025), trên ngưỡng 50 µg/m³."
    )
    assert alert.sentence.en == "Daily PM2.5 in Thái Nguyên is 1,234.6 µg/m³ (2 April 2025), above 50 µg/m³."
    assert (alert.status, alert.threshold, alert.tell, alert.simulated) == ("firing", 50, ("so-nnmt",), True)


def test_a_rule_speaks_its_own_words_and_unknown_holes_stay() -> None:
    says = Text("{place}: {value} > {threshold} từ {since} {lạ}", "{place}: {value} > {threshold}")
    (alert,) = watch_all(
        catalogue(rule("high", above=50.5, says=says)), values(("19", "2025-04-02", 60)), NOW
    )
    assert alert.sentence.vi == "Thái Nguyên: 60,0 > 50,5 từ ngày 02/04/2025 {lạ}"


def test_each_place_is_watched_apart_and_the_gravest_comes_first() -> None:
    alerts = watch_all(
        catalogue(rule("each", above=50, places="each"), rule("top", above=10, severity="critical")),
        values(("10001", "2025-04-02", 60), ("10002", "2025-04-02", 40), ("19", "2025-04-02", 50)),
        NOW,
        place_name=lambda code: Text("Xã Một", "Xã Một") if code == "10001" else None,
    )
    assert [(a.rule, a.place) for a in alerts] == [("top", "19"), ("each", "10001")]
    assert "Xã Một" in alerts[1].sentence.vi


def test_a_place_that_is_gone_is_not_called_silent() -> None:
    cat = catalogue(rule("quiet", above=50, places="each", silent_after="P1D"))
    frame = values(("164", "2025-03-01", 1), ("10001", "2025-03-01", 1))
    alerts = watch_all(cat, frame, NOW, gone=lambda place: place == "164")
    assert [(a.place, a.status) for a in alerts] == [("10001", "silent")]
    assert alerts[0].sentence.vi == "PM2.5 ngày tại 10001 chưa có số liệu mới kể từ ngày 01/03/2025."


def test_a_sum_still_growing_has_not_fallen_short() -> None:
    low = rule("low", below=5)
    frame = values(("19", "2025-04-03", 1))
    assert watch_all(catalogue(low, over_time="sum"), frame, NOW) == ()
    assert len(watch_all(catalogue(low, over_time="mean"), frame, NOW)) == 1


def test_a_province_with_no_data_at_all_is_silent() -> None:
    (alert,) = watch_all(catalogue(rule("quiet", above=50, silent_after="P1D")), values(), NOW)
    assert alert.sentence.en == "Daily PM2.5 in Thái Nguyên has no data yet."
