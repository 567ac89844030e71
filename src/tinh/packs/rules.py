"""Making the rules of one dataset: ids that stay, sentences, and what is carried instead."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Any, Literal

from tinh.kit.errors import Text
from tinh.packs.models import Carried, Operator, Rule, RuleKind
from tinh.packs.says import Told, sentence


def slug(text: str) -> str:
    """Letters, digits and hyphens of `text`: “Mã số thuế” → ma-so-thue."""
    plain = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    plain = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", plain)
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")[:60].strip("-")


class Rulebook:
    """The rules and carried entries of one dataset while it is being compiled."""

    def __init__(self, labels: dict[str, Text]) -> None:
        self.labels = labels
        self.units: dict[str, str] = {}
        self.rules: list[Rule] = []
        self.carried: list[Carried] = []
        self._ids: set[str] = set()

    def add(
        self,
        id: str,
        kind: RuleKind,
        columns: tuple[str, ...] = (),
        arguments: dict[str, Any] | None = None,
        *,
        operator: Operator | None = None,
        holds: bool = True,
        severity: Literal["error", "warning"] = "error",
        says: Text | None = None,
        score: Literal["correct", "clean"] = "correct",
        words: Mapping[str, Text] | None = None,
    ) -> Rule:
        arguments = arguments or {}
        told = self.told(words)
        rule = Rule(
            id=self.free(id),
            kind=kind,
            columns=columns,
            arguments=arguments,
            operator=operator,
            holds=holds,
            severity=severity,
            says=says or sentence(kind, columns, arguments, operator, told),
            score=score,
        )
        self.rules.append(rule)
        return rule

    def carry(self, where: str, type: str, text: str, reason: Text) -> None:
        self.carried.append(Carried(where=where, type=type, text=text, reason=reason))

    def label(self, columns: tuple[str, ...]) -> Text:
        return self.told().label(columns)

    def told(self, words: Mapping[str, Text] | None = None) -> Told:
        types = {r.columns[0]: str(r.arguments["logical"]) for r in self.rules if r.kind == "type"}
        return Told(self.labels, self.units, types, words or {})

    def free(self, id: str) -> str:
        """`id`, or `id-2`, `id-3` … when it is taken."""
        out, n = id, 1
        while out in self._ids:
            n += 1
            out = f"{id}-{n}"
        self._ids.add(out)
        return out
