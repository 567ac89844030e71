"""A place's name beside its code, and the sentence that tells why a place cannot be."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tinh.gate.api import Judgement, Known, explain_places
from tinh.packs.models import Dataset, PeriodBinding, PlaceBinding
from tinh.places.api import gazetteer

from .conftest import NOW, Judge, column, dataset, held_rows, receipt, rule

KNOWN = Known(now=NOW, province="19", gazetteer=gazetteer())
CONTRACT = dataset(
    column("code", required=True), column("name"), column("month"),
    key=("code", "month"), place=PlaceBinding(column="code", name_column="name"),
    period=PeriodBinding(column="month", every="month"),
)  # fmt: skip


def explained(judged: Judgement, contract: Dataset = CONTRACT) -> dict[int, dict[str, str]]:
    found = explain_places(judged.held, contract, receipt(), KNOWN)
    return {row: {rule: text.vi for rule, text in said.items()} for row, said in found.items()}


def test_a_wrong_name_beside_a_right_code_is_held(judging: Judge) -> None:
    judged = judging(
        CONTRACT, KNOWN,
        code=["05818", "05818", "05818", "05818", "05815"],
        name=["Xã La Bằng", "LA BẰNG", "Xã Đại Phúc", None, "X. La Bằng, H. Đại Từ"],
        month=["2026-08", "2026-09", "2026-08", "2026-10", "2025-04"],
    )  # fmt: skip
    assert held_rows(judged)[4][:1] == ["place-name"] or "place-name" in held_rows(judged)[4]
    assert not {3, 5, 6} & {r for r, rules in held_rows(judged).items() if "place-name" in rules}
    said = explained(judged)[4]["place_name"]
    assert "05818" in said
    assert "Xã La Bằng" in said
    assert "Xã Đại Phúc" in said


def test_a_name_of_the_next_year_does_not_fit_the_code_of_its_day(judging: Judge) -> None:
    judged = judging(CONTRACT, KNOWN, code=["05815"], name=["Xã Đại Phúc"], month=["2025-04"])
    assert held_rows(judged) == {2: ["place-name"]}


@pytest.mark.parametrize(
    ("code", "month", "words"),
    [
        ("99999", "2026-08", ("chưa từng",)),
        ("05815", "2026-08", ("mã cũ", "05818", "01/07/2025")),
        ("00004", "2026-08", ("Hà Nội", "không thuộc tỉnh này")),
    ],
)
def test_the_sentence_tells_what_kind_of_wrong_a_code_is(
    judging: Judge, code: str, month: str, words: tuple[str, ...]
) -> None:
    judged = judging(CONTRACT, KNOWN, code=[code], name=["x"], month=[month])
    said = explained(judged)[2]["place"]
    assert all(word in said for word in words), said


def test_nothing_is_explained_where_places_are_written_by_name(judging: Judge) -> None:
    contract = CONTRACT.model_copy(update={"place": PlaceBinding(column="code", by="name"), "digest": "n"})
    judged = judging(contract, KNOWN, code=["nowhere"], name=["x"], month=["2026-08"])
    assert (
        explain_places(judged.held, contract, receipt(received_at=datetime(2026, 9, 1, tzinfo=UTC)), KNOWN)
        == {}
    )


@pytest.mark.parametrize(
    "months",
    [
        ("2026-08", "2026-09"),  # every code means the same in both months
        ("2025-04", "2026-08"),  # a code ends, and another begins, between them
        ("2026-08", None),  # some rows speak of no month
    ],
)
def test_a_long_column_of_few_codes_is_placed_row_by_row_as_a_short_one_is(
    judging: Judge, months: tuple[str, str | None]
) -> None:
    contract = CONTRACT.model_copy(update={"key": (), "place": PlaceBinding(column="code"), "digest": "l"})
    codes = ["05818", "05815", "05815", "00004", None]
    period = [months[0], months[0], months[1], months[1], months[0]]
    short = judging(contract, KNOWN, code=codes, month=period)
    long = judging(contract, KNOWN, code=codes * 5_000, month=period * 5_000)
    places = dict(short.accepted.select("_row", "_place").iter_rows())
    rows = long.accepted.select("_row", "_place").iter_rows()
    assert dict(rows) == {row + 5 * n: place for n in range(5_000) for row, place in places.items()}
    wrong = {row for row, rules in held_rows(short).items() if "place" in rules}
    assert {row for row, rules in held_rows(long).items() if "place" in rules} == {
        row + 5 * n for n in range(5_000) for row in wrong
    }
    assert wrong


BY_CODE = dataset(
    column("code", required=True), column("month"), column("v", "integer"),
    key=("code", "month"), place=PlaceBinding(column="code"),
    period=PeriodBinding(column="month", every="month"),
    rules=(rule("code-pattern", "pattern", "code", regex="^[0-9]{5}$"),), id="by-code",
)  # fmt: skip


def test_the_name_of_a_place_counts_as_its_code_on_the_day_of_its_row(judging: Judge) -> None:
    judged = judging(
        BY_CODE, KNOWN,
        code=["Xã La Bằng", "05818", "X. La Bằng, H. Đại Từ", "1. XÃ ĐỒNG HỶ", "Xã Đồng Hỷ"],
        month=["2026-08", "2026-09", "2025-04", "2026-08", "2026-09"],
        v=["1", "2", "3", "4", "5"],
    )  # fmt: skip
    assert not held_rows(judged)
    assert judged.accepted["code"].to_list() == ["05818", "05818", "05815", "05692", "05692"]
    assert judged.accepted["_place"].to_list() == judged.accepted["code"].to_list()
    assert dict(judged.verdict.cleaning)["code: place_code"] == 4


def test_a_name_and_the_code_it_means_are_one_key(judging: Judge) -> None:
    judged = judging(
        BY_CODE, KNOWN, code=["Xã La Bằng", "05818"], month=["2026-08", "2026-08"], v=["1", "2"]
    )  # fmt: skip
    assert held_rows(judged) == {2: ["key"], 3: ["key"]}


@pytest.mark.parametrize(
    ("name", "month", "words"),
    [
        ("Xã Không Có Thật", "2026-08", ("không phải mã",)),
        ("X. La Bằng, H. Đại Từ", "2026-08", ("không phải mã", "31/08/2026")),
        ("Phường Ba Đình", "2026-08", ("không phải mã", "Ba Đình")),
        ("Tổng cộng", "2026-08", ("không phải mã",)),
    ],
)
def test_a_name_that_is_not_of_one_place_of_the_province_is_held_as_it_was_written(
    judging: Judge, name: str, month: str, words: tuple[str, ...]
) -> None:
    judged = judging(BY_CODE, KNOWN, code=[name], month=[month], v=["1"])
    assert {"place", "code-pattern"} <= set(held_rows(judged)[2])
    assert judged.held["code"].to_list() == [name]
    said = explained(judged, BY_CODE)[2]["place"]
    assert all(word in said for word in words), said


def test_a_large_delivery_of_names_is_placed_as_a_small_one_is(judging: Judge) -> None:
    names, months = (
        ["Xã La Bằng", "05815", "X. La Bằng, H. Đại Từ", None],
        ["2026-08", "2025-04", "2025-04", "2026-08"],
    )
    contract = BY_CODE.model_copy(update={"key": (), "digest": "by-code-large"})
    judged = judging(contract, KNOWN, code=names * 6_000, month=months * 6_000, v=["1"] * 24_000)
    assert judged.accepted.group_by("code", "_place").len().sort("code").rows() == [
        ("05815", "05815", 12_000), ("05818", "05818", 6_000),
    ]  # fmt: skip
