"""An image that stands ready."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class BuiltImage:
    """An image that an engine can start containers from.

    Attributes:
        name: key in ``snippet_images.catalogue.IMAGES``.
        reference: what the engine calls it: a Docker tag, or the path of a root folder.
        key: the content key that the reference carries.
        python_version: such as ``3.11.2``.
        versions: every installed distribution (normalized name) and its version.
    """

    name: str
    reference: str
    key: str
    python_version: str
    versions: Mapping[str, str]
