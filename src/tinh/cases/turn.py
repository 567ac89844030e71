"""One change of one case: its row locked, its clock put right, its events chained, all in one transaction."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.db import transaction

from tinh.cases import chain, clock, notices, words
from tinh.cases.case_errors import CaseClosed, NoSuchCase, StaleCase
from tinh.cases.clock import Limits, Times
from tinh.cases.codes import read_code
from tinh.cases.ground import ground
from tinh.cases.kinds import kind_of
from tinh.cases.models import Case, Event
from tinh.cases.shapes import ENDED
from tinh.cases.writing import Together, plain, read
from tinh.people import api as people

CLOCK = "~clock"  # the step that waits for the next mark of the case's own limit
MARKS = ("soon", "late", "very_late")
MOVES = ("state", "agency", "person_id", "finish_by")  # of these whoever watches a case is told


@dataclass(frozen=True, slots=True)
class Who:
    """Who is behind a change, as the history says it."""

    name: str
    role: str
    account: int | None = None


CITIZEN = Who("", "citizen")
HOUSE = Who("tinh", "system")


def who_of(actor: people.Actor | None) -> Who:
    return CITIZEN if actor is None else Who(actor.name[:200], actor.role, actor.account)


@dataclass(frozen=True, slots=True)
class Link:
    """An event of a case, in its chain, with its personal payload."""

    case: Case
    said: Mapping[str, Any]
    before: str
    digest: str
    salt: str
    personal: Mapping[str, Any] | None

    def into(self, together: Together) -> None:
        """Let it be written with other rows of its case."""
        said = self.said
        together.row(
            "cases_event", _EVENT, ", ".join(["%s"] * 11),
            [
                said["seq"], said["at"], said["actor"], said["role"], said["account"], said["action"],
                said["reason"], json.dumps(said["facts"]), said["payload_digest"], self.before, self.digest,
            ],
            name=f"event_{said['seq']}" if self.personal is not None else "",
        )  # fmt: skip
        if self.personal is not None:
            sql = f"{_PAYLOAD} from event_{said['seq']}"
            together.also(sql, [self.salt, json.dumps(self.personal)])

    def write(self) -> None:
        together = Together(self.case.pk)
        self.into(together)
        together.write()


_EVENT = "seq, at, actor, role, account, action, reason, facts, payload_digest, before, digest"
_PAYLOAD = "insert into cases_payload (event_id, case_id, salt, content) select id, case_id, %s, %s::jsonb"


@dataclass
class Turn:
    """A locked case and what is done to it. `event` chains what was done; the row is saved at the end."""

    case: Case
    who: Who
    moment: datetime
    actor: people.Actor | None = None
    outcome: Any = None  # the newest of the process; see running.py
    definition: Any = None
    waited: tuple[str, datetime] | None = None  # the mark its clock step waits for
    traits: tuple[str, ...] = field(init=False)  # it was found by when the turn began
    steps: dict[str, Any] | None = None  # the rows of what its process waits for, once read
    later: list[Link] = field(default_factory=list)  # events that go with the rows that follow from them
    before: dict[str, Any] = field(init=False)  # the case's columns when the turn began

    def __post_init__(self) -> None:
        self.traits, self.before = words.traits_of(self.case), plain(self.case)

    @property
    def times(self) -> Times:
        return times_of(self.case)

    def event(
        self,
        action: str,
        reason: str = "",
        facts: Mapping[str, Any] | None = None,
        personal: Mapping[str, Any] | None = None,
    ) -> Link:
        """Add a link to the case's history. `personal` is kept apart and can be erased."""
        made = self.chained(action, reason, facts, personal)
        made.write()
        return made

    def chained(
        self,
        action: str,
        reason: str = "",
        facts: Mapping[str, Any] | None = None,
        personal: Mapping[str, Any] | None = None,
    ) -> Link:
        """The same, not written yet; for a case whose row is not there yet."""
        case = self.case
        salt = chain.new_salt() if personal else ""
        said = {
            "seq": case.seq + 1, "at": self.moment, "actor": self.who.name, "role": self.who.role,
            "account": self.who.account, "action": action[:64], "reason": reason.replace("\0", ""),
            "facts": dict(facts or {}),
            "payload_digest": chain.payload_digest(salt, personal) if personal else "",
        }  # fmt: skip
        digest = chain.event_digest(case.code, said, case.head)
        made = Link(case, said, case.head, digest, salt, dict(personal) if personal else None)
        case.seq, case.head = case.seq + 1, digest
        return made

    def put(self, times: Times) -> None:
        """Let the case's clock stand at `times`."""
        wind(self.case, times)

    def end(self, state: str, outcome: str) -> None:
        """Close the case: nothing is owed from now on."""
        case = self.case
        case.state, case.outcome = state, outcome
        if case.paused_at is not None:
            self.put(clock.resumed(self.times, ground().clock(), self.moment))
        self.put(replace(self.times, closed_at=self.moment))

    def save(self) -> None:
        case = self.case
        case.version += 1
        self.flush()
        together = Together(case.pk)
        together.change(case, self.before)
        if next_mark(case, self.moment) != self.waited:
            mark_into(together, case, self.moment)
        together.write()
        if words.traits_of(case) != self.traits:
            words.index(case)
        if any(getattr(case, name) != self.before[name] for name in MOVES) and kind_of(case.kind).watched:
            notices.tell_watchers(case, self.moment, self.before["seq"], self.who.account)

    def flush(self, together: Together | None = None) -> None:
        """Write the events put off, with other rows of the case if there are any."""
        rows = together if together is not None else Together(self.case.pk)
        for link in self.later:
            link.into(rows)
        self.later = []
        if together is None:
            rows.write()


@contextmanager
def turn(
    code: str, actor: people.Actor | None, at: datetime | None = None, *,
    who: Who | None = None, version: int | None = None, open_only: bool = True,
) -> Iterator[Turn]:  # fmt: skip
    """Lock a case and change it; all or nothing. A person must be let to see it (else NoSuchCase); who may do
    what is asked by the caller. `version`: the one the person saw; StaleCase when it is no longer the newest.
    CaseClosed for a closed case, unless `open_only` is False."""
    moment = at or ground().now()
    with people.through("case"), transaction.atomic():
        case = locked(code)
        if actor is not None:
            visible(actor, case, code)
        if version is not None and version != case.version:
            raise _stale(case, version)
        if open_only and case.closed_at is not None:
            raise CaseClosed(case=case.code)
        found = Turn(case, who or who_of(actor), moment, actor)
        found.waited = next_mark(case, moment)
        yield found
        found.save()


def locked(code: str) -> Case:
    found = read(Case, "where code = %s for update", [read_code(code)])
    if not found:
        raise NoSuchCase(case=code[:40])
    return found[0]


def visible(actor: people.Actor, case: Case, code: str = "") -> None:
    """Refuse as if there were no such case: whoever may not see it learns nothing of it."""
    if not people.may(actor, "read cases", agency=case.agency):
        people.require_anywhere(actor, "read cases")
        raise NoSuchCase(case=(code or case.code)[:40])


def _stale(case: Case, seen: int) -> StaleCase:
    last = Event.objects.filter(case=case).order_by("-seq").first()
    return StaleCase(
        case=case.code, seen=seen, version=case.version, who=(last.actor if last else "") or "–",
        at=last.at.astimezone(ground().clock().zone).strftime("%H:%M %d/%m/%Y") if last else "–",
    )  # fmt: skip


def limits_of(case: Case) -> Limits:
    return Limits.from_json(case.limits)


def times_of(case: Case) -> Times:
    return Times(
        case.since, case.accept_by, case.finish_by, case.accepted_at, case.closed_at, case.paused_at,
        case.paused_for, case.extended, case.answered_at, case.publish_by,
    )  # fmt: skip


def wind(case: Case, times: Times) -> None:
    """Write a clock into the row, with the marks lists and the round compare with."""
    case.since = times.opened_at
    case.accept_by, case.finish_by = times.accept_by, times.finish_by
    case.accepted_at, case.closed_at = times.accepted_at, times.closed_at
    case.paused_at, case.paused_for, case.extended = times.paused_at, times.paused_for, times.extended
    case.answered_at, case.publish_by = times.answered_at, times.publish_by
    if case.due_at != times.due_at:
        case.mark = ""  # another promise is told of anew
    case.due_at, case.soon_at, case.grave_at = times.due_at, None, None
    if case.due_at is not None:
        marks = clock.marks(ground().clock(), times.promised_at[0], case.due_at, times.promised_at[1])
        case.soon_at, case.grave_at = marks.soon_at, marks.grave_at


def next_mark(case: Case, moment: datetime) -> tuple[str, datetime] | None:
    """The mark of the limit that is to be told next, and when: the gravest that has passed, else the first to
    come; None where nothing is owed or the clock stands."""
    if case.due_at is None or case.paused_at is not None:
        return None
    when = dict(zip(MARKS, (case.soon_at, case.due_at, case.grave_at), strict=True))
    rest = MARKS[MARKS.index(case.mark) + 1 :] if case.mark else MARKS
    left = [(name, at) for name in rest if (at := when[name]) is not None]
    passed = [one for one in left if one[1] <= moment]
    return passed[-1] if passed else left[0] if left else None


def set_mark(case: Case, moment: datetime) -> None:
    """Let one step wait for the next mark of the case's limit."""
    together = Together(case.pk)
    mark_into(together, case, moment)
    together.write()


def mark_into(together: Together, case: Case, moment: datetime) -> None:
    """The same, written with other rows of the case."""
    found = next_mark(case, moment)
    if found is not None:
        values = [CLOCK, found[0], moment, found[1]]
        together.row("cases_step", _COLUMNS, _PLACES, values, after=_AGAIN)
    elif case.pk is not None:
        together.also("delete from cases_step where case_id = %s and step = %s", [case.pk, CLOCK])


_COLUMNS = (
    "step, task, kind, name, vi, en, role, lane, state, pauses, actions, arguments, at, due_at, attempts, "
    "error, dead"
)
_PLACES = "%s, '', 'clock', %s, '', '', '', '', '', false, '[]', '{}', %s, %s, 0, '', false"
_AGAIN = (
    "on conflict (case_id, step) do update set name = excluded.name, due_at = excluded.due_at, attempts = 0"
)


def ended(case: Case) -> bool:
    return case.state in ENDED and case.closed_at is not None
