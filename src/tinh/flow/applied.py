"""Which declarations are in force: every version ever applied, kept as texts that compile again.

`<home>/applied/0001/` holds `province/…`, `packs/<id>/…` and `applied.json`. A version is written
beside the others under a name nobody reads and renamed when it is whole, under a lock that
all processes of one home share, so that two who apply at once get one version each or none.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from tinh.flow.errors import AppliedMeanwhile, NoSuchVersion, PlanStale, VersionUnreadable
from tinh.flow.home import Home, home_of
from tinh.kit.clock import Clock, SystemClock
from tinh.kit.durable import sync_folder
from tinh.kit.ids import fresh
from tinh.packs.api import (
    Catalogue,
    PackFaults,
    compile,
    declared_texts,
    kept_texts,
    load,
    province_id,
    seated,
    shelved,
)

_RECORD = "applied.json"
FIRST = "first start"  # the reason and actor of a version nobody applied by hand


@dataclass(frozen=True, slots=True)
class Version:
    """One applied version. `recompute` names the indicators whose values it computes anew."""

    number: int
    applied_at: datetime
    by: str
    reason: str
    digest: str
    folder: Path
    recompute: tuple[str, ...] = ()

    @property
    def bootstrap(self) -> bool:
        return self.number == 1 and self.reason == FIRST

    def as_dict(self) -> dict[str, Any]:
        return {
            "version": self.number, "applied_at": self.applied_at.isoformat(), "by": self.by,
            "reason": self.reason, "digest": self.digest, "recompute": list(self.recompute),
        }  # fmt: skip


class Applied:
    """The applied versions of one home."""

    def __init__(self, home: Home, clock: Clock | None = None) -> None:
        self.root = home.applied
        self._clock = clock or SystemClock()
        self._compiled: dict[int, Catalogue] = {}
        self._lock = threading.Lock()

    def number(self) -> int:
        """The version in force; 0 while there is none. Costs one look into a folder."""
        try:
            return max((int(p.name) for p in self.root.iterdir() if p.name.isdecimal()), default=0)
        except FileNotFoundError:
            return 0

    def last(self) -> Version | None:
        number = self.number()
        return self.version(number) if number else None

    def version(self, number: int) -> Version:
        folder = self._folder(number)
        try:
            record = json.loads((folder / _RECORD).read_bytes())
        except FileNotFoundError:
            known = ", ".join(str(v.number) for v in self.all()) or "–"
            raise NoSuchVersion(number=number, known=known) from None
        return Version(
            number, datetime.fromisoformat(record["applied_at"]), record["by"], record["reason"],
            record["digest"], folder, tuple(record.get("recompute", ())),
        )  # fmt: skip

    def all(self) -> tuple[Version, ...]:
        """Every applied version, newest first."""
        names = [p.name for p in self.root.iterdir()] if self.root.is_dir() else []
        return tuple(self.version(n) for n in sorted((int(n) for n in names if n.isdecimal()), reverse=True))

    def at(self, moment: datetime) -> Version | None:
        """The version in force at a moment; None before the first."""
        return next((v for v in self.all() if v.applied_at <= moment), None)

    def texts(self, number: int) -> dict[str, bytes]:
        return kept_texts(self.version(number).folder)

    def catalogue(self, number: int) -> Catalogue:
        """A version compiled again; VersionUnreadable when this software cannot."""
        with self._lock:
            if number not in self._compiled:
                folder = self.version(number).folder
                compiled = load(*shelved(folder), settled=True)
                if compiled.catalogue is None:
                    first = next(f for f in compiled.findings if f.level == "error")
                    raise VersionUnreadable(number=number, reason=first.render("en", folder))
                self._compiled[number] = compiled.catalogue
            return self._compiled[number]

    def bootstrap(self, catalogue: Catalogue) -> Version | None:
        """Take a catalogue as the first version, unless there is one or it was made without a folder."""
        if self.number() or not (catalogue.folder / "province.yaml").is_file():
            return None
        try:
            return self.write(catalogue, FIRST, FIRST, after=0)
        except (AppliedMeanwhile, PlanStale):
            return None  # another process was first, or somebody is writing: the next start will do

    def write(
        self, catalogue: Catalogue, by: str, reason: str, after: int, recompute: tuple[str, ...] = ()
    ) -> Version:
        """Keep the texts of a catalogue as the version that follows `after`."""
        texts = declared_texts(catalogue)
        with self._turn():
            if self.number() != after:
                raise AppliedMeanwhile(number=self.number())
            draft = self.root / f".draft-{fresh()}"
            try:
                _lay_out(draft, texts)
                again = load(*shelved(draft), settled=True).catalogue
                if again is None or again.digest != catalogue.digest:
                    raise PlanStale
                record = {
                    "format": 1, "version": after + 1, "applied_at": self._clock.now().isoformat(), "by": by,
                    "reason": reason, "digest": catalogue.digest, "recompute": list(recompute),
                }  # fmt: skip
                _put(draft / _RECORD, json.dumps(record, ensure_ascii=False, indent=1).encode() + b"\n")
                sync_folder(draft)
                draft.rename(self._folder(after + 1))
                sync_folder(self.root)
            except BaseException:
                shutil.rmtree(draft, ignore_errors=True)
                raise
        return self.version(after + 1)

    def _folder(self, number: int) -> Path:
        return self.root / f"{number:04d}"

    @contextmanager
    def _turn(self) -> Iterator[None]:
        if not self.root.is_dir():
            self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
            sync_folder(self.root.parent)
        with (self.root / ".lock").open("ab") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            for left in self.root.glob(".draft-*"):  # of a process that died while it held the lock
                shutil.rmtree(left, ignore_errors=True)
            yield


def _lay_out(folder: Path, texts: Mapping[str, bytes]) -> None:
    made = {folder}
    folder.mkdir()
    for name, text in texts.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        made.update(p for p in path.parents if p.is_relative_to(folder))
        _put(path, text)
    for each in made:
        sync_folder(each)


def _put(path: Path, text: bytes) -> None:
    with path.open("wb") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())


def in_force(folder: Path, clock: Clock | None = None, home: Home | None = None) -> Catalogue:
    """The catalogue a province works by: its last applied version. A home without one takes
    the folder as its first; faults of the folder (PackFaults) matter only then. Its agencies are
    those of the data folder too. `home`: where TINH_HOME has it, unless told."""
    home = home or home_of(province_id(folder))
    applied = Applied(home, clock)
    if not applied.number():
        catalogue = compile(folder, home=home.root)
        applied.bootstrap(catalogue)
        if not applied.number():
            return seated(catalogue, home.root)
    return seated(applied.catalogue(applied.number()), home.root)


def differs(folder: Path, home: Home) -> bool | None:
    """Whether a province folder says anything but what is applied; None while nothing is applied
    or the folder cannot be compiled."""
    applied = Applied(home)
    number = applied.number()
    if not number:
        return None
    try:
        catalogue = compile(folder, home=home.root)
    except PackFaults:
        return None
    return declared_texts(catalogue) != applied.texts(number)
