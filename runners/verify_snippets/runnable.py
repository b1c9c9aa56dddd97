"""Whether a block is meant to be run; if not, why not."""

import ast
import difflib
from collections.abc import Iterable, Sequence

from verify_snippets.kind import Kind
from verify_snippets.names import WELL_KNOWN
from verify_snippets.needs import Needs
from verify_snippets.pattern import Pattern
from verify_snippets.placeholders import is_constant
from verify_snippets.reading import Reading

_CLASS_NAME = Pattern(r"[A-Z][A-Za-z0-9]{2,}$")


def why_not(reading: Reading, need: Needs) -> str:
    """Why a block isn't meant to be run, in one sentence; empty if it is."""
    if not reading.block.kind.is_python:
        return f"not Python: {reading.block.kind.value}"
    if reading.code.tree is None:
        return f"no Python parser takes it ({reading.code.error})"
    if not reading.code.tree.body:
        return "nothing in it but comments and install lines"
    if line := _elided(reading.code.literals):
        whole = "cell" if reading.block.kind is Kind.NOTEBOOK else "card"
        line += reading.block.text_line - 1
        return f"a sketch: line {line} of the {whole} leaves something out (...)"
    if reading.block.kind is Kind.NOTEBOOK:  # a whole program, and not a text about one
        return ""
    unknown = _unknown(reading, need)
    if unknown:
        return f"a fragment: nothing in the card defines {', '.join(unknown)}"
    return ""


def _elided(literals: Iterable[tuple[ast.Constant, ast.AST]]) -> int:
    """The line of a ``...`` that stands for something left out; 0 if there is none."""
    for node, parent in literals:
        if node.value is Ellipsis and not _is_syntax(parent):
            return node.lineno
    return 0


def _is_syntax(parent: ast.AST) -> bool:
    """Whether ``...`` is an index (``x[..., 0]``) or part of a type (``tuple[int, ...]``)."""
    if isinstance(parent, ast.Subscript):
        return True
    return isinstance(parent, ast.Tuple) and len(parent.elts) > 1 and not _is_listing(parent)


def _is_listing(parent: ast.Tuple) -> bool:
    return isinstance(parent.elts[0], ast.Constant) and isinstance(parent.elts[0].value, str)


def _unknown(reading: Reading, need: Needs) -> Sequence[str]:
    """The names that make a block a fragment.

    A forgotten import or a mistyped name doesn't: the code is meant to be run, and wrong. A
    constant in capitals is a placeholder.
    """
    strange = [name for name in need.missing if not is_constant(name)]
    if not strange:
        return ()
    is_whole = bool(reading.names.imported) or bool(need.blocks) or _defines_something(reading.code.tree)
    if not is_whole:
        return [name for name in strange if name not in WELL_KNOWN]
    given = reading.names.given
    plain = _used_as_values(reading.code.nodes)
    return [name for name in strange if name in plain and not _is_slip(name, given)]


def _defines_something(tree: ast.Module | None) -> bool:
    body = tree.body if tree is not None else []
    return any(isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) for node in body)


_FILE_ENDS = {"pkl", "joblib", "json", "csv", "txt", "pt", "pth", "onnx", "skops", "jpg", "png", "wav", "h5"}


def _used_as_values(nodes: Iterable[ast.AST]) -> set[str]:
    """The names that code uses as values.

    One that is only called was probably not imported, and ``load(model.pkl)`` lacks its quotes.
    """
    called: set[int] = set()
    values: set[str] = set()
    for node in nodes:
        if isinstance(node, ast.Call):
            called.add(id(node.func))
        elif isinstance(node, ast.Attribute) and node.attr in _FILE_ENDS:
            called.add(id(node.value))
        elif isinstance(node, ast.Name) and id(node) not in called:
            values.add(node.id)
    return values


def _is_slip(name: str, given: Iterable[str]) -> bool:
    if name in WELL_KNOWN or _CLASS_NAME.match(name):
        return True
    plain = [other.lower() for other in list(given)[:200]]
    return bool(difflib.get_close_matches(name.lower(), plain, n=1, cutoff=0.7))
