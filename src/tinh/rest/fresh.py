"""Whether a caller's copy is still good, told without doing the work again."""

from __future__ import annotations

import hashlib
import inspect
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase, HttpResponseNotModified

from tinh.jobs import api as jobs
from tinh.rest.entry import actor

_VARY = "Accept, Accept-Language, Authorization, Cookie"


def tag(request: HttpRequest, *more: object) -> str:
    """A weak entity tag of what this caller sees at this address now."""
    who = actor(request)
    parts = (
        jobs.stamp(), jobs.catalogue().digest, request.get_full_path(), request.headers.get("Accept", ""),
        getattr(request, "LANGUAGE_CODE", ""), who.role, who.agency, sorted(who.datasets or ()),
        jobs.lifted(request), *more,
    )  # fmt: skip
    return f'W/"{hashlib.sha256(repr(parts).encode()).hexdigest()[:32]}"'


def conditional(
    view: Callable[..., HttpResponse], more: Callable[[], object] = lambda: None
) -> Callable[..., HttpResponseBase]:
    """`view` answering 304 to `If-None-Match` while nothing it depends on has changed."""

    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        current = tag(request, more())
        asked = [part.strip() for part in request.headers.get("If-None-Match", "").split(",")]
        response: HttpResponseBase
        if current in asked or current.removeprefix("W/") in asked:
            response = HttpResponseNotModified()
        else:
            response = view(request, *args, **kwargs)
        if response.status_code in (200, 304):
            response.headers["ETag"] = current
        response.headers["Cache-Control"] = "private, no-cache"
        response.headers["Vary"] = _VARY
        return response

    # Parameters are read from the signature, whose names are those of the view's module.
    answered.__signature__ = inspect.signature(view, eval_str=True)  # type: ignore[attr-defined]
    return answered


def conditional_this_minute(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponseBase]:
    """The same for answers that also depend on the clock: ages, due dates."""
    return conditional(view, lambda: jobs.now().strftime("%Y-%m-%dT%H:%M"))
