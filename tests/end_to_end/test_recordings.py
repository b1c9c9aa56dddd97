"""Runs that are recorded, and repeated with nothing left of the world."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from snippet_images.progress import silent
from snippet_sandbox.engine import Engine
from snippet_sandbox.gateway.gateway import Gateway
from snippet_sandbox.gateway.tape.mediation import Tape
from snippet_sandbox.gateway.tape.recorder import Recorder
from snippet_sandbox.gateway.tape.replay import Replay
from snippet_sandbox.profile import Host
from tests.end_to_end.conftest import Verify
from tests.hub_server import HubServer
from tests.runners import runner_in
from tests.snippet_sandbox.gateway.tape.conftest import World
from verify_snippets.card import Card, Source
from verify_snippets.planner import make_plan
from verify_snippets.ran import Ran
from verify_snippets.run import Ready
from verify_snippets.verdict import Judgement, Verdict, judge

HOST = Host(cpus=2, memory_bytes=8 * 10**9)
CLIENTS = """
import os, subprocess, urllib.request
import httpx2, requests
from huggingface_hub import get_session

for url in ("https://example.org/a", "http://example.org/b"):
    print(urllib.request.urlopen(url).read().decode())
    print(requests.get(url).text)
    print(httpx2.get(url).text)
    print(get_session().get(url).text)
print(requests.get("https://example.org/counter").text)
"""
HUB_CARD = """---
license: mit
---
# Tiny

```python
from huggingface_hub import hf_hub_download

print(open(hf_hub_download("acme/tiny", "config.json")).read())
```

```python
from huggingface_hub import model_info

print(model_info("acme/tiny").sha)
```

```python
from huggingface_hub import hf_hub_download

hf_hub_download("acme/tiny", "not-there.json")
```
"""


@pytest.fixture
def world() -> Iterator[World]:
    made = World()
    yield made
    made.end()


def run_one(engine: Engine, code: str, world: World, tape: Tape, cache: Path) -> tuple[Ran, Judgement]:
    """Run one snippet through a gateway for which ``world`` is the web."""
    card = Card(text=f"```python{code}```\n", sha256="", source=Source.FILE, location="README.md")
    (step,) = make_plan(card, HOST).steps
    assert step.runs, step.reason
    with Gateway(hub_cache=cache, endpoint="http://127.0.0.1:9", dialer=world, tls=world.tls, tape=tape) as g:
        runner = runner_in(engine, g, engine.ensure_image("cpu", silent), time_limit_s=120)
        ready = runner.prepare(step)
        assert isinstance(ready, Ready), ready
        with ready:
            ran = ready.run()
    return ran, judge(ran)


@pytest.mark.image
def test_every_client_in_a_container_is_recorded_and_replayed(
    engine: Engine, world: World, tmp_path: Path
) -> None:
    def run(tape: Tape, code: str = CLIENTS) -> tuple[Ran, Judgement]:
        return run_one(engine, code, world, tape, tmp_path / "cache")

    first, told = run(Recorder(tmp_path / "recording"))
    assert told.verdict is Verdict.PASSED, first.measurement
    assert first.measurement is not None
    assert first.measurement.stdout.split("\n")[0] == "example.org/a None"
    world.end()
    again, told = run(Replay(tmp_path / "recording"))
    assert told.verdict is Verdict.PASSED, again.measurement
    assert again.measurement is not None
    assert again.measurement.stdout == first.measurement.stdout
    assert again.contacts.hosts == ("example.org",)

    other, told = run(Replay(tmp_path / "recording"), CLIENTS.replace("/counter", "/other"))
    assert told.verdict is Verdict.PASSED  # an answer like any other to this code: the report names it
    assert other.contacts.not_recorded == ("GET https://example.org/other",)
    asks = '\nimport urllib.request\n\nurllib.request.urlopen("https://example.org/never")\n'
    _, told = run(Replay(tmp_path / "recording"), asks)
    assert (told.verdict, told.reason) == (
        Verdict.BROKEN,
        "not recorded: GET https://example.org/never",
    )


@pytest.mark.image
@pytest.mark.usefixtures("cpu_image")
def test_a_whole_run_is_repeated_without_the_hub(
    verify: Verify, hub: HubServer, engine_name: str, tmp_path: Path
) -> None:
    hub.add("acme/tiny", {"README.md": HUB_CARD, "config.json": '{"model_type": "gpt2"}'})
    recording = tmp_path / "recording"
    options = ("acme/tiny", "--engine", engine_name)
    first = verify(*options, "--record", recording, hub=hub)
    assert first.verdicts() == ["passed", "passed", "failed"], first.stderr
    assert first.report["traffic"] == "recorded"
    asked = len(hub.seen)
    hub.fail("", 500)
    again = verify(*options, "--replay", recording, hub=hub, HF_HOME=str(tmp_path / "other"))
    assert again.report["traffic"] == "replayed"
    assert len(hub.seen) == asked
    assert _essence(again.report) == _essence(first.report)


def test_a_recording_of_another_card(verify: Verify, hub: HubServer, tmp_path: Path) -> None:
    hub.add("acme/text", {"README.md": "# Nothing to run\n"})
    recording = tmp_path / "recording"
    assert verify("acme/text", "--record", recording, hub=hub).exit_code == 0
    other = verify("acme/other", "--replay", recording, hub=hub)
    assert other.exit_code == 2
    assert "is of acme/text" in other.stderr
    assert "acme/other" not in str(hub.seen)
    assert verify("acme/text", "--replay", recording).exit_code == 0
    full = verify("acme/text", "--record", recording, hub=hub)
    assert (full.exit_code, "is not empty" in full.stderr) == (2, True)
    both = verify("acme/text", "--replay", recording, "--record", tmp_path / "b")
    assert (both.exit_code, "together" in both.stderr) == (2, True)


def _essence(report: dict[str, Any]) -> list[Any]:
    """What must be the same in both runs."""
    names = ("verdict", "reason", "stdout", "contacts")
    runs = [run for snippet in report["snippets"] for run in snippet["runs"]]
    return [report["card"], *([run[name] for name in names] for run in runs)]
