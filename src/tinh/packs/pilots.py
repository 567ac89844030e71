"""Pilot files → pilots; the pilots of a province, declared and made on the web."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from pathlib import Path

from tinh.kit import yamltree
from tinh.kit.errors import Finding, Text
from tinh.kit.ids import digest
from tinh.kit.yamltree import Document
from tinh.packs.check import shape
from tinh.packs.findings import Faults
from tinh.packs.indicators import said
from tinh.packs.models import Catalogue, Indicator
from tinh.packs.pilot import Pilot, Treated
from tinh.packs.pilotfile import PilotFile
from tinh.packs.read import pilot_documents
from tinh.packs.resolve import Register

FOLDER = "pilots"


def compile(
    document: Document, faults: Faults, indicator: Callable[[str], str | None] | None,
    indicators: Collection[str] = (),
) -> Pilot | None:  # fmt: skip
    """The pilot of one file; None, with findings, when it cannot be used.

    `indicator` gives the final id of a short one; None for a table given by hand, which needs none.
    """
    entry = shape(document, PilotFile, faults)
    if entry is None:
        return None
    before = len(faults.found)
    final = entry.indicator
    if indicator is not None:
        found = indicator(entry.indicator) if entry.indicator else None
        if not entry.indicator:
            faults.add(document, (), "PCK180",
                       Text("thiếu chỉ tiêu kết quả", "the indicator of the outcome is missing"),
                       Text("thêm “indicator: …”", 'add "indicator: …"'))  # fmt: skip
        elif found is None:
            faults.unknown(document, ("indicator",), "PCK033", entry.indicator, indicators)
        if not entry.treated:
            faults.add(document, (), "PCK181",
                       Text("thí điểm trong tỉnh phải nêu các địa bàn ở mục treated",
                            "a pilot of a province names its places under treated"),
                       Text("thêm treated", "add treated"))  # fmt: skip
        final = found or ""
    treated = tuple(Treated(units=tuple(str(u) for u in t.units), start=t.start) for t in entry.treated)
    named = [u for t in treated for u in t.units]
    both = {u for u in named if named.count(u) > 1} | (set(named) & {str(u) for u in entry.candidates})
    for unit in sorted(both):
        faults.add(document, ("treated",), "PCK182",
                   Text(f"đơn vị {unit} được nêu hai lần hoặc vừa thí điểm vừa so sánh",
                        f"unit {unit} is named twice, or both treated and a candidate"),
                   Text("giữ ở một chỗ", "keep it in one place"))  # fmt: skip
    if any(f.level == "error" for f in faults.found[before:]):
        return None
    name = said(entry.name)
    return Pilot(
        id=entry.id, name=name if name.vi else Text(entry.id, entry.id), description=said(entry.description),
        indicator=final, data=entry.data, treated=treated,
        candidates=tuple(str(u) for u in entry.candidates), leave_out=tuple(str(u) for u in entry.leave_out),
        begins=entry.begins, ends=entry.ends, direction=entry.direction, matters=entry.matters,
        covariates=tuple(entry.covariates), methods=tuple(dict.fromkeys(entry.methods)),
        group_time=entry.group_time, synthetic_control=entry.synthetic_control,
        synthetic_did=entry.synthetic_did, draws=entry.draws, level=entry.level, seed=entry.seed,
        closed=entry.closed, made_by=entry.made_by, made_at=entry.made_at, file=document.path,
        digest=digest(document.path.read_bytes()),
    )  # fmt: skip


def gather(folder: Path, indicators: Register[Indicator], faults: Faults) -> dict[str, Pilot]:
    """Those of a province's folder, by id."""
    found: Register[Pilot] = Register(Text("thí điểm", "pilot"))
    for document in pilot_documents(folder, faults):
        pilot = compile(document, faults, lambda id: indicators.find("", id), indicators.items)
        if pilot is not None and found.claim("", pilot.id, document, ("id",), faults):
            found.items[pilot.id] = pilot
    return found.items


def read_pilot(file: Path) -> tuple[Pilot | None, tuple[Finding, ...]]:
    """The SPEC of `tinh pilot`, with what is wrong in it."""
    faults = Faults()
    document = yamltree.load(file)
    pilot = compile(document, faults, None) if faults.take(document) else None
    return pilot, faults.sorted()


class PilotBook:
    """All pilots of a province: those declared in its folder, and those of `<home>/pilots/*.yaml`."""

    def __init__(self, catalogue: Catalogue, home: Path) -> None:
        self.catalogue, self.root = catalogue, home / FOLDER

    def all(self) -> Mapping[str, Pilot]:
        return {**self.catalogue.pilots, **self._look()[0]}

    def own(self, id: str) -> Pilot | None:
        """The pilot of the data folder with this id."""
        return self._look()[0].get(id)

    def findings(self) -> tuple[Finding, ...]:
        return self._look()[1]

    def try_(self, path: Path) -> tuple[Pilot | None, tuple[Finding, ...]]:
        """What a file would compile to."""
        faults = Faults()
        return self._file(path, faults), faults.sorted()

    def _look(self) -> tuple[dict[str, Pilot], tuple[Finding, ...]]:
        faults = Faults()
        found: dict[str, Pilot] = {}
        for file in sorted(self.root.glob("*.yaml")) if self.root.is_dir() else []:
            pilot = self._file(file, faults) if not file.name.startswith(".") else None
            if pilot is not None:
                found[pilot.id] = pilot
        return found, faults.sorted()

    def _file(self, file: Path, faults: Faults) -> Pilot | None:
        document = yamltree.load(file)
        known = self.catalogue.indicators
        pilot = (
            compile(document, faults, lambda id: id if id in known else None, known)
            if faults.take(document) else None
        )  # fmt: skip
        if pilot is not None and pilot.id in self.catalogue.pilots:
            faults.add(
                document, ("id",), "PCK024",
                Text(f"thí điểm “{pilot.id}” đã được khai trong thư mục tỉnh",
                     f'the pilot "{pilot.id}" is declared in the province already'),
                Text("đổi mã", "change the id"),
            )  # fmt: skip
            return None
        return pilot
