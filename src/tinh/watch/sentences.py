"""The sentence of an alert, from the rule's own words or ours."""

from __future__ import annotations

import re
from collections.abc import Callable

from tinh.kit.errors import LANGUAGES, Text
from tinh.packs.api import AlertRule, Indicator
from tinh.watch.rules import State

_PLACE = re.compile(r"\{(\w+)\}")

ABOVE = Text(
    "{name} tại {place} là {value} {unit} ({period}), trên ngưỡng {threshold} {unit}.",
    "{name} in {place} is {value} {unit} ({period}), above {threshold} {unit}.",
)
BELOW = Text(
    "{name} tại {place} là {value} {unit} ({period}), dưới ngưỡng {threshold} {unit}.",
    "{name} in {place} is {value} {unit} ({period}), below {threshold} {unit}.",
)
NOT_CLEAR = Text(
    "{name} tại {place} là {value} {unit} ({period}), đã qua ngưỡng {threshold} {unit}; "
    "cảnh báo tắt khi đến {clear_at} {unit}.",
    "{name} in {place} is {value} {unit} ({period}), past the threshold {threshold} {unit} again; "
    "the alert ends at {clear_at} {unit}.",
)
PENDING = Text(
    " Đang theo dõi: {periods}/{pending} kỳ liên tiếp.",
    " Being watched: {periods} of {pending} periods in a row.",
)
SILENT = Text(
    "{name} tại {place} chưa có số liệu mới kể từ {period}.",
    "{name} in {place} has had no new data since {period}.",
)
NEVER = Text("{name} tại {place} chưa có số liệu nào.", "{name} in {place} has no data yet.")
ALSO_SILENT = Text(" Từ đó chưa có số liệu mới.", " No new data since then.")


def sentence(
    rule: AlertRule,
    indicator: Indicator,
    state: State,
    threshold: float | None,
    place: Text,
    period_text: Callable[[str], Text],
    number_text: Callable[[float, int], Text],
) -> Text:
    """What stands, where and since when; unknown `{places}` of a rule's words stay as written."""
    period = period_text(state.period) if state.period else Text("", "")
    since = period_text(state.since) if state.since else Text("", "")
    numbers = {"value": state.value, "threshold": threshold, "clear_at": rule.clear_at}
    out = {}
    for language in LANGUAGES:
        facts = {
            "name": indicator.name.in_(language),
            "unit": indicator.unit.in_(language),
            "place": place.in_(language),
            "period": period.in_(language),
            "since": since.in_(language),
            "periods": str(state.periods),
            "pending": str(rule.pending),
        }
        for key, number in numbers.items():
            facts[key] = (
                "" if number is None else number_text(number, _decimals(key, number, indicator)).in_(language)
            )
        out[language] = _filled(_words(rule, state).in_(language), facts)
    return Text(out["vi"], out["en"])


def _decimals(key: str, number: float, indicator: Indicator) -> int:
    """A threshold shows no more decimals than it was written with."""
    if key == "value":
        return indicator.decimals
    return next((d for d in range(indicator.decimals) if round(number, d) == number), indicator.decimals)


def _words(rule: AlertRule, state: State) -> Text:
    if state.status == "silent":
        return SILENT if state.period else NEVER
    value = state.value if state.value is not None else 0.0
    if rule.above is not None and value > rule.above:
        words = rule.says if rule.says.vi else ABOVE
    elif rule.below is not None and value < rule.below:
        words = rule.says if rule.says.vi else BELOW
    else:
        words = NOT_CLEAR
    if state.status == "pending":
        words = Text(words.vi + PENDING.vi, words.en + PENDING.en)
    if state.silent:
        words = Text(words.vi + ALSO_SILENT.vi, words.en + ALSO_SILENT.en)
    return words


def _filled(words: str, facts: dict[str, str]) -> str:
    filled = _PLACE.sub(lambda m: facts.get(m.group(1), m.group(0)), words)
    return re.sub(r" +(?=[,.;)])|(?<= ) +", "", filled)
