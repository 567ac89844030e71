"""The staff's pages of cases: what they show, what they refuse, and that nothing typed is lost."""

from __future__ import annotations

import html
import re
import uuid
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from tests.harness import casework

OWN, OTHER = "so-khcn", "so-tc"


@pytest.fixture(scope="module")
def desk(site: Any) -> Iterator[None]:
    with casework.desk():
        yield


@pytest.fixture
def opened(desk: None) -> Callable[..., str]:
    def make(subject: str = "Ổ gà trước cổng chợ Túc Duyên", agency: str = OWN, **fields: Any) -> str:
        return casework.opened(subject, agency, **{"at": casework.ago(hours=2), **fields})

    return make


def form_of(page: str, action: str) -> dict[str, str]:
    """The hidden fields of the form that does `action`."""
    for form in re.findall(r"<form method=\"post\".*?</form>", page, re.S):
        if f'name="act" value="{action}"' in form or f'/{action}"' in form.split(">")[0]:
            hidden = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form)
            return {name: html.unescape(value) for name, value in hidden}
    raise AssertionError(f"no form does {action}")


def post(client: Any, address: str, page: str, action: str, **sent: str) -> Any:
    return client.post(address, data={**form_of(page, action), **sent})


def test_the_queue_says_how_much_time_is_left_and_until_when(site: Any, opened: Callable[..., str]) -> None:
    late = opened("Đèn đường hỏng ở ngõ hàng đợi", at=casework.ago(days=40))
    fresh = opened("Cống tắc ở ngõ hàng đợi")
    page = site.person("desk_officer").get("/vu-viec/?muc=all&tim=ngo+hang+doi").text
    rows = {
        code: row
        for row in re.findall(r"<tr data-key=.*?</tr>", page, re.S)
        for code in (late, fresh)
        if code in row
    }
    assert "Quá hạn nghiêm trọng" in rows[late] and re.search(
        r"\d+ ngày làm việc, hạn \d\d:\d\d ", rows[late]
    )
    assert "Đúng hạn" in rows[fresh] and re.search(
        r"Còn \d+ (giờ|ngày) làm việc, đến \d\d:\d\d ", rows[fresh]
    )
    assert page.index(late) < page.index(fresh)


def test_a_code_read_out_in_any_spelling_goes_to_its_case(site: Any, opened: Callable[..., str]) -> None:
    code = opened()
    answer = site.person("desk_officer").get("/vu-viec/", params={"tim": code.lower().replace("-", " ")})
    assert answer.status_code == 302 and answer.headers["Location"] == f"/vu-viec/{code}/"


def test_an_agency_sees_its_own_cases_and_learns_nothing_of_others(
    site: Any, opened: Callable[..., str]
) -> None:
    own, other = opened("Loa to ở phố thử quyền"), opened("Loa to ở phố thử quyền", OTHER)
    officer = site.person("case_officer", OWN)
    page = officer.get("/vu-viec/?muc=all&tim=pho+thu+quyen").text
    assert own in page and other not in page
    refused = officer.get(f"/vu-viec/{other}/")
    assert refused.status_code == 404 and "CAS030" in refused.text and "Loa to" not in refused.text
    assert officer.post(f"/vu-viec/{other}/ghi-chu", data={"text": "x"}).status_code in (403, 404)
    viewer = site.person("viewer")
    assert viewer.get(f"/vu-viec/{own}/").status_code == 403
    assert 'href="/vu-viec/"' not in viewer.get("/").text


def test_a_step_is_done_and_stands_in_the_history(site: Any, opened: Callable[..., str]) -> None:
    code = opened()
    clerk = site.person("desk_officer")
    page = clerk.get(f"/vu-viec/{code}/").text
    assert post(clerk, f"/vu-viec/{code}/lam", page, "accept").status_code == 302
    page = clerk.get(f"/vu-viec/{code}/").text
    assert "Đang xử lý" in page and "Tiếp nhận" in page and "nguyên vẹn" in page


def test_a_second_writer_is_told_what_happened_meanwhile_and_keeps_what_was_typed(
    site: Any, opened: Callable[..., str]
) -> None:
    code = opened()
    first, second = site.person("desk_officer"), site.person("administrator")
    stale = second.get(f"/vu-viec/{code}/").text
    post(first, f"/vu-viec/{code}/lam", first.get(f"/vu-viec/{code}/").text, "accept")
    answer = post(second, f"/vu-viec/{code}/lam", stale, "refuse", reason="Việc này thuộc ngành điện")
    assert answer.status_code == 409
    assert "Trong lúc bạn viết" in answer.text and "desk_officer" in answer.text
    assert "Việc này thuộc ngành điện" in answer.text


def test_the_same_form_sent_again_after_a_cut_line_counts_once(site: Any, opened: Callable[..., str]) -> None:
    from tinh.cases import api as cases
    from tinh.people import api as people

    code = opened()
    clerk = site.person("desk_officer", Accept="application/json")
    page = clerk.get(f"/vu-viec/{code}/", headers={"Accept": "text/html"}).text
    for _ in range(2):
        said = post(clerk, f"/vu-viec/{code}/lam", page, "accept")
        assert said.json()["ok"] is True
        said = post(clerk, f"/vu-viec/{code}/ghi-chu", page, "ghi-chu", text="Đã gọi điện")
        assert said.json()["ok"] is True
    view = cases.case(code, people.actor_named(site.account("administrator")))
    assert [n.text for n in view.notes] == ["Đã gọi điện"]
    assert [e.action for e in cases.history(view.case)] == ["open", "accept", "note"]


def test_a_mentioned_colleague_is_told_and_watches(site: Any, opened: Callable[..., str]) -> None:
    code = opened()
    officer = site.account("case_officer", OWN)
    clerk = site.person("desk_officer")
    page = clerk.get(f"/vu-viec/{code}/").text
    post(clerk, f"/vu-viec/{code}/ghi-chu", page, "ghi-chu", text=f"Nhờ @{officer.username} xem giúp.")
    followed = site.person("case_officer", OWN).get("/vu-viec/?muc=watched").text
    assert code in followed


def test_who_sent_it_is_hidden_until_somebody_says_why_and_then_on_record(
    site: Any, opened: Callable[..., str]
) -> None:
    from tinh.people.lines import Access

    code = opened()
    clerk, officer = site.person("desk_officer"), site.person("case_officer", OWN)
    page = clerk.get(f"/vu-viec/{code}/").text
    assert "0912 345" not in page and "0912345" not in page and "Nguyễn Văn An" not in page
    short = post(clerk, f"/vu-viec/{code}/nguoi-gui", page, "nguoi-gui", purpose="", reason="xem")
    assert short.status_code >= 400 and "0912" not in short.text
    seen = post(
        clerk, f"/vu-viec/{code}/nguoi-gui", page, "nguoi-gui", purpose="clarify", reason="hỏi rõ vị trí ổ gà"
    )
    assert seen.status_code == 200 and "0912 345 678" in seen.text
    assert "0912" not in clerk.get(f"/vu-viec/{code}/").text
    from tinh.people import api as people

    with people.through("work"):
        line = Access.objects.filter(subject=code, action="see personal data").latest("pk")
    assert "Liên hệ để làm rõ" in line.reason and "hỏi rõ vị trí" in line.reason
    assert (
        officer.post(f"/vu-viec/{code}/nguoi-gui", data={"reason": "tôi muốn biết là ai"}).status_code == 403
    )


def test_many_are_assigned_at_once_with_a_line_of_result_for_each(
    site: Any, opened: Callable[..., str]
) -> None:
    codes = [opened(f"Giao hàng loạt {i}", OTHER) for i in range(3)]
    clerk = site.person("desk_officer")
    page = clerk.get("/vu-viec/hang-loat", params={"viec": "giao", "ma": codes}).text
    assert all(code in page for code in codes)
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    assert token
    done = clerk.post("/vu-viec/hang-loat", data={
        "csrfmiddlewaretoken": token[1], "viec": "giao", "ma": codes, "agency": OWN, "reason": "đúng ngành",
    })  # fmt: skip
    assert "3/3 xong" in done.text
    own = site.person("case_officer", OWN).get("/vu-viec/?muc=all&tim=giao+hang+loat").text
    assert all(code in own for code in codes)


def test_work_on_many_with_none_chosen_says_so_on_the_same_list(site: Any) -> None:
    clerk = site.person("desk_officer")
    back = clerk.get("/vu-viec/hang-loat", params={"viec": "giao", "ve": "muc=late&tim=cống"})
    assert back.headers["location"] == "/vu-viec/?muc=late&tim=c%E1%BB%91ng&chua-chon=1"
    assert "Chưa chọn vụ việc nào" in clerk.get(back.headers["location"]).text
    assert "Chưa chọn vụ việc nào" not in clerk.get("/vu-viec/").text


def test_a_slip_in_the_code_of_another_case_is_said_at_the_form_and_not_taken_for_a_line_that_is_down(
    site: Any, opened: Callable[..., str]
) -> None:
    code, clerk = opened("Gộp nhầm mã"), site.person("desk_officer")
    sent = {
        **form_of(clerk.get(f"/vu-viec/{code}/").text, "merge"), "into": "PA-0000-0000", "reason": "trùng",
    }  # fmt: skip
    page = clerk.post(f"/vu-viec/{code}/lam", data=sent)
    assert page.status_code == 404 and "Không có vụ việc “PA-0000-0000”." in page.text
    assert "Gộp nhầm mã" in page.text and ">trùng</textarea>" in page.text
    by_script = clerk.post(f"/vu-viec/{code}/lam", data=sent, headers={"Accept": "application/json"})
    assert by_script.json()["again"] is False and "PA-0000-0000" in by_script.json()["said"]
    lost = clerk.post("/vu-viec/PA-0000-0000/ghi-chu", data=sent, headers={"Accept": "application/json"})
    assert lost.json()["again"] is False and lost.json()["said"]


def test_who_may_not_see_a_case_is_led_back_to_the_list(site: Any) -> None:
    lost = site.person("case_officer", OWN).get("/vu-viec/PA-0000-0000/")
    assert lost.status_code == 404 and '<a class="button main" href="/vu-viec/">' in lost.text


def test_duplicates_are_merged_and_a_case_that_cannot_be_is_said_so(
    site: Any, opened: Callable[..., str]
) -> None:
    keep, gone = opened("Nắp cống mất"), opened("Mất nắp cống")
    clerk = site.person("desk_officer")
    page = clerk.get("/vu-viec/hang-loat", params={"viec": "gop", "ma": [keep, gone]}).text
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    assert token
    sent = {
        "csrfmiddlewaretoken": token[1],
        "viec": "gop",
        "ma": [keep, gone],
        "into": keep,
        "reason": "một việc",
    }
    assert "1/1 xong" in clerk.post("/vu-viec/hang-loat", data=sent).text
    assert "Đã gộp" in clerk.get(f"/vu-viec/{gone}/").text and gone in clerk.get(f"/vu-viec/{keep}/").text
    again = clerk.post("/vu-viec/hang-loat", data=sent).text
    assert "0/1 xong" in again and "CAS" not in again


def test_more_time_is_given_once_with_a_reason_and_an_apology(site: Any, opened: Callable[..., str]) -> None:
    code = opened()
    clerk = site.person("desk_officer")
    page = clerk.get(f"/vu-viec/{code}/").text
    form = form_of(page, "extend")
    day = re.search(r'name="until" required value="([^"]+)"', page)
    assert day
    sent = {**form, "until": day[1], "reason": "Chờ vật tư", "apology": "Chúng tôi xin lỗi"}
    assert clerk.post(f"/vu-viec/{code}/lam", data={**sent, "until": "không"}).status_code == 422
    assert clerk.post(f"/vu-viec/{code}/lam", data=sent).status_code == 302
    after = clerk.get(f"/vu-viec/{code}/").text
    assert "đã gia hạn một lần" in after and "Chúng tôi xin lỗi" in after and 'value="extend"' not in after


def test_the_clerk_hands_over_answers_and_sees_what_is_stuck(site: Any, opened: Callable[..., str]) -> None:
    clerk = site.person("desk_officer")
    page = clerk.get("/quan-tri/ban-tiep-nhan/").text
    title = f"Mẫu {uuid.uuid4().hex[:6]}"
    kept = post(
        clerk,
        "/quan-tri/ban-tiep-nhan/",
        page,
        "keep",
        act="keep",
        title=title,
        text="Vụ việc {code} đã vá xong.",
    )
    assert kept.status_code == 302
    code = opened()
    post(clerk, f"/vu-viec/{code}/lam", clerk.get(f"/vu-viec/{code}/").text, "accept")
    officer = site.person("case_officer", OWN)
    shown = officer.get(f"/vu-viec/{code}/").text
    assert title in shown and f"Vụ việc {code} đã vá xong." in shown
    answered = post(
        officer, f"/vu-viec/{code}/lam", shown, "answer",
                    prepared=f"Vụ việc {code} đã vá xong.")  # fmt: skip
    assert answered.status_code == 302
    assert "Đã kết thúc" in clerk.get(f"/vu-viec/{code}/").text


def test_a_supervisor_sees_who_carries_what_and_urges(site: Any, opened: Callable[..., str]) -> None:
    code = opened("Việc quá hạn để đôn đốc", at=casework.ago(days=30))
    leader = site.person("leader")
    page = leader.get("/vu-viec/giam-sat", params={"co-quan": OWN}).text
    assert code in page and "Chưa giao ai" in page
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    assert token
    done = leader.post("/vu-viec/giam-sat", data={
        "csrfmiddlewaretoken": token[1], "ma": [code], "reason": "Người dân đã chờ ba tuần", "co-quan": OWN,
    })  # fmt: skip
    assert "1/1 xong" in done.text
    history = site.person("case_officer", OWN).get(f"/vu-viec/{code}/").text
    assert "Đôn đốc" in history and "Người dân đã chờ ba tuần" in history


def test_a_case_prints_with_its_history_and_without_buttons(site: Any, opened: Callable[..., str]) -> None:
    code = opened()
    page = site.person("desk_officer").get(f"/vu-viec/{code}/in").text
    main = page[page.index("<main") :]
    assert code in main and "Lịch sử" in main and "<button" not in main and "0912" not in main


def test_a_page_without_photos_stays_light(site: Any, opened: Callable[..., str]) -> None:
    code = opened()
    assert len(site.person("desk_officer").get(f"/vu-viec/{code}/").content) < 150_000


def test_a_case_is_taken_from_whoever_has_it_and_stays_with_the_agency(
    site: Any, opened: Callable[..., str]
) -> None:
    from tinh.cases import api as cases
    from tinh.people import api as people

    code, officer = opened(), site.person("case_officer", OWN)
    person = site.account("commune_officer", OWN)
    page = officer.get(f"/vu-viec/{code}/").text
    assert 'value="nobody"' not in page
    post(officer, f"/vu-viec/{code}/lam", page, "assign", person=str(person.pk))
    page = officer.get(f"/vu-viec/{code}/").text
    assert 'value="nobody"' in page
    answer = post(
        officer, f"/vu-viec/{code}/lam", page, "assign", person="nobody", reason="Đồng chí Mây nghỉ ốm"
    )
    assert answer.status_code == 302
    now = cases.one_case(code, people.Actor("x", "desk_officer"))
    assert (now.person_id, now.agency) == (None, OWN)
    told = [n for n in cases.notices_of(now) if n.template == "unassigned"]
    assert {n.recipient for n in told} == {f"account:{person.pk}"}
    before = now.seq
    page = officer.get(f"/vu-viec/hang-loat?viec=giao&ma={code}").text
    sent = {"viec": "giao", "ma": code, "person": "nobody", **form_of(page, "hang-loat")}
    assert officer.post("/vu-viec/hang-loat", data=sent).status_code == 200
    assert cases.one_case(code, people.Actor("x", "desk_officer")).seq == before


def test_the_queue_narrows_to_a_kind_and_to_a_person(site: Any, opened: Callable[..., str]) -> None:
    from tinh.cases import api as cases
    from tinh.people import api as people

    report, task, person = (
        opened("Ngõ lọc loại"),
        opened("Ngõ lọc loại", kind="task"),
        site.account("commune_officer", OWN),
    )
    cases.assign(task, people.Actor("x", "desk_officer"), person=person.pk)
    clerk = site.person("desk_officer")
    for asked, has, lacks in (
        ("loai=task", task, report), ("loai=report", report, task), (f"nguoi={person.pk}", task, report)
    ):  # fmt: skip
        page = clerk.get(f"/vu-viec/?muc=all&tim=ngo+loc+loai&{asked}").text
        assert has in page and f'data-key="{lacks}"' not in page
    assert 'value="task" selected' in clerk.get("/vu-viec/?muc=all&loai=task").text


def test_a_list_is_gone_through_case_by_case_to_its_end(site: Any, opened: Callable[..., str]) -> None:
    first, second, third = (
        opened("Ngõ lần lượt", at=casework.ago(hours=hours)) for hours in (30, 20, 10)
    )  # fmt: skip
    clerk, ds = site.person("desk_officer"), "muc=all&tim=ng%C3%B5+l%E1%BA%A7n+l%C6%B0%E1%BB%A3t"
    answer = clerk.get("/vu-viec/tiep", params={"ds": ds})
    assert answer.headers["Location"].startswith(f"/vu-viec/{first}/?ds=")
    page = clerk.get(answer.headers["Location"]).text
    # What is done moves the case to another place in the list; the reader goes on from where they were.
    done = post(clerk, f"/vu-viec/{first}/lam", page, "accept", then="next")
    answer = clerk.get(done.headers["Location"])
    assert answer.headers["Location"].startswith(f"/vu-viec/{second}/?ds=")
    page = clerk.get(answer.headers["Location"]).text
    stays = post(clerk, f"/vu-viec/{second}/lam", page, "accept")
    assert stays.headers["Location"].startswith(f"/vu-viec/{second}/?ds=")
    next_ = re.search(r'href="(/vu-viec/tiep[^"]+)"', clerk.get(stays.headers["Location"]).text)
    assert next_ is not None
    answer = clerk.get(next_[1].replace("&amp;", "&"))
    assert answer.headers["Location"].startswith(f"/vu-viec/{third}/?ds=")
    page = clerk.get(answer.headers["Location"]).text
    seen, answer = [], post(clerk, f"/vu-viec/{third}/lam", page, "refuse", reason="Không rõ", then="next")
    while "/tiep?" in answer.headers["Location"] or "ds=" in answer.headers["Location"]:
        answer = clerk.get(answer.headers["Location"])
        if answer.status_code == 200:
            seen.append(answer.url.path)
            link = re.search(r'href="(/vu-viec/tiep[^"]+)"', answer.text)
            assert link is not None and len(seen) < 5
            answer = clerk.get(link[1].replace("&amp;", "&"))
    assert "het=1" in answer.headers["Location"]
    assert "Đã đi hết danh sách này" in clerk.get(answer.headers["Location"]).text


def test_an_account_signs_its_browser_on_and_off(site: Any) -> None:
    import base64
    import json

    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    from tinh.channels import api as channels

    point = ec.generate_private_key(ec.SECP256R1()).public_key().public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
    )  # fmt: skip
    keys = [base64.urlsafe_b64encode(part).decode().rstrip("=") for part in (point, bytes(16))]
    endpoint = f"https://fcm.googleapis.com/fcm/send/{uuid.uuid4().hex}"
    wish = json.dumps({"endpoint": endpoint, "keys": {"p256dh": keys[0], "auth": keys[1]}})
    officer, mine = site.person("case_officer", OWN), site.account("case_officer", OWN)
    other = site.person("desk_officer")

    def told(client: Any, **sent: str) -> Any:
        page = client.get("/tai-khoan/").text
        assert 'data-push="/tai-khoan/thong-bao"' in page
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        assert token is not None
        return client.post("/tai-khoan/thong-bao", data={"csrfmiddlewaretoken": token[1], **sent})

    refused = told(officer, subscription="{}")
    assert refused.status_code == 422 and refused.json()["code"] == "CHN009"
    assert told(officer, subscription=wish).json() == {"on": True}
    assert len(channels.devices_of(f"account:{mine.pk}")) == 1
    told(other, off=endpoint)
    assert len(channels.devices_of(f"account:{mine.pk}")) == 1, "nobody signs another's browser off"
    told(officer, off=endpoint)
    assert channels.devices_of(f"account:{mine.pk}") == []


def test_the_history_names_what_was_done_in_words(site: Any, opened: Callable[..., str]) -> None:
    from tinh.cases import api as cases
    from tinh.people import api as people

    code, clerk = opened(), site.person("desk_officer")
    cases.act(code, "ask", people.Actor("x", "desk_officer"), "chưa rõ chỗ nào")
    cases.set_public(code, True, people.Actor("x", "desk_officer"), "đã xem ảnh")
    told = re.findall(r"<b>([^<]+)</b>", clerk.get(f"/vu-viec/{code}/").text)
    assert {"Công khai", "Yêu cầu bổ sung"} <= set(told) and not {"show", "ask"} & set(told)


@pytest.mark.parametrize(
    ("language", "night", "morning"),
    [
        ("vi", "vừa mới, hạn 17:00 18.11", "1 giờ làm việc, hạn 17:00 18.11"),
        ("en", "just now, was due 17:00 18 Nov", "by 1 working hour, was due 17:00 18 Nov"),
    ],
)
def test_in_the_night_after_its_deadline_a_case_is_only_just_late(
    site: Any, language: str, night: str, morning: str
) -> None:
    from tinh.cases.api import WorkingClock
    from tinh.kit.calendar import WorkingCalendar
    from tinh.web.pages.cases.lateness import lateness
    from tinh.web.words import words

    due = datetime(2026, 11, 18, 17, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))  # a Wednesday, when work ends
    case = SimpleNamespace(
        since=due - timedelta(days=2), accept_by=None, finish_by=due, accepted_at=None, closed_at=None,
        paused_at=None, paused_for=0.0, extended=False, answered_at=None, publish_by=None, soon_at=None,
        grave_at=None,
    )  # fmt: skip
    clock = WorkingClock(WorkingCalendar())
    for hours, said in ((6, night), (16.25, morning)):
        now = due + timedelta(hours=hours)
        assert lateness(case, now, clock, words(language), language).said == said
