"""One column of text cells: the reading that its cells allow, and what is odd about it."""

from __future__ import annotations

import re
from typing import Any

import polars as pl

from tinh.gate.casts import FALSE, TRUE
from tinh.gate.profile import dating, identities, locating, notation, writing
from tinh.gate.profile.model import Candidate, ColumnProfile, Kind
from tinh.gate.profile.odd import look, mixed
from tinh.gate.profile.texts import NOTHING, Column, Setting
from tinh.packs.api import Logical

YES = ("có", "co", "x", "✓", "✔", "v", "yes", "true", "đúng", "rồi", "đã", "t", "y")
NO = ("không", "khong", "chưa", "no", "false", "sai", "0", "f", "n", "k")
_SUFFIX = re.compile(r"^[-+−]?(?:\d[\d.,'\xa0\u202f ]*\d|\d|[.,]\d+)\s*([^\d\s.,'+-][^\d]{0,15})$")
_ENUM_MOST = 24
_LOGICAL: dict[Kind, Logical] = {
    "integer": "integer",
    "number": "number",
    "percent": "number",
    "date": "date",
    "timestamp": "timestamp",
    "boolean": "boolean",
}


def profile(
    header: str, name: str, cells: pl.Series, numbers: pl.Series | None, around: Setting
) -> ColumnProfile:
    """The first reading, strictest kinds first, that every cell allows; text when none does."""
    column = Column(header, cells, numbers, around)
    if not column.filled:
        return _made(column, name, "empty", {}, [])
    candidates, facts = _candidates(column)
    _values, counts, nothing = column.apart()
    total = int(counts.sum() or 0)
    chosen = next((kind for kind in facts if facts[kind].get("all")), None)
    if chosen is None:
        near = max(candidates, key=lambda c: c.hits, default=None)
        if near is not None and near.hits >= 0.8 * total and near.hits < total:
            mixed(column, near)
        chosen = "enumeration" if _few(column) else "text"
        facts[chosen] = {"values": column.values.sort().to_list()} if chosen == "enumeration" else {}
    own = {k: v for k, v in facts[chosen].items() if k != "all"}
    if chosen in ("text", "enumeration", "code", "place") or (
        chosen == "boolean" and facts["boolean"].get("x")
    ):
        nothing = ()
    column.nothing = nothing
    look(column, chosen, own)
    return _made(column, name, chosen, own, candidates)


def _candidates(column: Column) -> tuple[list[Candidate], dict[Kind, dict[str, Any]]]:
    """Every reading some cells allow, and the facts of each in the order of preference."""
    values, counts, _ = column.apart()
    total = int(counts.sum() or 0)
    header = column.header
    hits: dict[Kind, int] = {}
    facts: dict[Kind, dict[str, Any]] = {}

    def allow(kind: Kind, count: int, **found: Any) -> None:
        if count:
            hits[kind] = count
            facts[kind] = {**found, "all": count == total}

    if not total:
        return [], {}
    names = (
        identities.hits(values, counts, header)
        if not column.canonical
        or writing.says(header, *writing.CODES, *writing.TAXES, *writing.PHONES, *writing.CITIZENS)
        else {}
    )
    for kind in ("e-mail", "citizen id", "phone", "tax code"):
        if kind in names:
            allow(kind, names[kind], width=identities.width(values))
    around = column.around
    spots = locating.find(values, header, around.gazetteer, around.province, around.now.date())
    when = dating.period(values, counts, header)
    dated = dating.days(values, counts)
    if when and when["grain"] not in ("day", "hour"):
        allow("period", when["hits"], **{k: v for k, v in when.items() if k != "hits"})
    if dated is not None:
        allow(
            "timestamp" if dated.kind == "timestamp" else "date",
            dated.hits - dated.mixed,
            formats=dated.formats,
            order=dated.order,
            sure=dated.sure,
            mixed=dated.mixed,
        )
    if spots is not None:
        # A place column may hold places nobody knows: the gate would hold those rows, so it is chosen as a
        # place even when some are unknown, and bound as the place only when none is.
        hits["place"] = round(total * spots.rate)
        facts["place"] = {
            "by": spots.by,
            "level": spots.level,
            "side": spots.side,
            "rate": spots.rate,
            "of": spots.of,
            "hits": spots.hits,
            "width": spots.width,
            "inside": spots.inside,
            "other": spots.other,
            "all": True,
        }
    if "code" in names:
        allow(
            "code",
            names["code"],
            width=identities.width(values),
            digits=bool(values.str.contains(r"^\d+$").all()),
        )
    _booleans(column, values, counts, allow)
    serial = dating.serials(values, counts, header)
    if serial == total:
        allow("date", serial, formats=("serial",), order="serial", sure=True, mixed=0)
    _numbers(column, values, counts, allow)
    order: tuple[Kind, ...] = (
        "e-mail",
        "citizen id",
        "phone",
        "tax code",
        "period",
        "date",
        "timestamp",
        "place",
        "code",
        "boolean",
        "percent",
        "integer",
        "number",
    )
    ranked = {kind: facts[kind] for kind in order if kind in facts}
    said = [Candidate(k, n, total) for k, n in sorted(hits.items(), key=lambda item: -item[1])]
    return said, ranked


def _booleans(column: Column, values: pl.Series, counts: pl.Series, allow: Any) -> None:
    lower = column.values.str.to_lowercase()
    yes = [v for v in column.values.to_list() if v.casefold() in (*YES, *TRUE)]
    no = [v for v in column.values.to_list() if v.casefold() in (*NO, *FALSE)]
    nothing = [
        v for v in column.values.to_list() if v.casefold() in NOTHING and v.casefold() not in (*YES, *NO)
    ]
    digits = bool(lower.str.contains(r"^[\d.,]+$").all())
    all_there = len({*yes, *no, *nothing}) == len(column.values) and bool(yes) and not digits
    count = int(counts.sum()) if all_there else 0
    if all_there and len({v.casefold() for v in yes}) <= 4:
        mapping = dict.fromkeys(yes, "true") | dict.fromkeys(no, "false")
        allow("boolean", count, mapping=mapping, x=True, words=nothing)
    del values


def _numbers(column: Column, values: pl.Series, counts: pl.Series, allow: Any) -> None:
    header = column.header
    if column.typed is not None:
        tally = column.loose.drop_nulls().alias("v").value_counts(sort=True)
        told = tally.filter(~pl.col("v").str.to_lowercase().is_in(sorted(NOTHING)))
        values, counts = told["v"], told["count"]
    units = dict.fromkeys(
        match.group(1).strip() for v in values.head(500).to_list() if (match := _SUFFIX.match(v))
    )
    units = {u: None for u in units if len(u) <= 12}
    bare = values
    if 0 < len(units) <= 4:
        longest = "|".join(re.escape(u) for u in sorted(units, key=len, reverse=True))
        bare = values.str.replace(rf"\s*(?:{longest})$", "")
    looks = bare.str.contains(notation.NUMBER)
    came = column.typed.drop_nulls() if column.typed is not None else pl.Series([], dtype=pl.Float64)
    if not len(came) and not looks.any():
        return
    percent = list(units) == ["%"] and not len(came)
    if looks.any():
        found = notation.decide(
            bare.filter(looks), counts.filter(looks), writing.says(header, *writing.COUNTED)
        )
    else:
        found = notation.Notation(".", "", 0, True)
    typed = notation.read(bare, found.decimal, found.group)
    good = typed.is_not_null()
    every = pl.concat([typed.drop_nulls(), came])
    whole = bool((every == every.floor()).all()) and bool((every.abs() < 2**53).all())
    fractions = bool(bare.filter(good).str.contains(rf"{re.escape(found.decimal)}\d+$").any())
    kind: Kind = "percent" if percent else "integer" if whole and not fractions else "number"
    hits = int(counts.filter(good).sum()) + len(came)
    unit = next(iter(units), "") or writing.unit_of(header)
    if unit == "%" and kind == "number":
        kind = "percent"
    allow(
        kind,
        hits,
        decimal=found.decimal,
        group=found.group,
        sure=found.sure,
        units=tuple(units),
        unit=unit,
        low=every.min(),
        high=every.max(),
        canonical=column.canonical,
        contradicting=found.mixed,
    )


def _few(column: Column) -> bool:
    """Few enough texts, each often enough, to be a list of values."""
    many = len(column.values)
    longest = max(map(len, column.values.to_list()), default=0)
    return 1 < many <= _ENUM_MOST and column.filled >= 8 and many * 3 <= column.filled and longest <= 60


def _made(
    column: Column, name: str, kind: Kind, facts: dict[str, Any], candidates: list[Candidate]
) -> ColumnProfile:
    personal = identities.PERSONAL.get(kind, "none")
    for hints, what in (
        (writing.PEOPLE, "person's name"),
        (writing.BIRTHS, "date of birth"),
        (writing.HOMES, "home address"),
        (writing.CITIZENS, "citizen id"),
        (writing.PHONES, "phone number"),
    ):
        if (
            personal == "none"
            and kind not in ("empty", "integer", "number", "percent", "boolean")
            and writing.says(column.header, *hints)
        ):
            personal = f"{what}, retention to be decided"
    if personal != "none":
        if (
            kind == "enumeration"
        ):  # what people are called is no list of values to hold others to, nor to show
            kind, facts = "text", {}
        column.remark(
            "personal data",
            f"“{column.header}” là dữ liệu cá nhân: ghi rõ thời hạn lưu",
            f"“{column.header}” is personal data: say how long it is kept",
        )
    shown = tuple("•••" if personal != "none" else v[:60] for v in column.values.head(3).to_list())
    unit = str(facts.get("unit") or "") or writing.unit_of(column.header)
    return ColumnProfile(
        column.header,
        name,
        column.height,
        column.filled,
        len(column.values),
        kind,
        _LOGICAL.get(kind, "string"),
        tuple(candidates),
        facts,
        column.nothing,
        unit,
        personal,
        shown,
        tuple(column.remarks),
    )
