"""Two questions a supervisor asks: does the process live, and can it serve?"""

from __future__ import annotations

from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse

from tinh.jobs import api as jobs


def alive(_request: HttpRequest) -> JsonResponse:
    return JsonResponse({"alive": True})


def ready(_request: HttpRequest) -> JsonResponse:
    """200 when the database answers, the province is loaded and the lake can be read."""
    checks = {"database": _database(), "province": jobs.installed(), "lake": _lake()}
    good = all(checks.values())
    return JsonResponse({"ready": good, "checks": checks}, status=200 if good else 503)


def _database() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("select 1")
    except DatabaseError:
        return False
    return True


def _lake() -> bool:
    if not jobs.installed():
        return False
    try:
        jobs.corridor().version()
    except OSError:
        return False
    return True
