"""Group commit: exchanges wait together for one transaction that chains, signs and stores their messages.

One thread a process. Whoever hands drafts in gets a future that is done when they are on disk; processes
take turns at the end of the chain by an advisory lock.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import psycopg
import structlog

from tinh.axis import chain
from tinh.axis.ground import Ground
from tinh.axis.heads import Heads, head_of
from tinh.axis.seals import Seals
from tinh.people import api as people

log = structlog.get_logger()

_LOCK = 0x74786C6F67  # one chain for all processes
_MOST = 512  # hand-ins a commit takes
_COLUMNS = (*chain.FIELDS, "head", "digest", "batch")
_QUOTED = ", ".join(f'"{column}"' for column in _COLUMNS)
_COPY = f"copy axis_entry ({_QUOTED}) from stdin"
_SIGNED = (
    "insert into axis_batch (number, first, last, at, previous, head, root, statement, digest, signature, "
    "certificate) values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
)
_TRIES = 3


@dataclass(slots=True)
class Draft:
    """A message on its way into the log: the fields of an entry that are known before its turn."""

    fields: dict[str, Any]
    head: str
    body: bytes | None = None  # to be kept until `fields["kept_until"]`


_HandIn = tuple[Sequence[Draft], Callable[[BaseException | None], None]]


class Writer:
    """The end of the chain, as one process writes it."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._seals = Seals(ground.keys, ground.instance)
        self._heads = Heads(ground.heads)
        self._waiting: queue.SimpleQueue[_HandIn | None] = queue.SimpleQueue()
        self._connection: psycopg.Connection[Any] | None = None
        self._thread = threading.Thread(target=self._work, name="axis-log", daemon=True)
        self._thread.start()

    def hand_in(self, drafts: Sequence[Draft], done: Callable[[BaseException | None], None]) -> None:
        """`done` hears None when the drafts are on disk, else why they are not; it runs in our thread."""
        self._waiting.put((drafts, done))

    def write(self, drafts: Sequence[Draft]) -> None:
        """Return when the drafts are on disk."""
        settled: Future[None] = Future()

        def done(fault: BaseException | None) -> None:
            if fault is None:
                settled.set_result(None)
            else:
                settled.set_exception(fault)

        self.hand_in(drafts, done)
        settled.result(60)

    def stop(self) -> None:
        """Write what was handed in, then end."""
        self._waiting.put(None)
        self._thread.join(30)

    def _work(self) -> None:
        ending = False
        while not ending:
            taken = [self._waiting.get()]
            while len(taken) < _MOST:
                try:
                    taken.append(self._waiting.get_nowait())
                except queue.Empty:
                    break
            ending = None in taken
            hand_ins = [one for one in taken if one is not None]
            if not hand_ins:
                continue
            fault: BaseException | None = None
            try:
                self._commit([draft for drafts, _ in hand_ins for draft in drafts])
            except Exception as error:
                log.exception("axis.log.failed", messages=len(hand_ins))
                fault = error
            for _, done in hand_ins:
                done(fault)
        self._heads.close()
        if self._connection is not None:
            self._connection.close()

    def _commit(self, drafts: list[Draft]) -> None:
        for left in range(_TRIES - 1, -1, -1):
            try:
                if self._connection is None or self._connection.closed:
                    own = psycopg.connect(self._ground.conninfo, application_name="tinh axis")
                    self._connection = people.tell(own, "work")
                head = _append(self._connection, self._seals, self._ground.instance, drafts)
            except psycopg.OperationalError:
                if self._connection is not None:
                    self._connection.close()
                    self._connection = None
                if not left:
                    raise
                time.sleep(0.2)
            else:
                self._heads.note(head_of(*head), time.time())
                return


def _append(
    connection: psycopg.Connection[Any], seals: Seals, instance: str, drafts: list[Draft]
) -> tuple[int, int, str, bytes, str]:
    """One batch more at the end of the chain: number, last entry, statement, signature, certificate."""
    seal = seals.current()
    with connection.transaction(), connection.cursor() as cursor:
        cursor.execute("set local synchronous_commit to on")
        cursor.execute("select pg_advisory_xact_lock(%s)", [_LOCK])
        found = cursor.execute(
            "select number, last, head, digest from axis_batch order by number desc limit 1"
        ).fetchone()
        number, seq, previous, before = found or (0, 0, chain.START, chain.START)
        number += 1
        first = seq + 1
        rows, leaves = [], []
        for draft in drafts:
            seq += 1
            fields = draft.fields
            fields["seq"], fields["previous"] = seq, previous
            previous = chain.digest(chain.line(fields))
            leaves.append(previous)
            rows.append((*(fields[name] for name in chain.FIELDS), draft.head, previous, number))
        with cursor.copy(_COPY) as copy:
            for row in rows:
                copy.write_row(row)
        kept = [(d.fields["seq"], d.body, d.fields["kept_until"]) for d in drafts if d.body is not None]
        if kept:
            cursor.executemany("insert into axis_kept (seq, body, until) values (%s, %s, %s)", kept)
        at, tree = datetime.now(UTC), chain.root(leaves)
        said = chain.statement(instance, number, first, seq, before, previous, tree, at)
        signature = seal.sign(said.encode())
        cursor.execute(
            _SIGNED,
            (
                number, first, seq, at, before, previous, tree, said, chain.digest(said.encode()),
                signature, seal.fingerprint,
            ),
        )  # fmt: skip
    return number, seq, said, signature, seal.fingerprint
