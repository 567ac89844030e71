"""Verbs over what a province declares: start one, add to it, check it."""

from __future__ import annotations

from pathlib import Path

import click

from tinh.cli import province
from tinh.cli.output import language, options, print_json, say, wants_json


@click.command()
@options
def init() -> int:
    """Prepare the data folder (TINH_HOME) for the province, and say where it is."""
    declared = province.catalogue()
    home = province.corridor(declared).home
    if wants_json():
        print_json({"province": declared.id, "home": str(home.root), "datasets": list(declared.datasets)})
    else:
        click.echo(
            say(
                f"{declared.name.vi}: dữ liệu ở {home.root}", f"{declared.name.en}: data lives in {home.root}"
            )
        )
    return 0


@click.group()
@options
def new() -> None:
    """Write a new province or sector folder to start from."""


@new.command("province")
@click.argument("code")
@click.argument("folder", type=click.Path(path_type=Path))
@options
def new_province(code: str, folder: Path) -> int:
    """A working folder for the province CODE (any of the 34), using all packs."""
    from tinh.packs.api import new_province as write

    return _written(write(code, folder))


@new.command("sector")
@click.argument("id")
@click.argument("folder", type=click.Path(path_type=Path), required=False)
@click.option("--like", help="Copy this sector under the new id.")
@options
def new_sector(id: str, folder: Path | None, like: str | None) -> int:
    """A working sector folder: a dataset, an indicator, words and a sample."""
    from tinh.packs.api import new_sector as write

    return _written(write(id, folder or province.folder() / "packs", like=like))


def _written(written: Path) -> int:
    if wants_json():
        print_json({"folder": str(written)})
    else:
        click.echo(say(f"Đã viết {written}", f"Wrote {written}"))
    return 0


@click.command()
@options
def check() -> int:
    """Compile the province and its packs; every fault at once, with file, line and cure."""
    from tinh.flow.api import differs, home_for
    from tinh.packs.api import load

    compiled = load(province.folder(), home=_home())
    apart = bool(compiled.catalogue and differs(province.folder(), home_for(compiled.catalogue)))
    if wants_json():
        print_json(
            {
                "province": compiled.catalogue.id if compiled.catalogue else None,
                "digest": compiled.catalogue.digest if compiled.catalogue else None,
                "unapplied": apart,
                "findings": [f.as_dict() for f in compiled.findings],
            }
        )
    else:
        for finding in compiled.findings:
            click.echo(finding.render(language(), relative_to=Path.cwd()))
        if declared := compiled.catalogue:
            counts = (
                len(declared.packs),
                len(declared.datasets),
                len(declared.indicators),
                len(declared.alerts),
            )
            click.echo(
                say(
                    "{}: {} gói, {} bộ dữ liệu, {} chỉ số, {} cảnh báo, {} điều cần xem",
                    "{}: {} packs, {} datasets, {} indicators, {} alerts, {} findings",
                ).format(declared.name.in_(language()), *counts, len(compiled.findings))
            )
            if apart:
                click.echo(
                    say(
                        "Thư mục này khác bản đang áp dụng; xem: tinh plan",
                        "This folder is not what is applied; see: tinh plan",
                    )
                )
    return int(bool(compiled.findings))


def _home() -> Path | None:
    """The data folder, where the province's id can be read."""
    from tinh.flow.api import home_of
    from tinh.packs.api import PackFaults, province_id

    try:
        return home_of(province_id(province.folder())).root
    except PackFaults:
        return None


COMMANDS = [init, new, check]
