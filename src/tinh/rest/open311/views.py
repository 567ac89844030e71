"""The six methods of GeoReport v2, service discovery, and FixMyStreet's updates."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpResponse

from tinh.desks.api import reports
from tinh.jobs import api as jobs
from tinh.rest.open311 import arguments, discovery, records, sending, services
from tinh.rest.open311.entry import Call, door
from tinh.rest.open311.faults import ArgumentMissing, UnknownRequest, UnknownToken

BASE = "/open311/v2"


@door("GET")
def discover(call: Call) -> HttpResponse:
    """Service discovery."""
    catalogue = jobs.catalogue()
    version = jobs.applied().last()
    changed = version.applied_at if version is not None else None
    contact = settings.DEFAULT_FROM_EMAIL if settings.EMAIL_HOST else ""
    words = f"{catalogue.name.in_(call.language)} {contact}".strip()
    held = discovery.document(
        call.address(BASE), changed, words, call.address("/tai-khoan/"), not catalogue.simulations
    )  # fmt: skip
    return call.answer("discovery", held)


@door("GET")
def service_list(call: Call) -> HttpResponse:
    return call.answer("services", services.service_list(jobs.catalogue(), call.language))


@door("GET")
def service_definition(call: Call, code: str) -> HttpResponse:
    found = services.service(jobs.catalogue(), _named(code, "service_code"))
    return call.answer("service_definition", services.definition(found, call.language))


@door("GET", "POST")
def requests(call: Call) -> HttpResponse:
    """POST Service Request, or GET Service Requests."""
    if call.request.method == "POST":
        return call.answer("service_requests", [sending.create(call)])
    ids = arguments.listed(call.given, "service_request_id")
    if ids:
        found = reports.named(ids, call.actor(), call.caller())
        return call.answer("service_requests", [_local(records.request(one, call)) for one in found])
    asked, page = _asked(call)
    found, more = reports.listed(asked)
    answer = call.answer("service_requests", [_local(records.request(one, call)) for one in found])
    if more:
        following = call.request.GET.copy()
        following.pop("api_key", None)
        following["page"], following["page_size"] = str(page + 1), str(asked.limit)
        answer.headers["Link"] = f'<{call.address(call.request.path)}?{following.urlencode()}>; rel="next"'
    return answer


def _asked(call: Call) -> tuple[reports.Asked, int]:
    now = jobs.now()
    changed_since = arguments.when(call.given, "updated_after")
    changed_until = arguments.when(call.given, "updated_before", last=True)
    by_change = changed_since is not None or changed_until is not None
    dated = arguments.one(call.given, "start_date") or arguments.one(call.given, "end_date")
    start, end = (None, None) if by_change and not dated else arguments.span(call.given, now)
    states = arguments.choices(call.given, "status", ("open", "closed"))
    codes = arguments.listed(call.given, "service_code")
    for code in codes:
        services.service(jobs.catalogue(), code)
    page, size = arguments.paged(call.given)
    return reports.Asked(
        since=start, until=end, changed_since=changed_since, changed_until=changed_until, categories=codes,
        closed="closed" in states if len(states) == 1 else None, offset=(page - 1) * size, limit=size,
    ), page  # fmt: skip


@door("GET")
def request(call: Call, id: str) -> HttpResponse:
    """GET Service Request."""
    found = reports.named([_named(id, "service_request_id")], call.actor(), call.caller())
    if not found:
        raise UnknownRequest(id=id[:60])
    return call.answer("service_requests", [_local(records.request(one, call)) for one in found])


@door("GET")
def token(call: Call, id: str) -> HttpResponse:
    """GET service_request_id from a token: the secret link's token is one, and so is an id itself."""
    found = reports.named([_named(id, "token")], call.actor(), call.caller())
    try:
        code = found[0].code if found else reports.track_link(id, call.caller()).code
    except reports.NotTold:
        raise UnknownToken(id=id[:60]) from None
    return call.answer("service_requests", [{"service_request_id": code, "token": id}])


@door("GET", "POST")
def updates(call: Call) -> HttpResponse:
    """GET and POST Service Request Updates, as FixMyStreet uses them."""
    if call.request.method == "POST":
        return call.answer("service_request_updates", [sending.update(call)])
    start, end = arguments.span(call.given, jobs.now())
    ids = arguments.listed(call.given, "service_request_id")
    found = reports.happened(start, end, call.actor(), codes=ids)
    return call.answer("service_request_updates", [_local(records.update(one, call)) for one in found])


def _named(id: str, name: str) -> str:
    """What the address names; ArgumentMissing for `/services/.xml`."""
    if not id.strip() or id.lower() in (".xml", ".json"):
        raise ArgumentMissing(name=name)
    return id


def _local(held: dict[str, Any]) -> dict[str, Any]:
    """Moments in the province's own offset."""
    zone = ZoneInfo(jobs.catalogue().timezone)
    return {k: v.astimezone(zone) if isinstance(v, datetime) else v for k, v in held.items()}
