"""Verbs over events sent out: who is told, made and ended, tried, sent again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from tinh.cli.accounts import opened
from tinh.cli.output import language, options, print_json, print_table, say, wants_json
from tinh.cli.shares import people_note


@click.group()
@options
def subscription() -> None:
    """Events (CloudEvents) sent to agencies' systems."""


@subscription.command("list")
@options
def listing() -> int:
    """Every subscription, with its receiver and what waits."""
    with opened():
        from tinh.axis import api as axis

        book = axis.subscriptions(axis.desk())
        every, findings = list(book.all().values()), book.findings()
        health = axis.health([one.id for one in every])
    lines: list[dict[str, Any]] = [
        {
            "id": one.id, "agency": one.agency, "owners": list(one.owners), "url": one.target.url,
            "state": health[one.id].state or "new", "reason": health[one.id].reason.split("\n")[0],
            "waiting": health[one.id].waiting, "sent": health[one.id].sent, "dead": health[one.id].dead,
        }
        for one in every
    ]  # fmt: skip
    if wants_json():
        print_json({"subscriptions": lines, "findings": [f.as_dict() for f in findings]})
        return 1 if findings else 0
    heads = (
        say("Mã", "Id"), say("Bên nhận", "Told"), say("Trạng thái", "State"), say("Đã nhận", "Taken"),
        say("Đang chờ", "Waiting"), say("Không gửi được", "Not taken"),
    )  # fmt: skip
    print_table(
        heads,
        [
            (x["id"], x["agency"], x["state"], str(x["sent"]), str(x["waiting"]), str(x["dead"]))
            for x in lines
        ],
    )  # fmt: skip
    for finding in findings:
        click.echo(finding.render(language(), book.root.parent))
    return 1 if findings else 0


@subscription.command("publish")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@options
def publish(file: Path) -> int:
    """Check FILE (a subscription in YAML) and begin with what comes from now on."""
    text = file.read_text(encoding="utf-8")
    with opened():
        from tinh.axis import api as axis

        made = axis.subscribe(axis.desk(), text)
        people_note("make subscription", made.id)
    _done(made.id, say(f"Đã lưu {made.id}", f"Kept {made.id}"), made=True)
    return 0


@subscription.command("withdraw")
@click.argument("id")
@options
def withdraw(id: str) -> int:
    """Send nothing more for ID; its file is kept among the versions."""
    with opened():
        from tinh.axis import api as axis

        axis.unsubscribe(axis.desk(), id)
        people_note("end subscription", id)
    _done(id, say(f"Đã bỏ {id}", f"Ended {id}"), ended=True)
    return 0


@subscription.command("check")
@click.argument("id")
@options
def check(id: str) -> int:
    """Try the handshake with the receiver of ID; nothing is sent."""
    with opened():
        from tinh.axis import api as axis

        rate = axis.knock(axis.subscription(axis.desk(), id))
    said = str(rate) if rate else say("tùy ý", "any number")
    _done(
        id, say(f"Nơi nhận cho phép gửi: {said}/phút", f"It lets us send: {said} a minute"), rate=rate or None
    )
    return 0


@subscription.command("again")
@click.argument("id")
@options
def again(id: str) -> int:
    """Put every event of ID that was not taken back into the queue, with its id."""
    with opened():
        from tinh.axis import api as axis

        axis.subscription(axis.desk(), id)
        count = axis.tell_again(id)
        people_note("again subscription", id)
    _done(id, say(f"{count} sự kiện sẽ được gửi lại", f"{count} events will be sent again"), events=count)
    return 0


@subscription.command("send")
@options
def send() -> int:
    """Gather what is new and send what waits, once; a running server does so by itself."""
    with opened():
        from tinh.axis import api as axis

        told = axis.tell(axis.desk())
    if wants_json():
        print_json({"gathered": told.gathered, "sent": told.sent})
    else:
        click.echo(
            say(
                f"{told.gathered} sự kiện mới, {told.sent} đã nhận", f"{told.gathered} new, {told.sent} taken"
            )
        )
    return 0


def _done(id: str, words: str, **more: Any) -> None:
    if wants_json():
        print_json({"id": id, **more})
    else:
        click.echo(words)


COMMANDS = (subscription,)
