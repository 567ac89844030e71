"""CloudEvents sent to the running site: kept before they are acknowledged, once, refused with a reason."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from tests.harness.air import hours
from tests.harness.problems import is_problem
from tinh.packs.api import EventWay
from tinh.sources.cloudevents.signature import sign

SECRET = "bí mật của trạm 1"
ONE, BATCH = "application/cloudevents+json", "application/cloudevents-batch+json"
AT = "/api/v1/events/tram-su-kien"


@pytest.fixture(scope="module")
def site() -> Iterator[Any]:
    from tests.harness.server import running
    from tinh.jobs import api as jobs

    found = running()
    jobs.vault().put("TRAM_KY", SECRET, "test", jobs.now())
    jobs.connecting().save(
        {"format": 1, "id": "tram-su-kien", "dataset": "air-hourly", "kind": "cloudevents",
         "sender": "so-nnmt", "schedule": {"every": "PT1M"},
         "cloudevents": {"secret": "TRAM_KY", "types": ["vn.tram.*"], "records": "so_lieu",
                         "columns": {"khi.pm25": "pm25", "aqi": "aqi", "noi": "city", "do": "humidity"},
                         "attributes": {"timestamp": "time"}, "origins": ["phat.example.vn"], "rate": 120,
                         "most": 20, "largest_kb": 64}},
        "test", jobs.now(), fresh=True, every_secret=True,
    )  # fmt: skip
    yield found
    jobs.connecting().remove("tram-su-kien")


@pytest.fixture(scope="module")
def key(site) -> httpx.Client:
    """A service key that may push to this dataset and nothing else."""
    from tinh.people import api as people

    _, secret = people.create_token(
        site.account("data_officer", "so-nnmt"), "đẩy", ("air-hourly",), actions=("push",)
    )
    return site.stranger(Authorization=f"Bearer {secret}")


def events(count: int, **more: Any) -> list[dict[str, Any]]:
    frame = hours(count)
    return [
        {"specversion": "1.0", "id": f"{at}", "source": "/tram/1", "type": "vn.tram.do", "time": at,
         "datacontenttype": "application/json",
         "data": {"so_lieu": {"khi": {"pm25": 20.5}, "aqi": 60, "noi": "Thái Nguyên", "do": "57%"}}, **more}
        for at in frame["timestamp"]
    ]  # fmt: skip


def send(client: httpx.Client, value: Any, kind: str = ONE, **headers: str) -> httpx.Response:
    body = value if isinstance(value, bytes) else json.dumps(value, ensure_ascii=False).encode()
    return client.post(AT, content=body, headers={"Content-Type": kind, **headers})


def figures() -> dict[str, Any]:
    from tinh.jobs import api as jobs

    found = jobs.feeds()
    return found.of(found.one("tram-su-kien")).link


def jobs_check() -> Any:
    from tinh.jobs import api as jobs

    found = jobs.connecting()
    assert "pm25" in found.look("tram-su-kien").columns
    return found.check("tram-su-kien")


def delivered(ids: set[str]) -> dict[str, int]:
    """How often each event stands in the raw bytes of deliveries, once nothing waits any more."""
    from tinh.jobs import api as jobs

    counts = dict.fromkeys(ids, 0)
    end = time.monotonic() + 30
    while time.monotonic() < end:
        counts = dict.fromkeys(ids, 0)
        for one in jobs.corridor().lake.receipts("air-hourly", limit=50):
            if one.filename == "tram-su-kien.cloudevents.ndjson":
                for line in jobs.raw(one.digest).read().decode().splitlines():
                    id = json.loads(line)["_at"].partition("#")[2]
                    if id in counts:
                        counts[id] += 1
        if all(counts.values()) and not figures()["waiting"]:
            break
        time.sleep(0.2)
    return counts


def test_all_three_modes_are_taken_once_whoever_repeats_them(site, key) -> None:
    one, two, *rest = events(5)
    assert (send(key, one).status_code, send(key, one).status_code) == (202, 200)
    headers = {"ce-id": two["id"].replace("+", "%2B"), "ce-source": '"/tram/1"', "ce-specversion": "1.0",
               "ce-type": "vn.tram.do", "ce-time": two["time"]}  # fmt: skip
    assert send(key, two["data"], "application/json", **headers).json()["taken"] == 1
    batch = send(key, [one, two, *rest, rest[0]], BATCH)
    assert batch.status_code == 202 and batch.json() == {"source": "tram-su-kien", "taken": 3, "repeated": 3}
    assert send(key, [], BATCH).status_code == 200
    counts = delivered({e["id"] for e in (one, two, *rest)})
    assert set(counts.values()) == {1}, counts
    from tinh.jobs import api as jobs

    last = next(
        r for r in jobs.corridor().lake.receipts("air-hourly", limit=50) if "cloudevents" in r.filename
    )
    assert last.verdict["accepted"] == last.verdict["received"] and last.verdict["held"] == 0, last.verdict


BARE = {"id": "a", "source": "/x", "specversion": "1.0", "type": "t"}


@pytest.mark.parametrize(
    ("value", "kind", "status", "code"),
    [
        ({"id": "a", "source": "/x", "type": "vn.tram.do"}, ONE, 400, "SRC156"),
        ({"id": "", "source": "/x", "specversion": "1.0", "type": "t"}, ONE, 400, "SRC156"),
        ({"id": "a", "source": "/x", "specversion": "0.3", "type": "t"}, ONE, 400, "SRC157"),
        ({"id": "a", "source": "có dấu cách", "specversion": "1.0", "type": "t"}, ONE, 400, "SRC157"),
        ({**BARE, "id": 5}, ONE, 400, "SRC157"),
        ({**BARE, "Hoa": "x"}, ONE, 400, "SRC157"),
        ({**BARE, "time": "hôm qua"}, ONE, 400, "SRC157"),
        ({**BARE, "type": "khac"}, ONE, 422, "SRC159"),
        ({**BARE, "type": "vn.tram.x", "data": 1}, ONE, 422, "SRC158"),
        (b"{\"id\": ", ONE, 400, "SRC155"),
        (b'{"id":"a","id":"b"}', ONE, 400, "SRC155"),
        (b"\xff\xfe", ONE, 400, "SRC155"),
        (b"[" * 60000, BATCH, 400, "SRC155"),
        ({"id": "a"}, BATCH, 400, "SRC155"),
        ([{}] * 21, BATCH, 413, "SRC160"),
        (b" " * (64 * 1024 + 1), ONE, 413, "SRC160"),
        (b"{}", "application/cloudevents+xml", 415, "SRC161"),
        (b"{}", "application/json", 400, "SRC156"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_and_nothing_of_it_is_taken(key, value, kind, status, code) -> None:
    before = figures()
    assert is_problem(send(key, value, kind), status)["code"] == code
    now = figures()
    assert now.get("messages", 0) == before.get("messages", 0)
    assert now["refused"] == before.get("refused", 0) + 1 and now["refused_code"] == code


def test_one_bad_event_refuses_its_batch_and_is_named(key) -> None:
    one, two = events(2)
    said = is_problem(send(key, [one, {**two, "type": ""}], BATCH), 400)
    assert "2" in said["detail"] and "type" in said["detail"]
    assert send(key, one).json()["taken"] == 1, "it had not been taken with the refused batch"


def test_a_signature_opens_the_door_for_five_minutes(site) -> None:
    stranger, now = site.stranger(), int(datetime.now(UTC).timestamp())
    one, two, three = events(3)

    def signed(value: Any, seconds: int, secret: str = SECRET, sent: Any = None, **ce: str) -> httpx.Response:
        body = json.dumps(value).encode()
        kind = "application/json" if ce else ONE
        mark = sign(secret, seconds, {**ce, "content-type": kind}, body)
        return send(stranger, sent or body, kind, **{"Tinh-Signature": mark, **ce})

    assert signed(one, now).status_code == 202
    assert signed(one, now).status_code == 200, "a replay is known by its source and id"
    assert is_problem(signed(two, now - 301), 401)["code"] == "SRC165"
    assert is_problem(signed(two, now + 320), 401)["code"] == "SRC165"
    assert is_problem(signed(two, now, "khác"), 401)["code"] == "SRC164"
    assert is_problem(signed(two, now, sent=json.dumps({**two, "id": "x"}).encode()), 401)["code"] == "SRC164"
    ce = {"ce-id": "s3", "ce-source": "/tram/1", "ce-specversion": "1.0", "ce-type": "vn.tram.do",
          "ce-time": three["time"]}  # fmt: skip
    assert signed(three["data"], now, **ce).status_code == 202
    body = json.dumps(three["data"]).encode()
    mark = sign(SECRET, now, {**ce, "content-type": "application/json"}, body)
    moved = send(stranger, body, "application/json", **{**ce, "ce-id": "s4", "Tinh-Signature": mark})
    assert is_problem(moved, 401)["code"] == "SRC164", "headers are signed too"
    unknown = stranger.post("/api/v1/events/khong-co", content=body, headers={"Tinh-Signature": mark})
    assert is_problem(unknown, 401)["code"] == "SRC164", "a stranger is not told which sources there are"


def test_only_whoever_may_push_to_the_dataset_is_let_in(site, key) -> None:
    (one,) = events(1)
    assert is_problem(send(site.stranger(), one), 401)["code"] == "PPL001"
    is_problem(send(site.program("viewer"), one), 403)
    is_problem(send(site.program("data_officer", "so-khcn"), one), 403)
    is_problem(key.post("/api/v1/events/khong-co", json=one), 403)
    officer = site.program("data_officer", "so-nnmt")
    is_problem(officer.post("/api/v1/events/khong-co", json=one), 404)
    assert send(key, one).status_code == 202


def test_the_handshake_welcomes_declared_origins_alone(site) -> None:
    stranger = site.stranger()
    asked = stranger.options(AT, headers={"WebHook-Request-Origin": "phat.example.vn"})
    assert asked.status_code == 200 and "POST" in asked.headers["allow"]
    assert asked.headers["webhook-allowed-origin"] == "phat.example.vn"
    assert asked.headers["webhook-allowed-rate"] == "120"
    for address, origin in ((AT, "la.example.vn"), ("/api/v1/events/khong-co", "phat.example.vn")):
        other = stranger.options(address, headers={"WebHook-Request-Origin": origin})
        assert is_problem(other, 403)["code"] == "SRC166"
        assert "webhook-allowed-origin" not in other.headers


def test_the_page_of_the_source_tells_last_event_counts_and_refusals(site, key) -> None:
    send(key, {"id": "a"})
    send(key, events(1)[0])
    page = site.person("administrator").get("/nguon-du-lieu/tram-su-kien/")
    assert page.status_code == 200
    for words in ("POST /api/v1/events/tram-su-kien", "Sự kiện cuối", "Bị từ chối", "SRC156", "CloudEvents"):
        assert words in page.text, words
    steps = jobs_check()
    assert [s.ok for s in steps] == [True, True, True]
    form = site.person("administrator").get("/nguon-du-lieu/moi/tram-su-kien").text
    assert "phat.example.vn" in form and "khi.pm25 = pm25" in form and SECRET not in form


def test_a_batch_that_a_crash_interrupted_comes_again_as_the_same_bytes(tmp_path) -> None:
    from tinh.sources.cloudevents.event import events_of
    from tinh.sources.cloudevents.journal import Journal
    from tinh.sources.cloudevents.record import lines

    way, journal, now = EventWay(), Journal(tmp_path, "x"), datetime(2026, 3, 1, tzinfo=UTC)

    def put(id: str) -> None:
        body = f'{{"id":"{id}","source":"/s","specversion":"1.0","type":"t","data":{{"so":1.10}}}}'.encode()
        journal.put([(e, lines(e, way)) for e in events_of({"content-type": ONE}, body, 5)], now)

    put("a")
    first, again = tmp_path / "1", tmp_path / "2"
    number, count = journal.batch(first, 100)
    put("b")  # comes while the first batch is on its way, then the process dies
    assert Journal(tmp_path, "x").batch(again, 100) == (number, count) == (number, 1)
    assert again.read_bytes() == first.read_bytes() == b'{"_at":"/s#a","so":1.10}\n'
    journal.done(number)
    put("a")
    assert journal.batch(again, 100)[1] == 1 and b"/s#b" in again.read_bytes()
