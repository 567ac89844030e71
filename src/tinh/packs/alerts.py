"""Alert files → alert rules."""

from __future__ import annotations

import string
from collections.abc import Collection

from tinh.kit.errors import Text
from tinh.kit.yamltree import Document
from tinh.packs.check import shape
from tinh.packs.findings import Faults
from tinh.packs.models import AlertRule, Indicator, Pack
from tinh.packs.resolve import Register
from tinh.packs.shape import AlertFile
from tinh.packs.words import Wordbook

PLACEHOLDERS = ("value", "threshold", "place", "period", "unit", "indicator")
_SAYS = Text(
    "{indicator} tại {place} kỳ {period} là {value} {unit}, ngưỡng {threshold}",
    "{indicator} in {place} for {period} is {value} {unit}, against {threshold}",
)


def compile(
    document: Document,
    pack: Pack,
    words: Wordbook,
    indicators: Register[Indicator],
    register: Register[AlertRule],
    agencies: Collection[str],
    faults: Faults,
) -> AlertRule | None:
    entry = shape(document, AlertFile, faults)
    if entry is None:
        return None
    final = register.claim(pack.id, entry.id, document, ("id",), faults)
    indicator = indicators.find(pack.id, entry.indicator)
    if indicator is None:
        faults.unknown(document, ("indicator",), "PCK033", entry.indicator, indicators.known(pack.id))
    _thresholds(document, entry, faults)
    for i, agency in enumerate(entry.tell):
        if agency not in agencies and agency != "owner":
            faults.unknown(document, ("tell", i), "PCK030", agency, [*agencies, "owner"])
    text = words.text
    says = text("alerts", entry.id, "says", _SAYS, document)
    _placeholders(entry.id, words, faults)
    if final is None or indicator is None:
        return None
    return AlertRule(
        id=final,
        pack=pack.id,
        name=text("alerts", entry.id, "name", Text(entry.id, entry.id), document, must=True),
        indicator=indicator,
        version=entry.version or 0,
        above=entry.above,
        below=entry.below,
        clear_at=entry.clear_at,
        pending=entry.pending,
        silent_after=entry.silent_after,
        severity=entry.severity,
        places=entry.places,
        tell=tuple(entry.tell),
        says=says,
        maturity=entry.maturity or pack.maturity,
        file=document.path,
    )


def _thresholds(document: Document, entry: AlertFile, faults: Faults) -> None:
    vi = en = ""
    if (entry.above is None) == (entry.below is None) and not (entry.above is None and entry.silent_after):
        vi, en = "cần đúng một trong above và below", "exactly one of above and below is needed"
    elif entry.above is not None and entry.clear_at is not None and entry.clear_at > entry.above:
        vi, en = "clear_at phải không lớn hơn above", "clear_at must not be more than above"
    elif entry.below is not None and entry.clear_at is not None and entry.clear_at < entry.below:
        vi, en = "clear_at phải không nhỏ hơn below", "clear_at must not be less than below"
    if vi:
        path = ("clear_at",) if "clear_at" in en else ("id",)
        faults.add(document, path, "PCK046", Text(vi, en), Text("sửa các ngưỡng", "mend the thresholds"))


def _placeholders(id: str, words: Wordbook, faults: Faults) -> None:
    for language, said in words.find("alerts", id, "says").items():
        document = words.documents[language]
        try:
            names = [name for _, name, _, _ in string.Formatter().parse(said) if name is not None]
        except ValueError:
            names = ["{"]
        for name in names:
            if name not in PLACEHOLDERS:
                listed = ", ".join("{" + p + "}" for p in PLACEHOLDERS)
                faults.add(
                    document,
                    ("alerts", id, "says"),
                    "PCK037",
                    Text(f"câu không có chỗ “{name}”", f'the sentence has no place "{name}"'),
                    Text(f"dùng: {listed}", f"use: {listed}"),
                )
