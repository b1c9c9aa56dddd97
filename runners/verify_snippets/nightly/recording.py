"""What came of snippets, into the store: runs, and where each moves what is known, in one transaction."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from snippet_images.errors import UsageError
from verify_snippets import front_matter
from verify_snippets.blocks import read_blocks
from verify_snippets.nightly.claim_standing import advance_claims
from verify_snippets.nightly.lineage import CardSnippet, match
from verify_snippets.nightly.standing import Advance, advance, is_suspected
from verify_snippets.report.columns import column_name, column_of
from verify_snippets.report.model import Report, RunReport, SnippetReport
from verify_snippets.snippets import Snippet, read_snippets
from verify_snippets.store.records import SnippetKey, Standing, StoredRun
from verify_snippets.verdict import Verdict

if TYPE_CHECKING:
    from verify_snippets.store.store import Store


def card_snippet(snippet: Snippet) -> CardSnippet:
    """A snippet, as its history knows it."""
    lines = (line.strip() for line in snippet.block.text.splitlines())
    return CardSnippet(
        snippet_id=snippet.id,
        kind=snippet.kind,
        title=next((line for line in lines if line), ""),
        code=snippet.code,
    )


def record(
    store: "Store",
    run: StoredRun,
    standing: Standing | None,
    snippet: CardSnippet,
    *,
    confirming: bool = False,
) -> Advance:
    """Store a run and where it leads; both are on disk when this returns.

    Args:
        store: where to.
        run: what came of it.
        standing: what was known before; None for a snippet that is new.
        snippet: it, in the card of now.
        confirming: whether this is one more run under the key of a failure that is only suspected.

    Raises:
        UserFacingError: it can't be stored.
    """
    moved = advance(standing, run, snippet=snippet, confirming=confirming)
    store.add_run(run, moved.standing, moved.changes)
    return moved


def record_report(store: "Store", report: Report, at: datetime) -> int:
    """Store what another machine found out; the same report again changes nothing.

    Reports may come in any order: runs from before the last one that is known are kept as history and move
    nothing. A failure counts as confirmed once a second report tells of it.

    Args:
        store: where to.
        report: on a card whose repo is known.
        at: when it was made, UTC.

    Returns:
        How many runs were new.

    Raises:
        UsageError: nobody knows whose card it is about.
        UserFacingError: it can't be stored.
    """
    repo_id = report.card.repo_id
    if not repo_id:
        raise UsageError(
            f"the report on {report.card.location} does not say which repo the card is of",
            hint="make it with --repo-id ORG/NAME",
        )
    importing = _Import(store=store, report=report, repo_id=repo_id, at=at)
    is_newest = importing.is_newest()
    added = importing.add_runs()
    if is_newest:
        importing.add_report()
    return added


@dataclass(frozen=True, kw_only=True)
class _Import:
    """One report on its way into the store."""

    store: "Store"
    report: Report
    repo_id: str
    at: datetime

    def is_newest(self) -> bool:
        """Whether the store has no report as new as this one."""
        last = self.store.last_report(self.repo_id)
        return last is None or last[1] < self.at

    def add_runs(self) -> int:
        standings = self.store.standings(self.repo_id, gone=True)
        snippets = self._snippets()
        lineages = match(standings, list(snippets.values()))
        known = {standing.key: standing for standing in standings}
        past = self.store.past_runs([self.repo_id])[self.repo_id]
        there = {(run.snippet, run.ran_at) for run in past}
        added = 0
        for told, run in self._runs():
            under = column_name(run.profile, run.libraries, column_of(run, self.report).python)
            key = SnippetKey(repo_id=self.repo_id, lineage=lineages[told.id], profile=under)
            stored = self._stored(key, told, run)
            if (key, stored.ran_at) not in there:
                known[key] = self._add(stored, known.get(key), snippets[told.id])
                added += 1
        return added

    def add_report(self) -> None:
        """The newest word on the card: its claims, and the whole of it."""
        claims = advance_claims(
            self.store.claim_standings(self.repo_id, gone=True),
            self.report.claims,
            repo_id=self.repo_id,
            at=self.at,
        )
        self.store.put_claims(claims.standings, claims.changes)
        revision = self.report.card.revision or ""
        self.store.add_report(self.repo_id, revision, self.report, night=None, at=self.at)

    def _add(self, run: StoredRun, standing: Standing | None, snippet: CardSnippet) -> Standing:
        if standing is not None and standing.last_ran_at > run.ran_at:
            self.store.add_run(run, standing)  # history: what is known since stands
            return standing
        confirming = is_suspected(standing, run.key)
        return record(self.store, run, standing, snippet, confirming=confirming).standing

    def _runs(self) -> Iterator[tuple[SnippetReport, RunReport]]:
        for told in self.report.snippets:
            for run in told.runs:
                yield told, _by_itself(run)

    def _stored(self, key: SnippetKey, told: SnippetReport, run: RunReport) -> StoredRun:
        depends_on = self._key(told, run)
        ran_at = datetime.fromisoformat(run.reused_from) if run.reused_from else self.at
        last = self.store.known([depends_on]).get(depends_on)
        return StoredRun(
            snippet=key,
            snippet_id=told.id,
            revision=self.report.card.revision or "",
            key=depends_on,
            ran_at=ran_at,
            attempt=last.attempt + 1 if last is not None else 1,
            run=run,
        )

    def _key(self, told: SnippetReport, run: RunReport) -> str:
        """What the verdict depended on, as far as a report says it: as ``reuse.key_of`` is for a step."""
        report = self.report
        content = [
            "imported",
            self.repo_id,
            report.card.revision,
            report.card.sha256,
            told.id,
            run.profile,
            report.tool_version,
            report.engine.name,
            report.engine.runtime,
            run.image,
            sorted(run.versions.items()),
            report.web,
            *([run.libraries] if run.libraries else []),
        ]
        return hashlib.sha256(json.dumps(content).encode()).hexdigest()

    def _snippets(self) -> Mapping[str, CardSnippet]:
        """The card's snippets by id, read as a night would read them."""
        text = self.report.card.text
        read = read_snippets(read_blocks(text), repo_id=self.repo_id, metadata=front_matter.read(text)[0])
        now = {snippet.id: card_snippet(snippet) for snippet in read}
        return {told.id: now.get(told.id) or self._as_told(told) for told in self.report.snippets}

    def _as_told(self, told: SnippetReport) -> CardSnippet:
        """A snippet that this version of the program would not have found where it was found then."""
        text = self.report.card.text if told.in_card else ""
        lines = text.splitlines()[told.start_line - 1 : told.end_line]
        return CardSnippet(snippet_id=told.id, kind=told.kind, title=told.title, code="\n".join(lines))


def _by_itself(run: RunReport) -> RunReport:
    """A run as it was before the card's claims were held against it: those have standings of their own."""
    is_of_output = run.output is not None and run.output.verdict == "differs"
    if run.verdict is not Verdict.CONTRADICTED or is_of_output:
        return run
    return run.model_copy(update={"verdict": Verdict.PASSED, "reason": "ran to its last line"})
