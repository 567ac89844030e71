"""The integration axis: who is on it, what is offered, who may call what; rights given and taken back."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect

from tinh.axis import api as axis
from tinh.jobs import api as jobs
from tinh.kit.errors import TinhError
from tinh.people import api as people
from tinh.web import formats
from tinh.web.shell import language_of, page, signed_in
from tinh.web.words import words


def visible(actor: people.Actor | None) -> list[str] | None:
    """The members whose exchanges the reader may see; None for all; NotAllowed when there are none."""
    if people.may(actor, "read message log"):
        return None
    known = people.require_anywhere(actor, "read message log")
    agencies = {p.agency for p in known.posts if people.may(actor, "read message log", agency=p.agency)}
    return axis.members_of(agencies)


@signed_in
def overview(request: HttpRequest) -> HttpResponseBase:
    actor = people.require_anywhere(people.actor_of(request), "read services")
    fault: TinhError | None = None
    if request.method == "POST":
        try:
            done, secret = _act(request, actor)
        except axis.AxisError as error:
            fault = error
        else:
            if not secret:
                return redirect(f"/truc/?xong={done}")
            return _page(request, actor, secret=secret)
    return _page(request, actor, fault=fault)


def _page(
    request: HttpRequest, actor: people.Actor, fault: TinhError | None = None, secret: str = ""
) -> HttpResponseBase:
    language = language_of(request)
    say = words(language)
    axis.follow_agencies()
    told = request.GET.get("xong", "")
    may_log = people.may_anywhere(actor, "read message log")
    services = list(axis.Service.objects.select_related("subsystem__member").order_by("pk"))
    grantable = [s for s in services if _may(actor, "grant services", s)]
    subsystems = list(axis.Subsystem.objects.select_related("member").order_by("member__code", "code"))
    rights = axis.live_rights().prefetch_related("group__subsystems__member")
    return page(
        request, "axis.html", "axis", say("axis.title"), status=fault.status if fault else 200,
        fault=fault.detail().in_(language) if fault else "",
        cure=fault.remedy().in_(language) if fault else "",
        done=say(f"axis.done_{told}") if told in _DONE else "", secret=secret, written=request.POST,
        instance=axis.ground().instance, figures=_figures(actor, language) if may_log else None,
        members=_members(subsystems, services, language),
        services=[_service(s, language) for s in services],
        rights=[_right(r, actor, language) for r in rights],
        grantable=[(str(s), s.title or str(s)) for s in grantable],
        callers=[(str(s), f"{s.member.name or s.member} · {s.code}") for s in subsystems if s.active],
        may_manage=people.may(actor, "manage axis"), may_log=may_log,
        may_tell=people.may_anywhere(actor, "publish services"),
        agencies=[(a.id, a.name.in_(language)) for a in jobs.catalogue().agencies.values()],
    )  # fmt: skip


def _may(actor: people.Actor, action: people.Action, service: axis.Service) -> bool:
    owner = service.subsystem.member.agency
    return people.may(actor, action, agency=owner) if owner else people.may(actor, action)


_DONE = ("grant", "revoke", "subsystem")


def _act(request: HttpRequest, actor: people.Actor) -> tuple[str, str]:
    """Do what a form asks: what was done, and a secret to show once."""
    given = {name: " ".join(request.POST.get(name, "").split())[:300] for name in request.POST}
    act, address = given.get("act", ""), people.address_of(request)
    if act == "grant":
        service = axis.service(given.get("service", ""))
        _require(actor, "grant services", service)
        axis.grant(
            service, axis.subsystem(given.get("to", "")), purpose=given.get("purpose", ""),
            basis=given.get("basis", ""), by=actor.name, since=_day(given.get("since", "")),
            until=_day(given.get("until", "")), method=given.get("method") or "*",
            path=given.get("path") or "**", reason=given.get("reason", ""),
        )  # fmt: skip
        people.note(actor.name, "grant service", str(service), allowed=True, address=address)
    elif act == "revoke":
        number = int(given["right"][:18]) if given.get("right", "").isdecimal() else 0
        found = axis.Right.objects.select_related("service__subsystem__member").filter(pk=number).first()
        if found is None:
            raise axis.NoSuchMember(what="right", name=number)
        _require(actor, "grant services", found.service)
        axis.revoke(number, actor.name, given.get("reason", ""))
        people.note(actor.name, "revoke service", str(found), allowed=True, address=address)
    elif act in ("subsystem", "key"):
        people.require(actor, "manage axis")
        if act == "key":
            of = axis.subsystem(given.get("of", ""))
            _, secret = axis.create_key(of, given.get("name") or actor.name, actor.name)
            people.note(actor.name, "create axis key", str(of), allowed=True, address=address)
            return act, secret
        made = axis.add_subsystem(f"{given.get('agency', '')}/{given.get('code', '')}", given.get("name", ""))
        people.note(actor.name, "add subsystem", str(made), allowed=True, address=address)
    return act, ""


def _require(actor: people.Actor, action: people.Action, service: axis.Service) -> None:
    if not _may(actor, action, service):
        raise people.not_allowed(actor, action, str(service))


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as fault:
        raise axis.GroundMissing(
            why_vi=f"không đọc được ngày {text}", why_en=f"the day {text} cannot be read"
        ) from fault


def _figures(actor: people.Actor, language: str) -> dict[str, Any]:
    zone = ZoneInfo(jobs.catalogue().timezone)
    midnight = datetime.combine(jobs.now().astimezone(zone).date(), time(), zone)
    found = axis.figures(midnight, visible(actor))

    def ms(value: float | None) -> str:
        return "–" if value is None else f"{formats.number(value, 0, language)}{formats.THIN}ms"

    return {
        "exchanges": formats.number(found.exchanges, 0, language),
        "refused": formats.number(found.refused, 0, language),
        "failed": formats.number(found.failed, 0, language),
        "median": ms(found.median),
        "slow": ms(found.slow),
        "slowest": [
            (service, ms(took), formats.number(calls, 0, language)) for service, took, calls in found.slowest
        ],
    }


def _members(
    subsystems: list[axis.Subsystem], services: list[axis.Service], language: str
) -> list[dict[str, Any]]:
    offered: dict[int, int] = {}
    for service in services:
        offered[service.subsystem.pk] = offered.get(service.subsystem.pk, 0) + service.active
    agencies = jobs.catalogue().agencies
    return [
        {
            "id": str(m),
            "name": agencies[m.agency].name.in_(language) if m.agency in agencies else m.name,
            "subsystems": [
                {"code": s.code, "name": s.name, "services": offered.get(s.pk, 0)}
                for s in subsystems
                if s.member.pk == m.pk
            ],
        }
        for m in axis.Member.objects.filter(active=True).order_by("instance", "klass", "code")
    ]


def _service(service: axis.Service, language: str) -> dict[str, Any]:
    say = words(language)
    body = service.keep == "body"
    title = service.title_en if language == "en" and service.title_en else service.title
    return {
        "id": str(service), "title": title or service.code, "active": service.active,
        "notice": service.notice,
        "kept": say("axis.kept_body", days=service.keep_days) if body else say("axis.kept_digest"),
    }  # fmt: skip


def _right(right: axis.Right, actor: people.Actor, language: str) -> dict[str, Any]:
    said = words(language)
    whole = (right.method, right.path) == ("*", "**")
    return {
        "id": right.pk, "service": str(right.service), "to": str(right.subsystem or right.group),
        "names": _names(right, language),
        "what": said("axis.everything") if whole else f"{right.method} {right.path}",
        "purpose": right.purpose, "basis": right.basis, "since": formats.day(right.since, language),
        "until": formats.day(right.until, language) if right.until else "",
        "by": right.given_by, "mine": _may(actor, "grant services", right.service),
    }  # fmt: skip


def _names(right: axis.Right, language: str) -> str:
    """Who may call, by the names people know; a group is told by its members."""
    agencies = jobs.catalogue().agencies
    held = [right.subsystem] if right.subsystem else list(right.group.subsystems.all()) if right.group else []
    found = dict.fromkeys(
        agencies[m.agency].name.in_(language) if m.agency in agencies else m.name or str(m)
        for m in (one.member for one in held)
    )
    return ", ".join(sorted(found))
