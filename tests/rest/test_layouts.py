"""Profiles and layouts over HTTP: proposed from a file, saved, used, taken away, and not by strangers."""

from __future__ import annotations

from pathlib import Path

import httpx
import openpyxl
import pytest
from tests.harness.problems import is_problem
from tests.harness.wide import telecom

AT = "/api/v1/datasets/telecom-monthly/layouts"
XLSX = {"Content-Type": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


@pytest.fixture
def officer(site) -> httpx.Client:
    return site.program("data_officer", "so-khcn")


def test_a_proposed_layout_is_saved_and_reads_the_next_file(site, officer, tmp_path: Path) -> None:
    first = telecom(tmp_path / "a.xlsx", (1, 2), 2023).read_bytes()
    proposed = officer.post(
        f"{AT}/propose", content=first, headers=XLSX, params={"filename": "quy-1.xlsx"}
    ).json()
    assert proposed["open"] == []
    assert (proposed["trial"]["verdict"]["verdict"], proposed["trial"]["total"]) == ("accepted", 40)
    assert officer.get(AT).json()["items"] == []

    kept = officer.put(f"{AT}/bao-cao-ngang", content=proposed["yaml"].encode()).json()
    assert kept["made_by"].startswith("data_officer-so-khcn") and not kept["declared"]
    following = telecom(tmp_path / "b.xlsx", (3,), 2023).read_bytes()
    params = {"wait": "true", "filename": "thang-3.xlsx"}
    told = officer.post(
        "/api/v1/datasets/telecom-monthly/receipts", content=following, headers=XLSX, params=params
    )
    assert (told.json()["verdict"], told.json()["received"]) == ("accepted", 20)
    assert "unpivot" in officer.get(f"{AT}/bao-cao-ngang").text
    assert [one["name"] for one in officer.get(AT).json()["items"]] == ["bao-cao-ngang"]

    folder = site.prepared.home / "layouts" / "telecom-monthly"
    officer.put(f"{AT}/bao-cao-ngang", content=proposed["yaml"].encode())
    assert len(list((folder / ".versions").glob("bao-cao-ngang-*.yaml"))) == 1
    assert officer.delete(f"{AT}/bao-cao-ngang").status_code == 204
    assert is_problem(officer.get(f"{AT}/bao-cao-ngang"), 404)["code"] == "FLW041"
    assert len(list((folder / ".versions").glob("bao-cao-ngang-*.yaml"))) == 2


def test_what_was_refused_for_its_layout_is_read_once_one_is_known(officer, tmp_path: Path) -> None:
    content = telecom(tmp_path / "c.xlsx", (1, 2), 2022).read_bytes()
    where, params = "/api/v1/datasets/telecom-monthly/receipts", {"wait": "true", "filename": "c.xlsx"}
    refused = officer.post(where, content=content, headers=XLSX, params=params).json()
    assert refused["verdict"] == "refused"
    proposed = officer.post(
        f"{AT}/propose", content=content, headers=XLSX, params={"filename": "c.xlsx"}
    ).json()
    officer.put(f"{AT}/lan-sau", content=proposed["yaml"].encode())
    again = officer.post(where, content=content, headers=XLSX, params=params).json()
    assert (again["verdict"], again["received"], again["repeated"]) == ("accepted", 40, False)
    third = officer.post(where, content=content, headers=XLSX, params=params).json()
    assert (third["receipt"], third["repeated"]) == (again["receipt"], True)
    officer.delete(f"{AT}/lan-sau")


def test_a_file_of_names_is_laid_out_for_a_contract_that_asks_for_codes(officer, tmp_path: Path) -> None:
    first = by_name(tmp_path / "n.xlsx", "4", 2021, "Xã La Bằng", "Phường Phan Đình Phùng", "Xã Tân Cương")
    proposed = officer.post(
        f"{AT}/propose", content=first, headers=XLSX, params={"filename": "thang-4.xlsx"}
    ).json()
    told = {m["header"]: m["column"] for m in proposed["columns"]}
    assert (told["Xã, phường"], proposed["open"]) == ("commune_code", [])
    officer.put(f"{AT}/theo-ten", content=proposed["yaml"].encode())
    second = by_name(
        tmp_path / "m.xlsx",
        "5",
        2021,
        "X. La Bằng",
        "2. XÃ TÂN CƯƠNG",
        "Phường Phan Đình Phùng",
        "Xã Không Có",
    )
    where, params = "/api/v1/datasets/telecom-monthly/receipts", {"wait": "true", "filename": "thang-5.xlsx"}
    seen = officer.post(where, content=second, headers=XLSX, params=params).json()
    officer.delete(f"{AT}/theo-ten")
    assert (seen["verdict"], seen["received"], seen["accepted"]) == ("in part", 4, 3)
    assert ["commune_code: place_code", 3] in [list(one.values()) for one in seen["cleaning"]]


def test_sheets_and_titles_that_name_a_commune_serve_a_contract_that_asks_for_codes(
    officer, tmp_path: Path
) -> None:
    """A workbook with a sheet a commune, then the file of one commune, whose layout serves every other's."""
    where, params = "/api/v1/datasets/telecom-monthly/receipts", {"wait": "true", "filename": "a.xlsx"}
    sheets = of_communes(tmp_path / "s.xlsx", "6", "Xã La Bằng", "Phường Phan Đình Phùng")
    proposed = officer.post(
        f"{AT}/propose", content=sheets, headers=XLSX, params={"filename": "a.xlsx"}
    ).json()
    assert (proposed["open"], proposed["trial"]["verdict"]["accepted"]) == ([], 2)

    one = of_communes(tmp_path / "o.xlsx", "7", "Xã La Bằng", titled=True)
    proposed = officer.post(f"{AT}/propose", content=one, headers=XLSX, params={"filename": "a.xlsx"}).json()
    assert (proposed["open"], proposed["trial"]["verdict"]["accepted"]) == ([], 1)
    officer.put(f"{AT}/mot-xa", content=proposed["yaml"].encode())
    other = of_communes(tmp_path / "p.xlsx", "7", "Xã Tân Cương", titled=True)
    seen = officer.post(where, content=other, headers=XLSX, params=params).json()
    officer.delete(f"{AT}/mot-xa")
    assert (seen["verdict"], seen["accepted"]) == ("accepted", 1)


def of_communes(path: Path, month: str, *names: str, titled: bool = False) -> bytes:
    """A sheet a commune, or with `titled` one whose title names it."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for at, name in enumerate(names):
        sheet = book.create_sheet("Sheet1" if titled else name)
        sheet.append([f"BÁO CÁO THÁNG {month} NĂM 2021" + (f" - {name}" if titled else "")])
        sheet.append(["Dân số", "Số trạm BTS", "Số trạm dùng chung"])
        sheet.append([9000 + at, 20 + at, 5])
    book.save(path)
    return path.read_bytes()


def by_name(path: Path, month: str, year: int, *names: str) -> bytes:
    """A month's report as an office writes it that knows its communes by name."""
    book = openpyxl.Workbook()
    book.active.append([f"BÁO CÁO HẠ TẦNG VIỄN THÔNG THÁNG {month} NĂM {year}"])
    book.active.append(["STT", "Xã, phường", "Dân số", "Số trạm BTS", "Số trạm dùng chung"])
    for at, name in enumerate(names, 1):
        book.active.append([at, name, 9000 + at, 20 + at, 5])
    book.save(path)
    return path.read_bytes()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("format: 1\nmatch: {headers: [a]}\nlayout: {columns: {khong_co: x}}\n", "khong_co"),
        ("format: 1\nmatch: {headers: [a]}\nlayout: {unpivot: {columns: '(', names_to: period}}\n", "("),
        ("không phải yaml: [", ""),
    ],
)
def test_a_layout_that_does_not_fit_its_contract_is_not_kept(officer, text: str, said: str) -> None:
    body = is_problem(officer.put(f"{AT}/sai", content=text.encode()), 422)
    assert body["code"] == "FLW042" and said in str(body)
    is_problem(officer.get(f"{AT}/sai"), 404)


def test_layouts_are_for_those_who_owe_the_data(site, officer) -> None:
    stranger, viewer = site.program("data_officer", "so-nnmt"), site.program("viewer")
    for client in (stranger, viewer):
        for method, path in (
            ("get", AT),
            ("put", f"{AT}/x"),
            ("delete", f"{AT}/x"),
            ("post", f"{AT}/propose"),
        ):
            is_problem(client.request(method, path), 403)
    is_problem(
        viewer.post("/api/v1/profile", content=b"a,b\n1,2\n", headers={"Content-Type": "text/csv"}), 403
    )


def test_a_profile_carries_a_contract_that_accepts_the_file(officer) -> None:
    text = "Mã xã,Kỳ,Số hộ\n05443,03/2026,12\n05449,03/2026,9\n".encode()
    found = officer.post("/api/v1/profile", content=text, headers={"Content-Type": "text/csv"}).json()
    assert found["verdict"]["verdict"] == "accepted" and found["findings"] == []
    assert found["contract"].startswith("# ") and "kind: DataContract" in found["contract"]
    assert (found["place"], found["period"]) == ("ma_xa", "ky")
