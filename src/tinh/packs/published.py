"""Shares made on the web: files of their own in the data folder, in front of nothing, beside the declared."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from tinh.kit import yamltree
from tinh.kit.errors import Finding, Text
from tinh.packs import shares
from tinh.packs.agency import Agency
from tinh.packs.called import dataset_called
from tinh.packs.findings import Faults
from tinh.packs.models import Catalogue
from tinh.packs.share import Share

FOLDER = "shares"
_Stamp = tuple[tuple[str, int, int], ...]


class Shares:
    """All shares of a province: the declared ones and those of `<folder>/shares/*.yaml`.

    `all` looks at the folder each time, so that a file put there counts at once; one with faults, or with
    the id of a declared one, is left out and told in `findings`. `agencies` stands for the catalogue's own.
    """

    def __init__(
        self, catalogue: Catalogue, folder: Path, agencies: Mapping[str, Agency] | None = None
    ) -> None:
        self.catalogue = catalogue
        self.root = folder / FOLDER
        self._known = known(catalogue, catalogue.agencies if agencies is None else agencies)
        self._read: tuple[_Stamp, dict[str, Share], tuple[Finding, ...]] | None = None

    def all(self) -> dict[str, Share]:
        return {**self.catalogue.shares, **self._look()[0]}

    def one(self, id: str) -> Share | None:
        return self.all().get(id)

    def own(self, id: str) -> Share | None:
        """The share of the data folder with this id."""
        return self._look()[0].get(id)

    def findings(self) -> tuple[Finding, ...]:
        return self._look()[1]

    def try_(self, path: Path) -> tuple[Share | None, tuple[Finding, ...]]:
        """What a file would compile to."""
        faults = Faults()
        return self._file(path, faults), faults.sorted()

    def _look(self) -> tuple[dict[str, Share], tuple[Finding, ...]]:
        files = sorted(f for f in self.root.glob("*.yaml") if not f.name.endswith(".openapi.yaml"))
        files = [f for f in files if f.is_file() and f.name[0] != "."]
        stamp: _Stamp = tuple((str(f), s.st_mtime_ns, s.st_size) for f in files if (s := f.stat()))
        before = self._read
        if before is not None and before[0] == stamp:
            return before[1], before[2]
        faults = Faults()
        found: dict[str, Share] = {}
        for file in files:
            share = self._file(file, faults)
            if share is not None:
                found[share.id] = share
        self._read = stamp, found, faults.sorted()
        return found, faults.sorted()

    def _file(self, file: Path, faults: Faults) -> Share | None:
        document = yamltree.load(file)
        share = shares.compile(document, "", self._known, faults) if faults.take(document) else None
        if share is not None and share.id in self.catalogue.shares:
            faults.add(
                document, ("id",), "PCK024",
                Text(f"dịch vụ “{share.id}” đã được khai trong gói hoặc thư mục tỉnh",
                     f'the service "{share.id}" is declared in a pack or the province already'),
                Text("đổi mã", "change the id"),
            )  # fmt: skip
            return None
        return share


def known(catalogue: Catalogue, agencies: Mapping[str, Agency]) -> shares.Known:
    """What a share outside any pack may name."""
    return shares.Known(
        catalogue.datasets, catalogue.indicators, agencies,
        {id: pack.owner for id, pack in catalogue.packs.items()},
        lambda id: found.id if (found := dataset_called(catalogue, id)) else None,
        lambda id: id if id in catalogue.indicators else None,
    )  # fmt: skip
