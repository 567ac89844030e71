"""What a province declares about personal data: kinds and their masks, purposes, clocks, consent texts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Literal

from tinh.kit.errors import Text
from tinh.packs.frozen import Frozen

Level = Literal["basic", "sensitive"]
MaskWay = Literal["hide", "initials", "last", "e-mail", "year"]


class Privacy(Frozen):
    """What a column says of a person, why it is held and for how long (ISO 8601; empty: not declared)."""

    level: Level | Literal[""] = "basic"
    kind: str = "other"
    purposes: tuple[str, ...] = ()
    keep: str = ""
    whole: bool = False  # written as an entry, which must say everything


class DataKind(Frozen):
    """A kind of personal data. `identifies`: a value names one person; `shows`: characters a mask leaves."""

    id: str
    name: Text
    level: Level = "basic"
    mask: MaskWay = "hide"
    shows: int = 0
    identifies: bool = False
    aliases: tuple[str, ...] = ()


class LegalBasis(Frozen):
    id: str
    name: Text
    source: str = ""
    consent: bool = False


class Purpose(Frozen):
    id: str
    name: Text
    basis: str
    seen_by: tuple[str, ...] = ()
    recipients: str = ""


class Limit(Frozen):
    """A lawful time: so many working days of the province, or days."""

    amount: int
    unit: Literal["working_days", "days"] = "days"
    with_processor: int | None = None
    source: str = ""


class RequestKind(Frozen):
    id: str
    name: Text
    done: Limit


class ConsentText(Frozen):
    """The words a person agreed to, by version."""

    purpose: str
    version: int
    since: date
    text: Text


class Hook(Frozen):
    """What has to follow a withdrawal, and by when. No purposes: it follows each."""

    id: str
    name: Text
    within: Limit
    purposes: tuple[str, ...] = ()


class TableRule(Frozen):
    """How long rows of one of the platform's own tables are kept."""

    id: str
    name: Text
    keep: str


class PersonalRegister(Frozen):
    """The kernel's declarations with those of the province put over them."""

    kinds: Mapping[str, DataKind] = {}
    bases: Mapping[str, LegalBasis] = {}
    purposes: Mapping[str, Purpose] = {}
    acknowledge: Limit = Limit(amount=2, unit="working_days")
    extension: Limit = Limit(amount=15)
    requests: Mapping[str, RequestKind] = {}
    texts: tuple[ConsentText, ...] = ()
    withdrawal: Mapping[str, Hook] = {}
    tables: Mapping[str, TableRule] = {}

    def kind(self, word: str) -> DataKind | None:
        """The kind of this id, name or alias."""
        wanted = word.strip().lower()
        for one in self.kinds.values():
            if wanted in {one.id, *one.aliases, one.name.vi.lower(), one.name.en.lower()}:
                return one
        return None

    def text_on(self, purpose: str, day: date) -> ConsentText | None:
        """The consent text of a purpose in force on a day."""
        known = [t for t in self.texts if t.purpose == purpose and t.since <= day]
        return max(known, key=lambda t: t.version, default=None)

    def basis_of(self, purposes: tuple[str, ...]) -> str:
        """The legal bases of these purposes, as words for a log."""
        known = [self.purposes[p].basis for p in purposes if p in self.purposes]
        return ", ".join(dict.fromkeys(known))
