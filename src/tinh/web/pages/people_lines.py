"""A person in one line, as lists show them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

from tinh.jobs import api as jobs
from tinh.people import api as people
from tinh.web import formats
from tinh.web.pages.naming import place_name
from tinh.web.words import words


@dataclass(frozen=True, slots=True)
class Person:
    username: str
    name: str
    email: str
    role: str
    agency: str
    agency_id: str
    scope: str
    active: bool
    seen: str
    posts: int


def person_line(user: people.User, language: str) -> Person:
    zone = jobs.catalogue().timezone
    last = user.last_login
    return Person(
        username=user.username,
        name=user.full_name or user.username,
        email=user.email,
        role=role_name(user.role, language),
        agency=agency_name(user.agency, language),
        agency_id=jobs.agencies().resolve(user.agency) if user.agency in jobs.agencies() else "",
        scope=where(user.place, user.sector, language),
        active=user.is_active,
        seen=formats.minute(last, language, zone) if last else words(language)("staff.never"),
        posts=len(people.live_posts(user)),
    )


def role_name(role: str, language: str) -> str:
    known = people.table().roles.get(role)
    return known.name.in_(language) if known else role


def agency_name(id: str, language: str) -> str:
    found = jobs.agencies().get(id)
    return found.name.in_(language) if found else id


def where(place: str, sector: str, language: str) -> str:
    """A scope's place and sector in words; empty where neither narrows."""
    packs = jobs.catalogue().packs
    today = jobs.now().astimezone(ZoneInfo(jobs.catalogue().timezone)).date()
    said = [place_name(place, today.isoformat())] if place else []
    if sector:
        said.append(packs[sector].name.in_(language) if sector in packs else sector)
    return " · ".join(said)


def scope_words(scope: people.Scope, language: str) -> str:
    """A post in words: Cán bộ dữ liệu · Sở Y tế · Phường Đức Xuân."""
    said = [
        role_name(scope.role, language),
        agency_name(scope.agency, language),
        where(scope.place, scope.sector, language),
    ]
    return " · ".join(part for part in said if part)


def until_words(post: people.Post, language: str) -> str:
    zone = ZoneInfo(jobs.catalogue().timezone)
    if post.until is None:
        return words(language)("staff.for_good")
    return formats.day((post.until - timedelta(microseconds=1)).astimezone(zone).date(), language)
