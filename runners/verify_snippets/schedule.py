"""The steps of one card: in its order where nothing holds one up, side by side as far as the host reaches."""

import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from snippet_sandbox.profile import Host
from verify_snippets.attempts import PAUSES_S
from verify_snippets.plan import Step
from verify_snippets.ran import Ran
from verify_snippets.run import Runner
from verify_snippets.stream import Assignment, LateRunner, Stream
from verify_snippets.turns import InOrder


@dataclass(frozen=True, kw_only=True)
class Scheduler:
    """Drives one runner through many steps.

    Attributes:
        runner: prepares and runs one step.
        host: whose cores and memory are handed out.
        announce: told when a step begins, from any thread.
        pauses_s: before each further attempt at a step that our own trouble kept from its end.
    """

    runner: Runner
    host: Host
    announce: Callable[[Step], None]
    pauses_s: Sequence[float] = PAUSES_S

    def run_all(self, steps: Sequence[Step]) -> Iterator[Ran]:
        """Run steps, in their order where nothing holds one up, and hand each over as it ends.

        It stops early where the user interrupts.
        """
        runner = LateRunner.of(self.runner)
        with Stream(
            self.host,
            self.runner.cancel,
            lambda assignment: self.announce(assignment.step),
            order=InOrder(),
            at_most=sys.maxsize,
            pauses_s=self.pauses_s,
        ) as stream:
            for step in steps:
                quick = self.runner.is_quickly_ready(step)
                stream.add(Assignment(step=step, runner=runner, quick=quick))
            stream.close()
            for ended in stream:
                if ended.error is not None:
                    raise ended.error
                if ended.ran is not None:
                    yield ended.ran
