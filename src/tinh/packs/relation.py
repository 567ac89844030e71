"""`relations/*.yaml`: how indicators go together, and what cannot stand side by side."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from tinh.kit.errors import Text
from tinh.kit.yamltree import Document
from tinh.packs.check import shape
from tinh.packs.findings import Faults, Keys
from tinh.packs.indicators import said
from tinh.packs.models import Indicator
from tinh.packs.resolve import Register
from tinh.packs.shape import BothWords, Declared, Id
from tinh.packs.watching import Relation, RelationKind


class RelationFile(Declared):
    """`relations/<id>.yaml`: a relation between indicators that holds at every place in every period."""

    format: Literal[1] = Field(description="number of this file format")
    id: Id = Field(description="id; the file's name")
    kind: RelationKind = Field(
        description="at_most: the indicator is not above the other · parts: it is the sum of its parts · "
        "together: both move the same way (or the opposite way) · ratio: their quotient stays in a band"
    )
    indicator: str = Field(description="indicator the sentence is about")
    other: str = Field("", description="indicator it is held to; not with parts")
    parts: list[str] = Field(default_factory=list, description="indicators it is the sum of")
    tolerance: float = Field(0.0, ge=0, description="how far apart is still well, in its unit")
    tolerance_share: float = Field(0.0, ge=0, le=1, description="the same as a share of the other side")
    lower: float | None = Field(None, description="least quotient (ratio)")
    upper: float | None = Field(None, description="largest quotient (ratio)")
    sign: Literal["same", "opposite"] = Field("same", description="which way they move together")
    lag: int = Field(
        0, ge=0, le=36, description="periods by which the indicator follows the other (together)"
    )
    says: BothWords = Field(description="why this must hold, for people to read")
    source: str = Field("", description="where that is written")


def compile(
    document: Document,
    pack: str,
    indicators: Register[Indicator],
    register: Register[Relation],
    faults: Faults,
) -> Relation | None:
    """The relation of one file, kept in `register`; None, with findings, when it cannot hold."""
    entry = shape(document, RelationFile, faults)
    if entry is None:
        return None
    before = len(faults.found)
    final = register.claim(pack, entry.id, document, ("id",), faults)

    def found(path: Keys, id: str) -> str:
        known = indicators.find(pack, id)
        if known is None:
            faults.unknown(document, path, "PCK033", id, indicators.known(pack))
        return known or ""

    main = found(("indicator",), entry.indicator)
    other = found(("other",), entry.other) if entry.other else ""
    parts = tuple(found(("parts", n), id) for n, id in enumerate(entry.parts))
    _fits(document, entry, faults)
    named = [i for i in (main, other, *parts) if i]
    grains = {indicators.items[i].period for i in named if i in indicators.items}
    if len(grains) > 1:
        faults.add(
            document, ("indicator",), "PCK171",
            Text("các chỉ số của quan hệ phải cùng kỳ", "the indicators of a relation must have one period"),
            Text("chọn các chỉ số cùng kỳ", "name indicators of the same period"),
        )  # fmt: skip
    if final is None or any(f.level == "error" for f in faults.found[before:]):
        return None
    register.items[final] = made = Relation(
        id=final, pack=pack, kind=entry.kind, indicator=main, other=other, parts=parts,
        tolerance=entry.tolerance, tolerance_share=entry.tolerance_share, lower=entry.lower,
        upper=entry.upper, sign=entry.sign, lag=entry.lag, says=said(entry.says), source=entry.source,
        file=document.path,
    )  # fmt: skip
    return made


def _fits(document: Document, entry: RelationFile, faults: Faults) -> None:
    """What the kind needs is there, and nothing that it does not read."""
    vi = en = ""
    if entry.kind == "parts" and (len(entry.parts) < 2 or entry.other):
        vi, en = (
            "parts cần ít nhất hai chỉ số và không có other",
            "parts needs two indicators or more, and no other",
        )
    elif entry.kind != "parts" and (entry.parts or not entry.other):
        vi, en = f"{entry.kind} cần other và không có parts", f"{entry.kind} needs other, and no parts"
    elif entry.kind == "ratio" and entry.lower is None and entry.upper is None:
        vi, en = "ratio cần lower hoặc upper", "ratio needs lower or upper"
    elif entry.lower is not None and entry.upper is not None and entry.lower > entry.upper:
        vi, en = "lower lớn hơn upper", "lower is above upper"
    elif entry.other and entry.other == entry.indicator:
        vi, en = "một chỉ số không so với chính nó", "an indicator is not held to itself"
    if en:
        faults.add(
            document, ("kind",), "PCK170", Text(vi, en),
            Text("sửa theo bảng trong tài liệu tham khảo", "mend it after the table in the reference"),
        )  # fmt: skip
