"""The checklist of a model on a local Hub, with its code run for real."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.conftest import command
from tests.hub_server import HubServer
from verify_snippets import exit_codes

CARD = """---
license: mit
language: en
pipeline_tag: text-generation
datasets: [acme/questions, acme/gone]
base_model: acme/base
---
# Tiny

It greets. It runs on any machine with 1 GB of RAM.

```python
print("hello from acme/tiny")
```

```python
from transformers import pipeline, no_such_name
```
"""


@pytest.fixture(name="hub")
def a_hub() -> Iterator[HubServer]:
    """A model that somebody quantized, and what it was made from."""
    with HubServer() as server:
        server.add("acme/tiny", {"README.md": CARD, "config.json": "{}", "pytorch_model.bin": b"0" * 10})
        server.add("acme/base", {"README.md": "# Base"})
        server.add("acme/questions", {"README.md": "# Questions"}, type="dataset")
        quantized = "---\nbase_model: acme/tiny\nbase_model_relation: quantized\n---\n# Small"
        server.add("acme/tiny-GGUF", {"README.md": quantized})
        yield server


@pytest.mark.image
def test_a_model_on_the_hub(hub: HubServer, environment: dict[str, str], tmp_path: Path) -> None:
    """What is missing is told with its lines, what works was run, and the exit code tells it."""
    report, page = tmp_path / "checklist.json", tmp_path / "checklist.md"
    ran = subprocess.run(
        [
            *command("checklist", "acme/tiny", "--engine", "bubblewrap", "--no-links"),
            *("--report", f"json:{report}", "--report", f"markdown:{page}"),
        ],
        env=environment | {"HF_ENDPOINT": hub.endpoint},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == exit_codes.CARD_AT_FAULT, ran.stderr
    told = json.loads(report.read_text())
    items: dict[str, Any] = {item["key"]: item for item in told["items"]}
    assert items["usage_verified"]["state"] == "missing"
    assert "no_such_name" in items["usage_verified"]["evidence"]
    assert items["datasets"]["evidence"].endswith("acme/gone to everybody")
    assert items["base_model"]["state"] == "done"
    assert items["library_name"]["add"] == "library_name: transformers"
    assert items["safetensors"]["state"] == "missing"
    assert "acme/tiny-GGUF" in items["quantized"]["add"]
    assert items["gated"]["state"] == "not needed"
    repo = hub.store.find("acme/tiny")
    assert repo is not None
    assert told["revision"] == repo.refs["main"]
    assert told["counts"]["missing"] == sum(item["state"] == "missing" for item in told["items"])
    assert "✗ License" not in ran.stdout
    assert "✗ Library (library_name)" in ran.stdout
    assert "- [ ] **Library (library_name)**" in page.read_text()
    assert "- [x] **License**" in page.read_text()


def test_nothing_is_run_or_asked(tmp_path: Path, environment: dict[str, str]) -> None:
    """A folder, without containers and links, on a Hub that is down."""
    (tmp_path / "README.md").write_text("# Nothing\n")
    ran = subprocess.run(
        command("checklist", tmp_path, "--no-run", "--no-links", "--report", "json:-"),
        env=environment | {"HF_ENDPOINT": "http://127.0.0.1:9"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == exit_codes.CARD_AT_FAULT
    states = {item["key"]: item["state"] for item in json.loads(ran.stdout)["items"]}
    assert states["license"] == "missing"
    assert states["usage_verified"] == "not seen"
