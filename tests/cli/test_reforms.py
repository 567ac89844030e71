"""A province across a reform of its own and the one of 2025, from the declaration to the answer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from tests.journeys.operating import telecom_report

from tinh.places.api import gazetteer

EVE = date(2025, 6, 30)
MERGE = """\
format: 1
changes:
  - day: 2026-01-01
    kind: merge
    basis: NQ thử
    from: ["05443", "05467"]
    to: [{code: "05443", name: Phường Gộp}]
"""


@pytest.fixture
def province(tinh: Callable[..., object], tmp_path: Path) -> Path:
    """Thái Nguyên with the telecom pack, and a later merge of its own."""
    folder = tmp_path / "p19"
    tinh("new", "province", "19", folder)
    page = folder / "province.yaml"
    text = page.read_text("utf-8")
    page.write_text(text.replace("packs: [air-quality]", "packs: [telecom]"), "utf-8")
    (folder / "places").mkdir()
    (folder / "places" / "2026.yaml").write_text(MERGE, "utf-8")
    return folder


def test_a_series_of_old_communes_stands_on_todays_and_back(tinh, province: Path, tmp_path: Path) -> None:
    spans = gazetteer().bridge("19", EVE, date(2025, 7, 1))
    came = sorted({s.source for s in spans if s.target in ("05443", "05467")})
    rows = [(code, gazetteer().get(code, EVE).name, 10, 5) for code in came]
    file = tmp_path / "old.csv"
    file.write_bytes(telecom_report(*rows, month="2025-05"))
    said = tinh("load", "telecom-monthly", file, "--json", province=province)
    assert said.json[0]["verdict"] == "accepted", said.out + said.err

    def read(units: str, place: str) -> list[dict[str, object]]:
        at = ("--place", place, "--units", units, "--json")
        return tinh("values", "telecom-sharing-rate", *at, province=province).json

    (then,) = read("then", "05461")
    assert (then["value"], then["on_units"], then["estimated"]) == (50.0, "", 0.0)
    (now,) = read("today", "05443")
    assert (now["place_name"], now["value"], now["on_units"]) == ("Phường Gộp", 50.0, "2026-01-01")
    (between,) = read("2025-08-01", "05443")
    assert between["place_name"] == "Phường Phan Đình Phùng"
    assert 0 < now["estimated"] < between["estimated"] < 1  # 05461 went to these two, now one again
    assert now["coverage"] == {"num": len(came), "den": len(came)}
    opened = tinh(
        "trace", "telecom-sharing-rate", "05443", "2025-05", "--units", "today", "--json", province=province
    )
    assert {s["place"] for s in opened.json["spans"]} == set(came)
    assert opened.json["estimated"] == now["estimated"]
    assert sum(r["rows_total"] for r in opened.json["receipts"]) == len(came)
    said = tinh("values", "telecom-sharing-rate", "--units", "hôm nay", province=province)
    assert (said.code, said.err[:6]) == (2, "CLI170")


def test_what_changed_is_told_for_a_unit_that_is_no_more(tinh, province: Path) -> None:
    said = tinh("places", "changed", "05461", "--on", "2025-06-30", "--json", province=province).json
    assert [e["how"] for e in said["after"]] == ["divided", "merged", "merged"]
    (now,) = said["now"]
    assert (now["code"], now["name"], now["share"]) == ("05443", "Phường Gộp", pytest.approx(1.0))
    told = tinh("places", "changed", "171", province=province)
    assert "Huyện Đại Từ" in told.out and "Xã La Bằng" in told.out
    assert tinh("places", "changed", "00000", province=province).code == 2
