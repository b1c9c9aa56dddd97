"""Regular expressions that cost nothing until they are used.

There are some four hundred for all that cards say, and most cards need a few dozen. Compiled at import, they
would be a third of the time that the program takes to start.
"""

import re
import sys
from collections.abc import Callable, Iterator
from functools import cached_property
from typing import Any, Protocol


class _Finds(Protocol):
    def __call__(self, string: str, pos: int = 0, endpos: int = sys.maxsize, /) -> re.Match[str] | None: ...


class _FindsEach(Protocol):
    def __call__(
        self, string: str, pos: int = 0, endpos: int = sys.maxsize, /
    ) -> Iterator[re.Match[str]]: ...


class _FindsAll(Protocol):
    def __call__(self, string: str, pos: int = 0, endpos: int = sys.maxsize, /) -> list[Any]: ...


class _Splits(Protocol):
    def __call__(self, string: str, maxsplit: int = 0) -> list[str | Any]: ...


class _Substitutes(Protocol):
    def __call__(self, repl: str | Callable[[re.Match[str]], str], string: str, count: int = 0) -> str: ...


class Pattern:
    """A pattern for ``str``, as ``re.compile`` makes it, that is compiled when it is first used.

    From then on its methods are the compiled pattern's own, and as quick. One that can't be compiled says so
    only then; a test compiles them all.

    Args:
        text: of the pattern.
        flags: of module ``re``.
        prepare: makes what is compiled out of ``text``; where that is work, too.
    """

    def __init__(self, text: str, flags: int = 0, *, prepare: Callable[[str], str] | None = None) -> None:
        self._text = text
        self._flags = flags
        self._prepare = prepare

    def __repr__(self) -> str:
        return f"Pattern({self._text!r})"

    @cached_property
    def compiled(self) -> re.Pattern[str]:
        """What module ``re`` makes of it."""
        return re.compile(self._prepare(self._text) if self._prepare else self._text, self._flags)

    @cached_property
    def search(self) -> _Finds:
        """The first place where it matches."""
        return self.compiled.search

    @cached_property
    def match(self) -> _Finds:
        """Where it matches at the beginning."""
        return self.compiled.match

    @cached_property
    def fullmatch(self) -> _Finds:
        """Where it matches the whole text."""
        return self.compiled.fullmatch

    @cached_property
    def finditer(self) -> _FindsEach:
        """All places, one after the other."""
        return self.compiled.finditer

    @cached_property
    def findall(self) -> _FindsAll:
        """The texts of all places, or of their groups."""
        return self.compiled.findall

    @cached_property
    def split(self) -> _Splits:
        """The texts between the places."""
        return self.compiled.split

    @cached_property
    def sub(self) -> _Substitutes:
        """The text with other words in those places."""
        return self.compiled.sub
