"""What a changed folder would do: each effect against figures worked out by hand."""

from __future__ import annotations

import multiprocessing
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from declared_province import FILES, declare, edit, report  # type: ignore[import-not-found]

from tinh.flow.api import (
    Applied,
    Corridor,
    Home,
    NoReason,
    NothingToApply,
    PlanStale,
    WouldBreak,
    apply,
    computed_by,
    definition,
    differs,
    plan,
)
from tinh.kit.clock import HeldClock
from tinh.packs.api import PackFaults, changes, compile

SHARING = "indicators/sharing.yaml"
CONTRACT = "datasets/stations.odcs.yaml"


class Trial:
    """A declared province with two reports in its lake, applied as version 1."""

    def __init__(self, root: Path) -> None:
        self.folder = root / "province"
        self.home = Home(root / "home")
        self.at(datetime(2026, 3, 10, 2, tzinfo=UTC))

    def found(self) -> None:
        declare(self.folder)
        self.home.make()
        self.applied.bootstrap(compile(self.folder))
        corridor = self.open()
        for name in ("2026-01.csv", "2026-02.csv"):
            corridor.load(report(name), "stations", sender="so-khcn", filename=name)

    def at(self, moment: datetime) -> None:
        self.clock = HeldClock(moment)
        self.applied = Applied(self.home, self.clock)

    def open(self) -> Corridor:
        return Corridor(self.applied.catalogue(self.applied.number()), self.home, self.clock)

    def plan(self, limit: int = 20) -> Any:
        return plan(self.folder, limit, self.clock, self.home)

    def apply(self, reason: str = "Theo QĐ 12") -> tuple[int, int]:
        return apply(self.folder, "an", reason, self.plan(), self.clock, self.home)

    def values(self, version: int = 1, id: str = "sharing") -> dict[tuple[str, str], float]:
        frame = self.open().lake.values(id, version=version)
        return {
            (p, t): v for p, t, v in frame.select("place", "period", "value").iter_rows() if v is not None
        }

    def version_two(self) -> None:
        """Sharing counts only stations of communes with more than 10, as version 2 beside version 1."""
        shutil.copy(
            self.folder / "packs/vien-thong" / SHARING,
            self.folder / "packs/vien-thong/indicators/sharing.v1.yaml",
        )
        edit(
            self.folder, SHARING,
            ("version: 1", "version: 2\nreplaces: {version: 1, until: 2026-12-31}"),
            ("how: sum}\n    to", 'how: sum, where: "stations > 10"}\n    to'),
            ("value: 40", "value: 30"),
        )  # fmt: skip


@pytest.fixture(scope="module")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("founded")
    Trial(root).found()
    return root


@pytest.fixture
def trial(founded: Path, tmp_path: Path) -> Trial:
    """A copy of its own for each test: loading is what costs time."""
    for part in ("province", "home"):
        shutil.copytree(founded / part, tmp_path / part)
    return Trial(tmp_path)


def test_the_first_version_is_the_folder_and_then_nothing_changes(trial: Trial) -> None:
    assert [v.number for v in trial.applied.all()] == [1]
    assert trial.applied.all()[0].bootstrap
    found = trial.plan()
    assert found.empty and not found.files
    assert found.as_dict()["nothing"] is True
    assert differs(trial.folder, trial.home) is False


def test_an_applied_version_compiles_again_to_the_same_catalogue(trial: Trial) -> None:
    before = compile(trial.folder)
    shutil.rmtree(trial.folder)
    again = Applied(trial.home).catalogue(1)
    assert again.digest == before.digest
    assert changes(before, again) == ()


def test_before_anything_is_applied_everything_is_new(tmp_path: Path) -> None:
    folder, home = declare(tmp_path / "province"), Home(tmp_path / "home")
    found = plan(folder, home=home)
    assert (found.number, found.empty) == (0, False)
    assert {what for _, what in found.files} == {"added"}
    assert len(found.files) == len(FILES)


def test_a_comment_is_a_changed_file_and_no_effect(trial: Trial) -> None:
    edit(trial.folder, CONTRACT, ("status: active", "status: active  # ghi chú"))
    found = trial.plan()
    assert found.files == (("packs/vien-thong/datasets/stations.odcs.yaml", "changed"),)
    assert (found.changes, found.rejudged, found.revalued, found.alerts) == ((), (), (), ())
    assert not found.empty


def test_a_folder_that_does_not_compile_has_no_plan(trial: Trial) -> None:
    edit(trial.folder, SHARING, ("column: shared", "column: sharedd"))
    with pytest.raises(PackFaults):
        trial.plan()


def test_rows_let_through_and_rows_held_are_counted_with_examples(trial: Trial) -> None:
    # 40 stations were held by the limit of 35. With 15 … 50 that row goes and the one with 10 is held.
    edit(trial.folder, CONTRACT, ("minimum: 0, maximum: 35", "minimum: 15, maximum: 50"))
    (judged,) = trial.plan().rejudged
    assert (judged.dataset, judged.tried, judged.of, judged.rows) == ("stations", 2, 2, 4)
    assert (judged.held, judged.released) == (1, 1)
    held = next(e for e in judged.examples if e.what == "held")
    released = next(e for e in judged.examples if e.what == "released")
    assert (held.file, held.row, held.rules, held.values) == (
        "2026-01.csv", 2, ("stations-range",), {"stations": "10"},
    )  # fmt: skip
    assert (released.file, released.row, released.values) == ("2026-02.csv", 3, {"stations": "40"})
    assert {v.file: (v.before, v.after) for v in judged.verdicts} == {
        "2026-01.csv": ("accepted", "in part"),
        "2026-02.csv": ("in part", "accepted"),
    }


def test_a_limit_says_how_many_of_how_many_deliveries_were_tried(trial: Trial) -> None:
    edit(trial.folder, CONTRACT, ("maximum: 35", "maximum: 25"))
    (judged,) = trial.plan(limit=1).rejudged
    # The newest first: of the second month 30 is held now too; 40 was held before.
    assert (judged.tried, judged.of, judged.rows, judged.held) == (1, 2, 2, 1)


def test_of_one_sender_and_file_only_the_newest_delivery_is_tried(trial: Trial) -> None:
    mended = report("2026-02.csv").replace(b"40", b"34")
    trial.open().load(mended, "stations", sender="so-khcn", filename="2026-02.csv")
    edit(trial.folder, CONTRACT, ("maximum: 35", "maximum: 33"))
    (judged,) = trial.plan().rejudged
    assert (judged.of, judged.held, judged.released) == (2, 1, 0)  # 34, not the replaced 40


def test_planning_writes_nothing(trial: Trial) -> None:
    edit(trial.folder, CONTRACT, ("maximum: 35", "maximum: 5"))
    edit(trial.folder, SHARING, ("scale: 100", "scale: 1"))
    lake = trial.open().lake
    before = (lake.version(), lake.values_version(), trial.applied.number(), trial.values())
    trial.plan()
    assert (lake.version(), lake.values_version(), trial.applied.number(), trial.values()) == before


def test_values_are_compared_old_with_new(trial: Trial) -> None:
    # Stored: Jan 9/30 = 30 % for the province, 50 % and 20 %; Feb 15/30 = 50 % (40 is held).
    assert trial.values()["19", "2026-01"] == pytest.approx(30)
    edit(trial.folder, SHARING, ("scale: 100", "scale: 50"))
    (moved,) = trial.plan().revalued
    assert (moved.indicator, moved.version, moved.failed) == ("sharing", (1, 1), "")
    assert (moved.before, moved.after, moved.changed, moved.appear, moved.vanish) == (5, 5, 5, 0, 0)
    first = moved.largest[0]
    assert (first.before, first.after, first.difference) == (50, 25, -25)


def test_places_that_vanish_and_appear_are_named(trial: Trial) -> None:
    total = "indicators/stations-total.yaml"
    edit(trial.folder, total, ("period: month", "places: [province]\nperiod: month"))
    (moved,) = trial.plan().revalued
    assert (moved.before, moved.after, moved.changed, moved.vanish, moved.appear) == (5, 2, 0, 3, 0)
    assert {(m.place, m.period, m.before, m.after) for m in moved.vanishing} == {
        ("05443", "2026-01", 10, None), ("05455", "2026-01", 20, None), ("05443", "2026-02", 30, None),
    }  # fmt: skip
    trial.apply()
    assert set(trial.values(id="stations-total")) == {("19", "2026-01"), ("19", "2026-02")}
    edit(trial.folder, total, ("places: [province]\n", ""))
    (moved,) = trial.plan().revalued
    assert (moved.before, moved.after, moved.vanish, moved.appear) == (2, 5, 0, 3)


def test_a_definition_that_cannot_be_computed_is_an_effect(trial: Trial) -> None:
    sql = trial.folder / "packs/vien-thong/indicators/total.sql"
    sql.write_text('SELECT _place AS place, _period AS period, no_such AS value FROM "stations"', "utf-8")
    edit(
        trial.folder, "indicators/stations-total.yaml",
        (
            "{direct: {dataset: stations, column: stations, how: sum}}",
            "{sql: {file: total.sql, reads: [stations]}}",
        ),
    )  # fmt: skip
    (moved,) = trial.plan().revalued
    assert "no_such" in moved.failed


def test_targets_moved_are_told_with_met_and_gap(trial: Trial) -> None:
    edit(trial.folder, SHARING, ("value: 40", "value: 60"))
    (move,) = trial.plan().targets
    assert (move.before.value, move.before.met) == (pytest.approx(50), True)
    assert (move.after.met, move.after.gap) == (False, pytest.approx(10))
    assert trial.plan().broken == ()  # a target may change under the same version


def test_alerts_that_would_start_and_end(trial: Trial) -> None:
    edit(trial.folder, "alerts/low.yaml", ("below: 30", "below: 55"))
    (alert,) = trial.plan().alerts
    assert (alert.rule, alert.place, alert.what, alert.before, alert.after) == (
        "low",
        "19",
        "starts",
        "ok",
        "firing",
    )
    trial.apply()
    edit(trial.folder, SHARING, ("scale: 100", "scale: 200"), ("version: 1", "version: 2"))
    (alert,) = trial.plan().alerts  # 50 % becomes 100 %
    assert (alert.what, alert.before, alert.after) == ("ends", "firing", "ok")


def test_tiers_lost_are_told_once_for_a_pack(trial: Trial) -> None:
    edit(trial.folder, "pack.yaml", ("binding", "draft"))
    (fall,) = trial.plan().falls
    assert (fall.kind, fall.id, fall.before, fall.after, fall.others) == (
        "pack", "vien-thong", "binding", "draft", 3,
    )  # fmt: skip
    assert [c.kind for c in trial.plan().changes] == ["pack"]


# ── meaning and versions ──


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('unit: "%"', 'unit: "‰"'),
        ("direction: up", "direction: down"),
        ("period: month", "period: quarter"),
        ("scale: 100", "scale: 1000"),
        ("period: month", "period: month\nover_places: mean"),
        ("how: sum}\n    to", 'how: sum, where: "stations > 1"}\n    to'),
    ],
)
def test_the_meaning_of_a_published_indicator_may_not_change_silently(
    trial: Trial, before: str, after: str
) -> None:
    edit(trial.folder, SHARING, (before, after))
    found = trial.plan()
    assert [b.finding.code for b in found.refused] == ["PCK075"]
    with pytest.raises(WouldBreak) as refused:
        trial.apply()
    assert "PCK075" in refused.value.detail().vi
    assert trial.applied.number() == 1


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("period: month", "decimals: 2\nperiod: month"),
        ("value: 40", "value: 41"),
        ("period: month", "bands: [10, 20]\nperiod: month"),
        ("direction: up", "direction: up  # hướng tốt"),
    ],
)
def test_what_does_not_change_the_meaning_needs_no_version(trial: Trial, before: str, after: str) -> None:
    edit(trial.folder, SHARING, (before, after))
    assert trial.plan().refused == ()
    assert trial.apply()[0] == 2


def test_spelling_of_an_expression_or_a_query_is_not_its_meaning(trial: Trial) -> None:
    edit(trial.folder, "indicators/stations-total.yaml", ("how: sum}", 'how: sum, where: "stations > 1"}'),
         ("version: 1", "version: 2"))  # fmt: skip
    trial.apply()
    edit(trial.folder, "indicators/stations-total.yaml", ('"stations > 1"', '"stations>1"'))
    assert trial.plan().refused == ()


def test_a_draft_may_change_its_meaning_at_will(trial: Trial) -> None:
    edit(trial.folder, "pack.yaml", ("binding", "draft"))
    trial.apply()
    edit(trial.folder, SHARING, ("scale: 100", "scale: 1"))
    assert trial.plan().refused == ()


def test_a_version_that_goes_back_is_refused(trial: Trial) -> None:
    edit(trial.folder, SHARING, ("version: 1", "version: 3"))
    trial.apply()
    edit(trial.folder, SHARING, ("version: 3", "version: 2"))
    assert [b.finding.code for b in trial.plan().refused] == ["PCK076"]


def test_an_older_version_that_stops_at_once_is_remarked_on(trial: Trial) -> None:
    edit(trial.folder, SHARING, ("version: 1", "version: 2"), ("scale: 100", "scale: 1"))
    found = trial.plan()
    assert [(b.finding.code, b.refuses) for b in found.broken] == [("PCK080", False)]


def test_a_published_indicator_taken_away_names_who_used_it(trial: Trial) -> None:
    for name in (SHARING, "alerts/low.yaml"):
        (trial.folder / "packs/vien-thong" / name).unlink()
    province = trial.folder / "province.yaml"
    province.write_text(province.read_text("utf-8").replace("room: {tiles: [sharing]}\n", ""), "utf-8")
    (gone,) = trial.plan().broken
    assert (gone.finding.code, gone.refuses) == ("PCK082", False)
    for used in ("operations room", "alert low", "1 target"):
        assert used in gone.finding.says.en


def test_a_column_whose_unit_changes_under_a_published_indicator_is_told(trial: Trial) -> None:
    edit(
        trial.folder, CONTRACT,
        ("logicalTypeOptions: {minimum: 0}}",
         "logicalTypeOptions: {minimum: 0}, customProperties: [{property: tinh, value: {unit: nghìn}}]}"),
    )  # fmt: skip
    (found,) = (b for b in trial.plan().broken if b.indicator == "sharing")
    assert (found.finding.code, found.refuses) == ("PCK083", False)
    assert "stations.shared" in found.finding.says.vi


def test_two_versions_live_side_by_side_and_follow_new_data(trial: Trial) -> None:
    trial.version_two()
    found = trial.plan()
    assert found.refused == () and found.broken == ()
    (moved,) = found.revalued
    assert moved.version == (1, 2)
    number, written = trial.apply()
    assert number == 2 and written
    # Version 1 as before; version 2 leaves out the 5 shared of the commune with 10 stations: 4/30.
    assert trial.values(1)["19", "2026-01"] == pytest.approx(30)
    assert trial.values(2)["19", "2026-01"] == pytest.approx(100 * 4 / 30)
    march = b"commune,month,stations,shared\n05443,2026-03,10,1\n05455,2026-03,30,7\n"
    trial.open().load(march, "stations", sender="so-khcn", filename="2026-03.csv")
    assert trial.values(1)["19", "2026-03"] == pytest.approx(100 * 8 / 40)
    assert trial.values(2)["19", "2026-03"] == pytest.approx(100 * 7 / 40)


def test_an_older_version_is_computed_until_its_last_day_and_no_longer(trial: Trial) -> None:
    trial.version_two()
    trial.apply()
    trial.at(datetime(2026, 12, 31, 16, 59, tzinfo=UTC))  # the last minute of the year in Viet Nam
    one = b"commune,month,stations,shared\n05443,2026-11,20,1\n"
    trial.open().load(one, "stations", sender="so-khcn", filename="2026-11.csv")
    trial.at(datetime(2026, 12, 31, 17, 1, tzinfo=UTC))
    two = b"commune,month,stations,shared\n05443,2026-12,20,1\n"
    trial.open().load(two, "stations", sender="so-khcn", filename="2026-12.csv")
    assert ("19", "2026-11") in trial.values(1) and ("19", "2026-12") not in trial.values(1)
    assert ("19", "2026-12") in trial.values(2)


def test_alerts_follow_the_newest_version_unless_they_name_one(trial: Trial) -> None:
    edit(trial.folder, "alerts/low.yaml", ("below: 30", "below: 45"))
    trial.version_two()  # 50 % stays 50 % in February: 15 of 30 by both; January differs only
    edit(trial.folder, SHARING, ("scale: 100", "scale: 80"))
    trial.apply()
    assert [(a.rule, a.value) for a in trial.open().alerts()] == [("low", pytest.approx(40))]
    edit(trial.folder, "alerts/low.yaml", ("indicator: sharing", "indicator: sharing\nversion: 1"))
    trial.apply()
    assert trial.open().alerts() == ()


def test_a_published_version_may_not_be_rewritten_while_it_lives_on(trial: Trial) -> None:
    trial.version_two()
    edit(trial.folder, "indicators/sharing.v1.yaml", ("scale: 100", "scale: 99"))
    assert [b.finding.code for b in trial.plan().refused] == ["PCK079"]


# ── applying ──


def test_applying_keeps_who_why_and_what_can_be_compared(trial: Trial) -> None:
    edit(trial.folder, SHARING, ("value: 40", "value: 45"))
    trial.apply("Theo QĐ 12")
    newest = trial.applied.all()[0]
    assert (newest.number, newest.by, newest.reason) == (2, "an", "Theo QĐ 12")
    (change,) = changes(trial.applied.catalogue(1), trial.applied.catalogue(2))
    assert (change.kind, change.id, change.of) == ("target", "2026-12-31", "sharing")
    assert trial.plan().empty


def test_applying_needs_a_reason_and_a_change(trial: Trial) -> None:
    with pytest.raises(NothingToApply):
        trial.apply()
    edit(trial.folder, SHARING, ("value: 40", "value: 45"))
    with pytest.raises(NoReason):
        trial.apply("  \n ")
    assert trial.applied.number() == 1


def test_a_folder_changed_after_its_plan_was_shown_is_not_applied(trial: Trial) -> None:
    edit(trial.folder, SHARING, ("value: 40", "value: 45"))
    shown = trial.plan()
    edit(trial.folder, SHARING, ("value: 45", "value: 46"))
    with pytest.raises(PlanStale):
        apply(trial.folder, "an", "x", shown, trial.clock, trial.home)


def test_rows_stay_as_they_were_judged(trial: Trial) -> None:
    edit(trial.folder, CONTRACT, ("maximum: 35", "maximum: 50"))
    before = {r.id: (r.contract, r.verdict) for r in trial.open().lake.receipts()}
    trial.apply()
    assert {r.id: (r.contract, r.verdict) for r in trial.open().lake.receipts()} == before


def _take(folder: Path, root: Path, gate: Any, answers: Any) -> None:
    applied = Applied(Home(root))
    catalogue = compile(folder)
    gate.wait()
    try:
        answers.put(applied.write(catalogue, "an", "cùng lúc", after=1).number)
    except Exception as error:
        answers.put(type(error).__name__)


def test_of_two_who_apply_at_once_one_is_told(trial: Trial) -> None:
    edit(trial.folder, SHARING, ("value: 40", "value: 45"))
    make = multiprocessing.get_context("spawn")
    gate, answers = make.Barrier(2), make.Queue()
    both = [make.Process(target=_take, args=(trial.folder, trial.home.root, gate, answers)) for _ in range(2)]
    for one in both:
        one.start()
    said = sorted(str(answers.get(timeout=60)) for _ in both)
    for one in both:
        one.join(20)
    assert said == ["2", "AppliedMeanwhile"]
    assert [v.number for v in trial.applied.all()] == [2, 1]


def test_what_a_crash_left_of_a_version_is_never_read(trial: Trial) -> None:
    shutil.copytree(trial.applied.root / "0001" / "province", trial.applied.root / ".draft-xyz" / "province")
    assert trial.applied.number() == 1
    edit(trial.folder, SHARING, ("value: 40", "value: 45"))
    trial.apply()
    assert sorted(p.name for p in trial.applied.root.iterdir()) == [".lock", "0001", "0002"]


# ── by which definition ──


def test_a_figure_of_a_past_day_is_read_by_the_definition_of_that_day(trial: Trial) -> None:
    early = trial.clock.now()
    trial.at(datetime(2026, 4, 1, tzinfo=UTC))
    edit(trial.folder, SHARING, ("version: 1", "version: 2"), ("scale: 100", "scale: 1000"), ('"%"', '"‰"'))
    trial.apply()
    standing = trial.applied.catalogue(2)
    then = definition(trial.applied, standing, "sharing", as_of=early)
    now = definition(trial.applied, standing, "sharing")
    assert then is not None and now is not None
    assert (then.indicator.version, then.indicator.unit.vi, then.applied) == (1, "%", 1)
    assert (now.indicator.version, now.indicator.unit.vi, now.applied) == (2, "‰", 0)
    assert definition(trial.applied, standing, "sharing", version=1) is None
    moments = trial.open().lake.values("sharing", version=2).get_column("computed_at").to_list()
    assert set(computed_by(trial.applied, moments)) == {2}
    assert computed_by(trial.applied, [datetime(2020, 1, 1, tzinfo=UTC), early, None]) == [None, 1, None]
