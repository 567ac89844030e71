"""The files of a new sector: one monthly report per commune and one ratio over it."""

from __future__ import annotations


def files(id: str) -> dict[str, str]:
    """Relative path → text; the folder compiles as it stands."""
    return {name.replace("ID", id): text.replace("{id}", id) for name, text in _FILES.items()}


_FILES = {
    "pack.yaml": """\
format: 1
id: {id}
version: 0.1.0
owner: so-khcn
licence: CC-BY-4.0
maturity: draft
""",
    "datasets/ID-monthly.odcs.yaml": """\
apiVersion: v3.1.0
kind: DataContract
id: {id}-monthly
name: {id} monthly
version: 0.1.0
status: draft
description:
  purpose: One row a commune a month.
customProperties:
  - property: tinh
    value:
      kind: report
      place: {column: commune, by: name, levels: [commune]}
      period: {column: month, every: month}
      expect: {places: communes, window: month, due: P5D}
      rules:
        - {id: reached-not-above-total, expression: "reached <= total"}
schema:
  - name: monthly
    properties:
      - {name: commune, logicalType: string, required: true, primaryKey: true, primaryKeyPosition: 1}
      - {name: month, logicalType: string, required: true, primaryKey: true, primaryKeyPosition: 2}
      - {name: total, logicalType: integer, required: true, logicalTypeOptions: {minimum: 0}}
      - {name: reached, logicalType: integer, required: true, logicalTypeOptions: {minimum: 0}}
""",
    "indicators/ID-share.yaml": """\
format: 1
id: {id}-share
unit: "%"
decimals: 1
direction: up
period: month
places: [own, province]
formula:
  ratio:
    of: {dataset: {id}-monthly, column: reached, how: sum}
    to: {dataset: {id}-monthly, column: total, how: sum}
    scale: 100
""",
    "locale/vi.yaml": """\
pack: {name: "Lĩnh vực {id}", description: "Lĩnh vực mới; sửa các lời này."}
datasets:
  {id}-monthly:
    name: Báo cáo tháng của xã
    columns: {commune: Xã, month: Tháng, total: Tổng số, reached: Số đạt}
    rules: {reached-not-above-total: Số đạt không được lớn hơn tổng số}
indicators:
  {id}-share: {name: Tỷ lệ đạt, definition: Số đạt chia tổng số.}
""",
    "locale/en.yaml": """\
pack: {name: "Sector {id}", description: "A new sector; mend these words."}
datasets:
  {id}-monthly:
    name: Monthly report of communes
    columns: {commune: Commune, month: Month, total: Total, reached: Reached}
    rules: {reached-not-above-total: Reached must not be more than the total}
indicators:
  {id}-share: {name: Share reached, definition: Reached divided by total.}
""",
    "samples/ID-monthly/2025-07.csv": """\
commune,month,total,reached
Xã La Bằng,2025-07,120,90
Phường Phan Đình Phùng,2025-07,300,270
Xã Đại Từ,2025-07,150,151
""",
}
