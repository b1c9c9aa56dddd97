"""Which engines are attacked, and what came of one attack on one of them."""

from collections.abc import Callable
from dataclasses import dataclass

from snippet_sandbox.engine import Engine
from snippet_sandbox.engines import ENGINES
from snippet_sandbox.engines.bubblewrap import BubblewrapEngine
from tests.attacks.expectations import everywhere
from tests.attacks.stage import NotRunError, Stage
from tests.attacks.table import Attack

ROOTLESS = "bubblewrap-rootless"
ENGINES_HERE: dict[str, Callable[[], Engine]] = {
    "docker": ENGINES["docker"],
    "bubblewrap": ENGINES["bubblewrap"],
    # as an ordinary user has it: a user namespace, no cgroup
    ROOTLESS: lambda: BubblewrapEngine(rootless=True),
}


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What came of one attack.

    Attributes:
        held: whether the sandbox held.
        seen: what was seen, in a few words.
        took_s: wall time, the looking included.
    """

    held: bool
    seen: str
    took_s: float = 0.0


def why_not(attack: Attack, engine: str) -> str:
    """Why an attack is not tried on an engine; empty if it is."""
    return attack.not_rootless if engine == ROOTLESS else ""


def perform(attack: Attack, stage: Stage) -> Outcome:
    """Perform one attack and compare what was seen with what must be."""
    try:
        seen = stage.perform(attack.written, time_limit_s=attack.time_limit_s)
        everywhere(seen)
        words = [expectation(seen) for expectation in attack.expectations]
    except AssertionError as error:
        kind = "not performed: " if isinstance(error, NotRunError) else ""
        return Outcome(held=False, seen=f"{kind}{error}")
    return Outcome(held=True, seen="; ".join(words), took_s=seen.took_s)
