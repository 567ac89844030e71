"""An address somebody wrote into their own account makes nobody else's records theirs."""

from __future__ import annotations

import re
import secrets

import pytest

HOME = "/du-lieu-ca-nhan/yeu-cau/"


@pytest.fixture
def impostor(site):
    """Somebody whose account bears the address of a person whom the desk knows."""
    from tinh.people import api as people

    address = f"nan.nhan.{secrets.token_hex(4)}@example.vn"
    with people.through("subject"):
        victim = people.requests.subject_of("e-mail", address, "Nạn Nhân")
    user = site.account("viewer")
    before = user.email
    people.change_details(user, user.full_name, address)
    yield victim
    people.change_details(user, user.full_name, before)


def post(client, address: str, **form: str):
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', client.get(address).text)
    assert token
    return client.post(address, data={**form, "csrfmiddlewaretoken": token[1]}, headers={"Referer": address})


def test_a_request_on_the_web_is_checked_before_it_is_granted(site, impostor) -> None:
    from tinh.people import api as people

    client = site.person("viewer")
    made = post(client, HOME, loai="export", **{"noi-dung": "cho tôi xem"})
    assert made.status_code == 302
    number = int(made.headers["location"].rsplit("/", 1)[1])
    with people.through("subject"):
        found = people.requests.request_of(number)
        assert found.subject.pk != impostor.pk and found.subject.value != impostor.value
    granted = post(
        site.person("desk_officer", "so-nnmt"), f"{HOME}{number}", buoc="chap-thuan",
        **{"ly-do": "người yêu cầu đã đăng nhập"},
    )  # fmt: skip
    assert granted.status_code == 409
    assert client.get(f"{HOME}{number}/tra-loi.zip").status_code == 404


def test_nobody_sees_or_withdraws_consents_under_an_address_of_another(site, impostor) -> None:
    client = site.person("viewer")
    assert client.get("/du-lieu-ca-nhan/dong-y/").status_code == 200
    impostor.refresh_from_db()
    assert impostor.account_id is None
