"""Writing new folders that work at once: a province, and a sector."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Protocol

from tinh.kit import yamltree
from tinh.packs.agencies import AGENCIES
from tinh.packs.errors import FolderTaken, NoSuchPack, NotAnId, NotAProvince
from tinh.packs.read import CHECKOUT, known, shelves
from tinh.packs.rules import slug
from tinh.packs.sector import files
from tinh.packs.shape import ID

MOST_TILES = 12


class Unit(Protocol):
    @property
    def code(self) -> str: ...
    @property
    def short(self) -> str: ...
    @property
    def kind(self) -> str: ...


class Gazetteer(Protocol):
    def province(self, code_or_name: str, on: date) -> Any: ...


def new_province(
    code: str, into: Path, extra_pack_dirs: Iterable[Path] = (), gazetteer: Gazetteer | None = None
) -> Path:
    """Write a province folder at `into` that uses every pack found; the folder written."""
    unit = _province(code, gazetteer)
    _free(into)
    found = known(shelves(into, extra_pack_dirs))
    packs = dict(sorted(found.items(), key=lambda entry: entry[1].parent != CHECKOUT))  # ours keep short ids
    into.mkdir(parents=True, exist_ok=True)
    (into / "province.yaml").write_text(_province_text(unit, packs), "utf-8")
    return into


def new_sector(id: str, into: Path, like: str | None = None, extra_pack_dirs: Iterable[Path] = ()) -> Path:
    """Write the pack folder `into/<id>`: a small working sector, or a copy of the pack `like`."""
    if not ID.fullmatch(id) or len(id) > 60:
        raise NotAnId(id=id)
    folder = into / id
    _free(folder)
    if like is None:
        for name, text in files(id).items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text, "utf-8")
        return folder
    packs = known(
        [into.resolve(), *shelves(into, extra_pack_dirs)] if into.is_dir() else shelves(None, extra_pack_dirs)
    )
    if like not in packs:
        raise NoSuchPack(pack=like, known=", ".join(packs) or "—")
    shutil.copytree(packs[like], folder, ignore=shutil.ignore_patterns(".*", "__pycache__"))
    _rename(folder, id)
    return folder


def _free(folder: Path) -> None:
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise FolderTaken(folder=folder)


def _province(code: str, gazetteer: Gazetteer | None) -> Unit:
    if gazetteer is None:
        from tinh.places.api import gazetteer as nation  # the nation's units are read only for this

        gazetteer = nation()
    try:
        unit: Unit | None = gazetteer.province(code, datetime.now(UTC).date())
    except LookupError:
        unit = None
    if unit is None:
        raise NotAProvince(code=code)
    return unit


def _province_text(unit: Unit, packs: dict[str, Path]) -> str:
    agencies = dict(AGENCIES)
    for owner in _owners(packs.values()):
        agencies.setdefault(owner, (owner, owner, owner, owner))
    shown = [id for folder in packs.values() for id in _indicators(folder)]
    colours = next((id for folder in packs.values() for id in _by_commune(folder)), "")
    quoted = json.dumps(unit.short, ensure_ascii=False)
    lines = [
        "format: 1",
        f"id: {slug(unit.short)}",
        f"name: {{vi: {quoted}, en: {quoted}}}",
        f'place: "{unit.code}"',
        "languages: [vi, en]",
        "timezone: Asia/Ho_Chi_Minh",
        f"packs: [{', '.join(packs)}]",
        "agencies:",
    ]
    kind = "thành phố" if unit.kind == "thành phố" else "tỉnh"
    for id, words in agencies.items():
        vi, en, short, short_en = (json.dumps(w.format(kind=kind), ensure_ascii=False) for w in words)
        lines += [
            f"  - id: {id}",
            f"    name: {{vi: {vi}, en: {en}}}",
            f"    short: {{vi: {short}, en: {short_en}}}",
        ]
    if shown:
        lines += ["room:", f"  map: {colours or shown[0]}", "  tiles:"]
        lines += [f"    - {id}" for id in _tiles(packs)]
    return "\n".join(lines) + "\n"


def _tiles(packs: dict[str, Path]) -> list[str]:
    """The first indicators of each pack in turn, so that every sector is seen."""
    columns = [list(_indicators(folder)) for folder in packs.values()]
    rounds = max((len(c) for c in columns), default=0)
    turns = [c[n] for n in range(rounds) for c in columns if n < len(c)]
    return list(dict.fromkeys(turns))[:MOST_TILES]


def _indicators(folder: Path) -> dict[str, str]:
    """Ids of a pack's indicators, each with its text."""
    out = {}
    for path in sorted((folder / "indicators").glob("*.yaml")):
        value = yamltree.load(path).value
        if isinstance(value, dict) and isinstance(value.get("id"), str):
            out[value["id"]] = json.dumps(value, ensure_ascii=False)
    return out


def _by_commune(folder: Path) -> list[str]:
    """Indicators over a dataset that every commune owes: those that fill a map."""
    owed = []
    for path in sorted((folder / "datasets").glob("*.yaml")):
        value = yamltree.load(path).value
        if isinstance(value, dict) and '"places": "communes"' in json.dumps(value):
            owed += [str(value[k]) for k in ("id", "name") if value.get(k)]
    return [id for id, text in _indicators(folder).items() if any(f'"{name}"' in text for name in owed)]


def _owners(folders: Iterable[Path]) -> list[str]:
    out: list[str] = []
    for folder in folders:
        for path in (folder / "pack.yaml", *sorted((folder / "datasets").glob("*.yaml"))):
            value = yamltree.load(path).value
            if not isinstance(value, dict):
                continue
            blocks = [p.get("value") for p in value.get("customProperties") or [] if isinstance(p, dict)]
            for holder in (value, *blocks):
                if isinstance(holder, dict) and isinstance(holder.get("owner"), str) and holder["owner"]:
                    out.append(holder["owner"])
    return list(dict.fromkeys(o for o in out if ID.fullmatch(o)))


def _rename(folder: Path, id: str) -> None:
    """Give a copied pack its own id, and a name that shows which it is."""
    manifest = folder / "pack.yaml"
    manifest.write_text(re.sub(r"(?m)^id:.*$", f"id: {id}", manifest.read_text("utf-8"), count=1), "utf-8")
    for locale in sorted((folder / "locale").glob("*.yaml")):
        document = yamltree.load(locale)
        name = (
            (document.value or {}).get("pack", {}).get("name") if isinstance(document.value, dict) else None
        )
        if not isinstance(name, str):
            continue
        lines = locale.read_text("utf-8").split("\n")
        at = document.line("pack", "name") - 1
        lines[at] = lines[at].replace(name, f"{name} ({id})", 1)
        locale.write_text("\n".join(lines), "utf-8")
