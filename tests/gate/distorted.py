"""Headers and sheets as agencies distort them, seeded, with the truth beside each."""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import polars as pl

from tinh.gate.api import Sample
from tinh.packs.api import Column, Dataset

SHORTER = {
    "dân số": "DS",
    "số lượng": "SL",
    "doanh nghiệp": "DN",
    "công nghệ thông tin": "CNTT",
    "mã số thuế": "MST",
    "đơn vị hành chính": "ĐVHC",
    "cố định": "CĐ",
    "băng rộng": "BR",
    "lao động": "LĐ",
    "đăng ký": "ĐK",
}
STRANGERS = ("Ghi chú", "STT", "Người nhập liệu", "Đánh giá chung", "Xếp loại", "Tăng trưởng so cùng kỳ")


@dataclass(frozen=True)
class Case:
    sample: Sample
    truth: dict[int, str]  # position → column, "" for a stranger
    kinds: dict[int, str]


def plain(text: str) -> str:
    apart = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return "".join(c for c in apart if not unicodedata.combining(c))


def misspelt(text: str, dice: random.Random) -> str:
    letters = [i for i, c in enumerate(text) if c.isalpha()]
    if len(letters) < 5:
        return text
    at = dice.choice(letters[1:])
    return dice.choice(
        (
            text[:at] + text[at + 1 :],
            text[:at] + text[at] + text[at:],
            text[:at] + dice.choice("aeinot") + text[at + 1 :],
        )
    )


def shortened(text: str, dice: random.Random) -> str:
    low = text.casefold()
    for long, short in SHORTER.items():
        if long in low:
            at = low.index(long)
            return text[:at] + short + text[at + len(long) :]
    words = text.split()
    if len(words) > 3:
        words.pop(dice.randrange(1, len(words)))
    return " ".join(words)


DISTORTIONS: dict[str, Any] = {
    "as declared": lambda t, _: t,
    "upper case": lambda t, _: t.upper(),
    "no diacritics": lambda t, _: plain(t),
    "decomposed": lambda t, _: unicodedata.normalize("NFD", t),
    "spaces": lambda t, _: f"  {t.replace(' ', '   ')} ",
    "unit behind": lambda t, d: f"{t} ({d.choice(('người', 'ĐVT: trạm', 'hộ', '%', 'tỷ đồng'))})",
    "misspelt": misspelt,
    "shortened": shortened,
    "words before": lambda t, d: f"{d.choice(('Tổng', 'Chỉ tiêu', 'Trong đó:'))} {t[0].lower()}{t[1:]}",
    "numbered": lambda t, d: f"{d.randrange(1, 20)}. {t}",
    "two rows": lambda t, d: f"{d.choice(('Thông tin chung', 'Kết quả thực hiện', 'Hạ tầng'))} / {t}",
    "words turned": lambda t, d: " ".join(d.sample(t.split(), len(t.split()))) if len(t.split()) < 4 else t,
}


def spoken(column: Column) -> str:
    return next(
        (h for h in column.headers if h != column.name), column.headers[0] if column.headers else column.name
    )


def cells_for(
    column: Column, dataset: Dataset, height: int, dice: random.Random, places: list[tuple[str, str]]
) -> list[str]:
    if dataset.place and dataset.place.column == column.name:
        return [places[i % len(places)][0 if dataset.place.by == "code" else 1] for i in range(height)]
    if dataset.period and dataset.period.column == column.name:
        return [
            {"month": "03/2026", "year": "2025", "hour": f"2026-03-0{1 + i % 9}T07:00:00+07:00"}.get(
                dataset.period.every, "2026-03-01"
            )
            for i in range(height)
        ]
    if column.logical in ("integer", "number"):
        high = float(column.options.get("maximum", column.options.get("exclusiveMaximum", 1000)) or 1000)
        top = max(5.0, min(high, 20_000.0) * 0.6)
        return [f"{dice.uniform(1, top):.0f}" for _ in range(height)]
    if column.logical == "boolean":
        return [dice.choice(("Có", "Không")) for _ in range(height)]
    if column.logical == "date":
        return [f"{dice.randrange(13, 28)}/{dice.randrange(1, 13):02d}/2021" for _ in range(height)]
    if column.logical == "timestamp":
        return [f"2026-03-0{1 + i % 9}T{i % 24:02d}:00:00+07:00" for i in range(height)]
    if column.allowed:
        return [str(dice.choice(column.allowed)) for _ in range(height)]
    if "tax" in column.name:
        return [f"46{dice.randrange(10**7, 10**8)}" for _ in range(height)]
    return [
        places[i % len(places)][1]
        if "commune" in column.name
        else f"Công ty TNHH {dice.choice('ABCDEGH')}{i}"
        for i in range(height)
    ]


def cases(
    datasets: list[Dataset], places: list[tuple[str, str]], seed: int, count: int
) -> Iterator[tuple[Dataset, Case]]:
    dice = random.Random(seed)
    for number in range(count):
        dataset = datasets[number % len(datasets)]
        columns = list(dataset.columns)
        if dice.random() < 0.6:
            dice.shuffle(columns)
        lost = {c.name for c in columns if not c.required and dice.random() < 0.15}
        columns = [c for c in columns if c.name not in lost]
        headers, bodies, truth, kinds = [], [], {}, {}
        height = dice.randrange(6, 20)
        for column in columns:
            kind = dice.choice(list(DISTORTIONS))
            truth[len(headers)], kinds[len(headers)] = column.name, kind
            headers.append(DISTORTIONS[kind](spoken(column), dice))
            bodies.append(pl.Series(cells_for(column, dataset, height, dice, places)))
        for _ in range(dice.randrange(0, 3)):
            at = len(headers)
            truth[at], kinds[at] = "", "stranger"
            name = dice.choice(STRANGERS)
            headers.append(name)
            bodies.append(
                pl.Series(
                    [
                        str(i + 1) if name == "STT" else dice.choice(("", "tốt", "đạt", ""))
                        for i in range(height)
                    ]
                )
            )
        yield dataset, Case(Sample("Sheet1", tuple(headers), tuple(bodies)), truth, kinds)
