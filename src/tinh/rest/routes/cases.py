"""Cases for the software of agencies: the work list, one case, what may be done to it, remarks."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Router

from tinh.cases import api as cases
from tinh.people import api as people
from tinh.rest import case_shapes as shapes
from tinh.rest.entry import actor
from tinh.rest.moments import moment
from tinh.rest.paging import limit_of, link
from tinh.rest.render import answer

router = Router(tags=["cases"])
_FRESH = {"Cache-Control": "no-store"}
_PLAIN = (
    "code", "kind", "category", "severity", "source", "subject", "state", "outcome", "place", "latitude",
    "longitude", "agency", "opened_at", "accept_by", "finish_by", "publish_by", "due_at", "accepted_at",
    "answered_at", "closed_at", "extended", "supporters", "simulated", "version",
)  # fmt: skip


@router.get("/cases", response=shapes.Cases, summary="Cases you may see, the earliest due first")
def listing(
    request: HttpRequest, state: str = "", band: str = "", kind: str = "", category: str = "",
    agency: str = "", place: str = "", severity: str = "", source: str = "", text: str = "", since: str = "",
    until: str = "", order: Literal["due", "newest"] = "due", limit: int = 50, cursor: str = "",
) -> HttpResponse:  # fmt: skip
    """`state` takes `open` and `closed` too; `text` finds words with or without diacritics, or a code. By due
    moment only what is owed is listed; `order=newest` lists all."""
    wanted = cases.Filter(
        kind=kind, state=state, band=band, category=category, agency=agency, place=place, severity=severity,
        source=source, text=text, since=moment("since", since, start=True), until=moment("until", until),
        order=order,
    )  # fmt: skip
    found = cases.queue(_who(request), wanted, cursor, limit_of(limit))
    following = found.next or None
    body = {"items": [_case(one) for one in found.items], "next": following}
    return answer(body, headers={**link(request, following), **_FRESH})


@router.get("/cases/{code}", response=shapes.CaseWhole, summary="One case and what you may do to it")
def one(request: HttpRequest, code: str) -> HttpResponse:
    return answer(_whole(cases.case(code, _who(request))), headers=_FRESH)


@router.get("/cases/{code}/history", response=shapes.History, summary="What was done, in its chain")
def history(request: HttpRequest, code: str) -> HttpResponse:
    who = _who(request)
    found = cases.one_case(code, who)
    checked = cases.verify_history(found.code)
    items = [
        {
            "seq": x.seq, "at": x.at, "actor": x.actor, "role": x.role, "action": x.action,
            "reason": x.reason,
            "facts": dict(x.facts), "personal": x.personal, "erased": x.erased, "digest": x.digest,
        }
        for x in cases.told_of(found, who)
    ]  # fmt: skip
    return answer({"items": items, "problem": checked.problem, "seq": checked.seq}, headers=_FRESH)


@router.post("/cases/{code}/acts", response=shapes.CaseWhole, summary="Do what the case offers")
def act(request: HttpRequest, code: str, body: shapes.Act) -> HttpResponse:
    who = _who(request)
    done = cases.act(code, body.action, who, body.reason, body.fields, version=body.version)
    return answer(_whole(cases.case(done.code, who)), headers=_FRESH)


@router.post("/cases/{code}/notes", response={201: shapes.Note}, summary="Add a remark")
def note(request: HttpRequest, code: str, body: shapes.Remark) -> HttpResponse:
    made = cases.note(code, body.text, _who(request), body.public, key=body.key)
    return answer(_note(made), 201, _FRESH)


def _who(request: HttpRequest) -> people.Actor:
    return people.require_anywhere(actor(request), "read cases")


def _case(found: cases.Case) -> dict[str, Any]:
    said = {name: getattr(found, name) for name in _PLAIN}
    return {**said, "paused": found.paused_at is not None, "band": cases.band_of(found)}


def _whole(view: cases.CaseView) -> dict[str, Any]:
    case = view.case
    return {
        **_case(case), "body": case.body, "address": case.address, "facts": case.facts,
        "files": [asdict(f) for f in view.files],
        "offers": [_offer(o) for o in view.offers], "notes": [_note(n) for n in view.notes],
        "links": [{"kind": x.kind, "to": x.to.code if x.to else x.ref} for x in view.links],
    }  # fmt: skip


def _offer(found: cases.Offer) -> dict[str, Any]:
    fields = [
        {
            "id": f.id, "says": f.says.as_dict(), "kind": f.kind, "required": f.required,
            "options": [{"id": id, "says": says.as_dict()} for id, says in f.options],
        }
        for f in found.fields
    ]  # fmt: skip
    return {
        "id": found.id, "says": found.says.as_dict(), "needs_reason": found.needs_reason, "fields": fields,
        "process": bool(found.step),
    }  # fmt: skip


def _note(found: cases.Note) -> dict[str, Any]:
    return {
        "id": found.pk, "at": found.at, "author": found.author, "public": found.public, "text": found.text,
    }  # fmt: skip
