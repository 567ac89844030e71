"""What must be true of each page: readable by everybody, at every width, in both languages and themes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.journeys.conftest import Visit, Visitor, sized
from tests.journeys.operating import COPY, ROOT, Operation, telecom_report
from tests.journeys.test_delivering import send

PAGES = {
    "room": "/",
    "indicators": "/chi-so/",
    "indicator": "/chi-so/telecom-sharing-rate/",
    "indicator by day": "/chi-so/pm25-daily/",
    "indicator without values": "/chi-so/pm25-daily/?noi=05443",
    "trace": "/nguon/telecom-sharing-rate/19/2026-10",
    "trace of readings": "/nguon/pm25-monthly/19/2026-10",
    "data": "/du-lieu/",
    "dataset": "/du-lieu/telecom-monthly/",
    "register": "/du-lieu/digital-enterprises/",
    "receipt": "receipt",
    "receipts": "/du-lieu/nhan/",
    "receipts narrowed to none": "/du-lieu/nhan/?tim=khong-co&ket-luan=refused",
    "recall": "recall",
    "conflicts": "/du-lieu/mau-thuan",
    "anomalies": "/bat-thuong/",
    "anomalies narrowed to none": "/bat-thuong/?trang-thai=gone&loai=trend",
    "anomaly": "anomaly",
    "conflicts narrowed to none": "/du-lieu/mau-thuan?bo-du-lieu=air-hourly&loai=agree",
    "mend": "receipt/sua",
    "calendar": "/du-lieu/lich",
    "league": "/du-lieu/xep-hang",
    "indexes": "/bo-chi-so/",
    "index": "/bo-chi-so/dti-2022/",
    "index, improving": "/bo-chi-so/index-766/?xem=tang-diem",
    "index, ranks": "/bo-chi-so/index-766/?xem=xep-hang",
    "index, audit": "/bo-chi-so/index-766/?xem=kiem-dinh",
    "reminders": "/du-lieu/nhac-viec",
    "my reminders": "/du-lieu/nhac-viec/cua-toi",
    "extensions": "/du-lieu/nhac-viec/gia-han",
    "letters": "/quan-tri/thu/",
    "calendar of a place": "/du-lieu/lich?noi=05443",
    "upload": "/du-lieu/gui",
    "changes": "/thay-doi/",
    "sources": "/nguon-du-lieu/",
    "source": "/nguon-du-lieu/vien-thong-thang/",
    "new source": "/nguon-du-lieu/moi",
    "new source of a database": "/nguon-du-lieu/moi?loai=sql",
    "services": "/dich-vu/",
    "services narrowed to none": "/dich-vu/?tim=khong-co",
    "service": "/dich-vu/ha-tang-vien-thong/",
    "publishing": "/dich-vu/moi",
    "publishing an indicator": "/dich-vu/moi?chi-so=telecom-sharing-rate",
    "pilots": "/thi-diem/",
    "pilot": "/thi-diem/ecommerce-households/",
    "new pilot": "/thi-diem/moi",
    "places": "/dia-ban/",
    "place search": "/dia-ban/?tim=La+B%E1%BA%B1ng",
    "place": "/dia-ban/05443",
    "old place": "/dia-ban/05461?ngay=2025-06-30",
    "old district": "/dia-ban/164",
    "place history": "/dia-ban/05461/lich-su?ngay=2025-06-30",
    "compare": "/dia-ban/so-sanh?xa=05443&xa=05467&xa=05500",
    "indicator on today's units": "/chi-so/telecom-sharing-rate/?noi=05443&theo=hien-nay",
    "layouts": "/du-lieu/bo-cuc/",
    "profile": "/du-lieu/ho-so",
    "alerts": "/canh-bao/",
    "analyses": "/phan-tich/",
    "sitings": "/bo-tri/",
    "siting": "/bo-tri/truyen-thanh/",
    "new siting": "/bo-tri/moi",
    "targets": "/muc-tieu/",
    "record of outlooks": "/muc-tieu/do-tin-cay",
    "indicator with an outlook": "/chi-so/telecom-5g-coverage/?gia-dinh=nhip&so=3",
    "agencies": "/co-quan/",
    "agency": "/co-quan/so-khcn/",
    "new agency": "/co-quan/moi",
    "agency changed": "/co-quan/so-khcn/sua",
    "agency merged": "/co-quan/so-tc/sap-nhap?vao=so-khcn",
    "people": "/nguoi-dung/",
    "person": "/nguoi-dung/quantri/",
    "invitations": "/moi/",
    "to do": "/viec-cua-toi/?co-quan=so-khcn",
    "access log": "/nhat-ky-truy-cap/",
    "my own log": "/nhat-ky-truy-cap/cua-toi",
    "personal data": "/du-lieu-ca-nhan/",
    "consents": "/du-lieu-ca-nhan/dong-y/",
    "subject requests": "/du-lieu-ca-nhan/yeu-cau/",
    "boundaries": "/dia-ban/ranh-gioi",
    "my account": "/tai-khoan/",
    "my recovery codes": "/tai-khoan/ma-du-phong",
    "my passkey": "/tai-khoan/khoa-truy-cap",
    "my app": "/tai-khoan/ung-dung",
    "my proof": "/tai-khoan/xac-nhan",
    "keys": "/tai-khoan/khoa/",
    "reset link": "/tai-khoan/dat-lai/",
    "axis": "/truc/",
    "message log": "/truc/nhat-ky/",
    "certificates of the axis": "/truc/chung-thu/",
    "events sent out": "/truc/su-kien/",
    "new subscription": "/truc/su-kien/moi",
    "message log narrowed to none": "/truc/nhat-ky/?ben-goi=khong-co",
    "rights": "/quyen/",
    "cases": "/vu-viec/",
    "cases narrowed to none": "/vu-viec/?muc=all&tim=khongcogi",
    "supervision of cases": "/vu-viec/giam-sat",
    "hot spots": "/vu-viec/diem-nong?ngay=180",
    "directives": "/chi-dao/",
    "directives narrowed to none": "/chi-dao/?muc=closed&tim=khongcogi",
    "new directive": "/chi-dao/moi?nguon=agency:so-xd",
    "desk of cases": "/quan-tri/ban-tiep-nhan/",
    "blocked senders": "/quan-tri/ban-tiep-nhan/chan",
    "administration": "/quan-tri/",
    "design": "/thiet-ke/",
    "public reports": "/phan-anh/",
    "public reports narrowed to none": "/phan-anh/?tim=khong-co-gi-ca",
    "report form": "/phan-anh/gui",
    "report tracking": "/phan-anh/theo-doi",
    "report statistics": "/phan-anh/thong-ke?theo=chuyen-muc",
    "report appeal": "/phan-anh/khieu-nai",
    "link to follow that is over": "/phan-anh/theo-thu/khong-co",
    "report by staff": "/vu-viec/moi",
    "not found": "/khong-co/",
}

GONE = ("not found", "link to follow that is over")
_VIETNAMESE = re.compile("[ăđơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ]", re.IGNORECASE)
_NAMES = (
    ".csv", "(thử)", "Xã", "Phường", "Huyện", "Thành phố", "Thị xã", "Thị trấn", "Ward of", "Commune of",
)  # fmt: skip
_BLANKS = r"\{(?:code|subject|agency|due|category|place|day)\}"
_CUT_OFF = """() => {
  const boxes = [...document.querySelectorAll("main .card, main .tile, main td, main .score")];
  return boxes.filter((box) => {
    if (box.closest(".scroll") && !box.matches(".card, .tile")) return false;
    const open = getComputedStyle(box).overflowX === "visible" && box.clientWidth > 0;
    return open && box.scrollWidth > box.clientWidth + 1;
  }).map((box) => box.outerHTML.slice(0, 160));
}"""
_AXE = """(rules) => axe.run(document, {
  runOnly: rules ?? ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
  resultTypes: ["violations"],
}).then((r) => r.violations.map((v) => `${v.id}: ${v.help} ` +
  v.nodes.slice(0, 3).map((n) => `${n.html.slice(0, 160)} ← ${n.failureSummary}`).join(" | ")))"""


def go(visitor: Visitor, page: str) -> int:
    address = PAGES[page]
    if address in ("receipt", "recall"):  # one with held rows
        visitor.page.goto("/du-lieu/telecom-monthly/")
        lines = visitor.page.locator("[data-part=receipts] tbody tr")
        address = (
            lines.filter(has=visitor.page.locator(".status.watch")).first.locator("a").get_attribute("href")
            or ""
        ) + ("/thu-hoi" if PAGES[page] == "recall" else "")
    if address == "anomaly":  # one of those that the simulated data holds
        visitor.page.goto("/bat-thuong/")
        first = visitor.page.locator("[data-part=anomaly] a").first
        address = first.get_attribute("href") or ""
    if address.startswith("receipt"):  # one with held rows
        visitor.page.goto("/du-lieu/telecom-monthly/")
        lines = visitor.page.locator("[data-part=receipts] tbody tr")
        held = lines.filter(has=visitor.page.locator(".status.watch")).first
        address = (held.locator("a").get_attribute("href") or "") + address.removeprefix("receipt")
    if page in GONE:
        visitor.expected = ("404",)
    answer = visitor.page.goto(address)
    assert answer is not None
    return answer.status


@cache
def axe() -> str:
    return (ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")


def barriers(visitor: Visitor, *rules: str) -> list[str]:
    """What axe-core finds against WCAG 2.2 AA (or these rules of it alone), one line a rule."""
    page = visitor.page
    page.evaluate("() => document.fonts.ready.then(() => undefined)")
    page.evaluate(f"() => {{ {axe()} }}")
    return list(page.evaluate(_AXE, list(rules) or None))


@pytest.fixture(scope="module")
def rounds(chromium: Browser, operation: Operation) -> Iterator[dict[str, Visitor]]:
    """Three people who walk from page to page, as people do: by day, at night in English, without scripts."""
    kinds: dict[str, dict[str, Any]] = {
        "day": {}, "night": {}, "without scripts": {"java_script_enabled": False}
    }  # fmt: skip
    made = {kind: Visitor(chromium, operation, "desk", options) for kind, options in kinds.items()}
    for visitor in made.values():
        visitor.prefers(language="vi").sign_in("administrator", home=False)
    made["day"].prefers(theme="light")
    made["night"].prefers(language="en", theme="dark")
    yield made
    for visitor in made.values():
        visitor.context.close()


@pytest.fixture
def walker(rounds: dict[str, Visitor]) -> Iterator[Callable[[str], Visitor]]:
    """One of the three, whom no page may leave with a fault in the console."""
    called: list[Visitor] = []

    def call(kind: str) -> Visitor:
        visitor = rounds[kind]
        visitor.faults.clear()
        visitor.expected = ()
        called.append(visitor)
        return visitor

    yield call
    assert [f for v in called for f in v.faults if not any(e in f for e in v.expected)] == []


Walker = Callable[[str], Visitor]


@pytest.mark.parametrize("page", list(PAGES))
def test_no_barrier_stands_in_the_way_and_a_phone_holds_the_page(walker: Walker, page: str) -> None:
    """On a phone: no scrolling sideways, nothing cut off or run together, targets wide enough for a thumb."""
    visitor = walker("day")
    visitor.page.set_viewport_size(sized("desk"))
    go(visitor, page)
    assert barriers(visitor) == []
    visitor.page.set_viewport_size(sized("phone"))
    visitor.page.evaluate("() => new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")
    assert visitor.overflow() <= 0
    small = visitor.page.locator("main button:visible, main .button:visible, nav a:visible").evaluate_all(
        "all => all.filter(b => b.getBoundingClientRect().height < 43.5).map(b => b.outerHTML.slice(0, 120))"
    )
    assert small == []
    assert visitor.page.evaluate(_CUT_OFF) == []


@pytest.mark.parametrize("page", list(PAGES))
def test_the_page_is_as_open_in_english_and_in_the_dark(walker: Walker, page: str) -> None:
    """Every text can be read on its ground; no word stays Vietnamese but names of places and files."""
    visitor = walker("night")
    go(visitor, page)
    assert visitor.page.locator("html").get_attribute("lang") == "en"
    words = visitor.page.evaluate(
        """() => [...document.querySelectorAll(
             "h1, h2, h3, th[scope=col], dt, label, button, .button, .status, .badge, .legend li, nav a")]
             .map(e => e.innerText)"""
    )
    leaked = [w for w in words if _VIETNAMESE.search(w)]
    assert [w for w in leaked if not any(name in w for name in _NAMES)] == []
    assert barriers(visitor, "color-contrast") == []


def test_the_sign_in_page_has_no_barrier_either(visit: Visit) -> None:
    visitor = visit()
    visitor.page.goto("/sign-in")
    assert barriers(visitor) == []


@pytest.mark.parametrize("page", list(PAGES))
def test_the_page_is_whole_without_scripts(walker: Walker, page: str) -> None:
    visitor = walker("without scripts")
    status = go(visitor, page)
    assert status == (404 if page in GONE else 200)
    main = visitor.page.locator("main")
    text = main.inner_text()
    assert len(text) > 60
    blanks = _BLANKS if page == "desk of cases" else r"(?!)"  # the page says what may be written there
    assert not re.search(r"\{[a-z_]+\}|\bNone\b", re.sub(blanks, "", text))
    expect(visitor.page.get_by_role("heading", level=1)).to_have_count(1)


def test_the_map_has_its_colours_and_its_choice_without_scripts(visit: Visit) -> None:
    page = visit("viewer", java_script_enabled=False).page
    fills = page.locator("svg.map path").evaluate_all("all => all.map(p => getComputedStyle(p).fill)")
    assert len(set(fills)) >= 3
    page.locator("select[name=map]").select_option("telecom-fibre-share")
    page.get_by_role("button", name="Xem", exact=True).click()
    expect(page).to_have_url(re.compile("map=telecom-fibre-share"))


def test_a_page_goes_on_paper(visit: Visit) -> None:
    page = visit("viewer", theme="dark").page
    page.emulate_media(media="print")
    expect(page.get_by_role("navigation")).to_be_hidden()
    paper = page.evaluate("getComputedStyle(document.querySelector('.card')).backgroundColor")
    assert paper == "rgb(255, 255, 255)"
    ink = page.evaluate("getComputedStyle(document.querySelector('.notices p')).color")
    red, green, blue = map(int, re.findall(r"\d+", ink)[:3])
    assert red + green + blue < 200, f"{ink} will not be read on paper"


def test_the_room_prints_on_one_sheet(visit: Visit) -> None:
    sheet = visit("viewer", theme="dark").page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", sheet)) == 1


def test_a_page_that_is_not_there_says_so_in_both_languages(visit: Visit) -> None:
    visitor = visit("viewer")
    visitor.expected = ("404",)
    visitor.page.goto("/chi-so/khong-co/")
    expect(visitor.page.get_by_role("heading", level=1)).to_have_text("Không tìm thấy")
    visitor.prefers(language="en")
    visitor.page.goto("/chi-so/khong-co/")
    expect(visitor.page.get_by_role("heading", level=1)).to_have_text("Not found")


def test_a_copied_sector_is_on_the_pages_with_an_untouched_kernel(visit: Visit) -> None:
    page = visit("administrator").page
    page.goto("/chi-so/")
    expect(page.get_by_role("heading", name="Viễn thông thử")).to_be_visible()
    page.goto("/du-lieu/")
    page.get_by_role("link", name="Báo cáo viễn thông hằng tháng theo xã").last.click()
    expect(page).to_have_url(re.compile(f"/du-lieu/{COPY}\\.telecom-monthly/$"))
    send(page, f"{COPY}.telecom-monthly", "thu.csv", telecom_report(("05443", "Phan Đình Phùng", 100, 25)))
    expect(page.locator("main")).to_contain_text("Chấp nhận")
    page.goto(f"/chi-so/{COPY}.telecom-sharing-rate/")
    expect(page.locator(".headline .figure")).to_contain_text("25,0")
    page.goto(f"/?map={COPY}.telecom-sharing-rate")
    expect(page.locator('svg.map a[data-name="Phường Phan Đình Phùng"]')).to_have_attribute(
        "data-text", re.compile("^25,0")
    )
