"""Verbs over posts: what somebody holds, a further one, ending one, leaving."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

import click

from tinh.cli.accounts import account, opened
from tinh.cli.output import options, print_json, print_table, say, wants_json

if TYPE_CHECKING:
    from tinh.people.api import Actor


@account.command("posts")
@click.argument("name")
@options
def posts(name: str) -> int:
    """The posts of NAME, the main one first."""
    with opened():
        from tinh.people.api import account_named, posts_of

        user = account_named(name)
        main = {"id": None, "role": user.role, "agency": user.agency, "place": user.place,
                "sector": user.sector, "since": None, "until": None, "acting_for": "", "reason": "",
                "ended_at": None}  # fmt: skip
        keys = tuple(main)
        found = [main, *({k: getattr(p, k) for k in keys} for p in posts_of(user))]
    if wants_json():
        print_json(found)
        return 0
    print_table(
        ("#", say("Vai trò", "Role"), say("Cơ quan", "Agency"), say("Địa bàn", "Place"),
         say("Lĩnh vực", "Sector"), say("Từ", "Since"), say("Đến", "Until"), say("Thay", "For")),
        [
            (p["id"] or "", p["role"], p["agency"], p["place"], p["sector"], _day(p["since"]),
             _day(p["ended_at"] or p["until"]), p["acting_for"])
            for p in found
        ],
    )  # fmt: skip
    return 0


@account.command("post")
@click.argument("name")
@click.option("--role", required=True, help="What the post may do.")
@click.option("--agency", default="", help="Agency it holds for.")
@click.option("--place", default="", help="Code of the unit it holds for.")
@click.option("--sector", default="", help="Pack it holds for.")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="Its last day.")
@click.option("--reason", default="", help="By which decision.")
@options
def post(
    name: str, role: str, agency: str, place: str, sector: str, until: datetime | None, reason: str
) -> int:
    """Give NAME a further post."""
    from tinh.jobs.api import end_of, scope

    with opened():
        from tinh.people.api import account_named, fit_days, give_post

        wanted = scope(role, agency, place, sector)
        end = end_of(until.date()) if until else None
        fit_days(None, end)
        made = give_post(_operator(), account_named(name), wanted, until=end, reason=reason)
    return _said({"account": name, "post": made.pk, "role": made.role, "agency": made.agency})


@account.command("end-post")
@click.argument("name")
@click.argument("number", type=int)
@options
def end_post(name: str, number: int) -> int:
    """End the post NUMBER of NAME (see tinh account posts), with what was handed on out of it."""
    with opened():
        from tinh.people.api import PostUnusable, account_named, posts_of
        from tinh.people.api import end_post as end

        found = next((p for p in posts_of(account_named(name)) if p.pk == number), None)
        if found is None:
            raise PostUnusable(
                reason_vi=f"{name} không có chức vụ số {number}", reason_en=f"{name} has no post {number}"
            )
        end(_operator(), number)
    return _said({"account": name, "post": number, "ended": True})


@account.command("leave")
@click.argument("name")
@click.option("--to", default="", help="The colleague who takes over what is open.")
@click.option("--reason", required=True, help="Why; kept in the access log.")
@options
def leave(name: str, to: str, reason: str) -> int:
    """NAME leaves: sessions, keys and posts end, duties go to a colleague, the account stays for the log."""
    from tinh.jobs.api import leave as close

    with opened():
        from tinh.people.api import account_named

        left = close(account_named(name), _operator(), account_named(to) if to else None, reason)
        facts = {"account": name, "to": to or None, "keys": len(left.keys), "posts": len(left.posts),
                 "headships": list(left.headships), "sessions": left.sessions}  # fmt: skip
    return _said(facts)


def _operator() -> Actor:
    """Whoever stands at the machine may what an administrator may."""
    from tinh.people.api import Actor

    return Actor(name="tinh account", role="administrator")


def _said(facts: Mapping[str, object]) -> int:
    if wants_json():
        print_json(facts)
    else:
        click.echo("  ".join(f"{key}: {value}" for key, value in facts.items()))
    return 0


def _day(moment: object) -> str:
    return f"{moment:%d.%m.%Y}" if isinstance(moment, datetime) else "–"


COMMANDS: list[click.Command] = []
