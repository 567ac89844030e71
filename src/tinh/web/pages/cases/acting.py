"""Doing something to one case: what its process offers, or an act of the engine; nothing typed is lost."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from hashlib import blake2s
from typing import Any
from uuid import uuid4

from django.http import HttpRequest, JsonResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.http import urlencode

from tinh.cases import api as cases
from tinh.desks.api import photos
from tinh.jobs import api as jobs
from tinh.kit.errors import TinhError
from tinh.people import api as people
from tinh.web.pages.cases import choices, papers, repeated, sequence
from tinh.web.pages.cases.one import HOME, Fault, shown, what_moved
from tinh.web.shell import language_of, posted, signed_in

Sent = QueryDict
_BLANK = "–"
NOBODY = "nobody"  # as a choice among people


def wants_json(request: HttpRequest) -> bool:
    """Whether the page's own script sends, which keeps what was typed when the line is cut."""
    return request.headers.get("Accept", "").startswith("application/json")


def went(request: HttpRequest, address: str) -> HttpResponseBase:
    return JsonResponse({"ok": True, "go": address}) if wants_json(request) else redirect(address)


def failed(request: HttpRequest, code: str, act: str, error: TinhError) -> HttpResponseBase:
    """The case's page again, with the fault, what was typed, and what others did meanwhile."""
    language = language_of(request)
    says, cure = error.detail().in_(language), error.remedy().in_(language)
    if wants_json(request):
        return JsonResponse(
            {"ok": False, "said": error.told().in_(language), "again": error.retry}, status=error.status
        )
    who = people.actor_of(request)
    moved = []
    if who is not None and isinstance(error, cases.StaleCase | cases.NotOffered | cases.CaseClosed):
        moved = what_moved(code, who, _number(request.POST.get("seq", "")), language)
    fault = Fault(act, says, cure, request.POST.dict(), moved)
    return shown(request, code, fault, status=error.status)


@posted
@signed_in
def act(request: HttpRequest, code: str) -> HttpResponseBase:
    who = people.require_anywhere(people.actor_of(request), "read cases")
    sent = request.POST
    doing = sent.get("act", "")[:64]
    cases.case(code, who)  # whoever may not see it learns nothing by trying
    try:
        taken, files = _kept(request, sent), papers.sent(request)
        if not _done_before(code, doing, who, sent):
            _OWN.get(doing, _offered)(code, doing, who, sent)
        _given(code, who, sent, taken)
        papers.given(code, who, files)
    except (people.SignInNeeded, people.SecondFactorOwed):
        raise
    except TinhError as error:
        return failed(request, code, doing, error)
    return went(request, _onwards(code, sent))


def _onwards(code: str, sent: Sent) -> str:
    """The case as it is now, or the next of the list it was opened from."""
    told, place = sent.get("ds", "")[:1000], sent.get("cho", "")[:300]
    if not told:
        return f"{HOME}{code}/#lich-su"
    if sent.get("then") == "next":
        return sequence.following(told, place, code)
    return f"{HOME}{code}/?{urlencode({'ds': told, 'cho': place})}#lich-su"


def _kept(request: HttpRequest, sent: Sent) -> list[str]:
    """Photos that came with the form, durable before anything is done; sent again they are the same."""
    secret, network = _secret(sent), people.network_of(people.address_of(request) or "")
    return [
        photos.store(secret, file.read(), f"{number}", network, file.name or "")
        for number, file in enumerate(request.FILES.getlist("photos"))
    ]


def _given(code: str, who: people.Actor, sent: Sent, taken: list[str]) -> None:
    """Tie what came to the case, as photos after handling, and say so in its history."""
    if not taken:
        return
    photos.claim(_secret(sent), cases.read_code(code), taken, role="answer")
    for name in taken:
        row = photos.photo(name)
        file = cases.File(name, f"image/{row.kind}", row.length, row.digest, original=name, stage="answer")
        cases.attach(code, file, who)


def _secret(sent: Sent) -> str:
    return f"case answer {sent.get('key', '')[:80]}".ljust(24, ".")


def _done_before(code: str, doing: str, who: people.Actor, sent: Sent) -> bool:
    """Whether this very form came through before."""
    said: dict[str, Any]
    match doing:
        case "assign":
            agency, person, _ = to_whom(sent)
            said = {"person": person, **({"agency": agency} if agency else {})}
        case "extend":
            apology = " ".join(sent.get("apology", "").split())
            said = {"until": end_of(sent.get("until", "")).isoformat(), "apology": apology}
        case "merge":
            into = sent.get("into", "") or sent.get("near", "")
            said = {"into": cases.read_code(into) or into}
        case "split":
            said = {"subjects": subjects_of(sent)}
        case _:
            said = given(sent)
    return repeated.before(code, doing, who, _number(sent.get("seq", "")), reason_of(sent), said)


def reason_of(sent: Sent) -> str:
    """What was written, else the prepared words that were chosen."""
    written = sent.get("reason", "").strip()
    refusal = jobs.catalogue().refusals.get(sent.get("f-refusal", ""))
    if not written and refusal is not None:
        return choices.refused_with(refusal)
    return written or ("" if sent.get("prepared-for") else sent.get("prepared", "").strip())


def _offered(code: str, doing: str, who: people.Actor, sent: Sent) -> None:
    cases.act(code, doing, who, reason_of(sent), given(sent), version=version_of(sent))


def given(sent: Sent) -> dict[str, Any]:
    """The fields of a form: `f-<id>`, several values of one as a list."""
    out: dict[str, Any] = {}
    for name in sent:
        if name.startswith("f-"):
            values = sent.getlist(name)
            out[name[2:]] = values if len(values) > 1 or sent.get(f"many-{name[2:]}") else values[0]
    wanted = sent.get("prepared-for", "")
    if wanted and not str(out.get(wanted, "")).strip():
        out[wanted] = sent.get("prepared", "").strip()
    return out


def _assign(code: str, _doing: str, who: people.Actor, sent: Sent) -> None:
    agency, person, nobody = to_whom(sent)
    raised(
        cases.assign(
            code, who, agency=agency, person=person, nobody=nobody, reason=reason_of(sent),
            version=version_of(sent),
        )
    )  # fmt: skip


def to_whom(sent: Sent) -> tuple[str, int | None, bool]:
    """The agency chosen, "" where it stays; the account chosen, None where none is; whether it is taken from
    whoever has it."""
    agency = sent.get("agency", "")
    if agency and agency not in jobs.agencies():
        raise cases.NoSuchPerson(person=agency[:60], agency=_BLANK)
    person = sent.get("person", "")
    nobody = person == NOBODY
    return agency, _number(person) if person and not nobody else None, nobody


def raised(done: list[cases.Done]) -> None:
    """Of one case alone: its error, if it did not go."""
    for one in done:
        if one.error is not None:
            raise one.error


def _extend(code: str, _doing: str, who: people.Actor, sent: Sent) -> None:
    cases.extend(
        code, end_of(sent.get("until", "")), who, reason_of(sent), sent.get("apology", ""),
        version=version_of(sent),
    )  # fmt: skip


def end_of(day: str) -> datetime:
    """The end of work of a day, as the clock has it."""
    clock = cases.clock_of(jobs.catalogue())
    try:
        return clock.day_end(date.fromisoformat(day))
    except ValueError:
        raise cases.FieldMissing(
            field_vi="Hạn mới", field_en="new deadline", why_vi="chưa chọn ngày", why_en="needs a day"
        ) from None


def _merge(code: str, _doing: str, who: people.Actor, sent: Sent) -> None:
    cases.merge(code, sent.get("into", "") or sent.get("near", ""), who, reason_of(sent))


def _split(code: str, _doing: str, who: people.Actor, sent: Sent) -> None:
    whole = cases.case(code, who).case
    key = sent.get("key", "")[:60] or uuid4().hex
    parts = [
        cases.Opening(
            whole.kind, subject, f"split/{whole.code}/{key}/{number}/{_mark(subject)}",
            category=whole.category, body=whole.body, severity=whole.severity, source=whole.source,
            place=whole.place,
            latitude=whole.latitude, longitude=whole.longitude, accuracy=whole.accuracy,
            address=whole.address,
            agency=whole.agency,
            limits=cases.Limits.from_json(whole.limits), process=whole.process, simulated=whole.simulated,
        )
        for number, subject in enumerate(subjects_of(sent), 1)
    ]  # fmt: skip
    cases.split(code, parts, who, reason_of(sent))


def subjects_of(sent: Sent) -> list[str]:
    return [line.strip() for line in sent.get("subjects", "").splitlines() if line.strip()]


def _mark(subject: str) -> str:
    return blake2s(subject.encode(), digest_size=6).hexdigest()


def _plain(name: str) -> Callable[[str, str, people.Actor, Sent], None]:
    def do(code: str, _doing: str, who: people.Actor, sent: Sent) -> None:
        getattr(cases, name)(code, who, reason_of(sent))

    return do


_OWN: dict[str, Callable[[str, str, people.Actor, Sent], None]] = {
    "assign": _assign, "extend": _extend, "merge": _merge, "split": _split,
    **{name: _plain(name) for name in ("pause", "resume", "withdraw", "reopen")},
}  # fmt: skip


def version_of(sent: Sent) -> int | None:
    return _number(sent.get("version", "")) if sent.get("version") else None


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else 0
