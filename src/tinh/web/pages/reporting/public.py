"""The shell of pages that everybody may open: the province, language, theme, the way in; no staff menu."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse

from tinh.web.pages.reporting.tiles import laid
from tinh.web.shell import language_of, page
from tinh.web.words import words

_DOORS = (
    ("send", "/phan-anh/gui"),
    ("public", "/phan-anh/"),
    ("track", "/phan-anh/theo-doi"),
    ("statistics", "/phan-anh/thong-ke"),
)


def public_page(
    request: HttpRequest, template: str, section: str, title: str, status: int = 200, **view: Any
) -> HttpResponse:
    """A page in the public shell; `section` is the door that is marked as open."""
    say = words(language_of(request))
    doors = [(name, address, say(f"reporting.menu.{name}")) for name, address in _DOORS]
    view.setdefault("base_map", laid(language_of(request)))
    return page(request, f"reporting/{template}", section, title, status=status, doors=doors, **view)
