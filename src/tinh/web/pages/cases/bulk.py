"""The same done to many cases: first which they are and what is to be done, then a line of result each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, urlencode
from uuid import uuid4

from django.http import HttpRequest, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from tinh.cases import api as cases
from tinh.kit.errors import TinhError
from tinh.people import api as people
from tinh.web.pages.cases import choices
from tinh.web.pages.cases.acting import given, reason_of, to_whom
from tinh.web.pages.cases.lines import agency_name, teller
from tinh.web.pages.cases.one import AGENCIES, HOME
from tinh.web.shell import language_of, page, signed_in
from tinh.web.words import words

MOST = 200
WORKS = ("giao", "lam", "tra-loi", "gop")


@require_http_methods(["GET", "POST"])
@signed_in
def bulk(request: HttpRequest) -> HttpResponseBase:
    language = language_of(request)
    say = words(language)
    who = people.require_anywhere(people.actor_of(request), "handle cases")
    sent = request.POST if request.method == "POST" else request.GET
    work = sent.get("viec", "") if sent.get("viec", "") in WORKS else "giao"
    if work == "gop":
        people.require(who, "triage cases")
    views = _chosen(sent.getlist("ma"), who)
    if not views:
        return redirect(f"{HOME}?{unchosen(sent.get('ve', ''))}")
    tell = teller(language, [v.case for v in views])
    results: list[dict[str, Any]] = []
    fault = ""
    if request.method == "POST":
        try:
            results = results_of(_do(work, [v.case.code for v in views], who, sent), language)
        except (cases.CaseError, people.NotAllowed) as error:
            fault = error.told().in_(language)
    first = views[0].case
    agencies = choices.takers(who, first.agency, language)["agencies"]
    offers = _offers(views, language, agencies)
    act = sent.get("act", "")
    chosen = next((o for o in offers if o["id"] == act), None)
    return page(
        request, "cases_bulk.html", "cases", say(f"cases.bulk_title_{work.replace('-', '_')}"),
        status=422 if fault else 200, fault=fault, results=results, work=work, home=HOME,
        went=sum(r["ok"] for r in results), lines=[tell.line(v.case) for v in views], back=sent.get("ve", ""),
        takers={
            "people": choices.handlers({v.case.agency for v in views} - {""}),
            "agencies": agencies,
        },
        form_key=sent.get("key", "") or uuid4().hex, offers=offers, chosen=chosen, typed=sent.dict(),
        quote=sent.get("trich", "")[:4000],  # words to begin from, as the result of a directive
        canned=choices.canned(first, act, who, language, fill=False) if work in ("tra-loi", "lam") else [],
        may_tell=all(people.may(who, "triage cases", agency=v.case.agency) for v in views),
    )  # fmt: skip


def unchosen(back: str) -> str:
    """The list again as it stood, which then says that no case was chosen."""
    return urlencode([*parse_qsl(back[:1000]), ("chua-chon", "1")])


def _chosen(codes: list[str], who: people.Actor) -> list[cases.CaseView]:
    """The cases chosen, as far as one may see them."""
    found = []
    for code in dict.fromkeys(codes[:MOST]):
        try:
            found.append(cases.case(code, who))
        except cases.NoSuchCase:
            continue
    return found


def _field(one: cases.Field, agencies: list[tuple[str, str]], language: str) -> dict[str, Any]:
    """A field as the form draws it. An agency is chosen, not typed."""
    kind, options = one.kind, [(id, text.in_(language)) for id, text in one.options]
    if one.kind == "text" and one.id in AGENCIES:
        kind, options = "choice", agencies
    return {
        "id": one.id, "says": one.says.in_(language), "kind": kind, "required": one.required,
        "options": options,
    }  # fmt: skip


def _offers(
    views: list[cases.CaseView], language: str, agencies: list[tuple[str, str]]
) -> list[dict[str, Any]]:
    """The steps some of the cases wait for, those most of them offer first; what needs no single case."""
    count: Counter[str] = Counter()
    known: dict[str, cases.Offer] = {}
    for view in views:
        for offer in view.offers:
            if offer.step or offer.id in ("pause", "resume"):
                count[offer.id] += 1
                known.setdefault(offer.id, offer)
    return [
        {
            "id": id, "says": known[id].says.in_(language), "count": number, "all": number == len(views),
            "needs_reason": known[id].needs_reason,
            "fields": [_field(f, agencies, language) for f in known[id].fields],
            "text": next((f.id for f in known[id].fields if f.kind == "text" and f.id not in AGENCIES), ""),
        }
        for id, number in count.most_common()
    ]  # fmt: skip


def _do(work: str, codes: list[str], who: people.Actor, sent: QueryDict) -> list[cases.Done]:
    reason = reason_of(sent)
    if work == "giao":
        agency, person, nobody = to_whom(sent)
        return cases.assign(codes, who, agency=agency, person=person, nobody=nobody, reason=reason)
    if work == "gop":
        into = cases.read_code(sent.get("into", "")) or sent.get("into", "")
        rest = [code for code in codes if code != into]
        return _each(rest, lambda code: cases.merge(code, into, who, reason))
    act = sent.get("act", "")
    if work == "tra-loi" and not act:
        key = sent.get("key", "")[:40]
        public = sent.get("public") == "yes"

        def remark(code: str) -> Any:
            once = f"bulk/{who.account}/{key}/{code}" if key else None
            made = cases.note(code, words_for(code, reason, who), who, public, key=once)
            return made.case

        return _each(codes, remark)
    if act in ("pause", "resume"):
        own = cases.pause if act == "pause" else cases.resume
        return _each(codes, lambda code: own(code, who, reason))
    data = given(sent)

    def step(code: str) -> Any:
        said = {k: words_for(code, v, who) if isinstance(v, str) else v for k, v in data.items()}
        return cases.act(code, act, who, words_for(code, reason, who), said)

    return _each(codes, step)


def words_for(code: str, text: str, who: people.Actor) -> str:
    """Prepared words name each case by its own code and place, not by those of the first."""
    return choices.filled(text, cases.one_case(code, who)) if "{" in text else text


def _each(codes: list[str], do: Callable[[str], Any]) -> list[cases.Done]:
    """Each by itself: what one is refused keeps none of the others back."""
    done = []
    for code in codes:
        try:
            done.append(cases.Done(code, do(code)))
        except TinhError as refused:
            done.append(cases.Done(code, None, refused))
    return done


def results_of(done: list[cases.Done], language: str) -> list[dict[str, Any]]:
    """One line a case: what it is now, or why it did not go."""
    say = words(language)
    out: list[dict[str, Any]] = []
    for one in done:
        if one.error is None and one.case is not None:
            with_ = " · ".join(filter(None, (
                say(f"casestate.{one.case.state}"), agency_name(one.case.agency, language),
            )))  # fmt: skip
            out.append({"ok": True, "code": one.code, "says": with_})
        else:
            error: Any = one.error
            out.append({
                "ok": False, "code": one.code,
                "says": error.told().in_(language),
            })  # fmt: skip
    return out
