"""Work lists hold what one may see, in the order of what is owed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.cases.conftest import MONDAY


def test_one_agency_does_not_see_the_cases_of_another(opened: Any, who: Any) -> None:
    from django.db import connection

    from tinh.cases import api as cases
    from tinh.people import api as people

    mine, foreign = opened(agency="so-xd"), opened(agency="so-yt")
    officer = who("case_officer", "so-xd")
    with pytest.raises(cases.NoSuchCase):
        cases.case(foreign.code, officer)
    with pytest.raises(cases.NoSuchCase):
        cases.act(foreign.code, "accept", officer)
    with pytest.raises(cases.NoSuchCase):
        cases.note(foreign.code, "xem trộm", officer)
    listed = {one.code for one in cases.queue(officer, limit=1000).items}
    assert mine.code in listed and foreign.code not in listed
    assert foreign.code not in {one.code for one in cases.search(officer, foreign.code).items}

    def seen(sql: str) -> list[Any]:
        with connection.cursor() as cursor:
            cursor.execute(sql)
            return [row[0] for row in cursor.fetchall()]

    with people.as_person(officer):
        assert set(seen("select distinct agency from cases_case")) == {"so-xd"}
        for table in (
            "cases_party",
            "cases_payload",
            "cases_event",
            "cases_note",
            "cases_notice",
            "cases_instance",
        ):
            assert seen(f"select count(*) from {table}") == [0], table
        changed = "with u as (update cases_case set subject = 'x' returning 1) select count(*) from u"
        assert seen(changed) == [0]
    with people.through("stranger"):
        assert seen("select count(*) from cases_case") == [0]


def test_who_reported_is_shown_to_the_desk_alone_and_on_record(opened: Any, who: Any) -> None:
    from tinh.cases import api as cases
    from tinh.people import api as people

    one = opened(agency="so-xd")
    assert cases.case(one.code, who("case_officer", "so-xd")).sees_parties is False
    with pytest.raises(people.NotAllowed):
        cases.parties_of(one.code, who("case_officer", "so-xd"), "muốn gọi điện hỏi thêm")
    assert [p.name for p in cases.parties_of(one.code, who("desk_officer"), "gọi điện hỏi thêm vị trí")] == [
        "Nguyễn Văn An"
    ]
    line = people.about(["an@example.vn"])[0]
    assert (line.action, line.subject, line.purpose) == ("see personal data", one.code, "handling-cases")


def test_pages_follow_each_other_without_gaps_while_cases_come_in(opened: Any, who: Any) -> None:
    from tinh.cases import api as cases

    def send(at: Any) -> Any:
        return opened(agency="so-ct", category="paged", at=at)

    made = [send(MONDAY + timedelta(minutes=7 * n)) for n in range(9)]
    officer, paged = who("case_officer", "so-ct"), cases.Filter(category="paged")
    got: list[str] = []
    page = cases.queue(officer, paged, limit=4)
    while True:
        got += [one.code for one in page.items]
        if not page.next:
            break
        send(MONDAY - timedelta(days=1))
        page = cases.queue(officer, paged, after=page.next, limit=4)
    assert got == [one.code for one in sorted(made, key=lambda c: (c.due_at, c.pk))]
    newest = cases.queue(officer, cases.Filter(category="paged", order="newest"), limit=3)
    assert [c.code for c in newest.items] == [c.code for c in made[:-4:-1]]


def test_bands_are_counted_and_filtered_as_the_clock_says(opened: Any, who: Any) -> None:
    from tinh.cases import api as cases

    officer = who("case_officer", "so-tc")
    now = MONDAY + timedelta(hours=1)
    before = cases.counts(officer, moment=now)
    late = opened(agency="so-tc", at=MONDAY - timedelta(days=5))
    soon = opened(agency="so-tc", at=MONDAY - timedelta(days=3))
    fresh = opened(agency="so-tc", at=MONDAY)
    grave = opened(agency="so-tc", at=MONDAY - timedelta(days=60))
    for band, case in (("late", late), ("on_time", fresh), ("very_late", grave)):
        found = cases.queue(officer, cases.Filter(band=band), moment=now)
        assert case.code in {c.code for c in found.items}, band
    counted = cases.counts(officer, moment=now)
    assert sum(counted.values()) - sum(before.values()) == 4
    assert counted["very_late"] - before["very_late"] == 1
    assert soon.code in {
        c.code for band in counted for c in cases.queue(officer, cases.Filter(band=band), moment=now).items
    }
    with pytest.raises(cases.CaseError, match="severity"):
        cases.queue(officer, cases.Filter(severity="dire"))


@pytest.mark.parametrize(
    ("asked", "finds"),
    [("dưỡng sinh", True), ("duong sinh", True), ("đường sinh", False), ("DƯỠNG", True),
     ("sinh dưỡng cv", False), ("hoà bình", True), ("hòa bình", True), ("hoa binh", True),
     ("hoạ bình", False)],
)  # fmt: skip
def test_cases_are_found_with_and_without_diacritics(opened: Any, who: Any, asked: str, finds: bool) -> None:
    from tinh.cases import api as cases

    one = opened(agency="so-vh", subject="Câu lạc bộ dưỡng sinh ồn ào", address="Phường Hòa Bình", key="tìm")
    found = cases.search(who("case_officer", "so-vh"), asked)
    assert (one.code in {c.code for c in found.items}) is finds


def test_a_code_is_found_however_it_is_typed(opened: Any, who: Any) -> None:
    from tinh.cases import api as cases

    one = opened()
    typed = one.code.replace("-", " ").lower()
    assert [c.code for c in cases.search(who("desk_officer"), typed).items] == [one.code]
    wrong = one.code[:-1] + str((int(one.code[-1]) + 1) % 10)
    assert cases.read_code(wrong) == ""


def test_near_cases_come_with_their_distance_the_nearest_first(opened: Any) -> None:
    from tinh.cases import api as cases

    here = (22.1234, 105.9)
    far = opened(category="lights", latitude=here[0] + 0.0009, longitude=here[1])  # 100 m north
    close = opened(category="lights", latitude=here[0], longitude=here[1] + 0.0003)  # 31 m east
    opened(category="trees", latitude=here[0], longitude=here[1])
    opened(category="lights", latitude=here[0] + 0.01, longitude=here[1])
    found = cases.near("report", "lights", *here, metres=150)
    assert [n.case.code for n in found] == [close.code, far.code]
    assert [round(n.metres) for n in found] == [31, 100]
    assert cases.near("report", "lights", *here, metres=50)[0].case.code == close.code


def test_words_many_cases_have_are_listed_from_the_newest_month_back_and_page_without_gaps(
    opened: Any, who: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tinh.cases import api as cases

    days = (0, 0, 1, 20, 33, 34, 61, 95, 140, 260, 261, 300, 420)
    places = ("05443", "05542")
    made = [
        opened(
            agency=("so-nv", "so-tc")[n % 2], place=places[n % 3 > 0],
            at=MONDAY - timedelta(days=day, minutes=n),
            kind="directive", subject="Kênh Quỳnh Lăng tràn bờ", category=("roads", "lighting")[n % 4 == 0],
        )
        for n, day in enumerate(days)
    ]  # fmt: skip
    opened(kind="directive", agency="so-nv", subject="Kênh khác tràn bờ")
    desk, two = who("desk_officer"), who("case_officer", "so-nv")

    def pages(actor: Any, **narrowed: Any) -> list[str]:
        asked = cases.Filter(text="quỳnh lăng", order=narrowed.pop("order", "newest"), **narrowed)
        page = cases.queue(actor, asked, limit=3)
        got = [one.code for one in page.items]
        while page.next:
            page = cases.queue(actor, asked, after=page.next, limit=3)
            got += [one.code for one in page.items]
        return got

    def told() -> list[list[str]]:
        return [
            pages(desk), pages(two), pages(desk, category="lighting"), pages(desk, place="05542"),
            pages(two, place="05443", category="roads"), pages(desk, state="open"),
            pages(desk, since=MONDAY - timedelta(days=100), until=MONDAY - timedelta(days=10)),
            sorted(pages(desk, order="due")), sorted(pages(desk, order="due", category="lighting")),
        ]  # fmt: skip

    few = told()
    newest = sorted(made, key=lambda c: c.opened_at, reverse=True)
    assert few[0] == [c.code for c in newest]
    assert few[1] == [c.code for c in newest if c.agency == "so-nv"]
    assert few[2] == [c.code for c in newest if c.category == "lighting"]
    assert few[3] == [c.code for c in newest if c.place == "05542"]
    after, before = MONDAY - timedelta(days=100), MONDAY - timedelta(days=10)
    assert few[6] == [c.code for c in newest if after <= c.opened_at < before]
    monkeypatch.setattr("tinh.cases.hits._LISTED", 2)
    assert told() == few  # by stretches of months
    monkeypatch.setattr("tinh.cases.hits.GATHERED", 0)
    assert told() == few  # every stretch walked


def test_a_case_put_right_is_found_by_words_in_its_new_category_alone(opened: Any, who: Any) -> None:
    from tinh.cases import api as cases
    from tinh.cases.turn import turn

    one = opened(subject="Hố Mây Ngàn sụt lún", category="roads")
    desk = who("desk_officer")

    def found(category: str) -> bool:
        asked = cases.Filter(text="mây ngàn", category=category, order="newest")
        return one.code in {c.code for c in cases.queue(desk, asked).items}

    assert (found("roads"), found("lighting")) == (True, False)
    with turn(one.code, desk) as changed:
        changed.case.category = "lighting"
    assert (found("roads"), found("lighting")) == (False, True)
