"""An expression told with the names people know: “Số trạm dùng chung không được lớn hơn số trạm”."""

from __future__ import annotations

from typing import Any

from tinh.kit import expr
from tinh.kit.errors import ExpressionError, Text
from tinh.packs.wording import Told, figure, inner

_SIGNS = {
    "<=": Text("không được lớn hơn", "must not be more than"),
    "<": Text("phải nhỏ hơn", "must be less than"),
    ">=": Text("không được nhỏ hơn", "must not be less than"),
    ">": Text("phải lớn hơn", "must be more than"),
    "=": Text("phải bằng", "must equal"),
    "<>": Text("phải khác", "must differ from"),
}
_DAYS = {
    "<=": Text("không được muộn hơn", "must not be later than"),
    "<": Text("phải sớm hơn", "must be earlier than"),
    ">=": Text("không được sớm hơn", "must not be earlier than"),
    ">": Text("phải muộn hơn", "must be later than"),
}
_CALLS = {
    "abs": Text("giá trị tuyệt đối của {0}", "the absolute value of {0}"),
    "length": Text("số ký tự của {0}", "the number of characters of {0}"),
    "year": Text("năm của {0}", "the year of {0}"),
    "month": Text("tháng của {0}", "the month of {0}"),
    "day": Text("ngày trong tháng của {0}", "the day of the month of {0}"),
}
_LISTS = {
    "min": Text("số nhỏ nhất trong {0}", "the least of {0}"),
    "max": Text("số lớn nhất trong {0}", "the greatest of {0}"),
}
_MATHS = {"+": " + ", "-": " − ", "*": " × ", "/": " / "}
_LONGEST = 260


def phrase(text: str, told: Told) -> Text | None:
    """The expression as a sentence about what a row must be; None where words would not be plainer."""
    try:
        out = _said(expr.parse(text).root, told)
    except ExpressionError:
        return None
    return out if out is not None and len(out.vi) <= _LONGEST else None


def _said(node: Any, told: Told) -> Text | None:
    if node.op == "binary" and node.text in _SIGNS:
        return _compared(node, told)
    if node.op == "in":
        return _among(node, told)
    if node.op == "null":
        what = _thing(node.parts[0], told)
        if node.negated:
            return what and Text(f"{what.vi} không được để trống", f"{what.en} must be filled")
        return what and Text(f"{what.vi} phải để trống", f"{what.en} must be empty")
    if node.op == "or":
        return _unless_blank(node, told) or _joined(node.parts, told, " hoặc ", " or ")
    if node.op == "and":
        return _joined(node.parts, told, ", và ", ", and ")
    return None


def _compared(node: Any, told: Told) -> Text | None:
    left, right = node.parts
    sides = _thing(left, told), _thing(right, told, told.unit(left.text) if left.op == "name" else None)
    if sides[0] is None or sides[1] is None:
        return None
    days = any(
        (p.op == "name" and told.types.get(p.text) in ("date", "timestamp"))
        or (p.op, p.text) == ("call", "date")
        for p in node.parts
    )
    sign = (_DAYS if days else _SIGNS).get(node.text) or _SIGNS[node.text]
    if right.op == "word" and node.text == "=":
        sign = Text("phải là", "must be")
    return Text(
        f"{sides[0].vi} {sign.vi} {inner(sides[1].vi)}", f"{sides[0].en} {sign.en} {inner(sides[1].en)}"
    )


def _among(node: Any, told: Told) -> Text | None:
    what, *choices = (_thing(part, told) for part in node.parts)
    if what is None or None in choices:
        return None
    listed = [Text(", ".join(c.vi for c in choices if c), ", ".join(c.en for c in choices if c))][0]
    if node.negated:
        return Text(f"{what.vi} không được là {listed.vi}", f"{what.en} must not be {listed.en}")
    if len(choices) == 1:
        return Text(f"{what.vi} phải là {listed.vi}", f"{what.en} must be {listed.en}")
    return Text(f"{what.vi} phải là một trong: {listed.vi}", f"{what.en} must be one of: {listed.en}")


def _unless_blank(node: Any, told: Told) -> Text | None:
    """`a is null or …`: the rest, where a is given."""
    blank = [p for p in node.parts if p.op == "null" and not p.negated and p.parts[0].op == "name"]
    rest = [p for p in node.parts if p not in blank]
    if not blank or len(rest) != 1:
        return None
    said = _said(rest[0], told)
    names = [_thing(p.parts[0], told) for p in blank]
    if said is None:
        return None
    vi, en = " và ".join(inner(n.vi) for n in names if n), " and ".join(inner(n.en) for n in names if n)
    verb = "is" if len(names) == 1 else "are"
    return Text(f"{said.vi} (khi có {vi})", f"{said.en} (where {en} {verb} given)")


def _joined(parts: Any, told: Told, vi: str, en: str) -> Text | None:
    said = [_said(part, told) for part in parts]
    if any(s is None for s in said):
        return None
    found = [s for s in said if s is not None]
    tail = [Text(inner(s.vi), inner(s.en)) for s in found[1:]]
    return Text(vi.join(s.vi for s in (found[0], *tail)), en.join(s.en for s in (found[0], *tail)))


def _thing(node: Any, told: Told, after: Text | None = None) -> Text | None:
    """A value of a row: a column's label, a figure, or a sum of them."""
    if node.op == "name":
        return told.label((node.text,))
    if node.op == "number":
        return figure(float(node.text), after or Text("", ""))
    if node.op == "neg" and node.parts[0].op == "number":
        return figure(-float(node.parts[0].text), after or Text("", ""))
    if node.op == "string":
        return Text(f"“{node.text}”", f"“{node.text}”")
    if node.op == "word" and node.text in ("true", "false"):
        return figure(node.text == "true")
    if node.op == "call" and node.text == "date":
        return figure(node.parts[0].text)
    parts = [_thing(part, told) for part in node.parts]
    if not parts or any(p is None for p in parts):
        return None
    texts = [p for p in parts if p is not None]
    if node.op == "binary" and node.text in _MATHS:
        sign = _MATHS[node.text]
        ends = [_bracketed(part, t) for part, t in zip(node.parts, texts, strict=True)]
        return Text(ends[0].vi + sign + inner(ends[1].vi), ends[0].en + sign + inner(ends[1].en))
    if node.op == "call" and node.text in _CALLS:
        return Text(
            *(f.format(inner(t)) for f, t in zip(_pair(_CALLS[node.text]), _pair(texts[0]), strict=True))
        )
    if node.op == "call" and node.text in _LISTS:
        listed = Text(", ".join(inner(t.vi) for t in texts), ", ".join(inner(t.en) for t in texts))
        return Text(*(f.format(t) for f, t in zip(_pair(_LISTS[node.text]), _pair(listed), strict=True)))
    if node.op == "call" and node.text == "coalesce" and len(texts) == 2:
        first, instead = texts
        return Text(f"{first.vi} (trống thì lấy {instead.vi})", f"{first.en} ({instead.en} where empty)")
    return None


def _bracketed(node: Any, text: Text) -> Text:
    return Text(f"({text.vi})", f"({text.en})") if node.op == "binary" else text


def _pair(text: Text) -> tuple[str, str]:
    return text.vi, text.en
