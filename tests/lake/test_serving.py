"""Collections are read page by page, every page from one version, whatever is written meanwhile."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from lake_trials import START, dataset, entry  # type: ignore[import-not-found]

from tinh.kit.clock import HeldClock
from tinh.lake.api import Ask, Condition, Lake, Pin, SnapshotGone

MONTHS = [f"2025-{m:02d}" for m in range(1, 13)]


def rows(amount: int = 0) -> list[tuple[str, str, int]]:
    return [(f"{c:05d}", m, amount + c) for m in MONTHS for c in range(40)]


def walk(lake: Lake, contract: Any, pin: Pin, **ask: Any) -> list[list[tuple[Any, ...]]]:
    pages, after = [], None
    while True:
        page = lake.serving.page(contract, Ask(("commune", "month", "amount"), after=after, **ask), pin)
        pages.append(page.rows.select("commune", "month", "amount").rows())
        after = page.last
        if after is None:
            return pages


@pytest.mark.parametrize("kind", ["report", "stream"])
def test_pages_hold_every_row_once_in_order_and_none_that_came_after_the_first(lake: Lake, kind: str) -> None:
    contract = dataset(kind)
    lake.commit([entry("first", rows(), kind=kind)])
    if kind == "report":  # half of it is replaced
        lake.commit([entry("second", [r for r in rows(1000) if r[1] >= "2025-07"], hours=1)])
    pin = lake.serving.pin(contract)
    ask = Ask(("commune", "month", "amount"), limit=100)
    first = lake.serving.page(contract, ask, pin)
    lake.commit([entry("later", [("00001", "2025-12", 9), ("99999", "2025-12", 9)], hours=2, kind=kind)])
    lake.compact()
    pages = walk(lake, contract, pin, limit=100)
    assert [len(p) for p in pages] == [100, 100, 100, 100, 80]
    assert pages[0] == first.rows.select("commune", "month", "amount").rows()
    found = [row for page in pages for row in page]
    late = 1000 if kind == "report" else 0
    assert found == sorted(
        ((c, m, a + (late if m >= "2025-07" else 0)) for c, m, a in rows()), key=lambda r: (r[1], r[0])
    )
    back = [row for page in walk(lake, contract, pin, limit=170, descending=True) for row in page]
    assert back == found[::-1]
    again = lake.serving.pin(contract)
    assert lake.serving.count(contract, ask, pin) == 480
    assert lake.serving.count(contract, ask, again) == 481
    assert sum(len(p) for p in walk(lake, contract, again, limit=200)) == 481


def test_filters_narrow_before_paging_and_see_only_the_newest_row(lake: Lake) -> None:
    contract = dataset()
    lake.commit([entry("first", rows())])
    lake.commit([entry("second", [("00007", "2025-03", 500)], hours=1)])
    pin = lake.serving.pin(contract)

    def asked(**more: Any) -> list[tuple[Any, ...]]:
        return [row for page in walk(lake, contract, pin, limit=7, **more) for row in page]

    assert asked(conditions=(Condition("amount", "ge", (500,)),)) == [("00007", "2025-03", 500)]
    assert ("00007", "2025-03", 7) not in asked(conditions=(Condition("amount", "eq", (7,)),))
    assert len(asked(conditions=(Condition("amount", "in", (1, 2)),))) == 24
    assert {r[1] for r in asked(first="2025-03", last="2025-04")} == {"2025-03", "2025-04"}
    assert {r[0] for r in asked(places=("00003", "00004"), scope='("amount" <> 3)')} == {"00004"}
    assert asked(key="00007|2025-03") == [("00007", "2025-03", 500)]
    assert asked(conditions=(Condition("amount", "null"),)) == []


def test_an_earlier_day_is_read_with_the_rows_of_that_day(lake: Lake, clock: HeldClock) -> None:
    contract = dataset()
    lake.commit([entry("first", [("00001", "2025-01", 1)])])
    lake.commit([entry("second", [("00001", "2025-01", 2)], hours=5)])
    pin = lake.serving.pin(contract)
    then = walk(lake, contract, pin, as_of=START + timedelta(hours=1))
    assert (then, walk(lake, contract, pin)) == ([[("00001", "2025-01", 1)]], [[("00001", "2025-01", 2)]])


def test_a_veiled_order_tells_nothing_of_the_keys(lake: Lake) -> None:
    contract = dataset()
    lake.commit([entry("first", rows())])
    pin = lake.serving.pin(contract)
    page = lake.serving.page(contract, Ask(("amount",), limit=50, veiled=True), pin)
    assert page.last is not None and not any("00" in str(part) for part in page.last[:1])
    found = [row for part in walk(lake, contract, pin, limit=50, veiled=True) for row in part]
    assert sorted(found) == sorted(rows()) and found != sorted(rows())


def test_a_version_that_is_gone_says_so(lake: Lake) -> None:
    contract = dataset()
    lake.commit([entry("first", rows())])
    pin = Pin(77, -1, 0, START)
    with pytest.raises(SnapshotGone):
        lake.serving.page(contract, Ask(("amount",)), pin)
    assert lake.serving.page(contract, Ask(("amount",)), Pin(-1, -1, -1, START)).rows.is_empty()
