"""Siting studies, from the declaration to the page: solved beside it, told with what they stand on."""

from __future__ import annotations

import re
import threading
import time
from typing import Any

import pytest

from tinh.jobs import api as jobs
from tinh.jobs.house import house

HEADER = (
    "period,commune_code,commune,population,stations,shared_stations,"
    "population_4g,population_5g,commune_radio"
)
STUDY = "/api/v1/sitings/truyen-thanh"


@pytest.fixture(scope="module")
def delivered(site) -> None:
    """Three communes, of which one has a radio station."""
    rows = (
        "2026-10,05443,Phường Phan Đình Phùng,90000,150,30,90000,90000,có",
        "2026-10,05455,Phường Quyết Thắng,30001,45,10,30001,30001,chưa",
        "2026-10,05467,Phường Gia Sàng,52000,80,15,52000,52000,chưa",
    )
    sent = site.program("administrator").post(
        "/api/v1/datasets/telecom-monthly/receipts?wait=true",
        content=("\n".join([HEADER, *rows]) + "\n").encode(), headers={"Content-Type": "text/csv"},
    )  # fmt: skip
    assert sent.status_code == 200, sent.text
    assert sent.json()["accepted"] == 3, sent.text


def solved(site, address: str) -> dict[str, Any]:
    office = site.program("programme_office")
    assert office.post(f"{address}/solve").status_code == 202
    for _ in range(150):
        found = office.get(address).json()
        if found["state"] != "running":
            return found
        time.sleep(0.2)
    raise AssertionError(found)


def test_a_declared_study_is_solved_over_the_people_of_the_newest_report(site, delivered) -> None:
    found = solved(site, STUDY)
    told = found["answer"]
    assert (found["state"], told["period"]) == ("solved", "2026-10")
    groups = {g["group"]: g["weight"] for g in told["groups"]}  # ours, and what others sent
    assert groups.items() >= {"05455": 30001, "05467": 52000}.items() and "05443" not in groups
    assert told["total"] == sum(groups.values())
    assert 0 < told["reached"] <= told["bound"] <= told["total"]
    assert told["spread"] and told["approximate"] and not told["simulated"]
    shapes = site.program("viewer").get(f"{STUDY}/sites.geojson").json()
    assert [f["id"] for f in shapes["features"]] == [s["site"] for s in told["sites"]]


def test_the_page_says_the_answer_first_and_gives_every_site(site, delivered) -> None:
    told = solved(site, STUDY)["answer"]
    page = site.person("viewer").get("/bo-tri/truyen-thanh/").text
    said = re.sub(r"<[^>]+>", "", page.split('class="said">')[1].split("</p>")[0])
    assert f"{len(told['sites'])} điểm mới" in said
    assert f"{told['total']:,.0f} người".replace(",", ".") in said
    assert page.count('class="reach"') == len(told["sites"])
    table = site.person("viewer").get("/bo-tri/truyen-thanh/diem.csv").text.splitlines()
    assert len(table) == 1 + len(told["sites"])


def test_a_study_is_made_on_the_web_by_those_who_may_and_refused_with_its_field(site, delivered) -> None:
    assert site.person("viewer").get("/bo-tri/moi").status_code == 403
    office = site.person("programme_office")

    def send(**fields: str) -> Any:
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', office.get("/bo-tri/moi").text)
        body = {"csrfmiddlewaretoken": token[1], "ten": "Trạm thử", "muc-tieu": "cover", **fields}
        body = {"so-lieu": "telecom-monthly/population", "o": "4", "o-vi-tri": "0", "so-diem": "2"} | body
        return office.post("/bo-tri/moi", data=body, headers={"Referer": site.address + "/bo-tri/moi"})

    wrong = send(tam="xa")
    assert wrong.status_code == 400
    assert "Một điểm phục vụ được (km)” phải là số" in wrong.text
    assert "cột số người" in send(**{"so-lieu": "telecom-monthly/khong-co"}).text
    made = send(tam="2")
    assert made.headers["location"] == "/bo-tri/tram-thu/"
    told = solved(site, "/api/v1/sitings/tram-thu")["answer"]
    assert (
        told["total"] == sum(one["weight"] for one in told["groups"]) >= 172001
    )  # ours, and what others sent
    assert "mã này đã có" in send(tam="2").text

    def drop(reason: str) -> Any:
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', office.get("/bo-tri/moi").text)
        body = {"csrfmiddlewaretoken": token[1], "act": "drop", "ly-do": reason}
        back = {"Referer": site.address + "/bo-tri/tram-thu/"}
        return office.post("/bo-tri/tram-thu/", data=body, headers=back)

    assert "Xóa phương án" in office.get("/bo-tri/tram-thu/").text
    assert "Xóa phương án" not in site.person("viewer").get("/bo-tri/tram-thu/").text
    refused = drop("  ")
    assert refused.status_code == 400 and "INS108" in refused.text
    assert drop("lập thử").headers["location"] == "/bo-tri/"
    assert office.get("/bo-tri/tram-thu/").status_code == 404
    assert "Xóa phương án" not in office.get("/bo-tri/truyen-thanh/").text  # of the province's folder


def test_a_study_that_nothing_is_known_of_is_not_there(site) -> None:
    gone = site.program("viewer").get("/api/v1/sitings/khong-co")
    assert (gone.status_code, gone.json()["code"]) == (404, "INS123")
    assert site.program("viewer").post(f"{STUDY}/solve").status_code == 403


def test_a_study_asked_for_by_many_at_once_is_solved_once(
    site, delivered, monkeypatch: pytest.MonkeyPatch
) -> None:
    solved(site, STUDY)
    begun: list[str] = []
    monkeypatch.setattr("tinh.jobs.sitings._solve", lambda one: begun.append(one.id))
    together = threading.Barrier(6)

    def ask() -> None:
        together.wait()
        jobs.solve_siting("truyen-thanh", wait=True)

    askers = [threading.Thread(target=ask) for _ in range(6)]
    for asker in askers:
        asker.start()
    for asker in askers:
        asker.join()
    assert begun == ["truyen-thanh"]
    monkeypatch.undo()
    (house().home / "sitings" / "answers" / "truyen-thanh.running.json").unlink()


def test_an_answer_ages_with_every_table_the_study_reads(site, delivered) -> None:
    """Candidates from a register: things that are added there make the answer out of date."""
    told = solved(site, STUDY)["answer"]
    one = jobs.siting("truyen-thanh")
    assert set(told["versions"]) == {one.demand.dataset}
    register = next(d.id for d in jobs.catalogue().datasets.values() if d.kind == "register")
    with_sites = one.model_copy(update={"sites": one.sites.model_copy(update={"dataset": register})})
    assert jobs.siting_standing(with_sites).outdated and not jobs.siting_standing(one).outdated
