"""Handing a post on for a time, and ending it.

A delegated post is the giver's own, whole, for a time. It lives while the post it came from does, cannot
be handed on again, and every grant stands in the access log.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone

from tinh.kit.errors import Text
from tinh.people.access import note
from tinh.people.context import through
from tinh.people.errors import DelegationRefused, NoSuchPost
from tinh.people.models import Role, User
from tinh.people.posts import Post
from tinh.people.rights import MATRIX, Actor, may, require
from tinh.people.scope import Scope

LONGEST = timedelta(days=366)


def delegate(
    actor: Actor | None, to: User, post: int | None, since: datetime, until: datetime, reason: str
) -> Post:
    """Hand `actor`'s post (its number; None: the main one) to somebody from a moment until another."""
    giver = require(actor, "delegate")
    try:
        with through("grant"):
            return _delegate(giver, to, post, since, until, reason.strip())
    except DelegationRefused:
        note(giver.name, "delegate", f"{to.username}: {post or 'main'}", allowed=False)
        raise


def _delegate(
    giver: Actor, to: User, post: int | None, since: datetime, until: datetime, reason: str
) -> Post:
    user = User.objects.filter(pk=giver.account, is_active=True).first() if giver.account else None
    if user is None or giver.by_key:
        raise _refused("mã truy cập không ủy quyền được", "a key cannot hand on a post")
    source = None
    scope = Scope(user.role, user.agency, user.place, user.sector)
    if post is not None:
        source = Post.objects.filter(user=user, pk=post).first()
        if source is None or not _holds(source, timezone.now()):
            raise _refused("đó không phải chức trách của bạn lúc này", "that is no post of yours now")
        if source.acting_for:
            raise _refused("việc được ủy quyền không ủy quyền tiếp được", "what was delegated stays there")
        scope = source.scope
    if MATRIX.get((scope.role, "delegate")) != "own":
        raise _refused("vai trò này không ủy quyền được", "this role cannot be handed on")
    now = timezone.now()
    if not (since < until and until > now and until - since <= LONGEST):
        raise _refused(
            "cần ngày bắt đầu, ngày kết thúc sau đó, không quá một năm",
            "it needs a beginning, an end after it and at most a year",
        )
    if source is not None and source.until is not None and until > source.until:
        raise _refused("dài hơn chức trách của chính bạn", "it would outlast your own post")
    if to.pk == user.pk or not to.is_active or to.role == Role.SERVICE:
        raise _refused(
            "người nhận phải là người khác, đang làm việc", "it takes another person, still active"
        )
    if not reason:
        raise _refused("cần nêu lý do", "a reason is needed")
    made = Post.objects.create(
        user=to, role=scope.role, agency=scope.agency, place=scope.place, sector=scope.sector, since=since,
        until=until, given_by=user, source=source, reason=reason[:500], acting_for=user.username,
    )  # fmt: skip
    note(giver.name, "delegate", f"{to.username}: {made} #{made.pk}", allowed=True)
    return made


def give_post(
    actor: Actor | None,
    to: User,
    scope: Scope,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    reason: str = "",
) -> Post:
    """A further office for somebody, from whoever manages accounts."""
    giver = require(actor, "manage accounts")
    if scope.role not in Role.values or scope.role == Role.SERVICE or to.role == Role.SERVICE:
        raise _refused("vai trò này không dành cho người", "this role is not for people")
    with through("grant"):
        made = Post.objects.create(
            user=to, role=scope.role, agency=scope.agency, place=scope.place, sector=scope.sector,
            since=since or timezone.now(), until=until, given_by_id=giver.account, reason=reason[:500],
        )  # fmt: skip
    note(giver.name, "give post", f"{to.username}: {made} #{made.pk}", allowed=True)
    return made


def end_post(actor: Actor | None, post: int, reason: str = "") -> Post:
    """End a post now, with all handed on out of it. Its holder, its giver and who manages accounts may."""
    who = require(actor, "read")
    with through("grant"):
        found = Post.objects.filter(pk=post).first()
        allowed = found is not None and (
            may(who, "manage accounts")
            or (not who.by_key and who.account in (found.user_id, found.given_by_id))  # type: ignore[attr-defined]  # Django's own
        )
        if found is None or not allowed:
            note(who.name, "end post", f"#{post}", allowed=False)
            raise NoSuchPost(post=post)
        if found.ended_at is None:
            found.ended_at = timezone.now()
            found.save(update_fields=["ended_at"])
            note(who.name, "end post", f"#{post} {reason}".strip(), allowed=True)
    return found


def given_posts(actor: Actor) -> list[Post]:
    """What somebody has handed on and that is not over, the newest first."""
    with through("grant"):
        given = Post.objects.select_related("user").filter(
            given_by_id=actor.account, ended_at=None, until__gt=timezone.now()
        )
        return list(given.exclude(acting_for="").order_by("-pk"))


def live_posts(user: User, now: datetime | None = None) -> tuple[Scope, ...]:
    """The further posts somebody holds at this moment; a delegated one only while the giver's own does."""
    now = now or timezone.now()
    held = Post.objects.filter(user=user, ended_at=None, since__lte=now).order_by("pk")
    return tuple(post.scope for post in held if _holds(post, now))  # nearly always none: one plain query


def _holds(post: Post, now: datetime) -> bool:
    if post.ended_at is not None or post.since > now or (post.until is not None and post.until <= now):
        return False
    if not post.acting_for:
        return True
    giver, source = post.given_by, post.source
    if giver is None or not giver.is_active:
        return False
    if source is not None:
        return _holds(source, now)
    return (giver.role, giver.agency, giver.place, giver.sector) == (
        post.role, post.agency, post.place, post.sector,
    )  # fmt: skip


def _refused(vi: str, en: str) -> DelegationRefused:
    words = Text(vi, en)
    return DelegationRefused(reason_vi=words.vi, reason_en=words.en)
