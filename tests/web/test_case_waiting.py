"""A case that waits for its sender says so, and says afterwards who wrote what."""

from __future__ import annotations

import html
from typing import Any

from tests.desks.test_reporting_pages import Citizen, code_of, sent


def test_a_case_that_waits_for_its_sender_asks_nobody_else(site: Any) -> None:
    from tinh.cases import api as cases
    from tinh.people import api as people

    citizen = Citizen(site.stranger())
    link = sent(citizen, text="Rác tồn đọng ở bến xe, chưa ai dọn cả tuần")
    code, clerk = code_of(citizen), site.person("desk_officer")
    cases.act(code, "ask", people.actor_named(site.account("desk_officer")), "Rác ở cổng nào?")
    page = html.unescape(clerk.get(f"/vu-viec/{code}/").text)
    assert "Chưa ai phải làm gì" in page and "bạn chỉ xem" not in page
    asked = citizen.get(link).text
    assert "Xin bổ sung trước" in asked and "Cơ quan phải tiếp nhận trước" not in asked
    bad = [("photos", ("a.jpg", b"none", "image/jpeg"))]
    faulted = citizen.post(link, files=bad, act="supplement", text="Cổng phía đông, cạnh cây đa")
    assert faulted.status_code >= 400 and ">Cổng phía đông, cạnh cây đa</textarea>" in faulted.text
    added = citizen.post(link, act="supplement", text="Cổng phía đông, cạnh cây đa").text
    assert "Người gửi bổ sung" in added and "Cổng phía đông, cạnh cây đa" in added
    page = html.unescape(clerk.get(f"/vu-viec/{code}/").text)
    assert "Người gửi đã bổ sung" in page and "Nhận tin cho quy trình" not in page
    assert "<b>–</b>" not in page
