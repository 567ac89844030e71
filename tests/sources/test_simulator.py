"""Simulated deliveries: repeatable, right for any province, and faulty exactly where they say."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import pairwise
from pathlib import Path

import polars as pl
import pytest

from tinh.gate.api import Known, judge, refusal
from tinh.kit.errors import TinhError
from tinh.packs.api import Catalogue, Simulation, load
from tinh.places.api import gazetteer
from tinh.sources.api import Receipt, clean, read
from tinh.sources.simulator import Delivery, Fault, deliveries, faults, pulse

DEMO = Path(__file__).parents[2] / "provinces" / "thai-nguyen"
UNTIL = datetime(2025, 12, 20, 5, 0, tzinfo=UTC)
AIR_UNTIL = datetime(2025, 9, 10, 5, 0, tzinfo=UTC)  # two months of readings tell enough
DATASETS = ("air-hourly", "telecom-monthly", "digital-enterprises", "digital-economy-yearly")
PROVINCES = ("19", "31", "68")


@cache
def catalogue(place: str = "19") -> Catalogue:
    found = load(DEMO).catalogue
    assert found is not None
    return found.model_copy(update={"place": place})


def simulation(dataset: str) -> Simulation:
    return next(s for s in catalogue().simulations if s.dataset == dataset)


def day(dataset: str) -> datetime:
    return AIR_UNTIL if dataset == "air-hourly" else UNTIL


@cache
def sent(dataset: str, place: str = "19", until: datetime | None = None) -> tuple[Delivery, ...]:
    until = until or day(dataset)
    return tuple(deliveries(catalogue(place), simulation(dataset), gazetteer(), until))


@cache
def planted(dataset: str, place: str = "19") -> tuple[Fault, ...]:
    return faults(catalogue(place), simulation(dataset), gazetteer(), day(dataset))


def rows(delivery: Delivery) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(delivery.content.decode("utf-8-sig"))))


@pytest.mark.parametrize("place", PROVINCES)
@pytest.mark.parametrize("dataset", DATASETS)
def test_the_same_seed_gives_the_same_bytes_in_any_province(dataset: str, place: str) -> None:
    again = tuple(deliveries(catalogue(place), simulation(dataset), gazetteer(), day(dataset)))
    assert again == sent(dataset, place)
    assert again
    assert all(earlier.sent_at <= later.sent_at for earlier, later in pairwise(again))
    assert all(delivery.sent_at <= day(dataset) for delivery in again)


def test_another_province_gets_other_figures() -> None:
    assert {d.content for d in sent("telecom-monthly", "19")}.isdisjoint(
        {d.content for d in sent("telecom-monthly", "31")}
    )


@pytest.mark.parametrize("dataset", ("telecom-monthly", "digital-enterprises", "digital-economy-yearly"))
def test_a_later_day_only_adds_files(dataset: str) -> None:
    before = sent(dataset, until=UNTIL - timedelta(days=70))
    assert set(before) < set(sent(dataset)) or dataset == "digital-economy-yearly"
    assert set(before) <= set(sent(dataset))


def test_a_later_day_only_adds_readings() -> None:
    def readings(until: datetime) -> set[tuple[str, ...]]:
        return {tuple(row.values()) for delivery in sent("air-hourly", until=until) for row in rows(delivery)}

    wanted = {
        tuple(row.values())
        for delivery in sent("air-hourly", until=AIR_UNTIL - timedelta(days=35))
        for row in rows(delivery)
        if len(row["timestamp"]) == 32
    }
    assert len(wanted - readings(AIR_UNTIL)) <= 20  # what only the faults of a month's file differ in


def test_readings_have_the_layout_of_the_public_source() -> None:
    header = sent("air-hourly")[0].content.decode().splitlines()[0]
    assert header == (
        "timestamp,city,aqi,weather_icon,wind_speed,humidity,temperature,pm25,pm10,o3,no2,so2,co"
    )


@pytest.mark.parametrize("place", PROVINCES)
def test_every_commune_is_in_a_month_of_the_telecom_report_at_most_once_a_file(place: str) -> None:
    codes: dict[str, set[str]] = defaultdict(set)
    for delivery in (d for d in sent("telecom-monthly", place) if "2025-10" in d.filename):
        table = _read(delivery, place)
        if table is not None:
            codes[delivery.filename] |= set(table["commune_code"].to_list())
    communes = {u.code for u in gazetteer().communes(place, datetime(2025, 10, 31).date())}
    named = {code for found in codes.values() for code in found}
    assert len(communes - named) <= 5
    assert len(named & communes) >= 0.9 * len(communes)


def _read(delivery: Delivery, place: str) -> pl.DataFrame | None:
    judged = _judge(delivery, place)
    return judged[0]


_FILES: dict[tuple[str, str], Path] = {}


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path) -> None:
    _FILES[("", "")] = tmp_path


def _judge(delivery: Delivery, place: str) -> tuple[pl.DataFrame | None, set[int], str]:
    """Accepted rows, numbers of held rows, and the verdict of one delivery judged alone."""
    path = _FILES[("", "")] / delivery.filename
    path.write_bytes(delivery.content)
    dataset = catalogue(place).datasets[delivery.dataset]
    receipt = Receipt(
        "r1", delivery.dataset, "0" * 64, len(delivery.content), delivery.filename, "simulator", "",
        delivery.sent_at, True,
    )  # fmt: skip
    known = Known(now=delivery.sent_at, province=place, gazetteer=gazetteer())
    try:
        judgement = judge(clean(read(path, dataset, delivery.filename), dataset), dataset, receipt, known)
    except TinhError as error:
        judgement = refusal(receipt, error)
    held = set(judgement.held["_row"].to_list()) if judgement.held.height else set()
    return judgement.accepted, held, judgement.verdict.outcome


@pytest.mark.parametrize("place", PROVINCES)
@pytest.mark.parametrize("dataset", DATASETS)
def test_the_gate_holds_exactly_what_was_planted(dataset: str, place: str) -> None:
    wanted: dict[str, set[int]] = defaultdict(set)
    refused = set()
    for fault in planted(dataset, place):
        if fault.holds and fault.row:
            wanted[fault.filename].add(fault.row)
        elif fault.holds:
            refused.add(fault.filename)
    assert wanted
    for delivery in sent(dataset, place):
        _, held, outcome = _judge(delivery, place)
        if delivery.filename in refused:
            assert outcome == "refused", delivery.filename
        else:
            assert held == wanted[delivery.filename], delivery.filename


def test_every_kind_of_fault_is_planted() -> None:
    kinds = {fault.kind for dataset in DATASETS for fault in planted(dataset)}
    assert kinds >= {
        "late", "duplicate_row", "conflicting_row", "wrong_code", "old_place", "impossible",
        "text_in_number", "missing_required", "outlier", "repeated_file",
    }  # fmt: skip


def test_shared_stations_keep_to_their_curve() -> None:
    month = [d for d in sent("telecom-monthly") if "2025-11" in d.filename]
    frames = [frame for d in month if (frame := _read(d, "19")) is not None and frame.height]
    table = pl.concat(frames, how="vertical_relaxed").unique("commune_code")
    rate = 100 * table["shared_stations"].sum() / table["stations"].sum()
    assert 16.8 < rate < 19.6


def test_the_register_counts_276_at_the_end_of_2020() -> None:
    def on(text: str) -> datetime:
        return datetime.strptime(text, "%d/%m/%Y")

    day = datetime(2020, 12, 1)
    alive = {
        row["Mã số thuế"]
        for row in rows(sent("digital-enterprises")[0])
        if on(row["Ngày đăng ký"]) < day and (not row["Ngày giải thể"] or on(row["Ngày giải thể"]) >= day)
    }
    assert 270 <= len(alive) <= 288


def test_while_a_demo_runs_readings_come_every_few_minutes() -> None:
    found = list(
        pulse(catalogue(), simulation("air-hourly"), gazetteer(), UNTIL, UNTIL + timedelta(minutes=31))
    )
    assert len(found) == 6
    assert all(UNTIL < d.sent_at <= UNTIL + timedelta(minutes=31) for d in found)
    stations = {row["city"] for d in found for row in rows(d)}
    assert len(stations) == 4


def test_after_a_long_pause_readings_come_by_the_hour() -> None:
    found = list(pulse(catalogue(), simulation("air-hourly"), gazetteer(), UNTIL - timedelta(days=2), UNTIL))
    assert 48 <= len(found) <= 62
    assert len({d.filename for d in found}) == len(found)
    assert all(d.channel == "push" for d in found)


def test_while_a_demo_runs_late_communes_deliver() -> None:
    start = datetime(2025, 11, 1, tzinfo=UTC)
    found = list(pulse(catalogue(), simulation("telecom-monthly"), gazetteer(), start, UNTIL))
    assert found
    assert {d.filename for d in found} <= {d.filename for d in sent("telecom-monthly")}
