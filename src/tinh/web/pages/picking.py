"""The form of the mapping assistant read back: plain fields, one for each header."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tinh.flow.api import SOURCES, Choices, last_parts
from tinh.gate.api import Proposal

MOST_FIXED = 12
_LONG = 400


def choices_from(form: Mapping[str, Any], before: Choices, proposal: Proposal) -> Choices:
    """Fields that the form does not carry keep what was chosen before."""

    def text(name: str, default: str) -> str:
        value = form.get(name)
        return default if value is None else str(value).strip()[:_LONG]

    picks = {m.position: text(f"c{m.position}", before.picks.get(m.position, "")) for m in proposal.matches}
    parts = last_parts(before, [m.header for m in proposal.matches])
    depth = text("depth", str(before.depth))
    sheet = text("sheet", before.sheet)
    totals = form.get("totals")
    return Choices(
        sheet=before.sheet if sheet == "*" else sheet,
        depth=int(depth) if depth in ("0", "1", "2", "3", "4") else 0,
        picks=picks,
        names_to=text("names_to", before.names_to),
        values_to=text("values_to", before.values_to),
        pattern=text("pattern", before.pattern),
        template=text("template", before.template),
        mapping=dict(before.mapping),
        inner={part: text(f"g{at}", before.inner.get(part, "")) for at, part in enumerate(parts)},
        fixed=_fixed(form, before, {m.position: m.header for m in proposal.matches}),
        totals=before.totals
        if totals is None
        else [w.strip() for w in str(totals).split(",") if w.strip()][:50],
        hidden="read" if text("hidden", before.hidden) == "read" else "skip",
        all_sheets=sheet == "*" if "sheet" in form else before.all_sheets,
        name=text("name", before.name),
    )


def _fixed(form: Mapping[str, Any], before: Choices, headers: Mapping[int, str]) -> list[dict[str, Any]]:
    if "f0_column" not in form:
        return before.fixed
    out = []
    for at in range(MOST_FIXED):
        column = str(form.get(f"f{at}_column") or "").strip()
        source = str(form.get(f"f{at}_from") or "")
        said = str(form.get(f"f{at}_said") or "").strip()[:_LONG]
        template = str(form.get(f"f{at}_template") or "").strip()[:_LONG]
        header = headers.get(int(source[1:]), "") if source.startswith("@") and source[1:].isdecimal() else ""
        if not column or not (header or source in SOURCES):
            continue
        entry: dict[str, Any] = {"column": column, "from": "column" if header else source}
        if header:
            entry["header"] = header
        if source in ("value", "cell"):
            entry[source] = said
        elif said:
            entry["pattern"] = said
        if template:
            entry["template"] = template
        old = before.fixed[at] if at < len(before.fixed) else {}
        if old.get("mapping") and old.get("column") == column:
            entry["mapping"] = old["mapping"]
        out.append(entry)
    return out
