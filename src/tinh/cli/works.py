"""Verbs for those who build Tỉnh: prove it, measure it, bless captured samples."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import click

from tinh.cli import province
from tinh.cli.errors import NoSuchPack
from tinh.cli.output import options, print_json, say, wants_json

ROOT = Path(__file__).parents[3]


def _steps(workers: str, chosen: tuple[str, ...], scratch: Path) -> list[tuple[str, list[str], Path]]:
    python = sys.executable
    npm = shutil.which("npm")
    # A scratch folder of its own: another run on this machine must not close it while PostgreSQL is in it.
    tests = [
        python,
        "-m",
        "pytest",
        "-n",
        workers,
        "--dist",
        "loadgroup",
        "--basetemp",
        str(scratch / "t"),
        *chosen,
    ]
    if chosen:
        return [("pytest", tests, ROOT)]
    steps = [
        ("ruff check", [python, "-m", "ruff", "check", "--no-cache", "."], ROOT),
        ("ruff format", [python, "-m", "ruff", "format", "--no-cache", "--check", "-q", "."], ROOT),
        ("mypy", [python, "-m", "mypy", "src"], ROOT),
        (
            "import-linter",
            [python, "-c", "from importlinter.cli import lint_imports_command as c; c()"],
            ROOT,
        ),
    ]
    if npm:
        steps.append(("tsc", [npm, "run", "--silent", "check"], ROOT / "frontend"))
    return [*steps, ("pytest", tests, ROOT)]


@click.command(context_settings={"ignore_unknown_options": True})
@click.option("-n", "--workers", default="auto", help="How many test processes.")
@click.argument("chosen", nargs=-1, type=click.UNPROCESSED)
@options
def test(workers: str, chosen: tuple[str, ...]) -> int:
    """Run every check and every test; CHOSEN goes to pytest instead when given."""
    if workers == "auto":
        workers = str(min(4, (os.cpu_count() or 2) + 1))  # one waits while the others work
    env = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), os.environ.get("PYTHONPATH", "")])}
    if (ROOT.parent / "shared" / "data").is_dir():
        env.setdefault("TINH_SHARED", str(ROOT.parent / "shared"))  # real inputs, where they lie beside us
    env.pop("TINH_HOME", None)
    env.pop("TINH_PROVINCE", None)
    failed = []
    scratch = Path(tempfile.mkdtemp(prefix="tinh-test-"))
    for name, command, folder in _steps(workers, chosen, scratch):
        click.echo(f"── {name}", err=True)
        begun = time.monotonic()
        code = subprocess.run(command, cwd=folder, env=env, check=False).returncode
        click.echo(
            f"   {name}: {'ok' if code == 0 else 'FAILED'} · {time.monotonic() - begun:.0f} s", err=True
        )
        if code:
            failed.append(name)
    shutil.rmtree(scratch, ignore_errors=True)
    if failed:
        click.echo(say("Chưa đạt: ", "Failed: ") + ", ".join(failed), err=True)
    return int(bool(failed))


@click.command()
@click.argument("rows", nargs=-1)
@click.option("--scale", default=1.0, show_default=True, help="Share of the stated data size, e.g. 0.1.")
@options
def bench(rows: tuple[str, ...], scale: float) -> int:
    """Measure the figures we promise, each beside its peer in the same run."""
    if not (ROOT / "bench").is_dir():
        click.echo(
            say("Bản cài này không kèm thư mục bench/.", "This installation comes without bench/."), err=True
        )
        return 2
    command = [
        sys.executable,
        "-m",
        "bench",
        "--scale",
        str(scale),
        *rows,
        *(["--json"] if wants_json() else []),
    ]
    env = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)])}
    return subprocess.run(command, cwd=ROOT, env=env, check=False).returncode


@click.command()
@click.argument("pack")
@options
def bless(pack: str) -> int:
    """Rewrite what PACK's samples are expected to become; review the difference before keeping it."""
    from tinh.flow.api import bless as rewrite

    declared = province.declared()
    if pack not in declared.packs:
        raise NoSuchPack(province=declared.id, pack=pack, known=", ".join(declared.packs))
    written = rewrite(declared, pack)
    if wants_json():
        print_json([str(path) for path in written])
    else:
        for path in written:
            click.echo(path)
    return 0


COMMANDS = [bench, test, bless]
