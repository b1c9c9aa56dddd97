"""Which imports may be done before a snippet runs, without the snippet being able to tell. Pure."""

import ast
import sys
from collections.abc import Iterator


def imports_ahead(code: str) -> tuple[str, ...]:
    """The import statements that open a snippet, as far as nothing before them does anything.

    They are run in the snippet's own process, in the snippet's own order, and so find what they would have
    found: up to there the snippet has set no environment variable, path, start method or clock. Whatever is
    neither an import nor a constant ends the list.

    Args:
        code: the first of what will run in a process.

    Returns:
        Import statements, each on one line; none where only the standard library is imported.
    """
    try:
        statements = ast.parse(code).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ()
    found = list(_leading_imports(statements))
    heavy = any(_modules(statement) - sys.stdlib_module_names for statement in found)
    return tuple(ast.unparse(statement) for statement in found) if heavy else ()


def _leading_imports(statements: list[ast.stmt]) -> Iterator[ast.Import | ast.ImportFrom]:
    for statement in statements:
        match statement:
            case ast.ImportFrom(module="__future__") | ast.Expr(value=ast.Constant()):
                continue
            case ast.Assign(targets=[ast.Name()], value=ast.Constant()):
                continue
            case ast.Import() | ast.ImportFrom(level=0):
                yield statement
            case _:
                return


def _modules(statement: ast.Import | ast.ImportFrom) -> set[str]:
    """The top-level modules that a statement imports."""
    if isinstance(statement, ast.ImportFrom):
        return {str(statement.module).partition(".")[0]}
    return {alias.name.partition(".")[0] for alias in statement.names}
