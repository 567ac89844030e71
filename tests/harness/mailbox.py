"""A real SMTP server on loopback that keeps what it is given, and misbehaves on demand."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller


class Mailbox:
    """`refusals`: what the next recipients are answered, one each; `deaf`: it hangs up on the message."""

    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []
        self.refusals: list[str] = []
        self.deaf = 0

    async def handle_RCPT(self, _s: Any, _session: Any, envelope: Any, address: str, _o: Any) -> str:
        if self.refusals:
            return self.refusals.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, _session: Any, envelope: Any) -> str:
        self.messages.append(message_from_bytes(envelope.content, policy=policy.default))  # type: ignore[arg-type]
        if self.deaf:
            self.deaf -= 1
            server.transport.close()  # the message is kept and the sender never hears of it
        return "250 kept"


@contextmanager
def mailbox() -> Iterator[Mailbox]:
    """The server, named in Django's settings while it runs."""
    from django.test import override_settings

    box = Mailbox()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = Controller(box, hostname="127.0.0.1", port=port)
    server.start()
    try:
        with override_settings(
            EMAIL_HOST="127.0.0.1",
            EMAIL_PORT=port,
            EMAIL_TIMEOUT=5,
            DEFAULT_FROM_EMAIL="tinh@example.vn",
            EMAIL_BACKEND="django.core.mail.backends.smtp.EmailBackend",
        ):
            yield box
    finally:
        server.stop()
