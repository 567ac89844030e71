"""Verbs over pilots: what one brought, and what one of its size could show before it starts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tinh.cli.errors import NotReached
from tinh.cli.output import console, language, options, print_json, print_table, say, wants_json

if TYPE_CHECKING:
    from tinh.insight.api import PilotEvaluation as Evaluation
    from tinh.packs.api import Pilot

_FILE = click.Path(path_type=Path, exists=True, dir_okay=False)
_STEPS = {
    "randomisation": ("Chia lại ngẫu nhiên", "Randomisation"),
    "synthetic_did": ("DID tổng hợp", "Synthetic DID"),
    "synthetic_control": ("Đối chứng tổng hợp", "Synthetic control"),
    "power": ("Mô phỏng", "Simulation"),
}


@click.group()
@options
def pilot() -> None:
    """Did the places of a pilot gain against comparable ones?"""


@pilot.command("evaluate")
@click.argument("spec", type=_FILE)
@click.argument("data", type=_FILE)
@click.option("-o", "--out", type=click.Path(path_type=Path, dir_okay=False), help="CSV of the estimates.")
@options
def evaluate(spec: Path, data: Path, out: Path | None) -> int:
    """What the pilot of SPEC.yaml brought, by the long table DATA.csv."""
    from tinh.insight.api import judge_pilot, pilot_table, pilot_told

    declared = _read(spec)
    if declared is None:
        return 1
    with _bars() as told:
        found = judge_pilot(declared, pilot_table(data), told)
    if out is not None:
        _write(out, found)
    if wants_json():
        print_json(pilot_told(found))
        return 0
    _print(found)
    return 0


@pilot.command("power")
@click.argument("spec", type=_FILE)
@click.argument("data", type=_FILE)
@click.option("--periods", type=click.IntRange(1), help="Periods the pilot will be watched for.")
@click.option("--power", "chance", type=click.FloatRange(0.5, 0.99), default=0.8, show_default=True,
              help="Chance of seeing the effect.")  # fmt: skip
@options
def power(spec: Path, data: Path, periods: int | None, chance: float) -> int:
    """The smallest effect the pilot of SPEC.yaml could show, by the periods of DATA.csv before its start."""
    from dataclasses import asdict

    from tinh.insight.api import figure, pilot_power, pilot_table

    declared = _read(spec)
    if declared is None:
        return 1
    draws = max(declared.draws, 1999)
    with _bars() as told:
        found = pilot_power(declared, pilot_table(data), periods, chance, draws,
                            lambda done: told("power", done, draws))  # fmt: skip
    if wants_json():
        finite = {
            k: (None if isinstance(v, float) and v in (float("inf"),) else v)
            for k, v in asdict(found).items()
        }
        print_json({"pilot": declared.id, **finite})
        return 0
    least = figure(found.detectable).in_(language())
    share = figure(100 * found.relative).in_(language())
    click.echo(
        say(f"Tác động nhỏ nhất thấy được: {least} ({share} % mức trước thí điểm)",
            f"Minimum detectable effect: {least} ({share}% of the level before)")
    )  # fmt: skip
    click.echo(
        say(f"{found.treated} đơn vị thí điểm, {found.candidates} để so; {found.before} kỳ trước,"
            f" {found.after} kỳ sau;"
            f" mức ý nghĩa {found.alpha:.3g}, xác suất thấy {found.power:.0%}",
            f"{found.treated} treated, {found.candidates} to compare with; {found.before} periods before,"
            f" {found.after} after; level {found.alpha:.3g}, power {found.power:.0%}")
    )  # fmt: skip
    print_table(
        (say("Tác động", "Effect"), say("Xác suất thấy", "Chance of seeing it")),
        [(figure(e).in_(language()), f"{p:.0%}") for e, p in found.curve[::2]],
    )
    return 0


def _read(spec: Path) -> Pilot | None:
    from tinh.packs.api import read_pilot

    declared, findings = read_pilot(spec)
    if wants_json() and declared is None:
        print_json({"findings": [f.as_dict() for f in findings]})
    else:
        for finding in findings:
            click.echo(finding.render(language(), spec.parent), err=True)
    return declared


@contextmanager
def _bars() -> Iterator[Any]:
    """A bar a step, on stderr."""
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    shown = TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn()
    with Progress(*shown, console=console(err=True), transient=True) as bars:
        tasks: dict[str, Any] = {}

        def told(step: str, done: int, total: int) -> None:
            if step not in tasks:
                tasks[step] = bars.add_task(say(*_STEPS[step]), total=total or None)
            bars.update(tasks[step], completed=done)

        yield told


def _print(found: Evaluation) -> None:
    from tinh.insight.api import chance, figure, p_is

    lang = language()
    click.echo(found.verdict.says.in_(lang) + "\n")
    print_table(
        (say("Phương pháp", "Method"), say("Tác động", "Effect"), say("Sai số chuẩn", "Std. error"),
         say("Khoảng tin cậy", "Interval"), "p", say("Cách suy luận", "Inference")),
        [(e.name.in_(lang), figure(e.value, True).in_(lang), figure(e.se).in_(lang),
          f"{figure(e.low, True).in_(lang)} … {figure(e.high, True).in_(lang)}", chance(e.p).in_(lang), e.way)
         for e in found.estimates],
    )  # fmt: skip
    seen = found.trends
    click.echo("\n" + say(
        f"Trước thí điểm: {seen.periods} kỳ, kiểm định song song {p_is(seen.p).vi}",
        f"Before the pilot: {seen.periods} periods, parallel trends {p_is(seen.p).en}"))  # fmt: skip
    click.echo(say(f"Tác động nhỏ nhất thấy được: {figure(found.detectable).vi}",
                   f"Minimum detectable effect: {figure(found.detectable).en}"))  # fmt: skip
    for note in found.notes:
        click.echo("· " + note.in_(lang))


def _write(out: Path, found: Evaluation) -> None:
    import csv

    try:
        with out.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(("method", "estimate", "se", "low", "high", "p", "inference"))
            for e in found.estimates:
                writer.writerow((e.method, e.value, e.se, e.low, e.high, e.p, e.way))
    except OSError as error:
        raise NotReached(path=out, reason=error.strerror or str(error)) from error


COMMANDS = (pilot,)
