"""Addresses and headers with their places filled in. Secrets go into requests and nowhere else."""

from __future__ import annotations

import re
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
    way: HttpWay, dataset: Dataset, local: datetime, cursor: str, secrets: Callable[[], Secrets] | Secrets
) -> Filling:
    """The places of a pull at `local` time."""
    grain = way.period or dataset.expect.window or (dataset.period.every if dataset.period else "day")
    period = periods.shift(periods.of(local, grain), -way.period_back)
    start = way.cursor.start if way.cursor else ""
    return Filling(local, period, cursor or start, secrets if isinstance(secrets, Secrets) else secrets())
