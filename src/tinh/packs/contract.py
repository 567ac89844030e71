"""One contract file → its datasets, all but the references that lead to other contracts."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from tinh.kit.errors import Text
from tinh.kit.ids import digest
from tinh.kit.yamltree import Document
from tinh.packs import sla
from tinh.packs.binding import Bindings
from tinh.packs.block import DatasetBlock
from tinh.packs.check import shape
from tinh.packs.columns import ColumnSet
from tinh.packs.deadlines import whole_days
from tinh.packs.findings import Faults, Keys
from tinh.packs.laid import check_layout
from tinh.packs.layout import Layout
from tinh.packs.links import Address, Pending
from tinh.packs.models import Dataset, Expectation, Life
from tinh.packs.odcs import ours, read
from tinh.packs.quality import Quality
from tinh.packs.rules import Rulebook, slug
from tinh.packs.words import Wordbook, both

_UUID = re.compile(r"[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}", re.I)


@dataclass
class Draft:
    """A dataset whose references are still to be followed."""

    document: Document
    path: Keys  # of the schema object
    dataset: Dataset  # without rules
    book: Rulebook
    block: DatasetBlock
    block_path: Keys
    address: Address
    pending: list[Pending] = field(default_factory=list)


def drafts(document: Document, pack: str, words: Wordbook, faults: Faults) -> list[Draft]:
    """Every dataset a contract file declares."""
    value = read(document, faults)
    if value is None:
        return []
    objects = [o for o in value.get("schema") or [] if isinstance(o, dict)]
    if not any(o.get("properties") for o in objects):
        faults.add(
            document,
            ("schema",),
            "PCK051",
            Text("hợp đồng không có cột nào", "the contract has no columns"),
            Text("thêm schema với properties", "add a schema with properties"),
            "error" if ours(value) else "warning",
        )
        return []
    base = _base_id(value, document)
    out = []
    for at, obj in enumerate(objects):
        if not obj.get("properties"):
            continue
        id = base if len(objects) == 1 else f"{base}-{slug(_object_name(obj, at))}"
        out.append(_draft(document, value, obj, at, id, pack, words, faults))
    return [d for d in out if d is not None]


def _draft(
    document: Document,
    value: dict[str, Any],
    obj: dict[str, Any],
    at: int,
    id: str,
    pack: str,
    words: Wordbook,
    faults: Faults,
) -> Draft | None:
    path: Keys = ("schema", at)
    block, block_path = _block(document, value, obj, at, faults)
    book = Rulebook({})
    columns = ColumnSet(document, path, id, words, faults, book)
    columns.read(obj.get("properties") or [])
    if not columns.names:
        return None
    tables = tuple(
        dict.fromkeys(str(n) for n in (obj.get("name"), obj.get("physicalName"), obj.get("id"), id) if n)
    )
    columns.rules(tables)
    quality = Quality(book, faults, document, path, columns.names, tables)
    quality.compile([e for e in obj.get("quality") or [] if isinstance(e, dict)])
    bindings = Bindings(document, block_path, block, columns, faults)
    place, period = bindings.place(), bindings.period()
    key = columns.key()
    kind = block.kind or ("register" if key else "stream")
    if not key and kind == "report" and (place or period):
        key = tuple(b.column for b in (place, period) if b is not None)
    if kind != "stream" and not key:
        faults.add(
            document,
            block_path,
            "PCK058",
            Text(f"bộ dữ liệu kiểu {kind} cần khóa", f"a {kind} needs a key"),
            Text(
                "đánh dấu primaryKey: true, hoặc khai place và period",
                "mark primaryKey: true, or bind place and period",
            ),
        )
    if key:
        book.add("key", "key", key)
        for name in key:
            if not any(r.kind == "required" and r.columns == (name,) for r in book.rules):
                book.add(f"{name}-required", "required", (name,))
    bindings.rules(book, place, period)
    if block.layout is not None:
        check_layout(block.layout, columns.columns, document, (*block_path, "layout"), faults)
    due, window = sla.read([e for e in value.get("slaProperties") or [] if isinstance(e, dict)], book, tables)
    pending = [*columns.pending, *_schema_links(obj, path, columns)]
    dataset = Dataset(
        id=id,
        also=_also(value, obj, id, document),
        pack=pack,
        name=_name(words, id, value, obj, document),
        description=_description(words, id, value, obj),
        kind=kind,
        version=str(value.get("version") or "1.0.0"),
        owner=block.owner,
        legal_basis=block.legal_basis,
        columns=tuple(columns.columns),
        key=key,
        place=place,
        period=period,
        expect=_expectation(block, due, window if period else None),
        life=_life(bindings, block),
        layout=block.layout.compiled() if block.layout else Layout(),
        refuse_below=block.refuse_below,
        prefer=tuple(block.prefer.senders),
        file=document.path,
        digest=digest(document.path.read_bytes()),
    )
    address = Address(
        id,
        frozenset(tables),
        frozenset(str(n) for n in (document.path.name, value.get("id"), value.get("name")) if n),
        {**columns.names, **columns.ids},
    )
    return Draft(document, path, dataset, book, block, block_path, address, pending)


def _base_id(value: dict[str, Any], document: Document) -> str:
    """The contract's id when people can read it, else its name, else the file's."""
    own = str(value.get("id") or "")
    if re.fullmatch(r"[A-Za-z][\w.-]*", own) and not _UUID.fullmatch(own):
        return slug(own)
    return (
        slug(str(value.get("name") or ""))
        or slug(re.sub(r"(\.odcs)?\.ya?ml$", "", document.path.name))
        or "dataset"
    )


def _also(value: dict[str, Any], obj: dict[str, Any], id: str, document: Document) -> tuple[str, ...]:
    """Names people know the dataset by: those of its object, and of the contract when it is alone in it."""
    names = [obj.get("name"), obj.get("physicalName"), obj.get("businessName"), obj.get("id")]
    if len(value["schema"]) == 1:
        stem = re.sub(r"(\.odcs)?\.ya?ml$", "", document.path.name)
        names = [value.get("id"), value.get("name"), stem, *names]
    return tuple(dict.fromkeys(str(n) for n in names if n and str(n) != id))


def _object_name(obj: dict[str, Any], at: int) -> str:
    return str(obj.get("name") or obj.get("physicalName") or obj.get("id") or f"object-{at + 1}")


def _block(
    document: Document, value: dict[str, Any], obj: dict[str, Any], at: int, faults: Faults
) -> tuple[DatasetBlock, Keys]:
    """The `tinh` block of the object, or of the whole contract."""
    for holder, path in ((obj, ("schema", at, "customProperties")), (value, ("customProperties",))):
        for i, entry in enumerate(holder.get("customProperties") or []):
            if isinstance(entry, dict) and entry.get("property") == "tinh":
                where: Keys = (*path, i, "value")
                block = shape(document, DatasetBlock, faults, where, entry.get("value") or {})
                return block or DatasetBlock.model_validate({}), where
    return DatasetBlock.model_validate({}), ("schema", at)


def _schema_links(obj: dict[str, Any], path: Keys, columns: ColumnSet) -> list[Pending]:
    out = []
    for i, link in enumerate(obj.get("relationships") or []):
        if not isinstance(link, dict) or not link.get("to"):
            continue
        ends = [v if isinstance(v, list) else [v] for v in (link.get("from") or [], link["to"])]
        own = [columns.called(str(v).rstrip("/").replace("/", ".").rsplit(".", 1)[-1]) for v in ends[0]]
        if None not in own:
            out.append(
                Pending(
                    (*path, "relationships", i),
                    tuple(c for c in own if c),
                    tuple(str(v) for v in ends[1]),
                    slug(str(link.get("id") or "")),
                )
            )
    return out


def _name(words: Wordbook, id: str, value: dict[str, Any], obj: dict[str, Any], document: Document) -> Text:
    own, whole = obj.get("name"), value.get("name")
    alone = len(value["schema"]) == 1
    shown = str(obj.get("businessName") or (whole if alone else own) or own or whole or id)
    must = bool(words.files) or ours(value)
    return words.text("datasets", id, "name", Text(shown, shown), document, must)


def _description(words: Wordbook, id: str, value: dict[str, Any], obj: dict[str, Any]) -> Text:
    purpose = (value.get("description") or {}).get("purpose")
    shown = str(obj.get("description") or purpose or "").strip()
    return both(words.find("datasets", id, "description"), Text(shown, shown))


def _expectation(block: DatasetBlock, due: str, window: Any) -> Expectation:
    entry = block.expect
    if entry is None:
        return Expectation(window=window, due=due or "P5D")
    return Expectation(
        places=entry.places,
        window=entry.window or window,
        due=entry.due.after or due or "P5D",
        working_days=entry.due.working_days,
        at=entry.at if entry.due.after or entry.due.working_days is not None or whole_days(due) else "",
        grace=entry.grace,
        remind=entry.remind,
        start=entry.start,
    )


def _life(bindings: Bindings, block: DatasetBlock) -> Life | None:
    if block.life is None:
        return None
    bindings.need(block.life.begins, "life", "begins")
    if block.life.ends:
        bindings.need(block.life.ends, "life", "ends")
    return Life(begins=block.life.begins, ends=block.life.ends)
