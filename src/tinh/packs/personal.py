"""The register of personal data compiled, and what each column of a contract says of people."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any

from tinh.kit import yamltree
from tinh.kit.errors import Level, Text
from tinh.packs.check import shape
from tinh.packs.findings import Faults, Keys
from tinh.packs.indicators import said
from tinh.packs.models import Column
from tinh.packs.personalfile import LimitEntry, PersonalFile
from tinh.packs.privacy import (
    ConsentText,
    DataKind,
    Hook,
    LegalBasis,
    Limit,
    PersonalRegister,
    Privacy,
    Purpose,
    RequestKind,
    TableRule,
)

KERNEL = Path(__file__).with_name("personal.yaml")


@lru_cache(maxsize=1)
def kernel() -> PersonalRegister:
    """What the kernel declares for every province."""
    document = yamltree.load(KERNEL)
    return _over(PersonalRegister(), PersonalFile.model_validate(document.value))


def register(folder: Path, faults: Faults) -> PersonalRegister:
    """The kernel's declarations with the province's over them."""
    path = folder / "personal.yaml"
    if not path.is_file():
        return kernel()
    document = yamltree.load(path)
    entry = shape(document, PersonalFile, faults) if faults.take(document) else None
    if entry is None:
        return kernel()
    out = _over(kernel(), entry)
    for i, purpose in enumerate(entry.purposes):
        if purpose.basis not in out.bases:
            faults.unknown(document, ("purposes", i, "basis"), "PCK153", purpose.basis, out.bases)
    for i, text in enumerate(entry.consent_texts):
        if text.purpose not in out.purposes:
            faults.unknown(document, ("consent_texts", i, "purpose"), "PCK152", text.purpose, out.purposes)
    for i, hook in enumerate(entry.withdrawal):
        for j, each in enumerate(hook.purposes):
            if each not in out.purposes:
                faults.unknown(document, ("withdrawal", i, "purposes", j), "PCK152", each, out.purposes)
    return out


def classified(
    columns: Iterable[Column],
    known: PersonalRegister,
    faults: Faults,
    document: yamltree.Document,
    path: Keys,
) -> tuple[Column, ...]:
    """Columns with what they say of people resolved. A text (the older way to write it) lacks a purpose,
    which is a warning; an entry must be whole."""
    out = []
    for column in columns:
        if column.privacy is None:
            out.append(column)
            continue
        where = _place_of(document, path, column.name)
        privacy = _resolved(column, column.privacy, known, faults, document, where)
        out.append(column.model_copy(update={"privacy": privacy}))
    return tuple(out)


def _resolved(
    column: Column,
    privacy: Privacy,
    known: PersonalRegister,
    faults: Faults,
    document: yamltree.Document,
    path: Keys,
) -> Privacy:
    level: Level = "error" if privacy.whole else "warning"
    kind = known.kind(privacy.kind)
    if kind is None:
        faults.add(
            document, path, "PCK151",
            Text(f"cột “{column.name}”: chưa biết loại dữ liệu cá nhân “{privacy.kind}”",
                 f'column "{column.name}": "{privacy.kind}" is no known kind of personal data'),
            Text("dùng một trong: " + ", ".join(known.kinds), "use one of: " + ", ".join(known.kinds)), level,
        )  # fmt: skip
    for each in privacy.purposes:
        if each not in known.purposes:
            faults.unknown(document, path, "PCK152", each, known.purposes)
    for lacking, vi, en in (
        (not privacy.purposes, "mục đích", "purpose"),
        (not privacy.keep, "thời hạn lưu giữ", "retention"),
    ):
        if lacking:
            faults.add(
                document, path, "PCK150",
                Text(f"cột “{column.name}” có dữ liệu cá nhân nhưng chưa khai {vi}",
                     f'column "{column.name}" is personal data without a {en}'),
                Text("viết personal: {kind: …, purposes: [mã mục đích], keep: P5Y}",
                     "write personal: {kind: …, purposes: [purpose id], keep: P5Y}"), level,
            )  # fmt: skip
    stated = privacy.level or (kind.level if kind else "basic")
    return privacy.model_copy(update={"level": stated, "kind": kind.id if kind else "other"})


def _place_of(document: yamltree.Document, path: Keys, name: str) -> Keys:
    """Where a column stands in its contract."""
    at: Any = document.value
    try:
        for step in path:
            at = at[step]
        listed = at["properties"]
        return (*path, "properties", [p.get("name") for p in listed].index(name))
    except (KeyError, IndexError, TypeError, ValueError, AttributeError):
        return path


def _over(below: PersonalRegister, file: PersonalFile) -> PersonalRegister:
    texts = {(t.purpose, t.version): t for t in below.texts}
    texts |= {
        (t.purpose, t.version): ConsentText(
            purpose=t.purpose, version=t.version, since=t.from_, text=said(t.text)
        )
        for t in file.consent_texts
    }
    return PersonalRegister(
        kinds=_put(below.kinds, (DataKind(**_plain(e)) for e in file.kinds)),
        bases=_put(below.bases, (LegalBasis(**_plain(e)) for e in file.legal_bases)),
        purposes=_put(below.purposes, (Purpose(**_plain(e)) for e in file.purposes)),
        acknowledge=_limit(file.acknowledge) if file.acknowledge else below.acknowledge,
        extension=_limit(file.extension) if file.extension else below.extension,
        requests=_put(
            below.requests,
            (RequestKind(id=e.id, name=said(e.name), done=_limit(e.done)) for e in file.requests),
        ),
        texts=tuple(texts.values()),
        withdrawal=_put(
            below.withdrawal,
            (
                Hook(id=e.id, name=said(e.name), within=_limit(e.within), purposes=tuple(e.purposes))
                for e in file.withdrawal
            ),
        ),
        tables=_put(below.tables, (TableRule(**_plain(e)) for e in file.tables)),
    )


def _put(below: Any, entries: Iterable[Any]) -> dict[str, Any]:
    return {**below, **{e.id: e for e in entries}}


def _limit(entry: LimitEntry) -> Limit:
    return Limit(**entry.model_dump())


def _plain(entry: Any) -> dict[str, Any]:
    """An entry's own fields, its words as Text and its lists as tuples."""
    out = {**entry.model_dump(), "name": said(entry.name)}
    return {k: tuple(v) if isinstance(v, list) else v for k, v in out.items()}
