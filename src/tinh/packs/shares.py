"""Share files → shares, with every contradiction found."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from tinh.kit.errors import Text
from tinh.kit.ids import digest
from tinh.kit.yamltree import Document
from tinh.packs.agency import Agency
from tinh.packs.check import shape
from tinh.packs.feeds import seconds
from tinh.packs.findings import Faults, Keys
from tinh.packs.indicators import checked, said
from tinh.packs.models import Dataset, Indicator
from tinh.packs.proxies import proxied
from tinh.packs.share import VALUE_COLUMNS, Caller, PersonalRight, Quota, Reach, Share
from tinh.packs.sharefile import CallerEntry, ShareFile

__all__ = ["Known", "compile", "seconds"]


@dataclass(frozen=True, slots=True)
class Known:
    """What a share may name. `dataset` and `indicator` give the final id of a short one, or None."""

    datasets: Mapping[str, Dataset]
    indicators: Mapping[str, Indicator]
    agencies: Mapping[str, Agency]
    owners: Mapping[str, str]  # pack → its owner
    dataset: Callable[[str], str | None]
    indicator: Callable[[str], str | None]


def compile(document: Document, pack: str, known: Known, faults: Faults) -> Share | None:
    """The share of one file under its own id; None, with findings, when it cannot be offered."""
    entry = shape(document, ShareFile, faults)
    if entry is None:
        return None
    before = len(faults.found)
    check = _Checks(document, known, faults)
    dataset = check.dataset(entry)
    indicators = check.indicators(entry)
    check.kind(entry)
    owner = check.owner(entry, pack, dataset, indicators)
    columns = check.columns(entry, dataset, bool(indicators))
    members = tuple(check.caller(n, m, dataset, columns) for n, m in enumerate(entry.members))
    reach = check.reach(entry, dataset, bool(indicators))
    if entry.begins and entry.ends and entry.begins > entry.ends:
        check.add(("until",), "PCK143", "until trước from", "until is before from",
                  "sửa một trong hai ngày", "mend one of the two days")  # fmt: skip
    proxy = proxied(document, entry.proxy, faults) if entry.proxy is not None else None
    if any(f.level == "error" for f in faults.found[before:]):
        return None
    return Share(
        id=entry.id, version=entry.version, pack=pack, name=said(entry.name),
        description=said(entry.description), owner=owner, kind=entry.kind,
        dataset=dataset.id if dataset else "", indicators=indicators, columns=columns, reach=reach,
        members=members, purpose=said(entry.purpose), legal_basis=entry.legal_basis,
        begins=entry.begins, ends=entry.ends,
        quota=Quota(minute=entry.quota.minute, day=entry.quota.day), largest=entry.largest,
        as_of=entry.as_of == "allowed", formats=tuple(dict.fromkeys(entry.formats)), proxy=proxy,
        made_by=entry.made_by, made_at=entry.made_at, file=document.path,
        digest=digest(document.path.read_bytes()),
    )  # fmt: skip


class _Checks:
    """What the shape of a file cannot say."""

    def __init__(self, document: Document, known: Known, faults: Faults) -> None:
        self.document, self.known, self.faults = document, known, faults

    def add(self, path: Keys, code: str, vi: str, en: str, cure_vi: str, cure_en: str) -> None:
        self.faults.add(self.document, path, code, Text(vi, en), Text(cure_vi, cure_en))

    def unknown(self, path: Keys, code: str, word: str, among: Collection[str]) -> None:
        self.faults.unknown(self.document, path, code, word, among)

    def dataset(self, entry: ShareFile) -> Dataset | None:
        if not entry.dataset:
            return None
        final = self.known.dataset(entry.dataset)
        if final is None or final not in self.known.datasets:
            self.unknown(("dataset",), "PCK031", entry.dataset, self.known.datasets)
            return None
        return self.known.datasets[final]

    def indicators(self, entry: ShareFile) -> tuple[str, ...]:
        named: list[tuple[Keys, str]] = [(("indicator",), entry.indicator)] if entry.indicator else []
        named += [(("indicators", n), id) for n, id in enumerate(entry.indicators)]
        out = []
        for path, id in named:
            final = self.known.indicator(id)
            if final is None:
                self.unknown(path, "PCK033", id, self.known.indicators)
            else:
                out.append(final)
        return tuple(dict.fromkeys(out))

    def kind(self, entry: ShareFile) -> None:
        gives = [bool(entry.dataset), bool(entry.indicator or entry.indicators)]
        if entry.kind == "data" and (sum(gives) != 1 or entry.proxy is not None):
            self.add(("kind",), "PCK140", "kind: data cần đúng một trong dataset và indicator",
                     "kind: data needs exactly one of dataset and indicator, and no proxy",
                     "giữ lại một nguồn", "keep one of them")  # fmt: skip
        if entry.kind == "proxy" and (any(gives) or entry.proxy is None):
            self.add(("kind",), "PCK140", "kind: proxy cần nhóm proxy, không có dataset hay indicator",
                     "kind: proxy needs the group proxy, and neither dataset nor indicator",
                     "thêm “proxy: …”", 'add "proxy: …"')  # fmt: skip

    def owner(self, entry: ShareFile, pack: str, dataset: Dataset | None, indicators: tuple[str, ...]) -> str:
        if entry.owner and entry.owner not in self.known.agencies:
            self.unknown(("owner",), "PCK030", entry.owner, self.known.agencies)
        pack = dataset.pack if dataset else pack
        if indicators and indicators[0] in self.known.indicators:
            pack = self.known.indicators[indicators[0]].pack
        owner = entry.owner or (dataset.owner if dataset else "") or self.known.owners.get(pack, "")
        lost = (entry.dataset and dataset is None) or (
            (entry.indicator or entry.indicators) and not indicators
        )
        if not owner and not lost:
            self.add(("owner",), "PCK144", "không biết cơ quan nào cung cấp", "no agency offers it",
                     "viết owner: mã-cơ-quan", "write owner: agency-id")  # fmt: skip
        return self.standing(owner)

    def standing(self, agency: str) -> str:
        """The agency that answers for this one today."""
        found = self.known.agencies.get(agency)
        return found.id if found else agency

    def columns(self, entry: ShareFile, dataset: Dataset | None, values: bool) -> tuple[str, ...]:
        there = self._names(dataset, values)
        for n, name in enumerate(entry.columns):
            if name not in there:
                self.unknown(("columns", n), "PCK032", name, there)
        named = {c for m in entry.members if m.personal for c in m.personal.columns}
        hidden = _personal(dataset)
        for n, name in enumerate(entry.columns):
            if name in hidden and name not in named:
                self.add(("columns", n), "PCK141", f"cột cá nhân “{name}” mà không bên nào có quyền",
                         f'the column "{name}" is personal and no member has a right that names it',
                         "bỏ cột, hoặc ghi personal.columns ở bên được nhận",
                         "leave it out, or name it in the personal.columns of a member")  # fmt: skip
        return tuple(entry.columns) or tuple(c for c in there if c not in hidden or c in named)

    def _names(self, dataset: Dataset | None, values: bool) -> list[str]:
        if dataset is not None:
            return [c.name for c in dataset.columns]
        return list(VALUE_COLUMNS) if values else []

    def caller(self, n: int, entry: CallerEntry, dataset: Dataset | None, columns: tuple[str, ...]) -> Caller:
        at: Keys = ("members", n)
        if bool(entry.agency) == bool(entry.group):
            self.add(at, "PCK144", "cần đúng một trong agency và group",
                     "exactly one of agency and group is needed", "bỏ một trong hai",
                     "keep one of the two")  # fmt: skip
        elif entry.agency and entry.agency not in self.known.agencies:
            self.unknown((*at, "agency"), "PCK030", entry.agency, self.known.agencies)
        if entry.subsystem and not entry.agency:
            self.add((*at, "subsystem"), "PCK144", "subsystem phải đi với agency",
                     "subsystem goes with agency", "thêm agency", "add the agency")  # fmt: skip
        for i, name in enumerate(entry.columns):
            if name not in columns:
                self.unknown((*at, "columns", i), "PCK032", name, columns)
        return Caller(
            agency=self.standing(entry.agency), subsystem=entry.subsystem, group=entry.group,
            columns=tuple(entry.columns), personal=self._personal(at, entry, dataset), until=entry.until,
        )  # fmt: skip

    def _personal(self, at: Keys, entry: CallerEntry, dataset: Dataset | None) -> PersonalRight | None:
        if entry.personal is None:
            return None
        hidden = _personal(dataset)
        for i, name in enumerate(entry.personal.columns):
            if name not in hidden:
                self.add((*at, "personal", "columns", i), "PCK141",
                         f"“{name}” không phải cột dữ liệu cá nhân của bộ này",
                         f'"{name}" is no personal column of this dataset',
                         "chỉ ghi cột dữ liệu cá nhân", "name personal columns only")  # fmt: skip
        if not entry.agency:
            self.add((*at, "personal"), "PCK141", "quyền đối với dữ liệu cá nhân không cấp cho cả nhóm",
                     "a right to personal data is not given to a group",
                     "ghi rõ từng agency", "name the agencies one by one")  # fmt: skip
        return PersonalRight(
            columns=tuple(entry.personal.columns), purpose=said(entry.personal.purpose),
            legal_basis=entry.personal.legal_basis,
        )  # fmt: skip

    def reach(self, entry: ShareFile, dataset: Dataset | None, values: bool) -> Reach:
        given = entry.reach
        placed = values or (dataset is not None and dataset.place is not None)
        timed = values or (dataset is not None and dataset.period is not None)
        narrow = given.place == "own" or bool(given.places)
        if narrow and not placed:
            self.add(("reach",), "PCK142", "phạm vi theo địa bàn mà dữ liệu không có địa bàn",
                     "rows are picked by place but the data has none", "bỏ place, places",
                     "remove place and places")  # fmt: skip
        span = given.periods
        if (span.first or span.last) and not timed:
            self.add(("reach", "periods"), "PCK142", "phạm vi theo kỳ mà dữ liệu không có kỳ",
                     "rows are picked by period but the data has none", "bỏ periods",
                     "remove periods")  # fmt: skip
        if span.first and span.last and span.first > span.last:
            self.add(("reach", "periods"), "PCK143", "kỳ đầu sau kỳ cuối", "first is after last",
                     "sửa một trong hai", "mend one of the two")  # fmt: skip
        where = given.where
        if where and dataset is not None:
            where = checked(where, dataset, self.document, ("reach", "where"), self.faults) or ""
        elif where:
            self.add(("reach", "where"), "PCK142", "where chỉ dùng cho bộ dữ liệu",
                     "where goes with a dataset only", "bỏ where", "remove where")  # fmt: skip
        return Reach(
            place=given.place, places=tuple(given.places), first=span.first, last=span.last, where=where
        )


def _personal(dataset: Dataset | None) -> frozenset[str]:
    return frozenset(c.name for c in dataset.columns if c.personal != "none") if dataset else frozenset()
