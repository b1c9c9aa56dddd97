"""Reports of many machines, made into one for each card."""

import itertools
from typing import Any

import pytest

from tests.verify_snippets.report import samples
from verify_snippets.claims import ClaimKind, Comparator, Scope
from verify_snippets.ledger import ClaimVerdict
from verify_snippets.matrix.merge import merge
from verify_snippets.report.columns import table
from verify_snippets.report.model import (
    ClaimReport,
    ColumnReport,
    EngineReport,
    HostReport,
    Report,
    RunReport,
)
from verify_snippets.verdict import Verdict

MORNING, NOON = "2026-11-23T06:00:00+00:00", "2026-11-23T12:00:00+00:00"
BUBBLEWRAP = EngineReport(name="bubblewrap", version="0.11.0", walls=("seccomp",))
DOCKER = EngineReport(name="docker", version="27", runtime="runc", walls=("seccomp", "apparmor"))


def part(
    profile: str = "cpu-basic",
    libraries: str = "",
    *,
    verdicts: tuple[Verdict, ...] = (Verdict.PASSED,),
    at: str = MORNING,
    engine: EngineReport = BUBBLEWRAP,
    claim: ClaimVerdict | None = None,
    card: dict[str, Any] | None = None,
    **more: Any,
) -> Report:
    """A report with one column, as one machine writes it: a snippet for each verdict."""
    host = HostReport(cpus=2, memory_bytes=16 * 10**9, cpu_model="a chip")
    column = ColumnReport(
        profile=profile, libraries=libraries, engine=engine, host=host, tool_version="0.1.0", started_at=at
    )
    snippets = [
        samples.snippet_report(
            line, RunReport(profile=profile, libraries=libraries, verdict=verdict, reason=f"{profile} {at}")
        )
        for line, verdict in enumerate(verdicts, 1)
    ]
    plain = samples.report(*snippets)
    own = {"columns": (column,), "started_at": at, "engine": engine, "host": host} | more
    own["claims"] = (vram(claim, profile),) if claim else ()
    own["card"] = plain.card.model_copy(update=card or {})
    return plain.model_copy(update=own)


def vram(verdict: ClaimVerdict, how: str = "") -> ClaimReport:
    return ClaimReport(
        kind=ClaimKind.VRAM,
        comparator=Comparator.AT_MOST,
        value=16.0,
        unit="GB",
        scope=Scope.INFERENCE,
        line=3,
        quote="fits in 16 GB",
        verdict=verdict,
        reason=f"it is {verdict}",
        how=f"on {how}",
    )


def verdicts(report: Report) -> list[list[str]]:
    """Of each snippet, the columns of its runs and their verdicts."""
    return [[f"{run.column} {run.verdict}" for run in snippet.runs] for snippet in report.snippets]


def test_snippets_by_columns_in_whatever_order_reports_come() -> None:
    """Profiles in the table's order, libraries by their versions."""
    parts = [
        part("t4-small", "transformers<5", verdicts=(Verdict.PASSED, Verdict.FAILED)),
        part("cpu-basic", "transformers<10", verdicts=(Verdict.SKIPPED, Verdict.PASSED)),
        part("cpu-basic", "transformers<5", verdicts=(Verdict.PASSED, Verdict.PASSED)),
    ]
    first, *others = (merge(order) for order in itertools.permutations(parts))
    assert all(other == first for other in others)
    (report,) = first.reports
    shown = table(report)
    assert shown is not None
    assert shown.columns == (
        "cpu-basic, transformers<5",
        "cpu-basic, transformers<10",
        "t4-small, transformers<5",
    )
    assert verdicts(report) == [["0 passed", "1 skipped", "2 passed"], ["0 passed", "1 passed", "2 failed"]]
    assert (report.summary.passed, report.exit_code, report.duration_s) == (4, 1, 37.5)
    assert merge([report]).reports == (report,)
    assert merge([parts[1], merge([parts[2], parts[0]]).reports[0]]).reports == (report,)


def test_a_run_that_was_repeated_takes_the_place_of_the_first() -> None:
    """Cell by cell: what the second one did not come to stays."""
    first = part(verdicts=(Verdict.BROKEN, Verdict.PASSED), engine=DOCKER)
    second = part(verdicts=(Verdict.PASSED,), at=NOON)
    for order in ([first, second], [second, first], [first, first, second]):
        (report,) = merge(order).reports
        assert verdicts(report) == [["1 passed"], ["0 passed"]]
        assert [column.engine.name for column in report.columns] == ["docker", "bubblewrap"]
        assert table(report) is None, "both columns ask for the same"
        assert (report.engine.name, report.engine.walls) == ("bubblewrap, docker", ("seccomp",))
        assert report.exit_code == 0


@pytest.mark.parametrize("again", [True, False])
def test_an_interrupted_run_is_made_up_for(again: bool) -> None:
    """By one that has all of its cells."""
    cut = part(verdicts=(Verdict.PASSED,), complete=False)
    other = part("t4-small", verdicts=(Verdict.PASSED, Verdict.PASSED))
    more = [part(verdicts=(Verdict.PASSED, Verdict.PASSED), at=NOON)] if again else []
    (report,) = merge([cut, other, *more]).reports
    assert (report.complete, report.exit_code) == ((True, 0) if again else (False, 130))


@pytest.mark.parametrize(
    ("said", "verdict", "how"),
    [
        (("confirmed", "contradicted", "untested"), "contradicted", "on t4-small; t4-small"),
        (("untested", "confirmed", "untested"), "confirmed", "on t4-small; t4-small"),
        (("untested", "untested", "untested"), "untested", "on a10g-small"),
        (("confirmed", "confirmed", "confirmed"), "confirmed", "on a10g-small"),
    ],
)
def test_claims_say_where(said: tuple[str, ...], verdict: str, how: str) -> None:
    """Contradicted beats confirmed, and that beats untested."""
    profiles = ("cpu-basic", "t4-small", "a10g-small")
    parts = [part(name, claim=ClaimVerdict(each)) for name, each in zip(profiles, said, strict=True)]
    (report,) = merge(parts).reports
    (claim,) = report.claims
    assert (claim.verdict, claim.how) == (verdict, how)
    assert report.exit_code == (1 if verdict == "contradicted" else 0)


def test_a_claim_that_a_repeated_run_confirms_is_no_longer_contradicted() -> None:
    """Nor is it once the first run's report comes again."""
    first = part(claim=ClaimVerdict.CONTRADICTED, verdicts=(Verdict.CONTRADICTED,))
    (once,) = merge([part(claim=ClaimVerdict.CONFIRMED, at=NOON), first]).reports
    (twice,) = merge([first, once]).reports
    for report in (once, twice):
        assert report.claims[0].verdict is ClaimVerdict.CONFIRMED
        assert (report.exit_code, verdicts(report)) == (0, [["0 passed"]])


def test_other_revisions_and_cards_stay_apart_and_versions_are_told() -> None:
    """Nobody wants verdicts on two texts in one table."""
    parts = [
        part(),
        part("t4-small", card={"revision": "f" * 40}),
        part(card={"repo_id": "acme/another"}, tool_version="0.10.0"),
        part(card={"repo_id": None, "location": "a/README.md"}, tool_version="0.9.0"),
        part(card={"repo_id": None, "location": "b/README.md"}),
    ]
    merged = merge(parts)
    names = [(report.card.repo_id or report.card.location) for report in merged.reports]
    assert names == ["a/README.md", "acme/another", "acme/tiny", "acme/tiny", "b/README.md"]
    revisions, versions = merged.remarks
    assert "acme/tiny comes in 2 revisions (0123456789ab, ffffffffffff)" in revisions
    assert versions.endswith("0.1.0, 0.9.0, 0.10.0")


def test_reports_of_before_there_were_columns() -> None:
    """Their column is what their runs ran under."""
    old = part(columns=(), at=MORNING)
    (report,) = merge([old, part("t4-small")]).reports
    assert [column.profile for column in report.columns] == ["cpu-basic", "t4-small"]
