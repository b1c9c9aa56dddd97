"""One card through several nights, for tests: its store is a real one, and what its steps come to is told."""

import io
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from snippet_images.built import BuiltImage
from snippet_sandbox.engine import EngineInfo
from snippet_sandbox.job import Ending, Measurement, PartError, PartMeasurement
from snippet_sandbox.profile import GB, Host
from tests.verify_snippets.store.values import begun
from verify_snippets.card import Card, Source
from verify_snippets.nightly.card_work import CardWork
from verify_snippets.nightly.logs import CardScreen, JsonLog
from verify_snippets.nightly.turn import NightInfo, Turn
from verify_snippets.plan import Step
from verify_snippets.planner import make_plan
from verify_snippets.ran import Ran
from verify_snippets.reuse import Surroundings
from verify_snippets.store import Store, open_store
from verify_snippets.store.records import Movable, Night
from verify_snippets.verdict import Verdict

REPO = "acme/tiny"
HOST = Host(cpus=2, memory_bytes=24 * GB)
ENGINE = EngineInfo(name="bubblewrap", version="0.11.0")
IMAGE = BuiltImage(name="cpu", reference="cpu-1", key="1", python_version="3.11.2", versions={})
AROUND = Surroundings(tool_version="0.1.0", engine=ENGINE, image=IMAGE, time_limit_s=600.0, web="public")


def blocks(*codes: str) -> str:
    """A card with Python blocks."""
    return "\n".join(f"```python\n{code}\n```\n" for code in codes)


def came_to(step: Step, verdict: Verdict) -> Ran:
    """A run that is judged so."""
    if verdict is Verdict.BROKEN:
        return Ran(step=step, trouble="the engine went away")
    error = PartError(type="ValueError", message="no") if verdict is Verdict.FAILED else None
    part = PartMeasurement(
        name=step.snippet.id, started=True, completed=error is None, duration_s=1.5, error=error
    )
    code = 1 if error else 0
    return Ran(step=step, measurement=Measurement(ending=Ending.EXITED, exit_code=code, parts=(part,)))


@dataclass(kw_only=True)
class History:
    """Nights over one card.

    Attributes:
        store: where everything is.
        said: the log of all nights, as JSON lines.
    """

    store: Store
    said: io.StringIO = field(default_factory=io.StringIO)

    def begin_night(self) -> Night:
        """One more night; it ends when the next one begins."""
        return begun(self.store, at=datetime.now(UTC))

    def work(self, night: Night, text: str, *, revision: str = "a" * 40, holds: bool = True) -> CardWork:
        """The card's work in a night."""
        card = Card(
            text=text, sha256="0" * 64, source=Source.HUB, location="x", repo_id=REPO, revision=revision
        )
        return CardWork(
            REPO,
            make_plan(card, HOST),
            night=NightInfo(
                number=night.number,
                surroundings=AROUND,
                image_named=lambda _: IMAGE,
                hash="s",
                host=HOST,
                strict_output=False,
            ),
            store=self.store,
            screen=CardScreen(log=JsonLog(self.said), repo_id=REPO),
            moving=lambda _: (),
            holds=lambda _: holds,
            movable=lambda _: Movable(),
        )

    def spend(
        self, text: str, verdicts: Mapping[str, Sequence[Verdict]] | None = None, *, revision: str = "a" * 40
    ) -> list[str]:
        """A whole night; return the ids of the snippets that ran, in order.

        Args:
            text: of the card.
            verdicts: what the runs of a snippet come to, by its id; those that are not named pass.
            revision: of the card.
        """
        work = self.work(self.begin_night(), text, revision=revision)
        left = {snippet_id: list(told) for snippet_id, told in (verdicts or {}).items()}
        turns, ran = work.begin(), []
        while turns:
            turn = turns.pop(0)
            ran.append(turn.step.snippet.id)
            again = work.add(turn, _next(turn, left))
            turns += [again] if again is not None else []
        assert work.is_done
        work.finish(duration_s=1.0)
        return ran

    def news(self) -> list[str]:
        """All that ever changed, in words."""
        return [f"{change.snippet_id} {change.kind}" for change in self.store.changes()]

    def events(self) -> list[str]:
        """The names of all events."""
        return [json.loads(line)["event"] for line in self.said.getvalue().splitlines()]


def _next(turn: Turn, left: dict[str, list[Verdict]]) -> Ran:
    told = left.get(turn.step.snippet.id)
    return came_to(turn.step, told.pop(0) if told else Verdict.PASSED)


@contextmanager
def history(folder: Path) -> Iterator[History]:
    """A history that is empty at first."""
    with open_store(f"sqlite:///{folder}/night.db") as store:
        yield History(store=store)
