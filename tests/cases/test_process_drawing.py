"""The process on a case's page: its place, its list of steps, its drawing under the pages' own policy."""

from __future__ import annotations

import shutil
import threading
from typing import Any
from xml.etree import ElementTree

from tests.cases.diagrams import bpmn, end, flow, node, start, user
from tinh.packs import api as packs

CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def test_a_case_shows_the_steps_done_waiting_and_ahead_without_any_script(opened: Any, site: Any) -> None:
    case = opened()
    page = site.person("desk_officer", "so-xd").get(f"/vu-viec/{case.code}/")
    assert page.status_code == 200
    assert f'data-bpmn="/vu-viec/{case.code}/quy-trinh.bpmn?v=' in page.text
    assert 'data-waiting="new"' in page.text and 'class="waiting" aria-current="step">new' in page.text
    assert 'class="ahead">working' in page.text


def test_the_drawing_is_given_to_those_who_may_read_the_case(opened: Any, site: Any) -> None:
    address = f"/vu-viec/{opened().code}/quy-trinh.bpmn"
    given = site.person("desk_officer", "so-xd").get(address)
    assert given.headers["content-type"] == "application/xml; charset=utf-8"
    tree = ElementTree.fromstring(given.text)
    shapes = [e.get("bpmnElement") for e in tree.iter() if e.tag.endswith("}BPMNShape")]
    assert {"new", "working", "urging", "closed"} <= set(shapes) and len(shapes) == len(set(shapes))
    assert site.stranger().get(address).status_code == 302
    assert site.person("desk_officer", "so-xd").get("/vu-viec/PA-0000-0000/quy-trinh.bpmn").status_code == 404


def test_a_drawing_of_its_own_stays_as_it_is_and_odd_ids_are_escaped() -> None:
    own = bpmn(start("a") + user("a") + flow("a", "e") + end()).replace(
        "</bpmn:def", "<x:BPMNShape xmlns:x='y'/></bpmn:def"
    )
    for text in (
        own,
        bpmn(start("&quot;&lt;a") + node("userTask", "&quot;&lt;a") + flow("&quot;&lt;a", "e") + end()),
    ):
        made = packs.unpack_process(packs.pack_process("p", {"p.bpmn": text}))
        drawn = packs.drawn_process(made)
        ElementTree.fromstring(drawn)
        assert (drawn == text) == (text == own)


def test_the_browser_draws_it_under_the_policy_with_the_mark_of_bpmn_io(opened: Any, site: Any) -> None:
    program = next((p for p in map(shutil.which, CHROMIUM) if p), None)
    assert program, "the drawing needs Chromium: apt-get install chromium"
    case, seen = opened(), {}
    cookie = site.person("desk_officer", "so-xd").cookies["tinh_session"]

    def look() -> None:
        from playwright.sync_api import sync_playwright

        with sync_playwright() as play:
            browser = play.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
            context = browser.new_context(base_url=site.address, viewport={"width": 1280, "height": 900})
            context.add_cookies([{"name": "tinh_session", "value": cookie, "url": site.address}])
            page = context.new_page()
            faults: list[str] = []
            page.on("console", lambda m: faults.append(m.text) if m.type in {"error", "warning"} else None)
            page.on("pageerror", lambda error: faults.append(str(error)))
            page.goto(f"/vu-viec/{case.code}/")
            page.wait_for_selector('.djs-element.waiting[data-element-id="new"]', timeout=20_000)
            seen.update(
                faults=faults, mark=page.locator(".bjs-powered-by").is_visible(),
                shapes=page.locator(".djs-shape").count(),
                passed=page.locator('.djs-element.passed[data-element-id="s"]').count(),
            )  # fmt: skip
            browser.close()

    thread = threading.Thread(target=look)  # a browser's event loop would hold this thread's database
    thread.start()
    thread.join(60)
    assert seen and seen["faults"] == [] and seen["mark"] and seen["shapes"] > 10 and seen["passed"] == 1
