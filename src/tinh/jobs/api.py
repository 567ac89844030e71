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
from tinh.jobs.anomalies import Looked, look_progress, look_wanted, looked_at, mark_anomaly, unusual
from tinh.jobs.bells import Bell
from tinh.jobs.casework import case_ground
from tinh.jobs.chores import Progress
from tinh.jobs.deliveries import accept, judged, raw, wait_for, waiting
from tinh.jobs.desks import open_desks
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
from tinh.jobs.outlooks import (
    Round,
    outlook_progress,
    outlooks_wanted,
    refresh,
    replayed,
    settled,
    track_record,
)
from tinh.jobs.pilots import (
    Study,
    ahead,
    close_pilot,
    drop_pilot,
    keep_pilot,
    outcome,
    pilots,
    study,
    try_pilot,
)
from tinh.jobs.recalls import effect, recall, reinstate
from tinh.jobs.register import processing_record
from tinh.jobs.reportfigures import file_directive_figures, file_report_figures
from tinh.jobs.rounds import clockwork, outlook, remind, remind_agency
from tinh.jobs.run import catch_up, listen, start, start_beside, start_pulse, stop
from tinh.jobs.sight import Sight, clear, lifted, sight
from tinh.jobs.sitings import (
    drop_siting,
    due_sitings,
    keep_siting,
    siting,
    siting_features,
    sitings,
    solve_siting,
)
from tinh.jobs.sitings import standing as siting_standing
from tinh.jobs.sources import connecting, feeds, hosts, let_host, pull, vault
from tinh.jobs.staff import begin_of, end_of, headships, leave, scope
from tinh.jobs.subjects import act, archive, collected, expire, identifiers_of
from tinh.jobs.territory import Territory
from tinh.jobs.tiles import map_tile, near_province
from tinh.jobs.unusual import (
    STANDINGS,
    Anomaly,
    anomalies,
    anomaly,
    anomaly_series,
    answers_for,
    marks_of,
)

__all__ = [
    "STANDINGS",
    "Anomaly",
    "Bell",
    "Holdings",
    "Looked",
    "Progress",
    "Round",
    "Sight",
    "Study",
    "Territory",
    "accept",
    "act",
    "add_agency",
    "add_communes",
    "adopt",
    "agencies",
    "ahead",
    "anomalies",
    "anomaly",
    "anomaly_series",
    "answers_for",
    "applied",
    "apply",
    "archive",
    "atlas",
    "begin_of",
    "between",
    "case_ground",
    "catalogue",
    "catch_up",
    "change_agency",
    "clear",
    "clockwork",
    "close_pilot",
    "collected",
    "connecting",
    "corridor",
    "drop_pilot",
    "drop_siting",
    "due_sitings",
    "effect",
    "end_of",
    "event_door",
    "event_source",
    "events_came",
    "expire",
    "feeds",
    "file_directive_figures",
    "file_report_figures",
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
    "keep_pilot",
    "keep_siting",
    "leave",
    "let_host",
    "lifted",
    "listen",
    "look_progress",
    "look_wanted",
    "looked_at",
    "map_tile",
    "mark_anomaly",
    "marks_of",
    "merge_agency",
    "missing_communes",
    "near_province",
    "now",
    "official_boundaries",
    "open_desks",
    "outcome",
    "outlook",
    "outlook_progress",
    "outlooks_wanted",
    "pilots",
    "plan",
    "processing_record",
    "pull",
    "raw",
    "recall",
    "refresh",
    "reinstate",
    "remind",
    "remind_agency",
    "replayed",
    "scope",
    "settled",
    "sight",
    "siting",
    "siting_features",
    "siting_standing",
    "sitings",
    "solve_siting",
    "stamp",
    "start",
    "start_beside",
    "start_pulse",
    "stop",
    "study",
    "track_record",
    "try_pilot",
    "unusual",
    "vault",
    "version",
    "wait_for",
    "waiting",
]
