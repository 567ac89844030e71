"""What the app keeps is of nobody, and a citizen's browsers are told of a report exactly once."""

from __future__ import annotations

import re
from typing import Any

import httpx
import pytest

from tests.desks.test_reporting_pages import Citizen, sent
from tests.harness.pushing import Browser, taking

KEPT = [
    "/phan-anh/khung/vi/form",
    "/phan-anh/khung/en/form",
    "/phan-anh/khung/vi/offline",
    "/phan-anh/khung/en/offline",
]


@pytest.fixture
def citizen(site: Any) -> Citizen:
    return Citizen(site.stranger())


@pytest.mark.parametrize("address", KEPT)
def test_a_kept_page_is_the_same_for_everybody_and_holds_no_token(site: Any, address: str) -> None:
    stranger = site.stranger().get(address)
    somebody = site.person("administrator").get(address)
    assert stranger.status_code == 200 and stranger.text == somebody.text
    assert "csrfmiddlewaretoken" not in stranger.text and "set-cookie" not in stranger.headers
    assert re.search(r'name="draft" value="."', stranger.text) is None
    assert f'lang="{address.split("/")[3]}"' in stranger.text


def test_the_worker_is_asked_for_anew_and_names_files_that_are_there(site: Any) -> None:
    client = site.stranger()
    script = client.get("/phan-anh/sw.js")
    if script.status_code == 404:
        pytest.skip("the front end is not built")
    assert script.headers["cache-control"] == "no-cache"
    assert script.headers["service-worker-allowed"] == "/phan-anh/"
    assert script.headers["content-type"].startswith("text/javascript")
    assert "script-src 'self'" in script.headers["content-security-policy"]
    again = client.get("/phan-anh/sw.js", headers={"If-None-Match": script.headers["etag"]})
    assert again.status_code == 304
    named = re.findall(r'"(/(?:phan-anh|static)/[^"]+)"', script.text.split("\n", 1)[0])
    assert len(named) >= 10
    assert [one for one in named if client.get(one).status_code != 200] == []


def test_the_manifest_speaks_the_language_of_its_page_in_the_colours_of_the_pages(site: Any) -> None:
    from tests.harness.server import ROOT

    vi, en = (
        site.stranger().get("/phan-anh/app.webmanifest", params={"lang": one}).json() for one in ("vi", "en")
    )
    assert (vi["lang"], en["lang"]) == ("vi", "en") and vi["name"] != en["name"] and vi["id"] == en["id"]
    light = (ROOT / "frontend/src/tokens.css").read_text(encoding="utf-8").split("@media")[0]
    assert f"--brand: {vi['theme_color']};" in light and f"--paper: {vi['background_color']};" in light
    for one in vi["icons"]:
        drawn = site.stranger().get(one["src"])
        assert drawn.headers["content-type"] == "image/png"
        side = int.from_bytes(drawn.content[16:20], "big")
        assert one["sizes"] == f"{side}x{side}"
    assert site.stranger().get("/phan-anh/bieu-tuong-7.png").status_code == 404


def told(citizen: Citizen, link: str, **fields: str) -> httpx.Response:
    return citizen.http.post(
        f"{httpx.URL(link).path}/thong-bao",
        data={"csrfmiddlewaretoken": citizen.hidden("csrfmiddlewaretoken"), **fields},
        headers={"Referer": str(citizen.http.base_url)},
    )


def test_every_browser_of_a_sender_is_told_once_of_each_step_until_it_signs_off(citizen: Citizen) -> None:
    from django.test import override_settings

    from tinh.cases import api as cases
    from tinh.channels import api as channels
    from tinh.people import api as people

    link = sent(citizen)
    code = re.findall(r"PA-[\d-]+", citizen.page)[0]
    with taking(Browser()) as phone, taking(Browser()) as tablet:
        assert isinstance(phone, Browser) and isinstance(tablet, Browser)
        with override_settings(PUSH_HOSTS="127.0.0.1", PUSH_CONTACT="mailto:tinh@example.vn"):
            for browser in (phone, tablet, phone):  # one of them twice
                assert told(citizen, link, subscription=browser.subscription).json() == {"on": True}
            assert told(citizen, link, subscription="{}").status_code == 422

            def step(template: str) -> None:
                with people.through("case"):
                    case = cases.Case.objects.get(code=code)
                    cases.tell(case, template, "reporter", case.opened_at)
                for _ in range(2):  # a round that is made again tells nobody again
                    while channels.pass_on():  # other tests' cases have much to tell too
                        pass
                    before = None
                    while (now := channels.deliver()) != before:
                        before = now

            step("accepted")
            assert (len(phone.posts), len(tablet.posts)) == (1, 1)
            assert phone.opened()["tag"] == f"case:{code}"
            assert told(citizen, link, off=phone.endpoint).json() == {"on": False}
            step("answered")
            assert (len(phone.posts), len(tablet.posts)) == (1, 2)
            told(citizen, link, off=tablet.endpoint)
            step("closed")
            assert (len(phone.posts), len(tablet.posts)) == (1, 2)


def test_only_the_sender_signs_a_browser_on(citizen: Citizen) -> None:
    link = sent(citizen)
    stranger = told(citizen, re.sub(r"theo-doi/.*", "theo-doi/khong-phai-cua-toi", link), subscription="{}")
    assert stranger.status_code == 404
