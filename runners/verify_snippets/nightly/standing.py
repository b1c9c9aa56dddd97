"""How one more run moves what is known of a snippet, and what of it is news. Pure.

The rules, each against a kind of false alarm:

- ``broken`` and ``skipped`` say nothing of the card: they move no standing.
- A failure is suspected until a second run under the same key fails, too; only then it is news.
- What passes and fails under one key is flaky: news once, and none of its failures from then on, until it
  came to the same end often enough in a row or its code was edited.
- What failed and was told is fixed when it passes.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from verify_snippets.nightly.lineage import CardSnippet
from verify_snippets.overview import AT_FAULT
from verify_snippets.store.records import Change, ChangeKind, Standing, Steadiness, StoredRun
from verify_snippets.verdict import Verdict

FLIPS_OF_FLAKY = 2  # from pass to failure or back, under one key
STEADY_AFTER = 5  # runs in a row that came to the same end
_REMEMBERED = 10  # verdicts


@dataclass(frozen=True, kw_only=True)
class Advance:
    """Where one more run led.

    Attributes:
        standing: what is known now.
        changes: what of it is news.
    """

    standing: Standing
    changes: tuple[Change, ...] = ()


def advance(
    standing: Standing | None, run: StoredRun, *, snippet: CardSnippet, confirming: bool = False
) -> Advance:
    """What is known of a snippet after one more run.

    Args:
        standing: what was known before; None for a snippet that is new.
        run: the run, each only once.
        snippet: it, in the card of now.
        confirming: whether this is one more run under the key of a failure that is only suspected; a run that
            is not the first attempt is always taken for one.
    """
    if run.run.verdict not in AT_FAULT | {Verdict.PASSED}:
        return Advance(standing=_unmoved(standing, run, snippet))
    before = standing if standing is not None and _is_known(standing) else None
    moved = _moved(before or _first(standing, run, snippet), run, snippet)
    return _judged(before, moved, run, confirming=confirming)


def needs_confirming(standing: Standing) -> bool:
    """Whether its last run failed, and another one under the same key must say whether that counts."""
    return standing.steadiness is Steadiness.SUSPECTED


def is_suspected(standing: Standing | None, key: str) -> bool:
    """Whether its last run was one under this key, and needs to be confirmed."""
    if standing is None or not standing.recent:
        return False
    return needs_confirming(standing) and standing.recent[-1][0] == key


def fails(standing: Standing) -> bool:
    """Whether it is known to fail: confirmed, and not flaky."""
    return standing.verdict in AT_FAULT and standing.steadiness is Steadiness.STEADY and not standing.gone


def flips(recent: Sequence[tuple[str, Verdict]], key: str) -> int:
    """How often it went from pass to failure or back under one key."""
    ends = [verdict in AT_FAULT for at, verdict in recent if at == key]
    return sum(one is not other for one, other in pairwise(ends))


def _judged(before: Standing | None, moved: Standing, run: StoredRun, *, confirming: bool) -> Advance:
    """The standing with its verdict, once the run is among its recent ones."""
    if before is not None and before.steadiness is Steadiness.FLAKY:
        if before.code_sha256 == moved.code_sha256:
            return _flaky_still(before, moved, run)
    elif flips(moved.recent, run.key) >= FLIPS_OF_FLAKY:
        found = _ended(replace(moved, steadiness=Steadiness.FLAKY), before, run)
        return Advance(standing=found, changes=(_change(ChangeKind.FLAKY, before, run),))
    if run.run.verdict is Verdict.PASSED:
        return _passed(before, moved, run)
    return _failed(before, moved, run, confirming=confirming)


def _passed(before: Standing | None, moved: Standing, run: StoredRun) -> Advance:
    found = _ended(replace(moved, steadiness=Steadiness.STEADY), before, run)
    if before is not None and before.steadiness is Steadiness.FLAKY:
        return Advance(standing=found, changes=(_change(ChangeKind.STEADY_AGAIN, before, run),))
    if before is not None and _is_told(before):
        return Advance(standing=found, changes=(_change(ChangeKind.FIXED, before, run),))
    return Advance(standing=found)


def _failed(before: Standing | None, moved: Standing, run: StoredRun, *, confirming: bool) -> Advance:
    if before is not None and _is_told(before):
        return Advance(standing=_ended(moved, before, run))
    again = confirming or run.attempt > 1
    if again and before is not None and _failed_under(before, run.key):
        found = _ended(replace(moved, steadiness=Steadiness.STEADY), before, run)
        return Advance(standing=found, changes=(_change(ChangeKind.NEW_FAILURE, before, run),))
    suspected = replace(moved, steadiness=Steadiness.SUSPECTED, reason=run.run.reason, cause=run.run.cause)
    if before is None or before.verdict in AT_FAULT:  # nothing else is known that it could stand on
        suspected = _ended(suspected, before, run)
    return Advance(standing=suspected)


def _flaky_still(before: Standing, moved: Standing, run: StoredRun) -> Advance:
    """Nothing new of a flaky one, unless it has come to the same end for long."""
    ends = [verdict in AT_FAULT for _, verdict in moved.recent[-STEADY_AFTER:]]
    if len(ends) < STEADY_AFTER or len(set(ends)) > 1:
        return Advance(standing=_ended(moved, before, run))
    found = _ended(replace(moved, steadiness=Steadiness.STEADY), before, run)
    changes = [_change(ChangeKind.STEADY_AGAIN, before, run)]
    if run.run.verdict in AT_FAULT:
        changes.append(_change(ChangeKind.NEW_FAILURE, before, run))
    return Advance(standing=found, changes=tuple(changes))


def _ended(moved: Standing, before: Standing | None, run: StoredRun) -> Standing:
    """The standing with the run's verdict as its own."""
    same = before is not None and (before.verdict in AT_FAULT) is (run.run.verdict in AT_FAULT)
    return replace(
        moved,
        verdict=run.run.verdict,
        reason=run.run.reason,
        cause=run.run.cause or (moved.cause if moved.steadiness is Steadiness.FLAKY else None),
        since=moved.since if same else run.ran_at,
        since_revision=moved.since_revision if same else run.revision,
    )


def _moved(standing: Standing, run: StoredRun, snippet: CardSnippet) -> Standing:
    """The standing with all that a run that ended tells, but its verdict."""
    memory = run.run.memory.anonymous_bytes
    return replace(
        _located(standing, run, snippet),
        last_ran_at=run.ran_at,
        recent=(*standing.recent, (run.key, run.run.verdict))[-_REMEMBERED:],
        duration_s=standing.duration_s if run.run.duration_s is None else run.run.duration_s,
        memory_bytes=standing.memory_bytes if memory is None else memory,
    )


def _unmoved(standing: Standing | None, run: StoredRun, snippet: CardSnippet) -> Standing:
    """The standing after a run that says nothing of the card."""
    first = replace(_first(standing, run, snippet), reason=run.run.reason, cause=run.run.cause)
    if standing is None:
        return first
    if not _is_known(standing):
        same = standing.verdict is first.verdict
        return replace(first, since=standing.since if same else first.since)
    if standing.code_sha256 == snippet.code_sha256:
        return _located(standing, run, snippet)
    if run.run.verdict is Verdict.SKIPPED:
        return first  # the code of before is no more, and that of now does not run
    return replace(standing, snippet_id=run.snippet_id, gone=False)


def _first(standing: Standing | None, run: StoredRun, snippet: CardSnippet) -> Standing:
    """A standing of which nothing but one run is known."""
    return Standing(
        key=run.snippet,
        snippet_id=run.snippet_id,
        title=snippet.title,
        kind=snippet.kind,
        code_sha256=snippet.code_sha256,
        sketch=snippet.sketch,
        verdict=run.run.verdict,
        since=run.ran_at,
        since_revision=run.revision,
        last_ran_at=run.ran_at,
        discussion=standing.discussion if standing is not None else None,
    )


def _located(standing: Standing, run: StoredRun, snippet: CardSnippet) -> Standing:
    """The standing of the same snippet in the card of now."""
    return replace(
        standing,
        snippet_id=run.snippet_id,
        title=snippet.title,
        kind=snippet.kind,
        code_sha256=snippet.code_sha256,
        sketch=snippet.sketch,
        gone=False,
    )


def _is_known(standing: Standing) -> bool:
    """Whether it ever came to a verdict that says something of the card."""
    return standing.verdict in AT_FAULT or standing.verdict is Verdict.PASSED


def _is_told(standing: Standing) -> bool:
    """Whether its failure was confirmed, and so was news."""
    return standing.verdict in AT_FAULT and standing.steadiness is Steadiness.STEADY


def _failed_under(standing: Standing, key: str) -> bool:
    """Whether it failed when it was last run under this key."""
    return next((verdict in AT_FAULT for at, verdict in reversed(standing.recent) if at == key), False)


def _change(kind: ChangeKind, before: Standing | None, run: StoredRun) -> Change:
    """A piece of news, with the failure that it is about: this run's, or the one that was known."""
    failing = run.run.verdict in AT_FAULT or before is None
    counted = before is not None and (before.verdict is Verdict.PASSED or not needs_confirming(before))
    return Change(
        kind=kind,
        repo_id=run.snippet.repo_id,
        lineage=run.snippet.lineage,
        snippet_id=run.snippet_id,
        profile=run.snippet.profile,
        before=before.verdict if before is not None and counted else "",
        after=run.run.verdict,
        reason=run.run.reason if failing or before is None else before.reason,
        cause=run.run.cause if failing or before is None else before.cause,
        at=run.ran_at,
        night=run.night,
    )
