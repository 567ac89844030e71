"""My account: who I am here, what I show to come in, where I am signed in."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.http import urlencode
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_http_methods, require_POST

from tinh.jobs import api as jobs
from tinh.kit.errors import TinhError
from tinh.people import api as people
from tinh.web import formats
from tinh.web.pages import telling_me
from tinh.web.pages.devices import device
from tinh.web.pages.sign import back_to, onwards
from tinh.web.shell import language_of, page, refused
from tinh.web.words import words

HOME = "/tai-khoan/"
View = Callable[..., HttpResponseBase]


def mine(view: View) -> View:
    """A page of one's own account: for people signed in by a session, kept in no cache. The view is
    called with the account."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        user = people.person_at(request)
        if user is None:
            return redirect(f"/sign-in?{urlencode({'next': request.get_full_path()})}")
        try:
            people.require(people.face_of(request), "manage own account", of=user.pk)
            response = view(request, user, *args, **kwargs)
        except people.ProofNeeded:
            next = request.get_full_path() if request.method == "GET" else HOME
            response = redirect(f"{HOME}xac-nhan?{urlencode({'next': next})}")
        except TinhError as error:
            response = refused(request, error)
        response.headers["Cache-Control"] = "no-store"
        return response

    return guarded


def proven(request: HttpRequest) -> None:
    """Raise ProofNeeded unless the person has shown lately who they are."""
    if not people.proved(request):
        raise people.ProofNeeded


@require_http_methods(["GET"])
@mine
def overview(request: HttpRequest, user: people.User) -> HttpResponse:
    return _overview(request, user)


def _overview(
    request: HttpRequest, user: people.User, fault: TinhError | None = None, at: str = ""
) -> HttpResponse:
    language = language_of(request)
    say = words(language)
    catalogue = jobs.catalogue()
    has = people.factors_of(user)
    must = people.must_have_second(user)
    until = people.may_wait_until(user)
    agency = catalogue.agencies.get(user.agency)

    def minute(moment: Any) -> str:
        return formats.minute(moment, language, catalogue.timezone) if moment else ""

    here = request.session.session_key
    linked = {one.issuer: one for one in people.identities_of(user)}
    next = back_to(request)
    return page(
        request, "mine.html", "", say("mine.title"), status=fault.status if fault else 200,
        push=telling_me.offered(user, language), user=user,
        agency_name=agency.name.in_(language) if agency else user.agency,
        role=people.table().roles[user.role].name.in_(language),
        has_password=user.has_usable_password(), keys=len(people.keys_for(None, user.pk)[0]),
        has=has, totp_added=minute(has.totp), totp_used=minute(has.totp_used),
        passkeys=[(one, minute(one.added), minute(one.used)) for one in has.passkeys],
        owed=must and not has.any, until=minute(until), next=next if next != "/" else "",
        low=has.any and has.codes_left < 3,
        visits=[
            (v, device(v.agent, say), minute(v.began), minute(v.seen), v.key == here)
            for v in people.visits_of(user)
        ],
        providers=[(p.id, p.name.in_(language), linked.get(p.issuer)) for p in catalogue.sign_in.providers],
        fault=fault.told().in_(language) if fault else "", at=at,
        done=request.GET.get("xong", "") if request.GET.get("xong") in _DONE else "",
    )  # fmt: skip


told = require_POST(mine(telling_me.told))
_DONE = {"chi-tiet", "mat-khau", "bo", "phien", "lien-ket"}


@require_POST
@mine
def details(request: HttpRequest, user: people.User) -> HttpResponseBase:
    """Name and address; another address asks for proof, as reset links may go there."""
    email = request.POST.get("email", "")
    if email.strip() != user.email:
        proven(request)
    try:
        people.change_details(user, request.POST.get("full_name", ""), email)
    except TinhError as error:
        user.refresh_from_db()
        return _overview(request, user, error, "details")
    people.note(user.username, "change details", allowed=True, address=people.address_of(request))
    return redirect(f"{HOME}?xong=chi-tiet")


@require_POST
@mine
def password(request: HttpRequest, user: people.User) -> HttpResponseBase:
    """A new password for the old one; every other session ends, and the keys if asked."""
    try:
        if user.has_usable_password():
            people.prove_with_password(request, user, request.POST.get("old", ""))
        else:
            proven(request)
        key = request.session.session_key or ""
        people.set_password(user, request.POST.get("new", ""), keep=key, keys="keys" in request.POST)
    except people.ProofNeeded:
        raise
    except TinhError as error:
        return _overview(request, user, error, "password")
    people.stay(request, user)
    people.note(user.username, "change password", allowed=True, address=people.address_of(request))
    return redirect(f"{HOME}?xong=mat-khau")


@require_POST
@mine
def visits(request: HttpRequest, user: people.User) -> HttpResponseBase:
    """End one session, or all others."""
    if "all" in request.POST:
        ended = people.end_visits(user, request.session.session_key or "")
    else:
        number = request.POST.get("visit", "")
        ended = int(number.isdecimal() and people.end_visit(user, int(number[:18])))
    people.note(user.username, "end sessions", str(ended), allowed=True, address=people.address_of(request))
    return redirect(f"{HOME}?xong=phien#phien")


@require_http_methods(["GET", "POST"])
@mine
def proof(request: HttpRequest, user: people.User) -> HttpResponseBase:
    """Show again who one is, before a sensitive change."""
    language = language_of(request)
    fault: TinhError | None = None
    if request.method == "POST":
        try:
            if request.POST.get("credential"):
                people.prove_with_passkey(request, user, request.POST["credential"])
            elif user.has_usable_password():
                people.prove_with_password(request, user, request.POST.get("password", ""))
            else:
                people.prove_with_code(request, user, request.POST.get("code", ""))
            return redirect(back_to(request))
        except TinhError as error:
            fault = error
    say = words(language)
    has = people.factors_of(user)
    by_provider = [
        (p.id, p.name.in_(language))
        for p in jobs.catalogue().sign_in.providers
        if any(one.issuer == p.issuer for one in people.identities_of(user))
    ]
    return page(
        request, "proof.html", "", say("mine.prove"), status=fault.status if fault else 200,
        has_password=user.has_usable_password(), totp=has.totp is not None, passkeys=bool(has.passkeys),
        providers=by_provider, next=back_to(request),
        fault=fault.told().in_(language) if fault else "",
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@mine
def app(request: HttpRequest, user: people.User) -> HttpResponseBase:
    """Add an authenticator app: a QR code, and the code it then shows."""
    proven(request)
    language = language_of(request)
    fault: TinhError | None = None
    if request.method == "POST":
        try:
            people.add_totp(request, user, request.POST.get("code", ""))
            people.note(user.username, "add factor", "app", allowed=True, address=people.address_of(request))
            return redirect(f"{HOME}ma-du-phong?moi=1")
        except TinhError as error:
            fault = error
    secret, drawing = people.begin_totp(request, user)
    say = words(language)
    return page(
        request, "app.html", "", say("mine.add_app"), status=fault.status if fault else 200,
        drawing=mark_safe(drawing), secret=" ".join(secret[i : i + 4] for i in range(0, len(secret), 4)),
        fault=fault.told().in_(language) if fault else "",
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@mine
def passkey(request: HttpRequest, user: people.User) -> HttpResponseBase:
    """Add a passkey, or give one another name."""
    if "rename" in request.POST:
        number = request.POST["rename"]
        if number.isdecimal():
            people.rename_passkey(user, int(number[:18]), request.POST.get("name", ""))
        return redirect(f"{HOME}#cach")
    proven(request)
    language = language_of(request)
    fault: TinhError | None = None
    if request.method == "POST":
        try:
            people.add_passkey(
                request, user, request.POST.get("credential", ""), request.POST.get("name", "")
            )
            people.note(
                user.username, "add factor", "passkey", allowed=True, address=people.address_of(request)
            )
            return redirect(f"{HOME}ma-du-phong?moi=1")
        except TinhError as error:
            fault = error
    say = words(language)
    return page(
        request, "passkey.html", "", say("mine.add_passkey"), status=fault.status if fault else 200,
        fault=fault.told().in_(language) if fault else "",
        suggested=device(request.headers.get("User-Agent", ""), say),
    )  # fmt: skip


@require_POST
@mine
def remove(request: HttpRequest, user: people.User) -> HttpResponseBase:
    """Remove the app or a passkey."""
    proven(request)
    number = request.POST.get("passkey", "")
    try:
        people.remove_factor(user, int(number[:18]) if number.isdecimal() else None)
    except TinhError as error:
        return _overview(request, user, error, "factors")
    people.renew(request)
    people.note(user.username, "remove factor", allowed=True, address=people.address_of(request))
    return redirect(f"{HOME}?xong=bo#cach")


@require_http_methods(["GET", "POST"])
@mine
def codes(request: HttpRequest, user: people.User) -> HttpResponseBase:
    """Recovery codes: shown this once when they were just made; made anew when asked."""
    if request.method == "POST":
        proven(request)
        if people.has_second(user):
            people.new_codes(request, user)
            people.note(user.username, "new codes", allowed=True, address=people.address_of(request))
        return redirect(f"{HOME}ma-du-phong")
    say = words(language_of(request))
    has = people.factors_of(user)
    return page(
        request, "codes.html", "", say("mine.codes"), codes=people.shown_codes(request), left=has.codes_left,
        any=has.any, fresh="moi" in request.GET,
    )  # fmt: skip


@require_POST
def ask(request: HttpRequest) -> HttpResponseBase:
    """What the browser must have signed by a passkey, as JSON for the pages' script."""
    purpose = request.POST.get("purpose", "")
    user = people.person_at(request)
    try:
        if purpose == "second":
            user = people.pending(request)
        elif purpose in {"register", "prove"} and user is not None:
            if purpose == "register":
                proven(request)
        elif purpose == "sign-in":
            user = None
        else:
            raise people.SignInLost
        response = JsonResponse(people.ask_passkey(request, purpose, user))
    except TinhError as error:
        said = error.detail().in_(language_of(request))
        response = JsonResponse({"detail": said, "code": error.code}, status=error.status)
    response.headers["Cache-Control"] = "no-store"
    return response


@require_POST
@mine
def links(request: HttpRequest, user: people.User) -> HttpResponseBase:
    """Link an outside identity, which begins at its provider; or remove the link."""
    proven(request)
    if "unlink" in request.POST:
        number = request.POST["unlink"]
        if number.isdecimal() and people.unlink(user, int(number[:18])):
            people.note(user.username, "unlink identity", allowed=True, address=people.address_of(request))
        return redirect(f"{HOME}?xong=lien-ket#lien-ket")
    id = request.POST.get("provider", "")
    back = request.build_absolute_uri(f"{HOME}oidc/{id}/ve")
    address = people.begin_oidc(request, id, back, next=f"{HOME}?xong=lien-ket#lien-ket", aim="link")
    return onwards(request, address, "mine.going", id)
