"""Where the user's pip finds packages, as pip itself reads it.

Configuration: https://pip.pypa.io/en/stable/topics/configuration/. ``pip config list`` has no
machine-readable form, but each of its lines is a name and a Python literal; it merges files and variables as
pip does.
"""

import ast
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass

DEFAULT_INDEX = "https://pypi.org/simple"
_LINE = re.compile(r"(?P<section>[^.\s]+)\.(?P<name>[^=\s]+)=(?P<value>.*)")
# Least to most specific; pip download is what we stand in for.
_SECTIONS = ("global", "install", "download", ":env:")
_TIMEOUT_S = 30.0


@dataclass(frozen=True, kw_only=True)
class PipSettings:
    """Where packages come from. Credentials, if any, stand in the addresses and never leave the host.

    Attributes:
        indexes: addresses of simple indexes, the first one first; empty with ``no-index``.
        find_links: addresses, or paths of folders and pages.
        certificates: path of a CA bundle; None for the system's.
        client_certificate: path of a client certificate and its key; None for none.
        trusted_hosts: ``host`` or ``host:port`` whose certificate is not checked.
        proxy: address of a proxy; None for what the environment says.
    """

    indexes: tuple[str, ...] = (DEFAULT_INDEX,)
    find_links: tuple[str, ...] = ()
    certificates: str | None = None
    client_certificate: str | None = None
    trusted_hosts: frozenset[str] = frozenset()
    proxy: str | None = None


def read_pip_settings() -> PipSettings:
    """The settings of the user's pip; pip's defaults where pip can't be asked."""
    command = [sys.executable, "-m", "pip", "config", "list"]
    environment = {**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PYTHONUTF8": "1"}
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=_TIMEOUT_S, env=environment, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return settings_from({})
    return settings_from(parse_config_list(done.stdout))


def parse_config_list(text: str) -> dict[str, str]:
    """What ``pip config list`` says, by option; the most specific section wins."""
    found: dict[tuple[int, str], str] = {}
    for line in text.splitlines():
        match = _LINE.fullmatch(line.strip())
        if match is None or match["section"] not in _SECTIONS:
            continue
        try:
            value = ast.literal_eval(match["value"])
        except (ValueError, SyntaxError):
            continue
        found[_SECTIONS.index(match["section"]), match["name"]] = str(value)
    return {name: value for (_, name), value in sorted(found.items())}


def settings_from(options: Mapping[str, str]) -> PipSettings:
    """Settings from pip's options by their long names."""
    indexes = (options.get("index-url", DEFAULT_INDEX), *options.get("extra-index-url", "").split())
    return PipSettings(
        indexes=() if _is_on(options.get("no-index")) else tuple(dict.fromkeys(indexes)),
        find_links=tuple(options.get("find-links", "").split()),
        certificates=options.get("cert") or _bundle_of_environment(),
        client_certificate=options.get("client-cert"),
        trusted_hosts=frozenset(options.get("trusted-host", "").split()),
        proxy=options.get("proxy"),
    )


def _bundle_of_environment() -> str | None:
    # Not pip's own variables, but those of the library that it fetches with.
    return os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("CURL_CA_BUNDLE") or None


def _is_on(value: str | None) -> bool:
    return (value or "").strip().lower() in ("1", "true", "yes", "on", "y", "t")
