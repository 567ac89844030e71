"""A report where the line comes and goes: nothing written is lost, nothing arrives twice."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from tests.desks import pictures
from tests.journeys.conftest import Visit, Visitor
from tests.journeys.test_every_page import barriers

CUT_OFF = ("net::ERR_", "Failed to load resource", "registration blocked by Playwright")
TRANSFER = """() => performance.getEntries().filter((e) => "transferSize" in e)
  .filter((e) => !e.name.includes("/phan-anh/anh/")).reduce((sum, e) => sum + e.transferSize, 0)"""
WORKER_READY = """async () => {
  const there = await navigator.serviceWorker.ready;
  while (there.active?.state !== "activated") await new Promise((done) => setTimeout(done, 50));
  return there.active.scriptURL;
}"""


@pytest.fixture(scope="module")
def shots(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    folder = tmp_path_factory.mktemp("shots")
    made = []
    for n in range(2):
        path = Path(folder) / f"IMG_{n}.jpg"
        path.write_bytes(pictures.encoded(pictures.scene(1600, 1200, seed=170 + n), quality=92))
        made.append(str(path))
    return made


@pytest.fixture
def posts(visit: Visit) -> Callable[[Visitor], list[str]]:
    """The reports that reach the server, by their drafts."""

    def count(who: Visitor) -> list[str]:
        seen: list[str] = []
        who.context.on(
            "response",
            lambda r: (
                seen.append(r.url)
                if r.request.method == "POST" and r.url.endswith("/phan-anh/gui") and r.status == 200
                else None
            ),
        )
        return seen

    return count


def citizen(visit: Visit, **options: Any) -> Visitor:
    made = visit(size="phone", **options)
    made.expected = CUT_OFF
    return made


def installed(page: Page) -> None:
    page.goto("/phan-anh/gui")
    page.wait_for_load_state("load")
    assert page.evaluate(WORKER_READY).endswith("/phan-anh/sw.js")


def written(page: Page, text: str, place: str = "05443") -> None:
    page.get_by_label("Chuyện gì đang xảy ra?").fill(text)
    page.get_by_label("Xã, phường").select_option(place)
    page.get_by_label("Địa chỉ hoặc mốc gần đó").fill("cổng chợ Thái")


def unsent(page: Page) -> Any:
    return page.locator("[data-unsent] [data-draft]")


def photos_of(context: BrowserContext, page: Page) -> int:
    """How many photos the sender's page of the sent report shows or announces."""
    page.get_by_role("link", name="Xem PA-").click()
    page.wait_for_url("**/theo-doi/**")
    said = page.get_by_text(re.compile(r"Đang xử lý ảnh|ảnh bạn gửi đã nhận đủ")).all_inner_texts()
    return page.locator(".gallery img").count() + sum(int(re.findall(r"\d+", one)[-1]) for one in said)


def test_a_report_written_without_a_line_arrives_once_with_its_photos_when_the_line_is_back(
    visit: Visit, shots: list[str], posts: Any
) -> None:
    who = citizen(visit)
    arrived = posts(who)
    installed(who.page)
    weight = who.page.evaluate(TRANSFER)
    assert 0 < weight < 150_000, f"{weight} bytes"
    who.context.set_offline(True)
    who.page.goto("/phan-anh/gui")
    page = who.page
    expect(page.locator("main")).to_contain_text("Cứ viết và chụp ảnh")
    expect(page.locator("input[name=csrfmiddlewaretoken]")).to_have_count(0)
    expect(page.locator(".pin-area").first).to_be_attached()
    page.locator("#f-photos").set_input_files(shots)
    expect(page.locator("[data-pictures] li")).to_have_count(2)
    written(page, "Ổ gà rất sâu giữa đường Bến Tượng, xe máy hay ngã")
    page.locator("[data-send]").click()
    expect(page.locator("[data-unsent-says]")).to_be_focused()
    expect(unsent(page)).to_contain_text("Chờ có mạng")
    expect(unsent(page)).to_contain_text("2 ảnh")
    expect(page.get_by_label("Chuyện gì đang xảy ra?")).to_have_value("")
    assert barriers(who) == [] and who.overflow() <= 0
    page.close()

    page = who.page = who.new_page()
    page.goto("/phan-anh/theo-doi")  # a page that needs the line: the kept one stands in
    expect(page.get_by_role("heading", level=1)).to_have_text("Không có mạng")
    expect(unsent(page)).to_contain_text("Chờ có mạng")
    assert barriers(who) == []
    who.context.set_offline(False)
    expect(unsent(page)).to_contain_text("Đã gửi, mã PA-")
    page.reload()
    assert photos_of(who.context, page) == 2
    assert len(arrived) <= 1  # the worker's own posts are not seen here
    page.goto("/phan-anh/theo-doi")
    unsent(page).get_by_role("button", name="Ẩn").click()
    expect(unsent(page)).to_have_count(0)


def test_a_line_lost_while_writing_leaves_a_form_that_can_be_sent_and_says_what_it_lacks(
    visit: Visit, posts: Any
) -> None:
    who = citizen(visit)
    arrived = posts(who)
    installed(who.page)
    page = who.page
    goes_on = page.get_by_role("button", name="Tiếp tục")
    goes_on.click()
    text = page.get_by_label("Chuyện gì đang xảy ra?")
    expect(text).to_be_focused()
    expect(page.locator("#text-fault")).to_contain_text("ít nhất 10 chữ cái")
    expect(page.locator("#place-fault")).to_be_visible()
    assert barriers(who) == []
    text.fill("Tắc cống")  # said in full by those who say little
    expect(page.locator("#text-fault")).to_have_count(0)
    goes_on.click()
    expect(page.locator("#text-fault")).to_be_visible()
    page.locator("#f-photos").set_input_files({"name": "trong.jpg", "mimeType": "image/jpeg", "buffer": b""})
    expect(page.locator("[data-pictures] li")).to_contain_text("Tệp ảnh này trống")
    page.get_by_role("button", name="Bỏ ảnh").click()
    who.context.set_offline(True)
    written(page, "Thùng rác trước cổng chợ đầy tràn, rác chưa thu gom ba ngày")
    goes_on.click()
    page.locator("[data-send]").click()
    expect(unsent(page)).to_contain_text("Chờ có mạng")
    who.context.set_offline(False)
    expect(unsent(page)).to_contain_text("Đã gửi, mã PA-", timeout=40_000)
    assert len(arrived) <= 1


def test_a_photo_cut_in_the_middle_goes_on_where_it_stopped_after_the_page_was_closed(
    visit: Visit, shots: list[str]
) -> None:
    who = citizen(visit, service_workers="block")
    page = who.page
    offsets: list[int] = []

    def cut(route: Route) -> None:
        if route.request.method != "PATCH":
            return route.continue_()
        offset = int(route.request.headers["upload-offset"])
        offsets.append(offset)
        return route.continue_() if offset == 0 else route.abort("internetdisconnected")

    page.route("**/phan-anh/anh/*", cut)
    page.goto("/phan-anh/gui")
    page.locator("#f-photos").set_input_files(shots[0])
    written(page, "Ổ gà rất sâu giữa đường Hoàng Văn Thụ, xe máy hay ngã")
    expect(page.get_by_role("radio", name=re.compile("Ổ gà"))).to_be_checked()
    page.wait_for_function("() => document.querySelector('[data-pictures] progress')?.value > 0")
    page.wait_for_timeout(400)
    stopped = max(offsets)
    assert stopped > 0
    page.close()

    page = who.page = who.new_page()
    went: list[int] = []
    page.on(
        "request", lambda r: went.append(int(r.headers["upload-offset"])) if r.method == "PATCH" else None
    )
    page.goto("/phan-anh/gui")
    expect(unsent(page)).to_contain_text("Đang viết dở")
    assert barriers(who) == []
    unsent(page).get_by_role("link", name=re.compile("Viết tiếp")).click()
    page.wait_for_url("**nhap=**")
    expect(page.get_by_label("Chuyện gì đang xảy ra?")).to_have_value(re.compile("Hoàng Văn Thụ"))
    expect(page.get_by_role("radio", name=re.compile("Ổ gà"))).to_be_checked()
    page.locator("[data-send]").click()
    page.wait_for_url("**/theo-doi/**")
    assert went and min(went) >= stopped  # a piece on its way when the page closed may have arrived
    page.goto("/phan-anh/gui")
    expect(unsent(page)).to_have_count(0)


def test_two_tabs_write_two_reports_and_send_what_waits_once(visit: Visit, posts: Any) -> None:
    who = citizen(visit, service_workers="block")
    arrived = posts(who)
    first, second = who.page, who.new_page()
    for page, text in (
        (first, "Thùng rác ở ngõ 12 đầy tràn, rác chưa thu gom"),
        (second, "Thùng rác đầy tràn ra đường, chưa thu gom"),
    ):
        page.goto("/phan-anh/gui")
        written(page, text)
        expect(page.locator("[data-send]")).to_be_visible()
        expect(page.get_by_role("radio").first).to_be_visible()
    who.context.set_offline(True)
    for page in (first, second):
        page.locator("[data-send]").click()
        expect(page.locator("[data-unsent-says]")).to_be_focused()
    expect(unsent(first)).to_have_count(2)
    who.context.set_offline(False)  # both tabs hear it and begin
    for page in (first, second):  # the small question may have to be answered first
        expect(unsent(page).filter(has_text="Đã gửi, mã")).to_have_count(2, timeout=30_000)
    codes = set(re.findall(r"PA-[\d-]+", first.locator("[data-unsent]").inner_text()))
    assert len(codes) == 2 and len(arrived) == 2


def test_a_refused_report_says_why_and_is_mended_and_sent(visit: Visit) -> None:
    who = citizen(visit, service_workers="block")
    page = who.page
    page.goto("/phan-anh/gui")
    written(page, "Nhờ xem giúp việc này, không rõ thuộc bên nào")
    expect(page.locator("[data-send]")).to_be_visible()
    for radio in page.get_by_role("radio").all():
        radio.evaluate("one => one.checked = false")
    who.context.set_offline(True)
    page.locator("[data-send]").click()
    expect(unsent(page)).to_contain_text("Chờ có mạng")
    who.context.set_offline(False)
    expect(unsent(page)).to_contain_text("Chưa gửi được")
    expect(unsent(page)).to_contain_text("chuyên mục")
    assert barriers(who) == [] and who.overflow() <= 0
    unsent(page).get_by_role("link", name=re.compile("Mở để sửa")).click()
    page.wait_for_url("**nhap=**")
    expect(page.locator("#faults")).to_contain_text("chuyên mục")
    page.get_by_label("Chuyên mục khác").select_option("waste-uncollected")
    expect(page.get_by_role("radio", checked=True)).to_have_attribute("value", "waste-uncollected")
    page.locator("[data-send]").click()
    page.wait_for_url("**/theo-doi/**")


def test_the_app_installs_and_a_new_worker_takes_the_place_of_the_old(visit: Visit) -> None:
    who = citizen(visit)
    page = who.page
    installed(page)
    manifest = page.request.get(page.locator("link[rel=manifest]").get_attribute("href") or "").json()
    assert (manifest["start_url"], manifest["scope"], manifest["display"]) == (
        "/phan-anh/gui",
        "/phan-anh/",
        "standalone",
    )
    assert {one["sizes"] for one in manifest["icons"]} == {"192x192", "512x512"}
    speaks = who.context.new_cdp_session(page)
    assert speaks.send("Page.getAppManifest")["errors"] == []
    assert speaks.send("Page.getInstallabilityErrors")["installabilityErrors"] in (
        [],
        [{"errorId": "in-incognito", "errorArguments": []}],
    )
    page.reload()
    kept = page.evaluate("caches.keys()")
    assert len(kept) == 1
    paths = page.evaluate(
        "async (name) => (await (await caches.open(name)).keys()).map((r) => new URL(r.url).pathname)",
        kept[0],
    )
    assert not [p for p in paths if p in ("/phan-anh/gui", "/phan-anh/theo-doi", "/phan-anh/")]

    script = page.request.get("/phan-anh/sw.js").text()
    newer = re.sub(r'"version": ?"\w+"', '"version": "0123456789abcdef"', script, count=1)
    assert newer != script
    who.context.route(
        "**/phan-anh/sw.js", lambda route: route.fulfill(body=newer, content_type="text/javascript")
    )
    page.evaluate("navigator.serviceWorker.getRegistration('/phan-anh/').then((there) => there.update())")
    page.wait_for_function(
        "async () => JSON.stringify(await caches.keys()) === '[\"tinh-reports-0123456789abcdef\"]'"
    )
    page.goto("/phan-anh/theo-doi")
    who.context.set_offline(True)
    page.goto("/phan-anh/gui")
    expect(page.locator("main")).to_contain_text("Cứ viết và chụp ảnh")


def test_a_browser_is_told_of_a_report_and_its_message_opens_the_senders_page(visit: Visit) -> None:
    who = citizen(visit, permissions=["notifications"])
    page = who.page
    point = "BNcRdreALRFXTkOOUHK1EtK2wtaz5Ry4YfYCA_0QTpQtUbVlUls0VJXg7A8u-Ts1XbjhazAkj7I99e8QcYP7DkM"
    stub = {
        "endpoint": "https://fcm.googleapis.com/fcm/send/abc",
        "keys": {"p256dh": point, "auth": "AAAAAAAAAAAAAAAAAAAAAA"},
    }
    who.context.add_init_script(
        f"const made = {json.dumps(stub)}; let held = null; made.toJSON = () => ({json.dumps(stub)});"
        "PushManager.prototype.getSubscription = async () => (sessionStorage.told ? made : null);"
        "PushManager.prototype.subscribe = async () => { sessionStorage.told = 1; return made; };"
        "Notification.requestPermission = async () => 'granted';"
        "Object.defineProperty(Notification, 'permission', { get: () => 'granted' });"
    )
    installed(page)
    written(page, "Thùng rác đầy tràn ra đường, rác chưa thu gom")
    expect(page.get_by_role("radio").first).to_be_visible()
    page.locator("[data-send]").click()
    page.wait_for_url("**/theo-doi/**")
    code = page.locator(".code-large").inner_text()
    page.get_by_role("button", name="Bật thông báo").click()
    expect(page.locator("[data-push] [role=status]")).to_have_text("Đã bật trên trình duyệt này.")
    assert barriers(who) == []
    speaks = who.context.new_cdp_session(page)
    found: list[Any] = []
    speaks.on("ServiceWorker.workerRegistrationUpdated", lambda event: found.extend(event["registrations"]))
    speaks.send("ServiceWorker.enable")
    page.wait_for_timeout(300)
    registration = next(one["registrationId"] for one in found if one["scopeURL"].endswith("/phan-anh/"))
    data = {"title": "Đã tiếp nhận", "body": "x", "link": f"/phan-anh/{code}", "tag": f"case:{code}"}
    speaks.send(
        "ServiceWorker.deliverPushMessage",
        {"origin": who.at.address, "registrationId": registration, "data": json.dumps(data)},
    )
    page.wait_for_function(
        "async () => (await (await navigator.serviceWorker.ready).getNotifications())"
        ".some((n) => n.title === 'Đã tiếp nhận')"
    )
    page.reload()
    page.get_by_role("button", name="Tắt thông báo").click()
    expect(page.locator("[data-push] [role=status]")).to_have_text("Đã tắt trên trình duyệt này.")
