"""How a file was read, in sentences: what was left out, which sheet, which layout."""

from __future__ import annotations

from collections.abc import Iterable

from tinh.packs.api import Dataset
from tinh.web import formats
from tinh.web.words import keys, words

_ENCODINGS = {
    "tcvn3": "TCVN3 (ABC)",
    "vni": "VNI",
    "utf-8": "Unicode (UTF-8)",
    "utf-8-sig": "Unicode (UTF-8)",
}


def remarks(notes: Iterable[str], dataset: Dataset | None, language: str) -> list[str]:
    """The verdict's notes that people should know of, each as a sentence; names of one kind together."""
    labels = {c.name: c.label.in_(language) or c.name for c in dataset.columns} if dataset else {}
    known = {k.removeprefix("remark.") for k in keys(language) if k.startswith("remark.")}
    named: dict[str, list[str]] = {}
    for note in notes:
        kind, _, said = note.partition(":")
        if kind in known:
            shown = labels.get(said, said) if kind == "missing" else said
            named.setdefault(kind, []).append(_ENCODINGS.get(said, said) if kind == "encoding" else shown)
    say = words(language)
    out = []
    for kind, told in named.items():
        if all(s.isdecimal() for s in told):
            shown = formats.number(sum(map(int, told)), 0, language)
        else:
            shown = ", ".join(told[:12]) + (" …" if len(told) > 12 else "")
        out.append(say(f"remark.{kind}", what=shown))
    return out
