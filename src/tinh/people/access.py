"""The access log: sign-ins, deliveries, refusals and looks at raw data."""

from __future__ import annotations

from datetime import timedelta

import structlog
from django.utils import timezone

from tinh.people.context import through
from tinh.people.invitations import forget_invitations
from tinh.people.models import Access, Attempt, Reset, Token

log = structlog.get_logger()
KEPT = timedelta(days=365)


def note(who: str, action: str, subject: str = "", *, allowed: bool, address: str = "") -> None:
    who, subject = who.replace("\0", ""), subject.replace("\0", "")  # text PostgreSQL cannot hold
    with through("record"):
        Access.objects.create(
            who=who[:200], action=action[:40], subject=subject[:200], allowed=allowed, address=address[:64]
        )
    log.info("access", who=who, action=action, subject=subject, allowed=allowed, address=address)


def forget() -> int:
    """Drop what has been kept long enough; the number of rows dropped."""
    now = timezone.now()
    gone = Access.objects.filter(at__lt=now - KEPT).delete()[0]
    gone += Attempt.objects.filter(at__lt=now - timedelta(hours=1)).delete()[0]
    gone += Reset.objects.filter(expires_at__lt=now - timedelta(days=30)).delete()[0]
    gone += forget_invitations()
    return gone + Token.objects.filter(expires_at__lt=now - timedelta(days=30)).delete()[0]
