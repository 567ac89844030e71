"""Files of a place that appear one by one: whole ones are taken once, whatever the place is."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Literal, Protocol

from tinh.kit.errors import TinhError
from tinh.sources.feeds.errors import DeliveryRefused, FeedError
from tinh.sources.feeds.folder import DONE, FAILED, MOST, Seen, StillWritten, settled
from tinh.sources.feeds.job import Done, Job
from tinh.sources.feeds.state import Outcome, State

_PATIENCE = 30.0  # seconds a pull waits for a file to come to rest
_REMEMBERED = 50_000  # files of a folder


class Place(Protocol):
    """Where files appear: a folder of this machine, of an SFTP server, a bucket."""

    def look(self) -> tuple[list[Seen], list[FeedError]]:
        """What lies there and fits, oldest first, and what is refused by its nature."""

    def fetch(self, seen: Seen) -> Path | Iterable[bytes]:
        """The bytes of a file; StillWritten when they are not those that were seen."""

    def put_away(self, seen: Seen, where: str) -> None:
        """Move a finished file to `done` or `failed`."""

    def remove(self, seen: Seen) -> None:
        """Delete a finished file."""


def pull_files(job: Job, place: Place, settle: float, after: Literal["leave", "move", "delete"]) -> Done:
    """Take every ready file of a place in."""
    files = _Files(after, place, settle, job.state)
    ready, waiting = files.sort()
    if waiting and 0 < settle <= _PATIENCE and not job.stopping.wait(settle):
        ready, waiting = files.sort()
    if job.dry:
        size = sum(one.size for one in ready)
        found: Outcome = "new" if ready else "nothing"
        return replace(
            job.blank, outcome=found, taken=len(ready), waiting=waiting, bytes=size
        ), lambda _: None
    receipts: list[str] = []
    fresh = refused = size = 0
    last: TinhError | None = None
    for one in ready[:MOST]:
        if job.stopping.is_set():
            break
        try:
            taken = job.take(place.fetch(one), job.feed.dataset, one.folder or job.feed.sender, one.shown)
        except StillWritten:
            waiting += 1
            files.again(one)
            continue
        except FeedError as error:
            if error.retry:  # the place itself: the rest would fare no better
                if receipts:
                    last = error
                    break
                raise
            files.wrong.append(error)
            files.took(one, "")
            refused += 1
            continue
        size += one.size
        receipts.append(taken.receipt)
        files.took(one, taken.receipt)
        fresh += not taken.repeated
        if taken.refused:
            last = DeliveryRefused(receipt=taken.receipt)
            refused += 1
        if after == "leave":
            job.change(files.keep)  # a file that was taken stays taken, whatever becomes of the rest
        elif after == "delete" and not taken.refused:
            place.remove(one)
        else:
            place.put_away(one, FAILED if taken.refused else DONE)
    wrong = [error.as_dict() for error in files.wrong]
    problem = last.as_dict() if last else (wrong[0] if wrong else None)
    done = replace(
        job.blank, outcome=_outcome(fresh, refused, receipts), bytes=size, receipts=tuple(receipts[:50]),
        taken=len(receipts), refused=refused, waiting=waiting, error=problem, notes=tuple(wrong[:20]),
    )  # fmt: skip
    success = job.success(bool(fresh))

    def apply(kept: State) -> None:
        success(kept)
        kept.error = problem
        files.keep(kept)

    return done, apply


class _Files:
    """Which files of a folder are ready, which must rest, and which have been taken."""

    def __init__(self, after: str, place: Place, settle: float, state: State) -> None:
        self._after, self._place, self._settle = after, place, settle
        self.seen, self.taken = dict(state.seen), dict(state.taken)
        self.wrong: list[FeedError] = []

    def sort(self) -> tuple[list[Seen], int]:
        """(files to take now, how many must rest)."""
        listed, self.wrong = self._place.look()
        now = time.time()
        ready, resting = [], 0
        seen: dict[str, list[object]] = {}
        for one in listed:
            if self.taken.get(one.key, [])[:2] == one.mark:
                continue
            before = self.seen.get(one.key)
            if settled(one, before, self._settle):
                ready.append(one)
            else:
                resting += 1
            same = before is not None and before[:2] == one.mark
            seen[one.key] = [*one.mark, before[2] if same and before else now]
        self.seen = seen
        there = {one.key for one in listed}
        self.taken = {key: value for key, value in self.taken.items() if key in there}
        return ready, resting

    def took(self, one: Seen, receipt: str) -> None:
        self.seen.pop(one.key, None)
        if self._after == "leave" or not receipt:
            self.taken[one.key] = [*one.mark, receipt]
            for key in list(self.taken)[: max(0, len(self.taken) - _REMEMBERED)]:
                del self.taken[key]

    def keep(self, state: State) -> None:
        state.seen, state.taken = self.seen, self.taken

    def again(self, one: Seen) -> None:
        self.seen.pop(one.key, None)


def _outcome(fresh: int, refused: int, receipts: list[str]) -> Outcome:
    if refused:
        return "refused"
    if fresh:
        return "new"
    return "repeated" if receipts else "nothing"
