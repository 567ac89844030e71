"""Signing in, passwords, tokens, and what is remembered of people."""

from __future__ import annotations

import json
import stat
from datetime import timedelta

import pytest
from django.http import HttpRequest


def request_from(address: str) -> HttpRequest:
    from django.contrib.sessions.backends.db import SessionStore

    made = HttpRequest()
    made.META["REMOTE_ADDR"] = address
    made.session = SessionStore()
    return made


@pytest.fixture
def someone(site):
    from tinh.people import api as people

    people.User.objects.filter(username="Lan").delete()
    return people.create_account(
        "Lan", "chè Tân Cương 1 tôm", email="Lan@Example.vn", full_name="Trần Thị Lan"
    )


@pytest.mark.parametrize("name", ["Lan", "lan", " LAN ", "lan@example.vn"])
def test_sign_in_by_name_or_address_in_any_case(someone, name: str) -> None:
    from tinh.people import api as people

    assert people.sign_in(request_from("10.0.0.1"), name, "chè Tân Cương 1 tôm") == someone


@pytest.mark.parametrize(("name", "password"), [("Lan", "sai"), ("ai đó", "sai"), ("", ""), ("a\0b", "x\0")])
def test_wrong_name_and_wrong_password_sound_the_same(someone, name: str, password: str) -> None:
    from tinh.people import api as people

    with pytest.raises(people.WrongPassword):
        people.sign_in(request_from(f"10.0.1.{len(name)}"), name, password)


def test_guessing_is_slowed_for_the_guesser_alone(someone) -> None:
    from tinh.people import api as people

    for _ in range(5):
        with pytest.raises(people.WrongPassword):
            people.sign_in(request_from("10.0.2.1"), "Lan", "đoán")
    with pytest.raises(people.TooManyAttempts) as found:
        people.sign_in(request_from("10.0.2.1"), "Lan", "chè Tân Cương 1 tôm")
    assert 0 < found.value.facts["seconds"] <= 61
    assert people.sign_in(request_from("10.0.2.2"), "Lan", "chè Tân Cương 1 tôm") == someone


def test_disabled_account_cannot_come_in(someone) -> None:
    from tinh.people import api as people

    someone.is_active = False
    someone.save()
    with pytest.raises(people.WrongPassword):
        people.sign_in(request_from("10.0.3.1"), "Lan", "chè Tân Cương 1 tôm")


@pytest.mark.parametrize("password", ["ngắn", "123456789012", "password1234", "tranthilan12"])
def test_weak_password_is_refused(site, password: str) -> None:
    from tinh.people import api as people
    from tinh.people.errors import WeakPassword

    with pytest.raises(WeakPassword) as found:
        people.create_account("moi", password, full_name="tranthilan12")
    assert "assword" not in found.value.detail().vi


def test_name_in_another_case_is_taken(someone) -> None:
    from tinh.people import api as people
    from tinh.people.errors import NameTaken

    with pytest.raises(NameTaken):
        people.create_account("LAN", "một mật khẩu khác dài")


def test_token_is_kept_as_a_digest_and_ends(someone) -> None:
    from django.utils import timezone

    from tinh.people import api as people

    token, secret = people.create_token(someone, "máy đo", ("air-hourly",))
    assert secret not in str(people.Token.objects.filter(pk=token.pk).values())
    assert people.actor_of_token(secret).datasets == frozenset({"air-hourly"})
    people.Token.objects.filter(pk=token.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    with pytest.raises(people.TokenRefused):
        people.actor_of_token(secret)


def test_revoked_token_and_token_of_a_disabled_owner_are_refused(someone) -> None:
    from tinh.people import api as people

    token, secret = people.create_token(someone, "a")
    people.revoke_token(token)
    with pytest.raises(people.TokenRefused):
        people.actor_of_token(secret)
    _, other = people.create_token(someone, "b")
    someone.is_active = False
    someone.save()
    with pytest.raises(people.TokenRefused):
        people.actor_of_token(other)


def test_demo_sign_ins_are_the_same_at_every_start(site, tmp_path) -> None:
    from tinh.people import api as people

    owing = [
        people.Debtor("so-thu", "Sở Thử", ("Báo cáo tháng", "Sổ đăng ký")),
        people.Debtor("so-hai", "Sở Hai", ("Đo từng giờ",)),
    ]
    first = people.demo_accounts(tmp_path, owing)
    assert people.demo_accounts(tmp_path, owing) == first
    assert [one.role for one in first] == ["viewer", "data_officer", "data_officer", "administrator"]
    assert [(one.agency_name, one.owes) for one in first if one.agency] == [(d.name, d.owes) for d in owing]
    assert stat.S_IMODE((tmp_path / "sign-ins.txt").stat().st_mode) == 0o600
    for number, one in enumerate(first):
        user = people.sign_in(request_from(f"10.0.4.{number}"), one.username, one.password)
        assert (user.role, user.agency) == (one.role, one.agency)


def test_a_demonstration_begun_earlier_gains_the_officers_it_lacks(site, tmp_path) -> None:
    from tinh.people import api as people

    kept = tmp_path / "sign-ins.txt"
    old = {"username": "cu", "password": "p", "role": "data_officer", "full_name": "Cũ", "agency": "so-cu"}
    kept.write_text(json.dumps(old) + "\n", encoding="utf-8")
    owing = [people.Debtor("so-cu", "Sở Cũ", ("A",)), people.Debtor("so-moi", "Sở Mới", ("B",))]
    assert [one.username for one in people.demo_accounts(tmp_path, owing)] == ["cu"]
    grown = people.demo_accounts(tmp_path, owing, more=True)
    assert [one.username for one in grown] == ["cu", "so-moi"]
    assert people.demo_accounts(tmp_path, owing) == grown
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600


def test_sign_ins_are_in_the_access_log(someone) -> None:
    from tinh.people import api as people
    from tinh.people.models import Access

    with pytest.raises(people.WrongPassword):
        people.sign_in(request_from("10.0.5.1"), "Lan", "sai")
    people.sign_in(request_from("10.0.5.1"), "Lan", "chè Tân Cương 1 tôm")
    seen = list(Access.objects.filter(address="10.0.5.1").order_by("id").values_list("action", "allowed"))
    assert seen == [("sign in", False), ("sign in", True)]


def test_access_log_forgets_after_two_years(site) -> None:
    from django.utils import timezone

    from tinh.people import api as people
    from tinh.people.models import Access

    long_ago = timezone.now() - timedelta(days=740)
    old = Access.objects.create(who="x", action="push", allowed=True, at=long_ago)
    young = Access.objects.create(who="x", action="push", allowed=True)
    people.forget()
    if Access.objects.filter(
        pk=old.pk
    ).exists():  # lines written before it are young: the start of a chain goes
        assert Access.objects.filter(pk__lt=old.pk, at__gt=long_ago).exists()
    assert Access.objects.filter(pk=young.pk).exists()


def test_every_field_says_whether_it_is_personal(site) -> None:
    from tinh.people.personal import undeclared

    assert undeclared() == []


def test_field_nobody_thought_about_is_an_error(site, monkeypatch) -> None:
    from tinh.people.models import User
    from tinh.people.personal import undeclared

    monkeypatch.setattr(
        User, "personal", {k: v for k, v in User.personal.items() if k != "email"} | {"ghost": "none"}
    )
    assert {fault.id for fault in undeclared()} == {"people.E001", "people.E002"}


def test_tables_and_models_agree(site) -> None:
    from django.core.management import call_command

    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_django_finds_nothing_to_warn_about(site) -> None:
    from django.core.management import call_command

    call_command("check", deploy=True, fail_level="WARNING")
