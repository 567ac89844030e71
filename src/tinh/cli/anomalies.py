"""Anomalies of a file of series, without a province, or of the province."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import click

from tinh.cli import province
from tinh.cli.output import console, language, options, print_json, print_table, say, wants_json
from tinh.cli.tables import FINITE, read_series, write_table

_ADDED = ("score", "is_anomaly", "kind", "why")


@click.command()
@click.argument("series", required=False, type=click.Path(path_type=Path))
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), help="Write the answer here; else to the screen."
)
@click.option(
    "--season", default="", help="Points of a season, such as 12 or 24,168; found by itself otherwise."
)
@click.option(
    "--budget", type=click.IntRange(min=1), help="Raise at most this many a day, the most surprising."
)
@click.option(
    "--holidays", default="VN", show_default=True, help="Country whose holidays are expected, or none."
)
@click.option("--lower", type=FINITE, help="No value can be below this.")
@click.option("--upper", type=FINITE, help="No value can be above this.")
@click.option("--until", default="", help="Up to which moment every series should reach.")
@click.option("--missing/--no-missing", default=True, help="Add a row for each moment at which nothing came.")
@click.option(
    "--alarm", type=click.FloatRange(min=0, min_open=True), default=0.02, show_default=True,
    help="False alarms to expect of a series in which all is well.",
)  # fmt: skip
@click.option("--refresh", is_flag=True, help="Of the province: look at what moved since the last look.")
@click.option("--everything", is_flag=True, help="Of the province: look at every series.")
@click.option("--background", is_flag=True, hidden=True)
@options
def anomalies(
    series: Path | None,
    output: Path | None,
    season: str,
    budget: int | None,
    holidays: str,
    lower: float | None,
    upper: float | None,
    until: str,
    missing: bool,
    alarm: float,
    refresh: bool,
    everything: bool,
    background: bool,
) -> int:
    """What is unusual in SERIES, a CSV of unique_id, ds, y; no province needed.

    Adds score, is_anomaly, kind and why to each row. Leaves with 1 when some series could not be judged.
    With --refresh and no SERIES: looks at the province's indicators, as its server does in the background.
    """
    if background:
        os.nice(15)
    if series is None:
        if not (refresh or everything):
            raise click.UsageError("SERIES, --refresh")
        return _of_province(everything)
    import polars as pl

    from tinh.insight.api import DetectOptions, anomaly_why, detect, within_budget

    if holidays.lower() != "none":
        _known(holidays.upper())
    if lower is not None and upper is not None and lower > upper:
        raise click.UsageError(f"--lower {lower:g} > --upper {upper:g}")
    table = read_series(series)
    table = table.drop([name for name in _ADDED if name in table.columns])
    chosen = DetectOptions(
        seasons=_seasons(season), country="" if holidays.lower() == "none" else holidays.upper(),
        lower=lower, upper=upper, until=until, missing=missing, alarm=alarm,
    )  # fmt: skip
    found = detect(table, chosen, _progress())
    answer = within_budget(found.table, budget) if budget else found.table
    said = {id: error.detail().in_(language()) for id, error in found.refused.items()}
    texts = [
        anomaly_why(row).in_(language()) if row["is_anomaly"] else said.get(row["unique_id"], "")
        for row in answer.iter_rows(named=True)
    ]
    out = _laid(table, answer, texts)
    raised = answer.filter("is_anomaly")
    if output is not None:
        write_table(out, output)
    if wants_json():
        said_of = [text for text, up in zip(texts, answer["is_anomaly"], strict=True) if up]
        shown = raised.with_columns(why=pl.Series(said_of, dtype=pl.String))
        columns = ["unique_id", "ds", "y", "score", "kind", "expected", "low", "high", "why"]
        print_json(
            {
                "series": answer["unique_id"].n_unique(),
                "points": len(table),
                "raised": raised["event"].n_unique(),
                "anomalies": shown.select(columns).to_dicts() if output is None else [],
                "refused": {id: error.as_dict() for id, error in found.refused.items()},
            }
        )
    else:
        if output is None:
            marked = out.filter(answer["is_anomaly"])
            print_table(
                (say("Chuỗi", "Series"), say("Lúc", "When"), say("Giá trị", "Value"), say("Loại", "Kind"),
                 say("Điểm", "Score"), say("Vì sao", "Why")),
                [(r["unique_id"], r["ds"], r["y"], r["kind"], f"{float(r['score']):.1f}", r["why"])
                 for r in marked.iter_rows(named=True)],
            )  # fmt: skip
        for id, sentence in said.items():
            click.echo(f"{found.refused[id].code}  {sentence}", err=True)
        count = raised["event"].n_unique()
        click.echo(
            say(f"{count} bất thường trong {len(found.seasons)} chuỗi.",
                f"{count} anomalies in {len(found.seasons)} series."), err=output is None,
        )  # fmt: skip
    return 1 if found.refused else 0


def _of_province(everything: bool) -> int:
    """One look at the province; what it raised is on the page of anomalies."""
    from tinh.jobs.api import unusual

    found = unusual(everything, province.corridor(province.catalogue()))
    if wants_json():
        told = {"series": found.series, "raised": found.raised, "gone": found.gone} if found else None
        print_json({"looked": told})
    elif found is None:
        click.echo(say("Không có gì đổi từ lần xem trước.", "Nothing has moved since the last look."))
    else:
        click.echo(
            say(f"Đã xem {found.series} chuỗi: nêu {found.raised}, hết {found.gone}.",
                f"{found.series} series looked at: {found.raised} raised, {found.gone} gone."),
        )  # fmt: skip
    return 0


def _laid(table: Any, answer: Any, texts: list[str]) -> Any:
    """The rows as given with four columns more, missing moments put in where they belong."""
    import polars as pl

    given = table.select(pl.exclude("unique_id", "ds"))[answer["row"].cast(pl.Int64).to_list()]
    return pl.concat(
        [
            answer.select("unique_id", "ds"),
            given.select("y", pl.exclude("y")),
            answer.select(pl.col("score").round(3), "is_anomaly", "kind"),
            pl.DataFrame({"why": pl.Series(texts, dtype=pl.String)}),
        ],
        how="horizontal",
    )


def _known(country: str) -> None:
    from holidays import list_supported_countries

    if country not in list_supported_countries():
        raise click.BadParameter(f"{country}: ISO 3166", param_hint="--holidays")


def _seasons(text: str) -> tuple[int, ...] | None:
    from tinh.insight.api import BadSeason

    if not text.strip():
        return None
    parts = [part.strip() for part in text.split(",")]
    if not all(part.isdecimal() and int(part) >= 1 for part in parts):
        raise BadSeason(season=text)
    return tuple(int(part) for part in parts)


def _progress() -> Any:
    """A bar on stderr for people who wait; nothing for pipes and programs."""
    shown = console(err=True)
    if not shown.is_terminal or wants_json():
        return None
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeElapsedColumn

    bar = Progress(BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), console=shown, transient=True)
    task = bar.add_task("")
    bar.start()

    def tell(done: int, total: int) -> None:
        bar.update(task, completed=done, total=total)
        if done >= total:
            bar.stop()

    return tell


COMMANDS = [anomalies]
