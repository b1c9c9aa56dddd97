"""The notebook that the Hub makes for a model (``GET /{repo}.ipynb``), as samples. Pure."""

import json
from typing import Any

from verify_snippets.pattern import Pattern

_REMOTE = "remote inference"
"""Heading above cells that ask an inference provider, with the reader's token and for their money."""


_INSTALLS = Pattern(r"\bpip3? +install +(?:-{1,2}[\w-]+ +)*['\"]?([A-Za-z0-9][\w.-]*)")


def read(text: str) -> tuple[str, ...]:
    """The code cells that run the model on the reader's own machine.

    Raises:
        ValueError: it is no notebook.
    """
    try:
        content = json.loads(text)
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error
    cells = content.get("cells") if isinstance(content, dict) else None
    if not isinstance(cells, list):
        raise ValueError("it has no cells")
    samples: list[str] = []
    is_remote = False
    for cell in cells:
        source = _source(cell)
        if cell.get("cell_type") == "markdown" and source.lstrip().startswith("#"):
            is_remote = _REMOTE in source.lstrip().partition("\n")[0].lower()
        elif cell.get("cell_type") == "code" and source.strip() and not is_remote:
            samples.append(source)
    return tuple(samples)


def library(samples: tuple[str, ...]) -> str:
    """The library that they install, which the notebook is about; empty where none of them says."""
    found = next(filter(None, map(_INSTALLS.search, samples)), None)
    return found[1] if found else ""


def _source(cell: Any) -> str:
    if not isinstance(cell, dict):
        raise ValueError("one of its cells is none")
    source = cell.get("source", "")
    return "".join(map(str, source)) if isinstance(source, list) else str(source)
