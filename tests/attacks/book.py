"""The attacks as they are written: every second-level heading of a card in ``cards/`` is one."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from verify_snippets.card import Card, Source

CARDS = Path(__file__).with_name("cards")
REPO_ID = "acme/attacked"
_HEADING = re.compile(r"^## (?P<name>.+)$", re.MULTILINE)


@dataclass(frozen=True, kw_only=True)
class Written:
    """One attack as it is written.

    Attributes:
        family: the card it stands in.
        name: its heading.
        text: a card of its blocks alone, at the lines where they stand in the family's.
    """

    family: str
    name: str
    text: str

    @property
    def card(self) -> Card:
        """The card that a user would verify."""
        return Card(
            text=self.text,
            sha256="0" * 64,
            source=Source.FILE,
            location=f"{self.family}.md",
            repo_id=REPO_ID,
        )


@cache
def written() -> dict[tuple[str, str], Written]:
    """Every attack, by its family and name, in the cards' order."""
    found = [attack for path in sorted(CARDS.glob("*.md")) for attack in _attacks(path)]
    return {(attack.family, attack.name): attack for attack in found}


def _attacks(path: Path) -> Iterator[Written]:
    text = path.read_text(encoding="utf-8")
    headings = list(_HEADING.finditer(text))
    ends = [heading.start() for heading in headings[1:]] + [len(text)]
    for heading, end in zip(headings, ends, strict=True):
        lines_before = text.count("\n", 0, heading.start())
        section = "\n" * lines_before + text[heading.start() : end]
        yield Written(family=path.stem, name=heading["name"], text=section)
