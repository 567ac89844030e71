"""Keys for programs, given and taken back by administrators."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import Router
from pydantic import BaseModel, ConfigDict, Field

from tinh.jobs import api as jobs
from tinh.kit.errors import Text
from tinh.people import api as people
from tinh.rest import shapes
from tinh.rest.entry import actor
from tinh.rest.errors import NothingThere
from tinh.rest.paging import page
from tinh.rest.render import answer

router = Router(tags=["access"])
_TOKEN = Text("mã truy cập", "token")
_ACCOUNT = Text("tài khoản", "account")


class TokenWanted(BaseModel):
    """A token asked for. Without datasets it reaches as far as its owner; without actions it may what its
    owner may, and one of a service account names them."""

    model_config = ConfigDict(extra="forbid")

    owner: Annotated[str, Field(min_length=1, max_length=64)]
    name: Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f]+$")]
    datasets: Annotated[list[str], Field(max_length=500)] = []
    actions: Annotated[list[str], Field(max_length=100)] = []
    days: Annotated[int, Field(ge=1, le=366)] = 90


@router.get("/tokens", response=shapes.Tokens, summary="Tokens that still work")
def tokens(request: HttpRequest) -> HttpResponse:
    people.require(actor(request), "manage accounts")
    return answer(page([_shown(one) for one in people.live_tokens()], None))


@router.post("/tokens", response={201: shapes.Token}, summary="Make a token; its secret is shown this once")
def make(request: HttpRequest, wanted: TokenWanted) -> HttpResponse:
    who = people.require(actor(request), "manage accounts")
    owner = people.User.objects.by_name(wanted.owner)
    if owner is None:
        raise NothingThere(what_vi=_ACCOUNT.vi, what_en=_ACCOUNT.en, id=wanted.owner, list="/api/v1/tokens")
    for id in wanted.datasets:
        if id not in jobs.catalogue().datasets:
            raise NothingThere(what_vi="bộ dữ liệu", what_en="dataset", id=id, list="/api/v1/datasets")
    token, secret = people.create_token(owner, wanted.name, wanted.datasets, wanted.days, wanted.actions)
    people.note(who.name, "make token", str(token.pk), allowed=True, address=people.address_of(request))
    headers = {"Location": f"/api/v1/tokens/{token.pk}", "Cache-Control": "no-store"}
    return answer({**_shown(token), "secret": secret}, 201, headers)


@router.delete("/tokens/{id}", response={204: None}, summary="Take a token back")
def revoke(request: HttpRequest, id: int) -> HttpResponse:
    who = people.require(actor(request), "manage accounts")
    found = people.Token.objects.filter(pk=id).first()
    if found is None:
        raise NothingThere(what_vi=_TOKEN.vi, what_en=_TOKEN.en, id=id, list="/api/v1/tokens")
    people.revoke_token(found)
    people.note(who.name, "revoke token", str(id), allowed=True, address=people.address_of(request))
    return HttpResponse(status=204)


def _shown(token: people.Token) -> dict[str, Any]:
    return {
        "id": token.pk, "name": token.name, "owner": token.owner.username, "datasets": token.datasets,
        "actions": token.actions,
        "created_at": token.created_at, "expires_at": token.expires_at, "last_used_at": token.last_used_at,
    }  # fmt: skip
