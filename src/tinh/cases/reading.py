"""One case as one person may see it, and who its people are, for those who may know."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tinh.cases import clock
from tinh.cases.acting import actions_of
from tinh.cases.case_errors import NoSuchCase
from tinh.cases.codes import read_code
from tinh.cases.ground import ground
from tinh.cases.history import history
from tinh.cases.kinds import veils
from tinh.cases.models import Attachment, Case, Link, Note, Party, Step, Watch
from tinh.cases.shapes import CaseView, Told
from tinh.cases.turn import CLOCK, times_of
from tinh.people import api as people

ANSWERED = ("answered", "published", "closed")
_FIELDS = ("name", "phone", "email", "address")


def one_case(code: str, actor: people.Actor) -> Case:
    """The row, read behind the lock as this person. NoSuchCase when it is not theirs to see."""
    people.require_anywhere(actor, "read cases")
    with people.as_person(actor):
        found = Case.objects.filter(code=read_code(code)).first()
    if found is None or not people.may(actor, "read cases", agency=found.agency):
        raise NoSuchCase(case=code[:40])
    return veiled([found], actor)[0]


def veiled(found: Sequence[Case], actor: people.Actor) -> list[Case]:
    """Rows to be read by this person: whoever may not see who sent a case reads what its desk has covered of
    subject, text and address, for people write their number into the text. Rows to read only, never saved."""
    hidden = [one for one in found if not people.may(actor, "see reporters", agency=one.agency)]
    for kind, cover in veils().items():
        said = cover([one for one in hidden if one.kind == kind]) if hidden else {}
        for one in hidden:
            if one.pk in said:
                one.subject, one.body, one.address = said[one.pk]
    return list(found)


def told_of(found: Case, actor: people.Actor) -> list[Told]:
    """The history as this person may read it: what a citizen sent is left out for whoever may not see who
    it was."""
    whole = people.may(actor, "see reporters", agency=found.agency)
    return [
        one if whole or not (one.action == "open" or one.role == "citizen") else replace(one, personal=None)
        for one in history(found)
    ]


def case(code: str, actor: people.Actor) -> CaseView:
    """A case with what it waits for, what was said of it and what this person may do."""
    found = one_case(code, actor)
    with people.through("case"):
        steps = tuple(Step.objects.filter(case=found).exclude(step=CLOCK).order_by("pk"))
        notes = tuple(Note.objects.filter(case=found).order_by("pk"))
        files = tuple(Attachment.objects.filter(case=found).order_by("pk"))
        links = tuple(Link.objects.filter(case=found).select_related("to").order_by("pk"))
        linked = tuple(Link.objects.filter(to=found).select_related("case").order_by("pk"))
        watching = list(Watch.objects.filter(case=found).values_list("account_id", flat=True))
        parties = Party.objects.filter(case=found, erased_at=None).count()
    others = [one.to for one in links if one.to] + [one.case for one in linked]
    for other in veiled(others, actor):
        if not people.may(actor, "read cases", agency=other.agency):
            other.subject, other.body, other.address = other.code, "", ""
    return CaseView(
        found, band_of(found), steps, notes, files, links, linked, actions_of(found, actor),
        actor.account in watching, len(watching), parties,
        people.may(actor, "see reporters", agency=found.agency),
    )  # fmt: skip


def band_of(found: Case) -> clock.Band | None:
    """What the case is called now: on time, due soon, late, very late; None where nothing is promised. Once
    answered, it is what it was when it was: publishing and rating take nobody's promise."""
    now = ground().now()
    if found.answered_at is not None and found.state in ANSWERED:
        times = replace(times_of(found), closed_at=min(found.answered_at, found.closed_at or now))
        return clock.band(times, now, ground().clock())
    return clock.band(times_of(found), now, ground().clock())


def parties_of(code: str, actor: people.Actor, reason: str, address: str = "") -> list[Party]:
    """Who is behind a case. Asks `see reporters` and a reason; each look is a line of the access log."""
    found = one_case(code, actor)
    people.require(actor, "see reporters", agency=found.agency)
    told = people.reasoned(reason)
    with people.as_person(actor):
        rows = list(Party.objects.filter(case=found).order_by("pk"))
    about = tuple(x for one in rows for x in (one.phone, one.email) if x)
    people.note(
        actor.name, "see personal data", found.code, allowed=True, address=address,
        reading=people.Reading(_FIELDS, "handling-cases", "public-duty", told, about),
    )  # fmt: skip
    return rows
