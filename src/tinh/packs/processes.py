"""The `processes/` folders of packs → declared processes, with every fault found."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from tinh.kit import yamltree
from tinh.kit.errors import Text
from tinh.kit.yamltree import Document
from tinh.packs.check import shape
from tinh.packs.findings import Faults, nearest
from tinh.packs.process import bundle, lint
from tinh.packs.process.entry import DeclaredProcess, Migration, MigrationFile
from tinh.packs.resolve import Register

FOLDER = "processes"
MIGRATION = ".migration.yaml"


def register() -> Register[DeclaredProcess]:
    return Register(Text("quy trình", "process"))


def gather(folders: Mapping[str, Path], into: Register[DeclaredProcess], faults: Faults) -> None:
    """Every sound process of the packs, into the register."""
    for pack, folder in folders.items():
        place = folder / FOLDER
        files = lint.folder(place)
        _strangers(place, faults)
        linted = lint.lint(files)
        faults.found += linted.findings
        for path in files:
            kept = linted.bundle(path.stem) if path.suffix == ".bpmn" else None
            if kept is None:
                continue
            made = bundle.unpack(kept)
            final = into.claim(pack, path.stem, Document(path), (), faults)
            moves = migrations(path, made.digest, {n.id for n in made.process.graph.every()}, faults)
            if final is not None:
                into.items[final] = DeclaredProcess(
                    id=final,
                    pack=pack,
                    name=Text(made.vi, made.en),
                    version=made.digest[:12],
                    digest=made.digest,
                    bundle=kept,
                    migrations=moves,
                    file=path,
                )


def migrations(path: Path, digest: str, nodes: set[str], faults: Faults) -> tuple[Migration, ...]:
    """The migrations declared beside a process."""
    file = path.with_name(path.stem + MIGRATION)
    if not file.is_file():
        return ()
    document = yamltree.load(file)
    entry = shape(document, MigrationFile, faults) if faults.take(document) else None
    if entry is None:
        return ()
    if entry.process != path.stem:
        faults.add(
            document,
            ("process",),
            "PCK225",
            Text(
                f"tệp dành cho “{path.stem}”, không phải “{entry.process}”",
                f'this file is for "{path.stem}", not for "{entry.process}"',
            ),
            Text(f"viết process: {path.stem}", f"write process: {path.stem}"),
        )
    for n, move in enumerate(entry.moves):
        if digest.startswith(move.before):
            faults.add(
                document,
                ("moves", n, "from"),
                "PCK225",
                Text("đây là mã của chính bản mới", "this is the digest of the new definition itself"),
                Text("ghi mã của bản cũ", "write the digest of the older one"),
            )
        for target in move.steps.values():
            if target not in nodes:
                faults.add(
                    document,
                    ("moves", n, "steps"),
                    "PCK225",
                    Text(f"bản mới không có bước “{target}”", f'the new definition has no step "{target}"'),
                    nearest(target, nodes),
                )
    return tuple(Migration(before=m.before, steps=m.steps) for m in entry.moves)


def _strangers(place: Path, faults: Faults) -> None:
    for path in sorted(place.iterdir()) if place.is_dir() else ():
        known = path.suffix in (*lint.ENDINGS, ".md") or path.name.endswith(MIGRATION)
        if not known and not path.name.startswith("."):
            faults.add(
                Document(path),
                (),
                "PCK026",
                Text(f"tệp “{path.name}” không được đọc", f'the file "{path.name}" is not read'),
                Text(
                    "dùng đuôi .bpmn, .dmn hoặc .migration.yaml",
                    "end its name with .bpmn, .dmn or .migration.yaml",
                ),
                "warning",
            )
