"""Columns whose value stands once beside the table: in a title, the sheet's name, the file's name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from tinh.gate.mapping.periods import ANY_YEAR, FORMS, MONTH_ONLY, YEAR, of_part, shorter
from tinh.kit.periods import Grain
from tinh.packs.api import Dataset
from tinh.places.api import REFORM
from tinh.sources.api import told_of_part


def period(
    every: Grain, column: str, titles: Sequence[str], sheet: str, filename: str
) -> list[dict[str, Any]]:
    """Fixed entries that give the period of the whole table; empty when nothing says it."""
    allowed = tuple(reversed(shorter(every)))
    for source, texts in (("title", titles), ("sheet", [sheet]), ("filename", [filename])):
        for grain in reversed(allowed):
            for form in FORMS:
                if form.grain != grain or form.loose:
                    continue
                told = [t for t in texts if _says(form.pattern, t)]
                if grain == "year" and any(map(of_part, told)):
                    # A figure of half a year is none of the year: reading refuses it and says so (SRC044).
                    year = next(iter(re.findall(ANY_YEAR, told[0])), "")
                    if form.lacks or not year or not told_of_part(year, texts):
                        return []
                text = next(iter(told), "")
                if not text:
                    continue
                if not form.lacks:
                    return [
                        {"column": column, "from": source, "pattern": form.pattern, "template": form.template}
                    ]
                year = helper("nam", titles, sheet, filename)
                if form.lacks == ("y",) and year:
                    return [
                        year,
                        {
                            "column": column,
                            "from": source,
                            "pattern": form.pattern,
                            "template": form.template,
                        },
                    ]
    return []


def of_part_of_year(
    every: Grain, entries: Sequence[dict[str, Any]], titles: Sequence[str], sheet: str, filename: str
) -> bool:
    """Whether reading by these entries is refused for a part of a year, so that the period is still open."""
    texts = {"title": titles, "sheet": [sheet], "filename": [filename]}
    return every == "year" and any(
        told_of_part(year, texts[entry["from"]])
        for entry in entries
        for text in texts[entry["from"]]
        for year in re.findall(ANY_YEAR, text)
    )


def _says(pattern: str, text: str) -> bool:
    found = re.search(pattern, text)
    if not found:
        return False
    month = found.groupdict().get("m")
    return month is None or 1 <= int(month) <= 12


def helper(name: str, titles: Sequence[str], sheet: str, filename: str) -> dict[str, Any] | None:
    """The year, or the month, that periods written without one need."""
    patterns = (YEAR, ANY_YEAR) if name == "nam" else (MONTH_ONLY, r"(?:^|\D)(\d{1,2})[/.\-_]20\d{2}")
    for pattern in patterns:
        for source, texts in (("title", titles), ("sheet", [sheet]), ("filename", [filename])):
            if any(re.search(pattern, t) for t in texts):
                return {"column": name, "from": source, "pattern": pattern}
    return None


def place_in_sheets(
    names: Sequence[str], dataset: Dataset, gazetteer: Any, province: str, today: date
) -> bool:
    """Whether the sheets of a workbook are named after the places of the dataset."""
    binding = dataset.place
    if binding is None or gazetteer is None or not names:
        return False
    for day in (today, REFORM - timedelta(days=1)):
        found = gazetteer.resolve_many(list(names), [day] * len(names), province or None, binding.levels)
        if all(found):
            return True
        if binding.by == "code" and all(
            (u := gazetteer.find(n.strip(), day)) is not None and u.level in binding.levels for n in names
        ):
            return True
    return False


def place_beside(
    dataset: Dataset,
    titles: Sequence[str],
    sheet: str,
    filename: str,
    gazetteer: Any,
    province: str,
    today: date,
) -> list[dict[str, Any]]:
    """A title such as `Xã La Bằng` for a file that speaks of one place."""
    binding = dataset.place
    if binding is None or gazetteer is None:
        return []
    pattern = r"(?i)((?:xã|phường|thị trấn|đặc khu)\s+[^,;:()\d]{2,40})"
    for source, texts in (("title", titles), ("sheet", [sheet]), ("filename", [filename])):
        for text in texts:
            found = re.search(pattern, text)
            said = found.group(1).strip() if found else ""
            if not said:
                continue
            for day in (today, REFORM - timedelta(days=1)):
                unit = gazetteer.resolve(said, day, within=province or None).unit
                if unit is None or unit.level not in binding.levels:
                    continue
                return [{"column": binding.column, "from": source, "pattern": pattern}]
    return []
