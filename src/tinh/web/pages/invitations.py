"""Invitations: made and listed by whoever may, followed by whoever was invited."""

from __future__ import annotations

import re

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from tinh.channels import api as channels
from tinh.jobs import api as jobs
from tinh.kit.errors import TinhError
from tinh.people import api as people
from tinh.web import formats
from tinh.web.pages.faults_said import said
from tinh.web.pages.people_lines import agency_name, role_name, scope_words
from tinh.web.pages.scope_form import choices, scope_of
from tinh.web.pages.todo import landing
from tinh.web.shell import language_of, page, refused, signed_in
from tinh.web.words import words

_TONES = {"open": "watch", "used": "good", "revoked": "none", "expired": "bad"}


@require_http_methods(["GET", "POST"])
@signed_in
def listing(request: HttpRequest) -> HttpResponseBase:
    """The invitations, and the form that makes one; a link is shown once, in the answer that made it."""
    language = language_of(request)
    say = words(language)
    who = people.require_anywhere(people.actor_of(request), "manage accounts")
    fault: TinhError | None = None
    made: people.Invitation | None = None
    secret = done = ""
    if request.method == "POST":
        try:
            made, secret, done = _act(request, who, language)
        except (people.SignInNeeded, people.NotAllowed):
            raise
        except TinhError as error:
            fault = error
    zone = jobs.catalogue().timezone
    link = request.build_absolute_uri(f"/moi/{secret}") if secret else ""
    response = page(
        request, "invitations.html", "admin", say("invite.title"), status=fault.status if fault else 200,
        choices=choices(language, request) if fault or not secret else choices(language, _empty(request)),
        email=request.POST.get("thu", "") if fault else "",
        full_name=request.POST.get("ho-ten", "") if fault else "",
        link=link,
        for_whom=(made.full_name or made.email) if made else "",
        mailed=bool(made and made.email and link and _mail(made, link, language)),
        ends=formats.minute(made.expires_at, language, zone) if made else "",
        done=done,
        **said(fault, language),
        lines=[_line(one, language) for one in people.Invitation.objects.select_related(
            "invited_by", "account").order_by("-pk")[:100]],
    )  # fmt: skip
    response["Cache-Control"] = "no-store"
    return response


def _mail(made: people.Invitation, link: str, language: str) -> bool:
    """Send the link to the address too, where the province has a mail server; whether it goes out."""
    if not channels.configured():
        return False
    say = words(language)
    facts = {
        "by": made.invited_by.full_name or made.invited_by.username, "link": link,
        "scope": scope_words(people.Scope(made.role, made.agency, made.place, made.sector), language),
        "ends": formats.minute(made.expires_at, language, jobs.catalogue().timezone),
        "province": jobs.catalogue().name.in_(language),
    }  # fmt: skip
    channels.send(
        channels.Notice(
            to=made.email, subject=say("invite.mail_subject", province=facts["province"]),
            body=say("invite.mail_body", **facts), key=f"invitation:{made.pk}:{made.digest[:12]}",
            about="invitation", name=made.full_name, language="en" if language == "en" else "vi", secret=True,
        )
    )  # fmt: skip
    return True


def _empty(request: HttpRequest) -> HttpRequest:
    """The same visitor before a form was sent."""
    made = HttpRequest()
    made.GET = request.GET
    return made


def _act(request: HttpRequest, who: people.Actor, language: str) -> tuple[people.Invitation | None, str, str]:
    say = words(language)
    by = people.User.objects.get(pk=who.account)
    act, number = request.POST.get("act", ""), request.POST.get("loi-moi", "")
    if act == "invite":
        scope = scope_of(request.POST)
        people.require(who, "manage accounts", agency=scope.agency)
        made, secret = people.invite(
            by, scope, email=request.POST.get("thu", ""), full_name=request.POST.get("ho-ten", ""),
            language=language,
        )  # fmt: skip
        people.note(by.username, "invite", f"{made}", allowed=True)
        return made, secret, ""
    if act == "back":
        user = people.account_named(request.POST.get("ai", ""))
        people.require(who, "manage accounts", agency=user.agency)
        scope = people.Scope(user.role, user.agency, user.place, user.sector)
        made, secret = people.invite(
            by, scope, email=user.email, full_name=user.full_name or user.username, account=user
        )
        people.note(by.username, "invite back", user.username, allowed=True)
        return made, secret, ""
    found = people.Invitation.objects.filter(pk=int(number[:18]) if number.isdecimal() else 0).first()
    if found is None:
        return None, "", ""
    people.require(who, "manage accounts", agency=found.agency)
    if act == "resend":
        secret = people.renew_invitation(found)
        found.refresh_from_db()
        people.note(by.username, "invite again", f"{found}", allowed=True)
        return found, secret, ""
    if act == "revoke":
        people.withdraw(found)
        people.note(by.username, "revoke invitation", f"{found}", allowed=True)
        return None, "", say("invite.revoked")
    return None, "", ""


def _line(one: people.Invitation, language: str) -> dict[str, object]:
    say = words(language)
    zone = jobs.catalogue().timezone
    scope = people.Scope(one.role, one.agency, one.place, one.sector)
    return {
        "id": one.pk, "name": one.full_name or one.email, "email": one.email if one.full_name else "",
        "scope": scope_words(scope, language), "by": one.invited_by.full_name or one.invited_by.username,
        "state": say(f"invite.state_{one.state}"), "tone": _TONES[one.state], "open": one.state == "open",
        "again": one.state in ("open", "expired", "revoked"),
        "account": one.account.username if one.account and one.used_at else "",
        "ends": formats.minute(one.used_at or one.expires_at, language, zone),
    }  # fmt: skip


@require_http_methods(["GET", "POST"])
def accept(request: HttpRequest, token: str) -> HttpResponseBase:
    """The page behind a link: who invites to what, a name and a password; then straight in."""
    language = language_of(request)
    say = words(language)
    try:
        found = people.invitation_of(token)
    except TinhError as error:
        return _sealed(refused(request, error))
    fault: TinhError | None = None
    username = " ".join(request.POST.get("username", "").split())[:64]
    password = request.POST.get("password", "")
    wrong = ""
    if request.method == "POST":
        wrong = "" if found.account else _odd_name(username, language)
        if not wrong and password != request.POST.get("again", ""):
            wrong = say("invite.unlike")
        if not wrong:
            try:
                full_name = request.POST.get("full_name", "")
                user = people.accept(token, password, username=username, full_name=full_name)
                people.sign_in(request, user.username, password)
                return redirect(landing(user.role))
            except TinhError as error:
                fault = error
    inviter = found.invited_by
    proposed = re.sub(r"[^a-z0-9._-]", "", found.email.split("@")[0].lower()) if found.email else ""
    return _sealed(page(
        request, "accept.html", "", say("invite.back_title" if found.account else "invite.accept_title"),
        status=fault.status if fault else 422 if wrong else 200,
        token=token, back=found.account.username if found.account else "",
        by=inviter.full_name or inviter.username, role=role_name(found.role, language),
        agency=agency_name(found.agency, language),
        username=username or proposed, full_name=request.POST.get("full_name", found.full_name),
        fault=wrong or (fault.detail().in_(language) if fault else ""),
        cure=fault.remedy().in_(language) if fault and not wrong else "",
    ))  # fmt: skip


def _odd_name(username: str, language: str) -> str:
    return "" if re.fullmatch(r"[a-zA-Z0-9._-]{3,64}", username) else words(language)("invite.odd_name")


def _sealed(response: HttpResponse) -> HttpResponse:
    """The address is a secret: no cache keeps the page, and no other site is told where it was.

    `no-referrer` would send the form without an origin, and it would be taken for a stranger's.
    """
    response["Cache-Control"] = "no-store"
    response["Referrer-Policy"] = "same-origin"
    return response
