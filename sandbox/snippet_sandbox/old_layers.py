"""Dependency layers that nobody will use again."""

import shutil
import time
from contextlib import suppress
from pathlib import Path

from snippet_images import locks, paths
from snippet_sandbox.owner import is_abandoned

KEPT_S = 7 * 86_400.0  # layers of the past, which a bisection made, are of use for longer than their day


def sweep() -> int:
    """Remove layers of long ago, and unfinished ones of processes that are gone; return how many.

    A layer is one of its day: without this, nights that nobody watches would fill the disk with them.
    """
    unfinished = paths.staging_dir().glob("layer.*")
    abandoned = [f for f in unfinished if is_abandoned(f.name.removeprefix("layer.").rpartition(".")[0])]
    for folder in abandoned:
        shutil.rmtree(folder, ignore_errors=True)
    old = [folder for folder in paths.layers_dir().glob("*") if _is_old(folder)]
    return len(abandoned) + sum(_remove_if_free(folder) for folder in old)


def _is_old(folder: Path) -> bool:
    with suppress(OSError):
        return time.time() - folder.stat().st_mtime > KEPT_S
    return False


def _remove_if_free(folder: Path) -> bool:
    """Remove a layer unless a process holds it; return whether it is gone."""
    with locks.exclusive_if_free(f"layer-{folder.name}") as free:
        if free:
            shutil.rmtree(folder, ignore_errors=True)
        return free
