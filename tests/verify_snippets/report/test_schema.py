"""The published schema is current, accepts what we write and refuses what breaks the contract."""

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator, ValidationError

from tests.verify_snippets.report import samples
from verify_snippets.report import json_report, schema
from verify_snippets.report.model import Report


@pytest.fixture
def validator() -> Draft202012Validator:
    published = json.loads(schema.PATH.read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(published)
    return Draft202012Validator(published)


def document(report: Report) -> Any:
    return json.loads(json_report.render(report))


def test_the_published_schema_is_current() -> None:
    assert schema.PATH.read_text(encoding="utf-8") == schema.text(), (
        "the report's model has changed: run `python -m verify_snippets.report.schema`"
    )


@pytest.mark.parametrize(
    "report", [samples.every_verdict(), samples.report(), samples.report(complete=False)]
)
def test_what_we_write_fits_the_schema(validator: Draft202012Validator, report: Report) -> None:
    validator.validate(document(report))


def test_the_names_of_the_contract_are_there() -> None:
    written = document(samples.every_verdict())
    assert written["schema"] == "verify-snippets/report/v1"
    assert {"card", "engine", "snippets", "claims", "summary", "exit_code"} <= written.keys()
    failed = written["snippets"][1]
    assert {"id", "kind", "start_line", "end_line", "language_tag", "needs", "placeholders"} <= failed.keys()
    assert {"duration_s", "phases", "memory", "exit_code", "signal", "image", "versions"} <= failed["runs"][
        0
    ].keys()
    assert failed["runs"][0]["error"]["card_line"] == 22


def test_a_later_version_may_add_fields(validator: Draft202012Validator) -> None:
    validator.validate(document(samples.report()) | {"added_later": 1})


@pytest.mark.parametrize("name", ["schema", "card", "engine", "snippets", "summary", "exit_code"])
def test_a_missing_field_breaks_the_contract(validator: Draft202012Validator, name: str) -> None:
    written = document(samples.report())
    del written[name]
    with pytest.raises(ValidationError, match=name):
        validator.validate(written)


def test_a_verdict_that_does_not_exist_breaks_the_contract(validator: Draft202012Validator) -> None:
    written = document(samples.every_verdict())
    written["snippets"][0]["runs"][0]["verdict"] = "fine"
    with pytest.raises(ValidationError, match="fine"):
        validator.validate(written)


def test_hostile_text_survives_as_data() -> None:
    evil = samples.report(samples.snippet_report(3, samples.failure(4, stderr=samples.EVIL + "\ud800")))
    assert document(evil)["snippets"][0]["runs"][0]["stderr"].startswith(samples.EVIL)
