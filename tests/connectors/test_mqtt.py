"""Topics of a real broker: nothing lost, nothing twice, and what cannot be read does not stop the rest."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from tests.connectors.conftest import PASSWORD, dossiers, feed_of
from tests.harness.brokers import Broker, broker
from tinh.packs.api import MqttWay, Tls
from tinh.sources.api import Stopped


@pytest.fixture(scope="module")
def station() -> Iterator[Broker]:
    with broker("allow_anonymous true", "max_inflight_messages 0") as found:
        yield found


def way(server: Broker, **more: Any) -> MqttWay:
    fields: dict[str, Any] = {
        "host": "127.0.0.1", "port": server.port, "topics": ("ho-so/+",), "allow_private": True,
        "tls": Tls(mode="off"), "batch_seconds": 0.5,
    }  # fmt: skip
    return MqttWay(**{**fields, **more})


def one(ma: str, **more: Any) -> str:
    return json.dumps({"ma": ma, "ten": f"Người {ma}", "phi": 1.5, **more}, ensure_ascii=False)


def until(found: Any, seconds: float = 20.0) -> Any:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if got := found():
            return got
        time.sleep(0.05)
    raise AssertionError("it did not come about")


def test_messages_that_waited_come_as_one_delivery_with_columns_of_the_topic(station, over) -> None:
    pulled = over(feed_of(mqtt=way(station, topics=("a/+/nhan",), parts={"ten": 2})))
    assert pulled.pull().outcome == "nothing", "joins; from now on the broker keeps what comes"
    station.send(
        ("a/T1/nhan", '{"ma": "H1", "phi": 12345678901234567890.12, "ten": "giả"}'),
        ("a/T2/nhan", '[{"ma": "H2"},\n {"ma": "H3"}]'),
        ("a/T3/nhan", '{"ma":"H4"}\n{"ma":"H5"}\n'),
        ("a/T4/nhan", ""),
    )
    done = pulled.pull()
    assert (done.outcome, done.records) == ("new", 5), done
    assert pulled.rows("ma", "ten") == [("H1", "T1"), ("H2", "T2"), ("H3", "T2"), ("H4", "T3"), ("H5", "T3")]
    assert '"_at":"a/T1/nhan"' in pulled.raw(done.receipts[0])
    assert pulled.pull().outcome == "nothing"


def test_what_cannot_be_read_is_kept_and_refused_and_the_rest_is_taken(station, over) -> None:
    pulled = over(feed_of(mqtt=way(station, topics=("b/#",), value="ten", parts={"ma": 2})))
    pulled.pull()
    deep = "[" * 5000
    station.send(("b/H1/x", "bật"), ("b/H2", b"\xff\xfe\x00hong"), ("b/H3", '{"ten": "An"}'),
                 ("b/H4", "[1,2]"), ("b/H5", deep))  # fmt: skip
    done = pulled.pull()
    assert pulled.rows("ma", "ten") == [("H1", "bật"), ("H3", "An")]
    assert (done.outcome, done.notes[0]["code"]) == ("refused", "SRC142"), done
    kept = pulled.corridor.lake.receipt(done.receipts[1])
    assert kept.verdict["accepted"] == 0
    raw = pulled.corridor.raw.path(kept.receipt.digest).read_bytes()
    assert raw.startswith(b"\xff\xfe\x00hong\n"), "as received"
    assert pulled.pull().outcome == "nothing", "it was acknowledged all the same"
    assert pulled.feeds.of(pulled.feeds.one("kho")).condition == "ok"


def test_a_shared_subscription_takes_only_its_share(station, over) -> None:
    import paho.mqtt.client as mqtt
    from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

    pulled = over(feed_of(mqtt=way(station, topics=("c/+",), share="nhom")))
    pulled.pull()
    other = mqtt.Client(CallbackAPIVersion.VERSION2, protocol=MQTTProtocolVersion.MQTTv5)
    came: list[bytes] = []
    other.on_message = lambda _c, _u, m: came.append(m.payload)
    granted = threading.Event()
    other.on_subscribe = lambda *_: granted.set()
    other.connect("127.0.0.1", station.port)
    other.subscribe("$share/nhom/c/+", 1)
    other.loop_start()
    assert granted.wait(20)
    done: list[Any] = []
    ours = threading.Thread(target=lambda: done.append(pulled.pull()))
    ours.start()
    until(lambda: pulled.state.link.get("connected"))  # said once the topics are granted
    station.send(*((f"c/{n}", one(f"H{n}")) for n in range(40)))
    ours.join(30)
    other.disconnect()
    other.loop_stop()
    mine = {row[0] for row in pulled.rows("ma")}
    theirs = {json.loads(payload)["ma"] for payload in came}
    assert mine and theirs and not mine & theirs and len(mine | theirs) == 40


def test_a_listening_source_takes_at_once_tells_its_health_and_reconnects(over, tmp_path: Path) -> None:
    with broker() as server:
        pulled = over(feed_of(mqtt=way(server)))
        stopping = threading.Event()

        def listen() -> None:
            with suppress(Stopped):
                pulled.feeds.pull("kho", stopping=stopping, listening=True)

        ear = threading.Thread(target=listen, daemon=True)
        ear.start()
        until(lambda: pulled.state.link.get("connected"))
        server.send(("ho-so/1", one("H1")))
        until(lambda: pulled.state.link.get("messages") == 1)
        server.stop()
        server.start()
        until(lambda: _sent(server, pulled))
        health = pulled.feeds.of(pulled.feeds.one("kho"))
        assert health.running and health.condition == "ok" and health.link["lag"] >= 0
        assert health.link["dropped"] == 0 and health.link["last"]
        stopping.set()
        ear.join(20)
        assert not ear.is_alive() and not pulled.state.link["connected"]


def _sent(server: Broker, pulled: Any) -> bool:
    """Whether it is heard by now; what was sent while nobody listened is sent again."""
    server.send(("ho-so/2", one("H2")))
    with suppress(AssertionError):
        return bool(until(lambda: ("H2",) in pulled.rows("ma"), 0.8))
    return False


KILLED = """
import os, sys
from pathlib import Path
sys.path.insert(0, os.getcwd())
from datetime import UTC, datetime
from tests.connectors.conftest import Pulled, dossiers, feed_of, province
from tinh.flow.api import Home
from tinh.kit.clock import HeldClock
from tinh.packs.api import MqttWay
from tinh.sources.mqtt import batch, kind, line

where = sys.argv[1]
gone = lambda *a: os._exit(9)
if where == "came":
    batch.Batches.put = gone
elif where == "kept":
    line.Line.acknowledge = gone
elif where == "told":
    batch.Batches.close = gone
elif where == "closed":
    batch.Batches.take = gone
elif where == "taken":
    batch.Batches.done = gone
way = MqttWay.model_validate_json(sys.argv[2])
made = province(feed_of(mqtt=way), dossiers(key=(), rules=(), kind="stream"))
print(Pulled(made, Home(Path(sys.argv[3])), HeldClock(datetime(2026, 3, 10, 3, tzinfo=UTC))).pull())
"""


@pytest.mark.parametrize("where", ["came", "kept", "told", "closed", "taken"])
def test_a_kill_at_any_step_loses_nothing_and_doubles_nothing(station, over, home, where: str) -> None:
    """Rows without a key: a message taken twice would stand twice."""
    found = way(station, topics=(f"{where}/+",), batch_messages=7)
    pulled = over(feed_of(mqtt=found), dossiers(key=(), rules=(), kind="stream"))
    pulled.pull()
    station.send(*((f"{where}/{n}", one(f"H{n:02}")) for n in range(20)))
    died = subprocess.run(
        [sys.executable, "-c", KILLED, where, found.model_dump_json(), str(home.root)],
        env={**os.environ, "PYTHONPATH": "src"}, capture_output=True, timeout=60, check=False,
    )  # fmt: skip
    assert died.returncode == 9, died.stderr[-2000:]
    over_again = over(feed_of(mqtt=found), dossiers(key=(), rules=(), kind="stream"))
    done = over_again.pull()
    assert done.error is None, done.error
    assert [row[0] for row in over_again.rows("ma")] == [f"H{n:02}" for n in range(20)]
    station.send((f"{where}/3", one("H03")))
    over_again.pull()
    assert len(over_again.rows("ma")) == 21, "a message sent anew with the same content is another one"


def test_a_flood_stays_at_the_broker(station, over) -> None:
    """Never more unacknowledged messages in memory than one batch."""
    from tinh.sources.mqtt import line as lines

    most = 0
    gather = lines.Line.gather

    def watched(self: Any, *a: Any) -> Any:
        nonlocal most
        time.sleep(0.05)
        most = max(most, len(self._queue))
        return gather(self, *a)

    pulled = over(feed_of(mqtt=way(station, topics=("lu/+",), batch_messages=200)))
    pulled.pull()
    station.send(*((f"lu/{n % 9}", one(f"H{n:05}")) for n in range(3000)))
    lines.Line.gather = watched  # type: ignore[method-assign]
    try:
        done = pulled.pull()
    finally:
        lines.Line.gather = gather  # type: ignore[method-assign]
    assert done.records == 3000 and len(pulled.rows("ma")) == 3000
    assert 0 < most <= 200


def test_sign_in_topics_and_tls_are_checked_step_by_step(over, tmp_path: Path, certificate) -> None:
    crt, key = certificate
    listener = ("allow_anonymous false", "password_file {folder}/mk", "acl_file {folder}/acl",
                f"certfile {crt}", f"keyfile {key}")  # fmt: skip
    folder = tmp_path / "moi-gioi"
    folder.mkdir()
    (folder / "acl").write_text("user doc\ntopic read ho-so/#\ntopic write ho-so/#\n")
    (folder / "mk").write_text("doc:mat-khau-mqtt\n")
    subprocess.run(["mosquitto_passwd", "-U", str(folder / "mk")], check=True, capture_output=True)
    for name in ("acl", "mk"):
        (folder / name).chmod(0o600)
    server = Broker(folder, listener)
    server.start()
    try:
        safe = {"tls": Tls(mode="verify", authority=crt.read_text()), "user": "doc", "password": PASSWORD,
                "host": "localhost"}  # fmt: skip
        pulled = over(feed_of(mqtt=way(server, **safe)), password="mat-khau-mqtt")
        assert [s.ok for s in pulled.feeds.check("kho")] == [True] * 5, pulled.feeds.check("kho")[-1]
        unverified = way(server, **{**safe, "tls": Tls(mode="verify")})
        assert code(over(feed_of(mqtt=unverified)).pull()) == "SRC079"
        denied = over(feed_of(mqtt=way(server, **safe, topics=("khac/#",)))).feeds.check("kho")
        assert denied[-1].ok or denied[-1].error["code"] == "SRC141"
        wrong = over(feed_of(mqtt=way(server, **safe)), password="sai-mat-khau-nhe").pull()
        assert code(wrong) == "SRC105" and "sai-mat-khau" not in str(wrong)
    finally:
        server.stop(signal.SIGTERM)
    assert code(pulled.pull()) == "SRC078"


def code(found: Any) -> str:
    return str((found.error or {}).get("code", ""))


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate of its own for localhost."""
    folder = tmp_path_factory.mktemp("chung-thu")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
         "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
         "-keyout", "k.pem", "-out", "c.pem"], cwd=folder, check=True, capture_output=True,
    )  # fmt: skip
    return folder / "c.pem", folder / "k.pem"
