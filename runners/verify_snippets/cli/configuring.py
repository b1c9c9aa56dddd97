"""How a configuration file gives options their values: the same names, and the options' own checks.

The keys are the options' names without dashes in front. At the top of the file they are for every command
that has such an option; in a table named after a command (``[org]``, ``[images.build]``, ``[verify]`` for the
default one) for that command alone. What the command line or an environment variable says wins.

A file that is found may be anybody's, such as a stranger's whose repo was cloned. It sets nothing that spends
the user's rights or speaks in their name (``_ONLY_NAMED``), and nothing that it sets is written outside its
own folder. A file that the user names with ``--config`` may set everything.
"""

import math
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import click

from snippet_images.errors import UsageError
from verify_snippets import configuration
from verify_snippets.configuration import NONE, Configuration, RunnerLabels

_META = "verify_snippets.configuration"
_NEVER = frozenset({"config", "no-config", "help", "version", "debug"})
_ONLY_NAMED = {
    "repo-id": "it decides whose private repos your token opens",
    "allow-repo": "it decides which private repos your token opens",
    "store": "it may name any database that you can write to",
    "older-than": "it removes what is stored",
    "notify": "it sends news to any address",
    "open-discussions": "it writes on the Hub in your name",
    "discuss-anywhere": "it writes on the Hub in your name",
    "create-pr": "it writes on the Hub in your name",
    "write": "it changes cards",
}
"""Options that a file which was only found may not set, and why."""
_AFTER_COLON = frozenset({"report"})
"""Options whose values are ``FORMAT:PATH``."""


def current() -> Configuration:
    """What is configured for the command that is being run; nothing outside of one."""
    context = click.get_current_context(silent=True)
    return _configured(context) if context else NONE


def runner_labels() -> Mapping[str, RunnerLabels]:
    """By a profile's name, what the user's CI calls machines that have such hardware (``[runners]``)."""
    return current().runners


def configure(context: click.Context, named: Path | None) -> None:
    """Give a command's options the values that the configuration file has for them.

    Raises:
        UsageError: the file can't be read, names what no command has, or a value is of the wrong type.
    """
    found = configuration.load(named, _folder(Path.cwd), _folder(Path.home))
    context.meta[_META] = found
    if found.path is not None:
        context.default_map = _Reader(found=found, path=found.path, root=context.find_root().command).values(
            context
        )


def _folder(find: Callable[[], Path]) -> Path | None:
    try:
        return find()
    except (OSError, RuntimeError):  # removed since; a user without a home
        return None


def to_blame(context: click.Context) -> str:
    """The key and the file of the value that a command just refused; empty if it was given elsewhere."""
    file = _configured(context).path
    for param in context.command.params:
        source = context.get_parameter_source(param.name or "")
        if source is click.core.ParameterSource.DEFAULT_MAP and param.name not in context.params:
            return f"{_key(param)} in {file}"
    return ""


def _configured(context: click.Context) -> Configuration:
    found = context.meta.get(_META)
    return found if isinstance(found, Configuration) else NONE


@dataclass(frozen=True, kw_only=True)
class _Table:
    """One table of the file.

    Attributes:
        names: its name's parts; none for the top of the file.
        command: the command that it is for; the group of all for the top.
        content: its keys, with no tables among them.
    """

    names: tuple[str, ...]
    command: click.Command
    content: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class _Reader:
    """One file, held against all commands.

    Attributes:
        found: what it says.
        path: where it is.
        root: the group of all commands.
    """

    found: Configuration
    path: Path
    root: click.Command

    def values(self, context: click.Context) -> dict[str, Any]:
        """The default map of one command; the whole file is checked for it."""
        own = _by_key(context.command.params)
        values: dict[str, Any] = {}
        for table in self._tables(self.found.content, self.root, ()):
            is_for_all = table.command is self.root
            known = _by_key(_all_params(self.root)) | own if is_for_all else _by_key(table.command.params)
            for key, value in table.content.items():
                self._check_known(key, known, table)
                given = self._value(key, value, known[key], table)
                if key in own and (is_for_all or table.command is context.command):
                    values[own[key].name or ""] = given
        return values

    def _tables(
        self, content: Mapping[str, Any], command: click.Command, names: tuple[str, ...]
    ) -> Iterator["_Table"]:
        """Every table; what is for all commands comes first."""
        commands = command.commands if isinstance(command, click.Group) else {}
        tables = {key: value for key, value in content.items() if isinstance(value, dict)}
        own = {key: value for key, value in content.items() if key not in tables}
        if own and names and commands:
            whose = ", ".join(f"[{'.'.join((*names, each))}]" for each in commands)
            raise self._error(f"[{'.'.join(names)}] has no options of its own", hint=f"there are {whose}")
        yield _Table(names=names, command=command, content=own)
        for key, table in tables.items():
            path = (*names, key)
            if key not in commands:
                known = [*commands, *([] if names else [configuration.RUNNERS])]
                raise self._error(
                    f"there is no command for the table [{'.'.join(path)}]", hint=_nearest(key, known)
                )
            yield from self._tables(table, commands[key], path)

    def _check_known(self, key: str, known: Mapping[str, click.Parameter], table: "_Table") -> None:
        if key not in known:
            where = f"`{' '.join(table.names)}` has no option" if table.names else "no command has an option"
            raise self._error(f"{where} {key!r}", hint=_nearest(key, known))
        if key in _ONLY_NAMED and not self.found.is_named:
            raise self._error(
                f"{key!r} is not taken from a file that was only found: {_ONLY_NAMED[key]}",
                hint=self._how_to_trust(),
            )

    def _value(self, key: str, value: object, param: click.Parameter, table: "_Table") -> object:
        wanted = _wanted(param)
        if not wanted.fits(value):
            where = ".".join((*table.names, key))
            raise self._error(f"{where} must be {wanted.text}, not {_shown(value)}", hint="")
        if isinstance(value, list):
            return [self._placed(each, key, param) for each in value]
        if isinstance(param, click.Option) and param.is_flag and key not in _names(param.opts):
            return not value  # no-preload = true
        return self._placed(value, key, param)

    def _placed(self, value: object, key: str, param: click.Parameter) -> object:
        """A path, seen from the file's own folder; other values as they are."""
        if isinstance(value, date):
            return value.isoformat()
        if not isinstance(value, str):
            return value
        if isinstance(param.type, click.Path):
            return str(self._inside(value, key))
        format_, colon, path = value.partition(":")
        if key in _AFTER_COLON and colon and path not in ("", "-"):
            return f"{format_}:{self._inside(path, key)}"
        return value

    def _inside(self, text: str, key: str) -> Path:
        folder = self.path.parent
        place = folder / Path(text).expanduser()
        if self.found.is_named:
            return place
        real = Path(os.path.realpath(place))
        if not real.is_relative_to(folder.resolve()):
            raise self._error(
                f"{key} names {text}, which lies outside of the file's folder", hint=self._how_to_trust()
            )
        if ".git" in real.parts:  # where what is written may be run
            raise self._error(f"{key} names {text}, a part of git's own", hint=self._how_to_trust())
        return place

    def _how_to_trust(self) -> str:
        return f"if the file is yours, name it: --config {self.path}; if not, --no-config leaves it aside"

    def _error(self, message: str, *, hint: str) -> UsageError:
        return UsageError(f"{self.path}: {message}", hint=hint)


@dataclass(frozen=True, kw_only=True)
class _Wanted:
    """What an option takes in a file."""

    text: str
    types: tuple[type, ...]
    several: bool = False

    def fits(self, value: object) -> bool:
        if self.several:
            return isinstance(value, list) and all(self._is_one(each) for each in value)
        return self._is_one(value)

    def _is_one(self, value: object) -> bool:
        is_switch = isinstance(value, bool)  # which Python takes for a number
        is_number = not isinstance(value, float) or math.isfinite(value)
        return isinstance(value, self.types) and is_number and is_switch == (bool in self.types)


def _wanted(param: click.Parameter) -> _Wanted:
    if isinstance(param, click.Option) and param.is_flag:
        return _Wanted(text="true or false", types=(bool,))
    one: _Wanted
    match param.type:
        case click.types.IntParamType():
            one = _Wanted(text="a whole number", types=(int,))
        case click.types.FloatParamType():
            one = _Wanted(text="a number", types=(int, float))
        case click.DateTime():
            one = _Wanted(text="a day such as 2026-01-31", types=(str, date))
        case click.Choice():
            one = _Wanted(text=f"one of {', '.join(map(repr, param.type.choices))}", types=(str,))
        case _:
            one = _Wanted(text="a text", types=(str,))
    if param.multiple or param.nargs != 1:
        return _Wanted(text=f'a list, each {one.text}: ["..."]', types=one.types, several=True)
    return one


def _shown(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else repr(value)


def _nearest(word: str, known: Mapping[str, object] | list[str]) -> str:
    if not known:
        return "it takes nothing from a file"
    from difflib import get_close_matches  # only mistakes need it

    near = get_close_matches(word, list(known), n=1)
    return f"did you mean {near[0]}?" if near else f"known are: {', '.join(sorted(known))}"


def _names(opts: list[str]) -> list[str]:
    return [opt.removeprefix("--") for opt in opts if opt.startswith("--")]


def _keys(param: click.Parameter) -> list[str]:
    """What an option is called in a file; nothing for arguments, and for what says how to run, not what."""
    if not isinstance(param, click.Option) or param.hidden:
        return []
    names = [*_names(param.opts), *_names(param.secondary_opts)]
    return [] if _NEVER.intersection(names) else names


def _key(param: click.Parameter) -> str:
    return next(iter(_keys(param)), param.name or "")


def _all_params(command: click.Command) -> Iterator[click.Parameter]:
    """The parameters of a command and of all below it."""
    yield from command.params
    if isinstance(command, click.Group):
        for each in command.commands.values():
            yield from _all_params(each)


def _by_key(params: Iterable[click.Parameter]) -> dict[str, click.Parameter]:
    return {key: param for param in params for key in _keys(param)}
