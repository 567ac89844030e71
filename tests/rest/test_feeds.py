"""Sources over REST: everybody who reads sees them, administrators pull."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.harness.problems import is_problem

SAMPLE = Path(__file__).parents[2] / "packs/telecom/samples/telecom-monthly/mot-phuong-windows-1258.csv"
AT = "/api/v1/feeds/vien-thong-thang"


def test_a_source_is_listed_pulled_and_remembers(site) -> None:
    from tinh.jobs import api as jobs

    viewer, chief = site.program("viewer"), site.program("administrator")
    assert [f["feed"] for f in viewer.get("/api/v1/feeds").json()["items"]] == ["vien-thong-thang"]
    assert viewer.get("/api/v1/feeds", params={"dataset": "air-hourly"}).json()["items"] == []
    assert is_problem(viewer.post(f"{AT}/pull"), 403)["code"] == "PPL002"
    box = jobs.home() / "drop" / "vien-thong"
    box.mkdir(parents=True, exist_ok=True)
    (box / "a.csv").write_bytes(SAMPLE.read_bytes())
    body = chief.post(f"{AT}/pull", params={"wait": "true"}).json()
    while body["result"] and body["result"]["outcome"] == "nothing":  # the clock's own pull was on its way
        body = chief.post(f"{AT}/pull", params={"wait": "true"}).json()
        assert (box / "a.csv").exists() or body["result"]["taken"] or not body["result"]
        if not (box / "a.csv").exists():
            break
    found = viewer.get(AT).json()
    assert found["condition"] == "ok" and found["declared"]["folder"]["path"] == "vien-thong"
    assert any(t["taken"] == 1 and t["receipts"] for t in found["history"])
    receipt = next(t["receipts"][0] for t in found["history"] if t["receipts"])
    assert viewer.get(f"/api/v1/receipts/{receipt}").json()["channel"] == "pull"


def test_a_paused_source_is_not_pulled_and_says_why(site) -> None:
    from tinh.jobs import api as jobs

    chief = site.program("administrator")
    jobs.feeds().pause("vien-thong-thang", "bảo trì", "admin")
    try:
        body = is_problem(chief.post(f"{AT}/pull"), 409)
        assert body["code"] == "SRC067" and "bảo trì" in body["detail"]
        assert chief.get(AT).json()["condition"] == "paused"
    finally:
        jobs.feeds().resume("vien-thong-thang")
    assert is_problem(chief.post("/api/v1/feeds/khong-co/pull"), 404)["code"] == "SRC065"


def test_a_source_of_another_agency_is_closed(site: Any) -> None:
    """Its history names receipts, senders and refusals."""
    from tinh.jobs import api as jobs

    feed = jobs.feeds().all()[0]
    owner = jobs.catalogue().datasets[feed.dataset].owner
    other = next(d.owner for d in jobs.catalogue().datasets.values() if d.owner != owner)
    stranger = site.program("data_officer", other)
    assert stranger.get(f"/api/v1/feeds/{feed.id}").status_code == 403
    assert feed.id not in {f["feed"] for f in stranger.get("/api/v1/feeds").json()["items"]}
    assert site.person("data_officer", other).get(f"/nguon-du-lieu/{feed.id}/").status_code == 403
    assert site.program("data_officer", owner).get(f"/api/v1/feeds/{feed.id}").status_code == 200
