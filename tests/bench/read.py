"""How fast cards are read: ``python -m tests.bench read``.

The program is started as users start it, so its own start counts, on each of the tests' cards and on one of
5 MB that is all of them over and over again.
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
LARGE_BYTES = 5_000_000
LARGE_LIMIT_S = 3.0
RUNS = 7
FRONT_MATTER = re.compile(r"\A\ufeff?---\n.*?^---\n", re.DOTALL | re.MULTILINE)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table; 3 if a card could not be read."""
    parser = argparse.ArgumentParser(prog="tests.bench read", description=__doc__)
    parser.add_argument("--runs", type=int, default=RUNS, help="timed runs of the large card")
    options = parser.parse_args(arguments)
    sys.stdout.write(f"{this_machine({})}\n\n")
    try:
        with tempfile.TemporaryDirectory(prefix="bench-") as folder:
            _report(Path(folder), options.runs)
    except UserFacingError as error:
        sys.stderr.write(f"the benchmark ended early: {error.message}\n")
        return error.exit_code
    return 0


def large_card(size_bytes: int = LARGE_BYTES) -> str:
    """One card that is all of the tests' cards, again and again."""
    texts = [path.read_text(encoding="utf-8-sig") for path in sorted(CARDS.glob("*.md"))]
    once = "\n\n".join(FRONT_MATTER.sub("", text) for text in texts) + "\n\n"
    return once * -(-size_bytes // len(once.encode()))


def plan_s(card: Path) -> float:
    """The seconds that ``plan`` takes on a card, start of the program included.

    Raises:
        BenchError: it could not be read.
    """
    command = [sys.executable, "-m", "verify_snippets", "plan", card, "--json"]
    return run_command(f"plan {card.name}", command).took_s


def _report(folder: Path, runs: int) -> None:
    took_s = {card.name: plan_s(card) for card in sorted(CARDS.glob("*.md"))}
    slowest = max(took_s, key=lambda name: took_s[name])
    sys.stdout.write(
        f"{len(took_s)} cards of the tests: median {median(took_s.values()):.2f} s, "
        f"slowest {took_s[slowest]:.2f} s ({slowest})\n"
    )
    large = folder / "README.md"
    large.write_text(large_card(), encoding="utf-8")
    large_s = median(plan_s(large) for _ in range(runs))
    reached = "reached" if large_s < LARGE_LIMIT_S else "NOT reached"
    size_mb = large.stat().st_size / 1e6
    sys.stdout.write(f"a card of {size_mb:.1f} MB: median {large_s:.2f} s of {runs}, < 3 s {reached}\n")
