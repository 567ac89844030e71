"""Text messages through the gateway a province has a contract with.

`TINH_SMS_URL` names it: `https://…` takes one JSON message a request, `folder:/path` writes each message as
a file there (trials, and gateways that pick files up). What a gateway must do is written in
docs/reference/channels.md.
"""

from __future__ import annotations

import json
import os
import re
import unicodedata
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from django.conf import settings

from tinh.channels.errors import NotAPhone
from tinh.channels.mail import Fault
from tinh.channels.models import Outgoing
from tinh.sources.api import SourceError, ask

PATIENCE = 20.0  # seconds a gateway has to answer
_SPACES = re.compile(r"[\s.()\-\u00a0]+")
_MOBILE = re.compile(r"(?:\+84|84|0)(?P<rest>[35789]\d{8})\Z")
_ABROAD = re.compile(r"\+[1-9]\d{7,14}\Z")
_PLAIN = str.maketrans({"đ": "d", "Đ": "D", "–": "-", "—": "-", "“": '"', "”": '"', "’": "'", "…": "..."})


class Gateway(Protocol):
    """Takes one message; None once it has it."""

    def send(self, one: Outgoing, text: str) -> Fault | None: ...


def telephone(text: str) -> str:
    """A number in its international form (E.164): `0912 345 678` is +84912345678. Raises NotAPhone."""
    bare = _SPACES.sub("", unicodedata.normalize("NFKC", text))
    home = _MOBILE.match(bare)
    if home and (bare.startswith(("+", "0")) or len(bare) == 11):
        return f"+84{home['rest']}"
    if _ABROAD.match(bare) and not bare.startswith("+84"):
        return bare
    raise NotAPhone(number=text.strip()[:40])


def configured() -> bool:
    return bool(settings.SMS_URL)


def gateway() -> Gateway:
    """The one the settings name."""
    url: str = settings.SMS_URL
    return Folder(Path(url.removeprefix("folder:"))) if url.startswith("folder:") else Http(url)


def text_of(one: Outgoing) -> str:
    """What a telephone shows: the words, and the link where there is one."""
    words = " ".join((one.body or one.subject).split())
    link = settings.PUBLIC_URL + one.link if one.link and settings.PUBLIC_URL else ""
    text = f"{words} {link}".strip()
    return plain(text) if settings.SMS_PLAIN else text


def plain(text: str) -> str:
    """Without diacritics: 160 letters a message instead of 70, which Vietnamese gateways bill by."""
    bare = unicodedata.normalize("NFD", text.translate(_PLAIN))
    return "".join(c for c in bare if not unicodedata.combining(c)).encode("ascii", "replace").decode()


class Http:
    """POST {"id", "to", "from", "text"} with a bearer token. 2xx: taken. 400–499 but 408 and 429: never
    will be. Anything else: later. The id is the same at each try, so that a gateway can tell a repeat."""

    def __init__(self, url: str) -> None:
        self._url = url

    def send(self, one: Outgoing, text: str) -> Fault | None:
        message = {"id": f"notice-{one.pk}", "to": one.address, "from": settings.SMS_SENDER, "text": text}
        headers = {"content-type": "application/json; charset=utf-8"}
        if settings.SMS_TOKEN:
            headers["authorization"] = f"Bearer {settings.SMS_TOKEN}"
        try:
            said = ask(
                "POST", self._url, headers, json.dumps(message, ensure_ascii=False).encode(),
                patience=PATIENCE, private={urlsplit(self._url).hostname or ""},
            )  # fmt: skip
        except SourceError as error:
            return Fault(error.detail().vi[:400], final=False)
        if 200 <= said.status < 300:
            return None
        final = 400 <= said.status < 500 and said.status not in (401, 403, 408, 429)
        return Fault(f"HTTP {said.status} {said.text[:200]}".strip(), final)


class Folder:
    """A file a message, whole or not there; a message sent again replaces its own file."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def send(self, one: Outgoing, text: str) -> Fault | None:
        message = {"id": f"notice-{one.pk}", "to": one.address, "from": settings.SMS_SENDER, "text": text}
        fresh = self._path / f".notice-{one.pk}.new"
        try:
            self._path.mkdir(parents=True, exist_ok=True)
            with fresh.open("w", encoding="utf-8") as file:
                json.dump(message, file, ensure_ascii=False)
                file.flush()
                os.fsync(file.fileno())
            fresh.replace(self._path / f"notice-{one.pk}.json")
        except OSError as error:
            return Fault(f"{type(error).__name__}: {error}"[:400], final=False)
        return None


class Texter:
    """One round's conversation with the gateway."""

    def __enter__(self) -> Texter:
        self._gateway = gateway()
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def send(self, one: Outgoing) -> Fault | None:
        return self._gateway.send(one, text_of(one))
