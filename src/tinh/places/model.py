"""What a place is: a unit valid between two days, a link across a reform, the answer to a name."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any, Literal, get_args

from tinh.kit.errors import Text

REFORM = date(2025, 7, 1)

Level = Literal["province", "district", "commune"]
LEVELS: tuple[Level, ...] = get_args(Level)
Kind = Literal["tỉnh", "thành phố", "quận", "huyện", "thị xã", "xã", "phường", "thị trấn", "đặc khu"]
KINDS: tuple[Kind, ...] = get_args(Kind)
Status = Literal["one", "several", "none"]


@dataclass(frozen=True, slots=True)
class Unit:
    """One unit as it stood from `valid_from` until the day before `valid_to`.

    A change of name or kind makes a new `Unit` under the same code. `province` is the code of
    today's province whose territory holds the unit, whatever day the unit belongs to.
    """

    code: str
    level: Level
    name: str
    short: str
    kind: Kind
    parent: str | None
    province: str
    valid_from: date | None
    valid_to: date | None
    legal_basis: str
    lat: float
    lon: float

    def valid_on(self, day: date) -> bool:
        if isinstance(day, datetime):
            day = day.date()
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_to is None or day < self.valid_to
        )

    @property
    def slug(self) -> str:
        """`thai-nguyen`: the short name for file names and addresses; not unique below the province."""
        apart = unicodedata.normalize("NFD", self.short.lower().replace("đ", "d"))
        letters = "".join(
            char if char.isalnum() else " " for char in apart if not unicodedata.combining(char)
        )
        return "-".join(letters.split())

    def as_dict(self) -> dict[str, Any]:
        return {
            "code": self.code,
            "name": self.name,
            "short": self.short,
            "level": self.level,
            "kind": self.kind,
            "parent": self.parent,
            "province": self.province,
            "valid_from": self.valid_from.isoformat() if self.valid_from else None,
            "valid_to": self.valid_to.isoformat() if self.valid_to else None,
            "legal_basis": self.legal_basis,
            "lat": self.lat,
            "lon": self.lon,
        }


@dataclass(frozen=True, slots=True)
class Link:
    """One step across a reform, seen from either side; `unit` is the unit on the other side.

    `whole`: the older unit lies entirely in the newer one. `share` is the part of the older
    unit that went over: 1.0 when whole, None when it was divided, because no law or statistic
    in hand says how much. `main` marks the newer unit that holds the older one's centre.
    """

    unit: Unit
    share: float | None
    whole: bool
    basis: str
    main: bool = True

    def as_dict(self) -> dict[str, Any]:
        return {
            **self.unit.as_dict(),
            "share": self.share,
            "whole": self.whole,
            "main": self.main,
            "basis": self.basis,
        }


HintReason = Literal["successor", "other_day", "elsewhere", "kind", "part", "former", "spelling", "code"]

_HINT_SAYS: dict[HintReason, Text] = {
    "successor": Text(
        "tên cũ, đến nay thuộc {name} ({code})", "an old name; the place now lies in {name} ({code})"
    ),
    "other_day": Text("{name} ({code}) chỉ có hiệu lực {span}", "{name} ({code}) is valid only {span}"),
    "elsewhere": Text("{name} ({code}) nằm ngoài địa bàn này", "{name} ({code}) lies outside this territory"),
    "kind": Text("tên này là {name} ({code})", "that name belongs to {name} ({code})"),
    "part": Text("một phần của tên chỉ {name} ({code})", "part of the name denotes {name} ({code})"),
    "former": Text(
        "tên trước đợt sắp xếp 2019–2025, sau thuộc {name} ({code})",
        "a name from before the mergers of 2019–2025, later part of {name} ({code})",
    ),
    "spelling": Text("có phải {name} ({code})?", "did you mean {name} ({code})?"),
    "code": Text("có phải mã {code} ({name})?", "did you mean code {code} ({name})?"),
}


@dataclass(frozen=True, slots=True)
class Hint:
    """A unit the writer may have meant. Never taken on its own: a person decides."""

    unit: Unit
    reason: HintReason
    link: Link | None = None

    @property
    def says(self) -> Text:
        first, last = self.unit.valid_from, self.unit.valid_to
        vi = " ".join(
            part
            for part in (
                f"từ {first:%d/%m/%Y}" if first else "",
                f"đến trước {last:%d/%m/%Y}" if last else "",
            )
            if part
        )
        en = " ".join(
            part for part in (f"from {first}" if first else "", f"before {last}" if last else "") if part
        )
        words = _HINT_SAYS[self.reason]
        facts = {"name": self.unit.name, "code": self.unit.code}
        return Text(words.vi.format(span=vi, **facts), words.en.format(span=en, **facts))

    def as_dict(self) -> dict[str, Any]:
        return {**self.unit.as_dict(), "reason": self.reason, "says": self.says.as_dict()}


@dataclass(frozen=True)
class Resolution:
    """What a written name denotes on a day: one unit, several candidates, or none."""

    text: str
    status: Status
    units: tuple[Unit, ...]
    _suggest: Callable[[], tuple[Hint, ...]] = field(default=tuple, repr=False, compare=False)

    @property
    def unit(self) -> Unit | None:
        return self.units[0] if self.status == "one" else None

    @cached_property
    def hints(self) -> tuple[Hint, ...]:
        """Units the writer may have meant when there is no single answer; worked out when asked."""
        return () if self.status == "one" else self._suggest()

    def as_dict(self) -> dict[str, Any]:
        return {
            "text": self.text,
            "status": self.status,
            "units": [unit.as_dict() for unit in self.units],
            "hints": [hint.as_dict() for hint in self.hints],
        }
