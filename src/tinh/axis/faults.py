"""Faults as the X-Road Message Protocol for REST words them: type, message, detail, and a header.

`Client.…` is answered with 400, all else with 500; nothing else tells a caller apart from what the
provider itself answers.
"""

from __future__ import annotations

import json
from xml.sax.saxutils import escape

from tinh.kit.errors import Text

BAD_REQUEST = "Client.BadRequest"
UNKNOWN_MEMBER = "Server.ClientProxy.UnknownMember"
NOT_PROVEN = "Server.ClientProxy.SslAuthenticationFailed"
UNKNOWN_SERVICE = "Server.ServerProxy.UnknownService"
ACCESS_DENIED = "Server.ServerProxy.AccessDenied"
SERVICE_DISABLED = "Server.ServerProxy.ServiceDisabled"
SERVICE_FAILED = "Server.ServerProxy.ServiceFailed"
NETWORK_ERROR = "Server.ServerProxy.NetworkError"
LOGGING_FAILED = "Server.ServerProxy.LoggingFailed"
DATABASE_ERROR = "Server.ServerProxy.DatabaseError"
UNREADABLE = Text(
    "Không đọc được yêu cầu REST. Yêu cầu phải theo X-Road Message Protocol for REST (r1): {why}.",
    "Error parsing the client's REST request. Please check that the request format corresponds to the "
    "X-Road Message Protocol for REST (r1): {why}.",
)


class Fault(Exception):
    """An exchange that the axis itself ends."""

    def __init__(self, type: str, message: Text) -> None:
        super().__init__(type)
        self.type = type
        self.message = message

    @property
    def status(self) -> int:
        return 500 if self.type.startswith("Server.") else 400


def bad_request(vi: str, en: str) -> Fault:
    return Fault(BAD_REQUEST, Text(UNREADABLE.vi.format(why=vi), UNREADABLE.en.format(why=en)))


def answer(fault: Fault, detail: str, accept: str, language: str) -> tuple[bytes, bytes]:
    """The media type and the body; XML for whoever asks for it, JSON for everybody else."""
    message = fault.message.en if not language.lower().startswith("vi") else fault.message.vi
    kind = _kind(accept)
    if kind == "application/json":
        said = {"type": fault.type, "message": message, "detail": detail}
        return b"application/json;charset=utf-8", json.dumps(said, ensure_ascii=False).encode()
    text = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f"<error><type>{escape(fault.type)}</type><message>{escape(message)}</message>"
        f"<detail>{escape(detail)}</detail></error>"
    )
    return f"{kind};charset=utf-8".encode(), text.encode()


def _kind(accept: str) -> str:
    for part in accept.split(","):
        wanted = part.split(";", 1)[0].strip().lower()
        if wanted in ("text/xml", "application/xml"):
            return wanted
        if wanted == "text/*":
            return "text/xml"
        if wanted in ("application/json", "*/*", "application/*"):
            return "application/json"
    return "application/json"
