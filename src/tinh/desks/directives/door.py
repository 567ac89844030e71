"""What other rooms ask of the desk of directives: `from tinh.desks.api import directives`.

Leaders: `issue`. Cooperating agencies: `contribute`. Everybody who may: `listed`, `one`, `of_cases`,
`tied_to`, `contributions`. The house: `stand_on`, `register`, `monthly`, `simulate`.
"""

from __future__ import annotations

from tinh.desks.directives.course import register
from tinh.desks.directives.drafts import CAUSES, Cause, Draft, faults_of
from tinh.desks.directives.errors import DirectiveError, DirectiveUnfit, NoSuchDirective
from tinh.desks.directives.ground import Ground, stand_on
from tinh.desks.directives.helping import Contribution, contribute, contributions, may_contribute
from tinh.desks.directives.issuing import KIND, issue
from tinh.desks.directives.listing import TABS, Listed, Seen, Tab, listed, of_cases, one, tied_to
from tinh.desks.directives.monthly import DATASET, Filing, monthly
from tinh.desks.directives.simulating import simulate

__all__ = [
    "CAUSES",
    "DATASET",
    "KIND",
    "TABS",
    "Cause",
    "Contribution",
    "DirectiveError",
    "DirectiveUnfit",
    "Draft",
    "Filing",
    "Ground",
    "Listed",
    "NoSuchDirective",
    "Seen",
    "Tab",
    "contribute",
    "contributions",
    "faults_of",
    "issue",
    "listed",
    "may_contribute",
    "monthly",
    "of_cases",
    "one",
    "register",
    "simulate",
    "stand_on",
    "tied_to",
]
