"""Invitations, posts handed on, leaving, and agencies that merge under the people who work there."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import timezone

PASSWORD = "đồi chè xanh buổi sớm"


@pytest.fixture
def office(site):
    """An agency of this test alone with a data officer, a colleague and an administrator."""
    from tinh.jobs import api as jobs
    from tinh.kit.ids import fresh
    from tinh.people import api as people

    id = f"vp-{fresh(6)}"
    jobs.add_agency({"id": id, "name": {"vi": f"Văn phòng {id}", "en": id}}, "test")

    def account(role: str, agency: str = "") -> people.User:
        return people.create_account(f"{role[:4]}-{fresh(6)}", PASSWORD, role, agency=agency)

    return id, account("data_officer", id), account("viewer", id), account("administrator")


def acting(officer, colleague, until, by=None):
    from tinh.people import api as people

    actor = people.actor_named(by or officer)
    return people.appoint_acting(actor, officer, colleague, None, timezone.now(), until, "đi công tác")


def noted_of(who: str) -> list[str]:
    from tinh.people.models import Access

    return list(Access.objects.filter(who=who).values_list("subject", flat=True))


def scope(agency: str, role: str = "data_officer"):
    from tinh.jobs import api as jobs

    return jobs.scope(role, agency)


def test_an_invitation_opens_the_account_it_was_made_for_and_only_once(office) -> None:
    from tinh.people import api as people

    agency, _, _, admin = office
    made, secret = people.invite(admin, scope(agency), email=f"{agency}@example.vn", full_name="Bế Thị Sim")
    assert secret not in str(vars(made)), "the link's secret is nowhere stored"
    user = people.accept(secret, PASSWORD, username=f"sim-{agency}")
    assert (user.role, user.agency, user.full_name) == ("data_officer", agency, "Bế Thị Sim")
    assert user.check_password(PASSWORD)
    with pytest.raises(people.PeopleError) as again:
        people.accept(secret, PASSWORD, username="ai-khac")
    assert again.value.code == "PPL036"


def test_a_link_says_whether_it_is_unknown_over_or_taken_back(office) -> None:
    from tinh.people import api as people

    agency, _, _, admin = office
    made, secret = people.invite(admin, scope(agency), full_name="Ai đó")
    code = {}
    for name, change in (
        ("PPL037", {"revoked_at": timezone.now()}),
        ("PPL035", {"revoked_at": None, "expires_at": timezone.now() - timedelta(hours=1)}),
    ):
        people.Invitation.objects.filter(pk=made.pk).update(**change)
        with pytest.raises(people.PeopleError) as refused:
            people.invitation_of(secret)
        code[name] = refused.value.code
        assert admin.username in refused.value.remedy().vi
    assert code == {"PPL037": "PPL037", "PPL035": "PPL035"}
    with pytest.raises(people.PeopleError) as unknown:
        people.invitation_of("khong-co")
    assert unknown.value.code == "PPL034"
    fresh = people.renew_invitation(made)
    assert people.invitation_of(fresh).pk == made.pk
    with pytest.raises(people.PeopleError):
        people.invitation_of(secret)


def test_a_second_invitation_to_an_address_ends_the_first(office) -> None:
    from tinh.people import api as people

    agency, _, _, admin = office
    _, first = people.invite(admin, scope(agency), email=f"hai-{agency}@example.vn")
    _, second = people.invite(admin, scope(agency), email=f"hai-{agency}@example.vn")
    assert people.invitation_of(second)
    with pytest.raises(people.PeopleError) as refused:
        people.invitation_of(first)
    assert refused.value.code == "PPL037"


@pytest.mark.parametrize(
    ("role", "agency", "place", "sector"),
    [
        ("data_officer", "", "", ""), ("giam-doc", "so-tc", "", ""), ("viewer", "khong-co", "", ""),
        ("viewer", "", "99999", ""), ("viewer", "", "", "khong-co"), ("commune_officer", "so-tc", "", ""),
    ],
)  # fmt: skip
def test_a_scope_that_is_not_there_is_refused(site, role: str, agency: str, place: str, sector: str) -> None:
    from tinh.jobs import api as jobs
    from tinh.people import api as people

    with pytest.raises(people.ScopeUnknown):
        jobs.scope(role, agency, place, sector)


def test_an_acting_head_may_what_the_head_may_until_the_last_day_and_no_longer(office) -> None:
    from tinh.people import api as people

    agency, officer, colleague, _ = office
    tomorrow = timezone.now() + timedelta(days=1)
    before = people.actor_named(colleague)
    assert not people.may(before, "push", agency=agency)
    post = acting(officer, colleague, tomorrow)
    assert people.may(people.actor_named(colleague), "push", agency=agency)
    assert post.acting_for == officer.username
    people.Post.objects.filter(pk=post.pk).update(until=timezone.now())
    assert not people.may(people.actor_named(colleague), "push", agency=agency)


def test_an_administrator_may_appoint_an_acting_officer_and_nobody_else_may(office) -> None:
    from tinh.people import api as people

    agency, officer, colleague, admin = office
    until = timezone.now() + timedelta(days=3)
    with pytest.raises(people.NotAllowed):
        acting(officer, colleague, until, by=colleague)
    post = acting(officer, colleague, until, by=admin)
    assert post.acting_for == officer.username
    assert people.may(people.actor_named(colleague), "push", agency=agency)
    noted = noted_of(admin.username)
    assert f"{officer.username} → {colleague.username}" in noted


def test_leaving_ends_sessions_keys_and_posts_and_hands_duties_over(site, office) -> None:
    from tinh.jobs import api as jobs
    from tinh.people import api as people

    agency, officer, colleague, admin = office
    jobs.change_agency(agency, {"head": officer.username}, "test")
    _, key = people.create_token(officer, "đẩy số liệu")
    until = timezone.now() + timedelta(days=9)
    handed = acting(officer, colleague, until)
    page = site.stranger()
    token = page.get("/sign-in").text.split('csrfmiddlewaretoken" value="')[1].split('"')[0]
    page.post(
        "/sign-in",
        data={"name": officer.username, "password": PASSWORD, "csrfmiddlewaretoken": token},
        headers={"Referer": site.address, "Origin": site.address},
    )
    assert page.get("/viec-cua-toi/").status_code == 200
    left = jobs.leave(officer, people.actor_named(admin), colleague, "chuyển công tác")
    assert (len(left.keys), len(left.given), left.headships, left.sessions) == (1, 1, (agency,), 1)
    assert page.get("/viec-cua-toi/").status_code == 302
    with pytest.raises(people.TokenRefused):
        people.actor_of_token(key)
    handed.refresh_from_db()
    assert handed.ended_at is not None
    assert jobs.agencies()[agency].head == colleague.username
    assert people.may(people.actor_named(colleague), "push", agency=agency)
    officer.refresh_from_db()
    assert not officer.is_active and people.User.objects.filter(pk=officer.pk).exists()


def test_nobody_leaves_without_an_heir_for_what_is_open_nor_closes_the_own_account(office) -> None:
    from tinh.jobs import api as jobs
    from tinh.people import api as people

    agency, officer, _, admin = office
    jobs.change_agency(agency, {"head": officer.username}, "test")
    for user, by, heir, reason in (
        (officer, admin, None, "nghỉ hưu"), (admin, admin, officer, "nghỉ hưu"),
        (officer, admin, officer, "x"), (officer, admin, admin, " "),
    ):  # fmt: skip
        with pytest.raises(people.PeopleError) as refused:
            jobs.leave(user, people.actor_named(by), heir, reason)
        assert refused.value.code == "PPL039"
    officer.refresh_from_db()
    assert officer.is_active


def test_who_left_comes_back_by_a_link_with_a_new_password(office) -> None:
    from tinh.jobs import api as jobs
    from tinh.people import api as people

    agency, officer, colleague, admin = office
    jobs.leave(officer, people.actor_named(admin), colleague, "nghỉ không lương")
    _, secret = people.invite(admin, scope(agency), full_name="Cũ", account=officer)
    back = people.accept(secret, "một mật khẩu rất mới 7")
    assert back.pk == officer.pk and back.is_active and back.check_password("một mật khẩu rất mới 7")


def test_after_a_merger_people_and_rights_are_the_successors(office) -> None:
    from tinh.jobs import api as jobs
    from tinh.people import api as people

    agency, officer, _, _ = office
    heir = f"moi-{agency}"
    jobs.add_agency({"id": heir, "name": {"vi": f"Sở mới {agency}", "en": heir}}, "test")
    held = jobs.holdings(agency)
    assert held.people == 2
    jobs.merge_agency(agency, heir, date(2026, 10, 31), "test")
    officer.refresh_from_db()
    assert officer.agency == heir
    assert jobs.agencies()[agency].id == heir
    late = people.create_account(f"muon-{agency}", PASSWORD, "data_officer", agency=agency)
    assert people.may(people.actor_named(late), "push", agency=heir), "an account that names the old id"
    with pytest.raises(people.PeopleError) as twice:
        jobs.merge_agency(agency, heir, date(2026, 10, 31), "test")
    assert twice.value.code == "PPL033"


def test_every_change_stands_in_the_access_log(office) -> None:
    from tinh.jobs import api as jobs
    from tinh.people.models import Access

    agency, *_ = office
    jobs.change_agency(agency, {"contact": {"email": "a@example.vn"}}, "ai-sua")
    assert Access.objects.filter(who="ai-sua", action="change agency", subject=agency).count() == 1


def test_an_id_that_is_taken_and_faults_are_refused_and_nothing_is_written(office) -> None:
    from tinh.jobs import api as jobs
    from tinh.people import api as people

    agency, *_ = office
    before = sorted((jobs.home() / "agencies").glob("*.yaml"))
    for fields, code in (
        ({"id": agency, "name": {"vi": "Trùng", "en": "Twice"}}, "PPL030"),
        ({"id": "x1", "name": {"vi": "Sai", "en": "Wrong"}, "parent": "khong-co"}, "PPL032"),
        ({"id": "x2", "name": {"vi": "Sai", "en": "Wrong"}, "place": "99999"}, "PPL032"),
        ({"id": "x3"}, "PPL032"),
        ({"id": "../x4", "name": {"vi": "Sai", "en": "Wrong"}}, "PPL032"),
    ):
        with pytest.raises(people.PeopleError) as refused:
            jobs.add_agency(fields, "test")
        assert refused.value.code == code
    assert sorted((jobs.home() / "agencies").glob("*.yaml")) == before
