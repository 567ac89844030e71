"""Every setting of a running server: its name, default and help live here and nowhere else.

`TINH_<FIELD>` in the environment sets a field; `field_help()` is what the documentation and
the command line print.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from tinh.site.errors import SettingRefused

PREFIX = "TINH_"


def _data_folder() -> Path:
    base = os.environ.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    return Path(base) / "tinh"


class Options(BaseModel):
    """Settings of one server of one province."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    home: Path = Field(
        default_factory=_data_folder, description="Folder that holds the data of all provinces."
    )
    province: Path = Field(Path("provinces/thai-nguyen"), description="Folder of the province to serve.")
    database_url: str = Field(
        "",
        description="PostgreSQL to use (postgresql://…). Empty: an embedded one in the data folder.",
    )
    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: int = Field(8000, ge=0, le=65535, description="Port to listen on; 0 takes a free one.")
    lang: Literal["vi", "en"] = Field("vi", description="Language of a visitor who has not chosen one.")
    allowed_hosts: str = Field(
        "", description="Host names the server answers to, comma separated. Empty: this machine's own names."
    )
    tls: bool = Field(False, description="The server is reached by https: secure cookies and HSTS.")
    behind_proxy: bool = Field(
        False, description="A reverse proxy in front sets X-Forwarded-For and X-Forwarded-Proto."
    )
    secret_key: str = Field("", description="Signing key. Empty: made once and kept in the data folder.")
    smtp_url: str = Field(
        "",
        description="Mail server: smtp://user@host:587?tls=starttls, smtps://user@host:465 or "
        "smtp://host:25. Empty: notices wait in the outbox.",
    )
    smtp_password: str = Field("", description="Password of the mail server's account.")
    public_url: str = Field(
        "", description="Address people open, for links in mail: https://tinh.thainguyen.gov.vn."
    )
    mail_from: str = Field("", description="Sender of the mail: tinh@thainguyen.gov.vn.")
    sms_url: str = Field(
        "",
        description="Gateway of text messages: https://… (docs/reference/channels.md) or folder:/path. "
        "Empty: text messages wait in the outbox.",
    )
    sms_token: str = Field("", description="Token the gateway of text messages asks for.")
    sms_sender: str = Field("", description="Name or number that text messages come from.")
    sms_plain: bool = Field(
        True, description="Text messages go without diacritics: 160 letters each, not 70."
    )
    push_contact: str = Field(
        "",
        description="Whom push services may write to, as mailto:… Empty: the mail's sender.",
    )
    push_hosts: str = Field(
        "", description="Push services besides those of the makers of browsers: host names, comma separated."
    )
    max_upload_mb: int = Field(2048, ge=1, description="Largest delivery accepted, in megabytes.")
    serving: int = Field(
        1, ge=1, le=64,
        description="Processes that answer requests. 1: one process does everything; more: that many beside "
        "the one that works in the background.",
    )  # fmt: skip
    pool: int = Field(
        24, ge=2,
        description="Most database connections one process keeps open; several serving processes share twice "
        "as many.",
    )  # fmt: skip
    axis_proxies: str = Field(
        "",
        description="Proxies (addresses, comma separated) whose X-Tinh-Client-Certificate is believed.",
    )
    axis_tsa: str = Field(
        "", description="Timestamp authority (RFC 3161, http or https) for the message log. Empty: none."
    )
    axis_tsa_roots: str = Field(
        "", description="PEM file of the roots under which its timestamps are trusted."
    )
    outlooks: Literal["auto", "off"] = Field(
        "auto",
        description="Forecasts, outlooks and anomalies: computed in the background, or only when asked for.",
    )
    access_log_days: int = Field(
        731, ge=365, le=36_600, description="Days that lines of the access log are kept; a year at least."
    )
    log: Literal["debug", "info", "warning", "error"] = Field("info", description="How much is logged.")


def read_options(environ: Mapping[str, str] | None = None, **given: Any) -> Options:
    """Options from the environment; `given` values that are not None win."""
    source = os.environ if environ is None else environ
    found: dict[str, Any] = {
        name: source[PREFIX + name.upper()]
        for name in Options.model_fields
        if source.get(PREFIX + name.upper(), "") != ""
    }
    found.update({name: value for name, value in given.items() if value is not None})
    try:
        options = Options.model_validate(found)
    except ValidationError as fault:
        first = fault.errors()[0]
        name = PREFIX + ".".join(str(part) for part in first["loc"]).upper()
        raise SettingRefused(name=name, value=str(first["input"])[:80], reason=first["msg"]) from fault
    return options.model_copy(
        update={
            "home": options.home.expanduser().absolute(),
            "province": options.province.expanduser().absolute(),
        }
    )


def field_help() -> list[tuple[str, str, str]]:
    """(environment name, default, help) of every setting."""
    rows = []
    for name, field in Options.model_fields.items():
        default = (
            "$XDG_DATA_HOME/tinh" if name == "home" else str(field.get_default(call_default_factory=False))
        )
        rows.append((PREFIX + name.upper(), default, field.description or ""))
    return rows
