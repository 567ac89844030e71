"""The X-Road Message Protocol for REST, as a client on the wire sees it."""

from __future__ import annotations

import base64
import hashlib
import uuid

import httpx
import pytest

from tests.axis.conftest import ECHO, Pair


def test_a_call_with_the_right_reaches_the_provider_and_comes_back_with_the_headers_of_the_axis(
    pair: Pair,
) -> None:
    answer = pair.call(
        "POST", "/v1/bar%2Fzyggy?quu=1&quu=%C3%A9", content=b"{}", headers={
            "Content-Type": "application/json; charset=utf-8", "X-Road-Id": "id-1", "X-Road-UserId": "VN123",
            "X-Road-Issue": "MT1", "X-Custom": "kept", "User-Agent": "secret/1", "Accept": "application/xml",
        },
    )  # fmt: skip
    assert answer.status_code == 200, answer.text
    assert answer.content == b"{}"
    assert answer.headers["content-type"] == "application/json; charset=utf-8"
    assert answer.headers["x-road-id"] == "id-1"
    assert answer.headers["x-road-client"] == pair.client
    assert answer.headers["x-road-service"] == pair.service
    uuid.UUID(answer.headers["x-road-request-id"])
    assert len(base64.b64decode(answer.headers["x-road-request-hash"])) == 64
    assert "x-road-error" not in answer.headers
    heard = ECHO.heard[-1]
    assert (heard.method, heard.path, heard.query) == ("POST", "/v1/bar%2Fzyggy", "quu=1&quu=%C3%A9")
    assert (heard.user, heard.issue, heard.purpose) == ("VN123", "MT1", "thử")
    assert heard.header("x-custom") == "kept"
    assert heard.header("accept") == "application/xml"
    names = {name for name, _ in heard.headers}
    assert not names & {"authorization", "user-agent", "host", "connection", "content-length"}


def test_the_request_hash_is_what_the_protocol_says_and_anybody_can_make_it_again(pair: Pair) -> None:
    given = [
        ("x-road-client", pair.client), ("authorization", f"Bearer {pair.key}"), ("x-road-id", "h1"),
        ("accept", "*/*"), ("content-type", "text/plain"),
    ]  # fmt: skip
    with httpx.Client() as client:
        request = httpx.Request("POST", pair.address + "/h?a=1", headers=given, content=b"body")
        answer = client.send(request)
    passed = [(n, v) for n, v in given if n != "authorization"]
    head = f"POST\r\n/r1/{pair.service}/h?a=1\r\n" + "".join(f"{n}:{v}\r\n" for n, v in passed)
    head += f"x-road-request-id:{answer.headers['x-road-request-id']}\r\n"
    first, second = hashlib.sha512(head.encode()).digest(), hashlib.sha512(b"body").digest()
    wanted = base64.b64encode(hashlib.sha512(first + second).digest()).decode()
    assert answer.headers["x-road-request-hash"] == wanted


def test_an_id_is_made_when_none_was_sent_and_accept_defaults_to_json(pair: Pair) -> None:
    with httpx.Client() as client:
        request = client.build_request(
            "GET", pair.address, headers={"X-Road-Client": pair.client, "Authorization": f"Bearer {pair.key}"}
        )
        del request.headers["accept"]
        answer = client.send(request)
    assert answer.headers["x-road-id"].startswith("VN-19-")
    assert ECHO.heard[-1].header("accept") == "application/json"
    assert ECHO.heard[-1].path == ""


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"])
def test_every_method_passes(pair: Pair, method: str) -> None:
    answer = pair.call(method, "/any", content=b"x" if method in ("POST", "PUT", "PATCH") else None)
    assert answer.status_code == 200, answer.text
    assert ECHO.heard[-1].method == method


def test_what_the_provider_answers_goes_back_as_it_is(pair: Pair) -> None:
    refused = pair.call("PUT", "/refuses")
    assert (refused.status_code, refused.json(), "x-road-error" in refused.headers) == (
        405,
        {"status": 405},
        False,
    )
    moved = pair.call("GET", "/moved")
    assert (moved.status_code, moved.headers["location"]) == (302, "https://elsewhere.example/")
    lies = pair.call("GET", "/lies")
    assert lies.headers["x-own"] == "1"
    assert lies.headers["x-road-id"] != "forged"
    assert "x-road-error" not in lies.headers
    assert "secret" not in lies.headers.get("server", "")


def test_bodies_of_any_size_pass_within_the_limit(pair: Pair) -> None:
    large = b"0123456789" * 400_000
    assert pair.call("POST", "/big", content=large).content == large
    assert len(pair.call("GET", "/says-much").content) == 3_000_000

    from tinh.axis import api as axis

    found = axis.service(pair.service)
    axis.Service.objects.filter(pk=found.pk).update(max_bytes=1000)
    refused = _eventually(pair, lambda: pair.call("POST", "/big", content=b"x" * 1001), 400)
    assert refused.headers["x-road-error"] == "Client.BadRequest"
    in_pieces = pair.call("POST", "/big", content=iter([b"x" * 600, b"x" * 600]))
    assert in_pieces.status_code == 400


def _eventually(pair: Pair, ask: object, status: int) -> httpx.Response:
    import time

    for _ in range(100):
        answer = ask()  # type: ignore[operator]  # a function
        if answer.status_code == status:
            return answer
        time.sleep(0.02)
    raise AssertionError(answer.text)


def test_faults_of_the_provider_are_told_apart_from_its_answers(pair: Pair) -> None:
    for path, type in (
        ("/gone", "Server.ServerProxy.NetworkError"),
        ("/breaks", "Server.ServerProxy.ServiceFailed"),
    ):
        answer = pair.call("GET", path)
        assert (answer.status_code, answer.headers["x-road-error"]) == (500, type)
        assert answer.headers["content-type"] == "application/json;charset=utf-8"
        said = answer.json()
        assert set(said) == {"type", "message", "detail"}
        assert said["type"] == type
        uuid.UUID(said["detail"])


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/r1/VN-19/GOV/so-tc", {}),
        ("/r2/VN-19/GOV/so-tc/NS/echo", {}),
        ("/r1/VN-19%2FGOV%2Fso-tc%2FNS%2Fecho", {}),
        ("/r1/VN-19/GOV//NS/echo", {}),
        ("/r1/VN-19/GOV/%00/NS/echo", {}),
        ("/r1/VN-19/GOV/%GG/NS/echo", {}),
        ("/r1/VN-19/GOV/%FF/NS/echo", {}),
        ("SERVICE/%2e%2e/up", {}),
        ("SERVICE", {"X-Road-Client": ""}),
        ("SERVICE", {"X-Road-Client": "VN-19/GOV"}),
        ("SERVICE", {"X-Road-Client": "VN-19/GOV/so-khcn/KQ/x"}),
        ("SERVICE", {"X-Road-Client": "VN-19/GOV/%0A/KQ"}),
        ("SERVICE", {"X-Road-Represented-Party": "a/b/c"}),
        ("SERVICE", {"X-Road-Security-Server": "VN-19/GOV/so-tc"}),
        ("SERVICE/" + "x" * 8100, {}),
    ],
)
def test_a_request_that_does_not_follow_the_protocol_is_a_bad_request(
    pair: Pair, path: str, headers: dict[str, str]
) -> None:
    where = pair.site.address + path.replace("SERVICE", f"/r1/{pair.service}")
    given = {"X-Road-Client": pair.client, "Authorization": f"Bearer {pair.key}", **headers}
    answer = httpx.get(where, headers={k: v for k, v in given.items() if v})
    if path.startswith("/r2"):
        assert answer.status_code == 404
        return
    assert (answer.status_code, answer.headers["x-road-error"]) == (400, "Client.BadRequest"), answer.text
    assert "X-Road Message Protocol for REST" in answer.json()["message"]


def test_a_fault_is_said_in_xml_and_in_vietnamese_to_whoever_asks_so(pair: Pair) -> None:
    answer = pair.call("GET", "/gone", headers={"Accept": "text/xml, application/json;q=0.5"})
    assert answer.headers["content-type"] == "text/xml;charset=utf-8"
    assert "<error><type>Server.ServerProxy.NetworkError</type><message>" in answer.text
    answer = pair.call("GET", "/gone", headers={"Accept-Language": "vi"})
    assert "không trả lời" in answer.json()["message"]


def test_identifiers_are_percent_encoded_part_by_part(pair: Pair) -> None:
    from urllib.parse import quote

    encoded = "/".join("".join(f"%{ord(c):02X}" for c in part) for part in pair.service.split("/"))
    answer = httpx.get(
        f"{pair.site.address}/r1/{encoded}/x",
        headers={"X-Road-Client": quote(pair.client, safe="/"), "X-Tinh-Key": pair.key},
    )
    assert (answer.status_code, answer.headers["x-road-service"]) == (200, pair.service)


def test_metaservices_list_what_is_offered_and_what_may_be_called(pair: Pair) -> None:
    base = f"{pair.site.address}/r1/{pair.provider}"
    mine = {"X-Road-Client": pair.client, "Authorization": f"Bearer {pair.key}"}
    other = {"X-Road-Client": pair.third, "Authorization": f"Bearer {pair.third_key}"}
    listed = httpx.get(f"{base}/listMethods", headers=other)
    assert listed.headers["content-type"].startswith("application/json")
    _, klass, member, subsystem = pair.provider.split("/")
    assert listed.json() == {
        "service": [
            {
                "member_class": klass, "member_code": member, "object_type": "SERVICE",
                "service_code": "echo",
                "service_type": "OPENAPI", "subsystem_code": subsystem, "xroad_instance": "VN-19",
                "endpoint_list": [{"method": "GET", "path": "/a"}, {"method": "POST", "path": "/a/*"}],
            }
        ]
    }  # fmt: skip
    assert httpx.get(f"{base}/allowedMethods", headers=other).json() == {"service": []}
    assert httpx.get(f"{base}/allowedMethods", headers=mine).json() == listed.json()
    described = httpx.get(f"{base}/getOpenAPI?serviceCode=echo", headers=mine)
    assert described.json()["openapi"] == "3.0.3"
    assert httpx.get(f"{base}/getOpenAPI", headers=mine).status_code == 400
    unknown = httpx.get(f"{base}/getOpenAPI?serviceCode=nothing", headers=mine)
    assert unknown.headers["x-road-error"] == "Server.ServerProxy.UnknownService"


def test_the_list_of_clients_is_xml_unless_json_is_asked_for(pair: Pair) -> None:
    where, key = f"{pair.site.address}/listClients", {"X-Tinh-Key": pair.key}
    assert httpx.get(where).status_code == 500
    as_json = httpx.get(where, headers={**key, "Accept": "application/json"}).json()["member"]
    ids = [each["id"] for each in as_json]
    member = {"member_class": "GOV", "member_code": "so-tc", "object_type": "MEMBER"}
    assert {**member, "xroad_instance": "VN-19"} in ids
    assert any(each.get("subsystem_code") == pair.client.rpartition("/")[2] for each in ids)
    as_xml = httpx.get(where, headers=key)
    assert as_xml.headers["content-type"].startswith("text/xml")
    assert "<ns2:clientList" in as_xml.text
    elsewhere = httpx.get(where + "?xRoadInstance=AA", headers={**key, "Accept": "application/json"})
    assert elsewhere.json() == {"member": []}
