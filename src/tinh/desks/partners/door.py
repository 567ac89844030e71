"""What other rooms ask of Open311 links: `from tinh.desks.api import partners`.

`round_of_partners` hands cases on and listens; `partners`, `partner`, `keep_partner`, `handed`,
`services_of`, `send_again` and `is_there` are the desk's; `told` takes updates in from programs that
sent reports; `full_name` and `parted` read names written in two fields.
"""

from __future__ import annotations

from tinh.desks.partners.errors import (
    NoSuchPartner,
    PartnerError,
    PartnerLost,
    PartnerRefuses,
    PartnerSilent,
    PartnerUnclear,
    PartnerUnfit,
)
from tinh.desks.partners.forwarding import is_there, round_of_partners, send_again
from tinh.desks.partners.georeport import GeoReport
from tinh.desks.partners.keeping import handed, keep_partner, partner, partners, services_of
from tinh.desks.partners.models import Handed, Partner
from tinh.desks.partners.names import full_name, parted
from tinh.desks.partners.taking import STATUSES, status_of, told

__all__ = [
    "STATUSES",
    "GeoReport",
    "Handed",
    "NoSuchPartner",
    "Partner",
    "PartnerError",
    "PartnerLost",
    "PartnerRefuses",
    "PartnerSilent",
    "PartnerUnclear",
    "PartnerUnfit",
    "full_name",
    "handed",
    "is_there",
    "keep_partner",
    "parted",
    "partner",
    "partners",
    "round_of_partners",
    "send_again",
    "services_of",
    "status_of",
    "told",
]
