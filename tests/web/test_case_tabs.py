"""A case open twice with one person: what was sent again counts once, and what only looks like it is done,
or said to have come too late."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from tests.harness import casework
from tests.web.test_case_pages import OWN, post


@pytest.fixture
def opened(site: Any) -> Iterator[Callable[..., str]]:
    with casework.desk():
        yield lambda: casework.opened("Biển báo đổ ở ngã tư", OWN, at=casework.ago(hours=2))


def now(code: str) -> Any:
    from tinh.cases import api as cases
    from tinh.people import api as people

    return cases.one_case(code, people.Actor("x", "desk_officer"))


def test_a_case_given_to_another_in_a_second_tab_is_not_taken_for_the_first_press(
    site: Any, opened: Callable[..., str]
) -> None:
    code, officer = opened(), site.person("case_officer", OWN)
    first, second = site.account("commune_officer", OWN), site.account("case_officer", OWN)
    page = officer.get(f"/vu-viec/{code}/").text
    assert post(officer, f"/vu-viec/{code}/lam", page, "assign", person=str(first.pk)).status_code == 302
    again = post(officer, f"/vu-viec/{code}/lam", page, "assign", person=str(first.pk))
    assert again.status_code == 302 and now(code).seq == 2
    late = post(officer, f"/vu-viec/{code}/lam", page, "assign", person=str(second.pk))
    assert late.status_code == 409 and "Trong lúc bạn viết" in late.text
    assert now(code).person_id == first.pk


def test_words_filled_in_on_an_older_page_are_not_taken_for_those_sent_before(
    site: Any, opened: Callable[..., str]
) -> None:
    code, officer = opened(), site.person("case_officer", OWN)
    casework.accepted(code)
    page = officer.get(f"/vu-viec/{code}/").text
    sent = {"f-text": "Đã dựng lại biển báo."}
    assert post(officer, f"/vu-viec/{code}/lam", page, "answer", **sent).status_code == 302
    assert post(officer, f"/vu-viec/{code}/lam", page, "answer", **sent).status_code == 302
    late = post(officer, f"/vu-viec/{code}/lam", page, "answer", **{"f-text": "Đã thay biển báo mới."})
    assert late.status_code == 409 and "Đã thay biển báo mới." in late.text


def test_a_case_split_again_from_an_older_page_gives_the_parts_written_then(
    site: Any, opened: Callable[..., str]
) -> None:
    from tinh.cases import api as cases

    code, clerk = opened(), site.person("desk_officer")
    page = clerk.get(f"/vu-viec/{code}/").text
    for subjects in ("Cột gãy\nDây điện võng", "Cột gãy\nDây điện võng", "Vỉa hè lún"):
        done = post(
            clerk, f"/vu-viec/{code}/lam", page, "split", subjects=subjects, reason="Ba việc của hai ngành"
        )
        assert done.status_code == 302
    parts = [part for e in cases.history(now(code)) if e.action == "split" for part in e.facts["parts"]]
    assert [now(part).subject for part in parts] == ["Cột gãy", "Dây điện võng", "Vỉa hè lún"]
