"""A real IMAP server (Dovecot) on loopback, its mailboxes in a temporary folder, stopped afterwards."""

from __future__ import annotations

import contextlib
import getpass
import imaplib
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.harness.databases import free_port

PASSWORD = "mật-khẩu-thư"


class Post:
    """Every account opens with one password."""

    host = "127.0.0.1"

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        program = shutil.which("dovecot") or "/usr/sbin/dovecot"
        if not Path(program).exists():
            pytest.skip("dovecot is not installed")
        me = getpass.getuser()
        (self.folder / "thu").mkdir(mode=0o777)
        uid, gid = (65534, 65534) if os.geteuid() == 0 else (os.getuid(), os.getgid())
        os.chown(self.folder / "thu", uid, gid)
        self.folder.chmod(0o755)
        users = "" if os.geteuid() == 0 else f"default_internal_user = {me}\ndefault_login_user = {me}\n"
        config = self.folder / "dovecot.conf"
        config.write_text(f"""
base_dir = {self.folder}/run
state_dir = {self.folder}/state
log_path = {self.folder}/log
protocols = imap
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
auth_mechanisms = plain login
mail_location = maildir:{self.folder}/thu/%u
first_valid_uid = 1
{users}
passdb {{
  driver = static
  args = password={{plain}}{PASSWORD}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={self.folder}/thu/%u
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {self.port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service anvil {{
  chroot =
}}
""")
        self._process = subprocess.Popen([program, "-F", "-c", str(config)])
        end = time.monotonic() + 20
        while time.monotonic() < end and self._process.poll() is None:
            with contextlib.suppress(OSError), socket.create_connection((self.host, self.port), 1):
                return
            time.sleep(0.05)
        raise RuntimeError((self.folder / "log").read_text() if (self.folder / "log").exists() else "")

    def stop(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.send_signal(signal.SIGTERM)
            process.wait(20)

    @contextlib.contextmanager
    def signed_in(self, user: str) -> Iterator[imaplib.IMAP4]:
        box = imaplib.IMAP4(self.host, self.port)
        box.authenticate("PLAIN", lambda _: f"\x00{user}\x00{PASSWORD}".encode())
        try:
            yield box
        finally:
            box.logout()

    def put(self, user: str, *mails: bytes, folder: str = "INBOX") -> None:
        with self.signed_in(user) as box:
            for mail in mails:
                kind, found = box.append(folder, "", "", mail)
                assert kind == "OK", found

    def flags(self, user: str, folder: str = "INBOX") -> list[str]:
        with self.signed_in(user) as box:
            kind, _ = box.select(folder, readonly=True)
            if kind != "OK":
                return []
            _, found = box.fetch("1:*", "(FLAGS)")
            return [one.decode() for one in found if isinstance(one, bytes)]


@contextlib.contextmanager
def post() -> Iterator[Post]:
    with tempfile.TemporaryDirectory(prefix="tinh-thu-") as folder:
        found = Post(Path(folder))
        found.start()
        try:
            yield found
        finally:
            found.stop()
