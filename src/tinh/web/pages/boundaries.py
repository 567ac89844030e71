"""Official boundaries: which are in force, what a new file is worth, and taking it in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_POST

from tinh.jobs import api as jobs
from tinh.kit.errors import TinhError
from tinh.people import api as people
from tinh.places.api import REFORM, BoundarySet, Survey, Unit, boundaries, sketch
from tinh.web import formats
from tinh.web.sending import sent
from tinh.web.shell import language_of, page, signed_in
from tinh.web.words import words

_HERE = "/dia-ban/ranh-gioi"
_WIDTH, _HEIGHT = 620.0, 820.0


@dataclass(frozen=True, slots=True)
class Held:
    id: str
    file: str
    first: str
    last: str
    source: str
    by: str
    areas: str
    km2: str
    remarks: int
    in_force: bool


@dataclass(frozen=True, slots=True)
class Remark:
    """One kind of finding, with the units it speaks of."""

    title: str
    tone: str
    lines: tuple[str, ...]


@require_http_methods(["GET", "POST"])
@signed_in
def overview(request: HttpRequest) -> HttpResponse:
    language = language_of(request)
    say = words(language)
    who = people.actor_of(request)
    fault, cure, status = "", "", 200
    if request.method == "POST":
        people.require(who, "manage boundaries")
        first, sent = _day(request.POST.get("first", "")), request.FILES.get("file")
        if sent is None or first is None:
            fault, status = say("borders.choose_file" if sent is None else "borders.choose_day"), 400
        else:
            asked = {"tu": first.isoformat(), "nguon": request.POST.get("source", "")[:300],
                     "ten": (sent.name or "")[:120]}  # fmt: skip
            digest = jobs.atlas().lay_aside(sent.chunks())
            try:
                _survey(digest, asked["ten"], first)
                return redirect(f"{_HERE}/{digest}?{urlencode(asked)}")
            except TinhError as error:
                fault, cure, status = error.detail().in_(language), error.remedy().in_(language), 422
    today = jobs.now().astimezone(ZoneInfo(jobs.catalogue().timezone)).date()
    official = jobs.official_boundaries(today)
    drawn = boundaries(jobs.catalogue().place, today, official, jobs.gazetteer())
    return page(
        request, "boundaries.html", "places", say("borders.title"), status=status,
        sets=[_held(one, official, language) for one in jobs.atlas().sets()],
        approximate=drawn.approximate, drawn=len(drawn.shapes), lacking=_named(drawn.missing, drawn.units),
        may_manage=people.may(who, "manage boundaries"), fault=fault, cure=cure,
        taken=request.GET.get("xong", ""),
        first=request.POST.get("first") or REFORM.isoformat(), source=request.POST.get("source", ""),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@signed_in
def looked_at(request: HttpRequest, digest: str) -> HttpResponse:
    """The survey of a file that waits, and the one button that takes it in."""
    language = language_of(request)
    say = words(language)
    who = people.require(people.actor_of(request), "manage boundaries")
    first = _day(request.GET.get("tu", "")) or REFORM
    name = request.GET.get("ten", "")[:120]
    draft = jobs.atlas().laid_aside(digest)
    if draft is None:
        return page(request, "borders_gone.html", "places", say("borders.gone"), status=404)
    fault = ""
    if request.method == "POST":
        source = request.POST.get("source", "").strip()[:300]
        if source:
            taken = jobs.atlas().take(
                draft, name or digest[:12], jobs.gazetteer(), jobs.catalogue().place, first, source, who.name,
                jobs.now(),
            )  # fmt: skip
            people.note(
                who.name, "import boundaries", taken.id, allowed=True, address=people.address_of(request)
            )
            draft.unlink(missing_ok=True)
            return redirect(f"{_HERE}?xong={taken.id}")
        fault = say("borders.choose_source")
    found = _survey(digest, name, first)
    drawn = sketch(found, _WIDTH, _HEIGHT) if found.shapes else None
    return page(
        request, "borders_survey.html", "places", say("borders.survey"), status=400 if fault else 200,
        file=name, first=formats.day(first, language), found=found, fault=fault,
        km2=formats.number(found.km2, 2, language), remarks=_remarks(found, language), sketch=drawn,
        areas=[(path, jobs.gazetteer().get(code, first).name) for code, path in drawn.paths.items()]
        if drawn else (),
        flaws=[(m, say(f"borders.{m.flaw.kind}"), formats.number(m.flaw.km2, 3, language),
                " – ".join(_names(m.flaw.codes, first))) for m in drawn.marks] if drawn else (),
        source=request.POST.get("source") or request.GET.get("nguon", ""),
    )  # fmt: skip


@require_POST
@signed_in
def drop(request: HttpRequest) -> HttpResponse:
    who = people.require(people.actor_of(request), "manage boundaries")
    gone = jobs.atlas().drop(request.POST.get("id", ""))
    people.note(who.name, "drop boundaries", gone.id, allowed=True, address=people.address_of(request))
    return redirect(_HERE)


@signed_in
def original(request: HttpRequest, id: str) -> HttpResponseBase:  # noqa: ARG001  Django hands it over
    """The bytes of a set as they were imported."""
    file = jobs.atlas().original(id)
    name = next(one.filename for one in jobs.atlas().sets() if one.id == id)
    return sent(file.open("rb"), file.stat().st_size, name)


def _survey(digest: str, name: str, first: date) -> Survey:
    draft = jobs.atlas().laid_aside(digest)
    if draft is None:
        raise Http404
    return jobs.atlas().look(draft, name, jobs.gazetteer(), jobs.catalogue().place, first)


def _held(one: BoundarySet, official: Path | None, language: str) -> Held:
    return Held(
        id=one.id,
        file=one.filename,
        first=formats.day(one.valid_from, language),
        last=formats.day(one.valid_to, language) if one.valid_to else "",
        source=one.source,
        by=one.by,
        areas=formats.number(one.areas, 0, language),
        km2=formats.number(one.km2, 2, language),
        remarks=one.remarks,
        in_force=official is not None and official.stem == one.id,
    )


def _remarks(found: Survey, language: str) -> list[Remark]:
    """What was found, the gravest first; kinds without a finding are left out."""
    say = words(language)

    def km2(value: float) -> str:
        return f"{formats.number(value, 2, language)} km²"

    kinds = (
        ("foreign", "bad", list(found.foreign)),
        ("missing", "bad", _names(found.missing, found.on)),
        ("renamed", "watch", [f"{code}: {there} ≠ {ours}" for code, there, ours in found.renamed]),
        ("areas", "watch", [
            say("borders.area_off", unit=_names((a.code,), found.on)[0], drawn=km2(a.drawn), said=km2(a.said))
            for a in found.areas
        ]),
        ("strays", "watch", [
            f"{_names((code,), found.on)[0]}: {formats.number(km, 0, language)} km"
            for code, km in found.strays
        ]),
        ("mended", "watch", _names(found.mended, found.on)),
        ("twice", "watch", _names(found.twice, found.on)),
    )  # fmt: skip
    lines = [Remark(say(f"borders.{kind}"), tone, tuple(each)) for kind, tone, each in kinds if each]
    if found.other_era:
        lines.insert(0, Remark(say("borders.other_era"), "bad", ()))
    return lines


def _names(codes: Iterable[str], on: date) -> list[str]:
    book = jobs.gazetteer()
    found = ((code, book.find(code, on)) for code in codes)
    return [f"{unit.name} ({code})" if unit else code for code, unit in found]


def _named(codes: Iterable[str], units: Mapping[str, Unit]) -> list[str]:
    return [f"{units[code].name} ({code})" for code in codes]


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
