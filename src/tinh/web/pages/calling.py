"""What is done on a service's page: trying it, asking for access, answering such a request, withdrawing."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from tinh.axis import api as axis
from tinh.kit.errors import TinhError
from tinh.packs.api import Share
from tinh.people import api as people
from tinh.web import formats
from tinh.web.pages.looking import look_at, looked, reason_of
from tinh.web.pages.publishing import day_in
from tinh.web.pages.services import shown
from tinh.web.pages.tabled import cell, heads
from tinh.web.shell import language_of, signed_in

FILTERS = 3
OPERATORS = ("", "ge", "le", "ne", "in")
SHOWN = 50  # rows of an answer in the table
LARGEST = 60_000  # characters of a raw answer on the page


@signed_in
def attempt(request: HttpRequest, id: str) -> HttpResponse:
    """The real exchange, in the name of the reader's agency; the log keeps it like any other."""
    who = people.require(people.actor_of(request), "read services")
    share = axis.desk().share(id)
    people.require(who, "call services", agency=who.agency)
    form = _form(request)
    look = look_at(share, who.agency, axis.desk(), language_of(request))
    purpose = reason = ""
    if look is not None:
        try:
            if request.method != "POST":  # a reason has no place in an address
                return shown(request, who, share, status=405, form=form)
            purpose, reason = reason_of(request.POST, look)
        except TinhError as error:
            said = {"code": error.code, "detail": error.detail().in_(language_of(request))}
            return shown(request, who, share, status=error.status, form=form, trouble=said)
    try:
        found = axis.attempt(
            share, who.agency, who.name, _path(form), _query(share, form), "application/json"
        )
    except axis.AxisError as error:
        said = {"code": error.code, "detail": error.detail().in_(language_of(request))}
        return shown(request, who, share, status=error.status, form=form, trouble=said)
    if look is not None and found.status < 400:
        looked(request, who, share, look, purpose, reason, found.body)
    return shown(request, who, share, form=form, answer=_answer(found, share, language_of(request)))


def _form(request: HttpRequest) -> dict[str, Any]:
    given = request.POST if request.method == "POST" else request.GET
    filters = [
        {"column": given.get(f"cot{n}", "")[:60], "op": given.get(f"phep{n}", "")[:4],
         "text": given.get(f"gia-tri{n}", "")[:500]}
        for n in range(FILTERS)
    ]  # fmt: skip
    named = ("noi", "tu", "den", "ngay", "so-dong", "cau-hoi")
    plain = {name.replace("-", "_"): given.get(name, "").strip()[:500] for name in named}
    path = given.get("duong-dan", "").strip()[:300]
    return {
        "filters": filters, "path": path, "more": plain, "receipt": given.get("nguon-goc") == "1",
        "purpose": given.get("muc-dich", "")[:300], "reason": given.get("ly-do", "")[:1000],
    }  # fmt: skip


def _path(form: dict[str, Any]) -> str:
    path = str(form["path"])
    return path if path.startswith("/") or not path else f"/{path}"


def _query(share: Share, form: dict[str, Any]) -> str:
    more = form["more"]
    if share.proxy is not None:
        return str(more["cau_hoi"]).lstrip("?")
    pairs = [
        (each["column"] + (f".{each['op']}" if each["op"] in OPERATORS and each["op"] else ""), each["text"])
        for each in form["filters"] if each["column"] and each["text"]
    ]  # fmt: skip
    named = {"noi": "place", "tu": "from", "den": "to", "ngay": "as-of", "so_dong": "limit"}
    pairs += [(named[name], more[name]) for name in named if more[name]]
    if form["receipt"]:
        pairs.append(("_receipt", "true"))
    return urlencode(pairs)


def _answer(found: axis.Tried, share: Share, language: str) -> dict[str, Any]:
    """What came back: for people as a table, for programmers as it was."""
    text = found.body.decode("utf-8", "replace")
    try:
        body = json.loads(text)
        raw = json.dumps(body, ensure_ascii=False, indent=1)
    except ValueError:
        body, raw = None, text
    rows = body.get("data") if isinstance(body, dict) and share.proxy is None else None
    head: list[str] = list(rows[0]) if isinstance(rows, list) and rows else []
    fault = body.get("message_vi" if language == "vi" else "message") if isinstance(body, dict) else None
    if isinstance(body, dict) and found.status >= 400 and fault is None:
        fault = body.get("message")
    labels = {n: f.label.in_(language) for n, f in axis.fields_of(share, axis.desk().catalogue).items()}
    said = f"GET {found.target}\nX-Road-Client: {found.client}\n\n{raw[:LARGEST]}"
    return {
        "status": found.status, "good": found.status < 400, "target": found.target, "client": found.client,
        "head": heads(head, labels, language),
        "rows": [[cell(row.get(name), language) for name in head] for row in (rows or [])[:SHOWN]],
        "count": formats.number(len(rows or []), 0, language), "raw": said, "fault": fault,
        "cut": len(raw) > LARGEST, "empty": rows == [], "id": found.headers.get("x-road-id", ""),
        "request": found.headers.get("x-road-request-id", ""),
        "simulated": found.headers.get("x-tinh-simulated", "false") != "false",
    }  # fmt: skip


@require_POST
@signed_in
def ask(request: HttpRequest, id: str) -> HttpResponseBase:
    who = people.require(people.actor_of(request), "read services")
    people.require(who, "call services", agency=who.agency)
    share = axis.desk().share(id)
    purpose, basis = (request.POST.get(name, "") for name in ("muc-dich", "can-cu"))
    try:
        axis.ask(share, who.agency, who.name, purpose, basis)
    except axis.ShareError as error:
        said = error.detail().in_(language_of(request))
        kept = {"ask_purpose": purpose, "ask_basis": basis}
        return shown(request, who, share, status=error.status, ask_fault=said, **kept)
    people.note(who.name, "ask for service", id, allowed=True, address=people.address_of(request))
    return redirect(f"/dich-vu/{id}/?xong=asked")


@require_POST
@signed_in
def answer(request: HttpRequest, id: str) -> HttpResponseBase:
    """The owner grants or refuses a request, with a reason."""
    who = people.require(people.actor_of(request), "read services")
    share = axis.desk().share(id)
    people.require(who, "grant services", agency=share.owner)
    number, reason = request.POST.get("yeu-cau", ""), request.POST.get("ly-do", "")
    found = next((d for d in axis.waiting() if str(d.pk) == number and d.share == id), None)
    try:
        if found is None:
            raise axis.NoDemand(id=number[:20])
        if request.POST.get("act") == "grant":
            until = day_in(request.POST.get("den-ngay", ""))
            axis.allow(found, share, who.name, reason, until)
            done = "granted"
        else:
            axis.refuse(found, who.name, reason)
            done = "refused"
    except axis.AxisError as error:
        said = error.detail().in_(language_of(request))
        return shown(request, who, share, status=error.status, answer_fault=said)
    subject = f"{id} {found.agency}"
    people.note(who.name, f"{done} service", subject, allowed=True, address=people.address_of(request))
    return redirect(f"/dich-vu/{id}/?xong={done}")


@require_POST
@signed_in
def withdraw(request: HttpRequest, id: str) -> HttpResponseBase:
    who = people.require(people.actor_of(request), "read services")
    share = axis.desk().share(id)
    people.require(who, "publish services", agency=share.owner)
    axis.withdraw_share(axis.desk(), id)
    people.note(who.name, "withdraw service", id, allowed=True, address=people.address_of(request))
    return redirect("/dich-vu/?xong=withdrawn")
