"""What the page of a source says that takes events: its declaration and how it fares."""

from __future__ import annotations

from datetime import datetime

from tinh.packs.api import EventWay
from tinh.sources.api import Health
from tinh.web import formats
from tinh.web.words import words


def events_facts(way: EventWay, language: str) -> list[tuple[str, str]]:
    say = words(language)
    facts = [
        (say("feeds.event_types"), ", ".join((*way.types, *way.sources)) or say("feeds.event_any")),
        (say("feeds.event_signed"), say("feeds.event_hmac" if way.secret else "feeds.event_key")),
    ]
    return [*facts, (say("feeds.event_origins"), ", ".join(way.origins))] if way.origins else facts


def events_line(health: Health, language: str, zone: str) -> list[tuple[str, str]]:
    say, link = words(language), health.link

    def moment(name: str) -> str:
        at = link.get(name)
        return formats.minute(datetime.fromisoformat(at), language, zone) if at else "–"

    def count(name: str) -> str:
        return formats.number(int(link.get(name, 0)), 0, language)

    lines = [
        (say("feeds.event_last"), moment("last")),
        (say("feeds.event_count"), count("messages")),
        (say("feeds.event_repeated"), count("repeated")),
        (say("feeds.event_refused"), count("refused")),
        (say("feeds.event_waiting"), count("waiting")),
    ]
    if link.get("refused_code"):
        said = link["refused_en" if language == "en" else "refused_vi"]
        refusal = f"{moment('refused_last')} · {link['refused_code']} · {said}"
        lines.insert(4, (say("feeds.event_refused_last"), refusal))
    return lines
