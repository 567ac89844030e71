"""The register of purposes and legal bases, and the page on which one asks to see clear values."""

from __future__ import annotations

import json
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST

from tinh.jobs import api as jobs
from tinh.kit.errors import TinhError
from tinh.people import api as people
from tinh.web.pages.data import agency_name
from tinh.web.sheets import sheet
from tinh.web.shell import language_of, page, signed_in
from tinh.web.words import words

_COLUMNS = (
    "where",
    "holder",
    "field",
    "kind",
    "level",
    "owner",
    "purposes",
    "bases",
    "keep",
    "seen_by",
    "recipients",
)


@signed_in
def register(request: HttpRequest) -> HttpResponse:
    language = language_of(request)
    who = people.require(people.actor_of(request), "read purposes")
    known = jobs.catalogue().privacy
    record = jobs.processing_record()
    holders: dict[str, dict[str, Any]] = {}
    for one in record:
        entry = holders.setdefault(one["holder"], _holder(one, language))
        entry["fields"].append(_field(one, language))
    return page(
        request,
        "purposes.html",
        "",
        words(language)("privacy.register_title"),
        purposes=[
            {
                "name": p.name.in_(language),
                "id": p.id,
                "basis": known.bases[p.basis].name.in_(language),
                "source": known.bases[p.basis].source,
                "consent": known.bases[p.basis].consent,
                "seen_by": _roles(p.seen_by, language),
                "recipients": p.recipients,
                "fields": sum(p.id in one["purposes"] for one in record),
            }
            for p in known.purposes.values()
        ],
        datasets=[h for h in holders.values() if h["where"] == "dataset"],
        platform=[h for h in holders.values() if h["where"] == "platform"],
        tables=[(t.name.in_(language), _kept(t.keep, language)) for t in known.tables.values()],
        may_handle=people.may(who, "handle subject requests"),
        may_log=people.may(who, "read access log"),
    )


@signed_in
def export(request: HttpRequest) -> HttpResponse:
    """The record of processing, as a table or as JSON."""
    people.require(people.actor_of(request), "read purposes")
    record = jobs.processing_record()
    if request.GET.get("dang") == "json":
        body = json.dumps({"province": jobs.catalogue().id, "record": record}, ensure_ascii=False, indent=1)
        response = HttpResponse(body, content_type="application/json")
        response.headers["Content-Disposition"] = 'attachment; filename="hoat-dong-xu-ly.json"'
        return response
    lines = [[" ".join(v) if isinstance(v := one[c], list) else v for c in _COLUMNS] for one in record]
    return sheet(_COLUMNS, lines, "hoat-dong-xu-ly.csv")


@require_http_methods(["GET", "POST"])
@signed_in
def unmask(request: HttpRequest, id: str) -> HttpResponse:
    """The reason for seeing clear values; back to where one came from once it is given."""
    language = language_of(request)
    back = _back(request, id)
    found = jobs.catalogue().datasets.get(id)
    if found is None:
        raise Http404
    who = people.require(people.actor_of(request), "unmask", found)
    known, fault = jobs.catalogue().privacy, None
    if request.method == "POST":
        try:
            people.unmask(
                request, who, found, known, request.POST.get("muc-dich", ""), request.POST.get("ly-do", "")
            )
            return redirect(back)
        except TinhError as error:
            fault = error
    labels = {c.name: c.label.in_(language) or c.name for c in found.columns}
    return page(
        request,
        "unmask.html",
        "data",
        words(language)("privacy.unmask_title"),
        status=422 if fault else 200,
        dataset_id=found.id,
        dataset_name=found.name.in_(language),
        back=back,
        columns=[
            (
                labels[c.name],
                k.name.in_(language) if (k := known.kinds.get(c.privacy.kind)) else "",
                c.privacy.level == "sensitive",
            )
            for c in found.columns
            if c.privacy
        ],
        purposes=[(p, known.purposes[p].name.in_(language)) for p in people.purposes_of(found, known)],
        chosen=request.POST.get("muc-dich", ""),
        reason=request.POST.get("ly-do", ""),
        fault=fault.told().in_(language) if fault else "",
    )


@require_POST
@signed_in
def mask(request: HttpRequest, id: str) -> HttpResponse:
    """Hide the values again before the time is over."""
    found = jobs.catalogue().datasets.get(id)
    if found is None:
        raise Http404
    people.require(people.actor_of(request), "read")
    people.mask_again(request, found)
    return redirect(_back(request, id))


def _back(request: HttpRequest, dataset: str) -> str:
    wanted = request.POST.get("ve") or request.GET.get("ve") or f"/du-lieu/{dataset}/"
    safe = url_has_allowed_host_and_scheme(wanted, allowed_hosts=None) and wanted.startswith("/")
    return wanted if safe else f"/du-lieu/{dataset}/"


def _holder(one: dict[str, Any], language: str) -> dict[str, Any]:
    dataset = jobs.catalogue().datasets.get(one["holder"])
    name = dataset.name.in_(language) if dataset else words(language)(f"holders.{one['holder']}")
    owner = agency_name(jobs.corridor(), one["owner"], language) if one["owner"] else ""
    return {"where": one["where"], "id": one["holder"], "name": name, "owner": owner, "fields": []}


def _field(one: dict[str, Any], language: str) -> dict[str, Any]:
    known = jobs.catalogue().privacy
    kind = known.kinds.get(one["kind"])
    dataset = jobs.catalogue().datasets.get(one["holder"])
    label = dataset.column(one["field"]).label.in_(language) if dataset else ""
    return {
        "name": label or one["field"],
        "kind": kind.name.in_(language) if kind else one["kind"],
        "sensitive": one["level"] == "sensitive",
        "purposes": "; ".join(known.purposes[p].name.in_(language) for p in one["purposes"]),
        "bases": "; ".join(known.bases[b].name.in_(language) for b in one["bases"]),
        "keep": _kept(one["keep"], language),
        "seen_by": _roles(one["seen_by"], language),
    }


def _kept(keep: str, language: str) -> str:
    """How long, in words: `P5Y` → 5 năm."""
    say = words(language)
    if not keep:
        return say("privacy.keep_unsaid")
    if not keep.startswith("P"):
        return keep if language == "en" else say("privacy.keep_own")
    number, unit = keep.strip("PT")[:-1], keep[-1]
    minutes = "T" in keep and unit == "M"
    names = {"Y": "years", "M": "minutes" if minutes else "months", "W": "weeks", "D": "days"}
    return say(f"privacy.keep_{names.get(unit, 'days')}", count=number)


def _roles(roles: Any, language: str) -> str:
    known = people.table().roles
    return ", ".join(known[r].name.in_(language) if r in known else r for r in roles)
