"""The second lock: row-level security on every table that says something of people.

A model says who sees its rows, beside its fields:

    lock: ClassVar[Lock] = Lock(read="read accounts", agency="agency", account="id")

At a start, after the migrations, `close_locks` gives each table the policies its `lock` states; a
system check refuses a model with personal fields and without one. A query that no request and no
named door stands behind sees nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.core.checks import CheckMessage, Error

from tinh.people.context import Door

if TYPE_CHECKING:
    from tinh.people.rights import Action


@dataclass(frozen=True, slots=True)
class Lock:
    """Who reaches a row of a table. `account`, `name` and `agency` are columns; "" where there is none.

    read     the action that opens rows: all of them, or those of the own agencies by `agency`
    write    the action that changes them; without one only their owner and the doors do
    account  column with the number of the account a row belongs to: its owner reads and writes it
    name     column with the name of whoever a row is about: reads it
    doors    named doors that see and change every row, besides "work"
    adding   whether anybody may add a row (a log), without seeing others
    append   rows are added and never changed or dropped, but through a named door
    key      a column of whole numbers with an index that every row has; "" where there is none
    """

    read: Action | None = None
    write: Action | None = None
    account: str = ""
    name: str = ""
    agency: str = ""
    doors: tuple[Door, ...] = ()
    adding: bool = False
    append: bool = False
    key: str = "id"


@cache
def locked() -> dict[str, Lock]:
    """Every table with a lock."""
    apps.check_models_ready()
    found = {model._meta.db_table: getattr(model, "lock", None) for model in apps.get_models()}
    return {table: lock for table, lock in found.items() if isinstance(lock, Lock)}


def statements(table: str, lock: Lock) -> list[str]:
    """What gives a table its policies.

    Every arm of a policy is one that an index answers: the planner reads the settings while it plans and
    takes the index of the arm that is open, where a question like `(select …) = 'administrator'` in an OR
    would make it walk the whole table. "Sees all" is therefore "from the smallest number on".
    """
    see = [_open(table, "see", lock.key)]
    change = [_open(table, "change", lock.key)]
    for arms, verb, action in ((see, "see", lock.read), (change, "change", lock.write)):
        if lock.agency and action is not None:
            arms.append(f"{lock.agency} = any ({_told(f'{verb}.{table}.agencies')}::text[])")
        if lock.account:
            arms.append(f"{lock.account} = {_told('account')}::bigint")
    if lock.name:
        see.append(f"{lock.name} = {_told('name')}")
    reads, writes = " or ".join(see), " or ".join(change)
    later = change[0] if lock.append else writes
    return [
        f"alter table {table} enable row level security",
        f"alter table {table} force row level security",
        f"create policy tinh_see on {table} for select using ({reads})",
        f"create policy tinh_add on {table} for insert with check ({'true' if lock.adding else writes})",
        f"create policy tinh_change on {table} for update using ({later}) with check ({later})",
        f"create policy tinh_drop on {table} for delete using ({later})",
    ]


def _told(name: str) -> str:
    return f"nullif(current_setting('tinh.{name}', true), '')"


def _open(table: str, verb: str, key: str) -> str:
    told = _told(f"{verb}.{table}")
    return f"{key} >= {told}::bigint" if key else f"(select {told}) is not null"


def digest(sql: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(sql).encode()).hexdigest()[:32]


def close_locks(connection: Any) -> list[str]:
    """Give every locked table the policies declared; the tables that were not so already. Asks as owner."""
    changed = []
    with connection.cursor() as cursor:
        cursor.execute(
            "select c.relname, obj_description(p.oid, 'pg_policy') from pg_policy p "
            "join pg_class c on c.oid = p.polrelid where p.polname = 'tinh_see' "
            "and c.relrowsecurity and c.relforcerowsecurity"
        )
        standing = dict(cursor.fetchall())
        for table, lock in locked().items():
            sql = statements(table, lock)
            mark = digest(sql)
            if standing.get(table) == mark:
                continue
            cursor.execute("select polname from pg_policy where polrelid = %s::regclass", [table])
            for (name,) in cursor.fetchall():
                cursor.execute(f'drop policy "{name}" on {table}')
            for line in sql:
                cursor.execute(line)
            cursor.execute(f"comment on policy tinh_see on {table} is '{mark}'")
            changed.append(table)
    return changed


def unlocked(**_: Any) -> list[CheckMessage]:
    """One error per model that says something of people and has no lock (nor says in `unlocked` why not),
    and per column that is none."""
    found: list[CheckMessage] = []
    for model in apps.get_models():
        if not model.__module__.startswith("tinh."):
            continue
        lock = getattr(model, "lock", None)
        kept = getattr(model, "personal", {}).values()
        if not isinstance(lock, Lock):
            if any(word != "none" for word in kept) and not getattr(model, "unlocked", ""):
                found.append(
                    Error(
                        f"{model.__name__} says something of people and has no lock",
                        hint="Say who sees its rows: lock: ClassVar[Lock] = Lock(...); see Lock.",
                        obj=model,
                        id="people.E003",
                    )
                )
            continue
        columns = {field.column for field in model._meta.concrete_fields}
        found += [
            Error(f"{model.__name__}.lock names {name}, which is no column", obj=model, id="people.E005")
            for name in (lock.account, lock.name, lock.agency, lock.key)
            if name and name not in columns
        ]
    return found


_ONLY_ADDED = ("people_anchor", "people_consent", "people_subjectevent")


def narrow(cursor: Any, account: str) -> None:
    """Take from the account that asks what nobody needs: to rewrite what is only added to."""
    for line in (
        "revoke update, delete, truncate on people_access, {tables} from {account}",
        "grant update (number, before, digest) on people_access to {account}",
    ):
        cursor.execute(line.format(tables=", ".join(_ONLY_ADDED), account=f'"{account}"'))
