"""The tables of the desks, where Django looks for them."""

from __future__ import annotations

from tinh.desks.directives.models import Directive
from tinh.desks.partners.models import Handed, Partner, Passed
from tinh.desks.photos.models import Origin, Photo
from tinh.desks.reports.models import Block, Report, Support, Tally

__all__ = [
    "Block",
    "Directive",
    "Handed",
    "Origin",
    "Partner",
    "Passed",
    "Photo",
    "Report",
    "Support",
    "Tally",
]
