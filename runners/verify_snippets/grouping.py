"""Failures grouped by what brought them about, so that forty cards with one cause are one piece of news.

What the failures of a group share is the thing outside of the cards: the library and what it does not know,
the package, the host, the repo. What is a card's own, such as a file's name, keeps no two apart. Pure.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass

from verify_snippets.causes import Cause
from verify_snippets.report.model import CauseReport


@dataclass(frozen=True, kw_only=True)
class _Rule:
    """How failures of one kind are told apart: by the values of some roles, where all of them are known."""

    kind: Cause
    roles: tuple[str, ...]
    sentence: str


_NEW, _OLD = Cause.VERSION_TOO_NEW, Cause.VERSION_TOO_OLD
_RULES: tuple[_Rule, ...] = tuple(
    _Rule(kind=kind, roles=tuple(roles.split()), sentence=sentence)
    for kind, roles, sentence in (
        (_NEW, "library since task", "the pipeline `{task}` was removed in {library} {since}"),
        (
            _NEW,
            "library since argument replacement",
            "the argument `{argument}` became `{replacement}` in {library} {since}",
        ),
        (_NEW, "library since argument", "the argument `{argument}` was removed in {library} {since}"),
        (_NEW, "library since name replacement", "`{name}` became `{replacement}` in {library} {since}"),
        (_NEW, "library since name", "`{name}` was removed in {library} {since}"),
        (_NEW, "library since module", "the module `{module}` was removed in {library} {since}"),
        (_NEW, "library since", "{library} {since} does things in another way"),
        (_NEW, "library task", "{library} has no pipeline `{task}`"),
        (_NEW, "library argument callee", "`{callee}` of {library} does not take `{argument}`"),
        (_NEW, "library argument", "{library} does not take the argument `{argument}`"),
        (_NEW, "library name", "{library} has no `{name}`"),
        (_NEW, "library module", "{library} has no module `{module}`"),
        (_NEW, "library file", "the repo's own code does not work with the installed {library}"),
        (_NEW, "library", "the installed {library} is too new"),
        (_OLD, "library name", "the installed {library} does not know `{name}` yet"),
        (_OLD, "library", "the installed {library} is too old"),
        (Cause.UNDECLARED_DEPENDENCY, "package", "the card never says to install `{package}`"),
        (Cause.UNDECLARED_DEPENDENCY, "module", "the card never says to install `{module}`"),
        (Cause.NOT_INSTALLABLE, "package", "`{package}` can't be installed"),
        (Cause.WRONG_REPO, "repo", "there is no repo `{repo}` on the Hub, or not what is asked of it"),
        (Cause.GATED, "repo", "the repo `{repo}` is gated or private"),
        (Cause.NEEDS_GPU, "package", "`{package}` works only with a GPU"),
        (Cause.NETWORK_REFUSED, "host", "`{host}` can't be reached"),
        (Cause.EXTERNAL_SERVICE, "host", "the service at `{host}` is needed"),
        (Cause.EXTERNAL_SERVICE, "key", "the reader's own key is needed: `{key}`"),
        (Cause.EXTERNAL_SERVICE, "module", "`{module}` is needed, which is no package"),
        (Cause.CARD_BUG, "library argument callee", "`{callee}` of {library} does not take `{argument}`"),
        (Cause.CARD_BUG, "library task", "{library} has no pipeline `{task}`"),
    )
)
"""The first whose roles are all known has the word."""

KINDS: Mapping[Cause, str] = {
    Cause.UNDECLARED_DEPENDENCY: "something that the card never says to install",
    Cause.NOT_INSTALLABLE: "what the card says to install can't be installed",
    Cause.VERSION_TOO_NEW: "a library that is too new",
    Cause.VERSION_TOO_OLD: "a library that is too old",
    Cause.MISSING_INPUT: "a file that the card does not provide",
    Cause.WRONG_REPO: "a repo that does not exist",
    Cause.GATED: "a gated or private repo",
    Cause.NEEDS_GPU: "needs a GPU",
    Cause.OUT_OF_MEMORY: "more memory than there is",
    Cause.TIME_LIMIT: "still running at the time limit",
    Cause.NETWORK_REFUSED: "a host that can't be reached",
    Cause.SYNTAX_ERROR: "not valid Python",
    Cause.NEEDS_KEYBOARD: "waits for somebody at the keyboard",
    Cause.NEEDS_DISPLAY: "wants to open a window",
    Cause.EXTERNAL_SERVICE: "a service that the reader must have",
    Cause.CARD_BUG: "a slip in the card's code",
    Cause.UNKNOWN: "not explained",
}
"""What each kind of cause is called where no more is known."""


@dataclass(frozen=True, kw_only=True)
class Group:
    """What the failures of one group have in common.

    Attributes:
        kind: of their cause.
        subjects: role and value of what they share, in a fixed order; none where only the kind is shared.
        headline: that in words, as a clause; names of code stand between backticks.
    """

    kind: Cause
    subjects: tuple[tuple[str, str], ...] = ()
    headline: str

    @property
    def slug(self) -> str:
        """A name for files and addresses: ASCII, lower case, unique, and the same every night."""
        told = "-".join([self.kind, *(value for _, value in self.subjects)])
        words = re.sub(r"[^a-z0-9]+", "-", told.lower()).strip("-")[:60].strip("-")
        digest = hashlib.sha256(f"{self.kind}: {self.headline}".encode(errors="replace")).hexdigest()
        return f"{words}-{digest[:8]}" if self.subjects else words


def group_of(cause: CauseReport | None) -> Group:
    """The group that a failure belongs to; one without a cause is not explained."""
    if cause is None:
        return Group(kind=Cause.UNKNOWN, headline=KINDS[Cause.UNKNOWN])
    known = {role: about for role, about in cause.subjects.items() if about.strip()}
    for rule in _RULES:
        if rule.kind is cause.kind and all(role in known for role in rule.roles):
            return _group(rule, known)
    return Group(kind=cause.kind, headline=KINDS[cause.kind])


def _group(rule: _Rule, known: Mapping[str, str]) -> Group:
    shared = [role for role in rule.roles if role != "file"]  # differs from card to card
    return Group(
        kind=rule.kind,
        subjects=tuple((role, known[role]) for role in shared),
        headline=rule.sentence.format_map(known),
    )
