"""The shift book of the operations room, through its page."""

from __future__ import annotations

import re
from typing import Any

import httpx
import pytest


@pytest.fixture
def people_on(site) -> tuple[httpx.Client, httpx.Client]:
    from tinh.people.models import ShiftEntry

    ShiftEntry.objects.all().delete()
    return site.person("operator", "vp-ubnd"), site.person("leader", "vp-ubnd")


def act(client: httpx.Client, seen: str | None = None, **said: Any) -> httpx.Response:
    page = client.get("/giao-ca/").text
    mark = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    last = re.search(r'name="seen" value="(\d+)"', page)
    assert mark and last
    data = {"csrfmiddlewaretoken": mark[1], "seen": seen or last[1], **said}
    return client.post("/giao-ca/", data=data)


def test_a_shift_goes_from_one_to_the_next_with_its_note(people_on) -> None:
    first, second = people_on
    assert act(first, act="take").status_code == 422  # not confirmed
    assert act(first, act="take", confirmed="yes").status_code == 302
    assert act(first, act="hand", text="  ").status_code == 422  # no note
    assert act(first, act="hand", text="Gọi lại Sở TC lúc 8 giờ").status_code == 302
    page = second.get("/giao-ca/").text
    assert "Gọi lại Sở TC lúc 8 giờ" in page and "operator-vp-ubnd" in page
    assert act(second, act="take", confirmed="yes").status_code == 302
    assert 'data-part="hand"' in second.get("/giao-ca/").text
    assert 'data-part="take"' in first.get("/giao-ca/").text


def test_nobody_acts_on_an_old_page(people_on) -> None:
    first, second = people_on
    assert act(first, act="take", confirmed="yes").status_code == 302
    late = act(second, seen="0", act="take", confirmed="yes", text="vội")
    assert late.status_code == 422 and "operator-vp-ubnd" in late.text


def test_a_shift_nobody_handed_over_takes_a_reason(people_on) -> None:
    first, second = people_on
    act(first, act="take", confirmed="yes")
    assert act(second, act="take", confirmed="yes").status_code == 422
    assert act(second, act="take", confirmed="yes", text="Anh Nam ốm").status_code == 302
    assert act(first, act="hand", text="của tôi").status_code == 422  # not on duty any more
    assert act(first, act="note", text="của tôi").status_code == 422


def test_the_book_keeps_every_line_and_lets_nobody_change_one(site, people_on) -> None:
    from django.db import connection

    from tinh.people import api as people

    first, _ = people_on
    act(first, act="take", confirmed="yes")
    act(first, act="note", text="Mưa to ở Đại Từ")
    who = people.actor_named(site.account("operator", "vp-ubnd"))
    with people.as_person(who), connection.cursor() as cursor:
        cursor.execute("select count(*) from people_shiftentry")
        assert cursor.fetchone() == (2,)
        for sql in ("update people_shiftentry set note = 'x'", "delete from people_shiftentry"):
            cursor.execute(sql)
            assert cursor.rowcount == 0
    assert "Mưa to ở Đại Từ" in first.get("/giao-ca/").text


def test_odd_input_is_answered_and_not_broken(people_on) -> None:
    first, _ = people_on
    for seen in ("x", "9" * 30, "-1", "²"):
        assert act(first, seen=seen, act="take", confirmed="yes").status_code == 422
    assert first.get("/giao-ca/?truoc=abc").status_code == 200
    assert first.get(f"/giao-ca/?truoc={'9' * 40}").status_code == 200
