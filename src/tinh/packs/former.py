"""Versions of an indicator that live side by side: the newest counts, the one before is still computed.

The newest file of an id is the indicator. An older one stands beside it as `<id>.v<version>.yaml`
for as long as a newer file says `replaces: {version, until}`. In the catalogue an older version
is called `<id>.v<version>`; its values carry its own version.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from tinh.kit.errors import Text
from tinh.kit.yamltree import Document
from tinh.packs.findings import Faults
from tinh.packs.models import AlertRule, Catalogue, Indicator
from tinh.packs.shape import IndicatorFile

Read = tuple[Document, IndicatorFile]


def name(id: str, version: int) -> str:
    return f"{id}.v{version}"


def parted(read: list[Read], faults: Faults) -> tuple[list[Read], dict[str, list[Read]]]:
    """The newest file of each id, and by id the older ones that something newer replaces."""
    by_id: dict[str, list[Read]] = {}
    for document, entry in read:
        by_id.setdefault(entry.id, []).append((document, entry))
    newest: list[Read] = []
    older: dict[str, list[Read]] = {}
    for id, files in by_id.items():
        top = max(entry.version for _, entry in files)
        newest += [f for f in files if f[1].version == top]  # two of one version are found by the register
        wanted = {e.replaces.version for _, e in files if e.replaces and e.replaces.version < e.version}
        held = {e.version for _, e in files}
        for document, entry in files:
            if entry.version < top:
                if entry.version in wanted:
                    older.setdefault(id, []).append((document, entry))
                else:
                    _alone(document, entry, top, faults)
            if entry.replaces and (
                entry.replaces.version >= entry.version or entry.replaces.version not in held
            ):
                _nowhere(document, entry, faults)
    return newest, older


def _alone(document: Document, entry: IndicatorFile, top: int, faults: Faults) -> None:
    faults.add(
        document, ("version",), "PCK077",
        Text(
            f"phiên bản {entry.version} của “{entry.id}” không được phiên bản nào thay; mới nhất là {top}",
            f'version {entry.version} of "{entry.id}" is replaced by none; the newest is {top}',
        ),
        Text(
            f"thêm replaces: {{version: {entry.version}, until: <ngày>}} vào tệp mới, hoặc xóa tệp này",
            f"add replaces: {{version: {entry.version}, until: <day>}} to the newer file, or remove this one",
        ),
    )  # fmt: skip


def _nowhere(document: Document, entry: IndicatorFile, faults: Faults) -> None:
    assert entry.replaces is not None
    old = entry.replaces.version
    if old >= entry.version:
        says = Text(
            f"phiên bản {entry.version} không thể thay phiên bản {old}",
            f"version {entry.version} cannot replace version {old}",
        )
    else:
        says = Text(
            f"không có tệp của phiên bản {old} của “{entry.id}”",
            f'no file holds version {old} of "{entry.id}"',
        )
    faults.add(
        document, ("replaces", "version"), "PCK078", says,
        Text(
            f"để định nghĩa cũ trong indicators/{name(entry.id, old)}.yaml",
            f"keep the old definition in indicators/{name(entry.id, old)}.yaml",
        ),
    )  # fmt: skip


def watched(
    document: Document,
    alert: AlertRule,
    indicators: Mapping[str, Indicator],
    replaced: Mapping[str, Indicator],
    faults: Faults,
) -> None:
    """A version an alert names must be there."""
    newest = indicators.get(alert.indicator)
    if not alert.version or newest is None or newest.version == alert.version:
        return
    if name(alert.indicator, alert.version) not in replaced:
        faults.add(
            document, ("version",), "PCK081",
            Text(
                f"“{alert.indicator}” không có phiên bản {alert.version}",
                f'"{alert.indicator}" has no version {alert.version}',
            ),
            Text("bỏ version để theo phiên bản mới nhất", "leave version out to follow the newest"),
        )  # fmt: skip


# ── reading a catalogue ─────────────────────────────────────────────────────────────


def versions(catalogue: Catalogue, id: str) -> tuple[Indicator, ...]:
    """Every declared version of an indicator, newest first; nothing for an unknown id."""
    newest = catalogue.indicators.get(id)
    if newest is None:
        return ()
    older = [i for i in catalogue.former.values() if i.id == id]
    return (newest, *sorted(older, key=lambda i: -i.version))


def ends(catalogue: Catalogue, indicator: Indicator) -> date | None:
    """The last day an older version is computed; None for the newest."""
    for other in versions(catalogue, indicator.id):
        if other.replaces and other.replaces[0] == indicator.version:
            return other.replaces[1]
    return None


def with_version(catalogue: Catalogue, indicator: Indicator) -> Catalogue:
    """The catalogue as it looks with this version in its indicator's place."""
    if catalogue.indicators.get(indicator.id) == indicator:
        return catalogue
    return catalogue.model_copy(update={"indicators": {**catalogue.indicators, indicator.id: indicator}})
