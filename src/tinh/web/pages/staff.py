"""People: who has an account, in which posts, who acts for whom, and leaving."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from tinh.jobs import api as jobs
from tinh.kit.errors import TinhError
from tinh.people import api as people
from tinh.web import formats
from tinh.web.pages.days import day_of
from tinh.web.pages.faults_said import said
from tinh.web.pages.people_lines import agency_name, person_line, role_name, scope_words, until_words
from tinh.web.pages.scope_form import choices, scope_of
from tinh.web.shell import language_of, page, signed_in
from tinh.web.words import words

STATES = {"co": True, "khong": False}


@dataclass(frozen=True, slots=True)
class PostLine:
    id: int
    says: str
    since: str
    until: str
    for_whom: str
    by: str
    reason: str
    state: str
    tone: str
    may_end: bool


@signed_in
def listing(request: HttpRequest) -> HttpResponse:
    language = language_of(request)
    say = words(language)
    who = people.require_anywhere(people.actor_of(request), "read accounts")
    mine = people.among_agencies(who, "read accounts")
    agency, role = request.GET.get("co-quan", ""), request.GET.get("vai-tro", "")
    state = request.GET.get("con-lam", "co")
    text = " ".join(request.GET.get("tim", "").replace("\0", "").split())[:100]
    known = jobs.agencies()
    within = mine
    if agency in known:
        within = known.names(agency) if mine is None else known.names(agency) & mine
    found = people.staff(
        within, role=role if role in people.Role.values else "", active=STATES.get(state), text=text
    )
    offered = [(a.id, a.name.in_(language)) for a in known.values() if mine is None or a.id in mine]
    return page(
        request, "staff.html", "admin", say("staff.title"),
        people=[person_line(user, language) for user in found],
        agency=agency, role=role, state=state, text=text,
        agencies=offered,
        roles=[(r, role_name(r, language)) for r in people.Role.values],
        states=[("co", say("staff.active")), ("khong", say("staff.closed"))],
        own=mine is not None, may_invite=people.may(who, "manage accounts"),
        narrowed=bool(agency or role or text or state != "co"),
    )  # fmt: skip


def visible(request: HttpRequest, username: str) -> tuple[people.User, people.Actor]:
    """An account the reader may see: their own, or one of an agency they answer for."""
    who = people.actor_of(request)
    if who is None:
        raise people.SignInNeeded
    user = people.User.objects.by_name(username)
    if user is not None and user.pk == who.account:
        return user, who
    agency = user.agency if user is not None else ""
    people.require(who, "read accounts", agency=agency)
    return people.account_named(username), who


@require_http_methods(["GET", "POST"])
@signed_in
def one(request: HttpRequest, username: str) -> HttpResponseBase:
    language = language_of(request)
    say = words(language)
    user, who = visible(request, username)
    fault: TinhError | None = None
    act = request.POST.get("act", "")
    if request.method == "POST":
        try:
            return _ACTS.get(act, _nothing)(request, user, who)
        except (people.SignInNeeded, people.NotAllowed):
            raise
        except TinhError as error:
            fault = error
    may_manage = people.may(who, "manage accounts", agency=user.agency)
    may_delegate = user.is_active and (may_manage or people.may(who, "delegate", of=user.pk))
    done = request.GET.get("xong", "")
    posts = [_post_line(post, who, language) for post in people.posts_of(user)]
    left = people.duties(user, jobs.headships(user.username)) if may_manage and user.is_active else None
    colleagues = [
        (u.username, f"{u.full_name or u.username} · {role_name(u.role, language)}")
        for u in _colleagues(user, may_manage)
    ] if may_manage or may_delegate else []  # fmt: skip
    return page(
        request, "person.html", "admin", user.full_name or user.username,
        status=fault.status if fault else 200,
        user=user, person=person_line(user, language), itself=user.pk == who.account,
        posts=posts, may_manage=may_manage, may_delegate=may_delegate,
        sources=[("", scope_words(_main(user), language)),
                 *((str(p.pk), scope_words(p.scope, language)) for p in people.posts_of(user)
                   if p.pk in {s.post for s in people.live_posts(user)} and not p.acting_for)],
        colleagues=colleagues, choices=choices(language, request, _main(user)),
        today=jobs.now().date().isoformat(),
        duties=_duties(left, user, language) if left else [],
        **said(fault, language),
        act=act, given=request.POST, given_reason=request.POST.get("ly-do", ""),
        done=say(f"staff.done_{done}") if done in _DONE else "",
    )  # fmt: skip


def _colleagues(user: people.User, may_manage: bool) -> list[people.User]:
    if may_manage:
        return [other for other in people.staff(active=True) if other.pk != user.pk]
    return people.colleagues(user, jobs.agencies().names(user.agency)) if user.agency else []


_DONE = ("post", "ended", "main", "delegated", "left")


def _main(user: people.User) -> people.Scope:
    return people.Scope(user.role, user.agency, user.place, user.sector)


def _post_line(post: people.Post, who: people.Actor, language: str) -> PostLine:
    say = words(language)
    state = post_state(post)
    ended = state in ("ended", "over")
    giver = post.given_by
    mine = post.acting_for == who.name.split("/")[0] or (giver is not None and giver.pk == who.account)
    return PostLine(
        id=post.pk, says=scope_words(post.scope, language),
        since=_day(post.since, language), until=until_words(post, language),
        for_whom=post.acting_for, by=(giver.full_name or giver.username) if giver else "", reason=post.reason,
        state=say(f"staff.post_{state}"), tone={"live": "good", "coming": "watch"}.get(state, "none"),
        may_end=not ended and (mine or people.may(who, "manage accounts", agency=post.agency)),
    )  # fmt: skip


def post_state(post: people.Post) -> str:
    now = jobs.now()
    if post.ended_at:
        return "ended"
    if post.since > now:
        return "coming"
    return "over" if post.until and post.until <= now else "live"


def _day(moment: datetime, language: str) -> str:
    return formats.day(moment.astimezone(ZoneInfo(jobs.catalogue().timezone)).date(), language)


def _duties(left: people.Duties, user: people.User, language: str) -> list[tuple[str, str]]:
    """What hangs on somebody, each with what becomes of it."""
    say = words(language)
    hand, ends = say("staff.goes_over"), say("staff.ends")
    out = []
    if user.role not in (people.Role.VIEWER, people.Role.ADMINISTRATOR):
        out.append((scope_words(_main(user), language), hand))
    heads = say("staff.heads")
    out += [(f"{heads}: {agency_name(a, language)}", hand) for a in left.headships]
    out += [(scope_words(p.scope, language), ends if p.acting_for else hand) for p in left.posts]
    out += [
        (say("staff.acts_for", who=p.user.username, what=scope_words(p.scope, language)), ends)
        for p in left.given
    ]
    out += [(say("staff.key", name=k.name), ends) for k in left.keys]
    out += [(say("staff.invited", name=i.full_name or i.email), hand) for i in left.invitations]
    if left.sessions:
        out.append((say("staff.sessions", count=left.sessions), ends))
    return out


def _back(user: people.User, done: str) -> HttpResponse:
    return redirect(f"/nguoi-dung/{quote(user.username, safe='')}/?xong={done}")


def _give(request: HttpRequest, user: people.User, who: people.Actor) -> HttpResponse:
    scope = scope_of(request.POST)
    people.require(who, "manage accounts", agency=scope.agency)
    begin, end = _days(request)
    people.fit_days(begin, end)
    people.give_post(who, user, scope, since=begin, until=end, reason=request.POST.get("ly-do", ""))
    return _back(user, "post")


def _days(request: HttpRequest) -> tuple[datetime | None, datetime | None]:
    begin, end = day_of(request.POST.get("tu", "")), day_of(request.POST.get("den", ""))
    return jobs.begin_of(begin) if begin else None, jobs.end_of(end) if end else None


def _end(request: HttpRequest, user: people.User, who: people.Actor) -> HttpResponse:
    number = request.POST.get("chuc", "")
    post = next((p for p in people.posts_of(user) if str(p.pk) == number), None)
    if post is None:
        return _back(user, "")
    people.end_post(who, post.pk)
    return _back(user, "ended")


def _change(request: HttpRequest, user: people.User, who: people.Actor) -> HttpResponse:
    scope = scope_of(request.POST)
    people.require(who, "manage accounts", agency=scope.agency)
    people.require(who, "manage accounts", agency=user.agency)
    people.change_main_post(user, scope, who)
    return _back(user, "main")


def _delegate(request: HttpRequest, user: people.User, who: people.Actor) -> HttpResponse:
    if not people.may(who, "manage accounts", agency=user.agency):
        people.require(who, "delegate", of=user.pk)
    may_manage = people.may(who, "manage accounts", agency=user.agency)
    wanted = request.POST.get("cho", "")
    to = next((u for u in _colleagues(user, may_manage) if u.username == wanted), None)
    if to is None:
        raise people.PostUnusable(
            reason_vi="chọn một đồng nghiệp trong danh sách", reason_en="choose a colleague from the list"
        )
    begin, end = _days(request)
    if end is None:
        raise people.PostUnusable(
            reason_vi="cần ngày kết thúc ủy quyền", reason_en="the day on which it ends is needed"
        )
    people.fit_days(begin, end)
    source = request.POST.get("chuc", "")
    people.appoint_acting(
        who, user, to, int(source[:18]) if source.isdecimal() else None, begin or jobs.now(), end,
        request.POST.get("ly-do", ""),
    )  # fmt: skip
    return _back(user, "delegated")


def _leave(request: HttpRequest, user: people.User, who: people.Actor) -> HttpResponse:
    people.require(who, "manage accounts", agency=user.agency)
    name = request.POST.get("cho", "")
    heir = people.account_named(name) if name else None
    jobs.leave(user, who, heir, request.POST.get("ly-do", ""))
    return _back(user, "left")


def _nothing(_request: HttpRequest, user: people.User, _who: people.Actor) -> HttpResponse:
    return _back(user, "")


_ACTS: dict[str, Callable[[HttpRequest, people.User, people.Actor], HttpResponse]] = {
    "give": _give, "end": _end, "main": _change, "delegate": _delegate, "leave": _leave,
}  # fmt: skip
