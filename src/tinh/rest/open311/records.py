"""Reports as GeoReport v2 writes them: requests, and what happened to them."""

from __future__ import annotations

from typing import Any

from tinh.desks.api import reports
from tinh.jobs import api as jobs
from tinh.rest.open311.entry import Call
from tinh.rest.open311.wording import STATES, status_of, status_words

_EXTENDED = {
    "accepted": "investigating", "asked": "investigating", "answered": "in_progress", "rated": "",
    "check": "",
}  # fmt: skip
_OUTCOMES = {
    "fixed": "fixed", "planned": "action_scheduled", "answered": "no_further_action",
    "not_found": "no_further_action", "refused": "not_councils_responsibility", "duplicate": "duplicate",
    "withdrawn": "closed",
}  # fmt: skip


def request(one: reports.Shown, call: Call) -> dict[str, Any]:
    """A service request; `extensions=true` adds what the specification has no field for."""
    catalogue = jobs.catalogue()
    category = catalogue.report_categories.get(one.category)
    agency = catalogue.agencies.get(one.agency)
    picture = call.address(one.photos[0].address("page", "jpg")) if one.photos else None
    out: dict[str, Any] = {
        "service_request_id": one.code,
        "status": status_of(one),
        "status_notes": status_words(one, call.language) or None,
        "service_name": category.name.in_(call.language) if category else one.category,
        "service_code": one.category,
        "description": one.body[:4000] or None,
        "agency_responsible": agency.name.in_(call.language) if agency else None,
        "service_notice": None,
        "requested_datetime": one.opened_at,
        "updated_datetime": one.updated_at,
        "expected_datetime": one.finish_by,
        "address": one.address or None,
        "address_id": one.place or None,
        "zipcode": None,
        "lat": one.latitude,
        "long": one.longitude,
        "media_url": picture,
    }
    if call.one("extensions").lower() in ("true", "1", "yes"):
        out["extended_attributes"] = {
            "detailed_status": one.state, "outcome": one.outcome or None, "title": one.subject or None,
            "severity": one.severity or None, "source": one.source or None, "supporters": one.supporters,
            "late": one.late, "rating": one.word or None, "simulated": one.simulated,
            "photos": [call.address(p.address("page", "jpg")) for p in one.photos],
        }  # fmt: skip
    return out


def update(one: reports.Happened, call: Call) -> dict[str, Any]:
    """A request update as FixMyStreet reads it."""
    report, moment = one.report, one.moment
    closing = moment.what in ("published", "closed")
    status = _EXTENDED.get(moment.what, "")
    if closing or (not status and status_of(report) == "closed"):  # what follows the end leaves it as it is
        status = _OUTCOMES.get(report.outcome, "closed")
    said = moment.says.in_(call.language)
    if closing and (report.answer or report.refusal):
        said = (
            f"{said}. {report.answer or (report.refusal.says.in_(call.language) if report.refusal else '')}"
        )
    said = moment.text or said
    shown = next((p for p in report.photos if p.role != "report"), None) if closing else None
    return {
        "update_id": f"{report.code}-note-{moment.number}"
        if moment.number
        else f"{report.code}-{moment.what}-{int(moment.at.timestamp())}",
        "service_request_id": report.code,
        "status": status or status_of(report),
        "updated_datetime": moment.at,
        "description": said,
        "media_url": call.address(shown.address("page", "jpg")) if shown else None,
        "external_status_code": STATES.get(moment.what, report.state),
    }
