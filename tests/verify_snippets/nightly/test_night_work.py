"""Many cards in a night, with runners that do as they are told: what one of them can do to the others."""

import io
import json
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from snippet_images.built import BuiltImage
from snippet_images.errors import InfrastructureError
from snippet_sandbox.engine import Engine
from snippet_sandbox.gateway.contacts import Contacts
from snippet_sandbox.job import Again, Ending, Measurement, PartError, PartMeasurement
from tests.verify_snippets.nightly.cards import AROUND, HOST, IMAGE, blocks, came_to
from tests.verify_snippets.notebook_samples import notebook
from tests.verify_snippets.store.values import begun
from verify_snippets.card import Card, Source
from verify_snippets.images import Images
from verify_snippets.nightly.agenda import Circumstances, Due, Wishes
from verify_snippets.nightly.costs import Budget, Expected, Yardstick
from verify_snippets.nightly.due import Movement, Why
from verify_snippets.nightly.hands import Hands
from verify_snippets.nightly.known import known_of
from verify_snippets.nightly.logs import CardScreen, JsonLog
from verify_snippets.nightly.movement import Outside
from verify_snippets.nightly.night_options import NightOptions
from verify_snippets.nightly.night_work import MANY_BROKEN, NightWork
from verify_snippets.nightly.planning import NotPlanned, NotRead, Outcome, Planned
from verify_snippets.nightly.scene import NotStoredError, Scene
from verify_snippets.nightly.tally import Tally
from verify_snippets.notebooks import NotebookFile
from verify_snippets.plan import Plan, Step
from verify_snippets.planner import make_plan
from verify_snippets.ran import Ran
from verify_snippets.run import Runner
from verify_snippets.store import Store, open_store
from verify_snippets.store.records import CardEnd, CardState, ListedModel
from verify_snippets.stream import LateRunner
from verify_snippets.verdict import Verdict

Runs = Callable[[Step], Ran]


def passes(step: Step) -> Ran:
    return came_to(step, Verdict.PASSED)


def breaks(step: Step) -> Ran:
    return came_to(step, Verdict.BROKEN)


@dataclass(kw_only=True)
class World:
    """A night whose cards and runs are told.

    Attributes:
        store: a real one.
        said: the log, as JSON lines.
        cancel: ends the night.
        runs: what comes of each model's steps, by repo id; the others pass.
        outcomes: of planning, by repo id; the others have a card with one snippet.
        budget: of the night.
        began: repo ids whose steps ran, in order.
    """

    store: Store
    said: io.StringIO = field(default_factory=io.StringIO)
    cancel: threading.Event = field(default_factory=threading.Event)
    runs: Mapping[str, Runs] = field(default_factory=dict)
    outcomes: Mapping[str, Outcome] = field(default_factory=dict)
    budget: Budget | None = None
    began: list[str] = field(default_factory=list)

    def spend(self, *repo_ids: str) -> Tally:
        """A night over these models."""
        due = [
            Due(model=model_of(repo_id), why=Why.NEW, expected=Expected(by_profile={}))
            for repo_id in repo_ids
        ]
        with Outside(python_version="3.11.2") as outside:
            scene = self.scene(outside)
            return NightWork(due, scene, _ToldHands(scene, self)).run()

    def scene(self, outside: Outside) -> Scene:
        wishes = Wishes(budget=self.budget)
        yardstick = Yardstick(host=HOST, catalogue={}, prices={})
        return Scene(
            number=begun(self.store, at=datetime.now(UTC)).number,
            began=0.0,
            options=NightOptions(target="acme", wishes=wishes, confirm_after_s=0.0, pauses_s=()),
            store=self.store,
            log=JsonLog(self.said),
            cancel=self.cancel,
            engine=cast("Engine", None),
            images=cast("Images", SimpleNamespace(get=image_named)),
            around=AROUND,
            surroundings="s",
            circumstances=Circumstances(
                now=datetime.now(UTC), surroundings="s", movement=Movement(), yardstick=yardstick
            ),
            known=known_of(self.store),
            outside=outside,
        )

    def events(self, name: str) -> list[dict[str, object]]:
        told = (json.loads(line) for line in self.said.getvalue().splitlines())
        return [event for event in told if event["event"] == name]


class _ToldHands(Hands):
    """Those whose cards and runs are told."""

    def __init__(self, scene: Scene, world: World) -> None:
        super().__init__(scene, lambda model: world.outcomes.get(model.repo_id) or planned(model))
        self._world = world

    def runner(self, plan: Plan, screen: CardScreen) -> LateRunner:
        repo_id = screen.repo_id
        return LateRunner(lambda: _told_runner(self._world, repo_id))


@contextmanager
def _told_runner(world: World, repo_id: str) -> Iterator[Runner]:
    yield cast("Runner", _ToldRunner(world, repo_id))


class _ToldRunner:
    def __init__(self, world: World, repo_id: str) -> None:
        self._world, self._repo_id = world, repo_id

    def prepare(self, step: Step, again: Again | None = None) -> Ran:
        self._world.began.append(self._repo_id)
        return self._world.runs.get(self._repo_id, passes)(step)


def model_of(repo_id: str) -> ListedModel:
    return ListedModel(repo_id=repo_id, revision="a" * 40)


def planned(
    model: ListedModel, text: str = blocks("print(1)"), notebooks: tuple[NotebookFile, ...] = ()
) -> Planned:
    card = Card(
        text=text, sha256="0", source=Source.HUB, location="", repo_id=model.repo_id, revision=model.revision
    )
    return Planned(model=model, plan=make_plan(card, HOST, notebooks=notebooks))


def image_named(name: str) -> BuiltImage:
    """Only the usual image can be had."""
    if name != IMAGE.name:
        raise InfrastructureError(f"image {name} could not be built")
    return IMAGE


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    with open_store(f"sqlite:///{tmp_path}/night.db") as store:
        yield World(store=store)


def names(count: int) -> Sequence[str]:
    return [f"acme/m-{n}" for n in range(count)]


def test_each_model_is_visited_once_it_is_done(world: World) -> None:
    gated = NotRead(model=model_of("acme/gated"), state=CardState.GATED, reason="nobody let us in")
    world.outcomes = {"acme/gated": gated}
    tally = world.spend("acme/tiny", "acme/gated")
    assert sorted(tally.done) == sorted(world.store.visits()) == ["acme/gated", "acme/tiny"]
    assert tally.broken == []
    assert {model.listed.repo_id: model.card for model in world.store.models()} == {
        "acme/gated": CardState.GATED,
        "acme/tiny": CardState.READ,
    }


def test_a_notebook_runs_once_for_all_its_cells(world: World) -> None:
    """And once more where one of them failed that never did before."""

    def all_cells(step: Step) -> Ran:
        broken = PartError(type="ValueError", message="no")
        parts = tuple(
            PartMeasurement(
                name=each.id, started=True, completed="fail" not in each.code, duration_s=1.0, error=broken
            )
            for each in step.snippets
        )
        return Ran(step=step, measurement=Measurement(ending=Ending.EXITED, exit_code=1, parts=parts))

    cells = notebook("x = 1", "fail()", "print(x)")
    world.outcomes = {"acme/book": planned(model_of("acme/book"), "# A card", (cells,))}
    world.runs = {"acme/book": all_cells}
    world.spend("acme/book")
    told = {each.snippet_id: each.verdict for each in world.store.standings("acme/book")}
    assert told == {
        "demo.ipynb:1": Verdict.PASSED,
        "demo.ipynb:2": Verdict.FAILED,
        "demo.ipynb:3": Verdict.PASSED,
    }
    assert world.began == ["acme/book"] * 2


def test_our_own_trouble_leaves_a_model_to_the_next_night(world: World) -> None:
    world.runs = {"acme/broken": breaks}
    world.outcomes = {"acme/unplanned": NotPlanned(model=model_of("acme/unplanned"), reason="503")}
    tally = world.spend("acme/broken", "acme/unplanned", "acme/tiny")
    assert {one.repo_id: one.reason for one in tally.broken} == {
        "acme/broken": "the engine went away",
        "acme/unplanned": "503",
    }
    assert list(world.store.visits()) == ["acme/tiny"]
    assert world.store.changes() == []


def test_a_slip_in_running_costs_one_model(world: World) -> None:
    def slips(step: Step) -> Ran:
        raise RuntimeError("a slip")

    world.runs = {"acme/slip": slips}
    tally = world.spend("acme/slip", "acme/tiny")
    assert [one.repo_id for one in tally.broken] == ["acme/slip"]
    assert list(world.store.visits()) == ["acme/tiny"]
    (told,) = world.events("trouble")
    assert "RuntimeError: a slip" in str(told["traceback"])


def test_a_slip_in_judging_costs_one_model(world: World) -> None:
    """Whatever is still running of it is let run out, and nobody asks for it."""
    slip = planned(model_of("acme/slip"), blocks("print(1)", "print(2)"))
    world.outcomes = {"acme/slip": slip}
    world.runs = {"acme/slip": lambda _: cast("Ran", "no run")}
    tally = world.spend("acme/slip", "acme/tiny")
    assert [one.repo_id for one in tally.broken] == ["acme/slip"]
    assert list(world.store.visits()) == ["acme/tiny"]


def test_a_night_in_which_nothing_comes_to_anything_ends(world: World) -> None:
    repo_ids = names(200)
    world.runs = dict.fromkeys(repo_ids, breaks)
    tally = world.spend(*repo_ids)
    assert MANY_BROKEN <= len(tally.broken) < 200
    assert [event["level"] for event in world.events("trouble")] == ["error"]


def test_nothing_more_begins_once_the_budget_is_spent(world: World) -> None:
    world.budget = Budget(seconds=1.0)  # the night began long ago
    tally = world.spend(*names(200))
    assert 0 < len(tally.done) < 200
    assert sorted(world.store.visits()) == sorted(tally.done)


def test_a_new_failure_runs_once_more_before_it_counts(world: World) -> None:
    world.runs = {"acme/fails": lambda step: came_to(step, Verdict.FAILED)}
    world.spend("acme/fails")
    assert world.began == ["acme/fails"] * 2
    assert [change.kind for change in world.store.changes()] == ["new failure"]


def test_verdicts_are_stored_while_the_hub_is_slow(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """One model's end needs the newest commit of another repo; the Hub tells it once the other is done."""
    asked, told = threading.Event(), threading.Event()

    def newest(_: Outside, repo: str) -> str:
        asked.set()
        return f"newest of {repo}" if told.wait(30) else "nothing was stored meanwhile"

    def reads(step: Step) -> Ran:
        return replace(passes(step), contacts=Contacts(repos={"other/base": "1" * 40}))

    def waits(step: Step) -> Ran:
        assert asked.wait(30)
        return passes(step)

    def end_card(end: CardEnd) -> None:
        stored(end)
        told.set()

    stored = world.store.end_card
    monkeypatch.setattr(world.store, "end_card", end_card)
    monkeypatch.setattr(Outside, "_commit", newest)
    world.runs = {"acme/reads": reads, "acme/waits": waits}
    assert sorted(world.spend("acme/reads", "acme/waits").done) == ["acme/reads", "acme/waits"]
    visit = world.store.visits()["acme/reads"]
    assert visit.movable.repos == {"other/base": "newest of other/base"}


def test_a_night_that_is_interrupted_keeps_what_ended(world: World) -> None:
    def interrupted(step: Step) -> Ran:
        world.cancel.set()
        return breaks(step)

    world.runs = {"acme/slow": interrupted}
    world.spend("acme/slow")
    assert list(world.store.every_run()) == []
    assert world.store.visits() == {}


def test_an_image_that_cannot_be_built_costs_the_cards_that_want_it(world: World) -> None:
    """And what doesn't run wants none."""
    cards = {name: planned(model_of(name)).plan for name in ("acme/wants", "acme/idle")}
    (step,) = cards["acme/wants"].steps
    steps = {
        "acme/wants": replace(step, image="cuda"),
        "acme/idle": replace(step, image="cuda", runs=False, reason="needs a GPU", codes=()),
    }
    world.outcomes = {
        name: Planned(model=model_of(name), plan=replace(plan, steps=(steps[name],)))
        for name, plan in cards.items()
    }
    tally = world.spend("acme/wants", "acme/idle", "acme/other")
    assert world.store.visits().keys() == {"acme/idle", "acme/other"}
    assert [(one.repo_id, one.reason) for one in tally.broken] == [
        ("acme/wants", "image cuda could not be built")
    ]


def test_a_store_that_fails_ends_the_night(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise InfrastructureError("the disk is full")

    monkeypatch.setattr(world.store, "add_run", full)
    with pytest.raises(NotStoredError, match="full"):
        world.spend(*names(5))
