"""Acting heads: a post handed on for a time, and every way to make more of it than it is."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest


@pytest.fixture
def head(site):
    from tinh.people import api as people

    people.User.objects.filter(username__in=("truong", "pho", "khac")).delete()
    return people.create_account("truong", "đồi chè xanh 2026", "data_officer", agency="so-tc")


@pytest.fixture
def deputy(head):
    from tinh.people import api as people

    return people.create_account("pho", "đồi chè xanh 2026", "viewer", agency="so-tc")


def hand_on(giver: Any, to: Any, **other: Any) -> Any:
    from django.utils import timezone

    from tinh.people import api as people

    now = timezone.now()
    since, until = now - timedelta(minutes=1), now + timedelta(days=7)
    said = {"post": None, "since": since, "until": until, "reason": "Đi họp"} | other
    return people.delegate(people.actor_named(giver), to, **said)


def pushes(site, user: Any, dataset: str = "digital-economy-yearly") -> bool:
    from tinh.people import api as people

    user.refresh_from_db()
    return people.may(people.actor_named(user), "push", site.prepared.catalogue.datasets[dataset])


def test_an_acting_head_does_what_the_head_does_and_no_more(site, head, deputy) -> None:
    from tinh.people import api as people

    assert not pushes(site, deputy)
    post = hand_on(head, deputy)
    assert pushes(site, deputy) and not pushes(site, deputy, "telecom-monthly")
    found = people.actor_named(deputy)
    assert (found.role, found.further[0].acting_for) == ("viewer", "truong")
    assert [one.pk for one in people.given_posts(people.actor_named(head))] == [post.pk]


def test_it_begins_and_ends_by_its_dates(site, head, deputy) -> None:
    from django.utils import timezone

    post = hand_on(head, deputy, since=timezone.now() + timedelta(hours=1))
    assert not pushes(site, deputy)
    type(post).objects.filter(pk=post.pk).update(since=timezone.now() - timedelta(days=8))
    assert pushes(site, deputy)
    type(post).objects.filter(pk=post.pk).update(until=timezone.now())
    assert not pushes(site, deputy)


@pytest.mark.parametrize(
    "change", [{"is_active": False}, {"role": "viewer"}, {"agency": "so-khcn"}, {"sector": "telecom"}]
)
def test_it_dies_with_the_post_it_came_from(site, head, deputy, change) -> None:
    hand_on(head, deputy)
    assert pushes(site, deputy)
    type(head).objects.filter(pk=head.pk).update(**change)
    assert not pushes(site, deputy)


def test_a_second_post_can_be_handed_on_and_takes_what_came_of_it_along(site, head, deputy) -> None:
    from tinh.people import api as people

    admin = people.actor_named(site.account("administrator"))
    second = people.give_post(admin, head, people.Scope("data_officer", "so-khcn"))
    hand_on(head, deputy, post=second.pk)
    assert pushes(site, deputy, "telecom-monthly") and not pushes(site, deputy)
    people.end_post(admin, second.pk, "thôi kiêm nhiệm")
    assert not pushes(site, deputy, "telecom-monthly")


def test_what_was_delegated_cannot_be_handed_on_again(site, head, deputy) -> None:
    from tinh.people import api as people

    other = people.create_account("khac", "đồi chè xanh 2026", "viewer")
    post = hand_on(head, deputy)
    with pytest.raises(people.DelegationRefused):
        hand_on(deputy, other, post=post.pk)
    assert not pushes(site, other)


@pytest.mark.parametrize(
    "wrong",
    [
        {"reason": "  "},
        {"until": timedelta(days=-1)},
        {"until": timedelta(days=400)},
        {"post": 10**9},
        {"to": "himself"},
        {"to": "closed"},
        {"to": "service"},
    ],
    ids=str,
)
def test_a_delegation_that_is_not_whole_is_refused_and_noted(site, head, deputy, wrong) -> None:
    from django.utils import timezone

    from tinh.people import api as people
    from tinh.people.models import Access

    to = {"himself": head, "service": site.account("service", "so-tc")}.get(wrong.pop("to", ""), deputy)
    if to is deputy and not wrong:
        deputy.is_active = False
    if isinstance(wrong.get("until"), timedelta):
        wrong["until"] = timezone.now() + wrong["until"]
    before = Access.objects.filter(who="truong", action="delegate", allowed=False).count()
    with pytest.raises(people.DelegationRefused):
        hand_on(head, to, **wrong)
    assert Access.objects.filter(who="truong", action="delegate", allowed=False).count() == before + 1
    assert people.given_posts(people.actor_named(head)) == []


def test_somebody_elses_post_and_a_role_without_the_right_are_not_handed_on(site, head, deputy) -> None:
    from tinh.people import api as people

    admin = people.actor_named(site.account("administrator"))
    theirs = people.give_post(admin, deputy, people.Scope("administrator"))
    with pytest.raises(people.DelegationRefused):
        hand_on(head, deputy, post=theirs.pk)
    with pytest.raises(people.NotAllowed):
        hand_on(site.account("auditor"), deputy)
    auditing = people.give_post(admin, head, people.Scope("auditor"))
    with pytest.raises(people.DelegationRefused):
        hand_on(head, deputy, post=auditing.pk)
    with pytest.raises(people.NotAllowed):
        people.give_post(people.actor_named(head), deputy, people.Scope("administrator"))


def test_an_actor_made_up_with_more_does_not_delegate_it(site, head, deputy) -> None:
    """What counts is what the account holds in the database, not what a caller says it holds."""
    from django.utils import timezone

    from tinh.people import api as people

    now = timezone.now()
    liar = people.Actor(name="truong", role="administrator", account=head.pk)
    post = people.delegate(liar, deputy, None, now, now + timedelta(days=1), "x")
    assert (post.role, post.agency) == ("data_officer", "so-tc")


def test_a_key_cannot_delegate(site, head, deputy) -> None:
    from django.utils import timezone

    from tinh.people import api as people

    _, secret = people.create_token(head, "khóa")
    now = timezone.now()
    with pytest.raises(people.DelegationRefused):
        people.delegate(people.actor_of_token(secret), deputy, None, now, now + timedelta(days=1), "x")


def test_it_is_ended_by_its_giver_its_holder_or_an_administrator_alone(site, head, deputy) -> None:
    from tinh.people import api as people

    other = people.create_account("khac", "đồi chè xanh 2026", "data_officer", agency="so-tc")
    for ender in (head, deputy, site.account("administrator")):
        post = hand_on(head, deputy)
        with pytest.raises(people.NoSuchPost):
            people.end_post(people.actor_named(other), post.pk)
        assert pushes(site, deputy)
        people.end_post(people.actor_named(ender), post.pk)
        assert not pushes(site, deputy)


def test_every_grant_stands_in_the_access_log(site, head, deputy) -> None:
    from tinh.people import api as people
    from tinh.people.models import Access

    post = hand_on(head, deputy)
    people.end_post(people.actor_named(head), post.pk, "về sớm")
    mine = Access.objects.filter(who="truong", subject__contains=f"#{post.pk}").order_by("pk")
    assert [(one.action, one.allowed) for one in mine] == [("delegate", True), ("end post", True)]
