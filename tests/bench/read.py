"""How fast cards are read: ``python -m tests.bench read``.

The program is started as users start it, so its own start counts: on each of the tests' cards, on one of
5 MB, and on two with many hundreds of blocks, of which one is twice as long as the other.
"""

import argparse
import re
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from snippet_images.errors import UserFacingError
from tests.bench.measuring import run_command
from tests.bench.table import this_machine

CARDS = Path(__file__).parent.parent / "cards"
LARGE_BYTES = 4_990_000  # more than 5 MB are not read
LARGE_LIMIT_S = 3.0
DENSE_BYTES = (50_000, 100_000)
CHECK_LIMIT_S = 2.0
WRONG = (
    "```python\nfrom transformers import AutoModel\n"
    'AutoModel.from_pretrained("your-name/your-model", use_auth_token=True)\n```\n'
    "```python\nprint “hello”\n```\n"
)
RUNS = 7
FRONT_MATTER = re.compile(r"\A\ufeff?---\n.*?^---\n", re.DOTALL | re.MULTILINE)
PROSE = (
    "Run {n} was trained for {n} steps on text of the web, and its loss went on falling until the last of "
    "them; see the table below for how it compares with the others.\n\n"
    "| checkpoint | steps | loss |\n|---|---|---|\n"
    "| run-{n} | {n} | 2.{n} |\n| run-{n}-long | {n}0 | 1.{n} |\n\n"
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table; 3 if a card could not be read."""
    parser = argparse.ArgumentParser(prog="tests.bench read", description=__doc__)
    parser.add_argument("--runs", type=int, default=RUNS, help="timed runs of each large card")
    options = parser.parse_args(arguments)
    sys.stdout.write(f"{this_machine({})}\n\n")
    try:
        with tempfile.TemporaryDirectory(prefix="bench-") as folder:
            _report(Path(folder), options.runs)
    except UserFacingError as error:
        sys.stderr.write(f"the benchmark ended early: {error.message}\n")
        return error.exit_code
    return 0


def dense_card(size_bytes: int) -> str:
    """The tests' cards, again and again: hardly anything but blocks."""
    texts = [path.read_text(encoding="utf-8-sig") for path in sorted(CARDS.glob("*.md"))]
    once = "\n\n".join(FRONT_MATTER.sub("", text) for text in texts) + "\n\n"
    return once * (size_bytes // len(once.encode()))


def long_card(size_bytes: int) -> str:
    """The blocks of all of the tests' cards, and around them prose and tables without end."""
    blocks = dense_card(DENSE_BYTES[0] // 5)
    paragraphs = (size_bytes - len(blocks.encode())) // len(PROSE.format(n=LARGE_BYTES))
    return blocks + "".join(PROSE.format(n=number) for number in range(paragraphs))


def plan_s(card: Path) -> float:
    """The seconds that ``plan`` takes on a card, start of the program included.

    Raises:
        BenchError: it could not be read.
    """
    command = [sys.executable, "-m", "verify_snippets", "plan", card, "--json"]
    return run_command(f"plan {card.name}", command).took_s


def check_s(card: Path) -> float:
    """The seconds that ``plan --check`` takes on a card, start of the program included.

    Raises:
        BenchError: it could not be read.
    """
    command = [sys.executable, "-m", "verify_snippets", "plan", "--check", card]
    return run_command(f"plan --check {card.name}", command, good=(0, 1)).took_s


def _report(folder: Path, runs: int) -> None:
    took_s = {card.name: plan_s(card) for card in sorted(CARDS.glob("*.md"))}
    slowest = max(took_s, key=lambda name: took_s[name])
    _print(
        f"{len(took_s)} cards of the tests: median {median(took_s.values()):.2f} s, "
        f"slowest {took_s[slowest]:.2f} s ({slowest})"
    )
    _report_checks(folder)
    long_s = _median_s(folder, long_card(LARGE_BYTES), runs)
    reached = "reached" if long_s < LARGE_LIMIT_S else "NOT reached"
    _print(f"a card of 5 MB: median {long_s:.2f} s of {runs}; < {LARGE_LIMIT_S:.0f} s: {reached}")
    small_s, double_s = (_median_s(folder, dense_card(size), runs) for size in DENSE_BYTES)
    _print(
        f"hardly anything but blocks: {DENSE_BYTES[0] // 1000} kB in {small_s:.2f} s, "
        f"{DENSE_BYTES[1] // 1000} kB in {double_s:.2f} s: {double_s / small_s:.1f} times as long"
    )


def _report_checks(folder: Path) -> None:
    """What a commit waits for: on every card of the tests, and on one whose code libcst has to read."""
    took_s = [check_s(card) for card in sorted(CARDS.glob("*.md"))]
    wrong = folder / "wrong.md"
    wrong.write_text(WRONG, encoding="utf-8")
    wrong_s = median(check_s(wrong) for _ in range(RUNS))
    reached = "reached" if max(*took_s, wrong_s) < CHECK_LIMIT_S else "NOT reached"
    _print(
        f"checked before a commit: median {median(took_s):.2f} s, slowest {max(took_s):.2f} s, one with "
        f"renamed arguments {wrong_s:.2f} s; < {CHECK_LIMIT_S:.0f} s: {reached}"
    )


def _median_s(folder: Path, text: str, runs: int) -> float:
    card = folder / "README.md"
    card.write_text(text, encoding="utf-8")
    return median(plan_s(card) for _ in range(runs))


def _print(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
