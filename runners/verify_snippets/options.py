"""What a user asks for, and where they are told what happens."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from snippet_images.progress import Progress
from snippet_sandbox.gateway.web_policy import PUBLIC, WebPolicy
from snippet_sandbox.job import DEFAULT_TIME_LIMIT_S
from verify_snippets.plan import Plan, Step

if TYPE_CHECKING:
    from verify_snippets.report.model import RunReport


@dataclass(frozen=True, kw_only=True)
class Options:
    """What the user asked for, beside the target.

    Attributes:
        repo_id: the repo that a local folder or card stands for.
        revision: branch, tag or commit on the Hub.
        profile: name of a profile; None for the smallest that the card and its files ask for.
        libraries: requirements beside what the card says, such as ``transformers<5``.
        python: version such as ``3.12``; None for the engine's own.
        one_of_several: whether this is one column of a matrix: hardware that this host can't give then skips
            the snippets, and is no error.
        engine: name of an engine; None for the first that answers.
        runtime: what the engine starts containers with; None for its own default.
        time_limit_s: for one snippet with what it needs.
        strict_output: whether a snippet that prints something else than the card shows is contradicted.
        fresh: run what is known from before, too.
        notebooks: whether the repo's notebooks are run, too.
        hub_code: whether the Hub's own "Use this model" code is run, too.
        notebooks_dir: the folder that executed notebooks are saved in; None to save none.
        preload: let containers do a snippet's first imports while they wait for their turn.
        allowed_repos: others' private or gated repos that snippets may read with the user's token.
        web: which web hosts snippets may speak to.
        record: the folder that keeps what web hosts and the Hub answer; None to keep nothing.
        replay: the folder with the answers that are given instead of theirs; None to ask them.
        bisect: try what fails again with the libraries that were current when the card was last changed.
        as_of: take this moment instead of the card's last change; None to find that out.
    """

    repo_id: str | None = None
    revision: str | None = None
    profile: str | None = None
    libraries: tuple[str, ...] = ()
    python: str | None = None
    one_of_several: bool = False
    engine: str | None = None
    runtime: str | None = None
    time_limit_s: float = DEFAULT_TIME_LIMIT_S
    strict_output: bool = False
    fresh: bool = False
    notebooks: bool = True
    hub_code: bool = True
    notebooks_dir: Path | None = None
    preload: bool = True
    allowed_repos: tuple[str, ...] = ()
    web: WebPolicy = PUBLIC
    record: Path | None = None
    replay: Path | None = None
    bisect: bool = False
    as_of: datetime | None = None


class Screen(Protocol):
    """Where a verification says what is happening. Called from several threads."""

    def show(self, progress: Progress) -> None:
        """Something is going on: an image is built, a file downloaded."""

    def say(self, text: str) -> None:
        """One line that stays: which engine runs, what it can't enforce."""

    def planned(self, plan: Plan) -> None:
        """The card is read; this is what will run."""

    def started(self, step: Step) -> None:
        """A snippet's container is being asked for."""

    def finished(self, step: Step, run: "RunReport") -> None:
        """A snippet has its verdict."""


class Silence:
    """A screen that says nothing."""

    def show(self, progress: Progress) -> None:
        """Nothing."""

    def say(self, text: str) -> None:
        """Nothing."""

    def planned(self, plan: Plan) -> None:
        """Nothing."""

    def started(self, step: Step) -> None:
        """Nothing."""

    def finished(self, step: Step, run: "RunReport") -> None:
        """Nothing."""
