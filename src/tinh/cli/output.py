"""How the command line speaks: tables and sentences for people, JSON for programs."""

from __future__ import annotations

import json
import math
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, TypeVar

import click
from rich.console import Console
from rich.table import Table

from tinh.kit.errors import TinhError

F = TypeVar("F", bound=Callable[..., Any])

# What was asked for by the options of every verb; read also once the verb has ended in an error.
ASKED: dict[str, Any] = {}


def _keep(ctx: click.Context, param: click.Parameter, value: Any) -> Any:
    # The same option may stand before or after the verb; the one nearest the end wins.
    if value not in (None, False):
        ctx.find_root().ensure_object(dict)[param.name] = value
    return value


def options(command: F) -> F:
    """`--province`, `--lang` and `--json`, accepted before and after the verb alike."""
    wrappers: tuple[Callable[[F], F], ...] = (
        click.option("--json", "as_json", is_flag=True, expose_value=False, callback=_keep,
                     help="Print JSON for programs."),
        click.option("--lang", type=click.Choice(["vi", "en"]), expose_value=False, callback=_keep,
                     help="Language of what is printed (TINH_LANG; vi by default)."),
        click.option("--province", type=click.Path(path_type=Path), expose_value=False, callback=_keep,
                     help="The province folder (TINH_PROVINCE; the demo province by default)."),
    )  # fmt: skip
    for wrap in wrappers:
        command = wrap(command)
    return command


def asked(name: str) -> Any:
    ctx = click.get_current_context(silent=True)
    store = ctx.find_root().obj if ctx else ASKED
    return (store or {}).get(name)


def overhear(words: Sequence[str]) -> None:
    """The wanted form of answer of a command line that could not be parsed."""
    if "--json" in words:
        ASKED["as_json"] = True
    for word, after in pairwise([*words, ""]):
        name, _, value = word.partition("=")
        if name == "--lang" and (value or after) in ("vi", "en"):
            ASKED["lang"] = value or after


def wants_json() -> bool:
    return bool(asked("as_json"))


def language() -> str:
    chosen = asked("lang") or os.environ.get("TINH_LANG") or "vi"
    return "en" if str(chosen).startswith("en") else "vi"


def say(vi: str, en: str) -> str:
    """Whichever of the two the reader asked for."""
    return en if language() == "en" else vi


def figure(value: float, how: str) -> str:
    """A number by a format of Python, with the signs of the reader's language: 1.234,5 or 1,234.5."""
    text = format(value, how)
    return text if language() == "en" else text.translate(_SIGNS)


_SIGNS = str.maketrans(",.", ".,")


def print_json(value: Any) -> None:
    """JSON that every reader takes: a number that is none (NaN, ±∞) is null."""
    click.echo(json.dumps(_finite(value), ensure_ascii=False, indent=1, default=str, allow_nan=False))


def _finite(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {key: _finite(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(one) for one in value]
    return value


def console(err: bool = False) -> Console:
    # A pipe has no width: let tables be as wide as they need rather than cut at 80.
    piped = not (sys.stderr if err else sys.stdout).isatty()
    return Console(stderr=err, highlight=False, width=200 if piped else None)


def print_table(columns: Sequence[str], rows: Sequence[Sequence[Any]], title: str = "") -> None:
    table = Table(title=title or None, title_justify="left", box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for name in columns:
        table.add_column(name, overflow="fold")
    for row in rows:
        table.add_row(*("" if cell is None else str(cell) for cell in row))
    console().print(table)


def complain(error: TinhError) -> None:
    """An error for the person who must act: JSON on stdout when asked, else both languages."""
    if wants_json():
        print_json({"problem": error.as_dict()})
        return
    first, second = ("en", "vi") if language() == "en" else ("vi", "en")
    for lang, mark in ((first, error.code), (second, " " * len(error.code))):
        click.echo(f"{mark}  {error.detail().in_(lang)}", err=True)
        if cure := error.remedy().in_(lang):
            click.echo(f"{' ' * len(error.code)}  → {cure}", err=True)
