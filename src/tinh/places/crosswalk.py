"""Which unit became which: m:n links over a reform, for communes as given, for the rest through them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date

from tinh.places.model import REFORM, Link, Unit


class Crosswalk:
    """Links of one reform, by the code of the older and of the newer unit.

    `stated` are the declared shares of divided units. In 2025 the five island districts without
    communes stand among the communes: they are what was divided.
    """

    def __init__(
        self,
        ties: Iterable[tuple[str, str, bool, bool]],
        old: Mapping[str, Unit],
        new: Mapping[str, Unit],
        stated: Mapping[tuple[str, str], float] | None = None,
    ) -> None:
        self._stated = stated or {}
        forward: dict[str, list[tuple[str, bool, bool]]] = defaultdict(list)
        backward: dict[str, list[tuple[str, bool, bool]]] = defaultdict(list)
        for older, newer, whole, main in ties:
            forward[older].append((newer, whole, main))
            backward[newer].append((older, whole, main))
        self._forward, self._backward = forward, backward
        self._old, self._new = old, new
        self._parts: dict[str, list[str]] = defaultdict(list)
        for code in forward:
            unit = old[code]
            while unit.parent is not None and unit.parent in old:
                self._parts[unit.parent].append(code)
                unit = old[unit.parent]

    def heirs(self, code: str) -> tuple[tuple[str, bool, bool], ...]:
        """Newer codes of one lowest unit, with whole and main marks."""
        return tuple(self._forward.get(code, ()))

    def origins(self, code: str) -> tuple[tuple[str, bool, bool], ...]:
        """Older codes of one newer unit, with whole and main marks."""
        return tuple(self._backward.get(code, ()))

    def old(self, code: str) -> Unit | None:
        return self._old.get(code)

    def new(self, code: str) -> Unit | None:
        return self._new.get(code)

    @property
    def sources(self) -> tuple[str, ...]:
        """Every older lowest unit that was changed."""
        return tuple(sorted(self._forward))

    def successors(self, code: str) -> tuple[Link, ...]:
        older = self._old.get(code)
        if older is None:
            return ()
        if older.level == "province":
            return (self._link(self._new[older.province], whole=True),)
        if code in self._forward:
            return tuple(
                self._link(self._new[newer], whole=whole, main=main, share=self._stated.get((code, newer)))
                for newer, whole, main in sorted(self._forward[code])
            )
        return self._through_parts(code)

    def _through_parts(self, code: str) -> tuple[Link, ...]:
        heirs: dict[str, bool] = {}
        for part in self._parts.get(code, ()):
            for newer, _, main in self._forward[part]:
                heirs[newer] = heirs.get(newer, False) or main
        alone = len(heirs) == 1
        return tuple(
            self._link(self._new[newer], whole=alone, main=main) for newer, main in sorted(heirs.items())
        )

    def predecessors(self, code: str) -> tuple[Link, ...]:
        newer = self._new.get(code)
        if newer is None:
            return ()
        if newer.level == "province":
            return tuple(
                self._link(unit, whole=True, basis=newer.legal_basis)
                for unit in self._old.values()
                if unit.level == "province" and unit.province == code
            )
        return tuple(
            self._link(
                self._old[older], whole=whole, main=main, basis=newer.legal_basis,
                share=self._stated.get((older, code)),
            )
            for older, whole, main in sorted(self._backward.get(code, ()))
        )  # fmt: skip

    def _link(
        self,
        unit: Unit,
        whole: bool,
        main: bool = True,
        basis: str | None = None,
        share: float | None = None,
    ) -> Link:
        return Link(unit, 1.0 if whole else share, whole, basis or unit.legal_basis, main)

    def lacking(self) -> tuple[str, ...]:
        """Codes the data leave without a link: lowest old units without heir, new communes without origin."""
        with_parts = set(self._parts)
        old = (code for code in self._old if code not in self._forward and code not in with_parts)
        new = (
            code for code, unit in self._new.items() if unit.level == "commune" and code not in self._backward
        )
        return (*sorted(old), *sorted(new))


def by_code(units: Iterable[Unit], before: bool, day: date = REFORM) -> dict[str, Unit]:
    """Units that ended on the day of a reform, or began on it."""
    if before:
        return {unit.code: unit for unit in units if unit.valid_to == day}
    return {unit.code: unit for unit in units if unit.valid_from == day}
