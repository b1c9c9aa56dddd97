"""A command group with a command that need not be named."""

import click

from verify_snippets.cli.configured_command import ConfiguredGroup

DEFAULT_COMMAND = "verify"


class DefaultGroup(ConfiguredGroup):
    """Takes what names no command for the arguments of the default one, and helps with both at once."""

    group_class = ConfiguredGroup

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Name the default command where no command is named."""
        return super().parse_args(ctx, self._with_command(ctx, args))

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Both ways to call it."""
        formatter.write_usage(ctx.command_path, "TARGET [OPTIONS]")
        formatter.write_usage(ctx.command_path, "COMMAND [ARGS]...", prefix="       ")

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The default command's options, then the group's own commands."""
        params = [*self.commands[DEFAULT_COMMAND].params, *self.get_params(ctx)]
        records = [param.get_help_record(ctx) for param in params if isinstance(param, click.Option)]
        with formatter.section("Options"):
            formatter.write_dl([record for record in records if record])
        self.format_commands(ctx, formatter)

    def _with_command(self, ctx: click.Context, args: list[str]) -> list[str]:
        flags = {name for param in self.get_params(ctx) for name in param.opts}
        own = 0
        while own < len(args) and args[own] in flags:
            own += 1
        if own < len(args) and args[own] not in self.commands:
            return [*args[:own], DEFAULT_COMMAND, *args[own:]]
        return args
