"""What a report had come to before it was opened again: it stays to be read, beside what is done now.

Kept in the row's `added`, where it ends with the rest of what was written (retention.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tinh.desks.reports.models import Report


@dataclass(frozen=True, slots=True)
class Round:
    """One answer that was not the last: when it was accepted, answered, published and rated, what it said
    (screened), how it was rated, and when the report was opened again."""

    accepted_at: datetime | None
    answered_at: datetime | None
    published_at: datetime | None
    rated_at: datetime | None
    reopened_at: datetime
    answer: str
    word: str
    remark: str


@dataclass(frozen=True, slots=True)
class Rating:
    """What its sender said of one answer; `again`: the report was opened again after it."""

    at: datetime
    word: str
    remark: str
    answer: str
    again: bool


def ratings_of(row: Report) -> tuple[Rating, ...]:
    """What the sender said of each answer, the newest first."""
    before = rounds_of(row)
    said = [Rating(b.rated_at, b.word, b.remark, b.answer, True) for b in before if b.rated_at and b.word]
    if row.rated_at and row.word and not any(one.at == row.rated_at for one in said):
        said.append(Rating(row.rated_at, row.word, row.remark, row.answer, False))
    return tuple(reversed(said))


def keep(
    row: Report, at: datetime, accepted_at: datetime | None = None, answered_at: datetime | None = None
) -> None:
    """Note the round that ends at `at`; the caller saves the row."""
    before = rounds_of(row)
    if before and accepted_at == before[-1].reopened_at:
        accepted_at = None  # it was accepted anew by being opened again
    times = {
        "accepted_at": accepted_at, "answered_at": answered_at, "published_at": row.published_at,
        "rated_at": row.rated_at, "reopened_at": at,
    }  # fmt: skip
    said = {"answer": row.answer if row.published_at else "", "word": row.word, "remark": row.remark}
    kept = {name: moment.isoformat() if moment is not None else "" for name, moment in times.items()}
    row.added = [*row.added, {"round": kept | said}]


def rounds_of(row: Report) -> tuple[Round, ...]:
    """The rounds before the present one, the first first."""
    found: list[dict[str, str]] = [one["round"] for one in row.added if "round" in one]
    return tuple(
        Round(
            _read(one["accepted_at"]), _read(one["answered_at"]), _read(one["published_at"]),
            _read(one["rated_at"]), datetime.fromisoformat(one["reopened_at"]),
            one["answer"], one["word"], one["remark"],
        )
        for one in found
    )  # fmt: skip


def _read(moment: str) -> datetime | None:
    return datetime.fromisoformat(moment) if moment else None
