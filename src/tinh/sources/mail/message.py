"""One mail taken apart: who sent it, whether that is vouched for, and its attachments with readable names."""

from __future__ import annotations

import email.errors
import email.header
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from email.parser import BytesHeaderParser, BytesParser
from email.policy import compat32
from urllib.parse import unquote_to_bytes

from tinh.kit.errors import Text

_PARTS = 500
_DEPTH = 20
_HEADERS = 256 * 1024
_UNFIT = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]+')
_ADDRESS = r"([^\s<>@,;:\"()\[\]\\]+@[A-Za-z0-9.-]+)"
_FROM = re.compile(rf"{_ADDRESS}|(?:\"(?:[^\"\\]|\\.)*\"|[^<>\"]*?) ?<{_ADDRESS}>")
_OLD = ("utf-8", "cp1258", "latin-1")  # 8-bit names without a charset, as old programs write them


class Unfit(Exception):
    def __init__(self, vi: str, en: str) -> None:
        super().__init__(en)
        self.why = Text(vi, en)


@dataclass(frozen=True, slots=True)
class Attachment:
    filename: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Letter:
    """What the headers say; `sender` is the one address of From, empty when there is none or several."""

    sender: str
    subject: str
    number: str  # Message-ID
    automatic: bool
    vouched: tuple[tuple[str, str, str], ...]  # (method, result, domain) by the trusted server

    @property
    def domain(self) -> str:
        return self.sender.rpartition("@")[2]


def letter_of(headers: bytes, trust: str) -> Letter:
    """The headers of a mail."""
    found = BytesHeaderParser(policy=compat32).parsebytes(headers[:_HEADERS])
    senders = [_address(" ".join(str(h).split())) for h in found.get_all("From", [])]
    automatic = str(found.get("Auto-Submitted", "no")).strip().lower() not in ("", "no")
    bulk = str(found.get("Precedence", "")).strip().lower() in ("bulk", "junk", "list", "auto_reply")
    empty = str(found.get("Return-Path", "x")).strip() == "<>"
    return Letter(
        sender=senders[0] if len(senders) == 1 else "",
        subject=_text(_header(found, "Subject"))[:300], number=str(found.get("Message-ID", ""))[:300],
        automatic=automatic or bulk or empty, vouched=_vouched(found, trust) if trust else (),
    )  # fmt: skip


def _address(text: str) -> str:
    """The one address of a From header, read strictly: what has two readings has none."""
    found = _FROM.fullmatch(text)
    return (found[1] or found[2]).lower() if found else ""


def _vouched(found: Message, trust: str) -> tuple[tuple[str, str, str], ...]:
    """The topmost Authentication-Results of the own server (RFC 8601); those below may be forged."""
    for text in found.get_all("Authentication-Results", []):
        plain = re.sub(r"\([^()]*\)", " ", str(text))
        server, _, rest = plain.partition(";")
        if (server.split() or [""])[0].strip().lower() != trust:
            return ()
        out = []
        for part in rest.split(";"):
            method = re.match(r"\s*(dkim|spf|dmarc)\s*=\s*(\w+)", part, re.I)
            if method:
                where = re.search(
                    r"(?:header\.d|header\.from|header\.i|smtp\.mailfrom)\s*=\s*\"?([^\s;\"]+)", part, re.I
                )
                domain = (where[1] if where else "").rpartition("@")[2].lower()
                out.append((method[1].lower(), method[2].lower(), domain))
        return tuple(out)
    return ()


def proven(letter: Letter) -> bool:
    """Whether the own mail server vouches for the sender's domain."""
    own = letter.domain
    for method, result, domain in letter.vouched:
        aligned = bool(domain) and (own == domain or own.endswith("." + domain))
        if result == "pass" and (aligned or (method == "dmarc" and not domain)):
            return True
    return False


def attachments(raw: bytes) -> Iterator[Attachment]:
    """The files of a mail, in order; Unfit when it is built to trip readers."""
    try:
        whole = BytesParser(policy=compat32).parsebytes(raw)
        count = 0
        for depth, part in _walk(whole, 0):
            count += 1
            if count > _PARTS or depth > _DEPTH:
                raise Unfit("thư lồng quá nhiều lớp", "it is nested too deeply")
            name = name_of(part)
            if not name or part.is_multipart():
                continue
            yield Attachment(name, _content(part))
    except (RecursionError, LookupError, ValueError, AssertionError) as error:
        raise Unfit("cấu trúc thư hỏng", "its structure is broken") from error


def _walk(part: Message, depth: int) -> Iterator[tuple[int, Message]]:
    yield depth, part
    if depth <= _DEPTH and part.get_content_maintype() == "multipart" and part.is_multipart():
        for inner in part.get_payload():
            if isinstance(inner, Message):
                yield from _walk(inner, depth + 1)


def _content(part: Message) -> bytes:
    found = part.get_payload(decode=True)
    return found if isinstance(found, bytes) else b""


def name_of(part: Message) -> str:
    """The file name as people wrote it (RFC 2231, RFC 2047, or bare 8-bit), a name and nothing else."""
    for header, parameter in (("Content-Disposition", "filename"), ("Content-Type", "name")):
        found = _parameter(part, header, parameter)
        if found:
            return clean_name(found)
    return ""


def _header(part: Message, name: str) -> str:
    """A header as it stands, bare 8-bit letters read as what they most likely are."""
    for given, value in part.raw_items():
        if given.lower() == name.lower():
            return _bare(str(value))
    return ""


def _bare(value: str) -> str:
    if not any("\udc80" <= sign <= "\udcff" for sign in value):
        return value
    return _decoded(value.encode("utf-8", "surrogateescape"), "")


def _parameter(part: Message, header: str, name: str) -> str:
    value = _header(part, header)
    if not value or len(value) > 20_000:
        return ""
    alone = Message()
    alone[header] = " ".join(value.splitlines())
    try:
        found = alone.get_param(name, header=header)
    except (ValueError, TypeError, IndexError):
        return ""
    if isinstance(found, tuple):
        charset, _, text = found
        return _decoded(
            text.encode("latin-1", "surrogateescape")
            if text.isascii() is False
            else unquote_to_bytes(text)
            if "%" in text
            else text.encode(),
            charset or "utf-8",
        )
    return _text(found) if isinstance(found, str) else ""


def _text(value: str) -> str:
    """Encoded words and bare bytes as text."""
    plain = re.sub(r"\?=[ \t\r\n]+=\?", "?==?", value)
    try:
        parts = email.header.decode_header(plain)
    except (ValueError, email.errors.HeaderParseError):
        return value
    out = b""
    text = ""
    last: str | None = None
    for content, charset in [*parts, (b"", None)]:
        if isinstance(content, str):
            content, charset = content.encode("utf-8", "surrogateescape"), "utf-8"
        if charset != last and out:
            text += _decoded(out, last or "")
            out = b""
        out, last = out + content, charset
    text += _decoded(out, last or "")
    return unicodedata.normalize("NFC", text)


def _decoded(raw: bytes, charset: str) -> str:
    for one in (charset, *_OLD):
        try:
            return unicodedata.normalize("NFC", raw.decode(one)) if one else raw.decode("utf-8")
        except (UnicodeDecodeError, LookupError):
            continue
    return raw.decode("latin-1")


def clean_name(text: str) -> str:
    """The last part of a path, without what a file system, a terminal or an eye would trip over."""
    name = unicodedata.normalize("NFC", text.replace("\\", "/")).rsplit("/", 1)[-1]
    return _UNFIT.sub("_", " ".join(name.split())).strip(". ")[-180:]
