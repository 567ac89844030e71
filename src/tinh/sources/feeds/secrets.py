"""Secrets of one pull by name, and texts cleaned of every one that was handed out."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

from tinh.sources.feeds.errors import SecretMissing
from tinh.sources.vault import Vault

_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_SHORTEST = 3  # a shorter secret is in every text
HIDDEN = "…"


class Secrets:
    """Secrets by name: the environment, then the vault, then lines `NAME=value` of a file."""

    def __init__(self, home: Path | None = None, environ: Mapping[str, str] | None = None) -> None:
        self._vault = Vault(home if home is not None else Path("/nonexistent"), environ)
        self._file = home / "secrets" if home is not None else None
        self._told: dict[str, str] = {}

    def get(self, name: str) -> str:
        value = self._vault.get(name) or self._written().get(name, "")
        if not value:
            raise SecretMissing(name=name)
        self.hide(value)
        return value

    def hide(self, value: str) -> None:
        """Take `value`, however spelt, out of every text that is cleaned from now on."""
        if len(value) >= _SHORTEST:
            for form in _spellings(value):
                self._told[form] = HIDDEN

    def clean(self, text: str) -> str:
        """`text` without the secrets that were handed out."""
        for form in sorted(self._told, key=len, reverse=True):
            text = text.replace(form, HIDDEN)
        return text

    def cleaned(self, value: Any) -> Any:
        """The same for every text inside lists and mappings."""
        if isinstance(value, str):
            return self.clean(value)
        if isinstance(value, dict):
            return {key: self.cleaned(one) for key, one in value.items()}
        if isinstance(value, list | tuple):
            return type(value)(self.cleaned(one) for one in value)
        return value

    def _written(self) -> dict[str, str]:
        if self._file is None or not self._file.is_file():
            return {}
        found = {}
        for line in self._file.read_text(encoding="utf-8").splitlines():
            name, equals, value = line.partition("=")
            if equals and _PLAIN.fullmatch(name.strip()):
                found[name.strip()] = value.strip()
        return found


def _spellings(value: str) -> set[str]:
    """As it is, as addresses, JSON, Python and headers write it, and its lines where there are many."""
    forms = {value, quote(value, safe=""), quote(value), quote_plus(value), json.dumps(value)[1:-1]}
    forms |= {repr(value)[1:-1], base64.b64encode(value.encode("utf-8", "surrogatepass")).decode()}
    forms |= {line.strip() for line in value.splitlines() if len(line.strip()) >= 12}
    return {form for form in forms if len(form) >= _SHORTEST}
