"""What the desk does while a report goes through its process: the service `report` of its diagram.

Called with `what`: accepted, given, asked, unanswered, refused, answered, published, check, reopened, closed.
It writes the desk's row, gives the facts the diagram goes on with, and has people told.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from tinh.cases.api import Case, tell
from tinh.desks.reports import rounds
from tinh.desks.reports.ground import ground, owner
from tinh.desks.reports.models import Report
from tinh.desks.reports.rows import (
    cover,
    covered,
    declared,
    hidden_names,
    in_days,
    own_answer,
    refusal_words,
    row_of,
)
from tinh.desks.reports.screening import screen
from tinh.packs.api import ReportLimits

Facts = Mapping[str, Any]


def report(case: Case, arguments: Facts, moment: datetime) -> Facts:
    """The service. An unknown `what` is a fault of the diagram."""
    row = row_of(case)
    given = _STEPS[str(arguments.get("what"))](case, row, arguments, moment)
    row.save()
    return given


def _limits(case: Case) -> ReportLimits:
    one = declared(case)
    return one.limits if one is not None else ReportLimits()


def _handler(case: Case, arguments: Facts) -> str:
    """The agency a clerk named by id, name or short name; else the one declared."""
    from tinh.packs.api import slug

    said = slug(str(arguments.get("handler") or ""))
    catalogue, one = ground().catalogue(), declared(case)
    for agency in catalogue.agencies.values() if said else ():
        names = (agency.id, agency.name.vi, agency.name.en, agency.short.vi, agency.short.en)
        if said in {slug(n) for n in names if n}:
            return agency.id
    return owner(one, case.place) if one is not None else case.agency


def _everybody(case: Case, template: str, moment: datetime, **data: str) -> None:
    for audience in ("reporter", "supporters"):
        tell(case, template, audience, moment, data=data)


def _accepted(case: Case, _row: Report, arguments: Facts, moment: datetime) -> Facts:
    found = _handler(case, arguments)
    _everybody(case, "report-accepted", moment, handler=_named(found))
    return {"owner": found}


def _given(case: Case, _row: Report, arguments: Facts, _moment: datetime) -> Facts:
    return {"owner": _handler(case, arguments)}


def _named(agency: str) -> str:
    found = ground().catalogue().agencies.get(agency)
    return found.name.vi if found is not None else agency


def _asked(case: Case, row: Report, arguments: Facts, moment: datetime) -> Facts:
    limits = _limits(case)
    row.asked += 1
    row.asked_at = row.asked_at or moment
    row.question = str(arguments.get("text") or "")
    until = in_days(limits.supplement_days, moment) or moment + timedelta(days=7)
    tell(case, "report-asked", "reporter", moment, data={"question": row.question, "until": _day(until)})
    return {"supplement_by": until.isoformat(), "may_ask": row.asked < limits.supplements}


def _day(moment: datetime) -> str:
    from tinh.desks.reports.ground import working

    return moment.astimezone(working().zone).strftime("%H:%M %d/%m/%Y")


def _refused(case: Case, row: Report, arguments: Facts, moment: datetime) -> Facts:
    known = ground().catalogue().refusals
    said = str(arguments.get("refusal") or "")
    row.refusal = said if said in known else "unclear"
    row.answer = screen(str(arguments.get("text") or ""), hidden_names(case)).text
    return _end_refused(case, row, moment)


def _unanswered(case: Case, row: Report, _arguments: Facts, moment: datetime) -> Facts:
    row.refusal = "no-supplement"
    return _end_refused(case, row, moment)


def _end_refused(case: Case, row: Report, moment: datetime) -> Facts:
    why = ground().catalogue().refusals.get(row.refusal)
    said = refusal_words(why) if why is not None and own_answer(row) == row.answer.strip() else ""
    _everybody(case, "report-refused", moment, why=said)  # else the clerk's words say it
    case.state, case.outcome = "refused", "refused"
    return {"state": "refused", "outcome": "refused"}


def _answered(case: Case, row: Report, _arguments: Facts, moment: datetime) -> Facts:
    row.publish_by = case.publish_by or in_days(_limits(case).publish_days, moment)
    return {"publish_by": row.publish_by.isoformat() if row.publish_by else None}


def _published(case: Case, row: Report, arguments: Facts, moment: datetime) -> Facts:
    """The answer is open to its sender, and to everybody where the category is; nothing is owed any more."""
    limits, one = _limits(case), declared(case)
    row.answer = screen(str(arguments.get("text") or ""), hidden_names(case)).text
    row.published_at = moment
    if one is not None and one.shown != "never" and row.shown_at is None:
        row.shown_at, row.shown_by = moment, "answer"
    _everybody(case, "report-published", moment)
    return {
        "rate_by": (moment + timedelta(days=limits.rate_days)).isoformat(),
        "check_by": (moment + timedelta(days=limits.check_days)).isoformat(),
        "outcome": str(arguments.get("result") or "answered"),
        "public": "shown" if row.shown_at is not None else "hidden",
    }


def _check(case: Case, row: Report, _arguments: Facts, moment: datetime) -> Facts:
    row.check_at = moment
    if not row.word:
        tell(case, "report-check", "reporter", moment)
    return {}


def _reopened(case: Case, row: Report, _arguments: Facts, moment: datetime) -> Facts:
    rounds.keep(row, moment, case.accepted_at, case.answered_at)
    row.published_at = row.publish_by = row.check_at = None
    case.answered_at = case.publish_by = None
    case.outcome = ""
    case.reopened += 1
    _everybody(case, "report-reopened", moment)
    return {"opened_again": case.reopened}


def _begun_anew(case: Case) -> None:
    """A clerk opens a report again: nothing is published, refused or asked any more."""
    row = row_of(case)
    if row.published_at is not None:
        rounds.keep(row, ground().now(), case.accepted_at, case.answered_at)
        row.save(update_fields=["added"])
    Report.objects.filter(pk=case.pk).update(
        published_at=None, publish_by=None, check_at=None, check_word="", refusal="", question=""
    )


def _closed(case: Case, _row: Report, arguments: Facts, _moment: datetime) -> Facts:
    case.state, case.outcome = "closed", str(arguments.get("result") or case.outcome or "answered")
    return {"state": "closed", "outcome": case.outcome}


_STEPS: dict[str, Callable[[Case, Report, Facts, datetime], Facts]] = {
    "accepted": _accepted, "given": _given, "asked": _asked, "unanswered": _unanswered, "refused": _refused,
    "answered": _answered, "published": _published, "check": _check, "reopened": _reopened, "closed": _closed,
}  # fmt: skip


def register() -> None:
    """Let processes call `report`, and its notices have words."""
    from pathlib import Path

    from tinh.cases.api import (
        register_cover,
        register_eraser,
        register_keeper,
        register_letters,
        register_link,
        register_reopener,
        register_service,
        register_veil,
    )
    from tinh.desks.photos import door as photos
    from tinh.desks.reports.retention import erase

    register_service("report", report, quick=True)
    register_eraser(erase)
    register_veil("report", covered)
    register_keeper(photos.kept_of)
    register_cover("report", cover)
    register_reopener(_begun_anew)
    register_letters(Path(__file__).with_name("letters.yaml"))
    register_link("report", "/phan-anh/theo-doi?ma={code}")
