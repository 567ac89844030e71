"""A real MQTT broker on loopback, in a temporary folder, stopped afterwards."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import paho.mqtt.client as mqtt
import pytest
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from tests.harness.databases import free_port


class Broker:
    """Mosquitto over a folder; its sessions and waiting messages outlive a stop."""

    def __init__(self, folder: Path, more: Sequence[str] = ()) -> None:
        self.folder, self.port, self.host = folder, free_port(), "127.0.0.1"
        self.more = [line.replace("{folder}", str(folder)) for line in more]
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        program = shutil.which("mosquitto") or "/usr/sbin/mosquitto"
        if not Path(program).exists():
            pytest.skip("mosquitto is not installed")
        lines = [
            f"listener {self.port} 127.0.0.1",
            "persistence true",
            f"persistence_location {self.folder}/",
            "max_queued_messages 100000",
            *(self.more or ["allow_anonymous true"]),
        ]
        if os.geteuid() == 0:
            lines.append("user root")
        config = self.folder / "mosquitto.conf"
        config.write_text("\n".join(lines) + "\n")
        with (self.folder / "log").open("wb") as log:
            self._process = subprocess.Popen(
                [program, "-c", str(config)], stdout=log, stderr=subprocess.STDOUT
            )
        end = time.monotonic() + 20
        while time.monotonic() < end and self._process.poll() is None:
            with contextlib.suppress(OSError), socket.create_connection((self.host, self.port), 1):
                return
            time.sleep(0.03)
        raise RuntimeError((self.folder / "log").read_text())

    def stop(self, how: int = signal.SIGTERM) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.send_signal(how)
            process.wait(20)

    def send(self, *messages: tuple[str, Any], qos: int = 1, retain: bool = False, **sign_in: str) -> None:
        """Publish and wait until the broker has them."""
        client = mqtt.Client(CallbackAPIVersion.VERSION2, protocol=MQTTProtocolVersion.MQTTv5)
        if sign_in:
            client.username_pw_set(sign_in["user"], sign_in["password"])
        client.max_inflight_messages_set(1000)
        client.max_queued_messages_set(0)
        client.connect(self.host, self.port)
        client.loop_start()
        found = [client.publish(topic, payload, qos, retain) for topic, payload in messages]
        for one in found:
            one.wait_for_publish(20)
        client.disconnect()
        client.loop_stop()


@contextlib.contextmanager
def broker(*more: str) -> Iterator[Broker]:
    with tempfile.TemporaryDirectory(prefix="tinh-mqtt-") as folder:
        found = Broker(Path(folder), more)
        found.start()
        try:
            yield found
        finally:
            found.stop()
