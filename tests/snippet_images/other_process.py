"""Builds an image in a process of its own: what the tests interrupt, kill, and run beside each other.

``python -m tests.snippet_images.other_process ENGINE NAME LOCK`` prints what it hears and what it built.
"""

import dataclasses
import sys

import docker

from snippet_images import catalogue, docker_image, root
from snippet_images.errors import UserFacingError
from snippet_images.progress import Progress


def say(progress: Progress) -> None:
    """Print what is going on."""
    print(progress.what, flush=True)  # noqa: T201 - for the test that started us


def main(engine: str, name: str, lock: str) -> None:
    """Build it."""
    spec = dataclasses.replace(catalogue.IMAGES["bare"], name=name, lock=lock)
    try:
        built = (
            root.ensure(spec, say)
            if engine == "bubblewrap"
            else docker_image.ensure(docker.from_env(timeout=60), spec, say)
        )
    except UserFacingError as error:
        sys.exit(f"{error.message} / {error.hint}")
    print("built", built.reference, flush=True)  # noqa: T201 - for the test that started us


if __name__ == "__main__":
    main(*sys.argv[1:])
