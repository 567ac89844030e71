"""Declared files are read strictly: codes stay codes, and each fault has a line."""

from __future__ import annotations

from pathlib import Path

import pytest

from tinh.kit import yamltree

HERE = Path("x.yaml")


def read(text: str) -> yamltree.Document:
    return yamltree.parse(text.encode(), HERE)


@pytest.mark.parametrize(
    "code", ["06", "012", "1_000", "1:30", "no", "yes", "on", "off", "2025-07-01", "0x1f", "00.5", ".inf",
             "1" * 19, "v3.1.0", "1.2.3", "e5", "."]
)  # fmt: skip
def test_yaml_keeps_what_looks_like_a_code_as_text(code: str) -> None:
    assert read(f"a: {code}").value == {"a": code}
    assert read(f"{code}: 1").value == {code: 1}


def test_yaml_reads_numbers_truth_and_nothing() -> None:
    value = read(
        "{a: 1, b: -2.5, c: true, d: null, e: ~, f: , g: 0, h: 1e3, i: .5, j: '7', k: !!str 8}"
    ).value
    assert value == {
        "a": 1, "b": -2.5, "c": True, "d": None, "e": None, "f": None, "g": 0, "h": 1000.0, "i": 0.5,
        "j": "7", "k": "8",
    }  # fmt: skip


def test_yaml_knows_the_line_and_the_raw_text_of_every_key() -> None:
    document = read("# words\na:\n  b: 06\n  c:\n    - x\n    - {d: 1}\n")
    assert document.line("a", "b") == 3
    assert document.line("a", "c", 1, "d") == 6
    assert document.line("a", "missing", "deeper") == 2
    assert document.raw("a", "b") == "06"


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("a: 1\nb: 2\na: 3\n", "KIT103", 3),
        ("a:\n\tb: 1\n", "KIT104", 2),
        ("a: [1, 2\nb: 3\n", "KIT101", 2),
        ("a: !!python/object:os.system x\n", "KIT105", 1),
        ("a: !secret x\n", "KIT105", 1),
        ("? [a, b]\n: 1\n", "KIT107", 1),
        ("a: 1\n---\nb: 2\n", "KIT101", 2),
        ("a: &x [*x]\n", "KIT106", 1),
        ("a: *nobody\n", "KIT101", 1),
        ("a: !!int sáu\n", "KIT105", 1),
    ],
)
def test_yaml_refuses_with_a_code_and_a_line(text: str, code: str, line: int) -> None:
    findings = read(text).findings
    assert [(f.code, f.line) for f in findings] == [(code, line)]
    assert findings[0].cure.vi and findings[0].cure.en
    assert findings[0].code in yamltree.FINDINGS


def test_yaml_refuses_a_bomb_of_aliases_and_a_deep_well() -> None:
    layers = ["l0: &l0 [a,a,a,a,a,a,a,a,a,a]"]
    layers += [f"l{i}: &l{i} [{','.join([f'*l{i - 1}'] * 10)}]" for i in range(1, 9)]
    assert read("\n".join(layers)).findings[0].code == "KIT106"
    assert read("a: " + "[" * 5000).findings[0].code in ("KIT101", "KIT106")
    assert read("a: " + "[" * 900 + "]" * 900).findings[0].code in ("KIT101", "KIT106")


def test_yaml_takes_harmless_aliases_and_merges() -> None:
    value = read("base: &b {x: 1, y: 2}\nsame: *b\nmore: {<<: *b, y: 3}\n").value
    assert value["same"] == {"x": 1, "y": 2}
    assert value["more"] == {"x": 1, "y": 3}


def test_yaml_names_the_line_that_is_not_utf8() -> None:
    document = yamltree.parse("a: 1\nb: Thái".encode("cp1258", "replace") + b"\xff", HERE)
    assert [(f.code, f.line) for f in document.findings] == [("KIT102", 2)]


def test_yaml_takes_a_byte_order_mark_and_an_empty_file(tmp_path: Path) -> None:
    assert yamltree.parse(b"\xef\xbb\xbfa: 1", HERE).value == {"a": 1}
    assert read("").value is None and not read("").findings
    assert yamltree.load(tmp_path / "nowhere.yaml").findings[0].code == "KIT108"


@pytest.mark.parametrize("text", ["[" * 100_000, "{a: " * 50_000, "- " * 60_000, "? " * 60_000])
def test_a_file_nested_without_end_is_a_finding_and_not_the_end_of_the_process(
    tmp_path: Path, text: str
) -> None:
    file = tmp_path / "deep.yaml"
    file.write_text(text)
    document = yamltree.load(file)
    assert document.value is None and [f.code for f in document.findings] == ["KIT106"]
