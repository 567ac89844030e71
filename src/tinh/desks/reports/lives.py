"""What became of simulated reports: accepted, refused, asked, handled late or in time, rated, opened again.

Each gets the clock, the history and, where it still runs today, the process a real one would have.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from math import exp
from random import Random
from typing import Any

from tinh.cases import api as cases
from tinh.cases.api import Limit, Limits, WorkingClock, clock
from tinh.desks.reports.apart import covered_answers
from tinh.desks.reports.ground import ground, intake, limits_of, owner
from tinh.desks.reports.imagining import Imagined
from tinh.desks.reports.models import Report
from tinh.desks.reports.screening import screen

ACTOR = "mô phỏng"  # stands as the author in every line of a simulated history
_LATE = {"so-xd": 0.3, "dien-luc": 0.02, "cong-an": 0.05}
_WORDS = ("satisfied", "acceptable", "unsatisfied")
_RESULTS = (("fixed", 62), ("answered", 22), ("planned", 10), ("not_found", 6))


@dataclass(slots=True)
class Life:
    """One simulated report: its past for the engine, the desk's row, and how many follow it."""

    past: cases.Past
    row: Report
    supporters: int


@dataclass(slots=True)
class _Story:
    one: Imagined
    at: datetime
    times: Any
    happened: list[cases.Happened]
    moves: list[tuple[str, str, dict[str, Any], datetime]] = field(default_factory=list)
    fields: dict[str, Any] = field(default_factory=dict)
    row: dict[str, Any] = field(default_factory=dict)
    over: bool = False

    def tell(self, at: datetime, action: str, role: str, reason: str = "", **facts: Any) -> None:
        self.happened.append(
            cases.Happened(at, action, role, "" if role == "citizen" else ACTOR, reason, facts)
        )

    def end(self, at: datetime, state: str, outcome: str) -> None:
        self.times = replace(self.times, closed_at=at, paused_at=None)
        self.fields |= {"state": state, "outcome": outcome}
        self.over = True


class Lives:
    """Lives reports to a moment, with one clock, one process and one seed."""

    def __init__(self, wound: WorkingClock, definition: Any, end: datetime, seed: int = 19) -> None:
        self.clock, self.definition, self.end, self.seed = wound, definition, end, seed
        self.rng = Random(seed)

    def live(self, one: Imagined, key: str, first: str) -> Life:
        """`key` of the opening; `first` the key of the report it repeats, or ""."""
        self.rng = Random(f"{self.seed}/{one.number}")
        limits = limits_of(one.category)
        desk = intake(one.category)
        story = _Story(one, one.at, clock.opened(self.clock, limits, one.at, one.category.severity), [])
        story.tell(one.at, "open", "citizen", kind="report", category=one.category.id, source=one.source,
                   place=one.place, agency=desk, severity=one.category.severity)  # fmt: skip
        story.fields = {"state": "new", "agency": desk, "supporters": one.supporters}
        story.row = {
            "refuse_by": self.clock.due(one.at, Limit(days=limits.refuse_days or 2)),
            "ask_by": self.clock.due(one.at, Limit(days=limits.supplement_days or 5)),
        }  # fmt: skip
        self._triage(story, limits, bool(first))
        return self._told(story, limits, desk, key, first)

    # ── the way ─────────────────────────────────────────────────────────────────────

    def _passed(self, moment: datetime) -> bool:
        return moment <= self.end

    def _triage(self, story: _Story, limits: Limits, repeats: bool) -> None:
        rng, one = self.rng, story.one
        hours = (limits.accept_hours or 8) * min(0.95, 0.22 * exp(rng.gauss(0, 0.7)))
        if rng.random() < 0.035:
            hours = (limits.accept_hours or 8) * rng.uniform(1.05, 2.6)
        at = self.clock.add_working(one.at, hours=hours)
        if not self._passed(at):
            return
        fate = rng.random()
        if repeats:
            story.tell(at, "merge", "desk_officer", "Cùng một việc")
            story.end(at, "merged", "duplicate")
        elif fate < 0.07:
            self._refuse(story, at)
        elif fate < 0.13 and limits.supplement_days:
            self._ask(story, limits, at)
        else:
            self._accept(story, limits, at)

    def _refuse(self, story: _Story, at: datetime, reason: str = "") -> None:
        known = [r for r in ground().catalogue().refusals if r != "no-supplement"]
        chosen = reason or self.rng.choice(known)
        story.row["refusal"] = chosen
        if reason:
            story.tell(at, "timer", "system")
        else:
            name = ground().catalogue().refusals[chosen].name.vi
            story.tell(at, "refuse", "desk_officer", name, refusal=chosen)
        story.end(at, "refused", "refused")

    def _ask(self, story: _Story, limits: Limits, at: datetime) -> None:
        question = "Xin cho biết vị trí cụ thể hơn."
        story.tell(at, "ask", "desk_officer", question)
        story.moves.append(("act", "ask", {"reason": question}, at))
        story.row |= {"asked": 1, "asked_at": at, "question": question}
        story.times = clock.paused(story.times, at)
        until = self.clock.due(at, Limit(days=limits.supplement_days or 5))
        story.fields["state"] = "waiting"
        if self.rng.random() < 0.3:
            if self._passed(until):
                self._refuse(story, until, "no-supplement")
            return
        came = at + (until - at) * self.rng.uniform(0.05, 0.8)
        if not self._passed(came):
            return
        story.tell(came, "message supplement", "citizen")
        story.moves.append(("message", "supplement", {}, came))
        story.times = clock.resumed(story.times, self.clock, came)
        story.row["question"] = ""
        story.fields["state"] = "new"
        taken = self.clock.add_working(came, hours=self.rng.uniform(0.3, 2))
        if self._passed(taken):
            self._accept(story, limits, taken)

    def _accept(self, story: _Story, limits: Limits, at: datetime) -> None:
        one = story.one
        story.times = clock.accepted(story.times, self.clock, limits, at, one.category.severity)
        handler = owner(one.category, one.place)
        story.tell(at, "accept", "desk_officer")
        story.moves.append(("act", "accept", {}, at))
        story.fields |= {"agency": handler, "state": "assigned"}
        if one.category.shown == "after_check" and self.rng.random() < 0.75:
            story.row["shown_at"] = at
        self._handle(story, limits, at, handler)

    def _handle(self, story: _Story, limits: Limits, at: datetime, handler: str) -> None:
        rng = self.rng
        total = max(self.clock.working_between(at, story.times.finish_by or at), 3600.0)
        lateness = _LATE.get(handler, 0.3 if hash_of(handler) % 9 == 0 else 0.06)
        share = rng.betavariate(1.8, 2.2) * 0.97
        if rng.random() < lateness:
            share = 1.03 + rng.expovariate(1.6)
        taken = self.clock.add_working(at, total * min(0.3, share * rng.uniform(0.05, 0.3)))
        answered = self.clock.add_working(at, total * share)
        if not self._passed(taken):
            return
        story.tell(taken, "start", "case_officer")
        story.moves.append(("act", "start", {}, taken))
        story.fields["state"] = "working"
        if not self._passed(answered):
            return
        result = rng.choices([r for r, _ in _RESULTS], [w for _, w in _RESULTS])[0]
        answer = rng.choice(ground().catalogue().report_phrases.handled or ("Đã xử lý.",))
        story.tell(answered, "answer", "case_officer", result=result)
        story.moves.append(("act", "answer", {"result": result, "answer": answer}, answered))
        story.fields |= {"state": "answered", "answered_at": answered}
        days = limits.publish_days or 2
        story.row["publish_by"] = self.clock.due(answered, Limit(days=days))
        slow = rng.uniform(1.1, 2.5) if rng.random() < 0.03 else rng.uniform(0.05, 0.85)
        published = self.clock.add_working(answered, hours=7.5 * days * slow)
        if self._passed(published):
            self._publish(story, limits, published, handler, result, answer)

    def _publish(
        self, story: _Story, limits: Limits, at: datetime, handler: str, result: str, answer: str
    ) -> None:
        rng, one = self.rng, story.one
        own = one.category.limits
        story.tell(at, "publish", "desk_officer")
        story.moves.append(("act", "publish", {}, at))
        story.fields |= {"state": "published", "outcome": result}
        story.row |= {"published_at": at, "answer": screen(answer).text}
        if one.category.shown != "never":
            story.row.setdefault("shown_at", at)
        check, until = at + timedelta(days=own.check_days), at + timedelta(days=own.rate_days)
        late = story.fields["answered_at"] > (story.times.finish_by or at)
        if rng.random() < 0.46:
            weights = (38, 24, 38) if late else (72, 17, 11)
            word = rng.choices(_WORDS, weights)[0]
            rated = at + timedelta(days=min(rng.expovariate(0.18), own.rate_days - 1), hours=1)
            if not self._passed(rated):
                return
            if rated > check:
                story.row["check_at"] = check
            said = ground().catalogue().report_phrases.remarks.get(word, ())
            story.row |= {"word": word, "rated_at": rated,
                          "remark": rng.choice(said) if said and rng.random() < 0.6 else ""}  # fmt: skip
            story.tell(rated, "message rated", "citizen")
            story.moves.append(("message", "rated", {"rating": word}, rated))
            if word == "unsatisfied" and not story.fields.get("reopened"):
                self._again(story, limits, rated, handler)
            else:
                story.end(rated, "closed", result)
        else:
            if self._passed(check):
                story.row["check_at"] = check
            if self._passed(until):
                story.tell(until, "timer", "system")
                story.end(until, "closed", result)

    def _again(self, story: _Story, limits: Limits, at: datetime, handler: str) -> None:
        fresh = clock.opened(self.clock, limits, at, story.one.category.severity)
        story.times = clock.accepted(fresh, self.clock, limits, at, story.one.category.severity)
        story.fields |= {"state": "assigned", "outcome": "", "answered_at": None, "reopened": 1}
        story.row |= {"published_at": None, "publish_by": None, "check_at": None}
        self._handle(story, limits, at, handler)

    # ── as the engine and the desk keep it ──────────────────────────────────────────

    def _told(self, story: _Story, limits: Limits, desk: str, key: str, first: str) -> Life:
        one = story.one
        public = "shown" if story.row.get("shown_at") is not None else "hidden"
        if one.category.shown == "at_once":
            story.row["shown_at"], public = one.at, "shown"
        party = cases.Party(name=f"Người gửi mô phỏng {one.number}") if one.number % 3 else None
        opening = cases.Opening(
            kind="report", subject=one.subject, key=key, category=one.category.id, body=one.body,
            severity=one.category.severity, source=one.source, place=one.place, latitude=one.latitude,
            longitude=one.longitude, accuracy=15.0, address=one.address, agency=desk, party=party,
            limits=limits, process=one.category.process, at=one.at, simulated=True, public=public,
        )  # fmt: skip
        running = None if story.over else self._run(story)
        fields = {**story.fields, "public": public}
        if fields["state"] == "published":  # nothing is owed any more
            fields |= {"due_at": None, "soon_at": None, "grave_at": None}
        past = cases.Past(opening, story.times, story.happened, fields, running, first)
        subject, body = screen(one.subject), screen(one.body)
        row = Report(
            group=one.category.group, category=one.category.id, subject=subject.text[:200], body=body.text,
            answers=covered_answers(one.answers), shown_by=ACTOR if public == "shown" else "", **story.row,
        )  # fmt: skip
        return Life(past, row, one.supporters)

    def _run(self, story: _Story) -> Any:
        """The process of a report that still runs, gone through move by move."""
        process, at = cases.process, story.at
        facts = {"category": story.one.category.id, "agency": story.fields["agency"]}
        facts |= self._limits(story)
        found = self._serve(process.start(self.definition, facts, at, self.clock), story, at)
        for kind, name, data, moment in story.moves:
            if kind == "message":
                found = process.message(self.definition, found.state, name, data, moment, self.clock, facts)
            else:
                step = next(s.id for s in found.waiting if name in {a.id for a in s.actions})
                given = {**data, "action": name}
                found = process.complete(
                    self.definition, found.state, step, name, given, moment, self.clock, facts
                )
            found = self._serve(found, story, moment)
        return found

    def _limits(self, story: _Story) -> dict[str, str | None]:
        times = story.times
        return {
            "accept_by": times.accept_by.isoformat() if times.accept_by else None,
            "finish_by": times.finish_by.isoformat() if times.finish_by else None,
        }

    def _serve(self, found: Any, story: _Story, at: datetime) -> Any:
        """What the services of the diagram would have given."""
        while found.services:
            call = found.services[0]
            given = self._given(str(call.arguments.get("what", "")), story, at)
            found = cases.process.complete(
                self.definition, found.state, call.step, "", given, at, self.clock, self._limits(story)
            )
        return found

    def _given(self, what: str, story: _Story, at: datetime) -> Mapping[str, Any]:
        own = story.one.category.limits
        if what == "accepted":
            return {"owner": owner(story.one.category, story.one.place)}
        if what == "asked":
            until = self.clock.due(at, Limit(days=own.supplement_days))
            return {"supplement_by": until.isoformat(), "may_ask": own.supplements > 1}
        if what == "answered":
            return {"publish_by": self.clock.due(at, Limit(days=own.publish_days)).isoformat()}
        if what == "published":
            check, until = at + timedelta(days=own.check_days), at + timedelta(days=own.rate_days)
            return {"rate_by": until.isoformat(), "check_by": check.isoformat()}
        return {"opened_again": 1} if what == "reopened" else {}


def hash_of(text: str) -> int:
    """A number that is the same in every process."""
    return sum((n + 1) * ord(c) for n, c in enumerate(text))
