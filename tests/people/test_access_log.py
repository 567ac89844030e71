"""The access log keeps its word: a chain that many write, nobody rewrites, and anybody can verify."""

from __future__ import annotations

import multiprocessing
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest


def _lines(count: int, who: str = "ghi") -> list:
    from tinh.people import api as people

    for n in range(count):
        people.note(who, "push", f"thứ {n}", allowed=True)
    people.link_log(wait=True)
    return list(people.Access.objects.filter(who=who, number__isnull=False).order_by("number"))[-count:]


@contextmanager
def tampering() -> Iterator:
    """What somebody with the whole database could do: the triggers off. All is put back."""
    from django.db import connections, transaction

    owner = connections["owner"]  # the account that asks could not even do this

    class Undo(Exception):
        pass

    try:
        with transaction.atomic(using="owner"), owner.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
            yield cursor
            raise Undo
    except Undo:
        pass


def _verified_inside():
    """What the tamperer's own transaction holds."""
    from tinh.people import chain

    return chain.walk("owner")


def test_lines_of_many_threads_make_one_chain_without_gaps(site) -> None:
    from django.db import connections

    from tinh.people import api as people

    before = people.verify()

    def write(name: str) -> None:
        try:
            for n in range(25):
                people.note(f"luồng {name}", "push", str(n), allowed=True)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=write, args=(str(n),)) for n in range(6)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    after = people.verify()
    assert after.problem == ""
    assert after.lines == before.lines + 150
    assert not people.Access.objects.filter(number=None).exists()


def _elsewhere(dsn: dict, count: int) -> None:
    import psycopg

    with psycopg.connect(**dsn, autocommit=True) as connection:
        for n in range(count):
            connection.execute(
                "INSERT INTO people_access (at, who, action, subject, allowed, address, fields, purpose, "
                "basis, reason, about, before, digest) "
                "VALUES (now(), 'tiến trình', 'push', %s, true, '', '[]', '', '', '', '[]', '', '')",
                [str(n)],
            )


def test_lines_of_another_process_join_the_same_chain(site) -> None:
    from django.conf import settings

    from tinh.people import api as people

    facts = settings.DATABASES["default"]
    dsn = {"dbname": facts["NAME"], "user": facts["USER"], "host": facts["HOST"],
           "port": facts["PORT"] or None,
           "password": facts["PASSWORD"] or None}  # fmt: skip
    before = people.verify()
    others = [
        multiprocessing.get_context("spawn").Process(target=_elsewhere, args=(dsn, 30)) for _ in range(2)
    ]
    for one in others:
        one.start()
    _lines(30, "cùng lúc")
    for one in others:
        one.join(60)
        assert one.exitcode == 0
    after = people.verify()
    assert (after.problem, after.lines) == ("", before.lines + 90)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE people_access SET who = 'khác' WHERE id = %s",
        "UPDATE people_access SET number = number + 1000000 WHERE id = %s",
        "DELETE FROM people_access WHERE id = %s",
    ],
)
def test_the_database_refuses_to_change_or_delete_a_line(site, change: str) -> None:
    from django.db import DatabaseError, connection, transaction

    line = _lines(1)[0]
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change, [line.pk])
    for whole in (
        "TRUNCATE people_access",
        "TRUNCATE people_anchor",
        "DELETE FROM people_consent WHERE true",
    ):
        if whole.startswith("TRUNCATE"):
            with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(whole)


def test_a_line_cannot_be_written_into_the_chain(site) -> None:
    from django.db import DatabaseError, transaction

    from tinh.people import api as people

    with pytest.raises(DatabaseError), transaction.atomic():
        people.Access.objects.create(who="giả", action="push", allowed=True, number=10**9, digest="ab")


@pytest.mark.parametrize(
    ("change", "problem", "offset"),
    [
        ("UPDATE people_access SET reason = 'khác' WHERE number = %s", "changed", 0),
        ("UPDATE people_access SET about = '[\"x\"]' WHERE number = %s", "changed", 0),
        ("DELETE FROM people_access WHERE number = %s", "missing", 0),
        ("UPDATE people_access SET number = -number WHERE number = %s", "reordered", None),
    ],
)
def test_verify_names_the_first_line_that_is_not_as_written(site, change, problem, offset) -> None:
    lines = _lines(5)
    target = lines[2].number
    with tampering() as cursor:
        cursor.execute(change, [target])
        found = _verified_inside()
        assert found.problem == problem
        if offset is not None:
            assert found.number == target + offset
    assert _verified_inside().problem == ""


def test_verify_sees_two_lines_that_changed_places_and_a_rewritten_end(site) -> None:
    from tinh.people import api as people
    from tinh.people import chain

    lines = _lines(5)
    a, b = lines[1], lines[2]
    with tampering() as cursor:
        cursor.execute("UPDATE people_access SET number = -1 WHERE id = %s", [a.pk])
        cursor.execute("UPDATE people_access SET number = %s WHERE id = %s", [a.number, b.pk])
        cursor.execute("UPDATE people_access SET number = %s WHERE id = %s", [b.number, a.pk])
        assert _verified_inside().number == a.number
    with tampering() as cursor:  # digests recomputed by somebody who has no key
        last = people.Access.objects.using("owner").filter(pk=lines[-1].pk).values(*chain._COLUMNS).get()
        forged = chain.digest_of({**last, "who": "khác"}, last["number"], last["before"])
        cursor.execute(
            "UPDATE people_access SET who = 'khác', digest = %s WHERE id = %s", [forged, last["id"]]
        )
        assert _verified_inside().problem == "changed"
        cursor.execute("UPDATE people_chain SET digest = %s", [forged])
        assert _verified_inside().problem == "unsigned"
    with tampering() as cursor:  # the newest line taken away
        cursor.execute("DELETE FROM people_access WHERE id = %s", [lines[-1].pk])
        found = _verified_inside()
        assert (found.problem, found.number) == ("missing", lines[-1].number)


def test_retention_leaves_a_signed_anchor_and_the_rest_still_verifies(site) -> None:
    from django.utils import timezone

    from tinh.people import api as people
    from tinh.people import chain

    _lines(3, "trước")
    people.Access.objects.create(
        who="trẻ", action="push", allowed=True, at=timezone.now() + timedelta(days=1)
    )
    people.link_log(wait=True)
    young = people.Access.objects.get(who="trẻ")
    gone = chain.prune(timezone.now() + timedelta(hours=1))
    assert gone >= 3
    found = people.verify()
    assert (found.problem, found.first) == ("", young.number)
    assert found.anchored >= 1
    with tampering() as cursor:
        cursor.execute("UPDATE people_anchor SET count = count + 1 WHERE number = %s", [young.number - 1])
        assert _verified_inside().problem == "forged"


def test_nobody_can_read_an_identifier_out_of_the_log(site) -> None:
    from tinh.people import api as people

    people.note(
        "x",
        "see personal data",
        "d",
        allowed=True,
        reading=people.Reading(("cccd",), about=("019085001234",)),
    )
    assert [line.subject for line in people.about(["019 085 001 234"])] == ["d"]
    assert people.about(["019085001235"]) == []
    line = people.about(["019085001234"])[0]
    assert "019085001234" not in str(line.about)


def test_actions_stand_in_the_readers_language_and_are_found_by_it(site) -> None:
    from tinh.people import api as people

    people.note("an.nguyen", "take evidence", "x-evidence-1", allowed=True)
    people.note("an.nguyen", "read message log", "x-evidence-1", allowed=True)
    auditor = site.person("auditor")
    shown = auditor.get("/nhat-ky-truy-cap/?gi=x-evidence-1").text
    assert "Tải bằng chứng" in shown and "Xem nhật ký trao đổi trên trục" in shown
    assert ">take evidence" not in shown
    found = auditor.get("/nhat-ky-truy-cap/?gi=tai+bang+chung&ai=an.nguyen").text
    assert "x-evidence-1" in found and "Xem nhật ký trao đổi trên trục" not in found
