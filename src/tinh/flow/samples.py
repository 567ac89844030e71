"""A pack's captured inputs and what the gate makes of them, kept beside each other and compared.

`packs/<sector>/samples/<dataset>/<file>` is read, cleaned and judged alone, on one fixed day and
with nothing known but the gazetteer; `expected/<dataset>/<file>.json` holds the result. `bless`
writes what the gate says today, for a person to review as a diff.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl

from tinh.gate.api import Judgement, Known, judge, refusal
from tinh.kit.errors import TinhError
from tinh.kit.ids import digest
from tinh.packs.api import Catalogue, Dataset, NoSuchPack, Pack
from tinh.places.api import gazetteer
from tinh.sources.api import Receipt, clean, read

# Verdicts depend on the day (places valid in time, lateness), so samples have one of their own.
JUDGED_AT = datetime(2026, 11, 16, 2, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Sample:
    """One captured input and where its expected result is kept."""

    dataset: str
    path: Path
    expected: Path


def samples(pack: Pack) -> Iterator[Sample]:
    """Every captured input of a pack, in a fixed order."""
    root = pack.folder / "samples"
    for path in sorted(root.glob("*/*")):
        if path.is_file():
            dataset = path.parent.name
            yield Sample(dataset, path, pack.folder / "expected" / dataset / f"{path.name}.json")


def judge_sample(catalogue: Catalogue, dataset: Dataset, path: Path) -> dict[str, Any]:
    """What the gate makes of one file: the verdict, each held row with its rules, the places found."""
    content = path.read_bytes()
    sha = digest(content)
    receipt = Receipt(
        id=Receipt.id_for(dataset.id, sha),
        dataset=dataset.id,
        digest=sha,
        size=len(content),
        filename=path.name,
        channel="file",
        sender="",
        received_at=JUDGED_AT,
    )
    known = Known(
        now=JUDGED_AT,
        province=catalogue.place,
        gazetteer=gazetteer(catalogue.units),
        timezone=catalogue.timezone,
    )
    declared = [layout for layout in catalogue.layouts if layout.dataset == dataset.id]
    try:
        judgement = judge(clean(read(path, dataset, path.name, declared), dataset), dataset, receipt, known)
    except TinhError as error:
        judgement = refusal(receipt, error)
    return {"dataset": dataset.id, **judgement.verdict.as_dict(), **_rows(judgement)}


def _rows(judgement: Judgement) -> dict[str, Any]:
    held, accepted = judgement.held, judgement.accepted
    out: dict[str, Any] = {"held_rows": [], "places": {}, "periods": []}
    if held.height:
        out["held_rows"] = [
            {"row": row, "rules": sorted(rules)}
            for row, rules in held.select("_row", "_rules").sort("_row").iter_rows()
        ]
    if accepted.height and "_place" in accepted.columns:
        counted = accepted.filter(pl.col("_place").is_not_null()).group_by("_place").len().sort("_place")
        out["places"] = dict(counted.iter_rows())
    if (
        accepted.height
        and "_period" in accepted.columns
        and accepted["_period"].null_count() < accepted.height
    ):
        out["periods"] = [accepted["_period"].min(), accepted["_period"].max()]
    return out


def text(result: dict[str, Any]) -> str:
    """A result as it is kept: stable, and readable in a diff."""
    return json.dumps(result, ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def bless(catalogue: Catalogue, pack: str) -> list[Path]:
    """Write today's results of a pack's samples as the expected ones; the files that changed."""
    if pack not in catalogue.packs:
        raise NoSuchPack(pack=pack, known=", ".join(sorted(catalogue.packs)))
    folder = catalogue.packs[pack].folder
    changed = []
    wanted = set()
    for sample in samples(catalogue.packs[pack]):
        wanted.add(sample.expected)
        result = text(judge_sample(catalogue, catalogue.datasets[sample.dataset], sample.path))
        if not sample.expected.exists() or sample.expected.read_text(encoding="utf-8") != result:
            sample.expected.parent.mkdir(parents=True, exist_ok=True)
            sample.expected.write_text(result, encoding="utf-8")
            changed.append(sample.expected)
    for stale in (folder / "expected").glob("*/*.json"):
        if stale not in wanted:
            stale.unlink()
            changed.append(stale)
    return changed
