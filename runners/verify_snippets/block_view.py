"""A block as it is seen when its kind is judged: its text, and all that speaks of it."""

import re
from dataclasses import dataclass
from functools import cached_property

from verify_snippets import code, python_shape, shell
from verify_snippets import kind_signs as signs
from verify_snippets.kind import Kind

_MAX_WIDTH, _MAX_LINES = 300, 2_000  # what comes after says no more about what it is


@dataclass(frozen=True, kw_only=True)
class View:
    """A block's text beside all that speaks of it."""

    text: str
    language: str
    prose: str
    heading: str
    follows: Kind | None

    @cached_property
    def lines(self) -> list[str]:
        written = (line.strip() for line in self.text.split("\n", _MAX_LINES))
        return [line[:_MAX_WIDTH] for line in written if line]

    @cached_property
    def python(self) -> code.Code:
        return code.read(self.text)

    @cached_property
    def shell(self) -> shell.Script:
        return shell.read(self.text)

    @property
    def shown_as_output(self) -> bool:
        """Whether the prose, or the silence after code, announces an output."""
        if not self.prose.strip() and (self.follows_code or self.follows is Kind.OUTPUT):
            return True
        return self.is_announced

    @property
    def has_python(self) -> bool:
        """Whether there are Python statements, install lines and comments aside."""
        return self.python.tree is not None and bool(self.python.tree.body)

    @property
    def is_plainly_python(self) -> bool:
        """Whether the text alone, with no tag to say so, is Python."""
        return self.python.tree is not None and python_shape.is_code(self.python.tree, tagged=False)

    @property
    def is_announced(self) -> bool:
        """Whether the sentence or the heading above it says: this is what comes out."""
        announced = signs.OUTPUT_PROSE.search(last_sentence(self.prose))
        return bool(announced or signs.OUTPUT_HEADING.search(self.heading))

    @property
    def is_result(self) -> bool:
        """Whether the sentence right above it calls it a result, in so many words."""
        return signs.RESULT_PROSE.search(last_sentence(self.prose)) is not None

    @property
    def shows_an_answer(self) -> bool:
        """Whether it is a conversation with its answer, under a heading that promises examples."""
        return bool(signs.SHOWCASE_HEADING.search(self.heading) and signs.ANSWER.search(self.text))

    @property
    def lists_classes(self) -> bool:
        """Whether it is a list without keys, under a heading that speaks of a model's classes."""
        is_list = not self.language and self.text.lstrip().startswith("[") and "{" not in self.text
        return is_list and signs.CLASSES_HEADING.search(self.heading) is not None

    @property
    def follows_code(self) -> bool:
        """Whether the block before it, under the same heading, is code that is run."""
        return self.follows is not None and (self.follows.is_python or self.follows is Kind.SHELL_RUN)


def language(tag: str) -> str:
    """The language an info string names, lower-case: ``{.python title="x"}`` is ``python``."""
    words = re.split(r"[\s,{}:=]+", tag.strip().lower().strip("{}."))
    return words[0].lstrip(".") if words else ""


def last_sentence(prose: str) -> str:
    """The sentence right above a block: the one that announces it."""
    return signs.SENTENCE_END.split(prose[-400:].strip())[-1]
