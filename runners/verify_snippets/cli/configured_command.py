"""Commands whose options may stand in a configuration file: all of them."""

from pathlib import Path
from typing import Any

import click

from snippet_images.errors import UsageError, UserFacingError

_VARIABLE = "VERIFY_SNIPPETS_CONFIG"
_OFF = "verify_snippets.no_config"


class ConfiguredCommand(click.Command):
    """A command that takes ``--config`` and ``--no-config``, and values from the file."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.params += [_NO_CONFIG, _CONFIG]  # eager: settled before the others, whose values they bring

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """As ever; where a value from the file is refused, the file is named."""
        try:
            return super().parse_args(ctx, args)
        except (click.UsageError, UserFacingError) as error:
            from verify_snippets.cli import configuring

            blamed = configuring.to_blame(ctx)
            if not blamed:
                raise
            said = error.message if isinstance(error, UserFacingError) else error.format_message()
            hint = "mend it there, give the option yourself, or leave the file aside with --no-config"
            raise UsageError(f"{said} ({blamed})", hint=hint) from error


class ConfiguredGroup(click.Group):
    """A group of such commands."""

    command_class = ConfiguredCommand


def _switch_off(context: click.Context, _param: click.Parameter, on: bool) -> None:
    context.meta[_OFF] = on
    if on:
        _check_not_both(context)


def _configure(context: click.Context, _param: click.Parameter, named: Path | None) -> None:
    if context.meta.get(_OFF):
        _check_not_both(context)
    elif not context.resilient_parsing:
        from verify_snippets.cli import configuring

        configuring.configure(context, named)


def _check_not_both(context: click.Context) -> None:
    """Called by whichever is settled last."""
    if context.get_parameter_source("config") is click.core.ParameterSource.COMMANDLINE:
        raise click.UsageError("--config and --no-config can't be given together", ctx=context)


_NO_CONFIG = click.Option(
    ["--no-config"],
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_switch_off,
    help="Read no configuration file.",
)
_CONFIG = click.Option(
    ["--config"],
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    envvar=_VARIABLE,
    show_envvar=True,
    expose_value=False,
    is_eager=True,
    callback=_configure,
    help="Where options stand that are not given here. Default: verify-snippets.toml, or pyproject.toml with "
    "[tool.verify-snippets], in the working directory or above it within its git repo or your home folder.",
)
