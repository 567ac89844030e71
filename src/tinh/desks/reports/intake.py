"""Taking a report in: judged in words, placed, opened once, its photos and its sender kept apart."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from tinh.cases import api as cases
from tinh.desks.photos import door as photos
from tinh.desks.reports import abuse
from tinh.desks.reports.abuse import Caller
from tinh.desks.reports.apart import kept_apart
from tinh.desks.reports.drafts import Draft, answers_of, faults_of, subject_of
from tinh.desks.reports.errors import DraftWrong, NoSuchCategory, NoSuchReport, ReportsError
from tinh.desks.reports.ground import category, ground, intake, limits_of, suggester
from tinh.desks.reports.models import Report, Support, Untold
from tinh.desks.reports.rows import fields_of
from tinh.desks.reports.suggesting import Suggested
from tinh.desks.reports.whereabouts import where
from tinh.people import api as people

MOST_NEAR = 5
FARTHEST_PICTURED = 2000.0  # metres between two pins of one matter, where the photo is the same


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
    """A report that may be the same matter, as everybody may read it: nearby, `metres` away, or `pictured`,
    found by a photo that shows the same."""

    code: str
    subject: str
    body: str
    category: str
    state: str
    metres: float | None
    opened_at: datetime
    closed_at: datetime | None
    supporters: int
    photo: str  # address of a picture everybody may see, or ""
    pictured: bool = False


def submit(draft: Draft, caller: Caller | None = None) -> Receipt:
    """Open the report's case, once for each key. Raises DraftWrong (field by field), NoSuchCategory,
    OutsideProvince, and at a public door Blocked, TooManyReports, ChallengeWrong."""
    who = caller or Caller()
    one = category(draft.category)
    key, token = f"report/{draft.key}"[:120], token_of(draft.key)
    try:
        faults = faults_of(draft)
        if faults:
            raise DraftWrong(faults)
        spot = where(draft.latitude, draft.longitude, draft.place)  # None: an address that a clerk looks up
    except ReportsError:
        if (there := _there(key)) is not None:  # what was taken once is not judged again
            return _receipt(there, token, False)
        raise
    if not abuse.may_send(who, key) and (there := _there(key)) is not None:
        return _receipt(there, token, False)
    opening = cases.Opening(
        kind="report", subject=subject_of(draft), key=key, category=one.id, body=draft.text.strip(),
        severity=one.severity, source=draft.source, place=spot.place if spot is not None else "",
        latitude=draft.latitude, longitude=draft.longitude, accuracy=draft.accuracy, address=draft.address,
        agency=intake(one), party=_party(draft, token), limits=limits_of(one), process=one.process,
        at=draft.at,
        simulated=draft.simulated, public="shown" if one.shown == "at_once" else "hidden",
    )  # fmt: skip
    written: list[cases.Case] = []
    answers, names = answers_of(draft), (draft.name,) if not draft.show_name else ()

    def beside(case: cases.Case) -> Iterator[Report | Untold | tuple[str, list[Any]]]:
        written.append(case)
        yield Report(named=draft.show_name, sent_from=who.marks, **fields_of(case, answers, names))
        if (untold := kept_apart(answers, names)) is not None:
            yield untold
        if draft.photos:
            yield photos.claiming(draft.photos, case.code, blur=draft.blur)

    made = cases.open_case(opening, who.actor, beside)
    if draft.photos and not any(one is made for one in written):  # the same draft came twice at once
        photos.claim(draft.photos, made.code, blur=draft.blur)
    return _receipt(made, token, True)


def _there(key: str) -> cases.Case | None:
    with people.through("case"):
        return cases.Case.objects.filter(key=key).first()


def _receipt(case: cases.Case, token: str, new: bool) -> Receipt:
    return Receipt(case.code, token, new, case.accept_by, case.finish_by)


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
    return tuple(_duplicate(n.case, rows[n.case.pk], n.metres) for n in best if n.case.pk in rows)


def pictured(
    draft: str, latitude: float | None = None, longitude: float | None = None, place: str = ""
) -> tuple[Duplicate, ...]:
    """Shown reports with a shown photo of what a draft's photos show, open or closed a short while ago,
    the likest first: of any category, at most FARTHEST_PICTURED metres from the point, or of the same commune
    where one of both has no point. `draft` is the secret of the draft's photos."""
    found = {one.case: one for one in photos.alike_shown(draft)} if draft else {}
    if not found:
        return ()
    with people.through("case"):
        rows = (
            Report.objects.filter(case__code__in=list(found), case__public="shown", shown_at__isnull=False)
            .exclude(case__state="merged")
            .select_related("case")
        )
        kept = []
        for row in sorted(rows, key=lambda row: (found[row.case.code].distance, row.case.code)):
            metres = _apart(row.case, latitude, longitude)
            near = bool(place) and row.case.place == place if metres is None else metres <= FARTHEST_PICTURED
            if near and _recent(row.case):
                kept.append(_duplicate(row.case, row, metres, True))
    return tuple(kept[:MOST_NEAR])


def _apart(case: cases.Case, latitude: float | None, longitude: float | None) -> float | None:
    if latitude is None or longitude is None or case.latitude is None or case.longitude is None:
        return None
    return cases.metres_between((latitude, longitude), (case.latitude, case.longitude))


def _recent(case: cases.Case) -> bool:
    """Open, or closed within the days its category calls recent."""
    if case.closed_at is None:
        return True
    try:
        days = category(case.category).recent_days
    except NoSuchCategory:  # no longer declared
        return False
    return bool(case.closed_at >= ground().now() - timedelta(days=days))


def _duplicate(case: cases.Case, row: Report, metres: float | None, pictured: bool = False) -> Duplicate:
    return Duplicate(
        case.code, row.subject, row.body, case.category, case.state,
        None if metres is None else round(metres), case.opened_at, case.closed_at, case.supporters,
        _picture(photos.of_case(case.code)), pictured,
    )  # fmt: skip


def _picture(views: Sequence[photos.View]) -> str:
    return next((v.address("thumb") for v in views if v.shown), "")


def may_follow(code: str, caller: Caller, address: str = "") -> str:
    """The code of a report that this caller may follow, counted for where they are and for the e-mail address
    they name. Raises NoSuchReport for one that is not shown, Blocked, TooManyReports."""
    with people.through("case"):
        case = cases.Case.objects.filter(code=cases.read_code(code), public="shown").first()
    if case is None or case.state == "merged":
        raise NoSuchReport(report=code[:40])
    abuse.not_blocked(caller)
    for mark in caller.marks.values():
        abuse.count(f"follow {mark}"[:64], 60)
    if address:
        abuse.count(people.fingerprint(f"follow letter {address.casefold()}"), 5)
    return case.code


def follow(code: str, caller: Caller, party: cases.Party | None = None) -> int:
    """Somebody says “this is my matter too”; how many do. A person or device counts once, and a party with
    a contact is told what becomes of it: whoever calls has made sure that an e-mail address is theirs. Raises
    as `may_follow` does."""
    with people.through("case"):
        case = cases.Case.objects.get(code=may_follow(code, caller))
    given = party or cases.Party()
    contact = given.phone or given.email
    marks = [people.fingerprint(f"supporter {contact}")] if contact else list(caller.marks.values())[-1:]
    if not marks:
        raise NoSuchReport(report=code[:40])
    with people.through("case"), transaction.atomic():
        _, new = Support.objects.get_or_create(
            case_id=case.pk, mark=marks[0], defaults={"at": ground().now()}
        )
        if new:
            cases.support(case.code, given if not given.empty else cases.Party(token=marks[0]))
        case.refresh_from_db(fields=["supporters"])
    return case.supporters
