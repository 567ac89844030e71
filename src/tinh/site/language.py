"""Which language an answer speaks.

Pages: the visitor's cookie, else the server's default (Vietnamese), whatever the browser was
installed in. The API: `Accept-Language`, as its callers are programs that say what they want.
"""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_supported_language_variant
from django.utils.translation.trans_real import parse_accept_lang_header

from tinh.kit.errors import LANGUAGES


def of_request(request: HttpRequest) -> str:
    asked = request.GET.get("lang") or request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME)
    if request.path.startswith("/api/"):
        asked = request.GET.get("lang") or _accepted(request.headers.get("Accept-Language", "")) or asked
    return asked if asked in LANGUAGES else settings.LANGUAGE_CODE


def _accepted(header: str) -> str | None:
    for tag, _ in parse_accept_lang_header(header):
        try:
            return get_supported_language_variant(tag)
        except LookupError:
            continue
    return None


class LanguageMiddleware:
    sync_capable = True
    async_capable = False

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        language = of_request(request)
        request.LANGUAGE_CODE = language
        with translation.override(language):
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        return response


def switch(request: HttpRequest) -> HttpResponse:
    """`/language?to=en&next=/data`, by GET or POST: remembers the language for a year and goes back."""
    asked = request.POST.get("to") or request.GET.get("to") or ""
    back = request.POST.get("next") or request.GET.get("next") or request.headers.get("Referer", "/")
    if not url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure()):
        back = "/"
    response = HttpResponseRedirect(back)
    if asked in LANGUAGES:
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME, asked, max_age=365 * 86400, samesite="Lax",
            secure=settings.SESSION_COOKIE_SECURE,
        )  # fmt: skip
    return response
