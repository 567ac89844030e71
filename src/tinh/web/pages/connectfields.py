"""What is asked of a person for each kind of source, and how the answers become a declaration."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tinh.packs.api import secret_name
from tinh.web.words import words


@dataclass(frozen=True, slots=True)
class Asked:
    """One field of a form. `path` is its place in the declaration's group; a secret has none of its own:
    its value goes to the vault, and the declaration holds its name."""

    path: str
    form: str = "text"  # text, number, secret, long, select, tick
    must: bool = False
    options: tuple[str, ...] = ()
    start: str = ""


_AFTER = Asked("after", "select", options=("leave", "move", "delete"))
FIELDS: Mapping[str, tuple[Asked, ...]] = {
    "sql": (
        Asked("engine", "select", True, ("mariadb", "mysql", "postgresql", "sqlite")),
        Asked("host"), Asked("port", "number"), Asked("database"), Asked("file"), Asked("user"),
        Asked("password", "secret"),
        Asked("tls.mode", "select", options=("auto", "verify", "require", "off")),
        Asked("tls.authority", "long"), Asked("allow_private", "tick"),
    ),
    "http": (
        Asked("url", must=True), Asked("format", "select", True, ("json", "csv", "ndjson", "xlsx")),
        Asked("records"), Asked("basic.user"), Asked("basic.secret", "secret"),
        Asked("oauth.url"), Asked("oauth.client"), Asked("oauth.secret", "secret"), Asked("oauth.scope"),
        Asked("allow_private", "tick"),
    ),
    "sftp": (
        Asked("host", must=True), Asked("port", "number", start="22"), Asked("user", must=True),
        Asked("password", "secret"), Asked("key", "secret-long"), Asked("path", must=True),
        Asked("patterns", start="*"), _AFTER, Asked("allow_private", "tick"),
    ),
    "s3": (
        Asked("endpoint"), Asked("bucket", must=True), Asked("region"), Asked("prefix"),
        Asked("access_key", "secret"), Asked("secret_key", "secret"), Asked("patterns", start="*"), _AFTER,
        Asked("allow_private", "tick"),
    ),
    "mqtt": (
        Asked("host", must=True), Asked("port", "number", start="8883"), Asked("topics", must=True),
        Asked("user"), Asked("password", "secret"), Asked("share"), Asked("parts"), Asked("value"),
        Asked("tls.mode", "select", options=("auto", "verify", "require", "off")),
        Asked("tls.authority", "long"), Asked("allow_private", "tick"),
    ),
    "mail": (
        Asked("host", must=True), Asked("port", "number", start="993"), Asked("user", must=True),
        Asked("password", "secret"), Asked("folder", start="INBOX"), Asked("senders", "long", True),
        Asked("trust"), Asked("subject"), Asked("patterns", start="*.xlsx, *.xls, *.csv"),
        Asked("after", "select", options=("seen", "leave", "move")), Asked("done"), Asked("failed"),
        Asked("answer", "tick"),
        Asked("tls.mode", "select", options=("auto", "verify", "require", "off")),
        Asked("tls.authority", "long"), Asked("allow_private", "tick"),
    ),
    "cloudevents": (
        Asked("secret", "secret"), Asked("types"), Asked("sources"), Asked("records"),
        Asked("columns", "long"), Asked("attributes", "long"), Asked("origins"), Asked("rate", "number"),
    ),
    "folder": (
        Asked("path", must=True), Asked("patterns", start="*"),
        Asked("after", "select", options=("leave", "move")),
    ),
}  # fmt: skip
KINDS = ("sql", "http", "sftp", "s3", "mqtt", "mail", "cloudevents", "folder")
_LISTS = ("patterns", "topics", "types", "sources", "origins")


def group_of(kind: str, id: str, sent: Mapping[str, str], before: Mapping[str, Any]) -> dict[str, Any]:
    """The kind's group of a declaration; a secret that is not typed again stays as it was."""
    group: dict[str, Any] = dict(before)
    for one in FIELDS[kind]:
        text = sent.get(one.path, "").strip()
        value: Any = text
        if one.form.startswith("secret"):
            value = secret_name(id, one.path) if text else _at(before, one.path)
        elif one.form == "tick":
            value = bool(text)
        elif one.form == "number":
            value = int(text) if text.isdecimal() and len(text) < 6 else 0
        elif one.path in _LISTS:
            value = [part.strip() for part in text.split(",") if part.strip()]
            value = value or (["*"] if one.path == "patterns" else [])
        elif one.path in ("senders", "parts", "columns", "attributes"):
            value = _pairs(text, one.path == "parts")
        _put(group, one.path, value)
    if kind == "sql" and group.get("engine") == "sqlite":
        group = {
            k: v for k, v in group.items() if k not in ("host", "port", "database", "user", "password", "tls")
        }
    for inner, needed in (("basic", "user"), ("oauth", "url")):
        if kind == "http" and not (group.get(inner) or {}).get(needed):
            group.pop(inner, None)
    return group


def _pairs(text: str, numbers: bool) -> dict[str, Any]:
    """`name = value` by lines or commas; a value that should be a number and is none stays as typed."""
    found: dict[str, Any] = {}
    for part in text.replace(",", "\n").splitlines():
        name, _, value = (side.strip() for side in part.partition("="))
        if name:
            found[name] = int(value) if numbers and value.isdecimal() and len(value) < 4 else value
    return found


def secrets_of(kind: str, id: str, sent: Mapping[str, str]) -> dict[str, str]:
    """The secrets that were typed, by the name they are kept under."""
    return {
        secret_name(id, one.path): sent[one.path].replace("\r\n", "\n")
        for one in FIELDS[kind]
        if one.form.startswith("secret") and sent.get(one.path, "").strip()
    }


def shown(
    kind: str, values: Mapping[str, Any], sent: Mapping[str, str], kept: Mapping[str, str], language: str
) -> list[dict[str, Any]]:
    """The form's fields as the page shows them; a kept secret shows only the day it was set."""
    say = words(language)
    out = []
    for one in FIELDS[kind]:
        now = _at(values, one.path)
        secret = one.form.startswith("secret")
        text = _spelt(now, one.form)
        key = one.path.replace(".", "_")
        word = f"f_{kind}_{key}" if key in _OWN.get(kind, ()) else f"f_{key}"
        hinted = (key in _HINTS and word == f"f_{key}") or (kind, key) in _HINTED
        options = [(option, _option(say, one.path, option)) for option in one.options]
        out.append({
            "path": one.path, "form": one.form, "must": one.must, "id": f"f-{key}",
            "label": say(f"connectors.{word}"),
            "hint": say(f"connectors.h_{_BY_PORT.get((kind, key), key)}") if hinted else "",
            "value": "" if secret else (sent.get(one.path, text) or ("" if now else one.start)),
            "on": bool(now), "options": options, "kept": kept.get(str(now or ""), "") if secret else "",
        })  # fmt: skip
    return out


def _spelt(now: Any, form: str) -> str:
    """What a declaration says, as a person types it."""
    if isinstance(now, list):
        return ", ".join(now)
    if isinstance(now, Mapping):
        parts = [f"{name} = {value}" if value != "" else str(name) for name, value in now.items()]
        return ("\n" if form == "long" else ", ").join(parts)
    return str(now if now not in (None, 0, False) else "")


_OWN = {
    "sftp": ("path", "key"), "folder": ("path",), "mqtt": ("host", "user", "port"),
    "mail": ("host", "user", "port", "after", "folder"),
    "cloudevents": ("secret", "types", "sources", "records"),
}  # fmt: skip
_HINTS = {"host", "port", "file", "user", "tls_mode", "tls_authority", "allow_private", "records", "patterns",
          "endpoint", "prefix", "url", "oauth_url", "topics", "share", "parts", "value", "senders", "trust",
          "subject", "done", "answer", "columns", "attributes", "origins"}  # fmt: skip


_HINTED = {("cloudevents", "secret"), ("cloudevents", "types")}
_BY_PORT = {("mqtt", "tls_mode"): "tls_port", ("mail", "tls_mode"): "tls_port"}


def _option(say: Any, path: str, option: str) -> str:
    named = {"tls.mode": "tls", "after": "after"}.get(path)
    return str(say(f"connectors.{named}_{option}")) if named else option


def _at(values: Mapping[str, Any], path: str) -> Any:
    found: Any = values
    for step in path.split("."):
        found = found.get(step) if isinstance(found, Mapping) else None
    return found


def _put(values: dict[str, Any], path: str, value: Any) -> None:
    head, _, last = path.rpartition(".")
    if head:
        values[head] = dict(values.get(head) or {})
        values = values[head]
    values[last] = value
