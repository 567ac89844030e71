# ruff: noqa: E501  # letters have the lines they have
"""What a digest says, word for word."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from string import Formatter

import pytest

from tinh.kit.errors import Text
from tinh.kit.yamltree import load

WORDS = Path(__file__).parents[2] / "src" / "tinh" / "channels" / "words"


class Names:
    def agency(self, id: str, language: str) -> str:
        return {"so-khcn": "Sở Khoa học và Công nghệ"}.get(id, id) if language == "vi" else "DoST"

    def place(self, code: str, window: str, language: str) -> str:
        return f"Xã {code}"


@pytest.fixture
def digest(site):
    from tinh.channels.api import Desk, Digest, Item, Matter, Person

    telecom = Text("Báo cáo viễn thông tháng", "Monthly telecom report")
    late = Matter(
        "owed", "so-khcn", "telecom-monthly", telecom, "telecom", "2026-08",
        datetime(2026, 9, 5, 17, tzinfo=UTC), 2, 92, 2, ("05443", "05455"), ("05443", "05455"),
    )  # fmt: skip
    soon = replace(
        late, window="2026-09", due=datetime(2026, 9, 15, 10, tzinfo=UTC), places=(), among=(), extended=True
    )
    held = Matter("held", "so-khcn", "digital-economy", Text("Kinh tế số", "Digital economy"), held=1234)
    lan = Person("lan@example.vn", "Nguyễn Thị Lan", (Desk("officer", frozenset({"so-khcn"})),), account=1)
    return Digest(
        lan, date(2026, 9, 10),
        (Item(late, "officer", "overdue", "overdue-0", 3), Item(soon, "officer", "soon", "soon", 0),
         Item(held, "officer", "held", "held-2026-37", 0)),
    )  # fmt: skip


def write(digest, address: str = "https://tinh.example.vn") -> tuple[str, str]:
    from tinh.channels.api import Writer

    return Writer(Text("Thái Nguyên", "Thái Nguyên"), "Asia/Ho_Chi_Minh", Names(), address).letter(digest)


def test_a_digest_is_read_from_its_greeting_to_how_it_is_stopped(digest) -> None:
    subject, body = write(digest)
    assert subject == (
        "[Thái Nguyên] 1 kỳ số liệu quá hạn, 1 kỳ số liệu sắp đến hạn, 1 bộ dữ liệu có dòng chờ sửa"
    )
    assert (
        body
        == """\
Kính gửi Nguyễn Thị Lan,

Đến sáng 10.09.2026, Sở Khoa học và Công nghệ có những việc về số liệu sau đây cần xử lý.

QUÁ HẠN
1. Báo cáo viễn thông tháng
   - tháng 8.2026: hạn hết ngày 05.09.2026, quá hạn 3 ngày làm việc. Còn thiếu 2/92: Xã 05443, Xã 05455.
   Gửi số liệu: https://tinh.example.vn/du-lieu/gui?bo-du-lieu=telecom-monthly

SẮP ĐẾN HẠN
1. Báo cáo viễn thông tháng
   - tháng 9.2026: hạn 17:00 ngày 15.09.2026. Đã tính cả gia hạn.
   Gửi số liệu: https://tinh.example.vn/du-lieu/gui?bo-du-lieu=telecom-monthly

DÒNG ĐANG CHỜ SỬA
1. Kinh tế số
   - 1.234 dòng đang bị giữ lại, sửa xong mới tính vào số liệu.
   Xem và sửa: https://tinh.example.vn/du-lieu/digital-economy/

Nếu số liệu vừa được gửi, không cần làm gì thêm: việc đã xong không được nhắc lại.

Cần thêm thời gian, hãy đề nghị gia hạn trước khi quá hạn: https://tinh.example.vn/du-lieu/nhac-viec/gia-han

--\x20
Thư này do hệ thống của Trung tâm điều hành Thái Nguyên tự động gửi, mỗi người nhiều nhất một thư một ngày làm việc.
Quý vị nhận thư vì được giao gửi số liệu của Sở Khoa học và Công nghệ.
Đổi sang một thư một tuần, hoặc thôi nhận thư: https://tinh.example.vn/du-lieu/nhac-viec/cua-toi
"""
    )


def test_without_an_address_a_letter_says_where_to_go_in_words(digest) -> None:
    _, body = write(digest, "")
    assert "Gửi số liệu: Dữ liệu → Gửi số liệu" in body
    assert "http" not in body


def test_the_same_letter_in_english(digest) -> None:
    subject, body = write(replace(digest, person=replace(digest.person, language="en")))
    assert subject.startswith("[Thái Nguyên] 1 delivery is overdue, 1 delivery is due soon")
    assert "8.2026: due end of 05.09.2026, 3 working days overdue. 2 of 92 missing" in body


def test_ninety_places_are_named_up_to_eight(digest) -> None:
    first = digest.items[0]
    many = tuple(f"{n:05d}" for n in range(90))
    matter = replace(first.matter, places=many, among=many, missing=90)
    _, body = write(replace(digest, items=(replace(first, matter=matter),)))
    assert "Còn thiếu 90/92" in body and "và 82 nơi khác" in body


def test_both_languages_say_the_same_with_the_same_facts() -> None:
    vi, en = (load(WORDS / f"{language}.yaml").value for language in ("vi", "en"))
    assert vi.keys() == en.keys()

    def facts(said: object) -> set[str]:
        texts = said.values() if isinstance(said, dict) else [said]
        return {name for text in texts for _, name, _, _ in Formatter().parse(str(text)) if name}

    assert {k: facts(v) for k, v in vi.items()} == {k: facts(v) for k, v in en.items()}
