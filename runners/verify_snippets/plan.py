"""The plan: which snippet runs under which profile, in which order, and why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from snippet_sandbox.profile import Profile
from verify_snippets import needs, placeholders
from verify_snippets.blocks import Kind, read_blocks
from verify_snippets.card import Card
from verify_snippets.snippets import Snippet, read_snippets


@dataclass(frozen=True, kw_only=True)
class Step:
    """One snippet under one profile, or the reason why it does not run.

    Attributes:
        snippet: what it is about.
        profile: name of the profile.
        runs: whether it runs.
        reason: why it runs under this profile, or why it doesn't run; one sentence.
        first: snippets that run before it in the same container, in order.
        filled: placeholder -> what stands in for it, in the snippet and in those before it.
    """

    snippet: Snippet
    profile: str
    runs: bool
    reason: str
    first: tuple[Snippet, ...] = ()
    filled: Mapping[str, str] = field(default_factory=dict)

    @property
    def snippets(self) -> tuple[Snippet, ...]:
        """All that runs in the container, in order."""
        return (*self.first, self.snippet)


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What would run.

    Attributes:
        card: the card.
        snippets: one for each block, in the card's order.
        steps: one for each snippet that is code.
    """

    card: Card
    snippets: tuple[Snippet, ...]
    steps: tuple[Step, ...]


def make_plan(card: Card, profile: Profile) -> Plan:
    """Read a card and decide what of it runs under a profile. Pure."""
    snippets = read_snippets(read_blocks(card.text), repo_id=card.repo_id, metadata=card.metadata)
    steps = tuple(
        _step(snippets, snippet, card.repo_id, profile) for snippet in snippets if _is_code(snippet.kind)
    )
    return Plan(card=card, snippets=snippets, steps=steps)


def _is_code(kind: Kind) -> bool:
    """Whether a reader would want a verdict on it. Install blocks are seen to by the dependency layer."""
    return kind.is_python or kind is Kind.SHELL_RUN


def _step(snippets: Sequence[Snippet], snippet: Snippet, repo_id: str | None, profile: Profile) -> Step:
    first = tuple(snippets[i] for i in needs.run_order(snippets, snippet.block.index))
    filled: dict[str, str] = {}
    obstacle = _obstacle(snippets, snippet, first, profile)
    if not obstacle:
        stand_ins = [placeholders.fill(s.code, s.placeholders, repo_id) for s in (*first, snippet)]
        for stand_in in stand_ins:
            filled |= stand_in[1] if stand_in else {}
        open_ones = [s for s, stand_in in zip((*first, snippet), stand_ins, strict=True) if stand_in is None]
        obstacle = _needs_input(open_ones[0], snippet) if open_ones else ""
    return Step(
        snippet=snippet,
        profile=profile.name,
        runs=not obstacle,
        reason=obstacle or f"Python that asks for no GPU runs under {profile.name}",
        first=first,
        filled=filled,
    )


def _obstacle(
    snippets: Sequence[Snippet], snippet: Snippet, first: tuple[Snippet, ...], profile: Profile
) -> str:
    """Why a snippet can't run, apart from its placeholders; empty if it can."""
    if snippet.kind is Kind.SHELL_RUN:
        return "not Python yet: shell commands are read, not run"
    if not snippet.runnable:
        return snippet.reason
    for needed in first:
        if not needed.runnable:
            return f"it needs {needed.id}, which can't run: {needed.reason}"
    for part in (*first, snippet):
        commands = [snippets[i] for i in part.needs if not snippets[i].kind.is_python]
        if commands:
            return f"it needs the commands at line {commands[0].block.start_line}, which are not run yet"
        if _has_notebook_lines(part):
            return f"{part.id} has notebook lines (! or %), which are not run yet"
        if part.needs_gpu and not profile.gpus:
            whose = "its code" if part is snippet else f"{part.id}, which it needs,"
            return f"needs a GPU: {whose} asks for one, and {profile.name} has none"
    return ""


def _has_notebook_lines(snippet: Snippet) -> bool:
    return snippet.kind is Kind.NOTEBOOK_CELL and any(
        line.lstrip().startswith(("!", "%")) for line in snippet.code.splitlines()
    )


def _needs_input(lacking: Snippet, snippet: Snippet) -> str:
    named = ", ".join(repr(text) for text in lacking.placeholders)
    where = "" if lacking is snippet else f" in {lacking.id}, which it needs"
    return f"needs input: the reader must replace {named}{where}"
