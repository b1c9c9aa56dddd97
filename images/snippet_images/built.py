"""An image that stands ready."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class BuiltImage:
    """An image that an engine can start containers from.

    Attributes:
        name: key in ``snippet_images.catalogue.IMAGES``.
        reference: what the engine calls it: a Docker tag, or the path of a root folder.
        key: the content key that the reference carries.
        python_version: such as ``3.11.2``.
        versions: every installed distribution (normalized name) and its version.
        foundation: a short hash of what is in it beside the libraries: the system, Python, how it is built.
        modules: the distributions (normalized names) that bring each top-level module.
        python_prefix: where the host's Python is installed that it is made of; None where it has its own.
    """

    name: str
    reference: str
    key: str
    python_version: str
    versions: Mapping[str, str]
    foundation: str = ""
    modules: Mapping[str, Sequence[str]] = field(default_factory=dict)
    python_prefix: Path | None = None
