"""Verbs over places: whom a name means, what became of a unit, where a point lies."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import click

from tinh.cli import province
from tinh.cli.days import day
from tinh.cli.output import language, options, print_json, print_table, say, wants_json
from tinh.kit.errors import Text

if TYPE_CHECKING:
    from tinh.places.api import Heir, Level


@click.group()
@options
def places() -> None:
    """Administrative units: resolve a name, follow a reform, place a point."""


def _print(rows: list[dict[str, Any]]) -> None:
    if wants_json():
        print_json(rows)
        return
    print_table(
        (
            say("Mã", "Code"),
            say("Tên", "Name"),
            say("Cấp", "Level"),
            say("Từ", "From"),
            say("Đến", "Until"),
            "",
        ),
        [
            (
                r["code"],
                r.get("full_name") or r["name"],
                r["level"],
                r["valid_from"] or "–",
                r["valid_to"] or "–",
                r.get("note", ""),
            )
            for r in rows
        ],
    )


@places.command()
@click.argument("text")
@click.option("--on", help="The day meant (today otherwise).")
@click.option("--within", help="Code of today's province whose territory is meant.")
@click.option("--level", multiple=True, type=click.Choice(["commune", "district", "province"]),
              help="Levels in order of preference.")  # fmt: skip
@options
def resolve(text: str, on: str | None, within: str | None, level: tuple[Level, ...]) -> int:
    """The unit or units TEXT names on a day; none rather than a guess.

    Without --on: today, else the last day before the reform of 2025-07-01.
    """
    from tinh.places.api import REFORM

    book = province.book()
    found = book.resolve(text, day(on), within=within, levels=level or None)
    if found.status == "none" and not on:
        # No day was asked for: a name of before the reform still names what it named then.
        found = book.resolve(text, REFORM - timedelta(days=1), within=within, levels=level or None)
    _print([unit.as_dict() for unit in found.units])
    if not wants_json() and found.status == "none":
        click.echo(
            say(f"Không có đơn vị nào tên “{text}” vào ngày đó.", f"No unit was called “{text}” on that day.")
        )
        for hint in found.hints:
            click.echo(say("  có phải: ", "  perhaps: ") + f"{hint.unit.code} {hint.unit.name}")
    return int(found.status == "none")


@places.command()
@click.argument("code")
@click.option("--on", help="A day on which CODE was valid.")
@options
def successors(code: str, on: str | None) -> int:
    """What became of CODE in the reform: m:n, with the share where it is known."""
    links = province.book().successors(code, day(on) if on else None)
    _print(
        [
            {**link.as_dict(), "note": say("toàn bộ", "whole") if link.whole else say("một phần", "in part")}
            for link in links
        ]
    )
    return int(not links)


@places.command()
@click.argument("lat", type=float)
@click.argument("lon", type=float)
@click.option("--on", help="The day meant (today otherwise).")
@options
def at(lat: float, lon: float, on: str | None) -> int:
    """The unit that holds a point; marked approximate unless official boundaries are loaded."""
    from tinh.flow.api import home_for

    official = home_for(province.catalogue()).outlines(day(on))
    found = province.book().at(lat, lon, day(on), official=official)
    rows = []
    if found:
        unit, approximate = found
        rows = [
            {
                **unit.as_dict(),
                "approximate": approximate,
                "note": say("xấp xỉ", "approximate") if approximate else "",
            }
        ]
    _print(rows)
    if not rows and not wants_json():
        click.echo(say("Không đơn vị nào chứa điểm này.", "No unit holds this point."))
    return int(not rows)


@places.command()
@click.argument("code")
@click.option("--on", help="A day on which CODE was valid (today, else the eve of the reform of 2025-07-01).")
@options
def changed(code: str, on: str | None) -> int:
    """What changed for CODE: what it was made from, what became of it, where it is now."""
    from tinh.kit.clock import SystemClock
    from tinh.places.api import REFORM, changes

    book, today = province.book(), SystemClock().now().date()
    when = day(on) if on or book.find(code, today) else REFORM - timedelta(days=1)
    found = changes(book, code, when, today)
    if wants_json():
        print_json(found.as_dict())
        return 0
    unit = found.unit
    click.echo(
        f"{unit.code} {unit.name} · {unit.valid_from or '…'} – {unit.valid_to or '…'} · {unit.legal_basis}"
    )
    for heir in found.origins:
        click.echo(say("  lập từ ", "  made from ") + f"{heir.unit.code} {heir.unit.name}{_share(heir)}")
    for event in (*found.before, *found.after):
        how = _HOW[event.how].in_(language())
        click.echo(f"{event.day}  {event.unit.code} {event.unit.name}: {how} · {event.basis}")
        for heir in event.into:
            click.echo(f"  → {heir.unit.code} {heir.unit.name}{_share(heir)}")
    if found.after:
        click.echo(
            say("Hiện nay: ", "Now: ")
            + ", ".join(f"{h.unit.code} {h.unit.name}{_share(h)}" for h in found.now)
        )
    else:
        click.echo(say("Đến nay không thay đổi.", "Unchanged to this day."))
    return 0


_HOW = {
    "renamed": Text("đổi tên", "renamed"),
    "kind": Text("đổi loại", "changed its kind"),
    "recoded": Text("đổi mã", "recoded"),
    "merged": Text("nhập vào", "merged into"),
    "divided": Text("chia cho", "divided among"),
    "moved": Text("chuyển thành", "became"),
}


def _share(heir: Heir) -> str:
    if heir.share is None or heir.share == 1:
        return ""
    mark = say(" ước lượng", " estimated") if heir.estimated else f" {heir.source}"
    return f" ({100 * heir.share:.1f} %{mark})"


COMMANDS = [places]
