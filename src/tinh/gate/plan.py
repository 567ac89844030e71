"""A contract's rules, compiled once: what is asked of each row and what of the whole delivery."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from tinh.packs.api import Column, Dataset, Rule, RuleKind

_BY_COLUMN: tuple[RuleKind, ...] = ("type", "required", "unique")


@dataclass(frozen=True)
class Plan:
    """`rows` rules hold or flag single rows; `whole` rules look at the delivery.

    A contract may name the rules that stand without being written (type, required, unique,
    key, enum, place, period); those it does not name get these ids: `<column>-type`,
    `<column>-required`, `<column>-unique`, `<column>-enum`, `key`, `place`, `period`.
    """

    rows: tuple[Rule, ...]
    whole: tuple[Rule, ...]
    ids: Mapping[str, str]  # "type:pm25" → rule id, "key" → rule id


def only_flags(rule: Rule) -> bool:
    """Rules of the clean score and warnings mark rows; they do not hold them."""
    return rule.score == "clean" or rule.severity == "warning"


def plan_for(dataset: Dataset) -> Plan:
    """The plan of `dataset`, made once per contract text."""
    return _made(_Keyed(dataset))


class _Keyed:
    """A dataset that compares by its contract's digest and identity."""

    def __init__(self, dataset: Dataset) -> None:
        self.dataset = dataset
        self._key = (dataset.id, dataset.digest, len(dataset.rules), len(dataset.columns))

    def __hash__(self) -> int:
        return hash(self._key)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Keyed) and (
            self.dataset is other.dataset or (self._key == other._key and self.dataset == other.dataset)
        )


@lru_cache(maxsize=256)
def _made(keyed: _Keyed) -> Plan:
    dataset = keyed.dataset
    named: dict[str, str] = {}
    for rule in dataset.rules:
        if rule.kind in ("key", "place", "place_name", "period"):
            named.setdefault(rule.kind, rule.id)
        for name in rule.columns:
            named.setdefault(f"{rule.kind}:{name}", rule.id)
    declared: set[tuple[str, tuple[str, ...]]] = {(r.kind, r.columns) for r in dataset.rules}
    rows: list[Rule] = []
    for column in dataset.columns:
        rows += _implied(column, declared)
    implied_whole: dict[str, object] = {
        "key": bool(dataset.key),
        "place": dataset.place,
        "period": dataset.period,
    }
    implied_whole["place_name"] = dataset.place is not None and bool(dataset.place.name_column)
    for kind, wanted in implied_whole.items():
        if wanted and kind not in named:
            named[kind] = kind.replace("_", "-")
    for rule in rows:
        named.setdefault(f"{rule.kind}:{rule.columns[0]}", rule.id)
    skip = ("key", "place", "place_name", "period", "agree", "adds_up")
    asked = [*rows, *(r for r in dataset.rules if r.kind not in skip)]
    return Plan(
        rows=tuple(r for r in asked if (r.holds or r.score == "clean") and not _counts(r)),
        whole=tuple(
            r for r in asked if _counts(r) or r.kind == "metric" or not (r.holds or r.score == "clean")
        ),
        ids=named,
    )


def _counts(rule: Rule) -> bool:
    """A rule that can only be a number over the whole delivery."""
    return rule.kind == "sql" or (rule.kind == "metric" and rule.arguments.get("name") == "rowCount")


def _implied(column: Column, declared: set[tuple[str, tuple[str, ...]]]) -> list[Rule]:
    own = (column.name,)
    out = []
    wanted = {"type": column.logical != "string", "required": column.required, "unique": column.unique}
    for kind in _BY_COLUMN:
        if wanted[kind] and (kind, own) not in declared:
            out.append(Rule(id=f"{column.name}-{kind}", kind=kind, columns=own))
    if column.allowed and ("enum", own) not in declared:
        values = {"values": column.allowed}
        out.append(Rule(id=f"{column.name}-enum", kind="enum", columns=own, arguments=values))
    return out
