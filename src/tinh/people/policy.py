"""What the province declares of coming in, as this process knows it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.utils import timezone

from tinh.packs.api import SignIn
from tinh.people.context import through
from tinh.people.delegation import live_posts

if TYPE_CHECKING:
    from tinh.people.models import User


@dataclass(frozen=True, slots=True)
class Rules:
    """Handed in by the room that knows the province; asked anew at each use, as it may be applied anew."""

    sign_in: Callable[[], SignIn] = SignIn
    secret: Callable[[str], str | None] = lambda _name: None
    province: Callable[[], str] = lambda: "Tỉnh"


_rules = Rules()


def declare(rules: Rules) -> None:
    """Hand this process the province's rules."""
    global _rules
    _rules = rules


def rules() -> Rules:
    return _rules


def must_have_second(user: User) -> bool:
    """Whether this person may not go without a second factor; the demonstration's own accounts may."""
    if user.demo:
        return False
    guarded = rules().sign_in().roles
    with through("sign-in"):
        return user.role in guarded or any(post.role in guarded for post in live_posts(user))


def may_wait_until(user: User) -> datetime | None:
    """Until when setting one up may be put off; None when it no longer may."""
    end = user.created_at + timedelta(days=rules().sign_in().grace_days)
    return end if end > timezone.now() else None
