"""Real Chromium in front of the real server; every journey also watches the console and the network."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Response, ViewportSize, expect, sync_playwright

from tests.journeys.operating import Operation, found, furnished

CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
QUIET = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run",
         "--disable-component-update", "--disable-sync", "--renderer-process-limit=1")  # fmt: skip
SIZES = {"phone": (360, 780), "desk": (1280, 800), "wall": (3840, 2160)}
_SHIFTS = """
window.__shifts = [];
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.__shifts.push({
    value: entry.value,
    of: entry.sources.map((s) => s.node?.className?.baseVal ?? s.node?.className ?? s.node?.nodeName ?? "?"),
  });
}).observe({ type: "layout-shift", buffered: true });
"""


@pytest.fixture(scope="session")
def operation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Operation]:
    """The demo province with simulated reports, a month of air readings and a copied sector, being served."""
    made = furnished(tmp_path_factory.mktemp("journeys"))
    try:
        made.start()
        yield made
    finally:
        made.stop()


@pytest.fixture(scope="module")
def newborn(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Operation]:
    """A province that has received nothing yet, being served."""
    made = found(tmp_path_factory.mktemp("newborn"), with_copy=False, ready=False)
    try:
        made.start()
        yield made
    finally:
        made.stop()


# For the journeys, not for the session: while a browser is held, an event loop runs in this thread, and the
# database calls of other suites would fail.
@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    program = next((p for p in map(shutil.which, CHROMIUM) if p), None)
    assert program, "journeys need Chromium: apt-get install chromium"
    expect.set_options(timeout=15_000)
    with sync_playwright() as play:
        launched = play.chromium.launch(executable_path=program, args=list(QUIET))
        yield launched
        launched.close()


def sized(size: str) -> ViewportSize:
    width, height = SIZES[size]
    return {"width": width, "height": height}


class Visitor:
    """Somebody at the pages: a browser of their own, signed in or not."""

    def __init__(self, browser: Browser, at: Operation, size: str, options: dict[str, Any]) -> None:
        self.at = at
        self.faults: list[str] = []
        self.expected: tuple[str, ...] = ()
        self.context = browser.new_context(
            base_url=at.address, viewport=sized(size), locale="vi-VN",
            timezone_id="Asia/Ho_Chi_Minh", **options,
        )  # fmt: skip
        self.context.add_init_script(_SHIFTS)
        self.page = self.new_page()

    def new_page(self) -> Page:
        page = self.context.new_page()
        page.set_default_timeout(20_000)
        page.on("console", lambda m: self.faults.append(m.text) if m.type in {"error", "warning"} else None)
        page.on("pageerror", lambda error: self.faults.append(f"script: {error}"))
        page.on("response", self._answered)
        page.on("request", lambda r: None if r.url.startswith((self.at.address, "data:", "blob:"))
                else self.faults.append(f"went outside: {r.url}"))  # fmt: skip
        return page

    def _answered(self, response: Response) -> None:
        if response.status >= 500:
            self.faults.append(f"{response.status} {response.url}")

    def sign_in(self, role: str, home: bool = True) -> Visitor:
        """Through the form the first time; later visitors of the role bring the session along, and begin in
        the room unless they go elsewhere at once."""
        kept = self.at.sessions.get(role)
        if kept is None:
            name, password = self.at.passwords[role]
            self.page.goto("/sign-in")
            self.page.get_by_label("Tên đăng nhập").fill(name)
            self.page.get_by_label("Mật khẩu").fill(password)
            self.page.get_by_role("button", name="Vào").click()
            self.page.wait_for_url("**/")
            kept = [c for c in self.context.cookies() if c["name"] == "tinh_session"]
            self.at.sessions[role] = kept
        else:
            self.context.add_cookies(kept)
            if home:
                self.page.goto("/")
        return self

    def prefers(self, *, language: str = "", theme: str = "") -> Visitor:
        chosen = {"tinh_lang": language, "tinh_theme": theme}
        self.context.add_cookies(
            [{"name": n, "value": v, "url": self.at.address} for n, v in chosen.items() if v]
        )
        return self

    def shifts(self) -> list[dict[str, Any]]:
        return list(self.page.evaluate("window.__shifts ?? []"))

    def overflow(self) -> int:
        return int(self.page.evaluate("document.documentElement.scrollWidth - innerWidth"))


Visit = Callable[..., Visitor]


@pytest.fixture
def visit(chromium: Browser, request: pytest.FixtureRequest) -> Iterator[Visit]:
    """`visit("viewer", size="phone", theme="dark")`: no journey may leave a fault in the console."""
    made: list[Visitor] = []

    def begin(
        role: str = "",
        size: str = "desk",
        language: str = "",
        theme: str = "",
        at: Operation | None = None,
        home: bool = True,
        **options: Any,
    ) -> Visitor:
        place = at or request.getfixturevalue("operation")
        visitor = Visitor(chromium, place, size, options)
        made.append(visitor)
        visitor.prefers(language="vi" if role else language, theme=theme)
        if role:
            visitor.sign_in(role, home)
            visitor.prefers(language=language)
        return visitor

    yield begin
    faults = [f for v in made for f in v.faults if not any(e in f for e in v.expected)]
    for visitor in made:
        visitor.context.close()
    assert faults == []
