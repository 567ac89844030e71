"""Answers prepared beforehand, and filled in for a case."""

from __future__ import annotations

from django.db.models import Q

from tinh.cases.case_errors import AnswerMissing, ReasonMissing
from tinh.cases.ground import ground
from tinh.cases.letters import facts_of
from tinh.cases.models import Canned, Case
from tinh.people import api as people


def canned(actor: people.Actor, case: Case | None = None, action: str = "") -> list[Canned]:
    """The answers on offer: all of them, or those that fit a case and an action. Asks `handle cases`."""
    people.require_anywhere(actor, "handle cases")
    with people.through("case"):
        found = Canned.objects.filter(active=True)
        if case is not None:
            found = found.filter(
                Q(kind="") | Q(kind=case.kind), Q(category="") | Q(category=case.category),
                Q(agency="") | Q(agency=case.agency),
            )  # fmt: skip
        if action:
            found = found.filter(Q(action="") | Q(action=action))
        return list(found.order_by("title", "pk"))


def filled(number: int, case: Case, language: str = "vi") -> str:
    """The words of an answer for one case."""
    with people.through("case"):
        one = Canned.objects.filter(pk=number).first()
    if one is None:
        raise AnswerMissing(number=number)
    return fill(one.text_en if language == "en" and one.text_en else one.text, case, language)


def fill(text: str, case: Case, language: str = "vi") -> str:
    """Words with the facts of one case in their places."""
    for name, value in facts_of(case, language).items():
        text = text.replace("{" + name + "}", value)
    return text


def keep_canned(
    actor: people.Actor, title: str, text: str, *, number: int | None = None, text_en: str = "",
    action: str = "", kind: str = "", category: str = "", agency: str = "", active: bool = True,
) -> Canned:  # fmt: skip
    """Make an answer, or change the one of this number. Asks `manage desks`."""
    people.require(actor, "manage desks")
    if not title.strip() or not text.strip():
        raise ReasonMissing(action="mẫu trả lời")
    fields = {
        "title": title.strip()[:120], "text": text.strip(), "text_en": text_en.strip(), "action": action[:64],
        "kind": kind[:20], "category": category[:64], "agency": agency[:64], "active": active,
        "author": actor.name[:200], "at": ground().now(),
    }  # fmt: skip
    with people.through("case"):
        if number is None:
            return Canned.objects.create(**fields)
        if not Canned.objects.filter(pk=number).update(**fields):
            raise AnswerMissing(number=number)
        return Canned.objects.get(pk=number)
