"""A night over an organization as a maintainer's cron starts it: interrupted, gone on with, and told."""

import json
import signal
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.end_to_end.conftest import open_or_skip
from tests.nights import told
from tests.nights.world import Spent, World, new_world
from tests.verify_snippets.nightly.cards import blocks
from tests.webhook import SECRET, Webhook, open_webhook
from verify_snippets.store.records import CardState

pytestmark = pytest.mark.image

QUICK = "print('quick')"
SLOW = "import time\nprint('begun')\ntime.sleep(20)"


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    open_or_skip("bubblewrap").close()
    with new_world({}) as made:
        made.hub.add("acme/passes", {"README.md": blocks(QUICK)})
        made.hub.add("acme/fails", {"README.md": blocks(QUICK, "1 / 0")})
        made.hub.add("acme/slow", {"README.md": blocks(QUICK, SLOW)})
        made.hub.add("acme/no-card", {"config.json": "{}"})
        made.hub.add("acme/gated", {"README.md": blocks(QUICK)}, gated=True)
        (made.folder / "hf").mkdir()
        (made.folder / "hf" / "token").write_text("hf_reader")
        yield made


@pytest.fixture(scope="module")
def webhook() -> Iterator[Webhook]:
    with open_webhook() as opened:
        yield opened


@pytest.fixture(scope="module")
def interrupted(world: World) -> tuple[int, Path]:
    """The exit code of a night that was ended in the middle, and its log."""
    log = world.folder / "log"
    with world.begun("acme", "--log-format", "json", log=log) as process:
        wait_for(log, "snippet_began", repo_id="acme/slow", snippet="L5")
        wait_for(log, "model_ended", repo_id="acme/passes")
        process.send_signal(signal.SIGTERM)
        return process.wait(30), log


@pytest.fixture(scope="module")
def resumed(world: World, interrupted: tuple[int, Path], webhook: Webhook) -> Spent:
    """The night gone on with to its end, in which the slow snippet has become quick."""
    world.hub.store.get("model", "acme/slow").commit({"README.md": blocks(QUICK, "print('begun')")})  # type: ignore[union-attr]
    files = [f"--report=json:{world.folder / 'news.json'}", f"--report=markdown:{world.folder / 'news.md'}"]
    people = ["--notify", webhook.url, "--open-discussions"]
    return world.night("acme", *files, "--site", world.folder / "site", *people)


@pytest.fixture(scope="module")
def second(world: World, resumed: Spent, webhook: Webhook) -> Spent:
    """The night after it, in which nothing changed."""
    return world.night("acme", "--log-format", "json", "--notify", webhook.url, "--open-discussions")


def wait_for(log: Path, event: str, **fields: str) -> None:
    """Wait until a night tells of something."""
    for _ in range(600):
        if any(
            told_of["event"] == event and fields.items() <= told_of.items() for told_of in told.events(log)
        ):
            return
        time.sleep(0.1)
    pytest.fail(f"no {event} {fields} in:\n{log.read_text()}")


def test_an_interrupted_night_says_how_it_is_gone_on_with(
    world: World, interrupted: tuple[int, Path]
) -> None:
    exit_code, log = interrupted
    assert exit_code == 130
    assert [e["event"] for e in told.events(log)][-1] == "note"
    assert "goes on from here" in log.read_text()
    assert "Traceback" not in log.read_text()


def test_the_next_start_goes_on_with_it(world: World, interrupted: tuple[int, Path], resumed: Spent) -> None:
    with world.store() as store:
        (night,) = [each for each in store.nights() if each.number == 1]
        states = {model.listed.repo_id: model.card for model in store.models()}
        visits = {visit.night for visit in store.visits().values()}
    assert resumed.exit_code == night.exit_code == 1
    assert night.ended_at is not None
    assert visits == {1}
    assert states["acme/no-card"] is CardState.NO_CARD
    assert states["acme/gated"] is CardState.GATED
    ran = Counter((run.snippet.repo_id, run.snippet_id) for run in world.runs())
    assert ran["acme/passes", "L1"] == 1
    assert ran["acme/fails", "L5"] == 2, "a new failure runs once more before it counts"
    assert max(ran.values()) == 2


def test_the_news_are_told(world: World, resumed: Spent) -> None:
    assert resumed.stdout.startswith("acme: 1 new failure\n"), resumed.stdout
    assert "acme/fails line 5" in resumed.stdout
    news = json.loads((world.folder / "news.json").read_text())
    assert [item["repo_id"] for group in news["topics"]["new failures"] for item in group["items"]] == [
        "acme/fails"
    ]
    assert "ZeroDivisionError" in (world.folder / "news.md").read_text()
    assert (world.folder / "site" / "index.html").exists()


def test_nothing_runs_where_nothing_changed(world: World, second: Spent) -> None:
    assert second.containers == 0
    assert second.exit_code == 1, "what still fails is still somebody's fault"
    assert second.stdout.startswith("acme: nothing new (1 still failing)\n")
    assert [json.loads(line)["event"] for line in second.stderr.splitlines()][-1] == "night_ended"


def test_others_are_told_once(world: World, resumed: Spent, second: Spent, webhook: Webhook) -> None:
    (body,) = webhook.bodies
    assert body["title"] == "acme: 1 new failure"
    assert "ZeroDivisionError" in body["message"]
    repo = world.hub.store.find("acme/fails")
    assert repo is not None
    (discussion,) = repo.discussions
    assert "**Line 5**" in discussion.body
    assert (discussion.edits, discussion.replies) == (0, [])
    assert "acme/fails: discussion opened" in resumed.stderr
    assert "discussion" not in second.stderr
    assert SECRET not in resumed.stdout + resumed.stderr + second.stderr
