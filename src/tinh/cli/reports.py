"""Verbs over citizens' reports: categories, suggestions, statistics, hot spots, simulation."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import click

from tinh.cli import province
from tinh.cli.output import options, print_json, print_table, say, wants_json


@click.group()
@options
def reports() -> None:
    """Citizens' reports: categories, suggestions, statistics, hot spots, simulated ones."""


@reports.command("categories")
@options
def categories() -> int:
    """Declared categories with their owner, severity and limits."""
    found = province.catalogue().report_categories
    if wants_json():
        print_json({"categories": [c.model_dump(mode="json", exclude={"file"}) for c in found.values()]})
        return 0
    language = say("vi", "en")
    print_table(
        [say("mã", "id"), say("tên", "name"), say("phụ trách", "owner"), say("mức", "severity"),
         say("tiếp nhận", "accept"), say("xử lý", "handle")],
        [(c.id, c.name.in_(language), c.owner, c.severity, f"{c.limits.accept_hours:g} h", _finish(c.limits))
         for c in found.values()],
    )  # fmt: skip
    return 0


def _finish(limits: Any) -> str:
    if limits.finish_hours is not None:
        return f"{limits.finish_hours:g} h"
    return say(f"{limits.finish_days} ngày", f"{limits.finish_days} days")


@reports.command("suggest")
@click.argument("text")
@options
def suggest(text: str) -> int:
    """The categories TEXT speaks of, and whether that is sure. Leaves with 1 when it is not."""
    known = province.catalogue().report_categories
    with _desk() as desk:
        found = desk.suggest(text)
    if wants_json():
        ranked = [{"category": s.category, "score": s.score, "share": s.share, "because": list(s.because)}
                  for s in found.ranked]  # fmt: skip
        print_json({"sure": found.sure, "ranked": ranked})
        return 0 if found.sure else 1
    language = say("vi", "en")
    print_table(
        [say("chuyên mục", "category"), say("điểm", "score"), say("vì", "because")],
        [
            (known[s.category].name.in_(language), f"{s.score:.1f}", ", ".join(s.because))
            for s in found.ranked
        ],
    )
    click.echo(say("chắc chắn", "sure") if found.sure else say("chưa chắc: để người gửi tự chọn", "not sure"))
    return 0 if found.sure else 1


@reports.command("statistics")
@click.option("--by", type=click.Choice(["agency", "category", "group", "place", "month", "source"]),
              default="agency", show_default=True, help="What each line is about.")  # fmt: skip
@click.option("--from", "start", type=click.DateTime(["%Y-%m-%d"]), help="First day of arrival.")
@click.option("--to", "end", type=click.DateTime(["%Y-%m-%d"]), help="Day after the last.")
@options
def statistics(by: str, start: datetime | None, end: datetime | None) -> int:
    """Received, accepted, refused, on time, overdue, satisfied: each rate with both its numbers."""
    with _desk() as desk:
        zone = desk.zone()
        period = desk.Period(*(d.replace(tzinfo=zone) if d is not None else None for d in (start, end)))
        found = desk.statistics(by, period)
    if wants_json():
        parts = {k: {**c.as_dict(), "rates": c.rates} for k, c in found.parts.items()}
        print_json({"by": by, "simulated": found.simulated, "parts": parts,
                    "total": {**found.total.as_dict(), "rates": found.total.rates}})  # fmt: skip
        return 0
    rows = [*found.parts.items(), (say("tất cả", "all"), found.total)]
    print_table(
        [say("", ""), say("nhận", "received"), say("từ chối", "refused"), say("trả lời", "answered"),
         say("đúng hạn", "on time"), say("hài lòng", "satisfied"), "5.2", "5.3"],
        [(k, str(c.received), str(c.refused), str(c.answered),
          *(_rate(*c.rates[n]) for n in ("on_time", "satisfied", "progress_766", "satisfaction_766")))
         for k, c in rows],
    )  # fmt: skip
    if found.simulated != "none":
        click.echo(say("Có phản ánh mô phỏng trong số này.", "Some of these are simulated."))
    return 0


def _rate(num: float, den: float) -> str:
    return f"{num:g}/{den:g}" + (f" ({100 * num / den:.1f} %)" if den else "")


@reports.command("hot-spots")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="First day of arrival (90 days ago).")
@click.option("--radius", type=click.FloatRange(5, 500), default=80, show_default=True, help="Metres.")
@click.option(
    "--least", type=click.IntRange(2), default=3, show_default=True, help="Reports that make a spot."
)
@options
def hot_spots(since: datetime | None, radius: float, least: int) -> int:
    """Where many reports lie close together, the largest first."""
    with _desk() as desk:
        start = since.replace(tzinfo=desk.zone()) if since is not None else None
        found = desk.hot_spots(start, radius=radius, least=least, shown_only=False)
    if wants_json():
        print_json({"spots": [
            {"latitude": s.latitude, "longitude": s.longitude, "reach": s.reach, "reports": s.reports,
             "open": s.open, "place": s.place, "categories": dict(s.categories), "codes": list(s.codes)}
            for s in found
        ]})  # fmt: skip
        return 0
    print_table(
        [say("vị trí", "where"), say("xã", "commune"), say("phản ánh", "reports"), say("còn mở", "open"),
         say("nhiều nhất", "most")],
        [(f"{s.latitude}, {s.longitude}", s.place, str(s.reports), str(s.open),
        s.categories[0][0]) for s in found],
    )  # fmt: skip
    return 0


@reports.command("simulate")
@click.option("--count", type=click.IntRange(1, 2_000_000), default=4000, show_default=True, help="How many.")
@click.option("--seed", type=int, default=19, show_default=True, help="Seed of every draw.")
@options
def simulate(count: int, seed: int) -> int:
    """Load simulated reports of the last two years; each says that it is simulated."""
    with _desk() as desk:
        done = desk.simulate(count, seed)
    if wants_json():
        print_json({"loaded": done})
    else:
        click.echo(say(f"Đã nạp {done} phản ánh mô phỏng.", f"Loaded {done} simulated reports."))
    return 0


@reports.command("file-figures")
@click.option(
    "--months", type=click.IntRange(1, 60), default=4, show_default=True, help="Months up to today."
)
@options
def file_figures(months: int) -> int:
    """Deliver the monthly figures of the desk through the corridor, and judge them."""
    with _desk():
        from tinh.jobs.api import corridor, file_report_figures

        done = file_report_figures(months)
        corridor().drain()
    if wants_json():
        print_json({"months": done})
    else:
        click.echo(say(f"Đã gửi {done} tháng.", f"Delivered {done} months."))
    return 0


@contextmanager
def _desk() -> Iterator[Any]:
    """The desk over the province's database."""
    from tinh.cli.accounts import opened

    with opened():
        from tinh.desks.api import reports as desk

        yield desk


COMMANDS = [reports]
