"""A province in operation: its own folder, its own data, and the server a newcomer starts."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx

from tests.harness.commands import command
from tests.harness.ready import made_ready, once
from tinh.flow.api import Corridor, fill, home_for
from tinh.insight.api import Stamp, foresee
from tinh.jobs.api import unusual
from tinh.kit.clock import HeldClock
from tinh.packs.api import compile as compile_province

ROOT = Path(__file__).parents[2]
NOW = "2026-11-16T09:00:00+07:00"
COPY = "vien-thong-thu"  # the telecom sector under another name
AIR = "timestamp,city,aqi,weather_icon,wind_speed,humidity,temperature,pm25,pm10,o3,no2,so2,co"


@dataclass
class Operation:
    """A province folder, its home, and (once started) the server's address and sign-ins."""

    province: Path
    home: Path
    address: str = ""
    now: str = NOW
    passwords: dict[str, tuple[str, str]] = field(default_factory=dict)
    sessions: dict[str, list[Any]] = field(default_factory=dict)
    _process: subprocess.Popen[str] | None = None
    _said: list[str] = field(default_factory=list)

    @property
    def env(self) -> dict[str, str]:
        return {
            **os.environ, "TINH_HOME": str(self.home), "TINH_PROVINCE": str(self.province),
            "TINH_NOW": self.now, "PYTHONPATH": str(ROOT / "src"), "TINH_LOG": "error",
            "TINH_OUTLOOKS": "off",
        }  # fmt: skip

    def cli(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Another process on the same home, as an operator at a terminal would start it."""
        said = command(words, {k: v for k, v in self.env.items() if k.startswith("TINH_")})
        return subprocess.CompletedProcess(words, said.code, said.out, said.err)

    def start(self) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tinh.cli", "up", "--port", str(port)],
            env=self.env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        threading.Thread(target=self._listen, daemon=True).start()
        self.address = f"http://127.0.0.1:{port}"
        deadline = time.monotonic() + 90
        while True:
            try:
                if httpx.get(f"{self.address}/sign-in", timeout=5).status_code == 200:
                    break
            except httpx.TransportError:
                pass
            assert self._process.poll() is None and time.monotonic() < deadline, "".join(self._said)
            time.sleep(0.1)
        for line in next(self.home.glob("*/sign-ins.txt")).read_text(encoding="utf-8").splitlines():
            one = json.loads(line)
            signs_in = (one["username"], one["password"])
            self.passwords.setdefault(one["role"], signs_in)
            self.passwords[one["agency"]] = signs_in

    def _listen(self) -> None:
        assert self._process is not None and self._process.stdout is not None
        self._said.extend(self._process.stdout)

    def halt(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(30)

    def stop(self) -> None:
        self.halt()
        shutil.rmtree(self.home, ignore_errors=True)


def found(folder: Path, *, with_copy: bool, ready: bool = True) -> Operation:
    """The demo province in a folder of its own; with a sector copied under another name if asked.

    Its tables are there already if `ready`; else its first start makes them.
    """
    province = folder / "provinces" / "thai-nguyen"
    shutil.copytree(ROOT / "provinces" / "thai-nguyen", province)
    if with_copy:
        copy = folder / "packs" / COPY
        shutil.copytree(ROOT / "packs" / "telecom", copy)
        for file, old, new in (
            (copy / "pack.yaml", "id: telecom\n", f"id: {COPY}\n"),
            (copy / "locale" / "vi.yaml", "name: Viễn thông\n", "name: Viễn thông thử\n"),
            (copy / "locale" / "en.yaml", "name: Telecom", "name: Trial telecom"),
            (province / "province.yaml", "digital-economy,", f"digital-economy, {COPY},"),
        ):
            text = file.read_text(encoding="utf-8")
            assert old in text, f"{file} has changed: {old!r} is not in it"
            file.write_text(text.replace(old, new, 1), encoding="utf-8")
    # A short folder: the database's socket must fit the system's limit.
    home = Path(tempfile.mkdtemp(prefix="tinh-journey-"))
    if ready:
        made_ready(home / "thai-nguyen")
    return Operation(province, home)


def furnished(folder: Path) -> Operation:
    """The demo province with a copied sector, simulated reports of two sectors and two indexes, and a month
    of air readings with a hole. They are taken in once a run; every lane walks over a copy."""

    def make(model: Path) -> None:
        model.mkdir()
        made_ready(model / "thai-nguyen")
        _furnish(Operation(operation.province, model))

    operation = found(folder, with_copy=True, ready=False)
    model = once("furnished", make) / "thai-nguyen"
    subprocess.run(["cp", "-a", str(model), str(operation.home)], check=True)
    return operation


def _furnish(operation: Operation) -> None:
    os.environ["TINH_HOME"], before = str(operation.home), os.environ.get("TINH_HOME")
    try:
        catalogue = compile_province(operation.province)
        played = tuple(s for s in catalogue.simulations if s.pack in {"telecom", "digital-economy"})
        played += tuple(
            s.model_copy(update={"settings": {**s.settings, "start": last}})
            for s in catalogue.simulations
            if (last := {"index-766": "2026-09", "dti-2022": "2025"}.get(s.pack))
        )
        clock = HeldClock(_moment())
        corridor = Corridor(catalogue.model_copy(update={"simulations": played}), home_for(catalogue), clock)
        fill(corridor)
        file = operation.home / "thai-nguyen_2026_oct.csv"
        file.write_text(air_month(), encoding="utf-8")
        corridor.load(file, "air-hourly", sender="so-nnmt")
        foretold(corridor, "telecom-5g-coverage")
        unusual(corridor=corridor)
    finally:
        if before is None:
            del os.environ["TINH_HOME"]
        else:
            os.environ["TINH_HOME"] = before


def foretold(corridor: Corridor, id: str) -> None:
    """The forecast of one indicator of the province as a whole, and the outlooks of its targets."""
    catalogue, now = corridor.catalogue, corridor.clock.now()
    frame = corridor.lake.values(id, [catalogue.place])
    nothing = corridor.lake.foreseen
    made = foresee(
        catalogue.indicators[id], catalogue, frame, nothing.forecasts([id]), nothing.outlooks([id]),
        now.replace(tzinfo=None), Stamp("journey", now, 1),
    )  # fmt: skip
    corridor.lake.foreseen.add(made.forecasts, made.outlooks)


def air_month() -> str:
    lines = [AIR]
    for day in range(1, 32):
        if day in {12, 13, 14}:
            continue
        for hour in range(24):
            pm25 = 28 + (day * 7 + hour * 3) % 31
            lines.append(
                f"2026-10-{day:02d}T{hour:02d}:04:00+07:00,Thái Nguyên,{90 + pm25},,3.9 km/h,57%,25.0°C,"
                f"{pm25}.4,N/A,N/A,N/A,N/A,N/A"
            )
    return "\n".join(lines) + "\n"


def telecom_report(*rows: tuple[str, str, int, int], month: str = "2026-10") -> bytes:
    """A report of communes: (code, name, stations, shared stations)."""
    head = (
        'Kỳ báo cáo,Mã xã,"Xã, phường",Dân số,Số trạm BTS,Số trạm dùng chung,Dân số được phủ sóng 4G,'
        "Dân số được phủ sóng 5G,Số hộ,Số hộ có cáp quang,Số hộ nghèo,Số hộ nghèo có băng rộng cố định,"
        "Có đài truyền thanh,Có cáp quang đến xã,Có sóng 2G/3G"
    )
    body = [
        f"{month},{code},{name},25000,{stations},{shared},25000,21000,7100,6800,90,70,Có,Có,Có"
        for code, name, stations, shared in rows
    ]
    return ("\n".join([head, *body]) + "\n").encode()


def _moment() -> datetime:
    return datetime.fromisoformat(NOW).astimezone(UTC)
