"""Anomalies: the inbox with what shares a cause put together, and one opened up and marked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods

from tinh.insight.api import BadMark, anomaly_kind
from tinh.jobs import api as jobs
from tinh.jobs.api import STANDINGS, Anomaly
from tinh.people import api as people
from tinh.web import formats
from tinh.web.drawing.bands import Banded, banded
from tinh.web.pages.naming import place_name
from tinh.web.pages.values import SHOWN
from tinh.web.pages.working import standing
from tinh.web.sheets import sheet
from tinh.web.shell import language_of, page, signed_in
from tinh.web.words import words

PAGE = 40  # groups
KINDS = ("spike", "dip", "shift", "trend", "flat", "missing", "impossible", "relation")
TONES = {
    "open": "watch",
    "real": "bad",
    "data_error": "none",
    "known": "good",
    "quiet": "none",
    "gone": "none",
}
MARKS = ("real", "data_error", "known")
_LOG = ["marked_at", "mark", "note", "by"]


@dataclass(frozen=True, slots=True)
class Line:
    id: str
    name: str
    place: str
    when: str
    kind: str
    says: str
    tone: str
    standing: str
    score: str
    because: str
    simulated: bool


@dataclass(frozen=True, slots=True)
class Bunch:
    says: str
    link: tuple[str, str] | None
    lines: tuple[Line, ...]


@signed_in
def inbox(request: HttpRequest) -> HttpResponse:
    language = language_of(request)
    say = words(language)
    catalogue = jobs.catalogue()
    every = jobs.anomalies()
    chosen, shown = _asked(request, every)
    bunches = _bunches(shown)
    given = request.GET.get("tu", "")
    start = int(given) if given.isdecimal() and len(given) < 9 else 0
    part = bunches[start : start + PAGE]
    kept = {k: v for k, v in chosen.items() if v}
    looked = jobs.looked_at()
    return page(
        request, "anomalies.html", "analysis", say("anomalies.title"),
        bunches=[_bunch(one, language) for one in part],
        total=formats.number(len(shown), 0, language),
        asked={k: v for k, v in kept.items() if (k, v) != ("trang-thai", "open")}, chosen=chosen,
        state=chosen["trang-thai"], kind=chosen["loai"], sector=chosen["linh-vuc"], place=chosen["noi"],
        states=[(s, say(f"anomalies.state_{s}"), sum(a.standing == s for a in every)) for s in STANDINGS],
        kinds=[(k, anomaly_kind(k, language)) for k in KINDS],
        sectors=[(p.id, p.name.in_(language)) for p in catalogue.packs.values()],
        places=[(c, _place(c, "", language)) for c in sorted({a.row["place"] for a in every})],
        a_day=catalogue.anomalies.a_day,
        waiting=sum(a.standing == "quiet" and a.row["because"] == "budget" for a in every),
        seen=formats.minute(_moment(looked["at"]), language, catalogue.timezone) if looked else "",
        working=standing(jobs.look_progress(), jobs.look_wanted(), catalogue.timezone, language),
        simulated=any(a.row["simulated"] for a in shown),
        export=urlencode(kept),
        following=urlencode({**kept, "tu": str(start + PAGE)}) if len(bunches) > start + PAGE else "",
        preceding=urlencode({**kept, "tu": str(max(0, start - PAGE))}) if start else "",
    )  # fmt: skip


@signed_in
def export(request: HttpRequest) -> HttpResponse:
    """The list as a table, as it is filtered."""
    _, shown = _asked(request, jobs.anomalies())
    columns = [
        "id", "subject", "indicator", "relation", "place", "kind", "first", "last", "length", "value",
        "expected", "low", "high", "score", "weight", "state", "because", "group", "cause", "receipt",
        "why_vi", "why_en", "simulated", "raised_at",
    ]  # fmt: skip
    rows = [
        [*(a.row[c] for c in columns), a.standing,
         *((a.mark["at"], a.mark["mark"], a.mark["note"], a.mark["by"]) if a.mark else ("",) * 4)]
        for a in shown
    ]  # fmt: skip
    return sheet([*columns, "standing", *_LOG], rows, "bat-thuong.csv")


@require_http_methods(["GET", "POST"])
@signed_in
def one(request: HttpRequest, id: str) -> HttpResponseBase:
    language = language_of(request)
    say = words(language)
    who = people.actor_of(request)
    if request.method == "POST":
        people.require_anywhere(who, "mark anomalies")
    found = jobs.anomaly(id)
    owner = jobs.answers_for(found.row)
    fault = cure = ""
    if request.method == "POST" and who is not None:
        people.require(who, "mark anomalies", owner)
        try:
            jobs.mark_anomaly(id, request.POST.get("mark", ""), request.POST.get("note", ""), who.name)
            return redirect(f"/bat-thuong/{id}/")
        except BadMark as error:
            fault, cure = error.detail().in_(language), error.remedy().in_(language)
    catalogue, row = jobs.catalogue(), found.row
    indicator = catalogue.indicators.get(row["indicator"])
    series = jobs.anomaly_series(found)
    rows = series.to_dicts()
    shown = rows[-4 * SHOWN.get(row["grain"], 24) :]
    write = _writer(found, language)
    mates = [a for a in jobs.anomalies() if a.row["group"] == row["group"] and a.row["id"] != id]
    zone = catalogue.timezone
    relation = catalogue.relations.get(row["relation"])
    return page(
        request,
        "anomaly.html",
        "analysis",
        f"{_name(found, language)} · {_place(row['place'], row['last'], language)}",
        status=422 if fault else 200,
        fault=fault,
        cure=cure,
        sent=request.POST,
        line=_line(found, language),
        row=row,
        says=row[f"why_{language}"],
        sector=catalogue.packs[indicator.pack].name.in_(language) if indicator else "",
        expected=write(row["expected"]),
        low=write(row["low"]),
        high=write(row["high"]),
        value=write(row["value"]),
        weight=formats.number(row["weight"], 1, language),
        rank=formats.number(found.rank, 1, language),
        trace=f"/nguon/{row['indicator']}/{row['place']}/{row['last']}"
        if indicator and row["kind"] != "missing"
        else "",
        indicator_link=f"/chi-so/{row['indicator']}/?noi={row['place']}"
        if indicator
        else f"/du-lieu/{row['indicator']}/",
        relation=relation.says.in_(language) if relation else "",
        wide=_drawn(shown, row, language, write),
        narrow=_drawn(shown[-2 * SHOWN.get(row["grain"], 24) :], row, language, write, 400, 260),
        label=say(
            "anomalies.chart_label",
            name=_name(found, language),
            place=_place(row["place"], row["last"], language),
        ),
        table=[
            (
                formats.period(r["period"], language),
                write(r["value"]),
                write(r["expected"]),
                write(r["low"]),
                write(r["high"]),
                r["raised"],
            )
            for r in reversed(shown)
        ],
        mates=[_line(a, language) for a in mates],
        cause=say(f"anomalies.cause_{row['cause']}") if row["cause"] else "",
        receipt=row["receipt"] if row["receipt"] and people.may(who, "read receipts", owner) else "",
        marks=[
            (formats.minute(m["at"], language, zone), say(f"anomalies.mark_{m['mark']}"), m["note"], m["by"])
            for m in jobs.marks_of(id)
        ],
        may_mark=people.may(who, "mark anomalies", owner),
        choices=[
            (m, say(f"anomalies.mark_{m}"), say(f"anomalies.mark_{m}_does", periods=catalogue.anomalies.mute))
            for m in MARKS
        ],
        marked=found.mark is not None and found.mark["mark"] != "open",
        raised=formats.minute(row["raised_at"], language, zone) if row["raised_at"] else "",
    )


@signed_in
def series(_request: HttpRequest, id: str) -> HttpResponse:
    """The series behind one anomaly: value, expected, band."""
    table = jobs.anomaly_series(jobs.anomaly(id))
    return sheet(table.columns, table.iter_rows(), "chuoi.csv")


def _asked(request: HttpRequest, every: Sequence[Anomaly]) -> tuple[dict[str, str], list[Anomaly]]:
    """The filters as given, where they mean something, and what they leave."""
    get, catalogue = request.GET, jobs.catalogue()

    def among(name: str, known: Sequence[str], otherwise: str = "") -> str:
        given = get.get(name, otherwise)
        return given if given in known else ""

    state = among("trang-thai", [*STANDINGS, "all"], "open") or "open"
    kind, sector = among("loai", KINDS), among("linh-vuc", list(catalogue.packs))
    place = among("noi", [a.row["place"] for a in every])
    left = [
        a
        for a in every
        if (state == "all" or a.standing == state)
        and (not kind or a.row["kind"] == kind)
        and (not sector or _pack(a) == sector)
        and (not place or a.row["place"] == place)
    ]
    return {"trang-thai": state, "loai": kind, "linh-vuc": sector, "noi": place}, left


def _pack(one: Anomaly) -> str:
    catalogue = jobs.catalogue()
    known = catalogue.indicators.get(one.row["indicator"]) or catalogue.datasets.get(one.row["indicator"])
    return known.pack if known else ""


def _bunches(shown: Sequence[Anomaly]) -> list[list[Anomaly]]:
    """Groups in the order of their most surprising member."""
    out: dict[str, list[Anomaly]] = {}
    for one in shown:
        out.setdefault(one.row["group"] or one.row["id"], []).append(one)
    return list(out.values())


def _bunch(members: Sequence[Anomaly], language: str) -> Bunch:
    first = members[0].row
    if len(members) == 1 or not first["cause"]:
        return Bunch("", None, tuple(_line(a, language) for a in members))
    say = words(language)
    says = say(
        f"anomalies.group_{first['cause']}",
        count=len(members),
        place=_place(first["place"], first["last"], language),
        name=_name(members[0], language),
        when=formats.period_words(first["first"], language),
    )
    link = (
        (f"/du-lieu/nhan/{first['receipt']}", say("anomalies.see_receipt"))
        if first["cause"] == "receipt"
        else None
    )
    return Bunch(says, link, tuple(_line(a, language) for a in members))


def _line(one: Anomaly, language: str) -> Line:
    row, say = one.row, words(language)
    when = formats.period_words(row["first"], language)
    if row["last"] != row["first"]:
        when = say(
            "anomalies.span",
            first=formats.period(row["first"], language),
            last=formats.period(row["last"], language),
        )
    reason, _, about = (row["because"] or "").partition(":")
    return Line(
        row["id"],
        _name(one, language),
        _place(row["place"], row["last"], language),
        when,
        anomaly_kind(row["kind"], language),
        row[f"why_{language}"],
        TONES[one.standing],
        say(f"anomalies.state_{one.standing}"),
        formats.number(row["score"], 1, language),
        say(f"anomalies.because_{reason}", about=about) if one.standing == "quiet" and reason else "",
        bool(row["simulated"]),
    )


def _name(one: Anomaly, language: str) -> str:
    catalogue, id = jobs.catalogue(), one.row["indicator"]
    known = catalogue.indicators.get(id) or catalogue.datasets.get(id)
    return known.name.in_(language) if known else id


def _place(code: str, period: str, language: str) -> str:
    catalogue = jobs.catalogue()
    if code == catalogue.place:
        return catalogue.name.in_(language)
    return place_name(code, period or jobs.now().date().isoformat())


def _writer(one: Anomaly, language: str) -> Any:
    indicator = jobs.catalogue().indicators.get(one.row["indicator"])
    decimals, unit = (indicator.decimals, indicator.unit.in_(language)) if indicator else (0, "")

    def write(value: float | None) -> str:
        return "–" if value is None else formats.with_unit(value, decimals, unit, language)

    return write


def _drawn(
    rows: Sequence[dict[str, Any]],
    row: Any,
    language: str,
    write: Any,
    width: int = 920,
    height: int = 320,
) -> Banded | None:
    """The chart; what is ringed is this anomaly, wherever else the series was unusual."""
    labels = [formats.period(r["period"], language) for r in rows]
    mine = [row["first"] <= r["period"] <= row["last"] for r in rows]
    return banded(
        labels, [r["value"] for r in rows], [r["low"] for r in rows], [r["high"] for r in rows], mine,
        write, [write(r["value"]) for r in rows], width, height,
    )  # fmt: skip


def _moment(text: str) -> Any:
    from datetime import datetime

    return datetime.fromisoformat(text)
