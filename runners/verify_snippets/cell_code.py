"""What a notebook's kernel executes: Python with the ``!`` and ``%`` lines that only a kernel understands.

Install lines are left out: what they name is installed beforehand, where there is a network (see ``layer``).
"""

import ast
import textwrap
from collections.abc import Sequence
from dataclasses import replace

from verify_snippets import code
from verify_snippets.code import Code
from verify_snippets.pattern import Pattern

_CELL_MAGIC = Pattern(r"%%(\w+)")
_PYTHON_BODIES = frozenset({"time", "timeit", "capture", "prun", "python", "python3", "memit", "mprun"})
"""The cell magics whose body is Python that has to do with the cells around it."""
_NOT_HERE = Pattern(r"!\s*nvidia-smi\b")
"""Looks at what a reader's own machine has, and fails where that is something else."""


def read(text: str) -> Code:
    """Read a cell of a notebook. Its ``cell`` is what a kernel executes, line for line."""
    lines = _joined(textwrap.dedent(text).split("\n"))
    magic = _CELL_MAGIC.match(next((line for line in lines if line.strip()), ""))
    kept = for_kernel("\n".join(lines))
    if magic is None or magic.group(1) in _PYTHON_BODIES:
        found = replace(code.read("\n".join(lines)), cell=kept)
        only_commands = found.tree is not None and not found.tree.body and wants_kernel(found)
        return replace(found, tree=ast.parse("pass")) if only_commands else found
    installs = tuple(code.install_line(line) for line in lines if code.installs_something(line))
    # a shell's, or a file's: nothing of it has to do with the Python around it
    return Code(
        text="pass",
        tree=ast.parse("pass"),
        magics=(magic.string,),
        installs=installs,
        cell=kept,
    )


def for_kernel(text: str) -> str:
    """The lines of a cell without those that install, which are blank then."""
    return "\n".join(_kept(line) for line in _joined(text.split("\n")))


_KERNELS_OWN = Pattern(r"\s*(?:[!%?]|[\w., ]+=\s*[!%])")


def python_alone(text: str) -> str:
    """The lines of a cell that any Python parser takes, blanks in place of the others."""
    return "\n".join(code.blank(line) if _KERNELS_OWN.match(line) else line for line in text.split("\n"))


def wants_kernel(found: Code) -> bool:
    """Whether there is a ``!`` or ``%`` line in code that does something here."""
    return any(not code.installs_something(line) and not _NOT_HERE.match(line) for line in found.magics)


def _kept(line: str) -> str:
    leaves_out = code.installs_something(line) or _NOT_HERE.match(line.strip()) is not None
    return code.blank(line) if leaves_out else line


def _joined(lines: Sequence[str]) -> list[str]:
    r"""Lines with the rest of ``!`` and ``%`` lines that end with ``\`` drawn up, and blanks in its place."""
    joined: list[str] = []
    open_at: int | None = None
    for line in lines:
        if open_at is None:
            joined.append(line)
            is_open = line.lstrip().startswith(("!", "%")) and line.rstrip().endswith("\\")
            open_at = len(joined) - 1 if is_open else None
            continue
        joined[open_at] = f"{joined[open_at].rstrip()[:-1].rstrip()} {line.strip()}"
        joined.append("")
        open_at = open_at if line.rstrip().endswith("\\") else None
    return joined
