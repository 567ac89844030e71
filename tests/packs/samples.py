"""A small good province and pack, as texts that tests change."""

from __future__ import annotations

from collections.abc import Mapping

PROVINCE = """\
format: 1
id: thu-nghiem
name: {vi: Thử nghiệm, en: Trial}
place: "19"
packs: [PACKS]
agencies:
  - {id: so-khcn, name: {vi: Sở Khoa học và Công nghệ, en: Department of Science and Technology}}
"""
PACK = "format: 1\nid: ID\nowner: so-khcn\n"
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
      place: {column: commune, by: code}
      period: {column: month, every: month}
schema:
  - name: stations
    properties:
      - {name: commune, logicalType: string, primaryKey: true, primaryKeyPosition: 1}
      - {name: month, logicalType: string, primaryKey: true, primaryKeyPosition: 2}
      - {name: stations, logicalType: integer, logicalTypeOptions: {minimum: 0}}
      - {name: shared, logicalType: integer, logicalTypeOptions: {minimum: 0}}
      - {name: opened, logicalType: date}
      - {name: note, logicalType: string}
"""
INDICATOR = """\
format: 1
id: sharing
period: month
formula:
  ratio:
    of: {dataset: stations, column: shared, how: sum}
    to: {dataset: stations, column: stations, how: sum}
    scale: 100
"""

Files = Mapping[str, str]
GOOD: dict[str, str] = {
    "pack.yaml": PACK,
    "datasets/stations.odcs.yaml": CONTRACT,
    "indicators/sharing.yaml": INDICATOR,
    "locale/vi.yaml": "pack: {name: Viễn thông}\ndatasets: {stations: {name: Trạm}}\n"
    "indicators: {sharing: {name: Tỷ lệ dùng chung, unit: '%'}}\n",
    "locale/en.yaml": "pack: {name: Telecom}\ndatasets: {stations: {name: Stations}}\n"
    "indicators: {sharing: {name: Sharing rate, unit: '%'}}\n",
}
