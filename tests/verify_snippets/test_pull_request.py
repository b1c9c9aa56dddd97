"""The pull request that a mended card becomes, on a Hub that speaks the real one's protocol."""

import hashlib
from collections.abc import Iterator
from dataclasses import replace

import pytest

from snippet_images.errors import UsageError
from tests.hub_server import HubServer, Repo
from verify_snippets.card import Card, Source
from verify_snippets.fixed import Fixed
from verify_snippets.pull_request import Outcome, submit
from verify_snippets.pull_request_text import MARKER
from verify_snippets.report.model import CardReport, EngineReport, RepairReport, Report, Summary

TEXT = "\ufeff---\r\nlicense: mit\r\n---\r\n# Tiny  \r\n```python\r\nold()\r\n```\r\nno end"
TOKEN = "hf_reader"


@pytest.fixture
def hub() -> Iterator[HubServer]:
    with HubServer() as server:
        yield server


@pytest.fixture
def repo(hub: HubServer) -> Repo:
    return hub.add("acme/tiny", {"README.md": TEXT.encode(), "config.json": "{}"})


def fixed(repo: Repo, new: str = "new()", sentence: str = "`old` was removed; use `new`") -> Fixed:
    card = Card(
        text=TEXT,
        sha256=hashlib.sha256(TEXT.encode()).hexdigest(),
        source=Source.HUB,
        location="acme/tiny",
        repo_id="acme/tiny",
        revision=repo.refs["main"],
    )
    repair = RepairReport(
        cure="renamed-name",
        sentence=sentence,
        snippets=("L5",),
        diff="",
        versions={"python": "3.11.2", "transformers": "5.23.0"},
        duration_s=1.5,
    )
    report = Report(
        tool_version="1.0",
        started_at="2026-01-01T00:00:00+00:00",
        duration_s=3.0,
        card=CardReport(
            repo_id="acme/tiny", revision=card.revision, source=card.source, location="", sha256=""
        ),
        engine=EngineReport(name="none", version=""),
        snippets=(),
        repairs=(repair,),
        summary=Summary(),
        exit_code=0,
    )
    return Fixed(report=report, card=card, mended=replace(card, text=TEXT.replace("old()", new)))


def test_one_is_opened_on_the_commit_that_was_verified(hub: HubServer, repo: Repo) -> None:
    mended = fixed(repo)
    repo.commit({"README.md": "somebody else was quicker", "config.json": "{}"})
    opened = submit(mended, token=TOKEN, endpoint=hub.endpoint)
    assert (opened.outcome, opened.url) == (Outcome.OPENED, f"{hub.endpoint}/acme/tiny/discussions/1")
    (pull,) = repo.pull_requests
    tree = repo.commits[repo.refs[pull.ref]]
    assert tree["README.md"].data == TEXT.replace("old()", "new()").encode()
    assert set(tree) == {"README.md", "config.json"}
    assert MARKER in pull.body
    assert "transformers 5.23.0" in pull.body
    assert repo.commits[repo.refs["main"]]["README.md"].data == b"somebody else was quicker"


def test_an_open_one_is_updated_and_never_doubled(hub: HubServer, repo: Repo) -> None:
    submit(fixed(repo), token=TOKEN, endpoint=hub.endpoint)
    again = submit(fixed(repo), token=TOKEN, endpoint=hub.endpoint)
    assert again.outcome is Outcome.UNCHANGED
    newer = submit(fixed(repo, "newer()", "use `newer`"), token=TOKEN, endpoint=hub.endpoint)
    assert newer.outcome is Outcome.UPDATED
    (pull,) = repo.pull_requests
    assert len(pull.commits) == 2
    assert "use `newer`" in pull.body
    assert repo.commits[repo.refs[pull.ref]]["README.md"].data == TEXT.replace("old()", "newer()").encode()


def test_those_that_are_closed_of_others_or_of_other_make_are_left_alone(hub: HubServer, repo: Repo) -> None:
    submit(fixed(repo), token="hf_other", endpoint=hub.endpoint)
    repo.open_pull_request("reader", "Mend 1 code snippet of the card", "by hand")
    submit(fixed(repo), token=TOKEN, endpoint=hub.endpoint)
    repo.pull_requests[2].status = "closed"
    submit(fixed(repo), token=TOKEN, endpoint=hub.endpoint)
    assert [pull.author for pull in repo.pull_requests] == ["other", "reader", "reader", "reader"]
    assert [len(pull.commits) for pull in repo.pull_requests] == [1, 0, 1, 1]


def test_what_a_snippet_said_is_no_markup_and_calls_nobody(hub: HubServer, repo: Repo) -> None:
    submit(fixed(repo, sentence="<img src=x> @everyone"), token=TOKEN, endpoint=hub.endpoint)
    body = repo.pull_requests[0].body
    assert "<img" not in body
    assert "@everyone" not in body


def test_a_refusal_is_said_plainly(hub: HubServer, repo: Repo) -> None:
    hub.fail("POST .*/commit/main", 403)
    with pytest.raises(UsageError, match="does not let you open a pull request on acme/tiny"):
        submit(fixed(repo), token=TOKEN, endpoint=hub.endpoint)


def test_bytes_that_are_no_text_are_not_lost(hub: HubServer, repo: Repo) -> None:
    mended = fixed(repo)
    broken = replace(mended, card=replace(mended.card, sha256="0" * 64))
    with pytest.raises(UsageError, match="not UTF-8"):
        submit(broken, token=TOKEN, endpoint=hub.endpoint)
    assert not repo.pull_requests
