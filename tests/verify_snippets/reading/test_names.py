"""Which names code gives and wants."""

import ast

import pytest

from verify_snippets import names


@pytest.mark.parametrize(
    ("source", "wanted"),
    [
        ("print(x)", {"x"}),
        ("x = 1\nprint(x)", set()),
        ("x = x + 1", {"x"}),
        ("x += 1", {"x"}),
        ("def f(a):\n    b = a\n    return b + late\nlate = 1", set()),
        ("def f():\n    return missing", {"missing"}),
        ("[y for y in items if y]", {"items"}),
        ("y = lambda a, *b, **c: (a, b, c, d)", {"d"}),
        ("for i, (a, b) in enumerate(pairs): print(i, a, b)", {"pairs"}),
        ("with open('f') as f, g() as h: f, h", {"g"}),
        ("try:\n    pass\nexcept E as e:\n    print(e)", {"E"}),
        ("import a.b as c, d.e\nc, d", set()),
        ("class A(B):\n    x = 1\n    y = x\n    def f(self): return self.x", {"B"}),
        ("if (n := f()) > 1: print(n)", {"f"}),
        ("match p:\n    case [a, *rest]:\n        print(a, rest)", {"p"}),
        ("def f():\n    global g\n    g = 1\ng", set()),
        ("@deco\ndef f(x: T = default) -> R: ...", {"deco", "T", "default", "R"}),
    ],
)
def test_wanted(source: str, wanted: set[str]) -> None:
    assert set(names.read(ast.parse(source)).wanted) == wanted


def test_given_imported_and_modules() -> None:
    read = names.read(ast.parse("from a.b import c as d\nimport e.f\nx = 1\ndef g(): ...\nfrom h import *"))
    assert read.given == {"d", "e", "x", "g"}
    assert read.imported == {"d", "e"}
    assert read.modules == ("a.b", "e.f", "h")
    assert read.imports_all


def test_no_tree_has_no_names() -> None:
    assert names.read(None) == names.Names()
