"""Both languages say everything, and nothing that no page asks for."""

from __future__ import annotations

import re
import string
from pathlib import Path

from tinh.kit.yamltree import load
from tinh.web.words import keys, words

WEB = Path(__file__).parents[2] / "src" / "tinh" / "web"
TEMPLATES = {p: p.read_text("utf-8") for p in sorted((WEB / "templates").rglob("*.html"))}
CODE = {p: p.read_text("utf-8") for p in sorted(WEB.rglob("*.py"))}
_SAID = re.compile(r"""(?:\bsay|words\([\w.'"]+\))\(\s*["']([\w.]+)["']""")
# `say(f"grain.{period}")` takes any word of its group.
_BUILT = re.compile(r'f"([a-z_]+\.[a-z_]*)\{')
_LITERAL = re.compile(r'"([a-z]+\.[\w.]+)"')


def asked() -> dict[str, str]:
    out = {}
    for path, text in TEMPLATES.items():
        for key in re.findall(r"""\{%-?\s*t\s+["']([\w.]+)["']""", text):
            out[key] = path.name
    for path, text in CODE.items():
        for key in _SAID.findall(text):
            out[key] = path.name
    return out


def test_both_languages_have_the_same_words() -> None:
    assert keys("vi") == keys("en")


def test_no_word_stands_twice_in_a_file() -> None:
    """The later would take the place of the earlier on every page that asks for it."""
    for file in sorted((WEB / "words").glob("*.yaml")):
        assert [str(one) for one in load(file).findings] == []


def test_one_of_a_thing_is_said_as_one() -> None:
    say = words("en")
    assert say("league.datasets", count=1) == "1 dataset"
    assert say("league.datasets", count=21) == "21 datasets"
    assert say("league.datasets", count="1,001") == "1,001 datasets"
    assert say("data.waiting", count=1) == "1 delivery waits to be judged."
    assert say("receipt.untouched", count=1) == "1 other step had nothing to mend."


def test_every_word_asked_for_exists() -> None:
    missing = {key: where for key, where in asked().items() if key not in keys("vi")}
    assert not missing


def test_no_word_is_kept_that_nothing_asks_for() -> None:
    used = set(asked())
    built = {prefix for text in CODE.values() for prefix in _BUILT.findall(text)}
    used |= {key for text in CODE.values() for key in _LITERAL.findall(text)}
    unused = {k for k in keys("vi") if k not in used and not any(k.startswith(b) for b in built)}
    assert not unused


def test_a_word_takes_the_same_facts_in_both_languages() -> None:
    def facts(language: str, key: str) -> set[str]:
        return {name for _, name, _, _ in string.Formatter().parse(words(language)(key)) if name}

    assert [key for key in keys("vi") if facts("vi", key) != facts("en", key)] == []
    assert [key for key in keys("vi") for lang in ("vi", "en") if not words(lang)(key).strip()] == []


def test_templates_keep_no_words_of_their_own() -> None:
    """What stands between tags and is written in letters must come from the words."""
    own = {}
    for path, text in TEMPLATES.items():
        if path.name == "fault.html":
            continue  # stands alone when nothing else does
        bare = re.sub(r"\{% block \w+_class %\}.*?\{% endblock %\}", " ", text)
        bare = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}|<!--.*?-->", " ", bare, flags=re.S)
        bare = re.sub(r"<[^>]*>|&\w+;", " ", bare)
        found = [w for w in re.findall(r"[^\W\d_]{2,}", bare) if w not in {"VI", "EN"}]
        if found:
            own[path.name] = found
    assert not own
