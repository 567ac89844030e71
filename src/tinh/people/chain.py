"""The chain of the access log: each line carries the digest of the one before.

Lines are written unlinked, so writers never wait for each other. Whoever gets the head's lock links what
stands there, in order; others go on, for the holder looks again before it lets go, and what slips through
is linked by the next line, by `verify` or within five minutes by a job. The head is signed at each turn, so
a missing end shows. A trigger refuses every change of a line but its linking, and every deletion not covered
by an anchor; an anchor is signed, so one that was forged shows too.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import connection, transaction

from tinh.people.context import through
from tinh.people.keys import public_key, sign, signed
from tinh.people.lines import Access, Anchor, Chain

_BATCH = 500
_ROUNDS = 100
OWNER = "owner"  # the connection that owns the tables
_COLUMNS = (
    "id", "at", "who", "action", "subject", "allowed", "address", "fields", "purpose", "basis", "reason",
    "about", "number", "before", "digest",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Verified:
    """What `verify` found. `problem` is empty when every line is there and as it was written; else
    changed, missing, reordered, forged or unsigned, at the line `number` (`id` in the table)."""

    lines: int
    first: int
    last: int
    anchored: int
    problem: str = ""
    number: int = 0
    id: int | None = None


def link(wait: bool = False) -> int:
    """Link lines that are not in the chain yet; how many. Without `wait`, leave it to whoever is at it."""
    done = 0
    with through("record"):
        for _ in range(_ROUNDS):
            got = _turn(wait)
            if got is None:
                return done
            done += got
            if not Access.objects.filter(number=None).exists():
                return done
    return done


def canonical(line: dict[str, Any], number: int, before: str) -> str:
    """A line as it is digested: JSON with sorted keys, the moment in UTC to the microsecond."""
    at: datetime = line["at"]
    said = {name: line[name] for name in _COLUMNS[2:12]}
    said |= {"at": at.astimezone(UTC).isoformat(timespec="microseconds"), "number": number, "before": before}
    return json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def digest_of(line: dict[str, Any], number: int, before: str) -> str:
    return hashlib.sha256(canonical(line, number, before).encode()).hexdigest()


def _turn(wait: bool) -> int | None:
    """Link one batch under the head's lock; None when somebody else has it."""
    with transaction.atomic():
        Chain.objects.get_or_create(pk=1)
        head = Chain.objects.select_for_update(skip_locked=not wait).filter(pk=1).first()
        if head is None:
            return None
        rows = list(Access.objects.filter(number=None).order_by("id").values(*_COLUMNS)[:_BATCH])
        if not rows:
            return 0
        number, before = head.number, head.digest
        linked = []
        for row in rows:
            number += 1
            digest = digest_of(row, number, before)
            linked.append((row["id"], number, before, digest))
            before = digest
        ids, numbers, befores, digests = map(list, zip(*linked, strict=True))
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE people_access a SET number = v.number, before = v.before, digest = v.digest FROM "
                "unnest(%s::bigint[], %s::bigint[], %s::text[], %s::text[]) AS v(id, number, before, digest) "
                "WHERE a.id = v.id",
                [ids, numbers, befores, digests],
            )
        head.number, head.digest, head.key = number, before, public_key()
        head.signature = sign(_head_text(number, before))
        head.save()
        return len(rows)


def prune(limit: datetime) -> int:
    """Delete the lines before `limit`, leaving a signed anchor in their place; how many went. As the owner of
    the tables: the account that asks may not delete them."""
    link(wait=True)
    with through("work"), transaction.atomic(using=OWNER):
        lines = Access.objects.using(OWNER)
        head = Chain.objects.using(OWNER).select_for_update().filter(pk=1).first()
        if head is None:
            return 0
        young = lines.filter(at__gte=limit, number__isnull=False).order_by("number").first()
        last = head.number if young is None else young.number - 1
        line = lines.filter(number=last).first()
        count = lines.filter(number__lte=last).count()
        if line is None or not count:
            return 0
        Anchor.objects.using(OWNER).create(
            number=last, digest=line.digest, count=count, key=public_key(),
            signature=sign(_anchor_text(last, line.digest, count)),
        )  # fmt: skip
        return lines.filter(number__lte=last).delete()[0]


def verify() -> Verified:
    """Walk the chain from its newest anchor to its head; the first line that is not as it was written."""
    link(wait=True)
    with through("record"), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        return walk()


def walk(using: str = "default") -> Verified:
    """The same of what one transaction sees."""
    anchors = list(Anchor.objects.using(using).order_by("number"))
    for each in anchors:
        if not signed(_anchor_text(each.number, each.digest, each.count), each.signature):
            return Verified(0, 0, 0, len(anchors), "forged", each.number)
    number = anchors[-1].number if anchors else 0
    before = anchors[-1].digest if anchors else ""
    first, lines = number + 1, 0

    def found(problem: str = "", at: int = 0, id: int | None = None) -> Verified:
        return Verified(lines, first, number, len(anchors), problem, at, id)

    linked = Access.objects.using(using).filter(number__isnull=False).order_by("number").values(*_COLUMNS)
    for row in linked.iterator(chunk_size=2000):
        at, own = row["number"], row["id"]
        if at != number + 1:
            return found("missing" if at > number + 1 else "reordered", number + 1, own)
        if digest_of(row, at, row["before"]) != row["digest"]:
            return found("changed", at, own)
        if row["before"] != before:
            return found("reordered", at, own)
        number, before, lines = at, row["digest"], lines + 1
    head = Chain.objects.using(using).filter(pk=1).first()
    if head is None:
        return found("missing", number + 1) if lines else found()
    if head.number and not signed(_head_text(head.number, head.digest), head.signature):
        return found("unsigned", head.number)
    if head.number != number:
        return found("missing", number + 1)
    return found("changed", number) if head.digest != before else found()


def _head_text(number: int, digest: str) -> str:
    return f"tinh access log head {number} {digest}"


def _anchor_text(number: int, digest: str, count: int) -> str:
    return f"tinh access log pruned to {number} {digest} {count}"
