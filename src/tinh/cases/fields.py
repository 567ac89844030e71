"""What a person fills in with an action, judged against what the action asks for."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from tinh.cases.case_errors import FieldMissing

LONGEST = 10_000


def judged(
    fields: Sequence[Mapping[str, Any]], given: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """What was filled in, apart: what is plain (choices, numbers, dates) and what may be personal (text).
    FieldMissing names the first field that is missing or unfit; what was not asked for is left out."""
    plain: dict[str, Any] = {}
    personal: dict[str, Any] = {}
    for field in fields:
        value = _read(field, given.get(field["id"]))
        if value is None or value in ("", []):
            if field.get("required"):
                raise _unfit(field, "chưa điền", "is empty")
            continue
        (personal if field.get("kind", "text") == "text" else plain)[field["id"]] = value
    return plain, personal


def _read(field: Mapping[str, Any], value: Any) -> Any:
    known = [option["id"] for option in field.get("options", ())]
    match field.get("kind", "text"):
        case "choice":
            if value not in (None, "") and value not in known:
                raise _unfit(
                    field, f"phải là một trong {', '.join(known)}", f"must be one of {', '.join(known)}"
                )
            return value
        case "multi":
            found = [value] if isinstance(value, str) and value else list(value or ())
            if any(one not in known for one in found):
                raise _unfit(field, f"chỉ nhận {', '.join(known)}", f"takes only {', '.join(known)}")
            return found
        case "number":
            return _number(field, value)
        case "date":
            if value in (None, ""):
                return None
            try:
                return date.fromisoformat(str(value)).isoformat()
            except ValueError as error:
                raise _unfit(
                    field, "phải là ngày năm-tháng-ngày", "must be a date, year-month-day"
                ) from error
        case "boolean":
            if value in (None, ""):
                return None
            return value is True or str(value).lower() in ("true", "1", "on", "yes", "có")
        case _:
            said = str(value if value is not None else "").replace("\0", "").strip()
            if len(said) > LONGEST:
                raise _unfit(field, f"dài quá {LONGEST} ký tự", f"is longer than {LONGEST} characters")
            return said


def _number(field: Mapping[str, Any], value: Any) -> float | int | None:
    if value in (None, ""):
        return None
    try:
        number = float(str(value).replace(",", "."))
    except ValueError as error:
        raise _unfit(field, "phải là một số", "must be a number") from error
    if not math.isfinite(number):
        raise _unfit(field, "phải là một số", "must be a number")
    return int(number) if number.is_integer() else number


def _unfit(field: Mapping[str, Any], vi: str, en: str) -> FieldMissing:
    return FieldMissing(
        field_vi=field.get("vi") or field["id"], field_en=field.get("en") or field["id"], why_vi=vi, why_en=en
    )
