"""Real weights, the real client, real containers."""

from pathlib import Path

import pytest

from tests.end_to_end.conftest import Verify, files_of
from tests.hub_server import HubServer

pytestmark = [pytest.mark.image, pytest.mark.usefixtures("cpu_image")]

MINILM = "sentence-transformers/all-MiniLM-L6-v2"
TOKEN = "hf_reader"

GPT2_CARD = """---
library_name: transformers
pipeline_tag: text-generation
---
# Tiny GPT-2

```python
from transformers import pipeline

generate = pipeline("text-generation", model="acme/tiny-gpt2")
print(generate("The quick brown", max_new_tokens=5)[0]["generated_text"])
```

Or by hand:

```python
from transformers import AutoModelForCausalLM, AutoTokenizer

tokenizer = AutoTokenizer.from_pretrained("acme/tiny-gpt2")
model = AutoModelForCausalLM.from_pretrained("acme/tiny-gpt2")
```

```python
inputs = tokenizer("The lazy dog", return_tensors="pt")
print(tokenizer.decode(model.generate(**inputs, max_new_tokens=5)[0]))
```
"""

DIFFUSION_CARD = """---
library_name: diffusers
---
```python
from diffusers import DiffusionPipeline

pipe = DiffusionPipeline.from_pretrained("acme/tiny-diffusion")
image = pipe("a cat", num_inference_steps=2).images[0]
image.save("cat.png")
print(image.size)
```
"""


def test_minilm_passes_unmodified(hub: HubServer, minilm: Path, verify: Verify, engine_name: str) -> None:
    """Both Python blocks of a card that millions use, at one pinned commit, with the token kept outside."""
    repo = hub.add(MINILM, files_of(minilm), gated=True, readers=frozenset({TOKEN}))
    done = verify(MINILM, "--engine", engine_name, hub=hub, HF_TOKEN=TOKEN)
    assert done.exit_code == 0, done.stderr + done.stdout
    assert done.verdicts() == ["passed", "passed"]
    assert done.report["card"]["revision"] == repo.refs["main"]
    assert done.report["card"]["source"] == "hub"
    assert done.report["engine"]["name"] == engine_name
    for snippet in done.report["snippets"]:
        (run,) = snippet["runs"]
        assert run["contacts"]["repos"] == {MINILM: repo.refs["main"]}
        assert 150_000_000 < run["memory"]["anonymous_bytes"] < 1_500_000_000
        assert 0 < run["phases"]["snippet"] < 300
        assert run["versions"]["sentence-transformers" if "L47" in snippet["id"] else "transformers"]
        assert "tensor(" in run["stdout"] or "e-0" in run["stdout"]
    assert TOKEN not in str(done.report)
    # one download serves both containers; the plan has read the header by a range before
    whole = [seen for seen in hub.seen if seen.lfs and not seen.ranged]
    assert len(whole) <= 1
    cut_at = next(c for c in done.report["claims"] if (c["kind"], c["value"]) == ("context_length", 256))
    assert (cut_at["verdict"], cut_at["found"]) == ("confirmed", "256 tokens")


def test_tiny_text_generation(hub: HubServer, tiny_repos: Path, verify: Verify, engine_name: str) -> None:
    """A pipeline, the classes behind it, and a block that builds on the one before."""
    hub.add("acme/tiny-gpt2", files_of(tiny_repos / "acme" / "tiny-gpt2") | {"README.md": GPT2_CARD})
    done = verify("acme/tiny-gpt2", "--engine", engine_name, hub=hub)
    assert done.exit_code == 0, done.stderr + done.stdout
    assert done.verdicts() == ["passed", "passed", "passed"]
    last = done.report["snippets"][-1]
    assert last["needs"] == ["L16"]
    assert last["runs"][0]["phases"]["needs:L16"] > last["runs"][0]["phases"]["snippet"]
    assert "The lazy dog" in last["runs"][0]["stdout"]


def test_tiny_diffusion_from_a_folder(tiny_repos: Path, verify: Verify, engine_name: str) -> None:
    """A diffusers repo, before it is public: a local folder stands in, and no Hub is asked."""
    folder = tiny_repos / "acme" / "tiny-diffusion"
    (folder / "README.md").write_text(DIFFUSION_CARD)
    done = verify(folder, "--repo-id", "acme/tiny-diffusion", "--engine", engine_name)
    assert done.exit_code == 0, done.stderr + done.stdout
    assert done.verdicts() == ["passed"]
    assert done.run_of("L4")["stdout"].strip().endswith(")")
    assert done.report["card"]["source"] == "folder"
