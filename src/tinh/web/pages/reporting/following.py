"""“This is my matter too”: counted at once; told by mail only after the letter's link was opened, so that
nobody is signed on by somebody else."""

from __future__ import annotations

from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST

from tinh.cases import api as cases
from tinh.channels import api as channels
from tinh.desks.api import reports
from tinh.jobs import api as jobs
from tinh.kit.errors import TinhError
from tinh.web.pages.reporting import counter
from tinh.web.pages.reporting.public import public_page
from tinh.web.shell import language_of
from tinh.web.words import words

_SALT, _LASTS = "tinh.follow", 7 * 24 * 3600  # seconds


@require_POST
def follow(request: HttpRequest, code: str) -> HttpResponse:
    """From the report's page, or from the form in place of sending."""
    language = language_of(request)
    phone, email = request.POST.get("phone", "")[:30].strip(), request.POST.get("email", "")[:200].strip()
    caller = counter.caller(request)
    try:
        if channels.is_address(email) and channels.configured():
            found = reports.may_follow(code, caller, email)
            _ask(request, found, phone, email, language)
            return redirect(f"/phan-anh/{found}?theo=thu")
        party = cases.Party(phone=phone, language=language, role="supporter") if phone else None
        reports.follow(code, caller, party)
    except TinhError as error:
        return _refused(request, error)
    return redirect(f"/phan-anh/{code}?theo=1")


@require_http_methods(["GET", "POST"])
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """Where the letter leads: a button, as programs that read mail open links by themselves."""
    language = language_of(request)
    say = words(language)
    try:
        code, phone, email = signing.loads(token, salt=_SALT, max_age=_LASTS)
        shown = reports.public_case(code)
        if request.method == "POST":
            party = cases.Party(phone=phone, email=email, language=language, role="supporter")
            reports.follow(code, counter.caller(request), party)
            return redirect(f"/phan-anh/{code}?theo=1")
    except (signing.BadSignature, ValueError, TypeError):
        return public_page(
            request, "refused.html", "public", say("following.title"), status=404,
            detail=say("following.gone"), cure=say("following.gone_cure"),
        )  # fmt: skip
    except TinhError as error:
        return _refused(request, error)
    response = public_page(
        request, "follow.html", "public", say("following.title"), code=code, subject=shown.subject,
        email=email, address=request.path,
    )  # fmt: skip
    response["Cache-Control"], response["Referrer-Policy"] = "no-store", "no-referrer"
    return response


def _ask(request: HttpRequest, code: str, phone: str, email: str, language: str) -> None:
    say = words(language)
    link = f"{counter.origin(request)}/phan-anh/theo-thu/{signing.dumps([code, phone, email], salt=_SALT)}"
    facts = {
        "code": code, "subject": reports.public_case(code).subject, "link": link,
        "province": jobs.catalogue().name.in_(language),
    }  # fmt: skip
    channels.send(
        channels.Notice(
            to=email, subject=say("following.mail_subject", code=code),
            body=say("following.mail_body", **facts),
            key=f"follow:{code}:{jobs.now().date()}", about=f"case:{code}",
            language="en" if language == "en" else "vi", secret=True, citizen=True,
        )
    )  # fmt: skip


def _refused(request: HttpRequest, error: TinhError) -> HttpResponse:
    language = language_of(request)
    return public_page(
        request, "refused.html", "public", words(language)("reporting.not_there"), status=error.status,
        detail=error.detail().in_(language), cure=error.remedy().in_(language),
    )  # fmt: skip
