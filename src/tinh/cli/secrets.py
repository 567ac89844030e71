"""Verbs over secrets of sources: set, list, forget. A value never stands on the command line."""

from __future__ import annotations

import getpass
import sys
from typing import TYPE_CHECKING

import click

from tinh.cli import province
from tinh.cli.output import options, print_json, print_table, say, wants_json

if TYPE_CHECKING:
    from tinh.sources.api import Vault


def _vault() -> Vault:
    from tinh.flow.api import home_for
    from tinh.sources.api import Vault

    return Vault(home_for(province.catalogue()).root)


@click.group()
@options
def secret() -> None:
    """Passwords and keys of sources, sealed in the data folder."""


@secret.command("set")
@click.argument("name")
@options
def put(name: str) -> int:
    """Keep a secret as NAME; its value is read from standard input, or asked for on a terminal."""
    if sys.stdin.isatty():
        value = getpass.getpass(say(f"Giá trị của {name}: ", f"Value of {name}: "))
    else:
        value = sys.stdin.buffer.read(1 << 20).decode("utf-8", "surrogateescape")
        value = value.removesuffix("\n").removesuffix("\r")
    vault = _vault()
    vault.put(name, value, by=getpass.getuser())
    kept = vault.kept(name)
    assert kept is not None
    if wants_json():
        print_json(kept.as_dict())
    else:
        click.echo(
            say(f"Đã giữ bí mật {name}; không xem lại được.", f"{name} is kept; it cannot be shown again.")
        )
    return 0


@secret.command("list")
@options
def listing() -> int:
    """The names that are kept, when each was set and by whom; never a value."""
    kept = _vault().names()
    if wants_json():
        print_json([one.as_dict() for one in kept])
    elif not kept:
        click.echo(say("Chưa giữ bí mật nào.", "No secrets are kept."))
    else:
        print_table(
            (say("Tên", "Name"), say("Đặt lúc", "Set at"), say("Người đặt", "By")),
            [(one.name, f"{one.at:%d/%m/%Y %H:%M} UTC", one.by) for one in kept],
        )
    return 0


@secret.command("forget")
@click.argument("name")
@options
def forget(name: str) -> int:
    """Remove the secret NAME. Leaves with 1 when there was none."""
    gone = _vault().forget(name)
    if wants_json():
        print_json({"name": name, "forgotten": gone})
    elif gone:
        click.echo(say(f"Đã bỏ bí mật {name}.", f"{name} is forgotten."))
    else:
        click.echo(say(f"Không có bí mật {name}.", f"There is no secret {name}."))
    return int(not gone)


COMMANDS = [secret]
