"""The reference pages, written from the models and tables so that they cannot lie."""

from __future__ import annotations

import typing
from typing import Any

from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from tinh.kit import yamltree
from tinh.packs import options, quality, sla, treatment
from tinh.packs.check import unwrap
from tinh.packs.findings import CHANGED, CODES
from tinh.packs.odcs import VERSIONS
from tinh.packs.schemas import FILES

_HEAD = (
    "<!-- Written by tinh.packs.api.{maker}(); a test compares. Change the models, then write it again. -->"
)


def reference() -> str:
    """docs/reference/packs.md: every key of every declared file, and every finding."""
    out = [
        "# Provinces and packs: every key",
        "",
        _HEAD.format(maker="reference"),
        "",
        _PACKS,
        "",
    ]
    for name, model in FILES.items():
        out += [f"## {_TITLES[name]}", "", *_model(model, set())]
    out += [
        "## Findings",
        "",
        "`tinh check` shows all of them at once, each with file, line, code and cure.",
        "",
        "| Code | What it means | Nghĩa |",
        "| --- | --- | --- |",
    ]
    for code, title in {**yamltree.FINDINGS, **CODES, **CHANGED}.items():
        out.append(f"| `{code}` | {title.en} | {title.vi} |")
    return "\n".join(out) + "\n"


_TITLES = {
    "province": "province.yaml",
    "agency": "agencies/*.yaml of a data folder",
    "personal": "personal.yaml of a province",
    "places": "places/*.yaml of a province",
    "pack": "pack.yaml",
    "indicator": "indicators/*.yaml",
    "alert": "alerts/*.yaml",
    "simulation": "simulation/*.yaml",
    "feed": "feeds/*.yaml",
    "share": "shares/*.yaml",
    "index": "indexes/*.yaml",
    "siting": "sitings/*.yaml of a province",
    "pilot": "pilots/*.yaml",
    "relation": "relations/*.yaml",
    "subscription": "subscriptions/*.yaml",
    "reports": "reports/*.yaml",
    "migration": "processes/*.migration.yaml",
    "locale": "locale/{vi,en}.yaml",
    "layout": "layouts/*/*.yaml",
    "tinh": "The tinh block of a contract",
    "tinh-column": "The tinh block of a column",
}


def _model(model: type[BaseModel], seen: set[type[BaseModel]], prefix: str = "") -> list[str]:
    seen.add(model)
    out = [] if prefix else [_sentence(model), ""]
    out += ["| Key | Value | Default | Meaning |", "| --- | --- | --- | --- |"]
    inner: list[tuple[str, type[BaseModel]]] = []
    for name, field in model.model_fields.items():
        key = f"{prefix}{field.alias or name}"
        found = [m for m in _models(field.annotation) if m.__name__ != "Words"]
        inner += [(key + ("[]" if "list" in _kind(field.annotation) else ""), m) for m in found]
        out.append(f"| `{key}` | {_kind(field.annotation)} | {_default(field)} | {field.description or ''} |")
    out.append("")
    for key, part in inner:
        if part not in seen:
            out += [f"### {key}", "", _sentence(part), "", *_model(part, seen, f"{key}.")]
    return out


def _sentence(model: type[BaseModel]) -> str:
    return " ".join((model.__doc__ or "").split())


def _models(kind: Any) -> list[type[BaseModel]]:
    out: list[type[BaseModel]] = []
    for part in unwrap(kind):
        if isinstance(part, type) and issubclass(part, BaseModel):
            out.append(part)
        out += [m for argument in typing.get_args(part) for m in _models(argument)]
    return out


def _kind(kind: Any) -> str:
    shown = []
    for part in unwrap(kind):
        origin, arguments = typing.get_origin(part), typing.get_args(part)
        if origin is typing.Literal:
            shown.append(" \\| ".join(f"`{a}`" for a in arguments))
        elif origin is list:
            shown.append(f"list of {_kind(arguments[0])}")
        elif origin is dict:
            shown.append(f"{_kind(arguments[0])} → {_kind(arguments[1])}")
        elif part is not type(None):
            shown.append(_NAMES.get(getattr(part, "__name__", ""), "keys below"))
    return ", ".join(shown)


_NAMES = {
    "str": "text",
    "int": "whole number",
    "float": "number",
    "bool": "true or false",
    "date": "day",
    "Words": "`{vi: …, en: …}` or text",
}


def _default(field: Any) -> str:
    if field.is_required():
        return "must stand"
    value = field.default if field.default is not PydanticUndefined else field.default_factory()
    if isinstance(value, BaseModel) or value in (None, "", [], {}):
        return ""
    return f"`{value}`"


def contracts_reference() -> str:
    """docs/reference/contracts.md: what we execute, read and carry of ODCS."""
    tables = [
        ("Keys of a contract", treatment.CONTRACT),
        ("Keys of a schema object", treatment.OBJECT),
        ("Keys of a property", treatment.PROPERTY),
        ("Keys of a quality entry", treatment.QUALITY),
        ("Library metrics", treatment.METRICS),
        ("Keys of a relationship", treatment.RELATIONSHIP),
    ]
    out = [_INTRO.format(head=_HEAD.format(maker="contracts_reference"), versions=", ".join(VERSIONS))]
    for title, table in tables:
        out += [f"## {title}", "", "| Word | What becomes of it | How |", "| --- | --- | --- |"]
        out += [f"| `{word}` | {what} | {how} |" for word, (what, how) in table.items()]
        out.append("")
    out += ["## Operators", "", _OPERATORS, "", "| Operator | What becomes of it |", "| --- | --- |"]
    out += [f"| `{name}` | executed |" for name in quality.OPERATORS]
    out += ["", "## Types of quality entries", "", "| Type | What becomes of it |", "| --- | --- |"]
    out += [f"| `{name}` | {what} |" for name, what in quality.TYPES.items()]
    out += [
        "",
        "## Options of logical types",
        "",
        "| Type | Option | What becomes of it |",
        "| --- | --- | --- |",
    ]
    for logical, known in options.TREATMENT.items():
        out += [f"| `{logical}` | `{option}` | {what} |" for option, what in known.items()] or [
            f"| `{logical}` | – | |"
        ]
    out += [
        "",
        "String formats executed: " + ", ".join(f"`{f}`" for f in options.FORMATS) + "; others are carried.",
        "",
        "## Service-level properties",
        "",
        "`latency` gives `expect.due`, `frequency` gives `expect.window` of a "
        "dataset with a period; the tinh block overrides both.",
        "",
        "| Property | What becomes of it |",
        "| --- | --- |",
    ]
    out += [f"| `{name}` | {what} |" for name, what in sla.PROPERTIES.items()]
    out += ["", _BETWEEN]
    out += ["", "## Old names of metrics", "", "| Name | Read as |", "| --- | --- |"]
    out += [f"| `{old}` | `{new}` |" for old, new in quality.OLD_METRICS.items()]
    return "\n".join(out) + "\n"


_PACKS = """\
A province is a folder with `province.yaml`; it names packs. A pack is a folder with `pack.yaml`,
`datasets/*.odcs.yaml` (see [contracts](contracts.md)), `indicators/`, `alerts/`, `simulation/`, `feeds/`,
`shares/`, `subscriptions/`, `relations/`, `reports/`, `locale/`, `samples/` and `expected/`. Codes stand in
quotes, unknown keys are refused, no Python is read.\
"""
_OPERATORS = """\
An entry has one operator. `mustBe: 0` of a metric also holds the rows that offend (unless its severity is
info or warning); every other operator checks the delivery as a whole. Several operators in one entry become
several rules, with a remark.\
"""
_BETWEEN = """\
## Rules between datasets, and whose word counts

Two rules of the `tinh` block compare what stands in two datasets; they hold no row, because the other side
may be the wrong one. What they find is shown as conflicts (`/du-lieu/mau-thuan`, `GET /api/v1/conflicts`,
`tinh conflicts`), worked out anew from the rows that count: a correction on either side clears a conflict.

```yaml
rules:
  - id: population-register    # per place and period; a register is counted on the period's last day
    agree: {with: citizens, column: population, their: {column: id, how: count}, tolerance_abs: 5}
  - id: population-of-province # Σ communes = the province's own figure, once every commune is there
    adds_up: {column: population, dataset: yearbook, their: population, tolerance: 0.02}
prefer: {senders: [so-khcn]}   # or `newest`, which is the default
```

A difference is a conflict when it is more than `tolerance` times their figure, or more than `tolerance_abs`.
Where the grains differ the two meet at the coarser one (`over_time`): `last` takes the finer dataset's last
period in it, `sum` and `mean` need all of them. A figure that is missing on one side is no conflict;
communes that lack leave a sum unjudged, with how many are there. A dataset that the province does not use
leaves the rule carried.

Two senders that report one key differently are a conflict too (not of streams, whose first row stands, and
never of personal columns). The newest row counts, or with `prefer` that of the sender listed first: a later
row of a sender that comes after it, or is not listed, does not replace it, neither now nor in reads as of a
moment.
"""
_INTRO = """\
# Contracts: what is executed, read, carried and refused

{head}

Datasets are declared in the Open Data Contract Standard, versions {versions}, read through
its own Python package. A contract needs nothing of ours: kind is *register* when a primary key stands, else
*stream*; a missing `logicalType` is taken from `physicalType`. What the standard cannot say stands in one
custom property `tinh` at the root (or at a schema object) and one at a column; see [packs](packs.md).

**executed**: rows or deliveries are judged by it. **read**: it shapes the dataset. **carried**: kept and
shown with the reason, not executed. **left**: not needed here; the contract's own text is kept.

A contract with a `tinh` block must fit the standard: an unknown key or a wrong type is an error. A contract
without one is taken as it is found: what leaves the standard is a warning, mended where the meaning is plain
(`version: 1.0`, `required: yes`, `enum: [a, b]`), else left out. Refused: a file that is not YAML, a `schema`
that is not a list of objects, two columns of one name, ODCS 2.x and other contract formats.

A reference rule looks into what is already held of the other dataset. SQL checks see the received rows as
`${{table}}`, and under the object's name, physical name, id and the dataset's id.
"""
