"""The definition a case keeps: a process with the processes and tables it calls, named by digest."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from tinh.kit.errors import Finding
from tinh.kit.ids import digest
from tinh.packs.process import read, tables, tree
from tinh.packs.process.faults import Noted
from tinh.packs.process.model import Definition, Process

FORMAT = 1


def canonical(data: bytes) -> str:
    """The text digests are taken of: UTF-8, no byte order mark, one kind of line end, none at the end."""
    named = re.match(rb"\s*<\?xml[^>]*encoding=[\"']([A-Za-z0-9._-]{1,40})", data[:300])
    coded = (
        "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else named[1].decode() if named else "utf-8-sig"
    )
    try:
        text = data.decode("utf-8-sig" if coded.lower() == "utf-8" else coded, errors="replace")
    except (LookupError, ValueError):  # no such encoding, or one that is not of text
        text = data.decode("utf-8-sig", errors="replace")
    text = re.sub(r"^\s*<\?xml[^>]*\?>\s*", '<?xml version="1.0" encoding="UTF-8"?>\n', text, count=1)
    return text.replace("\r\n", "\n").replace("\r", "\n").rstrip() + "\n"


def process_of(data: bytes, name: str, noted: Noted) -> Process | None:
    """The process of a file's bytes; None with findings when it cannot be read at all."""
    try:
        root = tree.read(data)
    except tree.Unreadable as error:
        noted.add(error.line, "PCK200", error.why.vi, error.why.en, error.cure.vi, error.cure.en)
        return None
    return read.process(root, name, noted)


def pack(id: str, texts: Mapping[str, str]) -> str:
    """What is stored once for all cases that run it: JSON with the process's id and all texts."""
    return json.dumps({"format": FORMAT, "id": id, "texts": dict(sorted(texts.items()))}, ensure_ascii=False)


@lru_cache(maxsize=256)
def unpack(bundle: str) -> Definition:
    """The definition of a stored bundle; ValueError when it is none."""
    raw = json.loads(bundle)
    if raw.get("format") != FORMAT or not raw.get("texts"):
        raise ValueError("not a process bundle")
    return define(raw["id"], raw["texts"])[0]


def define(id: str, texts: Mapping[str, str]) -> tuple[Definition, list[Finding]]:
    """The definition of `<id>.bpmn` and its companions, not linted; ValueError when it cannot be read."""
    noted = Noted(Path(f"{id}.bpmn"))
    processes: dict[str, Process] = {}
    decided: dict[str, tables.Table] = {}
    for name, text in texts.items():
        stem, _, kind = name.rpartition(".")
        if kind == "bpmn":
            one = process_of(text.encode(), stem, noted)
            if one is not None:
                processes[stem] = one
        elif kind == "dmn":
            found = tables.table(tree.read(text.encode()), stem, noted)
            if found is not None:
                decided[stem] = found
    main = processes.pop(id, None)
    if main is None:
        raise ValueError(f"{id}.bpmn cannot be read: {[f.says.en for f in noted.found]}")
    kept = dict(sorted(texts.items()))
    return (
        Definition(id, main.vi, main.en, digest(pack(id, kept).encode()), main, processes, decided, kept),
        noted.found,
    )
