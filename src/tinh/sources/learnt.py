"""Which of the learned layouts a file is laid out by."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tinh.packs.api import Dataset, LearnedLayout
from tinh.sources.headers import bare
from tinh.sources.heading import Grid, find_header
from tinh.sources.patterns import matching
from tinh.sources.sheet import Sheet


def under(dataset: Dataset, learned: LearnedLayout | None) -> Dataset:
    """The contract with the layout learned in place of its own."""
    return dataset.model_copy(update={"layout": learned.layout}) if learned else dataset


def fitting(
    layouts: Sequence[LearnedLayout],
    dataset: Dataset,
    filename: str,
    tops: Iterable[tuple[Sheet | None, Grid]],
) -> LearnedLayout | None:
    """The first layout whose headers all stand in a sheet of the file; None: the contract's own."""
    if not layouts:
        return None
    seen = list(tops)
    for learned in layouts:
        if learned.filename and not matching(learned.filename, [filename])[0]:
            continue
        wanted = {bare(h) for h in learned.headers}
        asked = under(dataset, learned)
        for sheet, grid in seen:
            without = sheet.hidden_columns if sheet and learned.layout.hidden == "skip" else frozenset[int]()
            header = find_header(grid, asked, learned.layout, sheet.merges if sheet else (), without)
            if header is not None and wanted <= {bare(n) for n in header.names}:
                return learned
    return None
