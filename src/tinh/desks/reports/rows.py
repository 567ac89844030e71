"""The desk's row beside a case, whoever opened the case."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from tinh.cases.api import Case, Limit
from tinh.desks.reports.apart import covered_answers
from tinh.desks.reports.ground import ground, limits_of, working
from tinh.desks.reports.models import Report
from tinh.desks.reports.screening import COVER, screen
from tinh.packs.api import RefusalReason, ReportCategory
from tinh.people import api as people


def declared(case: Case) -> ReportCategory | None:
    """The category of a case, as declared now."""
    return ground().catalogue().report_categories.get(case.category)


def row_of(case: Case) -> Report:
    """The desk's row of a case; made on first need, as for one parted from another."""
    found = Report.objects.filter(pk=case.pk).first()
    return found or Report.objects.get_or_create(case_id=case.pk, defaults=fields_of(case))[0]


def fields_of(
    case: Case, answers: Mapping[str, Any] | None = None, names: Iterable[str] = ()
) -> dict[str, Any]:
    """What a new row says: text that everybody may read, and the limits the case does not keep."""
    one, clock = declared(case), working()
    said = tuple(names)
    subject, body = screen(case.subject, said), screen(case.body, said)
    covered = subject.text.count(COVER) + body.text.count(COVER)  # most of it when the case was opened
    limits = limits_of(one) if one is not None else None
    at_once = one is not None and one.shown == "at_once"
    return {
        "group": one.group if one is not None else "", "category": case.category,
        "subject": subject.text[:200], "body": body.text, "covered": min(covered, 32767),
        "answers": covered_answers(answers or {}, said),
        "refuse_by": clock.due(case.opened_at, limits.refuse) if limits and limits.refuse else None,
        "ask_by": clock.due(case.opened_at, limits.supplement) if limits and limits.supplement else None,
        "shown_at": case.opened_at if at_once else None, "shown_by": "category" if at_once else "",
    }  # fmt: skip


def in_days(days: int | None, since: Any) -> Any:
    """The end of the working day so many working days after `since`; None where nothing is promised."""
    return working().due(since, Limit(days=days)) if days is not None else None


def covered(found: Sequence[Case]) -> dict[int, tuple[str, str, str]]:
    """Number of a case → subject, text and address as handling agencies read them: they do not learn who
    sent it (Huế, 30/2022/QĐ-UBND), not from what was written either."""
    with people.through("case"):
        rows = Report.objects.in_bulk([case.pk for case in found])
    return {case.pk: _covered(case, rows.get(case.pk)) for case in found}


def cover(texts: tuple[str, str, str], names: Sequence[str]) -> tuple[str, str, str]:
    """Subject, text and address as the row of a report keeps them; what was sent lies apart."""
    subject, body, address = (screen(text, tuple(names)).text for text in texts)
    return subject[:200], body, address[:300]


def _covered(case: Case, row: Report | None) -> tuple[str, str, str]:
    if row is not None:
        return row.subject, row.body, screen(case.address).text
    return screen(case.subject).text, screen(case.body).text, screen(case.address).text


def refusal_words(why: RefusalReason) -> str:
    """The words that come with a reason of refusal: why, and where to go instead."""
    phone = f" ({why.phone})" if why.phone and why.phone not in why.go.vi else ""
    return f"{why.says.vi} {why.go.vi}{phone}"


def own_answer(row: Report) -> str:
    """What a clerk wrote themselves: beside a refusal its prepared words stand already, in both languages."""
    why = ground().catalogue().refusals.get(row.refusal)
    said = row.answer.strip()
    if why is None:
        return said
    prepared = " ".join(screen(refusal_words(why)).text.split())
    plain = " ".join(said.split())
    return plain[len(prepared) :].strip() if plain.startswith(prepared) else said


def hidden_names(case: Any) -> tuple[str, ...]:
    """What its sender is called, where nobody is to know."""
    found = case.parties.filter(role="reporter", shown=False, erased_at=None)
    return tuple(name for name in found.values_list("name", flat=True) if name)
