"""What works behind a server: the clock's jobs, the committer, news for open screens."""

from __future__ import annotations

import asyncio
import time

from tests.harness.waiting import until


def test_jobs_are_queued_in_the_database_and_done_here(site, capsys) -> None:
    from django.db import connection
    from procrastinate import App, PsycopgConnector
    from procrastinate.contrib.django import connector_params

    from tinh.jobs.tasks import clockwork

    facts = connector_params()
    facts.pop("pool", None)

    async def defer() -> int:
        app = App(connector=PsycopgConnector(kwargs=facts))
        app.add_tasks_from(clockwork, namespace="tinh")
        async with app.open_async():
            return await app.configure_task("tinh:compact").defer_async(timestamp=0)

    job = asyncio.run(defer())

    def done() -> bool:
        with connection.cursor() as cursor:
            cursor.execute("select status from procrastinate_jobs where id = %s", [job])
            row = cursor.fetchone()
        return row is None or row[0] == "succeeded"

    until(done)


def test_follower_hears_of_a_delivery_within_two_seconds(site) -> None:
    from tinh.jobs import api as jobs

    async def listen() -> float:
        since = jobs.version()
        body = b"timestamp,city,aqi,weather_icon,wind_speed,humidity,temperature,pm25,pm10,o3,no2,so2,co\n"
        body += "2025-06-30T23:00:00+07:00,Thái Nguyên,10,,1 km/h,50%,20°C,5,N/A,N/A,N/A,N/A,N/A\n".encode()
        stream = jobs.follow(since)
        begin = time.monotonic()
        await asyncio.to_thread(jobs.accept, body, "air-hourly", sender="t", filename="x.csv")
        async for version in stream:
            assert version > since
            return time.monotonic() - begin
        raise AssertionError("the stream ended")

    assert asyncio.run(asyncio.wait_for(listen(), 30)) < 4


def test_pulse_sends_as_the_agencies_would(site) -> None:
    from tinh.jobs.house import house
    from tinh.jobs.pulse import Pulse

    def came() -> dict[str, str]:
        return {one.id: one.channel for one in house().corridor().lake.receipts("air-hourly", limit=None)}

    pulse, before = Pulse(house(), every=3 * 3600), came()
    assert pulse.beat() > 0
    assert (site.prepared.home / "pulse.json").exists()
    assert pulse.beat() <= 1
    until(lambda: house().corridor().waiting() == 0, 60)
    assert {"simulator", "push"} & {channel for id, channel in came().items() if id not in before}


def test_waiting_delivery_can_be_asked_for_before_it_is_judged(site) -> None:
    from tinh.jobs import api as jobs

    receipt, repeated = jobs.accept(b"timestamp,city\n", "air-hourly", sender="t", filename="y.csv")
    assert repeated is False
    found = jobs.waiting(receipt.id)
    assert found is None or found == receipt
    assert jobs.wait_for(receipt.id, 30) is not None
    assert jobs.waiting("../../etc/passwd") is None
