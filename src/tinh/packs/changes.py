"""Two catalogues → what is declared differently, in words."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel

from tinh.kit.errors import Text
from tinh.packs.changewords import FIELDS, KINDS, NOTHING, WHAT
from tinh.packs.models import Catalogue, Formula, Term

What = Literal["added", "removed", "changed"]
_SILENT = {"file", "folder", "digest", "pack", "id", "bundle"}  # where it stands, not what it says
_INNER = {"dataset": (("columns", "column", "name"), ("rules", "rule", "id"))}
_SINGULAR = {
    "agencies": "agency", "packs": "pack", "datasets": "dataset", "indicators": "indicator",
    "former": "indicator", "alerts": "alert", "feeds": "feed", "shares": "share", "indexes": "index",
    "sitings": "siting", "pilots": "pilot", "relations": "relation",
    "subscriptions": "subscription", "report_groups": "report group",
    "report_categories": "report category", "refusals": "refusal reason", "canned_answers": "canned answer",
    "processes": "process",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Change:
    """One declared thing that is there, gone or different. `fields`: name, before, after."""

    kind: str
    id: str
    what: What
    of: str = ""  # the dataset of a column or rule, the indicator of a target
    fields: tuple[tuple[str, Text, Text], ...] = ()

    @property
    def says(self) -> Text:
        kind, what = KINDS.get(self.kind, Text(self.kind, self.kind)), WHAT[self.what]
        of = Text(f" ({self.of})", f" ({self.of})") if self.of else Text("", "")
        if not self.fields:
            return Text(f"{kind.vi} {self.id}{of.vi}: {what.vi}", f"{kind.en} {self.id}{of.en}: {what.en}")
        vi, en = [], []
        for name, before, after in self.fields:
            word = FIELDS.get(name, Text(name, name))
            vi.append(f"{word.vi} {before.vi or NOTHING} → {after.vi or NOTHING}")
            en.append(f"{word.en} {before.en or NOTHING} → {after.en or NOTHING}")
        return Text(
            f"{kind.vi} {self.id}{of.vi}: {'; '.join(vi)}", f"{kind.en} {self.id}{of.en}: {'; '.join(en)}"
        )

    def as_dict(self) -> dict[str, Any]:
        return {
            "kind": self.kind, "id": self.id, "of": self.of, "what": self.what,
            "fields": [{"field": f, "before": _plain(b), "after": _plain(a)} for f, b, a in self.fields],
            "says": self.says.as_dict(),
        }  # fmt: skip


def _plain(text: Text) -> Any:
    return text.vi if text.vi == text.en else text.as_dict()


def changes(before: Catalogue, after: Catalogue) -> tuple[Change, ...]:
    """Everything declared differently, in the order of a catalogue. Empty: both declare the same."""
    found = (_own(change, before, after) for change in _changes(before, after))
    return tuple(change for change in found if change is not None)


def _own(change: Change, before: Catalogue, after: Catalogue) -> Change | None:
    """A change without what only follows from its pack's maturity."""
    indicators = {**after.indicators, **after.former}
    held: Mapping[str, Any] = {"indicator": indicators, "alert": after.alerts}.get(change.kind, {})
    if change.what != "changed" or change.id not in held:
        return change
    pack = held[change.id].pack
    if pack not in before.packs or pack not in after.packs:
        return change
    follows = ("maturity", before.packs[pack].maturity, after.packs[pack].maturity)
    fields = tuple(f for f in change.fields if (f[0], f[1].vi, f[2].vi) != follows)
    return replace(change, fields=fields) if fields else None


def _changes(before: Catalogue, after: Catalogue) -> Iterator[Change]:
    plain: list[tuple[str, Text, Text]] = []
    for field in Catalogue.model_fields:
        if field in _SILENT:
            continue
        old, new = getattr(before, field), getattr(after, field)
        if isinstance(old, Mapping) and isinstance(new, Mapping):
            yield from _mapped(_SINGULAR.get(field, field), old, new)
        elif field == "simulations":
            yield from _mapped("simulation", {s.dataset: s for s in old}, {s.dataset: s for s in new})
        elif field == "layouts":
            names = [{f"{x.dataset}/{x.name}": x for x in found} for found in (old, new)]
            yield from _mapped("layout", *names)
        elif _simple(old) != _simple(new):
            plain.append((field, _said(old), _said(new)))
    if plain:
        yield Change("province", after.id, "changed", "", tuple(plain))


def _mapped(kind: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    for id in [*old, *(i for i in new if i not in old)]:
        if id not in new:
            yield Change(kind, id, "removed")
        elif id not in old:
            yield Change(kind, id, "added")
        elif isinstance(old[id], BaseModel):
            yield from _one(kind, id, old[id], new[id])
        elif _simple(old[id]) != _simple(new[id]):
            yield Change(kind, id, "changed")


def _one(kind: str, id: str, old: BaseModel, new: BaseModel) -> Iterator[Change]:
    inner = {field for field, _, _ in _INNER.get(kind, ())} | ({"targets"} if kind == "indicator" else set())
    fields = []
    for field in type(old).model_fields:
        if field in _SILENT or field in inner:
            continue
        a, b = getattr(old, field), getattr(new, field)
        if _simple(a) != _simple(b):
            fields.append((field, _said(a), _said(b)))
    if kind == "rule" and len(fields) > 1:  # its sentence follows from what it asks
        fields = [f for f in fields if f[0] != "says"]
    if fields:
        yield Change(kind, id, "changed", "", tuple(fields))
    for field, part, key in _INNER.get(kind, ()):
        for change in _mapped(part, _by(getattr(old, field), key), _by(getattr(new, field), key)):
            yield Change(change.kind, change.id, change.what, id, change.fields)
    if kind == "indicator":
        yield from _targets(id, getattr(old, "targets", ()), getattr(new, "targets", ()))


def _targets(id: str, old: Any, new: Any) -> Iterator[Change]:
    was, now = {t.by.isoformat(): t for t in old}, {t.by.isoformat(): t for t in new}
    for change in _mapped("target", was, now):
        yield Change("target", change.id, change.what, id, change.fields)


def _by(items: Any, key: str) -> dict[str, Any]:
    return {getattr(item, key): item for item in items}


def _simple(value: Any) -> Any:
    """A value that compares and prints: no models, no paths."""
    if isinstance(value, Text):
        return value.as_dict()
    if isinstance(value, BaseModel):
        fields = type(value).model_fields
        return {f: _simple(getattr(value, f)) for f in fields if f not in _SILENT}
    if isinstance(value, Mapping):
        return {str(k): _simple(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_simple(v) for v in value]
    if isinstance(value, Path):
        return value.name
    return value


def _said(value: Any) -> Text:
    return Text(_short(value, "vi"), _short(value, "en"))


def _short(value: Any, language: str) -> str:
    """A value in a few words: what is empty or stands at its default is left out."""
    if isinstance(value, Formula):
        return _formula(value)
    if isinstance(value, BaseModel):
        fields = type(value).model_fields
        value = {
            f: getattr(value, f)
            for f, info in fields.items()
            if f not in _SILENT and _simple(getattr(value, f)) != _simple(info.default)
        }
    if isinstance(value, Text):
        return value.in_(language)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        text = ", ".join(_short(v, language) for v in value)
    elif isinstance(value, Mapping):
        text = ", ".join(f"{k}: {_short(v, language)}" for k, v in value.items())
        text = f"{{{text}}}" if text else ""
    elif value is None:
        text = ""
    elif isinstance(value, float | int):
        text = f"{value:g}" if isinstance(value, float) else str(value)
    else:
        text = (
            value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str).strip('"')
        )
    return text if len(text) <= 200 else text[:197] + "…"


def _formula(one: Formula) -> str:
    if one.kind == "sql":
        query = " ".join(one.sql.split())
        return query if len(query) <= 200 else query[:197] + "…"
    if one.kind == "derived":
        return one.expression
    scale = "" if one.scale == 1 else f"{one.scale:g} × "
    if one.kind == "weighted":
        return f"{scale}{_term(one.terms[0])} × {one.weight}"
    return scale + " / ".join(_term(term) for term in one.terms)


def _term(term: Term) -> str:
    where = f" where {term.where}" if term.where else ""
    return f"{term.how}({term.dataset}.{term.column or '*'}{where})"
