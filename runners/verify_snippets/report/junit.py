"""JUnit XML, which CI servers show: a suite for each column with a case for each snippet, one for claims.

There is no standard; this keeps to what Jenkins, Maven's Surefire, GitLab and pytest agree about.
"""

import io
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import assert_never

from junitparser import Attr, Error, Failure, IntAttr, JUnitXml, Skipped, TestCase, TestSuite
from junitparser.junitparser import FinalResult

from verify_snippets.clean import clean, one_line, shorten
from verify_snippets.ledger import ClaimVerdict
from verify_snippets.pattern import Pattern
from verify_snippets.report import gpus, rules
from verify_snippets.report.model import ClaimReport, Report, RunReport
from verify_snippets.report.telling import Row, card_name, claim_text, error_place, explanation, rows
from verify_snippets.verdict import Verdict

STREAM_CHARACTERS = 64 * 1024  # of each stream, its end: viewers load the whole file
_MESSAGE_LENGTH = 300
_NO_XML = Pattern("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")  # XML 1.0, production 2
_ATTACHMENT = Pattern(r"\[(?=\[ATTACHMENT\|)", re.IGNORECASE)  # GitLab and Jenkins take it for a command


class _Case(TestCase):
    """A case with its place, as pytest writes it."""

    file = Attr()
    line = IntAttr()


def render(report: Report) -> str:
    """The report as JUnit XML."""
    return _written(card_name(report.card), _suites(report))


def render_several(reports: Sequence[Report]) -> str:
    """The reports on several cards as JUnit XML: the suites of all of them."""
    suites = [suite for report in reports for suite in _suites(report, prefix=f"{card_name(report.card)}: ")]
    return _written("model cards", suites)


def _suites(report: Report, *, prefix: str = "") -> Iterator[TestSuite]:
    told = rows(report)
    for under in dict.fromkeys(_under(row) for row in told):
        cases = [_snippet_case(row, report) for row in told if _under(row) == under]
        yield _suite(f"{prefix}snippets under {under}", cases, report)
    if report.claims:
        yield _suite(f"{prefix}claims", [_claim_case(claim, report) for claim in report.claims], report)


def _written(name: str, suites: Iterable[TestSuite]) -> str:
    document = JUnitXml(_legal(name))
    for suite in suites:
        document.add_testsuite(suite)
    document.update_statistics()
    data = io.BytesIO()
    document.write(data)
    return f"{data.getvalue().decode()}\n"


def _under(row: Row) -> str:
    """The column that a run is in; its profile where there is only one."""
    return row.column or row.run.profile


def _suite(name: str, cases: Iterable[TestCase], report: Report) -> TestSuite:
    suite = TestSuite(_legal(name))
    suite.timestamp = report.started_at.removesuffix("Z").removesuffix("+00:00")  # without a zone: ISO 8601
    for key, value in _properties(report).items():
        suite.add_property(key, _legal(value))
    suite.add_testcases(list(cases))
    return suite


def _properties(report: Report) -> dict[str, str]:
    engine, host, card = report.engine, report.host, report.card
    told = {
        "tool_version": report.tool_version,
        "repo_id": card.repo_id or "",
        "revision": card.revision or "",
        "card": card.location,
        "card_sha256": card.sha256,
        "engine": f"{engine.name} {engine.version} {engine.runtime}".strip(),
        "host_cpus": str(host.cpus or ""),
        "host_cpu_model": host.cpu_model,
        "host_memory_bytes": str(host.memory_bytes or ""),
        "host_gpus": ", ".join(host.gpus),
        "gpu_driver": gpus.driver_text(report),
        "web": report.web,
        "traffic": report.traffic,
        "complete": "true" if report.complete else "false",
    }
    versions = {f"version.{name}": version for name, version in sorted(_versions(report).items())}
    return {name: one_line(value) for name, value in (told | versions).items() if value}


def _versions(report: Report) -> dict[str, str]:
    """Of every library that some snippet imported."""
    found: dict[str, set[str]] = {}
    for row in rows(report):
        for name, version in row.run.versions.items():
            found.setdefault(name, set()).add(version)
    return {name: ", ".join(sorted(versions)) for name, versions in found.items()}


def _snippet_case(row: Row, report: Report) -> TestCase:
    run = row.run
    case = _case(f"{row.name}: {row.title}", row.snippet.start_line, report)
    if run.duration_s is not None:
        case.time = round(run.duration_s, 3)
    result = _result(row, report)
    if result is not None:
        case.result = result
    out = "\n".join(part for part in (_remarks(run), run.stdout) if part)
    if out:
        case.system_out = _stream(out)
    if run.stderr:
        case.system_err = _stream(run.stderr)
    return case


def _result(row: Row, report: Report) -> FinalResult | None:
    run = row.run
    lines = explanation(row, report)
    message = lines[0] if lines else str(run.verdict)
    match run.verdict:
        case Verdict.PASSED:
            return None
        case Verdict.SKIPPED | Verdict.BLOCKED:
            return Skipped(_message(f"{run.verdict}: {one_line(run.reason)}"), str(run.verdict))
        case Verdict.BROKEN:
            result: FinalResult = Error(_message(message), rules.BROKEN)
        case Verdict.CONTRADICTED:
            result = Failure(_message(message), rules.CONTRADICTED)
        case Verdict.FAILED:
            result = Failure(_message(message), rules.of_failure(run.cause))
        case _:
            assert_never(run.verdict)
    place = [error_place(run.error)] if run.error is not None else []
    trace = [run.error.traceback] if run.error is not None else []
    result.text = _stream("\n".join(part for part in (*place, *lines, *trace) if part))
    return result


def _claim_case(claim: ClaimReport, report: Report) -> TestCase:
    case = _case(f"line {claim.line}: {claim_text(claim)}", claim.line, report)
    found = f"; found: {claim.found}" if claim.found else ""
    told = _message(f"“{claim.quote}”: {claim.reason}{found}")
    if claim.verdict is ClaimVerdict.CONTRADICTED:
        case.result = Failure(told, rules.of_claim(claim.kind))
    elif claim.verdict is ClaimVerdict.UNTESTED:
        case.result = Skipped(told, "untested")
    else:
        case.system_out = _stream(f"{claim.quote}: {claim.reason}{found}")
    return case


def _case(name: str, line: int, report: Report) -> TestCase:
    """A case at a line of the card."""
    case = _Case(_legal(one_line(name)), _legal(card_name(report.card)))
    case.file = _legal(one_line(report.card.location))
    case.line = line
    return case


def _remarks(run: RunReport) -> str:
    return "\n".join(f"remark: {one_line(remark)}" for remark in run.remarks)


def _message(text: str) -> str:
    return _legal(shorten(one_line(text), _MESSAGE_LENGTH))


def _stream(text: str) -> str:
    """The end of a text, cleaned; it says how much was left out."""
    tail = clean(text[-STREAM_CHARACTERS:])
    left_out = len(text) - STREAM_CHARACTERS
    return _legal(f"... {left_out:,} characters left out\n{tail}" if left_out > 0 else tail)


def _legal(text: str) -> str:
    """``text`` without what XML can't hold, and without what CI servers would obey."""
    return _ATTACHMENT.sub("[ ", _NO_XML.sub("", text))
