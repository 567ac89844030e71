"""Whatever stands in a file, the answer is findings, never a traceback."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tinh.packs.api import load

from .samples import CONTRACT, GOOD, INDICATOR

Write = Callable[..., Path]
JUNK = [
    "",
    "null",
    "[]",
    "{}",
    "- 1",
    "just words",
    "a: {b: [1, {c: }]}",
    "schema: 3",
    "schema: [1, null, {}]",
    "\t- x",
    "schema: [{name: x, properties: [null, 1, {}, {name: 5}]}]",
    "x: &a [*a]",
    "\x00",
    "{[",
    "schema: {a: 1}",
    "format: 1\nid: [1]",
    "datasets: {stations: 3}",
    "pack: 3",
    "formula: {direct: 3}",
]


@pytest.mark.parametrize("file", [*GOOD, "alerts/a.yaml", "simulation/s.yaml"])
@pytest.mark.parametrize("junk", JUNK)
def test_junk_in_any_file_of_a_pack_gives_findings(province: Write, file: str, junk: str) -> None:
    compiled = load(province(telecom={file: junk}))
    assert compiled.findings or compiled.catalogue is not None
    assert all(f.line >= 1 and f.says.vi and f.says.en for f in compiled.findings)


@pytest.mark.parametrize("junk", JUNK)
def test_junk_for_a_province_gives_findings(province: Write, junk: str) -> None:
    compiled = load(province(junk, telecom={}))
    assert compiled.catalogue is None and compiled.findings


@pytest.mark.parametrize("text", [CONTRACT, INDICATOR])
def test_a_file_that_breaks_off_anywhere_gives_findings_or_compiles(province: Write, text: str) -> None:
    file = "datasets/stations.odcs.yaml" if text == CONTRACT else "indicators/sharing.yaml"
    for end in range(0, len(text), max(1, len(text) // 25)):
        compiled = load(province(telecom={file: text[:end]}))
        assert compiled.findings or compiled.catalogue is not None


def test_bytes_that_are_no_text_are_told_with_their_line(province: Write) -> None:
    home = province(telecom={})
    (home / "packs/telecom/indicators/sharing.yaml").write_bytes(b"format: 1\nid: \xff\xfe\n")
    assert [(f.code, f.line) for f in load(home).findings if f.code.startswith("KIT")] == [("KIT102", 2)]
