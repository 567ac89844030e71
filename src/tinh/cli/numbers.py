"""Verbs over numbers: read values, and follow one home to what was received."""

from __future__ import annotations

from datetime import timedelta

import click

from tinh.cli import province
from tinh.cli.output import options, print_json, print_table, say, wants_json
from tinh.kit.periods import end


def _name_of(code: str, period: str) -> str | None:
    from tinh.places.api import gazetteer

    unit = gazetteer().find(code, (end(period) - timedelta(days=1)).date())
    return unit.name if unit else None


@click.command()
@click.argument("indicator")
@click.option("--place", help="Code of a place; all places otherwise.")
@click.option("--from", "first", help="First period.")
@click.option("--to", "last", help="Last period.")
@click.option("--as-of", help="As it stood on this day or at this moment.")
@options
def values(indicator: str, place: str | None, first: str | None, last: str | None, as_of: str | None) -> int:
    """Values of INDICATOR by place and period, each with its coverage."""
    declared = province.catalogue()
    wanted = province.indicator(declared, indicator)
    corridor = province.corridor(declared)
    frame = corridor.lake.values(
        wanted.id,
        places=[place] if place else None,
        first=province.period(first),
        last=province.period(last),
        as_of=province.moment(as_of, declared.timezone),
    ).sort("place", "period")
    from tinh.insight.api import rows_of

    rows = rows_of(frame, declared, _name_of)
    if wants_json():
        print_json(rows)
        return 0
    unit = say(wanted.unit.vi, wanted.unit.en)
    print_table(
        (
            say("Nơi", "Place"), "", say("Kỳ", "Period"), say("Giá trị", "Value"),
            say("Có / cần có", "Coverage"), "",
        ),
        [
            (
                r["place"], r["place_name"], r["period"],
                "–" if r["value"] is None else f"{r['value']:.{wanted.decimals}f} {unit}",
                f"{r['coverage']['num']}/{r['coverage']['den']}",
                say("mô phỏng", "simulated") if r["simulated"] else "",
            )
            for r in rows
        ],
    )  # fmt: skip
    if not rows:
        click.echo(say("Chưa có giá trị nào.", "No values yet."))
    return 0


@click.command()
@click.argument("indicator")
@click.argument("place")
@click.argument("period")
@click.option("--as-of", help="As it stood on this day or at this moment.")
@options
def trace(indicator: str, place: str, period: str, as_of: str | None) -> int:
    """Where a number came from: its formula, inputs, rows, and the files as received."""
    from tinh.insight.api import trace as follow

    declared = province.catalogue()
    wanted = province.indicator(declared, indicator)
    corridor = province.corridor(declared)
    found = follow(
        declared, corridor.lake, corridor.gazetteer, wanted.id, place, period,
        as_of=province.moment(as_of, declared.timezone),
    ).as_dict()  # fmt: skip
    if wants_json():
        print_json(found)
        return 0
    cover = found["coverage"]
    name = say(wanted.name.vi, wanted.name.en)
    click.echo(f"{name} · {place} · {period} = {found['value']}  ({cover['num']}/{cover['den']})")
    click.echo(say(found["formula"]["text"]["vi"], found["formula"]["text"]["en"]))
    click.echo(found["formula"]["expression"])
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
