"""The index of analyses: what is made of the figures besides the figures."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from tinh.people import api as people
from tinh.web.analyses import analyses_for
from tinh.web.shell import language_of, page, signed_in
from tinh.web.words import words


@signed_in
def index(request: HttpRequest) -> HttpResponse:
    say = words(language_of(request))
    listed = [
        (
            say(f"analyses.{entry.name}"),
            say(f"analyses.{entry.name}_says"),
            entry.address,
            "" if entry.count is None else entry.count(),
        )
        for entry in analyses_for(people.require(people.actor_of(request), "read"))
    ]
    return page(request, "analyses.html", "analysis", say("analyses.title"), listed=listed)
