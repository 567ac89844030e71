"""Files that wait while a layout is made for them: for their owner only, and not for long."""

from __future__ import annotations

import json
import re
import shutil
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tinh.flow.errors import TrialGone
from tinh.flow.home import Home
from tinh.kit import durable
from tinh.kit.ids import fresh

HOURS = 24
MOST_FILES = 10  # of one person; the oldest makes room
_TOKEN = re.compile(r"[0-9a-z]{26}")


@dataclass
class Waiting:
    """A file with the choices made for it so far."""

    token: str
    owner: str
    dataset: str
    filename: str
    path: Path
    choices: dict[str, Any] = field(default_factory=dict)


class WaitingRoom:
    """`<home>/waiting/<token>/`: tokens cannot be guessed, and are good for their owner alone."""

    def __init__(self, home: Home) -> None:
        self.root = home.root / "waiting"

    def put(self, owner: str, dataset: str, filename: str, source: Iterable[bytes]) -> Waiting:
        self.sweep(owner)
        token = fresh(26)
        folder = self.root / token
        folder.mkdir(parents=True, mode=0o700)
        durable.write(folder / "file", source)
        one = Waiting(token, owner, dataset, filename, folder / "file")
        self.keep(one)
        return one

    def keep(self, one: Waiting) -> None:
        facts = {"owner": one.owner, "dataset": one.dataset, "filename": one.filename, "choices": one.choices}
        durable.write(self.root / one.token / "facts.json", json.dumps(facts, ensure_ascii=False).encode())

    def get(self, token: str, owner: str) -> Waiting:
        """The waiting file, for its owner; TrialGone for everybody else and after its time."""
        if not _TOKEN.fullmatch(token):
            raise TrialGone(hours=HOURS)
        folder = self.root / token
        try:
            facts = json.loads((folder / "facts.json").read_bytes())
            old = time.time() - (folder / "facts.json").stat().st_mtime > HOURS * 3600
        except (FileNotFoundError, ValueError):
            raise TrialGone(hours=HOURS) from None
        if old or facts["owner"] != owner or not (folder / "file").is_file():
            raise TrialGone(hours=HOURS)
        return Waiting(token, owner, facts["dataset"], facts["filename"], folder / "file", facts["choices"])

    def drop(self, token: str) -> None:
        if _TOKEN.fullmatch(token):
            shutil.rmtree(self.root / token, ignore_errors=True)

    def sweep(self, owner: str = "") -> int:
        """Forget what is past its time, and of one owner all but the newest."""
        gone, mine = 0, []
        for folder in self._folders():
            try:
                seen = (folder / "facts.json").stat().st_mtime
            except FileNotFoundError:
                with suppress(FileNotFoundError):
                    seen = folder.stat().st_mtime
                    if time.time() - seen > 600:  # an upload that never ended
                        shutil.rmtree(folder, ignore_errors=True)
                continue
            if time.time() - seen > HOURS * 3600:
                shutil.rmtree(folder, ignore_errors=True)
                gone += 1
            elif owner:
                with suppress(ValueError, FileNotFoundError):
                    if json.loads((folder / "facts.json").read_bytes())["owner"] == owner:
                        mine.append((seen, folder))
        for _, folder in sorted(mine, reverse=True)[MOST_FILES - 1 :]:
            shutil.rmtree(folder, ignore_errors=True)
            gone += 1
        return gone

    def _folders(self) -> Iterator[Path]:
        if self.root.is_dir():
            yield from (f for f in self.root.iterdir() if f.is_dir() and _TOKEN.fullmatch(f.name))
