"""What the index of administration lists: a row a page, shown where the page exists to whoever may open it.

A new page of administration is a new row here and its two words, `admin.<name>` and `admin.<name>_says`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from django.urls import Resolver404, resolve

from tinh.channels import api as channels
from tinh.jobs import api as jobs
from tinh.people import api as people


@dataclass(frozen=True, slots=True)
class Entry:
    """`action` opens the page; `everyday` rows are for everybody and make nobody an administrator."""

    name: str
    address: str
    action: people.Action
    count: Callable[[], int] | None = None
    everyday: bool = False


ENTRIES = (
    Entry("agencies", "/co-quan/", "manage agencies", lambda: len(jobs.catalogue().agencies)),
    Entry("people", "/nguoi-dung/", "read accounts"),
    Entry("rights", "/quyen/", "read rights", lambda: len(people.ACTIONS), everyday=True),
    Entry("shifts", "/giao-ca/", "hand over", everyday=True),
    Entry("sources", "/nguon-du-lieu/", "read sources", lambda: len(jobs.catalogue().feeds), everyday=True),
    Entry("reminders", "/du-lieu/nhac-viec", "manage reminders"),
    Entry("letters", "/quan-tri/thu/", "manage reminders", lambda: channels.counts().waiting),
    Entry("open311", "/quan-tri/open311/", "manage desks"),
    Entry("case_desk", "/quan-tri/ban-tiep-nhan/", "manage desks"),
    Entry("league", "/du-lieu/xep-hang", "read league", everyday=True),
    Entry("services", "/dich-vu/", "read services", everyday=True),
    Entry("axis", "/truc/", "manage axis"),
    Entry("message_log", "/truc/nhat-ky/", "read message log"),
    Entry("access_log", "/nhat-ky-truy-cap/", "read access log"),
    Entry("purposes", "/du-lieu-ca-nhan/", "read purposes", everyday=True),
    Entry("requests", "/du-lieu-ca-nhan/yeu-cau/", "handle subject requests"),
    Entry("changes", "/thay-doi/", "apply"),
    Entry("boundaries", "/dia-ban/ranh-gioi", "manage boundaries"),
)


@cache
def stands(address: str) -> bool:
    """Whether a page answers at this address."""
    try:
        resolve(address)
    except Resolver404:
        return False
    return True


def entries_for(who: people.Actor | None) -> list[Entry]:
    """The rows somebody may open."""
    return [e for e in ENTRIES if stands(e.address) and people.may_anywhere(who, e.action)]


def administers(who: people.Actor | None) -> bool:
    """Whether somebody's post is to administer anything."""
    return any(not entry.everyday and people.may_anywhere(who, entry.action) for entry in ENTRIES)
