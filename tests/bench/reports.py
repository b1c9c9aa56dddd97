"""How fast reports are written: ``python -m tests.bench reports``.

Each format of a report on 2,000 snippets, every one of which failed with all there is to say of that, and
on about as many claims. What counts is processor time, so that other work on the machine does not.
"""

import argparse
import sys
import time
from collections.abc import Sequence
from statistics import median

from tests.bench.table import this_machine
from tests.verify_snippets.report import samples
from tests.verify_snippets.report.rich_sample import CARD, rich
from verify_snippets.report import FORMATS
from verify_snippets.report.model import Report

SNIPPETS = 2_000
LIMIT_S = 2.0
RUNS = 7


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="tests.bench reports", description=__doc__)
    parser.add_argument("--runs", type=int, default=RUNS, help="timed runs of each format")
    options = parser.parse_args(arguments)
    report = long_report()
    sys.stdout.write(f"{this_machine({})}\n\n{'format':<12}{'processor s':>12}{'size, MB':>12}\n")
    for name in FORMATS:
        FORMATS[name].render(samples.every_verdict())  # what it imports
        times = [_timed(name, report) for _ in range(options.runs)]
        size_mb = len(FORMATS[name].render(report)) / 1e6
        short = "" if median(times) <= LIMIT_S else f"   short of {LIMIT_S:g} s"
        sys.stdout.write(f"{name:<12}{median(times):>12.2f}{size_mb:>12.2f}{short}\n")
        sys.stdout.flush()
    return 0


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


def _timed(name: str, report: Report) -> float:
    began = time.process_time()
    FORMATS[name].render(report)
    return time.process_time() - began
