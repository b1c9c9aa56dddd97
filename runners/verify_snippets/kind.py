"""The kinds of blocks."""

from enum import StrEnum


class Kind(StrEnum):
    """What the text of a block is, whatever its tag says."""

    PYTHON = "python"
    NOTEBOOK_CELL = "notebook-cell"  # Python with ! or % lines
    NOTEBOOK = "notebook"  # a code cell of a notebook in the repo
    SHELL_INSTALL = "shell-install"  # sets up: pip, apt, git clone, downloads, cd
    SHELL_RUN = "shell-run"
    OUTPUT = "output"
    CONFIG = "config"
    OTHER_LANGUAGE = "other-language"
    PSEUDO = "pseudo"

    @property
    def is_python(self) -> bool:
        """Whether a Python interpreter or kernel could run it."""
        return self in {Kind.PYTHON, Kind.NOTEBOOK_CELL, Kind.NOTEBOOK}

    @property
    def is_shell(self) -> bool:
        """Whether a shell could run it."""
        return self in {Kind.SHELL_INSTALL, Kind.SHELL_RUN}
