"""Answers and additions of a citizen: the report's row keeps them covered, what was sent lies apart.

Handling agencies read the row; who may see reporters reads the other.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from tinh.desks.reports.models import Report, Untold
from tinh.desks.reports.screening import COVER, screen
from tinh.people import api as people

_LONG = 10**8  # numbers from here on have the nine digits that lead to a person


@dataclass(frozen=True, slots=True)
class Raw:
    """What a citizen answered (question → answer) and added (`at`, `text`), as sent."""

    answers: Mapping[str, Any]
    added: tuple[Mapping[str, Any], ...]


def covered_answers(answers: Mapping[str, Any], names: Iterable[str] = ()) -> dict[str, Any]:
    """Answers as handling agencies read them."""
    known = tuple(names)
    return {id: _covered(value, known) for id, value in answers.items()}


def _covered(value: Any, names: tuple[str, ...]) -> Any:
    if isinstance(value, list):
        return [_covered(one, names) for one in value]
    if isinstance(value, str):
        return value if value.isascii() and value.replace("-", "").isalpha() else screen(value, names).text
    if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) >= _LONG:
        return COVER
    return value


def covered_added(added: Iterable[Mapping[str, Any]], names: Iterable[str] = ()) -> list[dict[str, Any]]:
    """Additions as handling agencies read them."""
    known = tuple(names)
    return [{**one, "text": screen(str(one.get("text", "")), known).text} for one in added]


def kept_apart(answers: Mapping[str, Any], names: Iterable[str] = ()) -> Untold | None:
    """The row for answers as sent, where covering changes them."""
    return Untold(answers=dict(answers)) if covered_answers(answers, names) != answers else None


def add(row: Report, one: Mapping[str, Any], names: Iterable[str] = ()) -> None:
    """Put an addition into the row, covered, and apart as sent where that differs. The row is to be saved."""
    (said,) = covered_added([one], names)
    if said != one:
        untold, _ = Untold.objects.get_or_create(case_id=row.pk)
        untold.added = [*untold.added, {**one, "n": len(row.added)}]
        untold.save(update_fields=["added"])
    row.added = [*row.added, said]


def said_in_full(row: Report) -> dict[str, str]:
    """Additions as the row keeps them, covered → as their sender wrote them, for that sender alone."""
    with people.through("case"):
        untold = Untold.objects.filter(pk=row.pk).first()
    sent = {one["n"]: one for one in (untold.added if untold is not None else ())}
    return {one["text"]: sent.get(n, one)["text"] for n, one in enumerate(row.added) if "text" in one}


def as_sent(code: str, actor: people.Actor) -> Raw:
    """A report's answers and additions as they were sent. Raises NoSuchCase; asks `see reporters`."""
    from tinh.cases import api as cases

    case = cases.one_case(code, actor)
    people.require(actor, "see reporters", agency=case.agency)
    with people.through("case"):
        row = Report.objects.filter(pk=case.pk).first()
        untold = Untold.objects.filter(pk=case.pk).first()
    if row is None:
        return Raw({}, ())
    sent = {one["n"]: one for one in (untold.added if untold is not None else ())}
    added = tuple(
        {"at": said["at"], "text": sent.get(n, said)["text"]}
        for n, said in enumerate(row.added)
        if "text" in said  # not the rounds kept beside them (rounds.py)
    )
    return Raw({**row.answers, **(untold.answers if untold is not None else {})}, added)
