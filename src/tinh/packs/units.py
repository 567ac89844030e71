"""`places/*.yaml` of a province: later changes of its units, shares of divided ones, sizes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from tinh.kit import yamltree
from tinh.kit.errors import Text
from tinh.kit.yamltree import Document
from tinh.packs.check import shape
from tinh.packs.findings import Faults, Keys, nearest
from tinh.packs.shape import Day, Declared
from tinh.places.api import (
    KINDS,
    REFORM,
    Measure,
    Newcomer,
    Parts,
    Reform,
    ReformKind,
    Size,
    Unit,
    applied,
    gazetteer,
)
from tinh.places.api import Declared as DeclaredUnits

Code = Annotated[str, Field(pattern=r"^(\d{2}|\d{3}|\d{5})$")]
Fraction = Annotated[float, Field(ge=0, le=1), BeforeValidator(lambda v: float(v) if type(v) is int else v)]
Amount = Annotated[float, Field(gt=0), BeforeValidator(lambda v: float(v) if type(v) is int else v)]
_CLOSE = 1e-6
_FITS: dict[str, Text] = {
    "merge": Text("sáp nhập: từ hai đơn vị trở lên thành một", "a merge: two or more into one"),
    "split": Text("chia tách: một đơn vị thành hai trở lên", "a split: one into two or more"),
    "recode": Text("đổi mã: một mã thành một mã khác", "a recode: one code into another"),
    "rename": Text("đổi tên: cùng mã, tên mới", "a rename: the same code, a new name"),
    "kind": Text("đổi loại: cùng mã, tên với loại mới", "a change of kind: the same code, the new name"),
}


class NewUnitEntry(Declared):
    """A unit as it stands from the day of the change on."""

    code: Code = Field(description="official code in quotes")
    name: str = Field("", description="full name with its kind, such as `Phường Tích Lương`; else taken over")
    lat: float | None = Field(None, description="latitude of its centre; else taken over")
    lon: float | None = Field(None, description="longitude of its centre; else taken over")


class PartsEntry(Declared):
    """How a divided unit went over, by one measure."""

    by: Measure = Field(description="what was measured")
    parts: dict[str, Fraction] = Field(min_length=2, description="newer code → share; they add up to 1")
    source: str = Field(min_length=1, description="where the shares stand written")


class ChangeEntry(Declared):
    """One change of units. A new resolution is one entry."""

    day: Day = Field(description="first day of the new state, YYYY-MM-DD")
    kind: ReformKind = Field(description="what happens")
    basis: str = Field(min_length=1, description="legal basis")
    source: str = Field("", description="where it was read, when not in the legal text itself")
    from_: list[Code] = Field(min_length=1, alias="from", description="codes that stand until the day before")
    to: list[NewUnitEntry] = Field(min_length=1, description="units that stand from the day on")
    shares: list[PartsEntry] = Field(
        default_factory=list, description="of a split: how the unit went over; else it is estimated"
    )


class DividedEntry(PartsEntry):
    """Shares of a unit divided by a reform that is known already, such as that of 2025."""

    from_: Code = Field(alias="from", description="the divided unit")
    day: Day = Field(description="day of that reform")


class SizesEntry(Declared):
    """How large units were: what means are weighed by, and what a new unit is split back by."""

    on: Day = Field(description="a day on which the units stood")
    by: Measure = Field(description="what was measured")
    units: dict[str, Amount] = Field(min_length=1, description="code → size")
    source: str = Field(min_length=1, description="where the sizes stand written")


class PlacesFile(Declared):
    """`places/*.yaml` of a province: what the national gazetteer does not carry of its units."""

    format: Literal[1] = Field(description="number of this file format")
    changes: list[ChangeEntry] = Field(
        default_factory=list, description="merged, split, renamed, recoded units"
    )
    shares: list[DividedEntry] = Field(
        default_factory=list, description="shares of units divided by earlier reforms"
    )
    sizes: list[SizesEntry] = Field(default_factory=list, description="sizes of units")


def units(folder: Path, province: str, faults: Faults) -> DeclaredUnits:
    """What the files of `<province>/places/` declare; faults are found all at once."""
    read: list[tuple[Document, PlacesFile]] = []
    for path in sorted((folder / "places").glob("*.y*ml")):
        document = yamltree.load(path)
        entry = shape(document, PlacesFile, faults) if faults.take(document) else None
        if entry is not None:
            read.append((document, entry))
    return _Units(province, faults).compile(read) if read else DeclaredUnits()


class _Units:
    def __init__(self, province: str, faults: Faults) -> None:
        self.province, self.faults = province, faults
        self.base = gazetteer()
        self.touched: dict[tuple[str, date], Reform] = {}

    def compile(self, read: list[tuple[Document, PlacesFile]]) -> DeclaredUnits:
        changes = [
            (entry.day, document, ("changes", i), entry)
            for document, file in read
            for i, entry in enumerate(file.changes)
        ]
        reforms: list[Reform] = []
        parts: list[Parts] = []
        for day, document, path, entry in sorted(changes, key=lambda c: c[0]):
            reform = self.change(document, path, entry, reforms)
            if reform is not None:
                reforms.append(reform)
                for i, stated in enumerate(entry.shares):
                    newer = [n.code for n in reform.news]
                    at = (*path, "shares", i)
                    parts += self.parts(document, at, reform.olds[0], day, stated, newer)
        book = gazetteer(DeclaredUnits(tuple(reforms)))
        sizes: list[Size] = []
        for document, file in read:
            for i, divided in enumerate(file.shares):
                heirs = [p.newer for p in book.parts(divided.from_, _eve(divided.day))]
                unit = book.find(divided.from_, _eve(divided.day))
                if unit is None or unit.valid_to != divided.day or len(heirs) < 2:
                    self.unknown(
                        document, ("shares", i, "from"), divided.from_, divided.day, divided_only=True
                    )
                    continue
                parts += self.parts(document, ("shares", i), divided.from_, divided.day, divided, heirs)
            for i, listed in enumerate(file.sizes):
                for code, value in listed.units.items():
                    unit = book.find(code, listed.on)
                    if unit is None or unit.province != self.province:
                        self.unknown(document, ("sizes", i, "units", code), code, listed.on)
                    else:
                        sizes.append(Size(code, listed.on, listed.by, value, listed.source))
        return DeclaredUnits(tuple(reforms), tuple(parts), tuple(sizes))

    # ── one change ──

    def change(
        self, document: Document, path: Keys, entry: ChangeEntry, before: list[Reform]
    ) -> Reform | None:
        known = len(self.faults.found)
        if entry.day <= REFORM:
            self.say(
                document, (*path, "day"), "PCK074",
                f"thay đổi ngày {entry.day} không sau đợt sắp xếp {REFORM}",
                f"a change of {entry.day} is not after the reform of {REFORM}",
                "danh mục quốc gia đã có; chỉ khai các thay đổi về sau",
                "the national gazetteer has it; declare only what came later",
            )  # fmt: skip
            return None
        standing = {u.code: u for u in applied(self.base.units, before)[0] if u.valid_on(_eve(entry.day))}
        olds = [self.old(document, (*path, "from", i), c, entry, standing) for i, c in enumerate(entry.from_)]
        self.fits(document, path, entry)
        for i, newcomer in enumerate(entry.to):
            self.newcomer(document, (*path, "to", i), newcomer, entry, standing)
        if len(self.faults.found) > known or None in olds:
            return None
        reform = Reform(
            entry.day, entry.kind, tuple(entry.from_),
            tuple(Newcomer(n.code, n.name, n.lat, n.lon) for n in entry.to), entry.basis, entry.source,
        )  # fmt: skip
        for code in {*reform.olds, *(n.code for n in reform.news)}:
            self.touched[code, entry.day] = reform
        return reform

    def old(
        self, document: Document, path: Keys, code: str, entry: ChangeEntry, standing: dict[str, Unit]
    ) -> Unit | None:
        unit = standing.get(code)
        if unit is None or unit.province != self.province:
            self.unknown(document, path, code, entry.day)
            return None
        if (code, entry.day) in self.touched:
            self.twice(document, path, code, entry.day)
        if unit.level != "commune" and entry.kind not in ("rename", "kind"):
            self.say(
                document, path, "PCK073",
                f"{unit.name} ({code}) không phải xã, phường; chỉ đổi tên hoặc loại được",
                f"{unit.name} ({code}) is no commune: it can only be renamed or change its kind",
                "khai từng xã", "declare its communes",
            )  # fmt: skip
        return unit

    def newcomer(
        self,
        document: Document,
        path: Keys,
        entry: NewUnitEntry,
        change: ChangeEntry,
        standing: dict[str, Unit],
    ) -> None:
        taken = entry.code in standing and entry.code not in change.from_
        if taken or ((entry.code, change.day) in self.touched and entry.code not in change.from_):
            self.twice(document, (*path, "code"), entry.code, change.day)
        word = entry.name.split(" ")
        lead = {word[0].lower(), " ".join(word[:2]).lower()}
        if entry.name and (not lead & set(KINDS) or len(word) < 2):
            self.say(
                document, (*path, "name"), "PCK074",
                f"tên “{entry.name}” phải bắt đầu bằng loại đơn vị",
                f'the name "{entry.name}" lacks its kind',
                "viết như “Phường Tích Lương”",
                "write it like “Phường Tích Lương”",
            )  # fmt: skip
        if not entry.name and entry.code not in change.from_ and change.kind != "recode":
            self.say(
                document, path, "PCK073",
                f"đơn vị mới {entry.code} chưa có tên", f"the new unit {entry.code} has no name",
                "thêm name", "add its name",
            )  # fmt: skip

    def fits(self, document: Document, path: Keys, entry: ChangeEntry) -> None:
        """Whether as many units go out and come in as the kind of change says."""
        olds, news = len(entry.from_), len(entry.to)
        same = olds == news == 1 and entry.from_[0] == entry.to[0].code
        unnamed = not same or not entry.to[0].name
        wrong = {
            "merge": olds < 2 or news != 1,
            "split": olds != 1 or news < 2,
            "recode": olds != 1 or news != 1 or same,
            "rename": unnamed,
            "kind": unnamed,
        }[entry.kind]
        repeated = len(set(entry.from_)) < olds or len({n.code for n in entry.to}) < news
        if wrong or repeated or (entry.shares and entry.kind != "split"):
            self.say(
                document, (*path, "kind"), "PCK073",
                f"“{entry.kind}” không khớp với from ({olds}) và to ({news})",
                f'"{entry.kind}" does not fit its from ({olds}) and to ({news})',
                _FITS[entry.kind].vi, _FITS[entry.kind].en,
            )  # fmt: skip

    def parts(
        self, document: Document, path: Keys, older: str, day: date, entry: PartsEntry, heirs: Iterable[str]
    ) -> list[Parts]:
        total, wanted = sum(entry.parts.values()), sorted(heirs)
        strangers = sorted(set(entry.parts) - set(wanted))
        if strangers or abs(total - 1) > _CLOSE:
            listed = ", ".join(wanted)
            self.say(
                document, (*path, "parts"), "PCK071",
                f"tỷ phần của {older} phải chia cho {listed} và cộng lại bằng 1 (đang là {total:g}"
                + (f", thừa {', '.join(strangers)})" if strangers else ")"),
                f"the shares of {older} must go to {listed} and add up to 1 (now {total:g}"
                + (f", with {', '.join(strangers)} besides)" if strangers else ")"),
                "sửa tỷ phần hoặc mã", "mend the shares or the codes",
            )  # fmt: skip
            return []
        return [Parts(older, day, entry.by, tuple(sorted(entry.parts.items())), entry.source)]

    # ── findings ──

    def unknown(
        self, document: Document, path: Keys, code: str, day: date, divided_only: bool = False
    ) -> None:
        vi, en = ("bị chia ngày", "divided on") if divided_only else ("có hiệu lực vào", "valid on")
        inside: dict[str, list[str]] = defaultdict(list)
        for unit in self.base.units:
            if unit.province == self.province:
                inside[unit.code].append(unit.code)
        self.faults.add(
            document, path, "PCK070",
            Text(
                f"“{code}” không phải mã của đơn vị nào trong tỉnh {vi} {day}",
                f'"{code}" is no unit of the province {en} {day}',
            ),
            nearest(code, inside),
        )  # fmt: skip

    def twice(self, document: Document, path: Keys, code: str, day: date) -> None:
        self.say(
            document, path, "PCK072",
            f"mã {code} vào ngày {day} vừa còn hiệu lực vừa bị thay đổi ở mục khác",
            f"code {code} on {day} is still in force or changed by another entry",
            "đưa mã vào from của cùng một thay đổi, hoặc chọn ngày khác",
            "put the code into `from` of one and the same change, or take another day",
        )  # fmt: skip

    def say(
        self, document: Document, path: Keys, code: str, vi: str, en: str, cure_vi: str, cure_en: str
    ) -> None:
        self.faults.add(document, path, code, Text(vi, en), Text(cure_vi, cure_en))


def _eve(day: date) -> date:
    return date.fromordinal(day.toordinal() - 1)
