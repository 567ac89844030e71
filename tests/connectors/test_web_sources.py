"""Web addresses that want a token, a posted question, patience."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.connectors.conftest import feed_of
from tests.harness.source import Asked, Said, Source, source
from tinh.packs.api import HttpWay, OAuth, Paging
from tinh.sources.api import Vault

ROWS = [{"ma": f"H{n}", "ten": "An", "phi": n} for n in range(5)]


@pytest.fixture
def server() -> Iterator[Source]:
    with source() as found:
        yield found


def said(value: Any, **more: Any) -> Said:
    return Said(json.dumps(value).encode(), kind="application/json", **more)


def way(server: Source, **more: Any) -> HttpWay:
    fields: dict[str, Any] = {
        "format": "json",
        "allow_private": True,
        "connect": 2.0,
        "read": 5.0,
        "total": 20.0,
    }
    return HttpWay(url=server.address + more.pop("path", "/so"), **{**fields, **more})


def code(one: Any) -> str:
    return (one.error or {}).get("code", "")


def test_a_token_is_fetched_once_kept_and_renewed_once_when_it_is_refused(server, over, home) -> None:
    Vault(home.root).put("BI_MAT", "bi-mat-cua-ung-dung")
    given: list[str] = []

    def answer(asked: Asked) -> Said:
        if asked.path == "/token":
            name, _, secret = base64.b64decode(asked.headers["authorization"][6:]).decode().partition(":")
            assert (name, secret, asked.body) == (
                "ung-dung",
                "bi-mat-cua-ung-dung",
                b"grant_type=client_credentials",
            )
            given.append(f"ma-truy-cap-{len(given) + 1}")
            return said({"access_token": given[-1], "expires_in": 3600})
        fine = asked.headers.get("authorization") == f"Bearer {given[-1]}" and "tắt" not in given
        return said(ROWS) if fine else Said(status=401)

    server.answer = answer
    oauth = OAuth(url=server.address + "/token", client="ung-dung", secret="BI_MAT")
    pulled = over(feed_of(http=way(server, oauth=oauth, records="")))
    assert pulled.pull().outcome == "new" and given == ["ma-truy-cap-1"]
    pulled.pull()
    assert given == ["ma-truy-cap-1"], "it is kept"
    given.append("hết hạn")
    given[:] = ["hết hạn"]
    pulled.pull()
    assert given == ["hết hạn", "ma-truy-cap-2"]
    server.answer = lambda asked: said({"error": "invalid_client"}, status=401)
    Vault(home.root).put("BI_MAT", "bi-mat-khac-da-doi")
    done = pulled.pull()
    assert code(done) == "SRC118" and "bi-mat-khac" not in json.dumps(done.as_dict())


def test_a_question_is_posted_page_by_page_behind_the_last_key(server, over) -> None:
    def answer(asked: Asked) -> Said:
        question = json.loads(asked.body)
        after = int(question["sau"] or -1)
        return said({"ds": [r for r in ROWS if r["phi"] > after][:2]})

    server.answer = answer
    body = '{"loc": {"nam": 2026}, "sau": "{page}"}'
    paging = Paging(style="keyset", path="phi", size=2)
    pulled = over(feed_of(http=way(server, body=body, paging=paging, records="ds")))
    done = pulled.pull()
    assert (done.outcome, done.records) == ("new", 5), done.error
    assert [json.loads(a.body)["sau"] for a in server.asked] == ["", "1", "3"]


def test_a_server_that_asks_for_patience_is_given_some_and_one_that_asks_for_much_is_left_alone(
    server, over
) -> None:
    times = [0]

    def answer(_: Asked) -> Said:
        times[0] += 1
        return said(ROWS) if times[0] == 2 else Said(status=429, headers={"Retry-After": "1"})

    server.answer = answer
    assert over(feed_of(http=way(server))).pull().outcome == "new"
    server.answer = lambda _: Said(status=429, headers={"Retry-After": "3600"})
    pulled = over(feed_of(http=way(server, path="/khac")))
    done = pulled.pull()
    assert code(done) == "SRC083" and done.seconds < 5
    assert (pulled.state.retry_at - pulled.clock.now()).total_seconds() >= 3600
