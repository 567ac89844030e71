"""Numbers inside sentences: three figures that count, written as each language writes them."""

from __future__ import annotations

import math

from tinh.kit.errors import Text


def figure(value: float, signed: bool = False) -> Text:
    """`1234.5` → 1.235 and 1,235; a dash when there is no number."""
    if not math.isfinite(value):
        return Text("–", "–")
    size = abs(value)
    places = 0 if size >= 1000 or size == 0 else max(0, 2 - math.floor(math.log10(size)))
    text = f"{value:{'+' if signed else ''},.{min(places, 6)}f}".replace("-", "−")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return Text(text.translate(str.maketrans(",.", ".,")), text)


def p_is(p: float) -> Text:
    """`p = 0.20`, `p < 0.001`, never broken over two lines."""
    said = chance(p)
    sign = "" if said.en.startswith("<") else "=\u00a0"
    return Text(f"p\u00a0{sign}{said.vi}", f"p\u00a0{sign}{said.en}")


def chance(p: float) -> Text:
    """A p value as people read it."""
    if not math.isfinite(p):
        return Text("–", "–")
    if p < 0.001:
        return Text("<\u00a00,001", "<\u00a00.001")
    text = f"{p:.3f}" if p < 0.1 else f"{p:.2f}"
    return Text(text.replace(".", ","), text)
