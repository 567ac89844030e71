"""Row-level security: what PostgreSQL itself shows to whom, asked in raw SQL."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from django.db import DatabaseError

LOCKED = ("people_user", "people_post", "people_token", "people_access", "people_attempt")


@pytest.fixture(scope="module")
def two(site) -> tuple[Any, Any]:
    """A data officer of one agency, and one of another, with a key each and a line in the log."""
    from tinh.people import api as people

    found = (site.account("data_officer", "so-nnmt"), site.account("data_officer", "so-tc"))
    for one in found:
        people.create_token(one, "khóa")
        people.note(one.username, "push", "air-hourly", allowed=True)
    return found


@pytest.fixture
def bare(site):
    """A connection of the house's own account that nobody has told anything."""
    from tinh.site.state import here

    with psycopg.connect(here().database_url, autocommit=True) as connection:
        yield connection


def ask(sql: str) -> list[tuple[Any, ...]]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall())


def as_actor(user: Any, sql: str) -> list[tuple[Any, ...]]:
    from tinh.people import api as people

    with people.as_person(people.actor_named(user)):
        return ask(sql)


@pytest.mark.parametrize("table", LOCKED)
def test_a_query_nobody_stands_behind_sees_nothing(site, two, bare, table: str) -> None:
    assert ask(f"select count(*) from {table}")[0][0] > 0 or table in ("people_post", "people_attempt")
    assert bare.execute(f"select count(*) from {table}").fetchone() == (0,)
    for sql in (f"update {table} set id = id", f"delete from {table}"):
        if table == "people_access":  # nobody may, whatever the policies say
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                bare.execute(sql)
        else:
            assert bare.execute(sql).rowcount == 0


def test_nobody_can_add_an_account_or_a_key_behind_the_lock(site, two, bare) -> None:
    for sql in (
        "insert into people_user (username, password, email, full_name, role, agency, place, sector,"
        " is_active, demo, created_at)"
        " values ('x', '', '', '', 'administrator', '', '', '', true, false, now())",
        "insert into people_token (owner_id, name, digest, datasets, actions, created_at, expires_at)"
        f" values ({two[0].pk}, 'x', 'x', '[]', '[]', now(), now())",
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            bare.execute(sql)


def test_the_account_of_the_house_cannot_step_around_the_lock(site, bare) -> None:
    found = bare.execute(
        "select rolsuper, rolbypassrls, rolcreaterole, rolcreatedb from pg_roles where rolname = current_user"
    ).fetchone()
    assert found == (False, False, False, False)
    for sql in (
        "alter table people_user disable row level security",
        "drop policy tinh_see on people_user",
        "set role tinh",
        "truncate people_user cascade",
    ):
        with pytest.raises(psycopg.Error):
            bare.execute(sql)


def test_every_lock_binds_the_owner_of_the_tables_too(site) -> None:
    from tinh.people.locks import locked

    tables = ask("select relname from pg_class where relrowsecurity and relforcerowsecurity")
    assert {name for (name,) in tables} == set(locked()) >= set(LOCKED)


def test_a_data_officer_sees_the_accounts_of_the_own_agency(site, two) -> None:
    own, other = two
    seen = {name for (name,) in as_actor(own, "select username from people_user")}
    assert own.username in seen and other.username not in seen
    assert as_actor(own, "select distinct agency from people_user") == [("so-nnmt",)]
    assert as_actor(own, "select distinct owner_id from people_token") == [(own.pk,)]


def test_a_viewer_sees_the_own_account_alone(site, two) -> None:
    viewer = site.account("viewer")
    assert as_actor(viewer, "select username from people_user") == [(viewer.username,)]


@pytest.mark.parametrize("role", ["administrator", "auditor", "security_officer"])
def test_who_reads_all_accounts_sees_all(site, two, role: str) -> None:
    assert as_actor(site.account(role), "select count(*) from people_user") == ask(
        "select count(*) from people_user"
    )


def test_the_log_shows_ones_own_lines_and_all_to_its_readers(site, two) -> None:
    own, other = two
    whose = "select distinct who from people_access"
    assert as_actor(own, whose) == [(own.username,)]
    assert {own.username, other.username} <= {who for (who,) in as_actor(site.account("auditor"), whose)}


def test_a_log_line_cannot_be_changed_or_dropped_by_a_person(site, two) -> None:
    for role in ("administrator", "auditor"):
        for sql in ("delete from people_access", "update people_access set who = 'x'"):
            with pytest.raises(DatabaseError, match="permission denied"):
                as_actor(site.account(role), f"with d as ({sql} returning 1) select count(*) from d")


def test_a_data_officer_cannot_raise_a_colleague(site, two) -> None:
    own, _ = two
    raised = "with u as (update people_user set role = 'administrator' where id <> {} returning 1)"
    assert as_actor(own, raised.format(own.pk) + " select count(*) from u") == [(0,)]


def test_a_connection_forgets_who_asked_when_it_goes_back(site, two) -> None:
    from django.db import connection

    from tinh.people import api as people

    with people.as_person(people.actor_named(two[0])):
        ask("select 1")
        held: Any = connection.connection
    pool = held._pool
    connection.close()
    pool.check()
    with pool.connection() as again:
        told = "select current_setting('tinh.account', true), current_setting('tinh.door', true)"
        assert again.execute(told).fetchone() in (("", ""), (None, None))
        assert again.execute("select count(*) from people_user").fetchone() == (0,)


def test_a_rollback_does_not_leave_somebody_else_behind(site, two) -> None:
    from django.db import transaction

    from tinh.people import api as people

    own, other = (people.actor_named(one) for one in two)

    class Undone(Exception):
        pass

    def undo(inside: Callable[[], Any]) -> None:
        with pytest.raises(Undone), transaction.atomic():
            inside()
            raise Undone

    with people.as_person(own):
        ask("select 1")
        with people.as_person(other):
            undo(lambda: ask("select 1"))
            undo(lambda: undo(lambda: ask("select 1")))
        seen = {name for (name,) in ask("select username from people_user")}
    assert own.name in seen and other.name not in seen


def test_a_named_door_opens_what_it_is_for(site, two) -> None:
    from tinh.people import api as people

    with people.through("stranger"):
        assert ask("select count(*) from people_user") == [(0,)]
        with people.through("sign-in"):
            assert ask("select count(*) from people_user")[0][0] > 0
            assert ask("select count(*) from people_access") == [(0,)]
        with people.through("record"):
            assert ask("select count(*) from people_access")[0][0] > 0
            assert ask("select count(*) from people_user") == [(0,)]
        assert ask("select count(*) from people_user") == [(0,)]


def test_a_request_stands_as_a_stranger_until_it_is_known_who_asks(site, monkeypatch) -> None:
    """What a page reads before or without sign-in comes from behind the lock."""
    from tinh.people import api as people
    from tinh.site import health

    seen: list[str] = []
    monkeypatch.setattr(health, "_database", lambda: bool(seen.append(people.standing().door)) or True)
    site.stranger().get("/readyz")
    site.person("viewer").get("/readyz")
    site.program("viewer").get("/readyz")
    assert seen == ["stranger", "person", "person"]


def test_a_model_that_says_something_of_people_has_a_lock(site, monkeypatch) -> None:
    from tinh.people.locks import Lock, unlocked
    from tinh.people.models import Token

    assert unlocked() == []
    monkeypatch.setattr(Token, "lock", Lock(account="owner"))
    assert [(fault.id, "owner" in fault.msg) for fault in unlocked()] == [("people.E005", True)]
    monkeypatch.delattr(Token, "lock")
    assert [fault.id for fault in unlocked()] == ["people.E003"]


def test_a_lock_that_was_opened_is_closed_at_the_next_start(site, two, bare) -> None:
    from tinh.people.locks import close_locks
    from tinh.site.state import here

    with psycopg.connect(here().owner_url, autocommit=True) as owner:
        owner.execute("drop policy tinh_see on people_token")
        owner.execute("create policy open on people_token using (true)")
        assert bare.execute("select count(*) from people_token").fetchone() != (0,)
        from django.db import connections

        try:
            assert close_locks(connections["owner"]) == ["people_token"]
            assert close_locks(connections["owner"]) == []
        finally:
            connections["owner"].close()
    assert bare.execute("select count(*) from people_token").fetchone() == (0,)
