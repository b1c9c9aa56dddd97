"""Values to store, of which a test names only what it is about."""

from datetime import UTC, datetime, timedelta

from verify_snippets.card import Source
from verify_snippets.causes import Cause
from verify_snippets.report.model import (
    CardReport,
    CauseReport,
    EngineReport,
    MemoryReport,
    Report,
    RunReport,
    Summary,
)
from verify_snippets.store import Store
from verify_snippets.store.records import (
    CardEnd,
    CardState,
    Change,
    ChangeKind,
    ListedModel,
    Night,
    SnippetKey,
    Standing,
    StoredRun,
    Visit,
)
from verify_snippets.verdict import Verdict

NOW = datetime(2026, 11, 23, 2, 30, 0, 123456, tzinfo=UTC)
DAY = timedelta(days=1)
CAUSE = CauseReport(kind=Cause.MISSING_INPUT, subjects={"file": "cat.png"})


def begun(store: Store, target: str = "acme", at: datetime = NOW) -> Night:
    """A night that has begun."""
    return store.begin_night(target, tool_version="0.1.0", engine="docker", image="cpu:abc", at=at)


def listed(repo_id: str, downloads: int = 0) -> ListedModel:
    """A model as the Hub lists it."""
    return ListedModel(repo_id=repo_id, revision="a" * 40, last_modified=NOW - DAY, downloads=downloads)


def card_end(
    repo_id: str = "acme/tiny",
    *,
    card: CardState = CardState.READ,
    card_reason: str = "",
    visit: Visit | None = None,
) -> CardEnd:
    """The end of the work on a card."""
    return CardEnd(repo_id=repo_id, card=card, card_reason=card_reason, visit=visit, at=NOW, night=1)


def key(repo_id: str = "acme/tiny", lineage: str = "load") -> SnippetKey:
    """Names a snippet."""
    return SnippetKey(repo_id=repo_id, lineage=lineage, profile="cpu-basic")


def standing(
    of: SnippetKey | None = None, *, verdict: Verdict = Verdict.PASSED, title: str = "import torch"
) -> Standing:
    """What is known of a snippet."""
    return Standing(
        key=of or key(),
        snippet_id="L12",
        title=title,
        code_sha256="c" * 64,
        verdict=verdict,
        cause=None if verdict is Verdict.PASSED else CAUSE,
        since=NOW,
        last_ran_at=NOW,
        recent=(("k1", Verdict.FAILED), ("k2", verdict)),
        duration_s=4.5,
        memory_bytes=3_000_000_000,
    )


def run(
    of: SnippetKey | None = None,
    *,
    under: str = "k1",
    attempt: int = 1,
    at: datetime = NOW,
    verdict: Verdict = Verdict.PASSED,
    night: int | None = None,
) -> StoredRun:
    """A run of a snippet."""
    report = RunReport(
        profile="cpu-basic",
        verdict=verdict,
        reason="it did",
        duration_s=4.5,
        memory=MemoryReport(anonymous_bytes=3_000_000_000),
        stdout="line\n" * 100,
        versions={"torch": "2.13.0"},
    )
    return StoredRun(
        snippet=of or key(),
        snippet_id="L12",
        revision="a" * 40,
        key=under,
        ran_at=at,
        night=night,
        attempt=attempt,
        run=report,
    )


def change(night: int | None = None, *, lineage: str = "load", at: datetime = NOW) -> Change:
    """News of a snippet."""
    return Change(
        kind=ChangeKind.NEW_FAILURE,
        repo_id="acme/tiny",
        lineage=lineage,
        before="passed",
        after="failed",
        cause=CAUSE,
        at=at,
        night=night,
    )


def report(repo_id: str = "acme/tiny") -> Report:
    """A report without a snippet."""
    return Report(
        tool_version="0.1.0",
        started_at="2026-11-23T02:30:00Z",
        duration_s=1.0,
        card=CardReport(
            repo_id=repo_id, revision="a" * 40, source=Source.HUB, location="https://hub", sha256="0" * 64
        ),
        engine=EngineReport(name="docker", version="20.10"),
        snippets=(),
        summary=Summary(),
        exit_code=0,
    )
