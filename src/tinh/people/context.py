"""Who stands behind a query. PostgreSQL asks the same before it shows a row of a locked table.

A request begins as a stranger, who sees no locked row, and becomes a person once it is known who
asks. What works for the process itself goes through a named door:

    with people.through("sign-in"): ...    looking up the account somebody signs in to
    with people.through("record"): ...     writing the access log
    with people.through("subject"): ...    one's own consents and requests; whose data is restricted
    with people.through("grant"): ...      posts and keys of programs, once it is known that one may
    with people.through("case"): ...       the rows of a case, once it is known that one may see or change it
    with people.through("work"): ...       background work and the command line

Outside of requests the door is "work": threads of the server, jobs and commands.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache, cached_property
from typing import TYPE_CHECKING, Literal, get_args

if TYPE_CHECKING:
    from tinh.people.rights import Action, Actor

Door = Literal["stranger", "person", "sign-in", "record", "subject", "grant", "case", "work"]
OPEN = str(-(2**63))  # the number from which on rows are seen; nothing: none is


@dataclass(frozen=True)
class Context:
    """What PostgreSQL is told: who asks, which tables are open to them, and which agencies are theirs."""

    door: Door
    actor: Actor | None = None

    @cached_property
    def told(self) -> str:
        from tinh.people.locks import locked

        facts: dict[str, str] = {"door": self.door, "account": "", "name": ""}
        if self.actor is not None:
            facts |= {"account": str(self.actor.account or ""), "name": self.actor.name}
        for table, lock in locked().items():
            through = self.door in ("work", *lock.doors)
            for verb, action in (("see", lock.read), ("change", lock.write)):
                agencies = self._agencies(action)
                facts[f"{verb}.{table}"] = OPEN if through or agencies is None else ""
                if lock.agency and action is not None:
                    facts[f"{verb}.{table}.agencies"] = _array(agencies or ())
        return json.dumps(facts, ensure_ascii=False)

    def _agencies(self, action: Action | None) -> frozenset[str] | None:
        from tinh.people.rights import among_agencies

        return among_agencies(self.actor, action) if action is not None else frozenset()


def _array(texts: Iterable[str]) -> str:
    """A text[] as PostgreSQL writes it."""
    quoted = (text.replace("\\", r"\\").replace('"', r"\"") for text in sorted(texts))
    return "{" + ",".join(f'"{text}"' for text in quoted) + "}"


_DOORS: dict[Door, Context] = {door: Context(door) for door in get_args(Door)}
_standing: ContextVar[Context] = ContextVar("tinh.who", default=_DOORS["work"])


@cache
def nothing() -> str:
    """What takes back all that may have been told."""
    return json.dumps(dict.fromkeys(json.loads(_DOORS["work"].told), ""))


def told_of(door: Door) -> str:
    return _DOORS[door].told


def standing() -> Context:
    return _standing.get()


def stand(door: Door, actor: Actor | None = None) -> None:
    """From here on, for the rest of this request or task."""
    _standing.set(Context(door, actor) if actor is not None else _DOORS[door])


@contextmanager
def through(door: Door) -> Iterator[None]:
    """Go through a named door, and come back as whoever it was."""
    before = _standing.set(_DOORS[door])
    try:
        yield
    finally:
        _standing.reset(before)


@contextmanager
def as_person(actor: Actor) -> Iterator[None]:
    """See what this person may see."""
    before = _standing.set(Context("person", actor))
    try:
        yield
    finally:
        _standing.reset(before)
