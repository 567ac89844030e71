"""Addresses and headers with their places filled in. Secrets go into requests and nowhere else."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from tinh.kit import periods
from tinh.packs.api import PLACE, Dataset, HttpWay
from tinh.sources.feeds.secrets import Secrets


@dataclass(frozen=True, slots=True)
class Filling:
    """What stands for the places of one pull. `now` is local time."""

    now: datetime
    period: str
    cursor: str
    secrets: Secrets

    def url(self, text: str) -> str:
        return PLACE.sub(lambda m: self._quoted(m[1]), text)

    def header(self, text: str) -> str:
        return PLACE.sub(lambda m: re.sub(r"[\r\n\x00]", "", self._word(m[1])), text)

    def body(self, text: str, kind: str, page: str) -> bytes:
        """What is posted. Braces of JSON's own stay: only known places are filled."""
        quoted = (lambda word: json.dumps(word, ensure_ascii=False)[1:-1]) if "json" in kind else str
        if "urlencoded" in kind:
            quoted = quote

        def fill(found: re.Match[str]) -> str:
            inside = found[1]
            if inside == "page":
                return quoted(page)
            known = inside == "cursor" or re.fullmatch(r"secret\.\w+|(period|date)(:[^{}\"]+)?", inside)
            return quoted(self._word(inside)) if known else found[0]

        return PLACE.sub(fill, text).encode()

    def shown(self, text: str) -> str:
        """The address as people may see it: without secrets."""
        return PLACE.sub(lambda m: "…" if m[1].startswith("secret.") else self._quoted(m[1]), text)

    def _quoted(self, inside: str) -> str:
        """A form of a day may have steps (`{date:%Y/%m}`); nothing else may."""
        return quote(self._word(inside), safe="/" if inside.startswith(("period", "date")) else "")

    def _word(self, inside: str) -> str:
        if inside == "cursor":
            return self.cursor
        if inside.startswith("secret."):
            return self.secrets.get(inside.partition(".")[2])
        what, _, form = inside.partition(":")
        moment = periods.start(self.period) if what == "period" else self.now
        if form:
            return moment.strftime(form)
        return self.period if what == "period" else f"{moment:%Y-%m-%d}"


def filling(
    way: HttpWay,
    dataset: Dataset | None,
    local: datetime,
    cursor: str,
    secrets: Callable[[], Secrets] | Secrets,
) -> Filling:
    """The places of a pull at `local` time."""
    window = (
        (dataset.expect.window or (dataset.period.every if dataset.period else None)) if dataset else None
    )
    grain = way.period or window or "day"
    period = periods.shift(periods.of(local, grain), -way.period_back)
    start = way.cursor.start if way.cursor else ""
    return Filling(local, period, cursor or start, secrets if isinstance(secrets, Secrets) else secrets())
