"""What a program tells of a report it sent: written to the case once for each of its update ids."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from tinh.cases import api as cases
from tinh.desks.partners.models import Passed
from tinh.desks.reports import tracking
from tinh.desks.reports.errors import NotNow
from tinh.desks.reports.ground import ground
from tinh.desks.reports.screening import screen
from tinh.people import api as people

STATUSES = (
    "OPEN", "CLOSED", "FIXED", "IN_PROGRESS", "ACTION_SCHEDULED", "INVESTIGATING", "DUPLICATE",
    "NOT_COUNCILS_RESPONSIBILITY", "NO_FURTHER_ACTION", "INTERNAL_REFERRAL", "REOPEN", "FOR_TRIAGE",
    "CANCELLED",
)  # fmt: skip
_ALSO = {
    "CONFIRMED": "OPEN", "PLANNED": "ACTION_SCHEDULED", "NOT_RESPONSIBLE": "NOT_COUNCILS_RESPONSIBILITY",
    "UNABLE_TO_FIX": "NO_FURTHER_ACTION", "REOPENED": "REOPEN", "CANCELED": "CANCELLED",
}  # fmt: skip
_SAYS = {
    "FIXED": "Người gửi báo: đã khắc phục.",
    "CLOSED": "Người gửi báo: đã xong.",
    "OPEN": "Người gửi báo: chưa xong.",
    "REOPEN": "Người gửi báo: chưa khắc phục, đề nghị xem lại.",
    "CANCELLED": "Người gửi báo: không cần xử lý nữa.",
}


def status_of(text: str) -> str | None:
    """A status as FixMyStreet and its kin write it ("in progress", "Fixed - User", `IN_PROGRESS`) as one of
    `STATUSES`; "" for none, None for a word nobody knows."""
    bare = "_".join(text.upper().replace("-", " ").replace("_", " ").replace("'", "").split())
    found = "FIXED" if bare.startswith("FIXED_") else _ALSO.get(bare, bare)
    return found if not found or found in STATUSES else None


def told(
    sender: people.Actor, mark: str, code: str, text: str, status: str, media: Sequence[str] = ()
) -> str:
    """Take an update in: a public remark of its sender; "fixed" and "open again" are also the rating of an
    answer that is there to be rated; where pictures lie is a note for the desk. The update's id here; the
    same for the same `mark` of the same case again."""
    now = ground().now()
    said = screen(text).text or _SAYS.get(status, f"Người gửi báo trạng thái: {status}.")
    with people.through("case"), transaction.atomic():
        case = cases.Case.objects.filter(code=cases.read_code(code) or code).get()
        row, new = Passed.objects.select_for_update().get_or_create(
            side=f"account:{sender.account}",
            mark=f"{case.code}/{mark}"[:200],
            defaults={"case_id": case.pk, "at": now},
        )
        if not new:
            return row.answer
        made = cases.note(case.code, said, None, public=True, at=now)
        row.answer = f"{case.code}-note-{made.pk}"
        row.save(update_fields=["answer"])
        if media:
            cases.note(
                case.code, "Ảnh kèm theo ở nơi khác: " + ", ".join(media), sender, public=False, at=now
            )
        word: tracking.Word | None = {
            "FIXED": "satisfied",
            "CLOSED": "satisfied",
            "REOPEN": "unsatisfied",
        }.get(status)  # type: ignore[assignment]  # the words are two of three
        if word is not None:
            try:
                with transaction.atomic():
                    tracking.rate(case.code, word, said)
            except NotNow:
                pass  # nothing is there to be rated; the remark stands
    return row.answer
