"""Where a printed value comes from: computed, or another one in every run. Pure, from the code alone.

A name takes on the worst origin of all that is ever assigned to it: what is called the same in doubt is the
same.
"""

import ast
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum

from verify_snippets import generation
from verify_snippets.generation import Program


class Origin(IntEnum):
    """What a value comes from, the more changeable the higher."""

    COMPUTED = 0
    UNSURE = 1  # generated, and the code doesn't say whether by sampling
    SEEDED = 2  # drawn at random after a seed was set
    MACHINE = 3  # the clock, the machine's own numbers
    RANDOM = 4
    SAMPLED = 5  # generated with sampling on


_SHAPE_NAMES = frozenset({"shape", "dtype", "ndim", "size"})
_SHAPE_CALLS = frozenset({"len", "type", "isinstance", "size", "dim", "numel", "keys"})
_CUT = (Origin.RANDOM, Origin.SEEDED)  # the shape of random numbers is not random
_MAX_ROUNDS = 20


@dataclass(kw_only=True)
class _Sources:
    """What an expression is made from.

    Attributes:
        names: whose values it takes.
        shapes: names of which it takes the shape alone.
        own: the worst origin among its own calls.
    """

    names: set[str] = field(default_factory=set)
    shapes: set[str] = field(default_factory=set)
    own: Origin = Origin.COMPUTED

    def worst(self, origins: Mapping[str, Origin]) -> Origin:
        """The worst origin, once those of names are known."""
        whole = (origins.get(name, Origin.COMPUTED) for name in self.names)
        shapes = (_of_shape(origins.get(name, Origin.COMPUTED)) for name in self.shapes)
        return max(self.own, *whole, *shapes, Origin.COMPUTED)


class Origins:
    """The origins of what a program computes.

    Args:
        trees: its parts, all of which run in one namespace.
    """

    def __init__(self, trees: Sequence[ast.Module]) -> None:
        self._program = generation.read(trees)
        self._functions = {
            node.name
            for tree in trees
            for node in ast.walk(tree)
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        }
        flows = [
            (targets, self._sources(sources))
            for tree in trees
            for node in ast.walk(tree)
            for targets, sources in _flows(node)
        ]
        self._names: dict[str, Origin] = {}
        for _ in range(_MAX_ROUNDS):
            before = dict(self._names)
            for targets, sources in flows:
                worst = sources.worst(self._names)
                for name in targets:
                    self._names[name] = max(worst, self._names.get(name, Origin.COMPUTED))
            if before == self._names:
                break

    def of(self, nodes: Iterable[ast.AST]) -> Origin:
        """The worst origin among what statements or expressions take."""
        return self._sources(nodes).worst(self._names)

    def _sources(self, nodes: Iterable[ast.AST]) -> _Sources:
        found = _Sources()
        waiting = [(node, False) for node in nodes]
        while waiting:
            node, is_shape = waiting.pop()
            if isinstance(node, ast.Name):
                (found.shapes if is_shape else found.names).add(node.id)
            elif isinstance(node, ast.Call):
                own = _of_call(node, self._program)
                found.own = max(found.own, _of_shape(own) if is_shape else own)
                if isinstance(node.func, ast.Attribute) and node.func.attr in self._functions:
                    found.names.add(node.func.attr)
            is_shape = is_shape or _takes_shape(node)
            waiting.extend((child, is_shape) for child in _taken(node))
        return found


def _taken(node: ast.AST) -> Iterator[ast.AST]:
    """The parts of a node whose values it takes: what a condition asks decides, and is not taken."""
    asked = node.test if isinstance(node, ast.If | ast.IfExp | ast.While | ast.Assert) else None
    return (child for child in ast.iter_child_nodes(node) if child is not asked)


def _of_shape(origin: Origin) -> Origin:
    return Origin.COMPUTED if origin in _CUT else origin


def _takes_shape(node: ast.AST) -> bool:
    if isinstance(node, ast.Attribute):
        return node.attr in _SHAPE_NAMES
    return isinstance(node, ast.Call) and generation.called(node).rpartition(".")[2] in _SHAPE_CALLS


def _of_call(call: ast.Call, program: Program) -> Origin:
    if generation.is_generation(call, program):
        match generation.samples(call, program):
            case True:
                return Origin.SEEDED if program.is_seeded else Origin.SAMPLED
            case None:
                return Origin.UNSURE
            case False:
                return Origin.COMPUTED
    if generation.is_random(call, program):
        return Origin.SEEDED if program.is_seeded else Origin.RANDOM
    return Origin.MACHINE if generation.tells_of_machine(call) else Origin.COMPUTED


def _flows(node: ast.AST) -> Iterator[tuple[set[str], list[ast.AST]]]:
    """From where to where values go in one node: the names that take, and what they take."""
    match node:
        case ast.Assign(targets=targets, value=value):
            yield _roots(targets), [value]
        case ast.AnnAssign(target=target, value=ast.expr() as value):
            yield _roots([target]), [value]
        case ast.AugAssign(target=target, value=value) | ast.NamedExpr(target=target, value=value):
            yield _roots([target]), [value]
        case ast.For(target=target, iter=value) | ast.AsyncFor(target=target, iter=value):
            yield _roots([target]), [value]
        case ast.comprehension(target=target, iter=value):
            yield _roots([target]), [value]
        case ast.withitem(context_expr=value, optional_vars=ast.expr() as target):
            yield _roots([target]), [value]
        case ast.FunctionDef(name=name, body=body) | ast.AsyncFunctionDef(name=name, body=body):
            yield {name}, list(body)
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=target), args=args, keywords=keywords)):
            yield _roots([target]), [*args, *(keyword.value for keyword in keywords)]  # list.append(value)
        case _:
            return


def _roots(targets: Iterable[ast.expr]) -> set[str]:
    """The names behind ``a``, ``a.b``, ``a[0]``, ``(a, b)``."""
    names: set[str] = set()
    waiting = list(targets)
    while waiting:
        target = waiting.pop()
        match target:
            case ast.Name(id=name):
                names.add(name)
            case ast.Attribute(value=value) | ast.Subscript(value=value) | ast.Starred(value=value):
                waiting.append(value)
            case ast.Tuple(elts=items) | ast.List(elts=items):
                waiting.extend(items)
            case _:
                pass
    return names
