"""GitHub's workflows and actions, as tests read them."""

import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from verify_snippets.markdown import read as read_markdown

ROOT = Path(__file__).parents[1]
ACTION = ROOT / "action.yml"
_INPUT = re.compile(r"\$\{\{ inputs\.([\w-]+) \}\}")


def action() -> dict[str, Any]:
    """What ``action.yml`` says."""
    document = yaml.safe_load(ACTION.read_text(encoding="utf-8"))
    assert isinstance(document, dict)
    return document


def workflows_in(markdown: str) -> dict[int, str]:
    """The workflows that a text shows, by their first line."""
    spans = [span for span in read_markdown(markdown).code if span.tag in ("yaml", "yml")]
    return {span.text_line: span.text for span in spans if "jobs:" in span.text.splitlines()}


def lint(folder: Path, workflow: str) -> str:
    """What actionlint says of a workflow in a repo with this project's action; empty where all is well."""
    (folder / ".git").mkdir(exist_ok=True)  # by which actionlint knows a repo
    (folder / "action.yml").write_bytes(ACTION.read_bytes())
    file = folder / ".github" / "workflows" / "workflow.yml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(workflow, encoding="utf-8")
    program = [str(Path(sys.executable).with_name("actionlint")), "-oneline", "-shellcheck=", "-pyflakes="]
    done = subprocess.run([*program, file], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1), done.stderr
    return done.stdout


def as_workflow(action: Mapping[str, Any]) -> str:
    """A workflow with an action's steps, so that the expressions in them are checked, too."""
    inputs = {name: {"type": "string"} | dict(value) for name, value in action["inputs"].items()}
    job = {
        "runs-on": "ubuntu-latest",
        "outputs": {name: output["value"] for name, output in action["outputs"].items()},
        "steps": action["runs"]["steps"],
    }
    return yaml.safe_dump({"on": {"workflow_call": {"inputs": inputs}}, "jobs": {"action": job}})


@dataclass(frozen=True, kw_only=True)
class Done:
    """What a step of the action did."""

    exit_code: int
    log: str
    outputs: dict[str, str]
    summary: str


def run_step(name: str, folder: Path, environment: Mapping[str, str], **given: str) -> Done:
    """Run one step of the action as GitHub does: its script, the inputs in variables, and files for answers.

    Args:
        name: the step's id.
        folder: where it runs, and where the runner's own files are.
        environment: of the runner.
        given: inputs, with ``_`` for ``-``; the others are as ``action.yml`` has them.
    """
    (step,) = [each for each in action()["runs"]["steps"] if each.get("id") == name]
    inputs = {key: str(value.get("default", "")) for key, value in action()["inputs"].items()}
    inputs |= {key.replace("_", "-"): value for key, value in given.items()}
    variables = {key: _INPUT.sub(lambda m: inputs[m.group(1)], text) for key, text in step["env"].items()}
    temp, outputs, summary = folder / "temp", folder / "outputs", folder / "summary.md"
    temp.mkdir(exist_ok=True)
    outputs.write_text("")
    summary.write_text("")
    files = {"GITHUB_OUTPUT": outputs, "GITHUB_STEP_SUMMARY": summary, "RUNNER_TEMP": temp}
    script = folder / "script.sh"
    script.write_text(step["run"])
    done = subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", str(script)],  # as GitHub's `shell: bash`
        env={**environment, **variables, **{key: str(path) for key, path in files.items()}},
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    return Done(
        exit_code=done.returncode,
        log=done.stdout + done.stderr,
        outputs=dict(line.split("=", 1) for line in outputs.read_text().splitlines()),
        summary=summary.read_text(),
    )
