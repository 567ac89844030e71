from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.urls import URLPattern, path

from tinh.rest.open311 import views
from tinh.rest.open311.entry import elsewhere


def _both(route: str, view: Callable[..., Any]) -> list[URLPattern]:
    """A resource under its endings, and without one: the client's preference then decides."""
    formed = [path(f"{route}.{form}", view, {"form": form}) for form in ("xml", "json")]
    return [*formed, path(route, view)]


urlpatterns = [
    *_both("discovery", views.discover),
    *_both("v2/discovery", views.discover),
    *_both("v2/services", views.service_list),
    *_both("v2/services/<str:code>", views.service_definition),
    *_both("v2/requests", views.requests),
    *_both("v2/requests/<str:id>", views.request),
    *_both("v2/tokens/<str:id>", views.token),
    *_both("v2/servicerequestupdates", views.updates),
    path("", elsewhere),
    path("<path:rest>", elsewhere),
]
