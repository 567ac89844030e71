"""Headers every answer carries, and the return of database connections by long answers."""

from __future__ import annotations

import secrets
from collections.abc import Callable

from django.db import connections
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.functional import SimpleLazyObject

from tinh.jobs import api as jobs
from tinh.people import api as people
from tinh.site.state import here

Next = Callable[[HttpRequest], HttpResponseBase]

_NONCE = "tinh.csp_nonce"
_FIXED = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(self), payment=(), usb=()",
}


def policy(nonce: str) -> str:
    """The content security policy; a nonce is admitted only where a template asked for one."""
    extra = f" 'nonce-{nonce}'" if nonce else ""
    return "; ".join(
        (
            "default-src 'self'",
            f"script-src 'self'{extra}",
            f"style-src 'self'{extra}",
            "img-src 'self' data: blob:",
            "font-src 'self'",
            "connect-src 'self'",
            "worker-src 'self' blob:",
            "object-src 'none'",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        )
    )


class SecurityHeaders:
    sync_capable = True
    async_capable = False

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response
        self.tls = here().options.tls

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        for name, value in _FIXED.items():
            response.headers.setdefault(name, value)
        response.headers.setdefault("Content-Security-Policy", policy(request.META.get(_NONCE, "")))
        if self.tls:
            response.headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
        return response


def nonce(request: HttpRequest) -> dict[str, object]:
    """Template variable `csp_nonce`, made when first used."""

    def drawn() -> str:
        made: str = request.META.setdefault(_NONCE, secrets.token_urlsafe(16))
        return made

    return {"csp_nonce": SimpleLazyObject(drawn)}


class InForce:
    """Beside other serving processes: what one of them has applied holds in all from its answer on."""

    sync_capable = True
    async_capable = False

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        jobs.catch_up()
        return self.get_response(request)


class Identity:
    """Tells the database who asks, for the whole request; a stranger until that is known."""

    sync_capable = True
    async_capable = False

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        people.stand("stranger")
        try:
            who = people.actor_of(request)
        except people.SecondFactorOwed:
            who = people.face_of(request)  # who may look after their own account alone
        except people.PeopleError:
            who = None  # the view says so
        if who is not None:
            people.stand("person", who)
        return self.get_response(request)


class ReleaseDatabase:
    """Gives the connection back before a stream begins.

    Django returns it when the response closes, and a page following server-sent events
    stays open for days: a wall of screens would otherwise empty the pool. Being
    synchronous and innermost, it also lets the whole chain run in one thread.
    """

    sync_capable = True
    async_capable = False

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if response.streaming:
            session = getattr(request, "session", None)
            if session is not None and session.modified:
                session.save()
            connections.close_all()
        return response
