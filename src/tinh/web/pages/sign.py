"""Coming in and going out, and what a visitor prefers."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.views.decorators.http import require_http_methods, require_POST

from tinh.jobs import api as jobs
from tinh.kit.errors import TinhError
from tinh.people import api as people
from tinh.web.pages.todo import landing
from tinh.web.shell import language_of, page
from tinh.web.words import words

YEAR = 365 * 24 * 3600
SECOND = "/sign-in/buoc-hai"


def back_to(request: HttpRequest) -> str:
    """Where the visitor was going, if that is a page of ours; else the first page."""
    asked = request.POST.get("next") or request.GET.get("next") or "/"
    safe = url_has_allowed_host_and_scheme(asked, {request.get_host()}, require_https=request.is_secure())
    return asked if safe and asked.startswith("/") else "/"


def let_in(request: HttpRequest, next: str) -> HttpResponse:
    """On to where they were going; by way of their account while they should still set up a second factor."""
    user = request.user
    if isinstance(user, people.User) and people.must_have_second(user) and not people.has_second(user):
        return redirect(f"/tai-khoan/?{urlencode({'next': next})}")
    if next == "/" and isinstance(user, people.User):
        return redirect(landing(user.role))
    return redirect(next)


@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    language = language_of(request)
    fault = cure = ""
    status = 200
    next = back_to(request)
    if request.method == "POST":
        try:
            if "credential" in request.POST:
                people.sign_in_with_passkey(request, request.POST["credential"])
            else:
                people.sign_in(request, request.POST.get("name", ""), request.POST.get("password", ""))
            return let_in(request, next)
        except people.SecondFactorNeeded:
            return redirect(f"{SECOND}?{urlencode({'next': next})}")
        except TinhError as error:
            fault, cure, status = error.detail().in_(language), error.remedy().in_(language), error.status
    elif people.person_at(request) is not None:
        return redirect(next)
    say = words(language)
    providers = jobs.catalogue().sign_in.providers
    return _kept_nowhere(
        page(
            request, "sign_in.html", "", say("sign.title"), status=status, fault=fault, cure=cure, next=next,
            name=request.POST.get("name", ""),
            providers=[(f"/tai-khoan/oidc/{p.id}/?{urlencode({'next': next})}", p.name.in_(language))
                       for p in providers],
        )
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def second(request: HttpRequest) -> HttpResponse:
    """The second step: a passkey, a one-time code, or a recovery code."""
    language = language_of(request)
    say = words(language)
    fault = cure = ""
    status = 200
    next = back_to(request)
    try:
        user = people.pending(request)
        if request.method == "POST":
            try:
                if request.POST.get("credential"):
                    people.answer_passkey(request, request.POST["credential"])
                else:
                    people.answer_code(request, request.POST.get("code", ""))
                return let_in(request, next)
            except people.SignInLost:
                raise
            except TinhError as error:
                fault, cure, status = error.detail().in_(language), error.remedy().in_(language), error.status
    except people.SignInLost:
        return redirect(f"/sign-in?{urlencode({'next': next})}")
    has = people.factors_of(user)
    return _kept_nowhere(
        page(
            request, "second.html", "", say("second.title"), status=status, fault=fault, cure=cure, next=next,
            totp=has.totp is not None, passkeys=bool(has.passkeys), codes=has.codes_left,
        )
    )  # fmt: skip


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    provider, hint = people.sign_out(request)
    if provider:
        home = request.build_absolute_uri("/sign-in")
        address = people.leave_address(provider, hint, home)
        if address:
            return onwards(request, address, "mine.leaving", provider)
    return redirect("/sign-in")


def onwards(request: HttpRequest, address: str, words_key: str, provider: str) -> HttpResponse:
    """A page that goes on to a provider by itself: forms of ours may not, by the content policy."""
    language = language_of(request)
    found = jobs.catalogue().sign_in.provider(provider)
    name = found.name.in_(language) if found else provider
    title = words(language)(words_key, name=name)
    return _kept_nowhere(page(request, "onwards.html", "", title, address=address, name=name))


def _kept_nowhere(response: HttpResponse) -> HttpResponse:
    response.headers["Cache-Control"] = "no-store"
    return response


@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Remember light or dark; anything else follows the system again."""
    response = HttpResponseRedirect(back_to(request))
    wanted = request.POST.get("theme", "")
    if wanted in {"light", "dark"}:
        response.set_cookie("tinh_theme", wanted, max_age=YEAR, samesite="Lax", secure=request.is_secure())
    else:
        response.delete_cookie("tinh_theme", samesite="Lax")
    return response
