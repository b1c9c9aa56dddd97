"""The Hub's own code becomes snippets of its own, and changes nothing about the card's."""

import json
from dataclasses import replace
from typing import Any

import pytest

from snippet_sandbox.profile import Host
from tests.verify_snippets.hub_code.models import MODELS
from verify_snippets.blocks import Kind
from verify_snippets.card import Card, Source
from verify_snippets.hub_code import generator, notebook
from verify_snippets.hub_code.model import HubCode, LibraryCode
from verify_snippets.hub_code.read import read_hub_code
from verify_snippets.plan import Plan
from verify_snippets.planner import make_plan
from verify_snippets.snippets import Origin, Snippet

HOST = Host(cpus=4, memory_bytes=32 * 10**9)
CARD = """---
library_name: transformers
---
Runs in under 2 GB of RAM.

```python
from transformers import pipeline

pipe = pipeline("text-generation", model="acme/tiny-model")
```

```python
print(pipe("Hello"))
```
"""


def card(text: str = CARD) -> Card:
    """A card of a model on the Hub."""
    return Card(text=text, sha256="0" * 64, source=Source.HUB, location="", repo_id="acme/tiny-model")


def plan(code: HubCode | None) -> Plan:
    """The plan for the card with the Hub's code beside it."""
    return make_plan(card(), HOST, hub_code=code)


def snippets(model: dict[str, Any]) -> tuple[Snippet, ...]:
    """The snippets that the generator's samples become."""
    return read_hub_code(generator.generate(model), repo_id="acme/tiny-model", offset=0)


def of(*samples: str) -> HubCode:
    """Samples for transformers."""
    return HubCode(libraries=(LibraryCode(library="transformers", samples=samples),), made_by="the Hub")


@pytest.mark.parametrize("name", MODELS)
def test_every_library_gives_something_that_is_understood(name: str) -> None:
    found = snippets(MODELS[name])
    assert found
    for snippet in found:
        assert snippet.origin is Origin.HUB
        assert snippet.id.startswith(f"{snippet.document}:")
        assert snippet.kind in {Kind.PYTHON, Kind.NOTEBOOK_CELL, Kind.SHELL_INSTALL, Kind.SHELL_RUN}
        assert snippet.runnable or snippet.reason


@pytest.mark.parametrize(
    ("name", "requirements"),
    [
        ("transformers chat", ("transformers",)),
        ("sentence-transformers", ("sentence-transformers",)),
        ("setfit", ("setfit",)),
        ("peft", ("peft", "transformers")),
        ("gliner", ("gliner",)),
        ("adapters", ("adapters",)),
    ],
)
def test_who_reads_it_there_has_the_library(name: str, requirements: tuple[str, ...]) -> None:
    assert snippets(MODELS[name])[0].requirements == requirements
    assert not snippets(MODELS[name])[0].undeclared


def test_it_stands_after_the_cards_and_has_lines_of_its_own() -> None:
    alone, beside = plan(None), plan(generator.generate(MODELS["transformers chat"]))
    assert [step.snippet.id for step in beside.steps] == [
        *(step.snippet.id for step in alone.steps),
        "hub:transformers:1",
        "hub:transformers:2",
    ]
    assert beside.steps[: len(alone.steps)] == alone.steps
    assert beside.ledger == alone.ledger
    first, second = beside.steps[-2:]
    assert first.runs
    assert second.runs
    assert first.snippet.block.text_line == second.snippet.block.text_line == 1
    assert first.snippet.file_name == "hub:transformers:1"
    assert first.codes[-1].splitlines()[1] == "from transformers import pipeline"
    assert not first.timed


def test_samples_need_only_each_other() -> None:
    """A name that the card defines as well is the Hub's own here."""
    made = plan(of("import numpy\npipe = numpy.zeros", "pipe(3)"))
    second = made.steps[-1]
    assert [snippet.id for snippet in second.first] == ["hub:transformers:1"]


def test_what_the_card_has_already_is_not_run_twice() -> None:
    same = (
        "# Use it\nfrom transformers import pipeline\n\n"
        'pipe = pipeline("text-generation", model="acme/tiny-model")  '
    )
    (step,) = plan(of(same)).steps[-1:]
    assert not step.runs
    assert step.reason == "the card has this very code: see L6"


def test_that_the_hub_knows_no_code_is_said() -> None:
    unknown = plan(generator.generate(MODELS["transformers without a config"])).steps[-1]
    assert not unknown.runs
    assert unknown.reason == "the Hub has no code for this model, and says: ⚠️ Type of model unknown"
    nothing = plan(generator.generate({"id": "acme/x", "library_name": "peft"})).steps[-1]
    assert nothing.reason == "the Hub has no code for this model, and says: Task type is invalid."


def test_hostile_samples_stay_one_block_each() -> None:
    samples = ("```\nrm -rf /\n`````\n~~~~", "\ud800 = 1", "", "x = 1\r\ny = 2\r\rz = 3\n\n")
    found = read_hub_code(of(*samples), repo_id=None, offset=7)
    assert [snippet.block.index for snippet in found] == [7, 8, 9, 10]
    assert found[0].block.text == samples[0]
    assert found[3].block.text.splitlines() == ["x = 1", "y = 2", "", "z = 3"]
    assert all(snippet.block.text.encode() is not None for snippet in found)


def test_the_file_that_the_page_lets_one_choose_is_the_first() -> None:
    model = MODELS["llama-cpp-python"] | {"siblings": [{"rfilename": "b.gguf"}, {"rfilename": "a.gguf"}]}
    assert 'filename="a.gguf"' in snippets(model)[0].code
    assert "{{GGUF_FILE}}" in snippets(MODELS["llama-cpp-python"])[0].code


# --- the notebook


def written(*cells: tuple[str, Any]) -> str:
    """A notebook's JSON."""
    return json.dumps({"nbformat": 4, "cells": [{"cell_type": kind, "source": text} for kind, text in cells]})


NOTEBOOK = written(
    ("code", "!pip install -U sentence-transformers"),
    ("markdown", ["## Local Inference on GPU\n", "Model page"]),
    (
        "code",
        ["from sentence_transformers import SentenceTransformer\n", 'model = SentenceTransformer("a/b")'],
    ),
    ("markdown", "## Remote Inference via Inference Providers"),
    ("code", "import os\nfrom openai import OpenAI"),
)


def test_cells_that_ask_a_provider_are_left_out() -> None:
    install, load = notebook.read(NOTEBOOK)
    assert install.startswith("!pip")
    assert load.endswith('SentenceTransformer("a/b")')
    assert notebook.library((install, load)) == "sentence-transformers"
    assert notebook.library((load,)) == ""


@pytest.mark.parametrize(
    "text", ["<html>", "[]", "{}", '{"cells": [1]}', '{"cells": 5}', "[" * 100_000], ids=range(6)
)
def test_what_is_no_notebook_is_said(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        notebook.read(text)


def test_install_lines_of_the_notebook_are_requirements() -> None:
    code = HubCode(
        libraries=(LibraryCode(library="sentence-transformers", samples=notebook.read(NOTEBOOK)),),
        made_by="the Hub",
    )
    install, load = read_hub_code(code, repo_id="a/b", offset=0)
    assert not install.runnable
    assert "sentence-transformers" in " ".join(load.requirements)
    assert replace(load, requirements=()).runnable
