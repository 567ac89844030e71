"""Open311 GeoReport v2 as a client finds it: discovery, services, requests, updates, in XML and in JSON."""

from __future__ import annotations

import io
import uuid
from datetime import timedelta
from typing import Any
from xml.etree import ElementTree

import httpx
import pytest
from PIL import Image

BASE = "/open311/v2"
HERE = {"lat": "21.5928", "long": "105.8442"}  # in the city of Thái Nguyên


@pytest.fixture(scope="module")
def key(site: Any) -> str:
    from tinh.people import api as people

    return people.create_token(site.account("administrator"), "open311")[1]


@pytest.fixture
def guest(site: Any) -> httpx.Client:
    return site.stranger()


def post(guest: httpx.Client, key: str, form: str = "json", **fields: Any) -> httpx.Response:
    said = "Rác ứ đọng ba ngày ở đầu ngõ"
    data = {"api_key": key, "service_code": "waste-uncollected", "description": said} | HERE | fields
    return guest.post(f"{BASE}/requests.{form}", data={k: v for k, v in data.items() if v is not None})


def shown(code: str) -> None:
    from tinh.desks.api import reports
    from tinh.people import api as people

    reports.show(code, people.Actor(name="thu", role="administrator"))


def tree(answer: httpx.Response) -> ElementTree.Element:
    assert answer.headers["content-type"] == "text/xml; charset=utf-8"
    assert answer.text.startswith('<?xml version="1.0" encoding="utf-8"?>')
    return ElementTree.fromstring(answer.content)


def test_discovery_leads_a_client_to_the_endpoint_in_both_forms(guest: httpx.Client) -> None:
    found = guest.get("/open311/discovery.json").json()
    (end,) = found["endpoints"]
    assert end["formats"] == ["text/xml", "application/json"] and end["type"] == "test"
    assert guest.get(end["url"] + "/services.json").status_code == 200
    root = tree(guest.get("/open311/discovery.xml"))
    assert [e.text for e in root.findall("endpoints/endpoint/formats/format")] == end["formats"]
    assert root.findtext("endpoints/endpoint/specification") == "http://wiki.open311.org/GeoReport_v2"


def test_services_and_definitions_say_the_same_in_both_forms(guest: httpx.Client) -> None:
    answer = guest.get(f"{BASE}/services.json")
    assert answer.headers["content-type"] == "application/json; charset=utf-8"
    listed = answer.json()
    assert len(listed) >= 40
    assert {"service_code", "service_name", "description", "metadata", "type", "keywords", "group"} == set(
        listed[0]
    )
    records = tree(guest.get(f"{BASE}/services.xml")).findall("service")
    assert [r.findtext("service_name") for r in records] == [r["service_name"] for r in listed]
    asked = next(r for r in listed if r["metadata"])
    defined = guest.get(f"{BASE}/services/{asked['service_code']}.json").json()
    assert defined["service_code"] == asked["service_code"]
    root = tree(guest.get(f"{BASE}/services/{asked['service_code']}.xml"))
    assert [a.findtext("code") for a in root.findall("attributes/attribute")] == [
        a["code"] for a in defined["attributes"]
    ]
    plain = next(r for r in listed if not r["metadata"])
    assert guest.get(f"{BASE}/services/{plain['service_code']}.json").json()["attributes"] == []


def test_a_report_is_sent_and_shown_only_after_a_clerk_says_so(guest: httpx.Client, key: str) -> None:
    made = post(guest, key, description="Rác ứ đọng trước cổng chợ, gọi 0912345678")
    assert made.status_code == 200, made.text
    (first,) = made.json()
    code = first["service_request_id"]
    assert set(first) == {"service_request_id", "service_notice", "account_id"} and first["service_notice"]
    (veiled,) = guest.get(f"{BASE}/requests/{code}.json").json()
    assert veiled["status"] == "open" and veiled["description"] is None and veiled["lat"] is None
    (own,) = guest.get(f"{BASE}/requests/{code}.json", params={"api_key": key}).json()
    assert "trước cổng chợ" in own["description"] and "0912345678" not in own["description"]
    assert code not in guest.get(f"{BASE}/requests.json").text
    shown(code)
    (one,) = guest.get(f"{BASE}/requests/{code}.json").json()
    assert one["service_code"] == "waste-uncollected" and one["lat"] == pytest.approx(21.5928, abs=1e-3)
    assert one["requested_datetime"].endswith("+07:00") and one["zipcode"] is None
    root = tree(guest.get(f"{BASE}/requests/{code}.xml"))
    assert [e.tag for e in root.find("request") or []] == list(one)
    assert code in guest.get(f"{BASE}/requests.json").text
    extended = guest.get(f"{BASE}/requests/{code}.json", params={"extensions": "true"}).json()[0]
    assert extended["extended_attributes"]["detailed_status"] == "new"


def test_names_of_several_words_survive_whichever_field_they_come_in(guest: httpx.Client, key: str) -> None:
    from tinh.cases import api as cases
    from tinh.desks.api import partners
    from tinh.people import api as people

    name = "Nguyễn Thị Minh Khai"
    for first, last in (("Thị Minh Khai", "Nguyễn"), ("Nguyễn", "Thị Minh Khai"), (name, ""), ("", name)):
        code = post(guest, key, first_name=first, last_name=last).json()[0]["service_request_id"]
        with people.through("case"):
            (party,) = cases.Case.objects.get(code=code).parties.all()
        assert party.name == name
    for full in (name, "Hoàng Văn Thụ", "Bob Mould", "Mai Phương", "Nông Đức"):
        assert partners.full_name(*partners.parted(full)) == full


@pytest.mark.parametrize(
    ("fields", "status", "said"),
    [
        ({"api_key": None}, 403, "api_key"),
        ({"api_key": "tinh_sai"}, 403, "api_key"),
        ({"service_code": None}, 400, "service_code"),
        ({"service_code": "khong-co"}, 404, "service_code"),
        ({"lat": None, "long": None}, 400, "address_string"),
        ({"long": None}, 400, "long"),
        ({"lat": "xa"}, 400, "lat"),
        ({"lat": "10.77", "long": "106.70"}, 400, "DSK004"),
        ({"jurisdiction_id": "city.gov"}, 404, "jurisdiction_id"),
        ({"attribute[sai]": "1"}, 400, "sai"),
        ({"attribute[days]": "nhiều"}, 400, "days"),
    ],
)
def test_a_fault_is_a_list_with_its_code_in_the_form_asked_for(
    guest: httpx.Client, key: str, fields: dict[str, Any], status: int, said: str
) -> None:
    fields = {"api_key": key, **fields}
    wanted = fields.pop("api_key")
    for form in ("json", "xml"):
        answer = post(guest, wanted, form, **fields)
        assert answer.status_code == status, answer.text
        if form == "json":
            (fault,) = answer.json()
            assert fault["code"] == status and said in fault["description"]
        else:
            root = tree(answer)
            assert root.tag == "errors" and root.findtext("error/code") == str(status)
            assert said in (root.findtext("error/description") or "")


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("services/khong-co.xml", 404), ("requests/PA-0000-0000.xml", 404), ("tokens/khong-co.json", 404),
        ("khong-co.json", 404), ("requests.xml?start_date=hom-qua", 400), ("requests.json?status=moi", 400),
        ("requests.xml?start_date=2026-01-01T00:00:00Z&end_date=2026-08-01T00:00:00Z", 400),
        ("requests.json?page_size=0", 400), ("requests.json?service_code=khong-co", 404),
        ("services.json?jurisdiction_id=city.gov", 404),
    ],
)  # fmt: skip
def test_what_cannot_be_answered_says_why(guest: httpx.Client, path: str, status: int) -> None:
    answer = guest.get(f"{BASE}/{path}")
    assert answer.status_code == status
    assert "description" in answer.text


def test_empty_arguments_are_as_if_they_had_not_been_sent(guest: httpx.Client) -> None:
    plain = guest.get(f"{BASE}/requests.json").json()
    empty = guest.get(
        f"{BASE}/requests.json?start_date=&end_date=&status=&service_code=&page=&jurisdiction_id="
    )
    assert empty.json() == plain


def test_requests_are_listed_by_service_status_time_and_page(guest: httpx.Client, key: str) -> None:
    codes = []
    for number in range(3):
        said = f"Nhà vệ sinh số {number} ở bến xe hỏng khóa"
        fields = {"service_code": "public-toilet", "description": said}  # no other test reports these
        code = post(guest, key, **fields).json()[0]["service_request_id"]
        shown(code)
        codes.append(code)
    by_code = guest.get(f"{BASE}/requests.json", params={"service_request_id": ",".join(codes)}).json()
    assert [r["service_request_id"] for r in by_code] == codes
    query = {"service_code": "public-toilet", "status": "open", "page_size": "2"}
    first = guest.get(f"{BASE}/requests.json", params=query)
    assert [r["service_request_id"] for r in first.json()] == codes[:0:-1]
    following = httpx.URL(first.links["next"]["url"])
    second = guest.get(following.raw_path.decode())
    assert codes[0] in [r["service_request_id"] for r in second.json()]
    closed = guest.get(f"{BASE}/requests.json", params={**query, "status": "closed"}).json()
    assert not {r["service_request_id"] for r in closed} & set(codes)
    late = guest.get(f"{BASE}/requests.json", params={"updated_after": "2099-01-01T00:00:00Z"})
    assert late.json() == []


def test_several_answers_and_a_photo_come_along_and_the_same_key_makes_one(
    guest: httpx.Client, key: str
) -> None:
    from tinh.desks.api import photos

    picture = io.BytesIO()
    Image.new("RGB", (320, 240), "brown").save(picture, "JPEG")
    data = {
        "api_key": key, "service_code": "illegal-dumping", "description": "Đổ trộm phế thải ven suối", **HERE,
        "attribute[sort][]": ["building", "animals"],
    }  # fmt: skip
    headers = {"Idempotency-Key": uuid.uuid4().hex}
    codes = {
        guest.post(
            f"{BASE}/requests.json", data=data, headers=headers,
            files={"media": ("anh.jpg", picture.getvalue(), "image/jpeg")},
        ).json()[0]["service_request_id"]
        for _ in range(2)
    }  # fmt: skip
    (code,) = codes
    assert len(photos.of_case(code, public=False)) == 1
    shown(code)
    from tinh.desks.api import reports

    assert [a.vi for _, a in reports.public_case(code).answers] == ["Xây dựng, Xác động vật"]
    bad = guest.post(f"{BASE}/requests.json", data=data, files={"media": ("a.jpg", b"<html>", "image/jpeg")})
    assert bad.status_code == 400


def test_an_address_alone_is_enough_and_a_commune_in_it_is_found(guest: httpx.Client, key: str) -> None:
    from tinh.cases import api as cases
    from tinh.people import api as people

    for address, place in (("Số 5, Phường Phan Đình Phùng, Thái Nguyên", "05443"), ("1234 5th street", "")):
        made = post(guest, key, lat=None, long=None, address_string=address)
        assert made.status_code == 200, made.text
        with people.through("case"):
            case = cases.Case.objects.get(code=made.json()[0]["service_request_id"])
        assert (case.place, case.address) == (place, address)


def test_updates_come_out_as_they_happen_and_go_in_once(guest: httpx.Client, key: str) -> None:
    from tinh.cases import api as cases
    from tinh.people import api as people

    clerk = people.Actor(name="thu", role="administrator")
    code = post(guest, key).json()[0]["service_request_id"]
    shown(code)
    cases.act(code, "accept", clerk)
    with people.through("case"):
        at = cases.Case.objects.get(code=code).accepted_at
    since = {"start_date": (at - timedelta(seconds=1)).isoformat()}
    found = guest.get(f"{BASE}/servicerequestupdates.json", params=since).json()
    (mine,) = [u for u in found if u["service_request_id"] == code]
    assert mine["status"] == "investigating" and mine["external_status_code"] == "accepted"
    root = tree(guest.get(f"{BASE}/servicerequestupdates.xml", params=since))
    assert mine["update_id"] in [u.findtext("update_id") for u in root.findall("request_update")]
    update = {
        "api_key": key, "service_request_id": code, "update_id": "456", "status": "OPEN", "first_name": "Lan",
        "updated_datetime": "2026-11-16T09:00:00+07:00", "description": "Vẫn chưa có ai đến",
    }  # fmt: skip
    said = [guest.post(f"{BASE}/servicerequestupdates.json", data=update).json() for _ in range(2)]
    assert said[0] == said[1] and said[0][0]["update_id"]
    with people.through("case"):
        notes = [n.text for n in cases.Note.objects.filter(case__code=code)]
    assert notes.count("Vẫn chưa có ai đến") == 1
    other = people.create_token(people.User.objects.get(username="administrator"), "khac")[1]
    assert (
        guest.post(f"{BASE}/servicerequestupdates.json", data={**update, "api_key": other}).status_code == 200
    )
    missing = guest.post(f"{BASE}/servicerequestupdates.xml", data={**update, "update_id": ""})
    assert missing.status_code == 400


def test_a_form_without_its_ending_is_what_the_client_prefers(guest: httpx.Client) -> None:
    assert guest.get(f"{BASE}/services").headers["content-type"].startswith("text/xml")
    json = guest.get(f"{BASE}/services", headers={"Accept": "application/json"})
    assert json.headers["content-type"].startswith("application/json")
    assert json.headers["access-control-allow-origin"] == "*"
    assert guest.put(f"{BASE}/services.json").status_code == 405
