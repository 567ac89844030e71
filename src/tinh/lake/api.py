"""The lake: Delta tables of receipts, accepted rows, held rows and indicator values.

Comes in: judged deliveries (`Entry`) and computed values. Goes out: answers, as of now or as
of any moment in the past 400 days. Refuses: rows no gate has judged, SQL that does anything
but read the datasets it names, a column that changed its type.

`Lake(root).commit(entries)` is idempotent by receipt and safe between processes. All rows of a
receipt appear in one commit; its own row in `receipts` is written last, so it promises them.
Current rows of a report or register are the newest receipt's per key; a stream keeps each
key once. Reads take the file list of one snapshot, so they never block a writer.
"""

from __future__ import annotations

from tinh.lake.anomalies import ANOMALIES, MARKS, Anomalies
from tinh.lake.asking import Ask, Condition, Page, Pin
from tinh.lake.columns import quoted
from tinh.lake.drafts import Draft
from tinh.lake.erasing import MARK, Wiped
from tinh.lake.errors import (
    BadFolder,
    Contended,
    LakeError,
    NotWritten,
    QueryFailed,
    QueryRefused,
    QueryTooLong,
    SnapshotGone,
    TypeChanged,
)
from tinh.lake.events import DELTAS, Event, Standing, standing, tally
from tinh.lake.ledger import Entry, StoredReceipt
from tinh.lake.listing import Wanted
from tinh.lake.news import MOVED, committed_since, moved_series, moved_since, values_turn
from tinh.lake.outlooks import FORECASTS, OUTLOOKS, Foreseen
from tinh.lake.recalling import SPAN
from tinh.lake.recalls import Out, Recall, Recalls
from tinh.lake.serving import Serving
from tinh.lake.store import Lake
from tinh.lake.values import VALUES

__all__ = [
    "ANOMALIES",
    "DELTAS",
    "FORECASTS",
    "MARK",
    "MARKS",
    "MOVED",
    "OUTLOOKS",
    "SPAN",
    "VALUES",
    "Anomalies",
    "Ask",
    "BadFolder",
    "Condition",
    "Contended",
    "Draft",
    "Entry",
    "Event",
    "Foreseen",
    "Lake",
    "LakeError",
    "NotWritten",
    "Out",
    "Page",
    "Pin",
    "QueryFailed",
    "QueryRefused",
    "QueryTooLong",
    "Recall",
    "Recalls",
    "Serving",
    "SnapshotGone",
    "Standing",
    "StoredReceipt",
    "TypeChanged",
    "Wanted",
    "Wiped",
    "committed_since",
    "moved_series",
    "moved_since",
    "quoted",
    "standing",
    "tally",
    "values_turn",
]
