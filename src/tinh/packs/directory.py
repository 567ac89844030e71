"""The agencies of a province: those it declares, and those its data folder adds or changes.

An alias resolves to its successor: `directory["so-tttt"]` is the agency that took it over.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from tinh.kit import yamltree
from tinh.kit.errors import Finding, Text
from tinh.packs.agency import Agency, Alias, Contact
from tinh.packs.agencychecks import Placed, judge
from tinh.packs.check import shape
from tinh.packs.findings import Faults
from tinh.packs.models import Catalogue
from tinh.packs.provincefile import AgencyEntry, AgencyFile, ProvinceFile
from tinh.packs.shape import Words
from tinh.packs.share import Caller

FOLDER = "agencies"
Origin = Literal["declared", "home", "changed"]


class Directory(Mapping[str, Agency]):
    """Agencies by id. `[]`, `get` and `in` answer for predecessors too; iteration names each agency once."""

    def __init__(
        self,
        declared: Mapping[str, Agency],
        own: Mapping[str, Agency] | None = None,
        findings: tuple[Finding, ...] = (),
    ) -> None:
        self.declared, self.own, self.findings = dict(declared), dict(own or {}), findings
        together = {**self.declared, **self.own}
        self._heirs = {a.id: id for id, one in self.declared.items() for a in one.aliases if a.id}
        self._heirs |= {a.id: id for id, one in self.own.items() for a in one.aliases if a.id}
        self._standing = {id: one for id, one in together.items() if self.resolve(id) == id}

    def resolve(self, id: str) -> str:
        """The agency that answers for `id` today: itself, or whoever took it over."""
        seen = {id}
        while (heir := self._heirs.get(id)) is not None and heir not in seen:
            seen.add(heir)
            id = heir
        return id

    def names(self, id: str) -> frozenset[str]:
        """An agency's id with those of all its predecessors."""
        found = self.resolve(id)
        return frozenset({found, *(old for old in self._heirs if self.resolve(old) == found)})

    def origin(self, id: str) -> Origin:
        if id in self.own:
            return "changed" if id in self.declared else "home"
        return "declared"

    def __getitem__(self, id: str) -> Agency:
        return self._standing[self.resolve(id)]

    def __iter__(self) -> Iterator[str]:
        return iter(self._standing)

    def __len__(self) -> int:
        return len(self._standing)


@dataclass(frozen=True)
class OwnAgencies:
    """The agencies of a data folder that can be used, and what is wrong with the others."""

    entries: Mapping[str, AgencyEntry] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()


def stamp(home: Path) -> tuple[tuple[str, int, int], ...]:
    """Changes whenever a file of the data folder's agencies does."""
    out = []
    for file in _files(home / FOLDER):
        try:
            seen = file.stat()
        except FileNotFoundError:
            continue
        out.append((file.name, seen.st_mtime_ns, seen.st_size))
    return tuple(out)


def own_agencies(
    home: Path, declared: Mapping[str, AgencyEntry | Agency], sectors: Collection[str]
) -> OwnAgencies:
    """The usable files of a data folder, and what is wrong with the others."""
    faults, placed = Faults(), []
    for file in _files(home / FOLDER):
        document = yamltree.load(file)
        entry = shape(document, AgencyFile, faults) if faults.take(document) else None
        if entry is None:
            continue
        if entry.id != file.stem:
            faults.add(
                document, ("id",), "PCK135",
                Text(f"mã “{entry.id}” nằm trong {file.name}", f'the id "{entry.id}" stands in {file.name}'),
                Text(f"đổi tên tệp thành {entry.id}.yaml", f"rename the file to {entry.id}.yaml"),
            )  # fmt: skip
            continue
        placed.append(Placed(document, (), entry))
    # A merger writes the successor first: what a crash left of the other is merged all the same.
    merged = {a.id for one in placed for a in one.entry.aliases if a.id}
    placed = [one for one in placed if one.entry.id not in merged]
    mine = {one.entry.id: one.entry for one in placed}
    others = {id: entry_of(one) for id, one in declared.items() if id not in mine}
    judge(placed, others, sectors, faults)
    spoilt = {f.file for f in faults.found if f.level == "error"}
    entries = {one.entry.id: one.entry for one in placed if one.document.path not in spoilt}
    return OwnAgencies(entries, faults.sorted())


def directory(declared: Mapping[str, Agency], home: Path | None, sectors: Collection[str] = ()) -> Directory:
    """The agencies a province declares together with those of its data folder."""
    if home is None:
        return Directory(declared)
    found = own_agencies(home, declared, sectors)
    return Directory(declared, {id: agency(e) for id, e in found.entries.items()}, found.findings)


def seated(catalogue: Catalogue, home: Path) -> Catalogue:
    """The catalogue with the agencies of its data folder; what names a predecessor names its successor."""
    before = catalogue.agencies
    declared = before.declared if isinstance(before, Directory) else before
    book = directory(declared, home, tuple(catalogue.packs))
    of = book.resolve

    def senders(listed: Iterable[str]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(n for s in listed for n in (s, *sorted(book.names(s)))))

    def member(one: Caller) -> Caller:
        return one.model_copy(update={"agency": of(one.agency)}) if one.agency else one

    update: dict[str, object] = {"agencies": book}
    if any(len(book.names(id)) > 1 for id in book):
        update |= {
            "datasets": {
                id: d.model_copy(update={"owner": of(d.owner), "prefer": senders(d.prefer)})
                for id, d in catalogue.datasets.items()
            },
            "packs": {id: p.model_copy(update={"owner": of(p.owner)}) for id, p in catalogue.packs.items()},
            "alerts": {
                id: a.model_copy(update={"tell": tuple(dict.fromkeys(map(of, a.tell)))})
                for id, a in catalogue.alerts.items()
            },
            "feeds": {id: f.model_copy(update={"sender": of(f.sender)}) for id, f in catalogue.feeds.items()},
            "shares": {
                id: s.model_copy(update={"owner": of(s.owner), "members": tuple(map(member, s.members))})
                for id, s in catalogue.shares.items()
            },
        }
    return catalogue.model_copy(update=update)


def agency(entry: AgencyEntry) -> Agency:
    def said(words: Words) -> Text:
        return Text(words.vi, words.en or words.vi)

    return Agency(
        id=entry.id, name=said(entry.name), short=said(entry.short), code=entry.code, kind=entry.kind,
        identifiers=dict(entry.identifiers),
        aliases=tuple(Alias(id=a.id, name=said(a.name), until=a.until) for a in entry.aliases),
        parent=entry.parent, place=entry.place, sectors=tuple(entry.sectors), head=entry.head,
        contact=Contact(**entry.contact.model_dump()), since=entry.since, until=entry.until,
    )  # fmt: skip


def entry_of(one: Agency | AgencyEntry) -> AgencyEntry:
    """How an agency is written."""
    if isinstance(one, AgencyEntry):
        return one
    plain = one.model_dump(exclude={"since"})
    words = {"name": one.name.as_dict(), "short": one.short.as_dict()}
    aliases = [{"id": a.id, "name": a.name.as_dict(), "until": a.until} for a in one.aliases]
    return AgencyEntry.model_validate(
        {**plain, **words, "aliases": aliases, "sectors": list(one.sectors), "from": one.since}
    )


def _files(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    return sorted(f for f in folder.iterdir() if f.suffix == ".yaml" and f.name[0] != "." and f.is_file())


def declared_agencies(
    document: yamltree.Document, province: ProvinceFile, faults: Faults
) -> dict[str, Agency]:
    """The agencies a province file names, by id, judged together."""
    out: dict[str, Agency] = {}
    for i, entry in enumerate(province.agencies):
        if entry.id in out:
            faults.add(
                document,
                ("agencies", i),
                "PCK024",
                Text(f"cơ quan “{entry.id}” khai hai lần", f'the agency "{entry.id}" stands twice'),
                Text("xóa một dòng", "remove one of them"),
            )
        out[entry.id] = agency(entry)
    placed = [Placed(document, ("agencies", i), entry) for i, entry in enumerate(province.agencies)]
    judge(placed, {}, province.packs, faults)
    return out
