"""One poller, many followers."""

from __future__ import annotations

import asyncio

from tinh.jobs.follower import Follower


class Counter:
    def __init__(self) -> None:
        self.version = 0
        self.reads = 0

    def __call__(self) -> int:
        self.reads += 1
        return self.version


async def take(follower: Follower, into: list[int], since: int | None = None) -> None:
    async for version in follower.follow(since):
        into.append(version)


async def until(condition, seconds: float = 5.0) -> None:
    for _ in range(int(seconds / 0.01)):
        if condition():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it did not happen in time")


def test_every_follower_hears_a_new_version_once() -> None:
    async def play() -> None:
        counter, heard = Counter(), [[], [], []]
        follower = Follower(counter, every=0.01)
        tasks = [asyncio.create_task(take(follower, into)) for into in heard]
        await until(lambda: follower.followers == 3)
        await asyncio.sleep(0.05)
        counter.version = 7
        await until(lambda: all(heard))
        await asyncio.sleep(0.05)
        assert heard == [[7], [7], [7]]
        await asyncio.to_thread(follower.close)
        await asyncio.gather(*tasks)

    asyncio.run(play())


def test_follower_that_starts_behind_is_told_at_once() -> None:
    async def play() -> None:
        counter, heard = Counter(), []
        counter.version = 5
        follower = Follower(counter, every=60)
        task = asyncio.create_task(take(follower, heard, since=4))
        await until(lambda: heard == [5])
        await asyncio.to_thread(follower.close)
        await task

    asyncio.run(play())


def test_closing_lets_every_follower_go() -> None:
    async def play() -> None:
        follower = Follower(Counter(), every=0.01)
        tasks = [asyncio.create_task(take(follower, [])) for _ in range(20)]
        await until(lambda: follower.followers == 20)
        await asyncio.to_thread(follower.close)
        await asyncio.wait_for(asyncio.gather(*tasks), 2)
        assert follower.followers == 0

    asyncio.run(play())


def test_nobody_following_means_nobody_polling() -> None:
    async def play() -> None:
        counter = Counter()
        follower = Follower(counter, every=0.01)
        task = asyncio.create_task(take(follower, []))
        await until(lambda: counter.reads > 2)
        task.cancel()
        await until(lambda: follower.followers == 0)
        await asyncio.sleep(0.05)
        seen = counter.reads
        await asyncio.sleep(0.1)
        assert counter.reads <= seen + 1
        await asyncio.to_thread(follower.close)

    asyncio.run(play())


def test_failing_read_does_not_end_the_following() -> None:
    async def play() -> None:
        state = {"fail": False, "version": 1}

        def read() -> int:
            if state["fail"]:
                raise OSError("disk away")
            return state["version"]

        heard: list[int] = []
        follower = Follower(read, every=0.01)
        task = asyncio.create_task(take(follower, heard))
        await asyncio.sleep(0.05)
        state["fail"] = True
        await asyncio.sleep(0.05)
        state.update(fail=False, version=2)
        await until(lambda: heard == [2])
        await asyncio.to_thread(follower.close)
        await task

    asyncio.run(play())
