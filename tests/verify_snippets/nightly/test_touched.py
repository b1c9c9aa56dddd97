"""Which of the image's libraries the verdicts on a card depend on."""

from dataclasses import replace

import pytest

from snippet_images.built import BuiltImage
from tests.verify_snippets.nightly.cards import HOST, blocks
from verify_snippets.card import Card, Source
from verify_snippets.nightly.touched import images_in, libraries_of
from verify_snippets.plan import Step
from verify_snippets.planner import make_plan
from verify_snippets.report.model import ErrorReport, RunReport
from verify_snippets.verdict import Verdict

INSTALLED = {"transformers": "5.23.0", "torch": "2.13.0", "peft": "0.20.0"}
OTHERS = {"transformers": "4.57.6", "torch": "2.13.0"}
ERROR = ErrorReport(type="KeyError", message="summarization")


def image_named(name: str) -> BuiltImage:
    versions = INSTALLED if name == "cpu" else OTHERS
    return BuiltImage(name=name, reference=name, key="1", python_version="3.11.2", versions=versions)


def step_of(code: str) -> Step:
    card = Card(text=blocks(code), sha256="0" * 64, source=Source.FILE, location="x")
    (step,) = make_plan(card, HOST).steps
    return step


def run_of(verdict: Verdict, error: ErrorReport | None = None, **versions: str) -> RunReport:
    return RunReport(profile="cpu-basic", verdict=verdict, reason="", error=error, versions=versions)


@pytest.mark.parametrize(
    ("verdict", "error"),
    [(Verdict.PASSED, None), (Verdict.CONTRADICTED, None), (Verdict.FAILED, ERROR), (Verdict.BLOCKED, ERROR)],
)
def test_a_run_that_ends_by_itself_depends_on_what_it_imported(
    verdict: Verdict, error: ErrorReport | None
) -> None:
    run = run_of(verdict, error, python="3.11.2", transformers="5.23.0")
    assert libraries_of([(step_of("import transformers"), run)], image_named) == {"transformers": "5.23.0"}


def test_all_snippets_of_a_card_count() -> None:
    runs = [
        (step_of(f"import {name}"), run_of(Verdict.PASSED, None, **{name: INSTALLED[name]}))
        for name in ("torch", "peft")
    ]
    assert libraries_of(runs, image_named) == {"torch": "2.13.0", "peft": "0.20.0"}


def test_what_a_card_installs_over_the_image_is_not_the_images() -> None:
    """Its releases are watched on the index."""
    run = run_of(Verdict.PASSED, transformers="4.57.6", humanize="4.1")
    assert libraries_of([(step_of("import transformers"), run)], image_named) == {}


@pytest.mark.parametrize("verdict", [Verdict.FAILED, Verdict.BLOCKED])
def test_a_run_that_was_ended_by_force_may_depend_on_anything(verdict: Verdict) -> None:
    """Out of memory or time: nobody could say what it had imported."""
    assert libraries_of([(step_of("import torch"), run_of(verdict))], image_named) == INSTALLED


@pytest.mark.parametrize(
    "code",
    [
        "import subprocess\nsubprocess.run(['transformers', 'env'])",
        "import os\nos.system('transformers env')",
        "from importlib.metadata import version\nprint(version('peft'))",
        "from multiprocessing import Pool\nPool(2)",
    ],
)
def test_so_may_one_that_starts_programs_or_asks_for_versions(code: str) -> None:
    assert libraries_of([(step_of(code), run_of(Verdict.PASSED))], image_named) == INSTALLED


def test_what_never_runs_depends_on_no_library() -> None:
    idle = replace(step_of("import torch"), runs=False)
    assert libraries_of([(idle, run_of(Verdict.SKIPPED))], image_named) == {}


def test_libraries_of_other_images_are_told_apart() -> None:
    """A release of one image's says nothing of the others'."""
    in_cpu = (step_of("import torch"), run_of(Verdict.PASSED, torch="2.13.0"))
    other = replace(step_of("import transformers"), image="cpu-other")
    in_other = (other, run_of(Verdict.PASSED, transformers="4.57.6"))
    found = libraries_of([in_cpu, in_other], image_named)
    assert found == {"torch": "2.13.0", "cpu-other/transformers": "4.57.6"}
    assert images_in(found) == {"cpu-other"}
