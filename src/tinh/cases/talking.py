"""Notes, files, links and watchers."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime

from tinh.cases import notices
from tinh.cases.case_errors import LinkUnfit, ReasonMissing
from tinh.cases.codes import read_code
from tinh.cases.models import Attachment, Case, Link, Note, Watch
from tinh.cases.reading import one_case
from tinh.cases.rights import require_one
from tinh.cases.shapes import LINKS, File
from tinh.cases.turn import Turn, locked, turn
from tinh.people import api as people

_LONGEST = 20_000
TELLS: tuple[people.Action, ...] = ("triage cases", "supervise cases")  # who may write for everybody


def note(
    code: str, text: str, actor: people.Actor | None, public: bool = False,
    mentions: Sequence[int] = (), *, key: str | None = None, at: datetime | None = None,
) -> Note:  # fmt: skip
    """A remark. `mentions` are accounts that are told and watch from then on, as far as they may see the
    case; `public` ones are for everybody, and whoever sent or follows the case is told: the desk and its
    supervisors write them, as an agency's words go out through its answer; `key` makes a note sent twice
    (an offline draft) one. A stranger (`actor` None) may add public ones
    only."""
    said = text.replace("\0", "").strip()[:_LONGEST]
    if not said:
        raise ReasonMissing(action="ghi chú")
    key = f"{read_code(code)} {key}".replace("\0", "")[:120] if key else None  # one key of two cases is two
    with turn(code, actor, at, open_only=False) as found:
        if actor is not None:
            may = TELLS if public else (*TELLS, "handle cases")
            require_one(actor, found.case, *may)
        if key is not None and (there := Note.objects.filter(key=key, case=found.case).first()) is not None:
            return there
        told = [one for one in dict.fromkeys(mentions) if _may_see(one, found.case)]
        made = Note.objects.create(
            case=found.case, at=found.moment, author=found.who.name, account=found.who.account, text=said,
            public=public or actor is None, mentions=told, key=key,
        )  # fmt: skip
        digest = hashlib.sha256(said.encode()).hexdigest()
        found.event(
            "note", facts={"note": made.pk, "public": made.public, "mentions": told},
            personal={"text_digest": digest},
        )  # fmt: skip
        for account in told:
            Watch.objects.get_or_create(case=found.case, account_id=account, defaults={"at": found.moment})
            notices.tell_account(found.case, "mentioned", account, found.moment)
        notices.tell_watchers(found.case, found.moment, found.before["seq"], found.who.account)
        if made.public and actor is not None:
            notices.tell(found.case, "noted", "reporter", found.moment)
            if found.case.public == "shown":  # else there is no page for them to read it on
                notices.tell(found.case, "noted", "supporters", found.moment)
        return made


def _may_see(account: int, case: Case) -> bool:
    with people.through("work"):
        user = people.User.objects.filter(pk=account, is_active=True).first()
        return user is not None and people.may(people.actor_named(user), "read cases", agency=case.agency)


def attach(
    code: str, file: File, actor: people.Actor | None, *, note: int | None = None, at: datetime | None = None
) -> Attachment:
    """Tie a stored file to a case. The same bytes at the same stage are tied once."""
    with turn(code, actor, at, open_only=False) as found:
        if actor is not None:
            require_one(actor, found.case, "handle cases", "triage cases", "send reports")
        there = Attachment.objects.filter(
            case=found.case, digest=file.digest, stage=file.stage, erased_at=None
        ).first()
        if there is not None:
            return there
        made = Attachment.objects.create(
            case=found.case, note_id=note, at=found.moment, author=found.who.name, kind=file.kind,
            stage=file.stage, name=file.name.replace("\0", "")[:200], media=file.media[:100], size=file.size,
            width=file.width, height=file.height, digest=file.digest, original=file.original,
            public=file.public, facts=dict(file.facts),
        )  # fmt: skip
        found.event(
            "attach",
            facts={"attachment": made.pk, "digest": file.digest, "stage": file.stage, "size": file.size},
        )
        return made


def link(code: str, kind: str, to: str, actor: people.Actor | None, *, at: datetime | None = None) -> Link:
    """Tie a case to another (by its code) or to something elsewhere (`alert:<id>`)."""
    with turn(code, actor, at, open_only=False) as found:
        if actor is not None:
            require_one(actor, found.case, "handle cases", "triage cases", "supervise cases")
        return tie(found, kind, to)


def tie(found: Turn, kind: str, to: str) -> Link:
    case = found.case
    if kind not in LINKS:
        raise _unfit(case, to, "kiểu nối không có", "there is no such link")
    if ":" in to:
        made, new = Link.objects.get_or_create(
            case=case, kind=kind, ref=to[:200], defaults={"at": found.moment, "author": found.who.name}
        )
    else:
        other = one_case(to, found.actor) if found.actor is not None else locked(to)
        if other.pk == case.pk:
            raise _unfit(case, to, "là cùng một vụ việc", "they are the same case")
        made, new = Link.objects.get_or_create(
            case=case, kind=kind, to=other, defaults={"at": found.moment, "author": found.who.name}
        )
    if new:
        found.event("link", facts={"kind": kind, "to": to[:200]})
    return made


def _unfit(case: Case, to: str, vi: str, en: str) -> LinkUnfit:
    return LinkUnfit(case=case.code, to=to[:40], why_vi=vi, why_en=en)


def watch(code: str, actor: people.Actor, at: datetime | None = None) -> None:
    """Be told of what changes. No change of the case itself, so its history does not tell of it."""
    found = one_case(code, actor)
    if actor.account is not None:
        from django.utils import timezone

        with people.through("case"):
            Watch.objects.get_or_create(
                case=found, account_id=actor.account, defaults={"at": at or timezone.now()}
            )


def unwatch(code: str, actor: people.Actor) -> None:
    found = one_case(code, actor)
    with people.through("case"):
        Watch.objects.filter(case=found, account_id=actor.account).delete()
