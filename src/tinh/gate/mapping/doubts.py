"""What a person should look at before a proposed layout is believed."""

from __future__ import annotations

import re
from collections.abc import Sequence

import polars as pl

from tinh.gate.mapping.model import Match
from tinh.kit.errors import Text
from tinh.packs.api import Column, Dataset

_EITHER = r"^[-+−]?[1-9]\d{0,2}([.,])\d{3}$"
_MARKED = r"\d[.,]\d"
_AS_AT = re.compile(r"(?:tính\s+)?đến\s+(?:hết|ngày|cuối)|tính\s+đến|luỹ\s*kế|lũy\s*kế", re.IGNORECASE)


def sums(titles: Sequence[str], dataset: Dataset) -> list[Text]:
    """`Tính đến hết tháng 3/2026` is a state at its end, or a sum since January."""
    said = next((t for t in titles if _AS_AT.search(t)), "")
    if not said or dataset.period is None or dataset.period.every == "year":
        return []
    return [
        Text(
            f"tiêu đề ghi “{said[:80]}”: đúng với số liệu tại một thời điểm; nếu là số cộng dồn từ đầu năm "
            "thì không phải số của riêng kỳ này",
            f"the title says “{said[:80]}”: right for a state at that time; sums since January are not this "
            "period's own figures",
        )
    ]


def figures(matches: Sequence[Match], cells: Sequence[pl.Series], dataset: Dataset) -> list[Text]:
    """Columns of `82.903` and the like alone, thousands or fractions: how each will be read."""
    columns = {c.name: c for c in dataset.columns if c.logical == "number"}
    out = []
    for match in matches:
        column = columns.get(match.column)
        if column is None or match.position >= len(cells) or cells[match.position].dtype != pl.String:
            continue
        told = cells[match.position].drop_nulls().str.strip_chars()
        marked = told.filter(told.str.contains(_MARKED))
        signs = marked.str.extract(_EITHER, 1)
        if len(marked) and not signs.null_count() and signs.n_unique() == 1:
            out.append(_asked(column, match.header, str(marked[0]), str(signs[0])))
    return out


def _asked(column: Column, header: str, seen: str, sign: str) -> Text:
    step = next((s for s in column.cleaning if s.do == "number"), None)
    thousands = step is not None and step.group == sign
    whole, part = seen.split(sign)
    as_vi, as_en = (f"{whole}{part}",) * 2 if thousands else (f"{whole},{part}", f"{whole}.{part}")
    return Text(
        f"cột “{header}” chỉ có số như “{seen}”, có thể là hàng nghìn hay thập phân: hợp đồng đọc là "
        f"{as_vi}; hãy xem có đúng không",
        f"the column “{header}” has only figures such as “{seen}”, thousands or fractions: the contract "
        f"reads {as_en}; please see whether that is right",
    )
