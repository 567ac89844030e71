"""A whole table: its columns, what tells its rows apart, and what does not belong in it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import combinations

import polars as pl

from tinh.gate.profile import writing
from tinh.gate.profile.column import profile
from tinh.gate.profile.model import ColumnProfile, Remark, TableProfile
from tinh.gate.profile.texts import Setting
from tinh.kit.errors import Text

TOTALS = re.compile(
    r"^[*+•\s-]*(?:\(?(?:[ivx]+|\d+|[a-zđ])[.):\s*–-]+)?"
    r"(?:tổng|tổng cộng|cộng|tổng số|tổng toàn .*|toàn tỉnh|toàn huyện|cộng toàn .*|cộng dồn|total|"
    r"grand total|sum)(?:\s*[-–—/\n]\s*(?:grand )?(?:total|whole [a-z]+|sum))?\s*(?:\([^()]{1,20}\))?\s*:?$",
    re.IGNORECASE,
)
_NOTE = re.compile(
    r"^(?:ghi chú|chú thích|nguồn|lưu ý|note|source|\*+|\(\*+\)|người lập|thủ trưởng|kt\.|tm\.|nơi "
    r"nhận|giám đốc|"
    r"chủ tịch|.*, ngày .* tháng .* năm)",
    re.IGNORECASE,
)
_KEYABLE = (
    "place",
    "period",
    "code",
    "citizen id",
    "tax code",
    "date",
    "timestamp",
    "enumeration",
    "text",
    "e-mail",
    "phone",
)


def profile_table(
    headers: Sequence[str],
    cells: Sequence[pl.Series],
    numbers: Mapping[int, pl.Series],
    around: Setting,
    places: Sequence[str] | None = None,
) -> TableProfile:
    """Columns and table of text cells under their headers; `places` tells where each row stood."""
    height = len(cells[0]) if cells else 0
    taken: list[str] = []
    columns: list[ColumnProfile] = []
    for at, (header, series) in enumerate(zip(headers, cells, strict=True)):
        name = writing.name_of(header, taken)
        taken.append(name)
        columns.append(profile(header, name, series, numbers.get(at), around))
    frame = pl.DataFrame(
        [s.cast(pl.String).str.strip_chars().alias(n) for s, n in zip(cells, taken, strict=True)]
    )
    remarks = list(_duplicates(frame))
    place = next((c.name for c in _best_places(columns)), "")
    period = next((c.name for c in _best_periods(columns)), "")
    keys = _keys(frame, columns, place, period) if height else ()
    columns = [_placed(c, places) for c in columns]
    return TableProfile(height, tuple(columns), keys, place, period, tuple(remarks))


def _placed(column: ColumnProfile, places: Sequence[str] | None) -> ColumnProfile:
    """Remarks point at rows as people see them."""
    from dataclasses import replace

    def shown(row: str) -> str:
        return places[int(row)] if places is not None and int(row) < len(places) else str(int(row) + 1)

    return replace(column, remarks=tuple(replace(r, rows=tuple(map(shown, r.rows))) for r in column.remarks))


def _best_places(columns: Sequence[ColumnProfile]) -> list[ColumnProfile]:
    """Columns of places all of which are known; codes before names, the lowest level first."""
    order = {"commune": 0, "district": 1, "province": 2}
    found = [
        c for c in columns if c.kind == "place" and c.facts["hits"] == c.facts["of"] and c.filled == c.height
    ]
    return sorted(found, key=lambda c: (order[c.facts["level"]], c.facts["by"] != "code"))


def _best_periods(columns: Sequence[ColumnProfile]) -> list[ColumnProfile]:
    full = [c for c in columns if c.filled == c.height]
    named = [c for c in full if c.kind == "period" and not c.facts.get("mixed")]
    dated = [c for c in full if c.kind in ("timestamp", "date") and c.facts.get("order") != "serial"]
    births = [
        c
        for c in dated
        if not writing.says(
            c.header, *writing.BIRTHS, "đăng ký", "cấp", "giải thể", "thành lập", "bắt đầu", "kết thúc"
        )
    ]
    return [*named, *sorted(births, key=lambda c: c.kind != "timestamp")]


def _keys(
    frame: pl.DataFrame, columns: Sequence[ColumnProfile], place: str, period: str
) -> tuple[tuple[str, ...], ...]:
    """Single columns and pairs that tell all rows apart, the likeliest first."""
    able = [
        c
        for c in columns
        if c.filled == c.height and c.kind in _KEYABLE and not writing.running_number(c.header)
    ]
    found: list[tuple[str, ...]] = []
    single = {c.name for c in able if c.distinct == c.height and c.kind not in ("enumeration",)}
    if place and period and frame.select(place, period).n_unique() == frame.height:
        found.append((place, period))
    identity = [
        c.name for c in able if c.name in single and c.kind in ("code", "citizen id", "tax code", "timestamp")
    ]
    found += [(name,) for name in identity if frame.height > 1]
    found += [
        (c.name,)
        for c in able
        if c.name in single
        and c.name not in identity
        and c.kind in ("place", "period", "date", "phone", "e-mail")
    ]
    parts = [c for c in able if c.name not in single and c.kind != "text"][:10]
    for one, other in combinations(parts, 2):
        pair = (one.name, other.name)
        if pair not in found and frame.select(pair).n_unique() == frame.height:
            found.append(pair)
    if place and period and (place, period) not in found:
        for more in parts:
            trio = (place, period, more.name)
            if more.name not in (place, period) and frame.select(trio).n_unique() == frame.height:
                found.append(trio)
                break
    found += [(c.name,) for c in able if c.name in single and c.kind == "text" and frame.height > 3]
    return tuple(dict.fromkeys(found))[:6]


def _duplicates(frame: pl.DataFrame) -> list[Remark]:
    if frame.height < 2 or not frame.width:
        return []
    again = frame.height - frame.n_unique()
    if not again:
        return []
    return [
        Remark(
            "duplicate rows",
            Text(f"{again} dòng giống hệt dòng trước", f"{again} rows repeat an earlier one"),
        )
    ]


def totals_and_notes(frame: pl.DataFrame) -> tuple[pl.Series, pl.Series]:
    """Rows of totals, and rows under the table that only comment on it."""
    first = pl.coalesce(pl.all()) if frame.width else pl.lit(None)
    texts = (
        frame.select(first.alias("first"), pl.sum_horizontal(pl.all().is_not_null()).alias("filled"))
        if frame.width
        else pl.DataFrame({"first": [], "filled": []})
    )
    label = texts["first"].cast(pl.String).str.strip_chars()
    wordy = pl.coalesce(
        *[pl.when(pl.col(c).str.contains(r"\p{L}")).then(pl.col(c)) for c in frame.columns[:4]]
    )
    lead = frame.select(wordy.alias("w"))["w"].str.strip_chars() if frame.width else label
    totals = pl.Series([bool(t) and bool(TOTALS.match(t)) for t in lead.to_list()], dtype=pl.Boolean)
    wide = int(float(texts["filled"].cast(pl.Float64).quantile(0.5) or 0)) if frame.height else 0
    sparse = (
        (texts["filled"] <= max(2, wide // 3))
        if frame.height and wide > 2
        else pl.Series([False]).new_from_index(0, frame.height)
    )
    notes = [False] * frame.height
    for at in range(frame.height - 1, -1, -1):  # from the bottom up, until a full row
        text = label[at] or ""
        if not sparse[at] and not _NOTE.match(text):
            if totals[at]:
                continue
            break
        notes[at] = bool(_NOTE.match(text)) or (bool(sparse[at]) and at >= frame.height - 12)
    return totals, pl.Series(notes, dtype=pl.Boolean)
