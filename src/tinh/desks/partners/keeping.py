"""Partners as the desk keeps them: made, changed, tried and paused by a person who may."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.db.models import Count, Q

from tinh.desks.partners.errors import NoSuchPartner, PartnerUnfit
from tinh.desks.partners.forwarding import wire
from tinh.desks.partners.georeport import Service
from tinh.desks.partners.models import Handed, Partner
from tinh.desks.reports.ground import ground
from tinh.people import api as people

if TYPE_CHECKING:
    from tinh.sources.api import Vault

_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*\Z")


def partners(actor: people.Actor) -> list[Partner]:
    """Every partner, with `sent`, `waiting`, `failed` and `unsure` counted. Asks `manage desks`."""
    people.require(actor, "manage desks")
    counted = {s: Count("handed", filter=Q(handed__state=s)) for s in Handed.STATES}
    return list(Partner.objects.annotate(**counted).order_by("name"))


def partner(slug: str, actor: people.Actor) -> Partner:
    people.require(actor, "manage desks")
    found = Partner.objects.filter(slug=slug).first()
    if found is None:
        raise NoSuchPartner(id=slug[:60])
    return found


def handed(slug: str, actor: people.Actor, most: int = 100) -> list[Handed]:
    """What was handed to a partner, what waits for a person first, then the newest."""
    found = Handed.objects.filter(partner=partner(slug, actor)).select_related("case")
    owed = (Handed.FAILED, Handed.UNSURE)
    return sorted(found.order_by("-pk")[:most], key=lambda one: (one.state not in owed, -one.pk))


def keep_partner(
    actor: people.Actor, vault: Vault, *, slug: str, name: str, url: str, agency: str,
    services: Mapping[str, str], jurisdiction: str = "", key: str = "", identity: bool = False,
    private: bool = False, active: bool = True,
) -> Partner:  # fmt: skip
    """Make a partner, or change the one of this slug; a blank `key` leaves the one kept. PartnerUnfit."""
    people.require(actor, "manage desks")
    catalogue = ground().catalogue()
    parts = urlsplit(url.strip())
    if not _SLUG.match(slug) or len(slug) > 40:
        raise _unfit(
            "mã chỉ gồm chữ thường, số và dấu gạch nối", "the id takes lower-case letters, digits and hyphens"
        )
    if not name.strip():
        raise _unfit("chưa có tên", "it has no name")
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.password or not url.isascii():
        raise _unfit(
            "địa chỉ phải là http(s)://… không kèm mật khẩu",
            "the address must be http(s)://… without a password",
        )
    if agency not in catalogue.agencies:
        raise _unfit(f"không có cơ quan “{agency[:40]}”", f'there is no agency "{agency[:40]}"')
    odd = [one for one in services if one not in catalogue.report_categories]
    if odd or not services:
        what = odd[0][:40] if odd else "∅"
        raise _unfit(f"chuyên mục “{what}” không có", f'there is no category "{what}"')
    secret = f"OPEN311_{slug.upper().replace('-', '_')}"
    if key.strip():
        vault.put(secret, key.strip(), by=actor.name, at=ground().now())
    now = ground().now()
    known = Partner.objects.filter(slug=slug).first()
    fields = {
        "name": name.strip()[:200], "url": url.strip().rstrip("/")[:500], "agency": agency,
        "services": dict(services), "jurisdiction": jurisdiction.strip()[:100], "identity": identity,
        "private": private, "active": active, "due_at": now, "failures": 0, "said": "",
    }  # fmt: skip
    if key.strip() or known is None:
        fields["secret"] = secret if key.strip() else ""
    made, _ = Partner.objects.update_or_create(
        slug=slug, defaults=fields,
        create_defaults={**fields, "made_at": now, "made_by": actor.name[:200]},
    )  # fmt: skip
    people.note(actor.name, "manage desks", f"open311/{slug}", allowed=True)
    return made


def services_of(slug: str, actor: people.Actor, vault: Vault) -> Sequence[Service]:
    """What the partner offers, asked now. PartnerSilent, PartnerRefuses."""
    return wire(partner(slug, actor), vault).services()


def _unfit(vi: str, en: str) -> PartnerUnfit:
    return PartnerUnfit(why_vi=vi, why_en=en)
