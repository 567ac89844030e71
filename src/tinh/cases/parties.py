"""The people of a case: kept apart, found by keyed digests, shown with a reason and on record."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from tinh.cases import shapes
from tinh.cases.models import Case
from tinh.cases.models import Party as Row
from tinh.people import api as people

DEVICES = "push:devices"  # the wish for push: every browser that signed on for the party


def plain_phone(text: str) -> str:
    """A Vietnamese number as it is compared: digits, 0 before; +84, 84 and 0084 are 0."""
    digits = re.sub(r"\D", "", text)
    for prefix in ("0084", "84"):
        if digits.startswith(prefix) and len(digits) - len(prefix) in (9, 10):
            return "0" + digits[len(prefix) :]
    return digits


def phone_mark(text: str) -> str:
    plain = plain_phone(text)
    return people.fingerprint(f"phone {plain}") if plain else ""


def email_mark(text: str) -> str:
    plain = text.strip().lower()
    return people.fingerprint(f"e-mail {plain}") if plain else ""


def token_digest(token: str) -> str:
    """How a secret link is kept."""
    return hashlib.sha256(f"tinh case link {token}".encode()).hexdigest()


def add(case: Case, party: shapes.Party, at: datetime) -> Row:
    made = row(case, party, at)
    made.save(force_insert=True)
    return made


def row(case: Case, party: shapes.Party, at: datetime) -> Row:
    """The row of a party, not written yet."""
    return Row(
        case=case, role=party.role[:12], name=_line(party.name)[:200], phone=_line(party.phone)[:32],
        email=_line(party.email)[:254], address=_line(party.address)[:300],
        phone_mark=phone_mark(party.phone), email_mark=email_mark(party.email),
        language="en" if party.language == "en" else "vi", wishes=list(party.wishes), shown=party.shown,
        token=party.token, account_id=party.account, at=at,
    )  # fmt: skip


def copied(case: Case) -> shapes.Party | None:
    """Who reported a case, for another one that is parted from it; their secret link stays with the first."""
    found = Row.objects.filter(case=case, role="reporter", erased_at=None).order_by("pk").first()
    if found is None:
        return None
    return shapes.Party(
        found.name, found.phone, found.email, found.address, found.language,
        tuple(wish for wish in found.wishes if wish != DEVICES), shown=found.shown, account=found.account_id,
    )  # fmt: skip


def known_by(contact: str) -> list[Row]:
    """Parties with this phone number or e-mail address, the newest first; for the public door."""
    with people.through("case"):
        if "@" in contact:
            mark = email_mark(contact)
            found = Row.objects.filter(email_mark=mark) if mark else Row.objects.none()
        else:
            mark = phone_mark(contact)
            found = Row.objects.filter(phone_mark=mark) if mark else Row.objects.none()
        return list(found.filter(erased_at=None).select_related("case").order_by("-at")[:500])


def known_by_token(token: str) -> Row | None:
    """The party a secret link stands for."""
    with people.through("case"):
        return (
            Row.objects.filter(token=token_digest(token), erased_at=None).select_related("case").first()
            if token
            else None
        )


def reporter_of(code: str) -> int | None:
    """The number of the party who reported a case, for a door that has judged who it is; None when erased."""
    with people.through("case"):
        found = Row.objects.filter(case__code=code, role="reporter", erased_at=None).order_by("pk").first()
    return found.pk if found is not None else None


def wish_push(party: int, on: bool) -> None:
    """Whether a party wants to be told through the browsers that signed on for it. Other wishes stay: who
    named none was told by mail, and still is."""
    with people.through("case"), transaction.atomic():
        one = Row.objects.select_for_update().filter(pk=party, erased_at=None).first()
        if one is None:
            return
        others = [wish for wish in one.wishes if wish != DEVICES]
        if on and not others and one.email:
            others = ["mail"]
        one.wishes = [*others, DEVICES] if on else others
        one.save(update_fields=["wishes"])


def rows(case: Case, roles: Sequence[str] = ()) -> list[Row]:
    found = Row.objects.filter(case=case).order_by("pk")
    return list(found.filter(role__in=roles) if roles else found)


def _line(text: str) -> str:
    return " ".join(text.replace("\0", "").split())
