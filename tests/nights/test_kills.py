"""``kill -9`` at random moments of a night: nothing that was known is lost, nothing known runs again."""

import os
import random
import re
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import pytest

from tests.end_to_end.test_interrupts import containers, eventually
from tests.nights import told
from tests.nights.conftest import MakeWorld
from tests.nights.told import ToldVerdict
from tests.nights.world import World
from tests.tools import make_thousand
from tests.tools.make_thousand import Organization
from verify_snippets.store.records import StoredRun
from verify_snippets.verdict import Verdict

pytestmark = pytest.mark.image

KILLS = 50
FIRST_KILLS = 10
SEED = 6
PART_LINES = (7, 17, 27)  # where they stand in ``make_thousand.TOLD_TO_THE_HUB``, below its front matter

Asked = tuple[str, str, str]  # repo id, commit, part


def small(world: World) -> Organization:
    """An organization of few models, each with snippets that tell the Hub each time that they run."""
    return make_thousand.fill(
        world.hub,
        "acme",
        plain=5,
        in_two_parts=0,
        installing=0,
        summarizing=0,
        failing=2,
        flaky=0,
        gated=1,
        without_card=1,
        plain_card=make_thousand.TOLD_TO_THE_HUB,
    )


@dataclass(kw_only=True)
class Killed:
    """Nights that are killed again and again, and what was seen of them from outside.

    Attributes:
        world: where they are.
        models: what they go through.
        whole_s: how long the last one took that nobody killed at all.
        lot: decides on the moments.
        pids: of the programs that were started.
        told: every verdict that they told, and of which commit it was.
        stored: all that is in the history.
        rounds: how often all cards were changed, because a night had come to its end before it was killed.
        anew: whether all cards were changed since the last night.
    """

    world: World
    models: Organization
    whole_s: float
    lot: random.Random
    pids: list[int] = field(default_factory=list)
    told: set[tuple[ToldVerdict, str]] = field(default_factory=set)
    stored: list[StoredRun] = field(default_factory=list)
    rounds: int = 0
    anew: bool = False

    def kill_one(self) -> bool:
        """Begin a night, or go on with one, and kill it; False where it came to its end before."""
        log = self.world.folder / "log"
        known, asked = set(passed(self.stored)), len(self.world.hub.seen)
        began = time.monotonic()
        with self.world.begun("acme", "--log-format", "json", log=log) as process:
            self.pids.append(process.pid)
            with suppress(subprocess.TimeoutExpired):
                process.wait(self.lot.uniform(0, self.whole_s))
            in_time = process.poll() is None
        if not in_time and self.anew:
            self.whole_s = time.monotonic() - began
        self.anew = False
        self.told |= {(each, self.models_commit(each.repo_id)) for each in told.verdicts(log)}
        self.check(known, asked)
        return in_time

    def check(self, known: set[Asked], asked: int) -> None:
        """See whether all is stored that was told, and nothing ran of what had been stored before."""
        self.stored = self.world.runs()
        assert self.told <= {(told_of(run), run.revision) for run in self.stored}
        attempts = Counter((run.key, run.attempt) for run in self.stored)
        assert max(attempts.values(), default=1) == 1
        again = known & set(ran_by_the_hub([str(seen) for seen in self.world.hub.seen[asked:]]))
        assert again == set()

    def models_commit(self, repo_id: str) -> str:
        """The commit that a model is at."""
        repo = self.world.hub.store.get("model", repo_id)
        assert repo is not None
        return repo.refs["main"]

    def change_all(self) -> None:
        """Let every card run once more."""
        self.rounds += 1
        self.anew = True
        change_all(self.world, self.models, self.rounds)

    def left(self) -> list[str]:
        """What is left of all programs: cgroups, sockets, views of the Hub cache, mounts, processes."""
        groups = [name for _, names, _ in os.walk("/sys/fs/cgroup") for name in names if self._made(name)]
        temporary = (self.world.folder / "tmp").iterdir()
        views = (self.world.folder / "hf").glob("hub/.verify-snippets/*/*")
        mounts = Path("/proc/mounts").read_text().splitlines()
        commands = [" ".join(words) for words in command_lines()]
        ours = [line for line in (*mounts, *commands) if str(self.world.folder) in line]
        return [*groups, *map(str, temporary), *map(str, views), *ours]

    def _made(self, cgroup: str) -> bool:
        return cgroup.startswith("verify-snippets.") and any(f"_{pid}_" in cgroup for pid in self.pids)


def change_all(world: World, models: Organization, number: int) -> None:
    """Commit something new to every card."""
    for repo_id in models.readable:
        make_thousand.change(world.hub, repo_id, f"Edition {number}.")


def told_of(run: StoredRun) -> ToldVerdict:
    """What is told of a run once it is stored."""
    return ToldVerdict(
        repo_id=run.snippet.repo_id,
        snippet_id=run.snippet_id,
        attempt=run.attempt,
        verdict=str(run.run.verdict),
    )


def passed(runs: list[StoredRun]) -> Iterator[Asked]:
    """What the Hub was asked by the snippets that passed: their parts are in the order of their lines."""
    for run in runs:
        if run.run.verdict is Verdict.PASSED:
            part = 1 + PART_LINES.index(int(run.snippet_id.removeprefix("L")))
            yield run.snippet.repo_id, run.revision, str(part)


def ran_by_the_hub(requests: list[str]) -> Iterator[Asked]:
    """Snippets that ran, as the Hub knows it: each asks it something, once."""
    for request in requests:
        found = re.search(r"/api/models/(acme/m-\d+)/revision/(\w+)\?expand=spaces&part=(\d)", request)
        if found:
            yield found[1], found[2], found[3]


def command_lines() -> Iterator[list[str]]:
    """Of all processes."""
    for process in psutil.process_iter(["cmdline"]):
        yield process.info["cmdline"] or []


def standings(world: World) -> set[tuple[str, str, str, str, str]]:
    """All that is known of each snippet in the end, dates aside."""
    with world.store() as store:
        return {
            (each.key.repo_id, each.snippet_id, each.verdict, each.steadiness, each.code_sha256)
            for each in store.standings()
        }


def news(world: World) -> list[tuple[str, str, str]]:
    """All that was ever news."""
    with world.store() as store:
        return sorted((each.kind, each.repo_id, each.after) for each in store.changes())


def test_fifty_kills(make_world: MakeWorld) -> None:
    """In the end all is as if nobody had killed anything.

    A first night is killed, whose failures wait for their second run; then nights of changed cards are.
    """
    calm, world = make_world(), make_world()
    calm_models, models = small(calm), small(world)
    assert calm.night("acme").exit_code == 1
    change_all(calm, calm_models, 1)
    whole_s = calm.night("acme").duration_s
    killed = Killed(world=world, models=models, whole_s=whole_s, lot=random.Random(SEED))  # noqa: S311
    kills = sum(killed.kill_one() for _ in range(FIRST_KILLS))
    assert world.night("acme").exit_code == 1
    killed.change_all()
    while kills < KILLS:
        if killed.kill_one():
            kills += 1
        else:
            killed.change_all()
    assert world.night("acme").exit_code == 1
    sys.stdout.write(
        f"\n{kills} kills, seed {SEED}, of nights of {whole_s:.1f} s; "
        f"{killed.rounds} editions of the cards, {len(killed.told)} verdicts told\n"
    )
    assert killed.told
    assert standings(world) == standings(calm)
    assert news(world) == news(calm)
    assert eventually(lambda: not killed.left(), 10), killed.left()
    assert [c for pid in killed.pids for c in containers(pid)] == []


def test_two_nights_at_once(make_world: MakeWorld) -> None:
    """The second says that one is running, and does nothing; the first does not notice."""
    world = make_world()
    models, log = small(world), world.folder / "log"
    with world.begun("acme", "--log-format", "json", log=log) as first:
        assert eventually(lambda: bool(told.verdicts(log)), 60), log.read_text()
        second = world.night("acme")
        assert first.wait(120) == 1
    assert second.exit_code == 3
    assert str(first.pid) in second.stderr
    assert "Traceback" not in second.stderr
    assert Counter(run.snippet.repo_id for run in world.runs()) == Counter(
        [*models.snippets, *models.failing]
    )
