"""Names that other files use: which dataset or indicator a short id means from inside a pack."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Generic, TypeVar

from tinh.kit.errors import Text
from tinh.kit.yamltree import Document
from tinh.packs.findings import Faults, Keys

T = TypeVar("T")


@dataclass
class Register(Generic[T]):
    """Things of one kind by final id; the pack listed first keeps the short id."""

    noun: Text
    items: dict[str, T] = field(default_factory=dict)
    local: dict[str, dict[str, str]] = field(default_factory=dict)  # pack → short id → final id

    def claim(self, pack: str, id: str, document: Document, path: Keys, faults: Faults) -> str | None:
        """The final id of a new thing; None when its own pack already has one of that id."""
        mine = self.local.setdefault(pack, {})
        if id in mine:
            faults.add(
                document,
                path,
                "PCK024",
                Text(
                    f"{self.noun.vi} “{id}” đã có trong gói này",
                    f'the {self.noun.en} "{id}" is already in this pack',
                ),
                Text("đổi một trong hai mã", "change one of the two ids"),
            )
            return None
        final = id
        if any(id in ids for other, ids in self.local.items() if other != pack):
            final = f"{pack}.{id}"
            other = next(p for p, ids in self.local.items() if p != pack and id in ids)
            faults.add(
                document,
                path,
                "PCK025",
                Text(
                    f"gói “{other}” đã dùng mã “{id}”; ở đây thành “{final}”",
                    f'the pack "{other}" already has "{id}"; this one becomes "{final}"',
                ),
                Text("đổi mã nếu muốn giữ tên ngắn", "change the id to keep a short one"),
                "warning",
            )
        mine[id] = final
        return final

    def find(self, pack: str, id: str) -> str | None:
        """The final id meant by `id` inside `pack`: its own first, then the province's."""
        own = self.local.get(pack, {}).get(id)
        if own is not None:
            return own
        if id in self.items:
            return id
        return next((ids[id] for ids in self.local.values() if id in ids), None)

    def known(self, pack: str) -> list[str]:
        return [*self.local.get(pack, {}), *self.items]
