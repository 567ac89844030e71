"""Feeds are declared in a pack or in the province; every contradiction has its line and cure."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import jsonschema
import pytest
import yaml

from tinh.packs.api import load, schemas

Write = Callable[..., Path]
WEB = """\
format: 1
id: may-do
name: {vi: Máy đo, en: Sensors}
dataset: stations
kind: http
schedule: {every: PT15M}
http:
  url: https://nguon.example.vn/a?tu={cursor}&p={period}
  format: json
  headers: {Authorization: "Bearer {secret.MA}"}
  records: data
  paging: {style: page, param: p, size: 100}
  cursor: {field: id}
"""
BOX = """\
format: 1
id: hop
dataset: stations
kind: folder
schedule: {at: ["06:30"], days: working, month_days: [5, -1]}
folder: {path: vien-thong, patterns: ["*.xlsx"], after: move}
"""


def test_feeds_of_the_province_and_of_a_pack_compile(province: Write) -> None:
    home = province(a={"feeds/may-do.yaml": WEB})
    (home / "feeds").mkdir()
    (home / "feeds" / "hop.yaml").write_text(BOX)
    (home / "feeds" / "may-do.yaml").write_text(WEB.replace("PT15M", "PT1H"))
    compiled = load(home)
    assert compiled.catalogue is not None, compiled.findings
    feeds = compiled.catalogue.feeds
    assert set(feeds) == {"may-do", "hop", "a.may-do"}
    assert feeds["may-do"].schedule.every == "PT1H"  # the province's own keeps the short id
    assert feeds["hop"].folder is not None and feeds["hop"].folder.settle == 10
    assert feeds["a.may-do"].sender == compiled.catalogue.datasets["stations"].owner
    assert {f.code for f in compiled.findings if f.file.parent.name == "feeds"} == {"PCK025"}


CASES = [
    ("PCK010", 8, WEB, "  url:", "  uri: x\n  url:"),
    ("PCK030", 4, WEB, "dataset: stations", "sender: so-nobody\ndataset: stations"),
    ("PCK031", 4, WEB, "dataset: stations", "dataset: station"),
    ("PCK117", 4, WEB, "dataset: stations", 'dataset: ""'),
    ("PCK016", 6, WEB, "{every: PT15M}", "{every: 15 phút}"),
    ("PCK016", 5, BOX, '["06:30"]', '["6h30"]'),
    ("PCK060", 5, WEB, "kind: http", "kind: folder"),
    ("PCK060", 7, WEB, "http:\n", "folder: {path: x}\nhttp:\n"),
    ("PCK061", 6, WEB, "{every: PT15M}", "{}"),
    ("PCK061", 6, WEB, "{every: PT15M}", "{every: PT15M, at: ['06:30']}"),
    ("PCK061", 6, WEB, "{every: PT15M}", "{every: PT30S}"),
    ("PCK061", 6, WEB, "{every: PT15M}", "{every: PT1H, hours: ['18:00', '07:00']}"),
    ("PCK061", 5, BOX, "[5, -1]", "[5, 0]"),
    ("PCK061", 5, BOX, "days: working", "from: 2026-05-01, until: 2026-04-01"),
    ("PCK062", 8, WEB, "https://nguon", "ftp://nguon"),
    ("PCK062", 8, WEB, "nguon.example.vn", "{secret.MAY}.example.vn"),
    ("PCK062", 8, WEB, "nguon.example.vn", "nguon.example.vn:99999"),
    ("PCK063", 8, WEB, "{period}", "{kỳ}"),
    ("PCK063", 13, WEB, "tu={cursor}", "tu=0"),
    ("PCK063", 8, WEB, "  cursor: {field: id}\n", ""),
    ("PCK064", 12, WEB, "param: p, ", ""),
    ("PCK064", 12, WEB, "format: json", "format: csv"),
    ("PCK064", 10, WEB, "Authorization: \"Bearer {secret.MA}\"", "Host: x"),
    ("PCK065", 10, WEB, "{secret.MA}", "abc123"),
    ("PCK065", 8, WEB, "https://nguon", "https://a:b@nguon"),
    ("PCK066", 6, BOX, "path: vien-thong", "path: ../raw"),
    ("PCK066", 6, BOX, "path: vien-thong", 'path: "C:\\\\nhan"'),
    ("PCK066", 6, BOX, "*.xlsx", "a/*.xlsx"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "line", "text", "old", "new"), CASES)
def test_a_contradiction_is_found_at_its_line(province: Write, code, line, text, old, new) -> None:
    assert old in text
    home = province(a={"feeds/thu.yaml": text.replace(old, new, 1)})
    compiled = load(home)
    found = [(f.code, f.line) for f in compiled.findings if f.file.name == "thu.yaml"]
    assert (code, line) in found, [f.render("en") for f in compiled.findings]
    assert all(
        f.says.vi and f.says.en and f.cure.vi and f.cure.en for f in compiled.findings if f.code == code
    )
    assert compiled.catalogue is None


def test_the_schema_of_feeds_accepts_what_compiles() -> None:
    for text in (WEB, BOX):
        jsonschema.validate(yaml.safe_load(text), schemas()["feed"])
