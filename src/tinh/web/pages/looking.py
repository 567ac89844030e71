"""Personal columns of a service tried on its page: asked for with purpose and reason, and recorded."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from tinh.axis import api as axis
from tinh.packs.api import Share
from tinh.people import api as people


@dataclass(frozen=True, slots=True)
class Look:
    """What the reader's agency is given of people, and by what right; `purposes` are those to choose from."""

    columns: tuple[str, ...]
    naming: tuple[str, ...]  # those that say who it is
    purposes: tuple[tuple[str, str], ...]
    basis: str


def look_at(share: Share, agency: str, at: axis.Desk, language: str) -> Look | None:
    """None where an answer holds nothing personal."""
    dataset = at.catalogue.datasets.get(share.dataset)
    mine = [m.personal for m in share.members if m.personal and m.agency == agency]
    if dataset is None or not mine:
        return None
    register = at.catalogue.privacy
    given = {name for right in mine for name in right.columns}
    columns = [c for c in dataset.columns if c.name in given and c.name in share.columns]
    if not columns:
        return None
    naming = [
        c.name for c in columns
        if c.privacy and (kind := register.kinds.get(c.privacy.kind)) is not None and kind.identifies
    ]  # fmt: skip
    said = tuple((right.purpose.vi, right.purpose.in_(language)) for right in mine)
    basis = "; ".join(dict.fromkeys(right.legal_basis for right in mine))
    return Look(tuple(c.name for c in columns), tuple(naming), tuple(dict.fromkeys(said)), basis)


def reason_of(given: Mapping[str, str], look: Look) -> tuple[str, str]:
    """The purpose and the reason a form gives; ReasonTooShort or NoSuchPurpose otherwise."""
    known = [purpose for purpose, _ in look.purposes]
    purpose = given.get("muc-dich", "")
    reason = people.reasoned(given.get("ly-do", ""))
    if purpose not in known:
        raise people.NoSuchPurpose(purpose=purpose[:80], known="; ".join(known))
    return purpose, reason


def looked(
    request: HttpRequest, who: people.Actor, share: Share, look: Look, purpose: str, reason: str, body: bytes
) -> None:
    """Record the look before it is shown: which columns, for what, and whose."""
    try:
        rows: Any = json.loads(body)["data"]
    except (ValueError, KeyError, TypeError):
        rows = []
    found = [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
    about = [str(row[name]) for row in found for name in look.naming if row.get(name) is not None]
    people.note(
        who.name, "see personal data", f"{share.id} (/dich-vu/)", allowed=True,
        address=people.address_of(request),
        reading=people.Reading(look.columns, purpose, look.basis, reason, tuple(dict.fromkeys(about))),
    )  # fmt: skip
