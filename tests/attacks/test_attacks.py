"""Every attack in the book is performed on every engine that answers, and held off by it."""

import os
from collections.abc import Iterator

import pytest

from snippet_sandbox.errors import EngineUnavailableError
from tests.attacks.book import written
from tests.attacks.performing import ENGINES_HERE, ROOTLESS, perform, why_not
from tests.attacks.stage import Stage
from tests.attacks.table import ATTACKS, Attack

pytestmark = pytest.mark.apart


def test_every_attack_in_the_book_is_in_the_table() -> None:
    """None is written and not performed, none is listed twice, and there are enough."""
    listed = [(attack.family, attack.name) for attack in ATTACKS]
    assert sorted(listed) == sorted(written())
    assert len(listed) >= 40


MARKS = {
    "docker": pytest.mark.docker,
    ROOTLESS: pytest.mark.alone,  # memory is watched, and on a busy machine seldom
}


@pytest.fixture(
    scope="module",
    params=[pytest.param(name, marks=MARKS.get(name, ())) for name in ENGINES_HERE],
)
def engine_name(request: pytest.FixtureRequest) -> str:
    """Each engine in turn."""
    return str(request.param)


@pytest.fixture(scope="module")
def stage(engine_name: str) -> Iterator[Stage]:
    """The engine with a world around it."""
    if os.geteuid() != 0:
        pytest.skip("what a container's processes do is seen from outside by root alone")
    try:
        engine = ENGINES_HERE[engine_name]()
    except EngineUnavailableError as error:
        pytest.skip(f"{engine_name}: {error.message}")
    with Stage(engine) as opened:
        yield opened
    engine.close()


@pytest.mark.timeout(180)
@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: f"{attack.family}: {attack.name}")
def test_attack(attack: Attack, stage: Stage, engine_name: str) -> None:
    """The sandbox holds, as seen from outside."""
    reason = why_not(attack, engine_name)
    if reason:
        pytest.skip(reason)
    outcome = perform(attack, stage)
    assert outcome.held, outcome.seen
