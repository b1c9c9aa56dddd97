"""From what a card shows to what Python would execute, line for line.

Prompts are stripped, outputs and install lines are blanked: line n of the code stays line n of the
block, so that a traceback can name the card's own line.
"""

import ast
import re
import textwrap
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

from verify_snippets.pattern import Pattern


@dataclass(frozen=True, kw_only=True)
class Code:
    """A block's text, read as Python.

    Attributes:
        text: what would be executed.
        tree: its syntax tree, of ``!`` and ``%`` lines the Python in them; None where no parser takes it.
        error: why no parser takes it, with the line within the block; empty if one does.
        is_session: whether it was a prompt session (``>>>`` or ``In [1]:``).
        has_output: whether it was a session with output in it.
        magics: the ``!`` and ``%`` lines, as written, blanked or not.
        installs: the lines that install something, as a shell would take them.
        unquoted: placeholders such as ``<your_image>`` that stand where Python wants a value.
        cell: what a notebook's kernel would execute, ``!`` and ``%`` lines included; empty if nobody asked.
    """

    text: str
    tree: ast.Module | None = None
    error: str = ""
    is_session: bool = False
    has_output: bool = False
    magics: tuple[str, ...] = ()
    installs: tuple[str, ...] = ()
    unquoted: tuple[str, ...] = ()
    cell: str = ""

    @property
    def nodes(self) -> Sequence[ast.AST]:
        """Every node of the tree, the outer ones first; none where there is no tree."""
        return self._walked.nodes

    @property
    def literals(self) -> Sequence[tuple[ast.Constant, ast.AST]]:
        """Every literal value of the tree, with the node that takes it."""
        return self._walked.literals

    @cached_property
    def _walked(self) -> "_Walked":
        return _walk(self.tree)


class _Walked(NamedTuple):
    """A tree's nodes, and its literal values with their parents, found in one pass."""

    nodes: Sequence[ast.AST]
    literals: Sequence[tuple[ast.Constant, ast.AST]]


def _walk(tree: ast.Module | None) -> _Walked:
    nodes: list[ast.AST] = [] if tree is None else [tree]
    literals: list[tuple[ast.Constant, ast.AST]] = []
    for node in nodes:  # grows as it goes
        for child in ast.iter_child_nodes(node):
            nodes.append(child)
            if isinstance(child, ast.Constant):
                literals.append((child, node))
    return _Walked(nodes, literals)


MAX_CHARACTERS = 200_000
"""Of a block; longer ones are data, and nobody's snippet."""


def parse(source: str) -> ast.Module | None:
    """The syntax tree of Python source, or None where no parser takes it."""
    tree = _parse(source)
    return tree if isinstance(tree, ast.Module) else None


def _parse(source: str) -> ast.Module | str:
    """The syntax tree, or what is wrong with the source."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # "\d" in someone's card is not our warning to give
            return ast.parse(source)
    except SyntaxError as error:
        return f"line {error.lineno}: {error.msg}"
    except (ValueError, RecursionError, MemoryError) as error:
        return str(error) or type(error).__name__


def read(text: str) -> Code:
    """Read a block's text as Python, whatever it is."""
    if len(text) > MAX_CHARACTERS:
        return Code(text=text, error=f"longer than {MAX_CHARACTERS:,} characters")
    lines = textwrap.dedent(text.expandtabs(4) if _mixes_indents(text) else text).split("\n")
    prompts = [number for number, line in enumerate(lines) if _PROMPT.match(line)]
    if prompts:
        session = _read_session(lines)
        marked = _without_marked_output(lines) if _has_code(lines[: prompts[0]]) else None
        if marked is not None or session.tree is not None:
            return marked or session
    plain = _parsed(Code(text="\n".join(lines)))
    if plain.tree is not None:
        return plain
    return _without_shell_lines(lines) or _with_placeholders(plain)


def _has_code(lines: Sequence[str]) -> bool:
    return any(line.strip() and not line.lstrip().startswith("#") for line in lines)


def _without_marked_output(lines: Sequence[str]) -> Code | None:
    """Code without prompts that shows its outputs after ``>>>``; None where that isn't what it is."""
    kept = ["" if _PROMPT.match(line) else line for line in lines]
    parsed = _parsed(Code(text="\n".join(kept)))
    if parsed.tree is None:
        shells = _without_shell_lines(kept)
        parsed = shells if shells is not None else parsed
    return None if parsed.tree is None or not parsed.tree.body else replace(parsed, has_output=True)


def _mixes_indents(text: str) -> bool:
    return "\t" in text and "\n " in f"\n{text}"


def _parsed(code: Code) -> Code:
    tree = _parse(code.text)
    return replace(code, error=tree) if isinstance(tree, str) else replace(code, tree=tree)


_PROMPT = Pattern(r"\s*(?:>>>(?: |$)|In ?\[\d*\]: ?)")
_CONTINUATION = Pattern(r"\s*\.\.\.(?: |:|$)")
_MAX_STATEMENT_LINES = 80


def _read_session(lines: Sequence[str]) -> Code:
    """Strip the prompts and blank the outputs.

    Authors often leave the ``...`` out: lines that follow an incomplete statement belong to it as
    long as they complete it.
    """
    code: list[str] = []
    output = False
    number = 0
    while number < len(lines):
        prompt = _PROMPT.match(lines[number])
        if prompt is None:
            output = output or bool(lines[number].strip())
            code.append("")
            number += 1
            continue
        statement = _statement(lines, number)
        code.extend(statement)
        number += len(statement)
    return replace(_parsed(Code(text="\n".join(code))), is_session=True, has_output=output)


def _statement(lines: Sequence[str], first: int) -> list[str]:
    """The statement that starts at a prompt line, prompts stripped."""
    statement = [_PROMPT.sub("", lines[first], count=1)]
    while first + len(statement) < len(lines):
        line = lines[first + len(statement)]
        if (mark := _CONTINUATION.match(line)) is None:
            break
        statement.append(line[mark.end() :])
    if len(statement) == 1:
        statement += _unmarked(statement[0], lines[first + 1 : first + 1 + _MAX_STATEMENT_LINES])
    return statement


def _unmarked(opening: str, following: Sequence[str]) -> list[str]:
    """Lines without a prompt that complete a statement; none if they don't."""
    if parse(opening) is not None:
        return []
    taken: list[str] = []
    complete: list[str] = []
    for line in following:
        if _PROMPT.match(line):
            break
        if complete and not line.startswith((" ", "\t")):
            break  # a block's body goes on only as far as it is indented
        taken.append(line)
        if parse("\n".join([opening, *taken])) is not None:
            complete = list(taken)
    return complete


_MAGIC = Pattern(r"(\s*)([!%]{1,2})\s*([A-Za-z.(].*)$")
_HARMLESS = Pattern(
    r"%%?(matplotlib|time|timeit|capture|load_ext|reload_ext|autoreload|config|pylab|reset|precision|pdb|"
    r"env [A-Z_]+|python|python3|writetimer)\b"
)
_HARMLESS_SHELL = Pattern(r"!\s*(nvidia-smi|python3? --version|ls|pwd|echo)\b")
_INSTALL = Pattern(
    r"(?:[!%$]\s*)?(?:sudo\s+)?(?:(?:python3?|uv)\s+(?:-m\s+)?)?"
    r"(?:pip3?|conda|mamba|apt|apt-get|brew)\s+(?:install|uninstall|update|upgrade)\b"
)
_SHELL_LINE = Pattern(
    r"(?:\$ +\S|(?:git clone|git lfs|cd|wget|curl|source|export|apt-get|conda|mkdir)\s+[\w./~:-]+)"
)


def _without_shell_lines(lines: Sequence[str]) -> Code | None:
    """Python among ``!``, ``%`` and install lines; None where that isn't what it is."""
    kept, blanked = list(lines), list(lines)
    magics: list[str] = []
    installs: list[str] = []
    for number, line in enumerate(lines):
        stripped = line.strip()
        if (statement := _python_of(line)) is not None:
            magics.append(stripped)
            blanked[number] = statement
            continue
        magic = _MAGIC.match(line)
        if _INSTALL.match(stripped):
            installs.append(install_line(line))
        elif magic is None and not _SHELL_LINE.match(stripped) and not _is_help(stripped):
            continue
        if magic is not None:
            magics.append(stripped)
        blanked[number] = blank(line)
        if magic is None or _INSTALL.match(stripped) or _is_harmless(stripped):
            kept[number] = blanked[number]
    if blanked == kept == list(lines):
        return None
    parsed = _parsed(Code(text="\n".join(blanked)))
    if parsed.tree is None:
        parsed = replace(_with_placeholders(parsed), text=parsed.text)
    return replace(
        parsed,
        text="\n".join(kept),
        magics=tuple(magics),
        installs=tuple(installs),
    )


_GIVEN = Pattern(r"(\s*[\w., ]+=)\s*(?:!\s*[\w./~]|%(?:env|prun|pwd|sql|sx|time|timeit|who_ls)\b)")
_MEASURED = Pattern(r"(\s*)%(?:time|timeit|prun)\s+(?:-\w+\s+(?:\d+\s+)?)*(?=[\w(\[])")


def _python_of(line: str) -> str | None:
    """The Python in a kernel's line; None where there is none.

    That is the names that it gives (``files = !ls``), or the statement that it measures (``%time x = f()``).
    """
    if (given := _GIVEN.match(line)) is not None:
        return f"{given.group(1)} None"
    return _MEASURED.sub(r"\1", line, count=1) if _MEASURED.match(line) else None


def installs_something(line: str) -> bool:
    """Whether a line tells a shell to install packages."""
    return _INSTALL.match(line.strip()) is not None


def install_line(line: str) -> str:
    """Such a line as a shell would take it."""
    return line.strip().lstrip("!%$ ")


def _is_help(line: str) -> bool:
    return re.fullmatch(r"\??[\w.]+\?{1,2}", line) is not None


def _is_harmless(line: str) -> bool:
    return _HARMLESS.match(line) is not None or _HARMLESS_SHELL.match(line) is not None


def blank(line: str) -> str:
    """An empty line; where the line may be all of an indented body, a ``pass``."""
    indent = line[: len(line) - len(line.lstrip())]
    return f"{indent}pass" if indent else ""


_UNQUOTED = Pattern(r"<([A-Za-z][\w ./-]{1,60})>|\[([A-Z][A-Z_ ]{3,40})\]")


def _with_placeholders(code: Code) -> Code:
    """Read ``f(<your_image>)`` as the code it is once the reader has put in an image."""
    found = tuple(dict.fromkeys(match.group() for match in _UNQUOTED.finditer(code.text)))
    if not found:
        return code
    tree = parse(_UNQUOTED.sub(_stand_in, code.text))
    return code if tree is None else replace(code, tree=tree, error="", unquoted=found)


_stand_in: Callable[[re.Match[str]], str] = lambda match: "None".ljust(len(match.group()))  # noqa: E731
