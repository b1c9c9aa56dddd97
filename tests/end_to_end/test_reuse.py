"""What an earlier run found out is not run again, and only that."""

import os
import signal
import subprocess
from pathlib import Path

import pytest

from tests.end_to_end.conftest import Verify, command
from tests.end_to_end.test_interrupts import eventually

pytestmark = [pytest.mark.image, pytest.mark.usefixtures("cpu_image")]

CARD = """
```python
print("one")
```

```python
raise ValueError("two")
```
"""
CHANGED = CARD.replace('"two"', '"three"')


def reused(told: dict[str, object]) -> list[bool]:
    """Of each snippet, whether its verdict is from before."""
    return [bool(run["reused_from"]) for snippet in told["snippets"] for run in snippet["runs"]]  # type: ignore[attr-defined]


def test_the_same_card_again(tmp_path: Path, verify: Verify, engine_name: str) -> None:
    """Verdicts are reused, said so, and the exit code is the same; what changed is run."""
    card = tmp_path / "README.md"
    card.write_text(CARD)
    first = verify(card, "--engine", engine_name)
    assert reused(first.report) == [False, False]
    again = verify(card, "--engine", engine_name)
    assert reused(again.report) == [True, True]
    assert "--fresh" in again.stderr
    assert "earlier run" in again.stdout
    assert (again.exit_code, again.verdicts()) == (first.exit_code, first.verdicts())
    card.write_text(CHANGED)
    assert reused(verify(card, "--engine", engine_name).report) == [True, False]


def test_fresh_runs_everything(tmp_path: Path, verify: Verify) -> None:
    """As does another time limit, and a repo whose files changed."""
    (tmp_path / "repo").mkdir()
    card = tmp_path / "repo" / "README.md"
    card.write_text(CARD)
    options = (card.parent, "--engine", "bubblewrap", "--repo-id", "acme/tiny")
    assert reused(verify(*options).report) == [False, False]
    assert reused(verify(*options).report) == [True, True]
    assert reused(verify(*options, "--fresh").report) == [False, False]
    assert reused(verify(*options, "--timeout", "77").report) == [False, False]
    (card.parent / "config.json").write_text("{}")
    assert reused(verify(*options).report) == [False, False]


def test_a_killed_run_loses_no_verdict(
    tmp_path: Path, verify: Verify, environment: dict[str, str], engine_name: str
) -> None:
    """What was known when it was killed is not run again."""
    card = tmp_path / "README.md"
    card.write_text('```python\nprint("known")\n```\n\n```python\nimport time\ntime.sleep(600)\n```\n')
    log = tmp_path / "log"
    with log.open("w") as sink:
        process = subprocess.Popen(
            command(card, "--engine", engine_name),
            env=environment | {"HF_ENDPOINT": "http://127.0.0.1:9"},
            stdout=sink,
            stderr=subprocess.STDOUT,
        )
    assert eventually(lambda: "passed line 1" in log.read_text(), 60), log.read_text()
    os.kill(process.pid, signal.SIGKILL)
    process.wait(10)
    again = verify(card, "--engine", engine_name, "--timeout", "1")
    assert reused(again.report) == [False, False], "another time limit is another question"
    card.write_text(card.read_text().replace("time.sleep(600)", "raise SystemExit(3)"))
    assert reused(verify(card, "--engine", engine_name).report) == [True, False]
