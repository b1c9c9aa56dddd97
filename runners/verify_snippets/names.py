"""Which names Python code gives, and which it takes from elsewhere."""

import ast
import builtins
import keyword
from collections.abc import Iterable
from dataclasses import dataclass

_BUILTINS = frozenset(dir(builtins)) | {"__file__", "__name__", "__doc__", "display", "get_ipython"}
WELL_KNOWN = frozenset(
    word
    for row in (
        "torch np numpy pd plt os sys re json time math random requests io tf nn F PIL Image",
        "ImageDraw tqdm transformers cv2 librosa soundfile sf torchaudio torchvision transforms",
        "datasets load_dataset pipeline Path Audio display BytesIO urlopen glob pprint partial ipd",
        "jax jnp scipy sklearn gr st spaces login load_image base64 argparse logging warnings",
        "itertools functools collections defaultdict Counter dataclass List Dict Optional Tuple",
        "Union Any",
    )
    for word in row.split()
)
"""Modules, classes and functions that everybody knows where to import from, and so forgets to."""


@dataclass(frozen=True, kw_only=True)
class Names:
    """The names of one piece of code, at module level.

    Attributes:
        given: bound by it, imports included.
        imported: those of ``given`` that an import binds.
        wanted: read before (or without ever) being bound; built-ins left out, in order.
        modules: dotted modules that it imports.
        imports_all: whether there is a ``from x import *``, which may give any name.
    """

    given: frozenset[str] = frozenset()
    imported: frozenset[str] = frozenset()
    wanted: tuple[str, ...] = ()
    modules: tuple[str, ...] = ()
    imports_all: bool = False


def last_name(node: ast.expr) -> str:
    """The last part of a dotted name: ``get`` of ``requests.get``; empty for anything else."""
    match node:
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return name
        case _:
            return ""


def read(tree: ast.Module | None, nodes: Iterable[ast.AST] | None = None) -> Names:
    """Find the names of a syntax tree; none for None, or for a tree too deep to walk.

    Args:
        tree: the tree.
        nodes: all of its nodes, where the caller has them already.
    """
    if tree is None:
        return Names()
    walker = _Walker()
    try:
        walker.run(tree, ast.walk(tree) if nodes is None else nodes)
    except RecursionError:
        return Names()
    return walker.names()


class _Walker(ast.NodeVisitor):
    """Visits statements in the order of execution; function bodies last, when all names are there."""

    def __init__(self) -> None:
        self._given: dict[str, None] = {}
        self._imported: set[str] = set()
        self._wanted: dict[str, None] = {}
        self._modules: dict[str, None] = {}
        self._imports_all = False
        self._local: list[set[str]] = []
        self._bodies: list[tuple[list[set[str]], list[ast.AST]]] = []

    def run(self, tree: ast.Module, nodes: Iterable[ast.AST]) -> None:
        for node in nodes:
            if isinstance(node, ast.Global):  # bound whenever the function is called
                self._given.update(dict.fromkeys(node.names))
        self._all(tree.body)
        while self._bodies:
            self._local, body = self._bodies.pop(0)
            self._all(body)

    def names(self) -> Names:
        return Names(
            given=frozenset(self._given),
            imported=frozenset(self._imported),
            wanted=tuple(self._wanted),
            modules=tuple(self._modules),
            imports_all=self._imports_all,
        )

    def _all(self, nodes: Iterable[ast.AST | None]) -> None:
        for node in nodes:
            if node is not None:
                self.visit(node)

    def _bind(self, name: str, *, imported: bool = False) -> None:
        if self._local:
            self._local[-1].add(name)
            return
        self._given[name] = None
        if imported:
            self._imported.add(name)

    def _is_known(self, name: str) -> bool:
        return name in self._given or name in _BUILTINS or any(name in scope for scope in self._local)

    def visit_Name(self, node: ast.Name) -> None:
        if isinstance(node.ctx, ast.Store):
            self._bind(node.id)
        elif not self._is_known(node.id) and not keyword.iskeyword(node.id):
            self._wanted[node.id] = None

    def visit_Import(self, node: ast.Import) -> None:
        for alias in node.names:
            self._modules[alias.name] = None
            self._bind(alias.asname or alias.name.partition(".")[0], imported=True)

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        module = "." * node.level + (node.module or "")
        self._modules[module] = None
        for alias in node.names:
            if alias.name == "*":
                self._imports_all = True
            else:
                self._bind(alias.asname or alias.name, imported=True)

    def visit_Assign(self, node: ast.Assign) -> None:
        self.visit(node.value)
        self._all(node.targets)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        self._all([node.annotation, node.value, node.target])

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        if isinstance(node.target, ast.Name) and not self._is_known(node.target.id):
            self._wanted[node.target.id] = None
        self._all([node.value, node.target])

    def visit_NamedExpr(self, node: ast.NamedExpr) -> None:
        self._all([node.value, node.target])

    def visit_For(self, node: ast.For | ast.AsyncFor) -> None:
        self._all([node.iter, node.target, *node.body, *node.orelse])

    visit_AsyncFor = visit_For  # noqa: N815 - the name that ast looks for

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> None:
        self._all([node.type])
        if node.name:
            self._bind(node.name)
        self._all(node.body)

    def visit_MatchAs(self, node: ast.MatchAs) -> None:
        self._all([node.pattern])
        if node.name:
            self._bind(node.name)

    def visit_MatchStar(self, node: ast.MatchStar) -> None:
        if node.name:
            self._bind(node.name)

    def visit_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        self._all(node.decorator_list)
        self._signature(node.args)
        self._all([node.returns])
        self._bind(node.name)
        self._later(node.args, node.body)

    visit_AsyncFunctionDef = visit_FunctionDef  # noqa: N815 - the name that ast looks for

    def visit_Lambda(self, node: ast.Lambda) -> None:
        self._signature(node.args)
        self._later(node.args, [node.body])

    def _signature(self, args: ast.arguments) -> None:
        self._all([*args.defaults, *args.kw_defaults])
        self._all(arg.annotation for arg in _arguments(args))

    def _later(self, args: ast.arguments, body: Iterable[ast.AST]) -> None:
        scope = {arg.arg for arg in _arguments(args)}
        nodes = list(body)
        scope.update(_bound_in(nodes))
        self._bodies.append(([*self._local, scope], nodes))

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self._all([*node.decorator_list, *node.bases, *(keyword.value for keyword in node.keywords)])
        self._bind(node.name)
        self._scoped(node.body)

    def visit_ListComp(self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp) -> None:
        self._comprehension(node.generators, [node.elt])

    visit_SetComp = visit_ListComp  # noqa: N815 - the name that ast looks for
    visit_GeneratorExp = visit_ListComp  # noqa: N815 - the name that ast looks for

    def visit_DictComp(self, node: ast.DictComp) -> None:
        self._comprehension(node.generators, [node.key, node.value])

    def _comprehension(self, generators: list[ast.comprehension], results: list[ast.expr]) -> None:
        parts: list[ast.AST] = []
        for generator in generators:
            parts += [generator.iter, generator.target, *generator.ifs]
        self._scoped([*parts, *results])

    def _scoped(self, nodes: Iterable[ast.AST]) -> None:
        outer = self._local
        self._local = [*outer, set()]
        self._all(nodes)
        self._local = outer


def _arguments(args: ast.arguments) -> list[ast.arg]:
    optional = [arg for arg in (args.vararg, args.kwarg) if arg is not None]
    return [*args.posonlyargs, *args.args, *args.kwonlyargs, *optional]


def _bound_in(nodes: Iterable[ast.AST]) -> set[str]:
    """Every name that a function's body binds anywhere: all of them are its own."""
    bound: set[str] = set()
    for node in nodes:
        for inner in ast.walk(node):
            if isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Store):
                bound.add(inner.id)
            elif isinstance(inner, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                bound.add(inner.name)
            elif isinstance(inner, ast.alias):
                bound.add(inner.asname or inner.name.partition(".")[0])
    return bound
