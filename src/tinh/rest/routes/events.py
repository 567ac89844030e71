"""CloudEvents from outside: structured, batched or binary, acknowledged when they are on disk."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, UnreadablePostError
from ninja import Router
from ninja.security.base import AuthBase

from tinh.jobs import api as jobs
from tinh.kit.errors import Text
from tinh.people import api as people
from tinh.rest import connector_shapes as shapes
from tinh.rest.entry import Bearer, Session, actor
from tinh.rest.errors import BadUpload, NothingThere
from tinh.rest.render import answer
from tinh.sources.api import EventDoor

router = Router(tags=["sources"])
_WHAT = Text("nguồn nhận sự kiện", "source that takes events")
_EVENT = {
    "type": "object",
    "required": ["id", "source", "specversion", "type"],
    "properties": {
        "id": {"type": "string", "minLength": 1},
        "source": {"type": "string", "format": "uri-reference"},
        "specversion": {"type": "string", "const": "1.0"},
        "type": {"type": "string", "minLength": 1},
    },
}
BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "application/cloudevents+json": {"schema": _EVENT},
            "application/cloudevents-batch+json": {"schema": {"type": "array", "items": _EVENT}},
            "application/json": {"schema": {}},
        },
    }
}


class Signed(AuthBase):
    """The source's own signature instead of a key."""

    openapi_type = "apiKey"
    openapi_in = "header"
    openapi_name = "Tinh-Signature"

    def __call__(self, request: HttpRequest) -> str | None:
        if "Tinh-Signature" not in request.headers:
            return None
        id = request.path.rstrip("/").rpartition("/")[2]
        door = jobs.event_door(jobs.event_source(id))
        door.signed(_headers(request), _body(request, door), jobs.now())
        return id


@router.post(
    "/events/{id}",
    auth=[Bearer(), Signed(), Session()],
    response={202: shapes.EventsTaken, 200: shapes.EventsTaken},
    summary="Send CloudEvents to a source",
    openapi_extra=BODY,
)
def send(request: HttpRequest, id: str) -> HttpResponse:
    """One event (`application/cloudevents+json`, or `ce-*` headers over a JSON body) or a batch. 202 once
    they are on disk; an event is known by `source` and `id`, and 200 says that all of them had come before.
    All of a request is taken, or nothing."""
    feed = jobs.event_source(id)
    by = request.auth if isinstance(getattr(request, "auth", None), str) else ""  # type: ignore[attr-defined]
    if feed is None:
        people.require_anywhere(actor(request), "push")
        raise NothingThere(what_vi=_WHAT.vi, what_en=_WHAT.en, id=id[:60], list="/api/v1/feeds")
    if not by:
        who = actor(request)
        try:
            people.require(who, "push", jobs.catalogue().datasets.get(feed.dataset))
        except people.NotAllowed:
            people.note(who.name, "push", id, allowed=False, address=people.address_of(request))
            raise
        people.note(who.name, "push", id, allowed=True, address=people.address_of(request))
    door = jobs.event_door(feed)
    counted = door.take(_headers(request), _body(request, door), jobs.now())
    if counted.taken:
        jobs.events_came(feed)
    known = not counted.taken
    body = {"source": id, "taken": counted.taken, "repeated": counted.repeated}
    return answer(body, 200 if known else 202, {"Cache-Control": "no-store"})


@router.api_operation(["OPTIONS"], "/events/{id}", auth=None, include_in_schema=False)
def greet(request: HttpRequest, id: str) -> HttpResponse:
    """The handshake by which a sender asks whether it may send here (HTTP webhooks, abuse protection)."""
    origin = request.headers.get("WebHook-Request-Origin", "").strip()
    headers = {"Allow": "OPTIONS, POST"}
    if origin:
        rate = jobs.event_door(jobs.event_source(id)).greet(origin)
        headers |= {"WebHook-Allowed-Origin": origin, "WebHook-Allowed-Rate": rate}
    return HttpResponse(status=200, headers=headers)


def _headers(request: HttpRequest) -> dict[str, str]:
    return {name.lower(): value for name, value in request.headers.items()}


def _body(request: HttpRequest, door: EventDoor) -> bytes:
    """The body, read once and no further than a byte beyond the limit."""
    held: Any = request
    found: bytes | None = getattr(held, "_events_body", None)
    if found is None:
        try:
            found = request.read(door.largest + 1)
        except UnreadablePostError as fault:
            raise BadUpload(reason=str(fault)) from fault
        held._events_body = found
    return found
