"""Whose doing an ending was."""

from dataclasses import replace

import pytest

from snippet_sandbox.failure import Facts, ending
from snippet_sandbox.job import Ending

PLAIN = Facts(
    cancelled=False, past_deadline=False, oom_kills=0, over_memory=False, heard_end=True, signal=None
)


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (PLAIN, Ending.EXITED),
        (replace(PLAIN, signal="SIGSEGV"), Ending.SIGNALED),
        (replace(PLAIN, past_deadline=True, signal="SIGKILL"), Ending.TIME_LIMIT),
        (replace(PLAIN, oom_kills=1, signal="SIGKILL"), Ending.MEMORY_LIMIT),
        (replace(PLAIN, oom_kills=1, heard_end=False), Ending.MEMORY_LIMIT),
        (replace(PLAIN, over_memory=True, heard_end=False), Ending.MEMORY_LIMIT),
        (replace(PLAIN, over_gpu_memory=True, heard_end=False), Ending.GPU_MEMORY_LIMIT),
        (replace(PLAIN, over_gpu_memory=True, cancelled=True), Ending.CANCELLED),
        # what a container holds of both at its end is its memory's limit first: that one is the kernel's
        (replace(PLAIN, over_gpu_memory=True, oom_kills=1, heard_end=False), Ending.MEMORY_LIMIT),
        (replace(PLAIN, heard_end=False), Ending.VANISHED),
        (replace(PLAIN, cancelled=True, oom_kills=1, signal="SIGKILL"), Ending.CANCELLED),
        # a child was killed for its memory, and the job went on to its own end
        (replace(PLAIN, oom_kills=1), Ending.EXITED),
        # a job that kills itself with SIGKILL has not run out of memory
        (replace(PLAIN, signal="SIGKILL"), Ending.SIGNALED),
    ],
)
def test_ending(facts: Facts, expected: Ending) -> None:
    """Each set of facts has one ending."""
    assert ending(facts) is expected
