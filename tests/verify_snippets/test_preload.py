"""Which imports may be done ahead of a snippet."""

import pytest

from verify_snippets.preload import imports_ahead


@pytest.mark.parametrize(
    ("code", "ahead"),
    [
        ("import torch\nfrom transformers import pipeline as p\np('x')", 2),
        ('"""Says what it does."""\nimport torch', 1),
        ("import os\nimport torch\nos.environ['A'] = '1'\nimport transformers", 2),
        ("MODEL = 'acme/tiny'\nimport torch", 1),
        ("from __future__ import annotations\nimport torch", 1),
        ("import torch, transformers", 1),
    ],
)
def test_what_opens_a_snippet_is_done_ahead(code: str, ahead: int) -> None:
    """Imports, as long as nothing before them does anything."""
    assert len(imports_ahead(code)) == ahead


@pytest.mark.parametrize(
    "code",
    [
        "import os\nos.environ['OMP_NUM_THREADS'] = '1'\nimport torch",
        "import sys; sys.path.insert(0, '.'); import torch",
        "import multiprocessing as mp\nmp.set_start_method('spawn')\nimport torch",
        "import time\nbegan = time.time()\nimport torch",
        "try:\n    import torch\nexcept ImportError:\n    torch = None",
        "if True:\n    import torch",
        "from .own import torch",
    ],
)
def test_nothing_is_done_ahead_that_a_snippet_could_tell(code: str) -> None:
    """Whatever is done before an import may change what the import does."""
    assert not [statement for statement in imports_ahead(code) if "torch" in statement]


@pytest.mark.parametrize("code", ["import json, sys", "print(1)", "import torch as", "", "\0"])
def test_nothing_is_done_ahead_where_nothing_is_won(code: str) -> None:
    """Neither for the standard library alone nor for what no parser takes."""
    assert imports_ahead(code) == ()


def test_statements_are_whole() -> None:
    """Each is a statement of its own, on one line."""
    assert imports_ahead("from transformers import (\n    AutoModel,\n    AutoTokenizer,\n)") == (
        "from transformers import AutoModel, AutoTokenizer",
    )
