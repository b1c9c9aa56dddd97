"""Holds torch to the GPU memory that a job was given, and asks it what it took of that.

On a card that is larger than the profile's, torch then fails as it would on one of the profile's size, with
its own ``OutOfMemoryError``, and libraries that look at the free memory to decide what goes where see as much
as there would be. Nothing here imports torch, nor wakes a GPU that the job leaves alone. It is good manners
and no wall: the host watches from outside. ``driver.py`` runs this file for jobs that were given GPUs.

Sources: ``torch/cuda/__init__.py`` (``_lazy_call``: what runs when CUDA is first used) and
``torch/cuda/memory.py``.
"""

import contextlib
import functools
import sys
from collections.abc import Callable
from typing import Any

CUDA = "torch.cuda"


def hold(limit_bytes: int, before_bytes: int) -> None:
    """Hold torch to so much of each GPU, now or once it is imported.

    Args:
        limit_bytes: of one GPU; GPUs that have no more than that are left alone.
        before_bytes: in use of a GPU before the job, which is none of its own.
    """
    limits = Limits(limit_bytes, before_bytes)
    loaded = sys.modules.get(CUDA)
    if loaded is not None:
        limits.apply_to(loaded)
    else:
        sys.meta_path.insert(0, Watcher(CUDA, limits.apply_to))


def tell(say: "Callable[..., None]") -> None:
    """Say what torch had at the most since it was imported, in bytes on all GPUs, if it has used any.

    The peaks of several GPUs may have been at different times.
    """
    cuda = sys.modules.get(CUDA)
    with contextlib.suppress(Exception):
        if cuda is not None and cuda.is_initialized():
            devices = range(cuda.device_count())
            peaks = {
                "reserved": sum(int(cuda.max_memory_reserved(device)) for device in devices),
                "allocated": sum(int(cuda.max_memory_allocated(device)) for device in devices),
            }
            say(gpu=peaks)


class Limits:
    """What torch may have, and is told that there is."""

    def __init__(self, limit_bytes: int, before_bytes: int) -> None:
        self._limit_bytes = limit_bytes
        self._before_bytes = before_bytes

    def apply_to(self, cuda: Any) -> None:
        """Have ``torch.cuda`` limit itself when it is first used; a torch that can't is left as it is."""
        with contextlib.suppress(Exception):
            ask = cuda.memory.mem_get_info
            cuda._lazy_call(functools.partial(self._limit, cuda, ask))  # noqa: SLF001 - there is no public way
            cuda.mem_get_info = cuda.memory.mem_get_info = self._within(ask)

    def _limit(self, cuda: Any, ask: "Callable[..., tuple[int, int]]") -> None:
        """Set what torch's allocator may hold: the limit without what else a process takes of a GPU.

        That is CUDA's context, which is made here where the job's first use of CUDA was about to; all GPUs'
        are taken to be as large as this one's.
        """
        with contextlib.suppress(Exception):
            context_bytes = min(self._own(*ask()), self._limit_bytes // 2)
            for device in range(cuda.device_count()):
                total = cuda.get_device_properties(device).total_memory
                if total > self._limit_bytes:
                    fraction = (self._limit_bytes - context_bytes) / total
                    cuda.set_per_process_memory_fraction(fraction, device)

    def _within(self, ask: "Callable[..., tuple[int, int]]") -> "Callable[..., tuple[int, int]]":
        @functools.wraps(ask)
        def mem_get_info(*args: Any, **settings: Any) -> "tuple[int, int]":
            free, total = ask(*args, **settings)
            if total <= self._limit_bytes:
                return free, total
            return min(free, max(0, self._limit_bytes - self._own(free, total))), self._limit_bytes

        return mem_get_info

    def _own(self, free: int, total: int) -> int:
        return max(0, total - free - self._before_bytes)


class Watcher:
    """Finds one module as all others do, and has something done to it once it is imported.

    Source: "The import system" of Python's language reference. Nothing of this is left in the module.
    """

    def __init__(self, name: str, then: "Callable[[Any], None]") -> None:
        self._name = name
        self._then = then
        self._loader: Any = None

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Any:
        """Give way to the other finders, and step between the module and its loader."""
        if name != self._name:
            return None
        others = (each for each in tuple(sys.meta_path) if each is not self)
        specs = (each.find_spec(name, path, target) for each in others)
        spec: Any = next((each for each in specs if each is not None), None)
        if spec is not None and hasattr(spec.loader, "exec_module"):
            self._loader, spec.loader = spec.loader, self
        return spec

    def create_module(self, spec: Any) -> Any:
        """As the module's own loader does."""
        return self._loader.create_module(spec)

    def exec_module(self, module: Any) -> None:
        """As the module's own loader does; then what is to be done, once."""
        module.__spec__.loader = module.__loader__ = self._loader
        self._loader.exec_module(module)
        with contextlib.suppress(ValueError):
            sys.meta_path.remove(self)
        self._then(module)
