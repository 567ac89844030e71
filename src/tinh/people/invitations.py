"""Invitations: a one-time link by which somebody opens the account that was prepared, or comes back to it."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any, ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import models, transaction
from django.utils import timezone

from tinh.people.context import through
from tinh.people.locks import Lock
from tinh.people.staff_errors import InviteeUnusable, LinkExpired, LinkRevoked, LinkUnknown, LinkUsed

if TYPE_CHECKING:
    from tinh.people.models import User
    from tinh.people.scope import Scope

DAYS = 7
KEPT = timedelta(days=365)


class Invitation(models.Model):
    """Only the SHA-256 of the link's secret is kept. `account` is whom it opened, or whom it asks back."""

    personal: ClassVar[Mapping[str, str]] = {
        "id": "none",
        "digest": "secret, hashed; 365 days after it ends",
        "email": "contact; 365 days after it ends",
        "full_name": "name; 365 days after it ends",
        "role": "none",
        "agency": "employment; 365 days after it ends",
        "place": "none",
        "sector": "none",
        "invited_by": "link to an account; 365 days after it ends",
        "account": "link to an account; 365 days after it ends",
        "language": "none",
        "created_at": "none",
        "expires_at": "none",
        "used_at": "none",
        "revoked_at": "none",
    }

    lock: ClassVar[Lock] = Lock(
        read="manage accounts", write="manage accounts", agency="agency", doors=("sign-in", "grant")
    )

    digest: models.CharField[str, str] = models.CharField(max_length=64, unique=True)
    email: models.EmailField[str, str] = models.EmailField(blank=True)
    full_name: models.CharField[str, str] = models.CharField(max_length=200, blank=True)
    role: models.CharField[str, str] = models.CharField(max_length=20)
    agency: models.CharField[str, str] = models.CharField(max_length=64, blank=True)
    place: models.CharField[str, str] = models.CharField(max_length=10, blank=True)
    sector: models.CharField[str, str] = models.CharField(max_length=64, blank=True)
    invited_by: models.ForeignKey[User, User] = models.ForeignKey(
        "people.User", on_delete=models.CASCADE, related_name="invitations_made"
    )
    account: models.ForeignKey[User | None, User | None] = models.ForeignKey(
        "people.User", on_delete=models.CASCADE, null=True, blank=True, related_name="invitations"
    )
    language: models.CharField[str, str] = models.CharField(max_length=2, default="vi")
    created_at: models.DateTimeField[Any, Any] = models.DateTimeField(auto_now_add=True)
    expires_at: models.DateTimeField[Any, Any] = models.DateTimeField()
    used_at: models.DateTimeField[Any, Any] = models.DateTimeField(null=True, blank=True)
    revoked_at: models.DateTimeField[Any, Any] = models.DateTimeField(null=True, blank=True)

    class Meta:
        app_label = "people"

    def __str__(self) -> str:
        return f"{self.full_name or self.email} {self.role} {self.agency}".strip()

    @property
    def state(self) -> str:
        """open, used, revoked or expired."""
        if self.used_at:
            return "used"
        if self.revoked_at:
            return "revoked"
        return "expired" if self.expires_at <= timezone.now() else "open"

    @property
    def returning(self) -> bool:
        """Whether it asks back somebody who has an account."""
        return self.account_id is not None and self.used_at is None

    account_id: int | None


def invite(
    by: User, scope: Scope, *, email: str = "", full_name: str = "", account: User | None = None,
    language: str = "vi",
) -> tuple[Invitation, str]:  # fmt: skip
    """An invitation and the secret of its link, shown this once."""
    from tinh.people.models import Role, User

    email, full_name = email.strip(), " ".join(full_name.split())[:200]
    if not (email or full_name):
        raise InviteeUnusable(
            reason_vi="cần tên hoặc thư điện tử", reason_en="a name or an e-mail address is needed"
        )
    if email:
        try:
            validate_email(email)
        except ValidationError as fault:
            raise InviteeUnusable(
                reason_vi=f"“{email}” không phải địa chỉ thư", reason_en=f"“{email}” is no e-mail address"
            ) from fault
    if scope.role == Role.SERVICE:
        raise InviteeUnusable(
            reason_vi="tài khoản dịch vụ không đăng nhập", reason_en="a service account does not sign in"
        )
    if account is None and email and (known := User.objects.by_name(email)) is not None:
        raise InviteeUnusable(
            reason_vi=f"{email} đã có tài khoản {known.username}",
            reason_en=f"{email} has the account {known.username} already",
        )
    secret = secrets.token_urlsafe(32)
    with transaction.atomic():
        same = Invitation.objects.filter(used_at=None, revoked_at=None)
        same = same.filter(account=account) if account else same.filter(email__iexact=email, account=None)
        if email or account:
            same.update(revoked_at=timezone.now())  # one open link a person
        made = Invitation.objects.create(
            digest=_digest(secret), email=email, full_name=full_name, role=scope.role, agency=scope.agency,
            place=scope.place, sector=scope.sector, invited_by=by, account=account, language=language,
            expires_at=timezone.now() + timedelta(days=DAYS),
        )  # fmt: skip
    return made, secret


def renew(invitation: Invitation) -> str:
    """A new link for an invitation that was not used; the old one ends. LinkUsed when it was."""
    secret = secrets.token_urlsafe(32)
    done = Invitation.objects.filter(pk=invitation.pk, used_at=None).update(
        digest=_digest(secret), expires_at=timezone.now() + timedelta(days=DAYS), revoked_at=None
    )
    if not done:
        raise LinkUsed(who=invitation.invited_by.username)
    return secret


def withdraw(invitation: Invitation) -> None:
    """Take an open invitation back."""
    Invitation.objects.filter(pk=invitation.pk, used_at=None, revoked_at=None).update(
        revoked_at=timezone.now()
    )


def invitation_of(secret: str, *, lock: bool = False) -> Invitation:
    """The open invitation of a link; LinkUnknown, LinkUsed, LinkRevoked or LinkExpired otherwise."""
    with through("sign-in"):
        found = Invitation.objects.select_related("invited_by", "account")
        if lock:
            found = found.select_for_update(of=("self",))
        one = found.filter(digest=_digest(secret)).first()
    if one is None:
        raise LinkUnknown
    who = one.invited_by.full_name or one.invited_by.username
    match one.state:
        case "used":
            raise LinkUsed(who=who)
        case "revoked":
            raise LinkRevoked(who=who)
        case "expired":
            raise LinkExpired(who=who, day=f"{timezone.localtime(one.expires_at):%d.%m.%Y}")
    return one


def accept(secret: str, password: str, *, username: str = "", full_name: str = "") -> User:
    """The account of whoever followed the link, with the password they chose."""
    from tinh.people.access import note
    from tinh.people.accounts import create_account, set_password

    with through("sign-in"), transaction.atomic():
        one = invitation_of(secret, lock=True)
        if one.account is not None:
            user = one.account
            set_password(user, password)
            if not user.is_active:
                user.is_active = True
                user.save(update_fields=["is_active"])
        else:
            user = create_account(
                username, password, one.role, agency=one.agency, email=one.email, place=one.place,
                sector=one.sector, full_name=" ".join(full_name.split())[:200] or one.full_name,
            )  # fmt: skip
        Invitation.objects.filter(pk=one.pk).update(used_at=timezone.now(), account=user)
    note(user.username, "accept invitation", f"{one.role} {one.agency}".strip(), allowed=True)
    return user


def forget_invitations() -> int:
    """Drop those that ended long ago; the number dropped."""
    return Invitation.objects.filter(expires_at__lt=timezone.now() - KEPT).delete()[0]


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
