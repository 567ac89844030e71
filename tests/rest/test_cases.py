"""Cases over REST: the list, one case, acting with the version one saw, remarks kept once."""

from __future__ import annotations

from typing import Any

from tests.cases.conftest import desk, opened, who  # noqa: F401  fixtures


def test_a_program_works_off_its_list(site: Any, opened: Any) -> None:  # noqa: F811
    one = opened(agency="so-gtvt")
    with site.program("desk_officer") as clerk:
        listed = clerk.get("/api/v1/cases", params={"agency": "so-gtvt", "limit": 1}).json()
        assert [c["code"] for c in listed["items"]] == [one.code]
        assert clerk.get(f"/api/v1/cases/{one.code}").json()["offers"][0]["id"] == "accept"
        sent = {"action": "accept", "version": 1}
        assert clerk.post(f"/api/v1/cases/{one.code}/acts", json=sent).json()["state"] == "working"
        stale = clerk.post(f"/api/v1/cases/{one.code}/acts", json={"action": "answer", "version": 1})
        assert (stale.status_code, stale.json()["code"]) == (409, "CAS031")
        for _ in range(2):
            said = clerk.post(f"/api/v1/cases/{one.code}/notes", json={"text": "Đã gọi", "key": "n-1"})
            assert said.status_code == 201
        whole = clerk.get(f"/api/v1/cases/{one.code}").json()
        assert [n["text"] for n in whole["notes"]] == ["Đã gọi"]
        told = clerk.get(f"/api/v1/cases/{one.code}/history").json()
        assert (told["problem"], [e["action"] for e in told["items"]]) == ("", ["open", "accept", "note"])


def test_another_agency_learns_nothing_of_a_case(site: Any, opened: Any) -> None:  # noqa: F811
    one = opened(agency="so-nv")
    with site.program("case_officer", "so-yt") as other:
        for got in (
            other.get(f"/api/v1/cases/{one.code}"), other.get("/api/v1/cases/PA-0000-0000"),
            other.post(f"/api/v1/cases/{one.code}/acts", json={"action": "accept"}),
        ):  # fmt: skip
            assert (got.status_code, got.json()["code"]) == (404, "CAS030")
        assert other.get("/api/v1/cases", params={"text": one.code}).json()["items"] == []


def test_the_files_of_a_case_are_its_photos_and_files(site: Any, opened: Any) -> None:  # noqa: F811
    from tests.desks.pictures import encoded, scene

    from tinh.cases import api as cases
    from tinh.desks.api import photos

    one = opened(agency="so-ct")
    secret = "một bí mật đủ dài để giữ ảnh"
    name = photos.store(secret, encoded(scene(), "JPEG"), key="1")
    photos.claim(secret, one.code)
    cases.attach(
        one.code,
        cases.File(digest="d" * 64, name="bien-ban.pdf", kind="file", size=7, media="application/pdf"),
        None,
    )
    with site.program("desk_officer") as clerk:
        attached, photo = clerk.get(f"/api/v1/cases/{one.code}").json()["files"]
    assert (attached["name"], attached["size"], attached["kind"]) == ("bien-ban.pdf", 7, "file")
    assert (photo["name"], photo["kind"], photo["stage"], photo["public"]) == (name, "photo", "report", False)
    assert photo["size"] > 0 and not {"latitude", "taken"} & set(photo)
