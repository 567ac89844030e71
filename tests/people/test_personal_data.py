"""Personal data: hidden at every door, seen with a reason, agreed to, asked for, erased; all recorded."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import openpyxl
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.harness.houses import standing_in
from tests.harness.residents import BINH, LAN, MINH, residents, rows

from tinh.packs.api import compile, kernel_privacy, load, masked

SECRETS = (*MINH[:5], MINH[5])
AGENCY = "so-yt"


class Clinic:
    """The test server over a province that holds a register of people, with one delivery in it."""

    def __init__(self, site, house) -> None:
        self.site = site
        self.house = house
        self.corridor = house.corridor()
        self.receipt = self.corridor.load(rows(LAN, BINH, MINH), "residents", filename="so.csv").receipt.id

    def unmask(
        self, client, reason: str = "sửa số căn cước sai trong biên nhận", purpose: str = "mending-data"
    ):
        page = client.get("/du-lieu-ca-nhan/xem-ro/residents?ve=/du-lieu/")
        token = page.text.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
        fields = {"muc-dich": purpose, "ly-do": reason, "csrfmiddlewaretoken": token}
        return client.post(
            "/du-lieu-ca-nhan/xem-ro/residents", data=fields, headers={"Referer": str(page.url)}
        )


@pytest.fixture
def clinic(site, tmp_path: Path) -> Iterator[Clinic]:
    from tinh.jobs.house import House
    from tinh.kit.clock import SystemClock

    catalogue = compile(residents(tmp_path))
    with standing_in(House(catalogue, tmp_path / "home", SystemClock(), folder=catalogue.folder)) as house:
        yield Clinic(site, house)


def doors(receipt: str) -> list[str]:
    return [
        f"/du-lieu/nhan/{receipt}",
        f"/du-lieu/nhan/{receipt}?quy-tac=visits-range",
        f"/du-lieu/nhan/{receipt}/sua",
        f"/du-lieu/nhan/{receipt}/bi-giu.xlsx",
        f"/api/v1/receipts/{receipt}/verdict",
        f"/api/v1/receipts/{receipt}/held",
        f"/api/v1/receipts/{receipt}/held?format=csv",
        f"/api/v1/receipts/{receipt}/held?format=parquet",
        f"/api/v1/receipts/{receipt}/held?format=xlsx",
        f"/api/v1/receipts/{receipt}/proposals",
    ]


def said(body: bytes) -> str:
    """What a body says, whatever its format."""
    if body.startswith(b"PAR1"):
        return str(pl.read_parquet(io.BytesIO(body)).rows())
    if body.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(body)) as packed:
            return "".join(packed.read(n).decode("utf-8", "replace") for n in packed.namelist())
    return body.decode("utf-8", "replace")


def test_no_door_shows_personal_values_before_a_reason_is_given(clinic: Clinic) -> None:
    for role, agency in (("data_officer", AGENCY), ("administrator", ""), ("auditor", "")):
        client = clinic.site.person(role, agency)
        for door in doors(clinic.receipt):
            answer = client.get(door)
            assert answer.status_code in (200, 403), (role, door, answer.text[:300])
            shown = said(answer.content)
            for secret in SECRETS:
                assert secret not in shown, (role, door, secret)
        for raw in (f"/du-lieu/nhan/{clinic.receipt}/tep", f"/api/v1/receipts/{clinic.receipt}/raw"):
            answer = client.get(raw)
            assert answer.status_code == 403, raw
            assert "PPL071" in answer.text


def test_an_officer_of_the_agency_sees_clearly_after_a_reason_and_it_is_recorded(clinic: Clinic) -> None:
    from tinh.people import api as people

    client, other = clinic.site.person("data_officer", AGENCY), clinic.site.person("data_officer", AGENCY)
    assert "•••777" in client.get(f"/du-lieu/nhan/{clinic.receipt}").text
    held = f"/api/v1/receipts/{clinic.receipt}/held"
    tag = client.get(held).headers["etag"]
    clinic.unmask(client)
    again = client.get(held, headers={"If-None-Match": tag})
    assert again.status_code == 200 and MINH[0] in again.text  # a masked copy is no longer good
    assert MINH[1] in client.get(f"/du-lieu/nhan/{clinic.receipt}").text
    assert client.get(f"/api/v1/receipts/{clinic.receipt}/raw").content == rows(LAN, BINH, MINH)
    assert MINH[0] not in other.get(held).text  # another session of the same person
    line = people.about([MINH[0]])[0]
    assert line.action == "see personal data"
    assert set(line.fields) == {"cccd", "full_name", "phone", "email", "born", "note"}
    assert (line.purpose, line.basis) == ("mending-data", "public-duty")
    assert line.reason == "sửa số căn cước sai trong biên nhận"
    assert people.verify().problem == ""
    with people.through("record"):
        people.Unmasking.objects.update(until=people.Unmasking.objects.first().since)
    assert MINH[0] not in client.get(held).text  # its time is over


@pytest.mark.parametrize(
    ("role", "agency"), [("data_officer", "so-tc"), ("administrator", ""), ("viewer", "")]
)
def test_nobody_but_the_own_agency_may_see_clearly(clinic: Clinic, role: str, agency: str) -> None:
    wanted = {"purpose": "mending-data", "reason": "muốn xem thử dữ liệu"}
    told = clinic.site.program(role, agency).post("/api/v1/datasets/residents/unmask", json=wanted)
    assert (told.status_code, told.json()["code"]) == (403, "PPL002")
    assert clinic.site.person(role, agency).get("/du-lieu-ca-nhan/xem-ro/residents").status_code == 403


@pytest.mark.parametrize(
    ("purpose", "reason", "code"),
    [("mending-data", "xem", "PPL070"), ("to-mo", "một lý do đủ dài", "PPL073")],
)
def test_a_reason_must_say_something_and_a_purpose_be_declared(clinic: Clinic, purpose, reason, code) -> None:
    assert clinic.unmask(clinic.site.person("data_officer", AGENCY), reason, purpose).status_code == 422
    wanted = {"purpose": purpose, "reason": reason}
    program = clinic.site.program("data_officer", AGENCY)
    told = program.post("/api/v1/datasets/residents/unmask", json=wanted)
    assert (told.status_code, told.json()["code"]) == (422, code)
    held = f"/api/v1/receipts/{clinic.receipt}/held"
    assert MINH[0] not in program.get(held).text
    wanted = {"purpose": "mending-data", "reason": "kiểm tra số căn cước"}
    assert program.post("/api/v1/datasets/residents/unmask", json=wanted).status_code == 201
    assert MINH[0] in program.get(held).text


def test_a_masked_sheet_sent_back_keeps_what_was_masked(clinic: Clinic, tmp_path: Path) -> None:
    client = clinic.site.person("data_officer", AGENCY)
    book = openpyxl.load_workbook(
        io.BytesIO(client.get(f"/du-lieu/nhan/{clinic.receipt}/bi-giu.xlsx").content)
    )
    sheet = book.worksheets[0]
    head = [cell.value for cell in sheet[1]]
    sheet.cell(2, head.index("Lượt khám") + 1).value = 9
    book.save(tmp_path / "sua.xlsx")
    done = clinic.corridor.mending.answer(
        tmp_path / "sua.xlsx", clinic.receipt, actor="x", filename="sua.xlsx"
    )
    assert len(done.rows) == 1
    dataset = clinic.corridor.catalogue.datasets["residents"]
    stored = clinic.corridor.lake.query(
        "SELECT full_name, phone, visits FROM residents WHERE visits = 9", {"residents": dataset}
    )
    assert stored.rows() == [(MINH[1], MINH[2], 9)]


def test_the_register_lists_every_personal_column_with_its_purpose(clinic: Clinic) -> None:
    client = clinic.site.person("viewer")
    record = client.get("/api/v1/personal-data").json()["items"]
    note = next(one for one in record if one["holder"] == "residents" and one["field"] == "note")
    assert (note["level"], note["purposes"], note["bases"], note["keep"]) == (
        "sensitive", ["mending-data"], ["public-duty"], "P1Y",
    )  # fmt: skip
    platform = [one for one in record if one["where"] == "platform"]
    assert platform and all(one["purposes"] and one["keep"] for one in platform)
    assert "Bệnh án" in client.get("/du-lieu-ca-nhan/").text
    assert "residents,note,health" in client.get("/du-lieu-ca-nhan/so.csv").text


def form(client, path: str, **fields: str):
    page = client.get("/du-lieu-ca-nhan/yeu-cau/")
    token = page.text.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
    return client.post(
        path, data={**fields, "csrfmiddlewaretoken": token}, headers={"Referer": str(page.url)}
    )


def test_a_request_to_delete_goes_from_intake_to_an_erased_lake(clinic: Clinic, tmp_path: Path) -> None:
    from tinh.people import api as people

    desk = clinic.site.person("desk_officer", AGENCY)
    home = "/du-lieu-ca-nhan/yeu-cau/"
    made = form(
        desk, home, loai="delete", **{"loai-ma": "citizen-id"}, nguoi="019 185 001 234", ten="Trần Thị Lan"
    )
    assert made.status_code == 302
    one = made.headers["location"]
    number = int(one.rsplit("/", 1)[1])
    early = form(desk, one, buoc="chap-thuan", **{"ly-do": "đúng người, đúng quyền"})
    assert early.status_code == 409 and "PPL077" not in early.text
    assert form(desk, one, buoc="nhan").status_code == 302
    assert form(desk, one, buoc="xac-minh", cach="đối chiếu căn cước tại quầy").status_code == 302
    assert form(desk, one, buoc="gia-han", **{"ly-do": "cần hỏi thêm Sở Y tế"}).status_code == 302
    assert form(desk, one, buoc="gia-han", **{"ly-do": "cần hỏi thêm lần nữa"}).status_code == 409
    assert form(desk, one, buoc="chap-thuan", **{"ly-do": "đúng người, đúng quyền"}).status_code == 302
    found = people.requests.request_of(number)
    assert (found.state, found.decision) == ("done", "granted")
    assert (found.acknowledge_by - found.received_at.date()).days >= 2
    assert (found.due - found.extended_from).days == 15
    assert found.subject.value == "" and found.subject.erased_at is not None
    assert [e.what for e in found.events.order_by("id")] == [
        "received", "acknowledged", "identified", "extended", "granted", "done",
    ]  # fmt: skip
    left = b"".join(p.read_bytes() for p in (tmp_path / "home").rglob("*") if p.is_file())
    assert LAN[0].encode() not in left
    assert "người đã được xoá" in desk.get(one).text
    certificate = people.about([LAN[0]])
    assert any(line.action == "erase" and "data/residents" in line.subject for line in certificate)
    page = clinic.site.person("data_officer", AGENCY).get(f"/du-lieu/nhan/{clinic.receipt}")
    assert "Tệp gốc đã xoá" in page.text
    gone = clinic.site.program("data_officer", AGENCY)
    wanted = {"purpose": "mending-data", "reason": "tải lại tệp gốc để đối chiếu"}
    gone.post("/api/v1/datasets/residents/unmask", json=wanted)
    answer = gone.get(f"/api/v1/receipts/{clinic.receipt}/raw")
    assert (answer.status_code, answer.json()["code"]) == (410, "SRC170")


def test_what_is_handed_over_holds_all_and_only_the_person(clinic: Clinic) -> None:
    from tinh.people import api as people

    officer = clinic.site.person("data_officer", AGENCY)
    clinic.unmask(officer)
    officer.get(f"/api/v1/receipts/{clinic.receipt}/held")
    desk = clinic.site.person("desk_officer", AGENCY)
    made = form(
        desk, "/du-lieu-ca-nhan/yeu-cau/", loai="export", nguoi=MINH[0], **{"loai-ma": "citizen-id"},
        **{"xac-minh": "đối chiếu căn cước tại quầy"},
    )  # fmt: skip
    one = made.headers["location"]
    assert desk.get(f"{one}/tra-loi.zip").status_code == 404  # not granted yet
    form(desk, one, buoc="chap-thuan", **{"ly-do": "đúng người yêu cầu"})
    with zipfile.ZipFile(io.BytesIO(desk.get(f"{one}/tra-loi.zip").content)) as packed:
        data = json.loads(packed.read("data.json"))
        assert "access_log.csv" in packed.namelist()
    assert [row["full_name"] for row in data["held/residents"]] == [MINH[1]]
    assert "data/residents" not in data
    assert any(line["action"] == "see personal data" for line in data["access_log"])
    assert LAN[0] not in json.dumps(data, ensure_ascii=False)
    assert clinic.site.person("viewer").get(one).status_code == 404
    assert people.verify().problem == ""


def test_a_correction_and_a_restriction_really_act(clinic: Clinic) -> None:
    from tinh.people import api as people

    desk, officer = clinic.site.person("desk_officer", AGENCY), clinic.site.person("data_officer", AGENCY)
    home, check = "/du-lieu-ca-nhan/yeu-cau/", {"xac-minh": "đối chiếu căn cước", "loai-ma": "citizen-id"}
    one = form(desk, home, loai="correct", nguoi=BINH[0], **check).headers["location"]
    form(desk, one, buoc="chap-thuan", **{"ly-do": "giấy khai sinh ghi khác"})
    form(desk, one, buoc="sua", cot="residents/full_name", **{"gia-tri": "Lê Văn Bình"})
    dataset = clinic.corridor.catalogue.datasets["residents"]
    named = clinic.corridor.lake.query("SELECT full_name FROM residents ORDER BY 1", {"residents": dataset})
    assert named.get_column("full_name").to_list() == ["Lê Văn Bình", LAN[1]]
    one = form(desk, home, loai="restrict", nguoi=MINH[0], **check).headers["location"]
    form(desk, one, buoc="chap-thuan", **{"ly-do": "đang khiếu nại về hồ sơ"})
    clinic.unmask(officer)
    shown = officer.get(f"/api/v1/receipts/{clinic.receipt}/held").text
    assert MINH[0] not in shown and MINH[1] not in shown
    assert form(desk, one, buoc="go-han-che", **{"ly-do": "ngắn"}).status_code == 422
    assert form(desk, one, buoc="go-han-che", **{"ly-do": "khiếu nại đã giải quyết xong"}).status_code == 302
    assert "Gỡ hạn chế" in desk.get(one).text and 'value="go-han-che"' not in desk.get(one).text
    assert not people.restricted()
    assert MINH[1] in officer.get(f"/api/v1/receipts/{clinic.receipt}/held").text


def test_a_person_asks_alone_and_sees_only_what_is_theirs(clinic: Clinic) -> None:
    person, stranger = clinic.site.person("viewer"), clinic.site.person("leader")
    one = form(person, "/du-lieu-ca-nhan/yeu-cau/", loai="see", **{"noi-dung": "xin xem"}).headers["location"]
    assert "viewer" in person.get(one).text
    assert stranger.get(one).status_code == 404
    assert form(person, one, buoc="chap-thuan", **{"ly-do": "tự chấp thuận"}).status_code == 403
    desk = clinic.site.person("desk_officer", AGENCY)
    unchecked = form(desk, one, buoc="chap-thuan", **{"ly-do": "đúng người yêu cầu"})
    assert unchecked.status_code == 409  # an account may bear another's address: the desk checks first
    form(desk, one, buoc="xac-minh", cach="đối chiếu căn cước tại quầy")
    form(desk, one, buoc="chap-thuan", **{"ly-do": "đúng người yêu cầu"})
    with zipfile.ZipFile(io.BytesIO(person.get(f"{one}/tra-loi.zip").content)) as packed:
        assert json.loads(packed.read("data.json"))["accounts"][0]["username"] == "viewer"
    assert "Trao dữ liệu cho người yêu cầu" in person.get("/nhat-ky-truy-cap/cua-toi").text


def test_consent_is_never_by_default_and_is_withdrawn_as_easily(clinic: Clinic) -> None:
    from tinh.people import api as people

    person, home = clinic.site.person("programme_office"), "/du-lieu-ca-nhan/dong-y/"
    page = person.get(home).text
    assert 'name="dong-y"' in page and "checked" not in page.split('name="dong-y"')[1].split(">")[0]
    assert form(person, home, **{"muc-dich": "news-by-e-mail"}).status_code == 422
    assert form(person, home, **{"muc-dich": "mending-data", "dong-y": "1"}).status_code == 422
    assert form(person, home, **{"muc-dich": "news-by-e-mail", "dong-y": "1"}).status_code == 302
    subject = people.requests.subject_of("e-mail", "programme_office@example.vn")
    assert people.consents.holds(subject, "news-by-e-mail")
    assert form(person, home, **{"muc-dich": "news-by-e-mail", "rut": "1"}).status_code == 302
    assert not people.consents.holds(subject, "news-by-e-mail")
    assert [c.act for c in subject.consents.order_by("id")] == ["given", "withdrawn"]
    follows = people.subjects.SubjectRequest.objects.filter(subject=subject, kind="withdraw").get()
    assert {t.hook for t in follows.tasks.all()} == set(kernel_privacy().withdrawal)
    assert all(t.due <= follows.received_at.date() + timedelta(days=15) for t in follows.tasks.all())
    assert form(person, home, **{"muc-dich": "news-by-e-mail", "rut": "1"}).status_code == 422


def test_the_log_is_searched_verified_and_exported_by_who_may(clinic: Clinic) -> None:
    clinic.unmask(clinic.site.person("data_officer", AGENCY), "tra cứu để kiểm thử nhật ký")
    auditor = clinic.site.person("auditor")
    page = auditor.get("/nhat-ky-truy-cap/?ai=data_officer&ca-nhan=1&kiem-tra=1").text
    assert "tra cứu để kiểm thử nhật ký" in page and "nguyên vẹn" in page
    table = auditor.get("/nhat-ky-truy-cap/tai-ve.csv?gi=unmask").text
    assert table.splitlines()[0].endswith("purpose,basis,reason") and "tra cứu để kiểm thử" in table
    assert clinic.site.person("viewer").get("/nhat-ky-truy-cap/").status_code == 403


KINDS = sorted(kernel_privacy().kinds)


@given(
    st.sampled_from(KINDS), st.text(max_size=40) | st.from_regex(r"[0-9]{4,14}", fullmatch=True) | st.emails()
)
def test_no_mask_shows_more_than_a_third_of_a_value(kind: str, value: str) -> None:
    shown = masked(value, kernel_privacy().kinds[kind]) or ""
    signs = sum(c.isalnum() for c in value)
    year = 4 if kind == "birth-date" else 0
    assert sum(c.isalnum() for c in shown) <= max(signs // 3, year)
    if value.strip() and signs:
        assert shown != value


@given(st.dates())
def test_the_mask_of_a_birth_date_shows_the_year_alone(born) -> None:
    shown = masked(born, kernel_privacy().kinds["birth-date"])
    assert shown in (f"•••{born.year}", "•••")


@pytest.mark.parametrize(
    ("kind", "value", "shown"),
    [
        ("citizen-id", "019185001234", "•••234"),
        ("phone", "0912 345 678", "•••678"),
        ("name", "Trần Thị Lan", "T. T. L."),
        ("e-mail", "lan.tran@example.vn", "l•••@•••"),
        ("health", "tiểu đường", "•••"),
        ("birth-date", "1985-03-07", "•••1985"),
        ("nowhere", "x", "•••"),
    ],
)
def test_masks_of_each_kind(kind: str, value: str, shown: str) -> None:
    assert masked(value, kernel_privacy().kinds.get(kind)) == shown


@pytest.mark.parametrize(
    ("written", "codes"),
    [
        ("{kind: phone}", {"PCK150"}),
        ("{kind: phone, purposes: [mending-data]}", {"PCK150"}),
        ("{kind: dấu vân chân, purposes: [mending-data], keep: P1Y}", {"PCK151"}),
        ("{kind: phone, purposes: [cho-vui], keep: P1Y}", {"PCK152"}),
        ("{kind: phone, purposes: [mending-data], keep: P1Y}", set()),
    ],
)
def test_check_finds_a_personal_column_without_its_words(
    tmp_path: Path, written: str, codes: set[str]
) -> None:
    province = residents(tmp_path)
    contract = tmp_path / "packs" / "nguoi-dan" / "datasets" / "residents.odcs.yaml"
    text = contract.read_text("utf-8")
    contract.write_text(text.replace("{kind: phone, purposes: [mending-data], keep: P5Y}", written), "utf-8")
    found = load(province).findings
    assert {f.code for f in found if f.level == "error"} == codes
    assert all(f.line > 1 for f in found)


def test_a_province_declares_its_own_purposes_kinds_and_clocks(tmp_path: Path) -> None:
    province = residents(tmp_path)
    (province / "personal.yaml").write_text(
        "format: 1\nkinds:\n  - {id: soil-card, name: {vi: sổ ruộng, en: soil card}, mask: last, shows: 2}\n"
        "purposes:\n  - {id: relief, name: {vi: cứu trợ, en: relief}, basis: emergency}\n"
        "requests:\n  - {id: see, name: {vi: xem, en: see}, done: {amount: 5, unit: working_days}}\n",
        "utf-8",
    )
    known = compile(province).privacy
    assert known.kinds["soil-card"].shows == 2 and "phone" in known.kinds
    assert known.purposes["relief"].basis == "emergency"
    assert known.requests["see"].done.unit == "working_days"
    (province / "personal.yaml").write_text(
        "format: 1\npurposes:\n  - {id: relief, name: cứu trợ, basis: whim}\n", "utf-8"
    )
    assert [f.code for f in load(province).findings] == ["PCK153"]


def test_requests_closed_long_ago_go_with_their_steps_and_nothing_else_does(clinic: Clinic) -> None:
    from django.db import DatabaseError, transaction
    from django.utils import timezone

    from tinh.people import api as people
    from tinh.people.subjects import Restriction, Subject, SubjectEvent, SubjectRequest

    long_ago, day = timezone.now() - timedelta(days=2000), timezone.now().date()

    def closed(mark: str, at: object, state: str = "done") -> int:
        one = SubjectRequest.objects.create(
            subject=people.requests.subject_of("identifier", mark), kind="restrict", channel="desk",
            received_by="t", acknowledge_by=day, due=day, state=state,
        )  # fmt: skip
        SubjectEvent.objects.create(request=one, at=at, by="t", what="done")
        return int(one.pk)

    old, held = closed("nguoi-cu-01", long_ago), closed("nguoi-cu-02", long_ago)
    young, open_ = closed("nguoi-moi-03", timezone.now()), closed("nguoi-cu-04", long_ago, "acknowledged")
    keeps = SubjectRequest.objects.get(pk=held)
    Restriction.objects.create(subject=keeps.subject, request=keeps)
    with pytest.raises(DatabaseError), transaction.atomic():
        SubjectEvent.objects.using("owner").filter(request=young).delete()
    assert people.forget_requests() == 1
    there = SubjectRequest.objects.filter(pk__in=[old, held, young, open_])
    assert set(there.values_list("pk", flat=True)) == {held, young, open_}
    assert not Subject.objects.filter(value="nguoi-cu-01").exists()
    Restriction.objects.filter(request=held).update(until=timezone.now())
    assert people.forget_requests() == 1, "once the restriction is lifted it goes too"


def test_looks_at_clear_values_are_forgotten_after_two_years(clinic: Clinic) -> None:
    from django.utils import timezone

    from tinh.people import api as people
    from tinh.people.lines import Unmasking

    def look(days: int) -> int:
        at = timezone.now() - timedelta(days=days)
        return int(Unmasking.objects.create(
            who="t", session="s", dataset="residents", purpose="p", reason="r", since=at, until=at,
        ).pk)  # fmt: skip

    old, young = look(732), look(700)
    assert people.forget_looks() >= 1
    assert list(Unmasking.objects.filter(pk__in=[old, young]).values_list("pk", flat=True)) == [young]
