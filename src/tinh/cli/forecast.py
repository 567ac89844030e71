"""Forecasts of series in a file, and how well they would have done: file in, file out, no province."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from tinh.cli.errors import BadLevels
from tinh.cli.output import console, language, options, print_json, print_table, say, wants_json
from tinh.cli.tables import FINITE, read_series, write_table
from tinh.kit.errors import TinhError

if TYPE_CHECKING:
    from collections.abc import Mapping

    import polars as pl

    from tinh.insight.api import Nature

_SHOWN = 20


@click.command()
@click.argument("series", type=click.Path(path_type=Path))
@click.option("--horizon", required=True, type=click.IntRange(1, 10_000), help="Steps to forecast.")
@click.option("--season", type=click.IntRange(1, 100_000), help="Steps of a season (guessed from dates).")
@click.option("--level", default="80,95", show_default=True, help="Levels of the intervals, per cent.")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="File for the forecasts (CSV).")
@click.option("--lower", type=FINITE, help="No value is ever below this.")
@click.option("--upper", type=FINITE, help="No value is ever above this.")
@click.option("--cumulative", is_flag=True, help="The series never fall.")
@click.option("--counts", is_flag=True, help="The values are counts: whole, never below 0.")
@click.option("--holidays/--no-holidays", default=True, show_default=True, help="Look for the effect of Tết.")
@click.option("--paths", type=click.IntRange(1, 100_000), help="Sample paths a series, into PATHS-FILE.")
@click.option("--paths-file", type=click.Path(path_type=Path), help="File for the sample paths (CSV).")
@click.option(
    "--models-file", type=click.Path(path_type=Path), help="File for weights and past record (CSV)."
)
@click.option(
    "--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Seed of the sample paths."
)
@click.option("--engine", help="Spark Connect address (sc://host:port) to study the series on.")
@options
def forecast(
    series: Path, horizon: int, season: int | None, level: str, output: Path | None, lower: float | None,
    upper: float | None, cumulative: bool, counts: bool, holidays: bool, paths: int | None,
    paths_file: Path | None, models_file: Path | None, seed: int, engine: str | None,
) -> int:  # fmt: skip
    """Forecast every series of SERIES, a CSV of `unique_id,ds,y`.

    Writes `unique_id,ds,mean,lo-80,hi-80,lo-95,hi-95`. A series that cannot be forecast is reported and
    does not stop the others; leaves with 1 when there was one. Formats: docs/reference/forecasts.md.
    """
    from tinh.insight.api import Nature
    from tinh.insight.api import forecast as run

    if (paths is None) != (paths_file is None):
        raise click.UsageError("--paths and --paths-file go together")
    table = read_series(series)
    nature = Nature(0.0 if counts and lower is None else lower, upper, counts, cumulative, holidays)
    with _progress() as told:
        found = run(
            table, horizon, season=season, levels=_levels(level), nature=_same(table, nature),
            paths=paths or 0, seed=seed, progress=told, engine=engine,
        )  # fmt: skip
    for file, frame in ((output, found.table), (models_file, found.models)):
        if file is not None:
            write_table(frame, file)
    if paths_file is not None:
        write_table(_paths_table(found.table, found.paths), paths_file)
    if wants_json():
        done: dict[str, Any] = {
            "series": found.table["unique_id"].n_unique(),
            "refused": _refusals(found.refused),
        }
        if found.noted:
            done["noted"] = _refusals(found.noted)
        done |= {"output": str(output)} if output else {"forecasts": found.table.to_dicts()}
        print_json(done)
        return int(bool(found.refused))
    if output is None:
        _print_frame(found.table)
    _tell_filled(found.models)
    _tell_noted(found.noted)
    count = found.table["unique_id"].n_unique()
    click.echo(
        say(f"Đã dự báo {count} chuỗi, {horizon} bước.", f"{count} series forecast, {horizon} steps.")
        + (f" → {output}" if output else "")
    )
    return _tell_refused(found.refused)


@click.command()
@click.argument("series", type=click.Path(path_type=Path))
@click.option("--horizon", required=True, type=click.IntRange(1, 10_000), help="Steps that are held back.")
@click.option("--season", type=click.IntRange(1, 100_000), help="Steps of a season (guessed from dates).")
@click.option("--arima", is_flag=True, help="Judge AutoARIMA too (slow).")
@click.option("--holidays/--no-holidays", default=True, show_default=True, help="Look for the effect of Tết.")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="File for the results (CSV).")
@options
def backtest(
    series: Path, horizon: int, season: int | None, arima: bool, holidays: bool, output: Path | None
) -> int:
    """Hold back the last HORIZON steps of every series of SERIES, forecast them, and judge.

    Prints sMAPE, MASE, OWA, MSIS and coverage of the 80 % and 95 % intervals for Tỉnh beside Theta, ETS,
    CES and the seasonal naive method, for all series and for each step.
    """
    from tinh.insight.api import Nature
    from tinh.insight.api import backtest as run

    table = read_series(series)
    with _progress() as told:
        found = run(
            table, horizon, season=season, arima=arima,
            nature=_same(table, Nature(holidays=holidays)), progress=told,
        )  # fmt: skip
    if output is not None:
        write_table(found.table, output)
    if wants_json():
        print_json({"results": found.table.to_dicts(), "refused": _refusals(found.refused)})
        return int(bool(found.refused))
    _print_frame(found.table, many=1000)
    return _tell_refused(found.refused)


def _levels(text: str) -> list[float]:
    try:
        levels = [float(part) for part in text.split(",")]
    except ValueError:
        raise BadLevels(text=text) from None
    if not all(0 < level < 100 for level in levels):
        raise BadLevels(text=text)
    return list(dict.fromkeys(levels))


def _same(table: pl.DataFrame, nature: Nature) -> Mapping[str, Nature]:
    ids = table["unique_id"].unique().to_list() if "unique_id" in table.columns else []
    return {"" if one is None else str(one): nature for one in ids}


@contextmanager
def _progress() -> Iterator[Callable[[int, int], None]]:
    quiet = wants_json() or not console(err=True).is_terminal
    with Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
        console=console(err=True), disable=quiet, transient=True,
    ) as progress:  # fmt: skip
        task = progress.add_task(say("chuỗi", "series"), total=None)
        yield lambda done, of: progress.update(task, completed=done, total=of)


def _paths_table(table: pl.DataFrame, paths: Mapping[str, Any]) -> pl.DataFrame:
    import polars as pl

    parts = []
    for (name,), rows in table.partition_by("unique_id", as_dict=True, maintain_order=True).items():
        drawn = paths[str(name)]
        parts.append(rows.select("unique_id", "ds").with_columns(
            **{f"path-{number + 1}": pl.Series(path) for number, path in enumerate(drawn)}
        ))  # fmt: skip
    return pl.concat(parts) if parts else table.select("unique_id", "ds")


def _print_frame(frame: pl.DataFrame, many: int = _SHOWN) -> None:
    rows = [
        ["" if c is None or c != c else f"{c:.6g}" if isinstance(c, float) else c for c in row]
        for row in frame.head(many).iter_rows()
    ]
    print_table(frame.columns, rows)
    if len(frame) > many:
        click.echo(say(f"… và {len(frame) - many} dòng nữa (-o TỆP để lấy hết)",
                       f"… and {len(frame) - many} more rows (-o FILE for all)"))  # fmt: skip


def _tell_filled(models: pl.DataFrame) -> None:
    import polars as pl

    gappy = models.filter(pl.col("filled") > 0).unique("unique_id", maintain_order=True)
    for row in gappy.head(_SHOWN).iter_rows(named=True):
        click.echo(
            say(
                f"{row['unique_id']}: {row['filled']} thời điểm thiếu được nội suy cho mô hình",
                f"{row['unique_id']}: {row['filled']} missing moments interpolated for the models",
            ),
            err=True,
        )


def _tell_noted(noted: Mapping[str, TinhError]) -> None:
    for error in list(noted.values())[:_SHOWN]:
        click.echo(f"{error.code}  {error.detail().in_(language())}", err=True)
        click.echo(f"        → {error.remedy().in_(language())}", err=True)


def _refusals(refused: Mapping[str, TinhError]) -> list[dict[str, Any]]:
    return [{"unique_id": name, **error.as_dict()} for name, error in refused.items()]


def _tell_refused(refused: Mapping[str, TinhError]) -> int:
    for error in refused.values():
        click.echo(f"{error.code}  {error.detail().in_(language())}", err=True)
        click.echo(f"        → {error.remedy().in_(language())}", err=True)
    if refused:
        click.echo(
            say(f"{len(refused)} chuỗi không dự báo được.", f"{len(refused)} series were refused."), err=True
        )
    return int(bool(refused))


COMMANDS = [forecast, backtest]
