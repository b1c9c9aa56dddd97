"""Attack the engines of this host and print what was seen: ``python -m tests.attacks [--engine NAME]``.

Ends with exit code 1 if any attack gets through, and 2 if no engine answers.
"""

import argparse
import sys
import time
from collections import Counter

from snippet_sandbox.errors import EngineUnavailableError
from tests.attacks.performing import ENGINES_HERE, Outcome, perform, why_not
from tests.attacks.stage import Stage
from tests.attacks.table import ATTACKS, Attack


def main() -> int:
    """Run the suite."""
    parser = argparse.ArgumentParser(description="Attack the sandbox and see from outside whether it holds.")
    parser.add_argument("--engine", choices=ENGINES_HERE, action="append", help="default: all that answer")
    parser.add_argument("--only", default="", help="attacks with this in their family or name")
    options = parser.parse_args()
    attacks = [attack for attack in ATTACKS if options.only in f"{attack.family}: {attack.name}"]
    counts: Counter[str] = Counter()
    for name in options.engine or ENGINES_HERE:
        counts += _attack_engine(name, attacks)
    say(f"\n{counts['held']} held, {counts['GOT THROUGH']} got through, {counts['not tried']} not tried")
    if not counts:
        return 2
    return 1 if counts["GOT THROUGH"] else 0


def _attack_engine(name: str, attacks: list[Attack]) -> Counter[str]:
    counts: Counter[str] = Counter()
    began = time.monotonic()
    try:
        engine = ENGINES_HERE[name]()
    except EngineUnavailableError as error:
        say(f"{name}: {error.message}")
        return counts
    try:
        with Stage(engine) as stage:
            for attack in attacks:
                reason = why_not(attack, name)
                outcome = Outcome(held=True, seen=reason) if reason else perform(attack, stage)
                verdict = "not tried" if reason else "held" if outcome.held else "GOT THROUGH"
                counts[verdict] += 1
                say(_row(name, attack, verdict, outcome))
    finally:
        engine.close()
    say(f"{name}: {time.monotonic() - began:.0f} s")
    return counts


def _row(engine: str, attack: Attack, verdict: str, outcome: Outcome) -> str:
    title = f"{attack.family}: {attack.name}"
    return f"{engine:19} | {title:62} | {verdict:11} | {outcome.took_s:5.1f} s | {outcome.seen}"


def say(text: str) -> None:
    """A line on stdout, at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
