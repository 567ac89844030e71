"""Sources on the web, pulled from real servers on loopback."""

from __future__ import annotations

import gzip
import json
import time
import zlib
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flow_feeds import feeds_over, with_feed  # type: ignore[import-not-found]
from flow_province import COMMUNES, stored  # type: ignore[import-not-found]
from tests.harness.source import Asked, Said, Source, source

from tinh.flow.api import Corridor, Home
from tinh.kit.clock import HeldClock
from tinh.packs.api import Cursor, HttpWay, Paging

CSV = b"commune,month,stations,shared\n" + b"".join(f"{c},2026-02,120,9\n".encode() for c in COMMUNES)
ROWS = [{"commune": c, "month": f"2026-{m:02}", "stations": 100 + m} for m in (1, 2, 3) for c in COMMUNES]


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Source]:
    monkeypatch.setenv("TINH_PRIVATE_HOSTS", "127.0.0.1, nguon.example.vn")
    with source() as found:
        yield found


@pytest.fixture
def pulling(server: Source, home: Home, clock: HeldClock) -> Any:
    """Feeds with one over `server`; keywords are the way's, `path` what follows the host."""

    def made(
        path: str = "/bc.csv", *, resolve: Any = None, feed: dict[str, Any] | None = None, **way: Any
    ) -> Any:
        url = way.pop("url", server.address + path)
        fields = {"format": "csv", "allow_private": True, "connect": 2.0, "read": 2.0, "total": 5.0, **way}
        extra = {"resolve": resolve} if resolve else {}
        return feeds_over(with_feed(HttpWay(url=url, **fields), **(feed or {})), home, clock, **extra)

    return made


def corridor_of(home: Home, clock: HeldClock) -> Corridor:
    from flow_province import catalogue

    return Corridor(catalogue(), home, clock)


def code(one: Any) -> str:
    return (one.error or {}).get("code", "")


def test_a_table_is_pulled_once_and_the_same_bytes_make_no_second_receipt(
    server, pulling, home, clock
) -> None:
    server.answer = lambda _: Said(CSV)
    feeds = pulling()
    first, again = feeds.pull("thu"), feeds.pull("thu")
    assert (first.outcome, again.outcome) == ("new", "repeated")
    assert first.receipts == again.receipts and first.bytes == len(CSV)
    corridor = corridor_of(home, clock)
    receipt = corridor.lake.receipt(first.receipts[0])
    assert (receipt.channel, receipt.sender, receipt.filename) == ("pull", "so-khcn", "bc.csv")
    assert len(stored(corridor, "stations")) == len(COMMUNES)
    assert list((home.root / "feeds" / "spool").iterdir()) == []


def test_an_unchanged_source_says_so_and_nothing_is_fetched(server, pulling) -> None:
    def answer(asked: Asked) -> Said:
        if asked.headers.get("if-none-match") == '"7"':
            assert asked.headers["if-modified-since"] == "Mon, 09 Mar 2026 00:00:00 GMT"
            return Said(status=304)
        return Said(CSV, headers={"ETag": '"7"', "Last-Modified": "Mon, 09 Mar 2026 00:00:00 GMT"})

    server.answer = answer
    feeds = pulling()
    assert [feeds.pull("thu").outcome for _ in range(4)] == ["new", "nothing", "nothing", "nothing"]
    history = feeds.history(feeds.one("thu"))
    assert [(t.outcome, t.count) for t in history] == [("nothing", 3), ("new", 1)]
    assert feeds.health("stations").condition == "ok"


def book() -> bytes:
    import io

    import openpyxl

    made = openpyxl.Workbook()
    made.active.append(["commune", "month", "stations", "shared"])
    for commune in COMMUNES:
        made.active.append([commune, "2026-02", 120, 9])
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("form", "body"),
    [
        ("xlsx", book()),
        ("csv", gzip.compress(CSV)),
        ("csv", CSV.replace(b",", b";").decode().encode("utf-16")),
        ("json", json.dumps(ROWS[:3]).encode()),
        ("ndjson", b"\n".join(json.dumps(row).encode() for row in ROWS[:3])),
    ],
    ids=["xlsx", "csv.gz", "utf-16", "json", "ndjson"],
)
def test_every_declared_format_reaches_the_lake(form, body, server, pulling, home, clock) -> None:
    server.answer = lambda _: Said(body, kind="application/octet-stream")
    done = pulling("/tai-ve?id=7", format=form).pull("thu")
    assert (done.outcome, done.bytes) == ("new", len(body)), done.error
    corridor = corridor_of(home, clock)
    assert len(stored(corridor, "stations")) == 3
    assert corridor.lake.receipt(done.receipts[0]).filename == f"thu.{form}"


@pytest.mark.parametrize(("form", "body"), [("json", b" [] "), ("ndjson", b""), ("csv", CSV.splitlines()[0])])
def test_an_answer_without_records_is_no_news_and_no_receipt(form, body, server, pulling) -> None:
    server.answer = lambda _: Said(body)
    way = {} if form == "json" else {"cursor": Cursor(field="month")}
    done = pulling("/x" if form == "json" else "/x?tu={cursor}", format=form, **way).pull("thu")
    assert (done.outcome, done.receipts, done.error) == ("nothing", (), None)


def pages_by_number(asked: Asked) -> Said:
    at, size = int(asked.query["trang"]) - 1, int(asked.query["so"])
    return Said(json.dumps({"data": ROWS[at * size : (at + 1) * size]}).encode(), kind="application/json")


def pages_by_offset(asked: Asked) -> Said:
    at = int(asked.query["tu"])
    return Said(json.dumps({"data": ROWS[at : at + 4]}).encode(), kind="application/json")


def pages_by_next(asked: Asked) -> Said:
    at = int(asked.query.get("at", "0"))
    more = f"/ds?at={at + 4}" if at + 4 < len(ROWS) else None
    return Said(
        json.dumps({"data": ROWS[at : at + 4], "links": {"next": more}}).encode(), kind="application/json"
    )


def pages_by_link(asked: Asked) -> Said:
    at = int(asked.query.get("at", "0"))
    link = f'</ds?at=0>; rel="first", </ds?at={at + 4}>; rel="next"' if at + 4 < len(ROWS) else ""
    return Said(
        json.dumps({"data": ROWS[at : at + 4]}).encode(), kind="application/json", headers={"Link": link}
    )


def pages_by_token(asked: Asked) -> Said:
    at = int(asked.query.get("sau", "0"))
    more = at + 4 if at + 4 < len(ROWS) else None
    return Said(
        json.dumps({"data": ROWS[at : at + 4], "meta": {"sau": more}}).encode(), kind="application/json"
    )


@pytest.mark.parametrize(
    ("answer", "paging"),
    [
        (pages_by_number, Paging(style="page", param="trang", size=4, size_param="so")),
        (pages_by_offset, Paging(style="offset", param="tu", size=4)),
        (pages_by_next, Paging(style="next", path="links.next")),
        (pages_by_link, Paging(style="link")),
        (pages_by_token, Paging(style="cursor", path="meta.sau", param="sau")),
    ],
    ids=["page", "offset", "next", "link", "cursor"],
)
def test_pages_become_one_delivery_judged_as_a_whole(answer, paging, server, pulling, home, clock) -> None:
    server.answer = answer
    feeds = pulling("/ds", format="json", records="data", paging=paging)
    done = feeds.pull("thu")
    assert (done.outcome, done.records, len(done.receipts)) == ("new", len(ROWS), 1), done.error
    assert len(server.asked) == 3
    rows = stored(corridor_of(home, clock), "stations")
    assert sorted(rows.get_column("stations").to_list()) == sorted(r["stations"] for r in ROWS)


@pytest.mark.parametrize(
    ("answer", "paging"),
    [
        (lambda a: Said(json.dumps({"data": ROWS, "n": "/ds"}).encode()), Paging(style="next", path="n")),
        (lambda a: Said(json.dumps({"data": ROWS}).encode()), Paging(style="page", param="p")),
        (lambda a: Said(json.dumps({"data": [{**ROWS[0], "stations": int(a.query["p"])}]}).encode()),
         Paging(style="page", param="p", most=5)),
    ],
    ids=["circle", "same page", "no end"],
)  # fmt: skip
def test_pages_that_never_end_are_given_up_and_nothing_is_taken(answer, paging, server, pulling) -> None:
    server.answer = answer
    done = pulling("/ds", format="json", records="data", paging=paging).pull("thu")
    assert (done.outcome, code(done), done.receipts) == ("failed", "SRC088", ())


def test_only_what_is_new_is_asked_for_once_a_cursor_is_known(server, pulling) -> None:
    stamped = [{**row, "id": n} for n, row in enumerate(ROWS, 8)]  # 8, 9, 10: text would order them wrongly

    def answer(asked: Asked) -> Said:
        since = int(asked.query["sau"])
        return Said(json.dumps([r for r in stamped if r["id"] > since]).encode(), kind="application/json")

    server.answer = answer
    feeds = pulling("/ds?sau={cursor}", format="json", cursor=Cursor(field="id", start="0"))
    assert feeds.pull("thu").records == len(ROWS)
    assert feeds.of(feeds.one("thu")).cursor == str(8 + len(ROWS) - 1)
    assert feeds.pull("thu").outcome == "nothing"
    stamped.append({**ROWS[0], "id": 99, "stations": 7})
    assert feeds.pull("thu").records == 1
    feeds.reset("thu")
    assert feeds.pull("thu").records == len(ROWS) + 1


def test_a_refused_delivery_leaves_the_cursor_so_that_nothing_is_lost(server, pulling) -> None:
    server.answer = lambda _: Said(b'[{"khac": "x", "id": 5}]', kind="application/json")
    feeds = pulling("/ds?sau={cursor}", format="json", cursor=Cursor(field="id"))
    done = feeds.pull("thu")
    assert (done.outcome, code(done), len(done.receipts)) == ("refused", "SRC089", 1)
    assert feeds.of(feeds.one("thu")).cursor == ""


def test_a_csv_cursor_is_the_greatest_day_however_days_are_written(server, pulling) -> None:
    body = "commune,month,stations,shared,sửa\n05443,2026-02,1,1,31/01/2026\n05455,2026-02,1,1,02/02/2026\n"
    server.answer = lambda _: Said(body.encode())
    feeds = pulling("/ds?tu={cursor}", cursor=Cursor(field="sửa", start="01/01/2026"))
    assert feeds.pull("thu").cursor == "02/02/2026"
    feeds.pull("thu")
    assert [a.query["tu"] for a in server.asked] == ["01/01/2026", "02/02/2026"]


def test_the_address_carries_the_period_the_day_and_secrets_that_show_nowhere(
    server, pulling, home, monkeypatch
) -> None:
    monkeypatch.setenv("TINH_SECRET_MA", "rất-kín-123")
    home.root.mkdir(parents=True, exist_ok=True)
    (home.root / "secrets").write_text("# của nguồn\nKHOA = k 9&=\n", "utf-8")
    server.answer = lambda _: Said(CSV)
    feeds = pulling(
        "/{period:%Y/%m}/{date:%d-%m-%Y}.csv?k={secret.KHOA}&p={period}",
        headers={"Authorization": "Bearer {secret.MA}"}, user="",
    )  # fmt: skip
    feeds.pull("thu")
    asked = server.asked[0]
    assert (asked.path, asked.query["p"], asked.query["k"]) == ("/2026/02/10-03-2026.csv", "2026-02", "k 9&=")
    assert asked.headers["authorization"].encode("latin-1").decode() == "Bearer rất-kín-123"
    kept = "".join(p.read_text("utf-8", "replace") for p in (home.root / "feeds").rglob("*") if p.is_file())
    assert "rất-kín" not in kept and "k 9" not in kept and "k%209" not in kept


def test_a_missing_secret_names_itself_and_asks_nobody(server, pulling) -> None:
    done = pulling("/x?k={secret.VANG}").pull("thu")
    assert code(done) == "SRC068" and "VANG" in done.error["detail"]["vi"] and not server.asked


def test_secrets_do_not_follow_a_redirect_to_another_host(server, pulling, monkeypatch) -> None:
    monkeypatch.setenv("TINH_SECRET_MA", "kin")
    with source() as other:
        other.answer = lambda _: Said(CSV)
        server.answer = lambda _: Said(status=302, headers={"Location": f"{other.address}/b.csv"})
        feeds = pulling(headers={"X-Api-Key": "{secret.MA}"})
        assert feeds.pull("thu").outcome == "new"
        assert "x-api-key" in server.asked[0].headers and "x-api-key" not in other.asked[0].headers


@pytest.mark.parametrize(
    ("to", "expected"),
    [
        ("http://10.0.0.8/x", "SRC073"),
        ("http://169.254.169.254/latest/meta-data", "SRC073"),
        ("http://[::ffff:10.0.0.8]/x", "SRC073"),
        ("http://0x0a000008/x", "SRC073"),
        ("http://167772168/x", "SRC073"),
        ("http://012.0.0.010/x", "SRC075"),
        ("http://khac.example.vn/x", "SRC074"),
        ("file:///etc/passwd", "SRC075"),
        ("gopher://127.0.0.1/", "SRC075"),
        ("", "SRC076"),
        ("/bc.csv", "SRC076"),
    ],
)
def test_a_redirect_to_where_it_may_not_lead_is_not_followed(to, expected, server, pulling) -> None:
    server.answer = lambda _: Said(status=302, headers={"Location": to} if to else {})
    hosts = (
        "10.0.0.8",
        "169.254.169.254",
        "::ffff:10.0.0.8",
        "::ffff:a00:8",
        "0x0a000008",
        "167772168",
        "012.0.0.010",
    )
    done = pulling(hosts=hosts).pull("thu")
    assert (done.outcome, code(done)) == ("failed", expected), done.error


def test_a_private_address_needs_both_the_declaration_and_the_machines_owner(
    server, pulling, monkeypatch
) -> None:
    server.answer = lambda _: Said(CSV)
    assert code(pulling(allow_private=False).pull("thu")) == "SRC073"
    monkeypatch.setenv("TINH_PRIVATE_HOSTS", "khac.example.vn")
    assert code(pulling().pull("thu")) == "SRC073"
    assert not server.asked


def test_a_name_that_changes_its_address_between_check_and_connection_gains_nothing(server, pulling) -> None:
    """DNS rebinding: the first answer is harmless, every later one is inside the network."""
    answers = iter([["127.0.0.1"], ["10.0.0.8"], ["10.0.0.8"]])
    calls: list[str] = []

    def resolve(host: str, port: int) -> list[str]:
        calls.append(host)
        return next(answers)

    def answer(asked: Asked) -> Said:
        if asked.path == "/bc.csv":
            return Said(status=302, headers={"Location": "/2.csv", "Connection": "close"})
        return Said(CSV)

    server.answer = answer
    feeds = pulling(url=f"http://nguon.example.vn:{server.port}/bc.csv", resolve=resolve)
    assert feeds.pull("thu").outcome == "new"
    assert calls == ["nguon.example.vn"]
    assert server.asked[-1].headers["host"] == f"nguon.example.vn:{server.port}"


@pytest.mark.parametrize(
    "found", [["127.0.0.1"], ["93.184.216.34", "10.0.0.1"], ["fd00::1"], ["2002:7f00:1::"]]
)
def test_a_public_name_that_leads_inside_is_refused(found, server, pulling) -> None:
    feeds = pulling(
        url=f"http://ngoai.example.vn:{server.port}/bc.csv", resolve=lambda h, p: found, allow_private=False
    )
    assert code(feeds.pull("thu")) == "SRC073"
    assert not server.asked


def bomb(size: int) -> bytes:
    machine = zlib.compressobj(9, zlib.DEFLATED, 31)
    return b"".join(machine.compress(bytes(1 << 20)) for _ in range(size)) + machine.flush()


def test_a_compressed_answer_is_opened_and_a_bomb_is_not(server, pulling) -> None:
    server.answer = lambda _: Said(gzip.compress(CSV), headers={"Content-Encoding": "gzip"})
    feeds = pulling()
    assert feeds.pull("thu").bytes == len(CSV)
    packed = bomb(200)
    server.answer = lambda _: Said(packed, headers={"Content-Encoding": "gzip"})
    done = feeds.pull("thu")
    assert code(done) in ("SRC082", "SRC081") and done.bytes == 0
    server.answer = lambda _: Said(zlib.compress(CSV)[2:-4], headers={"Content-Encoding": "deflate"})
    assert feeds.pull("thu").outcome == "repeated"
    server.answer = lambda _: Said(gzip.compress(CSV)[:-9], headers={"Content-Encoding": "gzip"})
    assert code(feeds.pull("thu")) == "SRC078"


def test_an_answer_beyond_the_limit_is_cut_off_while_it_streams(server, pulling) -> None:
    sent = []

    def flood(out: Any) -> None:
        out.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/csv\r\n\r\n")
        for _ in range(64):
            out.write(b"x" * (1 << 20))
            sent.append(1)

    server.answer = lambda _: Said(raw=flood)
    assert code(pulling(largest=2).pull("thu")) == "SRC081"
    assert len(sent) < 32


@pytest.mark.parametrize("phase", ["headers", "body"])
def test_a_server_that_drips_is_left_when_the_pulls_time_is_up(phase, server, pulling) -> None:
    def drip(out: Any) -> None:
        start = b"HTTP/1.1 200 OK\r\nContent-Type: text/csv\r\nContent-Length: 900\r\n"
        out.write(start if phase == "headers" else start + b"\r\n")
        for n in range(600):
            out.write(f"X-{n}: 1\r\n".encode() if phase == "headers" else b"a")
            out.flush()
            time.sleep(0.1)

    server.answer = lambda _: Said(raw=drip)
    begin = time.monotonic()
    done = pulling(total=0.7).pull("thu")
    assert code(done) == "SRC080" and done.error["retry"]
    assert time.monotonic() - begin < 30  # it would drip for a minute


def test_a_connection_cut_in_the_middle_takes_nothing(server, pulling, home, clock) -> None:
    server.answer = lambda _: Said(
        raw=lambda out: out.write(b"HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n" + CSV)
    )
    done = pulling().pull("thu")
    assert code(done) == "SRC078" and done.error["retry"]
    assert corridor_of(home, clock).lake.ledger().is_empty()


@pytest.mark.parametrize(
    ("said", "expected", "words"),
    [
        (Said("<!DOCTYPE html><title>Đăng nhập</title>".encode(), kind="text/html"), "SRC086", "Đăng nhập"),
        (Said(b"\xef\xbb\xbf  <HTML><body>Loi 500", kind="text/csv"), "SRC086", "HTML"),
        (Said(b'{"error": "het han"}', kind="application/json"), "SRC087", "het han"),
        (Said(b"<?xml version='1.0'?><a/>"), "SRC087", "XML"),
        (Said(b""), "SRC087", "rỗng"),
        (Said(b"%PDF-1.7"), "SRC087", "PDF"),
        (Said(status=401), "SRC084", "401"),
        (Said(status=404), "SRC085", "404"),
        (Said(status=503), "SRC083", "503"),
    ],
)
def test_what_is_not_data_is_told_in_a_plain_sentence(said, expected, words, server, pulling) -> None:
    server.answer = lambda _: said
    done = pulling().pull("thu")
    assert (done.outcome, code(done), done.receipts) == ("failed", expected, ())
    assert words in done.error["detail"]["vi"] and done.error["cure"]["vi"] and done.error["cure"]["en"]


@pytest.mark.parametrize(
    "body", [b"[" * 100_000, b'{"data": [1]}', b'{"data": {"a": 1}}', b'{"a": [], "b": []}', b"[{]"]
)
def test_json_that_is_not_records_is_refused(body, server, pulling) -> None:
    server.answer = lambda _: Said(body, kind="application/json")
    done = pulling("/x?c={cursor}", format="json", cursor=Cursor(field="a")).pull("thu")
    assert code(done) == "SRC087"


def test_numbers_pass_through_pages_as_they_were_written(server, pulling, home) -> None:
    body = (
        b'{"r": [{"commune": "05443", "month": "2026-02", "stations": 120, "shared": 1e400, "x": "\\ud800"}]}'
    )
    server.answer = lambda _: Said(body, kind="application/json")
    feeds = pulling("/x", format="json", records="r")
    feeds.pull("thu")
    raw = next(p for p in home.raw.rglob("*") if p.is_file() and len(p.name) == 64)
    assert b'"shared":1e400' in raw.read_bytes() and b'"\\ud800"' in raw.read_bytes()


def test_failures_back_off_further_each_time_and_one_success_forgets_them(server, pulling, clock) -> None:
    server.answer = lambda _: Said(status=500)
    feeds = pulling(feed={"backoff_first": 60.0, "backoff_most": 3600.0})
    began, pauses, conditions = clock.now(), [], []
    for _ in range(9):
        feeds.pull("thu")
        health = feeds.health("stations")
        pauses.append((health.next_due - clock.now()).total_seconds())
        conditions.append(health.condition)
        assert not feeds.due()
        clock.moment = health.next_due
        assert [f.id for f in feeds.due()] == ["thu"]
    for n, pause in enumerate(pauses):
        expected = min(3600, 60 * 2**n)
        assert 0.8 * expected <= pause <= 1.2 * expected, (n, pause)
    assert len(set(pauses)) > 3
    assert conditions[:3] == ["slow", "slow", "down"] and health.since == began
    server.answer = lambda _: Said(CSV)
    feeds.pull("thu")
    health = feeds.health("stations")
    assert (health.condition, health.failures, health.error) == ("ok", 0, None)
    assert health.next_due == clock.now() + timedelta(minutes=15)


def test_a_server_that_asks_to_be_left_alone_is_left_alone(server, pulling, clock) -> None:
    server.answer = lambda _: Said(status=429, headers={"Retry-After": "1800"})
    feeds = pulling()
    feeds.pull("thu")
    assert feeds.health("stations").next_due == clock.now() + timedelta(seconds=1800)


def test_what_the_clock_cannot_mend_waits_for_the_regular_time(server, pulling, clock) -> None:
    server.answer = lambda _: Said(status=403)
    feeds = pulling()
    feeds.pull("thu")
    assert feeds.health("stations").next_due == clock.now() + timedelta(minutes=15)


def test_a_paused_feed_is_neither_due_nor_pulled_until_it_is_resumed(server, pulling) -> None:
    from tinh.sources.api import FeedPaused

    server.answer = lambda _: Said(CSV)
    feeds = pulling()
    assert len(feeds.due()) == 1
    feeds.pause("thu", "Sở đang nâng cấp", "quan-tri")
    health = feeds.health("stations")
    assert (health.condition, health.paused, health.next_due, feeds.due()) == (
        "paused",
        "Sở đang nâng cấp",
        None,
        (),
    )
    with pytest.raises(FeedPaused):
        feeds.pull("thu")
    feeds.resume("thu")
    assert feeds.pull("thu").outcome == "new"


def test_a_dry_run_fetches_and_changes_nothing(server, pulling, home, clock) -> None:
    server.answer = lambda _: Said(CSV)
    feeds = pulling()
    done = feeds.pull("thu", dry=True)
    assert (done.outcome, done.bytes, done.receipts) == ("new", len(CSV), ())
    assert feeds.health("stations").condition == "new" and not feeds.history(feeds.one("thu"))
    assert corridor_of(home, clock).lake.ledger().is_empty()


def test_a_certificate_is_vouched_for_and_https_not_left_for_http(
    pulling, server, tmp_path: Path, monkeypatch
) -> None:
    import ssl
    import subprocess
    import threading
    from http.server import HTTPServer, SimpleHTTPRequestHandler

    key, cert = tmp_path / "k.pem", tmp_path / "c.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
         "-keyout", key, "-out", cert, "-days", "2", "-subj", "/CN=127.0.0.1",
         "-addext", "subjectAltName=IP:127.0.0.1", "-addext", "basicConstraints=critical,CA:TRUE"],
        check=True, capture_output=True,
    )  # fmt: skip

    class Handler(SimpleHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path == "/xuong":
                self.send_response(302)
                self.send_header("Location", server.address + "/b.csv")
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            self.send_response(200)
            self.send_header("Content-Length", str(len(CSV)))
            self.end_headers()
            self.wfile.write(CSV)

        def log_message(self, format: str, *args: Any) -> None: ...

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    https = HTTPServer(("127.0.0.1", 0), Handler)
    https.socket = context.wrap_socket(https.socket, server_side=True)
    threading.Thread(target=https.serve_forever, args=(0.02,), daemon=True).start()
    try:
        feeds = pulling(url=f"https://127.0.0.1:{https.server_address[1]}/b.csv")
        assert code(feeds.pull("thu")) == "SRC079"
        monkeypatch.setenv("TINH_FEED_CA", str(cert))
        assert feeds.pull("thu").outcome == "new"
        down = pulling(url=f"https://127.0.0.1:{https.server_address[1]}/xuong")
        assert code(down.pull("thu")) == "SRC075" and not server.asked
        monkeypatch.setenv("TINH_FEED_CA", str(tmp_path / "khong-co.pem"))
        assert code(feeds.pull("thu")) == "SRC079"
    finally:
        https.shutdown()
        https.server_close()


def test_the_history_is_bounded(server, pulling, home, clock) -> None:
    from tinh.sources.feeds.state import Ledger, State, Try

    def many(state: State) -> None:
        for n in range(230):
            at = clock.now() - timedelta(minutes=230 - n)
            state.note(Try(at=at, until=at, outcome="new", bytes=n))

    Ledger(home.root / "feeds").change("thu", many)
    server.answer = lambda _: Said(status=500)
    feeds = pulling()
    feeds.pull("thu")
    kept = feeds.history(feeds.one("thu"))
    assert [len(kept), kept[0].outcome, kept[1].bytes, kept[-1].bytes] == [200, "failed", 229, 31]
