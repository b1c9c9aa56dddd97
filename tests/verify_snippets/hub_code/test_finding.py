"""Where the Hub's own code comes from: the Hub's notebook, its generator, or nowhere."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from snippet_images.errors import InfrastructureError
from tests.hub_server import HubServer
from tests.verify_snippets.hub_code.models import MODELS
from tests.verify_snippets.hub_code.test_reading import NOTEBOOK
from verify_snippets import taping
from verify_snippets.hub_code import generator, model_data
from verify_snippets.hub_code.finding import find_hub_code
from verify_snippets.taping import Inputs
from verify_snippets.target import load_card

CARD = "---\nlibrary_name: transformers\npipeline_tag: text-generation\n---\n# A model\n"
MADE_BY = generator.version()


@pytest.fixture
def hub() -> Iterator[HubServer]:
    """A Hub of the test's own."""
    with HubServer() as server:
        yield server


def asked(hub: HubServer) -> list[str]:
    """The paths that were asked for, the card's own requests apart."""
    return [seen.path for seen in hub.seen if seen.path.endswith(".ipynb")]


def test_the_notebook_goes_before_the_generator(hub: HubServer) -> None:
    repo = hub.add("acme/tiny-model", {"README.md": CARD})
    repo.code_notebook = NOTEBOOK
    card = load_card("acme/tiny-model", endpoint=hub.endpoint)
    found = find_hub_code(card, endpoint=hub.endpoint)
    assert found
    assert found.made_by == "the Hub"
    assert [library.library for library in found.libraries] == ["transformers"]
    older = find_hub_code(card, endpoint=hub.endpoint, is_newest=False)
    assert older
    assert older.made_by == MADE_BY
    assert len(asked(hub)) == 1


def test_no_name_breaks_out_of_its_place(hub: HubServer) -> None:
    repo = hub.add("acme/tiny-model", {"README.md": '---\nlibrary_name: "a\\nb: <i>"\n---\n# A model\n'})
    repo.code_notebook = NOTEBOOK
    found = find_hub_code(load_card("acme/tiny-model", endpoint=hub.endpoint), endpoint=hub.endpoint)
    assert found
    assert found.libraries[0].document == "hub:sentence-transformers"


@pytest.mark.parametrize("served", ["", "<html>a page</html>"])
def test_the_generator_starts_from_what_the_hub_tells(hub: HubServer, served: str) -> None:
    repo = hub.add("acme/tiny-model", {"README.md": CARD})
    repo.code_notebook = served
    repo.told = {**MODELS["transformers chat"]}
    card = load_card("acme/tiny-model", endpoint=hub.endpoint)
    found = find_hub_code(card, endpoint=hub.endpoint)
    assert found == generator.generate(MODELS["transformers chat"])


def test_a_hub_that_does_not_answer_leaves_it_out(hub: HubServer) -> None:
    hub.add("acme/tiny-model", {"README.md": CARD})
    card = load_card("acme/tiny-model", endpoint=hub.endpoint)
    assert find_hub_code(card, endpoint="http://127.0.0.1:9") is None


def test_of_a_card_alone_nothing_is_known(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text(CARD)
    assert find_hub_code(load_card(str(tmp_path / "README.md"), repo_id="acme/x")) is None
    assert find_hub_code(load_card(str(tmp_path))) is None


def test_a_recording_keeps_it(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text(CARD)
    kept = Inputs(
        target="acme/tiny-model",
        revision=None,
        card=load_card(str(tmp_path)),
        facts=None,
        catalogue={},
        hub_code=generator.generate(MODELS["two libraries"]),
    )
    taping.keep(kept, tmp_path)
    assert taping.find("acme/tiny-model", None, tmp_path).hub_code == kept.hub_code


def folder(path: Path, metadata: str, **files: Any) -> str:
    """A folder with a card and files of JSON; return its only library's samples as one text."""
    path.mkdir(exist_ok=True)
    (path / "README.md").write_text(f"---\n{metadata}\n---\n")
    for name, content in files.items():
        (path / name.replace("__", ".")).write_text(
            content if isinstance(content, str) else json.dumps(content)
        )
    found = find_hub_code(load_card(str(path), repo_id="acme/x"))
    assert found
    assert found.made_by == MADE_BY
    return "\n\n".join(sample for library in found.libraries for sample in library.samples)


BERT = {"model_type": "bert", "architectures": ["BertForMaskedLM"]}
TEMPLATE = {"chat_template": "{{ messages }}"}


def test_a_folder_is_told_by_its_files(tmp_path: Path) -> None:
    text = folder(
        tmp_path, "license: mit", config__json=BERT, tokenizer_config__json={"mask_token": "[MASK]"}
    )
    assert 'pipeline("fill-mask", model="acme/x")' in text
    assert "from transformers import AutoTokenizer, AutoModelForMaskedLM" in text


def test_metadata_go_before_files(tmp_path: Path) -> None:
    text = folder(tmp_path, "pipeline_tag: text-classification", config__json=BERT)
    assert 'pipeline("text-classification", model="acme/x")' in text
    assert "sentence_transformers" in folder(tmp_path, "library_name: sentence-transformers")


@pytest.mark.parametrize("template", ["tokenizer_config__json", "chat_template__jinja"])
def test_a_chat_template_makes_a_chat(tmp_path: Path, template: str) -> None:
    config = {"model_type": "llama", "architectures": ["LlamaForCausalLM"]}
    files = {"tokenizer__json": {}, template: TEMPLATE if "json" in template else "{{ messages }}"}
    assert "apply_chat_template" in folder(tmp_path, "license: mit", config__json=config, **files)


def test_others_are_known_by_what_only_they_write(tmp_path: Path) -> None:
    index = {"_class_name": "StableDiffusionInpaintPipeline"}
    assert "AutoPipelineForInpainting" in folder(tmp_path / "a", "license: mit", model_index__json=index)
    adapter = {"peft_type": "LORA", "base_model_name_or_path": "acme/base", "task_type": "CAUSAL_LM"}
    text = folder(tmp_path / "b", "base_model: acme/base", adapter_config__json=adapter)
    assert 'AutoModelForCausalLM.from_pretrained("acme/base")' in text
    remote = BERT | {"auto_map": {"AutoModelForMaskedLM": "modeling.Mine"}}
    assert "trust_remote_code=True" in folder(tmp_path / "c", "license: mit", config__json=remote)


@pytest.mark.parametrize("broken", ["{", "[]", "[" * 100_000, "\x00"], ids=range(4))
def test_broken_files_are_as_if_they_were_not_there(tmp_path: Path, broken: str) -> None:
    assert "SetFitModel" in folder(tmp_path, "library_name: setfit", config__json=broken)


HOSTILE: dict[str, dict[str, Any]] = {
    "types": {
        "library_name": ["a"],
        "pipeline_tag": {"a": 1},
        "tags": [1, None, {"a": 2}, "x"],
        "widget": "x",
    },
    "prototype": {"library_name": "__proto__", "tags": ["constructor", "toString"]},
    "dates": {"library_name": "diffusers", "base_model": 5, "widget": [{"text": 7}, 8]},
}


@pytest.mark.parametrize("name", HOSTILE)
def test_metadata_of_any_shape_are_taken(name: str) -> None:
    model = model_data.from_files(
        "acme/x", HOSTILE[name], ["config.json"], {"config.json": {"model_type": 3}}
    )
    for library in generator.generate(model).libraries:
        assert all(isinstance(sample, str) for sample in library.samples)


def test_the_script_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is cut in time and memory, and what comes of it is an error of ours that names the way out."""
    for script in ("for (;;) {}", "const kept = []; for (;;) kept.push(new Array(1e6).fill(1));"):
        source = f"globalThis.hubCode = () => {{ {script} }};"
        monkeypatch.setattr(generator, "_data", lambda _, source=source: source)
        monkeypatch.setattr(generator, "version", lambda: "a generator")
        monkeypatch.setattr(generator, "_TIME_LIMIT_S", 1)
        with pytest.raises(InfrastructureError) as raised:
            generator.generate({"id": "acme/x"})
        assert "--no-hub-code" in str(raised.value.hint)


def test_the_script_reaches_nothing_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    names = ["require", "process", "fetch", "std", "os", "XMLHttpRequest", "Deno", "setTimeout"]
    source = f"""globalThis.hubCode = () => JSON.stringify([{{
        library: "seen", samples: {json.dumps(names)}.filter((name) => name in globalThis)}}]);"""
    monkeypatch.setattr(generator, "_data", lambda _: source)
    monkeypatch.setattr(generator, "version", lambda: "a generator")
    assert generator.generate({"id": "acme/x"}).libraries == ()
