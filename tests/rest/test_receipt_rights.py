"""Who sees which receipts: every address that shows one, asked by every role, own agency's and another's."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.fixture(scope="module")
def two(site) -> dict[str, Any]:
    """A receipt of each of two agencies, and the datasets they are of."""
    from tinh.jobs import api as jobs

    catalogue = site.prepared.catalogue
    owners: dict[str, str] = {}
    for dataset in catalogue.datasets.values():
        owners.setdefault(dataset.owner, dataset.id)
    (mine, own), (theirs, foreign) = list(owners.items())[:2]
    corridor = jobs.corridor()
    return {
        "own agency": mine,
        "own": (own, corridor.load(b"khong,co\n1,3\n", own, sender=mine, filename="cua-minh.csv").receipt.id),
        "foreign": (
            foreign,
            corridor.load(b"khong,co\n1,4\n", foreign, sender=theirs, filename="cua-nguoi.csv").receipt.id,
        ),
    }


ROLES = ("viewer", "data_officer", "administrator")
REST = {
    "/api/v1/receipts/{id}": ROLES,
    "/api/v1/receipts/{id}/verdict": ROLES,
    "/api/v1/receipts/{id}/held": ROLES,
    "/api/v1/receipts/{id}/raw": ("data_officer", "administrator"),
    "/api/v1/receipts/{id}/events": ROLES,
    "/api/v1/receipts/{id}/recall": ("data_officer", "administrator"),
    "/api/v1/datasets/{dataset}/receipts": ROLES,
    "/api/v1/receipts?dataset={dataset}": ROLES,
}
PAGES = {
    "/du-lieu/nhan/{id}": ROLES,
    "/du-lieu/nhan/{id}/tep": ("data_officer", "administrator"),
    "/du-lieu/nhan/{id}/thu-hoi": ("data_officer", "administrator"),
}
# Asked for what they hold as well as by whom: see tests/rest/test_mending.py.
ELSEWHERE = {
    "/api/v1/receipts/{id}/proposals",
    "/du-lieu/nhan/{id}/bi-giu.xlsx",
    "/du-lieu/nhan/{id}/sua",
    "/du-lieu/nhan/{id}/cho-qua",
}
LISTS = {"/api/v1/receipts": ROLES, "/du-lieu/nhan/": ROLES, "/du-lieu/": ROLES}


def caller(site: Any, role: str, agency: str, address: str) -> Any:
    who = site.program if address.startswith("/api/") else site.person
    return who(role, agency if role == "data_officer" else "")


@pytest.mark.parametrize("whose", ["own", "foreign"])
@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("address", [*REST, *PAGES])
def test_a_receipt_opens_for_those_the_table_names(site, two, address: str, role: str, whose: str) -> None:
    dataset, receipt = two[whose]
    client = caller(site, role, two["own agency"], address)
    response = client.get(address.format(id=receipt, dataset=dataset))
    allowed = role in {**REST, **PAGES}[address] and (role != "data_officer" or whose == "own")
    assert response.status_code == (200 if allowed else 403)
    if not allowed:
        assert "cua-minh.csv" not in response.text and "cua-nguoi.csv" not in response.text


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("address", list(LISTS))
def test_a_list_shows_what_its_reader_may_see(site, two, address: str, role: str) -> None:
    text = caller(site, role, two["own agency"], address).get(address).text
    assert "cua-minh.csv" in text
    assert ("cua-nguoi.csv" in text) is (role != "data_officer")


def test_every_address_of_receipts_is_asked_above(site) -> None:
    """A new route under a receipt, or a new page, comes into the walk before it comes into use."""
    paths = site.stranger().get("/api/v1/openapi.json").json()["paths"]
    rest = {p for p, does in paths.items() if "receipts" in p and "get" in does}
    known = {a.replace("{dataset}", "{id}").partition("?")[0] for a in (*REST, *LISTS)}
    assert rest <= known | ELSEWHERE
    from tinh.web.urls import urlpatterns

    pages = {"/" + str(p.pattern).replace("<str:id>", "{id}") for p in urlpatterns}
    assert {p for p in pages if p.startswith("/du-lieu/nhan/")} <= {*PAGES, *LISTS, *ELSEWHERE}


def test_scores_are_those_of_the_own_agency(site, two) -> None:
    mine = two["own agency"]
    seen = site.program("data_officer", mine).get("/api/v1/status").json()
    assert {d["owner"] for d in seen["datasets"]} == {mine}
    assert [a["agency"] for a in seen["agencies"]] == [mine]
    everybody = site.program("viewer").get("/api/v1/status").json()
    assert len(everybody["agencies"]) > 1
    for part in ("receipts",):
        assert seen[part] == sum(d[part] for d in seen["datasets"]) < everybody[part]


def test_the_page_of_a_foreign_dataset_keeps_its_contract_and_hides_its_scores(site, two) -> None:
    dataset, _ = two["foreign"]
    page = site.person("data_officer", two["own agency"]).get(f"/du-lieu/{dataset}/").text
    assert 'data-part="scores"' not in page and 'data-part="receipts"' not in page
    assert "cua-nguoi.csv" not in page
    assert dataset in page


def test_an_agency_recalls_and_reinstates_its_own_receipt(site, two) -> None:
    from tinh.jobs import api as jobs

    dataset, _ = two["own"]
    content = b"khong,co\n3,4\n"
    receipt = jobs.corridor().load(content, dataset, filename="nham.csv").receipt.id
    at = f"/api/v1/receipts/{receipt}"
    client = site.program("data_officer", two["own agency"])
    assert client.get(f"{at}/recall").json()["action"] == "recall"
    assert client.post(f"{at}/recall", json={"reason": "  "}).json()["code"] == "FLW033"
    done = client.post(f"{at}/recall", json={"reason": "Nhầm tệp"})
    assert done.json()["event"] == "recalled"
    assert client.get(at).json()["recalled"]["reason"] == "Nhầm tệp"
    assert client.post(f"{at}/recall", json={"reason": "Nữa"}).json()["code"] == "FLW031"
    again = client.post(
        f"/api/v1/datasets/{dataset}/receipts", content=content, headers={"Content-Type": "text/csv"}
    )
    assert (again.status_code, again.json()["code"]) == (409, "FLW034")
    assert "Nhầm tệp" in again.json()["detail"] and "data_officer" in again.json()["detail"]
    out = client.get("/api/v1/receipts", params={"recalled": "true", "limit": 1000}).json()["items"]
    assert receipt in {one["receipt"] for one in out}
    assert receipt not in {
        one["receipt"]
        for one in client.get("/api/v1/receipts", params={"recalled": "false", "limit": 1000}).json()["items"]
    }
    for role in ("viewer", "administrator"):
        other = site.program(role).post(f"{at}/reinstate", json={"reason": "Tệp đúng"})
        assert other.status_code == (403 if role == "viewer" else 200)
    assert client.get(at).json()["recalled"] is None


def test_a_list_of_receipts_is_narrowed(site, two) -> None:
    client = site.program("administrator")
    dataset, receipt = two["own"]

    def names(**asked: str) -> set[str]:
        found = client.get("/api/v1/receipts", params={**asked, "limit": 1000}).json()["items"]
        return {one["receipt"] for one in found}

    assert receipt in names(dataset=dataset, text="CUA-MÌNH") and receipt in names(text=receipt)
    assert receipt not in names(text="cua-nguoi") and receipt not in names(outcome="accepted")
    assert receipt in names(outcome="refused", agency=two["own agency"])
    assert receipt not in names(until="2020-01-01") and receipt in names(since="2020-01-01")
    assert client.get("/api/v1/receipts", params={"agency": "khong-co"}).json()["code"] == "RST040"
