"""Opening an account and changing its password."""

from __future__ import annotations

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from tinh.people.errors import NameTaken, NoSuchAccount, WeakPassword
from tinh.people.models import Role, User


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


def set_password(user: User, password: str) -> None:
    _judge(password, user)
    user.set_password(password)
    user.save(update_fields=["password"])


def _judge(password: str, user: User) -> None:
    try:
        validate_password(password, user)
    except ValidationError as fault:
        raise WeakPassword(reason=" ".join(fault.messages)) from fault
