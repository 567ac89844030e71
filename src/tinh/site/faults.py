"""Answers to what no view answered: a page for people, a problem document for programs."""

from __future__ import annotations

import structlog
from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.http.response import HttpResponseBase
from django.template.exceptions import TemplateDoesNotExist
from django.template.loader import render_to_string
from django.urls import is_valid_path
from django.utils.encoding import iri_to_uri
from django.utils.html import format_html

from tinh.kit.errors import Text
from tinh.rest import api as rest
from tinh.site.language import of_request

log = structlog.get_logger()
_SECRETS = ("token", "key", "secret")  # parts of routes that open what they name

_WORDS: dict[int, tuple[Text, Text]] = {
    400: (
        Text("Yêu cầu không hợp lệ", "The request is not valid"),
        Text("Máy chủ không hiểu yêu cầu này.", "The server could not understand this request."),
    ),
    403: (
        Text("Không được phép", "Not allowed"),
        Text("Tài khoản của bạn không có quyền làm việc này.", "Your account may not do this."),
    ),
    404: (
        Text("Không tìm thấy", "Not found"),
        Text("Không có trang nào ở địa chỉ này.", "There is no page at this address."),
    ),
    500: (
        Text("Máy chủ gặp lỗi", "The server failed"),
        Text(
            "Lỗi đã được ghi lại. Hãy thử lại; nếu vẫn lỗi, báo cho bộ phận công nghệ thông tin.",
            "The fault has been logged. Try again; if it stays, tell the IT department.",
        ),
    ),
}
_FAR = 8_000  # letters of an address that is worth leading to
_STALE_FORM = Text(
    "Biểu mẫu đã hết hạn hoặc không đến từ trang này. Hãy tải lại trang rồi gửi lại.",
    "The form has expired or did not come from this page. Reload the page and send it again.",
)


def answer(request: HttpRequest, status: int, detail: Text | None = None) -> HttpResponseBase:
    title, words = _WORDS[status]
    words = detail or words
    if request.path.startswith("/api/"):
        return rest.problem(request, status, detail=words)
    language = of_request(request)
    facts = {"status": status, "title": title.in_(language), "detail": words.in_(language)}
    try:
        page = render_to_string("fault.html", facts, request=request)
    except TemplateDoesNotExist:
        page = format_html(
            "<!doctype html><html lang={}><title>{}</title><h1>{}</h1><p>{}</p></html>",
            language, facts["title"], facts["title"], facts["detail"],
        )  # fmt: skip
    return HttpResponse(page, status=status)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponseBase:  # noqa: ARG001
    return answer(request, 400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponseBase:  # noqa: ARG001
    return answer(request, 403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponseBase:  # noqa: ARG001
    elsewhere = _with_or_without_slash(request)
    return HttpResponsePermanentRedirect(elsewhere) if elsewhere else answer(request, 404)


def _with_or_without_slash(request: HttpRequest) -> str:
    """The page that was meant by an address typed with a final slash too few or too many."""
    path = request.path
    if request.method not in ("GET", "HEAD") or path.startswith(("/api/", "/ogc/", "//")):
        return ""
    meant = path.removesuffix("/") if path.endswith("/") else path + "/"
    if not is_valid_path(meant):
        return ""
    query = request.META.get("QUERY_STRING", "")
    address = iri_to_uri(meant) + (f"?{query}" if query else "")
    return address if len(address) < _FAR else ""


def csrf_failed(request: HttpRequest, **_: object) -> HttpResponseBase:
    return answer(request, 403, _STALE_FORM)


def broken(request: HttpRequest) -> HttpResponseBase:
    log.error("request.failed", path=_loggable(request), method=request.method, exc_info=True)
    return answer(request, 500)


def _loggable(request: HttpRequest) -> str:
    """The path without what lets its reader in: the token of an invitation, a reset, a sender's link."""
    found = request.resolver_match
    secrets = [str(value) for name, value in (found.kwargs if found else {}).items() if name in _SECRETS]
    path = request.path
    for secret in filter(None, secrets):
        path = path.replace(secret, "▮")
    return path
