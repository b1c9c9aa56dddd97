"""Cards whose promises are true and false by turns, each judged by what real containers measured."""

import json
import struct
import threading
from pathlib import Path

import pytest

from snippet_sandbox.profile import GB, PROFILES, Profile
from tests.end_to_end.conftest import Verify, files_of
from tests.end_to_end.test_endings import Quiet
from tests.hub_server import HubServer
from verify_snippets import verify as verifying
from verify_snippets.options import Options
from verify_snippets.report.model import Report
from verify_snippets.verify import verify

pytestmark = pytest.mark.alone

TRUE, FALSE, UNKNOWN = "confirmed", "contradicted", "untested"
MB = 10**6

CARD = """# Promises

The model has 1M parameters, weighs 80 MB on disk and is stored in float32.
It has a context length of 4096 tokens.

## Small

Inference fits in 1 GB of RAM and takes about 500 ms on cpu-basic.

```python
import time

hoard = b"x" * 50_000_000
time.sleep(0.5)
print("took 1 ms and 1 MB")
```

## Under

Inference takes under 300 MB of RAM. It requires Python 3.8 or above.

```python
hoard = [b"x" * 10_000_000 for _ in range(50)]
```

## About

Inference takes about 400 MB of RAM. It takes under 50 ms on cpu-basic, and 2 ms on a T4.

```python
import time

hoard = [b"x" * 10_000_000 for _ in range(15)]
time.sleep(0.1)
```

## Needs

Inference requires at least 100 MB of RAM.

```python
hoard = [b"x" * 10_000_000 for _ in range(25)]
```

## Roomy

Inference requires at least 1.5 GB of RAM.

```python
hoard = [b"x" * 10_000_000 for _ in range(25)]
```
"""
LEDGER = [
    (3, "disk_size", FALSE, (4 * MB, 5 * MB)),
    (3, "dtype", TRUE, None),
    (3, "parameters", TRUE, (MB, MB)),
    (4, "context_length", FALSE, (512, 512)),
    (8, "latency", TRUE, (0.5, 1.0)),
    (8, "ram", TRUE, (50 * MB, 80 * MB)),
    (20, "python_version", TRUE, None),
    (20, "ram", FALSE, (500 * MB, 530 * MB)),
    (28, "gpu_model", UNKNOWN, None),
    (28, "latency", FALSE, (0.1, 9.0)),
    (28, "latency", UNKNOWN, (0.1, 9.0)),
    (28, "ram", FALSE, (150 * MB, 180 * MB)),
    (39, "ram", FALSE, (250 * MB, 280 * MB)),
    (47, "ram", TRUE, (250 * MB, 280 * MB)),
]


@pytest.fixture
def repo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repo of a million parameters in float32, on a host that gives little more than a profile needs."""
    small = Profile(name="cpu-basic", cpus=1, memory_bytes=2 * GB)
    monkeypatch.setitem(PROFILES, small.name, small)
    monkeypatch.setattr(verifying, "IMAGE", "bare")
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    folder = tmp_path / "repo"
    folder.mkdir()
    weights = {"w": {"dtype": "F32", "shape": [1000, 1000], "data_offsets": [0, 4 * MB]}}
    header = json.dumps(weights).encode()
    (folder / "model.safetensors").write_bytes(struct.pack("<Q", len(header)) + header + bytes(4 * MB))
    (folder / "config.json").write_text(json.dumps({"max_position_embeddings": 512}))
    (folder / "README.md").write_text(CARD)
    return folder


def report_on(folder: Path, engine: str) -> Report:
    """Verify a folder."""
    options = Options(engine=engine, repo_id="acme/promises")
    return verify(str(folder), options, Quiet(), cancel=threading.Event())


def test_every_line_of_the_ledger(repo: Path, engine_name: str) -> None:
    """Each promise against its number, and each snippet that broke one; from the store as from a run."""
    report = report_on(repo, engine_name)
    judged = sorted((c.line, str(c.kind), str(c.verdict), c.measured) for c in report.claims)
    assert [found[:3] for found in judged] == [expected[:3] for expected in LEDGER], report.claims
    for (*_, measured), (*what, bounds) in zip(judged, LEDGER, strict=True):
        assert bounds is None or (measured is not None and bounds[0] <= measured <= bounds[1]), (
            what,
            measured,
        )
    runs = {snippet.id: snippet.runs[0] for snippet in report.snippets}
    verdicts = [str(run.verdict) for run in runs.values()]
    assert verdicts == ["passed", "contradicted", "contradicted", "contradicted", "passed"]
    under = runs["L22"]
    assert under.memory.outgrown_bytes == 300 * MB
    assert "300 MB of RAM”: claimed 300 MB, measured 5" in under.reason
    assert (len(runs["L10"].repeats_s), report.exit_code) == (5, 1)
    assert runs["L10"].stdout == "took 1 ms and 1 MB\n"
    assert "asks for 1.50 GB" in runs["L49"].remarks[-1]

    again = report_on(repo, engine_name)
    assert all(run.reused_from for snippet in again.snippets for run in snippet.runs)
    assert again.claims == report.claims


def test_tokens_are_counted_as_they_are_made(verify: Verify, hub: HubServer, tiny_repos: Path) -> None:
    """What transformers generated in each repeat, and not what the snippet prints of it."""
    code = (
        "from transformers import pipeline\n\n"
        "pipe = pipeline('text-generation', model='acme/tiny-gpt2')\n"
        "pipe('hello', min_new_tokens=20, max_new_tokens=20)\n"
        "print('1000 tokens/s')\n"
    )
    sentence = "It generates more than 1 token/s on cpu-basic, and 900000 tokens/s on an A100."
    card = f"# Tiny\n\n## Speed\n\n{sentence}\n\n```python\n{code}```\n"
    hub.add("acme/tiny-gpt2", files_of(tiny_repos / "acme" / "tiny-gpt2") | {"README.md": card})
    outcome = verify("acme/tiny-gpt2", "--engine", "bubblewrap", hub=hub)
    (run,) = (snippet["runs"][0] for snippet in outcome.report["snippets"])
    assert run["repeats_tokens"] == [20] * 5, outcome.stderr
    here, there = [c for c in outcome.report["claims"] if c["kind"] == "throughput"]
    assert here["measured"] == there["measured"] == pytest.approx(20 / sorted(run["repeats_s"])[2], rel=0.01)
    assert there["verdict"] == UNKNOWN
    if run["profile"] == "cpu-basic":  # a smaller host gives all it has, under another name
        assert here["verdict"] == TRUE
