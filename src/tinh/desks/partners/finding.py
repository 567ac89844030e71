"""Whether a request that got no answer is with the partner after all: looked for before it is sent again.

Found by our code, which goes along as `account_id` and at the end of the description. Not found proves
something only where the partner lists what we sent it before: many show nothing until a person let it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from tinh.desks.partners.errors import PartnerRefuses, PartnerSilent
from tinh.desks.partners.georeport import GeoReport, Listed
from tinh.desks.partners.models import Handed, Partner
from tinh.people import api as people

_BEFORE = timedelta(hours=2)  # for clocks that differ
_LONGEST = timedelta(days=85)  # servers need not give more than 90 days
_FULL = 500  # so many in a list: it may be cut, and what is missing says nothing


@dataclass(frozen=True, slots=True)
class Sight:
    """`id` where the request is there; `absent` where it surely is not; neither: a person must look."""

    id: str = ""
    absent: bool = False


def reference(code: str) -> str:
    """What stands at the end of a description, so that the request is found again."""
    return f"(Mã tham chiếu: {code})"


def look(one: Handed, partner: Partner, there: GeoReport, now: datetime) -> Sight:
    """Raises PartnerSilent when the partner says nothing now either."""
    service = str(partner.services.get(one.case.category, ""))
    since = max((one.tried_at or now) - _BEFORE, now - _LONGEST)
    try:
        listed = there.listed(service, since, now + _BEFORE)
    except PartnerRefuses:  # knows no lists, or gives none to us
        return Sight()
    found = next((r for r in listed if _ours(r, one.case.code)), None)
    if found is not None:
        return Sight(found.id)
    if len(listed) >= _FULL:
        return Sight()
    return Sight(absent=_lists_ours(partner, service, there, listed, now))


def _ours(listed: Listed, code: str) -> bool:
    return bool(listed.id) and (listed.account == code or reference(code) in listed.description)


def _lists_ours(
    partner: Partner, service: str, there: GeoReport, listed: list[Listed], now: datetime
) -> bool:
    """Whether what we sent lately under this service code is in the partner's lists."""
    of = [category for category, code in partner.services.items() if str(code) == service]
    with people.through("case"):
        last = (
            Handed.objects.filter(
                partner=partner, state=Handed.SENT, case__category__in=of, sent_at__gte=now - _LONGEST
            )
            .exclude(remote="")
            .order_by("-sent_at")
            .first()
        )
    if last is None or last.sent_at is None:
        return False
    if any(r.id == last.remote for r in listed):
        return True
    try:
        around = there.listed(service, last.sent_at - _BEFORE, last.sent_at + _BEFORE)
    except (PartnerRefuses, PartnerSilent):
        return False
    return any(r.id == last.remote for r in around)
