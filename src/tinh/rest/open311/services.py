"""Categories of reports as Open311 services, and their questions as attributes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from functools import partial
from math import isfinite
from typing import Any
from zoneinfo import ZoneInfo

from tinh.jobs import api as jobs
from tinh.packs.api import Catalogue, Question, ReportCategory
from tinh.rest.open311.faults import (
    ArgumentMissing,
    BadValue,
    Gathered,
    UnknownAttribute,
    UnknownService,
)

_DATATYPES = {
    "text": "string", "number": "number", "date": "datetime", "choice": "singlevaluelist",
    "multi": "multivaluelist",
}  # fmt: skip
_HELP = {
    "number": {"vi": "Một số", "en": "A number"},
    "date": {"vi": "Ngày, như 2026-11-22", "en": "A date such as 2026-11-22"},
    "choice": {"vi": "Chọn một", "en": "Choose one"},
    "multi": {"vi": "Có thể chọn nhiều", "en": "Several may be chosen"},
}


def service_list(catalogue: Catalogue, language: str) -> list[dict[str, Any]]:
    """GET Service List: every category in the order it is declared."""
    return [
        {
            "service_code": one.id,
            "service_name": one.name.in_(language),
            "description": one.description.in_(language) or one.name.in_(language),
            "metadata": bool(one.questions),
            "type": "realtime",
            "keywords": ", ".join(one.keywords.get(language, ())),
            "group": catalogue.report_groups[one.group].name.in_(language),
        }
        for one in catalogue.report_categories.values()
    ]


def service(catalogue: Catalogue, code: str) -> ReportCategory:
    found = catalogue.report_categories.get(code)
    if found is None:
        raise UnknownService(id=code[:80])
    return found


def definition(category: ReportCategory, language: str) -> dict[str, Any]:
    """GET Service Definition; without attributes where nothing is asked."""
    return {
        "service_code": category.id,
        "attributes": [
            {
                "variable": True,
                "code": one.id,
                "datatype": _DATATYPES[one.kind],
                "required": one.required,
                "datatype_description": _HELP.get(one.kind, {}).get(language, ""),
                "order": number,
                "description": one.label.in_(language),
                **({"values": _values(one, language)} if one.options else {}),
            }
            for number, one in enumerate(category.questions, 1)
        ],
    }


def answers(
    category: ReportCategory, given: Mapping[str, list[str]], gathered: Gathered | None = None
) -> dict[str, Any]:
    """Attributes as answers to the category's questions; what is wrong with them goes into `gathered`, or is
    raised together: BadValue, UnknownAttribute, ArgumentMissing. An option may be told by its key or by its
    name; those of a list of several also in one value, parted by commas."""
    faults = gathered or Gathered()
    questions = {one.id: one for one in category.questions}
    for code in given:
        if code not in questions:
            faults.faults.append(UnknownAttribute(service=category.id, name=code[:60]))
    out: dict[str, Any] = {}
    for id, question in questions.items():
        values = list(dict.fromkeys(given.get(id, ())))
        if values:
            read = faults.read(partial(_answer, question, values))
            if read is not None:
                out[id] = read
        elif question.required:
            faults.faults.append(ArgumentMissing(name=f"attribute[{id}]"))
    if gathered is None:
        faults.judge()
    return out


def _answer(question: Question, values: list[str]) -> Any:
    if question.kind == "multi":
        parts = [part for value in values for part in _parted(question, value)]
        return list(dict.fromkeys(_read(question, part) for part in parts))
    if len(values) > 1:
        raise BadValue(name=question.id, value=", ".join(values)[:60], expected="1 ×")
    return _read(question, values[0])


def _parted(question: Question, value: str) -> list[str]:
    whole = {word for one in question.options for word in (one.id, one.name.vi, one.name.en)}
    return [value] if value in whole else [part.strip() for part in value.split(",") if part.strip()]


def _read(question: Question, value: str) -> str | float:
    match question.kind:
        case "number":
            try:
                number = float(value.replace(",", "."))
            except ValueError:
                number = float("nan")
            if not isfinite(number):
                raise BadValue(name=question.id, value=value[:60], expected="12.5")
            return int(number) if number.is_integer() and abs(number) < 2**53 else number
        case "choice" | "multi":
            for option in question.options:
                if value in (option.id, option.name.vi, option.name.en):
                    return option.id
            raise BadValue(
                name=question.id, value=value[:60], expected=", ".join(o.id for o in question.options)
            )
        case "date":
            return _day(question, value)
        case _:
            return value


def _day(question: Question, value: str) -> str:
    """The day of a date, or of a moment where the province is."""
    said = value.upper().replace(" ", "+") if "T" in value.upper() else value
    try:
        if "T" not in said:
            return date.fromisoformat(said).isoformat()
        moment = datetime.fromisoformat(said)
        local = moment.astimezone(ZoneInfo(jobs.catalogue().timezone)) if moment.tzinfo else moment
        return local.date().isoformat()
    except (ValueError, OverflowError):
        raise BadValue(
            name=question.id, value=value[:60], expected="2026-11-22, 2026-11-22T08:00:00+07:00"
        ) from None


def _values(question: Question, language: str) -> list[dict[str, str]]:
    return [{"key": one.id, "name": one.name.in_(language)} for one in question.options]
