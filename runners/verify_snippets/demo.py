"""The demo: a bundled repo whose card has code that works and code that does not.

What is bundled is real: a small GPT-2 (made by ``tests/tools/make_demo_repo.py``) and its card. It goes
through all that any local folder goes through.
"""

from pathlib import Path

from verify_snippets.options import Options
from verify_snippets.report.model import Report
from verify_snippets.verdict import Verdict

REPO_ID = "verify-snippets/demo"
FOLDER = Path(__file__).with_name("demo_repo")

# of the card's Python blocks, in its order
EXPECTED = (
    Verdict.PASSED,  # the pipeline
    Verdict.PASSED,  # tokenizer and model, step by step
    Verdict.PASSED,  # builds on the block before
    Verdict.FAILED,  # imports what huggingface_hub no longer has
    Verdict.BLOCKED,  # needs what failed
    Verdict.SKIPPED,  # opens a file that the reader has to supply
)


def options(*, engine: str | None, time_limit_s: float) -> Options:
    """How the demo is run."""
    return Options(repo_id=REPO_ID, engine=engine, time_limit_s=time_limit_s, fresh=True, hub_code=False)


def surprises(report: Report) -> list[str]:
    """What the report says otherwise than the card is made to show, one sentence each."""
    runs = [(snippet.start_line, run) for snippet in report.snippets for run in snippet.runs]
    if len(runs) != len(EXPECTED):
        return [f"{len(EXPECTED)} snippets should have a verdict, and {len(runs)} have"]
    return [
        f"line {line} should be {expected} and is {run.verdict}"
        for (line, run), expected in zip(runs, EXPECTED, strict=True)
        if run.verdict is not expected
    ]
