"""One block, read as the language it is in: what the later questions all start from."""

from dataclasses import dataclass

from verify_snippets import code, names, shell
from verify_snippets.blocks import Block
from verify_snippets.code import Code
from verify_snippets.names import Names
from verify_snippets.shell import Script

_NOTHING = Script(commands=(), known=0, lines=0, prompted=False)


@dataclass(frozen=True, kw_only=True)
class Reading:
    """A block with its code, its names and its shell commands.

    Attributes:
        block: the block.
        code: read as Python; empty for what isn't Python.
        names: the names that the code gives and wants.
        script: its shell commands; for Python, its install and ``!`` lines.
    """

    block: Block
    code: Code
    names: Names
    script: Script


def read(block: Block) -> Reading:
    """Read a block as what its kind says it is."""
    if block.kind.is_python:
        python = block.code or code.read(block.text)
        lines = "\n".join(dict.fromkeys((*python.installs, *python.magics)))
        script = shell.read(lines) if lines else _NOTHING
        return Reading(block=block, code=python, names=names.read(python.tree, python.nodes), script=script)
    if block.kind.is_shell:
        return Reading(
            block=block,
            code=Code(text=block.text),
            names=Names(),
            script=block.script or shell.read(block.text),
        )
    return Reading(block=block, code=Code(text=block.text), names=Names(), script=_NOTHING)
