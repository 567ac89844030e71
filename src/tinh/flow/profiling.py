"""A file nobody has declared → what is in it, and a contract drafted from it that accepts it.

The draft is tried before it is shown: it is compiled as `tinh check` would, the file is read and
judged by it, and what the file itself does not keep to is loosened and remarked upon.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from tinh.flow.drafting import tried_draft
from tinh.flow.errors import NoTable
from tinh.flow.mapping import sample_of
from tinh.flow.understanding import Sheet, remarks_on, understand
from tinh.gate.api import Remark, Setting, TableProfile, profile_table, with_period
from tinh.kit.clock import Clock, SystemClock
from tinh.packs.api import Catalogue
from tinh.places.api import gazetteer
from tinh.sources.api import grids

TRIED_BYTES = 256 * 2**20  # beyond this the draft is shown untried


@dataclass(frozen=True)
class FileProfile:
    """What a file holds, the contract drafted from it, and what the gate says of the file by that draft."""

    filename: str
    format: str
    encoding: str
    delimiter: str
    sheets: tuple[str, ...]
    sheet: str
    header_rows: tuple[int, int]
    table: TableProfile
    remarks: tuple[Remark, ...]
    contract: str
    findings: tuple[dict[str, Any], ...]
    verdict: dict[str, Any] | None
    whole: bool

    def as_dict(self) -> dict[str, Any]:
        return {
            "filename": self.filename,
            "format": self.format,
            "encoding": self.encoding,
            "delimiter": self.delimiter,
            "sheets": list(self.sheets),
            "sheet": self.sheet,
            "header": {"row": self.header_rows[0], "rows": self.header_rows[1]},
            **self.table.as_dict(),
            "remarks": [r.as_dict() for r in (*self.remarks, *self.table.remarks)],
            "contract": self.contract,
            "findings": list(self.findings),
            "verdict": self.verdict,
            "whole": self.whole,
        }


def profile_file(
    path: Path,
    filename: str,
    catalogue: Catalogue | None = None,
    dataset_id: str = "",
    clock: Clock | None = None,
) -> FileProfile:
    """The largest table of a file, profiled, with a drafted and tried contract."""
    now = (clock or SystemClock()).now()
    found = [understand(g) for g in grids(path, filename)]
    sheet = max(found, key=lambda s: s.body.height * max(1, sum(bool(h) for h in s.headers)))
    if not sheet.body.height and not any(sheet.headers):
        raise NoTable(filename=filename)
    around = Setting(gazetteer(), catalogue.place if catalogue else "", now)
    shown = [at for at, h in enumerate(sheet.headers) if h or sheet.body[:, at].drop_nulls().len()]
    numbers = {
        to: _kept(mask, sheet)
        for to, at in enumerate(shown)
        if (mask := sheet.grid.numbers.get(at)) is not None
    }
    table = profile_table(
        [sheet.headers[at] for at in shown],
        [sheet.body[:, at] for at in shown],
        numbers,
        around,
        sheet.places,
    )
    sample = sample_of(sheet)
    table = with_period(table, sample.headers, sample.cells, sample.titles, sample.name, filename)
    remarks = tuple(remarks_on(sheet, found))
    id = dataset_id or id_for(filename)
    title = Path(filename).stem.replace("_", " ").strip() or id
    owner = ""
    tried = path.stat().st_size <= TRIED_BYTES
    text, findings, verdict, more = tried_draft(
        path, filename, table, id, title, owner, sheet, catalogue, remarks, now, tried
    )
    return FileProfile(
        filename,
        sheet.grid.format,
        sheet.grid.encoding,
        sheet.grid.delimiter,
        tuple(s.grid.name for s in found),
        sheet.grid.name,
        (sheet.grid.first + sheet.head.top, sheet.head.depth),
        table,
        (*remarks, *more),
        text,
        tuple(findings),
        verdict,
        sheet.grid.whole,
    )


def id_for(filename: str) -> str:
    """A dataset id from a file's name."""
    plain = unicodedata.normalize("NFD", Path(filename).name.split(".")[0].casefold().replace("đ", "d"))
    words = re.findall(r"[a-z0-9]+", "".join(c for c in plain if not unicodedata.combining(c)))
    id = "-".join(w for w in words if not re.fullmatch(r"(?:19|20)\d{2,6}|\d{1,2}", w))[:50].strip("-")
    return id if id and id[0].isalpha() else f"bo-{id}".strip("-") if id else "bo-du-lieu"


def _kept(mask: pl.Series, sheet: Sheet) -> pl.Series:
    """A mask of the whole sheet for the rows of the body that were kept."""
    at = [int(p) - sheet.grid.first for p in sheet.places]
    return mask.gather(at) if at else mask.clear()
