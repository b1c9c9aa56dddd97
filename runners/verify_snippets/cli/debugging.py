"""``--debug``: whether tracebacks are shown."""

import os

import click

_VARIABLE = "VERIFY_SNIPPETS_DEBUG"


def debugging() -> bool:
    """Whether tracebacks are shown (``--debug``, or the variable VERIFY_SNIPPETS_DEBUG)."""
    return os.environ.get(_VARIABLE, "") not in ("", "0")


def _switch_on(_context: click.Context, _param: click.Parameter, on: bool) -> None:
    if on:
        os.environ[_VARIABLE] = "1"


debug_option = click.option(
    "--debug", is_flag=True, hidden=True, expose_value=False, is_eager=True, callback=_switch_on
)
