"""Tables on their way to a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

from django.http import HttpResponse
from django.utils.http import content_disposition_header

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def sheet(columns: Sequence[str], lines: Iterable[Iterable[Any]], name: str) -> HttpResponse:
    """A CSV to be kept as `name`; text that others wrote is not taken for a formula."""
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\r\n")
    table.writerow(columns)
    table.writerows([harmless(cell) for cell in line] for line in lines)
    answer = HttpResponse("\ufeff" + out.getvalue(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = named(name)
    answer["Cache-Control"] = "private, no-cache"
    return answer


def named(name: str) -> str:
    """The header under which an answer is kept as `name`, which an address may have given."""
    kept = "".join(letter for letter in name if letter.isprintable())[:200]
    return content_disposition_header(True, kept) or "attachment"


def harmless(cell: Any) -> Any:
    """The cell, marked as text where a spreadsheet would run it."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell
