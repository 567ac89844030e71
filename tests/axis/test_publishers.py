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


def test_whoever_tries_a_service_with_personal_columns_says_why_and_is_recorded(
    site: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tinh.axis import api as axis
    from tinh.axis.shares.ground import Desk
    from tinh.flow.api import Corridor, Home
    from tinh.packs.api import compile
    from tinh.people import api as people
    from tinh.web.pages import calling
    from tinh.web.pages.looking import look_at

    corridor = Corridor(compile(residents(tmp_path)), Home(tmp_path / "home"))
    at = Desk(lambda: corridor)
    share = axis.preview(at, PEOPLE, "so-tc").share
    look = look_at(share, "so-tc", at, "vi")
    assert look is not None and look.columns == ("cccd", "full_name", "born") and "cccd" in look.naming
    assert look_at(share, "so-yt", at, "vi") is None, "whoever sees no such column is asked nothing"

    own = axis.keep(axis.desk(), OWN)
    monkeypatch.setattr(calling, "look_at", lambda *_: look)
    body = b'{"data": [{"cccd": "019085000001", "full_name": "Lan"}]}'
    called: list[str] = []
    monkeypatch.setattr(
        axis, "attempt", lambda *a: called.append(a[1]) or axis.Tried(200, {}, body, "/r1/x", "VN-19")
    )
    officer = site.person("data_officer", "so-tc")
    here = f"/dich-vu/{own.id}/thu"
    assert officer.get(here).status_code == 405 and not called
    officer.get(f"/dich-vu/{own.id}/")
    token = {"X-CSRFToken": officer.cookies.get("tinh_csrf") or officer.cookies.get("csrftoken") or ""}
    form = {"muc-dich": "Thử", "ly-do": "vì"}
    assert officer.post(here, data=form, headers=token).status_code == 422 and not called, "no reason"
    reason = "Đối chiếu danh sách trợ cấp tháng 10"
    shown = officer.post(here, data={**form, "ly-do": reason}, headers=token)
    assert shown.status_code == 200 and called == ["so-tc"], shown.text
    line = people.Access.objects.filter(action="see personal data", subject__startswith=own.id).latest("pk")
    assert (line.reason, line.purpose, line.basis, len(line.about)) == (reason, "Thử", "Luật 1", 1)
    axis.withdraw_share(axis.desk(), own.id)


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
