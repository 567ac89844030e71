"""Where a relationship of a contract leads: dataset and column, in either notation."""

from __future__ import annotations

from dataclasses import dataclass, field

from tinh.kit.errors import Text
from tinh.kit.yamltree import Document
from tinh.packs.findings import Faults, Keys
from tinh.packs.models import Column, Dataset
from tinh.packs.rules import Rulebook


@dataclass(frozen=True, slots=True)
class Pending:
    """A relationship seen in a contract, not yet followed."""

    path: Keys
    columns: tuple[str, ...]  # of this dataset, contract names
    to: tuple[str, ...]
    id: str = ""


@dataclass(frozen=True, slots=True)
class Address:
    """Every name an object and its columns answer to."""

    dataset: str  # our id
    objects: frozenset[str]
    contracts: frozenset[str]  # file names and ids of the contract
    columns: dict[str, str] = field(default_factory=dict)  # any name or id → column name


_COMPOSITE = Text(
    "quan hệ trên nhiều cột chưa được thực hiện", "relationships over several columns are not executed"
)
_SELF = Text(
    "quan hệ trỏ về chính bộ dữ liệu; dòng cha có thể nằm trong cùng lần gửi",
    "the relationship points at its own dataset; the parent row may come in the same delivery",
)
_AWAY = Text("bộ dữ liệu đích không có trong danh mục", "the target dataset is not in the catalogue")


def follow(
    pending: Pending,
    dataset: str,
    book: Rulebook,
    addresses: list[Address],
    faults: Faults,
    document: Document,
) -> None:
    """Adds a reference rule, or carries the relationship with the reason."""
    shown = ", ".join(pending.columns) + " → " + ", ".join(pending.to)
    where = pending.columns[0] if pending.columns else dataset
    if len(pending.columns) != 1 or len(pending.to) != 1:
        book.carry(where, "relationship", shown, _COMPOSITE)
        return
    found = locate(pending.to[0], dataset, addresses)
    if found is None:
        book.carry(where, "relationship", shown, _AWAY)
        faults.add(
            document, pending.path, "PCK054",
            Text(f"quan hệ tới “{pending.to[0]}” không dẫn tới bộ dữ liệu nào",
                 f'the relationship to "{pending.to[0]}" leads to no dataset here'),
            Text("thêm hợp đồng đích vào gói; tạm thời quan hệ chỉ được giữ lại",
                 "add the target's contract to the pack; until then the relationship is only carried"),
            "warning",
        )  # fmt: skip
        return
    if found[0] == dataset:
        book.carry(where, "relationship", shown, _SELF)
        return
    book.add(
        pending.id or f"{pending.columns[0]}-reference", "reference", pending.columns,
        {"dataset": found[0], "column": found[1]},
    )  # fmt: skip


def locate(to: str, dataset: str, addresses: list[Address]) -> tuple[str, str] | None:
    """(dataset id, column) a reference leads to; the nearest contract's objects come first."""
    file, _, inner = to.rpartition("#")
    steps = [s for s in inner.strip("/").split("/") if s]
    if len(steps) >= 4 and steps[0] == "schema" and steps[2] == "properties":
        target, names = steps[1], steps[3::2]
    else:
        target, _, rest = inner.partition(".")
        names = [rest] if rest else []
    if not names or len(names) > 1:
        return None
    contract = file.rsplit("/", 1)[-1]
    own = next((a.contracts for a in addresses if a.dataset == dataset), frozenset())
    near = sorted(addresses, key=lambda a: not (a.contracts & own))
    for address in near:
        if contract and contract not in address.contracts:
            continue
        if target in address.objects and names[0] in address.columns:
            return address.dataset, address.columns[names[0]]
    return None


def address_of(
    dataset: Dataset, objects: frozenset[str], contracts: frozenset[str], ids: dict[str, str]
) -> Address:
    names = {h: c.name for c in dataset.columns for h in (*c.headers, c.name)}
    return Address(dataset.id, objects | {dataset.id}, contracts, {**names, **ids, **_own(dataset.columns)})


def _own(columns: tuple[Column, ...]) -> dict[str, str]:
    return {c.name: c.name for c in columns}
