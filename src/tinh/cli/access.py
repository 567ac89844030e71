"""Verbs over the access log."""

from __future__ import annotations

from dataclasses import asdict

import click

from tinh.cli.accounts import opened
from tinh.cli.output import options, print_json, say, wants_json

_PROBLEMS = {
    "changed": ("dòng {n} đã bị sửa", "line {n} was changed"),
    "missing": ("dòng {n} bị mất", "line {n} is missing"),
    "reordered": ("dòng {n} sai thứ tự", "line {n} is out of order"),
    "forged": ("mốc tại dòng {n} bị giả", "the anchor at line {n} is forged"),
    "unsigned": ("chữ ký của đầu chuỗi (dòng {n}) không đúng", "the head's signature (line {n}) is wrong"),
}


@click.group()
@options
def access() -> None:
    """The log of who looked at what."""


@access.command("verify")
@options
def verify() -> int:
    """Prove that no line of the access log was changed, taken away or put elsewhere.

    Leaves with 1 and names the first line that is not as it was written.
    """
    with opened():
        from tinh.people.api import verify as check

        found = check()
    if wants_json():
        print_json(asdict(found))
        return int(bool(found.problem))
    if found.problem:
        vi, en = (text.format(n=found.number) for text in _PROBLEMS[found.problem])
        click.echo(say(f"Nhật ký KHÔNG còn nguyên vẹn: {vi}.", f"The log is NOT intact: {en}."))
        return 1
    click.echo(
        say(
            f"Nhật ký nguyên vẹn: {found.lines} dòng, từ {found.first} đến {found.last}; "
            f"{found.anchored} lần xoá theo thời hạn.",
            f"The log is intact: {found.lines} lines, {found.first} to {found.last}; "
            f"pruned {found.anchored} times.",
        )
    )
    return 0


COMMANDS = [access]
