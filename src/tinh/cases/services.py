"""The services every process may call: they change the case on this database, within the step's
transaction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from tinh.cases import clock, notices
from tinh.cases.clock_errors import NotLater
from tinh.cases.ground import ground
from tinh.cases.kinds import register_service
from tinh.cases.models import Case
from tinh.cases.turn import limits_of, times_of, wind

_SETTABLE = ("agency", "person", "severity", "category", "public", "outcome")


def _accept(case: Case, _arguments: Mapping[str, Any], moment: datetime) -> Mapping[str, Any]:
    wind(case, clock.accepted(times_of(case), ground().clock(), limits_of(case), moment, case.severity))
    return {"accepted_at": moment.isoformat()}


def _answer(case: Case, _arguments: Mapping[str, Any], moment: datetime) -> Mapping[str, Any]:
    wind(case, clock.answered(times_of(case), ground().clock(), limits_of(case), moment))
    return {"answered_at": moment.isoformat()}


def _set(_case: Case, arguments: Mapping[str, Any], _moment: datetime) -> Mapping[str, Any]:
    return {name: arguments[name] for name in _SETTABLE if name in arguments}


def _notify(case: Case, arguments: Mapping[str, Any], moment: datetime) -> Mapping[str, Any]:
    audience = str(arguments.get("audience") or "reporter")
    wanted = arguments.get("channels") or ()
    channels = tuple(wanted.split()) if isinstance(wanted, str) else tuple(wanted)
    template = str(arguments.get("template") or "changed")
    for one in audience.replace(",", " ").split():
        notices.tell(case, template, one, moment, channels)
    return {}


def _escalate(case: Case, arguments: Mapping[str, Any], moment: datetime) -> Mapping[str, Any]:
    to = str(arguments.get("to") or "supervisors")
    notices.tell(case, str(arguments.get("template") or "escalated"), to, moment)
    return {"escalated": True}


def _restart(case: Case, _arguments: Mapping[str, Any], moment: datetime) -> Mapping[str, Any]:
    """The promise starts anew, as at the opening."""
    found = clock.opened(ground().clock(), limits_of(case), moment, case.severity)
    wind(case, replace(found, accepted_at=None))
    return {}


def _extend(case: Case, arguments: Mapping[str, Any], _moment: datetime) -> Mapping[str, Any]:
    """More time for finishing, to the end of work of the day `until`; as often as the process grants it.
    NotLater."""
    day = date.fromisoformat(str(arguments.get("until") or "")[:10])
    until, times = ground().clock().day_end(day), times_of(case)
    if times.finish_by is not None and until <= times.finish_by:
        raise NotLater(until=until.isoformat(), due=times.finish_by.isoformat())
    wind(case, replace(times, finish_by=until, extended=True))
    return {"finish_by": until.isoformat()}


register_service("extend", _extend, quick=True, house=True)
register_service("accept", _accept, quick=True, house=True)
register_service("answer", _answer, quick=True, house=True)
register_service("set", _set, quick=True, house=True)
register_service("assign", _set, quick=True, house=True)
register_service("notify", _notify, quick=True, house=True)
register_service("escalate", _escalate, quick=True, house=True)
register_service("restart", _restart, quick=True, house=True)
