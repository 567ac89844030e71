"""From an edited folder to what is in force: the plan, the reason, and a server that takes it over."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import Visit
from tests.journeys.operating import ROOT, Operation, found, telecom_report
from tests.journeys.test_every_page import barriers

INDICATOR = "indicators/telecom-sharing-rate.yaml"


@pytest.fixture(scope="module")
def changing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Operation]:
    """A province whose sectors lie beside it, with one report of two communes."""
    folder = tmp_path_factory.mktemp("changing")
    made = found(folder, with_copy=False)
    shutil.copytree(ROOT / "packs", folder / "packs")
    file = folder / "bao-cao.csv"
    file.write_bytes(
        telecom_report(("05443", "P. Phan Đình Phùng", 40, 10), ("05455", "P. Tích Lương", 20, 8))
    )
    try:
        loaded = made.cli("load", "telecom-monthly", str(file))
        assert "20" in loaded.stdout or loaded.returncode in (0, 1), loaded.stderr
        made.start()
        yield made
    finally:
        made.stop()


def pack(operation: Operation) -> Path:
    return operation.province.parent.parent / "packs" / "telecom"


def edit(operation: Operation, name: str, before: str, after: str) -> None:
    path = pack(operation) / name
    text = path.read_text("utf-8")
    assert before in text
    path.write_text(text.replace(before, after, 1), "utf-8")


def test_an_edited_folder_changes_nothing_until_it_is_applied(changing: Operation, visit: Visit) -> None:
    assert changing.cli("plan").returncode == 0
    shutil.copy(pack(changing) / INDICATOR, pack(changing) / "indicators/telecom-sharing-rate.v1.yaml")
    edit(changing, INDICATOR, "scale: 100", "scale: 50")
    silently = changing.cli("plan", "--lang", "en")
    assert silently.returncode == 2  # two files of one version
    edit(changing, INDICATOR, "version: 1", "version: 2\nreplaces: {version: 1, until: 2026-12-31}")
    shown = changing.cli("plan", "--lang", "en")
    assert shown.returncode == 1
    assert "telecom-sharing-rate v1 → v2" in shown.stdout
    assert "tinh plan" in changing.cli("check", "--lang", "en").stdout

    viewer = visit("viewer", at=changing).page
    viewer.goto("/du-lieu/")
    viewer.get_by_role("link", name="Thay đổi khai báo").click()
    expect(viewer.locator("[data-part=versions] tbody tr")).to_have_count(1)
    expect(viewer.locator("[data-part=plan]")).to_have_count(0)
    expect(viewer.locator("form[method=post][action='/thay-doi/']")).to_have_count(0)

    visitor = visit("administrator", at=changing)
    page = visitor.page
    page.goto("/chi-so/telecom-sharing-rate/")
    before = page.locator(".headline .figure").inner_text()
    page.goto("/thay-doi/")
    expect(page.locator("[data-part=values]")).to_contain_text("v1 → v2")
    assert barriers(visitor) == []
    page.get_by_label("Lý do").fill("Theo QĐ 12")
    page.get_by_role("button", name="Áp dụng").click()
    expect(page.locator("p[role=status]")).to_contain_text("bản số 2")
    expect(page.locator("[data-part=plan]")).to_contain_text("giống hệt")
    expect(page.locator("[data-part=versions] tbody tr").first).to_contain_text("Theo QĐ 12")

    page.goto("/chi-so/telecom-sharing-rate/")
    after = page.locator(".headline .figure").inner_text()
    assert float(after.split()[0].rstrip("%").replace(",", ".")) == pytest.approx(
        float(before.split()[0].rstrip("%").replace(",", ".")) / 2, abs=0.1
    )
    expect(page.locator(".choices a")).to_have_count(2)
    assert barriers(visitor) == []
    page.locator(".choices a").nth(1).click()
    expect(page.locator(".headline .figure")).to_have_text(before)
    expect(page.locator(".note")).to_contain_text("phiên bản cũ")
    rows = page.request.get("/api/v1/indicators/telecom-sharing-rate/values?place=19&version=1").json()[
        "items"
    ]
    assert [(r["version"], r["applied"]) for r in rows] == [(1, 2)]
    assert page.request.get("/api/v1/indicators/telecom-sharing-rate/values?version=9").status == 404

    # Applied at a terminal: the server notices, and shows what changed between two versions.
    edit(changing, "pack.yaml", "maturity: ", "maturity: draft  # ")
    said = changing.cli("apply", "--yes", "--reason", "Rà soát")
    assert said.returncode == 0, said.stderr
    page.goto("/thay-doi/")
    expect(page.locator("[data-part=versions] tbody tr").first).to_contain_text("Rà soát")
    page.wait_for_timeout(2500)
    page.reload()
    expect(page.locator("[data-part=versions] tbody tr").first).to_contain_text("Đang áp dụng")
    page.get_by_label("So sánh bản").select_option("2")
    page.get_by_label("với bản").select_option("3")
    page.get_by_role("button", name="Xem").click()
    expect(page.locator("[data-part=compared]")).to_contain_text("draft")
    assert barriers(visitor) == []

    # A folder that does not compile: the room stands, the page names the fault.
    edit(changing, INDICATOR, "scale: 50", "scale: nhiều")
    assert changing.cli("plan").returncode == 2
    page.reload()
    expect(page.locator("[data-part=findings]")).to_contain_text("telecom-sharing-rate.yaml")
    assert page.goto("/").status == 200  # type: ignore[union-attr]
