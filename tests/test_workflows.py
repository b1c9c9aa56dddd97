"""The action, and the workflows that the README shows, as actionlint sees them."""

import re
from pathlib import Path

import pytest
import yaml

from tests.workflows import ROOT, action, as_workflow, lint, workflows_in

README = (ROOT / "README.md").read_text(encoding="utf-8")
# An action of this project, wherever it is kept, is the one beside the README.
_OURS = re.compile(r"uses: [\w.-]+/verify-snippets@\S+")


@pytest.mark.parametrize("line", workflows_in(README))
def test_the_readmes_workflows_are_fine(line: int, tmp_path: Path) -> None:
    assert not lint(tmp_path, _OURS.sub("uses: ./", workflows_in(README)[line]))


def test_the_readme_shows_workflows() -> None:
    assert workflows_in(README)


def test_the_action_is_fine(tmp_path: Path) -> None:
    assert not lint(tmp_path, as_workflow(action()))
    uses = {"runs-on": "ubuntu-latest", "steps": [{"uses": "./", "with": {"target": "acme/tiny"}}]}
    assert not lint(tmp_path, yaml.safe_dump({"on": "push", "jobs": {"verify": uses}}))


@pytest.mark.parametrize(
    ("step", "said"),
    [
        ({"uses": "./", "with": {"tarpet": "acme/tiny"}}, "tarpet"),
        ({"run": "echo ${{ github.event.issue.title }}"}, "untrusted"),
        ({"run": "echo ${{ steps.nobody.outputs.report }}"}, "nobody"),
        ({"uses": "actions/cache@v5", "with": {"path": "x"}}, '"key"'),
    ],
)
def test_mistakes_are_found(step: dict[str, object], said: str, tmp_path: Path) -> None:
    """Were they not, the tests above would show nothing."""
    job = {"runs-on": "ubuntu-latest", "steps": [step]}
    assert said in lint(tmp_path, yaml.safe_dump({"on": "push", "jobs": {"verify": job}}))


def test_no_expression_is_part_of_a_script() -> None:
    """What an input says would be run as code."""
    scripts = [step["run"] for step in action()["runs"]["steps"] if "run" in step]
    assert scripts
    assert not [script for script in scripts if "${{" in script]
