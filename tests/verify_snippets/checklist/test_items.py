"""Each item of the checklist: done, missing with the lines to add, or not for a machine."""

from typing import Any

import pytest

from snippet_sandbox.profile import GB, Host
from verify_snippets import front_matter
from verify_snippets.card import Card, Source
from verify_snippets.checklist.item import Item, State
from verify_snippets.checklist.links import links_of
from verify_snippets.checklist.listing import checklist
from verify_snippets.checklist.material import Answer, Asked, Material, Repo
from verify_snippets.planner import make_plan

REPO_ID = "acme/tiny"
CODE = f'```python\nfrom transformers import pipeline\npipeline("text-generation", model="{REPO_ID}")\n```\n'
WHOLE = f"""---
license: mit
language:
- en
pipeline_tag: text-generation
library_name: transformers
datasets: squad
base_model: acme/base
new_version: acme/newer
co2_eq_emissions:
  emissions: 12.5
model-index:
- name: tiny
  results:
  - task: {{type: text-generation}}
    dataset: {{type: squad, name: SQuAD}}
    metrics: [{{type: accuracy, value: 0.5}}, {{type: f1, value: 0.4}}]
---
# Tiny

A model of two layers that writes short sentences. It is made to try programs that work with models, and for
nothing else; it knows no facts and follows no instructions, and it runs in 1 GB of RAM.

![how it is built](images/layers.png) and [the paper](https://arxiv.org/abs/2401.00001)

{CODE}
## Training

It was trained on ten thousand short questions for an hour on one machine.

## Limitations and biases

It repeats itself, knows only English, and must not be used to advise anybody on anything.

[Demo](https://huggingface.co/spaces/acme/tiny), [its family](https://huggingface.co/collections/acme/tiny-1)
"""
FILES = {"README.md": 1, "config.json": 1, "model.safetensors": 100, "images/layers.png": 9}


def material_of(text: str, files: dict[str, int] | None = None, **known: Any) -> Material:
    """A card in a repo with such files, of which nothing was run."""
    card = Card(
        text=text,
        sha256="0" * 64,
        source=Source.HUB,
        location=REPO_ID,
        repo_id=known.pop("repo_id", REPO_ID),
        revision="0" * 40,
        metadata=front_matter.read(text)[0],
    )
    plan = make_plan(card, Host(cpus=2, memory_bytes=16 * GB))
    repo = known.pop("repo", Repo(files=FILES if files is None else files, is_gated=False, quantized=()))
    return Material(plan=plan, repo=repo, not_run="not run", **known)


def items_of(text: str, files: dict[str, int] | None = None, **known: Any) -> dict[str, Item]:
    """The checklist of such a card, by its items' keys."""
    return {item.key: item for item in checklist(material_of(text, files, **known))}


def test_a_whole_card_lacks_nothing() -> None:
    """Every item is found, at its own line, and none of them twice."""
    links = {link.address: Asked(answer=Answer.ANSWERS, said="200") for link in links_of(material_of(WHOLE))}
    found = checklist(material_of(WHOLE, links=links))
    assert [item.key for item in found if item.state is State.MISSING] == []
    assert len({item.key for item in found}) == len(found)
    lines = {item.key: item.line for item in found}
    assert (lines["license"], lines["pipeline_tag"], lines["usage"]) == (2, 5, 26)
    assert WHOLE.splitlines()[(lines["limitations"] or 0) - 1] == "## Limitations and biases"


@pytest.mark.parametrize(
    ("key", "change", "evidence", "add"),
    [
        ("license", ("license: mit", "license: mitt"), "'mitt'", "license: mit"),
        ("license", ("license: mit", "license: other"), "license_name and license_link", "license_name: ..."),
        ("license", ("license: mit\n", ""), "names none", "license: "),
        ("pipeline_tag", (": text-generation\nlib", ": text-genration\nlib"), "no task", ": text-generation"),
        ("pipeline_tag", (": text-generation\nlib", ": fill-mask\nlib"), "line 28", ": text-generation"),
        ("pipeline_tag", ("pipeline_tag: text-generation\n", ""), "line 27", ": text-generation"),
        (
            "library_name",
            ("library_name: transformers", "library_name: diffusers"),
            "imports transf",
            ": transf",
        ),
        ("library_name", ("library_name: transformers\n", ""), "config.json", ": transformers"),
        ("language", ("- en\n", "- english\n"), "'english'", ""),
        ("language", ("- en\n", "- jp\n"), "'jp'", ""),
        ("datasets", ("datasets: squad\n", ""), "lists none", "datasets:"),
        ("new_version", ("new_version: acme/newer", f"new_version: {REPO_ID}"), "this very model", ""),
        ("co2_eq_emissions", ("emissions: 12.5", "emissions: little"), "no number", ""),
        (
            "metrics",
            ("value: 0.5}, {type: f1, value: 0.4", "value: }, {type: f1, value: "),
            "no model-index",
            "m",
        ),
        ("limitations", ("## Limitations and biases", "## Other things"), "no section", "## Limitations"),
        (
            "training",
            ("It was trained on ten", "[More Information Needed]\n\n## Else\n\nTen"),
            "next to nothing",
            "#",
        ),
        ("files_linked", ("images/layers.png", "images/gone.png"), "no images/gone.png", ""),
        ("usage", (f'model="{REPO_ID}"', 'model="gpt2"'), f"loads {REPO_ID}", f'model="{REPO_ID}"'),
        ("hardware", (", and it runs in 1 GB of RAM", ""), "how much memory", "GB of memory"),
    ],
)
def test_what_is_missing_or_wrong(key: str, change: tuple[str, str], evidence: str, add: str) -> None:
    """One thing is changed in a card that lacks nothing."""
    assert change[0] in WHOLE
    item = items_of(WHOLE.replace(*change, 1))[key]
    assert item.state is State.MISSING
    assert evidence in item.evidence
    assert add in item.add


def test_a_card_without_anything() -> None:
    """No metadata, no text, no code: everything is missing, and nothing breaks."""
    found = items_of("#\n", files={})
    missing = {key for key, item in found.items() if item.state is State.MISSING}
    assert missing >= {
        "metadata",
        "license",
        "description",
        "usage",
        "limitations",
        "training",
        "safetensors",
    }


@pytest.mark.parametrize(
    ("metadata", "key"),
    [
        ("license: [mit, {a: b}]", "license"),
        ("language: {en: 1}", "language"),
        ("datasets: 7", "datasets"),
        ("model-index: [1, {results: [2, {metrics: 3}]}]", "metrics"),
        ("pipeline_tag: [a, b]", "pipeline_tag"),
        ("co2_eq_emissions: [1]", "co2_eq_emissions"),
        ("tags: 3\nwidget: 4\nlibrary_name: 5", "library_name"),
        ("new_version: [a]\nbase_model: {b: c}", "base_model"),
        ("license: other\nlicense_name: x\nlicense_link: [y]", "license"),
    ],
)
def test_metadata_of_other_types(metadata: str, key: str) -> None:
    """People write all sorts of YAML."""
    assert items_of(f"---\n{metadata}\n---\n{CODE}")[key]


@pytest.mark.parametrize(
    ("file", "library"),
    [
        ("modules.json", "sentence-transformers"),
        ("model_index.json", "diffusers"),
        ("adapter_config.json", "peft"),
    ],
)
def test_the_library_by_its_files(file: str, library: str) -> None:
    """The lines to add name the library whose file is there."""
    item = items_of("# A model\n", {file: 1, "config.json": 1})["library_name"]
    assert item.add == f"library_name: {library}"


def test_pickles() -> None:
    """They are missing a safetensors file, unless one stands for them."""
    assert items_of(WHOLE, {"pytorch_model.bin": 1})["safetensors"].state is State.MISSING
    both = {"pytorch_model.bin": 1, "model.safetensors": 1}
    assert items_of(WHOLE, both)["safetensors"].state is State.DONE


def test_repos_that_nobody_can_see() -> None:
    """Those that the Hub doesn't have are wrong; those that it was not asked for are not."""
    known = {"model:acme/base": False, "dataset:squad": False, "model:acme/newer": False}
    found = items_of(WHOLE, known_repos=known)
    assert {found[key].state for key in ("base_model", "datasets", "new_version")} == {State.MISSING}


def test_quantized_models() -> None:
    """They name what they were made from, and were not trained."""
    found = items_of("# Tiny\n", {"tiny.gguf": 1}, repo_id="acme/tiny-GGUF")
    assert found["base_model"].add == "base_model: acme/original\nbase_model_relation: quantized"
    for key in ("datasets", "training", "co2_eq_emissions"):
        assert found[key].state is State.NOT_NEEDED
    assert found["quantized"].state is State.DONE


def test_quantized_versions_are_linked() -> None:
    """Those that the Hub knows of are named in the card."""
    repo = Repo(files=FILES, is_gated=False, quantized=("acme/tiny-GGUF",))
    assert "acme/tiny-GGUF" in items_of(WHOLE, repo=repo)["quantized"].add
    linked = WHOLE + "\n[smaller](https://huggingface.co/acme/tiny-GGUF)\n"
    assert items_of(linked, repo=repo)["quantized"].state is State.DONE


def test_gated_models_say_how_to_get_in() -> None:
    """In the metadata, or in a section."""
    repo = Repo(files=FILES, is_gated=True, quantized=())
    assert items_of(WHOLE, repo=repo)["gated"].state is State.MISSING
    section = "\n## Access\n\nAsk, say what for, and somebody will look at it within a day.\n"
    assert items_of(WHOLE + section, repo=repo)["gated"].state is State.DONE
    prompt = WHOLE.replace("license: mit", "license: mit\nextra_gated_prompt: Say what for")
    assert items_of(prompt, repo=repo)["gated"].line == 3


def test_models_that_make_pictures_show_some() -> None:
    """As pictures of the card, or in the widget."""
    painter = WHOLE.replace("text-generation", "text-to-image")
    assert items_of(painter)["gallery"].state is State.DONE
    bare = painter.replace("![how it is built](images/layers.png)", "")
    assert "<Gallery>" in items_of(bare)["gallery"].add
    widget = bare.replace("license: mit", "license: mit\nwidget:\n- text: a\n  output: {url: images/a.png}")
    assert items_of(widget)["gallery"].state is State.DONE
    assert items_of(WHOLE)["gallery"].state is State.NOT_NEEDED


def test_links() -> None:
    """One dead link is told with its line; hosts that don't say make nothing wrong."""
    address = "https://arxiv.org/abs/2401.00001"
    dead = items_of(WHOLE, links={address: Asked(answer=Answer.DEAD, said="status 404")})["links"]
    assert (dead.state, dead.line) == (State.MISSING, 24)
    assert dead.evidence == f"{address}: status 404"
    unclear = {address: Asked(answer=Answer.UNCLEAR, said="status 403")}
    assert items_of(WHOLE, links=unclear)["links"].state is State.NOT_SEEN
    assert items_of(WHOLE)["links"].state is State.NOT_SEEN


def test_which_links_there_are() -> None:
    """Every way to write one, once each, none in code or in comments."""
    text = (
        "[a](https://a.example/x_(y)) [![pic](p.png)](https://b.example) <https://c.example>\n"
        '<a href="https://d.example">d</a> <img alt="" src=q.jpg> https://e.example/f.\n'
        "[r]: https://g.example\n`https://no.example`\n\n<!-- https://no.example -->\n"
        "```\nhttps://no.example\n```\n[again](https://a.example/x_(y))\n"
    )
    found = {link.address: (link.line, link.is_picture) for link in links_of(material_of(text))}
    assert found == {
        "https://a.example/x_(y)": (1, False),
        "p.png": (1, True),
        "https://b.example": (1, False),
        "https://c.example": (1, False),
        "https://d.example": (2, False),
        "q.jpg": (2, True),
        "https://e.example/f": (2, False),
        "https://g.example": (3, False),
    }
