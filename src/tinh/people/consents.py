"""Consent: given by an act, to a text with a version, with proof; withdrawn as easily; never rewritten."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from tinh.kit.calendar import WorkingCalendar
from tinh.packs.api import PersonalRegister
from tinh.people.access import Reading, note
from tinh.people.asking import open_request
from tinh.people.clocks import day_of
from tinh.people.privacy_errors import NoConsentText, NoSuchPurpose, NotAgreed, NothingToWithdraw
from tinh.people.subjects import Consent, Subject, SubjectRequest, Task

CHANNELS = ("web", "paper", "recorded", "message")


@dataclass(frozen=True, slots=True)
class Standing:
    """What holds of one purpose: the last act, and when consent was first given."""

    purpose: str
    last: Consent
    given: Consent | None

    @property
    def holds(self) -> bool:
        return self.last.act == "given"


def give(
    subject: Subject,
    purpose: str,
    register: PersonalRegister,
    now: datetime,
    *,
    agreed: bool,
    channel: str,
    by: str,
    proof: str = "",
    proof_file: bytes = b"",
) -> Consent:
    """Record that a person agreed to the text in force. `proof` says where the proof is kept (a record's
    number, a recording), `proof_file` is the proof itself; its digest is kept."""
    declared = register.purposes.get(purpose)
    if declared is None or not register.bases[declared.basis].consent:
        known = [p.id for p in register.purposes.values() if register.bases[p.basis].consent]
        raise NoSuchPurpose(purpose=purpose, known=", ".join(known))
    text = register.text_on(purpose, now.date())
    if text is None:
        raise NoConsentText(purpose=purpose)
    if not agreed or channel not in CHANNELS or (channel != "web" and not (proof or proof_file)):
        raise NotAgreed
    made = Consent.objects.create(
        subject=subject, purpose=purpose, version=text.version,
        text_digest=hashlib.sha256(f"{text.text.vi}\n{text.text.en}".encode()).hexdigest(),
        act="given", channel=channel, proof=proof[:300], at=now, by=by[:200],
        proof_digest=hashlib.sha256(proof_file).hexdigest() if proof_file else "",
    )  # fmt: skip
    _logged(by, "give consent", purpose, subject)
    return made


def withdraw(
    subject: Subject,
    purpose: str,
    register: PersonalRegister,
    calendar: WorkingCalendar,
    now: datetime,
    *,
    channel: str,
    by: str,
) -> SubjectRequest:
    """Withdraw at once, and open what has to follow: a request with a task for each declared hook."""
    last = _last(subject, purpose)
    if last is None or last.act != "given":
        raise NothingToWithdraw
    with transaction.atomic():
        Consent.objects.create(
            subject=subject, purpose=purpose, version=last.version, text_digest=last.text_digest,
            act="withdrawn", channel=channel, at=now, by=by[:200],
        )  # fmt: skip
        request = open_request(
            subject, "withdraw", register, calendar, now, channel=channel, by=by, purpose=purpose,
            identity="consent on record",
        )  # fmt: skip
        for hook in register.withdrawal.values():
            if not hook.purposes or purpose in hook.purposes:
                Task.objects.create(
                    request=request, hook=hook.id, due=day_of(hook.within, now.date(), calendar)
                )
    _logged(by, "withdraw consent", purpose, subject)
    return request


def standing(subject: Subject) -> list[Standing]:
    """What holds of each purpose a person ever agreed to."""
    out: dict[str, Standing] = {}
    for act in subject.consents.order_by("at", "id"):
        before = out.get(act.purpose)
        given = act if act.act == "given" else before.given if before else None
        out[act.purpose] = Standing(act.purpose, act, given)
    return list(out.values())


def holds(subject: Subject, purpose: str) -> bool:
    """Whether a person's consent to a purpose is in force. What was never given is not."""
    last = _last(subject, purpose)
    return last is not None and last.act == "given"


def _last(subject: Subject, purpose: str) -> Consent | None:
    return Consent.objects.filter(subject=subject, purpose=purpose).order_by("-at", "-id").first()


def _logged(by: str, action: str, purpose: str, subject: Subject) -> None:
    note(by, action, purpose, allowed=True, reading=Reading((), purpose, about=(subject.value,)))
