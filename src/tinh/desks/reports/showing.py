"""What everybody may see of reports: screened text, never the sender; photos once a clerk showed them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from tinh.cases import api as cases
from tinh.desks.papers import door as papers
from tinh.desks.photos import door as photos
from tinh.desks.reports.errors import NoSuchReport, NotNow
from tinh.desks.reports.ground import category, ground
from tinh.desks.reports.models import Report
from tinh.desks.reports.moments import Moment, story_of
from tinh.desks.reports.rounds import Rating, Round, ratings_of, rounds_of
from tinh.desks.reports.rows import hidden_names, own_answer, row_of
from tinh.desks.reports.screening import screen
from tinh.kit.errors import Text
from tinh.packs.api import RefusalReason
from tinh.people import api as people

MOST = 200


@dataclass(frozen=True, slots=True)
class Shown:
    """One report as everybody sees it. `answers`: question in words → answer in words, of questions that are
    public; `name` only where the sender wished it."""

    code: str
    subject: str
    body: str
    category: str
    group: str
    severity: str
    state: str
    outcome: str
    place: str
    address: str
    latitude: float | None
    longitude: float | None
    agency: str
    source: str
    opened_at: datetime
    accept_by: datetime | None
    finish_by: datetime | None
    accepted_at: datetime | None
    answered_at: datetime | None
    published_at: datetime | None
    closed_at: datetime | None
    updated_at: datetime
    late: bool
    supporters: int
    answer: str
    refusal: RefusalReason | None
    word: str
    remark: str
    name: str
    simulated: bool
    merged_into: str = ""
    answers: tuple[tuple[Text, Text], ...] = ()
    moments: tuple[Moment, ...] = ()
    photos: tuple[photos.View, ...] = ()
    before: tuple[Round, ...] = ()


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a public list holds; empty narrows nothing. `box`: west, south, east, north in degrees; `state`:
    `open`, `done` or a state's name; `text`: words of the screened text, with or without diacritics."""

    category: str = ""
    group: str = ""
    place: str = ""
    agency: str = ""
    state: str = ""
    box: tuple[float, float, float, float] | None = None
    since: datetime | None = None
    until: datetime | None = None
    text: str = ""
    codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Listed:
    """Reports, the newest first, and the cursor of those after them ("" at the end)."""

    items: tuple[Shown, ...]
    next: str


def public_case(code: str) -> Shown:
    """Raises NoSuchReport for one that is hidden, as for one that never was."""
    with people.through("case"):
        row = open_to_all().filter(case__code=cases.read_code(code)).first()
        if row is None:
            raise NoSuchReport(report=code[:40])
        into = cases.Link.objects.filter(case_id=row.pk, kind="duplicate_of").select_related("to").first()
        name = _sender(row) if row.named else ""
    pictures = tuple(v for v in photos.of_case(row.case.code) if v.shown)
    merged = into.to.code if into is not None and into.to is not None and into.to.public == "shown" else ""
    return shown_of(row, pictures, story_of(row.case, row), name, merged)


def public_list(wanted: Wanted | None = None, after: str = "", limit: int = 50) -> Listed:
    """Shown reports, the newest first; `after` a cursor of an earlier answer. A wrong cursor begins anew."""
    most = min(max(limit, 1), MOST)
    with people.through("case"):
        found = _narrowed(open_to_all(), wanted or Wanted()).order_by("-case__opened_at", "-case_id")
        at, _, pk = after.partition("~")
        if pk.isascii() and pk.isdigit() and len(pk) < 19:
            try:
                moment = datetime.fromisoformat(at)
                if moment.tzinfo is None or not 1900 < moment.year < 9000:
                    raise ValueError(at)
                found = found.filter(
                    Q(case__opened_at__lt=moment) | Q(case__opened_at=moment, case_id__lt=int(pk))
                )
            except ValueError:
                pass
        rows = _holding(found, wanted or Wanted(), most + 1)
        pictures = photos.of_cases([row.case.code for row in rows])
    page = rows[:most]
    last = page[-1] if len(rows) > most else None
    return Listed(
        tuple(shown_of(row, (pictures[row.case.code],) if row.case.code in pictures else ()) for row in page),
        f"{last.case.opened_at.isoformat()}~{last.pk}" if last is not None else "",
    )


def _holding(found: QuerySet[Report], wanted: Wanted, most: int) -> list[Report]:
    """The first rows, and where words were asked those whose screened text has them: a number that was
    covered finds nothing."""
    if not wanted.text.strip():
        return list(found[:most])
    text = wanted.text.replace("\0", "")
    kept: list[Report] = []
    tried, step = 0, most + most // 8  # nearly all that have the words have them where everybody may read
    for part in cases.with_words(
        found, text, "desks_report.case_id", "case__opened_at", agency=wanted.agency,
        category=wanted.category, place=wanted.place, since=wanted.since, until=wanted.until,
    ):  # fmt: skip
        start = 0
        while tried < _TRIED and len(kept) < most:
            rows = list(part[start : start + step])
            kept += [row for row in rows if cases.holds(f"{row.subject} {row.body}", text)]
            tried, start = tried + len(rows), start + step
            if len(rows) < step:
                break
            step *= 4
        if tried >= _TRIED or len(kept) >= most:
            break
    return kept[:most]


_TRIED = 2500  # rows read for a page


def open_to_all() -> QuerySet[Report]:
    """The reports everybody may read, with their cases."""
    return Report.objects.filter(shown_at__isnull=False, case__public="shown").select_related("case")


def _narrowed(found: QuerySet[Report], wanted: Wanted) -> QuerySet[Report]:
    plain = {
        "category": wanted.category, "group": wanted.group, "case__place": wanted.place,
        "case__agency": wanted.agency, "case__opened_at__gte": wanted.since,
        "case__opened_at__lt": wanted.until,
    }  # fmt: skip
    if any("\0" in value for value in plain.values() if isinstance(value, str)):
        return found.none()
    found = found.filter(**{name: value for name, value in plain.items() if value})
    if wanted.state == "open":
        found = found.filter(published_at__isnull=True, case__closed_at__isnull=True)
    elif wanted.state == "done":
        found = found.filter(Q(case__closed_at__isnull=False) | Q(published_at__isnull=False))
    elif wanted.state:
        found = found.filter(case__state=wanted.state)
    if wanted.box is not None:
        west, south, east, north = wanted.box
        found = found.filter(
            case__longitude__gte=west,
            case__longitude__lte=east,
            case__latitude__gte=south,
            case__latitude__lte=north,
        )
    if wanted.codes:
        found = found.filter(case__code__in=[cases.read_code(c) for c in wanted.codes[:MOST]])
    return found


def _sender(row: Report) -> str:
    """The name of a sender who wished it shown."""
    found = row.case.parties.filter(role="reporter", shown=True, erased_at=None).first()
    return found.name if found is not None else ""


def shown_of(
    row: Report,
    pictures: tuple[photos.View, ...],
    moments: tuple[Moment, ...] = (),
    name: str = "",
    into: str = "",
) -> Shown:
    """A report as everybody sees it, whether they may see it or not: that is for the caller to ask."""
    case = row.case
    due = case.finish_by
    answered = case.answered_at if case.state in ("answered", "published", "closed") else None
    ended = answered or case.closed_at or ground().now()
    reasons = ground().catalogue().refusals
    times = [
        t for t in (case.opened_at, case.accepted_at, row.published_at, row.rated_at, case.closed_at) if t
    ]
    return Shown(
        code=case.code, subject=row.subject, body=row.body, category=row.category, group=row.group,
        severity=case.severity, state=case.state, outcome=case.outcome, place=case.place,
        address=screen(case.address).text, latitude=_about(case.latitude), longitude=_about(case.longitude),
        agency=case.agency, source=case.source, opened_at=case.opened_at, accept_by=case.accept_by,
        finish_by=due, accepted_at=case.accepted_at, answered_at=case.answered_at,
        published_at=row.published_at,
        closed_at=case.closed_at, updated_at=max(times),
        late=due is not None and ended > due and not case.paused_at,
        supporters=case.supporters, answer=own_answer(row) if row.published_at or case.closed_at else "",
        refusal=reasons.get(row.refusal) if row.refusal else None, word=row.word, remark=row.remark,
        name=name,
        simulated=case.simulated, merged_into=into, answers=_answers(row), moments=moments, photos=pictures,
        before=rounds_of(row),
    )  # fmt: skip


def _about(degrees: float | None) -> float | None:
    """A coordinate to about ten metres."""
    return None if degrees is None else round(degrees, 4)


def _answers(row: Report) -> tuple[tuple[Text, Text], ...]:
    """Answers to the public questions, in words."""
    return tuple((asked, said) for asked, said, public in _answered(row) if public)


def answered(code: str, actor: people.Actor) -> tuple[tuple[Text, Text, bool], ...]:
    """What the category asked, the answer (covered), and whether everybody may read it: for whoever may see
    the case. Raises NoSuchCase."""
    case = cases.one_case(code, actor)
    with people.through("case"):
        row = Report.objects.filter(pk=case.pk).first()
    return _answered(row) if row is not None else ()


def ratings(code: str, actor: people.Actor) -> tuple[Rating, ...]:
    """What its sender said of each answer (covered), the newest first, for whoever may see the case: whoever
    handles it anew reads what was wrong. Raises NoSuchCase."""
    case = cases.one_case(code, actor)
    with people.through("case"):
        row = Report.objects.filter(pk=case.pk).first()
    return ratings_of(row) if row is not None else ()


def _answered(row: Report) -> tuple[tuple[Text, Text, bool], ...]:
    one = ground().catalogue().report_categories.get(row.category)
    return tuple(
        (q.label, said_of(q, row.answers[q.id]), q.public)
        for q in (one.questions if one is not None else ())
        if row.answers.get(q.id) not in (None, "", [])
    )


def said_of(question: Any, value: Any) -> Text:
    """An answer in words; text is screened."""
    names: Mapping[str, Text] = {o.id: o.name for o in question.options}
    chosen: Iterable[Any] = value if isinstance(value, list) else [value]
    found = [names.get(str(v)) or Text(*(screen(str(v)).text,) * 2) for v in chosen]
    return Text(", ".join(t.vi for t in found), ", ".join(t.en for t in found))


def show(code: str, actor: people.Actor, subject: str | None = None, body: str | None = None) -> Shown:
    """Let everybody see a report; a clerk may put the text right first, and what is left to cover is covered.
    Photos are shown apart. Asks `triage cases`; NotNow for a category that is never shown."""
    with people.through("case"), transaction.atomic():
        case = _of(code, actor)
        if category(case.category).shown == "never":
            raise NotNow(
                what_vi="công khai một phản ánh của chuyên mục này", what_en="show one of this category"
            )
        row, names = row_of(case), hidden_names(case)
        if subject is not None:
            row.subject = screen(subject.strip(), names).text[:200]
        if body is not None:
            row.body = screen(body.strip(), names).text
        row.shown_at, row.shown_by = ground().now(), actor.name[:64]
        row.save(update_fields=["subject", "body", "shown_at", "shown_by"])
        cases.set_public(case.code, True, actor)
    return public_case(code)


def hide(code: str, actor: people.Actor, reason: str) -> None:
    """Take a report and its photos out of public view, for a reason that the history keeps."""
    with people.through("case"), transaction.atomic():
        case = _of(code, actor)
        Report.objects.filter(pk=case.pk).update(shown_at=None, shown_by="")
        photos.show(case.code, False)
        papers.hide_all(case.code)
        cases.set_public(case.code, False, actor, reason)


def _of(code: str, actor: people.Actor) -> cases.Case:
    case = cases.one_case(code, actor)
    people.require(actor, "triage cases", agency=case.agency)
    return case
