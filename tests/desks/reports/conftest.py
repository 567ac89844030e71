"""The desk of the demo province, with a moment of its own that tests move."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

MONDAY = datetime(2026, 11, 16, 2, 0, tzinfo=UTC)  # 09:00 in Viet Nam, a working day


@dataclass
class Hands:
    """What tests turn: the moment everything asks for."""

    now: datetime = MONDAY

    def later(self, **of: float) -> datetime:
        self.now += timedelta(**of)
        return self.now


@pytest.fixture
def hands(site: Any, by_hand: None) -> Iterator[Hands]:
    """The engine and the desk stand on the demo province, at 09:00 on a Monday."""
    from tinh.cases import api as cases
    from tinh.desks.reports import ground as own

    found, before, stood = Hands(), cases.ground(), own.ground()
    catalogue = site.prepared.catalogue
    cases.stand_on(replace(before, clock=lambda: cases.clock_of(catalogue), now=lambda: found.now))
    own.stand_on(replace(stood, now=lambda: found.now))
    yield found
    cases.stand_on(before)
    own.stand_on(stood)


@pytest.fixture
def who(site: Any) -> Callable[..., Any]:
    from tinh.people import api as people

    def of(role: str, agency: str = "") -> Any:
        return people.actor_named(site.account(role, agency))

    return of


@pytest.fixture
def draft(hands: Hands) -> Callable[..., Any]:
    """A report about a street light in a ward, with what a test changes."""
    from tinh.desks.api import reports

    def make(**fields: Any) -> Any:
        said: dict[str, Any] = {
            "category": "street-light",
            "text": "Cột đèn trước số 12 không sáng từ hôm qua. Gọi tôi 0912 345 678.",
            "key": uuid.uuid4().hex, "latitude": 21.5942, "longitude": 105.8482, "answers": {"what": "dark"},
            "name": "Nguyễn Thị Hạnh", "phone": "0912 345 678", "email": "hanh@example.vn",
        }  # fmt: skip
        return reports.Draft(**{**said, **fields})

    return make


@pytest.fixture
def caller() -> Callable[..., Any]:
    from tinh.desks.api import reports

    def make(**fields: Any) -> Any:
        """Somebody nobody has seen before."""
        fresh = uuid.uuid4().int
        address = f"2001:db8:{fresh % 65536:x}:{fresh // 65536 % 65536:x}::1"
        return reports.Caller(**{"address": address, "device": uuid.uuid4().hex, **fields})

    return make


@pytest.fixture
def run(hands: Hands, who: Callable[..., Any]) -> Callable[..., Any]:
    """Take a report to its published answer; `agency` handles it."""
    from tinh.cases import api as cases

    def to(code: str, result: str = "fixed", handler: str = "so-xd") -> Any:
        clerk, officer = who("desk_officer"), who("case_officer", handler)
        cases.act(code, "accept", clerk, data={"handler": handler})
        cases.act(code, "start", officer)
        hands.later(hours=2)
        cases.act(code, "answer", officer, data={"result": result, "answer": "Đã thay bóng, gọi 0987654321"})
        hands.later(hours=1)
        return cases.act(code, "publish", clerk)

    return to
