"""What an indicator means, and what may not change about it under one version.

Unit, grain (period and the ladder to it), direction, formula and the way values combine are its
meaning. Name, definition, decimals, targets, benchmarks, colours and coverage may change freely.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tinh.kit import expr
from tinh.kit.errors import ExpressionError, Finding, Level, Text
from tinh.packs.former import name, versions
from tinh.packs.models import Catalogue, Dataset, Formula, Indicator

PARTS: Mapping[str, Text] = {
    "unit": Text("đơn vị", "unit"),
    "period": Text("kỳ", "period"),
    "through": Text("các kỳ leo qua", "ladder of grains"),
    "direction": Text("chiều tốt", "direction"),
    "formula": Text("công thức", "formula"),
    "over_time": Text("cách gộp theo thời gian", "aggregation over time"),
    "over_places": Text("cách gộp theo địa bàn", "aggregation over places"),
}


@dataclass(frozen=True, slots=True)
class Broken:
    """A series that would no longer say what it said. `refuses`: it may not be applied like this."""

    indicator: str
    finding: Finding

    @property
    def refuses(self) -> bool:
        return self.finding.level == "error"


def meaning(indicator: Indicator) -> dict[str, Any]:
    """The parts of an indicator's meaning, each in a form that spaces and spelling do not change."""
    return {part: _part(indicator, part) for part in PARTS}


def _part(indicator: Indicator, part: str) -> Any:
    value = getattr(indicator, part)
    if part == "formula":
        return _formula(value)
    return value.as_dict() if isinstance(value, Text) else value


def _formula(formula: Formula) -> Any:
    terms = tuple(t.model_copy(update={"where": _expression(t.where)}) for t in formula.terms)
    return formula.model_copy(
        update={"terms": terms, "expression": _expression(formula.expression), "sql": _sql(formula.sql)}
    )


def _expression(text: str) -> str:
    try:
        return expr.parse(text).text() if text else ""
    except ExpressionError:
        return text


def _sql(text: str) -> str:
    """A query without its comments and with single spaces, its quoted words left as they are."""
    pieces = re.split(r"('(?:[^']|'')*'|\"[^\"]*\"|--[^\n]*|/\*.*?\*/)", text, flags=re.S)
    quoted = ("'", '"')
    said = [
        p if p.startswith(quoted) else "" if i % 2 else re.sub(r"\s+", " ", p) for i, p in enumerate(pieces)
    ]
    return " ".join(part for part in map(str.strip, said) if part)


def changed_parts(before: Indicator, after: Indicator) -> tuple[str, ...]:
    old, new = meaning(before), meaning(after)
    return tuple(part for part in PARTS if old[part] != new[part])


def published(indicator: Indicator) -> bool:
    return indicator.maturity in ("trusted", "binding")


def broken(before: Catalogue, after: Catalogue) -> tuple[Broken, ...]:
    """Every published series the change would break, worst first."""
    out: list[Broken] = []
    for old in before.indicators.values():
        if not published(old):
            continue
        new = after.indicators.get(old.id)
        if new is None:
            out.append(_gone(before, old))
        elif new.version < old.version:
            out.append(_back(old, new))
        elif new.version == old.version:
            out += _silently(old, new)
        else:
            out += _replaced(after, old, new)
        if new is not None and new.version == old.version:
            out += _ground(before, after, old, new)
    for kept in before.former.values():
        still = after.former.get(name(kept.id, kept.version))
        if published(kept) and still is not None and changed_parts(kept, still):
            out.append(_rewritten(kept, still))
    return tuple(sorted(out, key=lambda b: (not b.refuses, b.indicator, b.finding.code)))


def _silently(old: Indicator, new: Indicator) -> list[Broken]:
    parts = changed_parts(old, new)
    if not parts:
        return []
    vi = ", ".join(PARTS[p].vi for p in parts)
    en = ", ".join(PARTS[p].en for p in parts)
    return [
        _broken(
            new, "PCK075",
            f"“{new.id}” đã công bố ở phiên bản {old.version}; {vi} đổi mà phiên bản không tăng",
            f'"{new.id}" is published as version {old.version}; its {en} changes under the same version',
            f"viết version: {old.version + 1} và replaces: {{version: {old.version}, until: <ngày>}}; "
            f"giữ định nghĩa cũ trong indicators/{name(new.id, old.version)}.yaml",
            f"write version: {old.version + 1} and replaces: {{version: {old.version}, until: <day>}}; "
            f"keep the old definition in indicators/{name(new.id, old.version)}.yaml",
        )
    ]  # fmt: skip


def _back(old: Indicator, new: Indicator) -> Broken:
    return _broken(
        new, "PCK076",
        f"“{new.id}” lùi từ phiên bản {old.version} về {new.version}",
        f'"{new.id}" goes back from version {old.version} to {new.version}',
        f"viết version: {old.version + 1}", f"write version: {old.version + 1}",
    )  # fmt: skip


def _replaced(after: Catalogue, old: Indicator, new: Indicator) -> list[Broken]:
    kept = next((i for i in versions(after, old.id) if i.version == old.version), None)
    if kept is None:
        return [
            _broken(
                new, "PCK080",
                f"phiên bản {old.version} của “{new.id}” dừng ngay: không có replaces và tệp của nó",
                f'version {old.version} of "{new.id}" stops at once: no replaces and no file of it',
                f"thêm replaces: {{version: {old.version}, until: <ngày>}} và giữ "
                f"indicators/{name(new.id, old.version)}.yaml nếu cần so hai phiên bản",
                f"add replaces: {{version: {old.version}, until: <day>}} and keep "
                f"indicators/{name(new.id, old.version)}.yaml to see both side by side",
                "warning",
            )
        ]  # fmt: skip
    return [_rewritten(old, kept)] if changed_parts(old, kept) else []


def _rewritten(old: Indicator, kept: Indicator) -> Broken:
    parts = changed_parts(old, kept)
    vi, en = ", ".join(PARTS[p].vi for p in parts), ", ".join(PARTS[p].en for p in parts)
    return _broken(
        kept, "PCK079",
        f"phiên bản {old.version} của “{old.id}” đã công bố, nay bị viết lại: {vi}",
        f'version {old.version} of "{old.id}" is published and is rewritten here: {en}',
        "trả lại định nghĩa cũ trong tệp này", "put the old definition back into this file",
    )  # fmt: skip


def _gone(before: Catalogue, old: Indicator) -> Broken:
    vi, en = [], []
    if old.id == before.room.map or old.id in before.room.tiles:
        vi.append("phòng điều hành")
        en.append("the operations room")
    for alert in before.alerts.values():
        if alert.indicator == old.id:
            vi.append(f"cảnh báo {alert.id}")
            en.append(f"the alert {alert.id}")
    if old.targets:
        vi.append(f"{len(old.targets)} mục tiêu")
        en.append(f"{len(old.targets)} targets")
    used = Text("; đang dùng ở: " + ", ".join(vi), "; used by " + ", ".join(en)) if vi else Text("", "")
    return _broken(
        old, "PCK082",
        f"chỉ tiêu đã công bố “{old.id}” bị bỏ{used.vi}",
        f'the published indicator "{old.id}" is taken away{used.en}',
        "giá trị đã tính vẫn nằm trong kho; trả tệp lại nếu bỏ nhầm",
        "values computed so far stay in the lake; put the file back if this was not meant",
        "warning",
    )  # fmt: skip


def _ground(before: Catalogue, after: Catalogue, old: Indicator, new: Indicator) -> list[Broken]:
    """The columns it reads keep their names but mean something else now."""
    out = []
    for id in old.reads():
        was, now = before.datasets.get(id), after.datasets.get(id)
        if was is None or now is None:
            continue
        for column in _columns(old, was):
            vi, en = [], []
            a, b = _find(was, column), _find(now, column)
            if a is None or b is None:
                continue
            if a.unit != b.unit:
                vi.append(f"đơn vị {a.unit or '–'} → {b.unit or '–'}")
                en.append(f"unit {a.unit or '–'} → {b.unit or '–'}")
            if a.logical != b.logical:
                vi.append(f"kiểu {a.logical} → {b.logical}")
                en.append(f"type {a.logical} → {b.logical}")
            if vi:
                out.append(
                    _broken(
                        new, "PCK083",
                        f"“{new.id}” đọc {id}.{column}: {', '.join(vi)}",
                        f'"{new.id}" reads {id}.{column}: {", ".join(en)}',
                        "tăng version của chỉ tiêu nếu con số đổi nghĩa",
                        "raise the indicator's version if its figures change their meaning",
                        "warning",
                    )
                )  # fmt: skip
    return out


def _columns(indicator: Indicator, dataset: Dataset) -> list[str]:
    formula = indicator.formula
    named = {c.name for c in dataset.columns}
    used = {t.column for t in formula.terms if t.dataset == dataset.id} | {formula.weight}
    for term in formula.terms:
        if term.dataset == dataset.id and term.where:
            used |= expr.parse(term.where).names
    if formula.kind == "sql":
        used |= set(re.findall(r"\w+", formula.sql))
    return sorted(used & named)


def _find(dataset: Dataset, column: str) -> Any:
    return next((c for c in dataset.columns if c.name == column), None)


def _broken(
    indicator: Indicator, code: str, vi: str, en: str, cure_vi: str, cure_en: str, level: Level = "error"
) -> Broken:
    return Broken(
        indicator.id,
        Finding(indicator.file, 1, code, Text(vi, en), Text(cure_vi, cure_en), level),
    )
