"""What leaves the house for people: notices, written down first and sent once; reminders as digests.

Comes in: a `Notice` (`send`); matters and people (`round_of`, `send_now`). Goes out: mail through
the province's own server, by `deliver`, which the clock calls; what became of each notice
(`outbox`, `outgoing`); who would be told what (`plan`). Refuses: to send the same key twice, to
lose what was written down, and to write to anybody twice a day or on a day off.
"""

from __future__ import annotations

from tinh.channels.errors import (
    ChannelError,
    NobodyToRemind,
    NoMailServer,
    NoSuchNotice,
    NoSuchPause,
    PauseUnfit,
    ReasonMissing,
)
from tinh.channels.letters import Writer
from tinh.channels.mail import configured
from tinh.channels.models import Outgoing, Pause, Reminded, Round, State
from tinh.channels.notice import Notice
from tinh.channels.outbox import (
    Counts,
    counts,
    deliver,
    forget,
    is_address,
    outbox,
    outgoing,
    send,
    send_again,
)
from tinh.channels.reminders import (
    RHYTHMS,
    Clockwork,
    Desk,
    Digest,
    Item,
    Matter,
    Person,
    Rhythm,
    Told,
    items_of,
    joined,
    plan,
)
from tinh.channels.rounds import (
    ABOUT,
    Sent,
    pause,
    pauses,
    reminded,
    resume,
    rhythm_of,
    rhythms,
    round_done,
    round_of,
    rounds,
    send_now,
    set_rhythm,
    told,
    told_to,
)

__all__ = [
    "ABOUT",
    "RHYTHMS",
    "ChannelError",
    "Clockwork",
    "Counts",
    "Desk",
    "Digest",
    "Item",
    "Matter",
    "NoMailServer",
    "NoSuchNotice",
    "NoSuchPause",
    "NobodyToRemind",
    "Notice",
    "Outgoing",
    "Pause",
    "PauseUnfit",
    "Person",
    "ReasonMissing",
    "Reminded",
    "Rhythm",
    "Round",
    "Sent",
    "State",
    "Told",
    "Writer",
    "configured",
    "counts",
    "deliver",
    "forget",
    "is_address",
    "items_of",
    "joined",
    "outbox",
    "outgoing",
    "pause",
    "pauses",
    "plan",
    "reminded",
    "resume",
    "rhythm_of",
    "rhythms",
    "round_done",
    "round_of",
    "rounds",
    "send",
    "send_again",
    "send_now",
    "set_rhythm",
    "told",
    "told_to",
]
