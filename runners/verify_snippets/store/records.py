"""What the store holds, as values: the rest of the program never sees a table."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from verify_snippets.report.model import CauseReport, Report, RunReport
from verify_snippets.verdict import Verdict


class CardState(StrEnum):
    """Whether a model's card could be read when it was last tried."""

    UNSEEN = "unseen"
    READ = "read"
    NO_CARD = "no card"
    GATED = "gated"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, kw_only=True)
class ListedModel:
    """A model as a listing on the Hub tells it.

    Attributes:
        repo_id: such as ``acme/tiny``.
        revision: the commit of its main branch, 40 hex digits.
        last_modified: when that branch last changed; None where the Hub doesn't say.
        downloads: in the last 30 days.
        library: such as ``transformers``; empty where the Hub knows none.
        task: its pipeline tag; empty where it has none.
        gated: whether its files are given only to those who were let in.
        private: whether only its owner sees it.
    """

    repo_id: str
    revision: str
    last_modified: datetime | None = None
    downloads: int = 0
    library: str = ""
    task: str = ""
    gated: bool = False
    private: bool = False


@dataclass(frozen=True, kw_only=True)
class StoredModel:
    """A model that was listed at some time.

    Attributes:
        listed: as it was listed last.
        card: whether its card could be read.
        card_reason: why it couldn't be; empty where it could.
        first_seen_at: when it was first listed.
        gone: whether the last whole listing of its owner had it no more.
    """

    listed: ListedModel
    card: CardState = CardState.UNSEEN
    card_reason: str = ""
    first_seen_at: datetime
    gone: bool = False


@dataclass(frozen=True, kw_only=True)
class Movable:
    """What a model's verdicts depended on that may move while its own repo stands still.

    Attributes:
        libraries: of the image, those that its snippets imported, and the version of each.
        releases: the newest release that each of its requirements allows, by the requirement as written;
            only of what the image doesn't hold. Empty where no release fits, or none was told.
        repos: other repos on the Hub that its snippets read (``datasets/acme/x`` for a dataset), and the
            commit at the head of each.
        hosts: web hosts that its snippets spoke to, or that it installs packages from by address.
    """

    libraries: dict[str, str] = field(default_factory=dict)
    releases: dict[str, str] = field(default_factory=dict)
    repos: dict[str, str] = field(default_factory=dict)
    hosts: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Visit:
    """A model whose every step has its verdict, at one revision under one set of surroundings.

    Attributes:
        repo_id: which model.
        revision: its commit.
        surroundings: SHA-256 of what all verdicts depended on beside the repo: what the image is made of
            but for its libraries' versions, the engine, the program's version, the options.
        movable: what else they depended on.
        ended_at: when the last of them was known.
        night: the number of the night; None for an imported report.
        snippets: how many snippets the card has.
        ran: how many of them ran, now or before.
        duration_s: of running them, one after the other.
    """

    repo_id: str
    revision: str
    surroundings: str
    movable: Movable = Movable()
    ended_at: datetime
    night: int | None = None
    snippets: int = 0
    ran: int = 0
    duration_s: float = 0.0


class Steadiness(StrEnum):
    """How much a standing can be relied on."""

    STEADY = "steady"
    SUSPECTED = "suspected"  # failed once, and no second run has confirmed it yet
    FLAKY = "flaky"  # passes and fails although nothing changed


@dataclass(frozen=True, kw_only=True)
class SnippetKey:
    """One snippet under one profile, through all revisions of its card.

    Attributes:
        repo_id: whose card it is in.
        lineage: names it among the card's snippets of all times; stays when lines move or its code is edited.
        profile: the hardware's name.
    """

    repo_id: str
    lineage: str
    profile: str


@dataclass(frozen=True, kw_only=True)
class Standing:
    """What is known of a snippet now.

    Attributes:
        key: which snippet.
        snippet_id: ``L`` and its line in the card of now.
        title: its first line, for people.
        kind: what it is, such as ``python`` (``blocks.Kind``).
        code_sha256: of its code.
        sketch: of its code, too, by which it is known again when it was edited (see ``nightly.lineage``).
        verdict: the last one that counts. ``broken`` and ``skipped`` only where there never was another, a
            suspected failure only where nothing else was known before.
        reason: in words; of a failure that is suspected, why that one.
        cause: of a failure; of one that is suspected or flaky, the last one's.
        since: when it began to pass, or to fail in whichever way, without the other in between.
        since_revision: the card's commit then; empty where there was none.
        last_ran_at: when it last ran.
        steadiness: whether it can be relied on.
        recent: its last verdicts, the newest last, with the key under which each was found (see
            ``reuse.key_of``): flipping under one key is what makes it flaky.
        duration_s: of its last run that ended.
        memory_bytes: its peak anonymous memory then; None where it was not seen.
        discussion: the number of the discussion on the Hub that tells of its failure; None for none.
        gone: whether the card has it no more.
    """

    key: SnippetKey
    snippet_id: str
    title: str
    kind: str = ""
    code_sha256: str
    sketch: str = ""
    verdict: Verdict
    reason: str = ""
    cause: CauseReport | None = None
    since: datetime
    since_revision: str = ""
    last_ran_at: datetime
    steadiness: Steadiness = Steadiness.STEADY
    recent: tuple[tuple[str, Verdict], ...] = ()
    duration_s: float | None = None
    memory_bytes: int | None = None
    discussion: int | None = None
    gone: bool = False


def line_of(snippet_id: str) -> int:
    """The line that a snippet's id names; 0 where it names none, as an imported report's may."""
    digits = snippet_id.removeprefix("L")
    return int(digits) if digits.isascii() and digits.isdigit() else 0


class ChangeKind(StrEnum):
    """What a night found that was not so before."""

    NEW_FAILURE = "new failure"
    FIXED = "fixed"
    FLAKY = "flaky"
    STEADY_AGAIN = "steady again"
    NEW_CONTRADICTION = "newly contradicted claim"
    CLAIM_HOLDS = "claim holds again"


@dataclass(frozen=True, kw_only=True)
class Change:
    """One piece of news.

    Attributes:
        kind: what changed.
        repo_id: the model.
        lineage: the snippet's; empty for a claim.
        snippet_id: ``L`` and the line in the card; for a claim its line alone.
        profile: the hardware's name; empty for a claim.
        before: the verdict before; empty where there was none.
        after: the verdict now.
        reason: in words; of a failure that is fixed, why it failed.
        cause: of the failure, also of one that is fixed.
        quote: of a claim.
        at: when it was known.
        night: the number of the night; None for an imported report.
    """

    kind: ChangeKind
    repo_id: str
    lineage: str = ""
    snippet_id: str = ""
    profile: str = ""
    before: str = ""
    after: str = ""
    reason: str = ""
    cause: CauseReport | None = None
    quote: str = ""
    at: datetime
    night: int | None = None


@dataclass(frozen=True, kw_only=True)
class StoredRun:
    """One run of a snippet, as the store keeps it.

    Attributes:
        snippet: which one.
        snippet_id: ``L`` and its line in the card then.
        revision: the card's commit; empty for a card outside the Hub.
        key: SHA-256 of all that the verdict depends on (see ``reuse.key_of``).
        ran_at: when it ended.
        night: the number of the night; None for an imported report.
        attempt: 1 for the first run under this key, 2 for the one that confirms it ...
        run: all that was found.
    """

    snippet: SnippetKey
    snippet_id: str
    revision: str
    key: str
    ran_at: datetime
    night: int | None = None
    attempt: int = 1
    run: RunReport


@dataclass(frozen=True, kw_only=True)
class PastRun:
    """One run of a snippet in figures: what a history draws many of.

    Attributes:
        snippet: which one.
        revision: the card's commit; empty for a card outside the Hub.
        ran_at: when it ended.
        night: the number of the night; None for an imported report.
        attempt: 1 for the first run under its key, 2 for the one that confirms it ...
        verdict: what was said of it.
        duration_s: of the snippet itself; None where it did not end.
        memory_bytes: its peak anonymous memory; None where it was not seen.
    """

    snippet: SnippetKey
    revision: str
    ran_at: datetime
    night: int | None = None
    attempt: int = 1
    verdict: Verdict
    duration_s: float | None = None
    memory_bytes: int | None = None


@dataclass(frozen=True, kw_only=True)
class ClaimStanding:
    """What is known of one promise of a card now.

    Attributes:
        repo_id: whose card makes it.
        kind: memory, latency ... (``claims.ClaimKind``).
        quote: the card's words; with ``kind`` they name the claim through all revisions.
        line: in the card of now, 1-based.
        verdict: ``confirmed``, ``contradicted`` or ``untested``.
        reason: how it was found out.
        claimed: what it promises, in ``measure``.
        measured: what was found, in ``measure``.
        measure: ``bytes``, ``seconds`` ...
        since: when it first had this verdict without another one in between.
        gone: whether the card makes it no more.
    """

    repo_id: str
    kind: str
    quote: str
    line: int
    verdict: str
    reason: str = ""
    claimed: float | None = None
    measured: float | None = None
    measure: str = ""
    since: datetime
    gone: bool = False


@dataclass(frozen=True, kw_only=True)
class CardEnd:
    """All that is learned once nothing is left to do for a card tonight.

    Attributes:
        visit: which card, and what its verdicts depended on; None where our own trouble kept some from being
            known, so that the card is due again.
        repo_id: the model.
        card: whether its card could be read.
        card_reason: why it couldn't be; empty where it could.
        standings: those that the end itself moves: of snippets that are gone.
        claims: what is known of its claims.
        changes: what of that is news.
        report: everything that was said; None for nothing worth keeping.
        at: when.
        night: the number of the night.
    """

    repo_id: str
    visit: Visit | None
    card: CardState = CardState.READ
    card_reason: str = ""
    standings: tuple[Standing, ...] = ()
    claims: tuple[ClaimStanding, ...] = ()
    changes: tuple[Change, ...] = ()
    report: Report | None = None
    at: datetime
    night: int


@dataclass(frozen=True, kw_only=True)
class Night:
    """One night, whether it ended or not.

    Attributes:
        number: counts up from 1.
        target: the organization, user, collection or file that was gone through.
        started_at: when it began.
        ended_at: when it ended; None where it still runs or was killed.
        tool_version: of verify-snippets.
        engine: its name.
        image: the image's full name with its content key.
        counts: how many of what: ``models``, ``ran``, ``reused`` ..., each verdict, and cards by theirs
            (``overview.card_counts`` of all models in the store: the dashboard's trend is made of them).
        exit_code: what the program exited with; None until it ended.
        told_at: when its news were sent, or there were none to send; None where they reached nobody.
    """

    number: int
    target: str
    started_at: datetime
    ended_at: datetime | None = None
    tool_version: str = ""
    engine: str = ""
    image: str = ""
    counts: dict[str, int] = field(default_factory=dict)
    exit_code: int | None = None
    told_at: datetime | None = None
