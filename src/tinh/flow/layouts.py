"""Learned layouts of a province: proposed, tried on a file, kept under a name with their versions."""

from __future__ import annotations

import json
import re
import tempfile
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from tinh.flow.errors import LayoutDeclared, LayoutFaulty, NoSuchLayout
from tinh.flow.home import Home
from tinh.kit import durable
from tinh.kit.errors import Finding
from tinh.lake.api import StoredReceipt
from tinh.packs.api import Catalogue, Dataset, LayoutEntry, LearnedLayout, learned

_VERSIONS = ".versions"
_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


@dataclass(frozen=True)
class Kept:
    """A saved layout as lists show it; `declared`: it stands in the province's own folder."""

    dataset: str
    name: str
    made_by: str
    made_at: str
    headers: tuple[str, ...]
    declared: bool
    file: Path

    def as_dict(self) -> dict[str, Any]:
        return {
            "dataset": self.dataset,
            "name": self.name,
            "made_by": self.made_by,
            "made_at": self.made_at,
            "headers": list(self.headers),
            "declared": self.declared,
        }


class LayoutBook:
    """The layouts of a data folder in front of those its province declares."""

    def __init__(self, catalogue: Catalogue, home: Home) -> None:
        self.catalogue, self.home = catalogue, home

    def of(self, dataset: Dataset) -> list[Kept]:
        """Newest first."""
        return [self._kept(one) for one in learned(self.home.root, self.catalogue.layouts).of(dataset)]

    def faults(self, dataset: Dataset) -> tuple[Finding, ...]:
        return learned(self.home.root, self.catalogue.layouts).findings(dataset)

    def text(self, dataset: Dataset, name: str) -> str:
        return self._find(dataset, name).file.read_text(encoding="utf-8")

    def save(self, dataset: Dataset, name: str, text: str, made_by: str, now: datetime) -> Kept:
        """Check and keep; what stood under the name before is kept as a version beside it."""
        name = name_for(name)
        if any(k.name == name and k.declared for k in self.of(dataset)):
            raise LayoutDeclared(name=name)
        stamped = restamped(text, dataset.id, name, made_by, now)
        checked(stamped, dataset, name)
        path = self._path(dataset, name)
        self._set_aside(path, now)
        durable.write(path, stamped.encode())
        return self._kept_at(dataset, name)

    def rename(self, dataset: Dataset, name: str, to: str, made_by: str, now: datetime) -> Kept:
        found = self._own(dataset, name)
        if name_for(to) == name:
            return found
        if any(k.name == name_for(to) for k in self.of(dataset)):
            raise LayoutFaulty(
                reason_vi=f"đã có bố cục tên {name_for(to)}", reason_en=f"{name_for(to)} exists already"
            )
        kept = self.save(dataset, to, found.file.read_text(encoding="utf-8"), found.made_by or made_by, now)
        self.delete(dataset, name, now)
        return kept

    def delete(self, dataset: Dataset, name: str, now: datetime) -> None:
        """Out of use; the file stays among the versions."""
        found = self._own(dataset, name)
        self._set_aside(found.file, now)
        durable.remove(found.file)

    def _set_aside(self, path: Path, now: datetime) -> None:
        if path.is_file():
            old = path.parent / _VERSIONS / f"{path.stem}-{now:%Y%m%dT%H%M%S%f}.yaml"
            durable.write(old, path.read_bytes())

    def _path(self, dataset: Dataset, name: str) -> Path:
        return self.home.root / "layouts" / dataset.id / f"{name}.yaml"

    def _find(self, dataset: Dataset, name: str) -> Kept:
        known = self.of(dataset)
        for one in known:
            if one.name == name:
                return one
        raise NoSuchLayout(dataset=dataset.id, name=name, known=", ".join(k.name for k in known) or "∅")

    def _own(self, dataset: Dataset, name: str) -> Kept:
        found = self._find(dataset, name)
        if found.declared:
            raise LayoutDeclared(name=name)
        return found

    def _kept_at(self, dataset: Dataset, name: str) -> Kept:
        return self._find(dataset, name)

    def _kept(self, one: LearnedLayout) -> Kept:
        own = self.home.root / "layouts"
        return Kept(
            one.dataset,
            one.name,
            one.made_by,
            one.made_at,
            one.headers,
            own not in one.file.parents,
            one.file,
        )


def learnt_since(stored: StoredReceipt, layouts: Sequence[LearnedLayout]) -> str:
    """Which layout was learned after a delivery could not be read at all; empty when none was.

    The same bytes are then worth another look, once for each layout: the first look saw no row.
    """
    problem = (stored.verdict or {}).get("problem") or {}
    if not str(problem.get("code", "")).startswith("SRC"):
        return ""
    newer = [(at, one.name) for one in layouts if (at := _when(one.made_at)) and at > stored.received_at]
    return "@".join((max(newer)[1], max(newer)[0].isoformat())) if newer else ""


def _when(text: str) -> datetime | None:
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        return None
    return read if read.tzinfo else None


def name_for(text: str) -> str:
    """A file's name from what a person typed: `Báo cáo ngang, tháng` → `bao-cao-ngang-thang`."""
    plain = unicodedata.normalize("NFD", text.casefold().replace("đ", "d"))
    name = "-".join(re.findall(r"[a-z0-9]+", "".join(c for c in plain if not unicodedata.combining(c))))[
        :60
    ].strip("-")
    if not _NAME.fullmatch(name):
        raise LayoutFaulty(
            reason_vi="tên bố cục phải có chữ hoặc số", reason_en="a layout's name needs letters or digits"
        )
    return name


def written(
    dataset: str,
    name: str,
    headers: list[str],
    layout: Mapping[str, Any],
    made_by: str,
    now: datetime | None,
    filename: str = "",
) -> str:
    """A layout file as people read it."""
    match: dict[str, Any] = {"headers": headers} | ({"filename": filename} if filename else {})
    lines = [
        "format: 1",
        f"dataset: {dataset}",
        f"name: {name}",
        f"made_by: {_said(made_by)}",
        f"made_at: {_said(now.isoformat() if now else '')}",
        "match:",
    ]
    lines += _block(match, 2) + ["layout:"] + (_block(layout, 2) if layout else [])
    if not layout:
        lines[-1] = "layout: {}"
    return "\n".join(lines) + "\n"


def restamped(text: str, dataset: str, name: str, made_by: str, now: datetime) -> str:
    """The text with the dataset, the name, who and when it is kept under."""
    stamps = {"dataset": dataset, "name": name, "made_by": _said(made_by), "made_at": _said(now.isoformat())}
    lines = text.rstrip("\n").split("\n")
    for key, value in stamps.items():
        at = next((i for i, line in enumerate(lines) if line.startswith(f"{key}:")), None)
        if at is None:
            lines.insert(1, f"{key}: {value}")
        else:
            lines[at] = f"{key}: {value}"
    return "\n".join(lines) + "\n"


def checked(text: str, dataset: Dataset, name: str) -> LearnedLayout:
    """The layout compiled, or LayoutFaulty with its first findings."""
    with tempfile.TemporaryDirectory(prefix="tinh-bo-cuc-") as folder:
        path = Path(folder) / "layouts" / dataset.id / f"{name}.yaml"
        path.parent.mkdir(parents=True)
        path.write_text(text, encoding="utf-8")
        book = learned(Path(folder))
        found, faults = book.of(dataset), book.findings(dataset)
    wrong = [f for f in faults if f.level == "error"]
    if not found or wrong:
        said = wrong or list(faults)
        raise LayoutFaulty(
            reason_vi="; ".join(f"{f.says.vi} → {f.cure.vi}" for f in said[:3]) or "không đọc được",
            reason_en="; ".join(f"{f.says.en} → {f.cure.en}" for f in said[:3]) or "it cannot be read",
        )
    return found[0]


def entry_of(layout: Mapping[str, Any]) -> LayoutEntry:
    """The `layout` keys as a checked entry; LayoutFaulty when they are none."""
    try:
        return LayoutEntry.model_validate(dict(layout))
    except ValidationError as error:
        where = ", ".join(".".join(map(str, e["loc"])) for e in error.errors()[:3])
        raise LayoutFaulty(
            reason_vi=f"khóa hoặc giá trị không dùng được: {where}",
            reason_en=f"unusable keys or values: {where}",
        ) from error


def _said(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _block(value: Mapping[str, Any], indent: int) -> list[str]:
    """A mapping in YAML's block form; texts in quotes, so that `06` and `no` stay texts."""
    pad = " " * indent
    out: list[str] = []
    for key, inner in value.items():
        label = (
            key
            if str(key).isidentifier()
            and str(key) not in ("y", "n", "yes", "no", "on", "off", "true", "false", "null")
            else _said(str(key))
        )
        if isinstance(inner, Mapping) and inner:
            out += [f"{pad}{label}:", *_block(inner, indent + 2)]
        elif isinstance(inner, (list, tuple)) and inner:
            out.append(f"{pad}{label}:")
            for one in inner:
                if isinstance(one, Mapping):
                    first, *rest = _block(one, indent + 4)
                    out += [f"{pad}  - {first.strip()}", *rest]
                else:
                    out.append(f"{pad}  - {_said(one)}")
        else:
            out.append(f"{pad}{label}: {_said(inner)}")
    return out
