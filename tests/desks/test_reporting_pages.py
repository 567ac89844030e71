"""Citizens' pages without scripts: a report from the form to its outcome, and what nobody may see of it."""

from __future__ import annotations

import csv
import io
import re
from typing import Any
from xml.etree import ElementTree

import httpx
import pytest

from tests.desks import pictures
from tests.harness.waiting import until
from tinh.kit.ids import fresh


class Citizen:
    """A browser without scripts: follows forms by their fields."""

    def __init__(self, client: httpx.Client) -> None:
        self.http = client
        self.page = ""

    def get(self, address: str) -> httpx.Response:
        answer = self.http.get(address, follow_redirects=True)
        self.page = answer.text
        return answer

    def answered(self) -> dict[str, str]:
        """The small question on the page answered as a person would, where there is one."""
        asked = re.search(r"(\w+) cộng (\w+) bằng mấy", self.page)
        if not asked:
            return {}
        names = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín", "mười")
        return {"proof": self.hidden("proof"), "answer": str(sum(names.index(one) for one in asked.groups()))}

    def hidden(self, name: str) -> str:
        found = re.search(rf'name="{name}" value="([^"]*)"', self.page)
        return found[1] if found else ""

    def post(self, address: str, /, files: Any = None, **fields: Any) -> httpx.Response:
        data = {"csrfmiddlewaretoken": self.hidden("csrfmiddlewaretoken"), **fields}
        answer = self.http.post(
            address,
            data=data,
            files=files,
            headers={"Referer": str(self.http.base_url)},
            follow_redirects=True,
        )
        self.page = answer.text
        return answer


@pytest.fixture
def citizen(site: Any) -> Citizen:
    return Citizen(site.stranger())


TEXT = "Thùng rác đầy tràn ra lòng đường, rác chưa thu gom ba ngày nay. Gọi tôi số 0912345678."


def sent(citizen: Citizen, text: str = TEXT, photos: int = 0, **more: str) -> str:
    """Send a report; the address of its sender's page."""
    citizen.get("/phan-anh/gui")
    draft = citizen.hidden("draft")
    files = [
        ("photos", (f"IMG_{n}.jpg", pictures.encoded(pictures.scene(seed=40 + n)), "image/jpeg"))
        for n in range(photos)
    ]
    first = {
        "draft": draft,
        "text": text,
        "place": "05443",
        "address": "Trước số 12 đường Bắc Kạn",
        "blur": "on",
        **more,
    }
    checked = citizen.post("/phan-anh/gui", files=files or None, step="check", **first)
    assert checked.status_code == 200, checked.text[:3000]
    category = more.get("category", "waste-uncollected")
    first |= citizen.answered()
    answer = citizen.post("/phan-anh/gui", step="send", **{**first, "category": category})
    assert "/phan-anh/theo-doi/" in str(answer.url), re.findall(r"fault[^<]*<[^<]*", answer.text)
    return str(answer.url.copy_with(query=None))


def code_of(citizen: Citizen) -> str:
    found = re.search(r'class="code-large"[^>]*>([^<]+)<', citizen.page)
    assert found
    return found[1]


def test_a_point_stays_where_it_was_put_when_the_form_comes_back(citizen: Citizen, site: Any) -> None:
    citizen.get("/phan-anh/gui")
    point = {"lat": "21.594213", "lon": "105.848207", "accuracy": "12.5", "phone": "abc", "text": TEXT}
    assert (
        citizen.post("/phan-anh/gui", draft=citizen.hidden("draft"), step="check", **point).status_code == 422
    )
    assert [citizen.hidden(name) for name in ("lat", "lon")] == ["21.594213", "105.848207"]
    clerk = Citizen(site.person("desk_officer"))
    clerk.get("/vu-viec/moi")
    assert clerk.post("/vu-viec/moi", draft=clerk.hidden("draft"), step="check", **point).status_code == 422
    assert [clerk.hidden(name) for name in ("lat", "lon")] == ["21.594213", "105.848207"]


def test_the_second_page_offers_a_report_with_the_same_photo(citizen: Citizen, site: Any) -> None:
    from tinh.desks.api import photos

    picture = pictures.scene(seed=7373)
    file = ("photos", ("a.jpg", pictures.encoded(picture), "image/jpeg"))
    first = {
        "text": TEXT,
        "place": "05443",
        "address": "Trước số 12 đường Bắc Kạn",
        "category": "waste-uncollected",
    }
    citizen.get("/phan-anh/gui")
    secret = citizen.hidden("draft")
    citizen.post("/phan-anh/gui", files=[file], step="check", draft=secret, **first)
    pictures.developed(secret)  # the page waits for it a little while, however many others are before it
    citizen.post("/phan-anh/gui", step="check", draft=secret, **first)
    assert (
        "Ảnh giống ảnh bạn gửi" not in citizen.page
        and f"/phan-anh/anh/{photos.of_draft(secret)[0].name}/1" in citizen.page
    )
    citizen.post("/phan-anh/gui", step="send", draft=secret, **first, **citizen.answered())
    code = code_of(citizen)
    clerk = Citizen(site.person("desk_officer"))
    clerk.get(f"/vu-viec/{code}/anh")
    from tinh.desks.api import reports
    from tinh.people import api as people

    reports.show(code, people.actor_named(site.account("desk_officer")))
    photos.show(code, True)
    again = Citizen(site.stranger())
    again.get("/phan-anh/gui")
    file = ("photos", ("b.jpg", pictures.encoded(picture.resize((480, 360))), "image/jpeg"))
    secret = again.hidden("draft")
    again.post("/phan-anh/gui", files=[file], step="check", draft=secret, **first)
    pictures.developed(secret)
    again.post("/phan-anh/gui", step="check", draft=secret, **first)
    assert "Ảnh giống ảnh bạn gửi" in again.page and f'value="{code}"' in again.page


def test_a_sender_is_blocked_appeals_and_somebody_else_answers(citizen: Citizen, site: Any) -> None:
    place = "/quan-tri/ban-tiep-nhan/chan"
    sent(citizen)
    code = code_of(citizen)
    clerk, other = Citizen(site.person("desk_officer")), Citizen(site.person("administrator"))
    clerk.get(f"/vu-viec/{code}/")
    assert f"{place}?ma={code}" in clerk.page
    clerk.get(place)
    assert clerk.post(place, act="block", ma="PA-0000-0000", reason="x").status_code == 422
    clerk.post(place, act="block", ma=code, reason="Gửi quảng cáo nhiều lần", days="7")
    numbers = re.findall(r'name="number" value="(\d+)"', clerk.page)
    try:
        citizen.get("/phan-anh/gui")
        again = {
            "draft": citizen.hidden("draft"),
            "text": TEXT,
            "place": "05443",
            "address": "Trước số 12 đường Bắc Kạn",
            "category": "waste-uncollected",
        }
        said = citizen.post("/phan-anh/gui", step="check", **again)
        said = citizen.post("/phan-anh/gui", step="send", **again, **citizen.answered())
        assert "Gửi quảng cáo nhiều lần" in said.text, re.findall(r'role="alert".{0,700}', said.text, re.S)
        told = re.search(r"số (\d+)", said.text)
        assert told is not None and told[1] in numbers
        citizen.get("/phan-anh/khieu-nai")
        citizen.post("/phan-anh/khieu-nai", number=told[1], text="Máy dùng chung ở quán nước")
        clerk.get(place)
        assert "Máy dùng chung ở quán nước" in clerk.page
        assert clerk.post(place, act="keep", number=told[1], verdict="Không").status_code == 422
    finally:
        other.get(place)
        for number in numbers:
            other.post(place, act="lift", number=number, verdict="Đồng ý gỡ")
    assert "Không chặn ai" in other.page


def test_a_report_goes_in_two_steps_without_scripts_and_its_sender_tracks_it(citizen: Citizen) -> None:
    link = sent(citizen, photos=2, phone="0987654321")
    code = code_of(citizen)
    assert re.fullmatch(r"PA-\d{4}-\d{4,}", code) and "<svg" in citizen.page and link in citizen.page
    elsewhere = Citizen(citizen.http.__class__(base_url=citizen.http.base_url, timeout=60))
    elsewhere.get("/phan-anh/theo-doi")
    wrong = elsewhere.post("/phan-anh/theo-doi", code=code, contact="0900000000")
    assert wrong.status_code == 404 and "không khớp" in wrong.text
    opened = elsewhere.post("/phan-anh/theo-doi", code=code, contact="0987 654 321")
    assert opened.status_code == 200 and code in opened.text and opened.headers["cache-control"] == "no-store"
    assert Citizen(citizen.http).get(link).status_code == 200


def test_nothing_is_lost_when_something_is_missing(citizen: Citizen) -> None:
    citizen.get("/phan-anh/gui")
    photo = ("photos", ("a.jpg", pictures.encoded(pictures.scene(seed=50)), "image/jpeg"))
    bad = ("photos", ("b.jpg", b"<html>nothing</html>", "image/jpeg"))
    answer = citizen.post(
        "/phan-anh/gui",
        files=[photo, bad],
        step="send",
        draft=citizen.hidden("draft"),
        text="Rác",
        address="gần chợ",
    )
    assert answer.status_code == 422
    for said in (
        'href="#f-text"',
        'href="#f-place"',
        'href="#f-photos"',
        'value="gần chợ"',
        ">Rác</textarea>",
    ):
        assert said in answer.text
    assert answer.text.count("data-photo=") == 1, "the good photo stays with the draft"
    again = citizen.get("/phan-anh/gui")
    assert again.text.count("data-photo=") == 1


def test_the_category_is_suggested_and_a_report_twice_sent_is_one(citizen: Citizen) -> None:
    citizen.get("/phan-anh/gui")
    fields = {
        "draft": citizen.hidden("draft"),
        "text": "Đèn đường không sáng cả tuần nay, ngõ rất tối",
        "place": "05443",
        "address": "ngõ 5 đường Bến Tượng",
    }
    checked = citizen.post("/phan-anh/gui", step="check", **fields)
    chosen = re.search(r'name="category" value="([^"]+)" checked', checked.text)
    assert chosen and "light" in chosen[1]
    unanswered = citizen.post("/phan-anh/gui", step="send", **fields, category=chosen[1])
    assert unanswered.status_code == 422 and 'href="#f-q_what"' in unanswered.text
    fields["q_what"] = "dark"
    once = citizen.post("/phan-anh/gui", step="send", **fields, **citizen.answered(), category=chosen[1])
    code = code_of(citizen)
    citizen.get("/phan-anh/gui")
    twice = citizen.post("/phan-anh/gui", step="send", **fields, category=chosen[1])
    assert code_of(citizen) == code and once.url.path == twice.url.path


def test_a_hidden_report_is_nobodys_and_a_shown_one_never_names_its_sender(
    citizen: Citizen, site: Any
) -> None:
    from tinh.desks.api import reports
    from tinh.people import api as people

    marked = fresh(8)
    sent(
        citizen,
        text=f"{marked} {TEXT}",
        photos=1,
        name="Trần Thị Kín",
        phone="0977111222",
        email="kin@example.vn",
    )
    code = code_of(citizen)
    stranger = Citizen(site.stranger())
    assert stranger.get(f"/phan-anh/{code}").status_code == 404
    assert marked not in stranger.get("/phan-anh/").text
    reports.show(code, people.actor_named(site.account("desk_officer")))
    page = stranger.get(f"/phan-anh/{code}")
    assert page.status_code == 200 and marked in page.text
    for address in (
        f"/phan-anh/{code}",
        "/phan-anh/",
        "/phan-anh/danh-sach.csv",
        "/phan-anh/cong-khai.xml",
        "/phan-anh/cong-khai.atom",
    ):
        said = stranger.get(address).text
        assert marked in said, address
        for private in ("Trần Thị Kín", "0977111222", "kin@example.vn", "0912345678"):
            assert private not in said, address
    assert len(page.content) + 60_000 < 150_000, (
        "the page itself; style and scripts are measured in the journeys"
    )


def test_feeds_are_well_formed_and_hold_points(citizen: Citizen, site: Any) -> None:
    from tinh.desks.api import reports
    from tinh.people import api as people

    sent(
        citizen,
        text="Cây đổ chắn ngang đường <b>&</b> nguy hiểm cho người đi lại",
        lat="21.594",
        lon="105.848",
        category="fallen-tree",
    )
    code = code_of(citizen)
    reports.show(code, people.actor_named(site.account("desk_officer")))
    rss = ElementTree.fromstring(citizen.get("/phan-anh/cong-khai.xml").text.encode())
    assert rss.tag == "rss" and rss.attrib["version"] == "2.0"
    item = next(i for i in rss.iter("item") if (i.findtext("link") or "").endswith(code))
    assert item.findtext("{http://www.georss.org/georss}point") == "21.594 105.848"
    assert "<b>&</b>" in (item.findtext("description") or "")
    atom = ElementTree.fromstring(citizen.get("/phan-anh/cong-khai.atom").text.encode())
    assert atom.tag == "{http://www.w3.org/2005/Atom}feed"
    for entry in atom.iter("{http://www.w3.org/2005/Atom}entry"):
        assert entry.findtext("{http://www.w3.org/2005/Atom}id") and entry.findtext(
            "{http://www.w3.org/2005/Atom}updated"
        )
    rows = list(csv.DictReader(io.StringIO(citizen.get("/phan-anh/danh-sach.csv").text.lstrip("\ufeff"))))
    assert code in {row["code"] for row in rows}


def test_a_neighbour_follows_in_place_of_sending_and_counts_once(citizen: Citizen, site: Any) -> None:
    from tinh.desks.api import reports
    from tinh.people import api as people

    sent(
        citizen,
        text="Ổ gà sâu giữa đường, xe máy hay ngã",
        photos=1,
        lat="21.5911",
        lon="105.8422",
        category="pothole",
    )
    code = code_of(citizen)
    reports.show(code, people.actor_named(site.account("desk_officer")))
    neighbour = Citizen(site.stranger())
    neighbour.get("/phan-anh/gui")
    fields = {
        "draft": neighbour.hidden("draft"),
        "text": "Đường có ổ gà rất to",
        "lat": "21.5912",
        "lon": "105.8423",
        "place": "05443",
        "category": "pothole",
    }
    offered = neighbour.post("/phan-anh/gui", step="check", **fields)
    assert code in offered.text and "Ổ gà sâu giữa đường" in offered.text
    for _ in range(2):
        followed = neighbour.post(f"/phan-anh/{code}/theo", **fields)
        assert followed.status_code == 200
    assert "1 người theo dõi" in followed.text


def test_staff_write_down_what_the_hotline_hears(site: Any) -> None:
    from tinh.cases.api import Case
    from tinh.people import api as people

    clerk = Citizen(site.person("desk_officer"))
    assert clerk.get("/vu-viec/moi").status_code == 200
    fields = {
        "draft": clerk.hidden("draft"),
        "text": "Bà con gọi báo mất nước từ sáng sớm cả xóm",
        "place": "05443",
        "address": "xóm 3",
        "source": "hotline",
        "phone": "0966000111",
        "category": "water-outage",
    }
    clerk.post("/vu-viec/moi", step="check", **fields)
    answer = clerk.post("/vu-viec/moi", step="send", **fields)
    code = re.search(r"PA-\d{4}-\d+", str(answer.url))
    assert code, answer.text[:2000]
    with people.through("work"):
        assert Case.objects.get(code=code[0]).source == "hotline"
    assert Citizen(site.person("viewer")).get("/vu-viec/moi").status_code == 403


def test_the_figures_page_and_its_table_agree(citizen: Citizen) -> None:
    page = citizen.get("/phan-anh/thong-ke?theo=chuyen-muc")
    rows = list(
        csv.DictReader(
            io.StringIO(citizen.get("/phan-anh/thong-ke.csv?theo=chuyen-muc").text.lstrip("\ufeff"))
        )
    )
    total = rows[-1]
    assert total["name"] == "total" and sum(float(r["received"]) for r in rows[:-1]) == float(
        total["received"]
    )
    assert f'<p class="figure">{float(total["received"]):.0f}</p>' in page.text


def test_list_and_map_are_one_press_apart_and_keep_what_was_asked(citizen: Citizen) -> None:
    listed = citizen.get("/phan-anh/?tim=rac&trang-thai=open").text
    [to_map] = re.findall(r'href="([^"]*xem=ban-do)"', listed)
    mapped = citizen.get("/phan-anh/" + to_map.replace("&amp;", "&")).text
    assert "as-map" in mapped and "as-list" in listed
    assert 'name="xem" value="ban-do"' in mapped  # the filter stays on the map
    assert 'href="?trang-thai=open&amp;tim=rac"' in mapped


def test_map_areas_are_light_and_cached(citizen: Citizen) -> None:
    areas = citizen.get("/phan-anh/ranh-gioi.geojson")
    assert len(areas.content) < 600_000 and len(areas.json()["features"]) > 50
    kept = citizen.http.get("/phan-anh/ranh-gioi.geojson", headers={"If-None-Match": areas.headers["etag"]})
    assert kept.status_code == 304


def test_a_report_is_handled_rated_badly_and_opened_again(citizen: Citizen, site: Any) -> None:
    from tinh.cases import api as cases
    from tinh.people import api as people

    link = sent(citizen, text="Rác chưa thu gom bốn ngày, bốc mùi khắp ngõ", photos=1, phone="0955444333")
    code = code_of(citizen)
    clerk = people.actor_named(site.account("administrator"))
    staff = Citizen(site.person("administrator"))
    staff.get(f"/vu-viec/{code}/anh")
    staff.post(f"/vu-viec/{code}/anh", act="show")
    after = [("photos", ("sau.jpg", pictures.encoded(pictures.scene(seed=55)), "image/jpeg"))]
    staff.post(f"/vu-viec/{code}/anh", files=after, act="add")
    until(lambda: "Đang xử lý ảnh" not in staff.get(f"/vu-viec/{code}/anh").text)
    for name in re.findall(r'name="name" value="([^"]+)"', staff.page):
        staff.post(f"/vu-viec/{code}/anh", act="open", name=name)
    cases.act(code, "accept", clerk)
    cases.act(code, "start", clerk)
    cases.act(code, "answer", clerk, data={"result": "fixed", "answer": "Đã thu gom, tăng thêm chuyến."})
    cases.act(code, "publish", clerk)
    page = citizen.get(link)
    assert "Đã thu gom, tăng thêm chuyến." in page.text and "đã khắc phục" in page.text
    public = Citizen(site.stranger()).get(f"/phan-anh/{code}").text
    assert public.count("/card.webp") == 2 and "Đã thu gom" in public
    rated = citizen.post(link, act="rate", word="unsatisfied", remark="Vẫn còn rác")
    assert rated.status_code == 200 and 'value="rate"' not in rated.text
    assert cases.one_case(code, clerk).reopened == 1
    assert "Phản ánh được mở lại để giải quyết thêm một lần" in rated.text  # what the press of the button did
    for page in (citizen.get(link).text, Citizen(site.stranger()).get(f"/phan-anh/{code}").text):
        assert "Đã thu gom, tăng thêm chuyến." in page and "Vẫn còn rác" in page  # the first answer stays
        story = re.findall(r"<li><b>([^<]+)</b>", page)
        assert story == [
            "Đã gửi", "Đã tiếp nhận", "Cơ quan đã trả lời, chờ duyệt", "Đã công khai kết quả",
            "Người gửi đã đánh giá", "Mở lại để giải quyết tiếp",
        ]  # fmt: skip
    assert citizen.post(link, act="rate", word="satisfied").status_code == 409
    second = [("photos", ("sau-2.jpg", pictures.encoded(pictures.scene(seed=57)), "image/jpeg"))]
    staff.post(f"/vu-viec/{code}/anh", files=second, act="add")
    until(lambda: "Đang xử lý ảnh" not in staff.get(f"/vu-viec/{code}/anh").text)
    staff.post(f"/vu-viec/{code}/anh", act="open-all")
    cases.act(code, "start", clerk)
    cases.act(code, "answer", clerk, data={"result": "fixed", "answer": "Đã đặt thêm thùng."})
    judged = staff.get(f"/vu-viec/{code}/").text  # who approves reads what they approve
    assert judged.index("Đã đặt thêm thùng.") < judged.index('value="publish"')
    cases.act(code, "publish", clerk)
    page = citizen.get(link).text
    result = page[: page.index("Kết quả lần trước")]
    assert "Đã đặt thêm thùng." in result and "Không hài lòng</b>" not in result  # said of the answer before
    for told in (page, Citizen(site.stranger()).get(f"/phan-anh/{code}").text):  # each answer with its photos
        asked, _, rest = told.partition("Kết quả lần trước</h2>")
        past, _, _ = rest.partition("</section>")
        assert past.count("/card.webp") == 1, "the photo of the first answer stands with the first"
        shown = re.search(r"<h2>Kết quả</h2>.*?</section>", asked + rest, re.S)
        assert shown and shown[0].count("/card.webp") == 1, "and that of the second with the second"


def test_a_sender_sees_their_photo_before_the_desk_has_shown_it_and_nobody_else_does(
    citizen: Citizen, site: Any
) -> None:
    from tinh.desks.api import photos

    link = sent(citizen, text="Rác đổ trộm ven đường, có ảnh", photos=1)
    code = code_of(citizen)
    elsewhere = Citizen(site.stranger())  # without the cookie of the form: the link is enough
    until(lambda: "Đang xử lý ảnh" not in elsewhere.get(link).text)
    page = elsewhere.page
    own = re.search(r'src="([^"]+/card.webp[^"]*)"', page)
    assert own and "Chỉ mình bạn thấy" in page
    address = own[1].replace("&amp;", "&")
    seen = site.stranger().get(address)
    assert seen.status_code == 200 and seen.headers["cache-control"] == "private, no-store"
    plain = address.partition("?")[0]
    assert site.stranger().get(plain).status_code == 404
    assert site.stranger().get(f"{plain}?nguoi-gui={address[-20:]}").status_code == 404
    other = photos.of_case(code, public=False)[0]
    assert site.stranger().get(address.replace(other.name, other.name[::-1])).status_code == 404


def test_the_desk_asks_for_more_and_its_sender_answers_with_a_photo(citizen: Citizen, site: Any) -> None:
    from tinh.cases import api as cases
    from tinh.desks.api import photos
    from tinh.people import api as people

    link = sent(citizen, text="Rác tồn đọng ở chợ, chưa ai dọn cả tuần")
    code = code_of(citizen)
    clerk = people.actor_named(site.account("administrator"))
    cases.act(code, "ask", clerk, "Rác ở cổng chợ nào?")
    asked = citizen.get(link)
    assert "Rác ở cổng chợ nào?" in asked.text
    photo = [("photos", ("them.jpg", pictures.encoded(pictures.scene(seed=56)), "image/jpeg"))]
    told = citizen.post(link, files=photo, act="supplement", text="Cổng phía đông chợ Thái")
    assert told.status_code == 200 and 'value="supplement"' not in told.text
    assert len(photos.of_case(code, public=False)) == 1
    assert citizen.post(link, act="supplement", text="Nữa").status_code == 409


def test_staff_read_what_the_category_asked_and_was_answered(citizen: Citizen, site: Any) -> None:
    """Also what everybody is not told: an agency must know at which hour to come and look."""
    sent(citizen, text="Khói đốt rác khét cả xóm", category="smoke-burning", q_when="Khoảng 22 giờ")
    code = code_of(citizen)
    page = site.person("administrator").get(f"/vu-viec/{code}/").text
    told = re.search(r"<dt>Thường vào giờ nào\?</dt><dd>([^<]+)<small[^>]*>([^<]+)<", page)
    assert told and told[1].strip() == "Khoảng 22 giờ" and told[2] == "(nội bộ)"
    assert "Khoảng 22 giờ" in site.person("administrator").get(f"/vu-viec/{code}/in").text
