"""Columns: what is asked for by ``--profile``, ``--libraries`` and ``--python``, each with each. Pure."""

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from packaging.requirements import InvalidRequirement, Requirement

from snippet_images.errors import UsageError
from verify_snippets.pattern import Pattern
from verify_snippets.report.build import libraries_text
from verify_snippets.report.columns import column_name

CLAIMED = "claimed"
"""In place of libraries: those that the card itself names, in the oldest and in the newest version."""
_AND = "&"  # between packages of one variant: in no requirement without a marker
_BOUND = ("<", ">", "=", "!", "~")  # with what a requirement goes on after a comma
_PYTHON = Pattern(r"3\.\d{1,2}")

Libraries = tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Column:
    """What all snippets of a card are run under.

    Attributes:
        profile: name of a profile; None for what each snippet's own words ask for.
        libraries: requirements beside what the card says; empty for the image's own libraries.
        python: version such as ``3.12``; None for the engine's own.
    """

    profile: str | None = None
    libraries: Libraries = ()
    python: str | None = None

    @property
    def name(self) -> str:
        """For people, such as ``cpu-basic, transformers<5, Python 3.12``."""
        return column_name(self.profile or "", libraries_text(self.libraries), self.python or "")


def product(
    profiles: Sequence[str], libraries: Sequence[Libraries], pythons: Sequence[str]
) -> tuple[Column, ...]:
    """Each profile with each variant of libraries and each Python; one column where nothing is asked for."""
    return tuple(
        Column(profile=profile, libraries=variant, python=python)
        for profile, variant, python in itertools.product(
            profiles or (None,), libraries or ((),), pythons or (None,)
        )
    )


def read_profiles(text: str) -> tuple[str, ...]:
    """The names in a list such as ``cpu-basic,t4-small``, each once.

    Raises:
        UsageError: one is empty.
    """
    return _each(text, "--profile", "name profiles such as cpu-basic,t4-small")


def read_pythons(text: str) -> tuple[str, ...]:
    """The versions in a list such as ``3.11,3.12``, each once.

    Raises:
        UsageError: one is no version of Python 3.
    """
    hint = "write versions such as 3.11,3.12"
    found = _each(text, "--python", hint)
    wrong = next((word for word in found if not _PYTHON.fullmatch(word)), None)
    if wrong is not None:
        raise UsageError(f"{wrong!r} is no version of Python", hint=hint)
    return found


def read_libraries(text: str) -> tuple[Libraries, ...]:
    """The variants in a list such as ``transformers<5,transformers>=5``, each once.

    A comma begins another variant where a package's name follows, and else goes on with the versions:
    ``transformers>=4.37,<5`` is one. ``&`` adds a package to a variant: ``transformers<5 & peft<0.15``. The
    word ``claimed`` is a variant of its own.

    Raises:
        UsageError: one can't be read.
    """
    variants = [_variant(words) for words in _variants(text)]
    return tuple(dict.fromkeys(variants))


def _each(text: str, option: str, hint: str) -> tuple[str, ...]:
    words = [word.strip() for word in text.split(",")]
    if not all(words):
        raise UsageError(f"{option} {text!r} has an empty place", hint=hint)
    return tuple(dict.fromkeys(words))


def _variants(text: str) -> Iterator[str]:
    """The list, taken apart at those commas after which a name follows."""
    pending = ""
    for piece in re.split(r",(?![^\[]*\])", text):  # those between brackets part a package's extras
        if pending and piece.strip().startswith(_BOUND):
            pending += f",{piece}"
            continue
        if pending:
            yield pending
        pending = piece or " "
    yield pending


def _variant(words: str) -> Libraries:
    if words.strip() == CLAIMED:
        return (CLAIMED,)
    return tuple(_requirement(word) for word in words.split(_AND))


def _requirement(text: str) -> str:
    try:
        parsed = Requirement(text.strip())
    except InvalidRequirement as error:
        raise UsageError(
            f"--libraries: {text.strip()!r} is no requirement",
            hint='write such as "transformers<5,transformers>=5", with & between packages of one variant',
        ) from error
    return str(parsed)
