"""How far a post reaches: agency with its former names, place across reforms, sector; posts added up."""

from __future__ import annotations

from datetime import date

import pytest


def actor(role: str, **more):
    from tinh.people import api as people

    return people.Actor(name="x", role=role, **more)


def may(who, action: str, *things, **named) -> bool:
    from tinh.people import api as people

    return people.may(who, action, *things, **named)


@pytest.fixture
def merged(site):
    """A province in which so-tttt was merged into so-khcn."""
    from tinh.jobs import api as jobs
    from tinh.people import api as people

    class Merged(jobs.Territory):
        def same_agency(self, agency: str) -> frozenset[str]:
            together = frozenset({"so-khcn", "so-tttt"})
            return together if agency in together else frozenset({agency})

    people.stand_on(Merged())
    yield
    people.stand_on(jobs.Territory())


def test_an_agency_reaches_what_bears_a_former_name_of_it(site, merged) -> None:
    dataset = site.prepared.catalogue.datasets["telecom-monthly"]
    assert may(actor("data_officer", agency="so-tttt"), "push", dataset)
    assert may(
        actor("data_officer", agency="so-khcn"), "push", dataset.model_copy(update={"owner": "so-tttt"})
    )
    assert not may(actor("data_officer", agency="so-tc"), "push", dataset)


@pytest.mark.parametrize(
    ("place", "unit", "on", "inside"),
    [
        ("19", "05818", None, True),  # a commune of the province
        ("05818", "19", None, False),  # never upwards
        ("05818", "05443", None, False),
        ("19", "06", date(2025, 6, 1), True),  # the former Bắc Kạn, today's Thái Nguyên
        ("01", "06", date(2025, 6, 1), False),
        ("19", "khong-co", None, False),
        ("khong-co", "05818", None, False),
        ("", "05818", None, False),
    ],
)
def test_a_commune_officer_reaches_the_own_unit_and_what_lies_in_it(site, place, unit, on, inside) -> None:
    assert may(actor("commune_officer", place=place), "unmask", place=unit, on=on) is inside


def test_what_went_whole_into_a_unit_lies_in_it_and_what_was_divided_does_not(site) -> None:
    from tinh.jobs import api as jobs
    from tinh.places.api import REFORM

    book, day = jobs.gazetteer(), date(2025, 6, 30)
    whole = divided = None
    for unit in book.communes("19", REFORM):
        for link in book.predecessors(unit.code, REFORM):
            if link.unit.level != "commune":
                continue
            if link.whole:
                whole = (unit.code, link.unit.code)
            else:
                divided = (unit.code, link.unit.code)
    assert whole is not None
    assert may(actor("commune_officer", place=whole[0]), "unmask", place=whole[1], on=day)
    if divided is not None:
        assert not may(actor("commune_officer", place=divided[0]), "unmask", place=divided[1], on=day)
        assert may(actor("commune_officer", place="19"), "unmask", place=divided[1], on=day)


def test_a_post_of_a_former_unit_does_not_grow_with_its_successor(site) -> None:
    from tinh.jobs import api as jobs
    from tinh.places.api import REFORM

    book = jobs.gazetteer()
    heir, old = next(
        (unit.code, link.unit.code)
        for unit in book.communes("19", REFORM)
        for link in book.predecessors(unit.code, REFORM)
        if link.unit.code not in {u.code for u in book.communes("19", REFORM)}
        and len(book.predecessors(unit.code, REFORM)) > 1
    )
    assert not may(actor("commune_officer", place=old), "unmask", place=heir)


def test_a_sector_and_a_place_narrow_what_an_agency_reaches(site) -> None:
    datasets = site.prepared.catalogue.datasets
    who = actor("data_officer", agency="so-khcn", sector="telecom", place="05443")
    assert may(who, "push", datasets["telecom-monthly"])
    other = datasets["telecom-monthly"].model_copy(update={"pack": "digital-economy"})
    assert not may(who, "push", other)
    assert may(who, "unmask", agency="so-khcn", place="05443")
    assert not may(who, "unmask", agency="so-khcn", place="05467")


def test_a_second_post_adds_its_reach_and_nothing_more(site) -> None:
    from tinh.people import api as people

    who = actor("viewer", further=(people.Scope("data_officer", "so-tc"),))
    datasets = site.prepared.catalogue.datasets
    assert may(who, "push", datasets["digital-economy-yearly"])
    assert not may(who, "push", datasets["telecom-monthly"])
    assert not may(who, "manage accounts")
    assert people.among_agencies(who, "read accounts") == {"so-tc"}


def test_a_key_of_a_service_does_what_it_names_and_nothing_else(site) -> None:
    from tinh.people import api as people

    user = site.account("service", "so-khcn")
    dataset = site.prepared.catalogue.datasets["telecom-monthly"]
    with pytest.raises(people.KeyTooWide):
        people.create_token(user, "không việc nào")
    with pytest.raises(people.KeyTooWide):
        people.create_token(user, "quá rộng", actions=["push", "release"])
    token, secret = people.create_token(user, "gửi", actions=["push"])
    found = people.actor_of_token(secret)
    assert may(found, "push", dataset)
    assert not any(may(found, action, dataset) for action in people.ACTIONS if action != "push")
    assert not may(found, "push", site.prepared.catalogue.datasets["digital-economy-yearly"])
    with site.stranger(Authorization=f"Bearer {secret}") as client:
        sent = client.post(
            "/api/v1/datasets/telecom-monthly/receipts",
            content=b"a,b\n1,2\n",
            headers={"Content-Type": "text/csv"},
        )
        assert sent.status_code in (200, 201, 202)
        assert client.get("/api/v1/me").json()["may"] == ["push"]
        for address in ("/api/v1/status", "/api/v1/receipts", "/api/v1/indicators/pm25-daily/values", "/"):
            assert client.get(address).status_code == 403, address
        people.revoke_token(token)
        assert client.get("/api/v1/me").status_code == 401


def test_a_service_account_does_not_sign_in(site) -> None:
    from django.contrib import auth
    from tests.harness.server import PASSWORD

    user = site.account("service", "so-khcn")
    assert auth.authenticate(None, username=user.username, password=PASSWORD) is None


def test_the_question_is_cheap(site) -> None:
    """Thousands a second, not a promise of speed: that is ./tinh bench rights."""
    from tinh.people import api as people

    who = people.actor_named(site.account("data_officer", "so-khcn"))
    dataset = site.prepared.catalogue.datasets["telecom-monthly"]
    assert all(may(who, "push", dataset) for _ in range(2000))
