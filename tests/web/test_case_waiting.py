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


def test_an_officer_who_handles_a_report_again_reads_why(site: Any) -> None:
    from tinh.cases import api as cases
    from tinh.desks.api import reports
    from tinh.people import api as people

    citizen = Citizen(site.stranger())
    link = sent(citizen, text="Rác tồn đọng ở cổng chợ, chưa ai dọn cả tuần")
    code = code_of(citizen)
    clerk = people.actor_named(site.account("administrator"))
    cases.act(code, "accept", clerk, data={"handler": "so-xd"})
    cases.act(code, "start", clerk)
    officer = site.person("case_officer", "so-xd")
    cases.act(code, "answer", clerk, data={"result": "fixed", "answer": "Đã dọn sạch cổng chợ."})
    assert "Bước này do bàn tiếp nhận làm" in officer.get(f"/vu-viec/{code}/").text
    cases.act(code, "publish", clerk)
    assert "được mở lại" in citizen.get(link).text
    reports.rate(code, "unsatisfied", "Mới dọn một nửa, phía sau vẫn còn")
    page = html.unescape(officer.get(f"/vu-viec/{code}/").text)
    assert "Về câu trả lời lần trước, người gửi nói: <b>Không hài lòng</b> – Mới dọn một nửa" in page
    assert "Về câu trả lời: Đã dọn sạch cổng chợ." in page
    for act, data in (
        ("start", {}),
        ("answer", {"result": "fixed", "answer": "Đã dọn nốt."}),
        ("publish", {}),
    ):
        cases.act(code, act, clerk, data=data)
    assert "lần này đánh giá khép lại phản ánh" in citizen.get(link).text
    again = citizen.post(link, act="rate", word="unsatisfied", remark="Vẫn còn")
    assert "hãy gửi phản ánh mới" in again.text
