"""Accounts from the command line, against the province's own PostgreSQL."""

from __future__ import annotations

import pytest
from tests.cli.conftest import Tinh


@pytest.mark.xdist_group("accounts")
def test_an_account_is_opened_given_a_key_and_a_new_password(tinh: Tinh) -> None:
    opened = tinh("account", "add", "tram-khi", "--role", "data_officer", "--agency", "so-nnmt", "--json")
    assert opened.code == 0, opened.err
    assert len(opened.json["password"]) >= 12
    listed = tinh("account", "list", "--json").json
    assert [(one["username"], one["role"]) for one in listed] == [("tram-khi", "data_officer")]
    key = tinh("account", "token", "tram-khi", "station", "--dataset", "air-hourly", "--json").json
    assert key["datasets"] == ["air-hourly"]
    assert key["secret"]
    renewed = tinh("account", "password", "tram-khi", "--json").json
    assert renewed["password"] != opened.json["password"]
    assert tinh("account", "add", "tram-khi", "--json").json["problem"]["code"] == "PPL007"
    assert tinh("account", "password", "nobody", "--json").json["problem"]["code"] == "PPL008"
