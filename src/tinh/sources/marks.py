"""Letters that stand raised, lowered or struck out in a cell: marks of footnotes, figures taken back."""

from __future__ import annotations

import re

_POWERS = re.compile(r"(?:^|[^A-Za-zÀ-ỹ])[kcdmh]?m$")  # m², km³


def kept(before: str, run: str, raised: bool) -> bool:
    """Whether a raised or lowered run belongs to the word before it, as in m² and SO₂."""
    if raised:
        return run.strip() in ("2", "3") and bool(_POWERS.search(before))
    return bool(before) and before[-1].isalpha()


class Run:
    """How the run of letters at hand stands: raised, lowered or struck out."""

    def __init__(self) -> None:
        self.way, self.struck = "", False

    def says(self, tag: str, attrs: dict[str, str]) -> None:
        if tag == "vertAlign":
            self.way = attrs.get("val", "")
        elif tag in ("strike", "dstrike"):
            self.struck = attrs.get("val", "1") not in ("0", "false", "off")

    def keeps(self, before: str, run: str) -> bool:
        if self.struck:
            return False
        return self.way not in ("superscript", "subscript") or kept(before, run, self.way == "superscript")

    def __bool__(self) -> bool:
        return self.struck or self.way in ("superscript", "subscript")
