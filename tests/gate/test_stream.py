from __future__ import annotations

import gzip
import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from polars.selectors import enum

from tinh.gate import threads, whereabouts
from tinh.gate.api import Judgement, Known, Past, judge, judge_pieces, refusal
from tinh.kit.errors import TinhError
from tinh.packs.layout import FixedColumn, Layout, Unpivot
from tinh.packs.models import CleaningStep, Dataset, Expectation, PeriodBinding, PlaceBinding
from tinh.places.api import gazetteer
from tinh.sources import limits
from tinh.sources.api import clean, pieces, read

from .conftest import NOW, column, dataset, receipt, rule

COMMUNES = ("05443", "05455", "05488", "5443", "99999", "", "Phường Phan Đình Phùng", "2. XÃ ĐỒNG HỶ", "Xã A")


def telling_numbers(held: pl.DataFrame) -> pl.DataFrame:
    """Held rows with `_numeric` in place: a piece without numbers does not have it, and none is named."""
    if "_numeric" not in held.columns:
        return held
    named = [names or [] for names in held.get_column("_numeric").to_list()]
    rest = held.drop("_numeric")
    return rest.with_columns(pl.Series("_numeric", named, pl.List(pl.String)))


class Rows:
    """A sink in memory."""

    def __init__(self) -> None:
        self.by: dict[int, tuple[pl.DataFrame, pl.DataFrame]] = {}

    def put(self, number: int, accepted: pl.DataFrame, held: pl.DataFrame) -> None:
        self.by[number] = (accepted.cast({enum(): pl.String}), held)

    def clear(self) -> None:
        self.by.clear()


@pytest.fixture(autouse=True)
def tiny_pieces(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(limits, "STREAM_FROM", 0)
    yield


def contract(refuse_below: float, drifting: bool = False, **more: Any) -> Dataset:
    steps = (CleaningStep(do="null_words", words=("n/a",)), CleaningStep(do="trim"))
    numeric = (CleaningStep(do="number", decimal=",", group="."),)
    drift = [rule("v-drift", "drift", "v", tolerance=0.5, score="clean", holds=False)] if drifting else []
    return dataset(
        column("commune", cleaning=(CleaningStep(do="zero_pad", width=5),), required=True),
        column("day", "date"),
        column("code", unique=True),
        column("v", "number", cleaning=numeric),
        column("kind", allowed=("a", "b"), cleaning=steps),
        column("note"),
        key=("commune", "day"),
        place=PlaceBinding(column="commune", by="code", levels=("commune",)),
        period=PeriodBinding(column="day", every="day"),
        expect=Expectation(places="communes", window="month", due="P3D"),
        rules=(
            rule("v-range", "range", "v", min=0),
            rule("code-pattern", "pattern", "code", regex="^[a-z]"),
            rule("v-under-note", "expression", text="v < 1000 or kind is null"),
            rule("note-often", "metric", "note", name="duplicateValues", score="clean", holds=False),
            rule("few-nulls", "metric", "note", name="nullValues", unit="percent", holds=False,
                 must=("mustBeLessThan", 20)),
            rule("twins", "metric", name="duplicateValues", arguments={"properties": ["v", "kind"]},
                 holds=False, must=("mustBe", 0)),
            rule("rows", "metric", name="rowCount", holds=False,
                 must=("mustBeGreaterThan", 2), severity="warning"),
            rule("total", "sql", query="SELECT COUNT(*) FROM ${table} WHERE v > 5", holds=False,
                 must=("mustBeLessThan", 9)),
            *drift,
        ),
        refuse_below=refuse_below,
        **more,
    )  # fmt: skip


def known() -> Known:
    return Known(now=NOW, province="19", gazetteer=gazetteer())


def whole(path: Path, contract: Dataset, filename: str, known: Known) -> Judgement:
    try:
        return judge(clean(read(path, contract, filename), contract), contract, receipt(), known)
    except TinhError as error:
        return refusal(receipt(), error)


def parted(path: Path, contract: Dataset, filename: str, known: Known) -> tuple[Judgement, Rows]:
    sink = Rows()
    with tempfile.TemporaryDirectory() as folder:
        try:
            found = pieces(path, contract, filename, Path(folder))
            assert found is not None
            return judge_pieces(found, contract, receipt(), known, sink, Path(folder) / "work"), sink
        except TinhError as error:
            return refusal(receipt(), error), Rows()


def same(
    content: bytes, contract: Dataset, size: int, filename: str = "f.csv", at: Known | None = None
) -> int:
    """Judge a text both ways; how many pieces it made."""
    limits.PIECE, before = size, limits.PIECE
    try:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "delivery"
            path.write_bytes(content)
            expected = whole(path, contract, filename, at or known())
            got, sink = parted(path, contract, filename, at or known())
    finally:
        limits.PIECE = before
    assert got.verdict == expected.verdict
    accepted = [a for _, (a, _) in sorted(sink.by.items())]
    held = [h for _, (_, h) in sorted(sink.by.items()) if h.height]
    if sink.by:
        assert pl.concat(accepted).equals(expected.accepted)
        assert telling_numbers(pl.concat(held or [expected.held.clear()], how="diagonal")).equals(
            telling_numbers(expected.held)
        )
        pairs = expected.accepted.select("_place", "_period").unique().sort("_place", "_period")
        assert got.accepted.sort("_place", "_period").equals(pairs)
    else:
        assert not expected.accepted.height and not expected.held.height
    return len(sink.by)


CELL = st.sampled_from(
    [
        "",
        "x",
        " x ",
        "x\u0323 ",
        "1",
        "n/a",
        'a"b',
        '"a, b"',
        '"a\nb"',
        '""',
        '"a ""b"""',
        "Thái Nguyên",
        "\u200bx",
    ]
)
DAYS = ["2026-11-01", "2026-11-02", None]
ODD = st.sampled_from(["", " ", ",,,,,,extra", "a,b"])
BESIDE = st.sampled_from(  # rows that are no records
    [
        "Tổng cộng,,,12,,",
        "TỔNG SỐ (A+B):,,,7,,",
        ",,,9,,Toàn tỉnh",
        "commune,day,code,v,kind,note",
        "Cộng,2026-11-01,a1,3,a,x",
        "Ghi chú: số liệu sơ bộ,,,,,",
        ",,,,,Người lập biểu",
        "II. Khu vực nông thôn,,,,,",
    ]
)
RECORD = st.tuples(
    st.sampled_from(COMMUNES),
    st.sampled_from(["2026-11-01", "2026-11-02", "2027-01-01", "x", ""]),
    st.sampled_from(["a1", "b2", "c3", "d4", "1e", "", " a1"]),
    st.sampled_from(["1", "1,5", "-1", "3", "1.000.000", "x", "", "2", "5000"]),
    st.sampled_from(["a", "b", "n/a", " a", "z", ""]),
    CELL,
)
HEADER = "commune,day,code,v,kind,note"
LAW = settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@LAW
@given(
    records=st.lists(st.one_of(RECORD.map(",".join), RECORD.map(",".join), ODD, BESIDE), max_size=24),
    size=st.integers(20, 400),
    refuse_below=st.sampled_from([0.0, 0.0, 0.4]),
    ending=st.sampled_from(["\n", "\r\n"]),
    closed=st.booleans(),
)
def test_a_text_in_pieces_is_judged_as_the_whole(
    records: list[str], size: int, refuse_below: float, ending: str, closed: bool
) -> None:
    text = ending.join([HEADER, *records]) + (ending if closed else "")
    same(text.encode(), contract(refuse_below), size)


@LAW
@given(
    records=st.lists(
        st.fixed_dictionaries(
            {
                "commune": st.sampled_from(COMMUNES),
                "day": st.sampled_from(DAYS),
            },
            optional={
                "code": st.sampled_from(["a1", "b2", 3, None, "\ud800"]),
                "v": st.one_of(st.sampled_from([1, 2.5, "1,5", True, -1]), st.none()),
                "kind": st.sampled_from(["a", "z", ["b"]]),
                "note": st.sampled_from(["x", "y", {"a": 1}]),
                "other": st.integers(0, 3),
            },
        ).map(json.dumps),
        max_size=20,
    ),
    size=st.integers(40, 1000),
)
def test_ndjson_in_pieces_is_judged_as_the_whole(records: list[str], size: int) -> None:
    same("\n".join(records).encode() + b"\n", contract(0.0), size, "f.ndjson")


def many(count: int, value: str = "{n}") -> str:
    """Rows that keep every rule, one a day and commune."""
    lines = [HEADER]
    for n in range(count):
        day = f"2026-{1 + n // 84 % 10:02}-{1 + n // 3 % 28:02}"
        lines.append(f"{COMMUNES[n % 3]},{day},c{n},{value.format(n=n % 7)},a,note {n}")
    return "\n".join(lines) + "\n"


def test_places_and_periods_that_are_numbered_are_those_of_the_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    """As they are in pieces of many rows: told once a text, whatever the row."""
    monkeypatch.setattr(threads, "_PARALLEL_FROM", 8)
    monkeypatch.setattr(whereabouts, "_MANY", 8)
    hourly = contract(0.0).model_copy(
        update={
            "columns": (*contract(0.0).columns, column("at", "timestamp")),
            "key": ("commune", "at"),
            "period": PeriodBinding(column="at", every="hour"),
        }
    )
    head, *lines = many(900).splitlines()
    rows = [f"{line},2026-10-{1 + n // 100:02}T{n // 60 % 24:02}:00" for n, line in enumerate(lines)]
    for at, cell in enumerate(["99999", "", "5443", "05443", "HN"]):
        rows[40 * at] = rows[40 * at].replace(rows[40 * at][:5], cell)
    rows[77] = rows[77].rsplit(",", 1)[0] + ",2027-01-01T00:00"
    rows[300] = rows[300].rsplit(",", 1)[0] + ","
    assert same("\n".join([f"{head},at", *rows]).encode(), hourly, 8000) > 4


def test_a_far_value_in_one_piece_is_measured_by_all_of_them() -> None:
    lines = many(400).splitlines()
    lines[200] = lines[200].replace(",3,a", ",900,a").replace(",2,a", ",900,a").replace(",1,a", ",900,a")
    assert same("\n".join(lines).encode(), contract(0.0), 2000) > 5


def test_what_is_usual_may_come_from_the_past() -> None:
    past = Past(n=100, mean=500.0, sd=1.0, median=500.0, mad=0.5)
    at = Known(now=NOW, province="19", gazetteer=gazetteer(), past=lambda _column: past)
    assert same(many(120).encode(), contract(0.0, drifting=True), 1000, at=at) > 3


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "cp1258", "latin-1"])
def test_other_encodings_and_packed_files_are_the_same_in_pieces(encoding: str) -> None:
    text = many(200).replace("note 7\n", "Thái Nguyên\n" if encoding != "latin-1" else "città\n")
    if encoding == "cp1258":
        text = text.replace("Thái Nguyên", "quý ba ở xa tháng")
        text = text.replace("ý", "y\u0301").replace("ở", "ơ\u0309").replace("á", "a\u0301")
    content = text.encode(encoding)
    assert same(content, contract(0.0), 3000) > 2
    assert same(gzip.compress(content), contract(0.0), 3000, "f.csv.gz") > 2


@pytest.mark.parametrize("spoil", [b"\x00", b'"open', b"\xff\xfe\xff", b"\xe1\xba"])
def test_what_cannot_be_read_is_refused_alike(spoil: bytes) -> None:
    content = many(200).encode()
    same(content[:5000] + spoil + content[5000:], contract(0.0), 1000)
    same(content + spoil, contract(0.0), 1000)
    same(gzip.compress(content)[:-20], contract(0.0), 1000, "f.csv.gz")
    same(content.replace(b"\n", b"\r"), contract(0.0), 1000)
    same(HEADER.encode() + b"\n", contract(0.0), 1000)
    same(b'{"commune": "05443", "day": "2026-11-01"}\n{"commune": 1,,}\n' * 20, contract(0.0), 60, "f.ndjson")


def numbered(count: int) -> list[str]:
    """`many` with a column of running numbers before the others."""
    head, *lines = many(count).splitlines()
    return [f"TT,{head}", *(f"{n},{line}" for n, line in enumerate(lines, 1))]


def test_totals_groups_and_footnotes_are_left_out_of_pieces_as_of_the_whole() -> None:
    lines = numbered(260)
    lines[150:150] = ["B.,Khu vực nông thôn,,,,,", ",Cộng huyện Đại Từ,,,12,,", lines[0], ",,,,,,"]
    lines += [",Tổng cộng,,,99,,", ",Ghi chú: số liệu sơ bộ,,,,,", ",,,,,,", ",,,,,,Người lập biểu"]
    for text in ("\n".join(lines), "\n".join([*lines, '9,"'])):
        for size in (400, 20_000):
            same(text.encode(), contract(0.0), size)
    path = "\n".join(lines).encode()
    assert same(path, contract(0.0), 2000) > 5


def test_a_wide_table_is_turned_into_the_same_records_in_pieces() -> None:
    wide = contract(0.0).model_copy(
        update={
            "layout": Layout(
                unpivot=Unpivot(columns=r"^\d+/11$", names_to="day", values_to="v", template="2026-11-{d:02}",
                                pattern=r"^(?P<d>\d+)/11$"),
                fixed=(FixedColumn(column="kind", source="value", value="a"),),
            )
        }
    )  # fmt: skip
    lines = ["commune,code,1/11,02/11,03/11,note"]
    lines += [f"{COMMUNES[n % 6]},c{n},{n % 7},{'' if n % 5 else n},-1,n{n}" for n in range(300)]
    lines += ["Tổng cộng,,12,3,4,", "05443,a1,1,2,3,x,7,8"]
    assert same("\n".join(lines).encode(), wide, 8000) > 4


def test_a_large_text_in_an_old_font_is_refused_with_the_cure(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is read at one go, so that its size would show in memory."""
    text = many(200).replace("note 3\n", "Th¸i Nguyªn, §ång Hû, §¹i Tõ, Vâ Nhai\n")
    for content in (text.encode(), text.encode("cp1252")):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "delivery"
            path.write_bytes(content)
            assert whole(path, contract(0.0), "f.csv", known()).verdict.problem is None
            monkeypatch.setattr(limits, "OLD_LETTERS", 1000)
            problem = parted(path, contract(0.0), "f.csv", known())[0].verdict.problem
            assert problem is not None and problem["code"] == "SRC061"
