"""The `tinh` command line: one verb a function, grouped by what they work on.

Exit codes: 0 done · 1 done, with findings to look at · 2 the command could not be understood.
"""

from __future__ import annotations

import sys

import click

from tinh.cli import (
    access,
    accounts,
    agencies,
    anomalies,
    applying,
    axis,
    boundaries,
    calendar,
    conflicts,
    connectors,
    data,
    declared,
    feeds,
    forecast,
    index,
    keys,
    layouts,
    mending,
    numbers,
    outlook,
    pilot,
    places,
    posts,
    process,
    recalls,
    reminding,
    reports,
    secrets,
    server,
    shares,
    siting,
    subscriptions,
    works,
)
from tinh.cli.errors import NotReached
from tinh.cli.misread import misread
from tinh.cli.output import ASKED, complain, options, overhear
from tinh.kit.errors import TinhError

# Errors of other rooms that say: what was written on the command line names nothing, or cannot be used.
_ASKED_FOR_WRONG = {
    "AXS001",
    "AXS002",
    "AXS003",
    "AXS004",
    "AXS009",
    "AXS010",
    "FLW056",
    "FLW030",
    "FLW033",
    "FLW041",
    "INS007",
    "INS110",
    "INS111",
    "INS112",
    "INS113",
    "INS114",
    "INS115",
    "INS116",
    "INS121",
    "INS122",
    "INS021",
    "INS031",
    "INS077",
    "INS078",
    "INS082",
    "INS090",
    "INS091",
    "INS092",
    "INS093",
    "INS094",
    "INS095",
    "INS096",
    "INS097",
    "INS055",
    "INS056",
    "INS054",
    "PCK002",
    "PPL006",
    "PPL007",
    "PPL008",
    "PPL056",
    "PPL065",
    "PPL066",
    "PPL067",
    "PPL068",
    "PPL030",
    "PPL031",
    "PPL032",
    "PPL033",
    "PPL038",
    "PPL039",
    "PPL040",
    "PCK003",
    "PCK004",
    "PCK005",
    "PCK006",
    "PLC001",
    "PLC002",
    "FLW010",
    "FLW018",
    "FLW019",
    "PLC032",
    "SRC065",
    "SRC100",
    "SRC120",
    "SRC121",
    "SRC122",
    "SRC124",
    "SRC101",
    "AXS040",
    "AXS060",
    "AXS061",
}


class Verbs(click.Group):
    """Verbs in the order a newcomer meets them."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  click's signature
        return list(self.commands)


@click.group(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"]})
@options
@click.version_option(package_name=None, version=__import__("tinh").__version__, prog_name="tinh")
def tinh() -> None:
    """Tỉnh: the operations centre of a province, from the data to the answer."""


for room in (
    server,
    declared,
    applying,
    data,
    calendar,
    reminding,
    conflicts,
    layouts,
    feeds,
    connectors,
    secrets,
    mending,
    recalls,
    numbers,
    index,
    outlook,
    forecast,
    pilot,
    anomalies,
    places,
    boundaries,
    access,
    accounts,
    keys,
    posts,
    agencies,
    shares,
    subscriptions,
    axis,
    reports,
    siting,
    process,
    works,
):
    for command in room.COMMANDS:
        tinh.add_command(command)


def _quiet_logs() -> None:
    """Events go to stderr, and only those that somebody must see: stdout belongs to answers."""
    import logging

    import structlog

    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


def run() -> None:
    """Run the command line and leave the process with its exit code."""
    _quiet_logs()
    ASKED.clear()
    try:
        code = tinh.main(prog_name="tinh", standalone_mode=False, obj=ASKED)
    except click.exceptions.Abort:
        code = 130
    except click.exceptions.NoArgsIsHelpError as bare:
        bare.show()
        code = 2
    except click.ClickException as wrong:
        overhear(sys.argv[1:])
        complain(misread(wrong))
        code = 2
    except TinhError as error:
        complain(error)
        code = 2 if error.code.startswith("CLI") or error.code in _ASKED_FOR_WRONG else 1
    except BrokenPipeError:
        sys.stderr.close()
        code = 0
    except OSError as error:
        if error.filename is None:
            raise
        complain(NotReached(path=error.filename, reason=error.strerror))
        code = 2
    sys.exit(code if isinstance(code, int) else 0)
