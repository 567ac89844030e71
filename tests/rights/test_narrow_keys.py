"""A post held to a sector or a place opens no service account, and makes no key, that reaches further."""

from __future__ import annotations

import secrets

import pytest


@pytest.fixture
def narrow(site):
    from tinh.people import api as people

    return people.Actor(name="x", role="data_officer", agency="so-nnmt", sector="telecom")


def test_an_account_opened_from_a_narrow_post_is_as_narrow(site, narrow) -> None:
    from tinh.people import api as people

    with people.as_person(narrow):
        made = people.open_service(narrow, f"hep-{secrets.token_hex(4)}", "so-nnmt")
        _, secret = people.make_key(narrow, made, "k", actions=["push"])
    assert (made.agency, made.sector) == ("so-nnmt", "telecom")
    actor = people.actor_of_token(secret)
    air = site.prepared.catalogue.datasets["air-hourly"]
    assert not people.may(actor, "push", air)
    assert people.may(actor, "push", air.model_copy(update={"pack": "telecom"}))


def test_keys_of_a_wider_account_are_not_made_from_a_narrow_post(site, narrow) -> None:
    from tinh.people import api as people

    whole = people.Actor(name="y", role="data_officer", agency="so-nnmt")
    wide = people.open_service(whole, f"rong-{secrets.token_hex(4)}", "so-nnmt")
    token, _ = people.make_key(whole, wide, "k", actions=["push"])
    with pytest.raises(people.NotAllowed):
        people.make_key(narrow, wide, "k", actions=["push"])
    with pytest.raises(people.PeopleError):
        people.rotate_key(narrow, token.pk)
    assert wide not in people.services_for(narrow)
    assert wide in people.services_for(whole)
    both = people.Actor(
        name="z", role="data_officer", agency="so-nnmt", sector="telecom",
        further=(people.Scope("data_officer", "so-nnmt"),),
    )  # fmt: skip
    people.rotate_key(both, token.pk)
