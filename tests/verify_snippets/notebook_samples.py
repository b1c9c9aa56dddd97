"""Notebooks for tests, and plans of them."""

import json
from typing import Any

from snippet_sandbox.profile import GB, PROFILES, Host
from verify_snippets.card import Card, Source
from verify_snippets.notebooks import NotebookFile
from verify_snippets.plan import Plan
from verify_snippets.planner import make_plan

HOST = Host(cpus=8, memory_bytes=34 * GB)
PYTHON = {"kernelspec": {"name": "python3", "language": "python", "display_name": "Python 3"}}


def notebook(*sources: str, path: str = "demo.ipynb", metadata: Any = None) -> NotebookFile:
    """A notebook of these code cells, with a text above each."""
    cells: list[dict[str, Any]] = []
    for source in sources:
        cells.append({"cell_type": "markdown", "metadata": {}, "source": "Now:"})
        cells.append(
            {
                "cell_type": "code",
                "metadata": {},
                "execution_count": 7,
                "outputs": [{"output_type": "stream", "name": "stdout", "text": "of before"}],
                "source": source.splitlines(keepends=True),
            }
        )
    content = {"nbformat": 4, "nbformat_minor": 5, "metadata": metadata or PYTHON, "cells": cells}
    return NotebookFile(path=path, text=json.dumps(content))


def plan(*files: NotebookFile, text: str = "# A card\n") -> Plan:
    """The plan for a card whose repo has these notebooks."""
    card = Card(text=text, sha256="0" * 64, source=Source.FILE, location="README.md", repo_id="acme/tiny")
    return make_plan(card, HOST, profile=PROFILES["cpu-basic"], notebooks=files)
