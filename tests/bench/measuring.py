"""How contenders are timed: turn by turn in one run, so that what else the machine does meets all alike."""

import subprocess
import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from snippet_images.errors import InfrastructureError

SETTLE_S = 0.5  # after each turn: what it removes in the background is no cost of the next one's
COMMAND_LIMIT_S = 600.0
SAID_LINES = 20

Say = Callable[[str], None]


class BenchError(InfrastructureError):
    """A contender failed: its time would say nothing, so there is no table."""


@dataclass(frozen=True, kw_only=True)
class Contender:
    """One way to do a thing.

    Attributes:
        name: for the table.
        once: does it one time, checks what came of it, and returns the seconds that count.
        warm_ups: how often it is done first, untimed: files are in the page cache then.
        at_most: how many of the runs it takes part in, where once takes minutes; None for all.
    """

    name: str
    once: Callable[[], float]
    warm_ups: int = 1
    at_most: int | None = None

    def takes_part(self, turn: int, runs: int) -> bool:
        """Whether it is among those timed at ``turn`` (from 0) of ``runs``: spread evenly over them."""
        wanted = min(runs, runs if self.at_most is None else self.at_most)
        return (turn + 1) * wanted // runs > turn * wanted // runs


def interleave(contenders: Sequence[Contender], runs: int, say: Say) -> dict[str, tuple[float, ...]]:
    """Time all contenders, one after the other, ``runs`` times over.

    Returns:
        The seconds of each run, by the contender's name.

    Raises:
        BenchError: one of them failed.
    """
    for contender in contenders:
        for _ in range(contender.warm_ups):
            say(f"warm-up: {contender.name}")
            contender.once()
            time.sleep(SETTLE_S)
    times: dict[str, tuple[float, ...]] = {contender.name: () for contender in contenders}
    for turn in range(runs):
        for contender in contenders:
            if contender.takes_part(turn, runs):
                took_s = contender.once()
                times[contender.name] += (took_s,)
                say(f"run {turn + 1} of {runs}: {contender.name}: {took_s:.3f} s")
                time.sleep(SETTLE_S)
    return times


@dataclass(frozen=True, kw_only=True)
class Said:
    """What a command that went well printed, and how long it took, from its start to its end."""

    took_s: float
    stdout: str
    stderr: str


def run_command(
    name: str,
    command: Iterable[object],
    *,
    environment: Mapping[str, str] | None = None,
    folder: Path | None = None,
    good: Collection[int] = (0,),
) -> Said:
    """Run a command to its end.

    Args:
        name: who failed, if it does.
        command: the program and its arguments, whatever gives them as text.
        environment: all of its variables; this process' own by default.
        folder: where it works.
        good: the exit codes that it may end with.

    Raises:
        BenchError: it ended with another exit code, or not in time.
    """
    began = time.perf_counter()
    try:
        done = subprocess.run(
            [str(part) for part in command],
            env=dict(environment) if environment is not None else None,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=COMMAND_LIMIT_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise BenchError(f"{name}: {error}") from error
    took_s = time.perf_counter() - began
    if done.returncode not in good:
        raise BenchError(f"{name}: exit code {done.returncode}: {_last_lines(done.stderr + done.stdout)}")
    return Said(took_s=took_s, stdout=done.stdout, stderr=done.stderr)


def expect_output(name: str, expected: str, found: str) -> None:
    """Refuse a run that ended well and did something else.

    Raises:
        BenchError: what was printed is not what was expected.
    """
    if found.strip() != expected.strip():
        raise BenchError(f"{name}: printed {found!r} and not {expected!r}")


def _last_lines(text: str) -> str:
    return "\n".join(text.strip().splitlines()[-SAID_LINES:])
