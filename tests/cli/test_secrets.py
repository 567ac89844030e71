"""Secrets from the command line: read from standard input, never shown."""

from __future__ import annotations

from pathlib import Path

from tests.harness.commands import Said, command

VALUE = "mat-khau-cua-kho-123"


def test_a_secret_is_set_from_standard_input_listed_without_its_value_and_forgotten(
    tinh, tmp_path: Path
) -> None:
    home = tmp_path / "home"

    def said(*words: str, given: str) -> Said:
        return command(["secret", *words], {"TINH_HOME": str(home)}, given=given)

    done = said("set", "kho", given=VALUE + "\n")
    assert done.code == 0 and VALUE not in done.out + done.err
    listed = tinh("secret", "list", "--json")
    assert [one["name"] for one in listed.json] == ["kho"] and VALUE not in listed.out
    on_disk = b"".join(p.read_bytes() for p in home.rglob("*") if p.is_file())
    assert VALUE.encode() not in on_disk
    wrong = said("set", "kho-1", given=VALUE)
    assert wrong.code == 2 and "SRC100" in wrong.err and VALUE not in wrong.err
    as_word = said("set", "kho", VALUE, given="")
    assert as_word.code == 2, "a value on the command line would stand in the process list"
    assert tinh("secret", "forget", "kho").code == 0
    assert tinh("secret", "forget", "kho").code == 1
