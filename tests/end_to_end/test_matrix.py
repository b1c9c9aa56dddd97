"""One card under profiles and generations of libraries, in real containers, and its reports merged."""

import json
import shlex
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from snippet_images.progress import silent
from tests.end_to_end.conftest import command, open_or_skip
from tests.hub_server import HubServer
from verify_snippets import flavors
from verify_snippets.cli import main

pytestmark = pytest.mark.image

CARD = """# A card from before transformers 5

```python
from transformers import pipeline
from transformers.pipelines import PIPELINE_REGISTRY

PIPELINE_REGISTRY.check_task("summarization")
```

```python
import os

print(len(os.sched_getaffinity(0)))
```

```python
import torch

torch.zeros(1).to("cuda")
```
"""
LIGHT = """```python
print("hello")
```
"""
DEMANDING = """To be installed: `pip install "humanize>=4.12"`

```bash
pip install "humanize>=4.12"
```

```python
import humanize
```
"""
SMALL = {"name": "cpu-small", "cpu": "2 vCPU", "ram": "6 GB", "accelerator": None}
GENERATIONS = "transformers<5,transformers>=5"

Run = Callable[[str], dict[str, Any]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Start the program with some options, and read the report that it writes."""
    engine = open_or_skip("bubblewrap")
    for image in ("cpu", "cpu-transformers4"):
        engine.ensure_image(image, silent)
    engine.close()
    monkeypatch.setattr(flavors, "_remembered", lambda: [SMALL])  # what the Hub said of its hardware
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    card = tmp_path / "README.md"
    card.write_text(CARD)

    def start(options: str) -> dict[str, Any]:
        report = tmp_path / "report.json"
        words = shlex.split(options)
        if words[0] != "merge":
            words = [str(card), "--engine", "bubblewrap", *words]
        main([*words, "--report", f"json:{report}"])
        return dict(json.loads(report.read_text()))

    return start


def cells(report: dict[str, Any], snippet: int) -> dict[str, str]:
    """A snippet's verdicts by the names of columns."""
    columns = [f"{column['profile']} {column['libraries']}".strip() for column in report["columns"]]
    runs = report["snippets"][snippet]["runs"]
    return {columns[run["column"]]: run["verdict"] for run in runs}


def untimed(value: Any) -> Any:
    """A report without what differs from run to run: times, memory and whose process it was."""
    moving = {"started_at", "duration_s", "phases", "preload_s", "memory", "reused_from", "stderr"}
    if isinstance(value, dict):
        return {key: untimed(item) for key, item in value.items() if key not in moving}
    return [untimed(item) for item in value] if isinstance(value, list) else value


def test_profiles_by_generations(run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One call, and four calls merged, come to the same table."""
    whole = run(f"--profile cpu-basic,cpu-small --libraries '{GENERATIONS}'")
    told = capsys.readouterr()
    assert "column 4/4: cpu-small, transformers>=5" in told.err
    assert cells(whole, 0) == {
        "cpu-basic transformers<5": "passed",
        "cpu-basic transformers>=5": "failed",
        "cpu-small transformers<5": "passed",
        "cpu-small transformers>=5": "failed",
    }
    assert set(cells(whole, 1).values()) == {"passed"}
    assert set(cells(whole, 2).values()) == {"skipped"}
    assert (whole["summary"]["passed"], whole["summary"]["failed"], whole["exit_code"]) == (6, 2, 1)
    run_of_old = whole["snippets"][0]["runs"][0]
    assert run_of_old["versions"]["transformers"].startswith("4."), "in the image of that generation"
    assert run_of_old["image"].startswith("cpu-transformers4")

    parts: list[Path] = []
    for profile in ("cpu-small", "cpu-basic"):  # in another order
        for libraries in GENERATIONS.split(","):
            part = run(f"--profile {profile} --libraries '{libraries}'")
            assert len(part["columns"]) == 1
            parts.append(tmp_path / f"{len(parts)}.json")
            parts[-1].write_text(json.dumps(part))
    merged = run(f"merge {' '.join(map(str, parts))}")
    assert untimed(merged) == untimed(whole)


def test_what_this_host_lacks_is_skipped_in_a_table_and_refused_alone(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """And cells that can't differ run once."""
    (tmp_path / "README.md").write_text(LIGHT)
    whole = run("--profile cpu-small,a100x8 --libraries 'torch,transformers>=5'")
    assert set(cells(whole, 0).items()) == {
        ("cpu-small torch", "passed"),
        ("cpu-small transformers>=5", "passed"),
        ("a100x8 torch", "skipped"),
        ("a100x8 transformers>=5", "skipped"),
    }
    runs = whole["snippets"][0]["runs"]
    assert {run["reason"].partition(":")[0] for run in runs if run["verdict"] == "skipped"} == {
        "this host can't give a100x8 (a100x8 has 8 GPUs and this host has none)"
    }
    first, second = (run for run in runs if run["verdict"] == "passed")
    assert first["phases"] == second["phases"], "the same image and profile: it ran once"
    assert (second["reused_from"], second["libraries"]) == (None, "transformers>=5")
    capsys.readouterr()
    assert main([str(tmp_path), "--repo-id", "acme/tiny", "--profile", "a100x8"]) == 2
    alone = run("--matrix --profile a100x8")
    assert (cells(alone, 0), alone["exit_code"]) == ({"a100x8": "skipped"}, 0)
    assert main([str(tmp_path), "--repo-id", "acme/tiny", "--profile", "a100x8,b9000"]) == 2
    assert "there is no profile named 'b9000'" in capsys.readouterr().err


def test_libraries_that_the_card_rules_out(run: Run, tmp_path: Path) -> None:
    """What the user asks for against the card's own words is nobody's fault."""
    (tmp_path / "README.md").write_text(DEMANDING)
    told = run("--libraries 'humanize<4.12,claimed'")
    assert told["columns"][0]["libraries"] == "humanize<4.12"
    first, oldest, newest = told["snippets"][0]["runs"]
    assert (first["verdict"], oldest["verdict"], newest["verdict"]) == ("skipped", "passed", "passed")
    assert first["reason"].startswith(
        "humanize<4.12 can't be had beside what the card installs (humanize>=4.12): "
    )
    assert "conflicting dependencies" in first["reason"]
    assert oldest["versions"]["humanize"] == "4.12.0"
    assert newest["versions"]["humanize"] > "4.12.0"
    assert told["exit_code"] == 0


def test_an_organization_becomes_entries(hub: HubServer, environment: dict[str, str]) -> None:
    """The models that it has now."""
    for name in ("acme/b", "acme/a", "other/c"):
        hub.add(name, {"README.md": LIGHT})
    done = subprocess.run(
        command("matrix", "acme", "other/c", "--profile", "cpu-basic"),
        env=environment | {"HF_ENDPOINT": hub.endpoint},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    (entry,) = json.loads(done.stdout.removeprefix("matrix="))["include"]
    assert sorted(entry["targets"].split()) == ["acme/a", "acme/b", "other/c"]
