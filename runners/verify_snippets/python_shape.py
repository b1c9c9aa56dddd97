"""What Python text amounts to: code that does something, a literal, one printed value."""

import ast
import json

from verify_snippets import code


def is_code(tree: ast.Module, *, tagged: bool) -> bool:
    """Whether statements do something, rather than happen to parse (a word, ``key: value`` lines)."""
    if not tree.body:
        return tagged
    return any(_does_something(node, tagged=tagged) for node in tree.body)


def _does_something(node: ast.stmt, *, tagged: bool) -> bool:
    match node:
        case ast.AnnAssign(value=None):
            return False
        case ast.Assign(value=ast.Constant() | ast.UnaryOp() | ast.Name()):
            return tagged
        case ast.Expr(value=ast.Call() | ast.Await() | ast.Subscript()):
            return True
        case ast.Expr():
            return tagged
        case _:
            return True


def is_literal(text: str) -> bool:
    stripped = text.strip()
    if (
        len(stripped) > code.MAX_CHARACTERS
        or not stripped.startswith(("{", "[", "("))
        or stripped.startswith(("[INST", "[SYS"))
    ):
        return False
    return _is_json(stripped) or _is_python_literal(stripped)


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _is_python_literal(text: str) -> bool:
    tree = code.parse(text)
    if tree is None or not tree.body or not all(isinstance(node, ast.Expr) for node in tree.body):
        return False
    literal = (ast.Dict, ast.List, ast.Tuple, ast.Set, ast.Constant)
    return all(isinstance(node, ast.Expr) and isinstance(node.value, literal) for node in tree.body)


def is_one_expression(tree: ast.Module) -> bool:
    return len(tree.body) == 1 and isinstance(tree.body[0], ast.Expr)


def is_dumped_call(tree: ast.Module) -> bool:
    if not is_one_expression(tree) or not isinstance(tree.body[0], ast.Expr):
        return False
    call = tree.body[0].value
    return isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id[0].isupper()
