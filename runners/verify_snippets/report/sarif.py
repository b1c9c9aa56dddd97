"""SARIF 2.1.0, the interchange format of static analysis: for code scanning and editors.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html tells the fields. Only what is to be pointed
at is a result; what passed is counted in the run's properties. Trouble of ours is a notification, no result.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from verify_snippets.card import CARD_NAME, Source
from verify_snippets.clean import clean
from verify_snippets.report import rules
from verify_snippets.report.findings import Finding, Level, findings
from verify_snippets.report.hunks import Replacement, replacements
from verify_snippets.report.json_report import written
from verify_snippets.report.model import CardReport, RepairReport, Report
from verify_snippets.report.places import in_workspace, workspace
from verify_snippets.report.telling import card_lines, card_name, headline

SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_REPO = "REPO"
_LEVELS = {Level.ERROR: "error", Level.WARNING: "warning", Level.NOTICE: "note"}
_RULE_INDEX = {rule: index for index, rule in enumerate(rules.RULES)}

Json = dict[str, Any]


def render(report: Report) -> str:
    """The report as a SARIF log of one run."""
    return written(document(report, root=workspace()))


def render_several(reports: Sequence[Report]) -> str:
    """The reports on several cards as a SARIF log with a run for each."""
    return written(_log([_Run(report, workspace()).told() for report in reports]))


def document(report: Report, *, root: Path) -> Json:
    """The log, for a repository that is checked out at ``root``."""
    return _log([_Run(report, root).told()])


def _log(runs: list[Json]) -> Json:
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": runs}


class _Run:
    """One run, and what all of its parts name: the card and where it lies."""

    def __init__(self, report: Report, root: Path) -> None:
        self._report = report
        self._artifact = _artifact(report.card, root)
        self._lines = card_lines(report.card)
        found = findings(report)
        self._results = [finding for finding in found if finding.rule != rules.BROKEN]
        self._trouble = [finding for finding in found if finding.rule == rules.BROKEN]

    def told(self) -> Json:
        report, card = self._report, self._report.card
        run = {
            "tool": {"driver": _driver(report.tool_version)},
            "automationDetails": {"id": f"verify-snippets/{card_name(card)}/"},
            "columnKind": "unicodeCodePoints",
            "invocations": [self._invocation()],
            "artifacts": [
                {
                    "location": self._artifact,
                    "mimeType": "text/markdown",
                    "hashes": {"sha-256": card.sha256},
                }
            ],
            "results": [self._result(finding) for finding in self._results],
            "properties": {
                "headline": headline(report),
                "summary": report.summary.model_dump(),
                "engine": report.engine.model_dump(),
                "host": report.host.model_dump(),
            },
        }
        return run | (_provenance(card) if card.source is Source.HUB else {})

    def _result(self, finding: Finding) -> Json:
        fixes = [self._fix(repair) for repair in finding.repairs if replacements(repair.diff)]
        result: Json = {
            "ruleId": finding.rule,
            "ruleIndex": _RULE_INDEX[finding.rule],
            "level": _LEVELS[finding.level],
            "message": _message(finding),
            "locations": [self._location(finding)],
            "partialFingerprints": {"codeAndRule/v1": finding.fingerprint},
        }
        return result | ({"fixes": fixes} if fixes else {})

    def _location(self, finding: Finding) -> Json:
        artifact = {**self._artifact, "index": 0}
        if not finding.in_card:  # the lines of a notebook's JSON are nobody's
            return {"physicalLocation": {"artifactLocation": artifact}}
        region: Json = {"startLine": finding.start_line, "endLine": finding.end_line}
        lines = self._lines[finding.start_line - 1 : finding.end_line]
        if lines:
            region["snippet"] = {"text": "\n".join(lines)}
        return {"physicalLocation": {"artifactLocation": artifact, "region": region}}

    def _fix(self, repair: RepairReport) -> Json:
        return {
            "description": {"text": _plain(repair.sentence)},
            "artifactChanges": [
                {
                    "artifactLocation": self._artifact,
                    "replacements": [_replacement(each) for each in replacements(repair.diff)],
                }
            ],
        }

    def _invocation(self) -> Json:
        report = self._report
        began = datetime.fromisoformat(report.started_at)
        return {
            "executionSuccessful": report.complete and not self._trouble,
            "exitCode": report.exit_code,
            "startTimeUtc": _instant(began),
            "endTimeUtc": _instant(began + timedelta(seconds=report.duration_s)),
            "toolExecutionNotifications": [
                {
                    "level": "error",
                    "message": _message(finding),
                    "associatedRule": {"id": finding.rule, "index": _RULE_INDEX[finding.rule]},
                    "locations": [self._location(finding)],
                }
                for finding in self._trouble
            ],
        }


def _message(finding: Finding) -> Json:
    return {"text": _plain(f"{finding.title}\n{finding.message}")}


def _plain(text: str) -> str:
    """``text`` in which nothing is a placeholder (spec, 3.11.5) or an embedded link (3.11.6)."""
    return clean(text).replace("{", "{{").replace("}", "}}").replace("](", "] (")


def _driver(version: str) -> Json:
    return {
        "name": "verify-snippets",
        "version": version,
        "rules": [
            {
                "id": rule.id,
                "name": "".join(word.capitalize() for word in rule.id.replace("/", "-").split("-")),
                "shortDescription": {"text": rule.short},
                "fullDescription": {"text": rule.short},
                "help": {"text": rule.help},
            }
            for rule in rules.RULES.values()
        ],
    }


def _artifact(card: CardReport, root: Path) -> Json:
    """The card: in its repo on the Hub, below the workspace, or by its whole path."""
    if card.source is Source.HUB:
        return {"uri": CARD_NAME, "uriBaseId": _REPO}
    inside = in_workspace(card, root)
    return {"uri": quote(inside) if inside is not None else Path(card.location).resolve().as_uri()}


def _provenance(card: CardReport) -> Json:
    repo = card.location.partition("/blob/")[0]
    details: Json = {"repositoryUri": repo, "mappedTo": {"uriBaseId": _REPO}}
    if card.revision:
        details["revisionId"] = card.revision
    return {
        "versionControlProvenance": [details],
        "originalUriBaseIds": {_REPO: {"uri": f"{repo}/blob/{card.revision or 'main'}/"}},
    }


def _replacement(change: Replacement) -> Json:
    """Whole lines: from the beginning of the first to the beginning of the one after the last."""
    return {
        "deletedRegion": {
            "startLine": change.line,
            "startColumn": 1,
            "endLine": change.line + change.deleted,
            "endColumn": 1,
        },
        "insertedContent": {"text": change.inserted},
    }


def _instant(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
