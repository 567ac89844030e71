"""Events sent to agencies' systems: who is told of what, how receivers fare, what was not taken."""

from __future__ import annotations

import re
import secrets as dice
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from tinh.axis import api as axis
from tinh.flow.api import id_for
from tinh.jobs import api as jobs
from tinh.kit.errors import TinhError
from tinh.packs.api import Subscription
from tinh.people import api as people
from tinh.sources.api import private_hosts
from tinh.web import formats
from tinh.web.pages.services import name_of
from tinh.web.shell import language_of, page, signed_in
from tinh.web.words import words

TONES = {
    "active": "good",
    "failing": "watch",
    "paused": "none",
    "gone": "bad",
    "new": "none",
    "ended": "none",
}
LINES = {"waiting": "watch", "sent": "good", "dead": "bad", "dropped": "none"}
PAGE = 50
_TOLD = ("made", "paused", "resumed", "again", "greeted")
_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,99}")


@signed_in
def listing(request: HttpRequest) -> HttpResponseBase:
    language = language_of(request)
    who = people.require_anywhere(people.actor_of(request), "publish services")
    book = axis.subscriptions(axis.desk())
    shown = [one for one in book.all().values() if axis.may_see(who, one)]
    health = axis.health([one.id for one in shown])
    return page(
        request, "subscriptions.html", "axis", words(language)("telling.title"),
        lines=[_line(one, health[one.id], language) for one in shown],
        done=words(language)("telling.done_ended") if request.GET.get("xong") == "ended" else "",
        faults=[f.render(language, book.root) for f in book.findings()]
        if people.may(who, "manage axis") else [],
    )  # fmt: skip


def _line(one: Subscription, health: axis.Health, language: str) -> dict[str, Any]:
    say = words(language)
    state = _state(one, health)
    return {
        "id": one.id, "name": one.name.in_(language), "agency": name_of(one.agency, language),
        "events": _events(one, language), "host": urlsplit(one.target.url).hostname, "tone": TONES[state],
        "state": say(f"telling.is_{state}"), "reason": _said(health.reason, language),
        **{n: formats.number(getattr(health, n), 0, language) for n in ("waiting", "sent", "dead")},
        "troubled": health.dead > 0,
    }  # fmt: skip


def _said(kept: str, language: str) -> str:
    """A reason as it is kept, Vietnamese above English."""
    vi, _, en = kept.partition("\n")
    return en if en and language == "en" else vi


def _state(one: Subscription, health: axis.Health) -> str:
    if not one.live(jobs.now().date()):
        return "ended"
    if health.state is None:
        return "new"
    return "failing" if health.state == "active" and health.failures else health.state


def _events(one: Subscription, language: str) -> list[str]:
    say, found = words(language), jobs.catalogue()
    kinds = (
        ("receipts", one.wanted.receipts, found.datasets),
        ("indicators", one.wanted.indicators, found.indicators),
        ("alerts", one.wanted.alerts, found.alerts),
    )  # fmt: skip
    out = []
    for kind, ids, known in kinds:
        named = [known[id].name.in_(language) for id in ids if id in known]
        if named:
            out.append(say(f"telling.of_{kind}", names=", ".join(named)))
    return out


def _seen(request: HttpRequest, id: str) -> tuple[people.Actor, Subscription]:
    who = people.require_anywhere(people.actor_of(request), "publish services")
    one = axis.subscription(axis.desk(), id)
    if not axis.may_see(who, one):
        raise people.not_allowed(who, "publish services", id)
    return who, one


@require_http_methods(["GET", "POST"])
@signed_in
def one(request: HttpRequest, id: str) -> HttpResponseBase:
    """A subscription: its declaration, its receiver, and what became of each event."""
    language = language_of(request)
    who, found = _seen(request, id)
    fault: TinhError | None = None
    if request.method == "POST":
        try:
            done = _act(request, who, found)
        except TinhError as error:
            if isinstance(error, people.NotAllowed):
                raise
            fault = error
        else:
            return redirect(
                "/truc/su-kien/?xong=ended" if done == "ended" else f"/truc/su-kien/{id}/?xong={done}"
            )
    say, zone = words(language), jobs.catalogue().timezone
    health = axis.health([id])[id]
    state = request.GET.get("trang-thai", "")
    state = state if state in LINES else ""
    text = request.GET.get("truoc", "")
    rows = axis.tellings(id, state)
    if text.isdecimal() and len(text) < 18:
        rows = rows.filter(pk__lt=int(text))
    taken = list(rows[: PAGE + 1])
    asked = request.GET.get("xong", "")
    return page(
        request, "subscription.html", "axis", found.name.in_(language), status=fault.status if fault else 200,
        fault=fault.detail().in_(language) if fault else "",
        cure=fault.remedy().in_(language) if fault else "",
        done=say(f"telling.done_{asked}") if asked in _TOLD else "",
        line=_line(found, health, language), found=found, purpose=found.purpose.in_(language),
        owners=[name_of(owner, language) for owner in found.owners], places=", ".join(found.wanted.places),
        until=formats.day(found.ends, language) if found.ends else "",
        told_at=formats.minute(health.told_at, language, zone) if health.told_at else "",
        next_at=formats.minute(health.due_at, language, zone)
        if health.failures and health.due_at and health.state == "active" else "",
        signed=say("telling.by_secret", name=found.target.secret) if found.target.secret
        else say("telling.by_key"),
        paused=health.state in ("paused", "gone"), state=state,
        states=[(s, say(f"telling.line_{s}")) for s in LINES],
        rows=[_row(r, language, zone) for r in taken[:PAGE]],
        older=str(taken[PAGE - 1].pk) if len(taken) > PAGE else "",
        may_change=axis.may_change(who, found),
        made_here=axis.subscriptions(axis.desk()).own(id) is not None,
    )  # fmt: skip


def _row(row: axis.Telling, language: str, zone: str) -> dict[str, Any]:
    say = words(language)
    return {
        "number": row.pk, "key": row.key, "subject": row.subject, "tone": LINES[row.state],
        "kind": say(f"telling.kind_{row.kind.removeprefix('vn.tinh.').replace('.', '_')}"),
        "state": say(f"telling.line_{row.state}"), "answer": _said(row.answer, language),
        "dead": row.state == "dead",
        "when": formats.minute(row.created_at, language, zone), "tries": row.attempts,
        "sent": formats.minute(row.sent_at, language, zone) if row.sent_at else "",
    }  # fmt: skip


def _act(request: HttpRequest, who: people.Actor, found: Subscription) -> str:
    if not axis.may_change(who, found):
        raise people.not_allowed(who, "publish services", found.id)
    act, address = request.POST.get("act", ""), people.address_of(request)
    if act == "again":
        number = request.POST.get("so", "")
        axis.tell_again(found.id, int(number) if number.isdecimal() and len(number) < 18 else None)
        done = "again"
    elif act in ("pause", "resume"):
        axis.set_state(found.id, act == "pause")
        done = f"{act}d"
    elif act == "greet":
        axis.knock(found)
        done = "greeted"
    elif act == "end":
        axis.unsubscribe(axis.desk(), found.id)
        done = "ended"
    else:
        return ""
    people.note(who.name, f"{act} subscription", found.id, allowed=True, address=address)
    return done


@require_http_methods(["GET", "POST"])
@signed_in
def new(request: HttpRequest) -> HttpResponseBase:
    """Who is told, of what, where; shown as its file and tried before it is kept."""
    language = language_of(request)
    say = words(language)
    who = people.require_anywhere(people.actor_of(request), "publish services")
    fault: TinhError | None = None
    ask = _asked(request) if request.method == "POST" else axis.Ask()
    if request.method == "POST":
        try:
            return _kept(request, who, ask)
        except TinhError as error:
            if isinstance(error, people.NotAllowed):
                raise
            fault = error
    catalogue = jobs.catalogue()

    def mine(owner: str) -> bool:
        return people.may(who, "publish services", agency=owner)

    packs = {id for id, pack in catalogue.packs.items() if mine(pack.owner)}
    return page(
        request, "subscription_new.html", "axis", say("telling.new"), status=fault.status if fault else 200,
        fault=fault.detail().in_(language) if fault else "",
        cure=fault.remedy().in_(language) if fault else "", ask=ask,
        agencies=[(id, a.name.in_(language)) for id, a in axis.desk().agencies().items()],
        datasets=[(d.id, d.name.in_(language), d.id in ask.receipts)
                  for d in catalogue.datasets.values() if mine(d.owner)],
        indicators=[(i.id, i.name.in_(language), i.id in ask.indicators)
                    for i in catalogue.indicators.values() if i.pack in packs],
        alerts=[(a.id, a.name.in_(language), a.id in ask.alerts)
                for a in catalogue.alerts.values() if a.pack in packs],
        places=", ".join(ask.places), change=str(ask.change or ""),
        may_let=people.may(who, "manage axis"),
    )  # fmt: skip


def _asked(request: HttpRequest) -> axis.Ask:
    given = request.POST

    def text(name: str, most: int = 300) -> str:
        return " ".join(given.get(name, "").replace("\0", "").split())[:most]

    try:
        change = max(0.0, float(text("thay-doi").replace(",", ".") or 0))
    except ValueError:
        change = 0.0
    batch = text("lo")
    return axis.Ask(
        id=text("ma", 100) or id_for(text("ten")), name=text("ten"), agency=text("co-quan"),
        receipts=given.getlist("bo-du-lieu"), indicators=given.getlist("chi-so"),
        alerts=given.getlist("canh-bao"),
        places=[p.strip() for p in text("dia-ban").split(",") if p.strip()],
        change=change if change == change and change < 1e300 else 0.0, url=text("dia-chi", 1000),
        allow_private=given.get("noi-bo") == "1",
        mode="binary" if given.get("kieu") == "binary" else "structured",
        batch=int(batch) if batch.isascii() and batch.isdecimal() and 0 < int(batch[:6]) <= 500 else 1,
        purpose=text("muc-dich"), legal_basis=text("can-cu"), until=text("den-ngay"),
    )  # fmt: skip


def _kept(request: HttpRequest, who: people.Actor, ask: axis.Ask) -> HttpResponseBase:
    secret = request.POST.get("bi-mat", "").strip()
    if secret and _ID.fullmatch(ask.id):
        ask.secret = f"SU_KIEN_{ask.id.replace('-', '_').upper()}_{dice.token_hex(3)}"[:100]
    text = ask.text(who.name, jobs.now())
    one = axis.check_subscription(axis.desk(), text)
    if not axis.may_change(who, one):
        raise people.not_allowed(who, "publish services", ", ".join(one.owners))
    host = urlsplit(one.target.url).hostname or ""
    if one.target.allow_private and host not in jobs.hosts() | private_hosts():
        people.require(who, "manage axis")
        jobs.let_host(host, who.name)
    if secret:
        jobs.vault().put(ask.secret, secret, who.name, jobs.now())
    made = axis.subscribe(axis.desk(), text)
    people.note(who.name, "make subscription", made.id, allowed=True, address=people.address_of(request))
    return redirect(f"/truc/su-kien/{made.id}/?xong=made")
