"""The same form again: its answer was lost with the line, or its button was pressed twice.

What the same person filled in otherwise, in a second tab, is another form.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tinh.cases import api as cases
from tinh.people import api as people


def before(code: str, doing: str, who: people.Actor, seen: int, reason: str, said: Mapping[str, Any]) -> bool:
    """Whether since its history had `seen` events `who` did this to the case for the same reason and with the
    same words in the form, `said`."""
    told = " ".join(reason.split())
    return bool(seen) and any(
        e.seq > seen
        and (e.action, e.actor, e.reason) == (doing, who.name[:200], told)
        and _agree(dict(_facts(e, who)), said)
        for e in cases.history(cases.case(code, who).case)
    )


def _facts(event: cases.Told, who: people.Actor) -> Iterator[tuple[str, Any]]:
    yield from event.facts.items()
    yield from (event.personal or {}).items()
    if parts := event.facts.get("parts"):
        yield "subjects", [cases.case(one, who).case.subject for one in parts]


def _agree(done: Mapping[str, Any], said: Mapping[str, Any]) -> bool:
    return all(_plain(done.get(name)) == _plain(value) for name, value in said.items())


def _plain(value: Any) -> str | list[str]:
    """A value as a form sends it and as the history keeps it, made alike."""
    if isinstance(value, list | tuple):
        return [str(one).strip() for one in value]
    if value is None or value is False:
        return ""
    return "true" if value is True else str(value).strip()
