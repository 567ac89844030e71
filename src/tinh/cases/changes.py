"""The engine's own acts: giving a case to somebody, moving its limit, ending, reopening, joining and
parting."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime

from django.db import transaction
from django.db.models import F

from tinh.cases import clock, notices, parties, shapes
from tinh.cases.acting import each
from tinh.cases.case_errors import (
    CaseError,
    CaseOpen,
    LinkUnfit,
    NobodyChosen,
    NoSuchPerson,
    OpeningUnfit,
    ReasonMissing,
)  # fmt: skip
from tinh.cases.codes import read_code
from tinh.cases.ground import ground
from tinh.cases.kinds import reopeners
from tinh.cases.models import Case, Link, Party, Step
from tinh.cases.opening import open_case
from tinh.cases.rights import require_own
from tinh.cases.running import begin, message, refresh
from tinh.cases.shapes import Done, Opening
from tinh.cases.talking import tie
from tinh.cases.turn import Turn, limits_of, locked, turn, visible
from tinh.people import api as people

MOST_PARTS = 50  # of one case at a time


def assign(
    codes: str | Iterable[str], actor: people.Actor, *, agency: str = "", person: int | None = None,
    nobody: bool = False, reason: str = "", version: int | None = None, at: datetime | None = None,
) -> list[Done]:  # fmt: skip
    """Give cases to an agency, a person, or both; one result a case. To another agency: `triage cases`; to a
    person of the agency that has it: `handle cases` there. `nobody` takes a case from whoever has it, who is
    told; it stays with the agency. What would move nothing is refused. The process hears of it as
    the message `assigned`."""
    wanted = [codes] if isinstance(codes, str) else codes
    return each(wanted, lambda code: _assign(code, actor, agency, person, nobody, reason, version, at))


def _assign(
    code: str, actor: people.Actor, agency: str, person: int | None, nobody: bool, reason: str,
    version: int | None, at: datetime | None,
) -> Case:  # fmt: skip
    with turn(code, actor, at, version=version) as found:
        case = found.case
        moves, had = bool(agency) and agency != case.agency, case.person_id
        require_own(actor, case, "move" if moves else "assign")
        if person is None and not moves and not nobody:
            raise NobodyChosen(agency=case.agency)
        if moves:
            case.agency, case.person_id = agency[:64], None
        if person is not None:
            _fit(person, case)
            case.person_id = person
        elif nobody:
            if had is None and not moves:
                return case
            case.person_id = None
        found.event("assign", _line(reason), {"agency": case.agency, "person": case.person_id})
        if person is not None:
            notices.tell_account(case, "assigned", person, found.moment)
        elif moves:
            notices.tell(case, "assigned", "agency", found.moment)
        if nobody and had is not None and had != actor.account:
            notices.tell_account(case, "unassigned", had, found.moment)
        _tell(found, "assigned")
        return case


def _fit(person: int, case: Case) -> None:
    """Whoever takes a case works where it lies, or sees all of them."""
    with people.through("work"):
        user = people.User.objects.filter(pk=person, is_active=True).first()
        fits = user is not None and people.may(people.actor_named(user), "handle cases", agency=case.agency)
    if not fits:
        raise NoSuchPerson(person=user.username if user else person, agency=case.agency or "–")


def hand_over(
    of: int, to: int, actor: people.Actor, reason: str, *, codes: Iterable[str] | None = None
) -> list[Done]:
    """Give what one person has open to another: all of it, or the cases named."""
    if not reason.strip():
        raise ReasonMissing(action="bàn giao")
    with people.as_person(actor):
        mine = Case.objects.filter(person_id=of, closed_at=None).order_by("due_at", "pk")
        found = list(mine.values_list("code", flat=True))
    wanted = found if codes is None else [code for code in found if code in set(codes)]
    return assign(wanted, actor, person=to, reason=reason)


def extend(
    code: str, until: datetime, actor: people.Actor, reason: str, apology: str = "",
    *, version: int | None = None, at: datetime | None = None,
) -> Case:  # fmt: skip
    """More time for finishing, once, with a reason and an apology the citizen reads. Raises ExtendedBefore
    and NotLater besides what every change raises."""
    with turn(code, actor, at, version=version) as found:
        require_own(actor, found.case, "extend")
        told = _reason(reason, "gia hạn")
        before = found.case.finish_by
        found.put(clock.extended(found.times, until))
        found.event(
            "extend", told,
            {"from": before.isoformat() if before else None, "until": until.isoformat(),
             "apology": _line(apology)},
        )  # fmt: skip
        data = {"apology": _line(apology)}
        notices.tell(found.case, "extended", "reporter", found.moment, data=data)
        notices.tell(found.case, "extended", "supporters", found.moment, data=data)
        refresh(found)
        _tell(found, "extended")
        return found.case


def pause(code: str, actor: people.Actor, reason: str, *, at: datetime | None = None) -> Case:
    """Let the clock stand, as while the applicant is asked for something."""
    with turn(code, actor, at) as found:
        require_own(actor, found.case, "pause")
        told = _reason(reason, "tạm dừng")
        if found.case.paused_at is None:
            found.put(clock.paused(found.times, found.moment))
            found.event("pause", told)
            refresh(found)
        return found.case


def resume(code: str, actor: people.Actor | None, reason: str = "", *, at: datetime | None = None) -> Case:
    """Let it go on; what is owed moves by the working time it stood. `actor` None: the applicant answered."""
    with turn(code, actor, at) as found:
        if actor is not None:
            require_own(actor, found.case, "resume")
        if found.case.paused_at is not None:
            found.put(clock.resumed(found.times, ground().clock(), found.moment))
            due = found.case.due_at
            found.event("resume", _line(reason), {"due_at": due.isoformat() if due else None})
            refresh(found)
        return found.case


def withdraw(code: str, actor: people.Actor | None, reason: str, *, at: datetime | None = None) -> Case:
    """End a case its sender takes back (`actor` None: by themselves, as the desk has judged)."""
    with turn(code, actor, at) as found:
        if actor is not None:
            require_own(actor, found.case, "withdraw")
        found.event("withdraw", _reason(reason, "rút"), {"outcome": "withdrawn"})
        _stop(found, "closed", "withdrawn")
        if actor is not None:  # else its sender knows
            notices.tell(found.case, "withdrawn", "reporter", found.moment)
        notices.tell(found.case, "withdrawn", "supporters", found.moment)
        return found.case


def reopen(code: str, actor: people.Actor | None, reason: str, *, at: datetime | None = None) -> Case:
    """Take up a closed case again: its promise starts anew, its process from the beginning, with the facts
    `reopened` (how often) and `agency` to go by. `actor` None: the citizen, as the desk has judged."""
    with turn(code, actor, at, open_only=False) as found:
        case = found.case
        if actor is not None:
            require_own(actor, case, "reopen")
        if case.closed_at is None:
            raise CaseOpen(case=case.code)
        if case.state == "merged":
            raise LinkUnfit(case=case.code, to="–", why_vi="đã gộp vào vụ việc khác", why_en="it was merged")
        for begins in reopeners():  # while the clock still says when it was answered
            begins(case)
        outcome, case.reopened = case.outcome, case.reopened + 1
        case.state, case.outcome = "new", ""
        found.put(clock.opened(ground().clock(), limits_of(case), found.moment, case.severity))
        found.event("reopen", _reason(reason, "mở lại"), {"outcome": outcome, "times": case.reopened})
        if case.process:
            Step.objects.filter(case=case).delete()
            found.waited = None
            begin(found, {**case.facts, "reopened": case.reopened})
        notices.tell(case, "changed", "agency", found.moment)
        if actor is not None:
            notices.tell(case, "reopened", "reporter", found.moment)
        notices.tell(case, "reopened", "supporters", found.moment)
        return case


def merge(code: str, into: str, actor: people.Actor, reason: str = "", *, at: datetime | None = None) -> Case:
    """Join a duplicate to the case it repeats: it ends as `merged`, who reported or supported it follows the
    other from now on, and both histories say so. The lower number is locked first."""
    moment = at or ground().now()
    first, second = sorted({_code(code), _code(into)}) if _code(code) != _code(into) else (code, into)
    if _code(code) == _code(into):
        raise LinkUnfit(
            case=code[:40], to=into[:40], why_vi="là cùng một vụ việc", why_en="they are the same case"
        )
    with people.through("case"), _both(first, second):
        with turn(into, actor, moment, open_only=False) as kept, turn(code, actor, moment) as gone:
            require_own(actor, gone.case, "merge")
            if kept.case.state == "merged":
                raise _unfit(gone, kept, "vụ việc kia cũng đã gộp", "the other was merged itself")
            if gone.case.kind != kept.case.kind:
                raise _unfit(gone, kept, "hai vụ việc khác loại", "they are of different kinds")
            tie(gone, "duplicate_of", kept.case.code)
            followers = list(Party.objects.filter(case=gone.case, erased_at=None))
            joined = sum(_follow(kept.case, one, moment) for one in followers)
            kept.case.supporters += joined
            kept.event("merge in", _line(reason), {"case": gone.case.code, "followers": joined})
            gone.event("merge", _line(reason), {"into": kept.case.code})
            _stop(gone, "merged", "duplicate")
            notices.tell(gone.case, "merged", "reporter", moment, data={"into": kept.case.code})
        return Case.objects.get(pk=gone.case.pk)


@contextmanager
def _both(first: str, second: str) -> Iterator[None]:
    """Lock two cases in one order, so that two merges never wait for each other."""
    with transaction.atomic():
        for code in (first, second):
            locked(code)
        yield


def _unfit(gone: Turn, kept: Turn, vi: str, en: str) -> LinkUnfit:
    return LinkUnfit(case=gone.case.code, to=kept.case.code, why_vi=vi, why_en=en)


def _follow(case: Case, one: Party, moment: datetime) -> bool:
    """Follow with what of a person the case does not have yet, so that nobody is told twice of one event;
    whether there was anything."""
    same = Party.objects.filter(case=case, erased_at=None)

    def known(name: str) -> bool:
        value = getattr(one, name)
        return bool(value) and same.filter(**{name: value}).exists()

    phone, email = not known("phone_mark"), not known("email_mark")
    if known("token") or (
        (one.phone_mark or one.email_mark) and not ((phone and one.phone_mark) or (email and one.email_mark))
    ):
        return False
    Party.objects.create(
        case=case, role="supporter", name=one.name, phone=one.phone if phone else "",
        email=one.email if email else "", address="", phone_mark=one.phone_mark if phone else "",
        email_mark=one.email_mark if email else "", language=one.language, wishes=one.wishes,
        shown=False, token="", account_id=one.account_id, at=moment,
    )  # fmt: skip
    return True


def support(code: str, party: shapes.Party, at: datetime | None = None) -> Case:
    """Somebody else reports the same: they follow the case and count. Who does so twice counts once."""
    with turn(code, None, at) as found:
        case = found.case
        mine = Party.objects.filter(case=case, erased_at=None)
        for mark, value in (
            ("phone_mark", parties.phone_mark(party.phone)), ("email_mark", parties.email_mark(party.email)),
            ("token", party.token),
        ):  # fmt: skip
            if value and mine.filter(**{mark: value}).exists():
                return case
        parties.add(case, replace(party, role="supporter"), found.moment)
        case.supporters += 1
        found.event("support", facts={"supporters": case.supporters})
        return case


def split(
    code: str, openings: Sequence[Opening], actor: people.Actor, reason: str, *, at: datetime | None = None
) -> list[Case]:
    """Part a case that holds several matters: each opening becomes a case of its own that is `part_of` it.
    All or none."""
    if not openings:
        raise OpeningUnfit(why_vi="chưa có phần nào để tách", why_en="there are no parts")
    if len(openings) > MOST_PARTS:
        raise OpeningUnfit(
            why_vi=f"tách nhiều nhất {MOST_PARTS} phần một lần",
            why_en=f"at most {MOST_PARTS} parts at a time",
        )
    with turn(code, actor, at) as found:
        require_own(actor, found.case, "split")
        told = _reason(reason, "tách")
        sender = parties.copied(found.case)  # of the parts too, who they are stays covered there
        made = [open_case(replace(one, at=one.at or found.moment, party=sender), actor) for one in openings]
        for one in made:
            Link.objects.get_or_create(
                case=one, kind="part_of", to=found.case,
                defaults={"at": found.moment, "author": found.who.name},
            )  # fmt: skip
            followers = Party.objects.filter(case=found.case, role="supporter", erased_at=None)
            joined = sum(_follow(one, follower, found.moment) for follower in followers)
            if joined:
                Case.objects.filter(pk=one.pk).update(supporters=F("supporters") + joined)
        codes = [one.code for one in made]
        found.event("split", told, {"parts": codes})
        for audience in ("reporter", "supporters"):
            notices.tell(found.case, "parted", audience, found.moment, data={"parts": ", ".join(codes)})
        return made


def _stop(found: Turn, state: str, outcome: str) -> None:
    """End a case without its process: what it waited for is waited for no more."""
    found.end(state, outcome)
    Step.objects.filter(case=found.case).delete()
    found.waited = None


def _tell(found: Turn, name: str) -> None:
    """Tell the process, if it waits for such a message."""
    case = found.case
    if case.process and Step.objects.filter(case=case, kind="message", name=name).exists():
        message(found, name, {"person": case.person_id})


def _code(text: str) -> str:
    return read_code(text) or text


def _reason(text: str, action: str) -> str:
    told = _line(text)
    if not told:
        raise ReasonMissing(action=action)
    return told


def _line(text: str) -> str:
    return " ".join(text.replace("\0", "").split())


__all__ = [
    "CaseError", "assign", "extend", "hand_over", "merge", "pause", "reopen", "resume", "split", "support",
    "visible", "withdraw",
]  # fmt: skip
