"""The query of a collection → what is asked of the lake. Every parameter is typed by the contract."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import parse_qsl
from zoneinfo import ZoneInfo

from tinh.axis.shares.callers import Seen, below
from tinh.axis.shares.errors import ColumnRefused, PastRefused, QueryWrong
from tinh.axis.shares.fields import Field
from tinh.axis.shares.ground import Desk
from tinh.kit import expr
from tinh.kit.ids import digest
from tinh.kit.periods import grain_of, start
from tinh.lake.api import Ask, Condition
from tinh.packs.api import Share

OPERATORS = ("ge", "gt", "le", "lt", "ne", "in", "null")
RESERVED = (
    "place",
    "from",
    "to",
    "sort",
    "limit",
    "cursor",
    "as-of",
    "fields",
    "format",
    "count",
    "_receipt",
)
IN_MOST = 200
RECEIPTS_MOST = 20  # rows of a page whose origin is told: each is traced by itself
DEFAULT = 100


@dataclass(frozen=True, slots=True)
class Asked:
    """A question in the caller's own terms: `ask` for the lake, `mark` for its cursor and its ETag."""

    ask: Ask
    fields: Mapping[str, Field]
    cursor: str
    count: bool
    receipt: bool
    mark: str


def read(query: str, share: Share, seen: Seen, at: Desk, form: str, veiled: bool) -> Asked:
    """QueryWrong, ColumnRefused or PastRefused say which parameter cannot be used, and why."""
    found = _pairs(query)
    found.pop("format", None)
    timed, placed = _shape(share, at)
    plain = {name: found.pop(name) for name in RESERVED if name in found and _reserved(name, timed, placed)}
    conditions = [_condition(name, text, share, seen, at) for name, text in found.items()]
    limit = _limit(plain.get("limit"), share)
    receipt = _flag(plain, "_receipt")
    if receipt and limit > RECEIPTS_MOST:
        if "limit" in plain:
            raise _wrong("limit", f"tối đa {RECEIPTS_MOST} khi xin nguồn gốc (_receipt)",
                         f"at most {RECEIPTS_MOST} when origins are asked for (_receipt)")  # fmt: skip
        limit = RECEIPTS_MOST
    first, last = _periods(plain, share)
    ask = Ask(
        columns=(), conditions=tuple(conditions), scope=_scope(share), places=_places(plain, seen, at),
        first=first, last=last, limit=limit, descending=_sort(plain, veiled), veiled=veiled,
        as_of=_as_of(plain, share, at),
    )  # fmt: skip
    fields = _fields(plain, seen)
    steady = sorted(
        (*found.items(), *((k, v) for k, v in plain.items() if k not in ("cursor", "limit", "count")))
    )
    mark = digest(repr((share.digest, seen.client, sorted(seen.fields), form, steady)).encode())[:20]
    return Asked(ask, fields, plain.get("cursor", ""), _flag(plain, "count"), receipt, mark)


def _reserved(name: str, timed: bool, placed: bool) -> bool:
    return {"place": placed, "from": timed, "to": timed}.get(name, True)


def _shape(share: Share, at: Desk) -> tuple[bool, bool]:
    """Whether rows have a period, and a place."""
    if share.indicators:
        return True, True
    dataset = at.catalogue.datasets[share.dataset]
    return dataset.period is not None, dataset.place is not None


def _pairs(query: str) -> dict[str, str]:
    try:
        pairs = parse_qsl(query, keep_blank_values=True, max_num_fields=100, errors="strict")
    except (ValueError, UnicodeDecodeError):
        raise _wrong("?", "câu hỏi không đọc được", "the query cannot be read") from None
    out: dict[str, str] = {}
    for name, text in pairs:
        if name in out:
            raise _wrong(name, "ghi hai lần", "it stands twice")
        out[name] = text
    return out


def _wrong(name: str, vi: str, en: str) -> QueryWrong:
    return QueryWrong(name=name[:60], why_vi=vi, why_en=en)


def _condition(name: str, text: str, share: Share, seen: Seen, at: Desk) -> Condition:
    column, _, op = name.rpartition(".")
    if op not in OPERATORS or not column:
        column, op = name, "eq"
    field = seen.fields.get(column)
    if field is None:
        if column in share.columns or _declared(column, share, at):
            raise ColumnRefused(column=column[:60], known=", ".join(seen.fields))
        known = ", ".join((*RESERVED, *seen.fields))
        raise _wrong(
            name, f"không có tham số này (có: {known})", f"there is no such parameter (there are: {known})"
        )
    if op == "null":
        if text not in ("true", "false"):
            raise _wrong(name, "cần true hoặc false", "true or false is expected")
        return Condition(column, "null" if text == "true" else "filled")
    if op == "in":
        parts = text.split(",")
        if len(parts) > IN_MOST:
            raise _wrong(name, f"quá {IN_MOST} giá trị", f"more than {IN_MOST} values")
        return Condition(column, "in", tuple(field.read(part, name) for part in parts))
    if op in ("ge", "gt", "le", "lt") and field.logical == "boolean":
        raise _wrong(name, "cột đúng/sai không so lớn nhỏ", "a true/false column has no order")
    return Condition(column, op, (field.read(text, name),))  # type: ignore[arg-type]  # one of OPERATORS


def _declared(column: str, share: Share, at: Desk) -> bool:
    return bool(share.dataset) and any(c.name == column for c in at.catalogue.datasets[share.dataset].columns)


def _limit(text: str | None, share: Share) -> int:
    if text is None:
        return min(DEFAULT, share.largest)
    if not text.isascii() or not text.isdigit() or not 1 <= int(text[:9]) <= share.largest or len(text) > 9:
        raise _wrong(
            "limit", f"cần số từ 1 đến {share.largest}", f"a number from 1 to {share.largest} is expected"
        )
    return int(text)


def _flag(plain: Mapping[str, str], name: str) -> bool:
    text = plain.get(name, "false")
    if text not in ("true", "false"):
        raise _wrong(name, "cần true hoặc false", "true or false is expected")
    return text == "true"


def _sort(plain: Mapping[str, str], veiled: bool) -> bool:
    text = plain.get("sort", "key")
    if text not in ("key", "-key"):
        raise _wrong("sort", "chỉ xếp theo key hoặc -key", "rows are sorted by key or -key only")
    return text == "-key" and not veiled


def _period(plain: Mapping[str, str], name: str) -> str:
    text = plain.get(name, "")
    if text:
        try:
            grain_of(text)
            start(text)
        except ValueError:
            raise _wrong(name, "cần kỳ như 2026-01", "a period like 2026-01 is expected") from None
    elif name in plain:
        raise _wrong(name, "để trống", "it is empty")
    return text


def _periods(plain: Mapping[str, str], share: Share) -> tuple[str, str]:
    first, last = _period(plain, "from"), _period(plain, "to")
    first = max(first, share.reach.first)
    ends = [t for t in (last, share.reach.last) if t]
    return first, min(ends, key=lambda t: t + "~") if ends else ""


def _places(plain: Mapping[str, str], seen: Seen, at: Desk) -> Sequence[str] | None:
    text = plain.get("place")
    if text is None:
        return seen.places
    codes = text.split(",")
    if len(codes) > IN_MOST or not all(
        code.isascii() and code.isdigit() and len(code) <= 5 for code in codes
    ):
        raise _wrong(
            "place", "cần mã địa bàn gồm 2 đến 5 chữ số", "codes of places, 2 to 5 digits, are expected"
        )
    wanted = {unit for code in codes for unit in below(at, code)}
    return tuple(sorted(wanted & set(seen.places) if seen.places is not None else wanted))


def _as_of(plain: Mapping[str, str], share: Share, at: Desk) -> datetime | None:
    text = plain.get("as-of")
    if text is None:
        return None
    if not share.as_of:
        raise PastRefused
    zone = ZoneInfo(at.catalogue.timezone)
    try:
        moment = datetime.fromisoformat(text.replace(" ", "+"))
        if len(text) == 10:
            moment += timedelta(days=1)  # a day means its end
        moment = moment.replace(tzinfo=zone) if moment.tzinfo is None else moment
        return moment.astimezone(ZoneInfo("UTC"))
    except (ValueError, OverflowError):
        raise _wrong("as-of", "cần ngày như 2026-01-31 hoặc thời điểm ISO 8601",
                     "a day like 2026-01-31 or a moment in ISO 8601 is expected") from None  # fmt: skip


def _fields(plain: Mapping[str, str], seen: Seen) -> dict[str, Field]:
    text = plain.get("fields")
    if text is None:
        return dict(seen.fields)
    names = list(dict.fromkeys(text.split(",")))
    for name in names:
        if name not in seen.fields:
            raise ColumnRefused(column=name[:60], known=", ".join(seen.fields))
    return {name: seen.fields[name] for name in names}


def _scope(share: Share) -> str:
    return expr.parse(share.reach.where).sql() if share.reach.where else ""
