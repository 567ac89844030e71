"""A session that ends while somebody writes: nothing typed is lost, and signing in leads back to a page."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from tests.harness import casework


@pytest.fixture
def opened(site: Any) -> Iterator[Callable[..., str]]:
    with casework.desk():
        yield lambda: casework.opened("Rào chắn đổ ở ngã ba", "so-khcn", at=casework.ago(hours=2))


def test_who_sends_a_form_after_the_session_is_over_comes_back_to_the_page_of_the_form(
    site: Any, opened: Callable[..., str]
) -> None:
    stranger, case = site.stranger(), f"/vu-viec/{opened()}/"
    stranger.get("/sign-in")
    sent = {"csrfmiddlewaretoken": stranger.cookies["tinh_csrf"], "kind": "part_of", "to": "PA-0000-0000"}
    page = f"{str(stranger.base_url).rstrip('/')}{case}?ds=x"
    answer = stranger.post(f"{case}lien-ket", data=sent, headers={"Referer": page})
    door = urlsplit(answer.headers["Location"])
    assert door.path == "/sign-in" and parse_qs(door.query)["next"] == [f"{case}?ds=x"]
    kept = stranger.post(f"{case}ghi-chu", data=sent, headers={"Referer": page, "Accept": "application/json"})
    assert kept.status_code == 401
    assert kept.json()["again"] is True and "Phiên làm việc đã hết" in kept.json()["said"]
    assert kept.json()["door"].startswith("/sign-in?next=")


def test_the_address_of_a_form_of_a_case_opens_the_case(site: Any, opened: Callable[..., str]) -> None:
    clerk, case = site.person("desk_officer"), f"/vu-viec/{opened()}/"
    for form in ("lam", "ghi-chu", "theo-doi", "lien-ket", "nguoi-gui"):
        answer = clerk.get(f"{case}{form}", follow_redirects=True)
        assert answer.status_code == 200 and urlsplit(str(answer.url)).path == case, form
