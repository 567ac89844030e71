"""Learned layouts: files of their own, in the province's folder or in its data folder."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from tinh.kit import yamltree
from tinh.kit.errors import Finding, Text
from tinh.packs.check import shape
from tinh.packs.findings import Faults
from tinh.packs.laid import check_layout, check_pattern
from tinh.packs.layout import LearnedLayout
from tinh.packs.layouts import LayoutFile
from tinh.packs.models import Dataset

FOLDER = "layouts"
_Stamp = tuple[tuple[str, int, int], ...]


class Layouts:
    """The learned layouts of a data folder (`<folder>/layouts/<dataset>/<name>.yaml`).

    `of` looks at the folder each time, so that a file put there counts at once; a file with faults
    is left out and told in `findings`.
    """

    def __init__(self, folder: Path, declared: tuple[LearnedLayout, ...] = ()) -> None:
        self._root = folder / FOLDER
        self._declared = declared
        self._read: dict[str, tuple[_Stamp, tuple[LearnedLayout, ...], tuple[Finding, ...]]] = {}

    def of(self, dataset: Dataset) -> tuple[LearnedLayout, ...]:
        """Newest first, those of the data folder before those the province declares."""
        own, _ = self._look(dataset)
        taken = {layout.name for layout in own}
        declared = (d for d in self._declared if d.dataset == dataset.id and d.name not in taken)
        return (*own, *declared)

    def findings(self, dataset: Dataset) -> tuple[Finding, ...]:
        return self._look(dataset)[1]

    def _look(self, dataset: Dataset) -> tuple[tuple[LearnedLayout, ...], tuple[Finding, ...]]:
        files = _files(self._root / dataset.id)
        stamp: _Stamp = tuple((str(f), s.st_mtime_ns, s.st_size) for f in files if (s := f.stat()))
        before = self._read.get(dataset.id)
        if before is not None and before[0] == stamp:
            return before[1], before[2]
        faults = Faults()
        found = [one for file in files if (one := read_layout(file, dataset, faults)) is not None]
        found.sort(key=lambda one: (one.made_at, one.name), reverse=True)
        self._read[dataset.id] = stamp, tuple(found), faults.sorted()
        return tuple(found), faults.sorted()


def learned(folder: Path, declared: tuple[LearnedLayout, ...] = ()) -> Layouts:
    """The layouts of a data folder, in front of `declared` ones (`Catalogue.layouts`)."""
    return Layouts(folder, declared)


def declared_layouts(
    province: Path, datasets: Mapping[str, Dataset], faults: Faults
) -> tuple[LearnedLayout, ...]:
    """Those of the province's folder, with findings."""
    out = []
    root = province / FOLDER
    for folder in sorted(root.iterdir()) if root.is_dir() else []:
        if folder.name.startswith(".") or not folder.is_dir():
            continue
        if folder.name not in datasets:
            faults.unknown(yamltree.Document(folder), (), "PCK031", folder.name, datasets)
            continue
        for file in _files(folder):
            one = read_layout(file, datasets[folder.name], faults)
            if one is not None:
                out.append(one)
    return tuple(out)


def read_layout(file: Path, dataset: Dataset, faults: Faults) -> LearnedLayout | None:
    """One file; None, with findings, when it cannot be used."""
    document = yamltree.load(file)
    entry = shape(document, LayoutFile, faults) if faults.take(document) else None
    if entry is None:
        return None
    before = len(faults.found)
    for key, said, stands in (("dataset", entry.dataset, dataset.id), ("name", entry.name, file.stem)):
        if said != stands:
            faults.add(
                document,
                (key,),
                "PCK103",
                Text(
                    f"bố cục ghi {key}: {said} nhưng nằm ở “{stands}”", f'{key}: {said} stands at "{stands}"'
                ),
                Text(f"viết {key}: {stands}, hoặc chuyển tệp", f"write {key}: {stands}, or move the file"),
            )
    check_pattern(entry.match.filename, 0, document, ("match", "filename"), faults)
    check_layout(entry.layout, dataset.columns, document, ("layout",), faults)
    if len(faults.found) > before:
        return None
    return LearnedLayout(
        dataset=dataset.id,
        name=entry.name,
        made_by=entry.made_by,
        made_at=entry.made_at,
        headers=tuple(entry.match.headers),
        filename=entry.match.filename,
        layout=entry.layout.compiled(),
        file=file,
    )


def _files(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    return sorted(
        f for f in folder.iterdir() if f.suffix in (".yaml", ".yml") and f.is_file() and f.name[0] != "."
    )
