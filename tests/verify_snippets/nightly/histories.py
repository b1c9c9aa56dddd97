"""Short histories of snippets, for tests: runs one after the other, and what they add up to."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from verify_snippets.causes import Cause
from verify_snippets.nightly.lineage import CardSnippet
from verify_snippets.nightly.standing import Advance, advance, needs_confirming
from verify_snippets.report.model import CauseReport, RunReport
from verify_snippets.store.records import Change, SnippetKey, Standing, StoredRun
from verify_snippets.verdict import Verdict

START = datetime(2026, 11, 23, 2, tzinfo=UTC)
KEY = SnippetKey(repo_id="acme/tiny", lineage="a1", profile="cpu-basic")
REMOVED = CauseReport(
    kind=Cause.VERSION_TOO_NEW, subjects={"library": "transformers", "task": "summarization", "since": "5.0"}
)


def snippet(code: str = "print(1)", *, line: int = 5, kind: str = "python") -> CardSnippet:
    """A snippet of a card."""
    return CardSnippet(snippet_id=f"L{line}", kind=kind, title=code.split("\n")[0], code=code)


def standing(code: str = "print(1)", *, line: int = 5, lineage: str = "a1", kind: str = "python") -> Standing:
    """What is known of a snippet that passed."""
    seen = snippet(code, line=line, kind=kind)
    return Standing(
        key=replace(KEY, lineage=lineage),
        snippet_id=seen.snippet_id,
        title=seen.title,
        kind=kind,
        code_sha256=seen.code_sha256,
        sketch=seen.sketch,
        verdict=Verdict.PASSED,
        since=START,
        last_ran_at=START,
    )


def stored_run(verdict: Verdict, *, under: str = "k1", number: int = 0, attempt: int = 1) -> StoredRun:
    """One run, ``number`` hours after the start."""
    fails = verdict in {Verdict.FAILED, Verdict.CONTRADICTED, Verdict.BLOCKED}
    return StoredRun(
        snippet=KEY,
        snippet_id="L5",
        revision="c" * 40,
        key=under,
        ran_at=START + timedelta(hours=number),
        night=number,
        attempt=attempt,
        run=RunReport(
            profile="cpu-basic",
            verdict=verdict,
            reason=f"it {verdict}",
            cause=REMOVED if fails else None,
            duration_s=1.5,
        ),
    )


@dataclass(frozen=True, kw_only=True)
class History:
    """What a sequence of runs came to."""

    steps: tuple[Advance, ...]

    @property
    def standing(self) -> Standing:
        """What is known at its end."""
        return self.steps[-1].standing

    @property
    def changes(self) -> list[Change]:
        """All news on the way."""
        return [change for step in self.steps for change in step.changes]

    @property
    def news(self) -> list[str]:
        """All news on the way, in words."""
        return [str(change.kind) for change in self.changes]


_WORDS = {
    "P": Verdict.PASSED,
    "F": Verdict.FAILED,
    "C": Verdict.CONTRADICTED,
    "B": Verdict.BLOCKED,
    "S": Verdict.SKIPPED,
    "X": Verdict.BROKEN,
}


def lived(runs: str, *, begin: Standing | None = None) -> History:
    """What a sequence of runs comes to when each failure that is suspected is run again under its key.

    Args:
        runs: a letter for each verdict; a blank begins a new key, and ``/`` one under which the snippet's
            code is another one, too.
        begin: what was known before.
    """
    steps: list[Advance] = []
    known, key, edits = begin, 0, 0
    for number, letter in enumerate(runs):
        if letter in " /":
            key, edits = key + 1, edits + (letter == "/")
            continue
        run = stored_run(_WORDS[letter], under=f"k{key}", number=number)
        confirming = known is not None and needs_confirming(known)
        code = "print(1)" if not edits else f"print({edits + 1})"
        step = advance(known, run, snippet=snippet(code), confirming=confirming)
        known = step.standing
        steps.append(step)
    return History(steps=tuple(steps))
