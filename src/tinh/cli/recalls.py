"""Taking a whole receipt back, and putting it back: what it changes is said first."""

from __future__ import annotations

import getpass
import sys
from typing import Any

import click

from tinh.cli import province
from tinh.cli.errors import NotConfirmed
from tinh.cli.output import options, print_json, print_table, say, wants_json

SHOWN = 20


@click.command()
@click.argument("receipt")
@click.option("--reason", default="", help="Why, in one sentence; it stays in the receipt's history.")
@click.option("--yes", is_flag=True, help="Do it without asking; otherwise it is only shown, or asked for.")
@options
def recall(receipt: str, reason: str, yes: bool) -> int:
    """Take RECEIPT out of everything that counts; first say what that changes.

    Without --yes a program only sees what it would change. Nothing is deleted: `tinh reinstate` undoes it.
    """
    return _turn(receipt, reason, yes, out=True)


@click.command()
@click.argument("receipt")
@click.option("--reason", default="", help="Why, in one sentence; it stays in the receipt's history.")
@click.option("--yes", is_flag=True, help="Do it without asking; otherwise it is only shown, or asked for.")
@options
def reinstate(receipt: str, reason: str, yes: bool) -> int:
    """Let a recalled RECEIPT count again, as if it had never been recalled."""
    return _turn(receipt, reason, yes, out=False)


def _turn(receipt: str, reason: str, yes: bool, out: bool) -> int:
    from tinh.flow import api as flow

    corridor = province.corridor()
    flow.check(corridor.lake, receipt, "recalled" if out else "reinstated")
    seen = flow.effect(corridor, receipt)
    if not wants_json():
        _tell(seen)
    if not yes:
        if wants_json():
            print_json({**seen.as_dict(), "done": False})
            return 0
        asked = say("Làm thật?", "Do it?")
        if not sys.stdin.isatty() or not click.confirm(asked):
            raise NotConfirmed(receipt=receipt, verb="recall" if out else "reinstate")
    who = getpass.getuser()
    if out:
        event = flow.recall(corridor, receipt, reason, who)
    else:
        event = flow.reinstate(corridor, receipt, reason, who)
    if wants_json():
        print_json({**seen.as_dict(), "done": True, "at": event.at.isoformat(), "by": event.actor})
    elif out:
        click.echo(say(f"Đã thu hồi {receipt}.", f"{receipt} is recalled."))
    else:
        click.echo(say(f"Đã khôi phục {receipt}.", f"{receipt} is reinstated."))
    return 0


def _tell(seen: Any) -> None:
    back = sum(n for _, n in seen.others)
    click.echo(f"{seen.receipt.filename or seen.receipt.id} · {seen.receipt.dataset} · {seen.receipt.id}")
    if seen.out:
        click.echo(
            say(
                f"  {seen.rows} dòng thôi được tính, {back} dòng của lần gửi khác trở lại",
                f"  {seen.rows} rows stop counting, {back} rows of other receipts come back",
            )
        )
    else:
        click.echo(
            say(
                f"  {seen.rows} dòng được tính lại, {back} dòng của lần gửi khác nhường chỗ",
                f"  {seen.rows} rows count again, {back} rows of other receipts make way",
            )
        )
    for one in seen.company:
        click.echo(say(f"  đi cùng: {one}", f"  goes with it: {one}"))
    if seen.beyond:
        click.echo(
            say(
                "  quá thời hạn lưu: dòng mà nó thay thế có thể không còn",
                "  older than replaced rows are kept: what it had replaced may be gone",
            )
        )
    for one in seen.unread:
        click.echo(
            say(f"  không đọc lại được tệp gốc của {one}", f"  the original of {one} cannot be read again")
        )
    click.echo(say(f"  {seen.values} giá trị thay đổi", f"  {seen.values} values change"))
    if seen.moved:
        print_table(
            (
                say("Chỉ số", "Indicator"),
                say("Địa bàn", "Place"),
                say("Kỳ", "Period"),
                say("Hiện nay", "Now"),
                say("Sau đó", "Then"),
            ),
            [
                (m.indicator, m.place, m.period, _written(m.before), _written(m.after))
                for m in seen.moved[:SHOWN]
            ],
        )
    for alert in seen.begin:
        click.echo(say(f"  cảnh báo bắt đầu: {alert.sentence.vi}", f"  alert starts: {alert.sentence.en}"))
    for alert in seen.end:
        click.echo(say(f"  cảnh báo tắt: {alert.sentence.vi}", f"  alert ends: {alert.sentence.en}"))
    for name in ("correct", "sufficient", "clean", "alive"):
        before, after = getattr(seen.before, name), getattr(seen.after, name)
        if before != after:
            click.echo(f"  {name}: {before.num}/{before.den} → {after.num}/{after.den}")
    for one in seen.broken:
        click.echo(
            say(
                f"  {one.rows} dòng của {one.dataset} sẽ trỏ vào chỗ trống ({one.column})",
                f"  {one.rows} rows of {one.dataset} would point nowhere ({one.column})",
            )
        )


def _written(value: float | None) -> str:
    return "–" if value is None else f"{value:g}"


COMMANDS = [recall, reinstate]
