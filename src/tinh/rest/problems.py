"""RFC 9457 problem documents, one shape for every error of the API."""

from __future__ import annotations

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse

from tinh.kit.errors import Text

PROBLEM_TYPE = "application/problem+json"
TITLES = {
    400: Text("Yêu cầu không hợp lệ", "Bad request"),
    401: Text("Cần đăng nhập", "Sign-in needed"),
    403: Text("Không được phép", "Not allowed"),
    404: Text("Không tìm thấy", "Not found"),
    405: Text("Địa chỉ này không nhận phương thức đó", "Method not allowed here"),
    406: Text("Không có định dạng được yêu cầu", "Format not available"),
    409: Text("Xung đột", "Conflict"),
    413: Text("Nội dung quá lớn", "Content too large"),
    415: Text("Kiểu nội dung không được hỗ trợ", "Unsupported media type"),
    422: Text("Nội dung không xử lý được", "Unprocessable content"),
    429: Text("Quá nhiều yêu cầu", "Too many requests"),
    500: Text("Máy chủ gặp lỗi", "Server error"),
    503: Text("Tạm thời không phục vụ được", "Service unavailable"),
}


def document(
    path: str,
    language: str,
    status: int,
    *,
    code: str = "",
    detail: Text | None = None,
    cure: Text | None = None,
    **members: Any,
) -> dict[str, Any]:
    """The members of a problem document, in the language asked for and in both."""
    title = TITLES.get(status) or Text(HTTPStatus(status).phrase, HTTPStatus(status).phrase)
    code = code or f"RST{status}"
    words = detail or title
    body: dict[str, Any] = {
        "type": f"urn:tinh:problem:{code}",
        "title": title.in_(language),
        "status": status,
        "detail": words.in_(language),
        "instance": path,
        "code": code,
        "titles": title.as_dict(),
        "details": words.as_dict(),
        **members,
    }
    if cure is not None and cure.en:
        body |= {"cure": cure.in_(language), "cures": cure.as_dict()}
    return body


def problem(
    request: HttpRequest, status: int, *, headers: Mapping[str, str] | None = None, **members: Any
) -> HttpResponse:
    """A problem document as a response; see `document` for the members."""
    body = document(request.path, getattr(request, "LANGUAGE_CODE", "vi"), status, **members)
    text = json.dumps(body, ensure_ascii=False, default=str)
    return HttpResponse(text, status=status, content_type=PROBLEM_TYPE, headers=dict(headers or {}))
