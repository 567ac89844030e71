"""Every receipt the reader may see, newest first, narrowed by what is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.utils.http import urlencode

from tinh.jobs import api as jobs
from tinh.lake.api import Wanted
from tinh.people import api as people
from tinh.web import formats
from tinh.web.pages.data import agency_name, receipt_lines
from tinh.web.shell import language_of, page, signed_in
from tinh.web.words import words

PAGE = 50
OUTCOMES = ("accepted", "in part", "refused")


@dataclass(frozen=True, slots=True)
class Asked:
    """The filters as the reader wrote them; what cannot be read is left out."""

    dataset: str
    agency: str
    outcome: str
    recalled: str
    first: date | None
    last: date | None
    text: str

    def query(self) -> dict[str, str]:
        said = {
            "bo-du-lieu": self.dataset, "co-quan": self.agency, "ket-luan": self.outcome,
            "thu-hoi": self.recalled,
            "tu-ngay": self.first.isoformat() if self.first else "",
            "den-ngay": self.last.isoformat() if self.last else "", "tim": self.text,
        }  # fmt: skip
        return {name: value for name, value in said.items() if value}

    def wanted(self, datasets: frozenset[str] | None, zone: ZoneInfo) -> Wanted:
        return Wanted(
            datasets=datasets,
            outcome=self.outcome,
            since=datetime.combine(self.first, time(), zone) if self.first else None,
            until=datetime.combine(self.last + timedelta(days=1), time(), zone) if self.last else None,
            text=self.text,
            recalled={"co": True, "khong": False}.get(self.recalled),
        )


@signed_in
def listing(request: HttpRequest) -> HttpResponse:
    language = language_of(request)
    say = words(language)
    corridor = jobs.corridor()
    catalogue = corridor.catalogue
    seen = people.among(people.actor_of(request), "read receipts", catalogue.datasets)
    mine = [d for d in catalogue.datasets.values() if seen is None or d.id in seen]
    asked = _asked(request, {d.id for d in mine}, {d.owner for d in mine})
    datasets = seen
    if asked.agency:
        datasets = frozenset(d.id for d in mine if d.owner == asked.agency)
    if asked.dataset:
        datasets = (datasets if asked.agency else None) or frozenset({asked.dataset})
        datasets &= {asked.dataset}
    wanted = asked.wanted(datasets, ZoneInfo(catalogue.timezone))
    before = request.GET.get("truoc") or None
    listed = corridor.lake.receipts(limit=PAGE + 1, before=before, wanted=wanted)
    older = {**asked.query(), "truoc": listed[PAGE - 1].id} if len(listed) > PAGE else {}
    return page(
        request, "deliveries.html", "data", say("deliveries.title"),
        receipts=receipt_lines(corridor, listed[:PAGE], language),
        total=formats.number(corridor.lake.count(wanted), 0, language),
        asked=asked,
        filtered=bool(asked.query()),
        narrowed=bool(asked.query().keys() - {"tim"}),
        nothing=say("deliveries.none_found") if asked.query() or before else "",
        first=asked.first.isoformat() if asked.first else "",
        last=asked.last.isoformat() if asked.last else "",
        datasets=[(d.id, d.name.in_(language)) for d in mine],
        agencies=[(a, agency_name(corridor, a, language)) for a in sorted({d.owner for d in mine})],
        outcomes=[(o, say(f"verdict.{o.replace(' ', '_')}")) for o in OUTCOMES],
        standings=[("khong", say("deliveries.standing")), ("co", say("recall.recalled"))],
        own=seen is not None,
        older=urlencode(older) if older else "",
        newest=urlencode(asked.query()) if before else None,
    )  # fmt: skip


def _asked(request: HttpRequest, datasets: set[str], agencies: set[str]) -> Asked:
    def one(name: str, known: set[str]) -> str:
        given = request.GET.get(name, "")
        return given if given in known else ""

    return Asked(
        dataset=one("bo-du-lieu", datasets),
        agency=one("co-quan", agencies),
        outcome=one("ket-luan", set(OUTCOMES)),
        recalled=one("thu-hoi", {"co", "khong"}),
        first=_day(request.GET.get("tu-ngay", "")),
        last=_day(request.GET.get("den-ngay", "")),
        text=" ".join(request.GET.get("tim", "").replace("\0", "").split())[:200],
    )


def _day(text: str) -> date | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if 1900 < found.year < 9000 else None
