"""Agencies made or changed outside the province's folder: files `agencies/<id>.yaml` of its data folder."""

from __future__ import annotations

import difflib
import fcntl
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from tinh.kit import durable
from tinh.kit.errors import Finding
from tinh.packs.api import Agency, AgencyEntry, Catalogue, Directory, entry_of, seated, slug
from tinh.people.staff_errors import AgencyTaken, AgencyUnusable, MergeRefused, NoSuchAgency
from tinh.places.api import Unit

FOLDER = "agencies"
_VERSIONS = ".versions"
_KINDS = {"xã": "Commune", "phường": "Ward", "đặc khu": "Special Zone", "thị trấn": "Township"}


class AgencyBook:
    """The directory of a province with its pen. Each change is whole on disk when its method returns."""

    def __init__(self, catalogue: Catalogue, home: Path) -> None:
        self._catalogue, self._home = catalogue, home
        self._root = home / FOLDER

    @property
    def all(self) -> Directory:
        found = self._catalogue.agencies
        return found if isinstance(found, Directory) else Directory(found)

    def one(self, id: str) -> Agency:
        """The agency of this id, or its successor; NoSuchAgency with the nearest."""
        found = self.all.get(id)
        if found is None:
            raise NoSuchAgency(agency=id, near=_near(id, self.all))
        return found

    def add(self, fields: Mapping[str, Any]) -> Agency:
        """A new agency; `fields` as the file has them, the id made of the name where it lacks one."""
        wanted = _tidy(fields)
        wanted.setdefault("id", slug(_said(wanted.get("short")) or _said(wanted.get("name"))))
        entry = _entry(wanted)
        with self._turn():
            if entry.id in self.all:
                raise AgencyTaken(agency=entry.id, name=self.all[entry.id].name.vi)
            return self._keep([entry])[0]

    def change(self, id: str, fields: Mapping[str, Any]) -> Agency:
        """The agency with other words for the given keys; its id stays."""
        with self._turn():
            now = _plain(entry_of(self.one(id)))
            return self._keep([_entry(_tidy({**now, **fields, "id": now["id"]}))])[0]

    def merge(self, of: str, into: str, until: date) -> Agency:
        """`of` becomes an alias of `into`, with all its own; what names it belongs to `into` from now on."""
        with self._turn():
            gone, heir = self.one(of), self.one(into)
            if gone.id == heir.id:
                raise MergeRefused(
                    reason_vi=f"“{of}” và “{into}” là một", reason_en=f"“{of}” and “{into}” are one"
                )
            if of != gone.id:
                raise MergeRefused(
                    reason_vi=f"“{of}” đã sáp nhập vào “{gone.id}”",
                    reason_en=f"“{of}” was merged into “{gone.id}” before",
                )
            fields = _plain(entry_of(heir))
            alias = {"id": gone.id, "name": gone.name.as_dict(), "until": until}
            fields["aliases"] = [
                *fields.get("aliases", ()),
                *_plain(entry_of(gone)).get("aliases", ()),
                alias,
            ]
            if heir.parent == gone.id:
                fields["parent"] = gone.parent
            kept = self._keep([_entry(fields)], gone=gone.id)[0]
            self._set_aside(gone.id)
            return kept

    def communes(self, units: Sequence[Unit]) -> list[AgencyEntry]:
        """The People's Committees of communes that no agency answers for yet."""
        there = {one.place for one in self.all.values() if one.kind == "commune"}
        return [_committee(unit) for unit in units if unit.code not in there]

    def add_communes(self, units: Sequence[Unit]) -> list[Agency]:
        """Make those at once; the agencies made."""
        with self._turn():
            wanted = [e for e in self.communes(units) if e.id not in self.all]
            return self._keep(wanted) if wanted else []

    def _keep(self, entries: Sequence[AgencyEntry], gone: str = "") -> list[Agency]:
        """Write checked entries; AgencyUnusable with what is wrong, and nothing is written."""
        texts = {entry.id: written(entry) for entry in entries}
        self._try(texts, gone)
        before = {id: (self._path(id).read_bytes() if self._path(id).is_file() else None) for id in texts}
        for id, text in texts.items():
            if before[id] is not None and before[id] != text.encode():
                self._version(id)
            durable.write(self._path(id), text.encode())
        self._catalogue = seated(self._catalogue, self._home)
        return [self.all[id] for id in texts]

    def _try(self, texts: Mapping[str, str], gone: str) -> None:
        import tempfile

        with tempfile.TemporaryDirectory(prefix="tinh-agencies-") as made:
            folder = Path(made) / FOLDER
            folder.mkdir()
            if self._root.is_dir():
                for file in self._root.glob("*.yaml"):
                    if file.stem != gone:
                        (folder / file.name).write_bytes(file.read_bytes())
            for id, text in texts.items():
                (folder / f"{id}.yaml").write_text(text, encoding="utf-8")
            base = self._catalogue
            declared = {id: a for id, a in self.all.declared.items() if id != gone}
            tried = seated(base.model_copy(update={"agencies": declared}), Path(made)).agencies
            assert isinstance(tried, Directory)
            wrong = [f for f in tried.findings if f.level == "error" and f.file.stem in texts]
        if wrong:
            raise AgencyUnusable(reason_vi=_told(wrong, "vi"), reason_en=_told(wrong, "en"))

    def _path(self, id: str) -> Path:
        return self._root / f"{id}.yaml"

    def _version(self, id: str) -> None:
        now = datetime.now()  # noqa: DTZ005  only a name for a file
        durable.write(
            self._root / _VERSIONS / f"{id}-{now:%Y%m%dT%H%M%S%f}.yaml", self._path(id).read_bytes()
        )

    def _set_aside(self, id: str) -> None:
        if self._path(id).is_file():
            self._version(id)
            durable.remove(self._path(id))
        self._catalogue = seated(self._catalogue, self._home)

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """One writer at a time, among all processes of the home, on the newest state."""
        self._root.mkdir(mode=0o700, parents=True, exist_ok=True)
        with (self._root / ".lock").open("ab") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            self._catalogue = seated(self._catalogue, self._home)
            yield


def written(entry: AgencyEntry) -> str:
    """An agency's file as people read it."""
    text: str = yaml.safe_dump({"format": 1, **_plain(entry)}, allow_unicode=True, sort_keys=False, width=100)
    return text


def _committee(unit: Unit) -> AgencyEntry:
    kind = next((k for k in _KINDS if unit.name.casefold().startswith(k)), "xã")
    lower = unit.name[:1].lower() + unit.name[1:]
    return _entry({
        "id": f"ubnd-{unit.code}",
        "name": {"vi": f"Ủy ban nhân dân {lower}",
                 "en": f"People's Committee of {unit.short} {_KINDS[kind]}"},
        "short": {"vi": f"UBND {lower}", "en": f"{unit.short} PC"},
        "kind": "commune", "place": unit.code,
        "from": unit.valid_from,
    })  # fmt: skip


def _entry(fields: Mapping[str, Any]) -> AgencyEntry:
    try:
        return AgencyEntry.model_validate(dict(fields))
    except ValidationError as error:
        where = ", ".join(".".join(str(p) for p in e["loc"]) or "?" for e in error.errors()[:4])
        raise AgencyUnusable(
            reason_vi=f"thiếu hoặc không dùng được: {where}", reason_en=f"missing or unusable: {where}"
        ) from error


def _plain(entry: AgencyEntry) -> dict[str, Any]:
    """An entry as the file has it, without what stands at its default."""
    found = entry.model_dump(by_alias=True, exclude_defaults=True)
    for key in ("name", "short"):
        if key in found:
            found[key] = {
                "vi": getattr(entry, key).vi,
                "en": getattr(entry, key).en or getattr(entry, key).vi,
            }
    if not any(found.get("contact", {"": ""}).values()):
        found.pop("contact", None)
    return {key: value for key, value in found.items() if value not in ("", [], {}, None)}


def _tidy(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Without keys left empty, so that the format's own defaults hold."""
    return {
        key: value for key, value in fields.items() if value not in ("", [], {}, None, {"vi": "", "en": ""})
    }


def _said(words: Any) -> str:
    return str(words.get("vi", "")) if isinstance(words, Mapping) else str(words or "")


def _told(findings: Sequence[Finding], language: str) -> str:
    return "; ".join(f"{f.says.in_(language)} ({f.cure.in_(language)})" for f in findings[:3])


def _near(id: str, known: Mapping[str, Agency]) -> str:
    close = difflib.get_close_matches(id, list(known), n=3, cutoff=0.5)
    return ", ".join(close or list(known)[:8]) or "–"
