"""The table of rights as a file: read whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest


def refused(tmp_path: Path, *changes: tuple[str, str]) -> str:
    from tinh.people.errors import RightsUnreadable
    from tinh.people.table import FILE, read

    text = FILE.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    file = tmp_path / "rights.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(RightsUnreadable) as error:
        read(file)
    return error.value.detail().en


def test_the_tables_own_file_is_whole(site) -> None:
    from tinh.people.table import FILE, read

    found = read(FILE)
    assert all(right.says.vi and right.says.en for right in found.rights.values())


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("  push:\n", "  push:\n    every agency: [viewer]\n", 'unknown key "every agency"'),
        ("own agency: [data_officer, service]", "own agency: [data_oficer]", 'unknown role "data_oficer"'),
        ("all: [administrator, operator]", "all: [operator, operator]", '"operator" stands twice'),
        ("all: [everyone, service]", "all: everyone", "a list of roles is needed"),
        ("    en: Deliver data\n", "", 'the key "en" is missing'),
        ("format: 1", "format: 2", "the format must be 1"),
        ("  push:\n", "  push:\n    vi: hai\n", "already stands on line"),
    ],
)
def test_a_table_with_a_fault_is_refused_with_its_line(site, tmp_path, old, new, says) -> None:
    assert says in refused(tmp_path, (old, new))


def test_all_faults_are_told_at_once(site, tmp_path) -> None:
    said = refused(tmp_path, ("format: 1", "format: 3"), ("read raw:", "read raw:\n    nobody: []"))
    assert "format" in said and '"nobody"' in said and said.count("PPL020") == 2
