"""Erasing what a province's folder holds of people: on request, or when its time is over.

Values go from accepted, held and spare rows, the rows and their counts stay, so that no figure moves; the
bytes as received go whole, for nothing can be taken out of a file without breaking its digest: a stone with
digest, length and reason stands in their place. A read as of an earlier day shows the row with “đã xoá”.
"""

from __future__ import annotations

import io
import shutil
import zipfile
import zlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from tinh.kit import periods
from tinh.kit.durable import write
from tinh.lake.api import MARK, Wanted
from tinh.packs.api import Dataset, plain_of

if TYPE_CHECKING:
    from tinh.flow.corridor import Corridor

_LONGEST = 64_000_000  # bytes of a text file that is looked through
_APART = ("lake", "raw", "pg", "keys", "static", "applied", "boundaries", "secret.key", "sign-ins.txt")
_ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be")


@dataclass(slots=True)
class Erased:
    """What an erasure did: rows that lost values by table, receipts they came with, bytes that went."""

    rows: dict[str, int] = field(default_factory=dict)
    receipts: set[str] = field(default_factory=set)
    raw: list[str] = field(default_factory=list)
    files: list[str] = field(default_factory=list)

    def as_dict(self) -> dict[str, object]:
        return {
            "rows": dict(sorted(self.rows.items())), "receipts": sorted(self.receipts),
            "raw": sorted(self.raw), "files": sorted(self.files), "mark": MARK,
        }  # fmt: skip


def erase_person(corridor: Corridor, identifiers: Iterable[str], reason: str) -> Erased:
    """Take a person out of everything in the data folder, by what names them."""
    terms = terms_of(identifiers)
    done, lake = Erased(), corridor.lake
    for dataset in corridor.catalogue.datasets.values():
        _add(done, lake.wipe(dataset, terms, columns=personal_of(dataset)))
    for id in _forgotten(corridor):
        _add(done, lake.wipe(id, terms))
    _add(done, lake.wipe_texts(terms))
    for stored in lake.receipts(limit=None):
        path = corridor.raw.path(stored.digest)
        named = path.exists() and (stored.id in done.receipts or names(path, terms))
        if named and corridor.raw.erase(stored.digest, reason, corridor.clock.now()):
            done.raw.append(stored.digest)
    for path in sorted(corridor.raw.root.rglob("*")):  # bytes of deliveries that were never judged
        if path.is_file() and len(path.name) == 64 and names(path, terms):
            corridor.raw.erase(path.name, reason, corridor.clock.now())
            done.raw.append(path.name)
    _files(corridor.home.root, terms, done)
    return done


def expire(corridor: Corridor, reason: str = "retention") -> Erased:
    """Erase personal columns whose declared time is over, with the bytes they came in."""
    done, now = Erased(), corridor.clock.now()
    for dataset in corridor.catalogue.datasets.values():
        limits: dict[datetime, list[str]] = {}
        for column in dataset.columns:
            limit = _limit(column.privacy.keep, now) if column.privacy else None
            if limit is not None:
                limits.setdefault(limit, []).append(column.name)
        for limit, columns in limits.items():
            _add(done, corridor.lake.wipe(dataset, before=limit, columns=columns))
        if not limits:
            continue
        latest = max(limits)
        for stored in corridor.lake.receipts(dataset=dataset.id, limit=None, wanted=Wanted()):
            if stored.received_at < latest and corridor.raw.erase(stored.digest, reason, now):
                done.raw.append(stored.digest)
    return done


def correct_person(
    corridor: Corridor, dataset: Dataset, identifiers: Iterable[str], column: str, value: str
) -> Erased:
    """Write the right value into a person's rows of one dataset."""
    done = Erased()
    _add(done, corridor.lake.put(dataset, terms_of(identifiers), column, value))
    return done


def terms_of(identifiers: Iterable[str]) -> tuple[str, ...]:
    """The spellings an identifier is looked for in: as it is written, its digits alone, and those a
    spreadsheet leaves of them."""
    out: list[str] = []
    for one in identifiers:
        text = " ".join(one.split())
        bare = plain_of(text)
        if len(bare) < 4:
            continue
        out += [text, bare]
        if bare.isdigit() and bare.startswith("0") and len(bare) >= 9:
            out.append(bare.lstrip("0"))
            if len(bare) == 10:
                out.append(f"84{bare[1:]}")
    return tuple(dict.fromkeys(out))


def personal_of(dataset: Dataset) -> tuple[str, ...]:
    return tuple(c.name for c in dataset.columns if c.privacy)


def names(path: Path, terms: Iterable[str]) -> bool:
    """Whether a file, or a member of a zipped one, names any of the terms."""
    wanted = [t.encode(e) for t in terms for e in _ENCODINGS]
    try:
        body = path.read_bytes()
    except OSError:
        return False
    if any(w in body for w in wanted):
        return True
    if not body.startswith(b"PK"):
        return False
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as packed:
            members = [m for m in packed.infolist() if m.file_size < _LONGEST]
            return any(any(w in said for w in wanted) for m in members if (said := _member(packed, m)))
    except (zipfile.BadZipFile, OSError):
        return False


def _member(packed: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    """What a member holds; nothing where it is damaged or locked, so that those beside it are still read."""
    try:
        return packed.read(member)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError):
        return b""


def _limit(keep: str, now: datetime) -> datetime | None:
    """The moment before which what is kept so long is over."""
    if not keep:
        return None
    start = datetime(2000, 1, 1)
    end = periods.after(start, keep)
    return None if end is None else now - (end - start)


def _forgotten(corridor: Corridor) -> list[str]:
    """Datasets the lake still has rows of and nobody declares."""
    stored = {r.dataset for r in corridor.lake.receipts(limit=None)}
    return sorted(stored - set(corridor.catalogue.datasets))


def _files(root: Path, terms: tuple[str, ...], done: Erased) -> None:
    """Everything else in the folder: files that wait are dropped, texts lose the terms."""
    for path in sorted(root.rglob("*")):
        parts = path.relative_to(root).parts
        if parts[0] in _APART or not path.is_file() or path.stat().st_size > _LONGEST:
            continue
        if not names(path, terms):
            continue
        done.files.append("/".join(parts[:2]))
        if parts[0] == "waiting":
            shutil.rmtree(root / parts[0] / parts[1], ignore_errors=True)
            continue
        try:
            text = path.read_text(encoding="utf-8")
        except ValueError:
            path.unlink()
            continue
        for term in terms:
            text = text.replace(term, MARK)
        write(path, text.encode())


def _add(done: Erased, wiped: object) -> None:
    from tinh.lake.api import Wiped

    assert isinstance(wiped, Wiped)
    for table, count in wiped.rows.items():
        done.rows[table] = done.rows.get(table, 0) + count
    done.receipts |= wiped.receipts
