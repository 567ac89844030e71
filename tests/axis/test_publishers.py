"""Who publishes keeps to the own agency's services, and sees no personal value by publishing."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.harness.residents import BINH, LAN, residents, rows

OWN = """\
format: 1
id: cua-moi-truong
name: {vi: Không khí, en: Air}
dataset: air-hourly
columns: [timestamp, city, pm25]
members: [{agency: so-tc}]
purpose: {vi: Thử, en: Trial}
legal_basis: Thỏa thuận 1
"""
PEOPLE = """\
format: 1
id: so-suc-khoe
name: {vi: Sổ, en: Register}
dataset: residents
columns: [cccd, full_name, born, visits]
members:
  - agency: so-tc
    personal: {columns: [cccd, full_name, born], purpose: {vi: Thử, en: Trial}, legal_basis: Luật 1}
purpose: {vi: Thử, en: Trial}
legal_basis: Thỏa thuận 1
"""


def test_a_service_of_another_agency_is_not_replaced_under_its_id(site: Any) -> None:
    from tinh.axis import api as axis

    desk = axis.desk()
    axis.keep(desk, OWN)
    taken = OWN.replace("air-hourly", "telecom-monthly").replace("columns: [timestamp, city, pm25]\n", "")
    with pytest.raises(axis.ShareError) as refused:
        axis.keep(desk, taken)
    assert refused.value.code == "AXS066"
    assert desk.share("cua-moi-truong").owner == "so-nnmt"
    assert axis.keep(desk, OWN.replace(", pm25", "")).columns == ("timestamp", "city")
    axis.withdraw_share(desk, "cua-moi-truong")


def test_the_preview_of_a_service_shows_personal_values_under_their_masks(site: Any, tmp_path: Path) -> None:
    from tinh.axis import api as axis
    from tinh.axis.shares.ground import Desk
    from tinh.flow.api import Corridor, Home
    from tinh.kit.clock import HeldClock
    from tinh.packs.api import compile

    clock = HeldClock(datetime(2026, 5, 4, 8, tzinfo=UTC))
    corridor = Corridor(compile(residents(tmp_path)), Home(tmp_path / "home"), clock)
    corridor.load(rows(LAN, BINH), "residents", filename="so.csv")
    shown = axis.preview(Desk(lambda: corridor), PEOPLE, "so-tc")
    told = str(shown.rows)
    assert len(shown.rows) == 2 and "•" in told
    assert not [word for word in (*LAN[:2], *BINH[:2]) if word in told]
    assert all("_id" not in row for row in shown.rows)
