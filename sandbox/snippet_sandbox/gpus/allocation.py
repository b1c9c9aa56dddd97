"""GPUs for one job alone: no other job of this user's has them, in this program or another.

A locked file stands for each GPU, and the kernel lets go of the lock when its process dies. What other
programs do on the host's GPUs can't be kept from here.
"""

import contextlib
import random
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from snippet_images.locks import Lock
from snippet_sandbox.errors import EngineError, EngineTimeoutError, InfrastructureError
from snippet_sandbox.gpus.gpu import Gpu, GpuHost, cap_bytes, fitting
from snippet_sandbox.gpus.uses import in_use_now
from snippet_sandbox.profile import GB, LEAST_OF_NOMINAL, Profile, share_bytes

IDLE_BYTES = 500_000_000  # may be taken of a GPU that nobody computes on: by a screen, by the driver
POLL_S = 0.1  # at the most; by lot, so that two who want the same GPUs don't take turns at failing
WAIT_LIMIT_S = 3600.0
JAX_TAKES = 0.75  # of a GPU


@dataclass(frozen=True, kw_only=True)
class Grant:
    """What a job gets of the host's GPUs.

    Attributes:
        gpus: its own until it ends.
        caps: by UUID, to how many bytes its use is held, for those that are larger than its profile's.
        driver: version of the driver.
        cuda: the newest CUDA version that the driver serves.
    """

    gpus: tuple[Gpu, ...]
    caps: Mapping[str, int] = field(default_factory=dict)
    driver: str = ""
    cuda: str = ""

    @property
    def environment(self) -> dict[str, str]:
        """What keeps libraries that take a part of each GPU at once, whatever they need, within the caps.

        Sources: JAX, "GPU memory allocation" (three quarters); TensorFlow, "Use a GPU" (everything).
        """
        shares = [self.caps[gpu.uuid] / gpu.memory_bytes for gpu in self.gpus if gpu.uuid in self.caps]
        if not shares:
            return {}
        part = JAX_TAKES * min(shares)
        return {"XLA_PYTHON_CLIENT_MEM_FRACTION": f"{part:.4f}", "TF_FORCE_GPU_ALLOW_GROWTH": "true"}


@contextlib.contextmanager
def granted(
    profile: Profile,
    host: GpuHost,
    cancel: threading.Event,
    *,
    limit_s: float = WAIT_LIMIT_S,
    in_use: Callable[[Sequence[Gpu]], Mapping[str, int]] = in_use_now,
) -> Iterator[Grant]:
    """A profile's GPUs for the length of a ``with``: the smallest that are large enough, once they are free.

    Those that other programs have filled come last: a snippet would fail there for their sake.

    Args:
        profile: has at least one.
        host: what there is.
        cancel: once set, nothing is waited for any more.
        limit_s: how long others may take.
        in_use: asks how many bytes of each GPU are taken, by UUID.

    Raises:
        InfrastructureError: this host has no such GPUs.
        EngineError: cancelled, or (EngineTimeoutError) not free in time.
    """
    suitable = fitting(host.gpus, profile)
    if len(suitable) < profile.gpus:
        raise _missing(profile, host)
    taken = in_use(suitable) if len(suitable) > profile.gpus else {}
    roomy = [gpu for gpu in suitable if _has_room(gpu, profile, taken.get(gpu.uuid, 0))]
    ordered = [*roomy, *(gpu for gpu in suitable if gpu not in roomy)]
    with _held(ordered, profile.gpus, cancel, time.monotonic() + limit_s) as gpus:
        caps = {gpu.uuid: cap_bytes(gpu, profile) for gpu in gpus}
        yield Grant(
            gpus=gpus,
            caps={uuid: cap for uuid, cap in caps.items() if cap is not None},
            driver=host.driver,
            cuda=host.cuda,
        )


@contextlib.contextmanager
def _held(
    gpus: Sequence[Gpu], count: int, cancel: threading.Event, deadline: float
) -> Iterator[tuple[Gpu, ...]]:
    """So many of these: all at once or none, so that nobody waits for a second while holding a first."""
    while True:
        with contextlib.ExitStack() as stack:
            taken: list[Gpu] = []
            for gpu in gpus:
                if len(taken) < count and stack.enter_context(_if_free(gpu)):
                    taken.append(gpu)
            if len(taken) == count:
                yield tuple(taken)
                return
        if time.monotonic() >= deadline:
            raise EngineTimeoutError(
                "the GPUs that a snippet needs did not become free",
                hint="look for other verify-snippets processes on this host",
            )
        if cancel.wait(random.uniform(POLL_S / 2, POLL_S)):  # noqa: S311 - no secret
            raise EngineError("cancelled while it waited for a GPU")


@contextlib.contextmanager
def _if_free(gpu: Gpu) -> Iterator[bool]:
    lock = Lock(f"gpu-{gpu.uuid}")
    try:
        yield lock.try_exclusive()
    finally:
        lock.release()


def _has_room(gpu: Gpu, profile: Profile, taken_bytes: int) -> bool:
    return gpu.memory_bytes - taken_bytes >= share_bytes(profile) * LEAST_OF_NOMINAL - IDLE_BYTES


def _missing(profile: Profile, host: GpuHost) -> InfrastructureError:
    have = ", ".join(f"{gpu.name} ({gpu.memory_bytes / GB:.0f} GB)" for gpu in host.gpus) or "none"
    each = share_bytes(profile) / GB
    trouble = f"; {host.trouble}" if host.trouble else ""
    return InfrastructureError(
        f"{profile.name} needs {profile.gpus} GPU(s) of {each:.0f} GB, and this host has {have}{trouble}",
        hint=host.hint or "choose a smaller profile, or another host",
    )
