"""A new siting study: what, how far, how many, at least how much; kept, then solved beside the pages."""

from __future__ import annotations

from typing import Any

import yaml
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from tinh.flow.api import id_for
from tinh.insight.api import BadStudy
from tinh.jobs import api as jobs
from tinh.people import api as people
from tinh.web.shell import language_of, page, signed_in
from tinh.web.words import words

_GOALS = ("cover", "cover-all", "median")
_PLAIN = {
    "ten": "",
    "muc-tieu": "cover",
    "so-lieu": "",
    "tam": "3",
    "so-diem": "20",
    "toi-thieu": "",
    "phu": "90",
    "o": "2",
    "o-vi-tri": "5",
    "dot": "",
    "tru": "",
    "nguon": "",
}


@require_http_methods(["GET", "POST"])
@signed_in
def new(request: HttpRequest) -> HttpResponseBase:
    language = language_of(request)
    say = words(language)
    who = people.require(people.actor_of(request), "plan sites")
    given = {name: " ".join(request.POST.get(name, plain).split())[:300] for name, plain in _PLAIN.items()}
    choices = _columns(language)
    fault = ""
    if request.method == "POST":
        text, fault = _text(given, {c for _, group in choices for c, _ in group}, who.name, say)
        if not fault:
            try:
                made = jobs.keep_siting(text)
            except BadStudy as refused:
                fault = refused.detail().in_(language)
            else:
                address = people.address_of(request)
                people.note(who.name, "make siting", made.id, allowed=True, address=address)
                jobs.solve_siting(made.id)
                return redirect(f"/bo-tri/{made.id}/")
    return page(
        request,
        "siting_form.html",
        "analysis",
        say("sitings.new"),
        status=400 if fault else 200,
        given=_named(given),
        fault=fault,
        columns=choices,
        goals=[(g, say(f"sitings.goal_{g.replace('-', '_')}")) for g in _GOALS],
    )


def _named(given: dict[str, str]) -> dict[str, str]:
    return {name.replace("-", "_"): value for name, value in given.items()}


def _columns(language: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """Numeric columns of reports by commune: (dataset's name, [(dataset/column, label)])."""
    out = []
    for dataset in jobs.catalogue().datasets.values():
        if dataset.kind != "report" or dataset.place is None or dataset.period is None:
            continue
        columns = [
            (f"{dataset.id}/{c.name}", c.label.in_(language) or c.name)
            for c in dataset.columns
            if c.logical in ("integer", "number") and c.personal == "none"
        ]
        if columns:
            out.append((dataset.name.in_(language), columns))
    return out


def _text(given: dict[str, str], known: set[str], who: str, say: Any) -> tuple[str, str]:
    """The study as YAML, or what is wrong."""
    fault = ""

    def number(name: str, least: float, most: float) -> float:
        nonlocal fault
        try:
            value = float(given[name].replace(",", "."))
        except ValueError:
            value = -1.0
        if not least <= value <= most and not fault:
            fault = say(
                "sitings.bad_number",
                what=say(f"sitings.field_{name.replace('-', '_')}"),
                least=f"{least:g}",
                most=f"{most:g}",
            )
        return value

    if not given["ten"]:
        return "", say("sitings.no_name")
    if given["so-lieu"] not in known or (given["tru"] and given["tru"] not in known):
        return "", say("sitings.no_column")
    dataset, column = given["so-lieu"].rsplit("/", 1)
    body: dict[str, Any] = {
        "format": 1,
        "id": id_for(given["ten"]),
        "name": {"vi": given["ten"], "en": given["ten"]},
        "goal": given["muc-tieu"],
        "demand": {"dataset": dataset, "column": column, "cell": 1000 * number("o", 0.2, 20)},
        "sites": {"communes": True, "cell": 1000 * number("o-vi-tri", 0, 50)},
        "gap": 0.005,
        "time_limit": 60.0,
        "made_by": who,
        "made_at": jobs.now().isoformat(timespec="seconds"),
    }
    if given["tru"]:
        if given["tru"].rsplit("/", 1)[0] != dataset:
            return "", say("sitings.other_dataset")
        body["demand"]["minus"] = given["tru"].rsplit("/", 1)[1]
    if given["nguon"]:
        body["source"] = {"vi": given["nguon"], "en": given["nguon"]}
    if given["muc-tieu"] != "median":
        body["radius"] = 1000 * number("tam", 0.1, 100)
    if given["muc-tieu"] == "cover-all":
        body["share"] = number("phu", 1, 100) / 100
    elif given["dot"]:
        sizes = [part.strip() for part in given["dot"].split(",") if part.strip()]
        if not all(s.isascii() and s.isdigit() and len(s) < 4 for s in sizes) or not 1 < len(sizes) <= 6:
            return "", say("sitings.bad_phases")
        body["phases"] = [
            {"name": {"vi": f"Đợt {n}", "en": f"Round {n}"}, "p": int(s)} for n, s in enumerate(sizes, 1)
        ]
    else:
        body["p"] = int(number("so-diem", 1, 500))
    if given["toi-thieu"] and given["muc-tieu"] == "cover":
        body["minimum"] = number("toi-thieu", 0, 100) / 100
    return yaml.safe_dump(body, allow_unicode=True, sort_keys=False), fault
