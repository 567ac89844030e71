"""What other rooms ask of the desk of citizens' reports: `from tinh.desks.api import reports`.

Taking in: `submit`, `suggest`, `near`, `follow`, `may_follow`, `where`, `needs_challenge`. Its sender:
`track`, `track_link`, `link_of`, `again`, `supplement`, `rate`, `withdraw`. Everybody: `public_case`,
`public_list`, `statistics`, `cube`, `summed`, `hot_spots`. Staff: `answered`, `ratings`. Clerks: `show`,
`hide`, `block`, `marks_of_report`, `blocks`, `decide`; whoever is blocked: `appeal`. The house: `stand_on`,
`register`, `forget`, `simulate`.
"""

from __future__ import annotations

from tinh.desks.reports.abuse import (
    Caller,
    appeal,
    block,
    blocks,
    decide,
    marks_of_report,
    needs_challenge,
)
from tinh.desks.reports.apart import Raw, as_sent
from tinh.desks.reports.challenge import Challenge
from tinh.desks.reports.course import register
from tinh.desks.reports.drafts import BY_STAFF, Draft, faults_of
from tinh.desks.reports.errors import (
    Blocked,
    ChallengeWrong,
    DraftWrong,
    NoSuchBlock,
    NoSuchCategory,
    NoSuchReport,
    NotNow,
    NotTold,
    OutsideProvince,
    ReportsError,
    TooManyReports,
)
from tinh.desks.reports.exchange import Asked, Happened, happened, listed, named, sent_by
from tinh.desks.reports.ground import Ground, category, stand_on, zone
from tinh.desks.reports.hotspots import HotSpot
from tinh.desks.reports.intake import Duplicate, Receipt, follow, may_follow, near, pictured, submit, suggest
from tinh.desks.reports.moments import Moment
from tinh.desks.reports.monthly import DATASET, Filing, monthly, months
from tinh.desks.reports.retention import forget
from tinh.desks.reports.screening import COVER, Screened, screen
from tinh.desks.reports.showing import (
    Listed,
    Shown,
    Wanted,
    answered,
    hide,
    public_case,
    public_list,
    ratings,
    show,
)
from tinh.desks.reports.simulating import simulate
from tinh.desks.reports.spots import hot_spots
from tinh.desks.reports.statistics import Counts, Key, Period, Statistics, cube, statistics, summed
from tinh.desks.reports.suggesting import Suggested, Suggester, Suggestion
from tinh.desks.reports.tracking import (
    WORDS,
    Kin,
    Tracked,
    again,
    link_of,
    rate,
    supplement,
    track,
    track_link,
    withdraw,
)
from tinh.desks.reports.whereabouts import Whereabouts, where

__all__ = [
    "BY_STAFF",
    "COVER",
    "DATASET",
    "WORDS",
    "Asked",
    "Blocked",
    "Caller",
    "Challenge",
    "ChallengeWrong",
    "Counts",
    "Draft",
    "DraftWrong",
    "Duplicate",
    "Filing",
    "Ground",
    "Happened",
    "HotSpot",
    "Key",
    "Kin",
    "Listed",
    "Moment",
    "NoSuchBlock",
    "NoSuchCategory",
    "NoSuchReport",
    "NotNow",
    "NotTold",
    "OutsideProvince",
    "Period",
    "Raw",
    "Receipt",
    "ReportsError",
    "Screened",
    "Shown",
    "Statistics",
    "Suggested",
    "Suggester",
    "Suggestion",
    "TooManyReports",
    "Tracked",
    "Wanted",
    "Whereabouts",
    "again",
    "answered",
    "appeal",
    "as_sent",
    "block",
    "blocks",
    "category",
    "cube",
    "decide",
    "faults_of",
    "follow",
    "forget",
    "happened",
    "hide",
    "hot_spots",
    "link_of",
    "listed",
    "marks_of_report",
    "may_follow",
    "monthly",
    "months",
    "named",
    "near",
    "needs_challenge",
    "pictured",
    "public_case",
    "public_list",
    "rate",
    "ratings",
    "register",
    "screen",
    "sent_by",
    "show",
    "simulate",
    "stand_on",
    "statistics",
    "submit",
    "suggest",
    "summed",
    "supplement",
    "track",
    "track_link",
    "where",
    "withdraw",
    "zone",
]
