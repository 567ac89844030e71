"""The figures the desk publishes, held against counting the reports one by one."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta

import pytest

from tests.desks.reports.conftest import MONDAY


@pytest.fixture
def counted(hands):
    from tinh.cases import api as cases
    from tinh.desks.api import reports
    from tinh.people import api as people

    reports.simulate(600, seed=7)
    with people.through("case"):
        return list(
            cases.Case.objects.filter(kind="report", report__isnull=False, opened_at__lt=PERIOD.end)
            .select_related("report")
            .order_by("pk")
        )


class PERIOD:
    """Well before what the other tests of this worker send."""

    end = datetime(2026, 8, 1, tzinfo=UTC)


def _late(case, now) -> bool:
    """Any step late, said again in plain words."""
    row = case.report
    if case.answered_at is not None:
        if case.answered_at > case.finish_by:
            return True
        published = row.published_at or (now if case.closed_at is None else None)
        if published is not None and row.publish_by is not None and published > row.publish_by:
            return True
    elif case.closed_at is None and case.paused_at is None and case.finish_by < now:
        return True
    if case.state == "refused" and row.refusal != "no-supplement" and case.closed_at > row.refuse_by:
        return True
    return row.asked_at is not None and row.asked_at > row.ask_by


def test_the_figures_are_those_of_counting_one_by_one(counted, hands) -> None:
    from tinh.desks.api import reports

    now = hands.now
    period = reports.Period(None, PERIOD.end)
    found = reports.statistics("agency", period)
    total = found.total
    assert total.received == len(counted) and found.simulated in ("all", "some")
    assert total.refused == sum(c.state == "refused" for c in counted)
    assert total.merged == sum(c.state == "merged" for c in counted)
    assert total.answered == sum(c.answered_at is not None for c in counted)
    assert total.on_time == sum(c.answered_at is not None and c.answered_at <= c.finish_by for c in counted)
    words = Counter(c.report.word for c in counted)
    assert (total.satisfied, total.acceptable, total.unsatisfied) == tuple(
        words[w] for w in ("satisfied", "acceptable", "unsatisfied")
    )
    late = [c for c in counted if _late(c, now)]
    rest = [c for c in counted if not _late(c, now)]
    disliked = [c for c in rest if c.report.word == "unsatisfied"]
    repeated = [c for c in rest if c.report.word != "unsatisfied" and (c.reopened or c.state == "merged")]
    assert (total.overdue, total.disliked, total.repeated) == (len(late), len(disliked), len(repeated))
    assert total.rates["progress_766"] == (len(rest), len(counted))
    assert total.rates["satisfaction_766"] == (len(rest) - len(disliked) - len(repeated), len(counted))
    assert min(total.overdue, total.disliked, total.repeated, total.refused, total.waiting + 1) > 0


@pytest.mark.parametrize("by", ["agency", "category", "group", "place", "month", "source"])
def test_parts_add_up_to_the_whole(counted, by) -> None:
    from tinh.desks.api import reports

    found = reports.statistics(by, reports.Period(None, PERIOD.end))
    own = defaultdict(int)
    for case in counted:
        local = case.opened_at.astimezone(reports.zone())
        own[{"group": case.report.group, "month": f"{local:%Y-%m}"}.get(by) or getattr(case, by, "")] += 1
    assert {k: c.received for k, c in found.parts.items()} == dict(own)
    assert sum(c.answered for c in found.parts.values()) == found.total.answered


def _by_hand(case, now) -> dict[str, int]:
    """What one report counts for, in the words the page gives for each figure."""
    row = case.report
    runs = case.answered_at is None and case.closed_at is None
    owed = case.state not in ("refused", "merged") and case.outcome != "withdrawn"
    on_clock = runs and case.paused_at is None
    accepted_late = (
        case.accepted_at > case.accept_by if case.accepted_at is not None
        else on_clock and case.accept_by < now
    )  # fmt: skip
    said = {
        "received": True,
        "accepted": case.accepted_at is not None,
        "accepted_on_time": case.accepted_at is not None and case.accepted_at <= case.accept_by,
        "accept_late": accepted_late,
        "refused": case.state == "refused",
        "merged": case.state == "merged",
        "withdrawn": case.outcome == "withdrawn",
        "open": runs,
        "open_late": on_clock and case.finish_by < now,
        "answered": case.answered_at is not None,
        "answered_owed": case.answered_at is not None and owed,
        "on_time": case.answered_at is not None and case.answered_at <= case.finish_by,
        "late": case.answered_at is not None and case.answered_at > case.finish_by,
        "rated": bool(row.word),
        "satisfied": row.word == "satisfied",
        "acceptable": row.word == "acceptable",
        "overdue": _late(case, now),
    }
    return {name: int(value) for name, value in said.items()}


@pytest.mark.parametrize("by", ["agency", "category", "place", "month"])
def test_one_month_is_what_counting_its_reports_by_hand_gives(counted, hands, by) -> None:
    from tinh.desks.api import reports

    zone = reports.zone()
    start, end = datetime(2026, 6, 1, tzinfo=zone), datetime(2026, 7, 1, tzinfo=zone)
    own: dict[str, Counter[str]] = defaultdict(Counter)
    for case in counted:
        if start <= case.opened_at < end:
            key = f"{case.opened_at.astimezone(zone):%Y-%m}" if by == "month" else getattr(case, by)
            own[key].update(_by_hand(case, hands.now))
    found = reports.statistics(by, reports.Period(start, end))
    assert set(found.parts) == set(own) and sum(one["received"] for one in own.values()) > 10
    for key, wanted in own.items():
        counts = found.parts[key]
        assert {name: getattr(counts, name) for name in wanted} == dict(wanted), key
        rates = counts.rates
        w = wanted
        assert rates["on_time"] == (w["on_time"], w["on_time"] + w["late"] + w["open_late"])
        assert rates["accepted_on_time"] == (w["accepted_on_time"], w["accepted_on_time"] + w["accept_late"])
        assert rates["satisfied"] == (w["satisfied"] + w["acceptable"], w["rated"])
        due = w["received"] - w["refused"] - w["merged"] - w["withdrawn"]
        assert rates["answered"] == (w["answered_owed"], due)
        assert all(0 <= over <= under for over, under in rates.values()), key


def test_what_was_answered_and_then_merged_is_not_counted_as_answered_of_those_owed(
    draft, caller, run, who, hands
) -> None:
    from tinh.cases import api as cases
    from tinh.desks.api import reports

    hands.later(days=3650)  # a month of its own
    start = hands.now
    first, second = (reports.submit(draft(at=hands.now), caller()) for _ in range(2))
    run(second.code)
    cases.merge(second.code, first.code, who("desk_officer"), "Cùng một cột đèn")
    counts = reports.statistics("month", reports.Period(start, hands.now + timedelta(days=1))).total
    assert (counts.received, counts.merged) == (2, 1)
    assert counts.rates["answered"] == (0, 1)


def test_the_page_says_how_each_figure_is_counted_and_the_file_has_the_same_numbers(counted, site) -> None:
    import csv
    import io

    from tinh.desks.api import reports

    who = site.stranger()
    page = who.get("/phan-anh/thong-ke?theo=chuyen-muc&nam=2026").text
    assert "Cách tính" in page
    for word in ("Đã nhận", "Tiếp nhận", "Không tiếp nhận", "Đã trả lời", "Quá hạn", "Đúng hạn", "Hài lòng"):
        assert f"<dt>{word}</dt>" in page, word
    rows = list(
        csv.DictReader(
            io.StringIO(who.get("/phan-anh/thong-ke.csv?theo=chuyen-muc&nam=2026").text.lstrip("\ufeff"))
        )
    )
    zone = reports.zone()
    year = reports.Period(datetime(2026, 1, 1, tzinfo=zone), datetime(2027, 1, 1, tzinfo=zone))
    found = reports.statistics("category", year)
    for row in rows:
        counts = found.total if row["name"] == "total" else found.parts[row["category"]]
        for name in ("received", "refused", "satisfied", "answered_owed"):
            assert float(row[name]) == getattr(counts, name), (row["name"], name)


@pytest.mark.parametrize("by", ["agency", "category", "group", "place", "month", "source"])
def test_the_sums_along_each_edge_are_those_of_the_cube(counted, by) -> None:
    from tinh.desks.api import reports

    for only in ({}, {"category": "pothole"}):
        period = reports.Period(None, PERIOD.end)
        asked = reports.statistics(by, period, **only)
        added = reports.summed(reports.cube(period, **only), by, asked.at)
        told = (asked.total, *asked.parts.values()), (added.total, *added.parts.values())
        for one, other in zip(*told, strict=True):
            mine, its = one.as_dict(), other.as_dict()
            assert mine.pop("answer_seconds") == pytest.approx(its.pop("answer_seconds"))
            assert mine == its
        assert list(asked.parts) == list(added.parts) and asked.simulated == added.simulated


def test_a_filter_narrows_to_what_was_asked(counted) -> None:
    from tinh.desks.api import reports

    period = reports.Period(PERIOD.end - timedelta(days=365), PERIOD.end)
    inside = [c for c in counted if c.opened_at >= period.start and c.category == "pothole"]
    assert reports.statistics("agency", period, category="pothole").total.received == len(inside) > 0


def test_hot_spots_are_where_many_reports_lie_close_together(hands, draft, caller, who) -> None:
    from tinh.desks.api import reports

    sent = [
        reports.submit(draft(latitude=21.9000 + n * 0.0004, longitude=105.7000, place=""), caller()).code
        for n in (0, 1, 2, 3, 40)
    ]
    since = hands.now - timedelta(minutes=5)
    found = [s for s in reports.hot_spots(since, shown_only=False, most=500) if set(s.codes) & set(sent)]
    assert len(found) == 1 and set(found[0].codes) >= set(sent[:4]) and sent[4] not in found[0].codes
    assert found[0].reports == found[0].open and found[0].categories[0][0] == "street-light"
    assert reports.hot_spots(since, radius=30, category="street-light", place="00000", shown_only=False) == []


def test_the_desk_delivers_its_figures_and_indicators_come_of_them(counted, site, tmp_path) -> None:
    import io

    from tinh.desks.api import reports
    from tinh.flow.api import Corridor, Home

    catalogue = site.prepared.catalogue
    corridor = Corridor(catalogue, Home(tmp_path))
    filing = reports.monthly("2026-07", {"05443": 50_000})
    assert filing == reports.monthly("2026-07", {"05443": 50_000}) and filing.simulated
    got = corridor.accept(
        io.BytesIO(filing.data), reports.DATASET, sender="vp-ubnd", filename=filing.name, simulated=True
    )
    corridor.drain()
    stored = corridor.lake.receipt(got.id)
    assert stored is not None and stored.verdict["accepted"] == filing.rows
    zone = reports.zone()
    own = [c for c in counted if f"{c.opened_at.astimezone(zone):%Y-%m}" == "2026-07"]
    late = sum(_late(c, MONDAY) for c in own)
    values = corridor.lake.values(places=["19", "05443"])
    said = {(r["indicator"], r["place"]): r["value"] for r in values.iter_rows(named=True)}
    assert said["reports-received", "19"] == len(own)
    assert said["reports-progress-766", "19"] == pytest.approx(100 * (len(own) - late) / len(own))
    there = sum(c.place == "05443" for c in own)
    assert there == 0 or said["reports-per-1000", "05443"] == pytest.approx(1000 * there / 50_000)
    assert values["simulated"].all()
