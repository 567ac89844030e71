"""What an agency that helps with a case writes on it: a note and its files, and no other right to it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from datetime import datetime

from tinh.cases import notices
from tinh.cases.case_errors import NoSuchCase, ReasonMissing
from tinh.cases.codes import read_code
from tinh.cases.models import Attachment, Case, Note
from tinh.cases.shapes import File
from tinh.cases.turn import turn, who_of
from tinh.people import api as people

_LONGEST = 20_000
_helpers: dict[str, Callable[[Case, people.Actor], str]] = {}


def register_helper(kind: str, agency_of: Callable[[Case, people.Actor], str]) -> None:
    """Let a desk say for which helping agency a person may write on a case of its kind; "" for none."""
    _helpers[kind] = agency_of


def contribute(
    code: str, text: str, actor: people.Actor, keep: Callable[[Note], Sequence[File]] | None = None, *,
    key: str, at: datetime | None = None,
) -> Note:  # fmt: skip
    """A helper's note on an open case, told to its agency and watchers; `keep` gives the files that came with
    it. The same `key` again is the same note. Raises NoSuchCase for whoever does not help, CaseClosed,
    ReasonMissing."""
    said = text.replace("\0", "").strip()[:_LONGEST]
    if not said:
        raise ReasonMissing(action="ý kiến phối hợp")
    with turn(code, None, at, who=who_of(actor)) as found:
        judge = _helpers.get(found.case.kind)
        agency = judge(found.case, actor) if judge is not None else ""
        if not agency:
            raise NoSuchCase(case=code[:40])
        key = f"{read_code(code)} help/{agency}/{key}".replace("\0", "")[:120]
        if (there := Note.objects.filter(key=key, case=found.case).first()) is not None:
            return there
        made = Note.objects.create(
            case=found.case, at=found.moment, author=found.who.name, account=found.who.account, text=said,
            public=False, mentions=[], key=key,
        )  # fmt: skip
        files = list(keep(made)) if keep is not None else []
        Attachment.objects.bulk_create(
            Attachment(
                case=found.case, note_id=made.pk, at=found.moment, author=found.who.name, kind=one.kind,
                stage="note", name=one.name[:200], media=one.media[:100], size=one.size, digest=one.digest,
                original=one.original, facts={},
            )
            for one in files
        )  # fmt: skip
        found.event(
            "note",
            facts={
                "note": made.pk, "public": False, "mentions": [], "helping": agency,
                "files": [one.digest for one in files],
            },
            personal={"text_digest": hashlib.sha256(said.encode()).hexdigest()},
        )  # fmt: skip
        notices.tell(found.case, "changed", "watchers", found.moment)
        notices.tell(found.case, "changed", "agency", found.moment)
        return made


def contributions(case: Case) -> list[tuple[str, Note]]:
    """What helpers wrote, with the agency each wrote for, in the order it came."""
    with people.through("case"):
        found = Note.objects.filter(case=case, key__startswith=f"{case.code} help/").order_by("pk")
        return [(str(one.key).split("help/", 1)[1].split("/", 1)[0], one) for one in found]
