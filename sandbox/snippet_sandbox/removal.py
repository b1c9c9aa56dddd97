"""Throwing containers away beside the work, so that no verdict waits for it."""

import contextlib
from concurrent.futures import ThreadPoolExecutor

from snippet_sandbox.errors import EngineError

SIDE_BY_SIDE = 4


class Removals:
    """Removes containers in the background; what an engine fails to remove is left to the next sweep."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(SIDE_BY_SIDE, thread_name_prefix="removal")

    def begin(self, container: contextlib.ExitStack) -> None:
        """Leave ``container`` soon."""
        self._threads.submit(_leave, container)

    def finish(self) -> None:
        """Wait until everything is gone that was to go; nothing can be begun afterwards."""
        self._threads.shutdown(wait=True)


def _leave(container: contextlib.ExitStack) -> None:
    with contextlib.suppress(EngineError):
        container.close()
