"""The history of a case as people read it: who did what, when, why, and what changed by it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from tinh.cases import api as cases
from tinh.web.pages.cases.lines import Teller, agency_name, category_name
from tinh.web.words import Say, keys

_QUIET = ("kind", "process", "person", "version")


@dataclass(frozen=True, slots=True)
class Event:
    seq: int
    when: str
    what: str
    by: str
    reason: str
    facts: list[tuple[str, str]]
    said: list[str]
    erased: bool
    action: str
    account: str
    digest: str


def events(history: Iterable[cases.Told], tell: Teller) -> list[Event]:
    """The newest first."""
    return [_event(one, tell) for one in sorted(history, key=lambda e: -e.seq)]


def _event(one: cases.Told, tell: Teller) -> Event:
    say = tell.say
    said = [str(v) for k, v in (one.personal or {}).items() if k in ("text", "answer", "message") and v]
    return Event(
        one.seq, tell.at(one.at), deed(one.action, say), _by(one, say), one.reason,
        list(_facts(one.facts, tell)), said, one.erased, one.action, one.actor, one.digest[:12],
    )  # fmt: skip


def deed(action: str, say: Say) -> str:
    """An action in words; what a pack names itself is shown as the pack names it."""
    key = f"casedeed.{action.replace('-', '_').replace(' ', '_')}"
    return say(key) if key in keys("vi") else action


def _by(one: cases.Told, say: Say) -> str:
    if one.role == "citizen":
        return say("cases.by_citizen")
    return say("cases.by_system") if one.role == "system" else one.actor


def _facts(facts: Mapping[str, Any], tell: Teller) -> Iterable[tuple[str, str]]:
    say = tell.say
    for name, value in facts.items():
        key = f"casefact.{name}"
        if name in _QUIET or key not in keys("vi") or value in (None, "", [], {}):
            continue
        yield say(key), _value(name, value, tell)


def _value(name: str, value: Any, tell: Teller) -> str:
    say = tell.say
    match name:
        case "agency" | "from_agency" | "to_agency":
            return agency_name(str(value), tell.language)
        case "category":
            return category_name(str(value), tell.language)
        case "place":
            return tell.place(str(value))
        case "severity":
            return say(f"caseseverity.{value}")
        case "source":
            return say(f"casesource.{str(value).replace('-', '_')}")
        case "state":
            return say(f"casestate.{value}")
        case "outcome":
            return say(f"caseoutcome.{value}")
        case "until" | "finish_by" | "accept_by" | "due_at" | "before" | "after":
            return _moment(value, tell)
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _moment(value: Any, tell: Teller) -> str:
    from datetime import datetime

    try:
        return tell.at(datetime.fromisoformat(str(value)))
    except ValueError:
        return str(value)
