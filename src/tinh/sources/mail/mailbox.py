"""One signed-in IMAP mailbox. It is read with EXAMINE and PEEK, so looking changes nothing there."""

from __future__ import annotations

import base64
import imaplib
import re
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from tinh.packs.api import MailWay
from tinh.sources.connector_errors import SignInRefused
from tinh.sources.feeds.errors import NotConnected, NotSecure
from tinh.sources.feeds.job import Job, names
from tinh.sources.feeds.network import Deadline
from tinh.sources.stream_errors import MailboxRefused, NoSuchFolder
from tinh.sources.tls import context_of

_BLOCK = 1 << 20


class Mailbox:
    def __init__(self, job: Job, way: MailWay, deadline: Deadline) -> None:
        self._job, self._way, self._deadline = job, way, deadline
        self._imap: imaplib.IMAP4 | None = None
        self._can: set[str] = set()

    def open(self) -> None:
        """Connect to a checked address; encrypted where declared, from the start or by STARTTLS on 143."""
        way = self._way
        last: Exception | None = None
        for address in self._job.addresses(way.host, way.port, way.allow_private, self._deadline):
            try:
                self._imap = _dialled(way, address, self._job, self._deadline.left(way.connect, way.host))
                return
            except ssl.SSLError as error:
                raise NotSecure(host=way.host, reason=_short(error)) from error
            except (OSError, imaplib.IMAP4.error) as error:
                last = error
        raise NotConnected(host=way.host, reason=_short(last)) from last

    def sign_in(self) -> None:
        way, imap = self._way, self._live
        password = self._job.secrets.get(way.password)
        with self._said():
            try:
                if way.user.isascii() and password.isascii():
                    imap.login(way.user, password)
                else:
                    plain = f"\x00{way.user}\x00{password}".encode()
                    imap.authenticate("PLAIN", lambda _: plain)
            except imaplib.IMAP4.abort:
                raise
            except imaplib.IMAP4.error as error:
                raise SignInRefused(host=way.host, user=way.user, reason=_short(error)) from error

        with self._said():
            self._can = set(_line(self._live.capability()[1]).upper().split())  # more than before signing in

    def choose(self, writing: bool) -> tuple[str, int]:
        """Open the folder: its UIDVALIDITY and how many mails it holds."""
        with self._said():
            kind, found = self._live.select(quoted(self._way.folder), readonly=not writing)
            if kind != "OK":
                raise NoSuchFolder(folder=self._way.folder, reason=_line(found), known=names(self.folders()))
            _, validity = self._live.response("UIDVALIDITY")
            return _line(validity), int(_line(found) or 0)

    def folders(self) -> list[str]:
        with self._said():
            _, found = self._live.list()
        out = []
        for line in found or []:
            text = (line[0] + b" " + line[1] if isinstance(line, tuple) else line or b"").decode("latin-1")
            match = re.search(r'\) (?:"[^"]*"|NIL) "?(.+?)"?$', text)
            if match:
                out.append(readable(match[1]))
        return out

    def after(self, uid: int) -> list[int]:
        """The mails behind `uid`, oldest first."""
        with self._said():
            kind, found = self._live.uid("SEARCH", "UID", f"{uid + 1}:*", "UNDELETED")
        if kind != "OK":
            raise MailboxRefused(host=self._way.host, reason=_line(found))
        return sorted(n for n in map(int, _line(found).split()) if n > uid)  # `n:*` names the last one always

    def head(self, uid: int) -> tuple[bytes, int]:
        """(headers, size) of a mail."""
        with self._said():
            _, found = self._live.uid("FETCH", str(uid), "(RFC822.SIZE BODY.PEEK[HEADER]<0.262144>)")
        for one in found or []:
            if isinstance(one, tuple):
                size = re.search(
                    rb"RFC822\.SIZE (\d+)", one[0] + b" ".join(x for x in found if isinstance(x, bytes))
                )
                return one[1], int(size[1]) if size else 0
        return b"", 0

    def whole(self, uid: int) -> bytes:
        self._deadline.left(None, self._way.host)
        with self._said():
            _, found = self._live.uid("FETCH", str(uid), "(BODY.PEEK[])")
        return next((one[1] for one in found or [] if isinstance(one, tuple)), b"")

    def seen(self, uid: int) -> None:
        with self._said():
            self._live.uid("STORE", str(uid), "+FLAGS.SILENT", r"(\Seen)")

    def move(self, uid: int, folder: str) -> None:
        """Into another folder, made at need; servers without MOVE copy, then delete this one only."""
        target = quoted(folder)
        with self._said():
            kind, found = self._move(uid, target)
            if kind != "OK":
                self._live.create(target)
                kind, found = self._move(uid, target)
            if kind != "OK":
                raise MailboxRefused(host=self._way.host, reason=_line(found))

    def _move(self, uid: int, target: str) -> tuple[str, list[object]]:
        imap = self._live
        if "MOVE" in self._can:
            return imap.uid("MOVE", str(uid), target)
        kind, found = imap.uid("COPY", str(uid), target)
        if kind == "OK":
            imap.uid("STORE", str(uid), "+FLAGS.SILENT", r"(\Deleted)")
            if "UIDPLUS" in self._can:
                imap.uid("EXPUNGE", str(uid))
        return kind, found

    def close(self) -> None:
        imap, self._imap = self._imap, None
        if imap is not None:
            with suppress(Exception):
                imap.logout()
            with suppress(Exception):
                imap.shutdown()

    @property
    def _live(self) -> imaplib.IMAP4:
        if self._imap is None:
            raise NotConnected(host=self._way.host, reason="∅")
        left = self._deadline.left(60.0, self._way.host)
        if self._imap.sock is not None:
            self._imap.sock.settimeout(left)
        return self._imap

    @contextmanager
    def _said(self) -> Iterator[None]:
        try:
            yield
        except imaplib.IMAP4.abort as error:
            self.close()
            raise NotConnected(host=self._way.host, reason=_short(error)) from error
        except imaplib.IMAP4.error as error:
            raise MailboxRefused(host=self._way.host, reason=_short(error)) from error
        except ssl.SSLError as error:
            raise NotSecure(host=self._way.host, reason=_short(error)) from error
        except OSError as error:
            self.close()
            raise NotConnected(host=self._way.host, reason=_short(error)) from error


def _dialled(way: MailWay, address: str, job: Job, seconds: float) -> imaplib.IMAP4:
    """The connection goes to the checked address; the name still counts for the certificate."""
    context = context_of(job, way.tls) if way.encrypted else None

    class Dialled(imaplib.IMAP4):
        def _create_socket(self, timeout: float | None) -> socket.socket:
            plain = socket.create_connection((address, way.port), timeout)
            if context is not None and way.port != 143:
                return context.wrap_socket(plain, server_hostname=way.host)
            return plain

    found = Dialled(way.host, way.port, timeout=seconds)
    if context is not None and way.port == 143:
        found.starttls(context)
    return found


def quoted(folder: str) -> str:
    """A folder's name as IMAP writes it: modified UTF-7, in quotes."""
    out = ""
    for run in re.findall(r"[\x20-\x7e]+|[^\x20-\x7e]+", folder):
        if run.isascii() and run.isprintable():
            out += run.replace("&", "&-")
        else:
            coded = base64.b64encode(run.encode("utf-16-be")).decode().rstrip("=").replace("/", ",")
            out += f"&{coded}-"
    return '"' + out.replace("\\", "\\\\").replace('"', '\\"') + '"'


def readable(name: str) -> str:
    """The other way round."""

    def one(found: re.Match[str]) -> str:
        if not found[1]:
            return "&"
        coded = found[1].replace(",", "/")
        return base64.b64decode(coded + "=" * (-len(coded) % 4)).decode("utf-16-be", "replace")

    return re.sub(r"&([^-]*)-", one, name)


def _line(found: object) -> str:
    first = found[0] if isinstance(found, list | tuple) and found else b""
    return first.decode("utf-8", "replace") if isinstance(first, bytes) else ""


def _short(error: BaseException | None) -> str:
    return " ".join(str(error or "∅").split())[:200] or type(error).__name__
