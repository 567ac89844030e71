from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tinh.packs.models import Dataset
from tinh.sources.api import clean
from tinh.sources.delimited import read_delimited
from tinh.sources.plainness import spare
from tinh.sources.read import in_unicode

from .conftest import column, dataset


def of_three_columns() -> Dataset:
    return dataset(column("mot"), column("hai"), column("ba"))


@pytest.mark.parametrize("text", ["1,2,3\n", "x y,,z\r\n1,2,3", "~,!,a  b\n", "\n,\n"])
def test_texts_of_machines_are_plain(text: str) -> None:
    assert spare(text.encode(), ",")


@pytest.mark.parametrize(
    "text",
    ["1, 2,3\n", "1 ,2\n", " 1,2\n", "1,2 \n", "1,2 \r\n", "1,2\n 3,4\n", '"1",2\n', "1,2\r3,4\n", "1,\t2\n",
     "Đại Từ,2\n", "1,\x7f\n", "1,\x00\n", "1,\xa0\n", "1,2 "],
)  # fmt: skip
def test_anything_that_may_need_mending_is_not_plain(text: str) -> None:
    assert not spare(text.encode(), ",")


def test_a_separator_beyond_ascii_or_a_blank_is_never_plain() -> None:
    assert not spare("1§2\n".encode(), "§")
    assert not spare(b"1 2\n", " ")
    assert spare(b"1\t2\n", "\t")


_CELLS = st.text(alphabet='a1 .\t\r\x01"Đµ\u200b', max_size=4)


@given(st.lists(st.tuples(_CELLS, _CELLS, _CELLS), min_size=1, max_size=5), st.sampled_from(["\n", "\r\n"]))
def test_what_is_called_plain_is_left_as_it_is_by_cleaning(rows: list[tuple[str, ...]], end: str) -> None:
    body = "".join(",".join(row) + end for row in [*rows, ("1", "2", "3")]).encode()
    if not spare(body, ","):
        return
    table = in_unicode(read_delimited(b"mot,hai,ba\n" + body, of_three_columns(), "x.csv", "utf-8"), "x.csv")
    cleaned = clean(table, of_three_columns())
    assert not cleaned.cleaning
    assert cleaned.untidy is None
    assert cleaned.frame.equals(table.frame)
