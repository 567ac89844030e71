"""Keys of programs: one's own, those of the service accounts one looks after, and for administrators all."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from tinh.jobs import api as jobs
from tinh.kit.errors import TinhError
from tinh.people import api as people
from tinh.web import formats
from tinh.web.pages.mine import mine, proven
from tinh.web.shell import language_of, page
from tinh.web.words import words

HOME = "/tai-khoan/khoa/"


@require_http_methods(["GET", "POST"])
@mine
def listing(request: HttpRequest, user: people.User) -> HttpResponseBase:
    """Keys, and what can be done with them; a new secret is shown in the answer to its making alone."""
    secret, fault = "", None
    if request.method == "POST":
        proven(request)
        try:
            secret = _done(request, user)
            if not secret:
                return redirect(HOME)
        except people.ProofNeeded:
            raise
        except TinhError as error:
            fault = error
    return _show(request, user, secret, fault)


def _done(request: HttpRequest, user: people.User) -> str:
    """Do what the form asks; the secret of a key that was made."""
    actor = people.actor_of(request)
    asked = request.POST
    address = people.address_of(request)
    if "open" in asked:
        agency = asked.get("agency", "") or user.agency
        made = people.open_service(actor, asked.get("service", ""), agency, asked.get("purpose", ""))
        people.note(user.username, "open service", made.username, allowed=True, address=address)
    elif "close" in asked:
        people.close_service(actor, asked["close"])
        people.note(user.username, "close service", asked["close"], allowed=True, address=address)
    elif "revoke" in asked:
        token = people.revoke_key(actor, _number(asked["revoke"]))
        people.note(user.username, "revoke key", str(token), allowed=True, address=address)
    elif "rotate" in asked:
        token, secret = people.rotate_key(actor, _number(asked["rotate"]))
        people.note(user.username, "rotate key", str(token), allowed=True, address=address)
        return secret
    elif "make" in asked:
        owner = (
            user
            if asked.get("owner", "") in ("", user.username)
            else people.service_named(actor, asked["owner"])
        )
        token, secret = people.make_key(
            actor, owner, asked.get("name", ""), actions=asked.getlist("action"),
            datasets=asked.getlist("dataset"), days=_number(asked.get("days", "")),
            known=jobs.catalogue().datasets,
        )  # fmt: skip
        people.note(user.username, "make key", f"{owner.username}/{token}", allowed=True, address=address)
        return secret
    return ""


def _number(text: str) -> int:
    return int(text[:18]) if text.isdecimal() else 0


def _show(request: HttpRequest, user: people.User, secret: str, fault: TinhError | None) -> HttpResponseBase:
    language = language_of(request)
    say = words(language)
    catalogue = jobs.catalogue()
    actor = people.actor_of(request)
    own, others = people.keys_for(actor, user.pk)
    services = people.services_for(actor)
    looks_after = people.may_anywhere(actor, "manage keys")
    rights = people.table().rights

    def minute(moment: Any) -> str:
        return formats.minute(moment, language, catalogue.timezone) if moment else say("keys.never")

    def row(token: people.Token) -> dict[str, Any]:
        names = [
            catalogue.datasets[d].name.in_(language) if d in catalogue.datasets else d for d in token.datasets
        ]
        return {
            "id": token.pk, "owner": token.owner.username, "name": token.name,
            "actions": [rights[a].says.in_(language) for a in token.actions if a in rights],
            "datasets": names, "used": minute(token.last_used_at), "ends": minute(token.expires_at),
            "soon": people.ends_soon(token),
        }  # fmt: skip

    agencies = people.among_agencies(actor, "manage keys")
    return page(
        request, "keys.html", "", say("keys.title"), status=fault.status if fault else 200,
        secret=secret, own=[row(t) for t in own], others=[row(t) for t in others], services=services,
        looks_after=looks_after, me=user.username,
        agencies=[
            (a.id, a.name.in_(language))
            for a in catalogue.agencies.values()
            if agencies is None or a.id in agencies
        ],
        actions=[(a, rights[a].says.in_(language)) for a in _offered(user, services)],
        datasets=[(d.id, d.name.in_(language)) for d in catalogue.datasets.values()],
        longest=people.LONGEST,
        fault=fault.told().in_(language) if fault else "",
    )  # fmt: skip


def _offered(user: people.User, services: list[people.User]) -> list[str]:
    """Actions a key may name: what the person may, and what programs may."""
    found = dict.fromkeys(people.grantable(user))
    for service in services[:1]:
        found |= dict.fromkeys(people.grantable(service))
    return [action for action in found if action != "manage own account"]
