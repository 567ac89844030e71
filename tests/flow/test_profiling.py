"""A look into files nobody declared: what is found, and a draft that accepts the very file."""

from __future__ import annotations

import os
import random
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from tinh.flow.api import FileProfile, compiled_contract, profile_file
from tinh.kit.clock import HeldClock
from tinh.packs.api import compile as compile_province
from tinh.places.api import gazetteer

ROOT = Path(__file__).parents[2]
AIR = sorted((Path(os.environ.get("TINH_SHARED", "/nowhere")) / "data" / "air-quality").glob("*.csv"))
SAMPLES = sorted(
    p
    for p in (ROOT / "packs").glob("*/samples/*/*")
    if p.name not in ("chi-co-tieu-de.csv", "sai-bang-ma.csv")
)
NOW = datetime(2026, 11, 16, 2, tzinfo=UTC)


@pytest.fixture(scope="module")
def catalogue():
    return compile_province(ROOT / "provinces" / "thai-nguyen")


@pytest.fixture
def look(tmp_path: Path, catalogue):
    def profiled(text: str, name: str = "tep.csv") -> FileProfile:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return profile_file(path, name, catalogue, clock=HeldClock(NOW))

    return profiled


def remarks(found: FileProfile) -> set[str]:
    return {
        r.code
        for r in (*found.remarks, *found.table.remarks, *(r for c in found.table.columns for r in c.remarks))
    }


@pytest.mark.parametrize("path", [*SAMPLES, *AIR], ids=lambda p: p.name)
def test_the_draft_of_a_real_file_accepts_that_file(path: Path, catalogue) -> None:
    found = profile_file(path, path.name, catalogue, clock=HeldClock(NOW))
    assert [f for f in found.findings if f["level"] == "error"] == []
    assert found.findings == ()
    assert found.verdict is not None and found.verdict["verdict"] == "accepted", found.verdict
    assert found.verdict["held"] == 0


class Maker:
    """A table as some agency would type it, with the truth about each column."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        d = self.dice
        self.height = d.randrange(4, 40)
        day = date(2026, 3, 31) if d.random() < 0.6 else date(2025, 3, 31)
        units = list(gazetteer().communes("19", day))
        d.shuffle(units)
        self.units = units[: self.height] or units
        self.month = "03/2026" if day.year == 2026 else "T3/2025"
        kinds = [
            "grouped",
            "decimal comma",
            "percent",
            "date",
            "iso",
            "yes",
            "few",
            "phone",
            "mail",
            "citizen",
            "unit",
            "zeros",
            "text",
            "mixed",
            "empty",
            "blank words",
            "whole",
            "negative",
        ]
        self.kinds = ["place", "period", *d.sample(kinds, d.randrange(2, 8))]
        d.shuffle(self.kinds)

    def cell(self, kind: str, at: int) -> str:
        d = self.dice
        match kind:
            case "place":
                return self.units[at % len(self.units)].name
            case "period":
                return self.month
            case "grouped":
                return f"{d.randrange(1000, 9_000_000):,}".replace(",", ".")
            case "decimal comma":
                return f"{d.uniform(0, 900):.1f}".replace(".", ",")
            case "percent":
                return f"{d.uniform(0, 100):.1f}%".replace(".", ",")
            case "date":
                return (date(2020, 1, 1) + timedelta(days=d.randrange(2000))).strftime("%d/%m/%Y")
            case "iso":
                return (date(2020, 1, 1) + timedelta(days=d.randrange(2000))).isoformat()
            case "yes":
                return d.choice(("Có", "Không", "có"))
            case "few":
                return d.choice(("Loại A", "Loại B", "Loại C, đặc biệt"))
            case "phone":
                return f"09{d.randrange(10**7, 10**8):08d}"
            case "mail":
                return f"can.bo{at}@thainguyen.gov.vn"
            case "citizen":
                return f"019{d.choice('0123')}{d.randrange(10, 99)}{d.randrange(10**5, 10**6)}"
            case "unit":
                return f"{d.uniform(0, 30):.1f} km/h"
            case "zeros":
                return f"{d.randrange(0, 99999):06d}"
            case "mixed":
                return d.choice(("12", "13,5", "khoảng 20", "x", "2026", "", "01/02/2026"))
            case "empty":
                return ""
            case "blank words":
                return d.choice(("N/A", "-", str(d.randrange(50)), "chưa có số liệu", str(d.randrange(50))))
            case "whole":
                return str(d.randrange(0, 500))
            case "negative":
                return f"{d.randrange(-500, 500)}"
            case _:
                return (
                    d.choice(("Trường Tiểu học Đồng Bẩm", 'Công ty "Ánh Sáng"', "Ghi; chú", "Số 5, ngõ 2"))
                    + f" {at}"
                )

    def table(self) -> list[list[str]]:
        names = {
            "place": "Xã, phường",
            "period": "Kỳ báo cáo",
            "phone": "Điện thoại",
            "citizen": "Số CCCD",
            "zeros": "Mã hồ sơ",
            "percent": "Tỷ lệ",
            "grouped": "Kinh phí (đồng)",
            "whole": "Số lượng",
        }
        head = [names.get(k, f"Cột {k}") for k in self.kinds]
        return [head, *([self.cell(k, i) for k in self.kinds] for i in range(self.height))]


@pytest.mark.parametrize("seed", range(20))
def test_the_draft_of_a_generated_file_accepts_that_file(seed: int, tmp_path: Path, catalogue) -> None:
    made = Maker(seed)
    rows = made.table()
    dice = random.Random(seed)
    if dice.random() < 0.5:
        path = tmp_path / f"bao-cao-{seed}.csv"
        mark = dice.choice((";", ",", "\t"))
        quoted = [
            mark.join(
                f'"{c.replace(chr(34), chr(34) * 2)}"' if any(s in c for s in '",;\t') else c for c in r
            )
            for r in rows
        ]
        path.write_text("\n".join(quoted) + "\n", encoding=dice.choice(("utf-8", "utf-8-sig", "utf-16")))
    else:
        path = tmp_path / f"bao-cao-{seed}.xlsx"
        with xlsxwriter.Workbook(path) as book:
            sheet = book.add_worksheet("Số liệu")
            for at, row in enumerate(rows):
                for column, cell in enumerate(row):
                    number = at and made.kinds[column] in ("whole", "negative")
                    _put(sheet, at, column, int(cell) if number else cell)
    found = profile_file(path, path.name, catalogue, clock=HeldClock(NOW))
    undecided = {"PCK150"}  # for what and how long personal data is kept, only the agency can say
    assert [f for f in found.findings if f["code"] not in undecided] == []
    assert found.verdict is not None and found.verdict["verdict"] == "accepted", (
        found.verdict,
        found.contract,
    )
    assert found.verdict["received"] == len([r for r in rows[1:] if any(r)])
    said = {made.kinds[i]: c for i, c in enumerate(found.table.columns)}
    truth = {
        "grouped": "integer",
        "decimal comma": "number",
        "percent": "percent",
        "date": "date",
        "iso": "date",
        "phone": "phone",
        "mail": "e-mail",
        "citizen": "citizen id",
        "place": "place",
        "period": "period",
        "unit": "number",
        "zeros": "code",
        "empty": "empty",
        "negative": "integer",
        "whole": "integer",
    }
    for kind, wanted in truth.items():
        if kind in said:
            assert said[kind].kind == wanted, (kind, said[kind])


def _put(sheet: Any, row: int, column: int, value: Any) -> None:
    if isinstance(value, int):
        sheet.write_number(row, column, value)
    elif value:
        sheet.write_string(row, column, value)


def test_a_lone_thousand_is_read_one_way_and_doubted(look) -> None:
    found = look("Xã,Dân số\nXã La Bằng,1.234\nXã Đại Từ,5.678\n")
    column = found.table.columns[1]
    assert (column.kind, column.facts["group"]) == ("integer", ".")
    assert "doubtful notation" in remarks(found)


def test_one_cell_decides_the_notation_of_its_column(look) -> None:
    found = look("Xã;Diện tích\nXã La Bằng;1.234\nXã Đại Từ;1.234,5\n")
    column = found.table.columns[1]
    assert (column.facts["decimal"], column.facts["group"], column.facts["sure"]) == (",", ".", True)
    found = look("Xã;Diện tích\nXã La Bằng;1,234\nXã Đại Từ;1,234.5\n")
    assert (found.table.columns[1].facts["decimal"], found.table.columns[1].facts["group"]) == (".", ",")


def test_the_order_of_day_and_month_is_decided_over_the_column(look) -> None:
    assert look("Mã,Ngày cấp\nA1,01/02/2024\nA2,25/02/2024\n").table.columns[1].facts["order"] == "dmy"
    assert look("Mã,Ngày cấp\nA1,01/02/2024\nA2,02/25/2024\n").table.columns[1].facts["order"] == "mdy"
    assert "doubtful dates" in remarks(look("Mã,Ngày cấp\nA1,01/02/2024\nA2,03/04/2024\n"))


def test_communes_of_before_the_reform_are_named_as_such(look) -> None:
    old = [
        u.name
        for u in gazetteer().communes("19", date(2025, 6, 1))
        if gazetteer().resolve(u.name, date(2026, 1, 1), "19").unit is None
    ][:12]
    found = look("Xã,Số hộ\n" + "".join(f'"{n}",{i + 5}\n' for i, n in enumerate(old)))
    assert found.table.columns[0].facts["side"] == "before"
    assert "old places" in remarks(found)


def test_people_are_found_and_not_shown(look) -> None:
    rows = "".join(
        f"Nguyễn Văn {c},019{i % 4}85{123456 + i},09123456{i:02d}\n" for i, c in enumerate("ABCDEGHIKL")
    )
    found = look("Họ và tên,CCCD,SĐT\n" + rows)
    assert [c.personal.split(",")[0] for c in found.table.columns] == [
        "person's name",
        "citizen id",
        "phone number",
    ]
    assert "Nguyễn" not in str([c.as_dict() for c in found.table.columns])
    assert "019085123456" not in found.contract


def test_a_few_names_met_again_and_again_become_no_list_of_values(look) -> None:
    found = look("Mã,Họ và tên\n" + "".join(f"{i},Trần Thị {'AB'[i % 2]}\n" for i in range(1, 41)))
    assert "enum:" not in found.contract
    assert "Trần" not in found.contract + str([c.as_dict() for c in found.table.columns])


def test_totals_titles_and_notes_are_no_rows(look) -> None:
    found = look(
        "BÁO CÁO THÁNG 3,,\n(Kèm theo công văn số 12),,\nTT,Xã,Số hộ\n1,Xã La Bằng,10\n2,Xã Đại "
        "Từ,20\n,Tổng cộng,30\n"
        "Ghi chú: số liệu tạm tính,,\n"
    )
    assert found.table.height == 2
    assert {"totals", "footnotes"} <= remarks(found)


def test_what_tells_rows_apart_is_found_singly_and_in_pairs(look) -> None:
    rows = "".join(
        f"{u.code},{m}/2026,{i}\n"
        for u in list(gazetteer().communes("19", date(2026, 3, 1)))[:5]
        for i, m in enumerate((1, 2))
    )
    found = look("Mã xã,Tháng,Số hộ\n" + rows)
    assert found.table.keys[0] == ("ma_xa", "thang")
    assert (found.table.place, found.table.period) == ("ma_xa", "thang")
    assert "place: {column: ma_xa, by: code, levels: [commune]}" in found.contract


def test_letters_of_another_alphabet_are_pointed_out(look) -> None:
    found = look("Xã,Đánh giá\n" + "".join(f"Xã {i},Khá\n" for i in range(3)) + "Хã La Bằng,Khá\n")
    assert "look-alike letters" in remarks(found)


def test_a_broken_edit_of_the_draft_is_told_with_its_line(look) -> None:
    text = look("Mã,Số\nA1,5\nA2,6\n").contract
    assert compiled_contract(text, "tep")[1] == []
    _, findings = compiled_contract(text.replace("kind: register", "kind: regster"), "tep")
    assert findings and all(f["line"] > 1 for f in findings)


def test_a_year_and_a_month_in_two_columns_are_drafted_as_one_period(look) -> None:
    units = [u.name for u in gazetteer().communes("19", date(2025, 3, 1))[:6]]
    text = "Năm,Tháng,Tên xã,Số hộ nghèo\n" + "".join(
        f"{y},{m},{n},{i + m}\n" for y in (2023, 2024) for m in range(1, 13) for i, n in enumerate(units)
    )
    found = look(text)
    assert (found.table.period, found.table.keys[0]) == ("ky", ("ten_xa", "ky"))
    assert found.verdict is not None and found.verdict["verdict"] == "accepted"
    assert "every: month" in found.contract and "period in parts" in remarks(found)


def test_a_month_under_the_year_of_the_title_is_drafted_as_a_period(look) -> None:
    units = [u.name for u in gazetteer().communes("19", date(2025, 3, 1))[:6]]
    text = "TỔNG HỢP HỘ NGHÈO NĂM 2024,,\nTên xã,Tháng,Số hộ nghèo\n" + "".join(
        f"{n},Tháng {m},{i + m}\n" for m in range(1, 13) for i, n in enumerate(units)
    )
    found = look(text)
    assert found.table.period == "ky" and "no year" not in remarks(found)
    assert found.verdict is not None and found.verdict["verdict"] == "accepted"


def test_a_month_whose_year_stands_nowhere_is_no_period(look) -> None:
    units = [u.name for u in gazetteer().communes("19", date(2025, 3, 1))[:6]]
    text = "Tên xã,Tháng,Số hộ nghèo\n" + "".join(
        f"{n},Tháng {m},{i + m}\n" for m in range(1, 13) for i, n in enumerate(units)
    )
    found = look(text)
    assert found.table.period == "" and "no year" in remarks(found)
