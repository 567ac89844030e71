"""Reports are handed to another Open311 system and its word comes back, whatever that system is like."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

HEAD = '<?xml version="1.0" encoding="utf-8"?>'
CATEGORY = "illegal-dumping"
TOMORROW = timedelta(days=1)


class OldCity:
    """A system of the first days of Open311: answers a token, knows no updates, and fails on demand."""

    def __init__(self) -> None:
        self.posts: list[dict[str, list[str]]] = []
        self.statuses: dict[str, tuple[str, str]] = {}
        self.fails, self.answer, self.refuses = 0, "", ""
        city = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                parts = urlsplit(self.path)
                query = parse_qs(parts.query)
                if parts.path.startswith("/v2/tokens/"):
                    number = parts.path.removeprefix("/v2/tokens/t").removesuffix(".xml")
                    id = f"<service_request_id>{number}01</service_request_id>"
                    self.say(200, f"<a><request>{id}<token>t{number}</token></request></a>")
                elif parts.path == "/v2/requests.xml":
                    ids = query["service_request_id"][0].split(",")
                    rows = "".join(
                        f"<request><status_notes>{city.statuses[i][1]}</status_notes><service_request_id>{i}"
                        f"</service_request_id><status>{city.statuses[i][0]}</status></request>"
                        for i in ids if i in city.statuses
                    )  # fmt: skip
                    self.say(200, f"<service_requests>{rows}</service_requests>")
                else:
                    self.say(
                        404, "<errors><error><code>404</code><description>no</description></error></errors>"
                    )

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"])).decode()
                if city.fails:
                    city.fails -= 1
                    self.say(503, "")
                    return
                if city.refuses:
                    self.say(400, city.refuses)
                    return
                city.posts.append(parse_qs(body))
                token = f"<a><request><token>t{len(city.posts)}</token></request></a>"
                self.say(200, city.answer or token)

            def say(self, status: int, text: str) -> None:
                body = (text if text.startswith("<?xml") else HEAD + text).encode()
                self.send_response(status)
                self.send_header("content-type", "text/xml")
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/v2"


@pytest.fixture
def city() -> Iterator[OldCity]:
    made = OldCity()
    threading.Thread(target=made.server.serve_forever, daemon=True).start()
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture
def clerk(site: Any) -> Any:
    from tinh.people import api as people

    return people.Actor(name="tiep-nhan", role="administrator")


@pytest.fixture
def agency(site: Any) -> Iterator[str]:
    """An agency that no other test hands anything to; its partners fall silent afterwards."""
    from tinh.desks.api import partners
    from tinh.people import api as people

    yield "so-vhttdl"
    with people.through("case"):
        partners.Partner.objects.filter(agency="so-vhttdl").update(active=False)


def given(clerk: Any, agency: str, **more: Any) -> str:
    """A report given to the agency."""
    from tinh.cases import api as cases
    from tinh.desks.api import reports

    fields = {"category": CATEGORY, "text": "Đổ trộm phế thải ở chân cầu", "latitude": 21.5928,
              "longitude": 105.8442, "name": "Nguyễn Thị Minh Khai", "phone": "0912345678",
              "source": "hotline"}  # fmt: skip
    draft = reports.Draft(key=uuid.uuid4().hex, **{**fields, **more})
    code = reports.submit(draft, reports.Caller(actor=clerk)).code
    cases.act(code, "accept", clerk, data={"handler": agency})
    return code


def linked(clerk: Any, agency: str, url: str, **more: Any) -> Any:
    from tinh.desks.api import partners
    from tinh.jobs import api as jobs

    fields = {"slug": f"thu-{uuid.uuid4().hex[:8]}", "name": "Thành phố cũ", "url": url, "agency": agency,
              "services": {CATEGORY: "001"}, "key": "xyz", "private": True}  # fmt: skip
    made = partners.keep_partner(clerk, jobs.vault(), **{**fields, **more})
    made.due_at = jobs.now() + TOMORROW  # the server's own clock does not take it up before us
    made.save(update_fields=["due_at"])
    return made


def turn(later: timedelta = timedelta()) -> None:
    from tinh.desks.api import partners
    from tinh.jobs import api as jobs

    partners.round_of_partners(jobs.vault(), now=jobs.now() + TOMORROW + later)


def handed(partner: Any, code: str) -> Any:
    from tinh.desks.api import partners
    from tinh.people import api as people

    with people.through("case"):
        return partners.Handed.objects.select_related("case").get(partner=partner, case__code=code)


def notes(code: str) -> list[str]:
    from tinh.cases import api as cases
    from tinh.people import api as people

    with people.through("case"):
        return [n.text for n in cases.Note.objects.filter(case__code=code).order_by("pk")]


def test_a_report_is_sent_once_without_its_sender_and_the_word_of_the_other_side_comes_back(
    clerk: Any, agency: str, city: OldCity
) -> None:
    partner = linked(clerk, agency, city.url)
    code = given(clerk, agency)
    turn()
    turn(timedelta(minutes=6))
    (sent,) = [p for p in city.posts if p["account_id"] == [code]]
    assert sent["service_code"] == ["001"] and sent["api_key"] == ["xyz"]
    assert "Đổ trộm phế thải" in sent["description"][0] and sent["lat"] == ["21.592800"]
    assert not {"first_name", "last_name", "phone", "email"} & set(sent)
    row = handed(partner, code)
    assert (row.state, row.remote) == ("sent", f"{row.token.removeprefix('t')}01")
    city.statuses[row.remote] = ("closed", "Đã dọn xong")
    turn(timedelta(minutes=12))
    turn(timedelta(minutes=18))
    assert [n for n in notes(code) if "Đã dọn xong" in n] == [
        f"Thành phố cũ ({row.remote}): closed. Đã dọn xong"
    ]
    row = handed(partner, code)
    assert row.status == "closed" and row.case.closed_at is None, "closed there is not fixed here"


def test_a_silent_partner_is_tried_again_and_loses_nothing(clerk: Any, agency: str, city: OldCity) -> None:
    partner = linked(clerk, agency, city.url)
    code = given(clerk, agency)
    city.fails = 2
    for minutes in (0, 10, 30, 60):
        turn(timedelta(minutes=minutes))
    partner.refresh_from_db()
    assert handed(partner, code).state == "sent" and partner.said == ""
    assert len([p for p in city.posts if p["account_id"] == [code]]) == 1


def test_a_partner_that_refuses_is_told_to_the_desk_and_tried_again_only_by_hand(
    clerk: Any, agency: str, city: OldCity
) -> None:
    from tinh.desks.api import partners

    partner = linked(clerk, agency, city.url)
    code = given(clerk, agency)
    city.refuses = (
        "<errors><error><code>400</code><description>Unknown service</description></error></errors>"
    )
    turn()
    row = handed(partner, code)
    assert (row.state, row.attempts) == ("failed", 1) and "Unknown service" in row.said
    turn(timedelta(hours=1))
    assert handed(partner, code).attempts == 1
    city.refuses = ""
    partners.send_again(row.pk, clerk)
    turn(timedelta(hours=2))
    turn(timedelta(hours=3))
    assert handed(partner, code).state in ("waiting", "sent") and handed(partner, code).token


@pytest.mark.parametrize(
    "said",
    [
        '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><service_requests>&b;</service_requests>',
        "<service_requests><request>",
        "<a>" * 60 + "</a>" * 60,
    ],
)
def test_an_answer_that_is_no_open311_is_silence_in_words(site: Any, city: OldCity, said: str) -> None:
    from tinh.desks.api import partners

    city.answer = said
    with pytest.raises(partners.PartnerSilent):
        partners.GeoReport(city.url, private=("127.0.0.1",)).send({"service_code": "1"})


def test_two_of_our_own_kind_understand_each_other(site: Any, clerk: Any, agency: str) -> None:
    from tinh.cases import api as cases
    from tinh.people import api as people

    key = people.create_token(site.account("administrator"), "ban-be")[1]
    partner = linked(
        clerk, agency, f"{site.address}/open311/v2", key=key, services={CATEGORY: CATEGORY}, identity=True,
        jurisdiction="thai-nguyen",
    )  # fmt: skip
    code = given(clerk, agency)
    turn()
    row = handed(partner, code)
    assert row.state == "sent", row.said
    with people.through("case"):
        there = cases.Case.objects.get(code=row.remote)
        (party,) = there.parties.all()
    assert (party.name, there.source, there.place) == ("Nguyễn Thị Minh Khai", "open311", "05443")
    from tinh.desks.api import reports

    reports.show(row.remote, clerk)
    cases.act(row.remote, "accept", clerk)  # today, while the rounds here are tomorrow's
    with people.through("case"):
        type(partner).objects.filter(pk=partner.pk).update(pulled_until=None)
    turn(timedelta(minutes=6))
    assert [n for n in notes(code) if "investigating" in n]


def test_a_link_that_cannot_work_is_refused_with_its_field(clerk: Any, agency: str) -> None:
    from tinh.desks.api import partners

    wrong = (
        {"slug": "Sai Mã"}, {"name": " "}, {"url": "ftp://a"}, {"url": "http://u:p@h/"},
        {"agency": "khong-co"}, {"services": {}}, {"services": {"khong-co": "1"}},
    )  # fmt: skip
    for fields in wrong:
        with pytest.raises(partners.PartnerUnfit):
            linked(clerk, **{"agency": agency, "url": "https://city.example/v2", **fields})
