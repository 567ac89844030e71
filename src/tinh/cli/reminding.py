"""Reminders at a terminal."""

from __future__ import annotations

import contextlib
from typing import Any

import click

from tinh.cli import province
from tinh.cli.output import language, options, print_json, print_table, say, wants_json

_STATES = {
    "stopped": ("ngừng gửi", "stopped"),
    "overdue": ("quá hạn", "overdue"),
    "soon": ("sắp đến hạn", "due soon"),
    "held": ("chờ sửa", "to mend"),
    "vacant": ("chưa có người nhận", "nobody to tell"),
}


@click.command()
@click.option("--dry-run", is_flag=True, help="Show who would be told what next, and send nothing.")
@options
def remind(dry_run: bool) -> int:
    """Send the reminders of the day, if it is time and they have not gone.

    Letters go out on working days between the hours of province.yaml, at most one a person and day.
    """
    from tinh.flow.api import home_for
    from tinh.site.api import prepare, read_options

    declared = province.catalogue()
    settings = read_options(log="error", province=province.folder())
    with contextlib.closing(prepare(declared, home_for(declared).root, settings)):
        return _ahead() if dry_run else _send()


def _ahead() -> int:
    from tinh.channels.api import configured
    from tinh.jobs.api import outlook

    found = outlook()
    if wants_json():
        print_json({
            "at": found.at.isoformat(), "mail_server": configured(), "vacant": list(found.vacant),
            "letters": [one.as_dict() for one in found.digests],
        })  # fmt: skip
        return 0
    if not configured():
        click.echo(
            say("Chưa khai báo máy chủ thư (TINH_SMTP_URL).", "No mail server is set (TINH_SMTP_URL).")
        )
    click.echo(
        say(f"Lần gửi tới: {found.at:%Y-%m-%d %H:%M}, {len(found.digests)} thư.",
            f"Next round: {found.at:%Y-%m-%d %H:%M}, {len(found.digests)} letters.")
    )  # fmt: skip
    _table(found.digests)
    return 0


def _send() -> int:
    from tinh.channels.api import configured, deliver
    from tinh.jobs.api import remind as round_of_the_day

    sent = round_of_the_day()
    left = deliver() if sent.letters else None
    if wants_json():
        print_json({
            "letters": [one.as_dict() for one in sent.letters], "done": sent.done, "quiet": sent.quiet,
            "mail_server": configured(), "waiting": left.waiting if left else 0,
        })  # fmt: skip
        return 0
    if not configured():
        click.echo(say("Chưa khai báo máy chủ thư (TINH_SMTP_URL), không gửi gì.",
                       "No mail server is set (TINH_SMTP_URL); nothing was sent."))  # fmt: skip
    elif sent.quiet:
        click.echo(say("Ngoài giờ hoặc ngày nghỉ, không gửi gì.", "Not in working hours; nothing was sent."))
    elif sent.done:
        click.echo(say("Hôm nay đã gửi rồi.", "Today's reminders have gone."))
    else:
        click.echo(say(f"Đã viết {len(sent.letters)} thư.", f"{len(sent.letters)} letters written."))
    _table(sent.letters)
    return 0


def _table(letters: Any) -> None:
    if not letters:
        return
    head = (say("Người nhận", "To"), say("Việc", "What"), say("Cơ quan", "Agency"), say("Kỳ", "Window"))
    rows = [
        (
            one.person.name if n == 0 else "",
            f"{item.matter.name.in_(language())} ({say(*_STATES[item.state])})".strip(),
            item.matter.agency, item.matter.window,
        )
        for one in letters
        for n, item in enumerate(one.items)
    ]  # fmt: skip
    print_table(head, rows)


COMMANDS = [remind]
