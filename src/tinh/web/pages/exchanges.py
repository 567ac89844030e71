"""The message log: exchanges found again, one of them in full, and its evidence to take away."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any, get_args
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import urlencode

from tinh.axis import api as axis
from tinh.jobs import api as jobs
from tinh.people import api as people
from tinh.web import formats
from tinh.web.pages.axis import visible
from tinh.web.sheets import harmless
from tinh.web.shell import language_of, page, signed_in
from tinh.web.words import words

PAGE = 50
RESULTS = ("ok", "refused", "failed", "open")
TONES = {"ok": "good", "refused": "bad", "failed": "watch", "open": "watch"}
_NAMES = ("ben-goi", "dich-vu", "ma", "ket-qua", "tu-ngay", "den-ngay")


@signed_in
def listing(request: HttpRequest) -> HttpResponseBase:
    language = language_of(request)
    say = words(language)
    members = visible(people.actor_of(request))
    asked = {name: " ".join(request.GET.get(name, "").replace("\0", "").split())[:200] for name in _NAMES}
    text = request.GET.get("truoc", "")
    before = int(text) if text.isdecimal() and len(text) < 18 else None
    wanted = _wanted(asked, members)
    rows = axis.exchanges(wanted, PAGE + 1, before)
    shown = rows[:PAGE]
    looked = axis.glance(axis.between({n for r in shown for n in (r.batch, r.answered[1])}))
    lines = [_row(r, looked, language) for r in shown]
    said = {name: value for name, value in asked.items() if value}
    older = urlencode({**said, "truoc": str(rows[PAGE - 1].seq)}) if len(rows) > PAGE else ""
    return page(
        request, "exchanges.html", "axis", say("log.title"), rows=lines,
        flaws=[flaw.in_(language) for flaw in looked.flaws[:20]],
        asked=asked, first=asked["tu-ngay"], last=asked["den-ngay"], caller=asked["ben-goi"],
        service=asked["dich-vu"], id=asked["ma"], result=asked["ket-qua"],
        results=[(r, say(f"log.is_{r}")) for r in RESULTS], filtered=bool(said), older=older,
        narrowed=bool(said.keys() - {"ma"}),
        newest=urlencode(said) if before is not None else None, query=urlencode(said),
        own=members is not None,
    )  # fmt: skip


@signed_in
def export(request: HttpRequest) -> HttpResponseBase:
    actor = people.actor_of(request)
    members = visible(actor)
    asked = {name: " ".join(request.GET.get(name, "").replace("\0", "").split())[:200] for name in _NAMES}
    wanted = _wanted(asked, members)
    who = actor.name if actor else ""
    people.note(who, "export message log", urlencode(asked), allowed=True, address=people.address_of(request))
    answer = HttpResponse("".join(_lines(wanted)), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="nhat-ky-truc.csv"'
    return answer


@signed_in
def one(request: HttpRequest, id: str) -> HttpResponseBase:
    language = language_of(request)
    say = words(language)
    entries = axis.exchange(id, visible(people.actor_of(request)))
    zone = jobs.catalogue().timezone
    first = entries[0]
    last = entries[-1] if entries[-1].kind == "response" else None
    looked = axis.glance({e.batch for e in entries})
    result = "open" if last is None else "refused" if last.error else "failed" if last.status >= 400 else "ok"
    return page(
        request, "exchange.html", "axis", say("log.one"), id=first.exchange, first=first,
        at=formats.minute(first.at, language, zone), result=say(f"log.is_{result}"), tone=TONES[result],
        caller=party(first.client, language), provider=party(first.service, language),
        last=last, took=_ms(last.took, language) if last else "–",
        messages=[
            {
                "entry": e, "name": say(f"log.{e.kind}"), "size": formats.number(e.body_size, 0, language),
                "head": e.head.replace("\r\n", "\n").strip(),
                "flaw": found.in_(language) if (found := looked.of(e.seq, e.batch)) else "",
            }
            for e in entries
        ],
    )  # fmt: skip


@signed_in
def evidence(request: HttpRequest, id: str) -> HttpResponseBase:
    actor = people.actor_of(request)
    entries = axis.exchange(id, visible(actor))
    who = actor.name if actor else ""
    people.note(who, "take evidence", entries[0].exchange, allowed=True, address=people.address_of(request))
    answer = HttpResponse(axis.evidence(entries), content_type="application/zip")
    answer["Content-Disposition"] = f'attachment; filename="{entries[0].exchange}.zip"'
    return answer


def _wanted(asked: dict[str, str], members: list[str] | None) -> axis.Wanted:
    zone = ZoneInfo(jobs.catalogue().timezone)
    first, last = _day(asked["tu-ngay"]), _day(asked["den-ngay"])
    result: Any = asked["ket-qua"] if asked["ket-qua"] in get_args(axis.Result) else ""
    return axis.Wanted(
        members=members, client=asked["ben-goi"], service=asked["dich-vu"], id=asked["ma"], result=result,
        since=datetime.combine(first, time(), zone) if first else None,
        until=datetime.combine(last + timedelta(days=1), time(), zone) if last else None,
    )  # fmt: skip


def _day(text: str) -> date | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if 1900 < found.year < 9000 else None


def _row(row: axis.Row, looked: axis.Glance, language: str) -> dict[str, Any]:
    say = words(language)
    zone = jobs.catalogue().timezone
    flaw = looked.of(row.seq, row.batch) or looked.of(*row.answered)
    return {
        "at": formats.minute(row.at, language, zone), "exchange": row.exchange, "client": row.client,
        "service": row.service, "call": f"{row.method} {row.path or '/'}", "tone": TONES[row.result],
        "result": say(f"log.is_{row.result}"), "status": row.error or row.status or "–",
        "took": _ms(row.took, language) if row.took is not None else "–", "out": row.direction == "out",
        "caller": party(row.client, language), "provider": party(row.service, language),
        "flaw": flaw.in_(language) if flaw is not None else "",
        "looked": {row.batch, row.answered[1]} - {0} <= looked.looked,
    }  # fmt: skip


def party(identifier: str, language: str) -> str:
    """The agency behind an identifier, by the name people know; "" where there is none."""
    member = "/".join(identifier.split("/")[:3])
    agency, name = axis.named_members().get(member, ("", ""))
    found = jobs.catalogue().agencies.get(agency)
    return found.name.in_(language) if found is not None else name


def _ms(took: int, language: str) -> str:
    return f"{formats.number(took / 1000, 1, language)}{formats.THIN}ms"


def _lines(wanted: axis.Wanted) -> Iterator[str]:
    head = (
        "at", "exchange", "x_road_id", "direction", "client", "service", "method", "path", "status", "error",
        "milliseconds", "result",
    )  # fmt: skip
    yield "\ufeff" + _line(head)
    for r in axis.every(wanted):
        took = "" if r.took is None else r.took / 1000
        yield _line(
            (
                r.at.isoformat(), r.exchange, r.message_id, r.direction, r.client, r.service, r.method,
                r.path, r.status if r.status is not None else "", r.error or "", took, r.result,
            )
        )  # fmt: skip


def _line(cells: tuple[Any, ...]) -> str:
    """A line of CSV; a cell that a spreadsheet would take for a formula is set in quotes as text."""
    out = io.StringIO()
    csv.writer(out).writerow([harmless(cell) for cell in cells])
    return out.getvalue()
