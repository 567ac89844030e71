"""Layouts: declared in a contract, and learned ones in files of their own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tinh.packs.api import TOTALS, compile, learned, load

from .samples import CONTRACT
from .test_findings import tinh

Write = Callable[..., Path]
LAYOUT = """\
format: 1
dataset: stations
name: bao-cao-quy
made_by: nguyen.a
made_at: 2026-01-05T08:00:00+07:00
match: {headers: [Xã, Tháng 1]}
layout:
  columns: {commune: Xã}
  unpivot: {columns: "^Tháng", names_to: month, values_to: shared, pattern: "Tháng ([0-9]+)"}
"""


def put(folder: Path, text: str = LAYOUT, name: str = "bao-cao-quy", dataset: str = "stations") -> Path:
    file = folder / "layouts" / dataset / f"{name}.yaml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, "utf-8")
    return file


def test_a_contract_declares_its_layout_once(province: Write) -> None:
    extra = (
        "layout: {sheets: all, sheet_names: '^Xã', header_rows: 2, fixed: "
        "[{column: month, from: title, pattern: '(?P<m>[0-9]+)/(?P<y>[0-9]{4})', template: '{y}-{m:02}'}]}"
    )
    layout = (
        compile(province(telecom={"datasets/stations.odcs.yaml": tinh(extra)})).datasets["stations"].layout
    )
    assert (layout.sheets, layout.sheet_names, layout.header_rows) == ("all", "^Xã", 2)
    assert layout.fixed[0].source == "title" and layout.fixed[0].template == "{y}-{m:02}"
    assert layout.hidden == "skip" and layout.totals == TOTALS


def test_a_percent_step_and_serial_dates_compile(province: Write) -> None:
    text = CONTRACT.replace(
        "{name: note, logicalType: string}",
        "{name: note, logicalType: string, customProperties: [{property: tinh, value: {clean: "
        "[{do: percent, as: share}, {do: number, auto: true}, {do: date, formats: [serial]}]}}]}",
    )
    steps = (
        compile(province(telecom={"datasets/stations.odcs.yaml": text}))
        .datasets["stations"]
        .columns[-1]
        .cleaning
    )
    assert [(s.do, s.as_, s.auto) for s in steps] == [
        ("percent", "share", False), ("number", "percent", True), ("date", "percent", False),
    ]  # fmt: skip


def test_layouts_of_the_province_folder_are_compiled_and_judged(province: Write) -> None:
    home = province(telecom={})
    put(home)
    (layout,) = compile(home).layouts
    assert (layout.dataset, layout.name, layout.headers) == ("stations", "bao-cao-quy", ("Xã", "Tháng 1"))
    put(home, LAYOUT, "khac")
    put(home, LAYOUT, dataset="station")
    found = {(f.code, f.file.name) for f in load(home).findings}
    assert found == {("PCK103", "khac.yaml"), ("PCK031", "station")}


def test_a_layout_put_into_the_data_folder_counts_at_once(province: Write, tmp_path: Path) -> None:
    home = province(telecom={})
    put(home)
    catalogue = compile(home)
    dataset = catalogue.datasets["stations"]
    layouts = learned(tmp_path / "data", catalogue.layouts)
    assert [one.name for one in layouts.of(dataset)] == ["bao-cao-quy"]
    newer = LAYOUT.replace("name: bao-cao-quy", "name: thang-ba").replace("2026-01-05", "2026-03-05")
    file = put(tmp_path / "data", newer, "thang-ba")
    assert [one.name for one in layouts.of(dataset)] == ["thang-ba", "bao-cao-quy"]
    file.write_text(newer.replace("headers:", "heads:"), "utf-8")
    assert [one.name for one in layouts.of(dataset)] == ["bao-cao-quy"]
    assert {f.code for f in layouts.findings(dataset)} == {"PCK010", "PCK011"}
    file.unlink()
    assert layouts.findings(dataset) == ()
