"""A layout against its contract: patterns that can be read, columns that exist, no column filled twice."""

from __future__ import annotations

import re
import string
from collections.abc import Sequence

import polars as pl

from tinh.kit.errors import Text
from tinh.kit.yamltree import Document
from tinh.packs.findings import Faults, Keys
from tinh.packs.layouts import LayoutEntry
from tinh.packs.models import Column

_GROUP = re.compile(r"\\.|\[(?:\\.|[^\]\\])*\]|\(\?P?<([A-Za-z_]\w*)>|\(\?|\(")


def groups(pattern: str) -> list[str]:
    """The capturing groups of a pattern, by name; unnamed ones are empty texts."""
    found = [m for m in _GROUP.finditer(pattern) if m.group(0).startswith("(")]
    return [m.group(1) or "" for m in found if m.group(1) or m.group(0) == "("]


def names_in(template: str) -> list[str] | None:
    """What a template puts together; None when it cannot be read."""
    try:
        parts = list(string.Formatter().parse(template))
    except ValueError:
        return None
    named = [(name, form or "", conversion) for _, name, form, conversion in parts if name is not None]
    if any(not re.fullmatch(r"[A-Za-z_]\w*", n) or not re.fullmatch(r"(0\d)?", f) or c for n, f, c in named):
        return None
    return [name for name, _, _ in named]


def check_layout(
    entry: LayoutEntry, columns: Sequence[Column], document: Document, path: Keys, faults: Faults
) -> None:
    names = [c.name for c in columns]
    used = {n for e in (*entry.fixed, *_some(entry.unpivot)) for n in names_in(e.template) or ()}
    check_pattern(entry.sheet_names, 0, document, (*path, "sheet_names"), faults)
    for column in entry.columns:
        if column not in names:
            faults.unknown(document, (*path, "columns", column), "PCK032", column, names)
    filled: list[str] = list(entry.columns)
    for i, fixed in enumerate(entry.fixed):
        here = (*path, "fixed", i)
        if fixed.column not in names and fixed.column not in used:
            faults.unknown(document, (*here, "column"), "PCK032", fixed.column, names)
        _once(fixed.column, filled, document, (*here, "column"), faults)
        _template(fixed.pattern, fixed.template, {f.column for f in entry.fixed[:i]}, document, here, faults)
    if entry.unpivot is not None:
        _unpivot(entry, names, filled, document, (*path, "unpivot"), faults)


def _unpivot(
    entry: LayoutEntry, names: list[str], filled: list[str], document: Document, path: Keys, faults: Faults
) -> None:
    unpivot = entry.unpivot
    assert unpivot is not None
    for key in ("names_to", "values_to"):
        column = getattr(unpivot, key)
        if column and column not in names:
            faults.unknown(document, (*path, key), "PCK032", column, names)
        if column:
            _once(column, filled, document, (*path, key), faults)
    if isinstance(unpivot.columns, str):
        check_pattern(unpivot.columns, 0, document, (*path, "columns"), faults)
    if not unpivot.columns:
        faults.add(
            document,
            (*path, "columns"),
            "PCK102",
            Text("không có cột nào để xoay", "no columns are named to unpivot"),
            Text("viết mẫu hoặc danh sách tiêu đề", "write a pattern or a list of headers"),
        )
    _template(unpivot.pattern, unpivot.template, {f.column for f in entry.fixed}, document, path, faults)


def check_pattern(pattern: str, wanted: int, document: Document, path: Keys, faults: Faults) -> bool:
    """Whether a pattern can be read and has the groups wanted (0: as many as it likes)."""
    try:
        pl.Series([""]).str.contains(pattern)
    except pl.exceptions.PolarsError:
        faults.add(
            document,
            path,
            "PCK100",
            Text(f"không đọc được mẫu “{pattern}”", f'the pattern "{pattern}" cannot be read'),
            Text("viết mẫu như của Rust regex; không có (?=…) và \\1", "use Rust's regex; no (?=…), no \\1"),
        )
        return False
    if wanted and len(groups(pattern)) != wanted:
        faults.add(
            document,
            path,
            "PCK100",
            Text(f"mẫu “{pattern}” phải có đúng một nhóm", f'the pattern "{pattern}" must have one group'),
            Text(
                "đặt phần cần lấy trong một cặp ngoặc: Tháng (\\d+)",
                "put what is to be taken in one pair of brackets: Tháng (\\d+)",
            ),
        )
        return False
    return True


def _template(
    pattern: str, template: str, known: set[str], document: Document, path: Keys, faults: Faults
) -> None:
    if pattern and not check_pattern(pattern, 0 if template else 1, document, (*path, "pattern"), faults):
        return
    if not template:
        return
    found = names_in(template)
    lacking = [] if found is None else [n for n in found if n not in {*groups(pattern), *known}]
    if found is None or lacking:
        said = lacking[0] if lacking else template
        faults.add(
            document,
            (*path, "template"),
            "PCK101",
            Text(f"khuôn dùng “{said}” không có", f'the template uses "{said}", which is not there'),
            Text(
                "đặt tên nhóm trong mẫu: (?P<y>\\d{4}), rồi viết {y} hoặc {y:02}",
                "name a group of the pattern: (?P<y>\\d{4}), then write {y} or {y:02}",
            ),
        )


def _once(column: str, filled: list[str], document: Document, path: Keys, faults: Faults) -> None:
    if column in filled:
        faults.add(
            document,
            path,
            "PCK104",
            Text(f"cột “{column}” được điền hai lần", f'the column "{column}" is filled twice'),
            Text("giữ một trong columns, fixed, unpivot", "keep one of columns, fixed, unpivot"),
        )
    filled.append(column)


def _some(value: object) -> tuple:  # type: ignore[type-arg]  # of whatever the layout holds
    return () if value is None else (value,)
