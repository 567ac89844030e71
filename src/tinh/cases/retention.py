"""Personal data of cases: what is held of somebody, erasing it, and letting it go when its time is over."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from tinh.cases.ground import ground
from tinh.cases.history import erase
from tinh.cases.kinds import forget_parties, kinds
from tinh.cases.models import Case, Link, Party
from tinh.cases.parties import known_by
from tinh.cases.reading import as_sent
from tinh.cases.turn import HOUSE, turn
from tinh.people import api as people


def held_of(identifiers: Iterable[str]) -> list[dict[str, Any]]:
    """What cases hold of a person, by phone numbers and addresses: for whoever answers their request."""
    found: dict[int, Party] = {}
    for one in identifiers:
        for party in known_by(one) if one else ():
            found[party.pk] = party
    as_sent([one.case for one in found.values()])
    return [
        {
            "case": one.case.code, "role": one.role, "name": one.name, "phone": one.phone, "email": one.email,
            "address": one.address, "subject": one.case.subject if one.role == "reporter" else "",
            "body": one.case.body if one.role == "reporter" else "",
            "opened_at": one.case.opened_at.isoformat(), "state": one.case.state,
        }
        for one in found.values()
    ]  # fmt: skip


def erase_person(identifiers: Iterable[str], reason: str, at: datetime | None = None) -> dict[str, int]:
    """Erase a person from all cases: those they reported lose their texts, of others only their party
    goes."""
    cases = parties = 0
    done: set[int] = set()
    for one in identifiers:
        for party in known_by(one) if one else ():
            if party.pk in done:
                continue
            done.add(party.pk)
            parties += 1
            with turn(party.case.code, None, at, who=HOUSE, open_only=False) as found:
                if party.role == "reporter":
                    erase(found, reason)
                    cases += 1 + _parts(found.case, reason, found.moment)
                else:
                    blank(party.pk, found.moment)
                    found.event("erase party", reason, {"parties": 1})
    return {"cases": cases, "parties": parties}


def _parts(whole: Case, reason: str, at: datetime) -> int:
    """Erase what was parted from a case too: parts carry its text and have no party of their own."""
    done = 0
    parts = Link.objects.filter(kind="part_of", to=whole).exclude(case__body="", case__address="")
    for code in list(parts.values_list("case__code", flat=True)):
        with turn(code, None, at, who=HOUSE, open_only=False) as found:
            erase(found, reason)
            done += 1 + _parts(found.case, reason, at)
    return done


def blank(number: int, at: datetime) -> None:
    forget_parties([number])
    Party.objects.filter(pk=number).update(
        name="", phone="", email="", address="", phone_mark="", email_mark="", token="", account=None,
        wishes=[], shown=False, erased_at=at,
    )  # fmt: skip


def forget(now: datetime | None = None, most: int = 5000) -> int:
    """Erase the parties of cases closed long enough ago, kind by kind; how many cases. For the nightly
    round."""
    moment, done = now or ground().now(), 0
    for kind in kinds().values():
        limit = moment - timedelta(days=kind.keep_days)
        with people.through("case"):
            old = Case.objects.filter(
                kind=kind.id, closed_at__lt=limit, parties__isnull=False, parties__erased_at=None
            )
            codes = list(old.distinct().order_by("pk").values_list("code", flat=True)[: most - done])
        for code in codes:
            with turn(code, None, moment, who=HOUSE, open_only=False) as found:
                erase(found, "hết thời hạn lưu")
                done += 1
                _parts(found.case, "hết thời hạn lưu", moment)
    return done
