"""Prepared words to many cases at once: each gets its own."""

from __future__ import annotations

import html
import re
import uuid
from collections.abc import Callable, Iterator
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from tests.harness import casework
from tests.web.test_case_pages import OWN


@pytest.fixture
def opened(site: Any) -> Iterator[Callable[..., str]]:
    with casework.desk():
        yield lambda: casework.opened("Ghế đá vỡ ở công viên", OWN, at=casework.ago(hours=2))


@pytest.fixture
def words(site: Any) -> str:
    from tinh.cases import api as cases
    from tinh.people import api as people

    text = f"Vụ việc {{code}} tại {{place}} đã xong ngày {{day}} ({uuid.uuid4().hex[:6]})."
    cases.keep_canned(people.actor_named(site.account("administrator")), text[-8:], text)
    return text


def token(page: str) -> str:
    found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    assert found
    return found[1]


def said(code: str) -> list[str]:
    from tinh.cases import api as cases
    from tinh.people import api as people

    view = cases.case(code, people.Actor("x", "desk_officer"))
    answers = [str(v) for e in cases.history(view.case) for v in (e.personal or {}).values()]
    return [n.text for n in view.notes] + answers


def test_prepared_words_name_each_case_by_its_own_code_and_the_day_they_are_written(
    site: Any, opened: Callable[..., str], words: str
) -> None:
    from tinh.jobs import api as jobs

    clerk, codes = site.person("desk_officer"), [opened(), opened()]
    chosen = "&".join(f"ma={code}" for code in codes)
    page = clerk.get(f"/vu-viec/hang-loat?viec=tra-loi&{chosen}").text
    assert words in html.unescape(page)
    done = clerk.post(
        "/vu-viec/hang-loat",
        data={
            "viec": "tra-loi",
            "ma": codes,
            "prepared": words,
            "key": uuid.uuid4().hex,
            "csrfmiddlewaretoken": token(page),
        },
    )
    assert done.status_code == 200
    today = jobs.now().astimezone(ZoneInfo(jobs.catalogue().timezone))
    for code in codes:
        (text,) = [one for one in said(code) if words[-8:] in one]
        assert text.startswith(f"Vụ việc {code} tại ") and "{" not in text
        assert f"{today:%d.%m.%Y}" in text


def test_prepared_words_answer_many_cases_each_with_its_own(
    site: Any, opened: Callable[..., str], words: str
) -> None:
    clerk, codes = site.person("administrator"), [opened(), opened()]
    for code in codes:
        casework.accepted(code)
    chosen = "&".join(f"ma={code}" for code in codes)
    page = clerk.get(f"/vu-viec/hang-loat?viec=lam&act=answer&{chosen}").text
    assert 'name="prepared-for" value="text"' in page
    done = clerk.post(
        "/vu-viec/hang-loat",
        data={
            "viec": "lam",
            "act": "answer",
            "ma": codes,
            "prepared": words,
            "prepared-for": "text",
            "csrfmiddlewaretoken": token(page),
        },
    )
    assert done.status_code == 200
    for code in codes:
        assert any(one.startswith(f"Vụ việc {code} tại ") for one in said(code))
