"""Every component in both themes, over invented examples that say so."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from tinh.gate.api import Score, Scores
from tinh.web import formats
from tinh.web.drawing.lines import chart, spark
from tinh.web.pages.room import Health, Notice, measures
from tinh.web.pages.values import Tile
from tinh.web.shell import language_of, page, signed_in
from tinh.web.words import words

_LINE = (9.0, 9.3, 9.2, 9.9, 10.4, None, None, 10.9, 11.2, 11.0, 11.6)
_TONES = ("good", "watch", "bad", "none")
COLOURS = (
    "ink", "ink2", "ink3", "paper", "card", "line", "soft", "brand", "focus", "good", "watch", "bad",
    "map0", "map1", "map2", "map3", "map4", "map-none",
)  # fmt: skip


@signed_in
def design(request: HttpRequest) -> HttpResponse:
    language = language_of(request)
    say = words(language)
    tiles = [
        Tile(
            f"example-{tone}", say("design.name"), "#", formats.number(11.2, 1, language), "%",
            formats.period("2026-10", language), say("design.age"), say("design.goal"),
            say(f"example.{tone}"), tone, "89/92 " + say("cover.commune"), "", tone == "watch", False,
            spark(_LINE, 12.0),
        )
        for tone in _TONES
    ]  # fmt: skip
    tiles.append(
        Tile(
            "example-blank",
            say("design.long"),
            "#",
            "–",
            "",
            "",
            "",
            "",
            say("tile.blank"),
            "none",
            "",
            "",
            False,
            True,
            None,
        )
    )
    notices = [
        Notice(
            f"n{tone}",
            tone,
            say("room.topic_data"),
            say(f"example_sentence.{tone}"),
            say("room.see"),
            "#",
            tone == "watch",
        )
        for tone in ("bad", "watch")
    ]
    scores = Scores(Score(1244, 1256), Score(61, 92), Score(49_212, 49_400), Score(0, 0))
    drawn = chart(
        [formats.period(f"2026-{m:02d}", language) for m in range(1, 12)],
        _LINE,
        [(12.0, say("design.goal"))],
        lambda v: formats.number(v, formats.decimals_of([v]), language),
        [say("room.no_value") if v is None else formats.with_unit(v, 1, "%", language) for v in _LINE],
    )
    return page(
        request, "design.html", "", say("design.title"),
        themes=("light", "dark"), tiles=tiles, notices=notices,
        health=[Health(say("design.agency"), "#", measures(scores, language))],
        measures=measures(scores, language), chart=drawn, colours=COLOURS, tones=_TONES,
        rows=[
            (formats.period(p, language), "–" if v is None else formats.number(v, 1, language))
            for p, v in (("2026-10", 11.2), ("2026-09", None), ("2026-08", 10.9))
        ],
    )  # fmt: skip
