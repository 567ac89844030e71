"""Who may do what, asked of every role."""

from __future__ import annotations

from typing import get_args

import pytest


@pytest.fixture(scope="module")
def air(site):
    return site.prepared.catalogue.datasets["air-hourly"]


def actor(role: str, agency: str = "", **more):
    from tinh.people import api as people

    return people.Actor(name="x", role=role, agency=agency, **more)


def test_nobody_may_do_anything(site, air) -> None:
    from tinh.people import api as people

    assert not any(people.may(None, action, air) for action in get_args(people.Action))


def test_role_nobody_declared_may_do_nothing(site, air) -> None:
    from tinh.people import api as people

    for action in (*get_args(people.Action), "drop everything"):
        assert not people.may(actor("chairman"), action, air)


def test_administrator_may_nothing_the_table_does_not_name(site, air) -> None:
    from tinh.people import api as people

    assert not people.may(actor("administrator"), "drop everything", air)


@pytest.mark.parametrize(
    ("role", "agency", "action", "allowed"),
    [
        ("viewer", "so-nnmt", "read", True),
        ("viewer", "so-nnmt", "push", False),
        ("viewer", "so-nnmt", "read raw", False),
        ("data_officer", "so-nnmt", "push", True),
        ("data_officer", "so-nnmt", "read raw", True),
        ("data_officer", "so-tc", "push", False),
        ("data_officer", "", "push", False),
        ("data_officer", "so-nnmt", "manage accounts", False),
        ("viewer", "so-nnmt", "apply", False),
        ("data_officer", "so-nnmt", "apply", False),
        ("administrator", "", "apply", True),
        ("administrator", "", "push", True),
        ("administrator", "", "manage accounts", True),
        ("data_officer", "so-nnmt", "manage sources", True),
        ("data_officer", "so-tc", "manage sources", False),
        ("auditor", "", "read raw", True),
        ("auditor", "", "release", False),
        ("operator", "", "hand over", True),
        ("service", "so-nnmt", "push", False),
        ("administrator", "", "manage sources", True),
    ],
)
def test_table_of_rights(site, air, role: str, agency: str, action: str, allowed: bool) -> None:
    from tinh.people import api as people

    assert people.may(actor(role, agency), action, air) is allowed


def test_held_rows_of_personal_data_are_for_their_agency(site, air) -> None:
    from tinh.people import api as people

    columns = (air.columns[0].model_copy(update={"personal": "name"}), *air.columns[1:])
    personal = air.model_copy(update={"columns": columns})
    assert people.may(actor("viewer"), "read held rows", air)
    assert not people.may(actor("viewer"), "read held rows", personal)
    assert people.may(actor("data_officer", "so-nnmt"), "read held rows", personal)
    assert not people.may(actor("data_officer", "so-tc"), "read held rows", personal)


def test_narrow_token_reaches_its_datasets_only(site, air) -> None:
    from tinh.people import api as people

    narrow = actor("administrator", datasets=frozenset({"telecom-monthly"}))
    assert people.may(narrow, "read")
    assert not people.may(narrow, "push", air)
    assert not people.may(narrow, "manage accounts")


def test_every_role_appears_in_the_table(site) -> None:
    from tinh.people import api as people

    assert {role for role, _ in people.MATRIX} == {role.value for role in people.Role}
