"""Personal data: leave to see it, what is declared of it, and who looked."""

# the router hands every view its request, used or not
from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import Router
from pydantic import BaseModel, ConfigDict, Field

from tinh.jobs import api as jobs
from tinh.people import api as people
from tinh.rest import shapes
from tinh.rest.entry import actor
from tinh.rest.fresh import conditional
from tinh.rest.paging import page
from tinh.rest.render import answer
from tinh.rest.routes.datasets import dataset_of

router = Router(tags=["personal data"])


class PersonalReason(BaseModel):
    """What personal values are needed for."""

    model_config = ConfigDict(extra="forbid")

    purpose: Annotated[str, Field(min_length=1, max_length=60)]
    reason: Annotated[str, Field(min_length=1, max_length=1000)]


@router.post(
    "/datasets/{id}/unmask", response={201: shapes.Anything}, summary="See personal values for a while"
)
def unmask(request: HttpRequest, id: str, wanted: PersonalReason) -> HttpResponse:
    """For this token or session, for 15 minutes; logged with the columns, the purpose and the reason."""
    who = actor(request)
    found = dataset_of(id)
    people.require(who, "unmask", found)
    made = people.unmask(request, who, found, jobs.catalogue().privacy, wanted.purpose, wanted.reason)
    return answer(
        {
            "dataset": id,
            "columns": made.fields,
            "purpose": made.purpose,
            "basis": made.basis,
            "until": made.until,
        },
        status=201,
        headers={"Cache-Control": "no-store"},
    )


@router.get("/personal-data", response=shapes.Anything, summary="What is held of people, why and how long")
@conditional
def register(request: HttpRequest) -> HttpResponse:
    """The record of processing: every personal column of every dataset and every field of the platform."""
    people.require(actor(request), "read purposes")
    return answer(page(jobs.processing_record(), None))


@router.get("/access-log/me", response=shapes.Anything, summary="Who looked at my data")
def mine(request: HttpRequest) -> HttpResponse:
    who = actor(request)
    user = people.User.objects.filter(pk=who.account).first()
    lines = people.about(jobs.identifiers_of(user)) if user is not None else []
    return answer(page([_line(one) for one in lines], None), headers={"Cache-Control": "no-store"})


def _line(one: people.Access) -> dict[str, Any]:
    return {
        "at": one.at,
        "who": one.who,
        "action": one.action,
        "subject": one.subject,
        "fields": one.fields,
        "purpose": one.purpose,
        "basis": one.basis,
        "reason": one.reason,
    }
