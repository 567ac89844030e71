"""What is to be told to somebody, before it is known how it goes out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Channel = Literal["mail", "sms", "push"]


@dataclass(frozen=True, slots=True)
class Notice:
    """One message to one person.

    to        the e-mail address; for sms a telephone number, for push the number of a device
    channel   how it goes out
    subject   one line; body: plain text, paragraphs apart by blank lines
    key       what the notice stands for: the same key is never sent twice to the same address
    about     what it speaks of, `dataset:telecom-monthly`, for whoever looks for it
    name      of the recipient, for the address line
    after     not before this moment
    link      the page it leads to, by its path; push opens it
    secret    holds a key or a link that opens something: shown to nobody, blanked once it is sent
    citizen   goes to whoever sent or follows a report: the outbox says neither who that is nor what it says
    """

    to: str
    subject: str
    body: str
    key: str
    about: str = ""
    name: str = ""
    language: Literal["vi", "en"] = "vi"
    after: datetime | None = None
    secret: bool = False
    citizen: bool = False
    channel: Channel = "mail"
    link: str = ""
