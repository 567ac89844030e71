"""How likely targets are met: of the province's indicators, or of series in a file."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from tinh.cli import province
from tinh.cli.errors import CannotSuppose, SupposeOne, TargetIncomplete
from tinh.cli.output import console, figure, language, options, print_json, print_table, say, wants_json
from tinh.cli.tables import FINITE, read_series, write_table


@click.command()
@click.argument("series", required=False, type=click.Path(path_type=Path))
@click.option("--target", type=FINITE, help="Value to reach (with SERIES).")
@click.option("--by", help="Day or period by which (with SERIES): 2026, 2026-12, 2026-12-31, or a count.")
@click.option(
    "--direction",
    type=click.Choice(["up", "down"]),
    default="up",
    show_default=True,
    help="Whether more or less is better.",
)
@click.option("--season", type=click.IntRange(1, 100_000), help="Steps of a season (guessed from dates).")
@click.option("--lower", type=FINITE, help="No value is ever below this.")
@click.option("--upper", type=FINITE, help="No value is ever above this.")
@click.option("--counts", is_flag=True, help="The values are counts: whole, never below 0.")
@click.option("--cumulative", is_flag=True, help="The series never fall.")
@click.option(
    "--paths",
    type=click.IntRange(100, 100_000),
    default=2000,
    show_default=True,
    help="Sample paths a series.",
)
@click.option("-o", "--output", type=click.Path(path_type=Path), help="File for the outlooks (CSV).")
@click.option(
    "--indicator", "indicators", multiple=True, help="Of the province: this indicator only (may be repeated)."
)
@click.option("--refresh", is_flag=True, help="Of the province: compute what moved first.")
@click.option(
    "--record", "with_record", is_flag=True, help="Of the province: how earlier outlooks kept their word."
)
@click.option("--background", is_flag=True, hidden=True)
@options
def outlook(
    series: Path | None, target: float | None, by: str | None, direction: str, season: int | None,
    lower: float | None, upper: float | None, counts: bool, cumulative: bool, paths: int, output: Path | None,
    indicators: tuple[str, ...], refresh: bool, with_record: bool, background: bool,
) -> int:  # fmt: skip
    """How likely each target is met by its day, how fast it would have to move, and what moved it.

    With SERIES, a CSV of `unique_id,ds,y`: how likely each series is at or beyond --target --by a day; no
    province is needed. Without: the targets of the province. Formats: docs/reference/outlooks.md.
    """
    if background:
        os.nice(15)
    if series is not None or target is not None or by is not None:
        if series is None or target is None or by is None:
            raise TargetIncomplete
        from tinh.insight.api import Nature

        nature = Nature(0.0 if counts and lower is None else lower, upper, counts, cumulative)
        return _of_file(series, target, by, direction, season, nature, paths, output)
    return _of_province(indicators, refresh, with_record, output)


def _of_file(
    file: Path, target: float, by: str, direction: str, season: int | None, nature: Any, paths: int,
    output: Path | None,
) -> int:  # fmt: skip
    from tinh.insight.api import VERDICTS, of_series, percent_text
    from tinh.packs.api import Verdicts

    said = Verdicts.model_validate({})
    limits = (said.certain, said.likely, said.unclear, said.unlikely)
    with _progress(say("dự báo", "forecasting")) as told:
        found = of_series(
            read_series(file), target, by, "down" if direction == "down" else "up", limits,
            season=season, nature=nature, paths=paths, progress=told,
        )  # fmt: skip
    if output is not None:
        write_table(found.table, output)
    refused = {
        series: {"code": e.code, "detail": e.detail().as_dict(), "remedy": e.remedy().as_dict()}
        for series, e in found.refused.items()
    }
    if wants_json():
        print_json({"outlooks": found.table.to_dicts(), "refused": refused})
        return int(bool(refused))
    print_table(
        (
            say("Chuỗi", "Series"), say("Mới nhất", "Newest"), say("Đến", "Due"),
            say("Khả năng", "Likelihood"), "",
            say("80 %", "80%"), say("Cần / kỳ", "Needed a step"), say("Đã thấy / kỳ", "Seen a step"),
            say("Dự kiến đạt", "Expected"),
        ),
        [
            (
                r["unique_id"], f"{figure(r['value'], 'g')} ({r['last']})", r["due"],
                percent_text(r["probability"]).in_(language()), VERDICTS[r["verdict"]].in_(language()),
                f"{figure(r['lo-80'], '.4g')} – {figure(r['hi-80'], '.4g')}", figure(r["needed"], "+.3g"),
                "–" if r["seen"] is None else figure(r['seen'], "+.3g"), r["expected"] or "–",
            )
            for r in found.table.iter_rows(named=True)
        ],
    )  # fmt: skip
    for name, one in found.refused.items():
        click.echo(f"{one.code}  {name}: {one.detail().in_(language())}", err=True)
    return int(bool(refused))


def _of_province(indicators: tuple[str, ...], refresh: bool, with_record: bool, output: Path | None) -> int:
    from tinh.insight.api import VERDICTS, percent_text

    declared = province.catalogue()
    for name in indicators:
        province.indicator(declared, name)
    corridor = province.corridor(declared)
    only = list(indicators) or None
    done: dict[str, Any] = {}
    if refresh:
        from tinh.jobs.api import refresh as compute

        with _progress(say("triển vọng", "outlooks")) as told:
            made = compute(corridor, only, lambda _id, at, of: told(at, of))
        done = {"series": made.series, "outlooks": made.outlooks, "replays": made.replays}
    frame = corridor.lake.foreseen.outlooks(only)
    rows = [{**r, "made_at": r["made_at"].isoformat()} for r in frame.iter_rows(named=True)]
    if output is not None:
        write_table(frame, output)
    kept = _records(corridor, only) if with_record else None
    if wants_json():
        print_json({"refreshed": done or None, "outlooks": rows, "record": kept})
        return 0
    if done:
        click.echo(
            say("Đã dự báo lại {series} chuỗi, {outlooks} mục tiêu, diễn lại {replays} lần.",
                "{series} series forecast again, {outlooks} targets, {replays} replays.").format(**done)
        )  # fmt: skip
    _print_targets(rows, declared, VERDICTS, percent_text)
    if kept is not None:
        _print_record(kept)
    return 0


def _print_targets(rows: list[dict[str, Any]], declared: Any, verdicts: Any, percent: Any) -> None:
    states = {
        "met": say("đã đạt đúng hạn", "met on time"), "missed": say("đã lỡ hạn", "missed"),
        "passed": say("quá hạn, không rõ", "past, not known"), "empty": say("chưa có số liệu", "no data yet"),
    }  # fmt: skip

    def state(r: dict[str, Any]) -> str:
        if r["probability"] is not None:
            word = verdicts[r["verdict"]].in_(language())
            return f"{word} ({percent(r['probability']).in_(language())})"
        return states.get(r["state"]) or r[f"refused_{language()}"] or r["state"]

    def named(id: str) -> str:
        return declared.indicators[id].name.in_(language()) if id in declared.indicators else id

    print_table(
        (
            say("Chỉ số", "Indicator"), say("Mục tiêu", "Target"), say("Hạn", "By"),
            say("Mới nhất", "Newest"), say("Triển vọng", "Outlook"), say("Vì sao đổi", "What moved it"),
        ),
        [
            (
                named(r["indicator"]), figure(r['target'], "g"), r["by"],
                "–" if r["value"] is None else f"{figure(r['value'], '.4g')} ({r['origin']})",
                state(r), r[f"moved_{language()}"],
            )
            for r in rows
        ],
    )  # fmt: skip
    if not rows:
        click.echo(say("Chưa có triển vọng nào: chạy với --refresh.", "No outlooks yet: run with --refresh."))


def _records(corridor: Any, only: list[str] | None) -> dict[str, Any]:
    from dataclasses import asdict

    from tinh.jobs.api import track_record

    found = track_record(corridor, only)
    return {kind: asdict(one) if one else None for kind, one in found.items()}


def _print_record(kept: dict[str, Any]) -> None:
    names = {
        "live": say("đã công bố", "as published"),
        "replay": say("diễn lại quá khứ", "the past replayed"),
    }
    for kind, one in kept.items():
        if one is None:
            click.echo(f"{names[kind]}: " + say("chưa có mục tiêu nào tới hạn.", "nothing has come due yet."))
            continue
        base, plain = f"{100 * one['base']:.0f}", figure(one["plain"], ".3f")
        click.echo(f"{names[kind]}: n = {one['count']}, Brier {figure(one['brier'], '.3f')} "
                   + say(f"(luôn nói {base} %: {plain})", f"(always saying {base}%: {plain})"))  # fmt: skip
        print_table(
            (say("Đã nói", "Said"), "n", say("Trung bình", "Mean"), say("Đã xảy ra", "Came true"), "95 %"),
            [
                (
                    f"{100 * b['low']:.0f}–{100 * b['high']:.0f} %", b["count"], f"{100 * b['said']:.0f} %",
                    f"{100 * b['share']:.0f} %", f"{100 * b['share_low']:.0f}–{100 * b['share_high']:.0f} %",
                )
                for b in one["bins"]
            ],
        )  # fmt: skip


@contextmanager
def _progress(what: str) -> Iterator[Callable[[int, int], None]]:
    quiet = wants_json() or not console(err=True).is_terminal
    with Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
        console=console(err=True), transient=True, disable=quiet,
    ) as shown:  # fmt: skip
        task = shown.add_task(what, total=None)
        yield lambda done, of: shown.update(task, completed=done, total=of)


@click.command("what-if")
@click.argument("indicator")
@click.option(
    "--communes", type=click.IntRange(1, 1000), help="The N communes furthest behind reach the median."
)
@click.option("--pace", type=click.IntRange(1, 1000), help="The pace of the last N periods holds.")
@click.option("--by", default="", help="Day of the target, where there are several.")
@options
def what_if(indicator: str, communes: int | None, pace: int | None, by: str) -> int:
    """The outlook of INDICATOR's target if so many communes catch up, or if the recent pace holds."""
    from dataclasses import asdict

    from tinh.insight.api import VERDICTS, communes_lifted, pace_held, percent_text

    if (communes is None) == (pace is None):
        raise SupposeOne
    declared = province.catalogue()
    one = province.indicator(declared, indicator)
    corridor = province.corridor(declared)
    today = corridor.clock.now().date()
    target = next(
        (t for t in one.targets if (t.by.isoformat() == by if by else t.by >= today)), None
    )  # fmt: skip
    frame, kept = (
        corridor.lake.values(one.id, version=one.version),
        corridor.lake.foreseen.forecasts([one.id]),
    )
    found = None
    if target is not None and communes is not None:
        found = communes_lifted(one, declared, frame, kept, target, communes)
    elif target is not None and pace is not None:
        found = pace_held(one, declared, frame, kept, target, pace)
    if found is None or target is None:
        raise CannotSuppose(indicator=one.id)
    if wants_json():
        print_json({**asdict(found), "by": target.by.isoformat(), "target": target.value})
        return 0
    unit, digits = one.unit.in_(language()), one.decimals
    facts = {
        "target": f"{figure(target.value, 'g')} {unit}".strip(), "by": target.by.isoformat(),
        "before": percent_text(found.before).in_(language()),
        "after": percent_text(found.after).in_(language()),
        "verdict": VERDICTS[found.verdict].in_(language()),
        "middle": figure(found.middle, f".{digits}f"),
        "middle_before": figure(found.middle_before, f".{digits}f"),
    }  # fmt: skip
    vi = "Mục tiêu {target} đến {by}: khả năng {before} → {after} ({verdict}); {middle_before} → {middle}."
    en = "Target {target} by {by}: likelihood {before} → {after} ({verdict}); {middle_before} → {middle}."
    click.echo(say(vi, en).format(**facts))
    if found.places:
        click.echo(say("Các xã: ", "Communes: ") + ", ".join(found.places))
    if found.pace is not None:
        click.echo(
            say(f"Nhịp {figure(found.pace, '+.3g')} mỗi kỳ; chạm mục tiêu: {found.arrives or 'không'}.",
                f"Pace {figure(found.pace, '+.3g')} a period; arrives: {found.arrives or 'never'}.")
        )  # fmt: skip
    return 0


COMMANDS = [outlook, what_if]
