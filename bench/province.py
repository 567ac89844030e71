"""A small province made for measuring: one contract a question, nothing else."""

from __future__ import annotations

import os
from pathlib import Path

from tinh.flow.api import Corridor, home_for
from tinh.packs.api import Catalogue, compile

PROVINCE = """\
format: 1
id: bench
name: {vi: Đo, en: Bench}
place: "19"
packs: [bench]
agencies: [{id: so-khcn, name: {vi: Sở Khoa học và Công nghệ, en: Department of Science and Technology}}]
"""

PACK = """\
format: 1
id: bench
version: 1.0.0
owner: so-khcn
licence: Apache-2.0
maturity: trusted
"""

# Seven rules a row: five ranges, an enumeration, a cross-field comparison.
CONTRACT = """\
apiVersion: v3.1.0
kind: DataContract
id: {id}
version: 1.0.0
status: active
schema:
  - name: rows
    properties:
      - {{name: id, logicalType: integer{key}}}
      - {{name: commune, logicalType: string{place}}}
      - {{name: stations, logicalType: integer, logicalTypeOptions: {{minimum: 0, maximum: 500}}}}
      - {{name: shared, logicalType: integer, logicalTypeOptions: {{minimum: 0, maximum: 500}}}}
      - {{name: share, logicalType: number, logicalTypeOptions: {{minimum: 0, maximum: 1}}}}
      - {{name: people, logicalType: integer, logicalTypeOptions: {{minimum: 1, maximum: 1000000}}}}
      - {{name: level, logicalType: number, logicalTypeOptions: {{minimum: 0, maximum: 1000}}}}
      - {{name: kind, logicalType: string, enum: [{{value: a}}, {{value: b}}, {{value: c}}]}}
      - {{name: at, logicalType: timestamp}}
customProperties:
  - property: tinh
    value:
      kind: stream
      owner: so-khcn
      {bindings}rules: [{{id: shared-not-above-stations, expression: "shared <= stations"}}]
"""

INDICATOR = """\
format: 1
id: level-monthly
version: 1
unit: "%"
period: month
places: [own, province]
over_time: mean
over_places: mean
through: [hour, month]
formula: {direct: {dataset: readings, column: level, how: mean}}
"""


def make(folder: Path) -> Catalogue:
    """Write the province below `folder`, with its data home there too, and compile it."""
    pack = folder / "packs" / "bench"
    (pack / "datasets").mkdir(parents=True)
    (pack / "indicators").mkdir()
    (pack / "locale").mkdir()
    (folder / "province.yaml").write_text(PROVINCE)
    (pack / "pack.yaml").write_text(PACK)
    bound = "place: {column: commune, by: code}\n      period: {column: at, every: hour}\n      "
    (pack / "datasets" / "plain.odcs.yaml").write_text(
        CONTRACT.format(id="plain", key="", place="", bindings="")
    )
    (pack / "datasets" / "readings.odcs.yaml").write_text(
        CONTRACT.format(id="readings", key=", primaryKey: true", place="", bindings=bound)
    )
    (pack / "indicators" / "level-monthly.yaml").write_text(INDICATOR)
    for language in ("vi", "en"):
        (pack / "locale" / f"{language}.yaml").write_text("pack: {name: Bench, description: Bench}\n")
    os.environ["TINH_HOME"] = str(folder / "home")
    return compile(folder)


def corridor(catalogue: Catalogue) -> Corridor:
    return Corridor(catalogue, home_for(catalogue))
