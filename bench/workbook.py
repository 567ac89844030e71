"""A 200 MB workbook of 3 million cells: read, cleaned and judged, in time and in memory."""

from __future__ import annotations

import random
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from bench.report import Row, peak
from tinh.gate.api import Known, judge
from tinh.kit.errors import Text
from tinh.packs.api import Column, Dataset
from tinh.sources.api import Receipt, clean, read

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_LINKS = "http://schemas.openxmlformats.org/package/2006/relationships"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_LETTERS = "ABCDEFGHIJKLMNO"
_TEXTS = 8  # columns of text; the others hold numbers


def run(scale: float) -> Iterator[Row]:
    rows = max(1000, int(200_000 * scale))
    with tempfile.TemporaryDirectory() as name:
        file = Path(name) / "report.xlsx"
        write(file, rows)
        size = file.stat().st_size / 1e6
        told = subprocess.run(
            [sys.executable, "-m", "bench.workbook", str(file)], check=True, capture_output=True, text=True
        ).stdout.split()
        took, memory = float(told[0]), float(told[1])
        what = f"Excel workbook of {size:,.0f} MB, {rows * len(_LETTERS):,} cells, judged"
        yield Row(what, took, "s", "", None, None, "≤ 60 s", took <= 60)
        yield Row(f"{what}: peak memory", memory, "MB", "", None, None, "≤ 2,000 MB", memory <= 2000)


def write(file: Path, rows: int) -> None:
    """Texts that hardly pack, so that the file weighs what such files weigh."""
    dice = random.Random(19)
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as book:
        book.writestr(
            "xl/workbook.xml",
            f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>'
            '<sheet name="S" sheetId="1" r:id="rId1"/></sheets></workbook>',
        )
        book.writestr(
            "xl/_rels/workbook.xml.rels",
            f'<Relationships xmlns="{_LINKS}">'
            f'<Relationship Id="rId1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
            f'<Relationship Id="rId2" Type="{_OFFICE}/sharedStrings" Target="sharedStrings.xml"/>'
            "</Relationships>",
        )
        strings = len(_LETTERS)
        with book.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as part:
            heads = "".join(f'<c r="{c}1" t="s"><v>{i}</v></c>' for i, c in enumerate(_LETTERS))
            part.write(f'<worksheet xmlns="{_MAIN}"><sheetData><row r="1">{heads}</row>'.encode())
            for row in range(2, rows + 2):
                cells = [f'<c r="A{row}"><v>{row}</v></c>']
                for letter in _LETTERS[1 : 1 + _TEXTS]:
                    cells.append(f'<c r="{letter}{row}" t="s"><v>{strings}</v></c>')
                    strings += 1
                cells += [
                    f'<c r="{c}{row}"><v>{dice.random() * 1000}</v></c>' for c in _LETTERS[1 + _TEXTS :]
                ]
                part.write(f'<row r="{row}">{"".join(cells)}</row>'.encode())
            part.write(b"</sheetData></worksheet>")
        with book.open("xl/sharedStrings.xml", "w", force_zip64=True) as part:
            part.write(f'<sst xmlns="{_MAIN}">'.encode())
            for i in range(len(_LETTERS)):
                part.write(f"<si><t>c{i}</t></si>".encode())
            for i in range(len(_LETTERS), strings):
                part.write(f"<si><t>{dice.randbytes(88).hex()} {i}</t></si>".encode())
            part.write(b"</sst>")


def _measure(file: Path) -> None:
    """In a process of its own, so that the memory is this work's alone."""
    numbers = range(1 + _TEXTS, len(_LETTERS))
    columns = [
        Column(
            name=f"c{i}", headers=(f"c{i}",), logical="number" if i in numbers else "string", required=not i
        )
        for i in range(len(_LETTERS))
    ]
    dataset = Dataset(
        id="bench", pack="bench", name=Text("Đo", "Bench"), kind="register", key=("c0",),
        columns=tuple(columns), file=Path("bench"), digest="",
    )  # fmt: skip
    now = datetime.now(UTC)
    receipt = Receipt("r", "bench", "0" * 64, file.stat().st_size, file.name, "file", "", now)
    begun = time.perf_counter()
    judged = judge(clean(read(file, dataset, file.name), dataset), dataset, receipt, Known(now=now))
    took = time.perf_counter() - begun
    assert judged.verdict.accepted == judged.verdict.received > 0
    print(took, peak())


if __name__ == "__main__":
    _measure(Path(sys.argv[1]))
