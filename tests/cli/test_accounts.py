"""Accounts from the command line, against the province's own PostgreSQL."""

from __future__ import annotations

from tests.cli.conftest import Tinh


def test_an_account_is_opened_given_a_key_and_a_new_password(standing: Tinh) -> None:
    opened = standing("account", "add", "tram-khi", "--role", "data_officer", "--agency", "so-nnmt", "--json")
    assert opened.code == 0, opened.err
    assert len(opened.json["password"]) >= 12
    listed = standing("account", "list", "--json").json
    assert [(one["username"], one["role"]) for one in listed] == [("tram-khi", "data_officer")]
    key = standing("account", "token", "tram-khi", "station", "--dataset", "air-hourly", "--json").json
    assert key["datasets"] == ["air-hourly"]
    assert key["secret"]
    renewed = standing("account", "password", "tram-khi", "--json").json
    assert renewed["password"] != opened.json["password"]
    assert standing("account", "add", "tram-khi", "--json").json["problem"]["code"] == "PPL007"
    assert standing("account", "password", "nobody", "--json").json["problem"]["code"] == "PPL008"


def test_a_service_account_has_keys_that_are_listed_rotated_and_revoked(standing: Tinh) -> None:
    assert standing("account", "add", "may", "--role", "service", "--agency", "so-nnmt", "--json").code == 0
    assert standing("account", "token", "may", "trạm", "--json").json["problem"]["code"] == "PPL066"
    made = standing(
        "account", "token", "may", "trạm", "--action", "push", "--dataset", "air-hourly", "--json"
    ).json
    (listed,) = standing("account", "keys", "--json").json
    assert (listed["owner"], listed["actions"], listed["used"]) == ("may", ["read", "push"], None)
    fresh = standing("account", "rotate", str(listed["id"]), "--overlap", "0", "--json").json
    assert fresh["secret"] != made["secret"]
    assert [one["id"] for one in standing("account", "keys", "--json").json] == [fresh["id"]]
    assert standing("account", "revoke", str(fresh["id"]), "--json").code == 0
    assert standing("account", "revoke", str(fresh["id"]), "--json").json["problem"]["code"] == "PPL067"
    assert standing("account", "reset", "may", "--json").json["problem"]["code"] == "PPL056"
