"""What its sender may see and do: by code and contact, or by the secret link.

A wrong code, a wrong contact and a code that never was all give the same refusal after the same work; wrong
pairs are counted for the network. Whoever holds the link or the pair is the sender.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from django.db import transaction

from tinh.cases import api as cases
from tinh.desks.photos import door as photos
from tinh.desks.reports import abuse
from tinh.desks.reports.abuse import GUESSES, Caller
from tinh.desks.reports.apart import add
from tinh.desks.reports.errors import NotNow, NotTold
from tinh.desks.reports.ground import ground
from tinh.desks.reports.models import Report
from tinh.desks.reports.moments import Moment, story_of
from tinh.desks.reports.rounds import Round, rounds_of
from tinh.desks.reports.rows import declared, hidden_names, own_answer, refusal_words, row_of
from tinh.desks.reports.screening import screen
from tinh.kit.errors import Text
from tinh.packs.api import RefusalReason
from tinh.people import api as people

_CHAIN = 20  # mergers followed
Word = Literal["satisfied", "acceptable", "unsatisfied"]
WORDS: dict[Word, Text] = {
    "satisfied": Text("Hài lòng", "Satisfied"),
    "acceptable": Text("Chấp nhận được", "Acceptable"),
    "unsatisfied": Text("Không hài lòng", "Not satisfied"),
}


@dataclass(frozen=True, slots=True)
class Kin:
    """A report that another became, or a part of it, as the sender of that other reads it. `shown`: whether
    it has a page for all; of somebody else's without one the subject is not told."""

    code: str
    subject: str
    state: str
    outcome: str
    agency: str
    answer: str
    shown: bool


@dataclass(frozen=True, slots=True)
class Tracked:
    """A report as its sender sees it. `question`: what is asked of them now, until `asked_until`;
    `may`: what they may do
    (`supplement`, `rate`, `withdraw`); `reopens`: whether “not satisfied” opens it again; `before`: what was
    answered before it was opened again."""

    code: str
    state: str
    outcome: str
    category: str
    subject: str
    body: str
    place: str
    address: str
    agency: str
    opened_at: datetime
    accept_by: datetime | None
    finish_by: datetime | None
    accepted_at: datetime | None
    answered_at: datetime | None
    closed_at: datetime | None
    paused: bool
    question: str
    asked_until: datetime | None
    answer: str
    refusal: RefusalReason | None
    word: str
    remark: str
    asked_again: bool
    supporters: int
    shown: bool
    simulated: bool
    may: tuple[str, ...]
    reopens: bool
    merged_into: str
    into: Kin | None
    parts: tuple[Kin, ...]
    moments: tuple[Moment, ...]
    photos: tuple[photos.View, ...] = field(default=())
    before: tuple[Round, ...] = ()


def track(code: str, contact: str, caller: Caller) -> Tracked:
    """By code and the telephone number or e-mail address given when it was sent. Raises NotTold,
    TooManyReports.
    """
    return _told(_by_contact(code, contact, caller))


def track_link(token: str, caller: Caller) -> Tracked:
    """By the secret link."""
    return _told(_by_token(token, caller))


def link_of(code: str, contact: str, caller: Caller) -> str:
    """The code of the report, once the pair is right; for a door that then keeps it in a signed cookie."""
    return _by_contact(code, contact, caller).code


def again(code: str) -> Tracked:
    """For a door that has judged who it is: a signed cookie from `link_of`."""
    with people.through("case"):
        found = cases.Case.objects.filter(code=cases.read_code(code), kind="report").first()
    if found is None:
        raise NotTold
    return _told(found)


def _by_contact(code: str, contact: str, caller: Caller) -> cases.Case:
    marks = [people.fingerprint(f"guess {m}") for m in caller.marks.values()]
    for mark in marks:
        if abuse.seen(mark) >= GUESSES:
            abuse.count(mark, GUESSES)
    wanted = cases.read_code(code) or "-"
    found: cases.Case | None = None
    for party in cases.known_by(contact.strip()):  # all of them, so that the time says nothing
        if hmac.compare_digest(party.case.code.encode(), wanted.encode()) and party.case.kind == "report":
            found = party.case
    if found is None:
        for mark in marks:
            abuse.count(mark)
        raise NotTold
    return found


def _by_token(token: str, caller: Caller) -> cases.Case:
    party = cases.known_by_token(token[:100])
    if party is None or party.case.kind != "report":
        for mark in caller.marks.values():
            abuse.count(
                people.fingerprint(f"guess link {mark}"), 5 * GUESSES
            )  # keeps no pair from its sender
        raise NotTold
    return party.case


def _told(case: cases.Case) -> Tracked:
    with people.through("case"):
        row = row_of(case)
        into = cases.Link.objects.filter(case=case, kind="duplicate_of").select_related("to").first()
        parts = list(
            cases.Link.objects.filter(to=case, kind="part_of", case__kind="report")
            .select_related("case")
            .order_by("pk")
        )
        steps = list(cases.Step.objects.filter(case=case, kind__in=("message", "timer")))
    waits = {one.name for one in steps if one.kind == "message"}
    ends = (
        [one.due_at for one in steps if one.kind == "timer" and one.due_at] if case.state == "waiting" else []
    )
    may = tuple(
        act for act, can in (
            ("supplement", "supplement" in waits), ("rate", "rated" in waits),
            ("withdraw", case.closed_at is None and case.state in ("new", "accepted", "waiting", "assigned")),
        ) if can
    )  # fmt: skip
    own = photos.of_case(case.code, public=False)
    cases.as_sent([case])  # who sent it reads what they sent
    return Tracked(
        code=case.code, state=case.state, outcome=case.outcome, category=case.category, subject=case.subject,
        body=case.body, place=case.place, address=case.address, agency=case.agency, opened_at=case.opened_at,
        accept_by=case.accept_by, finish_by=case.finish_by, accepted_at=case.accepted_at,
        answered_at=case.answered_at, closed_at=case.closed_at, paused=case.paused_at is not None,
        question=row.question if case.state == "waiting" else "", asked_until=min(ends, default=None),
        answer=own_answer(row) if row.published_at or case.closed_at else "",
        refusal=ground().catalogue().refusals.get(row.refusal), word=row.word, remark=row.remark,
        asked_again=row.check_at is not None and not row.check_word, supporters=case.supporters,
        shown=case.public == "shown", simulated=case.simulated, may=may,
        reopens="rate" in may and case.reopened < 1,
        merged_into=into.to.code if into is not None and into.to is not None else "",
        into=_kin(_last(into.to), other=True) if into is not None and into.to is not None else None,
        parts=tuple(_kin(link.case) for link in parts),
        moments=story_of(case, row, own=True),
        photos=tuple(v for v in own if v.role == "report" or v.shown),
        before=rounds_of(row),
    )  # fmt: skip


def _last(case: cases.Case) -> cases.Case:
    """Where a row of mergers ends."""
    for _ in range(_CHAIN):
        with people.through("case"):
            link = cases.Link.objects.filter(case=case, kind="duplicate_of").select_related("to").first()
        if case.state != "merged" or link is None or link.to is None:
            break
        case = link.to
    return case


def _kin(case: cases.Case, *, other: bool = False) -> Kin:
    with people.through("case"):
        row = row_of(case)
    why = ground().catalogue().refusals.get(row.refusal)
    told = " ".join(filter(None, (refusal_words(why) if why is not None else "", own_answer(row))))
    return Kin(
        case.code, row.subject if case.public == "shown" or not other else "", case.state, case.outcome,
        case.agency,
        told if row.published_at or case.closed_at else "", case.public == "shown",
    )  # fmt: skip


def supplement(code: str, text: str, photo_draft: str = "") -> Tracked:
    """What the desk asked for, from its sender (whom the door has judged). The clock goes on. NotNow."""
    said = text.replace("\0", "").strip()[:5000]
    if len(said) < 3:
        raise NotNow(what_vi="gửi phần bổ sung trống", what_en="send nothing as a supplement")
    with people.through("case"), transaction.atomic():
        case = _open(code, "supplement", "bổ sung", "add to it")
        row = row_of(case)
        names = hidden_names(case)
        row.body = f"{row.body}\n\n{screen(said, names).text}".strip()
        row.question = ""
        add(row, {"at": ground().now().isoformat(), "text": said}, names)
        row.save(update_fields=["body", "question", "added"])
        if photo_draft:
            photos.claim(photo_draft, case.code, blur=True)
        cases.note(case.code, screen(said, names).text, None, public=True)
        done = cases.tell_process(case.code, "supplement", {})
    return _told(done)


def rate(code: str, word: Word, remark: str = "") -> Tracked:
    """Satisfied, acceptable, or not: the first “not” opens the report again, once. It may be said until the
    time for rating is over, also after the question of four weeks. NotNow."""
    if word not in WORDS:
        raise NotNow(what_vi=f"đánh giá “{str(word)[:20]}”", what_en=f'rate it "{str(word)[:20]}"')
    now = ground().now()
    with people.through("case"), transaction.atomic():
        case = _open(code, "rated", "đánh giá", "rate it")
        row = row_of(case)
        said = screen(remark.replace("\0", "").strip()[:2000], hidden_names(case)).text
        row.word, row.remark, row.rated_at = word, said, now
        if row.check_at is not None:
            row.check_word = word
        row.save(update_fields=["word", "remark", "rated_at", "check_word"])
        done = cases.tell_process(case.code, "rated", {"rating": word})
    return _told(done)


def withdraw(code: str, reason: str) -> Tracked:
    """Its sender takes it back, while nobody works on it yet."""
    with people.through("case"), transaction.atomic():
        case = _held(code)
        if case is None:
            raise NotTold
        if case.closed_at is not None or case.state not in ("new", "accepted", "waiting", "assigned"):
            raise NotNow(what_vi="rút", what_en="take it back")
        said = screen(reason.strip()[:2000], hidden_names(case)).text  # the history keeps it for good
        why = said or "Người gửi rút phản ánh"
        done = cases.withdraw(case.code, None, why)
    return _told(done)


def _held(code: str) -> cases.Case | None:
    """A report, locked: what is judged of it here still holds when it is done."""
    plain = cases.read_code(code)
    return cases.Case.objects.select_for_update().filter(code=plain, kind="report").first()


def _open(code: str, message: str, vi: str, en: str) -> cases.Case:
    case = _held(code)
    waits = case is not None and cases.Step.objects.filter(case=case, kind="message", name=message).exists()
    if case is None or not waits:
        raise NotNow(what_vi=vi, what_en=en)
    return case


def rating_open_until(case: cases.Case, row: Report) -> datetime | None:
    """Until when its sender may rate."""
    one = declared(case)
    if row.published_at is None or one is None:
        return None
    until: datetime = row.published_at + timedelta(days=one.limits.rate_days)
    return until
