"""Where two sources say different things of one."""

from __future__ import annotations

import click

from tinh.cli import province
from tinh.cli.errors import NoSuchAgency, UnreadablePeriod
from tinh.cli.output import options, print_json, print_table, say, wants_json
from tinh.kit.periods import grain_of

_KINDS = {
    "agree": ("hai bộ dữ liệu", "two datasets"),
    "adds_up": ("cộng các xã", "sum of communes"),
    "senders": ("hai nơi gửi", "two senders"),
}


@click.command()
@click.argument("dataset", required=False, default="")
@click.option("--agency", default="", help="Only conflicts with a dataset of this agency.")
@click.option("--period", default="", help="Only within this period, such as 2025 or 2026-03.")
@click.option("--limit", default=50, show_default=True, help="At most this many for people.")
@options
def conflicts(dataset: str, agency: str, period: str, limit: int) -> int:
    """Figures that two sources tell differently by more than declared, the biggest first.

    DATASET narrows to one dataset, on either side. Leaves with 1 when there are any.
    """
    from tinh.flow import api as flow

    declared = province.catalogue()
    contract = province.dataset(declared, dataset) if dataset else None
    if agency and agency not in declared.agencies:
        raise NoSuchAgency(agency=agency, known=", ".join(sorted(declared.agencies)))
    if period:
        try:
            grain_of(period)
        except ValueError:
            raise UnreadablePeriod(text=period) from None
    owned = (
        [d.id for d in declared.datasets.values() if d.owner == declared.agencies[agency].id]
        if agency
        else None
    )
    corridor = province.corridor(declared)
    found = flow.conflicts(corridor)
    name = contract.id if contract else ""
    items = flow.narrowed(found.items, None, name, owned, period)
    unjudged = flow.narrowed(found.unjudged, None, name, owned, period)
    rows = items.to_dicts() if wants_json() else items.head(limit).to_dicts()
    sent = flow.behind(corridor, rows)
    told = [flow.told(row, sent) for row in rows]
    if wants_json():
        print_json({"conflicts": told, "unjudged": unjudged.to_dicts()})
        return int(bool(told))
    if not told:
        click.echo(say("Không có mâu thuẫn giữa các nguồn.", "No two sources contradict each other."))
    else:
        print_table(
            (
                say("Loại", "Kind"), say("Bộ dữ liệu", "Dataset"), say("Cột", "Column"), say("Nơi", "Place"),
                say("Kỳ", "Period"), say("Số này", "Ours"), say("Số kia", "Theirs"), say("Từ", "From"),
                say("Chênh", "Share"),
            ),
            [
                (
                    say(*_KINDS[c["kind"]]), c["dataset"], c["ours"]["column"], c["place"], c["period"],
                    c["ours"]["value"], c["theirs"]["value"],
                    ", ".join(c["theirs"]["senders"]) or c["theirs"]["dataset"],
                    "" if c["share"] is None else f"{100 * c['share']:+.1f} %",
                )
                for c in told
            ],
        )  # fmt: skip
        if len(items) > limit:
            click.echo(say(f"… và {len(items) - limit} mục nữa", f"… and {len(items) - limit} more"))
    for one in unjudged.iter_rows(named=True):
        click.echo(
            say(
                f"chưa so được {one['rule']} kỳ {one['period']}: có {one['have']}/{one['owed']} xã",
                f"not compared: {one['rule']} in {one['period']}, {one['have']} of {one['owed']} communes",
            )
        )
    return int(bool(told))


COMMANDS = [conflicts]
