"""Passes that show little: code that runs nothing. Pure, from the syntax tree alone."""

import ast
from collections.abc import Sequence

from verify_snippets import reading
from verify_snippets.snippets import Snippet

_IMPORTS = (ast.Import, ast.ImportFrom)
_RUNS = (ast.Call, ast.Await, ast.Yield, ast.YieldFrom)


def remark(snippet: Snippet, snippets: Sequence[Snippet]) -> str:
    """Why a pass of a snippet shows little; empty where it shows something, or where another needs it.

    Args:
        snippet: what passed.
        snippets: all of the card's, by their block's index.
    """
    if any(snippet.block.index in other.needs for other in snippets):
        return ""  # a step of others: what it is good for shows there
    code = reading.read(snippet.block).code
    if code.tree is None or code.magics:
        return ""
    return _of_tree(code.tree)


def _of_tree(tree: ast.Module) -> str:
    statements = [part for statement in tree.body for part in _parts(statement)]
    said = [statement for statement in statements if not _says_nothing(statement)]
    if not said:
        return "there is nothing in it to run"
    if all(isinstance(statement, _IMPORTS) for statement in said):
        return "it only imports; nothing of that was used"
    if all(isinstance(statement, _IMPORTS) or _defines(statement) for statement in said):
        return "it only defines; nothing of it was run"
    return ""


def _parts(statement: ast.stmt) -> Sequence[ast.stmt]:
    """A statement; of ``try: import a`` and ``if TYPE_CHECKING:``, those inside."""
    if isinstance(statement, ast.Try):
        handlers = [part for handler in statement.handlers for part in handler.body]
        return [*statement.body, *handlers, *statement.orelse, *statement.finalbody]
    if isinstance(statement, ast.If) and isinstance(statement.test, ast.Name | ast.Attribute):
        return [*statement.body, *statement.orelse]
    return [statement]


def _says_nothing(statement: ast.stmt) -> bool:
    """A string that nobody reads, ``...``, ``pass``."""
    is_constant = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
    return is_constant or isinstance(statement, ast.Pass)


def _defines(statement: ast.stmt) -> bool:
    """Whether a statement defines a function, a class or a constant."""
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return True
    if not isinstance(statement, ast.Assign | ast.AnnAssign):
        return False
    targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
    if not all(isinstance(target, ast.Name) for target in targets):
        return False  # os.environ["A"] = "1" does something
    return not any(isinstance(node, _RUNS) for node in ast.walk(statement))
