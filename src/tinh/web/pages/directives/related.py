"""Directives on the pages of cases: those a case caused, and what a directive's own page adds to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.utils.http import urlencode

from tinh.desks.api import directives, papers
from tinh.people import api as people
from tinh.web import formats
from tinh.web.pages.cases.lines import Teller, agency_name
from tinh.web.pages.cases.papers import lines
from tinh.web.pages.directives.spots import state_key, tone

QUOTED = 700  # characters of a result that go into an address
_LISTED = 50


def of_case(case: Any, who: people.Actor, tell: Teller) -> dict[str, Any]:
    """What a case's page shows of the directives it caused; of a directive, what only its own page has."""
    if case.kind == directives.KIND:
        seen = directives.one(case.code, who)
        return {"line": named(tell, seen), "directive": told(seen, who, tell)}
    found = directives.of_cases([case.code], who).get(case.code, [])
    return {
        "directed": [
            {
                "line": named(tell, s), "answer": s.row.answer if s.case.closed_at is not None else "",
                "until": tell.at(s.case.finish_by) if s.case.finish_by else "",
            }
            for s in found
        ]
    }  # fmt: skip


def named(tell: Teller, seen: Any) -> Any:
    """A row of a list, its state in the words of directives."""
    return replace(tell.line(seen.case), state=tell.say(state_key(seen)), tone=tone(seen))


def told(seen: Any, who: people.Actor, tell: Teller) -> Mapping[str, Any]:
    row, case, say = seen.row, seen.case, tell.say
    tied = directives.tied_to(seen, who)
    open_ = [one for one in tied if one.closed_at is None]
    return {
        "by": row.issued_by, "number": row.number, "signed": _day(row.signed_on, tell),
        "lead": agency_name(case.agency, tell.language, short=False),
        "helpers": [agency_name(one, tell.language, short=False) for one in row.cooperating],
        "done": row.done, "progress": row.progress,
        "progress_at": tell.at(row.progress_at) if row.progress_at else "",
        "asked": _day(row.asked_until, tell), "asked_why": row.asked_why,
        "result": say(f"directiveresult.{row.result}") if row.result else "", "answer": row.answer,
        "reported": tell.at(row.reported_at) if row.reported_at else "",
        "returned": say("directives.returned_times", count=row.returned) if row.returned else "",
        "causes": [
            {"says": one.get(tell.language) or one.get("vi", ""), "link": _local(one.get("link", ""))}
            for one in row.causes
        ],
        "helped": _helped(seen, tell), "papers": lines(_answers(case), tell.language),
        "tied": [tell.line(one) for one in tied[:_LISTED]], "more": max(len(tied) - _LISTED, 0),
        "reply": _reply(case, row, open_, tell) if case.closed_at is not None and row.answer else "",
        "reply_count": formats.number(len(open_), 0, tell.language),
    }  # fmt: skip


def _helped(seen: Any, tell: Teller) -> list[dict[str, Any]]:
    """What the cooperating agencies wrote."""
    return [
        {
            "agency": agency_name(one.agency, tell.language, short=False), "by": one.author,
            "at": tell.at(one.at), "text": one.text, "files": lines(one.files, tell.language),
        }
        for one in directives.contributions(seen)
    ]  # fmt: skip


def _answers(case: Any) -> list[papers.Paper]:
    return [one for one in papers.of_case(case.code) if one.stage == "answer"]


def _reply(case: Any, row: Any, still: list[Any], tell: Teller) -> str:
    """Where the cases that are still open are answered together, quoting the result."""
    if not still:
        return ""
    answer = row.answer if len(row.answer) <= QUOTED else f"{row.answer[: QUOTED - 1]}…"
    lead = agency_name(case.agency, "vi", short=False)
    quote = tell.say("directives.quote", code=case.code, agency=lead, answer=answer)
    sent = [("viec", "tra-loi"), ("trich", quote), *(("ma", one.code) for one in still[:_LISTED])]
    return f"/vu-viec/hang-loat?{urlencode(sent)}"


def _day(day: Any, tell: Teller) -> str:
    return formats.day(day, tell.language) if day else ""


def _local(link: str) -> str:
    return link if link.startswith("/") and not link.startswith("//") else ""
