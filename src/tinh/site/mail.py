"""The mail server and the gateway of text messages a province names, each in one address."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal
from urllib.parse import parse_qs, unquote, urlsplit

from tinh.site.errors import SettingRefused
from tinh.site.options import Options

_PORTS = {"smtp": 25, "smtps": 465}


@dataclass(frozen=True, slots=True)
class MailServer:
    host: str = ""
    port: int = 25
    user: str = ""
    tls: Literal["none", "starttls", "tls"] = "none"


def mail_server(options: Options) -> MailServer:
    """What `TINH_SMTP_URL` says; no host where nothing was said."""
    url = options.smtp_url.strip()
    if not url:
        return MailServer()
    try:
        parts = urlsplit(url)
        port = parts.port or _PORTS[parts.scheme]
    except (ValueError, KeyError):
        raise _refused("smtp://host:port, smtps://host:port") from None
    asked = parse_qs(parts.query).get("tls", [""])[0]
    if not parts.hostname or asked not in ("", "none", "starttls") or parts.password:
        # a password in an address ends up in process lists and logs
        raise _refused("smtp://user@host:port?tls=starttls; TINH_SMTP_PASSWORD")
    if parts.scheme == "smtps":
        return MailServer(parts.hostname, port, unquote(parts.username or ""), "tls")
    return MailServer(
        parts.hostname, port, unquote(parts.username or ""), "starttls" if asked == "starttls" else "none"
    )


def text_gateway(options: Options) -> str:
    """What `TINH_SMS_URL` says, known to be something that can be spoken to; "" where nothing was said."""
    url = options.sms_url.strip()
    try:
        parts = urlsplit(url)
        web = parts.scheme in ("http", "https") and parts.hostname and not parts.password and parts.port != 0
    except ValueError:
        web = False
    if url and not web and not url.startswith("folder:/"):
        raise SettingRefused(
            name="TINH_SMS_URL", value="…", reason="https://host/path, folder:/path; TINH_SMS_TOKEN"
        )
    return url


def _refused(form: str) -> SettingRefused:
    return SettingRefused(name="TINH_SMTP_URL", value="…", reason=form)
