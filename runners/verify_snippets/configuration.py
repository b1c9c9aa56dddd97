"""The configuration file: options that are given once, and the labels of the runners of a CI.

It is ``verify-snippets.toml``, or the table ``[tool.verify-snippets]`` of a ``pyproject.toml``. Which one is
found depends on the working directory alone, never on what is verified: a card's repo is a stranger's.
Nothing here knows the options; ``cli.configuring`` holds the keys against them.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from snippet_images.errors import UsageError

FILE = "verify-snippets.toml"
PROJECT_FILE = "pyproject.toml"
RUNNERS = "runners"
_TOOL = "verify-snippets"
_MAX_BYTES = 1 << 20

RunnerLabels = tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Configuration:
    """What a configuration file says.

    Attributes:
        path: the file; None where there is none.
        is_named: whether the user named it, rather than it having been found.
        content: what it says, the runners left out: values of options, and a table for each command.
        runners: by a profile's name, what a CI calls the machines that have such hardware.
    """

    path: Path | None = None
    is_named: bool = False
    content: Mapping[str, Any] = field(default_factory=dict)
    runners: Mapping[str, RunnerLabels] = field(default_factory=dict)


NONE = Configuration()


def load(named: Path | None, folder: Path | None, home: Path | None) -> Configuration:
    """Read the file that the user named, or the one that is found from a folder.

    Args:
        named: by the user.
        folder: where to begin; None where there is no working directory any more.
        home: the user's own folder, if they have one.

    Raises:
        UsageError: the named file isn't there, or a file can't be read or makes no sense.
    """
    if named is not None:
        return _configuration(_named(named), named, is_named=True)
    for place in _places(folder, home) if folder else ():
        if (place / FILE).is_file():
            return _configuration(_document(place / FILE), place / FILE, is_named=False)
        project = place / PROJECT_FILE
        if project.is_file() and _TOOL.encode() in _bytes(project):
            table = _tool_table(_document(project), project)
            if table is not None:
                return _configuration(table, project, is_named=False)
    return NONE


def _named(path: Path) -> dict[str, Any]:
    """What the file says that the user named."""
    document = _document(path)
    if path.name != PROJECT_FILE:
        return document
    table = _tool_table(document, path)
    if table is None:
        raise UsageError(
            f"{path} has no table [tool.{_TOOL}]", hint="add it, or name another file with --config"
        )
    return table


def _places(folder: Path, home: Path | None) -> Iterator[Path]:
    """The folders where a file is looked for.

    They are the working directory and, within a git repo or the home folder, those above it up to that.
    Elsewhere nothing above is looked at: anybody may put files into ``/tmp``.
    """
    above = (folder, *folder.parents)
    end = next((place for place in above if (place / ".git").exists() or place == home), folder)
    return iter(above[: above.index(end) + 1])


def _bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(_MAX_BYTES + 1)
    except OSError as error:
        raise UsageError(
            f"the configuration file {path} can't be read: {error.strerror or error}",
            hint="name another one with --config, or none with --no-config",
        ) from error
    if len(data) > _MAX_BYTES:
        raise UsageError(f"the configuration file {path} is larger than 1 MiB", hint="is it the right one?")
    return data


def _document(path: Path) -> dict[str, Any]:
    import tomllib  # where there is a file: every command comes by here

    try:
        return tomllib.loads(_bytes(path).decode("utf-8"))
    except UnicodeDecodeError as error:
        raise UsageError(f"{path} is not UTF-8 text", hint="save it as UTF-8, as TOML wants it") from error
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise UsageError(
            f"{path} is not TOML: {error}", hint="mend it, or leave it aside with --no-config"
        ) from error


def _tool_table(document: Mapping[str, Any], path: Path) -> dict[str, Any] | None:
    tools = document.get("tool")
    table = tools.get(_TOOL) if isinstance(tools, dict) else None
    if table is not None and not isinstance(table, dict):
        raise UsageError(f"{path}: tool.{_TOOL} is no table", hint=f"write [tool.{_TOOL}]")
    return table


def _configuration(document: dict[str, Any], path: Path, *, is_named: bool) -> Configuration:
    runners = document.pop(RUNNERS, {})
    if not isinstance(runners, dict):
        raise UsageError(
            f"{path}: {RUNNERS} is no table", hint='write [runners], and below it t4-small = "gpu-t4"'
        )
    return Configuration(
        path=path.absolute(),
        is_named=is_named,
        content=document,
        runners={profile: _labels(profile, value, path) for profile, value in runners.items()},
    )


def _labels(profile: str, value: object, path: Path) -> RunnerLabels:
    labels = value if isinstance(value, list) else [value]
    if not labels or not all(isinstance(label, str) and label.strip() for label in labels):
        raise UsageError(
            f"{path}: {profile} in [{RUNNERS}] must be a label or a list of labels, not {value!r}",
            hint=f'such as {profile} = "ubuntu-latest" or {profile} = ["self-hosted", "gpu"]',
        )
    return tuple(labels)
