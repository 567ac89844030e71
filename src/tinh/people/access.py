"""The access log: sign-ins, deliveries, refusals and looks at personal or raw data."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

import structlog
from django.db import transaction
from django.utils import timezone

from tinh.people import chain
from tinh.people.context import through
from tinh.people.invitations import forget_invitations
from tinh.people.keys import fingerprint
from tinh.people.lines import Access
from tinh.people.models import Attempt, Reset, Token

log = structlog.get_logger()
KEPT = timedelta(days=731)
MOST_ABOUT = 2000  # people one line can be about


@dataclass(frozen=True, slots=True)
class Reading:
    """A look at personal data: which fields, for what, on which basis, why, and about whom."""

    fields: tuple[str, ...]
    purpose: str = ""
    basis: str = ""
    reason: str = ""
    about: tuple[str, ...] = ()  # identifiers; only their fingerprints are kept


def note(
    who: str,
    action: str,
    subject: str = "",
    *,
    allowed: bool,
    address: str = "",
    reading: Reading | None = None,
) -> None:
    """Add a line. It joins the chain as soon as what it is about is committed."""
    read = reading or Reading(())
    about = list(dict.fromkeys(fingerprint(one) for one in read.about if one))[:MOST_ABOUT]
    with through("record"):
        Access.objects.create(
            who=_text(who, 200),
            action=action[:40],
            subject=_text(subject, 200),
            allowed=allowed,
            address=_text(address, 64),
            fields=[_text(f, 200) for f in read.fields],
            purpose=_text(read.purpose, 200),
            basis=_text(read.basis, 200),
            reason=_text(read.reason, 1000),
            about=about,
        )
    transaction.on_commit(chain.link)
    log.info("access", who=who, action=action, subject=subject, allowed=allowed, address=address)


def about(identifiers: Iterable[str]) -> list[Access]:
    """Lines about a person, by any of what names them, newest first."""
    from django.db.models import Q

    wanted = Q(pk__in=[])
    for one in identifiers:
        wanted |= Q(about__contains=[fingerprint(one)])
    with through("record"):
        return list(Access.objects.filter(wanted).order_by("-id")[:500])


def forget(kept: timedelta = KEPT) -> int:
    """Drop what has been kept long enough; the number of rows dropped."""
    now = timezone.now()
    gone = chain.prune(now - kept)
    gone += Attempt.objects.filter(at__lt=now - timedelta(hours=1)).delete()[0]
    gone += Reset.objects.filter(expires_at__lt=now - timedelta(days=30)).delete()[0]
    gone += forget_invitations()
    return gone + Token.objects.filter(expires_at__lt=now - timedelta(days=30)).delete()[0]


def _text(text: str, most: int) -> str:
    return text.replace("\0", "")[:most]  # PostgreSQL cannot hold zeros
