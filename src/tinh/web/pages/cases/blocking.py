"""Those who may not send for a while: why, until when, what they say to it, and the answer they get."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from tinh.cases import api as cases
from tinh.desks.api import reports
from tinh.kit.errors import TinhError
from tinh.people import api as people
from tinh.web.pages.cases.lines import Teller, teller
from tinh.web.shell import language_of, page, signed_in
from tinh.web.words import words

PLACE = "/quan-tri/ban-tiep-nhan/chan"
DAYS = (7, 30, 90, 365)


@require_http_methods(["GET", "POST"])
@signed_in
def blocking(request: HttpRequest) -> HttpResponseBase:
    language = language_of(request)
    say = words(language)
    who = people.require_anywhere(people.actor_of(request), "manage desks")
    sent = request.POST if request.method == "POST" else request.GET
    fault = ""
    if request.method == "POST":
        try:
            fault = _done(sent, who, say)
            if not fault:
                return redirect(f"{PLACE}?xong=1")
        except (people.SignInNeeded, people.SecondFactorOwed):
            raise
        except TinhError as error:
            fault = error.told().in_(language)
    tell = teller(language)
    found = [_told(one, tell) for one in reports.blocks(who)]
    return page(
        request, "case_blocks.html", "admin", say("blocking.title"), status=422 if fault else 200,
        fault=fault, done=sent.get("xong") == "1", place=PLACE,
        asked=[one for one in found if one["open"]], standing=[one for one in found if not one["open"]],
        code=sent.get("ma", "")[:40], reason=sent.get("reason", "")[:300], days=_days(sent.get("days", "")),
        lengths=DAYS,
    )  # fmt: skip


def _done(sent: Any, who: people.Actor, say: Any) -> str:
    """What is wrong with what was asked; "" once it is done."""
    act, verdict = sent.get("act", ""), sent.get("verdict", "").strip()
    if act == "block":
        marks = reports.marks_of_report(cases.one_case(sent.get("ma", "")[:40], who).pk)
        if not marks:
            return str(say("blocking.no_marks"))
        reports.block(who, marks, sent.get("reason", ""), _days(sent.get("days", "")))
    elif act in ("lift", "keep"):
        if not verdict:
            return str(say("blocking.no_verdict"))
        number = sent.get("number", "")
        reports.decide(
            who, int(number) if number.isascii() and number.isdigit() and len(number) < 18 else 0,
            act == "lift", verdict,
        )  # fmt: skip
    return ""


def _days(text: str) -> int:
    return int(text) if text in {str(one) for one in DAYS} else 30


def _told(one: Any, tell: Teller) -> dict[str, Any]:
    return {
        "number": one.pk, "kind": tell.say(f"blockkind.{one.kind}"), "reason": one.reason, "by": one.by,
        "at": tell.at(one.at), "until": tell.at(one.until), "appeal": one.appeal,
        "appealed": tell.at(one.appealed_at) if one.appealed_at else "", "verdict": one.verdict,
        "open": bool(one.appealed_at) and not one.verdict and one.lifted_at is None,
    }  # fmt: skip
