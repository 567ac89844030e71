"""The texts a province is declared in, so that they can be kept and compiled again elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from tinh.kit import yamltree
from tinh.packs.compile import compile
from tinh.packs.errors import NoSuchProvince
from tinh.packs.models import Catalogue

_TEXTS = {".yaml", ".yml", ".sql", ".bpmn", ".dmn"}
_CAPTURED = ("samples", "expected")  # a pack's proof, not its declarations


def province_id(folder: Path) -> str:
    """The id in a province folder, without compiling it where that can be helped."""
    if not (folder / "province.yaml").is_file():
        raise NoSuchProvince(folder=folder)
    document = yamltree.load(folder / "province.yaml")
    id = document.value.get("id") if isinstance(document.value, dict) else None
    if document.findings or not isinstance(id, str):
        return compile(folder).id  # raises with every fault at once
    return id


def declared_texts(catalogue: Catalogue) -> dict[str, bytes]:
    """`province/province.yaml`, `packs/<id>/…` → text, for everything the catalogue was compiled from."""
    out = _under(catalogue.folder, "province", ("packs",))
    for pack in catalogue.packs.values():
        out |= _under(pack.folder, f"packs/{pack.id}", _CAPTURED)
    return dict(sorted(out.items()))


def kept_texts(folder: Path) -> dict[str, bytes]:
    """The same names and texts, from a folder they were written to."""
    out = _under(folder / "province", "province", ())
    for pack in sorted((folder / "packs").glob("*")):
        out |= _under(pack, f"packs/{pack.name}", ())
    return dict(sorted(out.items()))


def shelved(folder: Path) -> tuple[Path, tuple[Path, ...]]:
    """What `load` is given to compile texts written to `folder`."""
    return folder / "province", (folder / "packs",)


def _under(root: Path, name: str, but: tuple[str, ...]) -> dict[str, bytes]:
    out = {}
    for path in sorted(root.rglob("*")):
        parts = path.relative_to(root).parts
        if parts[0] in but or any(p.startswith(".") for p in parts):
            continue
        if path.suffix.lower() in _TEXTS and path.is_file():
            out["/".join((name, *parts))] = path.read_bytes()
    return out


def differing(before: Mapping[str, bytes], after: Mapping[str, bytes]) -> tuple[tuple[str, str], ...]:
    """Names whose text was `added`, `removed` or `changed`."""
    out = []
    for name in sorted({*before, *after}):
        if name not in before:
            out.append((name, "added"))
        elif name not in after:
            out.append((name, "removed"))
        elif before[name] != after[name]:
            out.append((name, "changed"))
    return tuple(out)
