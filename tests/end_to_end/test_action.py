"""What the GitHub Action does with a card, and with inputs that are not what they seem."""

import json
import sys
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.workflows import run_step

CARD = """\
```python
print("works")
```

```python
raise ValueError("::error::forged")
```
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A checkout with a card, where the action has installed this very environment's programs."""
    programs = tmp_path / "temp" / "verify-snippets" / "bin"
    programs.mkdir(parents=True)
    for name in ("python", "verify-snippets"):
        (programs / name).symlink_to(Path(sys.executable).with_name(name))
    (tmp_path / "README.md").write_text(CARD)
    return tmp_path


def test_a_card_at_fault_fails_the_job(folder: Path, environment: dict[str, str]) -> None:
    verify = partial(run_step, "verify", folder, environment, engine="bubblewrap", args="--web\nnone\n")
    done = verify(target="README.md")
    assert done.exit_code == 1, done.log
    assert done.outputs["exit-code"] == "1"
    assert (done.outputs["passed"], done.outputs["failed"]) == ("1", "1")
    assert done.outputs["summary"] == "1 passed, 1 failed"
    report: dict[str, Any] = json.loads(Path(done.outputs["report"]).read_text())
    assert report["web"] == "none"
    assert {each.name for each in Path(done.outputs["report-dir"]).iterdir()} == {
        "report.html",
        "report.json",
    }
    assert "ValueError" in done.summary
    (annotation,) = [line for line in done.log.splitlines() if line.startswith("::error")]
    assert "README.md" in annotation
    (folder / "good.md").write_text(CARD.partition("\n\n")[0])
    both = verify(targets="README.md\n good.md", fail_on="never")
    assert (both.exit_code, both.outputs["exit-code"]) == (0, "1")
    assert both.outputs["summary"] == "2 passed, 1 failed"
    assert "::warning::" in both.log
    assert Path(both.outputs["report"]).exists()


HOSTILE = ("$(touch hacked)", "`touch hacked`", "'; touch hacked; '", '"; touch hacked; "', "; touch hacked")


@pytest.mark.parametrize(
    ("inputs", "said"),
    [
        ({"target": HOSTILE[0]}, f"there is no file or folder {HOSTILE[0]}"),
        (
            {"target": "--write", "profile": HOSTILE[1], "args": "\n".join(HOSTILE)},
            "unexpected extra argument",
        ),
        ({"target": "x", "config": HOSTILE[3], "repo_id": HOSTILE[2]}, "can't be read"),
        ({"targets": f"x {HOSTILE[4]}", "libraries": HOSTILE[4]}, "is no requirement"),
        ({}, "say what to verify"),
        ({"fail_on": HOSTILE[2]}, "fail-on is"),
        ({"report_dir": "x\nreport=forged"}, "report-dir is one line"),
    ],
)
def test_inputs_are_never_code(
    folder: Path, environment: dict[str, str], inputs: dict[str, str], said: str
) -> None:
    done = run_step("verify", folder, environment, **inputs)
    assert done.exit_code == 2, done.log
    assert said in done.log
    assert not (folder / "hacked").exists()
    assert done.outputs in ({}, {"exit-code": "2"})
