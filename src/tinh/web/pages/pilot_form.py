"""Declaring a pilot: where, since when, on what, against whom; what it could show is seen first."""

from __future__ import annotations

from typing import Any

import yaml
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from tinh.flow.api import id_for
from tinh.jobs import api as jobs
from tinh.kit.errors import TinhError
from tinh.kit.periods import grain_of
from tinh.people import api as people
from tinh.places.api import Unit
from tinh.web import formats
from tinh.web.shell import language_of, page, signed_in
from tinh.web.words import words

DIRECTIONS = ("increase", "decrease", "either")
AGAINST = ("kind", "all", "chosen")


@require_http_methods(["GET", "POST"])
@signed_in
def new(request: HttpRequest) -> HttpResponseBase:
    language = language_of(request)
    say = words(language)
    who = people.require(people.actor_of(request), "make studies")
    units = _units()
    asked = _asked(request)
    faults: list[str] = []
    seen: dict[str, str] | None = None
    if request.method == "POST":
        faults = _missing(asked, say)
        text = "" if faults else _text(asked, units, who.name)
        if text:
            made, vi, en = jobs.try_pilot(text)
            faults = list(en if language == "en" else vi)
            if made is not None and made.id in jobs.pilots().all():
                faults.append(say("pilots.taken", id=made.id))
            elif made is not None and not faults:
                try:
                    seen = _power(made, language)
                except TinhError as error:
                    faults.append(error.detail().in_(language))
                if request.POST.get("act") == "keep" and not faults:
                    jobs.keep_pilot(made.id, text)
                    people.note(who.name, "declare pilot", made.id, allowed=True,
                                address=people.address_of(request))  # fmt: skip
                    return redirect(f"/thi-diem/{made.id}/")
    found = jobs.catalogue().indicators.values()
    return page(
        request, "pilot_new.html", "analysis", say("pilots.new"), asked=asked, faults=faults, seen=seen,
        indicators=[(i.id, i.name.in_(language)) for i in found if "commune" in i.places],
        units=[(u.code, u.name) for u in units],
        directions=[(d, say(f"pilots.direction_{d}")) for d in DIRECTIONS],
        against=[(a, say(f"pilots.against_{a}")) for a in AGAINST],
    )  # fmt: skip


def _asked(request: HttpRequest) -> dict[str, Any]:
    given = request.POST

    def text(name: str, most: int = 200) -> str:
        return " ".join(given.get(name, "").split())[:most]

    return {
        "name": text("ten"), "name_en": text("ten-en"), "description": text("mo-ta", 500),
        "indicator": text("chi-so"), "start": text("bat-dau", 16), "treated": given.getlist("xa"),
        "others": given.getlist("so-voi"), "against": text("cach") or "kind",
        "direction": text("chieu") or "increase", "matters": text("dang-ke", 20),
    }  # fmt: skip


def _missing(asked: dict[str, Any], say: Any) -> list[str]:
    out = [say(f"pilots.need_{key}") for key in ("name", "indicator", "treated") if not asked[key]]
    indicator = jobs.catalogue().indicators.get(asked["indicator"])
    try:
        grain = grain_of(asked["start"])
    except ValueError:
        grain = None
    if indicator is not None and grain != indicator.period:
        out.append(say("pilots.need_start"))
    if asked["matters"] and _number(asked["matters"]) is None:
        out.append(say("pilots.need_matters"))
    return out


def _number(text: str) -> float | None:
    try:
        found = float(text.replace(",", "."))
    except ValueError:
        return None
    return found if 0 < found < 1e15 else None


def _units() -> list[Unit]:
    corridor = jobs.corridor()
    found = corridor.gazetteer.lowest(corridor.catalogue.place, jobs.now().date())
    return sorted(found, key=lambda u: (u.slug, u.code))


def _text(asked: dict[str, Any], units: list[Unit], by: str) -> str:
    """The pilot as its YAML."""
    known = {u.code: u for u in units}
    treated = [c for c in asked["treated"] if c in known]
    kinds = {known[c].kind for c in treated}
    others: list[str] = []
    if asked["against"] == "kind":
        others = [u.code for u in units if u.kind in kinds and u.code not in treated]
    elif asked["against"] == "chosen":
        others = [c for c in asked["others"] if c in known and c not in treated]
    declared: dict[str, Any] = {
        "format": 1, "id": id_for(asked["name"])[:60].strip("-"),
        "name": {"vi": asked["name"], "en": asked["name_en"] or asked["name"]},
        "description": {"vi": asked["description"], "en": asked["description"]},
        "indicator": asked["indicator"], "treated": [{"units": treated, "start": asked["start"]}],
        "candidates": others, "direction": asked["direction"],
        "made_by": by, "made_at": jobs.now().isoformat(timespec="seconds"),
    }  # fmt: skip
    matters = _number(asked["matters"])
    if matters is not None:
        declared["matters"] = matters
    return yaml.safe_dump(declared, allow_unicode=True, sort_keys=False)


def _power(made: Any, language: str) -> dict[str, str]:
    """What a pilot of this size could show."""
    found = jobs.ahead(made)
    indicator = jobs.catalogue().indicators[made.indicator]
    endless = found.detectable == float("inf")
    return {
        "value": "" if endless else formats.number(found.detectable, max(indicator.decimals, 2), language),
        "unit": indicator.unit.in_(language),
        "share": "" if endless else formats.number(100 * found.relative, 1, language),
        "before": str(found.before), "after": str(found.after), "treated": str(found.treated),
        "others": str(found.candidates),
    }  # fmt: skip
