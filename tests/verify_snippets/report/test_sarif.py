"""The SARIF report fits the official schema, and says the same of the same code wherever it stands."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tests.verify_snippets.report import samples
from tests.verify_snippets.report.rich_sample import CARD, rich
from verify_snippets.report import rules, sarif
from verify_snippets.report.model import Report

SCHEMA = Path(__file__).parents[2] / "data" / "sarif" / "sarif-schema-2.1.0.json"


@pytest.fixture(scope="module")
def validator() -> Draft202012Validator:
    return Draft202012Validator(
        json.loads(SCHEMA.read_text(encoding="utf-8")), format_checker=Draft202012Validator.FORMAT_CHECKER
    )


def run(report: Report, root: Path = Path("/src")) -> Any:
    return sarif.document(report, root=root)["runs"][0]


@pytest.mark.parametrize(
    "report",
    [
        rich(),
        rich("/src/models/my model/README.md"),
        rich("/elsewhere/README.md"),
        samples.every_verdict(),
        samples.report(complete=False),
    ],
    ids=["hub", "workspace", "elsewhere", "verdicts", "empty"],
)
def test_it_fits_the_schema(report: Report, validator: Draft202012Validator) -> None:
    validator.validate(json.loads(sarif.render(report)))


def test_the_schema_refuses_what_is_none(validator: Draft202012Validator) -> None:
    told = sarif.document(rich(), root=Path("/src"))
    told["runs"][0]["results"][0]["level"] = "fatal"
    assert not validator.is_valid(told)


def test_every_result_names_a_rule() -> None:
    told = run(rich())
    ids = [rule["id"] for rule in told["tool"]["driver"]["rules"]]
    assert [ids[result["ruleIndex"]] for result in told["results"]] == [r["ruleId"] for r in told["results"]]
    assert len(set(ids)) == len(ids) == len(rules.RULES)


def test_a_failure_is_at_the_line_that_raised_it() -> None:
    refused = next(r for r in run(rich())["results"] if r["ruleId"] == "snippet/network-refused")
    region = refused["locations"][0]["physicalLocation"]["region"]
    assert (region["startLine"], region["endLine"]) == (22, 22)
    assert region["snippet"]["text"] == CARD.split("\n")[21]
    assert refused["level"] == "error"


def test_our_own_trouble_is_no_result() -> None:
    told = run(rich())
    assert not [result for result in told["results"] if result["ruleId"] == rules.BROKEN]
    [invocation] = told["invocations"]
    assert not invocation["executionSuccessful"]
    assert "the engine went away" in invocation["toolExecutionNotifications"][0]["message"]["text"]
    assert invocation["endTimeUtc"] == "2026-11-23T06:00:12.500Z"


@pytest.mark.parametrize(
    ("location", "uri"),
    [
        ("/src/models/my model/README.md", "models/my%20model/README.md"),
        ("/elsewhere/README.md", "file:///elsewhere/README.md"),
        ("", "README.md"),
    ],
)
def test_the_card_is_named_as_its_readers_find_it(location: str, uri: str) -> None:
    assert run(rich(location))["artifacts"][0]["location"]["uri"] == uri


def test_a_card_of_the_hub_says_where_it_comes_from() -> None:
    told = run(rich())
    [origin] = told["versionControlProvenance"]
    assert origin["repositoryUri"] == "https://huggingface.co/acme/tiny"
    base = told["originalUriBaseIds"][origin["mappedTo"]["uriBaseId"]]["uri"]
    assert f"{base}README.md" == rich().card.location
    assert "versionControlProvenance" not in run(rich("/src/README.md"))


def test_a_fix_is_the_repair() -> None:
    fixed = next(result for result in run(rich())["results"] if "fixes" in result)
    [change] = fixed["fixes"][0]["artifactChanges"][0]["replacements"]
    region = change["deletedRegion"]
    lines = CARD.splitlines(keepends=True)
    lines[region["startLine"] - 1 : region["endLine"] - 1] = [change["insertedContent"]["text"]]
    assert "".join(lines) == CARD.replace("torch_dtype=", "dtype=")


def moved(report: Report, by: int) -> Report:
    """The report on the same card with so many empty lines before it."""
    snippets = tuple(
        each.model_copy(update={"start_line": each.start_line + by, "end_line": each.end_line + by})
        for each in report.snippets
    )
    card = report.card.model_copy(update={"text": "\n" * by + report.card.text})
    return report.model_copy(update={"snippets": snippets, "card": card})


def test_fingerprints_survive_a_move_and_tell_twins_apart() -> None:
    def prints(report: Report) -> list[str]:
        return [result["partialFingerprints"]["codeAndRule/v1"] for result in run(report)["results"]]

    assert prints(rich()) == prints(moved(rich(), 7))
    twins = samples.report(*(samples.snippet_report(line, samples.failure(line)) for line in (10, 20, 30)))
    assert len(set(prints(twins))) == 3
