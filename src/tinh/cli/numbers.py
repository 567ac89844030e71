"""Verbs over numbers: read values, and follow one home to what was received."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import click
import polars as pl

from tinh.cli import province
from tinh.cli.output import options, print_json, print_table, say, wants_json
from tinh.kit.periods import end


@click.command()
@click.argument("indicator")
@click.option("--place", help="Code of a place; all places otherwise.")
@click.option("--from", "first", help="First period.")
@click.option("--to", "last", help="Last period.")
@click.option("--version", type=int, help="Version of the indicator; the newest otherwise.")
@click.option("--as-of", help="As it stood on this day or at this moment.")
@click.option(
    "--units", default="then", help="On which units: `then` (as reported), `today`, or those of a day."
)
@options
def values(
    indicator: str,
    place: str | None,
    first: str | None,
    last: str | None,
    version: int | None,
    as_of: str | None,
    units: str,
) -> int:
    """Values of INDICATOR by place and period, each with its coverage and what of it is estimated.

    With --as-of, by the definition of that day. `applied` is the version in force when a value was computed.
    """
    declared = province.catalogue()
    moment = province.moment(as_of, declared.timezone)
    defined = province.definition(declared, indicator, version, moment)
    wanted = defined.indicator
    on = province.units(units, declared.timezone)
    corridor = province.corridor(declared)
    span = (
        wanted.id, [place] if place else None, province.period(first), province.period(last), moment,
    )  # fmt: skip
    from tinh.flow.api import Applied, computed_by
    from tinh.insight.api import rows_of, values_on

    if on is None:
        frame = corridor.lake.values(*span)
    else:
        frame = values_on(corridor.lake, declared, corridor.gazetteer, on, corridor.clock.now(), *span)

    def named(code: str, period: str) -> str | None:
        unit = corridor.gazetteer.find(code, on or (end(period) - timedelta(days=1)).date())
        return unit.name if unit else None

    frame = frame.filter(pl.col("version") == wanted.version).sort("place", "period")
    by = computed_by(Applied(corridor.home), frame.get_column("computed_at").to_list())
    found = rows_of(frame, defined.catalogue, named)
    rows = [{**row, "applied": number} for row, number in zip(found, by, strict=True)]
    if wants_json():
        print_json(rows)
        return 0
    unit = say(wanted.unit.vi, wanted.unit.en)
    print_table(
        (
            say("Nơi", "Place"), "", say("Kỳ", "Period"), say("Giá trị", "Value"),
            say("Có / cần có", "Coverage"), "", "",
        ),
        [
            (
                r["place"], r["place_name"], r["period"],
                "–" if r["value"] is None else f"{r['value']:.{wanted.decimals}f} {unit}",
                f"{r['coverage']['num']}/{r['coverage']['den']}",
                say("mô phỏng", "simulated") if r["simulated"] else "",
                _restated(r),
            )
            for r in rows
        ],
    )  # fmt: skip
    if not rows:
        click.echo(say("Chưa có giá trị nào.", "No values yet."))
    return 0


def _restated(row: dict[str, Any]) -> str:
    if not row["on_units"]:
        return ""
    share = f"{100 * row['estimated']:.0f}"
    return say(f"quy đổi, {share} % ước lượng", f"restated, {share}% estimated")


@click.command()
@click.argument("indicator")
@click.argument("place")
@click.argument("period")
@click.option("--version", type=int, help="Version of the indicator; the newest otherwise.")
@click.option("--as-of", help="As it stood on this day or at this moment.")
@click.option(
    "--units", default="then", help="`today` or a day: the value restated to the units of that day."
)
@options
def trace(indicator: str, place: str, period: str, version: int | None, as_of: str | None, units: str) -> int:
    """Where a number came from: its formula, inputs, rows, and the files as received."""
    from tinh.flow.api import Applied
    from tinh.insight.api import systems_at
    from tinh.insight.api import trace as follow

    declared = province.catalogue()
    moment = province.moment(as_of, declared.timezone)
    defined = province.definition(declared, indicator, version, moment)
    wanted = defined.indicator
    on = province.units(units, declared.timezone)
    corridor = province.corridor(declared)
    systems = systems_at(declared, corridor.gazetteer, corridor.clock.now())
    named = systems.named(systems.of_day(on)) if on and systems.several else ""
    found = follow(
        defined.catalogue, corridor.lake, corridor.gazetteer, wanted.id, place, period,
        as_of=moment, units=named,
    ).as_dict()  # fmt: skip
    found["applied"] = defined.applied or Applied(corridor.home).number()
    if wants_json():
        print_json(found)
        return 0
    cover = found["coverage"]
    name = say(wanted.name.vi, wanted.name.en)
    click.echo(f"{name} · {place} · {period} = {found['value']}  ({cover['num']}/{cover['den']})")
    click.echo(say(found["formula"]["text"]["vi"], found["formula"]["text"]["en"]))
    click.echo(found["formula"]["expression"])
    for span in found["spans"]:
        guess = say(", ước lượng", ", estimated") if span["guessed"] else ""
        click.echo(f"  {span['place']} · {span['value']} × {span['share']:.4g}{guess}")
    print_table(
        (
            say("Bộ dữ liệu", "Dataset"),
            say("Nơi", "Place"),
            say("Kỳ", "Period"),
            say("Giá trị", "Value"),
            say("Số dòng", "Rows"),
        ),
        [(i["dataset"], i["place"], i["period"], i["value"], i["rows"]) for i in found["inputs"][:40]],
    )
    for receipt in found["receipts"]:
        rows = receipt["rows"]
        shown = ", ".join(map(str, rows[:12])) + (" …" if len(rows) > 12 else "")
        click.echo(f"{receipt['filename']}  sha256 {receipt['digest']}")
        click.echo(
            f"  {receipt['receipt']} · {receipt['sender']} · {receipt['received_at']} · "
            + say(f"{len(rows)} dòng: ", f"{len(rows)} rows: ")
            + shown
        )
    return 0


COMMANDS = [values, trace]
