"""A scope (role × agency × place × sector) as the fields of a form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.http import HttpRequest

from tinh.jobs import api as jobs
from tinh.packs.api import slug
from tinh.people import api as people


@dataclass(frozen=True, slots=True)
class Choices:
    """What the fields offer, and what they hold."""

    roles: tuple[tuple[str, str], ...]
    agencies: tuple[tuple[str, str], ...]
    sectors: tuple[tuple[str, str], ...]
    role: str
    agency: str
    place: str
    sector: str


def choices(language: str, request: HttpRequest, now: people.Scope | None = None) -> Choices:
    """Filled with what was sent, else with what stands now."""
    sent = request.POST if "vai-tro" in request.POST else None
    return Choices(
        roles=tuple(
            (r.id, r.name.in_(language))
            for r in people.table().roles.values() if r.id != people.Role.SERVICE
        ),
        agencies=tuple(
            sorted(
                ((a.id, a.name.in_(language)) for a in jobs.agencies().values()),
                key=lambda pair: slug(pair[1]),
            )
        ),
        sectors=tuple((p.id, p.name.in_(language)) for p in jobs.catalogue().packs.values()),
        role=sent.get("vai-tro", "") if sent else now.role if now else "data_officer",
        agency=sent.get("co-quan", "") if sent else now.agency if now else request.GET.get("co-quan", ""),
        place=sent.get("dia-ban", "") if sent else now.place if now else "",
        sector=sent.get("linh-vuc", "") if sent else now.sector if now else "",
    )  # fmt: skip


def scope_of(post: Mapping[str, str]) -> people.Scope:
    """The checked scope of a form; ScopeUnknown says what does not fit."""

    def text(key: str) -> str:
        return " ".join(str(post.get(key, "")).replace("\0", "").split())[:100]

    return jobs.scope(text("vai-tro"), text("co-quan"), text("dia-ban"), text("linh-vuc"))
