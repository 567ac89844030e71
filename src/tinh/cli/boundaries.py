"""Verbs over official boundaries: check a file, take it in, list what is held, write it out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tinh.cli import province
from tinh.cli.days import day
from tinh.cli.output import options, print_json, print_table, say, wants_json

if TYPE_CHECKING:
    from tinh.places.api import Atlas, Survey


def _atlas() -> Atlas:
    from tinh.flow.api import home_for
    from tinh.places.api import Atlas

    return Atlas(home_for(province.catalogue()).boundaries)


@click.group()
@options
def boundaries() -> None:
    """Official boundaries: check, take in, list, export."""


@boundaries.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--from", "first", help="Day from which the boundaries are to hold (today otherwise).")
@options
def check(file: Path, first: str | None) -> int:
    """Hold FILE against the gazetteer and against itself; nothing is stored.

    Leaves with 1 when something is remarked.
    """

    found = _atlas().look(file, file.name, province.book(), province.catalogue().place, day(first))
    _tell(found)
    return int(not found.clean)


@boundaries.command("import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--from", "first", required=True, help="Day from which the boundaries hold.")
@click.option("--until", help="Day on which they ended, where known.")
@click.option("--source", required=True, help="Who published them, and where.")
@options
def take(file: Path, first: str, until: str | None, source: str) -> int:
    """Take the boundaries of FILE in; cells around centres are then no longer drawn."""
    from tinh.kit.clock import SystemClock

    declared = province.catalogue()
    held = _atlas()
    taken = held.take(
        file, file.name, province.book(), declared.place, day(first), source,
        by="cli", now=SystemClock().now(), valid_to=day(until) if until else None,
    )  # fmt: skip
    if wants_json():
        print_json(taken.as_dict())
    else:
        click.echo(
            say(
                f"Đã nạp {taken.areas} đơn vị, {taken.km2} km², {taken.remarks} lưu ý: {taken.id}",
                f"Took in {taken.areas} units, {taken.km2} km², {taken.remarks} remarks: {taken.id}",
            )
        )
    return int(bool(taken.remarks))


@boundaries.command("list")
@options
def listing() -> int:
    """The sets of boundaries held, the newest first."""
    rows = [one.as_dict() for one in _atlas().sets()]
    if wants_json():
        print_json(rows)
    else:
        columns = (say("Bộ", "Set"), say("Từ", "From"), say("Đến", "Until"), say("Đơn vị", "Units"), "km²",
                   say("Lưu ý", "Remarks"), say("Nguồn", "Source"))  # fmt: skip
        print_table(columns, [
            (r["id"], r["valid_from"], r["valid_to"] or "–", r["areas"], r["km2"], r["remarks"], r["source"])
            for r in rows
        ])  # fmt: skip
    return 0


@boundaries.command()
@click.argument("out", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--on", help="The day meant (today otherwise).")
@options
def export(out: Path, on: str | None) -> int:
    """Write the areas of a day to OUT: .geojson, .fgb (FlatGeobuf) or .gpkg by its name."""
    from tinh.places import api as places

    form: Any = out.suffix.lstrip(".").lower()
    if form not in places.TYPES:
        raise click.BadParameter(f"{out.suffix or out.name}: .geojson, .fgb, .gpkg", param_hint="OUT")
    when = day(on)
    found = places.boundaries(province.catalogue().place, when, _atlas().on(when), province.book())
    out.write_bytes(places.export(found, form))
    if wants_json():
        print_json({"file": str(out), "units": len(found.shapes), "approximate": found.approximate})
    else:
        rough = say(" (xấp xỉ)", " (approximate)") if found.approximate else ""
        click.echo(
            say(f"{len(found.shapes)} đơn vị{rough} → {out}", f"{len(found.shapes)} units{rough} → {out}")
        )
    return 0


def _tell(found: Survey) -> None:
    if wants_json():
        print_json(found.as_dict())
        return
    lines = [
        (say("Đơn vị khớp", "Units matched"), f"{found.matched}/{found.units}"),
        (say("Diện tích", "Area"), f"{found.km2:.2f} km²"),
        (say("Mã lạ", "Foreign codes"), ", ".join(found.foreign) or "–"),
        (say("Thiếu", "Missing"), ", ".join(found.missing) or "–"),
        (say("Tên khác", "Other names"), "; ".join(f"{c} {a} ≠ {b}" for c, a, b in found.renamed) or "–"),
        (say("Diện tích lệch", "Areas off"),
         "; ".join(f"{a.code}: {a.drawn:.2f} ≠ {a.said:.2f} km²" for a in found.areas) or "–"),
        (say("Tâm nằm ngoài", "Centres outside"),
         "; ".join(f"{c}: {km:.0f} km" for c, km in found.strays) or "–"),
        (say("Hình tự cắt, đã sửa", "Crossed rings, mended"), ", ".join(found.mended) or "–"),
    ]  # fmt: skip
    for kind, label in (("overlap", say("Chồng lấn", "Overlaps")), ("gap", say("Khoảng hở", "Gaps"))):
        flaws = [f for f in found.flaws if f.kind == kind]
        shown = "; ".join(f"{' – '.join(f.codes)}: {f.km2:.3f} km²" for f in flaws[:10])
        lines.append((label, f"{len(flaws)}  {shown}" if flaws else "–"))
    lines.append((say("Vụn dưới 0,01 km²", "Slivers under 0.01 km²"), str(found.slivers)))
    print_table(("", ""), lines)


COMMANDS = [boundaries]
