"""Against abuse: how much one network or device may send, a question beyond that, blocks and appeals.

Networks and devices are kept as keyed digests. Up to FREE reports an hour nothing is asked; up to MOST a
small question must be answered (challenge.py); beyond that one waits. Who keeps no device's name is held to
the device's free share by the network. A block names its reason and its day
of end to whoever it hits, and they may appeal; another person decides.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Q

from tinh.desks.reports import challenge
from tinh.desks.reports.errors import Blocked, ChallengeWrong, NoSuchBlock, NotNow, TooManyReports
from tinh.desks.reports.ground import ground, working
from tinh.desks.reports.models import Block, Tally
from tinh.people import api as people

FREE = {"device": 5, "network": 20}  # reports an hour without a question
MOST = {"device": 15, "network": 300}  # and with one; behind one address of a mobile network stand thousands
GUESSES = 20  # wrong pairs of code and contact in an hour, from one network


@dataclass(frozen=True, slots=True)
class Caller:
    """Whoever is at the public door: network address, a random id the browser keeps, the answer to a
    challenge. `actor` is set for staff and programs that send for citizens; they are held to nothing here."""

    address: str = ""
    device: str = ""
    proof: str = ""
    answer: str = ""
    actor: people.Actor | None = None

    @property
    def marks(self) -> dict[str, str]:
        """Kind → keyed digest of what is known of them."""
        out = {}
        if self.address:
            out["network"] = people.fingerprint(f"network {people.network_of(self.address)}")
        if self.device:
            out["device"] = people.fingerprint(f"device {self.device[:100]}")
        return out


def secret() -> bytes:
    """What challenges are sealed with; never leaves the province."""
    return hashlib.sha256(people.fingerprint("challenge of the reports desk").encode()).digest()


def may_send(caller: Caller) -> None:
    """Count one report. Raises Blocked, TooManyReports, ChallengeWrong (answer a new question)."""
    if caller.actor is not None:
        return
    not_blocked(caller)
    counts = [(kind, count(f"send {mark}")) for kind, mark in caller.marks.items()]
    for kind, n in counts:
        if n > MOST[kind]:
            raise TooManyReports(most=MOST[kind], minutes=60 - ground().now().minute)
    asks = any(n > _free(kind, caller) for kind, n in counts)
    if asks and not challenge.answered(
        secret(), caller.proof, caller.answer, _take, ground().now().timestamp()
    ):
        raise ChallengeWrong


def needs_challenge(caller: Caller) -> challenge.Challenge | None:
    """The question to put on the form of this caller; None while none is needed."""
    if caller.actor is not None:
        return None
    if any(seen(f"send {mark}") + 1 > _free(kind, caller) for kind, mark in caller.marks.items()):
        return challenge.ask(secret(), ground().now().timestamp())
    return None


def _free(kind: str, caller: Caller) -> int:
    return FREE[kind] if caller.device else FREE["device"]


def _take(nonce: str) -> bool:
    return count(people.fingerprint(f"challenge {nonce}")) == 1


def count(mark: str, most: int = 0) -> int:
    """One more in this hour; how many there are now. With `most`, raises TooManyReports over it."""
    now = ground().now()
    hour = int(now.timestamp() // 3600)
    with people.through("case"), connection.cursor() as cursor:
        cursor.execute(
            "insert into desks_tally (mark, hour, count) values (%s, %s, 1) "
            "on conflict (mark, hour) do update set count = desks_tally.count + 1 returning count",
            [mark[:64], hour],
        )
        found = int(cursor.fetchone()[0])
    if most and found > most:
        raise TooManyReports(most=most, minutes=60 - now.minute)
    return found


def seen(mark: str) -> int:
    hour = int(ground().now().timestamp() // 3600)
    with people.through("case"):
        return Tally.objects.filter(mark=mark[:64], hour=hour).values_list("count", flat=True).first() or 0


def not_blocked(caller: Caller) -> None:
    """Raises Blocked with its reason, its end and the number to appeal with."""
    marks = list(caller.marks.values())
    now = ground().now()
    with people.through("case"):
        found = Block.objects.filter(mark__in=marks, until__gt=now, lifted_at=None).order_by("-until").first()
    if found is not None:
        day = found.until.astimezone(working().zone).strftime("%H:%M %d/%m/%Y")
        raise Blocked(block=found.pk, why=found.reason, until=day)


def marks_of_report(case: int) -> dict[str, str]:
    """The marks a report was sent from, for a clerk who blocks its sender; they say nothing of who that
    is.
    """
    from tinh.desks.reports.models import Report

    with people.through("case"):
        found = Report.objects.filter(case_id=case).values_list("sent_from", flat=True).first()
    return dict(found or {})


def block(actor: people.Actor, marks: dict[str, str], reason: str, days: int = 30) -> list[Block]:
    """Block networks or devices for some days (at most a year), with a reason they are told."""
    people.require_anywhere(actor, "manage desks")
    if not reason.strip():
        raise NotNow(what_vi="chặn mà không nêu lý do", what_en="block without a reason")
    now = ground().now()
    until = now + timedelta(days=min(max(days, 1), 365))
    with people.through("case"):
        return [
            Block.objects.create(
                kind=kind[:10], mark=mark, reason=reason.strip()[:300], at=now, until=until,
                    by=actor.name[:200]
            )
            for kind, mark in marks.items()
        ]  # fmt: skip


def appeal(number: int, text: str, caller: Caller) -> Block:
    """Whoever is blocked asks for it to be looked at again; once a block."""
    count(f"appeal {people.fingerprint(caller.address)}"[:64], 10)
    with people.through("case"):
        found = Block.objects.filter(pk=number, mark__in=list(caller.marks.values())).first()
        if found is None:
            raise NoSuchBlock(block=number)
        if found.appealed_at is not None or found.lifted_at is not None:
            raise NotNow(what_vi="khiếu nại lần nữa", what_en="appeal once more")
        found.appeal, found.appealed_at = text.strip()[:2000], ground().now()
        found.save(update_fields=["appeal", "appealed_at"])
    return found


def decide(actor: people.Actor, number: int, lift: bool, verdict: str) -> Block:
    """Answer an appeal, or lift a block without one. Who set a block does not judge the appeal against it."""
    people.require_anywhere(actor, "manage desks")
    with people.through("case"):
        found = Block.objects.filter(pk=number).first()
        if found is None:
            raise NoSuchBlock(block=number)
        if found.appealed_at is not None and found.by == actor.name and not lift:
            raise NotNow(
                what_vi="tự bác khiếu nại về lệnh chặn của mình",
                what_en="refuse an appeal against one's own block",
            )
        found.verdict = verdict.strip()[:2000]
        if lift:
            found.lifted_at, found.lifted_by = ground().now(), actor.name[:200]
        found.save()
    return found


def blocks(actor: people.Actor, now: datetime | None = None) -> list[Block]:
    """Those in force and those with an open appeal, the newest first."""
    people.require_anywhere(actor, "manage desks")
    moment = now or ground().now()
    with people.through("case"):
        standing = Q(until__gt=moment, lifted_at=None) | Q(appealed_at__isnull=False, verdict="")
        return list(Block.objects.filter(standing).order_by("-at")[:500])
