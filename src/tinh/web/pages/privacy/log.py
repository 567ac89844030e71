"""The access log: who did what to what, found again and verified; and who looked at my data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse

from tinh.jobs import api as jobs
from tinh.people import api as people
from tinh.sources.api import bare
from tinh.web import formats
from tinh.web.sheets import sheet
from tinh.web.shell import language_of, page, signed_in
from tinh.web.words import keys, words

PAGE = 50
MOST = 50_000  # lines of one CSV
_HEAD = (
    "number",
    "at",
    "who",
    "action",
    "subject",
    "allowed",
    "address",
    "fields",
    "purpose",
    "basis",
    "reason",
)


@dataclass(frozen=True, slots=True)
class Asked:
    who: str
    what: str
    first: date | None
    last: date | None
    personal: bool

    def query(self) -> dict[str, str]:
        said = {
            "ai": self.who,
            "gi": self.what,
            "tu-ngay": self.first.isoformat() if self.first else "",
            "den-ngay": self.last.isoformat() if self.last else "",
            "ca-nhan": "1" if self.personal else "",
        }
        return {name: value for name, value in said.items() if value}


@signed_in
def listing(request: HttpRequest) -> HttpResponse:
    language = language_of(request)
    say = words(language)
    people.require(people.actor_of(request), "read access log")
    asked = _asked(request)
    before = request.GET.get("truoc", "")
    found = _found(asked)
    shown = found.filter(pk__lt=int(before)) if before.isdecimal() and len(before) < 19 else found
    lines = list(shown.order_by("-pk")[: PAGE + 1])
    older = {**asked.query(), "truoc": str(lines[PAGE - 1].pk)} if len(lines) > PAGE else {}
    checked = people.verify() if "kiem-tra" in request.GET else None
    return page(
        request,
        "access_log.html",
        "",
        say("privacy.log_title"),
        lines=[_line(one, language) for one in lines[:PAGE]],
        asked=asked,
        filtered=bool(asked.query()),
        first=asked.first.isoformat() if asked.first else "",
        last=asked.last.isoformat() if asked.last else "",
        older=urlencode(older) if older else "",
        query=urlencode(asked.query()),
        checked=_verdict(checked, language) if checked else None,
    )


@signed_in
def export(request: HttpRequest) -> HttpResponse:
    who = people.require(people.actor_of(request), "read access log")
    found = _found(_asked(request)).order_by("-pk")[:MOST].iterator()
    answer = sheet(_HEAD, ([_cell(one, name) for name in _HEAD] for one in found), "nhat-ky-truy-cap.csv")
    people.note(who.name, "export access log", "", allowed=True, address=people.address_of(request))
    return answer


@signed_in
def mine(request: HttpRequest) -> HttpResponse:
    """Who looked at my data: for the person the data is about."""
    language = language_of(request)
    who = people.require(people.actor_of(request), "read")
    user = people.User.objects.filter(pk=who.account).first()
    names = jobs.identifiers_of(user)
    lines = people.about(names)
    return page(
        request,
        "access_mine.html",
        "",
        words(language)("privacy.mine_title"),
        lines=[_line(one, language) for one in lines],
        names=[_hidden(n) for n in names],
    )


def _found(asked: Asked) -> Any:
    zone = ZoneInfo(jobs.catalogue().timezone)
    found = people.Access.objects.all()
    if asked.who:
        found = found.filter(who__icontains=asked.who)
    if asked.what:
        from django.db.models import Q

        found = found.filter(
            Q(subject__icontains=asked.what)
            | Q(action__icontains=asked.what)
            | Q(action__in=_said_as(asked.what))
        )
    if asked.first:
        found = found.filter(at__gte=datetime.combine(asked.first, time(), zone))
    if asked.last:
        found = found.filter(at__lt=datetime.combine(asked.last + timedelta(days=1), time(), zone))
    if asked.personal:
        found = found.exclude(purpose="")
    return found


def _asked(request: HttpRequest) -> Asked:
    def text(name: str) -> str:
        return " ".join(request.GET.get(name, "").replace("\0", "").split())[:200]

    return Asked(
        text("ai"),
        text("gi"),
        _day(request.GET.get("tu-ngay", "")),
        _day(request.GET.get("den-ngay", "")),
        request.GET.get("ca-nhan") == "1",
    )


def _day(text: str) -> date | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if 1900 < found.year < 9000 else None


def _line(one: people.Access, language: str) -> dict[str, Any]:
    known = jobs.catalogue().privacy
    purpose = known.purposes.get(one.purpose)
    bases = [known.bases[b].name.in_(language) for b in one.basis.split(", ") if b in known.bases]
    return {
        "number": one.number or "",
        "when": formats.minute(one.at, language, jobs.catalogue().timezone),
        "who": one.who,
        "action": action_said(one.action, language),
        "subject": one.subject,
        "allowed": one.allowed,
        "address": one.address,
        "fields": ", ".join(one.fields),
        "purpose": purpose.name.in_(language) if purpose else one.purpose,
        "basis": "; ".join(bases),
        "reason": one.reason,
        "people": len(one.about),
    }


def action_said(action: str, language: str) -> str:
    """What was done, in words: its own, those of the right it is named after, else as it is kept."""
    known = f"access.{action.replace(' ', '_').replace('-', '_')}"
    if known in keys(language):
        return words(language)(known)
    right = people.table().rights.get(action)
    return right.says.in_(language) if right is not None else action


def _said_as(text: str) -> list[str]:
    """The actions as they are kept whose Vietnamese or English words hold this text."""
    wanted = bare(text)
    found = {
        key.removeprefix("access.").replace("_", " ")
        for language in ("vi", "en") for key in keys(language)
        if key.startswith("access.") and wanted in bare(words(language)(key))
    }  # fmt: skip
    return sorted(found)


def _verdict(found: people.Verified, language: str) -> dict[str, str]:
    say = words(language)
    if found.problem:
        return {"tone": "bad", "says": say(f"privacy.chain_{found.problem}", number=found.number)}
    return {
        "tone": "good",
        "says": say(
            "privacy.chain_whole",
            lines=formats.number(found.lines, 0, language),
            first=found.first,
            last=found.last,
        ),
    }


def _hidden(name: str) -> str:
    return name if len(name) < 5 else f"{name[:2]}•••{name[-1]}"


def _cell(one: people.Access, name: str) -> Any:
    value = getattr(one, name)
    if name == "fields":
        value = " ".join(value)
    if isinstance(value, datetime):
        return value.isoformat()
    return value
