"""Verbs over keys of programs and one-time links to a new password."""

from __future__ import annotations

import click

from tinh.cli.accounts import account, opened, operator
from tinh.cli.output import options, print_json, print_table, say, wants_json


@account.command("keys")
@options
def keys() -> int:
    """Every live key: whose, what it may, when it was last used and when it ends."""
    with opened():
        from tinh.people.api import live_tokens

        rows = [
            {
                "id": one.pk, "owner": one.owner.username, "name": one.name, "actions": one.actions,
                "datasets": one.datasets, "ends": one.expires_at.isoformat(),
                "used": one.last_used_at.isoformat() if one.last_used_at else None,
            }
            for one in live_tokens()
        ]  # fmt: skip
    if wants_json():
        print_json(rows)
        return 0
    print_table(
        (say("Số", "Id"), say("Của", "Owner"), say("Tên", "Name"), say("Được làm", "May"),
         say("Dùng lần cuối", "Last used"), say("Hết hạn", "Ends")),
        [
            (str(r["id"]), r["owner"], r["name"], ", ".join([*r["actions"], *r["datasets"]]) or "*",
             (r["used"] or "–")[:16], r["ends"][:16])
            for r in rows
        ],
    )  # fmt: skip
    return 0


@account.command("rotate")
@click.argument("key", type=int)
@click.option("--overlap", default=24, show_default=True, help="Hours the old secret still opens.")
@options
def rotate(key: int, overlap: int) -> int:
    """A new secret for the key of this id (see `account keys`), shown once."""
    with opened():
        from tinh.people.api import rotate_key

        made, secret = rotate_key(operator(), key, overlap)
        said = {"id": made.pk, "owner": made.owner.username, "name": made.name, "secret": secret}
    if wants_json():
        print_json(said)
    else:
        click.echo(secret)
    return 0


@account.command("revoke")
@click.argument("key", type=int)
@options
def revoke(key: int) -> int:
    """End the key of this id at once."""
    with opened():
        from tinh.people.api import revoke_key

        name = str(revoke_key(operator(), key))
    if wants_json():
        print_json({"id": key, "name": name, "revoked": True})
    else:
        click.echo(say(f"Đã thu hồi {name}.", f"Revoked {name}."))
    return 0


@account.command("reset")
@click.argument("name")
@click.option("--factors", is_flag=True, help="Also remove second factors, for lost devices.")
@options
def reset(name: str, factors: bool) -> int:
    """A link, good once within a day, with which NAME chooses a new password; shown once."""
    with opened():
        from tinh.people.api import account_named, make_reset

        path = f"/tai-khoan/dat-lai/{make_reset(operator(), account_named(name), drops_factors=factors)}"
    if wants_json():
        print_json({"name": name, "path": path})
    else:
        click.echo(path)
    return 0


COMMANDS = [account]
