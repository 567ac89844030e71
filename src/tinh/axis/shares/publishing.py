"""Shares made on the web or the command line: checked, previewed, kept as files, withdrawn, versioned."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

import yaml

from tinh.axis.shares.asking import read
from tinh.axis.shares.callers import Seen, seen_by
from tinh.axis.shares.data import Reading
from tinh.axis.shares.errors import NoSuchShare, ShareDeclared, ShareFaulty, ShareTaken
from tinh.axis.shares.ground import Desk
from tinh.axis.shares.offering import offer
from tinh.kit import durable
from tinh.kit.errors import Finding
from tinh.packs.api import Share, masked
from tinh.people import api as people

_VERSIONS = ".versions"


@dataclass
class Wish:
    """What a form says of a share; empty means: left out."""

    id: str = ""
    name_vi: str = ""
    name_en: str = ""
    description_vi: str = ""
    description_en: str = ""
    owner: str = ""
    dataset: str = ""
    indicators: Sequence[str] = ()
    columns: Sequence[str] = ()
    place: str = "all"
    places: Sequence[str] = ()
    first: str = ""
    last: str = ""
    where: str = ""
    agencies: Sequence[str] = ()
    group: str = ""
    personal: Mapping[str, Sequence[str]] = field(default_factory=dict)  # agency → columns
    personal_purpose: str = ""
    personal_basis: str = ""
    purpose: str = ""
    legal_basis: str = ""
    until: str = ""
    minute: int = 60
    day: int = 20_000
    largest: int = 1000
    as_of: bool = True

    def text(self, by: str, at: datetime, version: int) -> str:
        """The share as its YAML."""
        members: list[dict[str, Any]] = []
        for agency in self.agencies:
            entry: dict[str, Any] = {"agency": agency}
            if self.personal.get(agency):
                entry["personal"] = {
                    "columns": list(self.personal[agency]), "purpose": self.personal_purpose,
                    "legal_basis": self.personal_basis,
                }  # fmt: skip
            members.append(entry)
        if self.group:
            members.append({"group": self.group})
        reach: dict[str, Any] = {"place": "own"} if self.place == "own" else {}
        if self.places:
            reach["places"] = list(self.places)
        periods = {k: v for k, v in (("first", self.first), ("last", self.last)) if v}
        reach |= ({"periods": periods} if periods else {}) | ({"where": self.where} if self.where else {})
        body: dict[str, Any] = {
            "format": 1, "id": self.id, "version": version,
            "name": {"vi": self.name_vi, "en": self.name_en or self.name_vi},
            "description": {"vi": self.description_vi, "en": self.description_en or self.description_vi},
            "owner": self.owner, "dataset": self.dataset, "indicators": list(self.indicators),
            "columns": list(self.columns), "reach": reach, "members": members, "purpose": self.purpose,
            "legal_basis": self.legal_basis, "until": self.until,
            "quota": {"minute": self.minute, "day": self.day}, "largest": self.largest,
            "as_of": "allowed" if self.as_of else "no", "made_by": by, "made_at": at.isoformat(),
        }  # fmt: skip
        kept = {k: v for k, v in body.items() if v not in ("", [], {}, {"vi": "", "en": ""})}
        return yaml.safe_dump(kept, allow_unicode=True, sort_keys=False, width=110)


@dataclass(frozen=True, slots=True)
class Preview:
    """What a member would see: the share, its YAML, the columns and the first rows."""

    share: Share
    text: str
    seen: Seen
    rows: list[dict[str, Any]]
    count: int | None


def compiled(at: Desk, text: str) -> Share:
    """The share a text says; ShareFaulty with every finding otherwise."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "share.yaml"
        path.write_text(text, encoding="utf-8")
        share, findings = at.book().try_(path)
    if share is None:
        raise _faulty(findings)
    return share


def preview(at: Desk, text: str, agency: str, rows: int = 10) -> Preview:
    """The first rows as `agency` would see them, personal values under their masks: who publishes has not
    asked to see them."""
    share = compiled(at, text)
    client = f"-/-/{agency}/-"
    who = seen_by(share, agency, "", client, at)
    if share.kind == "proxy":
        return Preview(share, text, who, [], None)
    reading = Reading(share, who, at)
    asked = read(f"limit={min(rows, share.largest)}", share, who, at, "json", reading.veiled)
    pin = reading.pin()
    found = [_veiled(row, reading) for row in reading.rows(reading.page(asked, pin), asked)]
    return Preview(share, text, who, found, reading.count(asked, pin))


def _veiled(row: dict[str, Any], reading: Reading) -> dict[str, Any]:
    """A row without what it says of people; its address goes where the key does."""
    dataset = reading.dataset
    hidden = {c.name: c.privacy for c in dataset.columns if c.personal != "none"} if dataset else {}
    if not hidden:
        return row
    kinds = reading.at.catalogue.privacy.kinds
    return {
        name: masked(value, kinds.get(privacy.kind) if (privacy := hidden[name]) else None)
        if name in hidden
        else value
        for name, value in row.items()
        if name != "_id" or not (dataset and set(dataset.key) & set(hidden))
    }


def keep(at: Desk, text: str) -> Share:
    """Publish: write the file, and offer it on the axis. What stood under the id is kept as a version;
    ShareTaken when that is another agency's."""
    share = compiled(at, text)
    path = at.book().root / f"{share.id}.yaml"
    before = at.book().own(share.id)
    if before is not None and before.owner not in {share.owner, *people.own_agencies(share.owner)}:
        raise ShareTaken(id=share.id)
    if before is not None and share.version <= before.version:
        text = text.replace(f"version: {share.version}\n", f"version: {before.version + 1}\n", 1)
        share = compiled(at, text)
    _set_aside(path, at)
    durable.write(path, text.encode())
    offer(at)
    return share


def withdraw(at: Desk, id: str) -> None:
    """Offer it no longer; its file stays among the versions, what was exchanged in the log."""
    found = at.book().one(id)
    if found is None:
        raise NoSuchShare(id=id[:80])
    if at.book().own(id) is None:
        raise ShareDeclared(id=id)
    _set_aside(found.file, at)
    durable.remove(found.file)
    offer(at)


def _set_aside(path: Path, at: Desk) -> None:
    if path.is_file():
        moment = at.corridor().clock.now()
        durable.write(
            path.parent / _VERSIONS / f"{path.stem}-{moment:%Y%m%dT%H%M%S%f}.yaml", path.read_bytes()
        )


def next_version(at: Desk, id: str) -> int:
    before = at.book().own(id)
    return before.version + 1 if before is not None else 1


def _faulty(findings: Sequence[Finding]) -> ShareFaulty:
    wrong = [f for f in findings if f.level == "error"]
    return ShareFaulty(
        reason_vi="; ".join(f"{f.says.vi} → {f.cure.vi}" for f in wrong),
        reason_en="; ".join(f"{f.says.en} → {f.cure.en}" for f in wrong),
    )


def day_of(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None
