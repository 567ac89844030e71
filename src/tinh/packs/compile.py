"""A province folder and its packs → one Catalogue, or the findings why not."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from tinh.kit import yamltree
from tinh.kit.errors import Finding, Text
from tinh.kit.ids import digest
from tinh.packs import (
    alerts,
    feeds,
    former,
    indexes,
    personal,
    pilots,
    processes,
    relation,
    reports,
    shares,
    simulations,
    sitings,
    subscriptions,
)
from tinh.packs.agency import Agency
from tinh.packs.agreeing import preferred
from tinh.packs.axisplace import AxisPlace, Remote
from tinh.packs.check import shape
from tinh.packs.contract import Draft, drafts
from tinh.packs.directory import Directory, declared_agencies, directory
from tinh.packs.errors import NoSuchProvince, PackFaults
from tinh.packs.feed import Feed
from tinh.packs.findings import Faults
from tinh.packs.finish import finish
from tinh.packs.indicators import IndicatorCompiler, IndicatorDraft, circles, said
from tinh.packs.layout import LearnedLayout
from tinh.packs.learned import declared_layouts
from tinh.packs.models import (
    AlertRule,
    CalendarDay,
    Catalogue,
    Dataset,
    Indicator,
    Pack,
    Room,
    Simulation,
)
from tinh.packs.provincefile import ProvinceFile
from tinh.packs.read import PackSource, feed_documents, known, read_pack, share_documents, shelves
from tinh.packs.resolve import Register
from tinh.packs.shape import IndicatorFile, PackFile
from tinh.packs.share import Share
from tinh.packs.siting import Siting
from tinh.packs.units import units
from tinh.packs.watching import Relation
from tinh.packs.words import Wordbook

_OF_AGENCIES = frozenset({"PCK030", "PCK130", "PCK131", "PCK132", "PCK133", "PCK134", "PCK137"})


@dataclass(frozen=True, slots=True)
class Compiled:
    """What a province folder says: a catalogue when nothing stops it, and every finding."""

    catalogue: Catalogue | None
    findings: tuple[Finding, ...]


def load(
    province_dir: Path,
    extra_pack_dirs: Iterable[Path] = (),
    home: Path | None = None,
    *,
    settled: bool = False,
) -> Compiled:
    """Read and compile a province folder with the packs it names.

    Agencies of the data folder `home` may be named too. `settled`: the texts were judged before, and
    an agency that has gone since stops nothing.
    """
    if not (province_dir / "province.yaml").is_file():
        raise NoSuchProvince(folder=province_dir)
    return _Compiler(province_dir, home, settled).run(shelves(province_dir, extra_pack_dirs))


def compile(province_dir: Path, extra_pack_dirs: Iterable[Path] = (), home: Path | None = None) -> Catalogue:
    """The catalogue of a province; PackFaults with all findings when it has errors."""
    compiled = load(province_dir, extra_pack_dirs, home)
    if compiled.catalogue is None:
        raise PackFaults(compiled.findings)
    return compiled.catalogue


class _Compiler:
    def __init__(self, folder: Path, home: Path | None, settled: bool) -> None:
        self.folder, self.home, self.settled = folder, home, settled
        self.faults = Faults()
        self.packs: dict[str, Pack] = {}
        self.words: dict[str, Wordbook] = {}
        self.sources: dict[str, PackSource] = {}
        self.drafts: Register[Draft] = Register(Text("bộ dữ liệu", "dataset"))
        self.datasets: Register[Dataset] = Register(Text("bộ dữ liệu", "dataset"))
        self.plans: Register[IndicatorDraft] = Register(Text("chỉ tiêu", "indicator"))
        self.indicators: Register[Indicator] = Register(Text("chỉ tiêu", "indicator"))
        self.former: dict[str, IndicatorDraft] = {}
        self.replaced: dict[str, Indicator] = {}
        self.alerts: Register[AlertRule] = Register(Text("cảnh báo", "alert"))
        self.simulations: list[Simulation] = []
        self.feeds: Register[Feed] = Register(Text("nguồn dữ liệu", "feed"))
        self.shares: Register[Share] = Register(Text("dịch vụ dữ liệu", "data service"))
        self.sitings: Register[Siting] = Register(Text("phương án bố trí", "siting"))
        self.relations: Register[Relation] = Register(Text("quan hệ", "relation"))
        self.subscriptions = subscriptions.register()
        self.processes = processes.register()
        self.layouts: tuple[LearnedLayout, ...] = ()

    def run(self, folders: list[Path]) -> Compiled:
        document = yamltree.load(self.folder / "province.yaml")
        province = shape(document, ProvinceFile, self.faults) if self.faults.take(document) else None
        if province is None:
            return Compiled(None, self.faults.sorted())
        declared = declared_agencies(document, province, self.faults)
        agencies = directory(declared, self.home, tuple(province.packs))
        self.register = personal.register(self.folder, self.faults)
        self._packs(document, province, known(folders), agencies)
        for id in self.packs:
            self._datasets(id, agencies)
        for final, draft in self.drafts.items.items():
            self.datasets.items[final] = finish(
                draft, self.drafts, self.words[draft.dataset.pack], self.faults
            )
        self.datasets.local = self.drafts.local
        for id in self.packs:
            self._plans(id)
        self._indicators()
        for id, pack in self.packs.items():
            self._alerts(pack, agencies)
            self.simulations += simulations.gather(
                self.sources[id].simulations, id, self.datasets, self.faults
            )
            for each in self.sources[id].relations:
                relation.compile(each, id, self.indicators, self.relations, self.faults)
            self._words(id)
        self.reports = reports.gather(self.sources, agencies, self.faults)
        self._feeds(agencies)
        self._shares(agencies)
        trees = {id: source.indexes for id, source in self.sources.items()}
        self.indexes = indexes.of_packs(trees, self.datasets, self.indicators, agencies, self.faults)
        sitings.declared(self.folder, self.datasets, self.sitings, self.faults)
        self.pilots = pilots.gather(self.folder, self.indicators, self.faults)
        subscriptions.declare(self, agencies)
        processes.gather({id: s.folder for id, s in self.sources.items()}, self.processes, self.faults)
        self._room(document, province)
        for path, named in province.sign_in.agencies_named():
            if named not in agencies:
                self.faults.unknown(document, ("sign_in", "providers", *path), "PCK030", named, agencies)
        self._units = units(self.folder, province.place, self.faults)
        self.layouts = declared_layouts(self.folder, self.datasets.items, self.faults)
        if self.settled:
            self.faults.soften(_OF_AGENCIES)
        found = (*self.faults.sorted(), *agencies.findings)  # a bad file of the data folder stops nothing
        return Compiled(None if self.faults.stopped else self._freeze(province, declared), found)

    def _packs(
        self,
        document: yamltree.Document,
        province: ProvinceFile,
        shelf: dict[str, Path],
        agencies: Mapping[str, Agency],
    ) -> None:
        for i, id in enumerate(province.packs):
            if id in self.packs or id not in shelf:
                if id in self.packs:
                    self.faults.add(
                        document,
                        ("packs", i),
                        "PCK024",
                        Text(f"gói “{id}” khai hai lần", f'the pack "{id}" stands twice'),
                        Text("xóa một dòng", "remove one of them"),
                    )
                else:
                    self.faults.unknown(document, ("packs", i), "PCK022", id, shelf)
                continue
            source = read_pack(shelf[id], self.faults)
            manifest = shape(source.manifest, PackFile, self.faults) if source else None
            if source is None or manifest is None:
                continue
            if manifest.id != id:
                self.faults.add(
                    source.manifest,
                    ("id",),
                    "PCK023",
                    Text(
                        f"mã “{manifest.id}” khác tên thư mục “{id}”",
                        f'the id "{manifest.id}" is not the folder\'s name "{id}"',
                    ),
                    Text(f"viết id: {id}, hoặc đổi tên thư mục", f"write id: {id}, or rename the folder"),
                )
            if manifest.owner and manifest.owner not in agencies:
                self.faults.unknown(source.manifest, ("owner",), "PCK030", manifest.owner, agencies)
            words = Wordbook(source, self.faults)
            self.sources[id], self.words[id] = source, words
            self.packs[id] = Pack(
                id=id,
                name=words.text("pack", "", "name", Text(id, id), source.manifest, must=True),
                description=words.text("pack", "", "description", Text("", ""), source.manifest),
                owner=manifest.owner,
                licence=manifest.licence,
                version=manifest.version,
                maturity=manifest.maturity,
                folder=source.folder,
            )

    def _datasets(self, pack: str, agencies: Mapping[str, Agency]) -> None:
        for document in self.sources[pack].contracts:
            for draft in drafts(document, pack, self.words[pack], self.faults):
                final = self.drafts.claim(pack, draft.dataset.id, document, draft.path, self.faults)
                owner = draft.dataset.owner
                if owner and owner not in agencies:
                    self.faults.unknown(document, (*draft.block_path, "owner"), "PCK030", owner, agencies)
                preferred(draft, agencies, self.faults)
                if final is not None:
                    columns = personal.classified(
                        draft.dataset.columns, self.register, self.faults, document, draft.path
                    )
                    update = {
                        "id": final,
                        "owner": owner or self.packs[pack].owner,
                        "columns": columns,
                    }
                    draft.dataset = draft.dataset.model_copy(update=update)
                    self.drafts.items[final] = draft

    def _plans(self, pack: str) -> None:
        shaped = [(d, shape(d, IndicatorFile, self.faults)) for d in self.sources[pack].indicators]
        read = [(document, entry) for document, entry in shaped if entry is not None]
        newest, older = former.parted(read, self.faults)
        maturity, words = self.packs[pack].maturity, self.words[pack]
        for document, entry in newest:
            final = self.plans.claim(pack, entry.id, document, ("id",), self.faults)
            if final is None:
                continue
            self.plans.items[final] = IndicatorDraft(document, entry, pack, maturity, words, final)
            for kept, before in older.get(entry.id, ()):
                own = former.name(entry.id, before.version)
                self.former[former.name(final, before.version)] = IndicatorDraft(
                    kept, before, pack, maturity, words, final, own
                )

    def _indicators(self) -> None:
        compiler = IndicatorCompiler(self.datasets, self.plans, self.faults)
        for final, draft in self.plans.items.items():
            indicator = compiler.compile(draft)
            if indicator is not None:
                self.indicators.items[final] = indicator
        self.indicators.local = self.plans.local
        formulas = {id: i.formula for id, i in self.indicators.items.items()}
        circles(self.plans, formulas, self.faults)
        for name, draft in self.former.items():
            before = compiler.compile(draft)
            if before is not None:
                self.replaced[name] = before
                drafts = replace(self.plans, items={**self.plans.items, before.id: draft})
                circles(drafts, {**formulas, before.id: before.formula}, self.faults)

    def _alerts(self, pack: Pack, agencies: Mapping[str, Agency]) -> None:
        for document in self.sources[pack.id].alerts:
            alert = alerts.compile(
                document, pack, self.words[pack.id], self.indicators, self.alerts, agencies, self.faults
            )
            if alert is not None:
                former.watched(document, alert, self.indicators.items, self.replaced, self.faults)
                self.alerts.items[alert.id] = alert

    def _feeds(self, agencies: Mapping[str, Agency]) -> None:
        """The province's own feeds first: they keep the short ids."""
        shelves = {"": feed_documents(self.folder, self.faults)}
        shelves |= {id: source.feeds for id, source in self.sources.items()}
        for pack, documents in shelves.items():
            for document in documents:
                feed = feeds.compile(document, pack, self.datasets, self.feeds, agencies, self.faults)
                if feed is not None:
                    self.feeds.items[feed.id] = feed

    def _shares(self, agencies: Mapping[str, Agency]) -> None:
        """The province's own first, as with feeds."""
        shelves = {"": share_documents(self.folder, self.faults)}
        shelves |= {id: source.shares for id, source in self.sources.items()}
        for pack, documents in shelves.items():
            known = shares.Known(
                self.datasets.items, self.indicators.items, agencies,
                {id: one.owner for id, one in self.packs.items()},
                lambda id, pack=pack: self.datasets.find(pack, id),  # type: ignore[misc]  # a bound default
                lambda id, pack=pack: self.indicators.find(pack, id),  # type: ignore[misc]  # a bound default
            )  # fmt: skip
            for document in documents:
                share = shares.compile(document, pack, known, self.faults)
                final = share and self.shares.claim(pack, share.id, document, ("id",), self.faults)
                if share is not None and final:
                    self.shares.items[final] = share.model_copy(update={"id": final})

    def _words(self, pack: str) -> None:
        """Words for what is not there; what only failed to compile counts as being there."""
        source = self.sources[pack]
        broken = {f.file for f in self.faults.found if f.level == "error"}
        known: dict[str, dict[str, set[str]]] = {
            "indicators": {
                id: set()
                for id in (
                    *self.plans.local.get(pack, {}),
                    *_ids(source.indicators),
                    *_own(self.former, pack),
                )
            },
            "alerts": {id: set() for id in (*self.alerts.local.get(pack, {}), *_ids(source.alerts))},
        }
        if not broken & {d.path for d in source.contracts}:
            finals = self.drafts.local.get(pack, {}).items()
            datasets = {short: self.datasets.items[final] for short, final in finals}
            known["datasets"] = {
                short: {c.name for c in d.columns}
                | {r.id for r in d.rules}
                | {e.id for e in self.drafts.items[d.id].block.rules}
                for short, d in datasets.items()
            }
        self.words[pack].strangers(known)

    def _room(self, document: yamltree.Document, province: ProvinceFile) -> None:
        shown = [(("room", "map"), province.room.map)] if province.room.map else []
        tiles = [(("room", "tiles", i), id) for i, id in enumerate(province.room.tiles)]
        for path, id in (*shown, *tiles):
            if id not in self.plans.items:
                self.faults.unknown(document, path, "PCK033", id, self.plans.items)

    def _freeze(self, province: ProvinceFile, agencies: dict[str, Agency]) -> Catalogue:
        catalogue = Catalogue(
            id=province.id,
            name=said(province.name),
            place=province.place,
            languages=tuple(province.languages),
            timezone=province.timezone,
            calendar=tuple(
                CalendarDay(day=d.day, works=d.works, name=said(d.name)) for d in province.calendar.days
            ),
            hours=province.calendar.compiled(),
            agencies=agencies,
            packs=self.packs,
            datasets=self.datasets.items,
            indicators=self.indicators.items,
            former=self.replaced,
            alerts=self.alerts.items,
            simulations=tuple(self.simulations),
            feeds=self.feeds.items,
            shares=self.shares.items,
            indexes=self.indexes,
            sitings=self.sitings.items,
            pilots=self.pilots,
            relations=self.relations.items,
            subscriptions=self.subscriptions.items,
            **self.reports.fields(self.processes.items),
            units=self._units,
            layouts=self.layouts,
            privacy=self.register,
            room=Room(map=province.room.map, tiles=tuple(province.room.tiles)),
            reminders=province.reminders,
            anomalies=province.anomalies,
            verdicts=province.verdicts,
            sign_in=province.sign_in.compiled(),
            axis=_axis(province),
            base_map=province.base_map.compiled(),
            folder=self.folder,
            digest="",
        )
        text = json.dumps(catalogue.as_json(), ensure_ascii=False, sort_keys=True)
        return catalogue.model_copy(update={"digest": digest(text.encode()), "agencies": Directory(agencies)})


def _axis(province: ProvinceFile) -> AxisPlace:
    said = province.axis
    return AxisPlace(
        instance=said.instance or f"VN-{province.place}",
        classes=tuple(said.classes) or ("GOV",),
        server=said.server,
        strangers=said.strangers,
        remotes=tuple(Remote(**{**one.model_dump(), "serves": tuple(one.serves)}) for one in said.remotes),
    )


def _own(drafts: dict[str, IndicatorDraft], pack: str) -> list[str]:
    """Under which names the older versions of a pack may have words of their own."""
    return [draft.words_id for draft in drafts.values() if draft.pack == pack]


def _ids(documents: list[yamltree.Document]) -> list[str]:
    """Ids as they stand in files, whether or not the files compile."""
    return [str(d.value["id"]) for d in documents if isinstance(d.value, dict) and "id" in d.value]
