"""Forgetting: marks of senders, tallies and old blocks by the clock; what a report says of people with its
case.
"""

from __future__ import annotations

from datetime import timedelta

from tinh.cases.api import Case
from tinh.desks.papers import door as papers
from tinh.desks.photos import door as photos
from tinh.desks.reports.ground import ground
from tinh.desks.reports.models import Block, Report, Support, Tally, Untold
from tinh.people import api as people

TALLIES, MARKS, BLOCKS = timedelta(days=2), timedelta(days=90), timedelta(days=365)


def forget() -> int:
    """Drop tallies after two days, the marks a report was sent from 90 days after it is closed, blocks a year
    after they end; how many rows."""
    now = ground().now()
    with people.through("case"):
        done = Tally.objects.filter(hour__lt=int((now - TALLIES).timestamp() // 3600)).delete()[0]
        old = Report.objects.filter(case__closed_at__lt=now - MARKS).exclude(sent_from={})
        done += old.update(sent_from={})
        return done + Block.objects.filter(until__lt=now - BLOCKS).delete()[0]


def erase(case: Case) -> None:
    """What the desk keeps of people goes with what the case says of them; figures stay."""
    Report.objects.filter(pk=case.pk).update(
        subject="", body="", answers={}, question="", added=[], remark="", answer="",
        sent_from={}, named=False,
        shown_at=None, shown_by="",
    )  # fmt: skip
    Untold.objects.filter(pk=case.pk).delete()
    Support.objects.filter(case_id=case.pk).delete()
    papers.erase_case(case.code)
    photos.show(case.code, False)
    photos.forget_case(case.code)
    case.public = "hidden"
