"""Worlds for nights: images are made once, everything else is each test's own."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from snippet_images.paths import CACHE_VARIABLE
from tests.end_to_end.conftest import open_or_skip
from tests.hub_server import HubServer
from tests.nights import images
from tests.nights.counting import counted
from tests.nights.images import SmallImages
from tests.nights.world import World

MakeWorld = Callable[..., World]


@pytest.fixture(scope="session")
def small_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where small images are kept."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="session")
def small_images(tmp_path_factory: pytest.TempPathFactory, small_cache: Path) -> Mapping[str, SmallImages]:
    """Images with either release of the library; the old one is built, so that no night has to."""
    open_or_skip("bubblewrap").close()
    folder = tmp_path_factory.mktemp("images")
    made = {release: images.make(folder, release) for release in (images.OLD, images.NEW)}
    build = ("images", "build", "cpu", "--engine", "bubblewrap")
    subprocess.run(
        [sys.executable, "-m", "verify_snippets", *build],
        env={**os.environ, **made[images.OLD].environment, CACHE_VARIABLE: str(small_cache)},
        check=True,
        capture_output=True,
        timeout=300,
    )
    return made


@pytest.fixture(scope="module")
def make_world(small_cache: Path, small_images: Mapping[str, SmallImages]) -> Iterator[MakeWorld]:
    """Make worlds; attributes of ``World`` may be given."""
    with ExitStack() as stack:

        def make(**attributes: Any) -> World:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="vs")))
            hub = stack.enter_context(HubServer())
            return World(
                **{
                    "folder": folder,
                    "hub": hub,
                    "bubblewrap": counted(folder / "bwrap"),
                    "images": small_images,
                    "cache": small_cache,
                    **attributes,
                }
            )

        yield make
