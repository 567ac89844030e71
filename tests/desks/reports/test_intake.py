"""What the desk takes in, what it refuses with words, and what everybody sees."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from tests.desks import pictures


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"text": "hỏng"}, "text"),
        ({"answers": {}}, "q-what"),
        ({"answers": {"what": "purple"}}, "q-what"),
        ({"latitude": None, "longitude": None}, "place"),
        ({"latitude": None, "longitude": None, "place": "05443"}, "address"),
        ({"latitude": None}, "place"),
        ({"phone": "12"}, "phone"),
        ({"email": "hanh@example"}, "email"),
        ({"category": "pothole"}, "photos"),
        ({"key": ""}, "key"),
    ],
)
def test_what_a_report_lacks_is_said_field_by_field(draft, caller, changed: dict, field: str) -> None:
    from tinh.desks.api import reports

    with pytest.raises(reports.DraftWrong) as refused:
        reports.submit(draft(**changed), caller())
    assert field in refused.value.faults and refused.value.faults[field].vi
    assert refused.value.as_dict()["fields"][field]["en"]


def test_a_commune_and_an_address_are_enough_without_a_map(draft, caller) -> None:
    from tinh.desks.api import reports

    one = draft(latitude=None, longitude=None, place="05443", address="Số 12 đường Lương Ngọc Quyến")
    assert reports.track_link(reports.submit(one, caller()).token, caller()).place == "05443"


def test_a_place_outside_the_province_is_refused_with_where_to_go(draft, caller) -> None:
    from tinh.desks.api import reports

    with pytest.raises(reports.OutsideProvince) as refused:
        reports.submit(draft(latitude=10.7769, longitude=106.7009), caller())
    assert "Hồ Chí Minh" in refused.value.detail().vi and "18001096" in refused.value.remedy().vi
    with pytest.raises(reports.OutsideProvince):
        reports.submit(draft(latitude=None, longitude=None, place="26743", address="Bến Thành"), caller())


def test_reports_of_the_same_matter_nearby_are_offered_and_followed_once(draft, caller, run) -> None:
    from tinh.desks.api import reports

    here = {"latitude": 21.7101, "longitude": 105.9201}
    sent = reports.submit(draft(**here), caller())
    assert reports.near("street-light", 21.7102, 105.9202) == ()  # nobody has shown it yet
    run(sent.code)
    found = reports.near("street-light", 21.7102, 105.9202)
    assert [d.code for d in found] == [sent.code] and 10 <= found[0].metres <= 20
    assert "0912" not in found[0].body
    assert reports.near("pothole", 21.7102, 105.9202) == ()
    assert reports.near("street-light", 21.7110, 105.9202) == ()  # 100 m away; the radius is 40 m
    me = caller()
    assert reports.follow(sent.code, me) == reports.follow(sent.code, me) == 1
    assert reports.follow(sent.code, caller()) == 2


def _pictured(picture, submit, **fields) -> str:
    """Send a report with a picture and wait until it was looked at; its code, else the draft's secret."""
    from tinh.desks.api import photos
    from tinh.kit.ids import fresh

    secret = fresh(26)
    photos.store(secret, pictures.encoded(picture, quality=85))
    pictures.developed(secret)
    return submit(secret, **fields) if submit else secret


def test_a_report_is_offered_by_its_photo_only_once_everybody_may_see_both(draft, caller, who) -> None:
    from tinh.desks.api import photos, reports

    def send(secret: str, **fields: Any) -> str:
        return reports.submit(draft(photos=secret, photo_count=1, **fields), caller()).code

    picture = pictures.scene(seed=5151)
    code = _pictured(picture, send, latitude=21.7301, longitude=105.9301)
    mine = _pictured(picture.resize((500, 375)), None)
    other = _pictured(pictures.scene(seed=6262), None)
    at = (21.7371, 105.9301)  # 780 m on: the radius of the category is 40 m
    assert reports.near("street-light", *at) == () and reports.pictured(mine, *at) == ()
    reports.show(code, who("desk_officer"))
    assert reports.pictured(mine, *at) == (), "its photo is still the desk's alone"
    photos.show(code, True)
    [found] = reports.pictured(mine, *at)
    assert (found.code, found.pictured, found.metres) == (code, True, 778)
    assert "0912" not in found.body and found.photo
    assert reports.pictured(other, *at) == (), "another picture"
    assert reports.pictured(mine, 21.80, 105.9301) == (), "the same picture, but kilometres away"
    place = reports.public_case(code).place
    assert [one.code for one in reports.pictured(mine, place=place)] == [code]
    assert reports.pictured(mine, place="05443") == () == reports.pictured(mine)
    reports.hide(code, who("desk_officer"), "Có biển số xe")
    assert reports.pictured(mine, *at) == ()


def test_a_plain_wall_is_the_same_picture_as_no_other(draft, caller, who) -> None:
    from PIL import Image

    from tinh.desks.api import photos, reports

    def send(secret: str) -> str:
        return reports.submit(draft(photos=secret, photo_count=1), caller()).code

    code = _pictured(Image.new("RGB", (640, 480), "brown"), send)
    reports.show(code, who("desk_officer"))
    photos.show(code, True)
    place = reports.public_case(code).place
    sky = Image.linear_gradient("L").rotate(90).resize((640, 480)).convert("RGB")
    sky.paste((0, 0, 0), (250, 400, 300, 470))
    for plain in (sky, sky.rotate(180), Image.new("RGB", (400, 300), "brown")):
        assert reports.pictured(_pictured(plain, None), place=place) == ()


def test_who_follows_a_duplicate_hears_of_the_one_it_was_merged_into(draft, caller, who) -> None:
    from tinh.cases import api as cases
    from tinh.desks.api import reports
    from tinh.people import api as people

    first, second = (reports.submit(draft(email=f"{n}@example.vn"), caller()) for n in ("mot", "hai"))
    cases.merge(second.code, first.code, who("desk_officer"), "Cùng một cột đèn")
    told = reports.track_link(second.token, caller())
    assert (told.state, told.merged_into) == ("merged", first.code)
    with people.through("case"):
        kept = cases.Case.objects.get(code=first.code)
        assert {p.email for p in kept.parties.all()} == {"mot@example.vn", "hai@example.vn"}


def test_code_and_contact_open_a_report_and_wrong_pairs_are_counted(draft, caller) -> None:
    from tinh.desks.api import reports

    sent, me = reports.submit(draft(phone="+84 912 345 678"), caller()), caller()
    assert reports.track(sent.code.lower().replace("-", " "), "0912345678", me).code == sent.code
    for code, contact in ((sent.code, "0912345679"), ("PA-0000-0000", "0912345678")) * 10:
        with pytest.raises(reports.NotTold):
            reports.track(code, contact, me)
    with pytest.raises(reports.TooManyReports):
        reports.track(sent.code, "0912345678", me)
    assert reports.track(sent.code, "0912345678", caller()).code == sent.code


def test_many_reports_from_one_network_meet_a_question_without_third_parties(draft, caller) -> None:
    from tinh.desks.api import reports

    me = caller(device="")
    assert reports.needs_challenge(me) is None
    for _ in range(5):
        reports.submit(draft(), me)
    asked = reports.needs_challenge(me)
    assert asked is not None
    with pytest.raises(reports.ChallengeWrong):
        reports.submit(draft(), me)
    numbers = {
        w: n
        for n, w in enumerate(
            ["không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín", "mười"]
        )
    }
    a, b = (numbers[w] for w in asked.question.vi.split() if w in numbers)
    answered = reports.Caller(me.address, "", asked.proof, str(a + b))
    assert reports.submit(draft(), answered).new
    with pytest.raises(reports.ChallengeWrong):  # each question is taken once
        reports.submit(draft(), answered)
    again = reports.needs_challenge(me)
    found = next(n for n in range(10**8) if _zeros(f"{again.proof}:{n}") >= again.bits)
    assert reports.submit(draft(), reports.Caller(me.address, "", again.proof, f"pow:{found}")).new


def _zeros(text: str) -> int:
    return 256 - int.from_bytes(hashlib.sha256(text.encode()).digest(), "big").bit_length()


def test_a_block_says_why_and_until_when_and_an_appeal_is_answered(draft, caller, who) -> None:
    from tinh.desks.api import reports
    from tinh.people import api as people

    me, clerk = caller(), who("desk_officer")
    sent = reports.submit(draft(), me)
    with people.through("case"):
        from tinh.cases import api as cases

        number = cases.Case.objects.get(code=sent.code).pk
    marks = reports.marks_of_report(number)
    with pytest.raises(people.NotAllowed):
        reports.block(who("case_officer", "so-xd"), marks, "Quảng cáo")
    made = reports.block(clerk, marks, "Gửi quảng cáo nhiều lần", days=7)
    with pytest.raises(reports.Blocked) as refused:
        reports.submit(draft(), me)
    assert "Gửi quảng cáo nhiều lần" in refused.value.detail().vi
    assert str(refused.value.facts["block"]) in refused.value.remedy().vi
    one = reports.appeal(refused.value.facts["block"], "Máy dùng chung ở quán", me)
    assert one in reports.blocks(clerk)
    for each in made:
        reports.decide(who("administrator"), each.pk, lift=True, verdict="Đồng ý gỡ")
    assert reports.submit(draft(), me).new


def test_whoever_set_a_block_cannot_refuse_the_appeal_under_another_name(draft, caller, who) -> None:
    from dataclasses import replace

    from tinh.cases import api as cases
    from tinh.desks.api import reports
    from tinh.people import api as people

    def appealed() -> int:
        me = caller()
        sent = reports.submit(draft(), me)
        with people.through("case"):
            marks = reports.marks_of_report(cases.Case.objects.get(code=sent.code).pk)
        (made,) = (one for one in reports.block(clerk, marks, "Quảng cáo") if one.kind == "device")
        reports.appeal(made.pk, "Máy dùng chung", me)
        return int(made.pk)

    clerk = replace(who("desk_officer"), account=71001)
    renamed, namesake = replace(clerk, name="Tên mới"), replace(clerk, account=71002)
    first = appealed()
    with pytest.raises(reports.NotNow):
        reports.decide(renamed, first, lift=False, verdict="Giữ nguyên")
    assert reports.decide(namesake, first, lift=False, verdict="Giữ nguyên").lifted_at is None


def test_hidden_reports_and_those_never_shown_are_nobodys_to_see(draft, caller, who) -> None:
    from tinh.desks.api import reports

    clerk = who("desk_officer")
    sent = reports.submit(draft(show_name=True), caller())
    with pytest.raises(reports.NoSuchReport):
        reports.public_case(sent.code)
    shown = reports.show(sent.code, clerk, body="Đèn tắt. Gọi 0912 345 678 nhé.")
    assert (shown.name, shown.body) == ("Nguyễn Thị Hạnh", "Đèn tắt. Gọi ▮▮▮ nhé.")
    reports.hide(sent.code, clerk, "Theo yêu cầu của người gửi")
    with pytest.raises(reports.NoSuchReport):
        reports.public_case(sent.code)
    secret = reports.submit(draft(category="official-conduct", answers={}), caller())
    with pytest.raises(reports.NotNow):
        reports.show(secret.code, clerk)


def test_the_public_list_goes_on_from_its_cursor_and_narrows(draft, caller, who, hands) -> None:
    from tinh.desks.api import reports

    clerk, sent = who("desk_officer"), []
    for n in range(5):
        hands.later(minutes=1)
        made = reports.submit(draft(latitude=22.1650 + n / 10_000, longitude=105.8400), caller())
        reports.show(made.code, clerk)
        sent.append(made.code)
    box = (105.8399, 22.1649, 105.8401, 22.1660)
    first = reports.public_list(reports.Wanted(box=box), limit=2)
    rest = reports.public_list(reports.Wanted(box=box), after=first.next, limit=10)
    assert [s.code for s in (*first.items, *rest.items)] == sent[::-1] and rest.next == ""
    assert reports.public_list(reports.Wanted(box=box, category="pothole")).items == ()
    assert len(reports.public_list(reports.Wanted(box=box, state="open")).items) == 5


@pytest.mark.parametrize(
    ("said", "seen"),
    [
        ("Gọi 0912.345.678 hoặc (+84) 912-345-678", "Gọi ▮▮▮ hoặc ▮▮▮"),
        ("CCCD 019301001234, thư a.b@gmail.com", "CCCD ▮▮▮, thư ▮▮▮"),
        ("Xe 20A-123.45 và 20B1 12345 chạy nhanh", "Xe ▮▮▮ và ▮▮▮ chạy nhanh"),
        ("không chín một hai ba bốn năm sáu bảy tám", "▮▮▮"),
        ("Tôi tên là Trần Văn Bình, ở xóm 5", "Tôi tên là ▮▮▮, ở xóm 5"),
        ("0\u200b912345678", "▮▮▮"),
        ("Chi 1.500.000 đồng ngày 22/11/2026, nhà số 123", "Chi 1.500.000 đồng ngày 22/11/2026, nhà số 123"),
        ("Năm nay hai ba lần, 22:30, QL3 km 45+200", "Năm nay hai ba lần, 22:30, QL3 km 45+200"),
    ],
)
def test_what_leads_to_a_person_is_covered_and_the_rest_stays(site, said: str, seen: str) -> None:
    from tinh.desks.api import reports

    assert reports.screen(said).text == seen


def test_a_category_is_suggested_from_the_text_with_and_without_marks(hands) -> None:
    from tinh.desks.api import reports

    for text, best in (
        ("Mặt đường có ổ gà rất to trước cổng chợ", "pothole"),
        ("mat duong co o ga rat to truoc cong cho", "pothole"),
        ("Hàng xóm hát karaoke loa kẹo kéo suốt đêm", "noise"),
        ("hang xom hat karaoke loa keo keo suot dem", "noise"),
        ("Xóm tôi mất nước từ sáng, chưa có thông báo", "water-outage"),
        ("The street light is broken near the school gate", "street-light"),
        ("chó thả rông cắn người", "stray-animals"),
    ):
        assert reports.suggest(text).ranked[0].category == best, text
    unsure = reports.suggest("Mất nước và mất điện cùng lúc")
    assert not unsure.sure and {s.category for s in unsure.ranked[:2]} == {"water-outage", "power-outage"}
    assert reports.suggest("Xin chào, tôi muốn hỏi").best == ""


def test_a_word_that_stands_for_many_matters_does_not_make_a_suggestion_sure(hands) -> None:
    from tinh.desks.api import reports

    drowning = reports.suggest("Hồ câu cá không có rào chắn, trẻ con dễ đuối")
    assert not drowning.sure
    lamp = reports.suggest("Đèn đường hỏng ba hôm nay")  # the road is not what is broken
    assert lamp.sure and lamp.best == "street-light"
    felled = reports.suggest("Rừng đầu nguồn phá trụi")  # words between, another order
    assert felled.ranked[0].category == "forest"
    assert not reports.suggest("Nước sạch, đường sạch, rừng sạch").sure


def test_every_example_of_the_pack_leads_to_its_category(site) -> None:
    from tinh.desks.api import reports

    known = site.prepared.catalogue.report_categories
    suggester = reports.Suggester(known)
    tried = [
        (id, e, suggester.suggest(e)) for id, one in known.items() for e in one.examples if id != "other"
    ]
    right = sum(bool(found.ranked) and found.ranked[0].category == id for id, _, found in tried)
    wrong = [(id, e) for id, e, found in tried if found.sure and found.best != id]
    assert right / len(tried) >= 0.93 and wrong == []
