"""What every page has around it: who is there, the menu, the language, the theme, the pulse."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.http import urlencode

from tinh.jobs import api as jobs
from tinh.kit.errors import TinhError
from tinh.people import api as people
from tinh.web import formats
from tinh.web.administration import administers, stands
from tinh.web.words import words

_SEEN = "tinh.seen_version"

View = Callable[..., HttpResponseBase]


def language_of(request: HttpRequest) -> str:
    return "en" if getattr(request, "LANGUAGE_CODE", "vi") == "en" else "vi"


def whence(request: HttpRequest) -> str:
    """The address of the page one is on; of a form that was sent, the page that held it."""
    came = urlsplit(request.headers.get("Referer", ""))
    if request.method in ("GET", "HEAD") or came.netloc != request.get_host():
        return request.get_full_path()
    return f"{came.path}?{came.query}" if came.query else came.path


def posted(view: View) -> View:
    """A view for forms alone. Whoever opens its address, after signing in or with the back button, is led to
    the page above it."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return view(request, *args, **kwargs) if request.method == "POST" else redirect("./")

    return guarded


def page(
    request: HttpRequest, template: str, section: str, title: str, status: int = 200, **view: Any
) -> HttpResponse:
    """A page in its shell. `view` is all its template sees besides the shell."""
    language = language_of(request)
    corridor = jobs.corridor()
    catalogue = corridor.catalogue
    theme = request.COOKIES.get("tinh_theme", "")
    now = formats.minute(corridor.clock.now(), language, catalogue.timezone)
    say = words(language)
    who = _face(request)
    doors = _menu(who)
    context = {
        "language": language,
        "section": section,
        "title": title,
        "province": catalogue.name.in_(language),
        "theme": theme if theme in {"light", "dark"} else "",
        "who": who,
        "on_shift": people.may_anywhere(who, "hand over"),
        "may_direct": people.may_anywhere(who, "issue directives"),
        "role_name": people.table().roles[who.role].name.in_(language) if who else "",
        "menu": [(name, address, say(f"menu.{name}")) for name, address in doors],
        "off_bar": _off_bar(doors),
        "live_since": request.META.get(_SEEN, ""),
        "live_open": say("shell.live", now=now),
        "live_lost": say("shell.lost"),
        "here": whence(request),
        "today": corridor.clock.now().astimezone(ZoneInfo(catalogue.timezone)).date().isoformat(),
        **view,
    }
    response = render(request, template, context, status=status)
    response.headers.setdefault("Cache-Control", "private, no-cache")
    return response


def _face(request: HttpRequest) -> people.Actor | None:
    try:
        return people.actor_of(request)
    except people.SecondFactorOwed:  # still a person with a name, who is on the way to setting one up
        return people.face_of(request)


def _menu(who: people.Actor | None) -> list[tuple[str, str]]:
    """The pages everybody has, and those that stand and that this person may open."""
    found = list(_MENU)
    if people.may_anywhere(who, "read cases"):
        found[1:1] = [("cases", "/vu-viec/"), ("directives", "/chi-dao/")]
    if people.among_agencies(who, "read deliveries of own"):
        found.insert(0, ("todo", "/viec-cua-toi/"))
    if stands("/truc/") and people.may_anywhere(who, "read services"):
        found.append(("axis", "/truc/"))
    if administers(who):
        found.append(("admin", "/quan-tri/"))
    return found


def _off_bar(doors: list[tuple[str, str]]) -> list[str]:
    """Doors that a phone shows in the account's menu: those of administration, and the last beyond six."""
    names = [name for name, _ in doors]
    return [n for n in names if n in _ASIDE] + [n for n in names if n not in _ASIDE][_BAR:]


_MENU = (
    ("room", "/"),
    ("indicators", "/chi-so/"),
    ("data", "/du-lieu/"),
    ("places", "/dia-ban/"),
    ("alerts", "/canh-bao/"),
    ("analysis", "/phan-tich/"),
)
_BAR = 6  # doors there is room for at the thumb of a phone; the others stand in the menu of the account
_ASIDE = ("axis", "admin")


def signed_in(view: View) -> View:
    """Send strangers to the sign-in page, and show refusals as pages in the reader's language."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            people.require(people.actor_of(request), "read")
            request.META[_SEEN] = jobs.version()  # before the page reads: what lands while it does is news
            return view(request, *args, **kwargs)
        except people.SecondFactorOwed:
            return redirect(f"/tai-khoan/?{urlencode({'next': whence(request)})}")
        except people.SignInNeeded as error:
            door = f"/sign-in?{urlencode({'next': whence(request)})}"
            if request.headers.get("Accept", "").startswith("application/json"):  # a script that keeps it
                said = words(language_of(request))("cases.session_over")
                return JsonResponse(
                    {"ok": False, "again": True, "said": said, "door": door}, status=error.status
                )
            return redirect(door)
        except TinhError as error:
            return refused(request, error)

    return guarded


def refused(request: HttpRequest, error: TinhError, detail: str = "", cure: str = "") -> HttpResponse:
    """A page for an error: what was found, what to do, and its code to quote. A page's own script, which
    would take any other page for a line that is down and try for ever, is told in JSON."""
    language = language_of(request)
    if request.headers.get("Accept", "").startswith("application/json"):
        said = {"ok": False, "said": error.told().in_(language), "again": error.retry}
        return JsonResponse(said, status=error.status)
    near = f"/{request.path.strip('/').split('/')[0]}/"  # the door of the menu that the page lies behind
    return page(
        request, "refused.html", "", words(language)("faults.title"), status=error.status,
        code=error.code, detail=detail or error.detail().in_(language),
        cure=cure or error.remedy().in_(language), near=near if near != request.path else "",
    )  # fmt: skip
