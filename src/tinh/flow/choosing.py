"""What a person chose for a file, header by header, as a layout; and a proposal as such choices."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tinh.gate.api import Proposal

WIDE = "@wide"  # a header that becomes rows
SOURCES = ("title", "sheet", "filename", "cell", "value")


@dataclass
class Choices:
    """`picks`: position of a header → contract column, WIDE, or empty. Everything else as in a layout."""

    sheet: str = ""
    depth: int = 0  # header rows; 0: found out
    picks: dict[int, str] = field(default_factory=dict)
    names_to: str = ""
    values_to: str = ""
    pattern: str = ""
    template: str = ""
    mapping: dict[str, str] = field(default_factory=dict)
    inner: dict[str, str] = field(default_factory=dict)  # last header row of wide columns → contract column
    fixed: list[dict[str, Any]] = field(default_factory=list)
    totals: list[str] = field(default_factory=list)
    hidden: str = "skip"
    all_sheets: bool = False
    name: str = ""

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> Choices:
        given = dict(kept)
        given["picks"] = {int(at): column for at, column in given.get("picks", {}).items()}
        return cls(**given)

    def as_dict(self) -> dict[str, Any]:
        return {**self.__dict__, "picks": {str(at): column for at, column in self.picks.items()}}


def proposed_choices(proposal: Proposal, depth: int = 0) -> Choices:
    """The proposal as choices a person may change."""
    layout = proposal.layout
    unpivot = layout.get("unpivot") or {}
    picks = {m.position: WIDE if m.wide else m.column for m in proposal.matches}
    return Choices(
        sheet=proposal.sheet,
        depth=depth,
        picks=picks,
        names_to=unpivot.get("names_to", ""),
        values_to=unpivot.get("values_to", ""),
        pattern=unpivot.get("pattern", ""),
        template=unpivot.get("template", ""),
        mapping=dict(unpivot.get("mapping", {})),
        inner={part: column for column, part in proposal.facts.get("inner", {}).items()},
        fixed=[dict(f) for f in layout.get("fixed", ())],
        all_sheets=layout.get("sheets") == "all",
    )


def layout_of(choices: Choices, headers: Sequence[str], proposal: Proposal) -> dict[str, Any]:
    """The layout that the choices make, in the keys of a contract's `layout`."""
    out: dict[str, Any] = {}
    if choices.all_sheets:
        out["sheets"] = "all"
        if names := proposal.layout.get("sheet_names"):
            out["sheet_names"] = names
    elif len(proposal.sheets) > 1 and choices.sheet:
        out["sheet"] = choices.sheet
    depth = choices.depth or int(proposal.layout.get("header_rows", 0))
    if depth:
        out["header_rows"] = depth
    columns = {
        column: headers[at]
        for at, column in sorted(choices.picks.items())
        if column not in ("", WIDE) and at < len(headers)
    }
    wide = [at for at, column in sorted(choices.picks.items()) if column == WIDE and at < len(headers)]
    inner = {}
    if wide and not choices.values_to:
        inner = {c: part for part, c in choices.inner.items() if c and c not in columns}
    if columns or inner:
        out["columns"] = {**columns, **inner}
    if choices.fixed:
        out["fixed"] = [
            {k: v for k, v in entry.items() if v not in ("", {}, None)} for entry in choices.fixed
        ]
    if wide and choices.names_to:
        out["unpivot"] = _unpivot(choices, headers, wide, proposal)
    if choices.totals:
        out["totals"] = list(choices.totals)
    if choices.hidden == "read":
        out["hidden"] = "read"
    return out


def _unpivot(
    choices: Choices, headers: Sequence[str], wide: Sequence[int], proposal: Proposal
) -> dict[str, Any]:
    """The proposal's pattern of headers while it still finds just these, else the headers themselves."""
    before = (proposal.layout.get("unpivot") or {}).get("columns", "")
    columns: Any = [headers[at] for at in wide]
    if (
        isinstance(before, str)
        and before
        and {at for at, h in enumerate(headers) if re.search(before, h)} == set(wide)
    ):
        columns = before
    out: dict[str, Any] = {"columns": columns, "names_to": choices.names_to}
    for key in ("values_to", "pattern", "template", "mapping"):
        if value := getattr(choices, key):
            out[key] = value
    return out


def last_parts(choices: Choices, headers: Sequence[str]) -> list[str]:
    """The lower header row of the wide columns, each text once."""
    wide = [
        headers[at] for at, column in sorted(choices.picks.items()) if column == WIDE and at < len(headers)
    ]
    return list(dict.fromkeys(h.split(" / ")[-1] for h in wide if " / " in h))


def headers_needed(layout: Mapping[str, Any], headers: Sequence[str]) -> list[str]:
    """The headers by which the next file of this shape is known: those that are columns, not those
    that become rows and change from month to month."""
    parts = [f["header"] for f in layout.get("fixed") or () if f.get("header")]
    chosen = [h for h in (*(layout.get("columns") or {}).values(), *dict.fromkeys(parts)) if h in headers]
    return chosen or [h for h in headers if h][:3]
