"""Who comes through the REST door: a bearer token, else a signed-in session."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja.security.base import AuthBase
from ninja.utils import check_csrf

from tinh.people import api as people
from tinh.rest.errors import FormExpired

_SAFE = ("GET", "HEAD", "OPTIONS", "TRACE")


class Bearer(AuthBase):
    openapi_type = "http"
    openapi_scheme = "bearer"

    def __call__(self, request: HttpRequest) -> people.Actor | None:
        if not request.headers.get("Authorization", "").lower().startswith("bearer "):
            return None
        return people.require(people.actor_of(request), "read")


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
        return people.require(actor, "read")


def actor(request: HttpRequest) -> people.Actor:
    """Whom the door let in."""
    found: Any = getattr(request, "auth", None)
    assert isinstance(found, people.Actor), "a route without a door"
    return found
