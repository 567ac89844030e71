"""Files of a `processes/` folder → definitions and every finding, in one look. Never raises on a bad file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tinh.kit.errors import Finding
from tinh.packs.process import bundle, meaning, read, shape, tables, tree
from tinh.packs.process.faults import Noted
from tinh.packs.process.model import Process
from tinh.packs.process.names import BPMN

ENDINGS = (".bpmn", ".dmn")


@dataclass(frozen=True, slots=True)
class Linted:
    """What a folder of processes says. `sound` are the ids without an error, their companions included."""

    processes: Mapping[str, Process]
    tables: Mapping[str, tables.Table]
    texts: Mapping[str, str]
    findings: tuple[Finding, ...]

    @property
    def broken(self) -> set[str]:
        return {f.file.name for f in self.findings if f.level == "error"}

    def bundle(self, id: str) -> str | None:
        """The bundle of a process with all it calls; None when one of them has an error."""
        names = self.companions(id)
        if names & self.broken or not names <= set(self.texts):
            return None
        return bundle.pack(id, {name: self.texts[name] for name in names})

    def companions(self, id: str) -> set[str]:
        """The file names a process needs, its own first of all."""
        names: set[str] = set()
        waiting = [id]
        while waiting:
            here = waiting.pop()
            if f"{here}.bpmn" in names:
                continue
            names.add(f"{here}.bpmn")
            for node in self.processes[here].graph.every() if here in self.processes else ():
                if node.kind == "rule":
                    names.add(f"{node.decision}.dmn")
                elif node.kind == "call":
                    waiting.append(node.called)
        return names


def lint(files: Mapping[Path, bytes]) -> Linted:
    """All `.bpmn` and `.dmn` files given, judged together."""
    notes: dict[Path, Noted] = {path: Noted(path) for path in files}
    processes: dict[str, Process] = {}
    found: dict[str, tables.Table] = {}
    texts: dict[str, str] = {}
    paths: dict[str, Path] = {}
    for path, data in files.items():
        texts[path.name] = bundle.canonical(data)
        root = _root(data, notes[path])
        if root is None:
            continue
        if path.suffix == ".dmn":
            table = tables.table(root, path.stem, notes[path])
            if table is not None:
                found[path.stem] = table
        else:
            process = read.process(root, path.stem, notes[path])
            if process is not None:
                processes[path.stem], paths[path.stem] = process, path
    shelf = meaning.Shelf(processes, found)
    for id, process in processes.items():
        shape.judge(process.graph, process.line, notes[paths[id]])
        meaning.judge(process, shelf, notes[paths[id]])
    findings = tuple(f for noted in notes.values() for f in noted.sorted())
    return Linted(processes, found, texts, findings)


def _root(data: bytes, noted: Noted) -> tree.Element | None:
    try:
        root = tree.read(data)
    except tree.Unreadable as error:
        noted.add(error.line, "PCK200", error.why.vi, error.why.en, error.cure.vi, error.cure.en)
        return None
    if noted.file.suffix == ".bpmn" and root.space != BPMN and root.name == "definitions":
        noted.add(
            root.line,
            "PCK201",
            f"không phải BPMN 2.0 ({root.space[:80] or 'không có không gian tên'})",
            f"not BPMN 2.0 ({root.space[:80] or 'no namespace'})",
            "lưu lại bằng trình vẽ BPMN 2.0",
            "save it again in a BPMN 2.0 modeller",
        )
        return None
    return root


def folder(place: Path) -> dict[Path, bytes]:
    """The process files of a folder, by path."""
    if not place.is_dir():
        return {}
    return {p: p.read_bytes() for p in sorted(place.iterdir()) if p.suffix in ENDINGS and p.is_file()}
