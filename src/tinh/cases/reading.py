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
from tinh.cases.kinds import KeptFile, kept_files, kinds, veils
from tinh.cases.models import Attachment, Case, Link, Note, Party, Sent, Step, Watch
from tinh.cases.shapes import CaseView, Told
from tinh.cases.turn import CLOCK, times_of
from tinh.people import api as people

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
    """Rows to be read by this person: what was sent for whoever may see who sent it, else what the desk has
    covered of subject, text and address, for people write their number into the text. Rows to read only,
    never saved."""
    may = {one.agency: people.may(actor, "see reporters", agency=one.agency) for one in found}
    hidden = [one for one in found if not may[one.agency]]
    as_sent([one for one in found if may[one.agency]])
    for kind, cover in veils().items():
        said = cover([one for one in hidden if one.kind == kind]) if hidden else {}
        for one in hidden:
            if one.pk in said:
                one.subject, one.body, one.address = said[one.pk]
    return list(found)


def as_sent(found: Sequence[Case]) -> None:
    """Put what was sent over what the rows keep covered, for eyes that may see it. Never to be saved."""
    with people.through("case"):
        kept = Sent.objects.in_bulk([one.pk for one in found]) if found else {}
    for one in found:
        if (own := kept.get(one.pk)) is not None:
            one.subject, one.body, one.address = own.subject, own.body, own.address


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
        attached = tuple(Attachment.objects.filter(case=found).order_by("pk"))
        links = tuple(Link.objects.filter(case=found).select_related("to").order_by("pk"))
        linked = tuple(Link.objects.filter(to=found).select_related("case").order_by("pk"))
        watching = list(Watch.objects.filter(case=found).values_list("account_id", flat=True))
        parties = Party.objects.filter(case=found, erased_at=None).count()
    files = (*(_kept(one) for one in attached if one.erased_at is None), *kept_files(found))
    links = tuple(one for one in links if one.to is None or _told(one.to, actor))
    linked = tuple(one for one in linked if _told(one.case, actor))
    others = [one.to for one in links if one.to] + [one.case for one in linked]
    for other in veiled(others, actor):
        if not people.may(actor, "read cases", agency=other.agency):
            other.subject, other.body, other.address = other.code, "", ""
    return CaseView(
        found, band_of(found), steps, notes, attached, files, links, linked, actions_of(found, actor),
        actor.account in watching, len(watching), parties,
        people.may(actor, "see reporters", agency=found.agency),
    )  # fmt: skip


def _kept(one: Attachment) -> KeptFile:
    return KeptFile(
        one.name, one.kind, one.stage, "ready", one.media, one.size, one.width, one.height, one.public,
        one.at, "",
    )  # fmt: skip


def _told(other: Case, actor: people.Actor) -> bool:
    """Whether this person may know that a case is tied to the one they read."""
    kind = kinds().get(other.kind)
    return kind is None or not kind.covered or people.may(actor, "read cases", agency=other.agency)


def band_of(found: Case) -> clock.Band | None:
    """What the case is called now: on time, due soon, late, very late; None where nothing is promised. An
    answer that waits to be published has a limit of its own; published, the case is what it was when it was
    answered: rating takes nobody's promise."""
    now, times = ground().now(), times_of(found)
    if found.state == "published" and found.answered_at is not None:
        times = replace(times, closed_at=found.answered_at)
    return clock.band(times, now, ground().clock())


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
