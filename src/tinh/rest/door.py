"""The API put together: routes, doors, and one outward shape for whatever goes wrong."""

from __future__ import annotations

from typing import Any

import structlog
from django.core.exceptions import BadRequest, PermissionDenied, RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from tinh import __version__
from tinh.kit.errors import Text, TinhError
from tinh.people.api import SignInNeeded
from tinh.rest.entry import Bearer, Session
from tinh.rest.paging import MOST
from tinh.rest.problems import problem
from tinh.rest.routes import (
    agencies,
    anomalies,
    cases,
    conflicts,
    connectors,
    datasets,
    events,
    feeds,
    house,
    indexes,
    layouts,
    league,
    mending,
    outlooks,
    pilots,
    places,
    privacy,
    recalls,
    receipts,
    sitings,
    tokens,
    values,
)

log = structlog.get_logger()

_PROBLEM = {
    "description": "RFC 9457 problem document",
    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
}
_DAY = {"anyOf": [{"format": "date"}, {"maxLength": 0}]}
_MOMENT = {"anyOf": [{"format": "date"}, {"format": "date-time"}, {"maxLength": 0}]}
_BOUNDS: dict[str, dict[str, Any]] = {  # what readers of a query refuse, by the name of the parameter
    "limit": {"minimum": 1, "maximum": MOST}, "on": _DAY,
    "as_of": _MOMENT, "since": _MOMENT, "until": _MOMENT,
    "lat": {"minimum": -90, "maximum": 90}, "lon": {"minimum": -180, "maximum": 180},
    "last": {"minimum": 0, "maximum": 120}, "next": {"minimum": 0, "maximum": 120},
}  # fmt: skip
_WRONG = Text("Tham số không hợp lệ: {fields}.", "Parameters are not valid: {fields}.")
_MEND = Text("Sửa các tham số nêu trong “errors”.", "Mend the parameters named in “errors”.")


class Api(NinjaAPI):
    def get_openapi_operation_id(self, operation: Any) -> str:
        return f"{operation.view_func.__module__.rsplit('.', 1)[-1]}-{operation.view_func.__name__}"

    def get_openapi_schema(self, *args: Any, **kwargs: Any) -> Any:
        schema = super().get_openapi_schema(*args, **kwargs)
        from tinh.rest.shapes import Problem

        made = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
        schema["components"]["schemas"] |= {**made.pop("$defs", {}), "Problem": made}
        for path in schema["paths"].values():
            for operation in path.values():
                operation["responses"].setdefault("default", _PROBLEM)
                for parameter in operation.get("parameters", ()):
                    if parameter["in"] == "query":
                        parameter["schema"] |= _BOUNDS.get(parameter["name"], {})
        return schema


api = Api(
    title="Tỉnh",
    version=__version__,
    description=(
        "Dữ liệu, chỉ tiêu và nguồn gốc của từng con số. / "
        "Data, indicators and the origin of every number.\n\n"
        "Errors are RFC 9457 problem documents in both languages. Lists are paged by `cursor`; follow the "
        "`Link` header. Answers carry an `ETag`. Pushes take an `Idempotency-Key`."
    ),
    urls_namespace="rest",
    docs_url=None,
    auth=[Bearer(), Session()],
    openapi_extra={"info": {"license": {"name": "Apache-2.0", "identifier": "Apache-2.0"}}},
)
for module in (
    places,
    house,
    agencies,
    anomalies,
    cases,
    datasets,
    conflicts,
    layouts,
    receipts,
    feeds,
    league,
    connectors,
    events,
    mending,
    outlooks,
    privacy,
    recalls,
    values,
    indexes,
    sitings,
    pilots,
    tokens,
):
    api.add_router("", module.router)


@api.exception_handler(TinhError)
def refused(request: HttpRequest, fault: TinhError) -> HttpResponse:
    return from_error(request, fault)


@api.exception_handler(ValidationError)
def misread(request: HttpRequest, fault: ValidationError) -> HttpResponse:
    errors = [
        {
            "where": [str(part) for part in one["loc"] if part not in ("query", "path", "header")],
            "says": one["msg"],
        }
        for one in fault.errors
    ]
    fields = ", ".join(".".join(one["where"]) for one in errors)
    return problem(request, 422, code="RST002", detail=_WRONG.fill(fields=fields), cure=_MEND, errors=errors)


@api.exception_handler(AuthenticationError)
def unknown_caller(request: HttpRequest, _fault: AuthenticationError) -> HttpResponse:
    return from_error(request, SignInNeeded())


@api.exception_handler(HttpError)
def plain_error(request: HttpRequest, fault: HttpError) -> HttpResponse:
    return problem(request, fault.status_code)


@api.exception_handler(Http404)
def not_there(request: HttpRequest, _fault: Http404) -> HttpResponse:
    return problem(request, 404)


@api.exception_handler(PermissionDenied)
def not_allowed(request: HttpRequest, _fault: PermissionDenied) -> HttpResponse:
    return problem(request, 403)


@api.exception_handler(RequestDataTooBig)
def too_big(request: HttpRequest, _fault: RequestDataTooBig) -> HttpResponse:
    return problem(request, 413, code="RST004")


@api.exception_handler(BadRequest)
def malformed(request: HttpRequest, _fault: BadRequest) -> HttpResponse:
    return problem(request, 400)


@api.exception_handler(Exception)
def broke(request: HttpRequest, fault: Exception) -> HttpResponse:
    log.error("request.failed", path=request.path, method=request.method, exc_info=fault)
    return problem(request, 500)


def from_error(request: HttpRequest, fault: TinhError) -> HttpResponse:
    """A room's own error as a problem document."""
    headers = {}
    if fault.status == 401:
        headers["WWW-Authenticate"] = 'Bearer realm="tinh"'
    if fault.retry:
        headers["Retry-After"] = str(fault.facts.get("seconds", 1))
    members = {"retry": True} if fault.retry else {}
    return problem(
        request,
        fault.status,
        code=fault.code,
        detail=fault.detail(),
        cure=fault.remedy(),
        headers=headers,
        **members,
    )
