"""Who may call what, and how a caller proves who it is."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date, timedelta

import httpx
import pytest

from tests.axis.conftest import ECHO, Pair


def until(ask: Callable[[], httpx.Response], status: int) -> httpx.Response:
    """What is taken back is taken back within moments, in every process."""
    for _ in range(100):
        answer = ask()
        if answer.status_code == status:
            break
        time.sleep(0.02)
    assert answer.status_code == status, answer.text
    return answer


def test_a_third_party_is_refused_and_told_whom_to_ask(pair: Pair) -> None:
    before = len(ECHO.heard)
    answer = httpx.get(
        pair.address + "/a",
        headers={"X-Road-Client": pair.third, "Authorization": f"Bearer {pair.third_key}"},
    )
    assert (answer.status_code, answer.headers["x-road-error"]) == (500, "Server.ServerProxy.AccessDenied")
    said = answer.json()["message"]
    assert f"Request is not allowed: SERVICE:{pair.service}" in said
    assert said.count("Sở Tài chính") and "name=" not in said  # an agency without a contact has none to tell
    assert len(ECHO.heard) == before


def test_a_right_given_counts_at_once_and_one_taken_back_soon(pair: Pair) -> None:
    from tinh.axis import api as axis

    third = {"X-Road-Client": pair.third, "Authorization": f"Bearer {pair.third_key}"}
    assert httpx.get(pair.address, headers=third).status_code == 500
    given = axis.grant(
        axis.service(pair.service), axis.subsystem(pair.third), purpose="p", basis="b", by="t",
        since=date(2026, 1, 1),
    )  # fmt: skip
    assert httpx.get(pair.address, headers=third).status_code == 200
    axis.revoke(given.pk, "t", "hết việc")
    until(lambda: httpx.get(pair.address, headers=third), 500)


def test_a_right_to_an_endpoint_is_a_right_to_that_alone(pair: Pair) -> None:
    from tinh.axis import api as axis

    axis.revoke(pair.right, "t", "thu hẹp")
    axis.grant(
        axis.service(pair.service), axis.subsystem(pair.client), purpose="p", basis="b", by="t", method="GET",
        path="/a/*/x", since=date(2026, 1, 1),
    )  # fmt: skip
    until(lambda: pair.call("GET", "/b"), 500)
    assert pair.call("GET", "/a/1/x").status_code == 200
    assert pair.call("GET", "/a/1/2/x").status_code == 500
    assert pair.call("POST", "/a/1/x").status_code == 500


def test_a_right_counts_from_its_first_day_to_its_last_and_a_group_shares_one(pair: Pair) -> None:
    from tinh.axis import api as axis

    service, third = axis.service(pair.service), axis.subsystem(pair.third)
    key = {"X-Road-Client": pair.third, "Authorization": f"Bearer {pair.third_key}"}
    today = date.today()
    for first, last in ((today + timedelta(2), None), (today - timedelta(9), today - timedelta(2))):
        axis.grant(service, third, purpose="p", basis="b", by="t", since=first, until=last)
        assert httpx.get(pair.address, headers=key).status_code == 500
    group = axis.group_of(service.subsystem, "xa", [third])
    axis.grant(service, group, purpose="p", basis="b", by="t", since=today - timedelta(1))
    assert httpx.get(pair.address, headers=key).status_code == 200


def test_a_refusal_says_whom_to_ask_as_people_write_it(pair: Pair) -> None:
    from dataclasses import replace

    from tinh.axis import api as axis

    before = axis.ground()
    agencies = dict(before.agencies())
    contact = {"name": "Bà Mai", "email": "", "phone": "0208 3855 100", "address": ""}
    owner = agencies["so-tc"]
    told = owner.model_copy(update={"contact": owner.contact.model_copy(update=contact)})

    def asked() -> str:
        key = {"X-Road-Client": pair.third, "Authorization": f"Bearer {pair.third_key}"}
        return str(httpx.get(pair.address, headers=key).json()["message"])

    try:
        axis.install(replace(before, agencies=lambda: {**agencies, "so-tc": told}))
        axis.follow_agencies()
        axis.grant(axis.service(pair.service), axis.subsystem(pair.provider), purpose="p", basis="b", by="t")
        assert asked().endswith("(Bà Mai, 0208 3855 100)")
    finally:
        axis.install(before)
        axis.follow_agencies()


def test_a_right_needs_its_ground(pair: Pair) -> None:
    from tinh.axis import api as axis

    service, client = axis.service(pair.service), axis.subsystem(pair.client)
    for wrong in ({"purpose": " "}, {"basis": ""}, {"method": "FETCH"}, {"path": "a"}):
        with pytest.raises(axis.GroundMissing):
            axis.grant(service, client, **{"purpose": "p", "basis": "b", "by": "t", **wrong})
    with pytest.raises(axis.GroundMissing):
        axis.revoke(pair.right, "t", " ")
    with pytest.raises(axis.IdentifierRefused):
        axis.add_subsystem("so-tc/Ngân sách")


def test_the_header_must_name_whom_the_key_was_given_to(pair: Pair) -> None:
    key = {"Authorization": f"Bearer {pair.key}"}
    for headers, type in (
        ({**key, "X-Road-Client": pair.third}, "Server.ClientProxy.SslAuthenticationFailed"),
        ({"X-Road-Client": pair.client}, "Server.ClientProxy.SslAuthenticationFailed"),
        (
            {"X-Road-Client": pair.client, "Authorization": "Bearer tinhx_no"},
            "Server.ClientProxy.SslAuthenticationFailed",
        ),
        ({**key, "X-Road-Client": pair.client.rpartition("/")[0]}, "Server.ServerProxy.AccessDenied"),
    ):
        answer = httpx.get(pair.address, headers=headers)
        assert (answer.status_code, answer.headers["x-road-error"]) == (500, type), answer.text
    last_counts = [("X-Road-Client", pair.third), ("X-Road-Client", pair.client), *key.items()]
    assert httpx.get(pair.address, headers=last_counts).status_code == 200


def test_a_revoked_key_opens_no_door(pair: Pair) -> None:
    from tinh.axis import api as axis

    assert pair.call().status_code == 200
    for credential in axis.Credential.objects.filter(subsystem=axis.subsystem(pair.client)):
        axis.revoke_credential(credential)
    until(pair.call, 500)


def test_a_certificate_is_believed_from_a_declared_proxy_alone(pair: Pair) -> None:
    from dataclasses import replace

    from tinh.axis import api as axis

    fingerprint = "ab" * 32
    axis.register_certificate(axis.subsystem(pair.client), "AB:" * 31 + "AB", "c", "t")
    headers = {"X-Road-Client": pair.client, "X-Tinh-Client-Certificate": fingerprint}
    assert httpx.get(pair.address, headers=headers).status_code == 500
    before = axis.ground()
    axis.install(replace(before, proxies=frozenset({"127.0.0.1"})))
    try:
        jwt = "Bearer eyJhbGciOi.of.the-provider"
        until(lambda: httpx.get(pair.address, headers={**headers, "Authorization": jwt}), 200)
        assert ECHO.heard[-1].header("authorization") == jwt  # not for us, so passed on
        assert ECHO.heard[-1].header("x-tinh-client-certificate") == ""
    finally:
        axis.install(before)


def test_a_trusted_security_server_speaks_for_its_members_alone(pair: Pair) -> None:
    from tinh.axis import api as axis

    name = pair.client.rpartition("/")[2]
    _, secret = axis.trust_server(f"ss-{name}", ["127.0.0.1"], [pair.client.rpartition("/")[0]])
    _, elsewhere = axis.trust_server(f"far-{name}", ["192.0.2.9"], ["VN-19"])
    ours = {"X-Road-Client": pair.client, "X-Tinh-Server-Key": secret}
    until(lambda: httpx.get(pair.address, headers=ours), 200)
    for headers in ({**ours, "X-Road-Client": pair.third}, {**ours, "X-Tinh-Server-Key": elsewhere}):
        answer = httpx.get(pair.address, headers=headers)
        assert answer.headers["x-road-error"] == "Server.ClientProxy.SslAuthenticationFailed"
    unknown = {**ours, "X-Road-Client": pair.client.rpartition("/")[0] + "/NOBODY"}
    assert (
        httpx.get(pair.address, headers=unknown).headers["x-road-error"] == "Server.ClientProxy.UnknownMember"
    )


def test_a_service_out_of_use_says_so(pair: Pair) -> None:
    from tinh.axis import api as axis

    axis.withdraw(pair.service, "bảo trì đến 12.12")
    answer = until(lambda: pair.call("GET", "/a"), 500)
    assert answer.headers["x-road-error"] == "Server.ServerProxy.ServiceDisabled"
    assert "12.12" in answer.json()["message"]


def test_a_named_server_must_be_this_one(pair: Pair) -> None:
    here = {"X-Road-Security-Server": "VN-19/GOV/so-tc/TINH"}
    assert pair.call(headers=here).status_code == 200
    assert pair.call(headers={"X-Road-Security-Server": "EE/GOV/1/SS1"}).headers["x-road-error"] == (
        "Server.ClientProxy.UnknownMember"
    )
