"""Reporting: one page. Without scripts it is sent twice, first to see what follows from it; with them once.

The second half (category, its questions, reports alike, who sees what) is drawn by the server from the
first in both cases, so a script only asks for it earlier. Photos go with the form or piece by piece
beforehand; they stay with the draft, whose secret is in a cookie, so that no error loses them.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from tinh.desks.api import photos
from tinh.jobs import api as jobs
from tinh.kit.errors import Text, TinhError
from tinh.kit.ids import fresh
from tinh.people import api as people
from tinh.web.pages.reporting import counter, ground
from tinh.web.pages.reporting.draft import LEAST, Draft, first_faults, read
from tinh.web.pages.reporting.public import public_page
from tinh.web.pages.reporting.uploads import COOKIE, remember, secret_of
from tinh.web.shell import language_of
from tinh.web.words import words

_ORDER = ("photos", "text", "place", "category", "name", "phone", "email")


@require_http_methods(["GET", "POST"])
def report(request: HttpRequest) -> HttpResponse:
    """GET shows the form, POST checks it (`step=check`) or sends it (`step=send`)."""
    secret = _secret(request)
    draft = read(request, secret)
    if request.method == "GET":
        return _shown(request, replace(draft, place=request.GET.get("noi", "")[:10]), {})
    refused = keep_photos(request, secret)
    if drop := request.POST.get("drop", ""):
        _drop(secret, drop)
        return _shown(request, draft, {})
    found = first_faults(draft) | refused
    if found or request.POST.get("step") != "send":
        if not found and request.FILES:
            photos.settle(secret)  # so that reports with the same picture are offered on the next page
        return _shown(request, draft, found, ready=not first_faults(draft))
    if not draft.category:
        return _shown(
            request, draft, {"category": Text("Chọn một chuyên mục.", "Choose a category.")}, ready=True
        )
    try:
        receipt = counter.submitted(
            draft, language_of(request), photos.held(secret), counter.caller(request), "web"
        )
    except counter.Refused as refusal:
        return _shown(request, draft, refusal.faults, ready=True)
    except TinhError as error:
        return _shown(
            request, draft, {"form": error.detail()}, ready=True, cure=error.remedy(), again=error.retry
        )
    address = f"/phan-anh/theo-doi/{receipt.token}?moi=1"
    said = JsonResponse({"address": address, "code": receipt.code})
    response: HttpResponse = said if _asks_json(request) else redirect(address)
    response.delete_cookie(COOKIE, path="/phan-anh")
    return response


@require_POST
def hints(request: HttpRequest) -> HttpResponse:
    """The second half of the form alone, for a page whose first half is being written."""
    draft = placed(read(request, _secret(request)))
    language = language_of(request)
    view = second(request, draft, {}, language)
    context = {"language": language, "place": draft.place, "place_name": ground.name_of(draft.place), **view}
    return render(request, "reporting/parts/second.html", context)


def _secret(request: HttpRequest) -> str:
    sent = request.POST.get("draft", "")
    kept = secret_of(request)
    return sent if 20 <= len(sent) <= 64 else kept if 20 <= len(kept) <= 64 else fresh(26)


def _asks_json(request: HttpRequest) -> bool:
    return request.headers.get("Accept", "") == "application/json"


def keep_photos(request: HttpRequest, secret: str) -> dict[str, Text]:
    """Take in the photos that came with the form; what is refused is said, the others stay."""
    wrong: list[tuple[str, TinhError]] = []
    network = people.network_of(people.address_of(request) or "")
    for file in request.FILES.getlist("photos"):
        if file.size == 0:
            continue
        name = file.name or ""
        try:
            if (file.size or 0) > photos.LIMITS.photo_bytes:
                raise photos.PhotoTooLarge(
                    size=f"{(file.size or 0) / 1e6:.1f}", most=photos.LIMITS.photo_bytes // 1_000_000
                )
            photos.store(secret, file.read(), network=network, file=name)
        except photos.PhotoError as error:
            wrong.append((name, error))
    if not wrong:
        return {}
    vi = " ".join(f"“{name[:60]}”: {e.told().vi}" for name, e in wrong)
    en = " ".join(f"“{name[:60]}”: {e.told().en}" for name, e in wrong)
    return {"photos": Text(vi, en)}


def _drop(secret: str, name: str) -> None:
    with suppress(photos.NoSuchPhoto):  # taken back already, on another page
        photos.drop(secret, name)


def placed(draft: Draft) -> Draft:
    """With the commune around the point, where there is a point."""
    if draft.latitude is None or draft.longitude is None:
        return draft
    around = ground.commune_at(draft.latitude, draft.longitude)
    return replace(draft, place=around or draft.place)


def second(
    request: HttpRequest, draft: Draft, wrong: Mapping[str, Text], language: str, challenged: bool = True
) -> dict[str, Any]:
    """What the second half shows."""
    suggested, sure = counter.suggest(draft.text)
    chosen = draft.category or (suggested[0] if sure and suggested else "")
    category = counter.category(chosen)
    first = list(dict.fromkeys([*([chosen] if category else []), *suggested]))[:3]
    return {
        "draft": draft,
        "chosen": chosen,
        "category": category,
        "choices": [
            (c.id, c.name.in_(language), c.description.in_(language))
            for c in map(counter.category, first)
            if c is not None
        ],
        "groups": counter.grouped(language),
        "questions": [_question(q, draft, wrong, language) for q in (category.questions if category else ())],
        "needs": [
            name
            for name, on in (
                (
                    "photo",
                    category is not None
                    and category.photo == "required"
                    and not photos.of_draft(draft.secret),
                ),
                (
                    "address",
                    category is not None
                    and category.place == "point"
                    and draft.latitude is None
                    and len(draft.address.strip()) < 4,
                ),
            )
            if on
        ],
        "missing": {field: text.in_(language) for field, text in first_faults(Draft("")).items()},
        "least": LEAST,
        "urgent": category is not None and category.severity == "urgent",
        "alike": counter.near(draft, chosen if category else "", language),
        "challenge": counter.challenge(request, language) if challenged else None,
        "faults": {field: text.in_(language) for field, text in wrong.items()},
    }


def _question(question: Any, draft: Draft, wrong: Mapping[str, Text], language: str) -> dict[str, Any]:
    said = draft.answers.get(question.id, ())
    fault = wrong.get(f"q_{question.id}")
    return {
        "field": f"q_{question.id}",
        "label": question.label.in_(language),
        "kind": question.kind,
        "required": question.required,
        "value": said[0] if said else "",
        "fault": fault.in_(language) if fault else "",
        "options": [(o.id, o.name.in_(language), o.id in said) for o in question.options],
    }


def _shown(
    request: HttpRequest,
    draft: Draft,
    wrong: Mapping[str, Text],
    ready: bool = False,
    cure: Text | None = None,
    again: bool = False,
) -> HttpResponse:
    draft, language = placed(draft), language_of(request)
    say = words(language)
    order = [*_ORDER, *(field for field in wrong if field not in _ORDER)]
    listed = [(field, wrong[field].in_(language)) for field in order if field in wrong]
    status = 422 if wrong else 200
    own = photos.of_draft(draft.secret)
    if wrong and _asks_json(request):
        more = {"cure": cure.in_(language) if cure else "", "again": again}
        response: HttpResponse = JsonResponse({"faults": dict(listed), **more}, status=422)
    else:
        title = say("reporting.send_title")
        response = public_page(
            request,
            "form.html",
            "send",
            title,
            status=status,
            ready=ready,
            listed=listed,
            cure=cure.in_(language) if cure else "",
            communes=ground.communes(),
            place=draft.place,
            place_name=ground.name_of(draft.place),
            pictures=pictures(own, language),
            most=photos.LIMITS.per_draft,
            room=photos.LIMITS.per_draft - len(own),
            province_code=jobs.catalogue().place,
            **second(request, draft, wrong, language),
        )
    remember(request, response, draft.secret)
    counter.know(request, response)
    return response


def pictures(own: list[photos.View], language: str) -> list[dict[str, str]]:
    return [
        {
            "name": view.name,
            "state": view.state,
            "thumb": view.thumb if view.state == "ready" else "",
            "fault": view.fault.in_(language) if view.fault else "",
        }
        for view in own
    ]
