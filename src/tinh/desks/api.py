"""Kinds of cases, each a desk: citizens' reports, directives of leaders.

Comes in: what people ask, report and owe. Goes out: cases of the engine below, handled to their
deadline, and what the public may see of them. Refuses: to show a reporter to whoever handles the report.

`photos` takes in pictures, keeps originals sealed and makes the copies that may be seen. `reports` is the
desk of citizens' reports: intake, tracking, what everybody sees, statistics. `directives` is that of what
leaders tell agencies to do. `papers` are documents of answers. `partners` are other Open311 systems.
"""

from __future__ import annotations

from tinh.desks.directives import door as directives
from tinh.desks.papers import door as papers
from tinh.desks.partners import door as partners
from tinh.desks.photos import door as photos
from tinh.desks.reports import door as reports

__all__ = ["directives", "papers", "partners", "photos", "reports"]
