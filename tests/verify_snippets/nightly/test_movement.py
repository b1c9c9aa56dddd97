"""What moved while a repo stood still, by a package index and a Hub that answer, or don't."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from snippet_images.built import BuiltImage
from snippet_sandbox.gateway.pip_settings import PipSettings
from tests.hub_server.server import HubServer
from verify_snippets.nightly.due import Movement
from verify_snippets.nightly.movement import GONE, Outside, find_movement, movable_of
from verify_snippets.nightly.patience import Patience
from verify_snippets.report.model import ContactsReport
from verify_snippets.store.records import ListedModel, Movable, Visit

IMAGE = BuiltImage(
    name="cpu", reference="cpu:k", key="k", python_version="3.11.2", versions={"transformers": "5.23.0"}
)


class Index(ThreadingHTTPServer):
    """A simple index on this machine.

    Attributes:
        files: of each project.
        asked: the projects, in the order of the questions.
        status: what it answers with.
    """

    files: dict[str, list[str]]
    asked: list[str]
    status = 200


class _Pages(BaseHTTPRequestHandler):
    server: Index

    def do_GET(self) -> None:
        """A project's page."""
        project = self.path.strip("/").rpartition("/")[2]
        self.server.asked.append(project)
        known = project in self.server.files
        self.send_response(self.server.status if known else 404)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        for name in self.server.files.get(project, []):
            self.wfile.write(f'<a href="/files/{name}">{name}</a>'.encode())

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def index() -> Iterator[Index]:
    """An index with two projects."""
    server = Index(("127.0.0.1", 0), _Pages)
    server.asked = []
    server.files = {
        "humanize": ["humanize-4.9.tar.gz", "humanize-4.10.tar.gz", "humanize-5.0-py3-none-any.whl"],
        "peft": ["peft-1.0rc1.tar.gz", "peft-0.9.tar.gz"],
    }
    Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@contextmanager
def outside(
    index: Index | None = None, hub: HubServer | None = None, *, listed: tuple[ListedModel, ...] = ()
) -> Iterator[Outside]:
    pages = (f"http://127.0.0.1:{index.server_port}/simple",) if index else ()
    with Outside(
        python_version="3.11.2",
        listed=listed,
        endpoint=hub.endpoint if hub else "http://127.0.0.1:9",
        token=False,
        pip=PipSettings(indexes=pages),
        patience=Patience(limit_s=0.1),
    ) as opened:
        yield opened


def test_the_newest_release_that_a_requirement_allows(index: Index) -> None:
    """In the order of versions, and no release before the release; each project is asked about once."""
    with outside(index) as world:
        asked = ["humanize", "humanize<5", "Humanize[x]==4.9", "humanize>6", "peft", "peft>=1.0rc1"]
        assert world.newest(asked) == {
            "humanize": "5.0",
            "humanize<5": "4.10",
            "Humanize[x]==4.9": "4.9",
            "humanize>6": "",
            "peft": "0.9",
            "peft>=1.0rc1": "1.0rc1",
        }
        assert world.newest(["humanize", "nobody-has-it"]) == {"humanize": "5.0", "nobody-has-it": ""}
        assert world.newest(["git+https://example.org/a.git", "a @ https://example.org/a.whl", "!"]) == {}
    assert sorted(index.asked) == ["humanize", "nobody-has-it", "peft"]


def test_an_index_that_does_not_answer_tells_nothing(index: Index) -> None:
    """It is asked no more after a while, and what is not known has not moved."""
    index.status = 403
    index.files = {f"p{number}": [] for number in range(40)}
    with outside(index) as world:
        assert world.newest(index.files) == {}
        assert len(index.asked) < 20
        assert any("answered 403" in trouble for trouble in world.troubles)


def test_the_newest_commits_of_other_repos() -> None:
    """Those that are listed are known; what is gone has moved; what doesn't answer is not known."""
    ours = ListedModel(repo_id="acme/own", revision="a" * 40)
    with HubServer() as hub, outside(hub=hub, listed=(ours,)) as world:
        model = hub.add("other/base", {"README.md": ""}).refs["main"]
        dataset = hub.add("other/data", {"README.md": ""}, type="dataset").refs["main"]
        hub.add("other/silent", {"README.md": ""})
        hub.fail("other/silent", 503)
        wanted = ["other/base", "datasets/other/data", "other/gone", "other/silent", "acme/own"]
        for _ in range(2):
            assert world.heads(wanted) == {
                "other/base": model,
                "datasets/other/data": dataset,
                "other/gone": GONE,
                "acme/own": "a" * 40,
            }
        assert [hub.count(f"/{name}") for name in ("base", "data", "gone", "own")] == [1, 1, 1, 0]
        assert any("other/silent" in trouble for trouble in world.troubles)


def test_what_a_card_depends_on_outside(index: Index) -> None:
    """Of what the image lacks, the newest counts."""
    with HubServer() as hub, outside(index, hub) as world:
        base = hub.add("other/base", {"README.md": ""}).refs["main"]
        hub_host = "127.0.0.1"
        contacts = [
            ContactsReport(hosts=(hub_host, "example.org"), repos={"acme/tiny": "1", "other/base": "2"}),
            ContactsReport(repos={"acme/tiny": "1"}),
        ]
        found = movable_of(
            "acme/tiny",
            libraries={"transformers": "5.23.0"},
            added=["humanize<5", "git+https://forge.example/x/y.git"],
            contacts=contacts,
            outside=world,
        )
    assert found == Movable(
        libraries={"transformers": "5.23.0"},
        releases={"humanize<5": "4.10"},
        repos={"other/base": base},
        hosts=("example.org", "forge.example"),
    )


def test_what_nobody_tells_is_watched_all_the_same(index: Index) -> None:
    """Else a night without an index would be the last that asks for it."""
    index.status = 403
    with outside(index) as world:
        assert world.newest(["humanize<5"]) == {}
        found = movable_of(
            "acme/tiny",
            libraries={"transformers": "5.23.0"},
            added=["humanize<5", "git+https://forge.example/x/y.git"],
            contacts=[ContactsReport(repos={"acme/tiny": "1", "other/base": "2"})],
            outside=world,
        )
    assert found == Movable(
        libraries={"transformers": "5.23.0"},
        releases={"humanize<5": ""},
        repos={"other/base": "2"},
        hosts=("forge.example",),
    )


def visit(repo_id: str, revision: str = "a", surroundings: str = "s") -> Visit:
    moving = Movable(releases={f"{repo_id[-1]}-lib": "1"}, repos={f"other/{repo_id[-1]}": "c"})
    return Visit(
        repo_id=repo_id,
        revision=revision,
        surroundings=surroundings,
        movable=moving,
        ended_at=datetime(2026, 11, 22, tzinfo=UTC),
    )


def test_only_verdicts_that_may_hold_are_asked_about(index: Index) -> None:
    """What is due anyway needs no question, and what is no longer listed none either."""
    listed = [ListedModel(repo_id=f"acme/{name}", revision="a") for name in "abcd"]
    visits = {
        "acme/a": visit("acme/a"),
        "acme/b": visit("acme/b", revision="b"),
        "acme/c": visit("acme/c", surroundings="t"),
        "acme/e": visit("acme/e"),
    }
    index.files = {f"{name}-lib": [f"{name}-lib-2.tar.gz"] for name in "abcde"}
    with HubServer() as hub:
        head = {name: hub.add(f"other/{name}", {"README.md": ""}).refs["main"] for name in "abcde"}
        with outside(index, hub) as world:
            moved = find_movement(listed, visits, "s", world, libraries=IMAGE.versions)
        assert moved == Movement(
            libraries=IMAGE.versions, releases={"a-lib": "2"}, repos={"other/a": head["a"]}
        )
        with outside(index, hub) as world:
            moved = find_movement(listed, visits, None, world, libraries={})
        assert set(moved.releases) == {"a-lib", "c-lib"}


def test_nothing_to_ask_starts_nothing() -> None:
    """A thousand models that depend on nothing outside cost no question."""
    with outside() as world:
        assert find_movement([], {}, "s", world, libraries={}) == Movement()
        assert world.troubles == ()
