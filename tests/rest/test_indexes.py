"""Composite indexes over the wire and on their pages, from rows that communes delivered."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pytest
from tests.harness.problems import is_problem

SAMPLE = Path(__file__).parents[2] / "packs/index-766/samples/service-index/hai-xa.csv"
PERIOD = "2026-03"


@pytest.fixture(scope="module")
def reported(site) -> None:
    """Three communes in one month: as sampled, one with fewer dossiers in time, one with none online."""
    head, first, *_ = SAMPLE.read_text("utf-8").splitlines()
    names, cells = next(csv.reader([head])), first.split(",")
    at = {name: n for n, name in enumerate(names)}

    def row(code: str, **changed: int) -> str:
        mine = list(cells)
        mine[at["Mã xã"]] = code
        for column, value in (
            ("Hồ sơ giải quyết trước và đúng hạn", "late"),
            ("Hồ sơ thanh toán trực tuyến", "paid"),
        ):
            if value in changed:
                mine[at[column]] = str(changed[value])
        return ",".join(mine)

    text = "\n".join([head, row("05443"), row("05455", late=390), row("05467", paid=0)]) + "\n"
    response = site.program("administrator").post(
        "/api/v1/datasets/service-index/receipts?wait=true", content=text.encode(),
        headers={"Content-Type": "text/csv"},
    )  # fmt: skip
    assert response.status_code == 200 and response.json()["accepted"] == 3, response.text


def test_an_index_tells_scores_ranks_and_how_sure_they_are(site, reported) -> None:
    client = site.program("viewer")
    listed = {i["id"]: i for i in client.get("/api/v1/indexes").json()["items"]}
    assert (listed["dti-2022"]["components"], listed["dti-2022"]["points"]) == (98, 1000)
    assert (listed["dti-2025"]["components"], listed["index-766"]["points"]) == (47, 100)
    found = client.get("/api/v1/indexes/index-766").json()
    assert (found["period"], found["simulated"]) == (PERIOD, False)
    units: dict[str, Any] = {u["unit"]: u for u in found["units"]}
    assert [units[c]["rank"] for c in ("05443", "05467", "05455")] == [1, 2, 3]
    assert units["05443"]["2.1"] == pytest.approx(20 * 752 / 780)
    assert units["05455"]["2.1"] == pytest.approx(10)
    assert units["05467"]["3.6"] == 0
    assert all(u["rank_q5"] <= u["rank"] <= u["rank_q95"] for u in units.values())


def test_a_recalled_delivery_stops_counting_at_once(site, reported) -> None:
    client = site.program("administrator")
    later = SAMPLE.read_text("utf-8").replace(PERIOD, "2026-04")
    sent = client.post(
        "/api/v1/datasets/service-index/receipts?wait=true", content=later.encode(),
        headers={"Content-Type": "text/csv"},
    )  # fmt: skip
    assert sent.json()["accepted"], sent.text
    assert client.get("/api/v1/indexes/index-766").json()["period"] == "2026-04"
    done = client.post(f"/api/v1/receipts/{sent.json()['receipt']}/recall", json={"reason": "Nhầm tháng"})
    assert done.is_success, done.text
    assert client.get("/api/v1/indexes/index-766").json()["period"] == PERIOD


def test_a_what_if_moves_score_and_rank_and_stores_nothing(site, reported) -> None:
    client = site.program("viewer")
    asked = {"unit": "05455", "points": ["2.1:20"]}
    told = client.get("/api/v1/indexes/index-766/what-if", params=asked).json()
    assert told["after"]["score"] - told["before"]["score"] == pytest.approx(10)
    assert (told["before"]["rank"], told["after"]["rank"], told["among"]) == (3, 1, 3)
    again = client.get("/api/v1/indexes/index-766/what-if", params={"unit": "05455"}).json()
    assert again["before"] == again["after"] == told["before"]
    is_problem(client.get("/api/v1/indexes/index-766/what-if", params={"unit": "99999"}), 404)
    is_problem(
        client.get("/api/v1/indexes/index-766/what-if", params={"unit": "05455", "points": ["x"]}), 422
    )


def test_the_page_answers_without_scripts_and_gives_each_table_as_csv(site, reported) -> None:
    person = site.person("viewer")
    tree = person.get("/bo-chi-so/index-766/?don-vi=05455").text
    assert "Phường Quyết Thắng" in tree and "Tiến độ giải quyết" in tree and "minh họa" in tree
    tried = person.get("/bo-chi-so/index-766/?xem=tang-diem&don-vi=05455&diem.2.1=20").text
    assert "<span data-was>3</span>" in tried and "<span data-rank>1</span>" in tried
    for name in ("cay", "xep-hang", "tang-diem", "do-nhay", "bo-mot", "thong-ke", "tuong-quan", "nhom"):
        answer = person.get(f"/bo-chi-so/index-766/{name}.csv?don-vi=05455")
        rows = list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff"))))
        assert len(rows) > 2 and len({len(row) for row in rows}) == 1, name
    assert person.get("/bo-chi-so/index-766/khac.csv").status_code == 404
    assert person.get("/bo-chi-so/dti-2025/").status_code == 200  # nothing has arrived


def test_a_receipt_that_brings_an_index_nothing_new_draws_no_intervals_again(
    site, reported, monkeypatch
) -> None:
    from tinh.flow import indexes

    drawn: list[int] = []
    real = indexes.monte_carlo

    def counting(builder: Any, rebuilds: int) -> Any:
        drawn.append(rebuilds)
        return real(builder, rebuilds)

    monkeypatch.setattr(indexes, "monte_carlo", counting)
    client, office = site.program("viewer"), site.program("administrator")

    def send(text: str) -> None:
        sent = office.post(
            "/api/v1/datasets/service-index/receipts?wait=true", content=text.encode(),
            headers={"Content-Type": "text/csv"},
        )  # fmt: skip
        assert sent.status_code == 200, sent.text

    def told() -> dict[str, Any]:
        found = client.get(f"/api/v1/indexes/index-766?period={PERIOD}").json()
        return {u["unit"]: (u["rank"], u["rank_q5"], u["rank_q95"]) for u in found["units"]}

    head, first, *_ = SAMPLE.read_text("utf-8").splitlines()
    older = first.replace(PERIOD, "2025-12")
    send(f"{head}\n{older}\n")
    before = told()
    drawn.clear()
    send(f"{head}\n{older.replace(',752,', ',751,')}\n")  # the older month is told otherwise
    assert told() == before and drawn == []
