"""What can be wrong with the agencies of a province, told all at once."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from tinh.kit.errors import Text
from tinh.kit.yamltree import Document
from tinh.packs.findings import Faults, Keys
from tinh.packs.provincefile import AgencyEntry
from tinh.packs.shape import ID
from tinh.places.api import gazetteer

# QĐ 20/2020/QĐ-TTg (H55.242), the older form of QCVN 102:2016 (000.00.19.H55), and tax codes.
_FORMS = {
    "ma-dinh-danh": re.compile(r"[A-Z]\d{2}(\.\d{1,3}){0,4}|\d{3}(\.\d{2}){2}\.[A-Z]\d{2}"),
    "ma-so-thue": re.compile(r"\d{10}(-\d{3})?|\d{12}"),
}


@dataclass(frozen=True, slots=True)
class Placed:
    """An entry and where it stands."""

    document: Document
    path: Keys
    entry: AgencyEntry


def judge(
    placed: Iterable[Placed],
    others: Mapping[str, AgencyEntry],
    sectors: Collection[str],
    faults: Faults,
) -> None:
    """Findings about `placed` agencies beside the `others` that stand elsewhere."""
    mine = list(placed)
    entries = {**others, **{one.entry.id: one.entry for one in mine}}
    owners: dict[tuple[str, str], str] = {}
    heirs: dict[str, str] = {}
    for id, entry in others.items():
        owners |= dict.fromkeys(entry.identifiers.items(), id)
        heirs |= {alias.id: id for alias in entry.aliases if alias.id}
    for one in mine:
        _parents(one, entries, heirs, faults)
        _identifiers(one, owners, faults)
        _aliases(one, {o.entry.id for o in mine}, heirs, faults)
        _plain(one, sectors, faults)


def _parents(
    one: Placed, entries: Mapping[str, AgencyEntry], heirs: Mapping[str, str], faults: Faults
) -> None:
    parent, seen = one.entry.parent, {one.entry.id}
    if not parent:
        return
    path = (*one.path, "parent")
    if parent not in entries and parent not in heirs:
        says = Text(f"không có cơ quan cấp trên “{parent}”", f'no parent agency "{parent}"')
        faults.add(
            one.document,
            path,
            "PCK130",
            says,
            Text("khai cơ quan ấy, hoặc bỏ parent", "declare it, or drop it"),
        )
        return
    while parent:
        if parent in seen:
            says = Text("cơ quan cấp trên đi vòng về chính nó", "its parents lead back to itself")
            faults.add(one.document, path, "PCK130", says, Text("sửa parent", "mend the parent"))
            return
        seen.add(parent)
        parent = entries[parent].parent if parent in entries else ""


def _identifiers(one: Placed, owners: dict[tuple[str, str], str], faults: Faults) -> None:
    for scheme, value in one.entry.identifiers.items():
        path = (*one.path, "identifiers", scheme)
        form = _FORMS.get(scheme)
        if not ID.fullmatch(scheme) or not value.strip() or (form and not form.fullmatch(value)):
            shown = {"ma-dinh-danh": "H55.01", "ma-so-thue": "4600123456"}.get(scheme, "ma-dinh-danh: H55.01")
            faults.add(
                one.document, path, "PCK138",
                Text(f"“{scheme}: {value}” viết sai dạng", f'"{scheme}: {value}" is not well formed'),
                Text(f"viết như {shown}", f"write it like {shown}"), "warning",
            )  # fmt: skip
        before = owners.setdefault((scheme, value), one.entry.id)
        if before != one.entry.id:
            faults.add(
                one.document, path, "PCK131",
                Text(f"{scheme} {value} đã là của “{before}”", f'{scheme} {value} is that of "{before}"'),
                Text("sửa một trong hai", "mend one of the two"),
            )  # fmt: skip


def _aliases(one: Placed, standing: Collection[str], heirs: dict[str, str], faults: Faults) -> None:
    for i, alias in enumerate(one.entry.aliases):
        path = (*one.path, "aliases", i)
        if not alias.id and not alias.name.vi:
            faults.add(
                one.document, path, "PCK137",
                Text("tên gọi khác không có id lẫn name", "the alias has neither id nor name"),
                Text("thêm id của cơ quan cũ, hoặc name", "add the id of the predecessor, or a name"),
            )  # fmt: skip
        if not alias.id:
            continue
        before = heirs.setdefault(alias.id, one.entry.id)
        if alias.id in standing or before != one.entry.id:
            whose = before if before != one.entry.id else alias.id
            faults.add(
                one.document, path, "PCK132",
                Text(
                    f"“{alias.id}” còn là cơ quan hoặc là tên khác của “{whose}”",
                    f'"{alias.id}" is an agency still, or an alias of "{whose}"',
                ),
                Text("xóa mục của cơ quan đã sáp nhập", "remove the entry of the merged agency"),
            )  # fmt: skip


def _plain(one: Placed, sectors: Collection[str], faults: Faults) -> None:
    entry = one.entry
    if entry.place and not gazetteer().versions(entry.place):
        faults.add(
            one.document, (*one.path, "place"), "PCK133",
            Text(f"không có địa bàn mã {entry.place}", f"no unit has the code {entry.place}"),
            Text(
                "tra mã ở trang Địa bàn, hoặc bằng: tinh places",
                "look codes up on the page Places, or with: tinh places",
            ),
        )  # fmt: skip
    if entry.since and entry.until and entry.until < entry.since:
        faults.add(
            one.document, (*one.path, "until"), "PCK134",
            Text(f"until {entry.until} trước from {entry.since}", f"until {entry.until} is before from"),
            Text("sửa một trong hai ngày", "mend one of the days"),
        )  # fmt: skip
    for i, sector in enumerate(entry.sectors):
        if sector not in sectors:
            faults.unknown(one.document, (*one.path, "sectors", i), "PCK136", sector, sectors, "warning")
