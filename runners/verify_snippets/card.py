"""A model card at one revision."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

CARD_NAME = "README.md"  # of its file in the repo, and what tracebacks call it


class Source(StrEnum):
    """Where a card came from."""

    HUB = "hub"
    FOLDER = "folder"
    FILE = "file"


@dataclass(frozen=True, kw_only=True)
class Card:
    """A model card: its text as written, with its own line numbers.

    Attributes:
        text: the whole card, front matter included, decoded; line ends as written.
        sha256: of the card's bytes.
        source: where it came from.
        location: the address or path it was read from, for people.
        repo_id: such as ``acme/tiny``; None for a card alone whose repo nobody named.
        revision: the commit (40 hex digits) it was read at; None outside the Hub.
        folder: the local folder that stands in for the repo, or None.
        metadata: the YAML front matter; empty where there is none or it can't be read.
    """

    text: str
    sha256: str
    source: Source
    location: str
    repo_id: str | None = None
    revision: str | None = None
    folder: Path | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict)
