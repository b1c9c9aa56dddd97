"""Cards planned ahead, from a Hub that has its moods."""

import io
import json
import threading
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest
from huggingface_hub import constants

from snippet_sandbox.profile import PROFILES, Profile
from tests.hub_server import HubServer
from tests.verify_snippets.nightly.cards import blocks
from verify_snippets.nightly.logs import JsonLog
from verify_snippets.nightly.planning import (
    HubPause,
    NoMorePlans,
    NotPlanned,
    NotRead,
    Outcome,
    Planned,
    Planner,
    PlansAhead,
)
from verify_snippets.options import Options
from verify_snippets.store.records import CardState, ListedModel

CARD = blocks("print(1)")


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[HubServer]:
    with HubServer() as server:
        monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
        monkeypatch.setattr(constants, "HF_TOKEN_PATH", str(tmp_path / "token"))
        yield server


@pytest.fixture
def said() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def planner(hub: HubServer, said: io.StringIO) -> Planner:
    cancel = threading.Event()
    return Planner(
        options=Options(),
        catalogue=PROFILES,
        log=JsonLog(said),
        cancel=cancel,
        pause=HubPause(cancel),
        pauses_s=(0.0,),
        endpoint=hub.endpoint,
    )


def listed(hub: HubServer, files: dict[str, str | bytes], *, gated: bool = False) -> ListedModel:
    """A model on the Hub, as its listing tells it."""
    repo = hub.add("acme/tiny", files, gated=gated)
    return ListedModel(repo_id="acme/tiny", revision=repo.refs["main"])


@pytest.mark.parametrize(
    ("files", "gated", "state"),
    [
        ({"config.json": "{}"}, False, CardState.NO_CARD),
        ({"README.md": CARD}, True, CardState.GATED),
        ({"README.md": " \n"}, False, CardState.UNREADABLE),
    ],
)
def test_a_card_that_cannot_be_read_is_nobodys_failure(
    hub: HubServer, planner: Planner, files: dict[str, str | bytes], gated: bool, state: CardState
) -> None:
    outcome = planner.plan(listed(hub, files, gated=gated))
    assert isinstance(outcome, NotRead)
    assert outcome.state is state
    assert "acme/tiny" in outcome.reason


def test_the_card_of_the_listed_commit_is_planned(
    hub: HubServer, planner: Planner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever was committed since, and whatever lies on this machine under the same name."""
    model = listed(hub, {"README.md": CARD})
    hub.store.get("model", "acme/tiny").commit({"README.md": blocks("print(2)")})  # type: ignore[union-attr]
    (tmp_path / "acme" / "tiny").mkdir(parents=True)
    (tmp_path / "acme" / "tiny" / "README.md").write_text(blocks("print(3)"))
    monkeypatch.chdir(tmp_path)
    outcome = planner.plan(model)
    assert isinstance(outcome, Planned)
    assert [step.codes for step in outcome.plan.steps] == [("print(1)",)]


def test_a_hub_that_wants_to_be_left_alone_is_asked_again(
    hub: HubServer, planner: Planner, said: io.StringIO
) -> None:
    hub.fail("/api/models/acme/tiny.*", 429, times=4, Retry_After="1")
    assert isinstance(planner.plan(listed(hub, {"README.md": CARD})), Planned)
    assert "asked again in 1 s" in said.getvalue()


def test_a_hub_in_trouble_costs_the_model_its_night(hub: HubServer, planner: Planner) -> None:
    hub.fail("/api/models/acme/tiny.*", 503)
    outcome = planner.plan(listed(hub, {"README.md": CARD}))
    assert isinstance(outcome, NotPlanned)
    assert "503" in outcome.reason


def test_facts_are_waited_for(hub: HubServer, planner: Planner) -> None:
    """Without them a card might be planned for other hardware, and its verdicts would be others'."""
    hub.fail(".*blobs=.*", 503, times=1)
    outcome = planner.plan(listed(hub, {"README.md": CARD, "config.json": '{"n_ctx": 7}'}))
    assert isinstance(outcome, Planned)
    assert outcome.plan.facts is not None
    assert outcome.plan.facts.context_lengths == {"config.json": 7}


def test_a_slip_of_ours_costs_one_model(hub: HubServer, planner: Planner, said: io.StringIO) -> None:
    slips = replace(planner, catalogue=cast("Mapping[str, Profile]", None))
    outcome = slips.plan(listed(hub, {"README.md": CARD}))
    assert isinstance(outcome, NotPlanned)
    told = json.loads(said.getvalue().splitlines()[-1])
    assert (told["level"], told["repo_id"]) == ("error", "acme/tiny")
    assert "Traceback" in told["traceback"]


def test_no_more_cards_are_planned_than_are_soon_worked_on() -> None:
    models = [ListedModel(repo_id=f"acme/m-{n}", revision="a" * 40) for n in range(6)]
    came: list[Outcome | NoMorePlans] = []
    changed = threading.Condition()

    def put(outcome: Outcome | NoMorePlans) -> None:
        with changed:
            came.append(outcome)
            changed.notify_all()

    def has(count: int) -> bool:
        with changed:
            return changed.wait_for(lambda: len(came) >= count, 10)

    plans = PlansAhead(models, lambda model: NotPlanned(model=model, reason=""), put, window=4, threads=2)
    plans.start()
    assert has(4)
    assert not changed_soon(came, 4)
    for _ in range(4):
        plans.card_ended()
    assert has(7)
    assert isinstance(came[-1], NoMorePlans)
    assert {outcome.model.repo_id for outcome in came if isinstance(outcome, NotPlanned)} == {
        model.repo_id for model in models
    }


def changed_soon(came: list[Outcome | NoMorePlans], count: int) -> bool:
    """Whether more than ``count`` come within a moment."""
    threading.Event().wait(0.3)
    return len(came) > count
