"""A history that was tampered with is found; erasing what is personal leaves it whole."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest

from tests.cases.conftest import MONDAY


@contextmanager
def tampering() -> Iterator[Any]:
    """What somebody with the whole database could do: triggers off."""
    from django.db import connections, transaction

    from tinh.people import api as people

    owner = connections["owner"]
    with people.through("work"), transaction.atomic(using="owner"), owner.cursor() as cursor:
        cursor.execute("set local session_replication_role = replica")
        yield cursor
    owner.close()


@pytest.fixture
def lived(opened: Any, who: Any) -> Any:
    """A case with five events."""
    from tinh.cases import api as cases

    one = opened()
    cases.act(one.code, "accept", who("desk_officer"))
    cases.note(one.code, "Đã gọi cho ông An", who("case_officer", "so-xd"))
    cases.extend(
        one.code, one.finish_by + timedelta(days=3), who("case_officer", "so-xd"), "Mưa lớn", "Xin lỗi"
    )
    return cases.act(one.code, "answer", who("case_officer", "so-xd"), data={"text": "Đã vá"})


CHANGES: dict[str, tuple[str, str]] = {
    "a reason": ("update cases_event set reason = 'x' where case_id = {case} and seq = 2", "changed"),
    "the moment": (
        "update cases_event set at = at - interval '1 hour' where case_id = {case} and seq = 3", "changed",
    ),
    "who did it": ("update cases_event set actor = 'khác' where case_id = {case} and seq = 2", "changed"),
    "an event": ("delete from cases_event where case_id = {case} and seq = 3", "missing"),
    "the last": ("delete from cases_event where case_id = {case} and seq = 5", "cut"),
    "the text of a citizen": (
        "update cases_payload set content = '{{\"subject\": \"khác\"}}' where event_id = (select id from"
        " cases_event where case_id = {case} and seq = 1)", "payload",
    ),
    "a text without a record": (
        "update cases_payload set content = null, erased_at = now() where event_id = (select id"
        " from cases_event where case_id = {case} and seq = 1)", "payload",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", CHANGES)
def test_a_changed_history_is_found(lived: Any, what: str) -> None:
    from tinh.cases import api as cases

    sql, problem = CHANGES[what]
    assert cases.verify_history(lived.code).problem == ""
    with tampering() as cursor:
        cursor.execute("delete from cases_payload where false")
        cursor.execute(sql.format(case=lived.pk))
        assert cursor.rowcount == 1
    assert cases.verify_history(lived.code).problem == problem


def test_the_house_itself_cannot_rewrite_a_history(lived: Any) -> None:
    from django.db import connection, transaction
    from django.db.utils import DatabaseError

    for sql in ("update cases_event set reason = 'x'", "delete from cases_event"):
        with pytest.raises(DatabaseError, match="only ever added"), transaction.atomic():
            connection.cursor().execute(sql)


def test_erasing_a_reporter_leaves_the_chain_whole_and_no_name_behind(
    lived: Any, who: Callable[..., Any]
) -> None:
    from django.db import connection

    from tinh.cases import api as cases
    from tinh.people import api as people

    with pytest.raises(people.NotAllowed):
        cases.erase_party(lived.code, who("case_officer", "so-xd"), "yêu cầu 7")
    cases.erase_party(lived.code, who("desk_officer"), "yêu cầu 7")
    found = cases.verify_history(lived.code)
    assert (found.problem, found.events) == ("", 6)
    assert found.erased == 3  # the opening, the note, the answer
    told = cases.history(cases.one_case(lived.code, who("desk_officer")))
    assert [line.erased for line in told] == [True, False, True, False, True, False]
    with connection.cursor() as cursor:
        for table in ("cases_case", "cases_party", "cases_payload", "cases_note"):
            key = "id" if table == "cases_case" else "case_id"
            cursor.execute(f"select string_agg(t::text, ' ') from {table} t where {key} = %s", [lived.pk])
            text = cursor.fetchone()[0] or ""
            assert not any(
                word in text for word in ("Văn An", "0912", "an@example", "Ngọc Quyến", "Đã vá")
            ), table
    assert cases.known_by("0912345678") == [] or lived.code not in {
        p.case.code for p in cases.known_by("0912345678")
    }


def test_a_person_is_found_and_erased_by_phone_in_any_form(opened: Any) -> None:
    from tinh.cases import api as cases

    number = "0987 111 222"
    one = opened(party=cases.Party(name="Trần Thị Bình", phone=number, email="binh@example.vn"))
    follower = opened()
    cases.support(follower.code, cases.Party(name="Bình", phone="+84 987 111 222"))
    assert {p.case.code for p in cases.known_by("0084987111222")} == {one.code, follower.code}
    assert cases.held_of(["binh@example.vn"])[0]["name"] == "Trần Thị Bình"
    assert cases.erase_person(["+84987111222"], "yêu cầu 9") == {"cases": 1, "parties": 2}
    assert cases.known_by(number) == []
    assert cases.held_of(["binh@example.vn"]) == []
    assert cases.verify_history(one.code).problem == cases.verify_history(follower.code).problem == ""


def test_parties_go_two_years_after_the_closing(opened: Any, who: Any) -> None:
    from tinh.cases import api as cases

    one = opened(party=cases.Party(name="Lê Văn Cũ", phone="0977000111"))
    cases.withdraw(one.code, who("desk_officer"), "người gửi rút", at=MONDAY)
    cases.forget(MONDAY + timedelta(days=729))
    assert cases.known_by("0977000111")
    cases.forget(MONDAY + timedelta(days=731))
    assert cases.known_by("0977000111") == []
    assert cases.verify_history(one.code).problem == ""
