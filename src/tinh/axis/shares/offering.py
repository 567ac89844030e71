"""Shares onto the axis: each is a service of its owner, and each member of it holds a right.

Rights made here carry the share in their reason; those given by hand are left alone. Doing it again
changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.models import Q

from tinh.axis.errors import AxisError
from tinh.axis.ground import ground
from tinh.axis.models import Group, Member, Right, Service, Subsystem
from tinh.axis.registry import add_subsystem, follow_agencies, group_of, member, publish
from tinh.axis.rights import grant, revoke, today
from tinh.axis.shares.ground import Desk
from tinh.packs.api import Caller, Share

SUBSYSTEM = "data"  # the system under which an agency offers what it shares
CALLING = "ioc"  # the system an agency calls from when it has none yet
KIND = "share"


@dataclass(frozen=True, slots=True)
class Offered:
    """What offering did: how many services are offered, and how many rights were given and taken back."""

    services: int
    given: int
    taken: int


def offer(at: Desk) -> Offered:
    """Bring the registry in line with the shares in force today."""
    follow_agencies()
    day = today()
    given = taken = count = 0
    wanted: set[int] = set()
    for share in at.book().all().values():
        if share.ends is not None and share.ends < day:
            continue
        with transaction.atomic():
            service = _service(share)
            if service is None:
                continue
            wanted.add(service.pk)
            count += 1
            more, less = _rights(share, service, at, day)
            given, taken = given + more, taken + less
    for gone in Service.objects.filter(provider__startswith=f"{KIND}:", active=True).exclude(pk__in=wanted):
        Service.objects.filter(pk=gone.pk).update(active=False, notice="withdrawn")
        for right in Right.objects.filter(service=gone, revoked_at=None, reason__startswith=f"{KIND} "):
            revoke(right.pk, "tinh", "the share was withdrawn")
            taken += 1
    return Offered(count, given, taken)


def identifier(share: Share) -> str:
    """`INSTANCE/CLASS/MEMBER/SUBSYSTEM/SERVICE` of a share."""
    return f"{member(share.owner)}/{SUBSYSTEM}/{share.id}"


def systems_of(agency: str) -> list[Subsystem]:
    """The systems an agency may call from, with those of agencies it took over; one is made where there
    is none."""
    try:
        mine = member(agency)
    except AxisError:
        return []
    whose = Q(member=mine)
    if mine.agency:
        whose |= Q(member__agency__in=ground().agencies().names(mine.agency))
    calling = Subsystem.objects.filter(whose, active=True).exclude(code=SUBSYSTEM).order_by("pk")
    return list(calling) or [add_subsystem(f"{mine}/{CALLING}", mine.name)]


def _service(share: Share) -> Service | None:
    try:
        name = identifier(share)
    except AxisError:
        return None
    if share.proxy is None:
        ways = [("GET", "/"), ("GET", "/*")]
    else:
        ways = [(m, _starred(path)) for path, methods in share.proxy.allow.items() for m in methods]
    most = share.proxy.largest_request if share.proxy else 65_536
    return publish(
        name, f"{KIND}:{share.id}", title=share.name.vi, title_en=share.name.en, endpoints=ways,
        max_bytes=most,
        timeout=int(share.proxy.timeout) + 5 if share.proxy else 60,
    )  # fmt: skip


def _starred(path: str) -> str:
    return "/".join("*" if part.startswith("{") else part for part in path.split("/"))


def _rights(share: Share, service: Service, at: Desk, day: date) -> tuple[int, int]:
    mark = f"{KIND} {share.id} "
    given = taken = 0
    standing = {
        (r.subsystem_id, r.group_id): r  # type: ignore[attr-defined]  # Django's
        for r in Right.objects.filter(service=service, revoked_at=None, reason__startswith=mark)
    }
    for number, entry in enumerate(share.members):
        if entry.until is not None and entry.until < day:
            continue
        for to in _callers(share, service, entry, number, at):
            key = (to.pk, None) if isinstance(to, Subsystem) else (None, to.pk)
            purpose, basis, until = _ground(share, entry)
            found = standing.pop(key, None)
            if found is not None:
                if (found.purpose, found.basis, found.until) == (purpose[:300], basis[:300], until):
                    continue
                revoke(found.pk, share.made_by or "tinh", "the share has changed")
                taken += 1
            since = max(day, share.begins) if share.begins else day
            grant(service, to, purpose=purpose, basis=basis, by=share.made_by or "tinh", since=since,
                  until=until, reason=f"{mark}v{share.version}")  # fmt: skip
            given += 1
    for left in standing.values():
        revoke(left.pk, share.made_by or "tinh", "no longer among the members of the share")
        taken += 1
    return given, taken


def _ground(share: Share, entry: Caller) -> tuple[str, str, date | None]:
    ends = [d for d in (share.ends, entry.until) if d is not None]
    purpose, basis = share.purpose.vi, share.legal_basis
    if entry.personal is not None:
        purpose = f"{purpose}; {entry.personal.purpose.vi}"
        basis = f"{basis}; {entry.personal.legal_basis}"
    return purpose, basis, min(ends) if ends else None


def _callers(share: Share, service: Service, entry: Caller, number: int, at: Desk) -> list[Subsystem | Group]:
    agencies = at.agencies()
    if entry.agency and entry.subsystem:
        mine = member(entry.agency)
        found = Subsystem.objects.filter(member=mine, code=entry.subsystem).first()
        return [found or add_subsystem(f"{mine}/{entry.subsystem}", entry.subsystem)]
    if entry.agency:
        named = [entry.agency]
    else:
        named = [
            id for id, agency in agencies.items()
            if entry.group == "all" or agency.kind == entry.group
        ]  # fmt: skip
    systems = [system for id in named for system in systems_of(id)]
    if entry.group == "all":
        outside = Member.objects.filter(agency="", active=True)
        systems += Subsystem.objects.filter(member__in=outside, active=True)
    owner: Subsystem = service.subsystem
    title = at.agencies()[entry.agency].name.vi if entry.agency in agencies else str(entry.group)
    return [group_of(owner, f"{share.id[:56]}-{number}", systems, f"{share.name.vi}: {title}")]
