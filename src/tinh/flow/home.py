"""The data folder of one province."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from tinh.packs.api import Catalogue


@dataclass(frozen=True, slots=True)
class Home:
    """Where a province keeps what it received and what it made of it."""

    root: Path

    def make(self) -> None:
        """The folders of what was received, closed to other accounts of the machine."""
        self.root.mkdir(parents=True, exist_ok=True)
        for folder in (self.raw, self.intents, self.lake, self.journal):
            folder.mkdir(mode=0o700, exist_ok=True)

    @property
    def raw(self) -> Path:
        return self.root / "raw"

    @property
    def intents(self) -> Path:
        return self.root / "intents"

    @property
    def lake(self) -> Path:
        return self.root / "lake"

    @property
    def journal(self) -> Path:
        return self.root / "journal"

    @property
    def applied(self) -> Path:
        return self.root / "applied"

    @property
    def layouts(self) -> Path:
        return self.root / "layouts"

    @property
    def boundaries(self) -> Path:
        return self.root / "boundaries"

    def outlines(self, on: date) -> Path | None:
        """The official boundaries in force on a day, where some have been taken in."""
        from tinh.places.api import Atlas  # geometry libraries load only when asked for

        return Atlas(self.boundaries).on(on)


def home_for(catalogue: Catalogue) -> Home:
    """The province's folder under TINH_HOME, or under the user's data folder."""
    return home_of(catalogue.id)


def home_of(province: str) -> Home:
    """The same, for a province of which only the id is known."""
    given = os.environ.get("TINH_HOME")
    if given:
        return Home(Path(given).expanduser().absolute() / province)
    data = os.environ.get("XDG_DATA_HOME")
    base = Path(data) if data else Path.home() / ".local" / "share"
    return Home(base.absolute() / "tinh" / province)
