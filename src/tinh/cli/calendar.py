"""The calendar of deliveries at a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click

from tinh.cli import province
from tinh.cli.output import language, options, print_json, print_table, say, wants_json

if TYPE_CHECKING:
    from tinh.flow.api import Span

_STATES = {
    "on time": ("● đúng hạn", "● on time"),
    "late": ("■ muộn", "■ late"),
    "missing": ("▲ thiếu", "▲ missing"),
    "waiting": ("○ chưa đến hạn", "○ not due yet"),
}
_NAMED = 5


@click.command()
@click.argument("dataset", required=False)
@click.option("--last", default=12, show_default=True, type=click.IntRange(0, 120), help="Windows past.")
@click.option("--next", "ahead", default=3, show_default=True, type=click.IntRange(0, 120), help="To come.")
@options
def calendar(dataset: str | None, last: int, ahead: int) -> int:
    """When DATASET (or each) ought to have come, whether it did, and what is next.

    Leaves with 1 when something is overdue.
    """
    corridor = province.corridor()
    declared = corridor.catalogue
    wanted = [province.dataset(declared, dataset)] if dataset else list(declared.datasets.values())
    now = corridor.clock.now()
    found = [corridor.board.deliveries(one.id, now, last, ahead) for one in wanted]
    missing = any(span.missing for each in found for span in each.spans)
    if wants_json():
        print_json([each.as_dict() for each in found])
        return int(missing)
    zone = ZoneInfo(declared.timezone)
    for number, each in enumerate(found):
        if number:
            click.echo()
        click.echo(f"{each.name.in_(language())} ({each.dataset}, {each.owner})")
        if not each.spans:
            click.echo(say("  chưa có kỳ nào phải gửi", "  nothing is owed yet"))
            continue
        columns = (
            say("Kỳ", "Window"), say("Hạn", "Due"), say("Tình trạng", "State"),
            say("Đã đến", "Came"), say("Thiếu", "Missing"),
        )  # fmt: skip
        print_table(
            columns,
            [
                (
                    span.window, f"{span.due_at.astimezone(zone):%Y-%m-%d %H:%M}", say(*_STATES[span.state]),
                    f"{span.came}/{span.owed}", _missing(span),
                )
                for span in each.spans
            ],
        )  # fmt: skip
    return int(missing)


def _missing(span: Span) -> str:
    """Who is missing: codes of the first few places, and by how much."""
    gone = [one for one in span.deliveries if one.state == "missing"]
    if not gone:
        return ""
    by = max(one.working_days for one in gone)
    late = say(f"{by} ngày làm việc", f"{by} working days")
    places = [one.place for one in gone if one.place]
    if not places:
        return late
    return f"{', '.join(places[:_NAMED])}{' …' if len(places) > _NAMED else ''} ({len(places)}; {late})"


COMMANDS = [calendar]
