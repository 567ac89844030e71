"""Signing in by way of an OpenID provider: a real one, in a process of its own."""

from __future__ import annotations

import re
import secrets
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

PASSWORD = "đồi chè xanh 2026"


@pytest.fixture(scope="module")
def provider():
    from tests.harness.openid import start

    made = start()
    yield made
    made.stop()


@pytest.fixture
def sso(site, provider):
    """The site with this provider declared, well-behaved and unknown to it."""
    from tinh.kit.errors import Text
    from tinh.packs.api import Grant, OidcProvider, SignIn
    from tinh.people import api as people
    from tinh.people.oidc.provider import forget

    provider.be(wrong={}, person=person(), forget=True)
    forget()
    declared = OidcProvider(
        id="sso", name=Text("SSO tỉnh", "Province SSO"), issuer=provider.issuer, client="tinh", secret="SSO",
        agency_claim="dept", agencies={"H55.01": "so-nnmt", "H55.02": "so-tc"},
        grants=(
            Grant(claim="realm.roles", value="data", role="data_officer"),
            Grant(claim="groups", value="xem", role="viewer", agency="vp-ubnd"),
        ),
    )  # fmt: skip
    before = people.rules()
    people.declare(
        people.Rules(
            sign_in=lambda: SignIn(providers=(declared,)), secret={"SSO": "bí mật"}.get,
            province=before.province,
        )
    )  # fmt: skip
    yield provider
    people.declare(before)
    people.User.objects.filter(username__startswith="oidc").delete()


def person(**more):
    name = f"oidc-{secrets.token_hex(4)}"
    return {"sub": name, "preferred_username": name, "name": "Nguyễn Văn Tám", "groups": ["xem"], **more}


def come(site, client: httpx.Client | None = None, path: str = "/tai-khoan/oidc/sso/") -> httpx.Response:
    """Go the whole way: to the provider and back."""
    client = client or site.stranger()
    response = client.get(path)
    for _ in range(3):
        if not response.is_redirect:
            break
        goal = response.headers["location"]
        response = httpx.get(goal) if goal.startswith("http") and "/authorize" in goal else client.get(goal)
        if response.is_redirect and "/ve?" in response.headers["location"]:
            return client.get(response.headers["location"])
    return response


def is_in(client: httpx.Client) -> bool:
    return client.get("/chi-so/").status_code == 200


def test_who_has_a_right_by_their_claims_comes_in_with_it(site, sso) -> None:
    from tinh.people import api as people

    who = person(realm={"roles": ["data"]}, dept="H55.01")
    sso.be(person=who)
    client = site.stranger()
    back = come(site, client, "/tai-khoan/oidc/sso/?next=/du-lieu/")
    assert (back.status_code, back.headers["location"]) == (302, "/du-lieu/")
    assert is_in(client)
    user = people.account_named(who["sub"])
    assert (user.role, user.agency, user.full_name) == ("data_officer", "so-nnmt", "Nguyễn Văn Tám")
    assert not user.has_usable_password()


def test_a_claim_taken_away_takes_the_right_and_the_sessions_away(site, sso) -> None:
    from tinh.people import api as people

    who = person(realm={"roles": ["data"]}, dept="H55.02")
    sso.be(person=who)
    first = site.stranger()
    come(site, first)
    assert is_in(first)
    sso.be(person={**who, "realm": {"roles": []}, "groups": []})
    refused = come(site)
    assert refused.status_code == 403
    assert "PPL062" in refused.text
    assert not is_in(first)
    sso.be(person={**who, "realm": {}, "groups": ["xem"]})
    come(site)
    assert people.account_named(who["sub"]).role == "viewer"


@pytest.mark.parametrize(
    "claims", [{}, {"groups": ["khác"]}, {"groups": "xe"}, {"realm": {"roles": ["data"]}, "dept": "lạ"}]
)
def test_nobody_comes_in_without_a_declared_right(site, sso, claims) -> None:
    from tinh.people import api as people

    who = {k: v for k, v in person().items() if k != "groups"} | claims
    sso.be(person=who)
    client = site.stranger()
    refused = come(site, client)
    assert refused.status_code == 403
    assert "PPL062" in refused.text
    assert not is_in(client)
    assert not people.User.objects.filter(username=who["sub"]).exists()


@pytest.mark.parametrize(
    ("wrong", "code", "word"),
    [
        ({"claims": {"iss": "http://127.0.0.1:1"}}, "PPL061", "iss"),
        ({"claims": {"aud": "khac"}}, "PPL061", "aud"),
        ({"claims": {"aud": ["tinh", "khac"]}}, "PPL061", "azp"),
        ({"claims": {"exp": 1_700_000_000}}, "PPL061", "exp"),
        ({"claims": {"exp": None}}, "PPL061", "exp"),
        ({"claims": {"iat": 4_000_000_000}}, "PPL061", "iat"),
        ({"claims": {"nonce": "cũ"}}, "PPL061", "nonce"),
        ({"claims": {"nonce": None}}, "PPL061", "nonce"),
        ({"claims": {"sub": None}}, "PPL061", "sub"),
        ({"claims": {"at_hash": "AAAA"}}, "PPL061", "at_hash"),
        ({"alg": "none"}, "PPL061", "none"),
        ({"alg": "HS256"}, "PPL061", "HS256"),
        ({"stranger": True}, "PPL061", "signature"),
        ({"answer_iss": "http://127.0.0.1:2"}, "PPL061", "iss"),
        ({"userinfo": {"sub": "người khác"}}, "PPL061", "userinfo"),
        ({"discovery_issuer": "http://127.0.0.1:3"}, "PPL059", "issuer"),
        ({"error": "access_denied"}, "PPL060", "access_denied"),
    ],
    ids=str,
)  # fmt: skip
def test_what_a_provider_may_not_do_lets_nobody_in_and_is_said_in_words(site, sso, wrong, code, word) -> None:
    from tinh.people.models import Attempt

    Attempt.objects.all().delete()
    who = person()
    sso.be(person=who, wrong=wrong)
    client = site.stranger()
    page = come(site, client)
    assert page.status_code >= 400
    assert code in page.text
    assert word in page.text
    assert "SSO tỉnh" in page.text
    assert not is_in(client)
    Attempt.objects.all().delete()


def test_keys_may_be_rotated_and_invented_ones_do_not_make_us_hammer(site, sso) -> None:
    from tinh.people.models import Attempt

    client = site.stranger()
    come(site, client)
    assert is_in(client)
    for kind in ("ES256", "RS256"):
        sso.be(rotate=kind, person=person())
        client = site.stranger()
        come(site, client)
        assert is_in(client), kind
    before = sso.asked("/jwks")
    for _ in range(12):
        token = site_token(sso, kid="bịa")
        said = site.stranger().post("/tai-khoan/oidc/sso/dang-xuat", data={"logout_token": token})
        assert said.status_code == 400
    assert sso.asked("/jwks") - before <= 5
    Attempt.objects.all().delete()


def site_token(sso, kid: str) -> str:
    import base64
    import json

    token = sso.be(logout={"sub": "x"})
    head, rest = token.split(".", 1)
    header = json.loads(base64.urlsafe_b64decode(head + "=="))
    made = base64.urlsafe_b64encode(json.dumps({**header, "kid": kid}).encode()).decode().rstrip("=")
    return f"{made}.{rest}"


@pytest.mark.parametrize("verified", [False, None, True])
def test_an_address_never_opens_an_account_that_is_here(site, sso, verified) -> None:
    from tinh.people import api as people

    email = f"{secrets.token_hex(4)}@tn.vn"
    own = people.create_account(f"oidc-own-{secrets.token_hex(3)}", PASSWORD, email=email)
    who = person(email=own.email.upper())
    if verified is not None:
        who["email_verified"] = verified
    sso.be(person=who)
    client = site.stranger()
    page = come(site, client)
    if verified:
        assert page.status_code == 409
        assert "PPL063" in page.text
        assert not is_in(client)
    else:
        assert is_in(client)
        assert people.account_named(who["sub"]).email == ""
    from tinh.people.models import Identity

    assert not Identity.objects.filter(user=own).exists()


def csrf(page: httpx.Response) -> str:
    found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
    assert found
    return found[1]


def signed_in(site, name: str, password: str = PASSWORD) -> httpx.Client:
    client = site.stranger()
    token = csrf(client.get("/sign-in"))
    client.post("/sign-in", data={"csrfmiddlewaretoken": token, "name": name, "password": password})
    return client


def linked(site, sso, who) -> tuple[object, httpx.Client]:
    from tinh.people import api as people

    own = people.create_account(f"oidc-own-{secrets.token_hex(3)}", PASSWORD)
    sso.be(person=who)
    client = signed_in(site, own.username)
    token = csrf(client.get("/tai-khoan/"))
    page = client.post("/tai-khoan/lien-ket", data={"csrfmiddlewaretoken": token, "provider": "sso"})
    goal = re.search(r'class="button main" href="([^"]+)"', page.text)
    assert goal, page.text
    there = httpx.get(goal[1].replace("&amp;", "&"))
    assert client.get(there.headers["location"]).status_code == 302
    return own, client


def test_a_signed_in_person_links_by_consent_and_keeps_their_own_role(site, sso) -> None:
    from tinh.people import api as people

    who = person(groups=[], email="linked@tn.vn", email_verified=True)
    own, _ = linked(site, sso, who)
    client = site.stranger()
    come(site, client)
    assert is_in(client)
    assert own.username in client.get("/tai-khoan/").text
    assert people.account_named(own.username).role == "viewer"
    other = people.create_account(f"oidc-own-{secrets.token_hex(3)}", PASSWORD)
    thief = signed_in(site, other.username)
    token = csrf(thief.get("/tai-khoan/"))
    page = thief.post("/tai-khoan/lien-ket", data={"csrfmiddlewaretoken": token, "provider": "sso"})
    goal = re.search(r'class="button main" href="([^"]+)"', page.text)[1].replace("&amp;", "&")
    assert "PPL064" in thief.get(httpx.get(goal).headers["location"]).text


def test_an_answer_meant_for_another_browser_opens_nothing(site, sso) -> None:
    victim, attacker = site.stranger(), site.stranger()
    goal = attacker.get("/tai-khoan/oidc/sso/").headers["location"]
    answer = httpx.get(goal).headers["location"]
    assert "PPL052" in victim.get(answer).text
    assert not is_in(victim)
    attacker.get(answer)
    assert is_in(attacker)
    assert "PPL052" in attacker.get(answer).text  # and once only


def test_the_question_carries_pkce_state_and_nonce_anew_each_time(site, sso) -> None:
    client = site.stranger()
    goals = [client.get("/tai-khoan/oidc/sso/").headers["location"] for _ in range(2)]
    asked = [parse_qs(urlsplit(goal).query) for goal in goals]
    for one in asked:
        assert one["code_challenge_method"] == ["S256"]
        assert one["redirect_uri"] == [f"{site.address}/tai-khoan/oidc/sso/ve"]
    for name in ("state", "nonce", "code_challenge"):
        assert asked[0][name] != asked[1][name]
        assert len(asked[0][name][0]) >= 43


def test_leaving_here_leaves_there(site, sso) -> None:
    client = site.stranger()
    come(site, client)
    token = csrf(client.get("/tai-khoan/"))
    page = client.post("/sign-out", data={"csrfmiddlewaretoken": token})
    goal = re.search(r'class="button main" href="([^"]+)"', page.text)[1].replace("&amp;", "&")
    asks = parse_qs(urlsplit(goal).query)
    assert goal.startswith(f"{sso.issuer}/end?")
    assert asks["post_logout_redirect_uri"] == [f"{site.address}/sign-in"]
    assert asks["id_token_hint"][0].count(".") == 2
    assert not is_in(client)


@pytest.mark.parametrize("by", ["sid", "sub"])
def test_leaving_there_leaves_here(site, sso, by: str) -> None:
    who = person()
    sso.be(person=who)
    client, bystander = site.stranger(), site.stranger()
    come(site, client)
    sso.be(person=person())
    come(site, bystander)
    said = {"sid": f"s-{who['sub']}"} if by == "sid" else {"sub": who["sub"]}
    token = sso.be(logout=said)
    address = "/tai-khoan/oidc/sso/dang-xuat"
    assert site.stranger().post(address, data={"logout_token": token}).status_code == 200
    assert not is_in(client)
    assert is_in(bystander)
    assert site.stranger().post(address, data={"logout_token": token}).status_code == 400  # once only


@pytest.mark.parametrize(
    "wrong",
    [{"events": {}}, {"events": None}, {"nonce": "n"}, {"iat": 1_700_000_000}, {"aud": "khac"},
     {"sub": None}, {"jti": None}, {"iss": "http://127.0.0.1:4"}],
    ids=str,
)  # fmt: skip
def test_a_false_word_of_leaving_ends_nothing(site, sso, wrong) -> None:
    who = person()
    sso.be(person=who)
    client = site.stranger()
    come(site, client)
    token = sso.be(logout={"sub": who["sub"], **wrong})
    said = site.stranger().post("/tai-khoan/oidc/sso/dang-xuat", data={"logout_token": token})
    assert said.status_code == 400
    assert said.json()["code"] == "PPL061"
    assert is_in(client)


def test_a_provider_nobody_declared_and_one_that_is_silent_are_said_in_words(site, sso) -> None:
    from tinh.people.oidc.provider import forget

    assert "PPL058" in site.stranger().get("/tai-khoan/oidc/khong-co/").text
    sso.be(wrong={"without": ["token_endpoint"]})
    forget()
    page = site.stranger().get("/tai-khoan/oidc/sso/")
    assert page.status_code == 502
    assert "PPL059" in page.text


def test_our_second_factor_is_asked_after_the_provider(site, sso) -> None:
    from tinh.people import api as people

    who = person()
    own, _ = linked(site, sso, who)
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

    TOTP.activate(own, generate_totp_secret())
    client = site.stranger()
    back = come(site, client)
    assert back.headers["location"].startswith("/sign-in/buoc-hai")
    assert not is_in(client)
    people.drop_factors(own)
