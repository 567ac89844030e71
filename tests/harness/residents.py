# ruff: noqa: E501  YAML as people write it
"""A province that holds a register of people: every kind of personal column, one held row."""

from __future__ import annotations

from pathlib import Path

PROVINCE = """\
format: 1
id: so-nguoi
name: {vi: Sổ người, en: Residents}
place: "19"
packs: [nguoi-dan]
agencies:
  - {id: so-yt, name: {vi: Sở Y tế, en: Department of Health}}
  - {id: so-tc, name: {vi: Sở Tài chính, en: Department of Finance}}
"""
WORDS_VI = """\
pack: {name: Người dân}
datasets:
  residents:
    name: Sổ chăm sóc sức khoẻ
    columns: {cccd: Số căn cước, full_name: Họ và tên, phone: Điện thoại, email: Thư điện tử, born: Ngày sinh, note: Bệnh án, visits: Lượt khám}
"""
WORDS_EN = """\
pack: {name: People}
datasets:
  residents:
    name: Health care register
    columns: {cccd: Citizen id, full_name: Name, phone: Phone, email: E-mail, born: Born, note: Record, visits: Visits}
"""
CONTRACT = """\
apiVersion: v3.1.0
kind: DataContract
id: residents
version: 1.0.0
status: active
customProperties:
  - property: tinh
    value: {kind: register, owner: so-yt, place: {column: commune, by: code, levels: [commune]}, refuse_below: 0}
schema:
  - name: residents
    properties:
      - name: cccd
        logicalType: string
        primaryKey: true
        customProperties: [{property: tinh, value: {personal: {kind: citizen-id, purposes: [mending-data], keep: P5Y}}}]
      - name: full_name
        logicalType: string
        customProperties: [{property: tinh, value: {personal: {kind: name, purposes: [mending-data], keep: P5Y}}}]
      - name: phone
        logicalType: string
        customProperties: [{property: tinh, value: {personal: {kind: phone, purposes: [mending-data], keep: P5Y}}}]
      - name: email
        logicalType: string
        customProperties: [{property: tinh, value: {personal: {kind: e-mail, purposes: [mending-data], keep: P5Y}}}]
      - name: born
        logicalType: date
        customProperties: [{property: tinh, value: {personal: {kind: birth-date, purposes: [mending-data], keep: P1Y}}}]
      - name: note
        logicalType: string
        customProperties: [{property: tinh, value: {personal: {kind: health, purposes: [mending-data], keep: P1Y}}}]
      - {name: commune, logicalType: string}
      - {name: visits, logicalType: integer, logicalTypeOptions: {minimum: 0, maximum: 366}}
"""
HEAD = "cccd,full_name,phone,email,born,note,commune,visits\n"
LAN = (
    "019185001234",
    "Trần Thị Lan",
    "0912345678",
    "lan.tran@example.vn",
    "1985-03-07",
    "tiểu đường",
    "05443",
    "4",
)
MINH = (
    "019090007777",
    "Nguyễn Văn Minh",
    "0987654321",
    "minh.nguyen@example.vn",
    "1990-11-30",
    "huyết áp",
    "05443",
    "999",
)
BINH = ("019077003333", "Lê Bình", "0901112222", "binh.le@example.vn", "1977-01-01", "khoẻ", "05467", "2")


def rows(*people: tuple[str, ...]) -> bytes:
    return (HEAD + "".join(",".join(one) + "\n" for one in people)).encode()


def residents(folder: Path) -> Path:
    """The province's folder under `folder`, its pack beside it."""
    province, pack = folder / "so-nguoi", folder / "packs" / "nguoi-dan"
    for part in ("datasets", "locale"):
        (pack / part).mkdir(parents=True, exist_ok=True)
    province.mkdir(exist_ok=True)
    (province / "province.yaml").write_text(PROVINCE, encoding="utf-8")
    (pack / "pack.yaml").write_text("format: 1\nid: nguoi-dan\nowner: so-yt\n", encoding="utf-8")
    (pack / "datasets" / "residents.odcs.yaml").write_text(CONTRACT, encoding="utf-8")
    (pack / "locale" / "vi.yaml").write_text(WORDS_VI, encoding="utf-8")
    (pack / "locale" / "en.yaml").write_text(WORDS_EN, encoding="utf-8")
    return province
