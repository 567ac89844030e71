"""Every way a notice can go out, opened when the first notice of a round needs it."""

from __future__ import annotations

from contextlib import ExitStack
from typing import Protocol

from tinh.channels import mail, push, sms
from tinh.channels.mail import Fault
from tinh.channels.models import Outgoing


class Sender(Protocol):
    def send(self, one: Outgoing) -> Fault | None: ...


def ways_open() -> frozenset[str]:
    """The channels that are set up: mail and text messages by settings; push needs none."""
    return frozenset(
        way
        for way, is_open in (("mail", mail.configured()), ("sms", sms.configured()), ("push", True))
        if is_open
    )


class Senders:
    """One round's conversations, one a channel."""

    def __enter__(self) -> Senders:
        self._stack = ExitStack()
        self._open: dict[str, Sender] = {}
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def send(self, one: Outgoing) -> Fault | None:
        """Hand a notice over; None once it is taken."""
        if one.channel not in self._open:
            self._open[one.channel] = self._sender(one.channel)
        return self._open[one.channel].send(one)

    def _sender(self, channel: str) -> Sender:
        match channel:
            case "sms":
                return self._stack.enter_context(sms.Texter())
            case "push":
                return self._stack.enter_context(push.Pusher())
            case _:
                return self._stack.enter_context(mail.Mailer())
