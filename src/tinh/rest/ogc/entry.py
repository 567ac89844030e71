"""Who may open the features, and what goes wrong in the shape of every other error."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase, HttpResponseNotAllowed
from django.urls import Resolver404, resolve
from django.utils.cache import patch_vary_headers
from django.views.decorators.csrf import csrf_exempt

from tinh.kit.errors import Text, TinhError
from tinh.people import api as people
from tinh.rest.errors import BadParameter, NothingThere
from tinh.rest.problems import problem

JSON = "application/json"
GEOJSON = "application/geo+json"
View = Callable[..., HttpResponse]
_FRESH = 300  # seconds; units change at midnight, and boundaries when somebody takes them in


def door(*parameters: str) -> Callable[[View], Callable[..., HttpResponseBase]]:
    """Open to everybody, as units and their boundaries are, and to pages of other origins; a key that comes
    along (as bearer, or as the password of HTTP Basic) must be good. Refuses parameters the API does not
    have, as the standard asks."""

    def guard(view: View) -> Callable[..., HttpResponseBase]:
        @csrf_exempt  # what is not read is refused, form or not
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.method not in ("GET", "HEAD"):
                return HttpResponseNotAllowed(["GET", "HEAD"])
            try:
                if "Authorization" in request.headers:
                    people.require(people.actor_of(request), "read")
                known(request, parameters)
                response = view(request, *args, **kwargs)
            except TinhError as fault:
                return _shared(refused(request, fault))
            patch_vary_headers(response, ("Accept-Language", "Cookie"))  # both choose the language
            response.headers.setdefault("Cache-Control", f"public, max-age={_FRESH}")
            return _shared(response)

        return guarded

    return guard


def _shared(response: HttpResponse) -> HttpResponse:
    response["Access-Control-Allow-Origin"] = "*"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def known(request: HttpRequest, names: Iterable[str]) -> None:
    """Each parameter once, and none but `names`, `f` and `lang`."""
    wanted = {*names, "f", "lang"}
    for name, values in request.GET.lists():
        if name not in wanted:
            raise BadParameter(name=name, value=values[0][:40], expected=", ".join(sorted(wanted)))
        if len(values) > 1:
            raise BadParameter(name=name, value=", ".join(values)[:80], expected="1 ×")
    if request.GET.get("f", "json") not in ("json", "geojson"):
        raise BadParameter(name="f", value=request.GET["f"][:40], expected="json")


def refused(request: HttpRequest, fault: TinhError) -> HttpResponse:
    headers = {"WWW-Authenticate": 'Basic realm="tinh", charset="UTF-8"'} if fault.status == 401 else {}
    status = 400 if isinstance(fault, BadParameter) else fault.status  # the standard's word for it
    return problem(
        request, status, code=fault.code, detail=fault.detail(), cure=fault.remedy(), headers=headers
    )


@door()
def _nowhere(_request: HttpRequest, rest: str) -> HttpResponse:
    what = Text("địa chỉ", "resource")
    raise NothingThere(what_vi=what.vi, what_en=what.en, id=rest[:80], list="/ogc/")


@csrf_exempt
def elsewhere(request: HttpRequest, rest: str) -> HttpResponseBase:
    """A slash at the end, or one too many, is passed over; what is not there says so as every fault does."""
    meant = re.sub(r"/{2,}", "/", rest).strip("/")
    if meant and meant != rest:
        try:
            found = resolve(f"/ogc/{meant}")
        except Resolver404:
            found = None
        if found is not None and found.func is not elsewhere:
            answer: HttpResponseBase = found.func(request, **found.kwargs)
            return answer
    return _nowhere(request, rest)
