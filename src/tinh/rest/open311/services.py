"""Categories of reports as Open311 services, and their questions as attributes."""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite
from typing import Any

from tinh.packs.api import Catalogue, Question, ReportCategory
from tinh.rest.open311.faults import ArgumentMissing, BadValue, UnknownAttribute, UnknownService

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


def answers(category: ReportCategory, given: Mapping[str, list[str]]) -> dict[str, Any]:
    """Attributes as answers to the category's questions; raises BadValue, UnknownAttribute,
    ArgumentMissing. An option may be told by its key or by its name."""
    questions = {one.id: one for one in category.questions}
    odd = [code for code in given if code not in questions]
    if odd:
        raise UnknownAttribute(service=category.id, name=odd[0][:60])
    out: dict[str, Any] = {}
    for id, question in questions.items():
        values = list(dict.fromkeys(given.get(id, ())))
        if not values:
            if question.required:
                raise ArgumentMissing(name=f"attribute[{id}]")
            continue
        if len(values) > 1 and question.kind != "multi":
            raise BadValue(name=id, value=", ".join(values)[:60], expected="1 ×")
        read = [_read(question, value) for value in values]
        out[id] = read if question.kind == "multi" else read[0]
    return out


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
        case _:
            return value


def _values(question: Question, language: str) -> list[dict[str, str]]:
    return [{"key": one.id, "name": one.name.in_(language)} for one in question.options]
