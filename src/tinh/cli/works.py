"""Verbs for those who build Tỉnh: prove it, measure it, bless captured samples."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import click

from tinh.cli import province
from tinh.cli.errors import NoSuchPack
from tinh.cli.output import options, print_json, say, wants_json

ROOT = Path(__file__).parents[3]


@dataclass(frozen=True)
class _Step:
    """A check. `beside` the tests: slow, of one core, and nothing waits for it."""

    name: str
    command: list[str]
    folder: Path = ROOT
    beside: bool = False


def _steps(workers: str, chosen: tuple[str, ...], scratch: Path) -> list[_Step]:
    python = sys.executable
    npm = shutil.which("npm")
    # A scratch folder of its own: another run on this machine must not close it while PostgreSQL is in it.
    own = ["-n", workers, "--dist", "loadscope", "--basetemp", str(scratch / "t")]
    tests = _Step("pytest", [python, "-m", "pytest", *own, *chosen])
    if chosen:
        return [tests]
    linted = "from importlinter.cli import lint_imports_command as c; c()"
    steps = [
        _Step("ruff check", [python, "-m", "ruff", "check", "--no-cache", "."]),
        _Step("ruff format", [python, "-m", "ruff", "format", "--no-cache", "--check", "-q", "."]),
        _Step("import-linter", [python, "-c", linted]),
        _Step("mypy", [python, "-m", "mypy", "src"], beside=True),
    ]
    if npm:
        steps.append(_Step("tsc", [npm, "run", "--silent", "check"], ROOT / "frontend"))
    return [*steps, tests]


def _run(steps: list[_Step], env: dict[str, str], scratch: Path) -> list[str]:
    """Run every check, tell each as it ends, and return the names of those that failed."""
    going = []
    for step in (one for one in steps if one.beside):
        said = (scratch / f"{step.name}.txt").open("w+", encoding="utf-8")
        child = subprocess.Popen(
            step.command, cwd=step.folder, env=env, stdout=said, stderr=subprocess.STDOUT
        )
        going.append((step, child, said, time.monotonic()))
    failed = []
    for step in (one for one in steps if not one.beside):
        click.echo(f"── {step.name}", err=True)
        begun = time.monotonic()
        code = subprocess.run(step.command, cwd=step.folder, env=env, check=False).returncode
        failed += _told(step, code, begun)
    for step, child, said, begun in going:
        code = child.wait()
        said.seek(0)
        click.echo(f"── {step.name}, beside the others\n{said.read().rstrip()}", err=True)
        said.close()
        failed += _told(step, code, begun)
    return failed


def _told(step: _Step, code: int, begun: float) -> list[str]:
    took = f" · {time.monotonic() - begun:.0f} s" if not step.beside else ""
    click.echo(f"   {step.name}: {'ok' if code == 0 else 'FAILED'}{took}", err=True)
    return [step.name] if code else []


@click.command(context_settings={"ignore_unknown_options": True})
@click.option("-n", "--workers", default="auto", help="How many test processes.")
@click.argument("chosen", nargs=-1, type=click.UNPROCESSED)
@options
def test(workers: str, chosen: tuple[str, ...]) -> int:
    """Run every check and every test; CHOSEN goes to pytest instead when given."""
    if workers == "auto":
        workers = str(min(4, len(os.sched_getaffinity(0)) + 2))  # some wait while the others work
    env = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), os.environ.get("PYTHONPATH", "")])}
    if (ROOT.parent / "shared" / "data").is_dir():
        env.setdefault("TINH_SHARED", str(ROOT.parent / "shared"))  # real inputs, where they lie beside us
    env.pop("TINH_HOME", None)
    env.pop("TINH_PROVINCE", None)
    env.pop("PYTHONDONTWRITEBYTECODE", None)  # else each of some hundred processes compiles us anew
    scratch = Path(tempfile.mkdtemp(prefix="tinh-test-"))
    failed = _run(_steps(workers, chosen, scratch), env, scratch)
    shutil.rmtree(scratch, ignore_errors=True)
    if failed:
        click.echo(say("Chưa đạt: ", "Failed: ") + ", ".join(failed), err=True)
    return int(bool(failed))


@click.command()
@click.argument("rows", nargs=-1)
@click.option("--scale", default=1.0, show_default=True, help="Share of the stated data size, e.g. 0.1.")
@click.option(
    "--workers", type=click.IntRange(1), help="With `reports`: sent to one serving process, to two … so many."
)
@options
def bench(rows: tuple[str, ...], scale: float, workers: int | None) -> int:
    """Measure the figures we promise, each beside its peer in the same run."""
    if not (ROOT / "bench").is_dir():
        click.echo(
            say("Bản cài này không kèm thư mục bench/.", "This installation comes without bench/."), err=True
        )
        return 2
    as_json = ["--json"] if wants_json() else []
    spread = ["--workers", str(workers)] if workers else []
    command = [sys.executable, "-m", "bench", "--scale", str(scale), *rows, *spread, *as_json]
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
