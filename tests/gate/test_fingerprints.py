"""Values that stand more than once in a delivery that is looked at row by row only."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from tinh.gate import fingerprints
from tinh.gate.fingerprints import Fingerprints


@pytest.fixture(autouse=True)
def little_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fingerprints, "_AT_ONCE", 40)
    monkeypatch.setattr(fingerprints, "_BLOCK", 16)
    monkeypatch.setattr(fingerprints, "_YIELD", 3)


def found(prints: Fingerprints, without: list[int] | None = None) -> dict[int, set[int]]:
    """Rows that share their value, by the first of them."""
    out: dict[int, set[int]] = {}
    told = None if without is None else np.array(without, np.uint64)
    for frame in prints.repeated(told):
        for _, group in frame.group_by("value"):
            rows = set(group["at"].to_list())
            out[min(rows)] = rows
    return out


def test_rows_share_a_value_whatever_stretch_they_are_in_and_rows_without_one_share_none(
    tmp_path: Path,
) -> None:
    dice = np.random.default_rng(3)
    keys = [None if n % 11 == 0 else str(dice.integers(0, 150)) for n in range(300)]
    prints = Fingerprints(tmp_path / "key")
    for first in range(0, 300, 70):
        part = keys[first : first + 70]
        prints.add(pl.Series("k", part, pl.String), pl.DataFrame({"v": range(first, first + len(part))}))
    counts = Counter(keys)
    expected = {
        keys.index(k): {n for n, other in enumerate(keys) if other == k}
        for k, count in counts.items()
        if count > 1 and k is not None
    }
    assert len(expected) > 20
    assert found(prints) == expected
    gone = [n for k in list(expected)[::2] for n in sorted(expected[k])[1:]]
    assert found(prints, sorted(gone)) == {k: rows for k, rows in expected.items() if len(rows - {*gone}) > 1}
    prints.close()


def test_several_columns_are_one_value_and_a_null_in_part_is_none(tmp_path: Path) -> None:
    prints = Fingerprints(tmp_path / "pair")
    prints.add(pl.DataFrame({"a": ["x", "x", None, None, "y"], "b": [1, 2, 3, 3, 1]}), None)
    prints.add(pl.DataFrame({"a": ["y", "x"], "b": [1, 2]}), None)
    assert found(prints) == {1: {1, 6}, 4: {4, 5}}
    prints.close()


def test_the_other_cells_of_rows_that_share_a_value_are_told_apart(tmp_path: Path) -> None:
    prints = Fingerprints(tmp_path / "key")
    prints.add(pl.Series(["a", "b", "a", "b"]), pl.DataFrame({"v": [1, 2, 1, 3]}))
    [frame] = list(prints.repeated())
    differing = {
        tuple(sorted(g["at"].to_list())): g["content"].n_unique() > 1 for _, g in frame.group_by("value")
    }
    assert differing == {(0, 2): False, (1, 3): True}
    prints.close()


def test_a_delivery_in_which_nothing_repeats_tells_nothing(tmp_path: Path) -> None:
    prints = Fingerprints(tmp_path / "key")
    assert found(prints) == {}
    prints.add(pl.Series(range(500)), None)
    assert found(prints) == {}
    prints.close()
