"""The citizens' pages as an app on a phone: manifest, icons, worker, and pages that open without a line.

What the worker keeps is the same for everybody: no name, no token, no draft stands in it. Its version is the
digest of all it keeps, so a new build or a new declaration replaces the old.
"""

from __future__ import annotations

import json
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.contrib.staticfiles import finders
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.templatetags.static import static
from django.utils.http import quote_etag
from django.views.decorators.http import require_GET

from tinh.desks.api import photos
from tinh.jobs import api as jobs
from tinh.kit.ids import digest
from tinh.web.pages.reporting import form, ground
from tinh.web.pages.reporting.draft import Draft
from tinh.web.pages.reporting.public import public_page
from tinh.web.words import words

if TYPE_CHECKING:
    from PIL.Image import Image

SIZES = (180, 192, 512)  # pixels of an icon's side
BRAND, PAPER, INK = "#1f4a3d", "#f6f5f1", "#ffffff"  # as tokens.css has them in light
_FILES = ("style.css", "early.js", "app.js", "report.js", "pin.js", "pin.css", "unsent.js")
_LANGUAGES = ("vi", "en")
_PAGES = ("form", "offline")
_made: dict[tuple[str, date], str] = {}


@require_GET
def manifest(request: HttpRequest) -> HttpResponse:
    """What the app is called and where it begins; `lang` as the page that names it."""
    language = "en" if request.GET.get("lang") == "en" else "vi"
    say = words(language)
    name = jobs.catalogue().name.in_(language)
    icons = [
        {
            "src": f"/phan-anh/bieu-tuong-{size}.png",
            "sizes": f"{size}x{size}",
            "type": "image/png",
            "purpose": use,
        }
        for size in (192, 512)
        for use in ("any", "maskable")
    ]
    said = {
        "id": "/phan-anh/gui",
        "name": say("offline.app", province=name),
        "short_name": say("offline.app_short"),
        "description": say("reporting.send_lead"),
        "lang": language,
        "dir": "ltr",
        "start_url": "/phan-anh/gui",
        "scope": "/phan-anh/",
        "display": "standalone",
        "background_color": PAPER,
        "theme_color": BRAND,
        "categories": ["government", "utilities"],
        "icons": icons,
        "shortcuts": [
            {"name": say(f"reporting.menu.{door}"), "url": address}
            for door, address in (("send", "/phan-anh/gui"), ("track", "/phan-anh/theo-doi"))
        ],
    }
    response = JsonResponse(said, json_dumps_params={"ensure_ascii": False})
    response["Content-Type"] = "application/manifest+json"
    response["Cache-Control"] = "public, max-age=3600"
    return response


@require_GET
def icon(_request: HttpRequest, size: int) -> HttpResponse:
    """The mark of the house on its ground, with room for a mask around it."""
    if size not in SIZES:
        raise Http404
    response = HttpResponse(_icon(size), content_type="image/png")
    response["Cache-Control"] = "public, max-age=86400"
    return response


@lru_cache(maxsize=4)
def _icon(size: int) -> bytes:
    from io import BytesIO

    out = BytesIO()
    _drawn(size * 4).resize((size, size)).save(out, "PNG", optimize=True)
    return out.getvalue()


def _drawn(side: int) -> Image:
    """The hexagon of mark.svg (24 units) within the middle 60 %: masks cut off a fifth."""
    from PIL import Image, ImageDraw

    image = Image.new("RGB", (side, side), BRAND)
    pen = ImageDraw.Draw(image)
    unit, shift = side * 0.6 / 19, side / 2
    points = ((12, 2.5), (20, 7), (20, 17), (12, 21.5), (4, 17), (4, 7))
    pen.polygon([(shift + (x - 12) * unit, shift + (y - 12) * unit) for x, y in points], fill=INK)
    pen.circle((shift, shift), 3.1 * unit, fill=BRAND)
    return image


@require_GET
def kept(request: HttpRequest, language: str, name: str) -> HttpResponse:
    """A page as the worker keeps it: of nobody."""
    if language not in _LANGUAGES or name not in _PAGES:
        raise Http404
    return _tagged(request, _page(request, language, name), "text/html; charset=utf-8")


@require_GET
def worker(request: HttpRequest) -> HttpResponse:
    """The worker's script, behind the list of what it keeps."""
    found = finders.find("dist/sw.js")
    if not isinstance(found, str):
        raise Http404
    key = (jobs.catalogue().digest, ground.today())
    if key not in _made:
        _made.clear()
        files = [*(static(f"dist/{file}") for file in _FILES), "/phan-anh/ranh-gioi.geojson"]
        pages = {
            name: {tongue: f"/phan-anh/khung/{tongue}/{name}" for tongue in _LANGUAGES} for name in _PAGES
        }
        script = Path(found).read_text(encoding="utf-8")
        written = [_page(request, language, name) for name in _PAGES for language in _LANGUAGES]
        version = digest("\0".join([script, *files, ground.areas(request)["ETag"], *written]).encode())[:16]
        shell = json.dumps({"version": version, "files": files, "pages": pages})
        _made[key] = f"const TINH={shell};\n{script}"
    response = _tagged(request, _made[key], "text/javascript; charset=utf-8")
    response["Service-Worker-Allowed"] = "/phan-anh/"
    return response


def _page(request: HttpRequest, language: str, name: str) -> str:
    request.LANGUAGE_CODE = language
    view: dict[str, Any] = {
        "language": language, "who": None, "menu": [], "on_shift": False, "theme": "", "shell": True,
        "here": "/phan-anh/gui", "live_since": "", "live_open": "", "today": "", "csrf_token": "NOTPROVIDED",
        "province": jobs.catalogue().name.in_(language),
    }  # fmt: skip
    if name == "offline":
        title = words(language)("offline.page_title")
        made = public_page(request, "offline.html", "", title, offline_page=True, **view)
    else:
        second = form.second(request, Draft(secret=""), {}, language, challenged=False)
        made = public_page(
            request, "form.html", "send", words(language)("reporting.send_title"), ready=True, listed=[],
            cure="", communes=ground.communes(), place="", place_name="", pictures=[],
            most=photos.LIMITS.per_draft,
            room=photos.LIMITS.per_draft, **{**second, **view},
        )  # fmt: skip
    return made.content.decode()


def _tagged(request: HttpRequest, body: str, kind: str) -> HttpResponse:
    """Asked for anew each time, sent only when it has changed."""
    mark = quote_etag(digest(body.encode())[:20])
    same = request.headers.get("If-None-Match") == mark
    response = HttpResponse(status=304) if same else HttpResponse(body, content_type=kind)
    response["ETag"] = mark
    response["Cache-Control"] = "no-cache"
    return response
