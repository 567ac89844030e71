"""Coming in and going out, and what a visitor prefers."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST

from tinh.kit.errors import TinhError
from tinh.people import api as people
from tinh.web.shell import language_of, page
from tinh.web.words import words

YEAR = 365 * 24 * 3600


def _back(request: HttpRequest) -> str:
    asked = request.POST.get("next") or request.GET.get("next") or "/"
    safe = url_has_allowed_host_and_scheme(asked, {request.get_host()}, require_https=request.is_secure())
    return asked if safe else "/"


@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    language = language_of(request)
    fault = cure = ""
    status = 200
    if request.method == "POST":
        try:
            people.sign_in(request, request.POST.get("name", ""), request.POST.get("password", ""))
            return redirect(_back(request))
        except TinhError as error:
            fault, cure, status = error.detail().in_(language), error.remedy().in_(language), error.status
    elif people.actor_of(request) is not None:
        return redirect(_back(request))
    return page(
        request, "sign_in.html", "", words(language)("sign.title"), status=status,
        fault=fault, cure=cure, next=_back(request), name=request.POST.get("name", ""),
    )  # fmt: skip


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    people.sign_out(request)
    return redirect("/sign-in")


@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Remember light or dark; anything else follows the system again."""
    response = HttpResponseRedirect(_back(request))
    wanted = request.POST.get("theme", "")
    if wanted in {"light", "dark"}:
        response.set_cookie("tinh_theme", wanted, max_age=YEAR, samesite="Lax", secure=request.is_secure())
    else:
        response.delete_cookie("tinh_theme", samesite="Lax")
    return response
