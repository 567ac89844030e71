"""Asking as a client with a token: fetched once, kept while it is valid, renewed once when refused;
and patience with servers that count requests."""

from __future__ import annotations

import json
import tempfile
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import httpx

from tinh.kit.ids import digest
from tinh.packs.api import HttpWay
from tinh.sources.connector_errors import TokenRefused
from tinh.sources.feeds.errors import AccessDenied, RequestRefused, ServerTrouble
from tinh.sources.feeds.fetching import Answer, Fetcher, basic
from tinh.sources.feeds.filling import Filling
from tinh.sources.feeds.ground import Ground
from tinh.sources.feeds.network import Deadline, Resolve
from tinh.sources.feeds.secrets import Secrets

PATIENCE = 30.0  # seconds a pull waits for a server that asks for a pause; longer ones end the pull
_AGAIN = 5
_EARLY = 30.0  # seconds before its end a token is renewed


@dataclass(frozen=True, slots=True)
class _Token:
    value: str
    until: float


_kept: dict[str, _Token] = {}
_lock = threading.Lock()


class Tokens:
    """Tokens of one feed, kept in memory only."""

    def __init__(self, way: HttpWay, ground: Ground, deadline: Deadline, resolve: Resolve) -> None:
        assert way.oauth is not None
        self._way, self._oauth = way, way.oauth
        at = way.model_copy(update={"url": way.oauth.url, "hosts": (), "largest": 1})
        self._fetcher = Fetcher(at, ground, deadline, resolve)

    def get(self, secrets: Secrets, fresh: bool = False) -> str:
        secret = secrets.get(self._oauth.secret)
        key = digest("\x00".join((self._oauth.url, self._oauth.client, secret, self._oauth.scope)).encode())
        with _lock:
            kept = _kept.get(key)
            if kept is None or fresh or kept.until < time.monotonic():
                kept = _kept[key] = self._fetched(secret)
            secrets.hide(kept.value)
            return kept.value

    def _fetched(self, secret: str) -> _Token:
        form = {"grant_type": "client_credentials"}
        form |= {k: v for k, v in (("scope", self._oauth.scope), ("audience", self._oauth.audience)) if v}
        own = {"Content-Type": "application/x-www-form-urlencoded"}
        if self._oauth.style == "basic":
            own["Authorization"] = basic(self._oauth.client, secret)
        else:
            form |= {"client_id": self._oauth.client, "client_secret": secret}
        host = httpx.URL(self._oauth.url).host
        try:
            with tempfile.TemporaryFile() as into:
                headers = {"Accept": "application/json"}
                self._fetcher.get(self._oauth.url, headers, own, into, urlencode(form).encode())
                into.seek(0)
                found = json.loads(into.read(1 << 20))
            value, length = str(found["access_token"]), float(found.get("expires_in") or 300)
        except (AccessDenied, RequestRefused) as error:
            reason = type(error).__name__
            raise TokenRefused(host=host, status=error.facts["status"], reason=reason) from error
        except (ValueError, KeyError, TypeError) as error:
            raise TokenRefused(host=host, status=200, reason="access_token?") from error
        finally:
            self._fetcher.close()
        return _Token(value, time.monotonic() + max(0.0, length - _EARLY))


class Door:
    """One feed's requests: signed in, repeated where the server asked for patience."""

    def __init__(self, way: HttpWay, fill: Filling, fetcher: Fetcher, own: dict[str, str]) -> None:
        self._way, self._fill, self._fetcher, self._own = way, fill, fetcher, own
        self._not_before = 0.0

    def answer(self, url: str, headers: Mapping[str, str], into: Path, posted: bytes | None) -> Answer:
        self._rest(self._not_before - time.monotonic())
        renewed = False
        for number in range(_AGAIN + 1):
            try:
                with into.open("wb") as out:
                    found = self._fetcher.get(url, headers, self._signed(renewed), out, posted)
                self._not_before = time.monotonic() + min(found.pause, PATIENCE)
                return found
            except AccessDenied as error:
                if self._way.oauth is None or renewed or error.facts["status"] != 401:
                    raise
                renewed = True
            except ServerTrouble as error:
                wait = float(error.facts.get("wait") or 0)
                if error.facts["status"] != 429 or not 0 < wait <= PATIENCE or number == _AGAIN:
                    raise
                self._rest(wait)
        raise AccessDenied(status=401)

    def _signed(self, fresh: bool) -> Mapping[str, str]:
        if self._way.oauth is None:
            return self._own
        token = self._fetcher.tokens.get(self._fill.secrets, fresh)
        return {**self._own, "Authorization": f"Bearer {token}"}

    def _rest(self, seconds: float) -> None:
        """Wait, no longer than the pull may take, and not when the server closes."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            self._fetcher.deadline.left(None, "")
            time.sleep(min(left, 0.5))
