"""Verbs over sources: how they fare, and pulling them."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import click

from tinh.cli import province
from tinh.cli.errors import NothingToPull
from tinh.cli.output import language, options, print_json, print_table, say, wants_json

_CONDITIONS = {
    "ok": ("khỏe", "well"),
    "slow": ("chậm", "slow"),
    "down": ("ngừng", "down"),
    "paused": ("tạm dừng", "paused"),
    "new": ("chưa lấy lần nào", "never pulled"),
}
_OUTCOMES = {
    "new": ("có dữ liệu mới", "new data"),
    "repeated": ("đã nhận trước đây", "received before"),
    "nothing": ("không có gì mới", "nothing new"),
    "refused": ("bị từ chối khi kiểm tra", "refused when judged"),
    "failed": ("không lấy được", "could not be pulled"),
}


@click.command("feeds")
@options
def listing() -> int:
    """How the sources fare: their health, the last success, when they are due.

    Leaves with 1 when one is down.
    """
    from tinh.flow.api import feeds

    corridor = province.corridor()
    found = feeds(corridor).healths()
    down = any(h.condition == "down" for h in found)
    if wants_json():
        print_json([h.as_dict() for h in found])
        return int(down)
    if not found:
        click.echo(say("Tỉnh này chưa khai nguồn nào.", "This province declares no feeds."))
        return 0
    zone = ZoneInfo(corridor.catalogue.timezone)

    def moment(at: datetime | None) -> str:
        return f"{at.astimezone(zone):%d/%m/%Y %H:%M}" if at else "–"

    print_table(
        (
            say("Nguồn", "Feed"), say("Bộ dữ liệu", "Dataset"), say("Tình trạng", "Health"),
            say("Lấy được lần cuối", "Last success"), say("Đến hạn", "Next due"),
        ),
        [
            (
                h.feed.id, h.feed.dataset,
                say(*_CONDITIONS[h.condition])
                + (say(" từ ", " since ") + moment(h.since) if h.condition == "down" else ""),
                moment(h.last_success), moment(h.next_due),
            )
            for h in found
        ],
    )  # fmt: skip
    for health in found:
        if health.error:
            _complain(health.feed.id, health.error)
    return int(down)


@click.command()
@click.argument("names", nargs=-1, metavar="[FEED]...")
@click.option("--all", "every", is_flag=True, help="Pull every feed that is not paused.")
@click.option("--due", is_flag=True, help="Pull what is due, as a running server does by itself.")
@click.option("--dry-run", is_flag=True, help="Fetch and look, but take nothing in and remember nothing.")
@options
def pull(names: tuple[str, ...], every: bool, due: bool, dry_run: bool) -> int:
    """Pull FEEDs now. Leaves with 1 when one could not be pulled or was refused."""
    from tinh.flow.api import feeds
    from tinh.sources.api import FeedBusy, FeedPaused

    declared = province.catalogue()
    if not names and not every and not due:
        raise NothingToPull(known=", ".join(declared.feeds) or "∅")
    found = feeds(province.corridor(declared))
    chosen = [found.one(name).id for name in names]
    if due:
        chosen += [feed.id for feed in found.due()]
    if every:
        chosen += [h.feed.id for h in found.healths() if h.condition != "paused"]
    printed: list[dict[str, Any]] = []
    for name in dict.fromkeys(chosen):
        item = {"feed": name, "dataset": found.one(name).dataset, "dry_run": dry_run}
        try:
            printed.append({**item, **found.pull(name, by="tinh pull", dry=dry_run).as_dict()})
        except (FeedBusy, FeedPaused) as error:
            printed.append({**item, "outcome": "failed", "error": error.as_dict()})
    if wants_json():
        print_json(printed)
    else:
        for item in printed:
            _tell(item)
        if not printed:
            click.echo(say("Không có nguồn nào đến hạn.", "Nothing is due."))
    return int(any(item["outcome"] in ("failed", "refused") for item in printed))


def _tell(item: dict[str, Any]) -> None:
    outcome = say(*_OUTCOMES[item["outcome"]])
    parts = [f"{item['feed']}: {outcome}"]
    if item.get("bytes"):
        parts.append(f"{item['bytes']} B")
    if item.get("taken"):
        parts.append(say(f"{item['taken']} tệp", f"{item['taken']} files"))
    if item.get("waiting"):
        parts.append(say(f"{item['waiting']} tệp còn đang ghi", f"{item['waiting']} still written"))
    parts += list(item.get("receipts", ()))[:5]
    click.echo(" · ".join(parts))
    shown: dict[str, None] = {}
    for problem in [item["error"], *item.get("notes", ())]:
        if problem and problem["detail"]["vi"] not in shown:
            shown[problem["detail"]["vi"]] = None
            _complain("", problem)


def _complain(name: str, problem: dict[str, Any]) -> None:
    lang = language()
    head = f"{name}: " if name else "  "
    click.echo(f"{head}{problem['code']} {problem['detail'][lang]} → {problem['cure'][lang]}")


COMMANDS = [listing, pull]
