"""People and their posts: who works where, who acts for whom, and what happens when somebody leaves."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from tinh.people.access import note
from tinh.people.context import through
from tinh.people.delegation import delegate, give_post, live_posts
from tinh.people.invitations import Invitation
from tinh.people.models import Role, Token, User
from tinh.people.posts import Post
from tinh.people.rights import Actor, require
from tinh.people.scope import Scope, own_agencies
from tinh.people.staff_errors import LeavingRefused, PostUnusable


@dataclass(frozen=True, slots=True)
class Duties:
    """What hangs on somebody now. `headships` are agencies; the rest is what ends or is handed over."""

    posts: tuple[Post, ...]
    given: tuple[Post, ...]
    keys: tuple[Token, ...]
    invitations: tuple[Invitation, ...]
    headships: tuple[str, ...]
    sessions: int


def staff(
    agencies: Collection[str] | None = None, *, role: str = "", active: bool | None = None, text: str = ""
) -> list[User]:
    """Accounts by name; of some agencies (with a post in one of them), a role, a part of a name."""
    found = User.objects.all()
    if agencies is not None:
        posts = _live(Post.objects.filter(agency__in=agencies))
        found = found.filter(Q(agency__in=agencies) | Q(pk__in=posts.values("user")))
    if role:
        found = found.filter(Q(role=role) | Q(pk__in=_live(Post.objects.filter(role=role)).values("user")))
    if active is not None:
        found = found.filter(is_active=active)
    if text:
        found = found.filter(
            Q(username__icontains=text) | Q(full_name__icontains=text) | Q(email__icontains=text)
        )
    return list(found.order_by("-is_active", "username"))


def colleagues(user: User, agencies: Collection[str]) -> list[User]:
    """Who else works in some agencies, for somebody who hands on a post there."""
    with through("grant"):
        return [other for other in staff(agencies, active=True) if other.pk != user.pk]


def staff_count(agency: str) -> tuple[int, int]:
    """How many accounts and further live posts an agency has."""
    names = own_agencies(agency) | {agency}
    return (
        User.objects.filter(agency__in=names, is_active=True).count(),
        _live(Post.objects.filter(agency__in=names)).count(),
    )


def staff_counts() -> dict[str, int]:
    """Active accounts by the agency of their main post."""
    out: dict[str, int] = {}
    for agency in User.objects.filter(is_active=True).exclude(agency="").values_list("agency", flat=True):
        out[agency] = out.get(agency, 0) + 1
    return out


def move_staff(of: str, into: str) -> None:
    """Accounts, posts and open invitations of an agency go over to another."""
    with transaction.atomic():
        for model in (User, Post, Invitation):
            model.objects.filter(agency=of).update(agency=into)


def posts_of(user: User) -> list[Post]:
    """Every further post somebody holds or held, the newest first."""
    return list(Post.objects.filter(user=user).select_related("given_by").order_by("-since", "-pk"))


def fit_days(since: datetime | None, until: datetime | None) -> None:
    """PostUnusable for a post that would end before it begins, or before today."""
    if until is not None and until <= max(since or timezone.now(), timezone.now()):
        raise PostUnusable(
            reason_vi="ngày kết thúc phải sau hôm nay và sau ngày bắt đầu",
            reason_en="it must end after today and after it begins",
        )


def appoint_acting(
    actor: Actor, user: User, to: User, post: int | None, since: datetime, until: datetime, reason: str
) -> Post:
    """`to` acts for `user` in one of their posts, until a day: by their own hand, or by whoever manages
    accounts in their place."""
    if actor.account != user.pk:
        require(actor, "manage accounts", agency=user.agency)
        note(actor.name, "delegate for", f"{user.username} → {to.username}", allowed=True)
        main = Scope(user.role, user.agency, user.place, user.sector)
        actor = Actor(
            name=user.username, role=main.role, agency=main.agency, account=user.pk, place=main.place,
            sector=main.sector, further=live_posts(user),
        )  # fmt: skip
    return delegate(actor, to, post, since, until, reason)


def duties(user: User, headships: Collection[str] = ()) -> Duties:
    """What hangs on somebody; `headships` are the agencies that name them as head."""
    now = timezone.now()
    return Duties(
        posts=tuple(_live(Post.objects.filter(user=user)).order_by("since")),
        given=tuple(
            _live(Post.objects.filter(acting_for=user.username)).select_related("user").order_by("since")
        ),
        keys=tuple(Token.objects.filter(owner=user, revoked_at=None, expires_at__gt=now).order_by("pk")),
        invitations=tuple(
            Invitation.objects.filter(invited_by=user, used_at=None, revoked_at=None, expires_at__gt=now)
        ),
        headships=tuple(headships),
        sessions=len(_sessions(user)),
    )


def leave(
    user: User, actor: Actor, *, heir: User | None, reason: str, headships: Collection[str] = ()
) -> Duties:
    """Close an account in one step: sessions, keys and posts end, duties go to `heir`; the account stays.

    Headships are the caller's to write. What hung on the person is returned as it was.
    """
    left = duties(user, headships)
    _may_leave(user, actor, heir, reason, left)
    now = timezone.now()
    with transaction.atomic():
        if heir is not None:
            _hand_over(user, heir, actor, left)
        Post.objects.filter(Q(user=user) | Q(acting_for=user.username), ended_at=None).update(ended_at=now)
        Token.objects.filter(owner=user, revoked_at=None).update(revoked_at=now)
        Invitation.objects.filter(account=user, used_at=None, revoked_at=None).update(revoked_at=now)
        user.is_active = False
        user.set_unusable_password()
        user.save(update_fields=["is_active", "password"])
        Session.objects.filter(pk__in=_sessions(user)).delete()
    note(actor.name, "close account", f"{user.username}: {reason}"[:200], allowed=True)
    return left


def change_main_post(user: User, scope: Scope, actor: Actor) -> None:
    """Another role or scope as the main post."""
    if user.role == Role.ADMINISTRATOR and scope.role != Role.ADMINISTRATOR and _last_administrator(user):
        raise PostUnusable(
            reason_vi="đây là quản trị viên cuối cùng", reason_en="this is the last administrator"
        )
    user.role, user.agency, user.place, user.sector = scope.role, scope.agency, scope.place, scope.sector
    user.save(update_fields=["role", "agency", "place", "sector"])
    note(actor.name, "change post", f"{user.username}: {scope.role} {scope.agency}", allowed=True)


def _may_leave(user: User, actor: Actor, heir: User | None, reason: str, left: Duties) -> None:
    def refuse(vi: str, en: str, cure_vi: str, cure_en: str) -> LeavingRefused:
        return LeavingRefused(reason_vi=vi, reason_en=en, cure_vi=cure_vi, cure_en=cure_en)

    if user.pk == actor.account:
        raise refuse(
            "không tự đóng tài khoản của mình", "nobody closes the own account",
            "Nhờ một quản trị viên khác", "Ask another administrator",
        )  # fmt: skip
    if not user.is_active:
        raise refuse(
            "tài khoản đã ngừng từ trước",
            "the account is closed already",
            "Không cần làm gì",
            "Nothing is to be done",
        )
    if user.role == Role.ADMINISTRATOR and _last_administrator(user):
        raise refuse(
            "đây là quản trị viên cuối cùng", "this is the last administrator",
            "Cử một quản trị viên khác trước", "Appoint another administrator first",
        )  # fmt: skip
    if not reason.strip():
        raise refuse(
            "cần nêu lý do", "a reason is needed", "Ghi lý do rồi gửi lại", "Write one and send again"
        )
    if heir is not None and (heir.pk == user.pk or not heir.is_active):
        raise refuse(
            f"{heir.username} không nhận bàn giao được", f"{heir.username} cannot take over",
            "Chọn một đồng nghiệp đang làm việc", "Choose a colleague who works here",
        )  # fmt: skip
    if heir is None and (left.posts or left.headships or left.invitations):
        raise refuse(
            "còn việc phải bàn giao", "there are duties to hand over",
            "Chọn đồng nghiệp nhận bàn giao", "Choose the colleague who takes them over",
        )  # fmt: skip


def _hand_over(user: User, heir: User, actor: Actor, left: Duties) -> None:
    held = {(s.role, s.agency, s.place, s.sector) for s in _scopes(heir)}
    main = Scope(user.role, user.agency, user.place, user.sector)
    wanted = [(main, None)] if user.role not in (Role.VIEWER, Role.ADMINISTRATOR) else []
    wanted += [(p.scope, p.until) for p in left.posts if not p.acting_for]
    for scope, until in wanted:
        if (scope.role, scope.agency, scope.place, scope.sector) not in held:
            give_post(actor, heir, scope, until=until, reason=f"← {user.username}")
    Invitation.objects.filter(pk__in=[i.pk for i in left.invitations]).update(invited_by=heir)


def _scopes(user: User) -> list[Scope]:
    """What somebody holds in their own right."""
    main = Scope(user.role, user.agency, user.place, user.sector)
    return [main, *(p.scope for p in _live(Post.objects.filter(user=user, acting_for="")))]


def _last_administrator(user: User) -> bool:
    return not User.objects.filter(role=Role.ADMINISTRATOR, is_active=True).exclude(pk=user.pk).exists()


def _live(posts: QuerySet[Post]) -> QuerySet[Post]:
    now = timezone.now()
    return posts.filter(Q(until=None) | Q(until__gt=now), since__lte=now, ended_at=None)


def _sessions(user: User) -> list[str]:
    """The keys of somebody's sessions."""
    open_ = Session.objects.filter(expire_date__gt=timezone.now())
    return [s.session_key for s in open_.iterator() if s.get_decoded().get("_auth_user_id") == str(user.pk)]
