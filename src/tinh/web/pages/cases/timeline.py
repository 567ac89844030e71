"""The history of a case as people read it: who did what, when, why, and what changed by it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from tinh.cases import api as cases
from tinh.kit.errors import Text
from tinh.web import formats
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


def events(history: Iterable[cases.Told], tell: Teller, own: Mapping[str, Text] | None = None) -> list[Event]:
    """The newest first. `own`: what the case's process calls its actions."""
    return [_event(one, tell, own or {}) for one in sorted(history, key=lambda e: -e.seq)]


def _event(one: cases.Told, tell: Teller, own: Mapping[str, Text]) -> Event:
    say = tell.say
    said = [
        str(v)
        for k, v in (one.personal or {}).items()
        if k in ("text", "answer", "message", "progress") and v
    ]
    return Event(
        one.seq, tell.at(one.at), deed(one.action, say, own, tell.language), _by(one, say), one.reason,
        list(_facts(one.facts, tell)), said, one.erased, one.action, one.actor, one.digest[:12],
    )  # fmt: skip


def deed(action: str, say: Say, own: Mapping[str, Text], language: str) -> str:
    """An action in words; what the case's process declares is called as it says there."""
    if action in own:
        return own[action].in_(language)
    plain = re.sub(r"[^a-z0-9]+", "_", action.lower())
    for key in (f"casedeed.{plain}", f"clerking.did_{plain}"):
        if key in keys("vi"):
            return say(key)
    return say("clerking.did_message") if action.startswith("message ") else action


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
    from datetime import date, datetime

    try:
        if len(str(value)) == len("2026-11-25"):
            return formats.day(date.fromisoformat(str(value)), tell.language)
        return tell.at(datetime.fromisoformat(str(value)))
    except ValueError:
        return str(value)
