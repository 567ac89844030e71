"""Who comes through the REST door: a bearer token, else a signed-in session."""

from __future__ import annotations

import re
from typing import Any

from django.http import HttpRequest
from ninja.security.base import AuthBase
from ninja.utils import check_csrf

from tinh.people import api as people
from tinh.rest.errors import FormExpired

_OWN_QUESTION: tuple[tuple[str, re.Pattern[str], people.Action | None], ...] = (
    ("POST", re.compile(r"/api/v1/datasets/[^/]+/receipts"), "push"),
    ("POST", re.compile(r"/api/v1/events/[^/]+"), "push"),
    ("GET", re.compile(r"/api/v1/datasets/[^/]+/receipts"), "read receipts"),
    ("GET", re.compile(r"/api/v1/receipts(/[^/]+(/verdict|/events)?)?"), "read receipts"),
    ("GET", re.compile(r"/api/v1/me"), None),
)
_SAFE = ("GET", "HEAD", "OPTIONS", "TRACE")


class Bearer(AuthBase):
    openapi_type = "http"
    openapi_scheme = "bearer"

    def __call__(self, request: HttpRequest) -> people.Actor | None:
        if not request.headers.get("Authorization", "").lower().startswith("bearer "):
            return None
        return _admitted(request, people.actor_of(request))


class Session(AuthBase):
    openapi_type = "apiKey"
    openapi_in = "cookie"
    openapi_name = "tinh_session"

    def __call__(self, request: HttpRequest) -> people.Actor | None:
        actor = people.actor_of(request)
        if actor is None:
            return None
        if request.method not in _SAFE and check_csrf(request) is not None:
            raise FormExpired
        return _admitted(request, actor)


def _admitted(request: HttpRequest, actor: people.Actor | None) -> people.Actor:
    """Whoever may read; a key that may not, at the routes that ask for what it names."""
    if actor is not None and not people.may(actor, "read"):
        for method, route, action in _OWN_QUESTION:
            named = action is None or action in (actor.actions or ())
            if named and request.method == method and route.fullmatch(request.path):
                return actor
    return people.require(actor, "read")


def actor(request: HttpRequest) -> people.Actor:
    """Whom the door let in."""
    found: Any = getattr(request, "auth", None)
    assert isinstance(found, people.Actor), "a route without a door"
    return found
