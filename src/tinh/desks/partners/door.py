"""What other rooms ask of Open311 links: `from tinh.desks.api import partners`.

`round_of_partners` hands cases on and listens; `partners`, `partner`, `keep_partner`, `handed`, `services_of`
and `send_again` are the desk's; `told` takes updates in from programs that sent reports; `full_name` and
`parted` read names written in two fields.
"""

from __future__ import annotations

from tinh.desks.partners.errors import (
    NoSuchPartner,
    PartnerError,
    PartnerRefuses,
    PartnerSilent,
    PartnerUnfit,
)
from tinh.desks.partners.forwarding import round_of_partners, send_again
from tinh.desks.partners.georeport import GeoReport
from tinh.desks.partners.keeping import handed, keep_partner, partner, partners, services_of
from tinh.desks.partners.models import Handed, Partner
from tinh.desks.partners.names import full_name, parted
from tinh.desks.partners.taking import STATUSES, told

__all__ = [
    "STATUSES",
    "GeoReport",
    "Handed",
    "NoSuchPartner",
    "Partner",
    "PartnerError",
    "PartnerRefuses",
    "PartnerSilent",
    "PartnerUnfit",
    "full_name",
    "handed",
    "keep_partner",
    "parted",
    "partner",
    "partners",
    "round_of_partners",
    "send_again",
    "services_of",
    "told",
]
