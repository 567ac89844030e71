"""What the index of analyses lists: a row a page, shown where the page exists to whoever may open it.

A new analysis is a new row here and its two words, `analyses.<name>` and `analyses.<name>_says`.
"""

from __future__ import annotations

from tinh.jobs import api as jobs
from tinh.people import api as people
from tinh.web.administration import Entry, stands

ENTRIES = (
    Entry(
        "targets",
        "/muc-tieu/",
        "read",
        lambda: sum(len(i.targets) for i in jobs.catalogue().indicators.values()),
    ),
    Entry("indexes", "/bo-chi-so/", "read", lambda: len(jobs.catalogue().indexes)),
    Entry("sitings", "/bo-tri/", "read", lambda: len(jobs.sitings().all())),
    Entry("pilots", "/thi-diem/", "read", lambda: len(jobs.pilots().all())),
    Entry(
        "anomalies",
        "/bat-thuong/",
        "read",
        lambda: sum(a.standing == "open" for a in jobs.anomalies()),
    ),
)


def analyses_for(who: people.Actor | None) -> list[Entry]:
    """The rows somebody may open."""
    return [e for e in ENTRIES if stands(e.address) and people.may_anywhere(who, e.action)]
