"""What is tried with older libraries, in a world where one of them broke a snippet."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, cast

import pytest
from packaging.requirements import Requirement

from snippet_images.built import BuiltImage
from snippet_images.progress import silent
from snippet_sandbox.errors import GatewayError
from snippet_sandbox.gateway.package_releases import Release
from snippet_sandbox.job import Again, Ending, Measurement, PartError, PartMeasurement
from snippet_sandbox.profile import GB, Host
from verify_snippets.bisecting import Bisector
from verify_snippets.card import Card, Source
from verify_snippets.plan import Step
from verify_snippets.planner import make_plan
from verify_snippets.ran import Ran
from verify_snippets.report import build
from verify_snippets.report.model import RotReport
from verify_snippets.run import Runner

THEN = datetime(2025, 11, 20, tzinfo=UTC)
NOW = {"torch": "2.13.0", "transformers": "5.1.0", "accelerate": "1.15.0", "humanize": "4.0"}
IMAGE = BuiltImage(name="cpu", reference="x", key="k", python_version="3.11.2", versions=NOW)
HOST = Host(cpus=4, memory_bytes=16 * GB)
INDEX = {
    "transformers": {"4.57.1": 2025, "4.57.6": 2026, "5.0.0rc1": 2025, "5.0.0": 2026, "5.1.0": 2026},
    "accelerate": {"1.12.0": 2025, "1.15.0": 2026},
    "humanize": {"4.0": 2024},
    "new": {"1.0": 2026},
    "undated": {"1.0": 0},
}
ERROR = PartError(type="ImportError", message="cannot import name 'A' from 'transformers' (x.py)", line=3)
CARD = "```python\nimport torch\nfrom transformers import A\n```\n"


def card(text: str) -> Card:
    return Card(text=text, sha256="", source=Source.FILE, location="README.md")


def step_of(text: str) -> Step:
    (step,) = (s for s in make_plan(card(text), HOST).steps if s.snippet.kind.is_python)
    return step


def ran(step: Step, error: PartError | None, versions: dict[str, str]) -> Ran:
    part = PartMeasurement(name=step.snippet.id, started=True, completed=not error, error=error)
    measured = Measurement(ending=Ending.EXITED, exit_code=1 if error else 0, parts=(part,))
    return Ran(step=step, measurement=measured, versions=versions)


@dataclass(frozen=True, kw_only=True)
class World(Runner):
    """Stands in for containers and packages.

    Attributes:
        works: whether the snippet works with these versions.
        tried: what was asked for, try by try; the first one is of then.
    """

    works: Callable[[dict[str, str]], bool]
    tried: list[tuple[str, ...]] = field(default_factory=list)

    def prepare(self, step: Step, again: Again | None = None) -> Ran:
        """What came of a step at once: nothing has to run."""
        self.tried.append(step.snippet.requirements)
        wishes = map(Requirement, step.snippet.requirements)
        asked = {wish.name: str(wish.specifier).removeprefix("==") or "1.12.0" for wish in wishes}
        versions = asked if self.as_of else NOW | asked
        return ran(step, None if self.works(versions) else ERROR, versions)


def releases(project: str, _python: str) -> tuple[Release, ...]:
    if project == "unreachable":
        raise GatewayError("the package index does not answer")
    return tuple(
        Release(version=version, uploaded_at=datetime(year, 1, 1, tzinfo=UTC) if year else None)
        for version, year in INDEX.get(project, {}).items()
    )


def explain(text: str, works: Callable[[dict[str, str]], bool]) -> tuple[RotReport, list[tuple[str, ...]]]:
    """What is found out of a card's only snippet, and what was tried."""
    found, tried = explain_unless(threading.Event(), text, works)
    assert found is not None
    return found, tried


def explain_unless(
    cancel: threading.Event, text: str, works: Callable[[dict[str, str]], bool]
) -> tuple[RotReport | None, list[tuple[str, ...]]]:
    """The same; None where it was interrupted."""
    nothing = cast("Any", None)
    world = World(
        engine=nothing,
        gateway=cast("Any", SimpleNamespace(releases=releases)),
        image_named=lambda _: IMAGE,
        build_profile=nothing,
        time_limit_s=60.0,
        preloads=False,
        run_id="",
        listener=silent,
        cancel=cancel,
        works=works,
    )
    step = step_of(text)
    now = build.run_report(ran(step, ERROR, NOW), card(text))
    said: list[str] = []
    bisector = Bisector(runner=world, image=IMAGE, host=HOST, card=card(text), as_of=THEN, say=said.append)
    found = bisector.explain(step, now)
    assert len(said) == len(world.tried)
    return found, world.tried


def test_a_break_is_found_to_the_release() -> None:
    """All of then, the suspect alone, the major, the last one before it; torch stays as it is."""
    found, tried = explain(CARD, lambda versions: versions["transformers"] < "5")
    assert found.sentence == "worked with transformers 4.57.6, fails since 5.0.0"
    assert (found.verdict, found.as_of) == ("passed", "2025-11-20")
    assert found.versions == {"transformers": "4.57.1", "accelerate": "1.12.0"}
    assert tried == [
        ("transformers==4.57.1", "accelerate"),
        *((f"transformers=={version}",) for version in ("4.57.1", "5.0.0", "4.57.6")),
    ]


def test_what_failed_then_is_tried_once() -> None:
    """Nothing is left to look for."""
    found, tried = explain(CARD, lambda _: False)
    assert found.sentence.startswith("failed then, too: it never worked with what was current on 2025-11-20")
    assert len(tried) == 1


def test_no_library_is_blamed_for_what_two_brought_about() -> None:
    """It worked then; taking one back does not do."""
    found, tried = explain(CARD, lambda v: (v["transformers"], v["accelerate"]) == ("4.57.1", "1.12.0"))
    assert (found.verdict, found.library) == ("passed", "")
    assert "no single library" in found.sentence
    assert [len(wishes) for wishes in tried] == [2, 1]


def test_what_the_card_asks_for_is_kept_to() -> None:
    """Its own bounds, its extras; packages beside them stay in every try."""
    text = '```bash\npip install "transformers[torch]>=4.57" humanize\n```\n\n' + CARD
    _, tried = explain(text, lambda versions: versions["transformers"] < "5")
    assert tried[0] == ("transformers[torch]==4.57.1", "humanize==4.0", "accelerate")
    assert tried[1] == ("humanize", "transformers[torch]==4.57.1")


@pytest.mark.parametrize(
    ("install", "why"),
    [
        ("new", "there was no new then for Python 3.11.2"),
        ("undated", "the package index does not say when undated was uploaded"),
        ("nowhere", "there is no nowhere for Python 3.11.2"),
        ("unreachable", "the package index does not answer"),
        ("git+https://example.org/a/lib", "git+https://example.org/a/lib is no release of a package"),
    ],
)
def test_what_can_not_be_had_is_not_tried(install: str, why: str) -> None:
    """And says so, instead of a verdict on then."""
    text = f"```bash\npip install {install}\n```\n\n" + CARD
    found, tried = explain(text, lambda _: True)
    assert found.verdict == "skipped"
    assert found.sentence == f"can't be tried with what was current on 2025-11-20: {why}"
    assert tried == []


def test_an_interrupted_try_says_nothing() -> None:
    """Half of a search would be held against the wrong release."""
    cancel = threading.Event()

    def interrupt(_: dict[str, str]) -> bool:
        cancel.set()
        return True

    found, tried = explain_unless(cancel, CARD, interrupt)
    assert found is None
    assert len(tried) == 1


def test_libraries_that_are_the_same_now_are_not_tried() -> None:
    """There would be nothing new to see."""
    found, tried = explain("```python\nimport humanize\n\nhumanize.gone()\n```\n", lambda _: True)
    assert "the libraries that it imports are the same now" in found.sentence
    assert tried == []
