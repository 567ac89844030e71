"""The columns of one object of a contract, and the rules that stand at a column."""

from __future__ import annotations

import json
from typing import Any

from tinh.kit.errors import Text
from tinh.kit.yamltree import Document
from tinh.packs.block import ColumnBlock
from tinh.packs.check import shape
from tinh.packs.findings import Faults, Keys
from tinh.packs.links import Pending
from tinh.packs.models import CleaningStep, Column, Logical
from tinh.packs.options import NESTED, Options, number
from tinh.packs.personalfile import told, written
from tinh.packs.quality import Quality
from tinh.packs.rules import Rulebook, slug
from tinh.packs.types import logical_type
from tinh.packs.words import Wordbook, both

_PLAIN = ColumnBlock.model_validate({})
_ENUM_PROPERTIES = ("enum", "enumvalues", "allowedvalues", "validvalues")


class ColumnSet:
    """Reads the properties of one schema object into columns, keeping where each stands."""

    def __init__(
        self, document: Document, path: Keys, dataset: str, words: Wordbook, faults: Faults, book: Rulebook
    ) -> None:
        self.document, self.path, self.dataset = document, path, dataset
        self.words, self.faults, self.book = words, faults, book
        self.columns: list[Column] = []
        self.names: dict[str, str] = {}  # every name a column answers to → its name
        self.ids: dict[str, str] = {}
        self.pending: list[Pending] = []
        self._sources: list[tuple[Keys, dict[str, Any]]] = []

    def read(self, properties: list[Any]) -> None:
        taken: set[str] = set()
        for at, prop in enumerate(properties):
            path = (*self.path, "properties", at)
            name = (
                str(prop.get("name") or prop.get("physicalName") or prop.get("businessName") or "")
                if prop
                else ""
            )
            if not name:
                self.faults.add(
                    self.document,
                    path,
                    "PCK011",
                    Text("cột không có tên", "the column has no name"),
                    Text("thêm name", "add a name"),
                    "warning",
                )
                continue
            if name in taken:
                self.faults.add(
                    self.document,
                    path,
                    "PCK056",
                    Text(f"cột “{name}” đã khai báo", f'the column "{name}" stands twice'),
                    Text("xóa hoặc đổi tên một cột", "remove or rename one of them"),
                )
                continue
            taken.add(name)
            self._sources.append((path, {**prop, "name": name}))
        for _, prop in self._sources:
            self._names(prop)
            self.book.labels[prop["name"]] = self._label(prop)

    def _names(self, prop: dict[str, Any]) -> None:
        name = prop["name"]
        self.names[name] = name
        if prop.get("id"):
            self.ids[str(prop["id"])] = name
        if prop.get("physicalName"):
            self.names.setdefault(str(prop["physicalName"]), name)

    def _label(self, prop: dict[str, Any]) -> Text:
        shown = str(prop.get("businessName") or prop["name"])
        return both(self.words.inner(self.dataset, "columns", prop["name"]), Text(shown, shown))

    def called(self, name: str) -> str | None:
        return self.names.get(name) or self.ids.get(name)

    def logical(self, name: str) -> str:
        return next(c.logical for c in self.columns if c.name == name)

    def key(self) -> tuple[str, ...]:
        """Primary-key columns in their declared positions."""
        found = []
        for at, (_, prop) in enumerate(self._sources):
            if prop.get("primaryKey"):
                position = prop.get("primaryKeyPosition")
                placed = isinstance(position, int) and position > 0
                found.append((position if placed else len(self._sources) + at, at, prop["name"]))
        return tuple(name for _, _, name in sorted(found))

    def rules(self, tables: tuple[str, ...]) -> None:
        """Compiles every column, then the quality entries that stand at columns."""
        key = self.key()
        for path, prop in self._sources:
            self._column(path, prop, key)
        for path, prop in self._sources:
            entries = [e for e in prop.get("quality") or [] if isinstance(e, dict)]
            if entries:
                Quality(
                    self.book, self.faults, self.document, path, self.names, tables, prop["name"]
                ).compile(entries)
            for i, link in enumerate(prop.get("relationships") or []):
                if isinstance(link, dict) and link.get("to"):
                    to = link["to"] if isinstance(link["to"], list) else [link["to"]]
                    self.pending.append(
                        Pending(
                            (*path, "relationships", i),
                            (prop["name"],),
                            tuple(map(str, to)),
                            slug(str(link.get("id") or "")),
                        )
                    )

    def _column(self, path: Keys, prop: dict[str, Any], key: tuple[str, ...]) -> None:
        name = prop["name"]
        block = self._block(path, prop)
        raw = dict(prop.get("logicalTypeOptions") or {})
        logical, how = logical_type(
            prop.get("logicalType"), prop.get("physicalType"), str(raw.get("format") or "")
        )
        if how != "declared" and (how != "inferred" or prop.get("logicalType")):
            self._guessed(path, prop, logical)
        self.book.units[name] = block.unit
        self.book.add(f"{name}-type", "type", (name,), {"logical": logical})
        if prop.get("required"):
            self.book.add(f"{name}-required", "required", (name,))
        if prop.get("unique") and key != (name,):
            self.book.add(f"{name}-unique", "unique", (name,))
        options = Options(self.book, self.faults, self.document, path, name, logical).compile(raw)
        allowed = self._allowed(prop, raw, logical)
        if allowed:
            self.book.add(f"{name}-enum", "enum", (name,), {"values": list(allowed)})
        self._nested(prop, name)
        self.columns.append(
            Column(
                name=name,
                headers=self._headers(prop, block),
                label=self.book.labels[name],
                description=str(prop.get("description") or "").strip(),
                logical=logical,
                options=options,
                required=bool(prop.get("required")) or name in key,
                unique=bool(prop.get("unique")) or key == (name,),
                allowed=allowed,
                cleaning=tuple(_step(c.model_dump()) for c in block.clean),
                unit=block.unit,
                personal=told(block.personal),
                privacy=written(block.personal),
                sufficient=block.sufficient,
            )
        )

    def _block(self, path: Keys, prop: dict[str, Any]) -> ColumnBlock:
        for i, entry in enumerate(prop.get("customProperties") or []):
            if isinstance(entry, dict) and entry.get("property") == "tinh":
                where = (*path, "customProperties", i, "value")
                return (
                    shape(self.document, ColumnBlock, self.faults, where, entry.get("value") or {}) or _PLAIN
                )
        return _PLAIN

    def _guessed(self, path: Keys, prop: dict[str, Any], logical: str) -> None:
        shown = prop.get("logicalType") or prop.get("physicalType") or "—"
        self.faults.add(
            self.document,
            path,
            "PCK052",
            Text(
                f"kiểu “{shown}” của cột “{prop['name']}” được hiểu là {logical}",
                f'the type "{shown}" of the column "{prop["name"]}" is read as {logical}',
            ),
            Text("viết logicalType để chắc chắn", "write a logicalType to be sure"),
            "warning",
        )

    def _headers(self, prop: dict[str, Any], block: ColumnBlock) -> tuple[str, ...]:
        label = self.words.inner(self.dataset, "columns", prop["name"])
        synonyms = [s.get("synonym") for s in prop.get("synonyms") or [] if isinstance(s, dict)]
        spellings = [
            prop["name"],
            prop.get("physicalName"),
            prop.get("businessName"),
            *block.headers,
            label.get("vi"),
            label.get("en"),
            *synonyms,
        ]
        others = {p["name"].casefold() for _, p in self._sources if p["name"] != prop["name"]}
        return tuple(
            dict.fromkeys(
                str(s) for s in spellings if s and (s == prop["name"] or str(s).casefold() not in others)
            )
        )

    def _allowed(self, prop: dict[str, Any], options: dict[str, Any], logical: Logical) -> tuple[Any, ...]:
        """Enumerated values, from the standard's `enum` or the ways used before it."""
        listed: Any = prop.get("enum") or options.get("enum")
        for entry in prop.get("customProperties") or []:
            if (
                not listed
                and isinstance(entry, dict)
                and str(entry.get("property")).lower() in _ENUM_PROPERTIES
            ):
                listed = entry.get("value")
                listed = [p.strip() for p in listed.split(",")] if isinstance(listed, str) else listed
        if not isinstance(listed, list):
            return ()
        values = [v.get("value") if isinstance(v, dict) else v for v in listed]
        if logical in ("integer", "number"):
            values = [n if (n := number(v)) is not None else v for v in values]
        elif logical == "string":
            values = [
                v if isinstance(v, str) else json.dumps(v) if isinstance(v, bool) else str(v)
                for v in values
                if v is not None
            ]
        return tuple(dict.fromkeys(v for v in values if v is not None and not isinstance(v, list | dict)))

    def _nested(self, prop: dict[str, Any], name: str) -> None:
        inner = [n for n in (prop.get("properties"), prop.get("items"), prop.get("map")) if n]
        if names := inner_names(inner):
            self.book.carry(name, "nested", ", ".join(names), NESTED)


def inner_names(value: Any) -> list[str]:
    """Names of nested properties, in order."""
    if isinstance(value, list):
        return [n for part in value for n in inner_names(part)]
    if isinstance(value, dict):
        own = [str(value["name"])] if value.get("name") else []
        return own + inner_names(
            [value.get(k) for k in ("properties", "items", "key", "value") if value.get(k)]
        )
    return []


def _step(entry: dict[str, Any]) -> CleaningStep:
    return CleaningStep.model_validate({k: tuple(v) if isinstance(v, list) else v for k, v in entry.items()})
