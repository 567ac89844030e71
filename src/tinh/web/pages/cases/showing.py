"""The parts of a case as its page shows them: photos, notes, ties, the state of its chain, its process."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from tinh.cases import api as cases
from tinh.desks.api import directives, papers, reports
from tinh.desks.api import photos as desk_photos
from tinh.jobs import api as jobs
from tinh.kit.errors import Text
from tinh.people import api as people
from tinh.web.pages.cases.lines import Teller, names_of
from tinh.web.pages.cases.papers import STAFF
from tinh.web.pages.cases.timeline import Event
from tinh.web.words import Say

STAGES = ("report", "answer", "note")


def photos(view: cases.CaseView, tell: Teller) -> list[dict[str, Any]]:
    """Photos by stage, those of the report first, as copies without metadata; other files by name."""
    kept = desk_photos.of_case(view.case.code, public=False)
    open_ = {one.name for one in papers.of_case(view.case.code, shown_only=True)}
    out = []
    for stage in STAGES:
        files = [
            {
                "photo": True, "ready": p.state == "ready", "link": p.page, "small": p.card,
                "public": p.shown, "at": tell.at(p.at),
                "says": p.fault.in_(tell.language) if p.fault else tell.say("cases.photo_waits"),
                "width": 320, "height": 240,
            }
            for p in kept
            if p.role == stage
        ]  # fmt: skip
        files += [
            {
                "photo": False, "says": a.name or tell.say("cases.erased"),
                "public": a.public or a.original in open_,
                "link": f"{STAFF}{a.original}" if a.kind == "paper" else "",
            }
            for a in view.attachments
            if a.stage == stage and a.kind != "photo"
        ]  # fmt: skip
        if files:
            out.append({"stage": tell.say(f"cases.files_{stage}"), "files": files})
    return out


def answers(view: cases.CaseView, who: people.Actor, tell: Teller) -> list[tuple[str, str, str]]:
    """What the report's category asked and its sender answered, and who reads it."""
    if view.case.kind != "report":
        return []
    return [
        (
            asked.in_(tell.language),
            said.in_(tell.language),
            tell.say("cases.public" if public else "cases.internal"),
        )
        for asked, said, public in reports.answered(view.case.code, who)
    ]


def ratings(view: cases.CaseView, who: people.Actor, tell: Teller) -> list[dict[str, Any]]:
    """What the sender said of each answer, the newest first."""
    found = reports.ratings(view.case.code, who) if view.case.kind == "report" else ()
    return [
        {
            "word": reports.WORDS[one.word].in_(tell.language) if one.word in reports.WORDS else one.word,
            "at": tell.at(one.at), "remark": one.remark, "answer": one.answer,
            "now": one.again and n == 0 and view.case.closed_at is None and not view.case.answered_at,
        }
        for n, one in enumerate(found)
    ]  # fmt: skip


def judged(view: cases.CaseView, history: list[Event]) -> dict[str, Any] | None:
    """What is to be approved, where an answer waits for it; and the photos that nobody outside sees yet,
    which approving does not show. None where there is neither."""
    case = view.case
    answer = next((e.said for e in history if e.said), []) if case.state == "answered" else []
    waits = case.kind == "report" and (
        case.state == "answered" or (case.state == "published" and case.public == "shown")
    )
    kept = desk_photos.of_case(case.code, public=False) if waits else []
    hidden = sum(p.state == "ready" and not p.shown for p in kept)
    return {"answer": answer, "hidden": hidden} if answer or hidden else None


def notes(view: cases.CaseView, tell: Teller) -> list[dict[str, Any]]:
    named = names_of(number for note in view.notes for number in note.mentions)
    return [
        {
            "by": note.author or ("" if note.account else tell.say("cases.by_citizen")),
            "at": tell.at(note.at), "text": note.text, "public": note.public,
            "erased": note.erased_at is not None, "mentions": [named.get(n, "") for n in note.mentions],
        }
        for note in sorted(view.notes, key=lambda n: n.at, reverse=True)
    ]  # fmt: skip


def links(view: cases.CaseView, tell: Teller) -> list[dict[str, Any]]:
    """What the case is tied to, and what is tied to it; directives have their own place on the page."""
    out = []
    for link in view.links:
        said = tell.say(f"caselink.{link.kind}")
        out.append(_link(said, link.to, link.ref, tell))
    for link in view.linked:
        if link.case.kind == directives.KIND:
            continue
        out.append(_link(tell.say(f"caselinked.{link.kind}"), link.case, "", tell))
    return out


def _link(said: str, other: Any, ref: str, tell: Teller) -> dict[str, Any]:
    if other is not None:
        line = tell.line(other)
        return {"said": said, "line": line, "link": f"/vu-viec/{other.code}/", "name": other.subject}
    kind, _, id = ref.partition(":")
    if kind == "alert":
        rule, _, place = id.partition("/")
        rules = jobs.catalogue().alerts
        named = rules[rule].name.in_(tell.language) if rule in rules else rule
        return {"said": said, "line": None, "link": "/canh-bao/", "name": f"{named} {tell.place(place)}"}
    return {"said": said, "line": None, "link": "", "name": ref}


def waits(steps: Iterable[Any]) -> list[Text]:
    """What the process waits for now, in words."""
    return [Text(s.vi, s.en or s.vi) for s in steps if s.kind in ("user", "message") and s.vi]


def nobody(steps: Iterable[Any], tell: Teller) -> str:
    """Where a case waits for a word from outside alone: that, and when it goes on without one."""
    kinds = {step.kind for step in steps}
    if "message" not in kinds or "user" in kinds:
        return ""
    until = min((s.due_at for s in steps if s.kind == "timer" and s.due_at), default=None)
    return tell.say("cases.nobody_until", at=tell.at(until)) if until else tell.say("cases.nobody_now")


def desk_alone(steps: Iterable[Any]) -> bool:
    """Whether all it waits for is done by whoever sorts reports, not by the agency that has it."""
    roles = {step.role for step in steps if step.kind == "user"}
    return roles == {"triage"}


def checked(found: cases.Checked, say: Say) -> dict[str, str]:
    if found.problem:
        return {"tone": "bad", "says": say(f"cases.chain_{found.problem}", seq=found.seq)}
    says = say("cases.chain_whole", count=found.events)
    if found.erased:
        says += " " + say("cases.chain_erased", count=found.erased)
    return {"tone": "good", "says": says}
