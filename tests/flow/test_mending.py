from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest
from flow_province import catalogue, stored  # type: ignore[import-not-found]

from tinh.flow.api import Corridor, Home, MendingError, WasRecalled, recall, write_sheet
from tinh.kit.clock import HeldClock
from tinh.lake.api import standing

A, B, C = "05443", "05455", "05488"
HEAD = "commune,month,stations,shared"
BODY = (
    f"{A},2026-01,10,4",
    f"{B},2026-01,-3,1",
    "5488,2026-01,7,2",
    f"{A},2026-02,nhiều,1",
    f"{B},2026-02,5,1",
)


@pytest.fixture(scope="module")
def received(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A home with five rows, and their receipt: the second below zero, the third without its zero, the
    fourth not a number."""
    root = tmp_path_factory.mktemp("received")
    corridor = Corridor(catalogue(), Home(root), HeldClock(datetime(2026, 3, 10, 2, tzinfo=UTC)))
    outcome = corridor.load(
        "\n".join([HEAD, *BODY]).encode(), "stations", sender="so-khcn", filename="t1.csv"
    )
    corridor.close()
    assert (outcome.verdict.accepted, outcome.verdict.held) == (2, 3)
    return root, outcome.receipt.id


@pytest.fixture
def home(tmp_path: Path, request: pytest.FixtureRequest) -> Home:
    """A home of its own for each test; with the five rows in it for those that name their receipt."""
    root = tmp_path / "dữ liệu" / "thử"
    if "receipt" in request.fixturenames:
        shutil.copytree(request.getfixturevalue("received")[0], root)
    return Home(root)


@pytest.fixture
def receipt(received: tuple[Path, str]) -> str:
    return received[1]


@pytest.fixture
def sheet(corridor: Corridor, tmp_path: Path) -> Callable[[str], Path]:
    def make(receipt: str, language: str = "vi") -> Path:
        path = tmp_path / f"{receipt}-{language}.xlsx"
        write_sheet(path, corridor.mending.left(receipt), corridor.catalogue, corridor.gazetteer, language)
        return path

    return make


def mend(path: Path, changes: dict[tuple[int, str], Any], drop: tuple[int, ...] = ()) -> Path:
    """Change cells by the row of the file sent and the column, as somebody would in Excel."""
    book = openpyxl.load_workbook(path)
    rows = book.worksheets[0]
    titles = [cell.value for cell in rows[1]]
    at = {str(rows.cell(line, 2).value): line for line in range(2, rows.max_row + 1)}
    for (row, column), value in changes.items():
        rows.cell(at[str(row)], titles.index(column) + 1).value = value
    for row in sorted(drop, reverse=True):
        rows.delete_rows(at[str(row)])
    out = path.with_name("sửa.xlsx")
    book.save(out)
    return out


def scores(corridor: Corridor) -> tuple[tuple[int, int], tuple[int, int], int]:
    each = corridor.status().dataset("stations")
    return (
        (each.scores.correct.num, each.scores.correct.den),
        (each.scores.clean.num, each.scores.clean.den),
        each.held,
    )


def test_a_mended_spreadsheet_brings_its_rows_in_and_moves_the_scores(
    corridor: Corridor, receipt: str, sheet: Callable[[str], Path]
) -> None:
    assert scores(corridor) == ((2, 5), (2, 2), 3)
    back = mend(sheet(receipt), {(3, "stations"): 3, (4, "commune"): "05488", (5, "stations"): "nhiều lắm"})
    done = corridor.mending.answer(back, receipt, actor="an", sender="so-khcn", filename="sửa.xlsx")
    assert done.rows == (3, 4)
    assert (done.before.held, done.after.held) == (3, 1)
    assert scores(corridor) == ((4, 5), (4, 4), 1)
    assert corridor.status().dataset("stations").receipts == 1
    rows = stored(corridor, "stations").filter(pl.col("_receipt") == done.outcome.receipt.id)
    assert dict(rows.select("_row", "commune").iter_rows()) == {3: B, 4: "05488"}
    left = corridor.mending.left(receipt).frame
    assert left.select("_row", "stations").rows() == [(5, "nhiều lắm")]
    told = corridor.lake.events(receipt)
    assert [(e.kind, e.actor, e.rows, e.other) for e in told] == [
        ("answered", "an", (3, 4), done.outcome.receipt.id)
    ]
    assert (
        corridor.lake.values("stations-total", places=["05455"], first="2026-01", last="2026-01").height == 1
    )


def test_a_mended_place_of_before_anything_was_owed_pays_no_debt(
    corridor: Corridor, sheet: Callable[[str], Path]
) -> None:
    body = (f"{A},2025-11,10,4", "5488,2025-11,7,2", f"{B},2025-11,,1")  # eight of nine required cells
    made = corridor.load("\n".join([HEAD, *body]).encode(), "stations", filename="cũ.csv")
    assert made.verdict.held == 2
    corridor.mending.answer(mend(sheet(made.receipt.id), {(3, "commune"): C}), made.receipt.id, actor="lan")
    stored_receipt = corridor.lake.receipt(made.receipt.id)
    assert stored_receipt is not None
    told = corridor.mending.standing(stored_receipt).scores.sufficient
    assert (told.num, told.den) == (8, 9)


def test_the_same_answer_twice_changes_nothing(
    corridor: Corridor, receipt: str, sheet: Callable[[str], Path]
) -> None:
    back = mend(sheet(receipt), {(3, "stations"): 3}).read_bytes()
    first = corridor.mending.answer(back, receipt, actor="an")
    version = corridor.version()
    second = corridor.mending.answer(back, receipt, actor="an")
    assert second.outcome.repeated and second.outcome.receipt.id == first.outcome.receipt.id
    assert corridor.version() == version


def test_what_one_person_has_mended_another_is_told(
    corridor: Corridor, receipt: str, sheet: Callable[[str], Path]
) -> None:
    both = sheet(receipt)
    one = mend(both, {(3, "stations"): 3}, drop=(4, 5)).read_bytes()
    other = mend(both, {(3, "stations"): 8}, drop=(4, 5)).read_bytes()
    wider = mend(both, {(3, "stations"): 9, (5, "stations"): 4}, drop=(4,)).read_bytes()
    corridor.mending.answer(one, receipt, actor="an")
    late = corridor.mending.answer(other, receipt, actor="bình")
    assert late.outcome.verdict.outcome == "refused"
    assert late.outcome.verdict.problem is not None and late.outcome.verdict.problem["code"] == "FLW015"
    partly = corridor.mending.answer(wider, receipt, actor="bình")
    assert partly.rows == (5,)
    assert "mended-before:3" in partly.outcome.verdict.notes
    kept = corridor.lake.rows("stations", limit=None).filter(pl.col("_row") == 3)
    assert kept.get_column("stations").to_list() == [3]


@pytest.mark.parametrize("fault", ["unknown", "extra", "changed", "twice", "other"])
def test_rows_that_belong_to_no_held_row_refuse_the_whole_answer(
    corridor: Corridor, receipt: str, sheet: Callable[[str], Path], fault: str
) -> None:
    path = mend(sheet(receipt), {(3, "stations"): 3})
    book = openpyxl.load_workbook(path)
    rows = book.worksheets[0]
    ids = [str(rows.cell(line, 1).value) for line in (2, 3, 4)]
    if fault == "unknown":
        from tinh.flow.lines import line_id

        rows.cell(2, 1).value = line_id(receipt, 999)
    elif fault == "extra":
        rows.append([None, None, None, C, "2026-01", 3, 1])
    elif fault == "changed":
        rows.cell(3, 1).value = ids[0].replace("-3-", "-4-")
    elif fault == "twice":
        rows.cell(3, 1).value = ids[0]
    else:
        rows.cell(2, 1).value = ids[0].replace(receipt, "r" + "0" * 13)
        from tinh.flow.lines import line_id

        rows.cell(2, 1).value = line_id("r" + "0" * 13, 3)
    book.save(path)
    done = corridor.mending.answer(path, receipt, actor="an")
    problem = done.outcome.verdict.problem
    assert problem is not None and problem["code"] == ("FLW013" if fault == "other" else "FLW014")
    assert done.rows == () and done.after == done.before
    assert scores(corridor) == ((2, 5), (2, 2), 3)
    told = corridor.lake.events(receipt)
    assert [(e.kind, e.detail["refused"]) for e in told] == [("answered", problem["code"])]


def test_a_mended_row_may_not_take_the_place_of_another_row_of_its_delivery(
    corridor: Corridor, receipt: str, sheet: Callable[[str], Path]
) -> None:
    back = mend(sheet(receipt), {(3, "stations"): 3, (3, "commune"): A}, drop=(4, 5))
    done = corridor.mending.answer(back, receipt, actor="an")
    assert done.rows == ()
    assert [r.rule for r in done.outcome.verdict.reasons] == ["key"]


def test_csv_of_held_rows_comes_back_like_a_spreadsheet(corridor: Corridor, receipt: str) -> None:
    answer = f"_row,commune,month,stations,shared\n3,{B},2026-01,3,1\n"
    done = corridor.mending.answer(answer.encode(), receipt, actor="máy", filename="sửa.csv", channel="push")
    assert done.rows == (3,)


@pytest.mark.parametrize("language", ["vi", "en"])
def test_cells_that_nobody_touched_come_back_exactly(
    corridor: Corridor, sheet: Callable[..., Path], language: str
) -> None:
    strange = [
        "=1+1",
        "+84912",
        "-x",
        "@SUM(A1)",
        "  spaced ",
        "'quoted",
        "0012",
        "1e5",
        "dòng\nmới",
        '"',
        "x" * 40_000,
    ]
    lines = [
        HEAD,
        *(f'{A},2026-0{1 + i % 9},"{s.replace(chr(34), chr(34) * 2)}",1' for i, s in enumerate(strange)),
    ]
    outcome = corridor.load("\n".join(lines).encode(), "stations", filename="lạ.csv")
    id = outcome.receipt.id
    path = sheet(id, language)
    book = openpyxl.load_workbook(path)
    assert all(cell.data_type != "f" for row in book.worksheets[0].iter_rows() for cell in row)
    again = path.with_name("again.xlsx")
    book.save(again)  # as Excel would, without a change
    before = corridor.mending.left(id).frame.select("_row", "stations")
    done = corridor.mending.answer(again, id, actor="an")
    assert done.rows == ()
    assert corridor.lake.held(done.outcome.receipt.id).select("_row", "stations").equals(before)


def test_a_number_of_a_workbook_stays_that_number(
    corridor: Corridor, tmp_path: Path, sheet: Callable[[str], Path]
) -> None:
    from tinh.packs.models import CleaningStep

    step = CleaningStep(do="number", decimal=",", group=".")
    contract = corridor.catalogue.datasets["stations"]
    columns = tuple(
        c.model_copy(update={"logical": "number", "cleaning": (step,)}) if c.name == "shared" else c
        for c in contract.columns
    )
    corridor.catalogue.datasets["stations"] = contract.model_copy(update={"columns": columns})
    book = openpyxl.Workbook()
    for row in (HEAD.split(","), [A, "2026-01", 5, 1.5], [B, "2026-01", -3, 2.125]):
        book.active.append(row)
    book.save(tmp_path / "số.xlsx")
    id = corridor.load(tmp_path / "số.xlsx", "stations").receipt.id
    done = corridor.mending.answer(mend(sheet(id), {(3, "stations"): "3"}), id, actor="an")
    row = corridor.lake.rows("stations", done.outcome.receipt.id)
    assert row.get_column("shared").to_list() == [2.125]


def test_a_released_row_enters_flagged_and_once(corridor: Corridor, receipt: str) -> None:
    done = corridor.mending.release(receipt, [3], actor="chủ", reason="đo lại, đúng là âm")
    assert done.rows == (3,)
    rows = corridor.lake.rows("stations", done.outcome.receipt.id)
    assert rows.select("_row", "stations", "_flags").rows() == [(3, -3, ["released"])]
    assert scores(corridor) == ((2, 5), (2, 3), 2)
    event = corridor.lake.events(receipt)[0]
    assert (event.kind, event.actor, event.reason) == ("released", "chủ", "đo lại, đúng là âm")
    with pytest.raises(MendingError, match="FLW018"):
        corridor.mending.release(receipt, [3], actor="chủ", reason="lần nữa")


@pytest.mark.parametrize(
    ("rows", "reason", "code"),
    [([5], "vì", "FLW016"), ([4], "vì", "FLW016"), ([3], " ", "FLW017"), ([2], "vì", "FLW018")],
)
def test_what_cannot_be_released_is_said_and_leaves_no_trace(
    corridor: Corridor, receipt: str, rows: list[int], reason: str, code: str
) -> None:
    """Row 5 holds no number, row 4 names no place, row 2 is not held."""
    version = corridor.version()
    with pytest.raises(MendingError, match=code):
        corridor.mending.release(receipt, rows, actor="chủ", reason=reason)
    assert corridor.version() == version


def test_proposals_are_offered_and_taken_only_when_accepted(corridor: Corridor, receipt: str) -> None:
    offered = corridor.mending.proposals(receipt)
    assert [(p.kind, p.column, p.seen, p.offer, p.rows) for p in offered] == [
        ("place", "commune", "5488", C, (4,))
    ]
    assert scores(corridor)[2] == 3
    done = corridor.mending.accept(receipt, [offered[0].id], actor="an")
    assert done.rows == (4,)
    event = corridor.lake.events(receipt)[0]
    assert (event.kind, event.actor) == ("proposed_accepted", "an")
    assert corridor.mending.proposals(receipt) == []
    with pytest.raises(MendingError, match="FLW019"):
        corridor.mending.accept(receipt, [offered[0].id], actor="an")


def test_a_commit_without_its_event_is_made_whole_by_whoever_comes_next(
    corridor: Corridor,
    receipt: str,
    sheet: Callable[[str], Path],
    home: Home,
    clock: HeldClock,
    monkeypatch: Any,
) -> None:
    back = mend(sheet(receipt), {(3, "stations"): 3})

    def cut(_events: Any) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(corridor.lake, "add_events", cut)
    with pytest.raises(KeyboardInterrupt):
        corridor.mending.answer(back, receipt, actor="an")
    monkeypatch.undo()
    assert corridor.lake.events(receipt) == []
    corridor.close()
    after = Corridor(catalogue(), home, clock)
    assert [(e.kind, e.actor, e.rows) for e in after.lake.events(receipt)] == [("answered", "an", (3,))]
    assert after.waiting() == 0
    assert len(after.lake.rows("stations", limit=None).filter(pl.col("_row") == 3)) == 1


def test_two_answers_at_once_take_each_row_once(
    corridor: Corridor, receipt: str, sheet: Callable[[str], Path], home: Home, clock: HeldClock
) -> None:
    path = sheet(receipt)
    answers = [mend(path, {(3, "stations"): n}, drop=(4, 5)).read_bytes() for n in (1, 2, 3, 4)]
    others = [Corridor(catalogue(), home, clock) for _ in answers]
    threads = [
        threading.Thread(target=o.mending.answer, args=(a, receipt), kwargs={"actor": str(i)})
        for i, (o, a) in enumerate(zip(others, answers, strict=True))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(corridor.lake.rows("stations", limit=None).filter(pl.col("_row") == 3)) == 1
    told = corridor.lake.events(receipt)
    assert sorted(len(e.rows) for e in told) == [0, 0, 0, 1]
    original = corridor.lake.receipt(receipt)
    assert original is not None
    assert standing(original.verdict or {}, told).held == 2


def test_rows_of_a_refused_delivery_come_in_by_an_answer(
    corridor: Corridor, sheet: Callable[[str], Path]
) -> None:
    lines = [HEAD, f"{A},2026-01,10,4", *(f"{B},2026-0{m},-1,1" for m in range(1, 6))]
    outcome = corridor.load("\n".join(lines).encode(), "stations", filename="hỏng.csv")
    assert outcome.verdict.outcome == "refused"
    done = corridor.mending.answer(
        mend(sheet(outcome.receipt.id), {(3, "stations"): 1}), outcome.receipt.id, actor="an"
    )
    assert done.rows == (2, 3)
    assert (done.after.scores.correct.num, done.after.scores.correct.den) == (2, 6)


def test_a_document_of_the_system_s_own_cannot_be_forged_by_a_file(corridor: Corridor, receipt: str) -> None:
    forged = json.dumps({"receipt": receipt, "rows": [3], "reason": "x", "actor": "y"}).encode()
    done = corridor.mending.answer(forged, receipt, actor="kẻ lạ", filename="release.json")
    assert done.outcome.verdict.outcome == "refused"
    assert done.rows == ()


TORN = f"{HEAD}\n{A},2026-01,10,4\n{B},2026-01,-7,4\n{C},2026-01,3,5,1\n{A},2026-02,1,1\n"


@pytest.fixture
def torn(corridor: Corridor) -> str:
    """Row 3 below zero; row 4 has a cell too many: somebody's “3,5”."""
    return corridor.load(TORN.encode(), "stations", filename="v1.csv").receipt.id


def held(corridor: Corridor, receipt: str) -> dict[int, list[str]]:
    return dict(corridor.mending.left(receipt).frame.select("_row", "_rules").iter_rows())


def test_a_row_of_the_wrong_shape_stays_held_until_its_own_cells_are_changed(
    corridor: Corridor, torn: str, sheet: Callable[[str], Path]
) -> None:
    done = corridor.mending.answer(mend(sheet(torn), {(3, "stations"): 7}), torn, actor="an")
    assert done.rows == (3,)
    assert held(corridor, torn) == {4: ["shape"]}
    with pytest.raises(MendingError, match="FLW016"):
        corridor.mending.release(torn, [4], actor="chủ", reason="vì")
    done = corridor.mending.answer(
        mend(sheet(torn), {(4, "stations"): 35, (4, "shared"): 1}), torn, actor="an"
    )
    assert done.rows == (4,)


def test_a_row_of_the_wrong_shape_in_an_answer_is_held_for_it(corridor: Corridor, receipt: str) -> None:
    answer = f"_row,commune,month,stations,shared\n3,{B},2026-01,3,5,1\n4,{C},2026-01,7,2\n"
    done = corridor.mending.answer(answer.encode(), receipt, actor="máy", filename="sửa.csv")
    assert done.rows == (4,)
    assert held(corridor, receipt)[3] == ["shape"]


def test_a_cell_in_error_stays_held_until_it_is_changed(
    corridor: Corridor, tmp_path: Path, sheet: Callable[[str], Path]
) -> None:
    contract = corridor.catalogue.datasets["stations"]
    columns = tuple(
        c.model_copy(update={"logical": "string"}) if c.name == "shared" else c for c in contract.columns
    )
    corridor.catalogue.datasets["stations"] = contract.model_copy(update={"columns": columns})
    book = openpyxl.Workbook()
    for row in (HEAD.split(","), [A, "2026-01", 5, "x"], [B, "2026-01", 3, "#REF!"], [C, "2026-01", -3, "y"]):
        book.active.append(row)
    book.active.cell(3, 4).data_type = "e"
    book.save(tmp_path / "lỗi.xlsx")
    id = corridor.load(tmp_path / "lỗi.xlsx", "stations").receipt.id
    assert held(corridor, id)[3] == ["cell-error"]
    done = corridor.mending.answer(mend(sheet(id), {(3, "stations"): 9, (4, "stations"): 3}), id, actor="an")
    assert done.rows == (4,)
    assert held(corridor, id) == {3: ["cell-error"]}
    with pytest.raises(MendingError, match="FLW016"):
        corridor.mending.release(id, [3], actor="chủ", reason="vì")
    done = corridor.mending.answer(mend(sheet(id), {(3, "shared"): "z"}), id, actor="an")
    assert done.rows == (3,)


def deliver(corridor: Corridor, clock: HeldClock, *rows: str, name: str = "khác.csv") -> str:
    clock.moment += timedelta(minutes=1)
    outcome = corridor.load("\n".join([HEAD, *rows]).encode(), "stations", filename=name)
    clock.moment += timedelta(minutes=1)
    return outcome.receipt.id


def current(corridor: Corridor, place: str) -> list[int]:
    rows = stored(corridor, "stations").filter(pl.col("commune") == place, pl.col("month") == "2026-01")
    return rows.get_column("stations").to_list()


def test_an_old_held_row_does_not_beat_a_newer_delivery(
    corridor: Corridor, clock: HeldClock, receipt: str, sheet: Callable[[str], Path]
) -> None:
    newer = deliver(corridor, clock, f"{B},2026-01,99,4", f"{A},2026-03,1,1")
    version = corridor.version()
    with pytest.raises(MendingError, match=f"FLW023.*{newer}"):
        corridor.mending.release(receipt, [3], actor="chủ", reason="đúng")
    assert corridor.version() == version
    back = mend(sheet(receipt), {(3, "stations"): 7, (4, "commune"): C}, drop=(5,))
    done = corridor.mending.answer(back, receipt, actor="an")
    assert done.rows == (4,), "only the row whose key the newer delivery bears stays out"
    assert held(corridor, receipt)[3] == ["other-delivery"]
    assert f"other-delivery:{newer}" in done.outcome.verdict.notes
    assert current(corridor, B) == [99]
    recall(corridor, newer, "sai", "an")
    assert corridor.mending.release(receipt, [3], actor="chủ", reason="đúng").rows == (3,)


def test_a_held_row_replaces_what_is_older_than_its_delivery(
    corridor: Corridor, clock: HeldClock, sheet: Callable[[str], Path]
) -> None:
    deliver(corridor, clock, f"{B},2026-01,55,4", f"{C},2026-01,66,4")
    newer = deliver(corridor, clock, *BODY, name="t1.csv")
    back = mend(sheet(newer), {(3, "stations"): 7, (4, "commune"): C}, drop=(5,))
    assert corridor.mending.answer(back, newer, actor="an").rows == (3, 4)
    assert (current(corridor, B), current(corridor, C)) == ([7], [7])


@pytest.mark.parametrize("first", [True, False])
def test_a_row_retyped_to_another_key_replaces_no_other_delivery(
    corridor: Corridor, clock: HeldClock, sheet: Callable[[str], Path], first: bool
) -> None:
    other = [f"{C},2026-01,55,4"]
    if first:
        deliver(corridor, clock, *other)
    id = deliver(corridor, clock, f"{A},2026-01,10,4", f"{B},2026-01,-3,1", name="t1.csv")
    if not first:
        deliver(corridor, clock, *other)
    back = mend(sheet(id), {(3, "commune"): C, (3, "stations"): 777})
    assert corridor.mending.answer(back, id, actor="an").rows == ()
    assert held(corridor, id) == {3: ["other-delivery"]}
    assert current(corridor, C) == [55]


def test_rows_of_a_recalled_answer_may_be_answered_again(
    corridor: Corridor, receipt: str, sheet: Callable[[str], Path]
) -> None:
    path = sheet(receipt)
    one = mend(path, {(3, "stations"): 3, (4, "commune"): C}).read_bytes()
    first = corridor.mending.answer(one, receipt, actor="an")
    assert first.rows == (3, 4)
    recall(corridor, first.outcome.receipt.id, "sai", "an")
    with pytest.raises(WasRecalled):
        corridor.mending.answer(one, receipt, actor="an")
    again = mend(path, {(3, "stations"): 8, (4, "commune"): C})
    assert corridor.mending.answer(again, receipt, actor="an").rows == (3, 4)
    assert current(corridor, B) == [8]


def test_the_places_to_choose_from_are_those_of_the_days_that_the_rows_speak_of(
    corridor: Corridor, sheet: Callable[[str], Path]
) -> None:
    """A row of before the reform is mended with a commune of then, not with one of today."""
    text = f"{HEAD}\n05446,2025-03,nhiều,1\n"
    outcome = corridor.load(text.encode(), "stations", sender="so-khcn", filename="cu.csv")
    assert outcome.verdict.held == 1
    lists = openpyxl.load_workbook(sheet(outcome.receipt.id)).worksheets[1]
    offered = [cell.value for cell in lists["A"][1:]]
    then = corridor.gazetteer.communes("19", date(2025, 3, 31))
    assert offered == [f"{u.code} · {u.name}" for u in sorted(then, key=lambda u: u.code)]
