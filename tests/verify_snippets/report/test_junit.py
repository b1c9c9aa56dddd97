"""The JUnit report is one that CI servers take, whatever it is made from."""

from pathlib import Path

import pytest
import xmlschema
from junitparser import Failure, JUnitXml, Skipped, TestSuite

from tests.verify_snippets.report import samples
from tests.verify_snippets.report.rich_sample import rich
from verify_snippets.report import junit
from verify_snippets.report.model import Report

SCHEMA = xmlschema.XMLSchema(Path(__file__).parents[2] / "data" / "junit" / "junit.xsd")


def suites(report: Report) -> dict[str, TestSuite]:
    return {str(suite.name): suite for suite in JUnitXml.fromstring(junit.render(report).encode())}


@pytest.mark.parametrize(
    "report",
    [
        rich(),
        rich("README.md", profiles=("cpu-basic", "t4-small")),
        samples.every_verdict(),
        samples.report(complete=False),
    ],
    ids=["rich", "profiles", "verdicts", "empty"],
)
def test_it_is_valid(report: Report) -> None:
    SCHEMA.validate(junit.render(report).encode())


def test_the_schema_refuses_what_ci_servers_do() -> None:
    broken = junit.render(rich()).replace('time="4.25"', 'time="4,25"')
    assert not SCHEMA.is_valid(broken.encode())


def test_each_profile_is_a_suite_and_claims_are_one() -> None:
    told = suites(rich(profiles=("cpu-basic", "t4-small")))
    assert list(told) == ["snippets under cpu-basic", "snippets under t4-small", "claims"]
    assert [len(suite) for suite in told.values()] == [7, 7, 3]


def test_verdicts_are_told_as_ci_servers_know_them() -> None:
    suite = suites(rich())["snippets under cpu-basic"]
    assert (suite.tests, suite.failures, suite.errors, suite.skipped) == (7, 3, 1, 2)
    refused = next(case for case in suite if case.name.startswith("line 20"))
    [failure] = refused.result
    assert isinstance(failure, Failure)
    assert failure.type == "snippet/network-refused"
    assert failure.message == "requests.exceptions.ProxyError: 403 Forbidden"
    assert "card line 22" in failure.text


def test_claims_are_failed_or_skipped() -> None:
    told = [case.result for case in suites(rich())["claims"]]
    assert [[type(result) for result in results] for results in told] == [[Failure], [], [Skipped]]


def test_a_long_stream_keeps_its_end_and_says_so() -> None:
    stderr = f"beginning{'x' * 3_000_000}end"
    report = samples.report(samples.snippet_report(3, samples.failure(4, stderr=stderr)))
    [case] = suites(report)["snippets under cpu-basic"]
    assert len(case.system_err) < junit.STREAM_CHARACTERS + 100
    assert case.system_err.startswith("... 2,934,476 characters left out")
    assert case.system_err.endswith("end")
