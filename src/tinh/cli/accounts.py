"""Verbs over accounts: open one, change its password, make a key for a program."""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import Iterator
from typing import TYPE_CHECKING, get_args

import click

from tinh.cli import province
from tinh.cli.output import options, print_json, print_table, say, wants_json
from tinh.packs.api import SignInRole

if TYPE_CHECKING:
    from tinh.people.api import Actor

ROLES = (*get_args(SignInRole), "service")  # the roles' own list only opens with a database
_SHOWN = ("username", "full_name", "role", "agency", "place", "sector", "is_active")


@contextlib.contextmanager
def opened() -> Iterator[None]:
    """The database of the province, for as long as the verb runs."""
    from tinh.flow.api import home_for
    from tinh.site.api import prepare, read_options

    declared = province.catalogue()
    settings = read_options(log="error", province=province.folder())
    with contextlib.closing(prepare(declared, home_for(declared).root, settings)):
        yield


def operator() -> Actor:
    """Whoever holds the machine: as an administrator, by the name of the command line."""
    from tinh.people.api import Actor

    return Actor(name="cli", role="administrator")


@click.group()
@options
def account() -> None:
    """Who may sign in, and keys for programs that push."""


@account.command("add")
@click.argument("name")
@click.option("--role", type=click.Choice(ROLES), default="viewer", show_default=True,
              help="What the account may do; `service`: a program, which has keys alone.")  # fmt: skip
@click.option("--agency", default="", help="Agency id the account works for.")
@click.option("--place", default="", help="Code of the unit the account is held to.")
@click.option("--sector", default="", help="Pack the account is held to.")
@click.option("--full-name", default="", help="The person's name.")
@click.option("--email", default="", help="The person's e-mail address.")
@options
def add(name: str, role: str, agency: str, place: str, sector: str, full_name: str, email: str) -> int:
    """Open the account NAME; its password is made and shown once."""
    password = secrets.token_urlsafe(15)
    with opened():
        from tinh.jobs.api import scope
        from tinh.people.api import create_account

        held = scope(role, agency, place, sector)
        create_account(
            name, password, held.role, agency=held.agency, place=held.place, sector=held.sector,
            full_name=full_name, email=email,
        )  # fmt: skip
    return _show(name, "" if role == "service" else password)


@account.command("password")
@click.argument("name")
@click.option("--keep-keys", is_flag=True, help="Leave the account's keys alive; they end otherwise.")
@options
def password(name: str, keep_keys: bool) -> int:
    """Give NAME a new password, made and shown once; every session of the account ends."""
    fresh = secrets.token_urlsafe(15)
    with opened():
        from tinh.people.api import account_named, set_password

        set_password(account_named(name), fresh, keys=not keep_keys)
    return _show(name, fresh)


@account.command("list")
@options
def listing() -> int:
    """Every account with its role and agency."""
    with opened():
        from tinh.people.api import User

        rows = list(User.objects.order_by("username").values(*_SHOWN))
    if wants_json():
        print_json(rows)
        return 0
    print_table(
        (
            say("Tên", "Name"),
            say("Vai trò", "Role"),
            say("Cơ quan", "Agency"),
            say("Địa bàn", "Place"),
            say("Lĩnh vực", "Sector"),
            "",
        ),
        [
            (
                r["username"],
                r["role"],
                r["agency"],
                r["place"],
                r["sector"],
                "" if r["is_active"] else say("đã khóa", "closed"),
            )
            for r in rows
        ],
    )
    return 0


@account.command("token")
@click.argument("owner")
@click.argument("name")
@click.option("--dataset", multiple=True, help="Only these datasets; all that the owner may send otherwise.")
@click.option(
    "--action", multiple=True, help="Only these actions; a service account's key names at least one."
)
@click.option("--days", default=90, show_default=True, help="How long the key opens the door.")
@options
def token(owner: str, name: str, dataset: tuple[str, ...], action: tuple[str, ...], days: int) -> int:
    """A key called NAME for a program that speaks for OWNER; its secret is shown once."""
    declared = province.catalogue()
    wanted = [province.dataset(declared, each).id for each in dataset]
    with opened():
        from tinh.people.api import account_named, make_key

        _, secret = make_key(
            operator(), account_named(owner), name, actions=action, datasets=wanted, days=days
        )
    if wants_json():
        print_json({"owner": owner, "name": name, "datasets": wanted, "days": days, "secret": secret})
    else:
        click.echo(secret)
    return 0


def _show(name: str, password: str) -> int:
    if wants_json():
        print_json({"name": name, "password": password})
    else:
        click.echo(f"{name}  {password}")
    return 0


COMMANDS = [account]
