"""A cooperating agency writes on a directive: for the lead agency and the leader, who alone close it."""

from __future__ import annotations

import uuid

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect

from tinh.desks.api import directives
from tinh.kit.errors import TinhError
from tinh.people import api as people
from tinh.web.pages.cases.papers import sent
from tinh.web.pages.directives import one as pages
from tinh.web.shell import language_of, posted, signed_in


@posted
@signed_in
def contribute(request: HttpRequest, code: str) -> HttpResponseBase:
    who = people.require_anywhere(people.actor_of(request), "handle cases")
    seen = directives.one(code, who)
    text = request.POST.get("text", "")
    try:
        key = request.POST.get("key", "")[:40] or uuid.uuid4().hex  # a form without one is a word of its own
        directives.contribute(code, text, who, sent(request), key=key)
    except TinhError as fault:
        language = language_of(request)
        said = fault.told().in_(language)
        return pages.part(request, seen, who, fault=said, text=text, status=fault.status)
    return redirect(f"/chi-dao/{seen.case.code}/#phoi-hop")
