"""Consents: the text one agrees to, its proof, and withdrawing as easily as giving."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from tinh.jobs import api as jobs
from tinh.kit.calendar import WorkingCalendar
from tinh.kit.errors import TinhError
from tinh.people import api as people
from tinh.web import formats
from tinh.web.shell import language_of, page, signed_in
from tinh.web.words import words

HOME = "/du-lieu-ca-nhan/dong-y/"


@require_http_methods(["GET", "POST"])
@signed_in
def consents(request: HttpRequest) -> HttpResponse:
    """One's own consents; for who handles requests, also those of the person looked up."""
    language = language_of(request)
    who = people.require(people.actor_of(request), "read")
    staff = people.may(who, "handle subject requests")
    user = people.User.objects.filter(pk=who.account).first()
    fault: TinhError | None = None
    with people.through("subject"):
        try:
            subject = _subject(request, user, staff)
            if request.method == "POST" and subject is not None:
                _done(request, subject, who, user)
                return redirect(_address(request))
        except TinhError as error:
            subject, fault = None, error
        acts = _acts(subject, language) if subject else []
        holding = {s.purpose: s for s in people.consents.standing(subject)} if subject else {}
    return page(
        request,
        "consents.html",
        "",
        words(language)("privacy.consents_title"),
        status=422 if fault else 200,
        staff=staff,
        looking="nguoi" in request.GET and staff,
        person=request.GET.get("nguoi", "") if staff else "",
        own=user is not None and not ("nguoi" in request.GET and staff),
        purposes=_offered(holding, language),
        acts=acts,
        known=subject is not None,
        fault=fault.told().in_(language) if fault else "",
        channels=[(c, words(language)(f"privacy.channel_{c}")) for c in people.consents.CHANNELS],
    )


def _subject(request: HttpRequest, user: people.User | None, staff: bool) -> Any:
    """The person the page is about: whoever is signed in, or whom staff looks up."""
    named = request.POST.get("nguoi") or request.GET.get("nguoi", "")
    if staff and "nguoi" in {**request.GET.dict(), **request.POST.dict()} and named:
        return people.requests.subject_of("identifier", named)
    if user is None:
        return None
    return people.requests.subject_of_account(user)


def _done(request: HttpRequest, subject: Any, who: people.Actor, user: people.User | None) -> None:
    catalogue, now = jobs.catalogue(), jobs.now()
    purpose = request.POST.get("muc-dich", "")
    own = subject.account_id is not None and user is not None and subject.account_id == user.pk
    channel = "web" if own else request.POST.get("kenh", "paper")
    if "rut" in request.POST:
        calendar = WorkingCalendar(extra=catalogue.calendar)
        people.consents.withdraw(
            subject, purpose, catalogue.privacy, calendar, now, channel=channel, by=who.name
        )
        return
    sent = request.FILES.get("tep")
    people.consents.give(
        subject,
        purpose,
        catalogue.privacy,
        now,
        agreed=request.POST.get("dong-y") == "1",
        channel=channel,
        by=who.name,
        proof=request.POST.get("chung-cu", "") or ("form" if own else ""),
        proof_file=sent.read() if sent else b"",
    )


def _address(request: HttpRequest) -> str:
    from urllib.parse import urlencode

    named = request.POST.get("nguoi", "")
    return f"{HOME}?{urlencode({'nguoi': named})}" if named else HOME


def _offered(holding: dict[str, Any], language: str) -> list[dict[str, Any]]:
    """Each purpose that needs consent, with the text in force and what holds."""
    known, zone = jobs.catalogue().privacy, jobs.catalogue().timezone
    out = []
    for purpose in known.purposes.values():
        text = known.text_on(purpose.id, jobs.now().date())
        if not known.bases[purpose.basis].consent or text is None:
            continue
        stand = holding.get(purpose.id)
        out.append(
            {
                "id": purpose.id,
                "name": purpose.name.in_(language),
                "text": text.text.in_(language),
                "version": text.version,
                "holds": stand.holds if stand else False,
                "since": formats.minute(stand.last.at, language, zone) if stand else "",
                "older": bool(stand and stand.holds and stand.last.version < text.version),
            }
        )
    return out


def _acts(subject: Any, language: str) -> list[dict[str, Any]]:
    say, known = words(language), jobs.catalogue().privacy
    return [
        {
            "when": formats.minute(a.at, language, jobs.catalogue().timezone),
            "purpose": known.purposes[a.purpose].name.in_(language)
            if a.purpose in known.purposes
            else a.purpose,
            "version": a.version,
            "act": say(f"privacy.act_{a.act}"),
            "given": a.act == "given",
            "channel": say(f"privacy.channel_{a.channel}"),
            "proof": a.proof,
            "digest": a.proof_digest[:12],
            "by": a.by,
        }
        for a in subject.consents.order_by("-at", "-id")
    ]
