"""Doors that anybody may knock at never fail on what they are sent."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import httpx
import pytest

NASTY = ("%00", "%2527%3B--", "%E2%80%AE%F0%9F%92%A5", "9" * 400, "%FF%FE", "-1", "NaN", "1e999", "%5B%5D")


@pytest.fixture(scope="module")
def guest(site: Any) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=site.address, timeout=20) as client:
        yield client


@pytest.mark.parametrize("nasty", NASTY)
def test_nothing_typed_into_an_address_breaks_a_public_page(guest: httpx.Client, nasty: str) -> None:
    v2 = "/open311/v2"
    asked = "&".join(
        f"{name}={nasty}"
        for name in ("service_request_id", "status", "page", "page_size", "start_date", "end_date",
                     "updated_after", "service_code", "jurisdiction_id", "extensions", "locale", "format")
    )  # fmt: skip
    addresses = [
        f"{v2}/requests.json?{asked}", f"{v2}/requests.xml?service_request_id={nasty}",
        f"{v2}/requests/{nasty}.json", f"{v2}/tokens/{nasty}.json", f"{v2}/services/{nasty}.json",
        f"{v2}/requests.json?page={nasty}&page_size={nasty}", f"{v2}/requests.json?start_date={nasty}",
        f"{v2}/servicerequestupdates.json?start_date={nasty}", f"{v2}/requests.json?api_key={nasty}",
        f"/phan-anh/?tim={nasty}&sau={nasty}", f"/phan-anh/?sau=2026-01-01T00:00:00Z~{nasty}",
        f"/phan-anh/?noi={nasty}&nhom={nasty}&chuyen-muc={nasty}", f"/phan-anh/{nasty}",
        f"/phan-anh/cong-khai.xml?tim={nasty}&noi={nasty}", f"/phan-anh/cong-khai.atom?nhom={nasty}",
        f"/phan-anh/danh-sach.csv?tim={nasty}&chuyen-muc={nasty}", f"/phan-anh/anh/{nasty}",
        f"/phan-anh/thong-ke?thang={nasty}&noi={nasty}&nhom={nasty}", f"/phan-anh/thong-ke.csv?tu={nasty}",
        f"/phan-anh/theo-doi/{nasty}", f"/phan-anh/theo-doi?ma={nasty}", f"/phan-anh/gui?noi={nasty}",
        f"/phan-anh/anh/{nasty}/1/thumb.webp",
    ]  # fmt: skip
    for address in addresses:
        found = guest.get(address)
        assert found.status_code < 500, (address, found.text[-300:])


def test_forms_of_any_shape_are_refused_in_words(guest: httpx.Client) -> None:
    page = guest.get("/phan-anh/gui", follow_redirects=True)
    address, token = page.url.path, page.cookies.get("csrftoken") or guest.cookies.get("csrftoken") or ""
    nasty = {
        "text": "=cmd|' /C calc'!A0 <script>alert(1)</script> \u202e \0 💥 " + "á" * 100_000,
        "lat": "1e308", "lon": "-1e308", "accuracy": "nan", "place": "05443\0", "category": "street-light",
        "q_what": ["dark", "\0", "x" * 5000], "q_\0": "1", "phone": "\0" * 30, "email": "a@b\r\nBcc: c@d.vn",
        "draft": "\0" * 30, "proof": "\0", "answer": "∞", "step": "send", "csrfmiddlewaretoken": token,
    }  # fmt: skip
    for sent in (nasty, {**nasty, "text": nasty["text"][:300], "lat": "21.5942", "lon": "105.8482"}):
        found = guest.post(address, data=sent, headers={"Referer": guest.base_url.host})
        assert found.status_code < 500, found.text[-500:]
        assert "<script>alert(1)" not in found.text
    for path in ("/phan-anh/theo-doi", "/phan-anh/khieu-nai"):
        sent = {"code": "\0", "contact": "\0" * 9, "number": "9" * 12, "text": "\0" * 40}
        found = guest.post(path, data={**sent, "csrfmiddlewaretoken": token})
        assert found.status_code < 500, (path, found.text[-500:])


def test_uploads_with_wrong_headers_are_refused(guest: httpx.Client) -> None:
    tus = {"Tus-Resumable": "1.0.0"}
    for length in ("-1", "9" * 15, "", "1.5", "٣"):
        sent = {**tus, "Upload-Length": length.encode(), "Tinh-Draft": "d" * 26}
        assert 400 <= guest.post("/phan-anh/anh", headers=sent).status_code < 500, length
    begun = guest.post("/phan-anh/anh", headers={**tus, "Upload-Length": "1000", "Tinh-Draft": "e" * 26})
    where = httpx.URL(begun.headers["Location"]).path
    for offset in ("-1", "999999999999999", "500", "x"):
        sent = {**tus, "Upload-Offset": offset, "Content-Type": "application/offset+octet-stream"}
        assert 400 <= guest.patch(where, headers=sent, content=b"x" * 10).status_code < 500, offset
    for kind, body in (
        ("application/json", b"[" * 5000), ("multipart/form-data; boundary=x", b"--x\r\n\r\n"),
        ("application/x-www-form-urlencoded; charset=utf-16", b"\xff"), ("text/plain; charset=bogus", b"\0"),
    ):  # fmt: skip
        for path in ("/open311/v2/requests.json", "/open311/v2/requests.xml", "/phan-anh/gui"):
            found = guest.post(path, content=body, headers={"Content-Type": kind})
            assert found.status_code < 500, (path, kind, found.text[-300:])


def test_forged_cursors_of_the_case_list_are_refused(site: Any) -> None:
    from tinh.cases import api as cases
    from tinh.cases.case_errors import BadCursor
    from tinh.people import api as people

    clerk = people.actor_named(site.account("desk_officer", ""))
    for said in ([], 5, ["due", "2026-01-01T00:00:00+00:00", float("inf")],
                 ["due", "0001-01-01T00:00:00+14:00", 1],
                 ["due", "2026-01-01T00:00:00+00:00", 1 << 80], ["due", None, 1], "x"):  # fmt: skip
        cursor = base64.urlsafe_b64encode(json.dumps(said).encode()).decode().rstrip("=")
        with pytest.raises(BadCursor):
            cases.queue(clerk, None, cursor)
    with pytest.raises(BadCursor):
        cases.queue(clerk, None, base64.urlsafe_b64encode(b"[" * 50_000).decode().rstrip("="))
    assert cases.queue(clerk, cases.Filter(text="\0 'x' & | ! <->")).items == ()


@pytest.mark.parametrize("nasty", ("\0", "\u202e" * 40, "9" * 400, "';--", "NaN"))
def test_the_door_of_agencies_refuses_what_it_cannot_read(site: Any, guest: httpx.Client, nasty: str) -> None:
    from tinh.people import api as people

    key = people.create_token(site.account("case_officer", "so-xd"), "hostile")[1]
    headers = {"Authorization": f"Bearer {key}"}
    for name in ("state", "band", "kind", "category", "agency", "place", "severity", "source", "text",
                 "since", "until", "order", "limit", "cursor"):  # fmt: skip
        found = guest.get("/api/v1/cases", params={name: nasty}, headers=headers)
        assert found.status_code < 500, (name, found.text[:300])
    body = {"action": nasty, "reason": nasty, "fields": {nasty: [nasty, {"a": [nasty]}]}, "version": 1 << 70}
    for path in (f"/api/v1/cases/{quote(nasty)}/acts", "/api/v1/cases/PA-1/acts"):
        assert guest.post(path, json=body, headers=headers).status_code < 500, path
