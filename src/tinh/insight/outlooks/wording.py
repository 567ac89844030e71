"""Outlooks in words, in both languages: verdicts, likelihoods, and what moved them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tinh.insight.outlooks.likelihoods import Word
from tinh.insight.wording import number_text, period_text
from tinh.kit.errors import Text

VERDICTS: dict[Word, Text] = {
    "certain": Text("Chắc chắn đạt", "Certain to be met"),
    "likely": Text("Nhiều khả năng đạt", "Likely to be met"),
    "unclear": Text("Chưa rõ", "Not clear"),
    "unlikely": Text("Khó đạt", "Unlikely to be met"),
    "no": Text("Không đạt", "Not to be met"),
}


def percent_text(probability: float) -> Text:
    """A likelihood in whole per cent; never 0 or 100, which no count over paths can know."""
    share = 100 * probability
    if share < 1:
        return Text("dưới 1 %", "under 1%")
    if share > 99:
        return Text("trên 99 %", "over 99%")
    return Text(f"{share:.0f} %", f"{share:.0f}%")


def turn_text(needed: float | None, seen: float | None, verdict: str) -> Text | None:
    """Why a verdict says otherwise than the two paces beside it, where it does: the forecast does not go on
    as now."""
    if not needed or seen is None:
        return None
    enough = seen / needed >= 1
    if enough and verdict in ("unlikely", "no"):
        return Text(
            "Nhịp đã thấy là đủ nếu giữ được, nhưng dự báo cho thấy nhịp chậm dần trước hạn.",
            "The pace seen is enough if it holds, but the forecast sees it slow down before the deadline.",
        )
    if not enough and verdict in ("certain", "likely"):
        return Text(
            "Nhịp đã thấy chưa đủ, nhưng dự báo cho thấy nhịp nhanh lên trước hạn.",
            "The pace seen is not enough, but the forecast sees it quicken before the deadline.",
        )
    return None


@dataclass(frozen=True)
class Stand:
    """What an outlook stood on, to be held against the one before."""

    probability: float | None
    target: float
    origin: str
    value: float | None
    method: str
    version: int
    digest: str


def moved(before: Stand | None, now: Stand, foreseen: float | None, unit: Text, decimals: int) -> Text:
    """Why an outlook is another than last time, in one sentence; `foreseen` is what the forecast before said
    of the newest value's period, where it said anything."""
    if before is None:
        return Text("Lần đầu được tính.", "Computed for the first time.")
    causes = list(_causes(before, now, foreseen, unit, decimals))
    if not causes:
        return Text("Không có gì mới so với lần trước.", "Nothing new since last time.")
    why = Text("; ".join(c.vi for c in causes), "; ".join(c.en for c in causes))
    if before.probability is None or now.probability is None:
        return Text(f"Tính lại: {why.vi}.", f"Computed again: {why.en}.")
    one, two = percent_text(before.probability), percent_text(now.probability)
    if one == two:
        return Text(f"Khả năng đạt vẫn {two.vi}, dù {why.vi}.", f"Still {two.en}, though {why.en}.")
    up = now.probability > before.probability
    return Text(
        f"Khả năng đạt {'tăng' if up else 'giảm'} từ {one.vi} {'lên' if up else 'xuống'} {two.vi}: {why.vi}.",
        f"{'Up' if up else 'Down'} from {one.en} to {two.en}: {why.en}.",
    )


def _causes(before: Stand, now: Stand, foreseen: float | None, unit: Text, decimals: int) -> Sequence[Text]:
    def figure(value: float) -> Text:
        number = number_text(value, decimals)
        return Text(f"{number.vi} {unit.vi}".strip(), f"{number.en} {unit.en}".strip())

    out = []
    if before.target != now.target:
        one, two = figure(before.target), figure(now.target)
        out.append(
            Text(f"mục tiêu đổi từ {one.vi} thành {two.vi}", f"the target moved from {one.en} to {two.en}")
        )
    if before.version != now.version:
        out.append(Text("định nghĩa chỉ số đổi", "the definition of the indicator changed"))
    if before.method != now.method:
        out.append(Text("cách dự báo đổi", "the method of forecasting changed"))
    if before.origin != now.origin and now.value is not None:
        out.append(_new_value(now.origin, figure(now.value), now.value, foreseen, figure, decimals))
    elif not out and before.digest != now.digest:
        out.append(
            Text(
                "số liệu các kỳ trước được bổ sung hoặc sửa",
                "values of earlier periods came in or were mended",
            )
        )
    return out


def _new_value(
    origin: str,
    text: Text,
    value: float,
    foreseen: float | None,
    figure: Callable[[float], Text],
    decimals: int,
) -> Text:
    at = period_text(origin)
    if foreseen is None:
        return Text(f"có giá trị mới {at.vi} là {text.vi}", f"the value of {at.en} came in: {text.en}")
    said = figure(foreseen)
    if abs(value - foreseen) < 0.5 * 10.0**-decimals:
        vi, en = "đúng như đã dự báo", "as forecast"
    elif value > foreseen:
        vi, en = f"cao hơn mức đã dự báo {said.vi}", f"above the {said.en} forecast"
    else:
        vi, en = f"thấp hơn mức đã dự báo {said.vi}", f"below the {said.en} forecast"
    return Text(f"giá trị mới {at.vi} là {text.vi}, {vi}", f"the value of {at.en} came in at {text.en}, {en}")
