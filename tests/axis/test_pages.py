"""What people see of the axis, by their posts."""

from __future__ import annotations

import csv
import io
import re
import zipfile

import httpx

from tests.axis.conftest import Pair


def post(client: httpx.Client, **form: str) -> httpx.Response:
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', client.get("/truc/").text)
    assert token
    return client.post("/truc/", data={"csrfmiddlewaretoken": token[1], **form})


def test_everybody_sees_who_may_call_what_and_strangers_nothing(pair: Pair) -> None:
    viewer = pair.site.person("viewer").get("/truc/")
    assert viewer.status_code == 200
    assert "QĐ 1/QĐ-UBND" in viewer.text
    assert 'value="grant"' not in viewer.text
    assert pair.site.stranger().get("/truc/").status_code == 302
    assert pair.site.person("viewer").get("/truc/nhat-ky/").status_code == 403


def test_a_right_of_a_group_says_which_agencies_are_in_it(pair: Pair) -> None:
    from tinh.axis import api as axis

    service, third = axis.service(pair.service), axis.subsystem(pair.third)
    group = axis.group_of(service.subsystem, "nhom", [third])
    right = axis.grant(service, group, purpose="p", basis="b", by="t")
    page = pair.site.person("viewer").get("/truc/").text
    rights = page.partition('data-part="rights"')[2].partition("</section>")[0]
    row = next(r for r in rights.split("<tr>") if f"{group.code}</small>" in r)
    assert third.member.name in row
    axis.revoke(right.pk, "t", "xong")


def test_an_agency_gives_rights_to_its_own_services_and_to_no_others(pair: Pair) -> None:
    from tinh.axis import api as axis

    form = {
        "act": "grant",
        "service": pair.service,
        "to": pair.third,
        "purpose": "chi tiêu",
        "basis": "NĐ 278/2025",
    }
    stranger = pair.site.person("data_officer", "so-khcn")
    assert (
        post(pair.site.person("administrator"), act="grant", service=pair.service, to=pair.third).status_code
        == 422
    )
    owner = pair.site.person("data_officer", "so-tc")
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', owner.get("/truc/").text)
    assert token
    refused = stranger.post("/truc/", data=form, headers={"X-CSRFToken": token[1]})
    assert refused.status_code == 403
    assert post(owner, **form).status_code == 302
    right = axis.live_rights().get(service=axis.service(pair.service), subsystem=axis.subsystem(pair.third))
    assert (right.purpose, right.given_by) == ("chi tiêu", "data_officer-so-tc")
    third = {"X-Road-Client": pair.third, "X-Tinh-Key": pair.third_key}
    assert httpx.get(pair.address, headers=third).status_code == 200
    assert post(owner, act="revoke", right=str(right.pk)).status_code == 422
    assert post(owner, act="revoke", right=str(right.pk), reason="hết hạn dự án").status_code == 302
    right.refresh_from_db()
    assert (right.revoked_by, right.revoked_why) == ("data_officer-so-tc", "hết hạn dự án")


def test_a_key_is_shown_once_and_opens_the_door(pair: Pair) -> None:
    admin = pair.site.person("administrator")
    assert post(admin, act="subsystem", agency="so-vhttdl", code=f"DL{pair.right}").status_code == 302
    shown = post(admin, act="key", of=pair.client, name="máy chủ")
    key = re.search(r"tinhx_[\w-]+", shown.text)
    assert key
    assert (
        httpx.get(pair.address, headers={"X-Road-Client": pair.client, "X-Tinh-Key": key[0]}).status_code
        == 200
    )
    assert key[0] not in admin.get("/truc/").text


def test_the_log_is_found_read_and_taken_away_by_those_whose_agency_is_a_side(pair: Pair) -> None:
    asked = pair.call("GET", "/a?x=1", headers={"X-Road-Id": f"page-{pair.right}"})
    number = asked.headers["x-road-request-id"]
    query = {"ma": f"page-{pair.right}"}
    for who in (pair.site.person("auditor"), pair.site.person("data_officer", "so-khcn")):
        listed = who.get("/truc/nhat-ky/", params=query)
        assert number in listed.text
        rows = list(
            csv.DictReader(io.StringIO(who.get("/truc/nhat-ky.csv", params=query).text.lstrip("\ufeff")))
        )
        assert [(r["exchange"], r["status"], r["result"]) for r in rows] == [(number, "200", "ok")]
        one = who.get(f"/truc/nhat-ky/{number}")
        assert one.status_code == 200
        assert pair.key not in one.text
        packed = who.get(f"/truc/nhat-ky/{number}/bang-chung")
        assert "README.md" in zipfile.ZipFile(io.BytesIO(packed.content)).namelist()
    other = pair.site.person("data_officer", "so-nnmt")
    assert number not in other.get("/truc/nhat-ky/", params=query).text
    for path in ("", "/bang-chung"):
        assert other.get(f"/truc/nhat-ky/{number}{path}").status_code == 404
    assert (
        pair.site.person("auditor").get("/truc/nhat-ky/?truoc=x&tu-ngay=hom-qua&ket-qua=la").status_code
        == 200
    )
