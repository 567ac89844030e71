"""A look into a file nobody has declared, and a contract drafted from it to edit and take along."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_http_methods, require_POST

from tinh.flow.api import FileProfile, compiled_contract, id_for, profile_file
from tinh.gate.api import KIND_NAMES, LEVEL_NAMES, ColumnProfile
from tinh.jobs import api as jobs
from tinh.kit.errors import TinhError
from tinh.people import api as people
from tinh.web import formats
from tinh.web.shell import language_of, page, refused, signed_in
from tinh.web.words import words

_ID = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_LONGEST = 500_000


def may_look(who: people.Actor | None) -> bool:
    """Whoever may write layouts for any dataset may look into files."""
    return any(people.may(who, "write layouts", d) for d in jobs.catalogue().datasets.values())


@require_http_methods(["GET", "POST"])
@signed_in
def profile(request: HttpRequest) -> HttpResponseBase:
    language = language_of(request)
    say = words(language)
    who = people.actor_of(request)
    if not may_look(who):
        return _not_allowed(request, who)
    found: FileProfile | None = None
    fault = ""
    id = request.POST.get("id", "").strip()
    if request.method == "POST":
        sent = request.FILES.get("file")
        if sent is None:
            fault = say("upload.choose_file")
        elif id and not _ID.fullmatch(id):
            fault = say("profile.id_hint")
        else:
            corridor = jobs.corridor()
            with tempfile.NamedTemporaryFile(prefix="tinh-ho-so-") as kept:
                for block in sent.chunks():
                    kept.write(block)
                kept.flush()
                try:
                    found = profile_file(
                        Path(kept.name), sent.name or "", corridor.catalogue, id, corridor.clock
                    )
                except TinhError as error:
                    fault = error.told().in_(language)
    view = _view(found, language) if found else {}
    return page(
        request,
        "profile.html",
        "data",
        say("profile.title"),
        status=400 if fault else 200,
        fault=fault,
        id=id,
        found=found,
        contract=found.contract if found else "",
        **view,
    )


@require_POST
@signed_in
def draft(request: HttpRequest) -> HttpResponseBase:
    """The edited draft: checked as `tinh check` would, or downloaded."""
    language = language_of(request)
    who = people.actor_of(request)
    if not may_look(who):
        return _not_allowed(request, who)
    text = request.POST.get("contract", "").replace("\r\n", "\n")[:_LONGEST]
    named = re.search(r"^id:\s*([a-z][a-z0-9-]*)\s*$", text, re.MULTILINE)
    id = named.group(1) if named else "hop-dong"
    if "download" in request.POST:
        response = HttpResponse(text, content_type="application/yaml; charset=utf-8")
        response.headers["Content-Disposition"] = f'attachment; filename="{id}.odcs.yaml"'
        return response
    _, findings = compiled_contract(text, id)
    return page(
        request,
        "profile.html",
        "data",
        words(language)("profile.title"),
        fault="",
        id="",
        found=None,
        contract=text,
        checked=True,
        findings=[
            {"line": f["line"], "code": f["code"], "says": f["says"][language], "cure": f["cure"][language]}
            for f in findings
        ],
    )


def _not_allowed(request: HttpRequest, who: people.Actor | None) -> HttpResponse:
    try:
        people.require(who, "write layouts", None)
    except people.NotAllowed as error:
        return refused(request, error)
    raise AssertionError("somebody who may write layouts for no dataset may write none")


def _view(found: FileProfile, language: str) -> dict[str, Any]:
    verdict = found.verdict or {}
    outcome = str(verdict.get("verdict", ""))
    problem = verdict.get("problem")
    return {
        "rows": formats.number(found.table.height, 0, language),
        "columns": [_column(c, language) for c in found.table.columns],
        "keys": [" + ".join(k) for k in found.table.keys[:3]],
        "remarks": [r.says.in_(language) for r in (*found.remarks, *found.table.remarks)],
        "outcome": words(language)(f"verdict.{outcome.replace(' ', '_')}") if outcome else "",
        "tone": {"accepted": "good", "in part": "watch"}.get(outcome, "bad"),
        "problem": problem["detail"][language] if problem else "",
    }


def _column(column: ColumnProfile, language: str) -> dict[str, Any]:
    facts = column.facts
    low, high = facts.get("low"), facts.get("high")
    kind = KIND_NAMES[column.kind].in_(language)
    if column.kind == "place":
        kind = f"{kind}: {LEVEL_NAMES[facts['level']].in_(language)}"
    shown = "" if low is None else f"{_plain(low, language)} – {_plain(high, language)}"
    return {
        "header": column.header,
        "kind": kind,
        "filled": f"{column.filled}/{column.height}",
        "distinct": formats.number(column.distinct, 0, language),
        "examples": " · ".join(column.examples),
        "range": " ".join(x for x in (shown, column.unit) if x),
        "also": ", ".join(
            f"{KIND_NAMES[c.kind].in_(language)} {c.hits}/{c.of}"
            for c in column.candidates
            if c.kind != column.kind
        )[:120],
        "remarks": [r.says.in_(language) for r in column.remarks],
    }


def _plain(value: Any, language: str) -> str:
    if isinstance(value, float):
        return formats.number(value, 0 if value == int(value) else 2, language)
    return str(value)


__all__ = ["draft", "id_for", "may_look", "profile"]
