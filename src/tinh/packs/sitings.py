"""Siting files → studies, with every contradiction found; and those made on the web."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from tinh.kit import yamltree
from tinh.kit.errors import Finding, Text
from tinh.kit.ids import digest
from tinh.kit.yamltree import Document
from tinh.packs.called import dataset_called
from tinh.packs.check import shape
from tinh.packs.findings import Faults, Keys
from tinh.packs.indicators import checked, said
from tinh.packs.models import Catalogue, Dataset
from tinh.packs.read import siting_documents
from tinh.packs.resolve import Register
from tinh.packs.siting import Siting, SitingDemand, SitingPhase, SitingSites
from tinh.packs.sitingfile import SitingFile

FOLDER = "sitings"


def compile(
    document: Document, datasets: Mapping[str, Dataset], finds: Mapping[str, str], faults: Faults
) -> Siting | None:
    """The study of one file; None with findings. `finds`: the full id of a dataset by any it is called."""
    entry = shape(document, SitingFile, faults)
    if entry is None:
        return None
    before = len(faults.found)
    check = _Checks(document, datasets, finds, faults)
    people, register = check.demand(entry), check.sites(entry)
    check.limits(entry)
    if any(f.level == "error" for f in faults.found[before:]) or people is None:
        return None
    return Siting(
        id=entry.id, name=said(entry.name), description=said(entry.description), goal=entry.goal,
        demand=SitingDemand(**{**entry.demand.model_dump(), "dataset": people.id}),
        sites=SitingSites(**{**entry.sites.model_dump(), "dataset": register.id if register else ""}),
        radius=entry.radius, p=entry.p, budget=entry.budget,
        phases=tuple(SitingPhase(name=said(p.name), p=p.p, budget=p.budget) for p in entry.phases),
        minimum=entry.minimum, share=entry.share, gap=entry.gap, time_limit=entry.time_limit,
        assumed=entry.assumed, source=said(entry.source), made_by=entry.made_by, made_at=entry.made_at,
        file=document.path, digest=digest(document.path.read_bytes()),
    )  # fmt: skip


def declared(folder: Path, datasets: Register[Dataset], register: Register[Siting], faults: Faults) -> None:
    """The studies of a province's folder, into the register."""
    called = {id: found for id in datasets.known("") if (found := datasets.find("", id))}
    for document in siting_documents(folder, faults):
        one = compile(document, datasets.items, called, faults)
        final = one and register.claim("", one.id, document, ("id",), faults)
        if one is not None and final:
            register.items[final] = one


class _Checks:
    def __init__(
        self, document: Document, datasets: Mapping[str, Dataset], finds: Mapping[str, str], faults: Faults
    ) -> None:
        self.document, self.datasets, self.finds, self.faults = document, datasets, finds, faults

    def add(self, path: Keys, code: str, vi: str, en: str, cure_vi: str, cure_en: str) -> None:
        self.faults.add(self.document, path, code, Text(vi, en), Text(cure_vi, cure_en))

    def _dataset(self, path: Keys, called: str) -> Dataset | None:
        found = self.datasets.get(self.finds.get(called, called))
        if found is None:
            self.faults.unknown(self.document, path, "PCK031", called, self.datasets)
        return found

    def _column(self, path: Keys, name: str, dataset: Dataset | None) -> None:
        if name and dataset is not None and name not in {c.name for c in dataset.columns}:
            self.faults.unknown(self.document, path, "PCK032", name, [c.name for c in dataset.columns])

    def demand(self, entry: SitingFile) -> Dataset | None:
        found = self._dataset(("demand", "dataset"), entry.demand.dataset)
        self._column(("demand", "column"), entry.demand.column, found)
        self._column(("demand", "minus"), entry.demand.minus, found)
        if found is not None and (found.kind != "report" or found.place is None or found.period is None):
            self.add(("demand", "dataset"), "PCK190", "cần báo cáo có địa bàn và kỳ",
                     "a report with a place and a period is needed", "chọn bộ dữ liệu báo cáo theo xã",
                     "name a report by commune")  # fmt: skip
        for path, text in (
            (("demand", "where"), entry.demand.where),
            (("sites", "stands"), entry.sites.stands),
        ):
            if text and found is not None:
                checked(text, found, self.document, path, self.faults)
        return found

    def sites(self, entry: SitingFile) -> Dataset | None:
        given = entry.sites
        if not given.communes and not given.cell and not given.dataset:
            self.add(("sites",), "PCK191", "không có vị trí nào để chọn", "there is no site to choose from",
                     "ghi communes, cell hoặc dataset", "write communes, cell or dataset")  # fmt: skip
        if not given.dataset:
            return None
        found = self._dataset(("sites", "dataset"), given.dataset)
        for name in ("longitude", "latitude"):
            column = str(getattr(given, name))
            if not column:
                self.add(("sites",), "PCK191", f"thiếu cột {name}", f"the column {name} is missing",
                         f"ghi {name}", f"write {name}")  # fmt: skip
            self._column(("sites", name), column, found)
        return found

    def limits(self, entry: SitingFile) -> None:
        ways = [w for w in ("p", "budget") if getattr(entry, w) is not None] + (
            ["phases"] if entry.phases else []
        )
        wanted = 0 if entry.goal == "cover-all" else 1
        if len(ways) != wanted:
            self.add((ways[0],) if ways else (), "PCK192",
                     "cần đúng một trong p, budget, phases" if wanted else "cover-all không nhận chúng",
                     "exactly one of p, budget, phases" if wanted else "cover-all takes none of them",
                     "sửa lại cho đúng một", "mend it to one" if wanted else "leave them out")  # fmt: skip
        for n, phase in enumerate(entry.phases):
            if (phase.p is None) == (phase.budget is None):
                self.add(("phases", n), "PCK192", "mỗi giai đoạn cần đúng một trong p và budget",
                         "each phase needs exactly one of p and budget", "giữ một", "keep one")  # fmt: skip
        if entry.goal != "median" and entry.radius is None:
            self.add((), "PCK193", "thiếu tầm phục vụ", "the radius is missing", "ghi radius (mét)",
                     "write radius (metres)")  # fmt: skip
        if entry.goal == "median" and (entry.radius is not None or entry.minimum):
            self.add((), "PCK193", "median không dùng radius và minimum", "median takes no radius or minimum",
                     "bỏ chúng, hoặc dùng goal: cover", "leave them out, or use goal: cover")  # fmt: skip


class Sitings:
    """All studies of a province: the declared ones and those of `<folder>/sitings/*.yaml`.

    `all` looks at the folder each time; a file with faults, or with the id of a declared one, is left out
    and told in `findings`.
    """

    def __init__(self, catalogue: Catalogue, folder: Path) -> None:
        self.catalogue = catalogue
        self.root = folder / FOLDER

    def all(self) -> dict[str, Siting]:
        return {**self.catalogue.sitings, **self._look()[0]}

    def own(self, id: str) -> Siting | None:
        return self._look()[0].get(id)

    def findings(self) -> tuple[Finding, ...]:
        return self._look()[1]

    def try_(self, path: Path) -> tuple[Siting | None, tuple[Finding, ...]]:
        """What a file would compile to."""
        faults = Faults()
        return self._file(path, faults), faults.sorted()

    def _look(self) -> tuple[dict[str, Siting], tuple[Finding, ...]]:
        faults = Faults()
        found = {}
        for file in sorted(f for f in self.root.glob("*.yaml") if f.is_file() and f.name[0] != "."):
            one = self._file(file, faults)
            if one is not None:
                found[one.id] = one
        return found, faults.sorted()

    def _file(self, file: Path, faults: Faults) -> Siting | None:
        document = yamltree.load(file)
        if not faults.take(document):
            return None
        one = compile(document, self.catalogue.datasets, _Called(self.catalogue), faults)
        if one is not None and one.id in self.catalogue.sitings:
            faults.add(
                document, ("id",), "PCK024",
                Text(f"phương án “{one.id}” đã được khai trong thư mục tỉnh",
                     f'the study "{one.id}" is declared in the province already'),
                Text("đổi mã", "change the id"),
            )  # fmt: skip
            return None
        return one


class _Called(dict[str, str]):
    def __init__(self, catalogue: Catalogue) -> None:
        super().__init__()
        self._catalogue = catalogue

    def get(self, key: str, default: str | None = None) -> str | None:  # type: ignore[override]  # read only
        found = dataset_called(self._catalogue, key)
        return found.id if found else default
