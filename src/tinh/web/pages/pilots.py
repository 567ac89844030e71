"""Pilots: the list, one with its verdict first, its CSV."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from tinh.insight.api import NothingAsked
from tinh.jobs import api as jobs
from tinh.kit.errors import Text
from tinh.packs.api import Indicator
from tinh.people import api as people
from tinh.web import formats
from tinh.web.drawing.gaps import Events, Gap, events, gap
from tinh.web.sheets import sheet
from tinh.web.shell import language_of, page, signed_in
from tinh.web.words import Say, words

_ACTS = {"close": jobs.close_pilot, "drop": jobs.drop_pilot}
TONES = {"gained": "good", "lost": "bad", "no_effect": "none", "cannot_tell": "watch"}


@signed_in
def listing(request: HttpRequest) -> HttpResponse:
    language = language_of(request)
    say = words(language)
    who = people.require(people.actor_of(request), "read")
    rows = []
    waiting = False
    book = jobs.pilots()
    for id, pilot in sorted(book.all().items(), key=lambda p: (p[1].closed, p[1].name.in_(language))):
        found = jobs.study(id)
        waiting = waiting or found.standing == "computing"
        indicator = jobs.catalogue().indicators[pilot.indicator]
        rows.append(
            {"id": id, "name": pilot.name.in_(language), "indicator": indicator.name.in_(language),
             "count": len(pilot.units), "start": _period(_first(pilot.treated), language),
             "closed": pilot.closed, "simulated": found.simulated > 0, **_judged(found, say, language)}
        )  # fmt: skip
    answer = page(
        request, "pilots.html", "analysis", say("pilots.title"), rows=rows,
        may=people.may_anywhere(who, "make studies"), faults=[f.says.in_(language) for f in book.findings()],
    )  # fmt: skip
    return _again(answer, waiting)


@require_http_methods(["GET", "POST"])
@signed_in
def one(request: HttpRequest, id: str) -> HttpResponseBase:
    language = language_of(request)
    say = words(language)
    who = people.require(people.actor_of(request), "read")
    if request.method == "POST":
        people.require(who, "make studies")
        act = request.POST.get("act", "")
        if act not in _ACTS:
            raise NothingAsked()
        _ACTS[act](id)
        people.note(who.name, f"{act} pilot", id, allowed=True, address=people.address_of(request))
        return redirect("/thi-diem/" if act == "drop" else f"/thi-diem/{id}/")
    found = jobs.study(id)
    pilot, told = found.pilot, found.told
    indicator = jobs.catalogue().indicators[pilot.indicator]
    names = _names()
    listed = [(names.get(u, u), u, _period(t.start, language)) for t in pilot.treated for u in t.units]
    answer = page(
        request, "pilot.html", "analysis", pilot.name.in_(language), pilot=pilot, id=id,
        description=pilot.description.in_(language), indicator=indicator, treated=listed,
        indicator_name=indicator.name.in_(language), unit=indicator.unit.in_(language),
        own=jobs.pilots().own(id) is not None and people.may_anywhere(who, "make studies"),
        simulated=found.simulated > 0, standing=found.standing, at=_moment(found.at, language),
        judged=_judged(found, say, language),
        **(_shown(told, indicator, names, say, language) if told else {}),
    )  # fmt: skip
    return _again(answer, found.standing == "computing")


@signed_in
def export(request: HttpRequest, id: str) -> HttpResponse:
    """The figures behind the page: period, treated, comparison, gap; then the methods."""
    people.require(people.actor_of(request), "read")
    told: Mapping[str, Any] = jobs.study(id).told or {}
    lines: list[tuple[Any, ...]] = []
    for row in told.get("path", ()):
        lines.append((row["period"], row["treated"], row["comparison"], _minus(row), int(row["after"])))
    lines += [(), ("method", "estimate", "low", "high", "p", "inference")]
    for e in told.get("estimates", ()):
        lines.append((e["method"], e["estimate"], e["low"], e["high"], e["p"], e["inference"]))
    return sheet(("period", "treated", "comparison", "gap", "after"), lines, f"thi-diem-{id}.csv")


def _shown(
    told: Mapping[str, Any], indicator: Indicator, names: Mapping[str, str], say: Say, language: str
) -> dict[str, Any]:
    unit = indicator.unit.in_(language)
    found = told["path"]
    treated, other = (
        [None if r[k] is None else float(r[k]) for r in found] for k in ("treated", "comparison")
    )
    places = indicator.decimals or 1

    def write(value: float | None, signed: bool = False) -> str:
        if value is None:
            return "–"
        text = formats.number(abs(value), places, language)
        if not any(c in "123456789" for c in text):
            return text
        return ("−" if value < 0 else "+" if signed else "") + text

    start = next((i for i, r in enumerate(found) if r["after"]), len(found))
    labels = [formats.period(r["period"], language) for r in found]

    def drawn(width: int, height: int) -> Gap | None:
        def tick(value: float) -> str:
            return formats.number(value, indicator.decimals, language)

        return gap(labels, treated, other, start, tick, say("pilots.begins"), width, height)

    after = [r for r in found if r["after"] and r["treated"] is not None]
    last = after[-1] if after else None
    seen = told["pre_trends"]
    synthetic = told.get("synthetic_did", {}).get("unit_weights") or [{}]
    heavy = sorted(synthetic[0].items(), key=lambda w: -w[1])[:8]
    return {
        "drawn": drawn(920, 340), "narrow": drawn(400, 260),
        "events": _events(told, write, 920, 300), "events_narrow": _events(told, write, 400, 240),
        "label": say("pilots.chart_label", indicator=indicator.name.in_(language)),
        "rows": [{"period": label, "treated": write(r["treated"]), "other": write(r["comparison"]),
                  "gap": write(_minus(r), True), "after": r["after"]}
                 for label, r in zip(labels, found, strict=True)],
        "last": last and _opening(say("pilots.last", period=formats.period_words(last["period"], language),
                             treated=write(last["treated"]), other=write(last["comparison"]), unit=unit)),
        "methods": [{"name": say(f"pilots.method_{e['method']}"), "value": write(e["estimate"], True),
                     "low": write(e["low"], True), "high": write(e["high"], True),
                     "p": _chance(e["p"], language), "way": say(f"pilots.way_{e['inference']}")}
                    for e in told["estimates"]],
        "checks": [
            say("pilots.check_trends", periods=seen["periods"], p=_sign(_chance(seen["p"], language))),
            say("pilots.check_detectable", value=write(told["minimum_detectable_effect"]), unit=unit),
            say("pilots.check_panel", treated=told["panel"]["treated"], others=told["panel"]["never_treated"],
                periods=told["panel"]["periods"]),
        ],
        "reasons": [r["says"][language] for r in told["verdict"]["reasons"]],
        "notes": [n[language] for n in told["notes"]],
        "weights": [(names.get(u, u), u, formats.number(100 * w, 0, language)) for u, w in heavy],
    }  # fmt: skip


def _events(told: Mapping[str, Any], write: Any, width: int, height: int) -> Events | None:
    if told["events"]:
        rows = [(e["distance"], e["estimate"], e["low"], e["high"]) for e in told["events"]]
    else:
        found = told.get("group_time", {}).get("dynamic", {}).get("rows", ())
        rows = [(r["at"], r["estimate"], r["estimate"] - 1.96 * (r["se"] or 0),
                 r["estimate"] + 1.96 * (r["se"] or 0)) for r in found]  # fmt: skip
    rows = [r for r in rows if None not in r]
    return events([r[0] for r in rows], [r[1:] for r in rows], write, width, height) if rows else None


def _judged(found: jobs.Study, say: Say, language: str) -> dict[str, str]:
    """Tone, word and sentence of where a pilot stands."""
    if found.standing == "refused" and found.refused:
        detail, cure = found.refused["detail"][language], found.refused["cure"][language]
        return {"tone": "none", "word": say("pilots.refused"), "says": f"{detail} {cure}"}
    if found.told:
        code = found.told["verdict"]["code"]
        return {"tone": TONES[code], "word": say(f"pilots.verdict_{code}"),
                "says": found.told["verdict"]["says"][language]}  # fmt: skip
    word = "empty" if found.standing == "empty" else "computing"
    return {"tone": "none", "word": say(f"pilots.{word}"), "says": say(f"pilots.{word}_says")}


def _again(answer: HttpResponse, waiting: bool) -> HttpResponse:
    """A page that waits for its figures asks again by itself, without a script."""
    if waiting:
        answer["Refresh"] = "4"
    return answer


def _names() -> dict[str, str]:
    corridor = jobs.corridor()
    today = jobs.now().date()
    return {u.code: u.name for u in corridor.gazetteer.lowest(corridor.catalogue.place, today)}


def _first(treated: Any) -> Any:
    return min((t.start for t in treated), key=str, default="")


def _period(moment: Any, language: str) -> str:
    try:
        return formats.period_words(str(moment), language)
    except ValueError:
        return str(moment)


def _minus(row: Mapping[str, Any]) -> float | None:
    a, b = row["treated"], row["comparison"]
    return None if a is None or b is None else a - b


def _chance(p: float | None, language: str) -> str:
    if p is None:
        return "–"
    text = Text("< 0,001", "< 0.001").in_(language) if p < 0.001 else ""
    return text or formats.number(p, 3 if p < 0.1 else 2, language)


def _opening(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]


def _sign(chance: str) -> str:
    return chance if chance.startswith("<") else f"= {chance}"


def _moment(at: str, language: str) -> str:
    if not at:
        return ""
    return formats.minute(datetime.fromisoformat(at), language, jobs.catalogue().timezone)
