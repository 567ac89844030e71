"""What somebody has written into the report form. Nothing of it is kept until it is sent."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.http import HttpRequest

from tinh.kit.errors import Text

LEAST, MOST = 10, 4000  # characters of the text
_PHONE = re.compile(r"\+?\d{9,15}")
_MAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]{2,}")


@dataclass(frozen=True, slots=True)
class Draft:
    """The form's fields. `answers` are those to the category's questions, each a list as forms send it."""

    secret: str
    text: str = ""
    category: str = ""
    place: str = ""
    latitude: float | None = None
    longitude: float | None = None
    accuracy: float | None = None
    address: str = ""
    name: str = ""
    phone: str = ""
    email: str = ""
    named: bool = False
    blur: bool = True
    answers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    proof: str = ""
    answer: str = ""

    @property
    def key(self) -> str:
        """The same draft sent twice opens one case."""
        return "web-" + hashlib.sha256(f"report\0{self.secret}".encode()).hexdigest()[:40]


def read(request: HttpRequest, secret: str) -> Draft:
    sent = request.POST

    def said(name: str, most: int = 300) -> str:
        return sent.get(name, "").replace("\x00", "").strip()[:most]

    return Draft(
        secret=secret,
        text=said("text", MOST + 1000),
        category=said("category_other") or said("category"),
        place=said("place", 10),
        latitude=_number(said("lat")),
        longitude=_number(said("lon")),
        accuracy=_number(said("accuracy")),
        address=said("address"),
        name=said("name", 120),
        phone=said("phone", 30),
        email=said("email", 200),
        named="named" in sent,
        blur="blur" in sent or request.method == "GET",
        answers={
            name[2:]: tuple(v[:1000] for v in sent.getlist(name)) for name in sent if name.startswith("q_")
        },
        proof=said("proof"),
        answer=said("answer", 60),
    )


def _number(text: str) -> float | None:
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        return None
    return value if -1e7 < value < 1e7 else None


def first_faults(draft: Draft) -> dict[str, Text]:
    """What is missing before anything can be suggested, by field."""
    found: dict[str, Text] = {}
    if len(draft.text) < LEAST:
        found["text"] = Text(
            f"Cho biết việc gì đang xảy ra, ít nhất {LEAST} chữ cái.",
            f"Say what is going on, in at least {LEAST} letters.",
        )
    elif len(draft.text) > MOST:
        found["text"] = Text(f"Rút ngắn còn {MOST} chữ cái.", f"Shorten it to {MOST} letters.")
    if not draft.place and (draft.latitude is None or draft.longitude is None):
        found["place"] = Text("Cho biết ở xã, phường nào.", "Say in which commune.")
    if draft.phone and not _PHONE.fullmatch(re.sub(r"[\s.\-()]", "", draft.phone)):
        found["phone"] = Text("Số điện thoại gồm 9 đến 15 chữ số.", "A telephone number has 9 to 15 digits.")
    if draft.email and not _MAIL.fullmatch(draft.email):
        found["email"] = Text(
            "Địa chỉ thư có dạng ten@noi.vn.", "An e-mail address looks like name@place.vn."
        )
    return found
