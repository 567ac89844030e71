"""My account over HTTP: second factors, sessions, passwords, reset links, keys; and what a stranger meets."""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Iterator
from datetime import timedelta
from functools import cache

import httpx
import pytest

PASSWORD = "đồi chè xanh 2026"
ROLE = "administrator"


@pytest.fixture(autouse=True)
def no_brake(site) -> Iterator[None]:
    from tinh.people.models import Attempt

    Attempt.objects.all().delete()
    yield
    Attempt.objects.all().delete()


@cache
def hashed() -> str:
    from django.contrib.auth.hashers import make_password

    return make_password(PASSWORD)


@pytest.fixture
def lan(site):
    from tinh.people.models import User

    name = secrets.token_hex(4)
    made = User(username=f"lan-{name}", email=f"{name}@tn.vn", password=hashed())
    made.save()
    yield made
    made.delete()


def csrf(page: httpx.Response) -> str:
    found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
    assert found, page.text[:2000]
    return found[1]


def send(client: httpx.Client, path: str, page: str = "", **fields: str) -> httpx.Response:
    """Fill in the form of `page` (else `path`) and send it to `path`."""
    return client.post(path, data={"csrfmiddlewaretoken": csrf(client.get(page or path)), **fields})


def enter(site, name: str, password: str = PASSWORD, client: httpx.Client | None = None, **more: str):
    client = client or site.stranger()
    answer = send(client, "/sign-in", name=name, password=password, **more)
    return client, answer


def inside(site, user, **headers: str) -> httpx.Client:
    """A session of `user` as a sign-in begins it, without the price of hashing a password."""
    from django.contrib.sessions.backends.db import SessionStore
    from django.http import HttpRequest

    from tinh.people.sessions import enter as begin

    request = HttpRequest()
    request.META |= {"REMOTE_ADDR": "127.0.0.1", "HTTP_USER_AGENT": headers.get("User-Agent", "")}
    request.session = SessionStore()
    begin(request, user, "password")
    client = site.stranger(**headers)
    client.cookies.set("tinh_session", request.session.session_key or "")
    return client


def is_in(client: httpx.Client) -> bool:
    return client.get("/chi-so/").status_code == 200


def code_of(secret: str, late: int = 0) -> str:
    from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value

    return format_hotp_value(hotp_value(secret.replace(" ", ""), int(time.time()) // 30 + late))


def with_app(site, user) -> tuple[httpx.Client, str, list[str]]:
    """Somebody who has added an app by its page: their session, the app's secret, the recovery codes."""
    client = inside(site, user)
    page = client.get("/tai-khoan/ung-dung")
    secret = re.search(r'<p class="code">([A-Z2-7 ]+)</p>', page.text)[1]
    done = client.post(
        "/tai-khoan/ung-dung", data={"csrfmiddlewaretoken": csrf(page), "code": code_of(secret, -1)}
    )
    shown = client.get(done.headers["location"])
    return client, secret, re.findall(r"<li>(\d{8})</li>", shown.text)


# ── second factors ───────────────────────────────────────────────────────────────────


def test_an_app_is_added_by_its_qr_code_and_asked_for_at_the_next_sign_in(site, lan) -> None:
    client, secret, codes = with_app(site, lan)
    assert len(codes) == 10
    assert not re.findall(r"<li>(\d{8})</li>", client.get("/tai-khoan/ma-du-phong").text)  # shown once
    other, answer = enter(site, lan.username, next="/du-lieu/")
    assert answer.headers["location"] == "/sign-in/buoc-hai?next=%2Fdu-lieu%2F"
    assert not is_in(other)
    wrong = send(other, "/sign-in/buoc-hai", code="000000")
    assert wrong.status_code == 401
    assert "PPL" not in wrong.headers.get("location", "")
    right = send(other, "/sign-in/buoc-hai", code=code_of(secret), next="/du-lieu/")
    assert right.headers["location"] == "/du-lieu/"
    assert is_in(other)


def test_a_code_opens_once(site, lan) -> None:
    _, secret, codes = with_app(site, lan)
    code = code_of(secret)
    for wanted, given in ((True, code), (False, code), (True, codes[3]), (False, codes[3])):
        client, _ = enter(site, lan.username)
        send(client, "/sign-in/buoc-hai", code=given)
        assert is_in(client) is wanted


def test_the_code_that_added_the_app_opens_nothing(site, lan) -> None:
    _, secret, _ = with_app(site, lan)
    client, _ = enter(site, lan.username)
    send(client, "/sign-in/buoc-hai", code=code_of(secret, -1))
    assert not is_in(client)


def test_an_app_is_not_added_by_a_wrong_code(site, lan) -> None:
    client = inside(site, lan)
    assert send(client, "/tai-khoan/ung-dung", code="123456").status_code == 401
    assert enter(site, lan.username)[1].headers["location"] == "/"


def test_secrets_of_second_factors_lie_encrypted(site, lan) -> None:
    from allauth.mfa.models import Authenticator

    _, secret, codes = with_app(site, lan)
    kept = str(list(Authenticator.objects.filter(user=lan).values()))
    assert secret.replace(" ", "") not in kept
    assert not any(code in kept for code in codes)


def test_guessing_codes_slows_the_guesser_and_nobody_else(site, lan) -> None:
    """The owner comes in from another address while somebody with the password guesses."""
    from django.contrib.sessions.backends.db import SessionStore
    from django.http import HttpRequest

    from tinh.people import api as people

    _, secret, _ = with_app(site, lan)

    def begun(address: str) -> HttpRequest:
        request = HttpRequest()
        request.META["REMOTE_ADDR"] = address
        request.session = SessionStore()
        with pytest.raises(people.SecondFactorNeeded):
            people.sign_in(request, lan.username, PASSWORD)
        return request

    guesser = begun("203.0.113.9")
    for _ in range(5):
        with pytest.raises(people.WrongCode):
            people.answer_code(guesser, "000000")
    for attempt in (guesser, begun("203.0.113.9")):
        with pytest.raises(people.TooManyAttempts) as found:
            people.answer_code(attempt, code_of(secret))
        assert "giây" in found.value.detail().vi
    assert people.answer_code(begun("203.0.113.10"), code_of(secret)) == lan


def test_each_further_wrong_answer_doubles_the_pause(site) -> None:
    from django.utils import timezone

    from tinh.people import api as people
    from tinh.people import brake
    from tinh.people.models import Attempt

    mark = brake.mark_of("password", "ai đó")
    pauses = []
    for wrong in range(5, 12):
        Attempt.objects.all().delete()
        now = timezone.now()
        Attempt.objects.bulk_create(Attempt(at=now, address="192.0.2.1", name=mark) for _ in range(wrong))
        with pytest.raises(people.TooManyAttempts) as found:
            brake.hold("192.0.2.1", mark)
        pauses.append(round(found.value.facts["seconds"], -1))
        brake.hold("192.0.2.2", mark)
    assert pauses == [60, 120, 240, 480, 900, 900, 900]


def test_a_network_of_version_6_counts_as_one_address(site) -> None:
    from tinh.people.brake import network_of

    assert (
        network_of("2001:db8:1:2:3::4") == network_of("2001:db8:1:2:ffff::9") != network_of("2001:db8:1:3::4")
    )
    assert network_of("::ffff:192.0.2.7") == network_of("192.0.2.7") == "192.0.2.7"


def test_a_known_and_an_unknown_name_take_the_same_work(site, lan, monkeypatch) -> None:
    """Both hash one password: counted, as clocks lie under load."""
    from django.contrib.auth.hashers import PBKDF2PasswordHasher
    from tests.people.test_accounts import request_from

    from tinh.people import api as people

    hashed = []
    plain = PBKDF2PasswordHasher.encode
    monkeypatch.setattr(
        PBKDF2PasswordHasher, "encode", lambda self, *a, **k: (hashed.append(1), plain(self, *a, **k))[1]
    )
    counts = []
    for name in (lan.username, "không ai tên này"):
        hashed.clear()
        with pytest.raises(people.WrongPassword):
            people.sign_in(request_from("198.51.100.1"), name, "sai bét")
        counts.append(len(hashed))
    assert counts == [1, 1]


# ── who must have one ────────────────────────────────────────────────────────────────


def test_an_administrator_is_led_to_a_second_factor_and_after_the_grace_gets_nowhere_else(site) -> None:
    from django.utils import timezone

    from tinh.people import api as people

    name = f"quan-{secrets.token_hex(4)}"
    user = people.create_account(name, PASSWORD, ROLE)
    client, answer = enter(site, name, next="/du-lieu/")
    assert answer.headers["location"] == "/tai-khoan/?next=%2Fdu-lieu%2F"
    led = client.get(answer.headers["location"])
    assert "bước xác thực thứ hai" in led.text
    assert 'href="/du-lieu/"' in led.text
    assert is_in(client)  # in the days of grace
    people.User.objects.filter(pk=user.pk).update(created_at=timezone.now() - timedelta(days=8))
    assert client.get("/chi-so/").headers["location"] == "/tai-khoan/?next=%2Fchi-so%2F"
    assert client.get("/api/v1/me").json()["code"] == "PPL057"
    assert client.get("/tai-khoan/").status_code == 200
    _, secret = people.create_token(user, "máy")
    assert site.stranger(Authorization=f"Bearer {secret}").get("/api/v1/me").status_code == 200
    page = client.get("/tai-khoan/ung-dung")
    app = re.search(r'<p class="code">([A-Z2-7 ]+)</p>', page.text)[1]
    client.post("/tai-khoan/ung-dung", data={"csrfmiddlewaretoken": csrf(page), "code": code_of(app)})
    assert is_in(client)
    last = send(client, "/tai-khoan/bo", "/tai-khoan/", app="1")
    assert last.status_code == 409
    user.delete()


def test_the_demonstration_asks_its_own_accounts_for_nothing_more(site, tmp_path) -> None:
    from tinh.people import api as people

    for one in people.demo_accounts(tmp_path, [people.Debtor("so-nnmt", "Sở NN&MT", ("Không khí",))]):
        found = people.account_named(one.username)
        assert not people.must_have_second(found)
    people.User.objects.filter(demo=True).delete()  # others begin their own demonstration here


def test_roles_in_the_declaration_are_the_roles_there_are(site) -> None:
    from typing import get_args

    from tinh.packs.api import SignInRole
    from tinh.people import api as people

    assert set(get_args(SignInRole)) | {"service"} == set(people.Role.values)


# ── sessions ─────────────────────────────────────────────────────────────────────────


def test_a_sign_in_begins_a_session_of_its_own(site, lan) -> None:
    """Whoever planted a session beforehand, a stranger's or another's, is not in it afterwards."""
    client = site.stranger()
    client.get("/tai-khoan/oidc/khong-co/")
    client.post(
        "/tai-khoan/thach-thuc",
        data={"csrfmiddlewaretoken": csrf(client.get("/sign-in")), "purpose": "sign-in"},
    )
    planted = client.cookies["tinh_session"]
    enter(site, lan.username, client=client)
    assert client.cookies["tinh_session"] != planted
    thief = site.stranger()
    thief.cookies.set("tinh_session", planted)
    assert not is_in(thief)
    before = client.cookies["tinh_session"]
    send(client, "/tai-khoan/xac-nhan", password=PASSWORD)  # proving oneself changes the key as well
    assert client.cookies["tinh_session"] != before
    assert is_in(client)


def test_sessions_are_listed_in_words_and_ended_one_by_one_and_all(site, lan) -> None:
    agent = "Mozilla/5.0 (Linux; Android 14) Chrome/130.0 Mobile Safari/537.36"
    others = [inside(site, lan, **{"User-Agent": agent}), inside(site, lan), inside(site, lan)]
    client = inside(site, lan)
    page = client.get("/tai-khoan/")
    assert "Chrome trên Android" in page.text
    assert page.text.count("nơi này</span>") == 1
    assert page.headers["cache-control"] == "no-store"
    numbers = re.findall(r'name="visit" value="(\d+)"', page.text)
    assert len(numbers) == 3
    send(client, "/tai-khoan/phien", "/tai-khoan/", visit=numbers[-1])
    assert [is_in(one) for one in others] == [False, True, True]
    send(client, "/tai-khoan/phien", "/tai-khoan/", all="1")
    assert [is_in(one) for one in others] == [False, False, False]
    assert is_in(client)


def test_nobody_ends_the_session_of_another(site, lan) -> None:
    from tinh.people.models import Visit

    victim = inside(site, lan)
    number = Visit.objects.get(user=lan).pk
    send(site.person("viewer"), "/tai-khoan/phien", "/tai-khoan/", visit=str(number))
    assert is_in(victim)


@pytest.mark.parametrize(("key", "seconds"), [("tinh.began", 13 * 3600), ("tinh.seen", 13 * 3600)])
def test_a_session_ends_by_its_age_and_by_being_left_alone(site, lan, key: str, seconds: int) -> None:
    from django.contrib.sessions.backends.db import SessionStore

    client = inside(site, lan)
    store = SessionStore(client.cookies["tinh_session"])
    store[key] = store[key] - seconds
    store.save()
    assert not is_in(client)
    assert "tinh_session" not in client.cookies or not is_in(client)


def test_a_page_that_fetches_itself_keeps_nobody_signed_in(site, lan) -> None:
    from django.contrib.sessions.backends.db import SessionStore

    client = inside(site, lan)
    key = client.cookies["tinh_session"]
    store = SessionStore(key)
    store["tinh.seen"] = then = store["tinh.seen"] - 600
    store.save()
    client.get("/chi-so/", headers={"Sec-Fetch-Dest": "empty"})
    assert SessionStore(key)["tinh.seen"] == then
    client.get("/chi-so/", headers={"Sec-Fetch-Dest": "document"})
    assert SessionStore(key)["tinh.seen"] > then


@pytest.mark.parametrize(
    "next", ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)"]
)
def test_after_signing_in_nobody_is_sent_elsewhere(site, lan, next: str) -> None:
    _, answer = enter(site, lan.username, next=next)
    assert answer.headers["location"] == "/"


def test_forms_of_the_account_ask_for_their_token(site, lan) -> None:
    client = inside(site, lan)
    for path in ("phien", "mat-khau", "bo", "chi-tiet", "lien-ket", "khoa/", "ma-du-phong", "thach-thuc"):
        assert client.post(f"/tai-khoan/{path}", data={"all": "1"}).status_code == 403


@pytest.mark.parametrize(
    "path", ["", "xac-nhan", "ung-dung", "khoa-truy-cap", "ma-du-phong", "khoa/", "dat-lai/"]
)
def test_pages_of_the_account_are_for_sessions_and_in_no_cache(site, path: str) -> None:
    stranger = site.stranger().get(f"/tai-khoan/{path}")
    assert stranger.headers["location"].startswith("/sign-in?next=")
    program = site.program("viewer").get(f"/tai-khoan/{path}")
    assert program.status_code == 302
    client = site.person("viewer")
    assert client.get(f"/tai-khoan/{path}").headers["cache-control"] == "no-store"


def test_sensitive_changes_ask_again_who_one_is(site, lan) -> None:
    from django.contrib.sessions.backends.db import SessionStore

    client = inside(site, lan)
    token = csrf(client.get("/tai-khoan/"))
    store = SessionStore(client.cookies["tinh_session"])
    store["tinh.proved"] = store["tinh.proved"] - 3600
    store.save()
    for path in ("ung-dung", "khoa-truy-cap"):
        goal = client.get(f"/tai-khoan/{path}").headers["location"]
        assert goal.startswith("/tai-khoan/xac-nhan?next=")
    for path, fields in (
        ("bo", {"app": "1"}), ("ma-du-phong", {}), ("khoa/", {"make": "1", "name": "x", "days": "9"}),
        ("lien-ket", {"provider": "x"}), ("chi-tiet", {"email": "moi@tn.vn", "full_name": ""}),
    ):  # fmt: skip
        answer = client.post(f"/tai-khoan/{path}", data={"csrfmiddlewaretoken": token, **fields})
        assert answer.headers["location"].startswith("/tai-khoan/xac-nhan"), path
    assert send(client, "/tai-khoan/xac-nhan", password="sai").status_code == 401
    assert (
        send(client, "/tai-khoan/xac-nhan", password=PASSWORD, next="/tai-khoan/ung-dung").status_code == 302
    )
    assert client.get("/tai-khoan/ung-dung").status_code == 200


# ── passwords ────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("keys", [True, False])
def test_a_new_password_ends_other_sessions_and_the_keys_if_asked(site, lan, keys: bool) -> None:
    from tinh.people import api as people

    _, secret = people.create_token(lan, "máy")
    other, client = inside(site, lan), inside(site, lan)
    fields = {"old": PASSWORD, "new": "bốn mùa chè xanh 27"} | ({"keys": "1"} if keys else {})
    answer = send(client, "/tai-khoan/mat-khau", "/tai-khoan/", **fields)
    assert answer.headers["location"] == "/tai-khoan/?xong=mat-khau"
    assert [is_in(client), is_in(other)] == [True, False]
    program = site.stranger(Authorization=f"Bearer {secret}").get("/api/v1/me")
    assert program.status_code == (401 if keys else 200)
    assert len(people.visits_of(lan)) == 1


@pytest.mark.parametrize(
    ("old", "new", "status"), [("sai", "bốn mùa chè xanh 27", 401), (PASSWORD, "ngắn", 422)]
)
def test_a_password_is_not_changed_without_the_old_one_or_to_a_weak_one(site, lan, old, new, status) -> None:
    client = inside(site, lan)
    assert send(client, "/tai-khoan/mat-khau", "/tai-khoan/", old=old, new=new).status_code == status
    assert is_in(enter(site, lan.username)[0])


def test_a_reset_link_opens_once_and_ends_what_was(site, lan) -> None:
    from tinh.people import api as people

    session, _, _ = with_app(site, lan)
    _, secret = people.create_token(lan, "máy")
    admin = proven(site, ROLE)
    page = send(admin, "/tai-khoan/dat-lai/", name=lan.email, factors="1")
    link = re.search(r"(/tai-khoan/dat-lai/[\w-]{40,})", page.text)[1]
    assert link not in admin.get("/tai-khoan/dat-lai/").text
    stranger = site.stranger()
    opened = stranger.get(link)
    assert opened.headers["referrer-policy"] == "no-referrer"
    assert send(stranger, link, new="ngắn").status_code == 422
    assert send(stranger, link, new="bốn mùa chè xanh 27").headers["location"] == "/sign-in?dat-lai=1"
    assert stranger.get(link).status_code == 404
    assert not is_in(session)
    assert site.stranger(Authorization=f"Bearer {secret}").get("/api/v1/me").status_code == 401
    assert is_in(enter(site, lan.username, "bốn mùa chè xanh 27")[0])  # and without the lost app


def test_reset_links_are_made_by_administrators_and_the_newest_counts(site, lan) -> None:
    from django.utils import timezone

    from tinh.people import api as people
    from tinh.people.models import Reset

    assert site.person("viewer").get("/tai-khoan/dat-lai/").status_code == 403
    actor = people.actor_named(site.account(ROLE))
    first, second = people.make_reset(actor, lan), people.make_reset(actor, lan)
    with pytest.raises(people.LinkSpent):
        people.whose_reset(first)
    assert people.whose_reset(second) == lan
    assert second not in str(list(Reset.objects.values()))
    Reset.objects.update(expires_at=timezone.now())
    with pytest.raises(people.LinkSpent):
        people.whose_reset(second)


# ── keys ─────────────────────────────────────────────────────────────────────────────


def proven(site, role: str, agency: str = "") -> httpx.Client:
    return inside(site, site.account(role, agency))


def secret_in(page: httpx.Response) -> str:
    return re.search(r">(tinh_[\w-]+)<", page.text)[1]


def test_a_data_officer_opens_a_service_account_of_the_own_agency_with_a_narrow_key(site) -> None:
    from tinh.people import api as people

    client = proven(site, "data_officer", "so-nnmt")
    name, label = f"tram-{secrets.token_hex(4)}", f"trạm khí {secrets.token_hex(4)}"
    send(client, "/tai-khoan/khoa/", open="1", service=name, agency="so-nnmt")
    refused = send(client, "/tai-khoan/khoa/", open="1", service=f"{name}-2", agency="so-tc")
    assert refused.status_code == 403
    page = client.get("/tai-khoan/khoa/")
    fields = {
        "csrfmiddlewaretoken": csrf(page), "make": "1", "owner": name, "name": label, "days": "30",
        "action": ["push"], "dataset": ["air-hourly"],
    }  # fmt: skip
    made = client.post("/tai-khoan/khoa/", data=fields)
    secret = secret_in(made)
    assert secret not in client.get("/tai-khoan/khoa/").text
    assert enter(site, name)[1].status_code == 401  # no web sign-in
    program = site.stranger(Authorization=f"Bearer {secret}")
    csv = {"file": ("a.csv", b"rubbish\n1\n", "text/csv")}
    assert program.post("/api/v1/datasets/air-hourly/receipts", files=csv).status_code not in (401, 403)
    assert program.post("/api/v1/datasets/telecom-monthly/receipts", files=csv).status_code == 403
    actor = people.actor_of_token(secret)
    air = site.prepared.catalogue.datasets["air-hourly"]
    assert people.may(actor, "push", air)
    assert not people.may(actor, "read raw", air)
    assert label in site.person(ROLE).get("/tai-khoan/khoa/").text
    assert label not in site.person("data_officer", "so-tc").get("/tai-khoan/khoa/").text
    assert label in client.get("/tai-khoan/khoa/").text
    row = client.get("/tai-khoan/khoa/").text.split(f'<td class="first">{label}</td>')[1]
    number = re.search(r'name="revoke" value="(\d+)"', row)[1]
    send(site.person("data_officer", "so-tc"), "/tai-khoan/khoa/", revoke=number)
    assert people.actor_of_token(secret)
    send(client, "/tai-khoan/khoa/", revoke=number)
    with pytest.raises(people.TokenRefused):
        people.actor_of_token(secret)


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"action": ["manage accounts"]}, 422), ({"action": []}, 422), ({"days": "0"}, 422),
        ({"days": "400"}, 422), ({"dataset": ["khong-co"]}, 422), ({"owner": "quan-tri-khac"}, 422),
    ],
    ids=str,
)  # fmt: skip
def test_a_key_is_no_wider_and_no_longer_than_it_may(site, fields, status) -> None:
    from tinh.people import api as people

    client = proven(site, "data_officer", "so-nnmt")
    service = people.create_account(f"may-{secrets.token_hex(4)}", PASSWORD, "service", agency="so-nnmt")
    page = client.get("/tai-khoan/khoa/")
    whole = {"csrfmiddlewaretoken": csrf(page), "make": "1", "owner": service.username, "name": "x",
             "days": "9", "action": ["push"], **fields}  # fmt: skip
    assert client.post("/tai-khoan/khoa/", data=whole).status_code == status
    service.delete()


def test_a_rotated_key_leaves_the_old_one_a_day_and_a_revoked_one_none(site, lan) -> None:
    from django.utils import timezone

    from tinh.people import api as people

    token, old = people.create_token(lan, "máy", ("air-hourly",), 30, ("read",))
    client = inside(site, lan)
    new = secret_in(send(client, "/tai-khoan/khoa/", rotate=str(token.pk)))
    assert (
        people.actor_of_token(new).datasets
        == people.actor_of_token(old).datasets
        == frozenset({"air-hourly"})
    )
    assert people.actor_of_token(new).actions == frozenset({"read"})
    people.Token.objects.filter(pk=token.pk).update(expires_at=timezone.now())
    with pytest.raises(people.TokenRefused):
        people.actor_of_token(old)
    number = people.Token.objects.exclude(pk=token.pk).get(owner=lan).pk
    stranger = proven(site, "data_officer", "so-nnmt")
    assert send(stranger, "/tai-khoan/khoa/", revoke=str(number)).status_code == 404
    send(client, "/tai-khoan/khoa/", revoke=str(number))
    with pytest.raises(people.TokenRefused):
        people.actor_of_token(new)


def test_many_wrong_secrets_slow_their_sender_and_never_a_right_one(site, lan, monkeypatch) -> None:
    from tinh.people import api as people
    from tinh.people.brake import Flood

    monkeypatch.setattr("tinh.people.callers._flood", Flood(most=3))
    _, secret = people.create_token(lan, "máy")
    bad = site.stranger(Authorization="Bearer tinh_made-up")
    assert [bad.get("/api/v1/me").status_code for _ in range(5)] == [401, 401, 401, 429, 429]
    assert site.stranger(Authorization=f"Bearer {secret}").get("/api/v1/me").status_code == 200
