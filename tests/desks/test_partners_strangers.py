"""Partners as they are: slow, broken, half-answering, saying everything twice; nothing is lost by it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from tests.desks import test_partners as ours
from tests.desks.test_partners import handed, notes, turn
from tests.harness.neighbours import MADE, Asked, Neighbour, Said, neighbour

clerk, agency = ours.clerk, ours.agency


@pytest.fixture
def there() -> Iterator[Neighbour]:
    with neighbour() as made:
        yield made


def linked(clerk: Any, agency: str, there: Neighbour, category: str, **draft: Any) -> tuple[Any, str]:
    """A partner that takes this category, which no other test here gives anybody, and a report for it."""
    partner = ours.linked(clerk, agency, there.url, services={category: "001"})
    return partner, ours.given(clerk, agency, category=category, **draft)


def wire(there: Neighbour, **more: Any) -> Any:
    from tinh.desks.api import partners

    return partners.GeoReport(there.url, private=("127.0.0.1",), **more)


def updates(*rows: tuple[str, str, str, str, str]) -> str:
    names = ("update_id", "service_request_id", "status", "description", "updated_datetime")
    inside = "".join(
        "<request_update>" + "".join(f"<{n}>{v}</{n}>" for n, v in zip(names, row, strict=True)) +
        "</request_update>" for row in rows
    )  # fmt: skip
    head = "\ufeff\n<?xml version='1.0' encoding='utf-8'?>"
    return f"{head}<service_request_updates>{inside}</service_request_updates>"


def test_a_fixmystreet_that_says_things_twice_late_and_in_its_own_words(
    clerk: Any,
    agency: str,
    there: Neighbour,
) -> None:
    partner, code = linked(clerk, agency, there, "illegal-dumping", answers={"sort": ["building", "animals"]})
    from tinh.jobs import api as jobs

    at = [(jobs.now() + timedelta(days=1, minutes=m)).isoformat() for m in (1, 2, 3)]
    there.says["GET /services/001.xml"] = (
        "<service_definition><attributes><attribute><variable>true</variable><code>sort</code></attribute>"
        "</attributes></service_definition>"
    )
    there.takes(code, MADE.format(id="FMS-1"))
    turn()
    turn(timedelta(minutes=6))
    (sent,) = there.posts(code)
    assert (
        sent.form["attribute[sort][]"] == ["building", "animals"] and code in sent.headers["idempotency-key"]
    )
    rows = [("7", "FMS-1", "In Progress", "Đang làm", at[1]), ("", "FMS-1", "FIXED", "Xong", at[2]),
            ("6", "FMS-1", "INVESTIGATING", "Đã xem", at[0]), ("9", "", "OPEN", "?", at[0])]  # fmt: skip

    def with_key(asked: Asked) -> Said:
        if asked.query.get("api_key") != ["xyz"]:
            return Said("<errors><error><code>403</code><description>key</description></error></errors>", 403)
        return Said(updates(*rows, *rows))

    there.says["GET /servicerequestupdates.xml"] = with_key
    turn(timedelta(minutes=12))
    turn(timedelta(minutes=18))
    told = [n for n in notes(code) if "FMS-1):" in n]
    assert len(told) == 3 and any("in_progress. Đang làm" in n for n in told)
    assert handed(partner, code).status == "fixed", "what comes late changes no state"


def test_a_system_without_updates_and_lists_is_asked_one_by_one_wherever_it_has_moved(
    clerk: Any,
    agency: str,
    there: Neighbour,
) -> None:
    partner, code = linked(clerk, agency, there, "public-toilet")
    there.takes(code, '[{"service_request_id": 4711, "service_notice": "", "account_id": null}]')
    stands = {"status": "Open", "status_notes": "", "updated_datetime": "2026-01-01T00:00:00Z"}
    there.says["GET /servicerequestupdates.xml"] = Said("<html>", 404)
    there.says["GET /requests.xml"] = MADE.format(id="999")  # knows no lists: gives others
    there.says["GET /requests/4711.xml"] = Said("", 301, {"location": "/v2/issues/4711"})
    there.says["GET /issues/4711"] = lambda _: Said(json.dumps([{"service_request_id": "4711", **stands}]))
    turn()
    assert (handed(partner, code).remote, handed(partner, code).state) == ("4711", "sent")
    for minutes, status, day in ((6, "Closed", 5), (12, "Open", 6), (18, "Closed", 7), (24, "Closed", 7)):
        stands.update(status=status, updated_datetime=f"2026-01-0{day}T00:00:00Z")
        turn(timedelta(minutes=minutes))
        assert handed(partner, code).status == status.lower()
    assert len([n for n in notes(code) if "4711): closed" in n]) == 2, "closed, opened again, closed again"


def test_what_was_taken_with_an_unreadable_answer_is_not_sent_again_by_itself(
    clerk: Any, agency: str, there: Neighbour
) -> None:
    from tinh.desks.api import partners

    partner, code = linked(clerk, agency, there, "water-outage")
    there.takes(code, "<html><body>OK</body></html>", MADE.format(id="77"))
    for hours in (0, 1, 5, 30):
        turn(timedelta(hours=hours))
    row = handed(partner, code)
    assert (row.state, len(there.posts(code))) == ("unsure", 1) and "đã nhận" in row.said
    partners.send_again(row.pk, clerk)
    turn(timedelta(hours=31))
    assert handed(partner, code).remote == "77"
    for said in ("<service_requests/>", "{}", "OK", ""):
        there.says["POST /requests.xml"] = said
        with pytest.raises(partners.PartnerUnclear):
            wire(there).send({"service_code": "1"})


LISTED = (
    "<service_requests><request><service_request_id>{id}</service_request_id>"
    "<description>{says}</description></request></service_requests>"
)


def test_what_got_no_answer_is_looked_for_at_the_partner_before_it_is_sent_again(
    clerk: Any, agency: str, there: Neighbour
) -> None:
    partner, code = linked(clerk, agency, there, "stray-animals")
    there.takes(code, Said("", 502), MADE.format(id="twice"))
    there.says["GET /requests.xml"] = LISTED.format(id="88", says=f"Ồn (Mã tham chiếu: {code})")
    turn()
    assert handed(partner, code).tried_at is not None
    turn(timedelta(hours=1))
    row = handed(partner, code)
    assert (row.state, row.remote, row.tried_at, len(there.posts(code))) == ("sent", "88", None, 1)
    looked = [a for a in there.heard if a.path == "/requests.xml" and "start_date" in a.query]
    assert looked[0].query["service_code"] == ["001"] and "end_date" in looked[0].query
    assert there.posts(code)[0].form["description"][0].endswith(f"(Mã tham chiếu: {code})")
    second = ours.given(clerk, agency, category="stray-animals")  # 88 is listed
    there.takes(second, Said("", 504), MADE.format(id="89"))
    turn(timedelta(hours=2))
    turn(timedelta(hours=3))
    assert (handed(partner, second).remote, len(there.posts(second))) == ("89", 2)


def test_what_nobody_can_tell_waits_for_a_person(
    site: Any, clerk: Any, agency: str, there: Neighbour
) -> None:
    from tinh.desks.api import partners

    partner, code = linked(clerk, agency, there, "smoke-burning")
    there.takes(code, Said(MADE.format(id="1"), 500), MADE.format(id="90"))
    there.says["GET /requests.xml"] = "<service_requests/>"  # shows nothing until somebody lets it
    for hours in (0, 1, 5, 30):
        turn(timedelta(hours=hours))
    row = handed(partner, code)
    assert (row.state, len(there.posts(code))) == ("unsure", 1)
    browser = site.person("administrator")
    assert "cần người xem" in browser.get("/quan-tri/open311/").text
    page = browser.get(f"/quan-tri/open311/{partner.slug}/").text
    assert "Bên kia đã có" in page and "Chưa có, gửi lại" in page
    partners.is_there(row.pk, " 4242 ", clerk)
    row = handed(partner, code)
    assert (row.state, row.remote) == ("sent", "4242") and any("mã 4242" in n for n in notes(code))
    turn(timedelta(hours=40))
    assert len(there.posts(code)) == 1


def test_a_partner_that_was_not_reached_has_nothing(clerk: Any, agency: str, there: Neighbour) -> None:
    partner, code = linked(clerk, agency, there, "tree-care")
    there.takes(code, Said("", 503), Said("", 429), MADE.format(id="91"))
    for hours in (0, 1, 5):
        turn(timedelta(hours=hours))
    assert (handed(partner, code).remote, len(there.posts(code))) == ("91", 3)


def test_a_token_that_is_no_id_yet_holds_up_no_other_report(
    clerk: Any, agency: str, there: Neighbour
) -> None:
    partner, first = linked(clerk, agency, there, "pipe-leak")
    second = ours.given(clerk, agency, category="pipe-leak")
    there.takes(first, "<r><request><token>t1</token></request></r>")
    turn()
    for minutes in (6, 20):
        turn(timedelta(minutes=minutes))
    assert (handed(partner, first).state, handed(partner, second).state) == ("waiting", "sent")
    partner.refresh_from_db()
    assert partner.failures == 0
    there.says["GET /tokens/t1.xml"] = MADE.format(id="1")
    turn(timedelta(hours=30))
    assert handed(partner, first).remote == "1"


def test_a_broken_line_is_silence_and_a_moved_desk_is_named(
    site: Any, there: Neighbour, monkeypatch: Any
) -> None:
    from tinh.desks.api import partners
    from tinh.desks.partners import georeport

    monkeypatch.setattr(georeport, "PATIENCE", 0.5)
    for said in (Said(MADE.format(id="1"), cut=True), Said(MADE.format(id="1"), slow=0.8), Said("", 503)):
        there.says["POST /requests.xml"] = said
        with pytest.raises(partners.PartnerSilent) as silent:
            wire(there).send({"service_code": "1"})
        assert not isinstance(silent.value, partners.PartnerUnclear)
        assert isinstance(silent.value, partners.PartnerLost) == (said.status == 200), said
    with pytest.raises(partners.PartnerSilent) as silent:
        partners.GeoReport("http://khong-co.invalid/v2").send({"service_code": "1"})
    assert not isinstance(silent.value, partners.PartnerLost), "nothing can have been taken"
    monkeypatch.undo()  # no haste below
    there.says["POST /requests.xml"] = Said("", 301, {"location": "https://moi.example/v2/requests.xml"})
    with pytest.raises(partners.PartnerRefuses, match=r"moi\.example"):
        wire(there).send({"service_code": "1"})
    there.says["GET /services.xml"] = Said("", 302, {"location": "http://169.254.169.254/secret"})
    with pytest.raises(partners.PartnerRefuses):
        wire(there).services()
    one = "<service><service_code>đ/1</service_code><metadata>TRUE</metadata></service>"
    there.says["GET /services.xml"] = f"<services>{one}<service/></services>"
    (one,) = wire(there).services()
    assert one.code == "đ/1" and one.metadata
