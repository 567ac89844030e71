"""The kind `mail`: attachments of a mailbox, each a delivery of the agency whose address sent it.

Where a mail was refused and `answer` is declared, its Reply lies in the source's state (`link.replies`)
for whoever sends mail (channels); automatic mails are never answered, and a mail once at most.
"""

from __future__ import annotations

import fnmatch
import unicodedata
from dataclasses import replace
from pathlib import Path
from typing import Any

from tinh.kit.errors import TinhError
from tinh.packs.api import MailWay
from tinh.sources.connector_errors import NothingToSee
from tinh.sources.feeds.errors import DeliveryRefused, FeedError
from tinh.sources.feeds.folder import fits
from tinh.sources.feeds.glimpse import first_rows
from tinh.sources.feeds.job import Done, Job, Look, Thing, Walk
from tinh.sources.feeds.state import Outcome, State
from tinh.sources.limits import MB, size_text
from tinh.sources.mail.mailbox import Mailbox
from tinh.sources.mail.message import Attachment, Letter, Unfit, attachments, letter_of, proven
from tinh.sources.stream_errors import AttachmentRefused, MailUnreadable, SenderUnknown, SenderUnproven

_MOST = 200  # mails a pull
_REPLIES = 100


def _way(job: Job) -> MailWay:
    assert job.feed.mail is not None
    return job.feed.mail


def pull(job: Job) -> Done:
    box = Mailbox(job, _way(job), job.deadline(_way(job).total))
    try:
        box.open()
        box.sign_in()
        return _Reading(job, box).run()
    finally:
        box.close()


class _Reading:
    def __init__(self, job: Job, box: Mailbox) -> None:
        self._job, self._way, self._box = job, _way(job), box
        self._receipts: list[str] = []
        self._wrong: list[TinhError] = []
        self._fresh = self._size = self._refused = 0

    def run(self) -> Done:
        job, way = self._job, self._way
        validity, _ = self._box.choose(writing=way.after != "leave" and not job.dry)
        known, _, last = job.state.cursor.partition(":")
        uid = int(last or 0) if known == validity else 0  # numbers of another validity say nothing
        waiting = self._box.after(uid)
        if job.dry:
            found: Outcome = "new" if waiting else "nothing"
            return replace(job.blank, outcome=found, waiting=len(waiting)), lambda _: None
        for one in waiting[:_MOST]:
            if job.stopping.is_set():
                break
            self._mail(one)
            job.change(self._reached(f"{validity}:{one}"))
        wrong = [error.as_dict() for error in self._wrong]
        outcome: Outcome = "new" if self._fresh else ("repeated" if self._receipts else "nothing")
        done = replace(
            job.blank, outcome="refused" if self._refused else outcome, bytes=self._size,
            receipts=tuple(self._receipts[:50]), taken=len(self._receipts), refused=self._refused,
            waiting=max(0, len(waiting) - _MOST), error=wrong[-1] if wrong else None, notes=tuple(wrong[:20]),
        )  # fmt: skip
        success = job.success(bool(self._fresh))

        def apply(state: State) -> None:
            success(state)
            state.error = done.error

        return done, apply

    def _reached(self, cursor: str) -> Any:
        """A mail that was seen to stays so, whatever becomes of the rest."""
        turn = self._job.state.turn

        def apply(state: State) -> None:
            if state.turn == turn:
                state.cursor = cursor

        return apply

    def _mail(self, uid: int) -> None:
        headers, size = self._box.head(uid)
        letter = letter_of(headers, self._way.trust)
        if not self._wanted(letter):
            return
        agency = self._agency(letter)
        if agency is None:
            self._wrong.append(SenderUnknown(sender=letter.sender or "∅", subject=letter.subject[:80]))
            self._refused += 1
            return
        if self._way.trust and not proven(letter):
            self._wrong.append(SenderUnproven(sender=letter.sender, subject=letter.subject[:80]))
            self._refused += 1
            return
        before = len(self._wrong)
        taken = self._attached(uid, size, letter, agency)
        bad = self._wrong[before:]
        if bad and self._way.answer and not letter.automatic:
            self._reply(letter, bad)
        if not taken and not bad:
            return
        if self._way.after == "seen":
            self._box.seen(uid)
        elif self._way.after == "move":
            self._box.move(uid, self._way.failed if bad else self._way.done)

    def _wanted(self, letter: Letter) -> bool:
        return not self._way.subject or fnmatch.fnmatchcase(
            _folded(letter.subject), _folded(self._way.subject)
        )

    def _agency(self, letter: Letter) -> str | None:
        """The agency of the sender; None when nobody let it send."""
        for key in (letter.sender, "@" + letter.domain):
            if letter.sender and key in self._way.senders:
                return self._way.senders[key] or self._job.feed.sender
        return None

    def _attached(self, uid: int, size: int, letter: Letter, agency: str) -> int:
        limit = self._way.largest * MB
        most = 2 * limit * min(self._way.most, 4)
        if size > most:
            said = size_text(most)
            self._refuse(MailUnreadable(uid=uid, why_vi=f"lớn quá {said}", why_en=f"it is beyond {said}"))
            return 0
        count = 0
        try:
            for one in attachments(self._box.whole(uid)):
                if not fits(one.filename, self._way.patterns):
                    continue
                count += 1
                if count > self._way.most:
                    self._refuse(self._bad(one, letter, "thư có quá nhiều tệp", "too many files in a mail"))
                    break
                self._one(one, letter, agency)
        except Unfit as error:
            self._refuse(MailUnreadable(uid=uid, why_vi=error.why.vi, why_en=error.why.en))
        return count

    def _one(self, one: Attachment, letter: Letter, agency: str) -> None:
        if len(one.content) > self._way.largest * MB:
            limit = size_text(self._way.largest * MB)
            self._refuse(self._bad(one, letter, f"lớn quá {limit}", f"it is larger than {limit}"))
            return
        if not one.content:
            self._refuse(self._bad(one, letter, "tệp trống", "it is empty"))
            return
        taken = self._job.take(iter((one.content,)), self._job.feed.dataset, agency, one.filename)
        self._receipts.append(taken.receipt)
        self._size += len(one.content)
        self._fresh += not taken.repeated
        if taken.refused:
            self._refuse(DeliveryRefused(receipt=taken.receipt))

    def _bad(self, one: Attachment, letter: Letter, vi: str, en: str) -> AttachmentRefused:
        return AttachmentRefused(filename=one.filename[:80], sender=letter.sender, why_vi=vi, why_en=en)

    def _refuse(self, error: FeedError) -> None:
        self._wrong.append(error)
        self._refused += 1

    def _reply(self, letter: Letter, bad: list[TinhError]) -> None:
        """Leave word for the sender, once a mail; channels sends it."""
        number = letter.number or letter.subject
        said = {"to": letter.sender, "about": number, "subject": letter.subject[:200],
                "errors": [error.as_dict() for error in bad[:10]]}  # fmt: skip

        def apply(state: State) -> None:
            replies = [r for r in state.link.get("replies", []) if r["about"] != number]
            state.link = {**state.link, "replies": [*replies, said][-_REPLIES:]}

        self._job.change(apply)


def _folded(text: str) -> str:
    return unicodedata.normalize("NFC", text).casefold()


# ── looking ─────────────────────────────────────────────────────────────────────────


def check(job: Job, walk: Walk) -> None:
    way = _way(job)
    box = Mailbox(job, way, job.deadline(90.0))
    try:
        with walk.step("Kết nối tới máy chủ thư", "Connect to the mail server") as say:
            box.open()
            said = ("mã hóa", "encrypted") if way.encrypted else ("không mã hóa", "not encrypted")
            say(*said)
        with walk.step("Đăng nhập", "Sign in"):
            box.sign_in()
        with walk.step("Mở thư mục", "Open the folder") as say:
            _, count = box.choose(writing=False)
            say(f"{count} thư", f"{count} mails")
        with walk.step("Xem các thư mới nhất", "See the newest mails") as say:
            letters = _newest(box, way, 20)
            fine = sum(1 for _, one in letters if _listed(one, way) and (not way.trust or proven(one)))
            say(f"{fine} trong {len(letters)} thư mới nhất là của người được nhận",
                f"{fine} of the newest {len(letters)} mails come from those who may send")  # fmt: skip
    finally:
        box.close()


def _listed(one: Letter, way: MailWay) -> bool:
    return bool(one.sender) and (one.sender in way.senders or "@" + one.domain in way.senders)


def _newest(box: Mailbox, way: MailWay, most: int) -> list[tuple[int, Letter]]:
    return [(uid, letter_of(box.head(uid)[0], way.trust)) for uid in reversed(box.after(0)[-most:])]


def _files(job: Job, box: Mailbox) -> list[Attachment]:
    """Attachments of the newest mails that would be taken, newest first."""
    way = _way(job)
    out: list[Attachment] = []
    for uid, letter in _newest(box, way, 50):
        if len(out) >= 20:
            break
        if (
            _listed(letter, way)
            and (not way.trust or proven(letter))
            and box.head(uid)[1] < way.largest * 4 * MB
        ):
            out += [one for one in attachments(box.whole(uid)) if fits(one.filename, way.patterns)]
    return out


def look(job: Job) -> Look:
    box = Mailbox(job, _way(job), job.deadline(120.0))
    try:
        box.open()
        box.sign_in()
        box.choose(writing=False)
        found = _files(job, box)
    finally:
        box.close()
    things = tuple(Thing(one.filename, "file", str(len(one.content))) for one in found)
    if not found:
        return Look(things=things)
    job.spool.body.write_bytes(found[0].content)
    shown = first_rows(job.spool.body, found[0].filename)
    return Look(things=things, columns=shown.columns, rows=shown.rows)


def sample(job: Job, rows: int) -> tuple[Path, str]:  # noqa: ARG001  a file is looked at whole
    box = Mailbox(job, _way(job), job.deadline(300.0))
    try:
        box.open()
        box.sign_in()
        box.choose(writing=False)
        found = _files(job, box)
    finally:
        box.close()
    if not found:
        raise NothingToSee
    job.spool.body.write_bytes(found[0].content)
    return job.spool.body, found[0].filename
