"""The kind `sftp`: files of a folder on an SFTP server whose key is known."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import posixpath
import socket
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import paramiko

from tinh.kit.durable import write
from tinh.packs.api import SftpWay
from tinh.sources.connector_errors import (
    HostKeyChanged,
    HostKeyUnknown,
    KeyUnreadable,
    NothingToSee,
    RemoteUnreadable,
    SignInRefused,
)
from tinh.sources.feeds.errors import FeedError, FileNotTaken, NotConnected, TooMuch
from tinh.sources.feeds.files import pull_files
from tinh.sources.feeds.folder import Seen, StillWritten, fits
from tinh.sources.feeds.glimpse import first_rows
from tinh.sources.feeds.job import Done, Job, Look, Thing, Walk
from tinh.sources.feeds.network import Deadline
from tinh.sources.limits import MB, size_text

_BLOCK = 1 << 18
_TRIES = 4  # connections for one file
_BROKEN = (paramiko.SSHException, EOFError, ConnectionError, TimeoutError)


def _way(job: Job) -> SftpWay:
    assert job.feed.sftp is not None
    return job.feed.sftp


def pull(job: Job) -> Done:
    place = _Place(job, job.deadline(_way(job).total))
    try:
        return pull_files(job, place, _way(job).settle, _way(job).after)
    finally:
        place.close()


class _Place:
    """The folder over one connection, made again when it breaks."""

    def __init__(self, job: Job, deadline: Deadline) -> None:
        self._job, self._way, self._deadline = job, _way(job), deadline
        self._transport: paramiko.Transport | None = None
        self._client: paramiko.SFTPClient | None = None
        folder = job.home / "feeds"
        self._partial = folder / f"{job.feed.id}.partial"
        self._mark = folder / f"{job.feed.id}.partial.json"

    # ── the connection ──────────────────────────────────────────────────────────────

    def reach(self) -> str:
        """Connect; the fingerprint of the server's key, before anything is told to it."""
        way = self._way
        addresses = self._job.addresses(way.host, way.port, way.allow_private, self._deadline)
        last: Exception | None = None
        for address in addresses:
            try:
                wire = socket.create_connection(
                    (address, way.port), timeout=self._deadline.left(way.connect, way.host)
                )
                self._transport = paramiko.Transport(wire)
                self._transport.banner_timeout = self._transport.auth_timeout = way.connect
                self._transport.start_client(timeout=self._deadline.left(way.connect, way.host))
                break
            except (OSError, *_BROKEN) as error:
                last = error
                self.close()
        if self._transport is None:
            raise NotConnected(host=way.host, reason=_short(last)) from last
        key = self._transport.get_remote_server_key()
        digest = hashlib.sha256(key.asbytes()).digest()
        return "SHA256:" + base64.b64encode(digest).decode().rstrip("=")

    def known(self, fingerprint: str) -> None:
        """Whether the server is the one that was approved."""
        way = self._way
        if not way.host_key:
            raise HostKeyUnknown(host=way.host, fingerprint=fingerprint)
        if way.host_key != fingerprint:
            raise HostKeyChanged(host=way.host, fingerprint=fingerprint, known=way.host_key)

    def sign_in(self) -> None:
        assert self._transport is not None
        way, secrets = self._way, self._job.secrets
        try:
            if way.key:
                self._transport.auth_publickey(way.user, self._private_key())
            else:
                self._transport.auth_password(way.user, secrets.get(way.password))
            self._client = paramiko.SFTPClient.from_transport(self._transport)
        except paramiko.AuthenticationException as error:
            raise SignInRefused(host=way.host, user=way.user, reason=_short(error)) from error
        except _BROKEN as error:
            raise NotConnected(host=way.host, reason=_short(error)) from error
        assert self._client is not None
        channel = self._client.get_channel()
        if channel is not None:
            channel.settimeout(60.0)

    def _private_key(self) -> paramiko.PKey:
        way, secrets = self._way, self._job.secrets
        text = secrets.get(way.key)
        phrase = secrets.get(way.passphrase) if way.passphrase else None
        for kind in (paramiko.Ed25519Key, paramiko.ECDSAKey, paramiko.RSAKey):
            with suppress(paramiko.SSHException, ValueError, TypeError, IndexError):
                return kind.from_private_key(io.StringIO(text), password=phrase)
        raise KeyUnreadable(name=way.key)

    @property
    def _sftp(self) -> paramiko.SFTPClient:
        if self._client is None:
            try:
                self.known(self.reach())
                self.sign_in()
            except FeedError:
                self.close()
                raise
        assert self._client is not None
        return self._client

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()
        self._transport = self._client = None

    @contextmanager
    def _said(self, what: str) -> Iterator[None]:
        try:
            yield
        except _BROKEN as error:
            self.close()
            raise NotConnected(host=self._way.host, reason=_short(error)) from error
        except OSError as error:
            raise RemoteUnreadable(path=what, reason=error.strerror or _short(error)) from error

    # ── its files ───────────────────────────────────────────────────────────────────

    def look(self) -> tuple[list[Seen], list[FeedError]]:
        found: list[Seen] = []
        wrong: list[FeedError] = []
        with self._said(self._way.path):
            entries = self._sftp.listdir_attr(self._way.path)
        for entry in entries:
            name, mode = entry.filename, entry.st_mode or 0
            if not fits(name, self._way.patterns) or stat.S_ISDIR(mode):
                continue
            if "/" in name or "\x00" in name or name in ("", ".", ".."):
                wrong.append(FileNotTaken(filename=name[:80], why_vi="tên lạ", why_en="a strange name"))
            elif stat.S_ISLNK(mode):
                wrong.append(FileNotTaken(filename=name, why_vi="đây là liên kết", why_en="it is a link"))
            elif stat.S_ISREG(mode) or not mode:
                found.append(Seen("", name, entry.st_size or 0, int(entry.st_mtime or 0) * 10**9))
        return sorted(found, key=lambda s: (s.changed, s.name)), wrong

    def fetch(self, seen: Seen) -> Path:
        """The file whole, in our own folder; a transfer that broke goes on where it broke."""
        if seen.size > self._way.largest * MB:
            raise TooMuch(limit=size_text(self._way.largest * MB))
        path = self._at(seen.name)
        mark: list[Any] = [seen.name, *seen.mark]
        if not self._mark.exists() or json.loads(self._mark.read_text("utf-8")) != mark:
            self._partial.unlink(missing_ok=True)
            write(self._mark, json.dumps(mark).encode())
        for number in range(_TRIES):
            try:
                self._on(path, seen)
                break
            except NotConnected:
                if number == _TRIES - 1:
                    raise
        self._mark.unlink(missing_ok=True)
        self._partial.replace(self._job.spool.body)
        return self._job.spool.body

    def _on(self, path: str, seen: Seen) -> None:
        with self._said(path):
            facts = self._sftp.stat(path)
            if [facts.st_size, int(facts.st_mtime or 0) * 10**9] != seen.mark:
                raise StillWritten
            with self._partial.open("ab") as into, self._sftp.open(path, "rb") as source:
                if into.tell() > seen.size:
                    into.truncate(0)
                source.seek(into.tell())
                if seen.size - into.tell() > _BLOCK:
                    source.prefetch(seen.size)
                while block := source.read(_BLOCK):
                    self._deadline.left(None, self._way.host)
                    into.write(block)
                came = into.tell()
            after = self._sftp.stat(path)
        if came != seen.size or [after.st_size, int(after.st_mtime or 0) * 10**9] != seen.mark:
            self._partial.unlink(missing_ok=True)
            raise StillWritten

    def put_away(self, seen: Seen, where: str) -> None:
        folder = self._at(where)
        with self._said(folder):
            with suppress(OSError):
                self._sftp.mkdir(folder)
            there = set(self._sftp.listdir(folder))
            stem, end = posixpath.splitext(seen.name)
            number, name = 1, seen.name
            while name in there:
                number += 1
                name = f"{stem} ({number}){end}"
            self._sftp.rename(self._at(seen.name), posixpath.join(folder, name))

    def remove(self, seen: Seen) -> None:
        with self._said(seen.name):
            self._sftp.remove(self._at(seen.name))

    def _at(self, name: str) -> str:
        return posixpath.join(self._way.path, name)


def check(job: Job, walk: Walk) -> None:
    way = _way(job)
    place = _Place(job, job.deadline(max(60.0, way.connect * 2)))
    try:
        with walk.step("Kết nối tới máy chủ", "Connect to the server") as say:
            fingerprint = place.reach()
            say(fingerprint, fingerprint)
        with walk.step("So dấu vân tay đã xác nhận", "Compare with the approved fingerprint"):
            place.known(fingerprint)
        with walk.step("Đăng nhập", "Sign in"):
            place.sign_in()
        with walk.step("Xem thư mục", "See the folder") as say:
            found, wrong = place.look()
            say(
                f"{len(found)} tệp phù hợp, {len(wrong)} không nhận",
                f"{len(found)} files fit, {len(wrong)} do not",
            )
    finally:
        place.close()


def look(job: Job) -> Look:
    place = _Place(job, job.deadline(120.0))
    try:
        found, _ = place.look()
        things = tuple(Thing(one.name, "file", str(one.size)) for one in found[:200])
        if not found:
            return Look(things=things)
        shown = first_rows(place.fetch(found[-1]), found[-1].name)
        return Look(things=things, columns=shown.columns, rows=shown.rows)
    finally:
        place.close()


def sample(job: Job, rows: int) -> tuple[Path, str]:  # noqa: ARG001  a file is looked at whole
    place = _Place(job, job.deadline(_way(job).total))
    try:
        found, _ = place.look()
        if not found:
            raise NothingToSee
        return place.fetch(found[-1]), found[-1].name
    finally:
        place.close()


def _short(error: BaseException | None) -> str:
    return " ".join(str(error or "∅").split())[:200] or type(error).__name__
