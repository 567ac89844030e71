"""Sources made on the web or by the command line: `<home>/connectors/<id>.yaml`, of the shape of feeds.

Beside a declared feed they may still lack a dataset; then they can be looked at and wait for one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tinh.kit import yamltree
from tinh.kit.errors import Finding, Text
from tinh.packs.agency import Agency
from tinh.packs.feed import Feed
from tinh.packs.feeds import compile as compile_feed
from tinh.packs.findings import Faults
from tinh.packs.models import Dataset
from tinh.packs.resolve import Register

FOLDER = "connectors"
_PLACES = frozenset(("password", "passphrase", "secret", "key", "access_key", "secret_key"))
_FILLED = re.compile(r"\{secret\.(\w+)\}")


@dataclass(frozen=True, slots=True)
class Connector:
    """One file: its feed where it compiles; `waits` when it feeds no dataset yet."""

    id: str
    file: Path
    feed: Feed | None
    waits: bool
    findings: tuple[Finding, ...]


def connectors(
    home: Path, datasets: Mapping[str, Dataset], agencies: Mapping[str, Agency]
) -> list[Connector]:
    """Every file of a data folder, by id."""
    folder = home / FOLDER
    files = sorted(folder.glob("*.yaml")) if folder.is_dir() else []
    return [connector(file, datasets, agencies) for file in files if not file.name.startswith(".")]


def connector(file: Path, datasets: Mapping[str, Dataset], agencies: Mapping[str, Agency]) -> Connector:
    """One file compiled, with findings."""
    faults = Faults()
    document = yamltree.load(file)
    value = document.value if faults.take(document) and isinstance(document.value, dict) else {}
    if value and value.get("id") != file.stem:
        faults.add(
            document, ("id",), "PCK119",
            Text(f"mã “{value.get('id')}” khác tên tệp", f"{value.get('id')!r} is not the file's name"),
            Text(f"viết id: {file.stem}", f"write id: {file.stem}"),
        )  # fmt: skip
    waits = bool(value) and value.get("dataset", "") not in datasets
    register: Register[Dataset] = Register(Text("bộ dữ liệu", "dataset"))
    register.items = dict(datasets)
    register.local = {"": {id: id for id in datasets}}
    feed = None
    if value:
        feeds: Register[Feed] = Register(Text("nguồn dữ liệu", "feed"))
        feed = compile_feed(document, "", register, feeds, agencies, faults, waits)
    found = tuple(faults.sorted())
    broken = any(f.level == "error" for f in found)
    return Connector(file.stem, file, None if broken else feed, waits, found)


def secret_name(id: str, path: str) -> str:
    """What the secret of one field of a source is called; no two sources share a name, as no id has `--`."""
    return f"CONN_{id}__{path}".replace("-", "_").replace(".", "_").upper()[:100]


def secrets_named(value: Mapping[str, Any]) -> dict[str, str]:
    """Every secret a declaration asks for: its name by the place that names it (`sql.tls.key`)."""
    return dict(_named(value, ""))


def _named(value: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _named(inner, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list | tuple):
        for number, inner in enumerate(value):
            yield from _named(inner, f"{path}.{number}")
    elif isinstance(value, str) and value:
        for number, found in enumerate(_FILLED.finditer(value)):
            yield f"{path}#{number}", found[1]
        if path.rpartition(".")[2] in _PLACES:
            yield path, value
