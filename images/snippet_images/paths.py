"""Where things are kept between runs."""

import os
from pathlib import Path

from platformdirs import user_cache_path

CACHE_VARIABLE = "VERIFY_SNIPPETS_CACHE"


def cache_dir() -> Path:
    """The folder of all that can be made again: ``$VERIFY_SNIPPETS_CACHE``, or the platform's place.

    It need not exist yet.
    """
    chosen = os.environ.get(CACHE_VARIABLE)
    return Path(chosen).expanduser().absolute() if chosen else user_cache_path("verify-snippets")


def roots_dir() -> Path:
    """The root folders that the bubblewrap engine starts containers from."""
    return cache_dir() / "images"


def wheels_dir() -> Path:
    """Downloaded wheels, one folder for each set."""
    return cache_dir() / "wheels"


def layers_dir() -> Path:
    """Dependency layers, which the sandbox builds on images; here because ``images prune`` clears them."""
    return cache_dir() / "layers"


def staging_dir() -> Path:
    """Work that isn't finished; on the same file system as the rest, so that a rename completes it."""
    return cache_dir() / "staging"


def locks_dir() -> Path:
    """One empty file for everything that may be built, removed or in use at a time."""
    return cache_dir() / "locks"
