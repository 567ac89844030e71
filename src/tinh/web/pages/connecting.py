"""Making a source on the web: its connection, a check in steps, what is taken, what it feeds, when."""

from __future__ import annotations

import re
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from tinh.flow.api import name_for
from tinh.jobs import api as jobs
from tinh.kit.errors import TinhError
from tinh.people import api as people
from tinh.sources.api import Look, Step
from tinh.web import formats
from tinh.web.pages.connectfields import KINDS, group_of, secrets_of, shown
from tinh.web.shell import language_of, page, refused, signed_in
from tinh.web.words import words

HOME = "/nguon-du-lieu/"
EVERY = ("PT5M", "PT15M", "PT1H", "PT6H", "P1D")
_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
PATIENCE = 20.0
_CHECK = "tinh_source_to_check"


def agencies_of(who: people.Actor | None) -> list[str]:
    """Agencies for which `who` may make sources."""
    known = jobs.catalogue().agencies
    return [id for id in known if people.may(who, "manage sources", agency=id)]


@require_http_methods(["GET", "POST"])
@signed_in
def new(request: HttpRequest) -> HttpResponseBase:
    """The kind, then the connection."""
    language, who = language_of(request), people.actor_of(request)
    say = words(language)
    mine = agencies_of(who)
    if not mine:
        return _not_allowed(request, who)
    kind = request.POST.get("kind") or request.GET.get("loai") or ""
    kind = kind if kind in KINDS else ""
    fault, id = "", name_for(request.POST.get("id", "")) if request.POST.get("id") else ""
    if request.method == "POST" and kind:
        agency = request.POST.get("agency", "")
        actor = people.require(who, "manage sources", agency=agency)
        if not _ID.fullmatch(id) or id == "moi" or len(id) > 60:
            fault = say("connectors.id_hint")
        else:
            name = " ".join(request.POST.get("name", "").split())[:120]
            value = {"format": 1, "id": id, "name": {"vi": name, "en": name} if name else {}, "dataset": "",
                     "kind": kind, "sender": agency, "schedule": {"every": "PT15M"}}  # fmt: skip
            fault = _kept(request, actor, value, kind, language, fresh=True)
            if not fault:
                request.session[_CHECK] = id
                return redirect(f"{HOME}moi/{id}?xong=made")
    view = {"fields": shown(kind, {}, request.POST.dict() if fault else {}, {}, language)} if kind else {}
    return page(
        request, "connect.html", "data", say("connectors.new"), status=400 if fault else 200,
        kinds=[(k, say(f"connectors.kind_{k}"), say(f"connectors.about_{k}")) for k in KINDS], kind=kind,
        kind_name=say(f"connectors.kind_{kind}") if kind else "", fault=fault, id=request.POST.get("id", ""),
        name=request.POST.get("name", ""), agencies=_agencies(mine, language),
        agency=request.POST.get("agency", mine[0] if len(mine) == 1 else ""), **view,
    )  # fmt: skip


def _kept(
    request: HttpRequest, actor: people.Actor, value: dict[str, Any], kind: str, language: str, fresh: bool
) -> str:
    """Keep a connection and what was typed as secrets; what is wrong with it, or nothing."""
    sent = {k: str(v) for k, v in request.POST.items()}
    book, id = jobs.connecting(), str(value["id"])
    value = {**value, kind: group_of(kind, id, sent, value.get(kind) or {})}
    if kind == "mail":  # whoever is listed without an agency sends for the source's own
        senders = value[kind]["senders"]
        value[kind]["senders"] = {who: agency or value["sender"] for who, agency in senders.items()}
    private = bool(value[kind].get("allow_private"))
    host = _host(value[kind])
    if private and host not in jobs.hosts() and not people.may(actor, "manage sources"):
        return words(language)("connectors.private_asks", host=host)
    try:
        whole = people.may(actor, "manage sources")
        book.save(value, actor.name, jobs.now(), fresh, every_secret=whole)
        for name, secret in secrets_of(kind, id, sent).items():
            jobs.vault().put(name, secret, actor.name, jobs.now())
    except TinhError as error:
        return error.told().in_(language)
    if private and host and people.may(actor, "manage sources"):
        jobs.let_host(host, actor.name)
    people.note(actor.name, "save source", id, allowed=True, address=people.address_of(request))
    return ""


def _host(group: dict[str, Any]) -> str:
    if group.get("host"):
        return str(group["host"]).lower()
    found = re.match(r"https?://(\[[^\]]+\]|[^/:]+)", str(group.get("url") or group.get("endpoint") or ""))
    return found[1].strip("[]").lower() if found else ""


@require_http_methods(["GET", "POST"])
@signed_in
def one(request: HttpRequest, id: str) -> HttpResponseBase:
    """A source as it is set up, step by step."""
    language, who = language_of(request), people.actor_of(request)
    say = words(language)
    if not people.may_anywhere(who, "manage sources"):
        return _not_allowed(request, who)
    book = jobs.connecting()
    value = book.declared(id)
    agency = str(value.get("sender") or "")
    actor = people.require(who, "manage sources", agency=agency)
    fault = ""
    steps: list[Step] = []
    look: Look | None = None
    if request.method == "POST":
        act = request.POST.get("act", "")
        try:
            if act == "check":
                steps = book.check(id)
                look = book.look(id) if steps[-1].ok else None
            elif act == "connection":
                fault = _kept(request, actor, value, str(value["kind"]), language, fresh=False)
                if not fault:
                    request.session[_CHECK] = id
                    return redirect(f"{HOME}moi/{id}?xong=saved")
            else:
                done = _act(request, actor, id, value, act)
                if done:
                    return redirect(done)
                fault = say("connectors.nothing_chosen")
        except TinhError as error:
            fault = error.told().in_(language)
        value = book.declared(id)
    elif request.session.get(_CHECK) == id:  # it was kept a moment ago, "and check" said the button
        del request.session[_CHECK]
        try:
            steps = book.check(id)
            look = book.look(id) if steps[-1].ok else None
        except TinhError as error:
            fault = error.told().in_(language)
    told = request.GET.get("xong", "")
    return page(
        request, "connector.html", "data", _name(value, language), status=400 if fault else 200,
        id=id, fault=fault, done=say(f"connectors.done_{told}") if told in _TOLD else "",
        steps=[_step(s, language) for s in steps], fine=bool(steps) and steps[-1].ok,
        fingerprint=_fingerprint(steps), **_chosen(value, look), **_feeding(who, value, language),
        **_around(value, language), kind=value.get("kind"),
    )  # fmt: skip


_TOLD = ("made", "saved", "chosen", "fed", "drafted", "approved")


def _act(request: HttpRequest, actor: people.Actor, id: str, value: dict[str, Any], act: str) -> str:
    """Do what a button asks; where to go then, or nothing when something was not chosen."""
    book, sent = jobs.connecting(), request.POST
    note, whole = (actor.name, f"{act[:20]} source", id), people.may(actor, "manage sources")
    if act == "choose" and value["kind"] == "sql":
        table = sent.get("table", "").strip()
        group = {**value["sql"], "table": table, "query": "", "cursor": None, "key": []}
        keys = [part.strip() for part in sent.get("key", "").split(",") if part.strip()]
        if sent.get("cursor", "").strip():
            overlap = sent.get("overlap", "").strip()
            group["cursor"] = {"column": sent["cursor"].strip(), "key": keys, "overlap": overlap}
        else:
            group["key"] = keys
        if not table:
            return ""
        book.save({**value, "sql": group}, actor.name, jobs.now(), fresh=False, every_secret=whole)
        done = "chosen"
    elif act == "approve" and value["kind"] == "sftp":
        group = {**value["sftp"], "host_key": sent.get("fingerprint", "")}
        book.save({**value, "sftp": group}, actor.name, jobs.now(), fresh=False, every_secret=whole)
        done = "approved"
    elif act == "feed":
        dataset = jobs.catalogue().datasets.get(sent.get("dataset", ""))
        if dataset is None:
            return ""
        people.require(actor, "manage sources", dataset)
        every = sent.get("every", "")
        schedule = {"every": every if every in EVERY else "PT15M"}
        new = {**value, "dataset": dataset.id, "schedule": schedule}
        if value["kind"] == "sql":
            new["sql"] = {**value["sql"], "columns": _columns(sent.get("columns", ""))}
        book.save(new, actor.name, jobs.now(), fresh=False, every_secret=whole)
        done = "fed"
    elif act == "draft":
        dataset_id = name_for(sent.get("dataset_id", "") or id)
        title = " ".join(sent.get("title", "").split())[:200]
        book.adopt(id, jobs.folder(), str(value.get("sender")), dataset_id, title)
        done = "drafted"
    elif act == "pull":
        jobs.feeds().one(id)
        people.note(*note, allowed=True, address=people.address_of(request))
        jobs.pull(id, actor.name, PATIENCE)
        return f"{HOME}{id}/"
    elif act == "remove":
        book.remove(id)
        people.note(*note, allowed=True, address=people.address_of(request))
        return HOME
    else:
        return ""
    people.note(*note, allowed=True, address=people.address_of(request))
    return f"{HOME}moi/{id}?xong={done}"


def _columns(text: str) -> dict[str, str]:
    """Lines `column of the table = column of the delivery`."""
    pairs = (line.partition("=") for line in text.splitlines() if "=" in line)
    return {left.strip(): right.strip() for left, _, right in pairs if left.strip() and right.strip()}


def _step(step: Step, language: str) -> dict[str, Any]:
    error = step.error or {}
    return {
        "name": step.name.in_(language), "ok": step.ok, "found": step.found.in_(language),
        "detail": error.get("detail", {}).get(language, ""), "cure": error.get("cure", {}).get(language, ""),
        "code": error.get("code", ""),
    }  # fmt: skip


def _fingerprint(steps: list[Step]) -> str:
    error = steps[-1].error if steps else None
    if not error or error["code"] not in ("SRC115", "SRC116"):
        return ""
    found = re.search(r"SHA256:[A-Za-z0-9+/]{43}", error["detail"]["en"])
    return found[0] if found else ""


def _chosen(value: dict[str, Any], look: Look | None) -> dict[str, Any]:
    group = value.get("sql") or {}
    cursor = group.get("cursor") or {}
    keys = cursor.get("key") or group.get("key") or (list(look.keys) if look else [])
    return {
        "look": look, "table": group.get("table", ""), "cursor": cursor.get("column", ""),
        "overlap": cursor.get("overlap", ""), "keys": ", ".join(keys),
        "columns": "\n".join(f"{a} = {b}" for a, b in (group.get("columns") or {}).items()),
    }  # fmt: skip


def _feeding(who: people.Actor | None, value: dict[str, Any], language: str) -> dict[str, Any]:
    found = jobs.catalogue()
    mine = [d for d in found.datasets.values() if people.may(who, "manage sources", d)]
    chosen = str(value.get("dataset") or "")
    return {
        "datasets": [(d.id, d.name.in_(language)) for d in mine], "dataset": chosen,
        "in_force": chosen in found.datasets, "waits_for": chosen if chosen not in found.datasets else "",
        "every": (value.get("schedule") or {}).get("every", ""),
        "everies": [(e, words(language)(f"connectors.every_{e}")) for e in EVERY],
        "may_apply": people.may(who, "apply"),
    }  # fmt: skip


def _around(value: dict[str, Any], language: str) -> dict[str, Any]:
    zone = jobs.catalogue().timezone
    kept = {k.name: formats.minute(k.at, language, zone) for k in jobs.vault().names()}
    kind = str(value.get("kind"))
    agency = jobs.catalogue().agencies.get(str(value.get("sender")))
    return {
        "fields": shown(kind, value.get(kind) or {}, {}, kept, language),
        "agency": agency.name.in_(language) if agency else value.get("sender", ""),
        "kind_name": words(language)(f"connectors.kind_{kind}"),
    }


def _name(value: dict[str, Any], language: str) -> str:
    name = value.get("name") or {}
    said = name.get(language) if isinstance(name, dict) else name
    return str(said or value.get("id"))


def _agencies(ids: list[str], language: str) -> list[tuple[str, str]]:
    known = jobs.catalogue().agencies
    return [(id, known[id].name.in_(language)) for id in ids]


def _not_allowed(request: HttpRequest, who: people.Actor | None) -> HttpResponseBase:
    try:
        people.require(who, "manage sources", agency="-")
    except people.NotAllowed as error:
        return refused(request, error)
    raise AssertionError("somebody who may make sources for no agency may make none")
