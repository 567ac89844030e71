"""Opening an account and changing its password."""

from __future__ import annotations

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction

from tinh.kit.errors import Text
from tinh.people.errors import NameTaken, NoSuchAccount, WeakPassword
from tinh.people.models import Role, User
from tinh.people.sessions import end_visits
from tinh.people.signin_errors import AddressUnreadable
from tinh.people.tokens import revoke_tokens_of

# Django's own Vietnamese lacks some of these.
_WEAK = {
    "password_too_short": Text("ngắn hơn 12 ký tự", "shorter than 12 characters"),
    "password_too_common": Text("quá phổ biến", "too common"),
    "password_entirely_numeric": Text("chỉ có chữ số", "nothing but digits"),
    "password_too_similar": Text("quá giống tên hoặc địa chỉ thư", "too much like the name or the address"),
}


def create_account(
    username: str,
    password: str,
    role: str = Role.VIEWER,
    *,
    agency: str = "",
    email: str = "",
    full_name: str = "",
    place: str = "",
    sector: str = "",
) -> User:
    """A new account; the password must pass the validators."""
    user = User(
        username=username.strip(), email=email.strip(), full_name=full_name, role=Role(role), agency=agency,
        place=place, sector=sector,
    )  # fmt: skip
    _judge(password, user)
    user.set_password(password)
    try:
        with transaction.atomic():
            user.save()
    except IntegrityError as fault:
        raise NameTaken(name=username) from fault
    return user


def account_named(name: str) -> User:
    """The account of this user name or address; NoSuchAccount when there is none."""
    user = User.objects.by_name(name)
    if user is None:
        raise NoSuchAccount(name=name)
    return user


def set_password(user: User, password: str, *, keep: str = "", keys: bool = False) -> None:
    """Give `user` a new password; every session but the one called `keep` ends, and with `keys` all keys."""
    _judge(password, user)
    user.set_password(password)
    user.save(update_fields=["password"])
    end_visits(user, keep)
    if keys:
        revoke_tokens_of(user)


def change_details(user: User, full_name: str, email: str) -> None:
    """A new name and address; raises NameTaken when another account has the address."""
    user.full_name, user.email = full_name.strip()[:200], email.strip()[:254]
    if user.email:
        try:
            validate_email(user.email)
        except ValidationError as fault:
            raise AddressUnreadable(email=user.email) from fault
    try:
        with transaction.atomic():
            user.save(update_fields=["full_name", "email"])
    except IntegrityError as fault:
        raise NameTaken(name=user.email) from fault


def _judge(password: str, user: User) -> None:
    try:
        validate_password(password, user)
    except ValidationError as fault:
        found = [_WEAK.get(str(one.code), Text(one.messages[0], one.messages[0])) for one in fault.error_list]
        raise WeakPassword(
            reason_vi=", ".join(one.vi for one in found), reason_en=", ".join(one.en for one in found)
        ) from fault
