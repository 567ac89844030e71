"""Photos over the wire: tus 1.0.0 as any client speaks it, and who may see what of a photo."""

from __future__ import annotations

import base64
from typing import Any

import httpx
import pytest

from tests.desks import pictures
from tests.harness.waiting import until
from tinh.kit.ids import fresh

TUS = {"Tus-Resumable": "1.0.0"}
PIECE = {**TUS, "Content-Type": "application/offset+octet-stream"}


@pytest.fixture
def phone(site: Any) -> httpx.Client:
    return site.stranger()


def said(**facts: str) -> str:
    return ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in facts.items())


def begun(phone: httpx.Client, length: int, **facts: str) -> httpx.Response:
    return phone.post(
        "/phan-anh/anh", headers={**TUS, "Upload-Length": str(length), "Upload-Metadata": said(**facts)}
    )


def test_a_client_learns_what_is_offered_and_another_version_is_refused(phone: httpx.Client) -> None:
    offered = phone.options("/phan-anh/anh")
    assert offered.status_code == 204 and offered.headers["tus-version"] == "1.0.0"
    assert {"creation", "termination", "expiration"} <= set(offered.headers["tus-extension"].split(","))
    assert int(offered.headers["tus-max-size"]) == 20_000_000
    other = phone.post("/phan-anh/anh", headers={"Tus-Resumable": "0.2.2", "Upload-Length": "5"})
    assert (other.status_code, other.headers["tus-version"]) == (412, "1.0.0")


def test_a_photo_survives_a_cut_line_and_can_be_seen_by_its_sender_alone(
    phone: httpx.Client, site: Any
) -> None:
    data, secret = pictures.encoded(pictures.scene(1800, 1300, seed=21), quality=95), fresh(26)
    created = begun(phone, len(data), draft=secret, key="ảnh-1", filename="IMG_1.JPG")
    where = created.headers["location"]
    assert created.status_code == 201 and "upload-expires" in created.headers
    assert begun(phone, len(data), draft=secret, key="ảnh-1").headers["location"] == where
    half = len(data) // 2
    first = phone.patch(where, headers={**PIECE, "Upload-Offset": "0"}, content=data[:half])
    assert (first.status_code, first.headers["upload-offset"]) == (204, str(half))
    # The answer to that never arrived: the client asks, and goes on from there.
    again = phone.patch(where, headers={**PIECE, "Upload-Offset": "0"}, content=data[:half])
    assert again.status_code == 409
    asked = phone.head(where, headers=TUS)
    assert asked.headers["upload-offset"] == str(half) and asked.headers["cache-control"] == "no-store"
    assert asked.headers["upload-length"] == str(len(data))
    rest = phone.patch(where, headers={**PIECE, "Upload-Offset": str(half)}, content=data[half:])
    assert rest.headers["upload-offset"] == str(len(data))
    mine = {"Tinh-Draft": secret}

    def ready() -> dict[str, Any] | None:
        [photo] = phone.get("/phan-anh/anh", headers=mine).json()["photos"]
        return photo if photo["state"] == "ready" else None

    photo = until(ready)
    assert phone.get(photo["thumb"], headers=mine).headers["content-type"] == "image/webp"
    assert phone.get(photo["thumb"]).status_code == 404
    assert phone.get(photo["thumb"], headers={"Tinh-Draft": fresh(26)}).status_code == 404
    assert site.person("desk_officer").get(photo["thumb"]).status_code == 200


def test_what_is_wrong_with_a_request_is_said_as_the_protocol_has_it(phone: httpx.Client) -> None:
    secret = fresh(26)
    assert phone.post("/phan-anh/anh", headers=TUS).status_code == 400
    assert begun(phone, 30_000_000, draft=secret).status_code == 413
    refused = begun(phone, 5000, draft=secret, filename="virus.exe")
    assert refused.status_code == 415 and "DSK050" in refused.text
    where = begun(phone, 5000, draft=secret).headers["location"]
    wrong = phone.patch(
        where, headers={**TUS, "Upload-Offset": "0", "Content-Type": "text/plain"}, content=b"x"
    )
    assert wrong.status_code == 415
    assert phone.patch(where, headers={**PIECE, "Upload-Offset": "0"}, content=b"x" * 5001).status_code == 413
    page = phone.patch(where, headers={**PIECE, "Upload-Offset": "0"}, content=b"<html>" + b" " * 4994)
    assert page.status_code == 415 and "HTML" in page.json()["detail"]
    gone = begun(phone, 400, draft=secret).headers["location"]
    assert phone.delete(gone, headers=TUS).status_code == 204
    assert phone.head(gone, headers=TUS).status_code == 404
    assert phone.patch(gone, headers={**PIECE, "Upload-Offset": "0"}, content=b"x").status_code == 404


def test_a_whole_photo_can_come_with_its_announcement_and_without_a_draft_one_is_made(
    phone: httpx.Client,
) -> None:
    data = pictures.encoded(pictures.scene(seed=22))
    made = phone.post("/phan-anh/anh", headers={**PIECE, "Upload-Length": str(len(data))}, content=data)
    assert (made.status_code, made.headers["upload-offset"]) == (201, str(len(data)))
    assert (
        len(phone.get("/phan-anh/anh", headers={"Tinh-Draft": made.headers["tinh-draft"]}).json()["photos"])
        == 1
    )


def test_a_clerk_blurs_a_photo_on_the_page_and_an_original_is_only_ever_a_file(site: Any) -> None:
    from tinh.desks.api import photos

    secret = fresh(26)
    name = photos.store(secret, pictures.encoded(pictures.scene(seed=23), quality=88))
    photos.claim(secret, "PA-THU-23")
    while photos.photo(name).state == "received":
        photos.develop_waiting()
    clerk = site.person("desk_officer")
    page = clerk.get(f"/vu-viec/anh/{name}")
    assert page.status_code == 200 and "wide" in page.text
    token = page.text.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
    clerk.headers["Referer"] = site.address
    sent = {
        "csrfmiddlewaretoken": token,
        "use": "1",
        "left1": "10",
        "top1": "10,5",
        "wide1": "20",
        "high1": "20",
    }
    assert clerk.post(f"/vu-viec/anh/{name}", data=sent).status_code == 302
    assert photos.photo(name).boxes == [[0.1, 0.105, 0.2, 0.2]]
    wrong = clerk.post(f"/vu-viec/anh/{name}", data={**sent, "left1": "-5"})
    assert wrong.status_code == 400 and "nằm ngoài" in wrong.text
    file = clerk.post(
        f"/vu-viec/anh/{name}/goc", data={"csrfmiddlewaretoken": token, "reason": "đối chiếu hiện trường"}
    )
    assert file.headers["content-type"] == "application/octet-stream"
    assert file.headers["content-disposition"].startswith("attachment")
    assert site.person("viewer").get(f"/vu-viec/anh/{name}").status_code == 403
