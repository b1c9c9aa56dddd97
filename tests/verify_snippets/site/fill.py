"""A store with as many believable models and nights as are asked for, written as a night writes them."""

import hashlib
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from tests.verify_snippets.report import html_samples
from tests.verify_snippets.store import values
from verify_snippets import overview
from verify_snippets.causes import Cause
from verify_snippets.report.model import CauseReport, MemoryReport, Report, RunReport
from verify_snippets.store import Store
from verify_snippets.store.records import (
    CardState,
    Change,
    ChangeKind,
    ClaimStanding,
    ListedModel,
    SnippetKey,
    Standing,
    Steadiness,
    StoredRun,
    Visit,
)
from verify_snippets.verdict import Verdict

FIRST_NIGHT = datetime(2026, 8, 1, 2, 0, tzinfo=UTC)
_LIBRARIES = ("transformers", "diffusers", "sentence-transformers", "timm", "")
_TASKS = (
    "text-generation",
    "summarization",
    "text-to-image",
    "sentence-similarity",
    "image-classification",
    "",
)
_NAMES = ("tiny", "bert", "Llama", "whisper", "stable", "vit", "marian", "GPT", "t5", "e5")
_PROFILES = ("cpu-basic", "cpu-basic", "cpu-basic", "cpu-upgrade", "t4-small")
_GB = 1e9


def _new(library: str, since: str, **about: str) -> CauseReport:
    return CauseReport(
        kind=Cause.VERSION_TOO_NEW, subjects={"library": library, "version": "5.3.1", "since": since, **about}
    )


_REASONS: tuple[tuple[int, str, CauseReport], ...] = (
    (
        8,
        "the pipeline 'summarization' was removed in transformers 5.0.0 (5.3.1 is installed)",
        _new("transformers", "5.0.0", task="summarization"),
    ),
    (
        5,
        "`use_auth_token` was removed in transformers 5.0.0: use `token`",
        _new("transformers", "5.0.0", argument="use_auth_token", replacement="token"),
    ),
    (
        4,
        "the code needs `einops`, which the card never says to install",
        CauseReport(kind=Cause.UNDECLARED_DEPENDENCY, subjects={"module": "einops", "package": "einops"}),
    ),
    (
        2,
        "'cat.png' is a file that the card does not provide",
        CauseReport(kind=Cause.MISSING_INPUT, subjects={"file": "cat.png"}),
    ),
    (1, "still running after 600 s, the time limit", CauseReport(kind=Cause.TIME_LIMIT)),
    (
        1,
        "`images.example.org` can't be reached",
        CauseReport(kind=Cause.NETWORK_REFUSED, subjects={"host": "images.example.org"}),
    ),
)


@dataclass(frozen=True, kw_only=True)
class _Filler:
    store: Store
    nights: int
    chance: random.Random

    def night_at(self, number: int) -> datetime:
        return FIRST_NIGHT + timedelta(days=number - 1)

    def listed(self, place: int) -> ListedModel:
        chance = self.chance
        name = f"{chance.choice(_NAMES)}-{place:04d}"
        repo_id = f"acme/{name}"
        return ListedModel(
            repo_id=repo_id,
            revision=hashlib.sha1(repo_id.encode(), usedforsecurity=False).hexdigest(),
            last_modified=FIRST_NIGHT - timedelta(days=chance.randrange(900)),
            downloads=int(10 ** (chance.random() * 6)),
            library=chance.choice(_LIBRARIES),
            task=chance.choice(_TASKS),
        )

    def standings(self, listed: ListedModel) -> list[Standing]:
        failing = self.chance.random() < 0.12
        count = self.chance.randrange(1, 6)
        return [
            self._standing(listed, place, at_fault=failing and place == count - 1) for place in range(count)
        ]

    def _standing(self, listed: ListedModel, place: int, *, at_fault: bool) -> Standing:
        chance = self.chance
        flaky = not at_fault and chance.random() < 0.003
        reason, cause = "ran to its last line", None
        if at_fault:
            weights = [weight for weight, _, _ in _REASONS]
            _, reason, cause = chance.choices(_REASONS, weights)[0]
        since = self.night_at(chance.randrange(1, self.nights + 1) if at_fault else 1)
        ran_at = max(since, self.night_at(chance.randrange(1, self.nights + 1)))
        return Standing(
            key=SnippetKey(
                repo_id=listed.repo_id, lineage=f"python-{place}", profile=chance.choice(_PROFILES)
            ),
            snippet_id=f"L{21 + 14 * place}",
            title=f'model = AutoModel.from_pretrained("{listed.repo_id}")',
            code_sha256="0" * 64,
            verdict=Verdict.FAILED if at_fault else Verdict.PASSED,
            reason=reason,
            cause=cause,
            since=since,
            since_revision=listed.revision,
            last_ran_at=ran_at + timedelta(minutes=chance.randrange(120)),
            steadiness=Steadiness.FLAKY if flaky else Steadiness.STEADY,
            duration_s=round(chance.uniform(0.4, 90), 2),
            memory_bytes=int(chance.uniform(0.3, 9) * _GB),
        )

    def claims(self, listed: ListedModel) -> list[ClaimStanding]:
        if self.chance.random() < 0.6:
            return []
        holds = self.chance.random() < 0.95
        return [
            ClaimStanding(
                repo_id=listed.repo_id,
                kind="ram",
                quote="needs about 4 GB of RAM",
                line=12,
                verdict="confirmed" if holds else "contradicted",
                reason="the peak of anonymous memory of line 21",
                claimed=4 * _GB,
                measured=(3.6 if holds else 8.2) * _GB,
                measure="bytes",
                since=FIRST_NIGHT,
            )
        ]

    def runs(self, standing: Standing) -> Iterable[StoredRun]:
        """One run a week, and the last one as the standing has it."""
        past = [self.night_at(number) for number in range(1, self.nights, 7)]
        for at in [*(at for at in past if at < standing.last_ran_at), standing.last_ran_at]:
            failed = standing.verdict is Verdict.FAILED and at >= standing.since
            drift = self.chance.uniform(0.9, 1.1)
            yield StoredRun(
                snippet=standing.key,
                snippet_id=standing.snippet_id,
                revision=standing.since_revision,
                key=hashlib.sha256(f"{standing.key}{at}".encode()).hexdigest(),
                ran_at=at,
                run=RunReport(
                    profile=standing.key.profile,
                    verdict=Verdict.FAILED if failed else Verdict.PASSED,
                    reason=standing.reason if failed else "ran to its last line",
                    cause=standing.cause if failed else None,
                    duration_s=(standing.duration_s or 0) * drift,
                    memory=MemoryReport(anonymous_bytes=int((standing.memory_bytes or 0) * drift)),
                ),
            )


def fill(store: Store, *, models: int, nights: int = 60, with_runs: int = 0) -> None:
    """Write ``nights`` nights over ``models`` models of ``acme``.

    Args:
        store: an empty one.
        models: how many; of every hundred, three are gated and two have no card.
        nights: how many; the trend falls in the middle, when a release breaks cards.
        with_runs: so many of the models have their runs and a report stored, too, which is most of the work;
            those with most to show first.
    """
    filler = _Filler(store=store, nights=nights, chance=random.Random(6))  # noqa: S311
    listed = [filler.listed(place) for place in range(models)]
    store.seen(listed, at=FIRST_NIGHT, whole=True, owner="acme")
    readable = [each for place, each in enumerate(listed) if place % 100 >= 5]
    for place, each in enumerate(listed):
        if place % 100 < 5:
            state = CardState.GATED if place % 100 < 3 else CardState.NO_CARD
            told = f"{each.repo_id}: {state}"
            store.end_card(values.card_end(each.repo_id, card=state, card_reason=told))
    standings = {each.repo_id: filler.standings(each) for each in readable}
    claims = [claim for each in readable for claim in filler.claims(each)]
    store.put_standings([standing for found in standings.values() for standing in found])
    store.put_claims(claims)
    _write_nights(filler, standings)
    promising = {claim.repo_id for claim in claims}
    for each in sorted(readable, key=lambda one: _least_to_show(one, standings, promising))[:with_runs]:
        _write_runs(store, filler, each, standings[each.repo_id])


def _least_to_show(
    listed: ListedModel, standings: dict[str, list[Standing]], promising: set[str]
) -> tuple[bool, bool]:
    found = standings[listed.repo_id]
    return listed.repo_id not in promising, all(each.verdict is Verdict.PASSED for each in found)


def _write_runs(store: Store, filler: _Filler, listed: ListedModel, standings: Sequence[Standing]) -> None:
    for standing in standings:
        for run in filler.runs(standing):
            store.add_run(run, standing)
    at = max(standing.last_ran_at for standing in standings)
    visit = Visit(
        repo_id=listed.repo_id, revision=listed.revision, surroundings="0" * 64, ended_at=at, night=1
    )
    store.end_card(values.card_end(listed.repo_id, visit=visit))
    store.add_report(listed.repo_id, listed.revision, report_on(listed.repo_id), night=1, at=at)


def report_on(repo_id: str) -> Report:
    """A report with all that one can show."""
    rich = html_samples.rich()
    return rich.model_copy(update={"card": rich.card.model_copy(update={"repo_id": repo_id})})


def _write_nights(filler: _Filler, standings: dict[str, list[Standing]]) -> None:
    """Each night with the counts of its end: what fails now began to fail on the night that it says."""
    store, judged = filler.store, len(standings)
    contradicted = sum(c.verdict == "contradicted" for c in store.claim_standings())
    flaky = sum(any(s.steadiness is Steadiness.FLAKY for s in found) for found in standings.values())
    faults = [s for found in standings.values() for s in found if s.verdict is Verdict.FAILED]
    for number in range(1, filler.nights + 1):
        at = filler.night_at(number)
        night = store.begin_night("acme", tool_version="0.1.0", engine="docker", image="cpu", at=at)
        since = [fault for fault in faults if fault.since <= at]
        mended = max(0, judged // 40 - number)  # what failed in the beginning and was mended bit by bit
        failing = len(since) + mended
        verdicts = (
            [overview.CardVerdict.FAILING] * failing
            + [overview.CardVerdict.FLAKY] * flaky
            + [overview.CardVerdict.CONTRADICTED] * contradicted
            + [overview.CardVerdict.PASSING] * (judged - failing - flaky - contradicted)
        )
        changes = [_change(fault, night.number) for fault in since if fault.since == at]
        if number == filler.nights:
            changes += _mended(list(standings.values()), night.number, at)
        store.put_standings((), changes)
        counts = {"models": judged, "ran": 40, "reused": judged} | overview.card_counts(verdicts)
        store.end_night(night.number, at=at + timedelta(hours=2), counts=counts, exit_code=1)


def _change(fault: Standing, night: int) -> Change:
    return Change(
        kind=ChangeKind.NEW_FAILURE,
        repo_id=fault.key.repo_id,
        lineage=fault.key.lineage,
        snippet_id=fault.snippet_id,
        profile=fault.key.profile,
        before="passed",
        after="failed",
        reason=fault.reason,
        cause=fault.cause,
        at=fault.since,
        night=night,
    )


def _mended(standings: Sequence[Sequence[Standing]], night: int, at: datetime) -> list[Change]:
    passing = [found[0] for found in standings if all(s.verdict is Verdict.PASSED for s in found)][:5]
    fixed = [
        replace(_change(each, night), kind=ChangeKind.FIXED, before="failed", after="passed", at=at)
        for each in passing
    ]
    flaky = [
        replace(_change(each, night), kind=ChangeKind.FLAKY, at=at)
        for found in standings
        for each in found
        if each.steadiness is Steadiness.FLAKY
    ]
    return fixed + flaky
