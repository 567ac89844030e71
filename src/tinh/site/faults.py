"""Answers to what no view answered: a page for people, a problem document for programs."""

from __future__ import annotations

import structlog
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.exceptions import TemplateDoesNotExist
from django.template.loader import render_to_string
from django.utils.html import format_html

from tinh.kit.errors import Text
from tinh.rest import api as rest
from tinh.site.language import of_request

log = structlog.get_logger()

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
    return answer(request, 404)


def csrf_failed(request: HttpRequest, **_: object) -> HttpResponseBase:
    return answer(request, 403, _STALE_FORM)


def broken(request: HttpRequest) -> HttpResponseBase:
    log.error("request.failed", path=request.path, method=request.method, exc_info=True)
    return answer(request, 500)
