"""Reading what ``recipe.py`` prints, as it comes."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from snippet_images.progress import Listener, Progress

_PREFIX = "recipe "


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """What an image holds.

    Attributes:
        python_version: such as ``3.11.2``.
        versions: every installed distribution (normalized name) and its version.
        modules: the distributions (normalized names) that bring each top-level module.
    """

    python_version: str
    versions: Mapping[str, str]
    modules: Mapping[str, Sequence[str]]

    def to_json(self) -> str:
        """As text that :meth:`from_json` reads."""
        return json.dumps(
            {
                "python_version": self.python_version,
                "versions": dict(self.versions),
                "modules": dict(self.modules),
            }
        )

    @classmethod
    def from_json(cls, text: str) -> "Manifest":
        """From what :meth:`to_json` or the recipe wrote.

        Raises:
            ValueError: the text is something else.
        """
        try:
            found = json.loads(text)
            return cls.of(found)
        except (KeyError, TypeError) as error:
            raise ValueError(f"not a manifest: {error!r}") from error

    @classmethod
    def of(cls, found: Mapping[str, Any]) -> "Manifest":
        """From its parts.

        Raises:
            KeyError: one is missing.
        """
        return cls(
            python_version=found["python_version"],
            versions=dict(found["versions"]),
            modules=dict(found["modules"]),
        )


class RecipeReader:
    """Tells a listener what the recipe does, and keeps the manifest that it ends with."""

    def __init__(self, image: str, listener: Listener) -> None:
        self._image = image
        self._listener = listener
        self.manifest: Manifest | None = None

    @staticmethod
    def is_recipe(line: str) -> bool:
        """Whether the recipe itself wrote this line, and no program that it ran."""
        return line.startswith(_PREFIX)

    def hear(self, line: str) -> None:
        """Take one line of output; lines of other programs are passed over."""
        if not self.is_recipe(line):
            return
        try:
            facts = json.loads(line.removeprefix(_PREFIX))
        except ValueError:
            return
        if facts["event"] == "manifest":
            self.manifest = Manifest.of(facts)
        else:
            what = f"{facts['event']} image {self._image}"
            self._listener(Progress(what=what, done=facts["done"], total=facts["total"], unit="steps"))
