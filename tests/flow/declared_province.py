"""A province in files, small enough that every effect of a change can be worked out by hand.

Two communes, two months: stations 10, 20, 30, 40; shared 5, 4, 15, 10.
"""

from __future__ import annotations

from pathlib import Path

PROVINCE = """\
format: 1
id: thu-nghiem
name: {vi: Thử nghiệm, en: Trial}
place: "19"
packs: [vien-thong]
agencies:
  - {id: so-khcn, name: {vi: Sở Khoa học và Công nghệ, en: Department of Science and Technology}}
room: {tiles: [sharing]}
"""
CONTRACT = """\
apiVersion: v3.1.0
kind: DataContract
id: stations
version: 1.0.0
status: active
customProperties:
  - property: tinh
    value:
      kind: report
      refuse_below: 0.1
      place: {column: commune, by: code}
      period: {column: month, every: month}
schema:
  - name: stations
    properties:
      - {name: commune, logicalType: string, primaryKey: true, primaryKeyPosition: 1}
      - {name: month, logicalType: string, primaryKey: true, primaryKeyPosition: 2}
      - {name: stations, logicalType: integer, logicalTypeOptions: {minimum: 0, maximum: 35}}
      - {name: shared, logicalType: integer, logicalTypeOptions: {minimum: 0}}
"""
SHARING = """\
format: 1
id: sharing
version: 1
unit: "%"
direction: up
period: month
formula:
  ratio:
    of: {dataset: stations, column: shared, how: sum}
    to: {dataset: stations, column: stations, how: sum}
    scale: 100
targets: [{value: 40, by: 2026-12-31, source: NQ 1}]
"""
STATIONS = """\
format: 1
id: stations-total
version: 1
period: month
over_places: sum
formula: {direct: {dataset: stations, column: stations, how: sum}}
"""
LOW = """\
format: 1
id: low
indicator: sharing
below: 30
"""
WORDS = """\
pack: {name: Viễn thông}
datasets: {stations: {name: Trạm}}
indicators: {sharing: {name: Dùng chung}, stations-total: {name: Số trạm}}
alerts: {low: {name: Thấp}}
"""
FILES = {
    "province.yaml": PROVINCE,
    "packs/vien-thong/pack.yaml": "format: 1\nid: vien-thong\nowner: so-khcn\nmaturity: binding\n",
    "packs/vien-thong/datasets/stations.odcs.yaml": CONTRACT,
    "packs/vien-thong/indicators/sharing.yaml": SHARING,
    "packs/vien-thong/indicators/stations-total.yaml": STATIONS,
    "packs/vien-thong/alerts/low.yaml": LOW,
    "packs/vien-thong/locale/vi.yaml": WORDS,
    "packs/vien-thong/locale/en.yaml": WORDS,
}
REPORTS = {
    "2026-01.csv": [("05443", "2026-01", 10, 5), ("05455", "2026-01", 20, 4)],
    "2026-02.csv": [("05443", "2026-02", 30, 15), ("05455", "2026-02", 40, 10)],
}


def declare(folder: Path) -> Path:
    for name, text in FILES.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return folder


def edit(folder: Path, name: str, *changes: tuple[str, str]) -> None:
    """Change a file of the pack: each pair is what stands there and what shall."""
    path = folder / "packs" / "vien-thong" / name
    text = path.read_text("utf-8")
    for before, after in changes:
        assert before in text, before
        text = text.replace(before, after)
    path.write_text(text, "utf-8")


def report(name: str) -> bytes:
    rows = [",".join(map(str, row)) for row in REPORTS[name]]
    return "\n".join(["commune,month,stations,shared", *rows, ""]).encode()
