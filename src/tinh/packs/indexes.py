"""Index files → indexes, with every contradiction found."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tinh.kit import yamltree
from tinh.kit.errors import Finding, Text
from tinh.kit.ids import digest
from tinh.kit.yamltree import Document
from tinh.packs.agency import Agency
from tinh.packs.check import shape
from tinh.packs.errors import PackFaults
from tinh.packs.findings import Faults, Keys
from tinh.packs.index import (
    Assumption,
    Columns,
    Delivered,
    Doubt,
    Element,
    Evidence,
    Impute,
    Index,
    Method,
    Normalise,
    Reference,
    Scoring,
    Treat,
    Weights,
)
from tinh.packs.indexfile import (
    DoubtEntry,
    ElementEntry,
    IndexFile,
    MethodEntry,
    NormaliseEntry,
    ScoringEntry,
    TreatEntry,
)
from tinh.packs.indexweights import weights
from tinh.packs.indicators import said
from tinh.packs.models import Dataset, Indicator
from tinh.packs.resolve import Register


@dataclass(frozen=True, slots=True)
class KnownHere:
    """What an index may name; without any of it (a file of `tinh index`) names are not checked."""

    dataset: Callable[[str], str | None] | None = None
    datasets: Collection[str] = ()
    indicator: Callable[[str], str | None] | None = None
    indicators: Collection[str] = ()
    agencies: Collection[str] | None = None
    dataset_columns: Callable[[str], Collection[str]] | None = None

    @staticmethod
    def of(
        pack: str,
        datasets: Register[Dataset],
        indicators: Register[Indicator],
        agencies: Mapping[str, Agency],
    ) -> KnownHere:
        """What the files of one pack may name."""
        return KnownHere(
            dataset=lambda id: datasets.find(pack, id), datasets=datasets.items,
            indicator=lambda id: indicators.find(pack, id), indicators=indicators.items, agencies=agencies,
            dataset_columns=lambda id: [c.name for c in datasets.items[id].columns],
        )  # fmt: skip


def index_file(path: Path) -> Index:
    """The index of one file that belongs to no pack; PackFaults with all findings when it has errors."""
    faults = Faults()
    document = yamltree.load(path)
    index = compile(document, "", KnownHere(), faults) if faults.take(document) else None
    if index is None or faults.stopped:
        raise PackFaults(faults.sorted())
    return index


def findings_of(path: Path) -> tuple[Finding, ...]:
    """What is wrong with one file."""
    faults = Faults()
    document = yamltree.load(path)
    if faults.take(document):
        compile(document, "", KnownHere(), faults)
    return faults.sorted()


def compile(document: Document, pack: str, known: KnownHere, faults: Faults) -> Index | None:
    """The index of one file under its own id; None, with findings, when it cannot be computed."""
    entry = shape(document, IndexFile, faults)
    if entry is None:
        return None
    before = len(faults.found)
    work = _Work(document, known, faults)
    tree = work.element(entry.tree, ("tree",))
    if not entry.tree.children:
        work.add(("tree",), "PCK160", "gốc của cây không có nhánh nào", "the tree's root has no children",
                 "thêm children", "add children")  # fmt: skip
    values = work.delivered(entry)
    work.assumptions(entry)
    weights(entry, tree, work.add)
    for n, reference in enumerate(entry.references):
        if reference.element and reference.element not in work.seen:
            work.add(("references", n, "element"), "PCK161", f"cây không có phần tử “{reference.element}”",
                     f'the tree has no element "{reference.element}"', "sửa mã", "mend the id")  # fmt: skip
    if any(f.level == "error" for f in faults.found[before:]):
        return None
    return Index(
        id=entry.id, version=entry.version, pack=pack, name=_name(entry.name, entry.id),
        description=said(entry.description), source=said(entry.source), units=entry.units,
        decimals=entry.decimals, scale=entry.scale,
        columns=Columns(
            unit=entry.columns.unit, name=entry.columns.name, groups=tuple(entry.columns.groups),
            merged_into=entry.columns.merged_into,
        ),
        values=values, method=_method(entry.method),
        assumptions=tuple(
            Assumption(what=a.what, choices=tuple(a.choices), low=a.low, high=a.high, within=a.within,
                       level=a.level)
            for a in entry.assumptions
        ),
        references=tuple(
            Reference(name=said(r.name), value=r.value, text=said(r.text), element=r.element, period=r.period,
                      source=r.source)
            for r in entry.references
        ),
        tree=tree, file=document.path, digest=digest(document.path.read_bytes()),
    )  # fmt: skip


@dataclass
class _Work:
    document: Document
    known: KnownHere
    faults: Faults
    seen: dict[str, Keys] = field(default_factory=dict)

    def add(self, path: Keys, code: str, vi: str, en: str, cure_vi: str, cure_en: str) -> None:
        self.faults.add(self.document, path, code, Text(vi, en), Text(cure_vi, cure_en))

    def element(self, entry: ElementEntry, at: Keys) -> Element:
        if entry.id in self.seen:
            self.add((*at, "id"), "PCK162", f"mã “{entry.id}” dùng hai lần trong cây",
                     f'the id "{entry.id}" stands twice in the tree', "đổi một mã", "change one")  # fmt: skip
        self.seen[entry.id] = at
        children = tuple(self.element(child, (*at, "children", n)) for n, child in enumerate(entry.children))
        if children:
            self._node(entry, children, at)
        elif entry.scoring is not None:
            self._scoring(entry, entry.scoring, (*at, "scoring"))
        if entry.normalise is not None:
            self._normalise(entry.normalise, (*at, "normalise"))
        if entry.owner and self.known.agencies is not None and entry.owner not in self.known.agencies:
            self.faults.unknown(self.document, (*at, "owner"), "PCK030", entry.owner, self.known.agencies)
        indicator = self._indicator(entry.indicator, (*at, "indicator"))
        return Element(
            id=entry.id, name=_name(entry.name, entry.id), note=said(entry.note), weight=entry.weight,
            points=entry.points, children=children, aggregate=entry.aggregate, power=entry.power,
            doubt=_doubt(entry.doubt), penalty=entry.penalty,
            available=entry.available, scored=entry.scored, illustrative=entry.illustrative,
            column=entry.column or entry.id, down=entry.direction == "down",
            denominator=entry.denominator.column if entry.denominator else "",
            denominator_scale=entry.denominator.scale if entry.denominator else 1.0,
            treat=_treat(entry.treat), treated=entry.treat != "none",
            normalise=_normalise(entry.normalise), scoring=_scoring(entry.scoring), indicator=indicator,
            source_type=entry.source_type, owner=entry.owner, deadline=entry.deadline,
            must_show=said(entry.must_show),
            evidence=tuple(Evidence(number=e.number, day=e.day, summary=e.summary) for e in entry.evidence),
            effort=entry.effort,
        )  # fmt: skip

    def _node(self, entry: ElementEntry, children: tuple[Element, ...], at: Keys) -> None:
        for key in ("scoring", "normalise", "denominator", "treat", "indicator", "column"):
            if getattr(entry, key):
                self.add((*at, key), "PCK163", f"“{key}” không dùng cho nút có nhánh",
                         f'"{key}" is not for a node with children', "bỏ khóa này", "remove it")  # fmt: skip
        below = sum(child.total() for child in children)
        stated = entry.points
        if stated is not None and entry.scored and abs(below - stated) > 1e-6:
            self.add((*at, "points"), "PCK164",
                     f"điểm của các nhánh cộng lại là {below:g}, không phải {stated:g}",
                     f"the children's points add up to {below:g}, not {stated:g}",
                     "sửa điểm của nhánh hoặc nút", "mend the children's points or the node's")  # fmt: skip

    def _scoring(self, entry: ElementEntry, scoring: ScoringEntry, at: Keys) -> None:
        needs = {"tier": scoring.tiers, "additive": scoring.parts, "band": scoring.bands}
        if scoring.kind in needs and not needs[scoring.kind]:
            key = {"tier": "tiers", "additive": "parts", "band": "bands"}[scoring.kind]
            self.add(at, "PCK165", f"cách chấm {scoring.kind} cần {key}", f"{scoring.kind} needs {key}",
                     f"thêm {key}", f"add {key}")  # fmt: skip
        if bool(scoring.numerator) != bool(scoring.denominator):
            self.add(at, "PCK165", "tỷ lệ cần cả numerator và denominator, hoặc không cột nào",
                     "a ratio needs both numerator and denominator, or neither", "thêm cột còn thiếu",
                     "add the other")  # fmt: skip
        shares = [*scoring.tiers.values(), *scoring.parts.values(), *(s for _, s in scoring.bands)]
        if any(not 0 <= s <= 1 for s in shares) or sum(scoring.parts.values()) > 1 + 1e-9:
            self.add(at, "PCK165", "tỷ phần phải từ 0 đến 1 và các phần cộng lại không quá 1",
                     "shares lie from 0 to 1 and parts add up to at most 1", "sửa tỷ phần",
                     "mend the shares")  # fmt: skip
        if [b for b, _ in scoring.bands] != sorted({b for b, _ in scoring.bands}):
            self.add(at, "PCK165", "các mốc của bands phải tăng dần", "the limits of bands must ascend",
                     "xếp lại các mốc", "put them in order")  # fmt: skip
        if entry.normalise is not None:
            self.add(at, "PCK165", "một thành phần có scoring thì không có normalise",
                     "a component with scoring has no normalise", "bỏ một trong hai", "keep one")  # fmt: skip

    def _normalise(self, entry: NormaliseEntry, at: Keys) -> None:
        missing = {
            "goalposts": entry.low is None or entry.high is None,
            "distance_to_target": entry.target is None,
            "distance_to_reference": not entry.reference,
        }.get(entry.kind, False)
        if missing:
            self.add(at, "PCK166", f"{entry.kind} thiếu mốc (low và high, target, hoặc reference)",
                     f"{entry.kind} lacks its posts (low and high, target, or reference)",
                     "thêm mốc", "add them")  # fmt: skip
        if (
            entry.low is not None
            and entry.high is not None
            and entry.kind != "zscore"
            and entry.low >= entry.high
        ):
            self.add(at, "PCK166", "low phải nhỏ hơn high", "low must be less than high", "sửa mốc",
                     "mend them")  # fmt: skip
        if entry.log and (entry.low is None or entry.low <= 0):
            self.add(at, "PCK166", "log cần các mốc lớn hơn 0", "log needs posts above 0", "sửa mốc",
                     "mend them")  # fmt: skip

    def _indicator(self, id: str, at: Keys) -> str:
        if not id or self.known.indicator is None:
            return id
        final = self.known.indicator(id)
        if final is None:
            self.faults.unknown(self.document, at, "PCK033", id, self.known.indicators)
        return final or id

    def delivered(self, entry: IndexFile) -> Delivered | None:
        values = entry.values
        if values is None:
            return None
        final: str | None = values.dataset
        if self.known.dataset is not None:
            final = self.known.dataset(values.dataset)
            if final is None:
                self.faults.unknown(
                    self.document, ("values", "dataset"), "PCK031", values.dataset, self.known.datasets
                )
            elif self.known.dataset_columns is not None:
                there = self.known.dataset_columns(final)
                for key in ("component", "numerator", "denominator", "choice", "self_score", "verified_score",
                            "evidence_number", "evidence_day", "evidence_summary"):  # fmt: skip
                    named = getattr(values, key)
                    if named and named not in there:
                        self.faults.unknown(self.document, ("values", key), "PCK032", named, there)
        return Delivered(**{**values.model_dump(), "dataset": final or values.dataset})

    def assumptions(self, entry: IndexFile) -> None:
        from typing import get_args

        from tinh.packs.index import AggregateRule, ImputeBy, NormaliseKind, WeightsKind

        allowed = {"impute": get_args(ImputeBy), "normalise": get_args(NormaliseKind),
                   "aggregate": get_args(AggregateRule), "weighting": get_args(WeightsKind),
                   "exclude": ("none", *self.seen)}  # fmt: skip
        for n, one in enumerate(entry.assumptions):
            for i, choice in enumerate(one.choices):
                among = allowed.get(one.what)
                if among is not None and choice not in among:
                    self.faults.unknown(
                        self.document, ("assumptions", n, "choices", i), "PCK013", choice, among
                    )
                if one.what == "treat" and choice != "none" and not choice.isdecimal():
                    self.add(("assumptions", n, "choices", i), "PCK167",
                             f"“{choice}” không phải là none hay một số điểm",
                             f'"{choice}" is neither none nor a number', "viết none hoặc 0, 1, 2, …",
                             "write none or 0, 1, 2, …")  # fmt: skip


def _name(entry: object, id: str) -> Text:
    text = said(entry)  # type: ignore[arg-type]  # BothWords
    return Text(text.vi or id, text.en or text.vi or id)


def _method(entry: MethodEntry) -> Method:
    rules = entry.aggregate if isinstance(entry.aggregate, list) else [entry.aggregate]
    return Method(
        screen=entry.screen,
        impute=Impute(by=entry.impute.by, group=entry.impute.group) if entry.impute else Impute(),
        treat=_treat(entry.treat), normalise=_normalise(entry.normalise) or Normalise(),
        weights=Weights(**entry.weights.model_dump()) if entry.weights else Weights(),
        aggregate=tuple(rules) or ("arithmetic",), doubt=_doubt(entry.doubt) or Doubt(),
        penalty=entry.penalty, merge=entry.merge,
    )  # fmt: skip


def _doubt(entry: DoubtEntry | None) -> Doubt | None:
    return None if entry is None else Doubt(**entry.model_dump())


def _treat(entry: TreatEntry | str | None) -> Treat | None:
    return Treat(**entry.model_dump()) if isinstance(entry, TreatEntry) else None


def _normalise(entry: NormaliseEntry | None) -> Normalise | None:
    if entry is None:
        return None
    return Normalise(**{**entry.model_dump(), "percentiles": tuple(entry.percentiles)})


def _scoring(entry: ScoringEntry | None) -> Scoring | None:
    if entry is None:
        return None
    return Scoring(**{**entry.model_dump(), "bands": tuple((a, b) for a, b in entry.bands)})


def of_packs(
    documents: Mapping[str, list[Document]],
    datasets: Register[Dataset],
    indicators: Register[Indicator],
    agencies: Mapping[str, Agency],
    faults: Faults,
) -> dict[str, Index]:
    """The indexes of all packs by final id."""
    register: Register[Index] = Register(Text("bộ chỉ số", "index"))
    for pack, found in documents.items():
        known = KnownHere.of(pack, datasets, indicators, agencies)
        for document in found:
            index = compile(document, pack, known, faults)
            final = index and register.claim(pack, index.id, document, ("id",), faults)
            if index is not None and final:
                register.items[final] = index.model_copy(update={"id": final})
    return register.items
