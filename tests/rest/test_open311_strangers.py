"""Open311 as strangers use it: clients and validators of others, with their habits and their faults."""

from __future__ import annotations

import io
import unicodedata
from typing import Any
from xml.etree import ElementTree

import httpx
import pytest
from PIL import Image

BASE = "/open311/v2"
HERE = {"lat": "21.5928", "long": "105.8442"}
SAID = "Rác ứ đọng ba ngày ở đầu ngõ"
FORM = {"content-type": "application/x-www-form-urlencoded"}


@pytest.fixture(scope="module")
def key(site: Any) -> str:
    from tinh.people import api as people

    return people.create_token(site.account("administrator"), "open311-la")[1]


@pytest.fixture
def guest(site: Any) -> httpx.Client:
    return site.stranger()


def send(guest: httpx.Client, key: str, form: str = "json", **fields: Any) -> httpx.Response:
    data = {"api_key": key, "service_code": "waste-uncollected", "description": SAID} | HERE | fields
    return guest.post(f"{BASE}/requests.{form}", data={k: v for k, v in data.items() if v is not None})


def code_of(answer: httpx.Response) -> str:
    assert answer.status_code == 200, answer.text
    return answer.json()[0]["service_request_id"]


def own(guest: httpx.Client, key: str, code: str) -> dict[str, Any]:
    return guest.get(f"{BASE}/requests/{code}.json", params={"api_key": key}).json()[0]


def case_of(code: str) -> Any:
    from tinh.cases import api as cases
    from tinh.people import api as people

    with people.through("case"):
        return cases.Case.objects.get(code=code)


def shown(code: str) -> None:
    from tinh.desks.api import reports
    from tinh.people import api as people

    reports.show(code, people.Actor(name="thu", role="administrator"))


def test_everything_that_is_missing_is_told_at_once(guest: httpx.Client, key: str) -> None:
    listed = guest.get(f"{BASE}/services.json").json()
    code, needed = next(
        (one["service_code"], [a["code"] for a in defined["attributes"] if a["required"]])
        for one in listed
        if one["metadata"]
        for defined in (guest.get(f"{BASE}/services/{one['service_code']}.json").json(),)
        if any(a["required"] for a in defined["attributes"])
    )
    wrong = {"attribute[khong-co]": "1"}
    answer = guest.post(f"{BASE}/requests.xml", data={"api_key": key, "service_code": code, **wrong})
    assert answer.status_code == 400
    faults = ElementTree.fromstring(answer.content).findall("error")
    said = " ".join(f.findtext("description") or "" for f in faults)
    assert {f.findtext("code") for f in faults} == {"400"} and len(faults) == 2 + len(needed)
    for name in ("address_string", "khong-co", *(f"attribute[{one}]" for one in needed)):
        assert name in said
    both = guest.post(f"{BASE}/requests.json", data={"api_key": key, "service_code": "khong-co"})
    assert both.status_code == 404 and [f["code"] for f in both.json()] == [404, 400]


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (b"--x\r\nfoo", {"content-type": "multipart/form-data"}),
        (b"{", {"content-type": "application/json"}),
        (b"[1]", {"content-type": "application/json"}),
        (b"[" * 100_000, {"content-type": "application/json"}),
        (b"&".join(b"a%d=1" % n for n in range(900)), FORM),
    ],
)
def test_a_body_that_cannot_be_read_is_a_fault_of_its_sender(
    guest: httpx.Client, body: bytes, headers: dict[str, str]
) -> None:
    answer = guest.post(f"{BASE}/requests.json", content=body, headers=headers)
    assert answer.status_code == 400 and answer.json()[0]["code"] == 400, answer.text


def test_texts_survive_in_whatever_form_they_come(guest: httpx.Client, key: str) -> None:
    said = "Đường Phủ Liễn ngập & <sâu> ở ngõ 5"
    loose = unicodedata.normalize("NFD", said)
    for odd in (loose, said.replace("ngập", "ng\x00ập\x0b"), said + "\ufffe"):
        assert own(guest, key, code_of(send(guest, key, description=odd)))["description"] == said
    name = unicodedata.normalize("NFD", "Nguyễn Thị Ơn")
    code = code_of(send(guest, key, first_name=name, address_string=unicodedata.normalize("NFD", "Ngõ Đá")))
    from tinh.people import api as people

    with people.through("case"):
        assert [p.name for p in case_of(code).parties.all()] == ["Nguyễn Thị Ơn"]
    assert case_of(code).address == "Ngõ Đá"
    broken = (
        f"api_key={key}&service_code=waste-uncollected&lat=21.5928&long=105.8442&description=%ff%ed%a0%80"
    )
    assert (
        guest.post(f"{BASE}/requests.json", content=broken + "Rác đầy ngõ", headers=FORM).status_code == 200
    )


def test_a_json_body_is_read_like_a_form(guest: httpx.Client, key: str) -> None:
    import json

    sent = {
        "api_key": key, "service_code": "illegal-dumping", "description": "Đổ trộm \ud800phế thải",
        "lat": 21.5928, "long": 105.8442, "attribute": {"sort": ["building", "animals"]}, "email": None,
    }  # fmt: skip
    kind = {"content-type": "application/json"}
    made = guest.post(f"{BASE}/requests.json", content=json.dumps(sent), headers=kind)
    assert own(guest, key, code_of(made))["description"] == "Đổ trộm phế thải"


@pytest.mark.parametrize(
    "attribute",
    [
        {"attribute[sort][]": ["building", "animals"]}, {"attribute[sort]": ["building", "animals"]},
        {"attribute[sort][0]": "building", "attribute[sort][1]": "animals"},
        {"attribute[sort]": "building, animals"}, {"attribute[sort][]": ["Xây dựng", "Dead animals"]},
    ],
)  # fmt: skip
def test_several_values_come_in_every_way_clients_write_them(
    guest: httpx.Client, key: str, attribute: dict[str, Any]
) -> None:
    from tinh.desks.api import reports

    code = code_of(send(guest, key, service_code="illegal-dumping", **attribute))
    shown(code)
    assert [a.vi for _, a in reports.public_case(code).answers] == ["Xây dựng, Xác động vật"]


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("2026-11-20", "2026-11-20"), ("2026-11-20T10:00:00+07:00", "2026-11-20"),
        ("2026-11-20T23:30:00Z", "2026-11-21"), ("2026-11-20t08:00", "2026-11-20"),
        ("hom qua", None), ("2026-02-30", None), ("2026-11-20xyz", None), ("20/11/2026", None),
    ],
)  # fmt: skip
def test_a_day_is_the_one_of_the_place_and_a_wrong_one_is_told_by_its_attribute(
    guest: httpx.Client, key: str, said: str, kept: str | None
) -> None:
    sent = send(guest, key, service_code="water-outage", **{"attribute[since]": said})
    if kept is None:
        assert sent.status_code == 400 and "attribute[since]" in sent.json()[0]["description"]
    else:
        from tinh.desks.models import Report

        assert Report.objects.get(case__code=code_of(sent)).answers == {"since": kept}


def test_the_place_is_the_point_then_the_address_id_then_the_address(guest: httpx.Client, key: str) -> None:
    none = {"lat": None, "long": None}
    foreign = code_of(send(guest, key, address_id="545483", address_string="Chợ Thái"))
    assert (case_of(foreign).place, case_of(foreign).address) == ("05443", "Chợ Thái")
    by_id = case_of(code_of(send(guest, key, **none, address_id="05443")))
    assert by_id.place == "05443" and "Phan Đình Phùng" in by_id.address
    by_text = send(guest, key, **none, address_id="#NOTPINPOINTED#", address_string="Chợ Thái, đường nhỏ")
    assert case_of(code_of(by_text)).place == ""
    nowhere = send(guest, key, **none, address_id="#NOTPINPOINTED#")
    assert nowhere.status_code == 400 and "address_id" in nowhere.json()[0]["description"]


def test_an_address_nearly_right_is_the_one_that_is_meant(guest: httpx.Client, key: str) -> None:
    for path in ("/services.xml", "services.xml/", "services.XML", "/services.json", "services/"):
        assert guest.get(f"{BASE}/{path}").status_code == 200, path
    assert guest.post(f"{BASE}//requests.json", data={"api_key": key}).json()[0]["code"] == 400
    for path, name in (("services/.xml", "service_code"), ("requests/.json", "service_request_id")):
        answer = guest.get(f"{BASE}/{path}")
        assert answer.status_code == 400 and name in answer.text
    lost = guest.get(f"{BASE}/khong-co.json")
    assert lost.status_code == 404 and lost.json()[0]["code"] == 404


def test_pages_do_not_overlap_whatever_is_left_out(guest: httpx.Client, key: str) -> None:
    for number in range(3):
        shown(
            code_of(send(guest, key, description=f"Đèn nhấp nháy số {number}", service_code="water-outage"))
        )
    asked = {"service_code": "water-outage"}
    whole = [r["service_request_id"] for r in guest.get(f"{BASE}/requests.json", params=asked).json()]
    assert len(whole) >= 3
    seen, page = [], guest.get(f"{BASE}/requests.json", params={**asked, "page": "1"})
    while page.json() and len(seen) <= len(whole):
        seen += [r["service_request_id"] for r in page.json()]
        if "next" not in page.links:
            break
        page = guest.get(httpx.URL(page.links["next"]["url"]).raw_path.decode())
    assert seen == whole
    first = guest.get(f"{BASE}/requests.json", params={**asked, "page_size": "2", "api_key": "bi-mat"})
    assert "page_size=2" in first.links["next"]["url"] and "bi-mat" not in first.links["next"]["url"]
    many = guest.get(f"{BASE}/requests.json", params={**asked, "page_size": "5000"})
    assert [r["service_request_id"] for r in many.json()] == whole
    today = whole and guest.get(f"{BASE}/requests/{whole[0]}.json").json()[0]["requested_datetime"]
    from datetime import UTC, datetime

    day = datetime.fromisoformat(today).astimezone(UTC).strftime("%Y-%m-%d")
    for span in (
        {"start_date": day, "end_date": day},
        {"start_date": day[:7]},
        {"end_date": f"{day}t23:59:59.9z"},
    ):
        found = guest.get(f"{BASE}/requests.json", params={**asked, **span})
        assert whole[0] in [r["service_request_id"] for r in found.json()], span


def test_other_sites_may_ask_and_are_answered_in_their_words(guest: httpx.Client) -> None:
    asked = {"Origin": "https://x.example", "Access-Control-Request-Method": "POST"}
    told = guest.options(f"{BASE}/requests.json", headers=asked).headers
    assert (
        "Idempotency-Key" in told["access-control-allow-headers"]
        and "POST" in told["access-control-allow-methods"]
    )
    answer = guest.get(
        f"{BASE}/services", headers={"Accept-Encoding": "gzip", "Accept-Language": "en-GB,en;q=0.8"}
    )
    assert answer.headers["content-encoding"] == "gzip" and answer.headers["content-language"] == "en"
    assert {"Accept", "Accept-Language", "Accept-Encoding"} <= {
        v.strip() for v in answer.headers["vary"].split(",")
    }
    assert answer.headers["cross-origin-resource-policy"] == "cross-origin"
    assert "Uncollected" in answer.text or "waste" in answer.text
    assert guest.head(f"{BASE}/services.xml").content == b""
    refused = guest.delete(f"{BASE}/services.json")
    assert refused.status_code == 405 and "HEAD" in refused.headers["allow"]
    host = guest.base_url.host
    assert guest.get(f"{BASE}/services.xml", params={"jurisdiction_id": host}).status_code == 200


def test_a_photo_is_a_jpeg_that_other_sites_may_show(guest: httpx.Client, key: str) -> None:
    from tinh.desks.api import photos

    picture = io.BytesIO()
    Image.new("RGB", (320, 240), "brown").save(picture, "PNG")
    data = {
        "api_key": key,
        "service_code": "illegal-dumping",
        "description": SAID,
        **HERE,
        "media_url": "ftp://x/y",
    }
    files = [("media", ("a.png", picture.getvalue(), "image/png")), ("empty", ("", b"", ""))]
    code = code_of(guest.post(f"{BASE}/requests.json", data=data, files=files))
    assert len(photos.of_case(code, public=False)) == 1
    while photos.of_case(code, public=False)[0].state == "received":
        photos.develop_waiting()
    shown(code)
    photos.show(code, True)
    address = guest.get(f"{BASE}/requests/{code}.json").json()[0]["media_url"]
    served = guest.get(httpx.URL(address).raw_path.decode())
    assert served.headers["content-type"] == "image/jpeg" and address.endswith(".jpg")
    assert served.headers["cross-origin-resource-policy"] == "cross-origin"
    assert Image.open(io.BytesIO(served.content)).format == "JPEG"


def test_updates_are_taken_as_fixmystreet_writes_them(guest: httpx.Client, key: str) -> None:
    from tinh.cases import api as cases
    from tinh.people import api as people

    code = code_of(send(guest, key))
    common = {"api_key": key, "service_request_id": code, "updated_datetime": "2026-11-16T09:00:00Z",
              "first_name": "Đỗ", "last_name": "-", "email": "a@b.vn"}  # fmt: skip
    fields = (
        {"update_id": "1", "status": "FIXED"},
        {"update_id": "2", "status": "In progress", "description": "Thấy thợ đến"},
        {"update_id": "3", "status": "Fixed - User", "media_url": "https://a.example/1.jpg",
         "description": "Có ảnh"},
        {"update_id": "4", "status": "CANCELLED"},
        {"update_id_ext": "5", "description": "Còn bẩn", "status": ""},
    )  # fmt: skip
    made = [guest.post(f"{BASE}/servicerequestupdates.xml", data={**common, **one}) for one in fields]
    assert [m.status_code for m in made] == [200] * 5, [m.text for m in made]
    with people.through("case"):
        notes = list(cases.Note.objects.filter(case__code=code).order_by("pk"))
    assert [n.public for n in notes].count(True) == 5 and "a.example" not in "".join(
        n.text for n in notes if n.public
    )
    assert any("https://a.example/1.jpg" in n.text for n in notes if not n.public)
    empty = guest.post(f"{BASE}/servicerequestupdates.json", data={"api_key": key, "status": "x"})
    assert empty.status_code == 400 and len(empty.json()) == 4


def test_updates_of_one_request_keep_the_status_it_ended_with(guest: httpx.Client, key: str) -> None:
    from tinh.cases import api as cases
    from tinh.desks.api import reports
    from tinh.people import api as people

    clerk = people.Actor(name="thu", role="administrator")
    code, other = code_of(send(guest, key)), code_of(send(guest, key))
    for one in (code, other):
        shown(one)
        cases.act(one, "accept", clerk, data={"handler": "so-vhttdl"})
    cases.act(code, "start", clerk)
    cases.act(code, "answer", clerk, data={"answer": "Đưa vào kế hoạch quý tới.", "result": "planned"})
    cases.act(code, "publish", clerk)
    reports.rate(code, "satisfied")
    asked = {"service_request_id": code}
    mine = guest.get(f"{BASE}/servicerequestupdates.json", params=asked).json()
    assert {u["service_request_id"] for u in mine} == {code}
    ends = {u["external_status_code"]: u["status"] for u in mine if u["status"] != "investigating"}
    assert ends["published"] == ends["closed"] == "action_scheduled", mine


def test_of_a_hidden_report_a_stranger_learns_only_whether_it_is_open(guest: httpx.Client, key: str) -> None:
    from tinh.cases import api as cases
    from tinh.people import api as people

    code = code_of(send(guest, key))
    clerk = people.Actor(name="thu", role="administrator")
    cases.act(code, "accept", clerk, data={"handler": "so-vhttdl"})
    seen = guest.get(f"{BASE}/requests/{code}.json", params={"extensions": "true"}).json()[0]
    hidden = ("description", "agency_responsible", "address", "address_id", "lat", "long", "media_url")
    assert seen["status"] == "open" and all(seen[name] is None for name in hidden)
    assert seen["status_notes"] is None and seen["extended_attributes"]["detailed_status"] is None
    assert seen["extended_attributes"]["severity"] is None


def test_what_a_sender_does_after_the_end_moves_no_hidden_report(guest: httpx.Client, key: str) -> None:
    from tinh.cases import api as cases
    from tinh.desks.api import reports
    from tinh.people import api as people

    code, clerk = code_of(send(guest, key)), people.Actor(name="thu", role="administrator")
    cases.act(code, "accept", clerk, data={"handler": "so-vhttdl"})
    cases.act(code, "start", clerk)
    cases.act(code, "answer", clerk, data={"answer": "Đã thu gom rác.", "result": "fixed"})
    cases.act(code, "publish", clerk)
    reports.hide(code, clerk, "Theo yêu cầu của người gửi")
    asked = {"extensions": "true"}
    before = guest.get(f"{BASE}/requests/{code}.json", params=asked).json()
    assert before[0]["status"] == "closed" and before[0]["description"] is None
    reports.rate(code, "satisfied")
    assert guest.get(f"{BASE}/requests/{code}.json", params=asked).json() == before
    assert own(guest, key, code)["updated_datetime"] >= before[0]["updated_datetime"]


def test_codes_cannot_be_tried_out(site: Any, guest: httpx.Client, key: str) -> None:
    from tinh.cases import api as cases
    from tinh.desks.api import reports
    from tinh.people import api as people

    tried = [code for n in range(2000) if (code := cases.read_code(f"PA-{n:04d}-0000"))]
    hidden, open_ = code_of(send(guest, key)), code_of(send(guest, key))
    shown(open_)
    caller = reports.Caller(address="198.51.100.9")
    slips = ["PA-1", "không phải mã", *(f"PA-{n:04d}-00" for n in range(300))]
    assert reports.named([*slips, *tried[:80]], None, caller) == [], "what is no code is no guess"
    assert [one.code for one in reports.named([hidden, open_], None, caller)] == [hidden, open_]
    for asked in (tried[80:], [hidden], [tried[0]], [open_, hidden]):
        with pytest.raises(reports.TooManyReports):
            reports.named(asked, None, caller)
    assert [one.code for one in reports.named([open_], None, caller)] == [open_], "all see what is shown"
    trusted = reports.Caller(actor=people.Actor(name="may", role="administrator"))
    assert [one.code for one in reports.named([*tried, hidden], None, trusted)] == [hidden]
    fields = {"service_request_id": ",".join(tried), "api_key": key}
    assert guest.get(f"{BASE}/requests.json", params=fields).json() == []
    assert guest.get(f"{BASE}/requests/{hidden}.json").status_code == 200


def test_an_update_id_is_one_of_its_request(guest: httpx.Client, key: str) -> None:
    update = {"api_key": key, "update_id": "1", "description": "Thêm lời", "status": "OPEN"}
    codes = [code_of(send(guest, key)) for _ in range(2)]
    made = [
        guest.post(f"{BASE}/servicerequestupdates.json", data={**update, "service_request_id": code}).json()
        for code in (*codes, *codes)
    ]
    assert made[:2] == made[2:] and made[0] != made[1]
