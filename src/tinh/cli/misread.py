"""What could not be parsed, in the words of the house instead of the parser's English."""

from __future__ import annotations

import click

from tinh.cli.errors import BadArgument, CommandError, MissingArgument, NoSuchOption, NotUnderstood
from tinh.cli.parsing import said_twice


def misread(wrong: click.ClickException) -> CommandError:
    """The error to tell for one the parser raised."""
    ctx = getattr(wrong, "ctx", None)
    help = f"{ctx.command_path if ctx else 'tinh'} --help"
    if isinstance(wrong, click.NoSuchOption):
        return NoSuchOption(option=wrong.option_name, help=help)
    if isinstance(wrong, click.MissingParameter):
        return MissingArgument(name=_name(wrong, ctx), help=help)
    if isinstance(wrong, click.BadParameter):
        said = said_twice(wrong.message)
        return BadArgument(name=_name(wrong, ctx), reason_vi=said.vi, reason_en=said.en, help=help)
    said = said_twice(wrong.format_message())
    return NotUnderstood(reason_vi=said.vi, reason_en=said.en, help=help)


def _name(wrong: click.BadParameter, ctx: click.Context | None) -> str:
    if isinstance(wrong.param, click.Option) or wrong.param is None or ctx is None:
        return wrong.param.opts[-1] if wrong.param else str(wrong.param_hint or "")
    return wrong.param.make_metavar(ctx=ctx)
