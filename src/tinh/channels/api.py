"""What leaves the house for people: notices, written down first and sent once; reminders as digests.

Comes in: a `Notice` (`send`); matters and people (`round_of`, `send_now`); browsers that ask to be told
(`sign_on`). Goes out: mail through the province's own server, text messages through its gateway, push
messages to browsers, by `deliver`, which the clock calls; what became of each notice
(`outbox`, `outgoing`); who would be told what (`plan`). Refuses: to send the same key twice, to
lose what was written down, and to write to anybody twice a day or on a day off.
"""

from __future__ import annotations

from tinh.channels.casenotices import pass_on
from tinh.channels.errors import (
    ChannelError,
    DeviceUnfit,
    NobodyToRemind,
    NoMailServer,
    NoSuchNotice,
    NoSuchPause,
    NotAPhone,
    PauseUnfit,
    ReasonMissing,
)
from tinh.channels.letters import Writer
from tinh.channels.mail import configured
from tinh.channels.models import Outgoing, Pause, Reminded, Round, State
from tinh.channels.notice import Channel, Notice
from tinh.channels.outbox import (
    Counts,
    counts,
    deliver,
    erase_person,
    forget,
    is_address,
    of_person,
    outbox,
    outgoing,
    send,
    send_again,
)
from tinh.channels.push import devices_of, public_key, sign_off, sign_on
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
from tinh.channels.senders import ways_open
from tinh.channels.sms import telephone

__all__ = [
    "ABOUT",
    "RHYTHMS",
    "Channel",
    "ChannelError",
    "Clockwork",
    "Counts",
    "Desk",
    "DeviceUnfit",
    "Digest",
    "Item",
    "Matter",
    "NoMailServer",
    "NoSuchNotice",
    "NoSuchPause",
    "NobodyToRemind",
    "NotAPhone",
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
    "devices_of",
    "erase_person",
    "forget",
    "is_address",
    "items_of",
    "joined",
    "of_person",
    "outbox",
    "outgoing",
    "pass_on",
    "pause",
    "pauses",
    "plan",
    "public_key",
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
    "sign_off",
    "sign_on",
    "telephone",
    "told",
    "told_to",
    "ways_open",
]
