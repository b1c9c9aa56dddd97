"""Reports on very long cards are there at once."""

import time

import pytest

from tests.verify_snippets.report import samples
from tests.verify_snippets.report.rich_sample import CARD, rich
from verify_snippets.report import FORMATS
from verify_snippets.report.model import Report

SNIPPETS = 2_000
LIMIT_S = 2.0  # of processor time: other work on the machine does not count


def long_report() -> Report:
    """So many snippets that each has everything to say that a failing one can have, and as many claims."""
    model = rich()
    run = samples.failure(4, stderr="a line of a log\n" * 100).model_copy(
        update={"remarks": ("one",), "output": model.snippets[0].runs[0].output}
    )
    snippets = tuple(samples.snippet_report(5 * n + 1, run) for n in range(SNIPPETS))
    return model.model_copy(
        update={
            "card": model.card.model_copy(update={"text": CARD * (5 * SNIPPETS // CARD.count("\n") + 1)}),
            "snippets": snippets,
            "claims": model.claims * (SNIPPETS // 3),
        }
    )


@pytest.mark.parametrize(
    "name", [name for name in FORMATS if name != "html"]
)  # its page has tests of its own
def test_a_long_report_is_written_at_once(name: str) -> None:
    report = long_report()
    FORMATS[name].render(samples.every_verdict())  # what it imports
    began = time.process_time()
    FORMATS[name].render(report)
    assert time.process_time() - began < LIMIT_S
