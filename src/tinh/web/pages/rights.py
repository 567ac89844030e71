"""Who may do what: the table of rights in words, and the index of administration."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse

from tinh.jobs import api as jobs
from tinh.people import api as people
from tinh.web.administration import administers, entries_for
from tinh.web.pages.data import agency_name
from tinh.web.pages.naming import today_name
from tinh.web.shell import language_of, page, signed_in
from tinh.web.words import words


@dataclass(frozen=True, slots=True)
class Cell:
    role: str
    reach: str
    own: bool


@dataclass(frozen=True, slots=True)
class Line:
    says: str
    action: str
    cells: tuple[Cell, ...]
    mine: str


@signed_in
def matrix(request: HttpRequest) -> HttpResponse:
    language = language_of(request)
    say = words(language)
    who = people.require(people.actor_of(request), "read rights")
    table = people.table()
    own = {post.role for post in who.posts}
    reaches: dict[str, str] = {
        reach: say(f"rights.reach_{reach.replace(' ', '_')}") for reach in people.REACHES
    }
    lines = []
    for action in people.ACTIONS:
        right = table.rights[action]
        cells = tuple(
            Cell(role.name.in_(language), reaches.get(right.reach.get(id, ""), ""), id in own)
            for id, role in table.roles.items()
        )
        mine = ", ".join(dict.fromkeys(cell.reach for cell in cells if cell.own and cell.reach))
        lines.append(Line(right.says.in_(language), action, cells, mine))
    return page(
        request, "rights.html", "admin", say("rights.title"),
        roles=[
            (role.name.in_(language), role.says.in_(language), id in own) for id, role in table.roles.items()
        ],
        lines=lines, posts=_posts(who, language), mine=[line for line in lines if line.mine],
        is_admin=administers(who),
    )  # fmt: skip


def _posts(who: people.Actor, language: str) -> list[tuple[str, str]]:
    """Each post with where it holds."""
    say = words(language)
    corridor = jobs.corridor()
    today = corridor.clock.now().date()
    out = []
    for post in who.posts:
        sector = corridor.catalogue.packs.get(post.sector)
        where = [
            agency_name(corridor, post.agency, language) if post.agency else "",
            today_name(post.place, today) if post.place else "",
            sector.name.in_(language) if sector else post.sector,
            say("rights.acting_for", who=post.acting_for) if post.acting_for else "",
        ]
        name = people.table().roles[post.role].name.in_(language)
        out.append((name, " · ".join(part for part in where if part)))
    return out


@signed_in
def index(request: HttpRequest) -> HttpResponse:
    language = language_of(request)
    say = words(language)
    who = people.actor_of(request)
    if not administers(who):
        people.require(who, "manage accounts")  # says that this person may not
    listed = [
        (
            say(f"admin.{entry.name}"),
            say(f"admin.{entry.name}_says"),
            entry.address,
            "" if entry.count is None else entry.count(),
        )
        for entry in entries_for(who)
    ]
    return page(request, "administration.html", "admin", say("admin.title"), listed=listed)
