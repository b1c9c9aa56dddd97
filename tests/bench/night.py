"""How near a night comes to its lower bound: ``python -m tests.bench night``.

Recorded durations go through hosts of several sizes on a virtual clock: first come, first served; and as
nights do it, once with all of the night to choose from and once with no more than a few cards planned ahead.
With ``--real``, runs that sleep and runs that work go through real containers on this machine.

The bound is the longest of three times, which no order can beat: all work by the host's cores, all work by
its memory (each run takes what its hardware is given, for as long as it runs), and the longest chain of what
can't run side by side. It can be out of reach: hardware with 16 GB leaves 8 of 24 GB to nobody.
"""

import argparse
import itertools
import random
import sys
import threading
import time
from collections.abc import Sequence

from snippet_images.errors import UserFacingError
from snippet_images.progress import silent
from snippet_sandbox.engines import open_engine
from snippet_sandbox.gateway.gateway import Gateway
from snippet_sandbox.profile import GB, Host, Profile
from tests.bench.measuring import BenchError
from tests.bench.simulated import RECORDED, Run, bound, recorded, simulate
from tests.bench.table import this_machine
from tests.runners import runner_in
from verify_snippets.card import Card, Source
from verify_snippets.planner import make_plan
from verify_snippets.prepare import this_host
from verify_snippets.ran import Ran
from verify_snippets.stream import Assignment, LateRunner, Stream
from verify_snippets.turns import InOrder, LongestFirst

REACH = 1.2
HOSTS = ((2, 24), (8, 32), (8, 64), (64, 256), (64, 512))  # cores, GB
PLANNED_AHEAD = 64
REAL_RUNS, REAL_GB, TIME_LIMIT_S = 40, 4, 120.0
SLEEPS = "import time\ntime.sleep({})"
WORKS = "import time\nend = time.monotonic() + {}\nwhile time.monotonic() < end:\n    sum(range(10_000))"


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table; 1 if a night took longer than it may, 3 if none could be had."""
    parser = argparse.ArgumentParser(prog="tests.bench night", description=__doc__)
    parser.add_argument("--real", action="store_true", help="in real containers on this machine, too")
    parser.add_argument("--engine", default="bubblewrap", help="where these run (default: %(default)s)")
    parser.add_argument("--runs", type=int, default=REAL_RUNS, help="how many (default: %(default)s)")
    options = parser.parse_args(arguments)
    reached = _simulated()
    if options.real:
        try:
            reached = _real(options.engine, options.runs) and reached
        except UserFacingError as error:
            sys.stderr.write(f"the benchmark ended early: {error.message}\n")
            return error.exit_code
    return 0 if reached else 1


def _simulated() -> bool:
    runs = recorded()
    sys.stdout.write(f"{len(runs)} recorded runs of {RECORDED.name}; what a night takes, by its bound\n\n")
    sys.stdout.write("| cores | GB | bound | set by | first come | longest first | ... of few | reached? |\n")
    sys.stdout.write("|------:|---:|------:|--------|-----------:|--------------:|---------:|----------|\n")
    reached = True
    for cpus, memory_gb in HOSTS:
        host = Host(cpus=cpus, memory_bytes=memory_gb * GB)
        least = bound(runs, host)
        first_come = simulate(runs, host, InOrder()).makespan_s / least.seconds
        ours = simulate(runs, host, LongestFirst()).makespan_s / least.seconds
        of_few = simulate(runs, host, LongestFirst(), at_most=PLANNED_AHEAD).makespan_s / least.seconds
        is_near = max(ours, of_few) <= REACH
        sys.stdout.write(
            f"| {cpus} | {memory_gb} | {least.seconds:.0f} s | {least} | {first_come:.3f} | {ours:.3f} "
            f"| {of_few:.3f} | {'yes' if is_near else 'NO'} |\n"
        )
        reached = reached and is_near
    return reached


def _real(engine_name: str, count: int) -> bool:
    """Let a night of small runs go through this machine."""
    host = Host(cpus=this_host().cpus, memory_bytes=REAL_GB * GB)
    wanted = real_runs(count, host)
    began = time.monotonic()
    came = _through_containers(wanted, host, engine_name)
    took_s = time.monotonic() - began
    least = bound(came, host)
    ratio = took_s / least.seconds
    sys.stdout.write(
        f"\n{this_machine({})}\n{count} runs in real containers ({engine_name}) on {host.cpus} cores and "
        f"{REAL_GB} GB: {took_s:.1f} s; bound {least.seconds:.1f} s, set by {least}; ratio {ratio:.3f} "
        f"({'reached' if ratio <= REACH else 'NOT reached'}: {REACH})\n"
    )
    return ratio <= REACH


def real_runs(count: int, host: Host) -> list[Run]:
    """Runs of half a second to eight, on a part of the host or all of it.

    None alone: what runs alone runs several times over, for its time.
    """
    chance = random.Random(6)  # noqa: S311 - the same ones every time
    profiles = [
        Profile(name=f"{cpus}x{memory_gb}", cpus=cpus, memory_bytes=memory_gb * GB)
        for cpus, memory_gb in ((1, 1), (1, 1), (1, 2), (1, 3), (host.cpus, 2))
    ]
    lengths = [chance.choice((0.5, 1.0, 1.0, 2.0, 3.0, 5.0, 8.0)) for _ in range(count)]
    return [
        Run(profile=chance.choice(profiles), seconds=length_s, expected_s=length_s) for length_s in lengths
    ]


def _through_containers(wanted: Sequence[Run], host: Host, engine_name: str) -> list[Run]:
    """Run them; give each the seconds that it really took, its container's start included."""
    engine = open_engine(engine_name, None)
    try:
        image = engine.ensure_image("bare", silent)
        with Gateway() as gateway:
            runner = runner_in(engine, gateway, image, time_limit_s=TIME_LIMIT_S)
            shared = LateRunner.of(runner)
            with Stream(host, runner.cancel, lambda _: None) as stream:
                codes = itertools.cycle((SLEEPS, WORKS))
                assignments = {
                    _assignment(run, code, host, shared): run
                    for run, code in zip(wanted, codes, strict=False)
                }
                threading.Thread(target=_feed, args=(stream, list(assignments)), daemon=True).start()
                return [_as_it_was(assignments[ended.assignment], ended.ran) for ended in stream]
    finally:
        engine.close()


def _feed(stream: Stream, assignments: Sequence[Assignment]) -> None:
    for assignment in assignments:
        stream.add(assignment)
    stream.close()


def _assignment(run: Run, code: str, host: Host, runner: LateRunner) -> Assignment:
    text = f"```python\n{code.format(run.seconds)}\n```\n"
    card = Card(text=text, sha256="", source=Source.FILE, location="README.md")
    (step,) = make_plan(card, host, profile=run.profile).steps
    return Assignment(step=step, runner=runner, expected_s=run.expected_s)


def _as_it_was(run: Run, ran: Ran | None) -> Run:
    if ran is None or ran.measurement is None or not ran.came_through:
        raise BenchError(f"a run of {run.seconds} s came to nothing: {ran}")
    seconds = ran.measurement.start_s + ran.measurement.duration_s
    return Run(profile=run.profile, seconds=seconds, expected_s=run.expected_s, alone=run.alone)
