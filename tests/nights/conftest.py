"""Worlds for nights: images are made once, everything else is each test's own."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from typing import Any

import pytest

from tests.end_to_end.conftest import open_or_skip
from tests.nights import images
from tests.nights.images import SmallImages
from tests.nights.world import World, new_world

MakeWorld = Callable[..., World]


@pytest.fixture(scope="session")
def small_images(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, SmallImages]:
    """Images with either release of the library."""
    open_or_skip("bubblewrap").close()
    return images.both(tmp_path_factory.mktemp("images"))


@pytest.fixture(scope="module")
def make_world(request: pytest.FixtureRequest) -> Iterator[MakeWorld]:
    """Make worlds; see ``new_world``. Small images are made for the first that isn't given others."""
    with ExitStack() as stack:

        def make(**attributes: Any) -> World:
            if "images" not in attributes:
                attributes["images"] = request.getfixturevalue("small_images")
            return stack.enter_context(new_world(**attributes))

        yield make
