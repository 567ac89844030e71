"""A formula in words, and with its numbers put in."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise

from tinh.insight.derived import variable
from tinh.insight.scope import ladder_of
from tinh.insight.wording import GRAIN_WORDS, number_text
from tinh.kit.errors import Text
from tinh.packs.api import Catalogue, Indicator, Term

HOW = {
    "sum": Text("tổng", "sum"),
    "mean": Text("trung bình", "mean"),
    "last": Text("giá trị mới nhất", "newest value"),
    "count": Text("số", "number"),
    "min": Text("giá trị nhỏ nhất", "least value"),
    "max": Text("giá trị lớn nhất", "greatest value"),
}
_SHOWN = 8  # operands written out before the dots


def formula_text(catalogue: Catalogue, indicator: Indicator) -> Text:
    """How the value comes about, in one sentence a language."""
    formula = indicator.formula
    if formula.kind == "derived":
        names = {variable(id): catalogue.indicators[id].name for id in formula.indicators}
        return Text(
            *(_named(formula.expression, {k: n.in_(lang) for k, n in names.items()}) for lang in ("vi", "en"))
        )
    if formula.kind == "sql":
        read = ", ".join(formula.datasets)
        return _with_steps(
            catalogue, indicator, Text(f"câu lệnh SQL trên {read}", f"SQL over {read}"), formula.datasets[0]
        )
    first = formula.terms[0]
    of = _term(catalogue, first)
    if formula.kind == "weighted":
        of = Text(
            f"trung bình của {first.column} theo trọng số {formula.weight}{_of(catalogue, first).vi}",
            f"mean of {first.column} weighted by {formula.weight}{_of(catalogue, first).en}",
        )
    elif formula.kind == "ratio":
        to = _term(catalogue, formula.terms[1])
        of = Text(f"{of.vi} chia cho {to.vi}", f"{of.en} over {to.en}")
    if formula.scale != 1:
        scale = number_text(formula.scale, 0 if formula.scale == int(formula.scale) else 4)
        of = Text(f"{scale.vi} × {of.vi}", f"{scale.en} × {of.en}")
    return _with_steps(catalogue, indicator, of, first.dataset)


def _term(catalogue: Catalogue, term: Term) -> Text:
    how = HOW[term.how]
    of = _of(catalogue, term)
    if term.how == "count" and not term.column:
        return Text(f"{how.vi} dòng{of.vi}", f"{how.en} of rows{of.en}")
    return Text(f"{how.vi} {term.column}{of.vi}", f"{how.en} of {term.column}{of.en}")


def _of(catalogue: Catalogue, term: Term) -> Text:
    name = catalogue.datasets[term.dataset].name
    where = Text(f" với điều kiện {term.where}", f" where {term.where}") if term.where else Text("", "")
    return Text(f" trong “{name.vi}”{where.vi}", f" in “{name.en}”{where.en}")


def _with_steps(catalogue: Catalogue, indicator: Indicator, of: Text, dataset_id: str) -> Text:
    vi, en = [of.vi], [of.en]
    dataset = catalogue.datasets[dataset_id]
    over_time = HOW[indicator.over_time]
    if dataset.kind == "register":
        vi.append("tính trên những gì còn hiệu lực vào cuối kỳ")
        en.append("over what is in force at the end of the period")
    elif dataset.period is not None:
        for fine, coarse in pairwise(ladder_of(indicator, dataset)):
            lower, upper = GRAIN_WORDS[fine], GRAIN_WORDS[coarse]
            needed = indicator.min_coverage.get(coarse, 0)
            need = Text("", "")
            if needed:
                share = number_text(100 * needed, 0 if float(100 * needed).is_integer() else 1)
                need = Text(
                    f" (cần ít nhất {share.vi} % số {lower.vi})",
                    f" (needs at least {share.en} % of its {lower.en}s)",
                )
            vi.append(f"{over_time.vi} các {lower.vi} trong {upper.vi}{need.vi}")
            en.append(f"{over_time.en} of the {lower.en}s of each {upper.en}{need.en}")
    if "province" in indicator.places and indicator.over_places != "none":
        if indicator.formula.kind in ("ratio", "weighted"):
            vi.append("toàn tỉnh là tỷ số của các tổng")
            en.append("the province is the ratio of the sums")
        else:
            over = HOW[indicator.over_places]
            vi.append(f"toàn tỉnh là {over.vi} các địa bàn")
            en.append(f"the province is the {over.en} of its places")
    return Text("; ".join(vi), "; ".join(en))


def plain_number(value: float | None) -> str:
    """A number as arithmetic is written down, the same in both languages."""
    return "?" if value is None else f"{value:.10g}"


def combined(how: str, values: Sequence[float | None], result: float | None) -> str:
    """`(46.9 + 50.1 + …) / 28 = 45.3`: how values were combined into one."""
    known = [v for v in values if v is not None]
    if len(known) == 1 and how != "count":
        return plain_number(result)
    shown = [plain_number(v) for v in known[:_SHOWN]] + (["…"] if len(known) > _SHOWN else [])
    if how == "mean":
        made = f"({' + '.join(shown)}) / {len(known)}"
    elif how == "sum":
        made = " + ".join(shown)
    else:
        made = f"{how}({', '.join(shown)})"
    return f"{made} = {plain_number(result)}" if known else plain_number(result)


def fraction(scale: float, num: float | None, den: float | None, value: float | None) -> str:
    factor = "" if scale == 1 else f"{plain_number(scale)} × "
    return f"{factor}{plain_number(num)} / {plain_number(den)} = {plain_number(value)}"


def substituted(expression: str, values: Mapping[str, float | None], result: float | None) -> str:
    return f"{_named(expression, {k: plain_number(v) for k, v in values.items()})} = {plain_number(result)}"


def _named(expression: str, names: Mapping[str, str]) -> str:
    return re.sub(r"[^\W\d]\w*", lambda m: names.get(m.group(0), m.group(0)), expression)
