"""The plan: which snippet runs under which profile, in which order, and why. ``planner`` makes it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from snippet_sandbox.profile import Profile
from verify_snippets.card import Card
from verify_snippets.facts import RepoFacts
from verify_snippets.hub_code.model import HubCode
from verify_snippets.ledger import Entry
from verify_snippets.notebooks import NotebookFile
from verify_snippets.snippets import Snippet

SAMPLES = PurePosixPath("/run/samples")
"""Where a container holds the files that stand in for the reader's own."""

DEFAULT_IMAGE = "cpu"


@dataclass(frozen=True, kw_only=True)
class Step:
    """One snippet under one profile, or the reason why it does not run.

    Attributes:
        snippet: what it is about.
        hardware: what it runs, or would run, under.
        runs: whether it runs.
        reason: why it runs under this profile, or why it doesn't run; one sentence.
        first: snippets that run before it in the same container, in order.
        codes: what is run of ``first`` and of the snippet: their code with certain stand-ins; empty if
            it does not run.
        filled: placeholder -> what stands in for it, in the snippet and in those before it.
        timed: whether the card makes a promise about its time on the very hardware that it runs under.
        roomier: what it runs under once more if it outgrows a limit that the card's words set, or a profile's
            GPU memory on a host that has more; None where nothing has more.
        repo_id: the card's own repo; None where nobody named it.
        image: name of the image that it runs in.
        libraries: requirements that were asked for beside what the card says, such as ``transformers<5``:
            another generation of libraries than the image's own is put upon it where they ask for it.
        kernel: whether its parts run as a notebook's cells, in an IPython kernel.
        time_limit_s: for it with what it needs; None for what the user allows.
    """

    snippet: Snippet
    hardware: Profile
    runs: bool
    reason: str
    first: tuple[Snippet, ...] = ()
    codes: tuple[str, ...] = ()
    filled: Mapping[str, str] = field(default_factory=dict)
    timed: bool = False
    roomier: Profile | None = None
    repo_id: str | None = None
    image: str = DEFAULT_IMAGE
    libraries: tuple[str, ...] = ()
    kernel: bool = False
    time_limit_s: float | None = None

    @property
    def profile(self) -> str:
        """Name of its profile."""
        return self.hardware.name

    @property
    def requirements(self) -> tuple[str, ...]:
        """All that is to be installed for it."""
        return (*self.snippet.requirements, *self.libraries)

    @property
    def snippets(self) -> tuple[Snippet, ...]:
        """All that runs in the container, in order."""
        return (*self.first, self.snippet)


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What would run.

    Attributes:
        card: the card.
        snippets: one for each block, in the card's order; then one for each cell of the repo's notebooks
            and for each sample of the Hub's own code.
        steps: one for each snippet that is code.
        ledger: an entry for each claim of the card.
        facts: what the files of the card's repo say, if known.
        notebooks: of the repo, as they were found.
        hub_code: what the Hub itself shows for the model; None where that is left out or unknown.
    """

    card: Card
    snippets: tuple[Snippet, ...]
    steps: tuple[Step, ...]
    ledger: tuple[Entry, ...] = ()
    facts: RepoFacts | None = None
    notebooks: tuple[NotebookFile, ...] = ()
    hub_code: HubCode | None = None
