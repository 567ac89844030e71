"""What every page may rely on: readable colours, no inline style, no inline script."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TEMPLATES = sorted((ROOT / "src" / "tinh" / "web" / "templates").rglob("*.html"))
STYLES = sorted((ROOT / "frontend" / "src").glob("*.css"))
_TOKENS = (ROOT / "frontend" / "src" / "tokens.css").read_text("utf-8")

_TEXT_ON_GROUND = [
    *((ink, ground) for ink in ("ink", "ink2", "ink3") for ground in ("paper", "card", "soft")),
    *((ink, ground) for ink in ("brand", "good", "watch", "bad", "none") for ground in ("paper", "card")),
    *((tone, f"{tone}-soft") for tone in ("good", "watch", "bad", "none")),
    *(("ink", f"{tone}-soft") for tone in ("good", "watch", "bad", "none")),
    *(("ink2", f"{tone}-soft") for tone in ("watch", "bad", "none")),
    ("brand-ink", "brand"),
    ("brand", "watch-soft"),
]


def theme(name: str) -> dict[str, str]:
    block = re.search(rf'\[data-theme="{name}"\]\s*\{{(.*?)\}}', _TOKENS, re.S)
    assert block is not None
    return dict(re.findall(r"--([\w-]+):\s*(#[0-9a-fA-F]{6})\b", block[1]))


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    r, g, b = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contrast(one: str, two: str) -> float:
    light, dark = sorted((luminance(one), luminance(two)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_contrast_is_computed_as_the_standard_says() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("name", ["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), _TEXT_ON_GROUND)
def test_text_is_readable_on_its_ground(name: str, ink: str, ground: str) -> None:
    colours = theme(name)
    assert contrast(colours[ink], colours[ground]) >= 4.5


@pytest.mark.parametrize("name", ["light", "dark"])
def test_focus_is_seen_against_every_surface(name: str) -> None:
    colours = theme(name)
    assert all(contrast(colours["focus"], colours[ground]) >= 3 for ground in ("paper", "card", "soft"))


@pytest.mark.parametrize("name", ["light", "dark"])
def test_neighbouring_steps_of_the_map_differ(name: str) -> None:
    colours = theme(name)
    steps = [colours[f"map{i}"] for i in range(5)]
    assert all(contrast(a, b) >= 1.2 for a, b in pairwise(steps))
    ordered = sorted(steps, key=luminance, reverse=name == "light")
    assert ordered == steps


def test_both_themes_name_the_same_colours() -> None:
    assert theme("light").keys() == theme("dark").keys()


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda p: p.name)
def test_templates_have_no_inline_style_or_script(path: Path) -> None:
    text = path.read_text("utf-8")
    assert not re.search(r"\sstyle\s*=", text)
    assert not re.search(r"<style\b", text)
    assert not re.search(r"\son\w+\s*=", text)
    assert "javascript:" not in text
    for tag in re.findall(r"<script\b[^>]*>", text):
        assert "src=" in tag, tag


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda p: p.name)
def test_templates_fetch_nothing_from_elsewhere(path: Path) -> None:
    assert not re.search(r"(?:src|href)=[\"'](?:https?:)?//", path.read_text("utf-8"))


@pytest.mark.parametrize("path", STYLES, ids=lambda p: p.name)
def test_colours_are_named_in_one_place(path: Path) -> None:
    if path.name in {"tokens.css", "print.css"}:
        return
    assert not re.search(r"#[0-9a-fA-F]{3,8}\b", path.read_text("utf-8"))


def test_the_design_page_shows_every_colour() -> None:
    pages = (ROOT / "frontend" / "src" / "pages.css").read_text("utf-8")
    shown = set(re.findall(r"\.colour-([\w-]+)", pages))
    named = set(theme("light"))
    assert shown <= named
    assert {n for n in named if not n.endswith(("-soft", "-ink", "-edge")) and n != "none"} <= shown
