"""Who is told what, and when nobody is. Pure."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tinh.kit.calendar import WorkingCalendar
from tinh.kit.errors import Text
from tinh.packs.api import Reminding

AGENCIES = ("so-a", "so-b", "so-c")
RULES = Reminding.model_validate({})
MORNING = datetime(2026, 9, 7, 1, 0, tzinfo=UTC)  # Monday 08:00 in Viet Nam
DUE = datetime(2026, 9, 5, 17, 0, tzinfo=UTC)  # the end of Saturday 5 September


@pytest.fixture(autouse=True)
def _django(site) -> None:
    """The room stands on models, which need a configured Django."""


def by(rules: Reminding = RULES):
    from tinh.channels.reminders import Clockwork

    return Clockwork(rules, WorkingCalendar(), "Asia/Ho_Chi_Minh")


def owed(agency: str = "so-a", window: str = "2026-08", due: datetime = DUE, **more):
    from tinh.channels.reminders import Matter

    fields = {"lead": 2, "owed": 1, "missing": 1, "name": Text("Báo cáo", "Report"), **more}
    return Matter("owed", agency, f"report-{agency}", window=window, due=due, **fields)


def person(name: str, *desks, rhythm: str = "daily"):
    from tinh.channels.reminders import Person

    return Person(f"{name}@example.vn", name, desks, rhythm=rhythm, account=1)  # type: ignore[arg-type]


def officer(agency: str = "so-a", **more):
    from tinh.channels.reminders import Desk

    return Desk("officer", frozenset({agency}), **more)


def heard(digests, before=None):
    from tinh.channels.reminders import Told

    stages = {(d.person.key, i.matter.key, i.stage) for d in digests for i in d.items}
    old = before or Told()
    return Told(old.stages | stages, {**old.last, **{d.person.key: d.day for d in digests}})


matters = st.lists(
    st.tuples(
        st.sampled_from(("owed", "stopped", "held", "vacant")), st.sampled_from(AGENCIES),
        st.sampled_from(("2026-06", "2026-07", "2026-08")), st.integers(-10, 25), st.integers(0, 4),
    ),
    max_size=8,
)  # fmt: skip
desks = st.lists(
    st.tuples(st.sampled_from(("officer", "head", "operator", "administrator")), st.sampled_from(AGENCIES)),
    min_size=1, max_size=3,
)  # fmt: skip
crowd = st.lists(
    st.tuples(st.integers(0, 4), desks, st.sampled_from(("daily", "weekly", "none"))), max_size=6
)


def _made(listed, people):
    from tinh.channels.reminders import Desk, Matter, Person

    made = [
        Matter(what, agency, f"{agency}-data", window=window, due=MORNING - timedelta(days=late),
               lead=lead, owed=1, missing=1, held=3)
        for what, agency, window, late, lead in listed
    ]  # fmt: skip
    folk = [
        Person(
            f"p{number}@example.vn" if number % 2 else f"P{number}@Example.vn", f"p{number}",
            tuple(
                Desk(duty, None if duty in ("operator", "administrator") else frozenset({agency}))
                for duty, agency in where
            ),
            rhythm=rhythm,
        )
        for number, where, rhythm in people
    ]  # fmt: skip
    return made, folk


@settings(max_examples=150, deadline=None)
@given(listed=matters, people=crowd, hours=st.lists(st.integers(1, 60), min_size=1, max_size=20))
def test_nobody_hears_twice_a_day_nor_of_others_nor_at_night(listed, people, hours) -> None:
    from tinh.channels.reminders import Told, plan

    made, folk = _made(listed, people)
    told, moment = Told(), MORNING
    letters: set[tuple[str, date]] = set()
    for hour in hours:
        moment += timedelta(hours=hour)
        found = plan(made, folk, told, moment, by())
        local = moment.astimezone(by().zone)
        if found:
            assert WorkingCalendar().is_working(local.date())
            assert 7 <= local.hour < 17
        assert found == plan(tuple(made), tuple(folk), told, moment, by())
        for digest in found:
            assert (digest.person.key, digest.day) not in letters
            letters.add((digest.person.key, digest.day))
            assert len({i.matter.key for i in digest.items}) == len(digest.items)
            assert any(item.fresh for item in digest.items)
            mine = {d for p in folk if p.key == digest.person.key for d in p.desks}
            for item in digest.items:
                assert any(
                    desk.duty == item.duty and (desk.agencies is None or item.matter.agency in desk.agencies)
                    for desk in mine
                )
        told = heard(found, told)
        assert plan(made, folk, told, moment, by()) == ()


@settings(max_examples=50, deadline=None)
@given(people=crowd)
def test_nothing_due_is_told_to_nobody(people) -> None:
    from tinh.channels.reminders import Told, plan

    _, folk = _made([], people)
    far = owed(due=MORNING + timedelta(days=30))
    assert plan([], folk, Told(), MORNING, by()) == plan([far], folk, Told(), MORNING, by()) == ()


def days(
    matter, *people, first: date, last: date, rules: Reminding = RULES
) -> dict[str, list[tuple[str, str]]]:
    """What each person hears on which day, asked each hour of the span."""
    from tinh.channels.reminders import Told, plan

    told, out = Told(), {}
    moment = datetime(first.year, first.month, first.day, tzinfo=UTC) - timedelta(hours=7)
    while moment.date() <= last:
        found = plan([matter], people, told, moment, by(rules))
        for digest in found:
            out.setdefault(digest.person.name, []).append(
                (digest.day.isoformat(), ",".join(i.stage for i in digest.items))
            )
        told = heard(found, told)
        moment += timedelta(hours=1)
    return out


def test_a_deadline_over_the_second_of_september_is_told_on_working_days() -> None:
    from tinh.channels.reminders import Desk

    found = days(
        owed(), person("lan", officer()), person("hoa", Desk("head", frozenset({"so-a"}))),
        person("truc", Desk("operator")), first=date(2026, 8, 24), last=date(2026, 9, 20),
    )  # fmt: skip
    assert found == {
        "lan": [("2026-09-03", "soon"), ("2026-09-07", "overdue-0"), ("2026-09-11", "overdue-1"),
                ("2026-09-18", "overdue-2")],
        "hoa": [("2026-09-09", "head")],
        "truc": [("2026-09-11", "operators")],
    }  # fmt: skip


def test_nothing_goes_out_at_tet() -> None:
    due = datetime(2027, 2, 10, 17, tzinfo=UTC)  # in the days of Tết Đinh Mùi
    found = days(owed(due=due), person("lan", officer()), first=date(2027, 1, 25), last=date(2027, 2, 28))
    working = WorkingCalendar()
    assert all(working.is_working(date.fromisoformat(day)) for day, _ in found["lan"])
    assert not [day for day, _ in found["lan"] if "2027-02-04" < day < "2027-02-11"]


def test_whoever_wants_one_letter_a_week_gets_it_even_when_the_server_slept_on_monday() -> None:
    from tinh.channels.reminders import Told, plan

    lan = person("lan", officer(), rhythm="weekly")
    monday = plan([owed()], [lan], Told(), MORNING, by())
    told = heard(monday)
    later = owed(window="2026-07", due=DUE - timedelta(days=31))
    assert plan([owed(), later], [lan], told, MORNING + timedelta(days=2), by()) == ()
    thursday = MORNING + timedelta(days=10)
    assert len(plan([owed(), later], [lan], told, thursday, by())) == 1


def test_whoever_wants_none_hears_escalations_only() -> None:
    from tinh.channels.reminders import Desk, Told, plan

    quiet = person("lan", officer(), rhythm="none")
    head = person("hoa", Desk("head", frozenset({"so-a"})), rhythm="none")
    found = plan([owed()], [quiet, head], Told(), MORNING + timedelta(days=3), by())
    assert [d.person.name for d in found] == ["hoa"]


def test_a_post_held_to_a_place_hears_of_its_communes_only() -> None:
    from tinh.channels.reminders import Told, plan

    matter = owed(owed=3, missing=2, places=("05443", "05455"), among=("05443", "05455", "05488"))
    mine = person("lan", officer(places=frozenset({"05455", "05488"})))
    calm = person("ha", officer(places=frozenset({"05488"})))
    (digest,) = plan([matter], [mine, calm], Told(), MORNING, by())
    assert digest.person.name == "lan"
    seen = digest.items[0].matter
    assert (seen.places, seen.missing, seen.owed) == (("05455",), 1, 2)


def test_two_accounts_of_one_address_get_one_letter() -> None:
    from tinh.channels.reminders import Desk, Told, plan

    one = person("lan", officer())
    other = person("LAN", Desk("head", frozenset({"so-a"})))
    (digest,) = plan([owed()], [one, other], Told(), MORNING, by())
    assert len(digest.items) == 1
