"""Columns that are really rows: a column a month, a day, a year, an indicator."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tinh.gate.mapping.names import Names, bare
from tinh.gate.mapping.periods import MONTH_ONLY, NAMED, Form, form_for, shorter
from tinh.packs.api import Dataset

_MONTH_SAID = re.compile(
    rf"{MONTH_ONLY}|(?:^|\D)(?:\d{{1,2}}[/.\-_]20\d{{2}}|20\d{{2}}[-_.]?(?:0[1-9]|1[0-2]))"
)
_SPOKEN = re.compile(
    r"tháng|thang|thg|quý|quy|năm|nam|ngày|ngay|iv|i{2,3}|"
    r"\b(?:giêng|mười|một|hai|ba|tư|bốn|sáu|bảy|bẩy|tám|chín|muoi|mot|bon|sau|bay|tam|chin)\b|"
    r"sơ bộ|ước(?: tính| thực hiện| đạt)?|"
    rf"prel(?:iminary)?|\b{NAMED}|\bto\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Wide:
    """`positions` become rows; `values` is the column their cells belong to, or empty where the header's
    last part names it; `inner` maps positions to the contract's column of that last part."""

    positions: tuple[int, ...]
    names_to: str
    values: str = ""
    form: Form | None = None
    mapping: tuple[tuple[str, str], ...] = ()
    inner: tuple[tuple[int, str], ...] = ()
    topped: bool = False  # the indicator stands above, the period below


def find(
    headers: Sequence[str], dataset: Dataset, names: Names, hint: str, places: Sequence[bool] = ()
) -> Wide | None:
    """The wide columns of a sheet, when at least two headers are periods or values of a column, or three
    are places. `places`: which headers are."""
    return (
        _periods(headers, dataset, names, hint)
        or _indicators(headers, dataset)
        or _places(dataset, names, hint, places)
    )


def _places(dataset: Dataset, names: Names, hint: str, places: Sequence[bool]) -> Wide | None:
    """A column a commune, and a row for each thing that is told of it."""
    at = tuple(i for i, place in enumerate(places) if place)
    if dataset.place is None or len(at) < 3:
        return None
    return Wide(at, dataset.place.column, _value(dataset, names, hint))


def _periods(headers: Sequence[str], dataset: Dataset, names: Names, hint: str) -> Wide | None:
    binding = dataset.period
    if binding is None:
        return None
    split = [[p.strip() for p in h.split(" / ")] for h in headers]
    for grain in shorter(binding.every):
        for at in (0, -1):  # the period above the indicators, or below them
            group = [
                i for i, parts in enumerate(split) if len(parts) > 1 and form_for([parts[at]], grain, True)
            ]
            texts = list(dict.fromkeys(split[i][at] for i in group))
            form = (
                form_for(texts, grain, len(texts) > 3)
                if len(texts) > 1 or (texts and at == 0 and len(group) > 1)
                else None
            )
            if form is None:
                continue
            if at == 0:
                named = _columns(list(dict.fromkeys(split[i][-1] for i in group)), names, binding.column)
                inner = tuple((i, named.get(split[i][-1], "")) for i in group)
                only = {c for _, c in inner}
                if len(only) == 1 and (value := next(iter(only))):
                    return Wide(tuple(group), binding.column, value, form)
                if len(only) > 1:  # what is not known is for a person to say
                    return Wide(tuple(group), binding.column, "", form, (), inner)
            else:
                tops = {_column(split[i][0], names) or _column(" ".join(split[i][:-1]), names) for i in group}
                if len(tops) == 1:
                    value = next(iter(tops)) or _value(dataset, names, f"{hint} {split[group[0]][0]}")
                    return Wide(tuple(group), binding.column, value, form, topped=True)
        single = [
            i
            for i, parts in enumerate(split)
            if len(parts) == 1 and form_for([parts[0]], grain, True) and _pure(parts[0])
        ]
        texts = [split[i][0] for i in single]
        form = form_for(texts, grain, len(texts) > 3) if len(texts) > 1 else None
        if form is not None and form.loose and grain == "month" and _MONTH_SAID.search(hint):
            continue  # 1, 2, 3 … under `Tháng 9` are days
        if form is not None:
            return Wide(tuple(single), binding.column, _value(dataset, names, hint), form)
    return None


def _pure(text: str) -> bool:
    """A header that is a period and nothing else."""
    return not re.search(r"[^\W\d_]{2,}", _SPOKEN.sub("", text))


def _column(part: str, names: Names) -> str:
    """The contract's column a part of a header names; empty when it is not sure."""
    best = max(names.forms, key=lambda c: names.score(part, c)[0], default="")
    return best if best and names.score(part, best)[0] >= 0.72 else ""


def _columns(parts: Sequence[str], names: Names, but: str) -> dict[str, str]:
    """The columns that the lower header row names, one to one, the surest first."""
    scored = sorted(
        ((names.score(p, c)[0], p, c) for p in parts for c in names.forms if c != but), key=lambda s: -s[0]
    )
    out: dict[str, str] = {}
    for least in (0.5, 0.4):  # when the others have found theirs, less is enough
        for score, part, column in scored:
            if score >= least and part not in out and column not in out.values():
                out[part] = column
    return out


def _value(dataset: Dataset, names: Names, hint: str) -> str:
    """The column wide cells belong to: the one the title speaks of, or the only number there is."""
    bound = {b.column for b in (dataset.place, dataset.period) if b is not None} | set(dataset.key)
    numbers = [c for c in dataset.columns if c.logical in ("integer", "number") and c.name not in bound]
    if len(numbers) == 1:
        return numbers[0].name
    said = bare(hint)
    spoken = {
        c.name: max(
            (len(bare(f)) for f in names.forms[c.name] if len(bare(f)) >= 5 and bare(f) in said), default=0
        )
        for c in numbers
    }
    best = max(spoken, key=lambda n: spoken[n], default="")
    return best if best and spoken[best] else ""


def _indicators(headers: Sequence[str], dataset: Dataset) -> Wide | None:
    """Headers that are the allowed values of one column, for a contract with a row an indicator."""
    bound = {b.column for b in (dataset.place, dataset.period) if b is not None}
    numbers = [c for c in dataset.columns if c.logical in ("integer", "number") and c.name not in bound]
    if len(numbers) != 1:
        return None
    for column in dataset.columns:
        if not column.allowed or column.name in bound:
            continue
        spellings: dict[str, str] = {bare(str(v)): str(v) for v in column.allowed}
        for step in column.cleaning:
            if step.do == "code_map":
                spellings |= {bare(k): v for k, v in step.mapping.items()}
        hits: list[tuple[int, str, str]] = []
        for at, header in enumerate(headers):
            last = header.split(" / ")[-1]
            meant = spellings.get(bare(last)) or spellings.get(bare(re.sub(r"\s*\(.*?\)\s*$", "", last)))
            if meant:
                hits.append((at, header, meant))
        if len(hits) >= 2:
            return Wide(
                tuple(at for at, _, _ in hits),
                column.name,
                numbers[0].name,
                None,
                tuple((h, m) for _, h, m in hits),
            )
    return None


def entry(wide: Wide, headers: Sequence[str]) -> dict[str, Any]:
    """The `unpivot` of a layout."""
    form = wide.form
    listed = [headers[at] for at in wide.positions]
    out: dict[str, Any] = {
        "columns": anchored(form.pattern, wide.topped) if form and _only(form, wide, headers) else listed,
        "names_to": wide.names_to,
    }
    if wide.values:
        out["values_to"] = wide.values
    if form:
        out |= {"pattern": form.pattern, "template": form.template}
    if wide.mapping:
        out["mapping"] = dict(wide.mapping)
    return out


def _only(form: Form, wide: Wide, headers: Sequence[str]) -> bool:
    """Whether the pattern finds the wide headers and no other, so that next month's headers fit too."""
    pattern = anchored(form.pattern, wide.topped)
    return {at for at, h in enumerate(headers) if re.search(pattern, h)} == set(wide.positions)


def anchored(pattern: str, topped: bool) -> str:
    """The pattern at the beginning of a header, or of its last part."""
    flag, rest = ("(?i)", pattern[4:]) if pattern.startswith("(?i)") else ("", pattern)
    if rest.startswith(("(?:^|", "^")):
        return pattern
    return f"{flag}(?:^| / )\\s*{rest}" if topped else f"{flag}^\\s*{rest}"
