"""What a checklist is made from: a card, its repo, what running showed, what its links answered. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any

from verify_snippets import front_matter, markdown
from verify_snippets.card import Card
from verify_snippets.pattern import Pattern
from verify_snippets.plan import Plan
from verify_snippets.report.model import Report
from verify_snippets.snippets import Origin, Snippet


class Answer(StrEnum):
    """What came of asking for an address."""

    ANSWERS = "answers"
    DEAD = "dead"
    UNCLEAR = "unclear"  # it may well be there for a person: a login, a limit, a slow host


@dataclass(frozen=True, kw_only=True)
class Asked:
    """An address, and what came of asking for it.

    Attributes:
        answer: whether it is there.
        said: the status or the trouble, for people.
    """

    answer: Answer
    said: str


@dataclass(frozen=True, kw_only=True)
class Repo:
    """What the Hub says of the repo, or a folder shows of it.

    Attributes:
        files: bytes by path.
        is_gated: whether readers must be let in; None where that is not known.
        quantized: other repos that say they are quantized from this one; None where nobody could be asked.
    """

    files: Mapping[str, int] = field(default_factory=dict)
    is_gated: bool | None = None
    quantized: Sequence[str] | None = None


@dataclass(frozen=True, kw_only=True)
class Section:
    """A part of the card under one heading.

    Attributes:
        line: of the heading, 1-based.
        level: of the heading: 1 is the highest.
        title: of the heading.
        text: what stands under it, parts of it included.
    """

    line: int
    level: int
    title: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Material:
    """All that is known.

    Attributes:
        plan: the card, its snippets and claims.
        repo: None for a card alone, and where the Hub doesn't tell.
        report: what running its snippets showed; None where they were not run.
        not_run: why not.
        links: what came of asking for each of the card's addresses; None where none was asked for.
        known_repos: ``model:acme/tiny`` or ``dataset:squad`` -> whether the Hub has it; those that could not
            be asked for are missing.
    """

    plan: Plan
    repo: Repo | None = None
    report: Report | None = None
    not_run: str = ""
    links: Mapping[str, Asked] | None = None
    known_repos: Mapping[str, bool] = field(default_factory=dict)

    @property
    def card(self) -> Card:
        """The card."""
        return self.plan.card

    @property
    def metadata(self) -> Mapping[str, Any]:
        """Of the card."""
        return self.plan.card.metadata

    @property
    def files(self) -> Mapping[str, int]:
        """Of the repo; empty where they are not known."""
        return self.repo.files if self.repo else {}

    @cached_property
    def lines(self) -> Sequence[str]:
        """Of the card, its front matter blanked."""
        return markdown.split(self.card.text, skip_lines=front_matter.count_lines(self.card.text))

    @cached_property
    def prose(self) -> str:
        """The card without its front matter, its code and what doesn't show."""
        shown = list(self.lines)
        for snippet in self.plan.snippets:
            if snippet.origin is Origin.CARD:
                first, last = snippet.block.start_line - 1, snippet.block.end_line
                shown[first:last] = [""] * (last - first)
        return _COMMENT.sub(lambda found: "\n" * found.group().count("\n"), "\n".join(shown))

    @cached_property
    def sections(self) -> Sequence[Section]:
        """The card's parts, outer ones first; its title begins none."""
        text = self.card.text
        headings = markdown.read(text, skip_lines=front_matter.count_lines(text)).headings
        lines = self.prose.split("\n")
        ends = {level: len(lines) + 1 for level in range(1, 7)}
        found = []
        for heading in reversed(headings):
            body = "\n".join(lines[heading.line : ends[heading.level] - 1])
            title = _MARKUP.sub("", heading.text).strip()
            found.append(Section(line=heading.line, level=heading.level, title=title, text=body))
            ends |= dict.fromkeys(range(heading.level, 7), heading.line)
        found.reverse()
        highest = min((section.level for section in found), default=0)
        only = [section for section in found if section.level == highest]
        return found[1:] if len(only) == 1 and found[0] is only[0] else found

    @cached_property
    def tags(self) -> Sequence[str]:
        """Of the metadata."""
        said = self.metadata.get("tags")
        return [str(tag) for tag in said] if isinstance(said, list) else []

    @property
    def is_quantized(self) -> bool:
        """Whether it is another model made smaller, and so was not trained."""
        return self.metadata.get("base_model_relation") == "quantized" or bool(self.quantized_by)

    @cached_property
    def quantized_by(self) -> str:
        """The word in the repo's name that says so; empty for none."""
        name = (self.card.repo_id or "").partition("/")[2].lower()
        return next((word for word in _QUANTIZED_NAMES if word in name), "")

    @cached_property
    def python_snippets(self) -> Sequence[Snippet]:
        """The card's own Python that is meant to be run."""
        return [
            snippet
            for snippet in self.plan.snippets
            if snippet.kind.is_python and snippet.runnable and snippet.origin is Origin.CARD
        ]

    def metadata_line(self, key: str) -> int | None:
        """The card's line that a key of its metadata stands in."""
        count = front_matter.count_lines(self.card.text)
        start = re.compile(rf"['\"]?{re.escape(key)}['\"]?\s*:")
        head = self.card.text.removeprefix("\ufeff").splitlines()[:count]
        return next((number for number, line in enumerate(head, start=1) if start.match(line)), None)


_QUANTIZED_NAMES = (
    "gguf", "gptq", "awq", "exl2", "int4", "int8", "4bit", "8bit", "4-bit", "8-bit", "fp8", "mlx"
)  # fmt: skip
_COMMENT = Pattern(r"<!--.*?(-->|\Z)", re.DOTALL)
_MARKUP = Pattern(r"<[^<>]*>|[*_`#]")
