"""How a file was read, in sentences: what was left out, which sheet, which layout."""

from __future__ import annotations

from collections.abc import Iterable

from tinh.web import formats
from tinh.web.words import keys, words


def remarks(notes: Iterable[str], language: str) -> list[str]:
    """The verdict's notes that people should know of, each as a sentence; names of one kind together."""
    known = {k.removeprefix("remark.") for k in keys(language) if k.startswith("remark.")}
    named: dict[str, list[str]] = {}
    for note in notes:
        kind, _, said = note.partition(":")
        if kind in known:
            named.setdefault(kind, []).append(said)
    say = words(language)
    out = []
    for kind, told in named.items():
        if all(s.isdigit() for s in told):
            shown = formats.number(sum(map(int, told)), 0, language)
        else:
            shown = ", ".join(told[:12]) + (" …" if len(told) > 12 else "")
        out.append(say(f"remark.{kind}", what=shown))
    return out
