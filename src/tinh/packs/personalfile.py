"""`personal.yaml` as it is written: the kernel's own, and a province's beside `province.yaml`."""

from __future__ import annotations

import re
from typing import Literal

from pydantic import Field

from tinh.packs.privacy import Level, MaskWay, Privacy
from tinh.packs.shape import BothWords, Day, Declared, Duration, Id


class PersonalEntry(Declared):
    """What a column says of a person."""

    level: Literal["basic", "sensitive", ""] = Field(
        "", description="basic or sensitive in the law's sense; empty: what its kind says"
    )
    kind: str = Field(description="kind of personal data: an id, name or alias of `personal.yaml`")
    purposes: list[Id] = Field(default_factory=list, description="ids of the purposes it is held for")
    keep: Duration = Field(
        "", description="how long it is kept after it was received (ISO 8601, such as P5Y); then it is erased"
    )


_KEPT = re.compile(r"(\d+)\s*(year|month|week|day)s?")
_LETTER = {"year": "Y", "month": "M", "week": "W", "day": "D"}


def told(value: str | PersonalEntry) -> str:
    """What a column says of people as a short text, for places that only ask whether there is any."""
    if isinstance(value, str):
        return value
    return f"{value.kind}, {value.keep}" if value.keep else value.kind


def written(value: str | PersonalEntry) -> Privacy | None:
    """The same as it is written, not yet held against the register; None when it says nothing."""
    if isinstance(value, PersonalEntry):
        return Privacy(
            level=value.level, kind=value.kind, purposes=tuple(value.purposes), keep=value.keep, whole=True
        )
    if value == "none":
        return None
    found = _KEPT.search(value)
    word = value.partition(",")[0].partition(";")[0]
    return Privacy(level="", kind=word, keep=f"P{found[1]}{_LETTER[found[2]]}" if found else "")


class LimitEntry(Declared):
    """A lawful time."""

    amount: int = Field(ge=0, le=365, description="how many")
    unit: Literal["working_days", "days"] = Field("days", description="working days of the province, or days")
    with_processor: int | None = Field(
        None, ge=0, le=365, description="how many when a processor or third party must act as well"
    )
    source: str = Field("", description="where it is written")


class KindEntry(Declared):
    """A kind of personal data and its mask."""

    id: Id = Field(description="short id")
    name: BothWords = Field(description="its name")
    level: Level = Field("basic", description="basic or sensitive")
    mask: MaskWay = Field("hide", description="what is shown without the right to see it")
    shows: int = Field(0, ge=0, le=4, description="`last`: characters left, at most a third of the value")
    identifies: bool = Field(False, description="whether a value names one person")
    aliases: list[str] = Field(default_factory=list, description="other words for it in contracts")


class BasisEntry(Declared):
    """A legal basis."""

    id: Id = Field(description="short id")
    name: BothWords = Field(description="its name")
    source: str = Field("", description="law and article")
    consent: bool = Field(False, description="whether it needs the subject's consent")


class PurposeEntry(Declared):
    """A purpose for which personal data is held."""

    id: Id = Field(description="short id")
    name: BothWords = Field(description="the purpose in words")
    basis: Id = Field(description="id of its legal basis")
    seen_by: list[str] = Field(default_factory=list, description="roles that may see such data")
    recipients: str = Field("", description="to whom else it goes")


class RequestEntry(Declared):
    """Something a data subject may ask for."""

    id: Id = Field(description="see, export, correct, delete, restrict, object or withdraw")
    name: BothWords = Field(description="its name")
    done: LimitEntry = Field(description="time in which it must be done")


class TextEntry(Declared):
    """The words of a consent."""

    purpose: Id = Field(description="id of the purpose")
    version: int = Field(ge=1, description="raised whenever the words change")
    from_: Day = Field(alias="from", description="first day it is used, YYYY-MM-DD")
    text: BothWords = Field(
        description="what the person agrees to: kinds of data, purpose, controller, rights and duties"
    )


class HookEntry(Declared):
    """What follows a withdrawal."""

    id: Id = Field(description="short id")
    name: BothWords = Field(description="what has to be done")
    within: LimitEntry = Field(description="time in which it must be done")
    purposes: list[Id] = Field(default_factory=list, description="only for these purposes; empty: for all")


class TableEntry(Declared):
    """How long rows of one of the platform's own tables are kept."""

    id: Id = Field(description="short id of the table")
    name: BothWords = Field(description="what it holds")
    keep: Duration = Field(description="ISO 8601; empty: as long as what they belong to")


class PersonalFile(Declared):
    """`personal.yaml`: entries of the same id replace the kernel's, others are added."""

    format: Literal[1] = Field(description="number of this file format")
    kinds: list[KindEntry] = Field(default_factory=list, description="kinds of personal data")
    legal_bases: list[BasisEntry] = Field(default_factory=list, description="legal bases")
    purposes: list[PurposeEntry] = Field(default_factory=list, description="purposes")
    acknowledge: LimitEntry | None = Field(None, description="time to acknowledge a request")
    extension: LimitEntry | None = Field(None, description="the one extension of a request")
    requests: list[RequestEntry] = Field(default_factory=list, description="what subjects may ask for")
    consent_texts: list[TextEntry] = Field(default_factory=list, description="texts of consents")
    withdrawal: list[HookEntry] = Field(default_factory=list, description="what follows a withdrawal")
    tables: list[TableEntry] = Field(default_factory=list, description="retention of own tables")
