"""Finding the files of a province and its packs; nothing is understood here but names."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from tinh.kit import yamltree
from tinh.kit.errors import Text
from tinh.kit.yamltree import Document
from tinh.packs.findings import Faults, nearest

FOLDERS = (
    "datasets",
    "indicators",
    "alerts",
    "simulation",
    "feeds",
    "shares",
    "indexes",
    "relations",
    "subscriptions",
    "reports",
    "processes",
    "locale",
    "samples",
    "expected",
)
CHECKOUT = Path(__file__).resolve().parents[3] / "packs"
_PYTHON = {".py", ".pyc", ".pyi", ".pyd", ".so", ".ipynb"}
_LATER = ("services",)  # declared formats of desks this version does not read


@dataclass
class PackSource:
    """One pack folder, read."""

    folder: Path
    manifest: Document
    contracts: list[Document] = field(default_factory=list)
    indicators: list[Document] = field(default_factory=list)
    alerts: list[Document] = field(default_factory=list)
    simulations: list[Document] = field(default_factory=list)
    feeds: list[Document] = field(default_factory=list)
    shares: list[Document] = field(default_factory=list)
    indexes: list[Document] = field(default_factory=list)
    relations: list[Document] = field(default_factory=list)
    subscriptions: list[Document] = field(default_factory=list)
    reports: list[Document] = field(default_factory=list)
    locales: dict[str, Document] = field(default_factory=dict)


def shelves(province: Path | None, extra: Iterable[Path] = ()) -> list[Path]:
    """Folders searched for packs, first found first used."""
    out = list(extra)
    if province is not None:
        here = province.resolve()
        out += [here / "packs", here.parent / "packs", here.parent.parent / "packs"]
    out += [Path(p) for p in os.environ.get("TINH_PACKS", "").split(os.pathsep) if p]
    out.append(CHECKOUT)
    return [folder for folder in dict.fromkeys(p.resolve() for p in out) if folder.is_dir()]


def known(folders: Iterable[Path]) -> dict[str, Path]:
    """Every pack on the shelves by id."""
    out: dict[str, Path] = {}
    for shelf in folders:
        for manifest in sorted(shelf.glob("*/pack.yaml")):
            out.setdefault(manifest.parent.name, manifest.parent)
    return out


def read_pack(folder: Path, faults: Faults) -> PackSource | None:
    """Every file of one pack; None when its manifest cannot be read."""
    manifest = yamltree.load(folder / "pack.yaml")
    readable = faults.take(manifest)
    source = PackSource(folder, manifest)
    strangers(source, faults)
    source.contracts = _documents(folder / "datasets", faults, contracts=True)
    source.indicators = _documents(folder / "indicators", faults)
    source.alerts = _documents(folder / "alerts", faults)
    source.simulations = _documents(folder / "simulation", faults)
    source.feeds = feed_documents(folder, faults)
    source.shares = share_documents(folder, faults)
    source.indexes = _documents(folder / "indexes", faults)
    source.relations = _documents(folder / "relations", faults)
    source.subscriptions = subscription_documents(folder, faults)
    source.reports = _documents(folder / "reports", faults)
    for document in _documents(folder / "locale", faults):
        source.locales[document.path.stem] = document
    return source if readable else None


def feed_documents(folder: Path, faults: Faults) -> list[Document]:
    """The feeds of a pack, or of a province, which may have its own."""
    return _documents(folder / "feeds", faults)


def share_documents(folder: Path, faults: Faults) -> list[Document]:
    """The shares of a pack, of a province, or of a data folder."""
    return _documents(folder / "shares", faults)


def siting_documents(folder: Path, faults: Faults) -> list[Document]:
    """The siting studies of a province."""
    return _documents(folder / "sitings", faults)


def pilot_documents(folder: Path, faults: Faults) -> list[Document]:
    """The pilots of a province, or of a data folder."""
    return _documents(folder / "pilots", faults)


def subscription_documents(folder: Path, faults: Faults) -> list[Document]:
    """The subscriptions of a pack or of a province."""
    return _documents(folder / "subscriptions", faults)


def strangers(source: PackSource, faults: Faults) -> None:
    """Python, and folders whose names nobody reads."""
    for path in sorted(source.folder.rglob("*")):
        parts = path.relative_to(source.folder).parts
        if parts[0] in ("samples", "expected") or path.is_dir():
            continue
        if path.suffix.lower() in _PYTHON:
            faults.add(
                Document(path), (), "PCK021",
                Text(f"gói không được chứa mã Python: {path.name}", f"a pack holds no Python: {path.name}"),
                Text("bỏ tệp này; mô tả bằng YAML hoặc SQL", "remove it; declare with YAML or SQL"),
            )  # fmt: skip
    for path in sorted(source.folder.iterdir()):
        if path.is_dir() and path.name not in (*FOLDERS, *_LATER) and not path.name.startswith((".", "__")):
            faults.add(
                Document(path), (), "PCK026",
                Text(f"thư mục “{path.name}” không được đọc", f'the folder "{path.name}" is not read'),
                nearest(path.name, FOLDERS), "warning",
            )  # fmt: skip


def _documents(folder: Path, faults: Faults, contracts: bool = False) -> list[Document]:
    out = []
    for path in sorted(folder.iterdir()) if folder.is_dir() else []:
        if (
            path.name.startswith(".")
            or path.is_dir()
            or path.suffix in (".sql", ".md")
            or path.name.endswith(".openapi.yaml")
            or path.suffix in _PYTHON
        ):
            continue
        if path.suffix not in (".yaml", ".yml"):
            faults.add(
                Document(path), (), "PCK026",
                Text(f"tệp “{path.name}” không được đọc", f'the file "{path.name}" is not read'),
                Text("dùng đuôi .odcs.yaml", "end its name with .odcs.yaml") if contracts
                else Text("dùng đuôi .yaml", "end its name with .yaml"),
                "warning",
            )  # fmt: skip
            continue
        document = yamltree.load(path)
        if faults.take(document):
            out.append(document)
    return out
