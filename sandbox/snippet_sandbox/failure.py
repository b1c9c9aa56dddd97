"""Whose doing an ending was: the job's, a limit's, or ours. Pure.

What is refused to be guessed: a container that ends without its agent's last word, with no limit reached and
none of its parts begun, is our trouble and raises; with a part begun it is the job's doing, because process 1
can't be ended from inside by anything short of bringing the container down.
"""

from dataclasses import dataclass

from snippet_sandbox.job import Ending


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What the host knows of an ending.

    Attributes:
        cancelled: the user interrupted.
        past_deadline: the host ended it for its time.
        oom_kills: how often the kernel killed in the container for want of memory.
        over_memory: our own watcher ended it for its memory.
        over_gpu_memory: our own watcher ended it for its GPU memory.
        heard_end: the agent said how the job's process ended.
        signal: that ended the job's process, by the agent's word.
    """

    cancelled: bool
    past_deadline: bool
    oom_kills: int
    over_memory: bool
    heard_end: bool
    signal: str | None
    over_gpu_memory: bool = False


def ending(facts: Facts) -> Ending:
    """How a job ended.

    An out-of-memory kill that the job survived (a child of it died) is no memory ending:
    the exit code counts.
    """
    if facts.cancelled:
        return Ending.CANCELLED
    killed = not facts.heard_end or facts.signal == "SIGKILL"
    if facts.over_memory or (facts.oom_kills > 0 and killed):
        return Ending.MEMORY_LIMIT
    if facts.over_gpu_memory:
        return Ending.GPU_MEMORY_LIMIT
    if facts.past_deadline:
        return Ending.TIME_LIMIT
    if not facts.heard_end:
        return Ending.VANISHED
    return Ending.SIGNALED if facts.signal else Ending.EXITED
