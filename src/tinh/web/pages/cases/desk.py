"""The desk's own settings: prepared answers, automatic work that failed, notices sent, handing cases over."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from tinh.cases import api as cases
from tinh.jobs import api as jobs
from tinh.kit.errors import TinhError
from tinh.people import api as people
from tinh.web import formats
from tinh.web.pages.cases import choices
from tinh.web.pages.cases.bulk import results_of
from tinh.web.pages.cases.lines import category_name, teller
from tinh.web.shell import language_of, page, signed_in
from tinh.web.words import words

PLACE = "/quan-tri/ban-tiep-nhan/"
NOTICES = 60
TONES = {"waiting": "watch", "sent": "good", "failed": "bad", "dropped": "none"}


@require_http_methods(["GET", "POST"])
@signed_in
def desk(request: HttpRequest) -> HttpResponseBase:
    language = language_of(request)
    say = words(language)
    who = people.require_anywhere(people.actor_of(request), "manage desks")
    sent = request.POST
    fault, results = "", []
    if request.method == "POST":
        try:
            done = _ACTS[sent.get("act", "")](who, sent) if sent.get("act") in _ACTS else []
            if sent.get("act") != "hand-over":
                return redirect(f"{PLACE}#{_PARTS.get(sent.get('act', ''), '')}")
            results = results_of(done, language)
        except (people.SignInNeeded, people.SecondFactorOwed):
            raise
        except TinhError as error:
            fault = error.told().in_(language)
    answers = cases.canned(who)
    chosen = request.GET.get("mau", "")
    answer = next((a for a in answers if str(a.pk) == chosen), None)
    dead = cases.dead_letters(who)
    tell = teller(language)
    return page(
        request, "case_desk.html", "admin", say("desk.title"), status=422 if fault else 200, fault=fault,
        results=results, went=sum(r["ok"] for r in results),
        answers=[
            {"number": a.pk, "title": a.title, "text": a.text, "by": a.author, "at": tell.at(a.at),
             "category": category_name(a.category, language)}
            for a in answers
        ],
        answer=answer, answer_title=sent.get("title", answer.title if answer else ""),
        answer_text=sent.get("text", answer.text if answer else ""),
        answer_category=sent.get("category", answer.category if answer else ""),
        declared=[
            (a.name.in_(language), a.text.in_(language)) for a in jobs.catalogue().canned_answers.values()
        ],
        categories=sorted(
            ((c.id, c.name.in_(language)) for c in jobs.catalogue().report_categories.values()),
            key=lambda p: p[1],
        ),
        dead=[
            {"number": d.pk, "code": d.case.code, "name": d.name, "error": d.error, "attempts": d.attempts,
             "at": tell.at(d.at)}
            for d in dead
        ],
        notices=[_notice(n, tell) for n in cases.recent_notices(who, NOTICES)],
        people=choices.handlers(set(jobs.agencies())), proof=_proof(cases.proof(who), tell),
    )  # fmt: skip


def _proof(found: cases.Proof, tell: Any) -> dict[str, Any]:
    """Whether the histories stand: a verdict in words, and each one that does not."""
    say = tell.say

    def number(value: int) -> str:
        return formats.number(value, 0, tell.language)

    return {
        "faults": [
            {"code": f.case, "at": tell.at(f.found_at), "says": say(
                f"caseproof.is_{f.problem}", number=f.number, anchor=f.anchor)}
            for f in found.faults
        ],
        "whole": say("caseproof.whole", cases=number(found.whole_cases), events=number(found.whole_events),
                     at=tell.at(found.whole_at)) if found.whole_at else say("caseproof.not_yet"),
        "now": say("caseproof.now", cases=number(found.cases)),
        "anchor": say("caseproof.anchored", at=tell.at(found.anchored_at), count=number(found.anchors))
        if found.anchored_at else say("caseproof.no_anchor"),
        "digest": found.anchored,
    }  # fmt: skip


def _notice(one: Any, tell: Any) -> dict[str, str]:
    say = tell.say
    return {
        "code": one.case.code, "to": say(f"noticeto.{one.audience}"),
        "channel": say(f"noticeby.{one.channel}"), "state": say(f"noticestate.{one.state}"),
        "tone": TONES.get(one.state, "none"), "at": tell.at(one.created_at),
        "settled": tell.at(one.settled_at) if one.settled_at else "", "attempts": str(one.attempts),
        "answer": one.answer[:200], "what": one.template,
    }  # fmt: skip


def _keep(who: people.Actor, sent: Any) -> list[cases.Done]:
    category = sent.get("category", "")
    cases.keep_canned(
        who, sent.get("title", ""), sent.get("text", ""), number=_number(sent.get("number", "")),
        category=category if category in jobs.catalogue().report_categories else "",
        active=sent.get("drop") != "yes",
    )  # fmt: skip
    return []


def _retry(who: people.Actor, sent: Any) -> list[cases.Done]:
    cases.retry_dead(_number(sent.get("number", "")) or 0, who, sent.get("reason", ""))
    return []


def _give_up(who: people.Actor, sent: Any) -> list[cases.Done]:
    cases.skip_dead(_number(sent.get("number", "")) or 0, who, sent.get("reason", ""))
    return []


def _hand_over(who: people.Actor, sent: Any) -> list[cases.Done]:
    of, to = _number(sent.get("of", "")), _number(sent.get("to", ""))
    if not of or not to or of == to:
        raise cases.NoSuchPerson(person="–", agency="–")
    return cases.hand_over(of, to, who, sent.get("reason", ""))


_ACTS = {"keep": _keep, "retry": _retry, "give-up": _give_up, "hand-over": _hand_over}
_PARTS = {"keep": "mau", "retry": "viec-ket", "give-up": "viec-ket", "hand-over": "ban-giao"}


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else None
