"""Two sources that tell one thing differently: shown while they do, gone once either is mended."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flow_two_sources import catalogue  # type: ignore[import-not-found]

from tinh.flow.api import Corridor, Home, behind, conflicts, narrowed, recall, told
from tinh.kit.clock import HeldClock
from tinh.places.api import gazetteer

A, B = "05443", "05455"


@pytest.fixture
def clock() -> HeldClock:
    return HeldClock(datetime(2026, 3, 10, 2, tzinfo=UTC))


@pytest.fixture
def corridor(tmp_path: Path, clock: HeldClock) -> Corridor:
    return Corridor(catalogue(tmp_path / "tinh"), Home(tmp_path / "nha"), clock)


def people(corridor: Corridor, rows: list[tuple[Any, ...]], sender: str = "so-yt") -> str:
    lines = ["commune,month,population,households,chief"]
    lines += [",".join("" if c is None else str(c) for c in (*row, *[None] * (5 - len(row)))) for row in rows]
    outcome = corridor.load(_bytes(lines), "people", sender=sender)
    assert outcome.verdict.held == 0, outcome.verdict
    return str(outcome.receipt.id)


def citizens(corridor: Corridor, rows: list[tuple[str, str, str, str]]) -> None:
    outcome = corridor.load(
        _bytes(["id,commune,since,until", *map(",".join, rows)]), "citizens", sender="cong-an"
    )
    assert outcome.verdict.held == 0, outcome.verdict


def yearly(corridor: Corridor, population: int, year: int = 2025) -> None:
    outcome = corridor.load(
        _bytes(["province,year,population", f"19,{year},{population}"]), "yearly", sender="cuc-tk"
    )
    assert outcome.verdict.held == 0, outcome.verdict


def _bytes(lines: list[str]) -> bytes:
    return ("\n".join(lines) + "\n").encode()


def seen(corridor: Corridor, kind: str) -> list[dict[str, Any]]:
    rows = narrowed(conflicts(corridor).items, kind=kind).to_dicts()
    return [told(row, behind(corridor, rows)) for row in rows]


def test_a_report_is_held_against_the_register_on_the_last_day_of_its_month(corridor: Corridor) -> None:
    # Of five people in A three live there on 31 January; one came on 1 February, one left on 15 January.
    citizens(
        corridor,
        [
            ("1", A, "2020-01-01", ""), ("2", A, "2026-01-31", ""), ("3", A, "2020-01-01", "2026-02-10"),
            ("4", A, "2026-02-01", ""), ("5", A, "2020-01-01", "2026-01-15"), ("6", B, "2020-01-01", ""),
        ],
    )  # fmt: skip
    people(corridor, [(A, "2026-01", 3), (B, "2026-01", 2)])
    assert seen(corridor, "agree") == []  # 3 against 3, and 2 against 1 with one allowed
    people(corridor, [(A, "2026-01", 5), (B, "2026-01", 2)], sender="so-yt")
    (one,) = seen(corridor, "agree")
    assert (one["place"], one["period"], one["ours"]["value"], one["theirs"]["value"]) == (
        A,
        "2026-01",
        5.0,
        3.0,
    )
    assert (one["difference"], one["share"], one["tolerance_abs"]) == (2.0, pytest.approx(2 / 3), 1.0)
    assert one["ours"]["senders"] == ["so-yt"] and one["theirs"]["senders"] == ["cong-an"]
    assert one["counts"] == "both"


def test_a_correction_on_either_side_clears_a_conflict_and_a_recall_brings_it_back(
    corridor: Corridor, clock: HeldClock
) -> None:
    citizens(corridor, [("1", A, "2020-01-01", ""), ("2", A, "2020-01-01", "")])
    people(corridor, [(A, "2026-01", 9)])
    assert len(seen(corridor, "agree")) == 1
    before = clock.now() + timedelta(minutes=1)
    clock.moment += timedelta(hours=3)
    mended = people(corridor, [(A, "2026-01", 2)])
    assert seen(corridor, "agree") == []
    assert len(conflicts(corridor, as_of=before).items) == 1  # as it stood then
    recall(corridor, mended, "gửi nhầm", "thử")
    assert len(seen(corridor, "agree")) == 1
    citizens(corridor, [(str(n), A, "2020-01-01", "") for n in range(3, 10)])  # now nine
    assert seen(corridor, "agree") == []


def test_communes_are_added_up_only_when_all_of_them_are_there(corridor: Corridor) -> None:
    communes = sorted(u.code for u in gazetteer().communes("19", date(2025, 12, 31)))
    figures = {code: 1000 + 7 * n for n, code in enumerate(communes)}
    total = sum(figures.values())
    yearly(corridor, round(total / 1.05))
    people(corridor, [(code, "2025-11", figures[code] * 3) for code in communes])  # not the year's last month
    people(corridor, [(code, "2025-12", figures[code]) for code in communes[:-1]])
    assert seen(corridor, "adds_up") == []
    assert conflicts(corridor).unjudged.to_dicts() == [
        {
            "dataset": "people", "rule": "population-yearly", "period": "2025",
            "have": len(communes) - 1, "owed": len(communes),
        }
    ]  # fmt: skip
    people(corridor, [(communes[-1], "2025-12", figures[communes[-1]])])
    (one,) = seen(corridor, "adds_up")
    assert (one["place"], one["period"]) == ("19", "2025")
    assert one["ours"]["value"] == float(total) and one["theirs"]["value"] == float(round(total / 1.05))
    assert one["share"] == pytest.approx(0.05, abs=1e-4)
    assert {r["receipt"] for r in one["ours"]["receipts"]} and len(conflicts(corridor).unjudged) == 0
    yearly(corridor, round(total / 1.01))  # within two per cent
    assert seen(corridor, "adds_up") == []


def test_two_senders_of_one_key_are_shown_with_who_counts_and_why(corridor: Corridor) -> None:
    first = people(corridor, [(A, "2026-01", 100, 30, "An"), (B, "2026-01", 50)], sender="05443")
    second = people(corridor, [(A, "2026-01", 120, 30, "Bình"), (B, "2026-01", 50)], sender="so-yt")
    (one,) = seen(
        corridor, "senders"
    )  # households agree, B agrees, and who is chief is nobody's business here
    assert (one["place"], one["period"], one["ours"]["column"]) == (A, "2026-01", "population")
    assert (one["ours"]["value"], one["theirs"]["value"], one["why"]) == (120.0, 100.0, "newest")
    assert (
        one["ours"]["receipts"][0]["receipt"] == second and one["theirs"]["receipts"][0]["receipt"] == first
    )
    people(corridor, [(A, "2026-01", 120, 30, "Chi")], sender="05443")
    assert seen(corridor, "senders") == []


def test_a_preferred_sender_keeps_its_figure_whatever_comes_later(tmp_path: Path, clock: HeldClock) -> None:
    declared = catalogue(tmp_path / "tinh", prefer="{senders: [cuc-tk, so-yt]}")
    corridor = Corridor(declared, Home(tmp_path / "nha"), clock)
    people(corridor, [(A, "2026-01", 100), (B, "2026-01", 50)], sender="so-yt")
    people(corridor, [(A, "2026-01", 90)], sender="05443")
    rows = "SELECT _place, population FROM people ORDER BY 1"
    assert corridor.lake.query(rows, declared.datasets).rows() == [(A, 100), (B, 50)]
    (one,) = seen(corridor, "senders")
    assert (one["ours"]["value"], one["theirs"]["value"], one["why"]) == (100.0, 90.0, "preferred")
    people(corridor, [(A, "2026-01", 101)], sender="so-yt")  # the preferred sender replaces its own
    assert corridor.lake.query(rows, declared.datasets).rows() == [(A, 101), (B, 50)]
    upper = people(corridor, [(A, "2026-01", 80)], sender="cuc-tk/may-gui")  # a token of that account
    assert corridor.lake.query(rows, declared.datasets).rows() == [(A, 80), (B, 50)]
    recall(corridor, upper, "sai", "thử")
    assert corridor.lake.query(rows, declared.datasets).rows() == [(A, 101), (B, 50)]


def test_conflicts_are_narrowed_by_dataset_agency_period_and_what_one_may_see(corridor: Corridor) -> None:
    citizens(corridor, [("1", A, "2020-01-01", "")])
    people(corridor, [(A, "2025-12", 10), (A, "2026-01", 20)])
    items = conflicts(corridor).items
    assert items["period"].to_list() == ["2026-01", "2025-12"]  # the biggest first
    assert len(narrowed(items, dataset="citizens")) == 2 and len(narrowed(items, dataset="yearly")) == 0
    assert narrowed(items, period="2025")["period"].to_list() == ["2025-12"]
    assert len(narrowed(items, seen=frozenset({"citizens"}))) == 2
    assert len(narrowed(items, seen=frozenset({"yearly"}))) == 0
    assert len(narrowed(items, owned=["yearly"])) == 0
