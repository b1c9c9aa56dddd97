"""The images that steps run in: each is made ready when it is first asked for."""

import threading
from collections.abc import Callable

from snippet_images.built import BuiltImage
from snippet_images.progress import Listener
from snippet_sandbox.engine import Engine

ImageNamed = Callable[[str], BuiltImage]
"""Gives the image of a name, built first if it has to be."""


class Images:
    """The images of one engine. Safe to use from several threads.

    Args:
        engine: whose they are.
        listener: hears of builds.
    """

    def __init__(self, engine: Engine, listener: Listener) -> None:
        self._engine = engine
        self._listener = listener
        self._lock = threading.Lock()  # one build at a time: each takes all cores
        self._ready: dict[str, BuiltImage] = {}

    def get(self, name: str) -> BuiltImage:
        """The image of this name, built first if it has to be.

        Raises:
            ImageBuildError: it could not be built.
        """
        with self._lock:
            if name not in self._ready:
                self._ready[name] = self._engine.ensure_image(name, self._listener)
            return self._ready[name]
