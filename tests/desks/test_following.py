"""Nobody is signed on to letters by somebody else: an e-mail address follows once its owner has said so."""

from __future__ import annotations

import re
from typing import Any

from tests.desks.test_reporting_pages import Citizen, code_of, sent
from tests.harness.mailbox import mailbox


def test_an_address_is_told_of_a_report_only_after_its_owner_pressed_the_button(site: Any) -> None:
    from tinh.cases import api as cases
    from tinh.channels import api as channels
    from tinh.desks.api import reports
    from tinh.jobs import api as jobs
    from tinh.people import api as people

    def addresses() -> list[str]:
        with people.through("case"):
            found = cases.Case.objects.get(code=code).parties.filter(role="supporter")
            return [one.email for one in found]

    citizen = Citizen(site.stranger())
    sent(citizen, text="Cây nghiêng ra lòng đường trước trường", photos=1, lat="21.5931", lon="105.8431",
         category="pothole")  # fmt: skip
    code = code_of(citizen)
    reports.show(code, people.actor_named(site.account("desk_officer")))
    with mailbox() as box:
        neighbour = Citizen(site.stranger())
        neighbour.get(f"/phan-anh/{code}")
        for _ in range(2):
            told = neighbour.post(f"/phan-anh/{code}/theo", email="lan@example.vn")
        assert "thư xác nhận" in told.text and addresses() == []
        channels.deliver(jobs.now())
        (letter,) = [m for m in box.messages if code in m["subject"]]
    text = letter.get_body(("plain",)).get_content()
    found = re.search(r"https?://[^/\s]+(/phan-anh/theo-thu/\S+)", text)
    assert found is not None, text
    owner = Citizen(site.stranger())
    page = owner.get(found[1])
    assert "lan@example.vn" in page.text and addresses() == [], "programs that read mail open links"
    assert "1 người theo dõi" in owner.post(found[1]).text and addresses() == ["lan@example.vn"]
    for _ in range(2):
        owner.get(found[1])
        owner.post(found[1])
    assert addresses() == ["lan@example.vn"]
    assert owner.http.get(found[1][:-2] + "xx").status_code == 404
