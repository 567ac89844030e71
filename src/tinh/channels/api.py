"""What leaves the house for people: notices, written down first and sent once.

Comes in: a `Notice` (`send`). Goes out: mail through the province's own server, by `deliver`, which
the clock calls; what became of each notice (`outbox`, `outgoing`). Refuses: to send the same key
twice, and to lose what was written down.
"""

from __future__ import annotations

from tinh.channels.errors import ChannelError, NoSuchNotice
from tinh.channels.mail import configured
from tinh.channels.models import Outgoing, State
from tinh.channels.notice import Notice
from tinh.channels.outbox import Counts, counts, deliver, forget, outbox, outgoing, send, send_again

__all__ = [
    "ChannelError",
    "Counts",
    "NoSuchNotice",
    "Notice",
    "Outgoing",
    "State",
    "configured",
    "counts",
    "deliver",
    "forget",
    "outbox",
    "outgoing",
    "send",
    "send_again",
]
