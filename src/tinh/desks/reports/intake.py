"""Taking a report in: judged in words, placed, opened once, its photos and its sender kept apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from tinh.cases import api as cases
from tinh.desks.photos import door as photos
from tinh.desks.reports import abuse
from tinh.desks.reports.abuse import Caller
from tinh.desks.reports.drafts import Draft, answers_of, faults_of, subject_of
from tinh.desks.reports.errors import DraftWrong, NoSuchReport
from tinh.desks.reports.ground import category, ground, intake, limits_of, suggester
from tinh.desks.reports.models import Report, Support
from tinh.desks.reports.rows import fields_of
from tinh.desks.reports.suggesting import Suggested
from tinh.desks.reports.whereabouts import where
from tinh.people import api as people

MOST_NEAR = 5


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the sender gets: the code, and the token of the secret link. `new` False: it was here already."""

    code: str
    token: str
    new: bool
    accept_by: datetime | None
    finish_by: datetime | None


@dataclass(frozen=True, slots=True)
class Duplicate:
    """A report nearby that may be the same matter, as everybody may read it. `metres` away."""

    code: str
    subject: str
    body: str
    category: str
    state: str
    metres: float
    opened_at: datetime
    closed_at: datetime | None
    supporters: int
    photo: str  # address of a picture everybody may see, or ""


def submit(draft: Draft, caller: Caller | None = None) -> Receipt:
    """Open the report's case, once for each key. Raises DraftWrong (field by field), NoSuchCategory,
    OutsideProvince, and at a public door Blocked, TooManyReports, ChallengeWrong."""
    who = caller or Caller()
    one = category(draft.category)
    key, token = f"report/{draft.key}", token_of(draft.key)
    with people.through("case"):
        there = cases.Case.objects.filter(key=key[:120]).first()
    if there is not None:
        return Receipt(there.code, token, False, there.accept_by, there.finish_by)
    faults = faults_of(draft)
    if faults:
        raise DraftWrong(faults)
    spot = where(draft.latitude, draft.longitude, draft.place)  # None: an address that a clerk looks up
    abuse.may_send(who)
    opening = cases.Opening(
        kind="report", subject=subject_of(draft), key=key, category=one.id, body=draft.text.strip(),
        severity=one.severity, source=draft.source, place=spot.place if spot is not None else "",
        latitude=draft.latitude, longitude=draft.longitude, accuracy=draft.accuracy, address=draft.address,
        agency=intake(one), party=_party(draft, token), limits=limits_of(one), process=one.process,
        at=draft.at,
        simulated=draft.simulated, public="shown" if one.shown == "at_once" else "hidden",
    )  # fmt: skip
    with people.through("case"), transaction.atomic():
        made = cases.open_case(opening, who.actor)
        known = fields_of(made, answers_of(draft), (draft.name,) if not draft.show_name else ())
        row = Report(case_id=made.pk, named=draft.show_name, sent_from=who.marks, **known)
        Report.objects.bulk_create([row], ignore_conflicts=True)  # the same draft may come twice at once
        if draft.photos:
            photos.claim(draft.photos, made.code, blur=draft.blur)
    return Receipt(made.code, token, True, made.accept_by, made.finish_by)


def token_of(key: str) -> str:
    """The token of the secret link of the report sent with `key`; the same whenever it is sent again."""
    return people.fingerprint(f"secret link of {key}")


def _party(draft: Draft, token: str) -> cases.Party:
    wishes = draft.wishes or tuple(
        w for w, given in (("mail", draft.email), ("sms", draft.phone)) if given.strip()
    )
    return cases.Party(
        name=draft.name, phone=draft.phone, email=draft.email, language=draft.language, wishes=wishes,
        token=cases.token_digest(token), shown=draft.show_name, account=draft.account,
    )  # fmt: skip


def suggest(text: str, most: int = 5) -> Suggested:
    """Categories a text speaks of; see suggesting.py."""
    return suggester().suggest(text, most)


def near(category_id: str, latitude: float, longitude: float) -> tuple[Duplicate, ...]:
    """Shown reports of the category within its radius, open or closed a short while ago, the nearest
    first.
    """
    one = category(category_id)
    since = ground().now() - timedelta(days=one.recent_days)
    found = [
        *cases.near("report", one.id, latitude, longitude, one.radius, MOST_NEAR, shown_only=True),
        *(
            n for n in cases.near(
                "report", one.id, latitude, longitude, one.radius, 4 * MOST_NEAR, open_only=False,
                since=since - timedelta(days=90), shown_only=True,
            )
            if n.case.closed_at is not None and n.case.closed_at >= since and n.case.state != "merged"
        ),
    ]  # fmt: skip
    best = sorted(found, key=lambda n: (n.case.closed_at is not None, n.metres))[:MOST_NEAR]
    with people.through("case"):
        rows = Report.objects.in_bulk([n.case.pk for n in best])
    return tuple(_duplicate(n, rows[n.case.pk]) for n in best if n.case.pk in rows)


def _duplicate(found: cases.Near, row: Report) -> Duplicate:
    case = found.case
    return Duplicate(
        case.code, row.subject, row.body, case.category, case.state, round(found.metres), case.opened_at,
        case.closed_at, case.supporters, _picture(photos.of_case(case.code)),
    )  # fmt: skip


def _picture(views: Sequence[photos.View]) -> str:
    return next((v.address("thumb") for v in views if v.shown), "")


def follow(code: str, caller: Caller, party: cases.Party | None = None) -> int:
    """Somebody says “this is my matter too”; how many do. A person or device counts once, and a party with
    a contact is told what becomes of it. Raises NoSuchReport for one that is not shown."""
    with people.through("case"):
        case = cases.Case.objects.filter(code=cases.read_code(code), public="shown").first()
    if case is None or case.state == "merged":
        raise NoSuchReport(report=code[:40])
    abuse.not_blocked(caller)
    given = party or cases.Party()
    contact = given.phone or given.email
    marks = [people.fingerprint(f"supporter {contact}")] if contact else list(caller.marks.values())[-1:]
    if not marks:
        raise NoSuchReport(report=code[:40])
    for mark in caller.marks.values():
        abuse.count(f"follow {mark}"[:64], 60)
    with people.through("case"), transaction.atomic():
        _, new = Support.objects.get_or_create(
            case_id=case.pk, mark=marks[0], defaults={"at": ground().now()}
        )
        if new:
            cases.support(case.code, given if not given.empty else cases.Party(token=marks[0]))
        case.refresh_from_db(fields=["supporters"])
    return case.supporters
