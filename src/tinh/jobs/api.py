"""The wiring of both floors: what runs in a serving process.

Comes in: a catalogue and a home, once (`install`). Goes out: the process's `corridor()`,
deliveries acknowledged when durable (`accept`, `wait_for`), versions as they grow
(`version`, `follow`), work done by the clock, and the version in force (`plan`,
`apply`). Refuses: to guess which province is meant.
"""

from __future__ import annotations

from tinh.jobs.adoption import adopt, applied, apply, between, in_force, plan
from tinh.jobs.agencies import (
    Holdings,
    add_agency,
    add_communes,
    agencies,
    change_agency,
    holdings,
    merge_agency,
    missing_communes,
)
from tinh.jobs.deliveries import accept, judged, raw, wait_for, waiting
from tinh.jobs.events import event_door, event_source, events_came
from tinh.jobs.house import (
    atlas,
    catalogue,
    corridor,
    folder,
    follow,
    gazetteer,
    home,
    install,
    installed,
    now,
    official_boundaries,
    stamp,
    version,
)
from tinh.jobs.recalls import effect, recall, reinstate
from tinh.jobs.register import processing_record
from tinh.jobs.rounds import clockwork, outlook, remind, remind_agency
from tinh.jobs.run import start, start_pulse, stop
from tinh.jobs.sight import Sight, clear, lifted, sight
from tinh.jobs.sources import connecting, feeds, hosts, let_host, pull, vault
from tinh.jobs.staff import begin_of, end_of, headships, leave, scope
from tinh.jobs.subjects import act, archive, collected, expire, identifiers_of
from tinh.jobs.territory import Territory

__all__ = [
    "Holdings",
    "Sight",
    "Territory",
    "accept",
    "act",
    "add_agency",
    "add_communes",
    "adopt",
    "agencies",
    "applied",
    "apply",
    "archive",
    "atlas",
    "begin_of",
    "between",
    "catalogue",
    "change_agency",
    "clear",
    "clockwork",
    "collected",
    "connecting",
    "corridor",
    "effect",
    "end_of",
    "event_door",
    "event_source",
    "events_came",
    "expire",
    "feeds",
    "folder",
    "follow",
    "gazetteer",
    "headships",
    "holdings",
    "home",
    "hosts",
    "identifiers_of",
    "in_force",
    "install",
    "installed",
    "judged",
    "leave",
    "let_host",
    "lifted",
    "merge_agency",
    "missing_communes",
    "now",
    "official_boundaries",
    "outlook",
    "plan",
    "processing_record",
    "pull",
    "raw",
    "recall",
    "reinstate",
    "remind",
    "remind_agency",
    "scope",
    "sight",
    "stamp",
    "start",
    "start_pulse",
    "stop",
    "vault",
    "version",
    "wait_for",
    "waiting",
]
