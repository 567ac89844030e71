"""Signing in by way of an OpenID provider: there, back, and being told that somebody left."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils.http import urlencode
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from tinh.kit.errors import TinhError
from tinh.people import api as people
from tinh.web.pages.sign import SECOND, back_to, let_in
from tinh.web.shell import language_of, page
from tinh.web.words import words


@require_http_methods(["GET"])
def begin(request: HttpRequest, id: str) -> HttpResponse:
    """Off to the provider; `?chung-minh=1` to prove there that one is still oneself."""
    aim = "prove" if "chung-minh" in request.GET and people.person_at(request) else "enter"
    back = request.build_absolute_uri(f"/tai-khoan/oidc/{id}/ve")
    try:
        response: HttpResponse = redirect(
            people.begin_oidc(request, id, back, next=back_to(request), aim=aim)
        )
    except TinhError as error:
        return _failed(request, error)
    response.headers["Cache-Control"] = "no-store"
    return response


@require_http_methods(["GET"])
def arrive(request: HttpRequest, id: str) -> HttpResponse:
    """Back from the provider."""
    try:
        next = people.finish_oidc(request, id, {k: str(v) for k, v in request.GET.items()})
    except people.SecondFactorNeeded:
        return redirect(f"{SECOND}?{urlencode({'next': people.going_to(request)})}")
    except TinhError as error:
        return _failed(request, error)
    return let_in(request, next)


@csrf_exempt  # the provider itself calls, and proves it by its signature
@require_POST
def told(request: HttpRequest, id: str) -> HttpResponse:
    """Back-channel logout."""
    try:
        people.told_by_provider(id, request.POST.get("logout_token", ""), people.address_of(request))
        response = HttpResponse(status=200)
    except TinhError as error:
        said = {"error": "invalid_request", "error_description": error.detail().en, "code": error.code}
        response = JsonResponse(said, status=400)
    response.headers["Cache-Control"] = "no-store"
    return response


def _failed(request: HttpRequest, error: TinhError) -> HttpResponse:
    language = language_of(request)
    response = page(
        request, "outside_failed.html", "", words(language)("mine.outside_failed"), status=error.status,
        detail=error.detail().in_(language), cure=error.remedy().in_(language), code=error.code,
        home="/tai-khoan/" if people.person_at(request) else "/sign-in",
    )  # fmt: skip
    response.headers["Cache-Control"] = "no-store"
    return response
