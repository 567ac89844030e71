"""Siting studies: the list, one study with its sentence, map, curve and tables, and its files."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from tinh.insight.api import NoReason, NoStudy
from tinh.jobs import api as jobs
from tinh.packs.api import Siting
from tinh.people import api as people
from tinh.web import formats
from tinh.web.drawing.lines import Chart, chart
from tinh.web.drawing.map import Area, Step, band_of
from tinh.web.drawing.sites import Ground, ground, spots
from tinh.web.sheets import sheet
from tinh.web.shell import language_of, page, signed_in
from tinh.web.words import Say, words

_EDGES = (20.0, 40.0, 60.0, 80.0)  # per cent reached at which the map changes colour


def _one(id: str) -> Siting:
    try:
        return jobs.siting(id)
    except NoStudy as gone:
        raise Http404(str(gone)) from gone


@signed_in
def listing(request: HttpRequest) -> HttpResponse:
    language = language_of(request)
    say = words(language)
    who = people.require(people.actor_of(request), "read")
    book = jobs.sitings()
    lines = []
    for one in sorted(book.all().values(), key=lambda s: s.name.in_(language)):
        now = jobs.siting_standing(one)
        lines.append(
            {
                "id": one.id,
                "name": one.name.in_(language),
                "says": one.description.in_(language),
                "goal": say(f"sitings.goal_{one.goal.replace('-', '_')}"),
                "answer": sentence(one, now.answer, say, language) if now.answer else "",
                "state": state_words(now, say),
                "simulated": bool(now.answer and now.answer["simulated"]),
            }
        )
    return page(
        request,
        "sitings.html",
        "analysis",
        say("sitings.title"),
        lines=lines,
        may_plan=people.may(who, "plan sites"),
        faults=[f.render(language, book.root) for f in book.findings()],
    )


def state_words(now: Any, say: Say) -> tuple[str, str]:
    """Tone and words of where a study stands."""
    if now.since is not None:
        return "watch", say("sitings.running")
    if now.refused is not None:
        return "bad", say("sitings.refused")
    if now.answer is None:
        return "none", say("sitings.waiting")
    if now.outdated:
        return "watch", say("sitings.outdated")
    return "good", say("sitings.ready")


def percent(share: float, language: str) -> str:
    return formats.with_unit(100 * share, 1, "%", language)


def sentence(one: Siting, answer: dict[str, Any], say: Say, language: str) -> str:
    """The answer of a study in one sentence."""

    def whole(value: float) -> str:
        return formats.number(value, 0, language)

    gap = answer["gap"]
    proof = (
        say("sitings.proven_best")
        if gap == 0
        else say("sitings.proven_gap", gap=formats.with_unit(100 * gap, 2, "%", language))
    )
    count = len(answer["sites"])
    if one.goal == "median":
        far = formats.number((answer["mean_distance"] or 0) / 1000, 1, language)
        return say("sitings.says_median", count=count, far=far, proof=proof)
    facts = {
        "count": count,
        "share": percent(answer["share"] or 0, language),
        "reached": whole(answer["reached"]),
        "total": whole(answer["total"]),
        "more": whole(answer["reached"] - answer["reached_before"]),
        "proof": proof,
    }
    if one.goal == "cover-all":
        return say("sitings.says_all", **facts)
    return say("sitings.says_cover" if answer["reached_before"] else "sitings.says_new", **facts)


@require_http_methods(["GET", "POST"])
@signed_in
def one(request: HttpRequest, id: str) -> HttpResponseBase:
    language = language_of(request)
    say = words(language)
    who = people.require(people.actor_of(request), "read")
    found = _one(id)
    if request.method == "POST":
        people.require(who, "plan sites")
        address = people.address_of(request)
        act = request.POST.get("act", "solve")
        if act == "drop":
            reason = " ".join(request.POST.get("ly-do", "").split())[:300]
            if not reason:
                raise NoReason()
            jobs.drop_siting(found.id)
            people.note(who.name, "drop siting", f"{found.id}: {reason}"[:200], allowed=True, address=address)
            return redirect("/bo-tri/")
        if act != "solve":
            raise Http404(act)
        jobs.solve_siting(found.id)
        people.note(who.name, "solve siting", found.id, allowed=True, address=address)
        return redirect(f"/bo-tri/{found.id}/")
    now = jobs.siting_standing(found)
    answer = now.answer
    refused = None
    if now.refused is not None:
        refused = (now.refused["detail"][language], now.refused["cure"][language], now.refused["code"])
    facts: dict[str, Any] = {}
    if answer is not None:
        facts = _facts(found, answer, say, language)
    response = page(
        request,
        "siting.html",
        "analysis",
        found.name.in_(language),
        study=found,
        state=state_words(now, say),
        says=found.description.in_(language),
        running=now.since is not None,
        refused=refused,
        seconds=formats.number(found.time_limit, 0, language),
        source=found.source.in_(language),
        may_plan=people.may(who, "plan sites"),
        own=jobs.sitings().own(found.id) is not None,
        answer=answer,
        outdated=now.outdated,
        **facts,
    )
    if now.since is not None:
        response["Refresh"] = "4"
    return response


def _facts(one: Siting, answer: dict[str, Any], say: Say, language: str) -> dict[str, Any]:
    median = one.goal == "median"
    zone = ZoneInfo(jobs.catalogue().timezone)
    shown = rows(one, answer, language)
    groups = [
        {
            "code": g["group"],
            "name": g["name"],
            "weight": formats.number(g["weight"], 0, language),
            "reached": formats.number(g["reached"], 0, language),
            "share": percent(g["share"] or 0, language),
            "left": formats.number(g["weight"] - g["reached"], 0, language),
            "rank": g["weight"] - g["reached"],
        }
        for g in answer["groups"]
    ]
    groups.sort(key=lambda g: (-g["rank"], g["name"]))
    phases = [
        {
            "name": phase_name(answer, p["phase"], language),
            "sites": p["sites"],
            "value": formats.number(p["value"], 0, language),
            "bound": formats.number(p["bound"], 0, language),
            "gap": formats.with_unit(100 * p["gap"], 2, "%", language),
            "share": percent(p["value"] / answer["total"], language),
        }
        for p in answer["phases"]
    ]
    drawn = _ground(answer)
    return {
        "sentence": sentence(one, answer, say, language),
        "rows": shown,
        "groups": groups,
        "phases": phases if len(phases) > 1 else [],
        "median": median,
        "map": _map(one, answer, drawn, say, language),
        "chart": _curve(one, answer, say, language, 920),
        "narrow": _curve(one, answer, say, language, 400),
        "at": formats.minute(datetime.fromisoformat(answer["at"]), language, zone.key),
        "period": formats.period(answer["period"], language),
        "cell": formats.number(answer["cell"] / 1000, 1, language),
        "radius": formats.number((one.radius or 0) / 1000, 1, language),
        "points": formats.number(answer["points"], 0, language),
        "candidates": formats.number(answer["candidates"], 0, language),
        "method": _method(answer["method"], say),
        "took": formats.number(answer["seconds"], 1, language),
        "dataset": jobs.catalogue().datasets[one.demand.dataset].name.in_(language),
        "existing": len(answer["existing"]),
    }


def _method(told: str, say: Say) -> str:
    """How an answer came about, in words; a way this page does not know stays as it is told."""
    known = {
        "greedy + swaps": "swaps", "Lagrangian bound": "bound", "HiGHS": "exact",
        "Lagrangian branch and bound": "branch", "gathered points": "gathered", "fast interchange": "fast",
    }  # fmt: skip
    return ", ".join(say(f"sitings.part_{known[p]}") if p in known else p for p in told.split(", "))


def phase_name(answer: dict[str, Any], phase: str, language: str) -> str:
    named = answer["phase_names"].get(phase)
    return str(named.get(language) or named["vi"]) if named else phase


def rows(one: Siting, answer: dict[str, Any], language: str) -> list[dict[str, str]]:
    """The sites as the table shows them."""
    out = []
    for s in answer["sites"]:
        gain = "" if s["gain"] is None else formats.number(s["gain"], 0, language)
        so_far = s["reached"] / 1000 if one.goal == "median" else s["reached"]
        out.append(
            {
                "order": str(s["order"]),
                "phase": phase_name(answer, s["phase"], language),
                "name": s["name"],
                "gain": gain,
                "alone": formats.number(s["alone"], 0, language),
                "so_far": formats.number(so_far, 1 if one.goal == "median" else 0, language),
                "share": "" if one.goal == "median" else percent(s["reached"] / answer["total"], language),
            }
        )
    return out


def _ground(answer: dict[str, Any]) -> Ground:
    day = date.fromisoformat(answer["day"])
    official = jobs.official_boundaries(day)
    changed = official.stat().st_mtime if official is not None else 0.0
    return ground(jobs.catalogue().place, day, official, changed, jobs.gazetteer())


def _map(one: Siting, answer: dict[str, Any], drawn: Ground, say: Say, language: str) -> dict[str, Any]:
    by_code = {g["group"]: g for g in answer["groups"]}
    areas = []
    for code, path in drawn.paths.items():
        g = by_code.get(code)
        share = None if g is None or one.goal == "median" else 100 * (g["share"] or 0)
        name = g["name"] if g else code
        text = (
            say("sitings.nobody")
            if g is None
            else say(
                "sitings.area",
                share=percent(g["share"] or 0, language),
                left=formats.number(g["weight"] - g["reached"], 0, language),
            )
        )
        areas.append(Area(code, name, path, band_of(share, _EDGES), text, f"/dia-ban/{code}"))
    first = answer["phases"][0]["phase"]
    sites = [
        {
            "x": s["x"],
            "y": s["y"],
            "number": s["order"],
            "late": s["phase"] != first,
            "text": say(
                "sitings.spot",
                order=s["order"],
                name=s["name"],
                gain="–" if s["gain"] is None else formats.number(s["gain"], 0, language),
            ),
        }
        for s in answer["sites"]
    ]
    sites += [
        {"x": s["x"], "y": s["y"], "number": "", "late": False, "text": say("sitings.stands", name=s["name"])}
        for s in answer["existing"]
    ]
    steps = (
        [
            Step(str(n), f"{low}–{formats.with_unit(low + 20, 0, '%', language)}")
            for n, low in enumerate((0, 20, 40, 60, 80))
        ]
        if one.goal != "median"
        else []
    )
    return {
        "viewbox": drawn.viewbox,
        "areas": areas,
        "spots": spots(drawn, sites, one.radius),
        "legend": [*steps, Step("n", say("sitings.nobody"))],
    }


def _curve(one: Siting, answer: dict[str, Any], say: Say, language: str, width: int) -> Chart | None:
    points = answer["curve"]
    if len(points) < 2:
        return None
    scale = 1000.0 if one.goal == "median" else answer["total"] / 100
    values = [p["value"] / scale for p in points]
    unit = "km" if one.goal == "median" else "%"
    return chart(
        [str(p["sites"]) for p in points],
        values,
        [],
        lambda v: formats.number(v, 0 if v == int(v) else 1, language),
        [
            say("sitings.curve_point", count=p["sites"]) + ": " + formats.with_unit(v, 1, unit, language)
            for p, v in zip(points, values, strict=True)
        ],
        width,
        260,
    )


def _answer(request: HttpRequest, id: str) -> tuple[Siting, dict[str, Any]]:
    people.require(people.actor_of(request), "read")
    found = _one(id)
    answer = jobs.siting_standing(found).answer
    if answer is None:
        raise Http404(id)
    return found, answer


@signed_in
def table(request: HttpRequest, id: str) -> HttpResponse:
    """The sites as CSV."""
    found, answer = _answer(request, id)
    names = ("order", "phase", "site", "name", "x", "y", "cost", "gain", "alone", "reached")
    lines = [[*(site[n] for n in names), answer["simulated"]] for site in answer["sites"]]
    return sheet([*names, "simulated"], lines, f"{found.id}.csv")


@signed_in
def geojson(request: HttpRequest, id: str) -> HttpResponse:
    """The sites as GeoJSON."""
    found, answer = _answer(request, id)
    response = HttpResponse(
        json.dumps(jobs.siting_features(answer), ensure_ascii=False), content_type="application/geo+json"
    )
    response["Content-Disposition"] = f'attachment; filename="{found.id}.geojson"'
    return response
