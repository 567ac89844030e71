"""A new password for who has lost theirs: an administrator's one-time link, and the page it opens."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from tinh.kit.errors import TinhError
from tinh.people import api as people
from tinh.web.pages.mine import mine, proven
from tinh.web.shell import language_of, page
from tinh.web.words import words

HOME = "/tai-khoan/dat-lai/"


@require_http_methods(["GET", "POST"])
@mine
def make(request: HttpRequest, user: people.User) -> HttpResponseBase:  # noqa: ARG001
    """Make a link for somebody; it is shown in this answer alone."""
    actor = people.require(people.actor_of(request), "manage accounts")
    proven(request)
    language = language_of(request)
    link = fault = ""
    name = request.POST.get("name", "") or request.GET.get("name", "")
    if request.method == "POST":
        try:
            found = people.account_named(name)
            secret = people.make_reset(actor, found, drops_factors="factors" in request.POST)
            link = request.build_absolute_uri(f"{HOME}{secret}")
        except TinhError as error:
            fault = error.told().in_(language)
    return page(
        request, "reset_make.html", "", words(language)("reset.make"), status=404 if fault else 200,
        link=link, fault=fault, name=name,
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def use(request: HttpRequest, secret: str) -> HttpResponse:
    """Choose the new password the link is for."""
    language = language_of(request)
    say = words(language)
    fault: TinhError | None = None
    gone = False
    name = ""
    try:
        name = people.whose_reset(secret).username
        if request.method == "POST":
            people.use_reset(request, secret, request.POST.get("new", ""))
            return redirect("/sign-in?dat-lai=1")
    except people.LinkSpent as error:
        fault, gone = error, True
    except TinhError as error:
        fault = error
    response = page(
        request, "reset_use.html", "", say("reset.title"), status=fault.status if fault else 200,
        name=name, gone=gone,
        fault=fault.told().in_(language) if fault else "",
    )  # fmt: skip
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"  # the address itself is the secret
    return response
