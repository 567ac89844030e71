"""Every table of the room; the classes stand in `tables`, one file a subject."""

from __future__ import annotations

from tinh.cases.tables.annals import Event, Payload
from tinh.cases.tables.case import Case, Definition, Instance, Words
from tinh.cases.tables.persons import Party, Sent, Watch
from tinh.cases.tables.proof import Anchor, Broken, Walk
from tinh.cases.tables.talk import Attachment, Canned, Link, Note
from tinh.cases.tables.work import Dead, Notice, Step

__all__ = [
    "Anchor", "Attachment", "Broken", "Canned", "Case", "Dead", "Definition", "Event", "Instance", "Link",
    "Note", "Notice", "Party", "Payload", "Sent", "Step", "Walk", "Watch", "Words",
]  # fmt: skip
