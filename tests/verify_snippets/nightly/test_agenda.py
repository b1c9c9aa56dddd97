"""What a night has to do, from what the store holds and what moved."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from snippet_images.built import BuiltImage
from snippet_sandbox.engine import EngineInfo
from snippet_sandbox.profile import GB, PROFILES, Host, HostGpu
from verify_snippets.nightly.agenda import Agenda, Circumstances, Hold, Known, Wishes, carried_on, make_agenda
from verify_snippets.nightly.costs import Budget, Yardstick
from verify_snippets.nightly.due import Movement, Why
from verify_snippets.nightly.surroundings import hash_of
from verify_snippets.options import Options
from verify_snippets.reuse import Surroundings
from verify_snippets.store.records import (
    CardState,
    ListedModel,
    Movable,
    Night,
    SnippetKey,
    StoredModel,
    Visit,
)

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
OLD, NEW = "a" * 40, "b" * 40
HOST = Host(cpus=4, memory_bytes=32 * GB)  # two of cpu-basic fit
YARDSTICK = Yardstick(host=HOST, catalogue=PROFILES, prices={"cpu-basic": 0.36, "t4-small": 3.6})


def days(count: float) -> timedelta:
    return timedelta(days=count)


def listed(
    repo_id: str = "acme/a", *, revision: str = OLD, downloads: int = 0, gated: bool = False
) -> ListedModel:
    return ListedModel(repo_id=repo_id, revision=revision, downloads=downloads, gated=gated)


def visit(repo_id: str = "acme/a", *, age: float = 1, **more: Any) -> Visit:
    return Visit(repo_id=repo_id, revision=OLD, surroundings="s", ended_at=NOW - days(age), **more)


def known(
    *visits: Visit,
    cards: Mapping[str, CardState] | None = None,
    took: Mapping[str, float] | None = None,
    carried_over: tuple[str, ...] = (),
) -> Known:
    states = {**{one.repo_id: CardState.READ for one in visits}, **(cards or {})}
    return Known(
        models={
            repo_id: StoredModel(listed=listed(repo_id), card=card, first_seen_at=NOW - days(30))
            for repo_id, card in states.items()
        },
        visits={one.repo_id: one for one in visits},
        expectations={
            SnippetKey(repo_id=repo_id, lineage="1", profile="cpu-basic"): (seconds, None)
            for repo_id, seconds in (took or {}).items()
        },
        carried_over=carried_over,
    )


def agenda(
    models: list[ListedModel],
    what_is_known: Known,
    *,
    movement: Movement | None = None,
    surroundings: str = "s",
    night: int | None = None,
    **wishes: Any,
) -> Agenda:
    circumstances = Circumstances(
        now=NOW,
        surroundings=surroundings,
        movement=movement or Movement(),
        yardstick=YARDSTICK,
        night=night,
    )
    return make_agenda(models, what_is_known, circumstances, Wishes(**wishes))


WITH_RELEASES = Movable(releases={"humanize<5": "4.1", "peft": ""})
WITH_LIBRARIES = Movable(libraries={"transformers": "4.57.6", "torch": "2.13.0"})
WITH_REPOS = Movable(repos={"other/base": OLD, "datasets/other/d": OLD})
WITH_HOSTS = Movable(hosts=("example.org",))


@pytest.mark.parametrize(
    ("model", "before", "night", "why", "detail"),
    [
        (listed(), known(), {}, Why.NEW, ""),
        (listed(), known(cards={"acme/a": CardState.READ}), {}, Why.UNFINISHED, ""),
        (listed(), known(visit()), {}, None, ""),
        (listed(revision=NEW), known(visit()), {}, Why.CHANGED, "aaaaaaaaaaaa → bbbbbbbbbbbb"),
        (listed(), known(visit()), {"surroundings": "t"}, Why.SURROUNDINGS, ""),
        (listed(), known(visit()), {"fresh": True}, Why.ASKED, ""),
        (listed(), known(visit(night=7)), {"fresh": True, "night": 7}, None, ""),
        (listed(), known(visit(night=6)), {"fresh": True, "night": 7}, Why.ASKED, ""),
        # what moves outside: only what is known to have moved counts
        (
            listed(),
            known(visit(movable=WITH_RELEASES)),
            {"movement": Movement(releases={"humanize<5": "4.2", "peft": ""})},
            Why.LIBRARIES,
            "humanize<5: 4.1 → 4.2",
        ),
        (
            listed(),
            known(visit(movable=WITH_RELEASES)),
            {"movement": Movement(releases={"peft": "0.1"})},
            Why.LIBRARIES,
            "peft: none → 0.1",
        ),
        (listed(), known(visit(movable=WITH_RELEASES)), {"movement": Movement()}, None, ""),
        (
            listed(),
            known(visit(movable=WITH_LIBRARIES)),
            {"movement": Movement(libraries={"transformers": "5.23.0", "torch": "2.13.0", "peft": "2"})},
            Why.IMAGE,
            "transformers: 4.57.6 → 5.23.0",
        ),
        (
            listed(),
            known(visit(movable=WITH_LIBRARIES)),
            {"movement": Movement(libraries={"transformers": "4.57.6", "torch": "2.13.0", "peft": "2"})},
            None,
            "",
        ),
        (
            listed(),
            known(visit(movable=WITH_REPOS)),
            {"movement": Movement(repos={"other/base": NEW, "datasets/other/d": OLD})},
            Why.REPOS,
            "other/base: aaaaaaaaaaaa → bbbbbbbbbbbb",
        ),
        (
            listed(),
            known(visit(movable=WITH_REPOS)),
            {"movement": Movement(repos={"datasets/other/d": ""})},
            Why.REPOS,
            "datasets/other/d: aaaaaaaaaaaa → none",
        ),
        # age: nights don't begin on the minute
        (listed(), known(visit(age=300)), {}, None, ""),
        (listed(), known(visit(age=0.99)), {"max_age": days(1)}, Why.AGE, "1 day"),
        (listed(), known(visit(age=1.9)), {"max_age": days(3)}, None, ""),
        (
            listed(),
            known(visit(age=6.9, movable=WITH_HOSTS)),
            {},
            Why.AGE,
            "7 days, and they saw example.org",
        ),
        (listed(), known(visit(age=6.9, movable=WITH_HOSTS)), {"max_age": days(5)}, Why.AGE, "7 days"),
        (listed(), known(visit(age=6, movable=WITH_HOSTS)), {"max_age": days(30)}, None, ""),
        # a card that can't be read
        (
            listed(),
            known(visit(age=300), cards={"acme/a": CardState.NO_CARD}),
            {"surroundings": "t"},
            None,
            "",
        ),
        (listed(revision=NEW), known(visit(), cards={"acme/a": CardState.NO_CARD}), {}, Why.CHANGED, None),
        (listed(gated=True), known(visit(age=0.5), cards={"acme/a": CardState.GATED}), {}, None, ""),
        (listed(gated=True), known(visit(age=0.99), cards={"acme/a": CardState.GATED}), {}, Why.ACCESS, ""),
        (listed(gated=False), known(visit(age=0.1), cards={"acme/a": CardState.GATED}), {}, Why.ACCESS, ""),
        (listed(), known(visit(), cards={"acme/a": CardState.UNREADABLE}), {}, None, ""),
    ],
)
def test_why_a_model_is_due(
    model: ListedModel, before: Known, night: dict[str, Any], why: Why | None, detail: str | None
) -> None:
    """One reason at a time."""
    made = agenda([model], before, **night)
    assert [one.why for one in made.due] == ([why] if why else [])
    if made.due and detail is not None:
        assert made.due[0].detail == detail
    assert len(made.due) + len(made.holds) + len(made.impossible) == 1


def test_a_card_that_cannot_be_read_does_not_hold() -> None:
    """It is told apart from one whose verdicts do."""
    cards = {"acme/a": CardState.NO_CARD, "acme/b": CardState.UNREADABLE}
    made = agenda(
        [listed("acme/a"), listed("acme/b"), listed("acme/c")],
        known(visit("acme/a"), visit("acme/b"), visit("acme/c"), cards=cards),
    )
    assert [(one.model.repo_id, one.why) for one in made.impossible] == [
        ("acme/a", Hold.NO_CARD),
        ("acme/b", Hold.UNREADABLE),
    ]
    assert [one.model.repo_id for one in made.holds] == ["acme/c"]


def test_the_order_of_a_night() -> None:
    """What had no room last night, then the most downloaded, last what is only old."""
    models = [
        listed("acme/old", downloads=900),
        listed("acme/older", downloads=1),
        listed("acme/popular", downloads=500),
        listed("acme/rare", downloads=2),
        listed("acme/waited-first"),
        listed("acme/waited", revision=NEW),
    ]
    before = known(
        visit("acme/old", age=40),
        visit("acme/older", age=50),
        visit("acme/waited"),
        carried_over=("acme/gone-since", "acme/waited-first", "acme/waited"),
    )
    made = agenda(models, before, max_age=days(30))
    assert [one.model.repo_id.removeprefix("acme/") for one in made.due] == [
        "waited-first",
        "waited",
        "popular",
        "rare",
        "older",
        "old",
    ]
    assert [one.carried_over for one in made.due] == [True, True, False, False, False, False]


def test_what_it_will_take_is_what_it_took() -> None:
    """The median stands in where nothing was measured; the blocks that a snippet needs count, too."""
    before = known(visit("acme/a", duration_s=20), took={"acme/a": 10, "acme/b": 4, "acme/c": 6})
    models = [replace(listed(f"acme/{name}"), revision=NEW) for name in "abcd"]
    expected = {one.model.repo_id[-1]: one.expected for one in agenda(models, before).due}
    assert {name: one.seconds for name, one in expected.items()} == {"a": 20, "b": 4, "c": 6, "d": 6}
    assert [name for name, one in expected.items() if one.estimated] == ["d"]


def test_before_anything_was_measured_the_clock_decides() -> None:
    """A guess would keep models from a budget that has room for them."""
    models = [listed(f"acme/{number}") for number in range(100)]
    made = agenda(models, known(), budget=Budget.parse("1m"))
    assert len(made.due) == 100
    assert {one.expected_s for one in made.due} == {0}


MINUTES = {"acme/a": 600.0, "acme/b": 600.0, "acme/c": 60.0, "acme/d": 6000.0}


@pytest.mark.parametrize(
    ("budget", "carried_over", "due", "later"),
    [
        ("10m", (), "ab", "cd"),  # two run side by side
        ("11m", (), "abc", "d"),
        ("1m", (), "a", "bcd"),  # the first in any case, or it would never run
        ("11m", ("acme/d",), "d", "abc"),
        ("$0.13", (), "abc", "d"),  # ten minutes of cpu-basic for six cents
        ("$1000", (), "abcd", ""),
    ],
)
def test_a_budget_bounds_the_night(budget: str, carried_over: tuple[str, ...], due: str, later: str) -> None:
    """What doesn't fit is carried over, in order."""
    models = [listed(f"acme/{name}", downloads=100 - place) for place, name in enumerate("abcd")]
    made = agenda(models, known(took=MINUTES, carried_over=carried_over), budget=Budget.parse(budget))
    assert "".join(one.model.repo_id[-1] for one in made.due) == due
    assert "".join(one.model.repo_id[-1] for one in made.later) == later


@given(
    seconds=st.lists(st.floats(min_value=0, max_value=7200), min_size=1, max_size=8),
    waited=st.lists(st.integers(min_value=0, max_value=9), max_size=4, unique=True),
    minutes=st.integers(min_value=1, max_value=120),
)
def test_no_night_is_longer_than_its_budget(seconds: list[float], waited: list[int], minutes: int) -> None:
    """But for its first model, which waited the longest; and nothing is lost."""
    models = [listed(f"acme/{number}") for number in range(len(seconds))]
    took = {f"acme/{number}": it for number, it in enumerate(seconds)}
    carried = tuple(f"acme/{number}" for number in waited)
    made = agenda(models, known(took=took, carried_over=carried), budget=Budget(seconds=60 * minutes))
    beyond_first = sum(YARDSTICK.wall_s(one.expected) for one in made.due[1:])
    assert beyond_first <= 60 * minutes
    assert made.due[0].model.repo_id == next((it for it in carried if it in took), "acme/0")
    assert sorted(one.model.repo_id for one in (*made.due, *made.later)) == sorted(took)


def test_what_has_no_price_fits_in_no_dollars() -> None:
    """Nobody can promise that it stays within them."""
    priced = known(took={"acme/a": 1.0})
    unpriced = {SnippetKey(repo_id="acme/b", lineage="1", profile="quantum-large"): (1.0, None)}
    before = replace(priced, expectations={**priced.expectations, **unpriced})
    made = agenda(
        [listed("acme/a", downloads=2), listed("acme/b", downloads=1)], before, budget=Budget.parse("$5")
    )
    assert [one.model.repo_id for one in made.later] == ["acme/b"]


IMAGE = BuiltImage(
    name="cpu",
    reference="/here/cpu-k",
    key="k",
    python_version="3.11.2",
    versions={"torch": "2.13"},
    foundation="f",
)
ENGINE = EngineInfo(name="docker", version="20.10", runtime="runc")
AROUND = Surroundings(tool_version="1", engine=ENGINE, image=IMAGE, time_limit_s=600.0, web="public")


def night(*, tool_version: str = "1", engine: str = "docker", image: str = "/elsewhere/cpu-k") -> Night:
    return Night(
        number=7,
        target="acme",
        started_at=NOW - days(1),
        tool_version=tool_version,
        engine=engine,
        image=image,
    )


@pytest.mark.parametrize(
    ("before", "told"),
    [
        (night(image="verify-snippets/cpu-j"), "image cpu-j → cpu-k"),
        (night(tool_version="0.9"), "verify-snippets 0.9 → 1"),
        (night(engine="bubblewrap"), "engine bubblewrap → docker"),
        (night(), "other options, or other hardware"),
    ],
)
def test_what_changed_around_is_told(before: Night, told: str) -> None:
    """By what the store remembers of the night before."""
    circumstances = Circumstances(
        now=NOW, surroundings="t", movement=Movement(), yardstick=YARDSTICK, around=AROUND
    )
    (one,) = make_agenda(
        [listed()], replace(known(visit(night=7)), nights={7: before}), circumstances, Wishes()
    ).due
    assert (one.why, one.detail) == (Why.SURROUNDINGS, told)


def test_what_is_left_does_not_push_out_what_others_left() -> None:
    """Two organizations may share a store; what is gone from one of them is not waited for."""
    left, before = ["acme/b", "acme/a"], ["acme/gone", "other/x", "acme/b", "other/y"]
    models = [listed("acme/a"), listed("acme/b")]
    assert carried_on(left, before, models, "acme") == ("acme/b", "acme/a", "other/x", "other/y")
    assert carried_on([], before, models, None) == ("acme/gone", "other/x", "other/y")


@pytest.mark.parametrize(
    ("around", "options", "host", "same"),
    [
        (AROUND, Options(), HOST, True),
        (replace(AROUND, image=replace(IMAGE, reference="/there/cpu-k")), Options(), HOST, True),
        (replace(AROUND, engine=replace(ENGINE, version="20.11")), Options(), HOST, True),
        (AROUND, Options(preload=False), replace(HOST, memory_bytes=33 * GB), True),
        (replace(AROUND, image=replace(IMAGE, key="l", versions={"torch": "2.14"})), Options(), HOST, True),
        (
            replace(AROUND, image=replace(IMAGE, versions={"torch": "2.13", "peft": "1"})),
            Options(),
            HOST,
            False,
        ),
        (replace(AROUND, image=replace(IMAGE, foundation="g")), Options(), HOST, False),
        (replace(AROUND, engine=replace(ENGINE, runtime="runsc")), Options(), HOST, False),
        (replace(AROUND, tool_version="2"), Options(), HOST, False),
        (replace(AROUND, web="hub"), Options(), HOST, False),
        (replace(AROUND, allowed_repos=("a/b",)), Options(), HOST, False),
        (AROUND, Options(profile="cpu-basic"), HOST, False),
        (AROUND, Options(strict_output=True), HOST, False),
        (AROUND, Options(), replace(HOST, gpu_devices=(HostGpu(name="T4", memory_bytes=16 * GB),)), False),
    ],
)
def test_surroundings_change_with_what_decides_verdicts(
    around: Surroundings, options: Options, host: Host, same: bool
) -> None:
    """And with nothing else: each change runs everything again."""
    assert (hash_of(around, options, host) == hash_of(AROUND, Options(), HOST)) is same
