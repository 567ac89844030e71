"""Every error under `/api/` leaves as a problem document, whoever made it.

The framework answers some requests before or beside our own handlers (a method a path does
not know, a host it does not serve); their bodies are replaced here, their headers kept.
"""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from tinh.rest.problems import PROBLEM_TYPE, problem


class ErrorsAreProblems:
    sync_capable = True
    async_capable = False

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if response.status_code < 400 or not request.path.startswith("/api/"):
            return response
        if response.headers.get("Content-Type", "").startswith(PROBLEM_TYPE):
            return response
        kept = {name: response.headers[name] for name in ("Allow", "Retry-After") if name in response.headers}
        return problem(request, response.status_code, headers=kept)
