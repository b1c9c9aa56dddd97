"""Which statements print. A script prints no value by itself: only a session shows that of an expression."""

import ast
from collections.abc import Collection, Iterator, Sequence

_FUNCTIONS = frozenset({"print", "pprint", "pp", "rprint", "cprint", "display", "echo"})
_METHODS = frozenset({"print", "pprint", "write", "echo", "summary", "info"})
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
_MAX_ROUNDS = 5  # functions that print through functions that print ...


def printing_functions(trees: Sequence[ast.Module]) -> frozenset[str]:
    """The functions and methods, by name, that print when they are called."""
    bodies = [
        (node.name, node.body)
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    found: frozenset[str] = frozenset()
    for _ in range(_MAX_ROUNDS):
        now = frozenset(name for name, body in bodies if any(prints(statement, found) for statement in body))
        if now == found:
            break
        found = now
    return found


def prints(statement: ast.stmt, functions: Collection[str] = ()) -> bool:
    """Whether running a statement prints.

    Args:
        statement: a definition does not print what its body would.
        functions: those of the code around it that print.
    """
    return any(isinstance(node, ast.Call) and _is_printing(node, functions) for node in run_by(statement))


def shows(statement: ast.stmt, functions: Collection[str] = (), *, echoes: bool) -> bool:
    """Whether running a statement shows something.

    Args:
        statement: as for ``prints``.
        functions: likewise.
        echoes: whether it runs in a session, which shows the value of an expression.
    """
    is_echoed = echoes and any(isinstance(node, ast.Expr) for node in run_by(statement))
    return is_echoed or prints(statement, functions)


def run_by(statement: ast.stmt) -> Iterator[ast.AST]:
    """The nodes that run when a statement does: bodies of definitions left out."""
    waiting: list[ast.AST] = [statement]
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, _SCOPES):
            waiting.extend(ast.iter_child_nodes(node))


def lines_before(tree: ast.Module, statement: ast.stmt) -> int:
    """How many lines are printed for certain before a top-level statement: one by each plain ``print``."""
    count = 0
    for other in tree.body:
        if other is statement:
            break
        count += _is_plain_print(other)
    return count


def _is_plain_print(statement: ast.stmt) -> bool:
    call = statement.value if isinstance(statement, ast.Expr) else None
    return (
        isinstance(call, ast.Call)
        and isinstance(call.func, ast.Name)
        and call.func.id == "print"
        and not call.keywords  # end="" ends no line, file= goes elsewhere
    )


def _is_printing(call: ast.Call, functions: Collection[str]) -> bool:
    if any(keyword.arg == "streamer" for keyword in call.keywords):
        return True
    match call.func:
        case ast.Name(id=name):
            return name in _FUNCTIONS or name in functions
        case ast.Attribute(attr=name):
            return name in _METHODS or name in functions or name.startswith("print_")
        case _:
            return False
