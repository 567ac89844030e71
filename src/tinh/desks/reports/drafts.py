"""A report as somebody means to send it, judged field by field in words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from math import isfinite
from typing import Any

from tinh.desks.reports.ground import category
from tinh.kit.errors import Text
from tinh.packs.api import Question

SHORTEST, LONGEST = 10, 5000
BY_STAFF = (
    "hotline",
    "email",
    "walk-in",
    "staff",
    "open311",
)  # sources in which nobody stands there with a phone
_EMAIL = re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+\.[^@\s,;<>.]{2,}")
_SENTENCE = re.compile(r"[.!?\n]+\s+|\n")


@dataclass(frozen=True, slots=True)
class Draft:
    """`key` is made once by whoever sends, so that sending again makes no second report. `answers`: question
    id → text, id of an option, list of ids, number or YYYY-MM-DD. `show_name` False: the name is shown to
    nobody but the desk. `photos` is the secret of the draft whose photos come along, `photo_count` how
    many."""

    category: str
    text: str
    key: str
    subject: str = ""
    latitude: float | None = None
    longitude: float | None = None
    accuracy: float | None = None
    place: str = ""
    address: str = ""
    answers: Mapping[str, Any] = field(default_factory=dict)
    name: str = ""
    phone: str = ""
    email: str = ""
    show_name: bool = False
    language: str = "vi"
    wishes: tuple[str, ...] = ()
    photos: str = ""
    photo_count: int = 0
    blur: bool = True
    source: str = "web"
    account: int | None = None
    at: datetime | None = None
    simulated: bool = False


def faults_of(draft: Draft) -> dict[str, Text]:
    """Field → what is wrong with it. Raises NoSuchCategory."""
    one = category(draft.category)
    out: dict[str, Text] = {}
    text = draft.text.strip()
    if len(text) < SHORTEST:
        out["text"] = Text(
            f"mô tả cần ít nhất {SHORTEST} ký tự: việc gì, ở đâu",
            f"say what it is and where, in {SHORTEST} characters or more",
        )
    elif len(text) > LONGEST:
        out["text"] = Text(f"mô tả dài quá {LONGEST} ký tự", f"the text is longer than {LONGEST} characters")
    if not draft.key or len(draft.key) > 100:
        out["key"] = Text("thiếu khóa chống gửi trùng", "the key against sending twice is missing")
    out |= _point(draft)
    located = draft.latitude is not None and draft.longitude is not None
    by_address = draft.source in BY_STAFF and len(draft.address.strip()) >= 4  # a clerk finds the commune
    if not located and not draft.place and not by_address:
        out["place"] = Text(
            "chọn điểm trên bản đồ, hoặc chọn xã, phường", "choose a point on the map, or a commune"
        )
    elif not located and one.place == "point" and len(draft.address.strip()) < 4:
        out["address"] = Text(
            "ghi rõ số nhà, đường, xóm hoặc mốc gần nhất", "give the street, hamlet or nearest landmark"
        )
    if one.photo == "required" and draft.photo_count < 1 and draft.source not in BY_STAFF:
        out["photos"] = Text("chuyên mục này cần ít nhất một ảnh", "this category needs a photo")
    if draft.phone.strip() and not 9 <= len(re.sub(r"\D", "", draft.phone)) <= 12:
        out["phone"] = Text("số điện thoại chưa đúng", "this is no telephone number")
    if draft.email.strip() and not (_EMAIL.fullmatch(draft.email.strip()) and len(draft.email) <= 254):
        out["email"] = Text("thư điện tử chưa đúng", "this is no e-mail address")
    for question in one.questions:
        fault = _answer(question, draft.answers.get(question.id))[1]
        if fault is not None:
            out[f"q-{question.id}"] = Text(
                f"{question.label.vi} – {fault.vi}", f"{question.label.en} – {fault.en}"
            )
    return out


def _point(draft: Draft) -> dict[str, Text]:
    lat, lon = draft.latitude, draft.longitude
    if (lat is None) != (lon is None):
        return {"place": Text("chỉ có một trong hai tọa độ", "only one of two coordinates is given")}
    if (
        lat is not None
        and lon is not None
        and not (isfinite(lat + lon) and abs(lat) <= 90 and abs(lon) <= 180)
    ):
        return {"place": Text("tọa độ không đúng", "these are no coordinates")}
    return {}


def answers_of(draft: Draft) -> dict[str, Any]:
    """The answers to the category's questions, read; what was not asked is left out."""
    found = ((q.id, _answer(q, draft.answers.get(q.id))[0]) for q in category(draft.category).questions)
    return {id: value for id, value in found if value not in (None, "", [])}


def _fits(given: Any) -> bool:
    """Whether an answer is one a form could send: a word, a number, or some of them."""
    parts = given if isinstance(given, list | tuple) else (given,)
    return len(parts) <= 100 and all(isinstance(one, str | int | float) for one in parts)


def _answer(question: Question, given: Any) -> tuple[Any, Text | None]:
    """The answer as it is kept, or what is wrong with it."""
    if given in (None, "", [], ()):
        return None, Text("chưa trả lời", "not answered") if question.required else None
    if not _fits(given):
        return None, Text("không đọc được", "cannot be read")
    known = {o.id for o in question.options}
    wrong = Text("không có lựa chọn này", "there is no such choice")
    if question.kind == "choice":
        only = given[0] if isinstance(given, list | tuple) and len(given) == 1 else given
        return (only, None) if not isinstance(only, list | tuple) and only in known else (None, wrong)
    if question.kind == "multi":
        chosen = list(dict.fromkeys(given)) if isinstance(given, list | tuple) else [given]
        return (chosen, None) if all(c in known for c in chosen) else (None, wrong)
    if question.kind == "number":
        try:
            number = float(str(given).replace(",", ".").strip())
            if not isfinite(number):
                raise ValueError(given)
            return (int(number) if number.is_integer() else number), None
        except (ValueError, OverflowError):
            return None, Text("cần một số", "a number is needed")
    if question.kind == "date":
        try:
            return date.fromisoformat(str(given)[:10]).isoformat(), None
        except ValueError:
            return None, Text("cần một ngày", "a day is needed")
    said = str(given).replace("\0", "").strip()
    return (
        (said, None)
        if len(said) <= 1000
        else (None, Text("dài quá 1000 ký tự", "longer than 1000 characters"))
    )


def subject_of(draft: Draft) -> str:
    """One line: the one given, or the text's first sentence."""
    said = " ".join(draft.subject.split()) or next(
        (" ".join(part.split()) for part in _SENTENCE.split(draft.text.strip()) if len(part.strip()) > 5), ""
    )
    said = said or " ".join(draft.text.split())
    if len(said) <= 120:
        return said.rstrip(" .,;:")
    cut = said[:117]
    return cut[: cut.rfind(" ")].rstrip(" .,;:") + "…" if " " in cut else cut + "…"
