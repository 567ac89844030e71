"""Whoever proves nothing is on record, and cannot fill the log."""

from __future__ import annotations

from tests.axis.conftest import Pair


def test_a_wrong_key_stands_in_the_log_and_names_nobody_as_the_caller(pair: Pair) -> None:
    from tinh.axis import api as axis
    from tinh.axis.strangers import HERE

    HERE._began = 0.0
    wrong = {"Authorization": "Bearer tinhx_wrong", "X-Road-Id": "stranger-1"}
    refused = pair.call("GET", "/r", headers=wrong)
    assert refused.status_code == 500
    request, response = axis.exchange(refused.json()["detail"])
    assert request.message_id == "stranger-1" and request.client == "" == request.client_member
    assert f"x-road-client:{pair.client}" in request.head and "tinhx_wrong" not in request.head
    assert response.error == "Server.ClientProxy.SslAuthenticationFailed" and response.status == 500
    assert axis.verify(axis.ground()).whole
    provider = axis.members_of(["so-tc"])
    assert axis.exchange("stranger-1", provider), "the provider sees who tried"


def test_a_flood_of_strangers_is_a_few_rows_and_one_that_counts_the_rest(pair: Pair) -> None:
    from tinh.axis import api as axis
    from tinh.axis.strangers import HERE

    HERE.tell()
    HERE._began = 0.0
    pair.call("GET", "/a")  # something to begin after
    before = axis.exchanges(axis.Wanted(), 1)[0].seq
    for number in range(40):
        pair.call("GET", f"/flood{number}", headers={"Authorization": "Bearer tinhx_wrong"})
    HERE.tell()
    rows = [r for r in axis.exchanges(axis.Wanted(), 200) if r.seq > before and r.client == ""]
    assert len(rows) == axis.ground().place.strangers // 6 + 1
    (many,) = [r for r in rows if r.path.startswith("×")]
    assert many.path == "× 30" and "127.0.0.1: 30" in axis.exchange(many.exchange)[0].head
    assert pair.call("GET", "/a").status_code == 200, "who proves it is heard as ever"
    assert axis.verify(axis.ground()).whole
