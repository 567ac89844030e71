"""Identifiers of X-Road: `INSTANCE/CLASS/MEMBER/SUBSYSTEM/SERVICE`, each part percent-encoded on the wire."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote

from tinh.axis.errors import IdentifierRefused

LONGEST = 255
_ALLOWED = re.compile(r"[A-Za-z0-9'()+,\-.=?]{1,64}")
_SEGMENT = re.compile(rb"(?:[A-Za-z0-9\-._~!$&'()*+,;=:@]|%[0-9A-Fa-f]{2})+")
_HEX = re.compile(rb"%([0-9A-Fa-f]{2})")
_UNSAID = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\ufeff]")
_PLAIN = "-._~!$&'()*+,;=:@"  # what a segment of a path may hold without being encoded


def decoded(segment: bytes) -> str:
    """One part as it was written, percent-encoded UTF-8; ValueError when it is not that."""
    if not _SEGMENT.fullmatch(segment):
        raise ValueError("not a percent-encoded part")
    text = _HEX.sub(lambda m: bytes([int(m[1], 16)]), segment).decode("utf-8")
    if _UNSAID.search(text) or not text.strip() or len(text) > LONGEST:
        raise ValueError("control characters, nothing, or too long")
    return text


def encoded(part: str) -> str:
    return quote(part, safe=_PLAIN)


def checked(part: str, wanted: str) -> str:
    """A part that may be given to something new; IdentifierRefused otherwise."""
    if not _ALLOWED.fullmatch(part) or part in {".", ".."}:
        raise IdentifierRefused(part=part[:80], wanted=wanted)
    return part


@dataclass(frozen=True, slots=True)
class Name:
    """An identifier by its parts: 3 name a member, 4 a subsystem, 5 a service."""

    parts: tuple[str, ...]

    @property
    def text(self) -> str:
        """As headers carry it and the log keeps it: each part encoded."""
        return "/".join(encoded(part) for part in self.parts)

    @property
    def member(self) -> str:
        return Name(self.parts[:3]).text

    @property
    def subsystem(self) -> str:
        return Name(self.parts[:4]).text

    @property
    def spoken(self) -> str:
        """As faults name it: `SERVICE:INSTANCE/CLASS/…`."""
        kind = {3: "MEMBER", 4: "SUBSYSTEM", 5: "SERVICE"}[len(self.parts)]
        return f"{kind}:{'/'.join(self.parts)}"


def of_header(value: str, least: int, most: int) -> Name:
    """An identifier out of a header (latin-1 as the wire gave it); ValueError when it is none."""
    segments = value.strip().encode("latin-1").split(b"/")
    if not least <= len(segments) <= most:
        raise ValueError("the wrong number of parts")
    return Name(tuple(decoded(segment) for segment in segments))


def named(text: str, wanted: str) -> Name:
    """What a person wrote, with as many parts as `wanted` shows; IdentifierRefused otherwise."""
    parts = text.strip().strip("/").split("/")
    if len(parts) != len(wanted.split("/")):
        raise IdentifierRefused(part=text[:80], wanted=wanted)
    return Name(tuple(checked(part, wanted) for part in parts))
