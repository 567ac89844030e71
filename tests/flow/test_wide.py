"""A wide workbook through the whole corridor: where each record stands can be told to the end."""

from __future__ import annotations

from pathlib import Path

import openpyxl
from flow_province import COMMUNES, report_csv, stored  # type: ignore[import-not-found]

from tinh.flow.api import Corridor
from tinh.insight.api import trace
from tinh.lake.api import Lake

A, B, _ = COMMUNES
LAYOUT = """\
format: 1
dataset: stations
name: bao-cao-quy
match: {headers: [Mã xã, Tháng 1 / Tổng số trạm, Tháng 2 / Dùng chung]}
layout:
  columns: {commune: Mã xã, stations: Tổng số trạm, shared: Dùng chung}
  fixed: [{column: nam, from: title, pattern: "NĂM ([0-9]{4})"}]
  unpivot:
    columns: "^Tháng [0-9]+ /"
    names_to: month
    pattern: "Tháng (?P<m>[0-9]+)"
    template: "{nam}-{m:02}"
"""


def workbook(path: Path) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Quý I"
    for row in (
        ["BÁO CÁO TRẠM BTS NĂM 2026"],
        ["Mã xã", "Tháng 1", None, "Tháng 2", None],
        [None, "Tổng số trạm", "Dùng chung", "Tổng số trạm", "Dùng chung"],
        [A, 10, 4, 20, 5],
        [B, 30, 6, -1, 0],
        ["Tổng cộng", 40, 10, 19, 5],
        ["Người lập biểu"],
    ):
        sheet.append(row)
    for merge in ("A2:A3", "B2:C2", "D2:E2"):
        sheet.merge_cells(merge)
    book.save(path)
    return path


def test_a_wide_report_is_laid_out_by_what_was_learned_and_traced_to_its_cells(
    corridor: Corridor, tmp_path: Path
) -> None:
    file = corridor.home.layouts / "stations" / "bao-cao-quy.yaml"
    file.parent.mkdir(parents=True)
    file.write_text(LAYOUT, "utf-8")
    outcome = corridor.load(workbook(tmp_path / "quy-1.xlsx"), "stations")
    verdict = outcome.verdict
    assert (verdict.received, verdict.accepted, verdict.held) == (4, 3, 1), verdict.problem
    assert {"layout:bao-cao-quy", "totals:1", "footnotes:1", "header-rows:2"} <= set(verdict.notes)
    rows = stored(corridor, "stations").sort("_row")
    assert rows.select("_row", "_at", "month", "stations").rows() == [
        (1, "Quý I!B4", "2026-01", 10), (2, "Quý I!D4", "2026-02", 20), (3, "Quý I!B5", "2026-01", 30),
    ]  # fmt: skip
    held = corridor.lake.held(outcome.receipt.id)
    assert held.select("_row", "_at").rows() == [(4, "Quý I!D5")]
    found = trace(
        corridor.catalogue, corridor.lake, corridor.gazetteer, "stations-total", "19", "2026-01",
        now=corridor.clock.now(),
    )  # fmt: skip
    assert [(r["rows"], r["at"]) for r in found.receipts] == [([1, 3], ["Quý I!B4", "Quý I!B5"])]


def test_a_plain_report_says_its_place_by_row_alone(corridor: Corridor, tmp_path: Path) -> None:
    outcome = corridor.load(report_csv(tmp_path / "a.csv", [(A, "2026-01", 10, 4)]), "stations")
    assert stored(corridor, "stations").select("_row", "_at").rows() == [(2, None)]
    again = Lake(corridor.home.lake, corridor.clock)
    assert again.held(outcome.receipt.id).columns.count("_at") == 1
