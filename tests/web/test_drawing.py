"""Series and maps as SVG: gaps stay gaps, names keep clear, colours come from classes."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest

from tinh.web.drawing.lines import chart, spark
from tinh.web.drawing.map import band_of, legend


def write(value: float) -> str:
    return f"{value:g}"


def drawn(values: list[float | None], guides: tuple[tuple[float, str], ...] = (), **more: int):
    labels = [f"{n:02d}.2026" for n in range(1, len(values) + 1)]
    made = chart(labels, values, guides, write, [str(v) for v in values], **more)
    assert made is not None
    return made


def test_a_gap_breaks_the_line_and_is_never_bridged() -> None:
    made = spark([1, 2, None, 3, 4])
    assert made is not None
    assert len(made.runs) == 2 and not made.dots


def test_a_value_alone_between_gaps_is_a_dot() -> None:
    made = spark([1, 2, None, 5, None, 3, 4])
    assert made is not None
    assert len(made.runs) == 2 and len(made.dots) == 1


def test_nothing_known_draws_nothing() -> None:
    assert spark([None, None]) is None
    assert spark([]) is None
    assert chart([], [], (), write, []) is None


def test_a_missing_value_is_not_zero() -> None:
    made = drawn([10, None, 12])
    assert made.marks[1].y is None
    assert len(made.runs) == 0 and len(made.dots) == 2


def test_one_value_and_equal_values_can_be_drawn() -> None:
    assert spark([5]) is not None
    assert len(drawn([7, 7, 7]).runs) == 1
    assert drawn([0.0]).dots


def test_the_last_point_of_a_spark_is_the_newest_known() -> None:
    made = spark([1, 2, 3, None])
    assert made is not None and made.last is not None
    assert made.last[0] < 100


def test_a_goal_far_away_does_not_flatten_the_line() -> None:
    near, far = spark([10, 11, 12], 13), spark([10, 11, 12], 5000)
    assert near is not None and far is not None
    assert near.goal is not None and far.goal is None


def test_every_point_of_a_chart_lies_inside_its_frame() -> None:
    made = drawn([3, -5, 120, None, 44], ((60, "mục tiêu"),))
    for run in made.runs:
        for x, y in re.findall(r"([\d.]+) ([\d.]+)", run):
            assert made.left <= float(x) <= made.right
            assert 0 <= float(y) <= made.bottom


@pytest.mark.parametrize("width", [920, 400])
def test_the_last_label_is_not_cut_at_the_edge(width: int) -> None:
    made = drawn([float(n) for n in range(18)], width=width)
    last = made.columns[-1]
    assert last.at + 7 * len(last.text) / 2 <= made.width


@pytest.mark.parametrize("width", [920, 400])
def test_labels_of_periods_do_not_touch_each_other(width: int) -> None:
    made = drawn([float(n) for n in range(40)], width=width)
    for one, two in pairwise(made.columns):
        assert two.at - one.at > 7 * len(one.text)


def test_names_of_levels_keep_clear_of_the_line_and_of_each_other() -> None:
    rising = [17.0 + 0.25 * n for n in range(16)]
    made = drawn(rising, ((20.0, "mục tiêu 2021"), (15.0, "Cả nước, năm 2020"), (15.1, "Vùng")))
    boxes = []
    for guide in made.guides:
        wide = 7 * len(guide.text)
        first = guide.x - wide if guide.anchor == "end" else guide.x
        boxes.append((first, guide.baseline - 11, first + wide, guide.baseline + 3))
        for run in made.runs:
            for x, y in re.findall(r"([\d.]+) ([\d.]+)", run):
                inside = boxes[-1][0] < float(x) < boxes[-1][2] and boxes[-1][1] < float(y) < boxes[-1][3]
                assert not inside, guide.text
    for i, a in enumerate(boxes):
        for b in boxes[i + 1 :]:
            assert not (a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3])


def test_a_level_out_of_reach_is_not_drawn() -> None:
    assert not drawn([10, 11, 12], ((9000.0, "xa"),)).guides


def test_bands_count_upwards_and_stop_at_five() -> None:
    edges = (9.0, 15.0, 20.0, 30.0)
    assert [band_of(v, edges) for v in (8.9, 9.0, 19.99, 30, 1000)] == ["0", "1", "2", "4", "4"]
    assert band_of(None, edges) == "n"
    assert band_of(5, (1, 2, 3, 4, 5, 6)) == "4"


def test_the_legend_names_every_band_and_the_missing() -> None:
    steps = legend((9.0, 15.0), write, "chưa có")
    assert [(s.band, s.text) for s in steps] == [
        ("0", "< 9"),
        ("1", "9 – 15"),
        ("2", "≥ 15"),
        ("n", "chưa có"),
    ]
    assert [s.band for s in legend((), write, "chưa có")] == ["n"]
