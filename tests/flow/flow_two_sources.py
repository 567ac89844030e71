"""A province in which three datasets count the same people: by commune, in a register, and a year."""

from __future__ import annotations

from pathlib import Path

from tinh.packs.api import Catalogue, compile

PROVINCE = """\
format: 1
id: hai-nguon
name: {vi: Hai nguồn, en: Two sources}
place: "19"
packs: [dan-so]
agencies:
  - {id: so-yt, name: {vi: Sở Y tế, en: Department of Health}}
  - {id: cong-an, name: {vi: Công an tỉnh, en: Provincial Police}}
  - {id: cuc-tk, name: {vi: Cục Thống kê, en: Statistics Office}}
"""
WORDS = """\
pack: {name: Dân số}
datasets:
  people: {name: Dân số theo xã, columns: {population: Dân số, households: Số hộ}}
  citizens: {name: Sổ cư trú}
  yearly: {name: Niên giám, columns: {population: Dân số}}
"""
PEOPLE = """\
apiVersion: v3.1.0
kind: DataContract
id: people
version: 1.0.0
status: active
customProperties:
  - property: tinh
    value:
      kind: report
      owner: so-yt
      place: {column: commune, by: code, levels: [commune]}
      period: {column: month, every: month}
      refuse_below: 0
      PREFER
      rules:
        - id: population-register
          agree: {with: citizens, column: population, their: {column: id, how: count}, REGISTER}
        - id: population-yearly
          adds_up: {column: population, dataset: yearly, their: population, YEARLY}
schema:
  - name: people
    properties:
      - {name: commune, logicalType: string, primaryKey: true, primaryKeyPosition: 1}
      - {name: month, logicalType: string, primaryKey: true, primaryKeyPosition: 2}
      - {name: population, logicalType: integer}
      - {name: households, logicalType: integer}
      - name: chief
        logicalType: string
        customProperties: [{property: tinh, value: {personal: "name, kept 5 years"}}]
"""
CITIZENS = """\
apiVersion: v3.1.0
kind: DataContract
id: citizens
version: 1.0.0
status: active
customProperties:
  - property: tinh
    value:
      kind: register
      owner: cong-an
      place: {column: commune, by: code, levels: [commune]}
      life: {begins: since, ends: until}
schema:
  - name: citizens
    properties:
      - {name: id, logicalType: string, primaryKey: true}
      - {name: commune, logicalType: string}
      - {name: since, logicalType: date}
      - {name: until, logicalType: date}
"""
YEARLY = """\
apiVersion: v3.1.0
kind: DataContract
id: yearly
version: 1.0.0
status: active
customProperties:
  - property: tinh
    value:
      kind: report
      owner: cuc-tk
      place: {column: province, by: code, levels: [province]}
      period: {column: year, every: year}
schema:
  - name: yearly
    properties:
      - {name: province, logicalType: string, primaryKey: true, primaryKeyPosition: 1}
      - {name: year, logicalType: string, primaryKey: true, primaryKeyPosition: 2}
      - {name: population, logicalType: integer}
"""


def catalogue(
    folder: Path, register: str = "tolerance_abs: 1", yearly: str = "tolerance: 0.02", prefer: str = ""
) -> Catalogue:
    pack = folder / "packs" / "dan-so"
    (pack / "datasets").mkdir(parents=True, exist_ok=True)
    (pack / "locale").mkdir(exist_ok=True)
    people = PEOPLE.replace("REGISTER", register).replace("YEARLY", yearly)
    files = {
        folder / "province.yaml": PROVINCE,
        pack / "pack.yaml": "format: 1\nid: dan-so\nowner: so-yt\n",
        pack / "locale" / "vi.yaml": WORDS,
        pack / "locale" / "en.yaml": WORDS,
        pack / "datasets" / "people.odcs.yaml": people.replace(
            "PREFER", f"prefer: {prefer}" if prefer else ""
        ),
        pack / "datasets" / "citizens.odcs.yaml": CITIZENS,
        pack / "datasets" / "yearly.odcs.yaml": YEARLY,
    }
    for path, text in files.items():
        path.write_text(text, encoding="utf-8")
    return compile(folder)
