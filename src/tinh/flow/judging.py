"""A delivery whose bytes are kept, read and judged: in memory, or piece by piece where it is large."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

from tinh.flow.journal import Run
from tinh.flow.known import Group, Knowledge, spanned
from tinh.gate.api import Known, judge, judge_pieces, refusal
from tinh.lake.api import Entry, Lake, TypeChanged
from tinh.packs.api import Dataset, LearnedLayout
from tinh.sources import api as sources
from tinh.sources.api import Indivisible, Receipt, SourceError


def entry_of(
    run: Run,
    path: Path,
    dataset: Dataset,
    receipt: Receipt,
    lake: Lake,
    knowledge: Knowledge,
    group: Group,
    layouts: Sequence[LearnedLayout],
) -> Entry:
    """The judged delivery, ready to be committed; one that cannot be read is refused. A blind group
    is only looked at: all its accepted rows are in the judgement."""
    known = knowledge.of(dataset, receipt.received_at, group)
    try:
        if sources.may_be_large(path) and not group.blind:
            large = _in_pieces(run, path, dataset, receipt, lake, known, layouts)
            if large is not None:
                return large
        with run.step("read"):
            table = sources.clean(sources.read(path, dataset, receipt.filename, layouts), dataset)
    except (SourceError, TypeChanged) as error:
        if error.retry:
            raise
        return Entry(receipt, dataset, refusal(receipt, error))
    with run.step("judge"):
        judged = spanned(judge(table, dataset, receipt, known), known)
    if dataset.kind == "stream" and "_key" in judged.accepted.columns:
        group.taken.update(judged.accepted.get_column("_key").drop_nulls().to_list())
    return Entry(receipt, dataset, judged)


def _in_pieces(
    run: Run,
    path: Path,
    dataset: Dataset,
    receipt: Receipt,
    lake: Lake,
    known: Known,
    layouts: Sequence[LearnedLayout],
) -> Entry | None:
    """The entry of a large delivery, its rows in a draft; None when it is to be read whole."""
    draft = lake.draft(dataset, receipt)
    work = draft.folder / "work"
    try:
        work.mkdir()
        with run.step("read"):
            found = sources.pieces(path, dataset, receipt.filename, work, layouts)
        if found is None:
            draft.discard()
            return None
        with run.step("judge"):
            judgement = judge_pieces(found, dataset, receipt, known, draft, work)
        shutil.rmtree(work)
    except Indivisible:
        draft.discard()
        return None
    except BaseException:
        draft.discard()
        raise
    return Entry(receipt, dataset, judgement, draft)
