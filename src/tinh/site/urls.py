"""The doors and where they stand."""

from __future__ import annotations

from importlib.util import find_spec

from django.urls import include, path

from tinh.site import faults, health, language

urlpatterns = [
    path("healthz", health.alive),
    path("readyz", health.ready),
    path("language", language.switch, name="language"),
    path("api/v1/", include("tinh.rest.urls")),
    path("ogc/", include("tinh.rest.ogc.urls")),
    path("open311/", include("tinh.rest.open311.urls")),
    *([path("", include("tinh.web.urls"))] if find_spec("tinh.web") else []),
]

handler400 = faults.bad_request
handler403 = faults.forbidden
handler404 = faults.not_found
handler500 = faults.broken
