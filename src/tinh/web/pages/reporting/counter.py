"""The desk of reports as the public pages speak with it: who is at the door, what is suggested and sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from tinh.desks.api import reports
from tinh.jobs import api as jobs
from tinh.kit.errors import Text, TinhError
from tinh.kit.ids import fresh
from tinh.packs.api import ReportCategory
from tinh.people import api as people
from tinh.web import formats
from tinh.web.pages.reporting import ground
from tinh.web.pages.reporting.draft import Draft
from tinh.web.words import words

DEVICE = "tinh_device"
MOST_ALIKE = 6
TONES = {
    "new": "none",
    "accepted": "watch",
    "waiting": "watch",
    "assigned": "watch",
    "working": "watch",
    "answered": "watch",
    "published": "good",
    "closed": "good",
    "refused": "none",
    "merged": "none",
}


class Refused(Exception):
    """What is wrong with a report, by field of the form."""

    def __init__(self, faults: Mapping[str, Text]) -> None:
        super().__init__("refused")
        self.faults = faults


@dataclass(frozen=True, slots=True)
class Alike:
    """A report that may be the same matter, for the card that offers to follow it."""

    code: str
    subject: str
    text: str
    where: str
    when: str
    state: str
    tone: str
    followers: int
    photo: str
    pictured: bool


def caller(request: HttpRequest) -> reports.Caller:
    """Who is at the public door."""
    return reports.Caller(
        address=people.address_of(request) or "",
        device=request.COOKIES.get(DEVICE, ""),
        proof=request.POST.get("proof", "")[:200],
        answer=request.POST.get("answer", "")[:60],
    )


def know(request: HttpRequest, response: HttpResponse) -> None:
    """Give this browser a random name, by which it follows a report once and is held to its share."""
    if DEVICE not in request.COOKIES:
        response.set_cookie(
            DEVICE,
            fresh(26),
            max_age=365 * 86_400,
            path="/phan-anh",
            httponly=True,
            samesite="Lax",
            secure=request.is_secure(),
        )


def category(id: str) -> ReportCategory | None:
    return jobs.catalogue().report_categories.get(id)


def category_name(id: str, language: str) -> str:
    found = category(id)
    return found.name.in_(language) if found else id


def grouped(language: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """Every category under its group, as declared."""
    catalogue = jobs.catalogue()
    found: dict[str, list[tuple[str, str]]] = {id: [] for id in catalogue.report_groups}
    for one in catalogue.report_categories.values():
        found.setdefault(one.group, []).append((one.id, one.name.in_(language)))
    return [
        (
            catalogue.report_groups[group].name.in_(language) if group in catalogue.report_groups else group,
            listed,
        )
        for group, listed in found.items()
        if listed
    ]


def suggest(text: str) -> tuple[list[str], bool]:
    """Ids of the likeliest categories, and whether the first is sure."""
    if len(text) < 4 or not jobs.catalogue().report_categories:
        return [], False
    found = reports.suggest(text, 3)
    return [one.category for one in found.ranked], found.sure


def near(draft: Draft, chosen: str, language: str) -> list[Alike]:
    """Reports that may be the same matter: first those with a photo that shows the same, then those of the
    category around the point."""
    say = words(language)
    zone = jobs.catalogue().timezone
    found = list(reports.pictured(draft.secret, draft.latitude, draft.longitude, draft.place))
    if chosen and draft.latitude is not None and draft.longitude is not None:
        codes = {one.code for one in found}
        around = reports.near(chosen, draft.latitude, draft.longitude)
        found += [one for one in around if one.code not in codes]
    return [
        Alike(
            one.code,
            one.subject,
            one.body[:200],
            say("reporting.metres", metres=round(one.metres)) if one.metres is not None else "",
            formats.minute(one.opened_at, language, zone),
            say(f"reporting.state.{one.state}"),
            TONES.get(one.state, "none"),
            one.supporters,
            one.photo,
            one.pictured,
        )
        for one in found[:MOST_ALIKE]
    ]


def challenge(request: HttpRequest, language: str) -> dict[str, Any] | None:
    asked = reports.needs_challenge(caller(request))
    if asked is None:
        return None
    return {"proof": asked.proof, "question": asked.question.in_(language), "bits": asked.bits}


def submitted(
    draft: Draft, language: str, photo_count: int, who: reports.Caller, source: str
) -> reports.Receipt:
    """Hand a draft to the desk. Raises Refused."""
    asked = category(draft.category)
    kinds = {question.id: question.kind for question in (asked.questions if asked else ())}
    answers = {
        id: list(said) if kinds.get(id) == "multi" else (said[0] if said else "")
        for id, said in draft.answers.items()
        if id in kinds
    }
    try:
        return reports.submit(
            reports.Draft(
                category=draft.category,
                text=draft.text,
                key=draft.key,
                latitude=draft.latitude,
                longitude=draft.longitude,
                accuracy=draft.accuracy,
                place=draft.place,
                address=draft.address,
                answers=answers,
                name=draft.name,
                phone=draft.phone,
                email=draft.email,
                show_name=draft.named,
                language=language,
                photos=draft.secret,
                photo_count=photo_count,
                blur=draft.blur,
                source=source,
            ),
            who,
        )
    except reports.DraftWrong as wrong:
        raise Refused(
            {field.replace("q-", "q_", 1): _sentence(text) for field, text in wrong.faults.items()}
        ) from None
    except reports.ChallengeWrong as wrong:
        raise Refused({"answer": wrong.detail()}) from None
    except reports.NoSuchCategory as wrong:
        raise Refused({"category": wrong.remedy()}) from None
    except reports.OutsideProvince as wrong:
        raise Refused({"place": _both(wrong)}) from None


def _both(error: TinhError) -> Text:
    says, cure = error.detail(), error.remedy()
    return Text(f"{says.vi}. {cure.vi}", f"{says.en}. {cure.en}")


def line(one: reports.Shown, language: str) -> dict[str, Any]:
    """A report as a line of a list."""
    say = words(language)
    zone = jobs.catalogue().timezone
    return {
        "code": one.code,
        "subject": one.subject,
        "category": category_name(one.category, language),
        "place": ground.name_of(one.place),
        "when": formats.minute(one.opened_at, language, zone),
        "state": state(one.state, one.outcome, language),
        "tone": tone(one),
        "late": one.late,
        "supporters": one.supporters,
        "simulated": one.simulated,
        "photo": one.photos[0].thumb if one.photos else "",
        "late_says": say("reporting.late") if one.late else "",
        "latitude": one.latitude,
        "longitude": one.longitude,
    }


def tone(one: reports.Shown | reports.Tracked | reports.Kin) -> str:
    if one.outcome in ("fixed", "answered", "planned"):
        return "good"
    return TONES.get(one.state, "none")


def _sentence(text: Text) -> Text:
    """A fault as it stands on a page by itself."""
    return Text(*(f"{said[:1].upper()}{said[1:]}".rstrip(".") + "." for said in (text.vi, text.en)))


def rating(one: reports.Shown | reports.Tracked, language: str) -> str:
    """How the present answer was rated; "" where the rating is of an answer before."""
    at = {moment.what: moment.at for moment in one.moments}  # the last of each
    now = "rated" in at and ("published" not in at or at["rated"] >= at["published"])
    return reports.WORDS[one.word].in_(language) if now and one.word in reports.WORDS else ""


def state(state: str, outcome: str, language: str) -> str:
    """What a report's state is called; closed is not fixed, so the outcome is said with it."""
    say = words(language)
    said = say(f"reporting.state.{state}")
    return (
        f"{said} · {say(f'reporting.outcome.{outcome}')}"
        if outcome and state in ("closed", "published")
        else said
    )


def origin(request: HttpRequest) -> str:
    """The site's public address, without a stroke at its end."""
    return settings.PUBLIC_URL or request.build_absolute_uri("/").rstrip("/")
