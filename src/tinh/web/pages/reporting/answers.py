"""The answers to one report, each with its own photos and documents: the present one, and those before the
report was opened again."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from tinh.cases import api as cases
from tinh.desks.api import papers, photos, reports
from tinh.jobs import api as jobs
from tinh.web import formats
from tinh.web.pages.cases.papers import OPEN, lines

_Kept = TypeVar("_Kept", photos.View, papers.Paper)


@dataclass(frozen=True, slots=True)
class Answers:
    """What goes with the present answer, and what was answered before, the last first."""

    photos: list[photos.View]
    papers: list[dict[str, Any]]
    past: list[dict[str, Any]]


def answers_of(one: reports.Shown | reports.Tracked, language: str) -> Answers:
    """Only what everybody may see."""
    zone = jobs.catalogue().timezone
    ends = [past.reopened_at for past in one.before]
    pictures = _by_round(
        (p for p in one.photos if p.role != "report" and p.shown and p.state == "ready"), ends
    )
    files = _by_round(_papers(one.code), ends)
    past = [
        {
            "answer": past.answer,
            "word": reports.WORDS[past.word].in_(language) if past.word in reports.WORDS else "",
            "remark": past.remark,
            "at": formats.minute(past.reopened_at, language, zone),
            "photos": pictures[n],
            "papers": lines(files[n], language, OPEN),
        }
        for n, past in enumerate(one.before)
    ]
    return Answers(pictures[-1], lines(files[-1], language, OPEN), past[::-1])


def _papers(code: str) -> list[papers.Paper]:
    with suppress(cases.NoSuchCase):
        return papers.of_case(code, shown_only=True)
    return []


def _by_round(kept: Iterable[_Kept], ends: list[datetime]) -> list[list[_Kept]]:
    """What came by the end of each round, and at last what came since."""
    out: list[list[_Kept]] = [[] for _ in range(len(ends) + 1)]
    for one in kept:
        out[sum(one.at > end for end in ends)].append(one)
    return out
