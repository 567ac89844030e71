"""What happened to a report, line by line, as its sender and everybody else may read it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from tinh.cases import api as cases
from tinh.desks.reports.apart import said_in_full
from tinh.desks.reports.ground import working
from tinh.desks.reports.models import Report
from tinh.desks.reports.rounds import Round, rounds_of
from tinh.desks.reports.rows import hidden_names
from tinh.desks.reports.screening import screen
from tinh.kit.errors import Text
from tinh.people import api as people


@dataclass(frozen=True, slots=True)
class Moment:
    """One line of what happened. `text`: what was written then, by note `number`, where it may be read."""

    at: datetime
    what: str
    says: Text
    text: str = ""
    number: int = 0


def moments_of(
    case: cases.Case, row: Report, notes: Sequence[cases.Note] = (), *, own: bool = False
) -> tuple[Moment, ...]:
    """What happened, without who did it; what was done before it was opened again stays in it. `notes`: those
    for everybody (notes_of), with what they say; what its sender added is said to them alone (`own`), for
    others it stands in the report's text."""
    before = rounds_of(row)
    since = before[-1].reopened_at if before else None
    again = since is not None and case.accepted_at == since  # accepted anew by opening it again
    line = (
        (case.opened_at, "opened", Text("Đã gửi", "Sent")),
        *(moment for one in before for moment in _round(one)),
        (None if again else case.accepted_at, "accepted", _ACCEPTED),
        (row.asked_at, "asked", Text("Đề nghị bổ sung", "Asked for more")),
        (case.answered_at, "answered", _ANSWERED),
        (row.published_at, "published", _PUBLISHED),
        (None if before and row.rated_at == before[-1].rated_at else row.rated_at, "rated", _RATED),
        (row.check_at, "check", Text("Hỏi lại sau 4 tuần", "Asked again after 4 weeks")),
        (case.closed_at, "closed", _END.get(case.state, _END["closed"])),
    )  # fmt: skip
    found = [Moment(at, what, says) for at, what, says in line if at is not None]
    return tuple(sorted([*found, *_remarks(case, row, notes, own)], key=lambda m: m.at))


def story_of(case: cases.Case, row: Report, *, own: bool = False) -> tuple[Moment, ...]:
    """The whole of it for one report: what was written to citizens, extensions with their apology."""
    told = moments_of(case, row, notes_of([case]).get(case.pk, ()), own=own)
    with people.through("case"):
        found = cases.Event.objects.filter(case=case, action__in=("extend", "reopen", "refuse", "withdraw"))
        events = list(found.order_by("seq"))
    more = [*_extensions(case, events), *_taken_up(row, events)] if events else []
    return tuple(sorted([*told, *more], key=lambda m: m.at))


def _extensions(case: cases.Case, events: Sequence[cases.Event]) -> Iterator[Moment]:
    names = hidden_names(case)
    for one in events:
        if one.action == "extend":
            until = datetime.fromisoformat(one.facts["until"]).astimezone(working().zone)
            says = Text(
                f"Cơ quan xin lỗi và gia hạn đến {until:%d.%m.%Y %H:%M}",
                f"The agency is sorry and takes until {until:%d.%m.%Y %H:%M}",
            )
            said = "\n".join(text for text in (one.reason, one.facts.get("apology", "")) if text)
            yield Moment(one.at, "extended", says, screen(said, names).text)


def _taken_up(row: Report, events: Sequence[cases.Event]) -> Iterator[Moment]:
    """What ended without an answer, and was opened again by a clerk: no round tells of it."""
    rounds = [one.reopened_at for one in rounds_of(row)]
    ended: cases.Event | None = None
    for one in events:
        if one.action == "reopen":
            if ended is not None:
                what = "refused" if ended.action == "refuse" else "closed"
                yield Moment(ended.at, what, _END[what])
            if not any(abs(one.at - at) < _SAME for at in rounds):
                yield Moment(one.at, "reopened", _REOPENED)
            ended = None
        elif one.action != "extend":
            ended = one


def notes_of(found: Iterable[cases.Case]) -> dict[int, list[cases.Note]]:
    """Number of a case → its notes that everybody may read."""
    kept: dict[int, list[cases.Note]] = {}
    wanted = [case.pk for case in found]
    with people.through("case"):
        for one in cases.Note.objects.filter(case__in=wanted, public=True, erased_at=None).order_by("pk"):
            kept.setdefault(one.case_id, []).append(one)
    return kept


def _remarks(case: cases.Case, row: Report, notes: Sequence[cases.Note], own: bool) -> Iterator[Moment]:
    names = hidden_names(case) if notes else ()
    sent = said_in_full(row) if notes and own else {}
    for one in notes:
        covered = screen(one.text, names).text
        if one.account is not None:
            yield Moment(one.at, "noted", _NOTED, covered, one.pk)
        elif own:
            yield Moment(one.at, "added", _ADDED, sent.get(one.text, covered), one.pk)
        else:
            yield Moment(one.at, "added", _ADDED, "", one.pk)


_NOTED = Text("Cơ quan thông tin thêm", "Word from the agency")
_ADDED = Text("Người gửi bổ sung", "Its sender added")


_ACCEPTED = Text("Đã tiếp nhận", "Accepted")
_ANSWERED = Text("Cơ quan đã trả lời, chờ duyệt", "Answered, to be approved")
_PUBLISHED = Text("Đã công khai kết quả", "Answer published")
_REOPENED = Text("Mở lại để giải quyết tiếp", "Opened again to be handled")
_SAME = timedelta(seconds=10)  # a round and its event are written a moment apart
_RATED = Text("Người gửi đã đánh giá", "Rated by its sender")


def _round(one: Round) -> tuple[tuple[datetime | None, str, Text], ...]:
    return (
        (one.accepted_at, "accepted", _ACCEPTED), (one.answered_at, "answered", _ANSWERED),
        (one.published_at, "published", _PUBLISHED), (one.rated_at, "rated", _RATED),
        (one.reopened_at, "reopened", _REOPENED),
    )  # fmt: skip


_END = {
    "closed": Text("Đã kết thúc", "Closed"),
    "refused": Text("Đã từ chối", "Refused"),
    "merged": Text("Đã gộp vào phản ánh khác", "Merged into another report"),
}
