"""Verbs over held rows: mend them, release them, take what is proposed."""

from __future__ import annotations

import getpass
import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tinh.cli import province
from tinh.cli.errors import NoSuchFile, NotRows
from tinh.cli.output import language, options, print_json, print_table, say, wants_json
from tinh.cli.veiling import masked_proposals, veiled

if TYPE_CHECKING:
    from tinh.flow.api import Mended

_RANGE = re.compile(r"(\d{1,9})(?:[-–](\d{1,9}))?")


def _me() -> str:
    try:
        return f"cli:{getpass.getuser()}"
    except (KeyError, OSError):  # an account without a name, as in a bare container
        return "cli"


@click.command()
@click.argument("receipt")
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option("--sheet", type=click.Path(path_type=Path), help="Write the spreadsheet to mend in here.")
@click.option("--actor", default="", help="Who mends; the account of this machine by default.")
@click.option("--unmask", default="", metavar="REASON", help="Write personal values as they are; logged.")
@options
def mend(receipt: str, file: Path | None, sheet: Path | None, actor: str, unmask: str) -> int:
    """Send held rows of RECEIPT back, corrected in FILE; or write them out with --sheet.

    Personal values are masked unless a reason is given; a cell that comes back masked counts as untouched.

    Leaves with 1 when rows are still held. Sending the same file twice changes nothing.
    """
    corridor = province.corridor()
    if file is None:
        from tinh.flow.api import write_sheet

        target = sheet or Path(f"{receipt}.xlsx")
        left = corridor.mending.left(receipt)
        left = replace(left, frame=veiled(corridor, left.stored, left.frame, unmask))
        write_sheet(target, left, corridor.catalogue, corridor.gazetteer, language())
        if wants_json():
            print_json({"sheet": str(target), "held": left.frame.height})
        else:
            click.echo(say(f"Đã ghi {left.frame.height} dòng vào {target}",
                           f"Wrote {left.frame.height} rows to {target}"))  # fmt: skip
        return 0
    if not file.is_file():
        raise NoSuchFile(path=file)
    done = corridor.mending.answer(file, receipt, actor=actor or _me(), filename=file.name, channel="file")
    return _tell(done)


@click.command()
@click.argument("receipt")
@click.argument("rows", nargs=-1, required=True)
@click.option("--reason", required=True, help="Why these rows are right although they fail a rule.")
@click.option("--actor", default="", help="Who releases; the account of this machine by default.")
@options
def release(receipt: str, rows: tuple[str, ...], reason: str, actor: str) -> int:
    """Let held ROWS of RECEIPT through as they are (numbers and spans: 4 7-9), all or none."""
    done = province.corridor().mending.release(receipt, _rows(rows), actor=actor or _me(), reason=reason)
    return _tell(done)


@click.command()
@click.argument("receipt")
@click.option(
    "--accept", multiple=True, metavar="ID", help="Take this proposal; `all`: those without a rival."
)
@click.option("--actor", default="", help="Who accepts; the account of this machine by default.")
@options
def proposals(receipt: str, accept: tuple[str, ...], actor: str) -> int:
    """Corrections offered for the held rows of RECEIPT; none is taken by itself."""
    mending = province.corridor().mending
    if accept:
        ids = None if "all" in accept else accept
        return _tell(mending.accept(receipt, ids, actor=actor or _me()))
    found = masked_proposals(province.corridor(), receipt, mending.proposals(receipt))
    if wants_json():
        print_json([each.as_dict() for each in found])
        return 0
    print_table(
        (
            "ID", say("Số dòng", "Rows"), say("Cột", "Column"), say("Đã viết", "Written"),
            say("Đề xuất", "Offer"), "",
        ),
        [(p.id, len(p.rows), p.column, p.seen, p.offer, p.says.in_(language())) for p in found],
    )  # fmt: skip
    return 0


def _rows(spans: tuple[str, ...]) -> set[int]:
    out: set[int] = set()
    for text in (part for span in spans for part in span.split(",") if part):
        found = _RANGE.fullmatch(text)
        if found is None or int(found.group(2) or 0) - int(found.group(1)) > 1_000_000:
            raise NotRows(text=text)
        out.update(range(int(found.group(1)), int(found.group(2) or found.group(1)) + 1))
    return out


def _tell(done: Mended) -> int:
    verdict, after = done.outcome.verdict, done.after
    if wants_json():
        print_json(done.as_dict())
    elif problem := verdict.problem:
        lang = language()
        click.echo(f"{problem['code']} {problem['detail'][lang]}\n  → {problem['cure'][lang]}")
    else:
        again = say(" (đã nhận trước đây)", " (received before)") if done.outcome.repeated else ""
        click.echo(say(f"{len(done.rows)} dòng vào kho, còn giữ {after.held}",
                       f"{len(done.rows)} rows entered, {after.held} still held") + again)  # fmt: skip
        named: tuple[tuple[str, str, Any], ...] = (
            ("đúng", "correct", "correct"), ("đủ", "sufficient", "sufficient"), ("sạch", "clean", "clean"),
        )  # fmt: skip
        moved = [
            f"{say(vi, en)} {getattr(done.before.scores, n).num}/{getattr(done.before.scores, n).den} → "
            f"{getattr(after.scores, n).num}/{getattr(after.scores, n).den}"
            for vi, en, n in named
        ]
        click.echo("  " + " · ".join(moved))
    return int(after.held > 0 or verdict.outcome == "refused")


COMMANDS = [mend, release, proposals]
