"""Against abuse: how much one network or device may send, a question beyond that, blocks and appeals.

Networks and devices are kept as keyed digests. Up to FREE reports an hour nothing is asked; up to MOST a
small question must be answered (challenge.py); beyond that one waits. Who keeps no device's name is held to
the device's free share by the network. A block names its reason and its day
of end to whoever it hits, and they may appeal; another person decides.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction
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


def may_send(caller: Caller, key: str = "") -> bool:
    """Count one report; False, and nothing is counted, where a case has this key already. Raises Blocked,
    TooManyReports, ChallengeWrong (answer a new question)."""
    marks = caller.marks if caller.actor is None else {}
    there, block, counts = _counted(marks, key)
    if there or caller.actor is not None:
        return not there
    if block is not None:
        raise _blocked(*block)
    for kind, n in counts.items():
        if n > MOST[kind]:
            raise TooManyReports(most=MOST[kind], minutes=60 - ground().now().minute)
    asks = any(n > _free(kind, caller) for kind, n in counts.items())
    if asks and not challenge.answered(
        secret(), caller.proof, caller.answer, _take, ground().now().timestamp()
    ):
        raise ChallengeWrong
    return True


_COUNT = """
with there as (select from cases_case where key = $1), block as (
  select id, reason, until from desks_block
  where mark = any($2::text[]) and until > $3 and lifted_at is null order by until desc limit 1),
counted as (
  insert into desks_tally as t (mark, hour, count) select m, $4, 1 from unnest($5::text[]) m
  where not exists (select from there) and not exists (select from block) order by m
  on conflict (mark, hour) do update set count = t.count + 1 returning mark, count)
select exists (select from there), id, reason, until, (select json_object_agg(mark, count) from counted),
  set_config('synchronous_commit', 'off', true)
from (select 1) one left join block on true
"""  # tallies in order, so that two reports never wait for each other, nor for the disk to keep a tally


def _counted(
    marks: dict[str, str], key: str
) -> tuple[bool, tuple[int, str, datetime] | None, dict[str, int]]:
    """Whether a case has the key, the block that stands, and how often each kind of mark was counted this
    hour: asked and counted in one statement, for a report comes this way each time."""
    now = ground().now()
    tallies = {f"send {mark}"[:64]: kind for kind, mark in marks.items()}
    facts = [key, list(marks.values()), now, int(now.timestamp() // 3600), list(tallies)]
    with people.through("case"), connection.kept() as cursor:  # type: ignore[attr-defined]  # our own
        cursor.execute(_COUNT, facts)
        there, id, reason, until, found, _ = cursor.fetchone()
    counts = json.loads(found) if isinstance(found, str) else found or {}
    block = (id, reason, until) if id is not None else None
    return there, block, {tallies[mark]: int(n) for mark, n in counts.items()}


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


def count(mark: str, most: int = 0, more: int = 1) -> int:
    """One (or `more`) more in this hour; how many there are now. With `most`, raises TooManyReports over
    it."""
    now = ground().now()
    hour = int(now.timestamp() // 3600)
    with people.through("case"), connection.cursor() as cursor:
        cursor.execute(
            "insert into desks_tally (mark, hour, count) values (%s, %s, %s) "
            "on conflict (mark, hour) do update set count = desks_tally.count + excluded.count "
            "returning count",
            [mark[:64], hour, more],
        )
        found = int(cursor.fetchone()[0])
    if most and found > most:
        raise TooManyReports(most=most, minutes=60 - now.minute)
    return found


def guessed(caller: Caller, misses: int, most: int) -> None:
    """Count codes that a network asked after and that never were: TooManyReports once there are more than
    `most` in an hour. Programs that send reports are not counted."""
    if caller.actor is not None:
        return
    for mark in caller.marks.values():
        name = people.fingerprint(f"guess code {mark}")
        if (count(name, more=misses) if misses else seen(name)) > most:
            raise TooManyReports(most=most, minutes=60 - ground().now().minute)


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
        raise _blocked(found.pk, found.reason, found.until)


def _blocked(number: int, reason: str, until: datetime) -> Blocked:
    day = until.astimezone(working().zone).strftime("%H:%M %d/%m/%Y")
    return Blocked(block=number, why=reason, until=day)


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
                by=actor.name[:200], account=actor.account,
            )
            for kind, mark in marks.items()
        ]  # fmt: skip


def appeal(number: int, text: str, caller: Caller) -> Block:
    """Whoever is blocked asks for it to be looked at again; once a block."""
    count(f"appeal {people.fingerprint(caller.address)}"[:64], 10)
    with people.through("case"), transaction.atomic():
        mine = Block.objects.select_for_update().filter(pk=number, mark__in=list(caller.marks.values()))
        found = mine.first()
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
    with people.through("case"), transaction.atomic():
        found = Block.objects.select_for_update().filter(pk=number).first()
        if found is None:
            raise NoSuchBlock(block=number)
        if found.lifted_at is not None or (found.verdict and not lift):
            raise NotNow(what_vi="quyết định lần nữa", what_en="decide once more")
        if found.appealed_at is not None and _set_by(found, actor) and not lift:
            raise NotNow(
                what_vi="tự bác khiếu nại về lệnh chặn của mình",
                what_en="refuse an appeal against one's own block",
            )
        found.verdict = verdict.strip()[:2000]
        if lift:
            found.lifted_at, found.lifted_by = ground().now(), actor.name[:200]
        found.save(update_fields=["verdict", "lifted_at", "lifted_by"])
    return found


def _set_by(found: Block, actor: people.Actor) -> bool:
    """By the account, which a changed name does not change; by name where none was kept."""
    if found.account is None or actor.account is None:
        return found.by == actor.name[:200]
    return bool(found.account == actor.account)


def blocks(actor: people.Actor, now: datetime | None = None) -> list[Block]:
    """Those in force and those with an open appeal, the newest first."""
    people.require_anywhere(actor, "manage desks")
    moment = now or ground().now()
    with people.through("case"):
        standing = Q(until__gt=moment, lifted_at=None) | Q(appealed_at__isnull=False, verdict="")
        return list(Block.objects.filter(standing).order_by("-at")[:500])
