"""PostgreSQL is stopped and started in the middle of a night: it goes on, and nothing is lost."""

import time
from collections import Counter
from functools import partial
from pathlib import Path

import pytest

from tests import postgres
from tests.end_to_end.test_interrupts import eventually
from tests.nights import told
from tests.nights.conftest import MakeWorld
from tests.nights.test_kills import ran_by_the_hub, small, told_of

pytestmark = pytest.mark.image

DOWN_S = 3.0


@pytest.mark.skipif(bool(postgres.why_not()), reason=postgres.why_not())
def test_a_server_that_is_stopped_and_started(make_world: MakeWorld) -> None:
    """Once in good order, and once as in a crash: verdicts that are known meanwhile wait for it."""
    with postgres.running_server() as server:
        world = make_world(store_url=server.new_database())
        models, log = small(world), world.folder / "log"
        with world.begun("acme", "--log-format", "json", log=log) as night:
            for verdicts, mode in ((2, "fast"), (6, "immediate")):
                assert eventually(partial(_are_told, log, verdicts), 120), log.read_text()
                server.stop(mode=mode)
                time.sleep(DOWN_S)
                assert night.poll() is None, log.read_text()
                server.start()
            assert night.wait(240) == 1, log.read_text()
        runs = world.runs()
    assert {told_of(run) for run in runs} == told.verdicts(log)
    assert Counter(run.snippet.repo_id for run in runs) == Counter([*models.snippets, *models.failing])
    ran = Counter(ran_by_the_hub([str(seen) for seen in world.hub.seen]))
    assert set(ran.values()) == {1}
    assert postgres.PASSWORD not in log.read_text()


def _are_told(log: Path, verdicts: int) -> bool:
    return len(told.verdicts(log)) >= verdicts
