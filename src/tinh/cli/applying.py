"""Verbs over what is in force: what a changed folder would alter, and applying it."""

from __future__ import annotations

import getpass
import sys
from datetime import timedelta
from typing import TYPE_CHECKING

import click

from tinh.cli import province
from tinh.cli.errors import NotAgreed, NotReached
from tinh.cli.output import console, language, options, print_json, print_table, say, wants_json
from tinh.kit.periods import end

if TYPE_CHECKING:
    from tinh.flow.api import Plan


@click.command()
@click.option("--limit", default=20, show_default=True, type=click.IntRange(0),
              help="At most this many deliveries of each changed contract are judged again.")  # fmt: skip
@options
def plan(limit: int) -> int:
    """Say what the province folder would change before it does: rows, values, targets, alerts.

    Compares the folder with the last applied version, on the real data, and writes nothing.
    Leaves with 0 when nothing changes, 1 when something does, 2 when the folder does not compile.
    """
    from tinh.packs.api import PackFaults

    try:
        shown = _plan(limit)
    except PackFaults as faults:
        if wants_json():
            print_json({"problem": faults.as_dict(), "findings": [f.as_dict() for f in faults.findings]})
        else:
            for finding in faults.findings:
                click.echo(finding.render(language(), relative_to=province.folder()))
        return 2
    if wants_json():
        print_json(shown.as_dict())
    else:
        _tell(shown)
    return int(not shown.empty)


def _plan(limit: int) -> Plan:
    from tinh.flow.api import plan as make

    with console(err=True).status(say("so sánh…", "comparing…"), spinner="dots") as busy:
        words = {"rejudge": ("xét lại", "judging"), "revalue": ("tính lại", "computing")}
        return make(province.folder(), limit, told=lambda step, id: busy.update(f"{say(*words[step])} {id}"))


def _tell(shown: Plan) -> None:
    from tinh.flow.api import plan_sections

    if not shown.number:
        click.echo(
            say(
                f"Chưa áp dụng bản nào. Lần khởi động hoặc nạp dữ liệu đầu tiên sẽ áp dụng thư mục này"
                f" ({len(shown.files)} tệp) làm bản số 1.",
                f"Nothing is applied yet. The first start or load takes this folder"
                f" ({len(shown.files)} files) as version 1.",
            )
        )
        return
    if shown.empty:
        click.echo(
            say(
                f"Không có gì thay đổi so với bản áp dụng số {shown.number}.",
                f"Nothing changes: the folder is applied version {shown.number}.",
            )
        )
        return

    def place(code: str, period: str) -> str:
        unit = province.book().find(code, (end(period) - timedelta(days=1)).date())
        return unit.name if unit else code

    click.echo(
        say(
            f"So với bản áp dụng số {shown.number}, thư mục này đổi:",
            f"Against applied version {shown.number} this folder changes:",
        )
    )
    if shown.unreadable:
        click.echo(shown.unreadable)
    for title, lines in plan_sections(shown, place):
        click.echo(f"\n{title.in_(language())}")
        for line in lines:
            click.echo(f"  {line.in_(language())}")
    click.echo()
    if shown.refused:
        click.echo(say("Không áp dụng được cho đến khi sửa.", "This cannot be applied until it is mended."))
    else:
        click.echo(say('Áp dụng: tinh apply --reason "…"', 'Apply it: tinh apply --reason "…"'))


@click.command()
@click.option("--reason", default="", help="Why: what changes, by which document. Kept with the version.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--limit", default=20, show_default=True, type=click.IntRange(0),
              help="At most this many deliveries of each changed contract are judged again.")  # fmt: skip
@options
def apply(reason: str, yes: bool, limit: int) -> int:
    """Put the province folder in force as a new version, and compute the values it changes.

    Shows the plan first. Rows already judged stay as they were judged. A running server
    takes the new version over by itself within seconds.
    """
    from tinh.flow.api import NoReason
    from tinh.flow.api import apply as put_in_force

    if not reason.strip():
        raise NoReason
    shown = _plan(limit)
    if not wants_json():
        _tell(shown)
    if not (yes or shown.empty or shown.refused):
        if wants_json() or not sys.stdin.isatty():
            raise NotAgreed
        click.confirm(say("Áp dụng?", "Apply?"), abort=True)
    number, written = put_in_force(province.folder(), _who(), reason, shown)
    if wants_json():
        print_json({"version": number, "values": written, "plan": shown.as_dict()})
    else:
        click.echo(
            say(
                f"Đã áp dụng bản số {number}; tính lại {written} giá trị.",
                f"Applied as version {number}; {written} values computed.",
            )
        )
    return 0


def _who() -> str:
    try:
        return f"{getpass.getuser()} (tinh apply)"
    except (OSError, KeyError) as error:
        raise NotReached(path="USER", reason=str(error)) from error


@click.command()
@options
def versions() -> int:
    """The versions applied so far: when, by whom and why; newest first."""
    from tinh.flow.api import Applied, home_of
    from tinh.packs.api import province_id

    found = Applied(home_of(province_id(province.folder()))).all()
    if wants_json():
        print_json([v.as_dict() for v in found])
    else:
        print_table(
            (say("Bản", "Version"), say("Lúc", "When"), say("Ai", "Who"), say("Lý do", "Why")),
            [
                (v.number, f"{v.applied_at:%Y-%m-%d %H:%M}", *_said(v.bootstrap, v.by, v.reason))
                for v in found
            ],
        )
    return 0


def _said(bootstrap: bool, by: str, reason: str) -> tuple[str, str]:
    return ("–", say("lần khởi động đầu tiên", "first start")) if bootstrap else (by, reason)


COMMANDS = [plan, apply, versions]
