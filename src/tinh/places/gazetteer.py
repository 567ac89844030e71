"""The gazetteer: every unit in time, its parents and children, its neighbours across the reform."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from functools import cache, cached_property
from pathlib import Path

from tinh.places import records
from tinh.places.bridge import Part, Span, parts_of
from tinh.places.crosswalk import Crosswalk
from tinh.places.errors import UnknownProvince, UnknownUnit
from tinh.places.model import REFORM, Level, Link, Resolution, Unit
from tinh.places.naming import Naming
from tinh.places.reforms import NOTHING, Declared, Measure, applied
from tinh.places.steps import Steps


class Gazetteer:
    """All units with their validity. Read-only; one instance serves the whole process.

    `declared` are later reforms, shares and sizes that a province states.
    """

    def __init__(self, source: records.Records, declared: Declared = NOTHING) -> None:
        units, later = applied(source.units, declared.reforms)
        self.units: tuple[Unit, ...] = tuple(units)
        self.declared = declared
        versions: dict[str, list[Unit]] = defaultdict(list)
        for unit in self.units:
            versions[unit.code].append(unit)
        self._versions = {
            code: tuple(sorted(units, key=lambda unit: unit.valid_from or date.min))
            for code, units in versions.items()
        }
        self.steps = Steps(self, source.ties, later)
        # Days on which anything changed; between two of them the gazetteer stands still.
        self._turns = sorted({unit.valid_from for unit in self.units if unit.valid_from})
        self._children: dict[int, dict[str, tuple[Unit, ...]]] = {}
        self._territories: dict[tuple[str, int], frozenset[str]] = {}

    # -- time ---------------------------------------------------------------------------------

    def epoch(self, on: date) -> int:
        """The number of the span between two changes that holds `on`; 0 is before the reform."""
        return bisect_right(self._turns, on.date() if isinstance(on, datetime) else on)

    def epoch_day(self, epoch: int) -> date:
        """A day within the epoch: its first, or the day before the reform for the first epoch."""
        return self._turns[epoch - 1] if epoch else self._turns[0] - timedelta(days=1)

    @property
    def epochs(self) -> range:
        return range(len(self._turns) + 1)

    def standing(self, on: date) -> tuple[Unit, ...]:
        """Every unit valid on `on`."""
        return tuple(unit for unit in self.units if unit.valid_on(on))

    # -- codes --------------------------------------------------------------------------------

    def find(self, code: str, on: date) -> Unit | None:
        for unit in self._versions.get(code, ()):
            if unit.valid_on(on):
                return unit
        return None

    def get(self, code: str, on: date) -> Unit:
        unit = self.find(code, on)
        if unit is None:
            known = "; ".join(
                f"{other.name}: {other.valid_from or '…'} – {other.valid_to or '…'}"
                for other in self.versions(code)
            )
            raise UnknownUnit(place=code, on=on, known=known)
        return unit

    def versions(self, code: str) -> tuple[Unit, ...]:
        """Every unit that ever bore the code, oldest first: before and since the reform, and renamings."""
        return self._versions.get(code, ())

    def province(self, code_or_name: str, on: date) -> Unit:
        unit = self.find(code_or_name, on)
        if unit is None or unit.level != "province":
            unit = self.resolve(code_or_name, on, levels=("province",)).unit
        if unit is None:
            names = ", ".join(f"{p.code} {p.short}" for p in self.provinces(on))
            raise UnknownProvince(place=code_or_name, on=on, known=names)
        return unit

    def provinces(self, on: date) -> tuple[Unit, ...]:
        return tuple(unit for unit in self.units if unit.level == "province" and unit.valid_on(on))

    # -- tree ---------------------------------------------------------------------------------

    def _tree(self, on: date) -> dict[str, tuple[Unit, ...]]:
        epoch = self.epoch(on)
        if epoch not in self._children:
            tree: dict[str, list[Unit]] = defaultdict(list)
            for unit in self.units:
                if unit.parent is not None and unit.valid_on(on):
                    tree[unit.parent].append(unit)
            self._children[epoch] = {code: tuple(units) for code, units in tree.items()}
        return self._children[epoch]

    def children(self, code: str, on: date, level: Level = "commune") -> tuple[Unit, ...]:
        """Units of `level` under `code` that day, however deep."""
        tree = self._tree(on)
        out: list[Unit] = []
        queue = list(tree.get(code, ()))
        while queue:
            unit = queue.pop(0)
            if unit.level == level:
                out.append(unit)
            queue.extend(tree.get(unit.code, ()))
        return tuple(out)

    def path(self, unit: Unit, on: date | None = None) -> tuple[Unit, ...]:
        """From the province down to the unit itself, as they stood on `on`, else in the unit's last days."""
        if on is None:
            on = unit.valid_to - timedelta(days=1) if unit.valid_to else max(self._turns)
        return self.path_in(unit, self.epoch(on))

    def communes(self, province_code: str, on: date) -> tuple[Unit, ...]:
        """Communes valid on `on` in the territory of today's province."""
        self._check_today(province_code)
        return tuple(
            unit
            for unit in self._in_province.get(province_code, ())
            if unit.level == "commune" and unit.valid_on(on)
        )

    def territory(self, province_code: str, on: date) -> frozenset[str]:
        """Codes of every level valid on `on` that lie in today's province `province_code`."""
        key = (province_code, self.epoch(on))
        if key not in self._territories:
            self._check_today(province_code)
            self._territories[key] = frozenset(
                unit.code for unit in self._in_province[province_code] if unit.valid_on(on)
            )
        return self._territories[key]

    def rollup(self, code: str, on: date) -> str | None:
        """Today's province whose territory holds what `code` denoted on `on`."""
        unit = self.find(code, on)
        return unit.province if unit else None

    @cached_property
    def _in_province(self) -> dict[str, list[Unit]]:
        held: dict[str, list[Unit]] = defaultdict(list)
        for unit in self.units:
            held[unit.province].append(unit)
        return held

    def _check_today(self, code: str) -> None:
        today = max(self._turns)
        unit = self.find(code, today)
        if unit is None or unit.level != "province":
            heir = next(
                (f"{u.name} → {u.province}" for u in self.versions(code) if u.level == "province"), ""
            )
            raise UnknownProvince(place=code, on=today, known=heir)

    def path_in(self, unit: Unit, epoch: int) -> tuple[Unit, ...]:
        """From the province down to the unit itself, as they stood in an epoch."""
        steps = [unit]
        while steps[-1].parent is not None:
            steps.append(self.get(steps[-1].parent, self.epoch_day(epoch)))
        return tuple(reversed(steps))

    def earlier_names(self, unit: Unit) -> tuple[Unit, ...]:
        """The same unit under names or kinds it has given up; a reform begins a new unit."""
        if unit.valid_from is None or unit.valid_from == REFORM:
            return ()
        begun = self.steps.begun(unit.code, unit.valid_from)
        return tuple(
            other
            for other in self.versions(unit.code)
            if other.valid_from is not None and begun <= other.valid_from < unit.valid_from
        )

    # -- across the reform --------------------------------------------------------------------

    @property
    def crosswalk(self) -> Crosswalk:
        """The links of the reform of 2025."""
        return self.steps.walk(REFORM)

    def successors(self, code: str, on: date | None = None) -> tuple[Link, ...]:
        """What the unit that bore `code` on `on` became; without a day, the unit of before the reform.

        A unit that was only renamed has one successor: itself under the new name.
        """
        unit = self.find(code, on) if on else next(iter(self.versions(code)), None)
        if unit is None or unit.valid_to is None:
            return ()
        walk = self.steps.walk_of(unit.valid_to, code)
        if walk is not None:
            return walk.successors(code)
        later = self.get(code, unit.valid_to)
        return (Link(later, 1.0, True, later.legal_basis),)

    def predecessors(self, code: str, on: date | None = None) -> tuple[Link, ...]:
        """The units that the unit of `on` (else the last to bear the code) was made from."""
        versions = self.versions(code)
        unit = self.find(code, on) if on else versions[-1] if versions else None
        while unit is not None and unit.valid_from is not None:
            walk = self.steps.walk_to(unit.valid_from, code)
            if walk is not None:
                return walk.predecessors(code)
            unit = self.find(code, unit.valid_from - timedelta(days=1))  # it was only renamed
        return ()

    def parts(self, code: str, on: date, by: Measure = "population") -> tuple[Part, ...]:
        """How the lowest unit of `on` went over when it ended: each heir, its share, and whether known."""
        unit = self.find(code, on)
        if unit is None or unit.valid_to is None:
            return ()
        walk = self.steps.walk_of(unit.valid_to, code)
        if walk is None or not walk.heirs(code):
            return ()
        return tuple(parts_of(walk, unit.valid_to, self.declared, by, [code]))

    def turns(self, province_code: str, until: date | None = None) -> tuple[date, ...]:
        """Days on which the lowest units of today's province changed, so that series break."""
        return tuple(d for d in self.steps.days(province_code) if until is None or d <= until)

    def bridge(
        self, province_code: str, source: date, target: date, by: Measure = "population"
    ) -> tuple[Span, ...]:
        """From the lowest units of one day to those of another, within today's province."""
        return self.steps.bridge(province_code, source, target, by)

    def lowest(self, province_code: str, on: date) -> tuple[Unit, ...]:
        """Communes of that day in the territory of today's province, and districts without communes."""
        tree = self._tree(on)
        return tuple(
            unit
            for unit in self._in_province.get(province_code, ())
            if unit.valid_on(on)
            and (unit.level == "commune" or (unit.level == "district" and not tree.get(unit.code)))
        )

    # -- names and points ---------------------------------------------------------------------

    @cached_property
    def _naming(self) -> Naming:
        return Naming(self)

    def resolve(
        self, text: str, on: date, within: str | None = None, levels: Sequence[Level] | None = None
    ) -> Resolution:
        """What `text` denotes on `on`: see `places.naming` for what is read and what is refused.

        `within` is today's province code and keeps to its territory of that day; of `levels`, in
        order of preference, the first with any candidate decides.
        """
        if within is not None:
            self._check_today(within)
        return self._naming.resolve(text, self.epoch(on), within, tuple(levels or ()))

    def resolve_many(
        self,
        names: Sequence[str | None],
        days: Sequence[date],
        within: str | None = None,
        levels: Sequence[Level] | None = None,
    ) -> list[str | None]:
        """The code for each name on its day, None where there is no single answer.

        As `resolve` would answer, a name at a time; long columns are read at once.
        """
        if within is not None:
            self._check_today(within)
        asked: dict[date, set[str]] = {day: set() for day in days}
        for name, day in zip(names, days, strict=True):
            if name:
                asked[day].add(name)
        epochs: dict[int, set[str]] = defaultdict(set)
        for day, some in asked.items():
            epochs[self.epoch(day)] |= some
        codes: dict[int, dict[str, str | None]] = {}
        for epoch, some in epochs.items():
            distinct = list(some)
            found = self._naming.column(distinct, epoch, within, tuple(levels or ()))
            codes[epoch] = dict(zip(distinct, found, strict=True))
        on = {day: codes[self.epoch(day)] for day in asked}
        return [on[day][name] if name else None for name, day in zip(names, days, strict=True)]

    def denotes_many(self, names: Sequence[str], codes: Sequence[str], days: Sequence[date]) -> list[bool]:
        """Whether each name can denote the unit of its code on its day, be there others of that name."""
        naming, known = self._naming, dict[tuple[str, str, int], bool]()
        out = []
        for name, code, day in zip(names, codes, days, strict=True):
            key = (name, code, self.epoch(day))
            if key not in known:
                known[key] = any(unit.code == code for unit in naming.matches(name, key[2], None, ()))
            out.append(known[key])
        return out

    def at(self, lat: float, lon: float, on: date, official: Path | None = None) -> tuple[Unit, bool] | None:
        """The lowest unit holding a point, and whether the answer is approximate; None off the land.

        Official boundaries answer first; where they are silent, the cell of the nearest centre does.
        """
        from tinh.places.locating import locate  # geometry libraries load only when asked for

        return locate(self, lat, lon, on, official)


@cache
def gazetteer(declared: Declared = NOTHING) -> Gazetteer:
    """The gazetteer of the nation, with what a province declares (`Catalogue.units`) taken in."""
    return Gazetteer(records.read(), declared)
