"""Requests of data subjects: taken in by staff or by the person, with their days, to the answer."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from tinh.flow.api import personal_of
from tinh.jobs import api as jobs
from tinh.kit.calendar import WorkingCalendar
from tinh.kit.errors import TinhError
from tinh.people import api as people
from tinh.web import formats
from tinh.web.shell import language_of, page, signed_in
from tinh.web.words import words

HOME = "/du-lieu-ca-nhan/yeu-cau/"
_TONES = {"done": "good", "late": "watch", "in time": "good", "soon": "watch", "overdue": "bad"}
_CHANNELS = ("desk", "paper", "phone", "message")


@require_http_methods(["GET", "POST"])
@signed_in
def listing(request: HttpRequest) -> HttpResponse:
    """For who handles them all open ones; for everybody one's own, and the form for a new one."""
    language = language_of(request)
    say = words(language)
    who = people.require(people.actor_of(request), "read")
    staff = people.may(who, "handle subject requests")
    user = people.User.objects.filter(pk=who.account).first()
    catalogue, fault = jobs.catalogue(), None
    with people.through("subject"):
        if request.method == "POST":
            try:
                made = _taken(request, who, user, staff)
                return redirect(f"{HOME}{made.pk}")
            except TinhError as error:
                fault = error
        state = request.GET.get("buoc", "")
        if staff:
            shown = people.requests.listed(state if state in ("done", "refused") else "")
        else:
            mine = people.subjects.SubjectRequest.objects.filter(account=user).select_related("subject")
            shown = list(mine.order_by("-id")[:100]) if user else []
        lines = [_line(one, language) for one in shown]
    return page(
        request,
        "subject_requests.html",
        "",
        say("privacy.requests_title"),
        status=422 if fault else 200,
        staff=staff,
        lines=lines,
        state=state,
        kinds=[
            (k.id, k.name.in_(language), _within(k.done, language))
            for k in catalogue.privacy.requests.values()
        ],
        identifying=[
            (k.id, k.name.in_(language))
            for k in catalogue.privacy.kinds.values()
            if k.identifies and k.id != "identifier"
        ],
        channels=[(c, say(f"privacy.via_{c}")) for c in _CHANNELS],
        email=user.email if user else "",
        sent=request.POST,
        fault=fault.told().in_(language) if fault else "",
    )


@require_http_methods(["GET", "POST"])
@signed_in
def one(request: HttpRequest, id: int) -> HttpResponse:
    language = language_of(request)
    who = people.require(people.actor_of(request), "read")
    staff = people.may(who, "handle subject requests")
    fault: TinhError | None = None
    with people.through("subject"):
        found = people.requests.request_of(id)
        if not staff and found.account_id != who.account:
            raise Http404
        if request.method == "POST":
            people.require(who, "handle subject requests")
            try:
                _step(request, found, who)
                return redirect(f"{HOME}{id}")
            except TinhError as error:
                fault = error
                found = people.requests.request_of(id)
        view = _whole(found, language, staff)
    return page(
        request,
        "subject_request.html",
        "",
        words(language)("privacy.request_of", id=id),
        status=fault.status if fault else 200,
        staff=staff,
        **view,
        fault=fault.told().in_(language) if fault else "",
    )


@signed_in
def answer(request: HttpRequest, id: int) -> HttpResponse:
    """The copy of the data that was granted, for the person or for who hands it over."""
    who = people.require(people.actor_of(request), "read")
    staff = people.may(who, "handle subject requests")
    with people.through("subject"):
        found = people.requests.request_of(id)
        mine = found.account_id is not None and found.account_id == who.account
        ready = found.kind in ("see", "export") and found.decision == "granted"
        value = found.subject.value
    if not ready or not (staff or mine) or not value:
        raise Http404
    people.note(
        who.name,
        "hand over data",
        f"{found.kind} {id}",
        allowed=True,
        address=people.address_of(request),
        reading=people.Reading((), "subject-requests", "public-duty", f"yêu cầu {id}", (value,)),
    )
    response = HttpResponse(jobs.archive([value]), content_type="application/zip")
    response.headers["Content-Disposition"] = f'attachment; filename="du-lieu-yeu-cau-{id}.zip"'
    return response


def _taken(request: HttpRequest, who: people.Actor, user: people.User | None, staff: bool) -> Any:
    catalogue, sent = jobs.catalogue(), request.POST
    details = sent.get("noi-dung", "")
    if staff and sent.get("nguoi"):
        subject = people.requests.subject_of(sent.get("loai-ma", ""), sent["nguoi"], sent.get("ten", ""))
        account, channel, identity = None, sent.get("kenh", ""), sent.get("xac-minh", "")
        channel = channel if channel in _CHANNELS else "desk"
    else:
        if user is None:
            raise Http404
        subject = people.requests.subject_of_account(user)
        # Who signed in wrote the address themselves: whether it is theirs, the desk has to check.
        account, channel, identity = user, "web", ""
        details = f"{details}\n({words('vi')('privacy.signed_in_as', name=user.username)})".strip()
    return people.requests.open_request(
        subject,
        sent.get("loai", ""),
        catalogue.privacy,
        _calendar(),
        jobs.now(),
        channel=channel,
        by=who.name,
        details=details,
        processor=sent.get("ben-xu-ly") == "1",
        account=account,
        identity=identity,
    )


def _step(request: HttpRequest, found: Any, who: people.Actor) -> None:
    sent, now = request.POST, jobs.now()
    match sent.get("buoc", ""):
        case "nhan":
            people.requests.acknowledge(found, now, who.name)
        case "xac-minh":
            people.requests.identify(found, sent.get("cach", ""), now, who.name)
        case "gia-han":
            people.requests.extend(
                found, sent.get("ly-do", ""), jobs.catalogue().privacy, _calendar(), now, who.name
            )
        case "chap-thuan":
            people.requests.decide(found, True, sent.get("ly-do", ""), sent.get("tra-loi", ""), now, who.name)
            if found.kind != "correct":
                jobs.act(found, who.name, {})
        case "sua":
            jobs.act(
                found,
                who.name,
                {
                    "dataset": sent.get("cot", "").partition("/")[0],
                    "column": sent.get("cot", "").partition("/")[2],
                    "value": sent.get("gia-tri", ""),
                },
            )
        case "tu-choi":
            people.requests.decide(
                found, False, sent.get("ly-do", ""), sent.get("tra-loi", ""), now, who.name
            )
        case "go-han-che":
            people.requests.lift(found, sent.get("ly-do", ""), now, who.name)
        case "viec":
            task = found.tasks.filter(
                pk=int(sent["so"][:18]) if sent.get("so", "").isdecimal() else 0, done_at=None
            )
            task.update(done_at=now, done_by=who.name[:200])


def _whole(found: Any, language: str, staff: bool) -> dict[str, Any]:
    say, catalogue = words(language), jobs.catalogue()
    zone, known = catalogue.timezone, catalogue.privacy
    open_ = found.state in ("received", "acknowledged")
    columns = [
        (f"{d.id}/{name}", f"{d.name.in_(language)}: {d.column(name).label.in_(language) or name}")
        for d in catalogue.datasets.values()
        for name in personal_of(d)
    ]
    return {
        "request_line": _line(found, language),
        "id": found.pk,
        "kind": found.kind,
        "kind_name": known.requests[found.kind].name.in_(language)
        if found.kind in known.requests
        else found.kind,
        "state": found.state,
        "state_name": say(f"privacy.state_{found.state}"),
        "person": _person(found.subject, language, staff),
        "details": found.details,
        "received": formats.minute(found.received_at, language, zone),
        "received_by": found.received_by,
        "channel": say(f"privacy.via_{found.channel}")
        if found.channel in (*_CHANNELS, "web")
        else found.channel,
        "identity": found.identity,
        "identity_by": found.identity_by,
        "extended": formats.day(found.extended_from, language) if found.extended_from else "",
        "extension_reason": found.extension_reason,
        "decision": say(f"privacy.state_{found.decision}") if found.decision else "",
        "granted": found.decision == "granted",
        "reason": found.reason,
        "answer": found.answer,
        "decided_by": found.decided_by,
        "may_step": staff and open_,
        "may_acknowledge": staff and found.state == "received",
        "may_extend": staff and open_ and found.extended_from is None,
        "may_correct": staff and found.kind == "correct" and found.state == "granted",
        "may_lift": staff and found.restrictions.filter(until=None).exists(),
        "columns": columns,
        "may_fetch": found.kind in ("see", "export")
        and found.decision == "granted"
        and bool(found.subject.value),
        "done": _done_lines(found.done, language),
        "tasks": [
            {
                "id": t.pk,
                "name": known.withdrawal[t.hook].name.in_(language) if t.hook in known.withdrawal else t.hook,
                "due": formats.day(t.due, language),
                "done": bool(t.done_at),
                "by": t.done_by,
                "tone": _TONES[
                    people.clocks.pace(t.due, t.done_at.date() if t.done_at else None, _today(), _calendar())
                ],
                "pace": _pace_words(
                    people.clocks.pace(t.due, t.done_at.date() if t.done_at else None, _today(), _calendar()),
                    language,
                ),
            }
            for t in found.tasks.order_by("due", "id")
        ],
        "steps": [
            {
                "when": formats.minute(e.at, language, zone),
                "by": e.by,
                "what": say(f"privacy.step_{e.what}"),
                "note": e.note,
            }
            for e in found.events.order_by("-id")
        ],
    }


def _line(one: Any, language: str) -> dict[str, Any]:
    say, known, calendar, today = words(language), jobs.catalogue().privacy, _calendar(), _today()
    pace = people.requests.pace_of(one, today, calendar)
    first = people.clocks.pace(
        one.acknowledge_by, one.acknowledged_at.date() if one.acknowledged_at else None, today, calendar
    )
    left = calendar.working_days_between(today, one.due)
    return {
        "id": one.pk,
        "kind": known.requests[one.kind].name.in_(language) if one.kind in known.requests else one.kind,
        "person": _person(one.subject, language, False),
        "state": say(f"privacy.state_{one.state}"),
        "due": formats.day(one.due, language),
        "pace": _pace_words(pace, language),
        "tone": _TONES[pace],
        "left": say("privacy.left", count=left) if pace in ("in time", "soon") else "",
        "acknowledge_by": formats.day(one.acknowledge_by, language),
        "first_tone": _TONES[first],
        "first_pace": _pace_words(first, language),
        "received": formats.day(one.received_at.date(), language),
    }


def _person(subject: Any, language: str, clear: bool) -> str:
    """The person by the masked identifier; clear to who handles the request."""
    from tinh.packs.api import masked

    if subject.erased_at is not None or not subject.value:
        return words(language)("privacy.erased")
    shown = (
        subject.value if clear else masked(subject.value, jobs.catalogue().privacy.kinds.get(subject.kind))
    )
    name = subject.name if clear else masked(subject.name, jobs.catalogue().privacy.kinds.get("name"))
    return f"{name} · {shown}" if name else str(shown)


def _done_lines(done: dict[str, Any], language: str) -> list[str]:
    say = words(language)
    out = [say("privacy.did_rows", table=t, count=n) for t, n in (done.get("rows") or {}).items()]
    if done.get("raw"):
        out.append(say("privacy.did_raw", count=len(done["raw"])))
    out += [say("privacy.did_found", table=t, count=n) for t, n in (done.get("found") or {}).items()]
    if done.get("account") == "kept":
        out.append(say("privacy.did_account"))
    return out


def _pace_words(pace: str, language: str) -> str:
    return words(language)(f"privacy.pace_{pace.replace(' ', '_')}")


def _within(limit: Any, language: str) -> str:
    return words(language)(f"privacy.within_{limit.unit}", count=limit.amount)


def _calendar() -> WorkingCalendar:
    return WorkingCalendar(extra=jobs.catalogue().calendar)


def _today() -> Any:
    return jobs.now().astimezone(ZoneInfo(jobs.catalogue().timezone)).date()
