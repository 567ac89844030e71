"""A report for whoever sent it: by code and contact, or by the secret link; and what they may do with it."""

from __future__ import annotations

from collections.abc import Callable

from django.core import signing
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_http_methods, require_POST

from tinh.desks.api import photos, reports
from tinh.jobs import api as jobs
from tinh.kit.errors import TinhError
from tinh.kit.ids import fresh
from tinh.web import formats
from tinh.web.pages.reporting import counter, ground, telling
from tinh.web.pages.reporting.answers import answers_of
from tinh.web.pages.reporting.pictures import for_sender
from tinh.web.pages.reporting.promises import how_counted, promises_of
from tinh.web.pages.reporting.public import public_page
from tinh.web.shell import language_of
from tinh.web.words import words

_COOKIE, _SALT, _LASTS = "tinh_tracked", "tinh.tracked", 3600


@require_http_methods(["GET", "POST"])
def door(request: HttpRequest) -> HttpResponse:
    """Code and telephone number or e-mail address; the right pair opens the report for an hour."""
    language = language_of(request)
    say = words(language)
    fault = cure = ""
    status = 200
    code = request.POST.get("code", request.GET.get("ma", ""))[:40].strip()
    if request.method == "POST":
        try:
            found = reports.link_of(code, request.POST.get("contact", "")[:200], counter.caller(request))
            response = redirect(f"/phan-anh/theo-doi/{found}")
            response.set_cookie(
                _COOKIE,
                signing.dumps(found, salt=_SALT),
                max_age=_LASTS,
                path="/phan-anh/theo-doi",
                httponly=True,
                samesite="Lax",
                secure=request.is_secure(),
            )
            return response
        except TinhError as error:
            fault, cure, status = error.detail().in_(language), error.remedy().in_(language), error.status
    return _private(
        public_page(
            request,
            "track.html",
            "track",
            say("reporting.track_title"),
            status=status,
            fault=fault,
            cure=cure,
            code=code,
            contact=request.POST.get("contact", "")[:200],
        )
    )


@require_http_methods(["GET", "POST"])
def own(request: HttpRequest, key: str) -> HttpResponse:
    """The sender's page. `key`: the token of the secret link, or a code this browser has opened."""
    language = language_of(request)
    fault = ""
    status = 200
    try:
        tracked = tracked_by(request, key)
        if request.method == "POST":
            try:
                _ACTS.get(request.POST.get("act", ""), _nothing)(request, tracked)
                return redirect(f"/phan-anh/theo-doi/{key}?xong=1")
            except TinhError as error:
                fault, status = error.told().in_(language), error.status
    except TinhError as error:
        if isinstance(error, reports.NotTold):
            return redirect("/phan-anh/theo-doi")
        return public_page(
            request,
            "refused.html",
            "track",
            words(language)("reporting.not_there"),
            status=error.status,
            detail=error.detail().in_(language),
            cure=error.remedy().in_(language),
        )
    return _private(_page(request, key, tracked, fault, status))


def tracked_by(request: HttpRequest, key: str) -> reports.Tracked:
    """The report behind a sender's address. Raises NotTold."""
    try:
        kept = signing.loads(request.COOKIES.get(_COOKIE, ""), salt=_SALT, max_age=_LASTS)
    except signing.BadSignature:
        kept = ""
    if kept and kept == key:
        return reports.again(kept)
    return reports.track_link(key, counter.caller(request))


@require_POST
def tell(request: HttpRequest, key: str) -> HttpResponse:
    """This browser is told of the report's steps from now on, or no more."""
    try:
        return _private(JsonResponse({"on": telling.signed(request, tracked_by(request, key))}))
    except TinhError as error:
        return telling.refusal(request, error)


def _rate(request: HttpRequest, tracked: reports.Tracked) -> None:
    said = request.POST.get("word", "")
    for word in reports.WORDS:
        if word == said:
            reports.rate(tracked.code, word, request.POST.get("remark", ""))
            return
    raise reports.NotNow(what_vi="đánh giá mà không chọn", what_en="rate without a choice")


def _supplement(request: HttpRequest, tracked: reports.Tracked) -> None:
    secret = fresh(26)
    for file in request.FILES.getlist("photos"):
        if file.size:
            photos.store(secret, file.read(), file=file.name or "")
    reports.supplement(tracked.code, request.POST.get("text", ""), secret if request.FILES else "")


def _withdraw(request: HttpRequest, tracked: reports.Tracked) -> None:
    reports.withdraw(tracked.code, request.POST.get("reason", ""))


def _nothing(_request: HttpRequest, _tracked: reports.Tracked) -> None:
    raise reports.NotNow(what_vi="làm việc này", what_en="do this")


_ACTS: dict[str, Callable[[HttpRequest, reports.Tracked], None]] = {
    "rate": _rate,
    "supplement": _supplement,
    "withdraw": _withdraw,
}


def _page(request: HttpRequest, key: str, tracked: reports.Tracked, fault: str, status: int) -> HttpResponse:
    language = language_of(request)
    say = words(language)
    zone = jobs.catalogue().timezone
    agency = jobs.catalogue().agencies.get(tracked.agency)
    link = f"{counter.origin(request)}/phan-anh/theo-doi/{key}"
    secret = key != tracked.code
    new = request.GET.get("moi", "") == "1"
    answers = answers_of(tracked, language)
    own = [p for p in tracked.photos if p.state == "ready" and p.role == "report"]
    return public_page(
        request,
        "own.html",
        "track",
        say("reporting.thanks") if new else tracked.subject,
        status=status,
        t=tracked,
        code=tracked.code,
        spoken=" ".join(tracked.code.replace("-", " ")),
        new=new,
        fault=fault,
        typed=request.POST if fault else {},
        done=_done(request, tracked),
        link=link if secret else "",
        qr=drawn_code(link) if secret else "",
        state=counter.state(tracked.state, tracked.outcome, language),
        tone=counter.tone(tracked),
        asked_until=formats.minute(tracked.asked_until, language, zone) if tracked.asked_until else "",
        agency=agency.name.in_(language) if agency else "",
        place=ground.name_of(tracked.place),
        category=counter.category_name(tracked.category, language),
        limits=promises_of(tracked, language),
        counted=how_counted(language),
        moments=[
            (formats.minute(m.at, language, zone), m.says.in_(language), m.text) for m in tracked.moments
        ],
        words=[(id, text.in_(language)) for id, text in reports.WORDS.items()],
        word=counter.rating(tracked, language),
        past=answers.past,
        into=_kin(tracked.into, language) if tracked.into else None,
        parts=[_kin(one, language) for one in tracked.parts],
        decided=bool(tracked.answer or tracked.refusal or answers.papers or answers.photos),
        refusal=tracked.refusal
        and {
            "says": tracked.refusal.says.in_(language),
            "go": tracked.refusal.go.in_(language),
            "phone": tracked.refusal.phone,
        },
        opened=formats.minute(tracked.opened_at, language, zone),
        address=f"/phan-anh/theo-doi/{key}",
        papers=answers.papers,
        own=[p for p in own if p.shown],
        mine=[(for_sender(p, "page"), for_sender(p, "card")) for p in own if not p.shown],
        after=answers.photos,
        waiting=sum(p.state == "received" for p in tracked.photos),
        push=telling.offered(tracked, key, language) if not tracked.simulated else None,
    )


def _kin(one: reports.Kin, language: str) -> dict[str, object]:
    agency = jobs.catalogue().agencies.get(one.agency)
    return {
        "code": one.code, "subject": one.subject, "answer": one.answer, "shown": one.shown,
        "state": counter.state(one.state, one.outcome, language), "tone": counter.tone(one),
        "agency": agency.name.in_(language) if agency else "",
    }  # fmt: skip


def _done(request: HttpRequest, tracked: reports.Tracked) -> str:
    """What was done by the button just pressed, as a key of the words."""
    if "xong" not in request.GET:
        return ""
    again = tracked.before and tracked.before[-1].rated_at is not None and not tracked.answer
    return "reporting.reopened_says" if again else "reporting.done_says"


def drawn_code(text: str) -> SafeString:
    """A QR code as SVG, black on white in either theme."""
    import qrcode

    code = qrcode.QRCode(border=0, error_correction=qrcode.constants.ERROR_CORRECT_M)
    code.add_data(text)
    code.make(fit=True)
    rows = code.get_matrix()
    path = "".join(f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, on in enumerate(row) if on)
    size = len(rows)
    return mark_safe(
        f'<svg class="qr" viewBox="-3 -3 {size + 6} {size + 6}" aria-hidden="true"><path d="{path}"/></svg>'
    )


@require_http_methods(["GET", "POST"])
def appeal(request: HttpRequest) -> HttpResponse:
    """Whoever is kept from sending asks for it to be looked at again."""
    language = language_of(request)
    say = words(language)
    fault = ""
    status = 200
    number = request.POST.get("number", request.GET.get("so", ""))[:12].strip()
    text = request.POST.get("text", "")[:2000].strip()
    done = False
    if request.method == "POST":
        if not number.isdecimal() or len(text) < 10:
            fault, status = say("reporting.appeal_short"), 422
        else:
            try:
                reports.appeal(int(number), text, counter.caller(request))
                done = True
            except TinhError as error:
                fault, status = error.told().in_(language), error.status
    return public_page(
        request,
        "appeal.html",
        "send",
        say("reporting.appeal_title"),
        status=status,
        fault=fault,
        number=number,
        text=text,
        done=done,
    )


def _private(response: HttpResponse) -> HttpResponse:
    response.headers["Cache-Control"] = "no-store"
    return response
