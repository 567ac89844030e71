"""Holds the whole log against its digests, its signatures and the heads kept outside the database.

Names each entry that was changed, put elsewhere or taken away. Reads one snapshot, so the axis goes on
meanwhile; the heads outside are read first, so that what is written meanwhile is no false alarm.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

import psycopg
from cryptography import x509
from psycopg.rows import dict_row

from tinh.axis import chain, seals
from tinh.axis.ground import Ground
from tinh.axis.heads import Head, Heads
from tinh.axis.seals import Seals
from tinh.axis.stamps import holds, roots
from tinh.kit.errors import Text
from tinh.people import api as people

Kind = Literal["changed", "missing", "moved", "cut", "forged", "body", "stamp", "heads"]
_MOST = 1000  # findings told; more say the same

_BATCH_FIELDS = (
    "number", "first", "last", "at", "previous", "head", "root", "statement", "digest", "signature",
    "certificate",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Flaw:
    """One thing found wrong: `seq` is the entry (0: none in particular), `exchange` its exchange."""

    kind: Kind
    seq: int
    exchange: str
    says: Text

    def as_dict(self) -> dict[str, Any]:
        return {"kind": self.kind, "seq": self.seq, "exchange": self.exchange, "says": self.says.as_dict()}


@dataclass(slots=True)
class Verdict:
    """How the log stands."""

    entries: int = 0
    batches: int = 0
    stamped: int = 0  # batches under a timestamp
    head: str = chain.START
    flaws: list[Flaw] = field(default_factory=list)

    @property
    def whole(self) -> bool:
        return not self.flaws

    def add(self, kind: Kind, vi: str, en: str, seq: int = 0, exchange: str = "") -> None:
        if len(self.flaws) < _MOST:
            self.flaws.append(Flaw(kind, seq, exchange, Text(vi, en)))


def verify(ground: Ground) -> Verdict:
    """The state of the whole log."""
    heads = Heads(ground.heads)
    newest, journal = heads.newest(), heads.journal()
    verdict = Verdict()
    keys = Seals(ground.keys, ground.instance)
    with people.tell(psycopg.connect(ground.conninfo), "work") as connection:
        connection.execute("set transaction isolation level repeatable read, read only")
        batches = _batches(connection, keys, ground.instance, verdict)
        _entries(connection, batches, verdict)
        _outside(keys, newest, journal, batches, verdict)
        _bodies(connection, verdict)
        _stamps(connection, batches, verdict, roots(ground))
    return verdict


def _batches(
    connection: psycopg.Connection[Any], keys: Seals, instance: str, verdict: Verdict
) -> dict[int, dict[str, Any]]:
    """Each batch against its own statement and signature, and against the batch before."""
    found: dict[int, dict[str, Any]] = {}
    before, number, last = chain.START, 0, 0
    with connection.cursor(row_factory=dict_row) as cursor:
        for row in cursor.execute(f"select {', '.join(_BATCH_FIELDS)} from axis_batch order by number"):
            verdict.batches += 1
            found[row["number"]] = row
            n = row["number"]
            if n != number + 1:
                verdict.add(
                    "missing", f"thiếu lô {number + 1}–{n - 1}", f"batches {number + 1}–{n - 1} are missing"
                )
            elif row["previous"] != before or row["first"] != last + 1:
                verdict.add(
                    "changed",
                    f"lô {n} không nối tiếp lô {number}",
                    f"batch {n} does not follow batch {number}",
                )
            said = chain.statement(
                instance, n, row["first"], row["last"], row["previous"], row["head"], row["root"],
                row["at"].astimezone(UTC),
            )  # fmt: skip
            if said != row["statement"] or chain.digest(row["statement"].encode()) != row["digest"]:
                verdict.add("changed", f"lô {n} đã bị sửa", f"batch {n} was changed")
            elif not _signed(keys, row["certificate"], bytes(row["signature"]), row["statement"]):
                verdict.add(
                    "forged",
                    f"chữ ký của lô {n} không đúng (chứng thư {row['certificate'][:16]}…)",
                    f"the signature of batch {n} does not hold (certificate {row['certificate'][:16]}…)",
                )
            before, number, last = row["digest"], n, row["last"]
    return found


def _signed(keys: Seals, fingerprint: str, signature: bytes, statement: str) -> bool:
    certificate = keys.certificate(fingerprint)
    return certificate is not None and seals.signed_by(certificate, signature, statement.encode())


def _entries(
    connection: psycopg.Connection[Any], batches: dict[int, dict[str, Any]], verdict: Verdict
) -> None:
    """Each entry against its digest and the entry before; each batch's tree against its entries."""
    expected, previous, known = 1, chain.START, True  # whether `previous` is what stood there when signed
    leaves: list[str] = []
    spoiled: dict[int, dict[str, Any]] = {}  # entries whose digest does not hold, and which
    digests: dict[str, int] = {chain.START: 0}
    flawed: set[int] = set()
    batch = 0
    for row in _rows(connection):
        seq = row["seq"]
        verdict.entries += 1
        digests[row["digest"]] = seq
        if row["batch"] != batch:
            _tree(batches, batch, leaves, flawed, verdict)
            batch, leaves = row["batch"], []
        if seq != expected:
            verdict.add(
                "missing",
                f"thiếu bản ghi {_span(expected, seq - 1)}",
                f"entries {_span(expected, seq - 1)} are missing",
                expected,
            )
            flawed.add(batch)
            known = False
        real = chain.digest(chain.line({**row, "at": chain.moment(row["at"].astimezone(UTC))}))
        if real != row["digest"]:
            spoiled[seq] = row
            flawed.add(batch)
        elif hashlib.sha512(row["head"].encode()).hexdigest() != row["head_digest"]:
            verdict.add(
                "changed", f"phần đầu của bản ghi {seq} đã bị sửa", f"the head of entry {seq} was changed",
                seq, row["exchange"],
            )  # fmt: skip
        if known and row["previous"] != previous and seq not in spoiled and seq - 1 not in spoiled:
            verdict.add(
                "changed",
                f"bản ghi {seq - 1} không khớp với điều bản ghi {seq} đã ghi về nó",
                f"entry {seq - 1} is not what entry {seq} says of it",
                seq - 1,
            )
            flawed.add(batch)
        expected, previous, known = seq + 1, row["digest"], True
        leaves.append(row["digest"])
    _tree(batches, batch, leaves, flawed, verdict)
    verdict.head = previous
    _spoiled(spoiled, digests, verdict)
    last = max(batches.values(), key=lambda b: b["number"], default=None)
    if last is not None and last["last"] >= expected:
        verdict.add(
            "cut",
            f"mất các bản ghi cuối {_span(expected, last['last'])}",
            f"the last entries {_span(expected, last['last'])} are gone",
            expected,
        )
    if last is not None and expected - 1 > last["last"]:
        verdict.add(
            "forged",
            f"bản ghi {_span(last['last'] + 1, expected - 1)} không thuộc lô nào đã ký",
            f"entries {_span(last['last'] + 1, expected - 1)} belong to no signed batch",
            last["last"] + 1,
        )


def _spoiled(spoiled: dict[int, dict[str, Any]], digests: dict[str, int], verdict: Verdict) -> None:
    """Tell what was changed from what was put in another's place."""
    for seq, row in spoiled.items():
        home = digests.get(row["previous"], -2) + 1
        moved = {**row, "seq": home, "at": chain.moment(row["at"].astimezone(UTC))}
        if home not in (seq, -1) and chain.digest(chain.line(moved)) == row["digest"]:
            verdict.add(
                "moved",
                f"bản ghi ở vị trí {seq} vốn là bản ghi {home}",
                f"the entry at {seq} was entry {home} when it was signed",
                seq, row["exchange"],
            )  # fmt: skip
        else:
            verdict.add(
                "changed",
                f"bản ghi {seq} đã bị sửa ({row['kind']} {row['service']})",
                f"entry {seq} was changed ({row['kind']} {row['service']})",
                seq, row["exchange"],
            )  # fmt: skip


def _tree(
    batches: dict[int, dict[str, Any]], number: int, leaves: list[str], flawed: set[int], verdict: Verdict
) -> None:
    if not leaves or number in flawed:
        return
    row = batches.get(number)
    if row is None:
        verdict.add("missing", f"thiếu lô {number}", f"batch {number} is missing")
    elif row["root"] != chain.root(leaves) or row["head"] != leaves[-1]:
        verdict.add(
            "changed",
            f"bản ghi {_span(row['first'], row['last'])} không khớp với chữ ký của lô {number}",
            f"entries {_span(row['first'], row['last'])} are not those that batch {number} was signed over",
            row["first"],
        )


def _rows(connection: psycopg.Connection[Any]) -> Iterator[dict[str, Any]]:
    columns = ", ".join(f'"{name}"' for name in (*chain.FIELDS, "head", "digest", "batch"))
    with connection.cursor(name="axis_verify", row_factory=dict_row) as cursor:
        cursor.itersize = 5000
        yield from cursor.execute(f"select {columns} from axis_entry order by seq")


def _outside(
    keys: Seals,
    newest: Head | None,
    journal: list[Head],
    batches: dict[int, dict[str, Any]],
    verdict: Verdict,
) -> None:
    """The heads kept in files against what the database says of the same batches."""
    if newest is None and batches:
        verdict.add("heads", "không còn tệp giữ đầu chuỗi", "the file that keeps the heads is gone")
    for head in [*journal, *([newest] if newest else [])]:
        if not _signed(keys, head.certificate, base64.b64decode(head.signature), head.statement):
            verdict.add(
                "heads",
                f"tệp đầu chuỗi sai ở lô {head.number}",
                f"the kept head of batch {head.number} is wrong",
            )
            continue
        row = batches.get(head.number)
        if row is None and head.number > max(batches, default=0):
            first = max((b["last"] for b in batches.values()), default=0) + 1
            verdict.add(
                "cut",
                f"mất các bản ghi cuối {_span(first, head.last)} (lô {head.number} đã được ký)",
                f"the last entries {_span(first, head.last)} are gone (batch {head.number} had been signed)",
                first,
            )
        elif row is not None and row["statement"] != head.statement:
            verdict.add(
                "forged",
                f"lô {head.number} không phải lô đã ký và giữ ngoài cơ sở dữ liệu",
                f"batch {head.number} is not the one whose head is kept outside the database",
                row["first"],
            )


def _bodies(connection: psycopg.Connection[Any], verdict: Verdict) -> None:
    now = datetime.now(UTC)
    for seq, exchange, until, wanted, body in connection.execute(
        "select e.seq, e.exchange, e.kept_until, e.body_digest, k.body from axis_entry e "
        "left join axis_kept k on k.seq = e.seq where e.kept_until <> '' or k.seq is not null"
    ):
        if body is None and datetime.fromisoformat(until) > now:
            verdict.add(
                "body",
                f"nội dung của bản ghi {seq} đã mất",
                f"the body of entry {seq} is gone",
                seq,
                exchange,
            )
        elif body is not None and hashlib.sha512(bytes(body)).hexdigest() != wanted:
            verdict.add(
                "body", f"nội dung của bản ghi {seq} đã bị sửa", f"the body of entry {seq} was changed", seq,
                exchange,
            )  # fmt: skip


def _stamps(
    connection: psycopg.Connection[Any], batches: dict[int, dict[str, Any]], verdict: Verdict,
    trusted: list[x509.Certificate],
) -> None:  # fmt: skip
    reached = 0
    for number, first, last, root, statement, token in connection.execute(
        "select number, first, last, root, statement, token from axis_stamp order by number"
    ):
        leaves = [batches[n]["digest"] for n in range(first, last + 1) if n in batches]
        if (
            first != reached + 1
            or len(leaves) != last - first + 1
            or chain.root(leaves) != root
            or f"root {root}\n" not in statement
            or not holds(bytes(token), statement.encode(), trusted)
        ):
            verdict.add(
                "stamp", f"dấu thời gian {number} không khớp", f"the timestamp {number} does not hold"
            )
        reached = last
    verdict.stamped = min(reached, max(batches, default=0))


def _span(first: int, last: int) -> str:
    return str(first) if first == last else f"{first}–{last}"
