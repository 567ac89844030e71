"""Verbs that serve: the demo province, and any province."""

from __future__ import annotations

import contextlib
import os
import threading
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
)

from tinh.cli import province
from tinh.cli.output import console, options, say

if TYPE_CHECKING:
    from tinh.packs.api import Catalogue
    from tinh.people.api import Debtor, DemoPost, SignIn

# Captured inputs, where they lie beside the checkout; never part of it.
CAPTURED = Path(__file__).parents[4] / "shared" / "data" / "air-quality"
TRIES = 20
REPORTS = 3000  # of a demonstration


@click.command()
@click.option("--port", type=int, help="Port to listen on (the first free one from 8000).")
@click.option("--host", help="Address to listen on (this machine only).")
@click.option("--serving", type=int, help="Processes that answer requests (1: one process does everything).")
@click.option("--real", type=click.Path(exists=True, file_okay=False, path_type=Path),
              help="A folder of real hourly air-quality files to load first.")  # fmt: skip
@options
def demo(port: int | None, host: str | None, serving: int | None, real: Path | None) -> int:
    """Load the demo province and serve its operations room; prints the address and the sign-ins.

    What no agency has sent is simulated, is marked so everywhere, and goes on arriving while the demo runs.
    """
    declared = province.catalogue()
    real = real or (CAPTURED if CAPTURED.is_dir() else None)
    with _progress() as progress:
        ready = _prepare_beside(declared, progress, host, serving)
        _fill(declared, real, progress)
        draft = _draft(declared)
        prepared = ready()
        _report(declared, progress)
    return _serve(declared, prepared, host, port, draft, pulse=True)


@click.command()
@click.option("--port", type=int, help="Port to listen on (the first free one from 8000).")
@click.option("--host", help="Address to listen on (this machine only).")
@click.option("--serving", type=int, help="Processes that answer requests (1: one process does everything).")
@options
def up(port: int | None, host: str | None, serving: int | None) -> int:
    """Serve the province as it stands, and print the address."""
    declared = province.catalogue()
    with _progress() as progress:
        ready = _prepare_beside(declared, progress, host, serving)
        draft = _draft(declared)  # while the database starts
        prepared = ready()
    return _serve(declared, prepared, host, port, draft, pulse=False)


class _Lines(Progress):
    """Where no bar can be drawn, a line for each step that begins."""

    _last = ""

    def add_task(self, description: str, *args: Any, **more: Any) -> TaskID:
        self._tell(description if more.get("visible", True) else "")
        return super().add_task(description, *args, **more)

    def update(self, task_id: TaskID, *, description: str | None = None, **more: Any) -> None:
        self._tell(description or "")
        super().update(task_id, description=description, **more)

    def _tell(self, description: str) -> None:
        if description and description != self._last:
            self._last = description
            self.console.print(f"tinh: {description}…", highlight=False)


def _progress() -> Progress:
    shown = console(err=True)
    if not shown.is_terminal:
        return _Lines(console=shown, disable=True)
    return Progress(
        SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(),
        TimeElapsedColumn(), console=shown, transient=True,
    )  # fmt: skip


def _prepare_beside(
    declared: Catalogue, progress: Progress, host: str | None, serving: int | None
) -> Callable[[], object]:
    """Start the database in a thread of its own; the returned call waits for it."""
    from tinh.flow.api import home_for
    from tinh.site.api import prepare, read_options

    steps = {
        "database": ("cơ sở dữ liệu", "database"),
        "tables": ("bảng", "tables"),
        "pages": ("giao diện", "pages"),
    }
    task = progress.add_task(say(*steps["database"]), total=len(steps))
    kept: list[object] = []
    wrong: list[BaseException] = []

    def told(step: str) -> None:
        progress.update(task, description=say(*steps.get(step, (step, step))), advance=1)

    def work() -> None:
        try:
            # The host decides which names the pages answer to, so it must be known before Django is.
            quiet = read_options(
                log=os.environ.get("TINH_LOG", "warning"), province=province.folder(), host=host,
                serving=serving,
            )  # fmt: skip
            kept.append(prepare(declared, home_for(declared).root, quiet, told=told))
        except BaseException as error:  # handed to the thread that waits
            wrong.append(error)

    thread = threading.Thread(target=work, daemon=True)
    thread.start()

    def wait() -> object:
        thread.join()
        if wrong:
            raise wrong[0]
        return kept[0]

    return wait


def _fill(declared: Catalogue, real: Path | None, progress: Progress) -> None:
    from tinh.flow.api import fill
    from tinh.places.api import REFORM, Atlas

    corridor = province.corridor(declared)
    files = sorted(real.glob("*.csv")) if real and "air-hourly" in declared.datasets else []
    for outlines in real.parent.glob("*communes*.geojson") if real else ():
        if outlines.name.startswith(declared.id):
            Atlas(corridor.home.boundaries).take(
                outlines, outlines.name, corridor.gazetteer, declared.place, REFORM,
                source=outlines.name, by="demo", now=corridor.clock.now(),
            )  # fmt: skip
    task = progress.add_task(say("dữ liệu thật", "real data"), total=len(files) or None, visible=bool(files))
    for file in files:
        corridor.load(file, "air-hourly", sender=declared.datasets["air-hourly"].owner)
        progress.advance(task)
    task = progress.add_task(say("dữ liệu mô phỏng", "simulated data"), total=None)
    fill(corridor, told=lambda done, total: progress.update(task, completed=done, total=total))


def _report(declared: Catalogue, progress: Progress) -> None:
    """Two years of simulated reports, and what the desk makes of them as its own delivery."""
    if not declared.report_categories:
        return
    from tinh.desks.api import directives, reports
    from tinh.jobs.api import corridor, file_directive_figures, file_report_figures

    task = progress.add_task(say("phản ánh mô phỏng", "simulated reports"), total=REPORTS)
    if reports.simulate(REPORTS, told=lambda done: progress.update(task, completed=done)):
        file_report_figures(months=24)
        if "directive" in declared.processes and directives.simulate():
            file_directive_figures(months=12)
        corridor().drain()
    progress.update(task, completed=REPORTS)


def _serve(
    declared: Catalogue, prepared: object, host: str | None, port: int | None, draft: str, *, pulse: bool
) -> int:
    from tinh.flow.api import home_for
    from tinh.jobs.api import start_pulse
    from tinh.people.api import demo_accounts
    from tinh.site.api import PortTaken, Prepared, look_as_usual, serve

    assert isinstance(prepared, Prepared)
    kept = home_for(declared).root / "sign-ins.txt"
    # A service's log is read by many: passwords are printed by a demonstration, and once at a first start.
    shown = pulse or not kept.exists()
    posts = _posts(declared) if pulse else []
    accounts = demo_accounts(home_for(declared).root, _debtors(declared), more=pulse, posts=posts)

    def ready(address: str) -> None:
        click.echo(f"\n  {declared.name.in_(say('vi', 'en'))}: {address}\n")
        if draft:
            click.echo(f"  {draft}\n")
        if shown:
            _tell_accounts(accounts, declared)
        else:
            click.echo(say(f"  Tài khoản: {kept}", f"  Sign-ins: {kept}"))
        click.echo(say("\n  Dừng: Ctrl+C", "\n  Stop: Ctrl+C"))
        if pulse:
            start_pulse()
        look_as_usual()

    first = prepared.options.port if port is None else port
    # A port that was asked for is the one wanted; otherwise the next free one will do.
    tries = 1 if port is not None else TRIES
    with contextlib.closing(prepared):
        for at in range(first, first + tries):
            try:
                serve(prepared, host=host, port=at, on_ready=ready)
                return 0
            except PortTaken:
                if at == first + tries - 1:
                    raise
    return 0


def _draft(in_force: Catalogue) -> str:
    """That the folder says something else than what is in force, and how to apply it; or nothing."""
    from tinh.packs.api import PackFaults, changes

    try:
        count = len(changes(in_force, province.declared()))
    except PackFaults:
        return say(
            "Thư mục khai báo có lỗi; bản đang có hiệu lực vẫn được dùng. Xem lỗi: ./tinh check",
            "The folder of declarations has faults; what is in force goes on. See them: ./tinh check",
        )
    if not count:
        return ""
    return say(
        f"Thư mục khai báo đã đổi ({count} chỗ) so với bản đang có hiệu lực và chưa được áp dụng."
        " Xem: ./tinh plan · Áp dụng: ./tinh apply",
        f"The folder of declarations differs from what is in force ({count} changes, not applied yet)."
        " See it: ./tinh plan · Bring it into force: ./tinh apply",
    )


def _debtors(declared: Catalogue, language: str = "vi") -> list[Debtor]:
    """Who must deliver, and what, in the order of the declared datasets."""
    from tinh.people.api import Debtor

    owes: dict[str, list[str]] = {}
    for dataset in declared.datasets.values():
        if dataset.owner:
            owes.setdefault(dataset.owner, []).append(dataset.name.in_(language))
    return [
        Debtor(id, declared.agencies[id].name.in_(language) if id in declared.agencies else id, tuple(names))
        for id, names in owes.items()
    ]


def _posts(declared: Catalogue, language: str = "vi") -> list[DemoPost]:
    """Who works on reports in a demonstration: intake, the busiest agencies, a commune, a leader."""
    from tinh.people.api import DemoPost

    categories = list(declared.report_categories.values())
    if not categories:
        return []
    named = {id: one.name.in_(language) for id, one in declared.agencies.items()}
    desk = declared.packs[categories[0].pack].owner
    owners = Counter(c.owner for c in categories if c.owner in named and c.owner != desk)
    commune = next((a for a in declared.agencies.values() if a.kind == "commune"), None)
    found = [DemoPost("tiepnhan", "desk_officer", "Cán bộ tiếp nhận", desk, named.get(desk, ""))]
    for agency, _ in owners.most_common(3):
        found.append(DemoPost(f"xuly-{agency}", "case_officer", "Cán bộ xử lý", agency, named[agency]))
    if commune is not None:
        found.append(
            DemoPost(f"xa-{commune.place}", "commune_officer", "Cán bộ xã", commune.id, named[commune.id])
        )
    return [*found, DemoPost("lanhdao", "leader", "Lãnh đạo tỉnh")]


def _tell_accounts(accounts: tuple[SignIn, ...], declared: Catalogue) -> None:
    """Who may sign in; of an officer, for which agency and what it owes."""
    roles = {
        "viewer": ("người xem", "viewer"),
        "data_officer": ("cán bộ dữ liệu", "data officer"),
        "desk_officer": ("cán bộ tiếp nhận", "desk officer"),
        "case_officer": ("cán bộ xử lý", "case officer"),
        "commune_officer": ("cán bộ xã", "commune officer"),
        "leader": ("lãnh đạo", "leader"),
        "administrator": ("quản trị", "administrator"),
    }
    said = {d.agency: d for d in _debtors(declared, say("vi", "en"))}
    width = max(len(account.username) for account in accounts)
    for account in accounts:
        role = say(*roles.get(str(account.role), (str(account.role),) * 2))
        click.echo(f"  {role:<16} {account.username:<{width}}  {account.password}")
        if account.agency:
            of = said.get(account.agency)
            name, owes = (of.name, of.owes) if of else (account.agency_name or account.agency, account.owes)
            what = say("phải gửi: ", "owes: ") + "; ".join(owes) if owes else ""
            click.echo(" " * 19 + " · ".join(filter(None, (name, what))))


COMMANDS = [demo, up]
