"""Makes the plan: reads a card and decides what of it runs, after what, under what, and why. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from snippet_sandbox.profile import PROFILES, Host, Profile
from verify_snippets import needs
from verify_snippets.blocks import Kind, read_blocks
from verify_snippets.card import Card
from verify_snippets.claims import read_claims
from verify_snippets.facts import RepoFacts
from verify_snippets.ground import Ground
from verify_snippets.hardware import Choice
from verify_snippets.hub_code.model import HubCode
from verify_snippets.hub_code.read import read_hub_code
from verify_snippets.ledger import open_ledger
from verify_snippets.mark_reading import checked_profile
from verify_snippets.notebooks import NotebookFile, read_notebooks
from verify_snippets.plan import SAMPLES, Plan, Step
from verify_snippets.snippets import Snippet, read_snippets
from verify_snippets.stand_ins import Filled, fill_with_samples, replaced


def make_plan(
    card: Card,
    host: Host,
    *,
    profile: Profile | None = None,
    facts: RepoFacts | None = None,
    catalogue: Mapping[str, Profile] = PROFILES,
    libraries: tuple[str, ...] = (),
    python: str | None = None,
    notebooks: tuple[NotebookFile, ...] = (),
    hub_code: HubCode | None = None,
) -> Plan:
    """Read a card and decide what of it runs under which profile. Pure.

    Args:
        card: the card.
        host: what this machine has.
        profile: what the user named; None to follow the card.
        facts: what the files of the card's repo say, if known.
        catalogue: the profiles there are.
        libraries: requirements that the user named beside what the card says.
        python: version that the user named; None for the engine's own.
        notebooks: those of the repo that are run as well.
        hub_code: what the Hub itself shows for the model; None for nothing.

    Raises:
        UsageError: there is no image with this Python.
    """
    read = read_snippets(read_blocks(card.text), repo_id=card.repo_id, metadata=card.metadata)
    snippets = tuple(replace(each, marks=checked_profile(each.marks, catalogue)) for each in read)
    claims = read_claims(card.text, snippets, card.metadata)
    cells = read_notebooks(notebooks, repo_id=card.repo_id, metadata=card.metadata, offset=len(snippets))
    samples = read_hub_code(hub_code, repo_id=card.repo_id, offset=len(snippets) + len(cells), card=snippets)
    ground = Ground(
        claims=claims,
        facts=facts,
        repo_id=card.repo_id,
        lines=card.text.splitlines(),
        host=host,
        profile=profile,
        catalogue=catalogue,
        libraries=libraries,
        python=python,
    )
    planner = _Planner(snippets=(*snippets, *cells, *samples), ground=ground)
    by_notebook = groupby(cells, key=lambda cell: cell.document)
    return Plan(
        card=card,
        snippets=(*snippets, *cells, *samples),
        steps=(
            *(planner.step(snippet) for snippet in snippets if _is_code(snippet.kind)),
            *(step for _, own in by_notebook for step in planner.notebook(tuple(own))),
            *(planner.step(snippet) for snippet in samples if _is_code(snippet.kind)),
        ),
        ledger=open_ledger(claims, facts, snippets, card.text),
        facts=facts,
        notebooks=notebooks,
        hub_code=hub_code,
    )


def _is_code(kind: Kind) -> bool:
    """Whether a reader would want a verdict on it. Install blocks are seen to by the dependency layer."""
    return kind.is_python or kind is Kind.SHELL_RUN


@dataclass(frozen=True, kw_only=True)
class _Planner:
    """Decides on one snippet after the other.

    Attributes:
        snippets: all of the card's, its notebooks' and the Hub's.
        ground: what they can run on.
    """

    snippets: Sequence[Snippet]
    ground: Ground

    def step(self, snippet: Snippet) -> Step:
        """Decide on one snippet."""
        first = tuple(self.snippets[i] for i in needs.run_order(self.snippets, snippet.block.index))
        together = (*first, snippet)
        choice = self.ground.choice(together)
        obstacle = self._obstacle(snippet, first) or _hardware_obstacle(together, choice)
        parts: list[Filled] = []
        kernel = any(part.cell for part in together)
        if not obstacle:
            parts, obstacle = self._fill(together)
        return Step(
            snippet=snippet,
            hardware=choice.profile,
            runs=not obstacle,
            reason=obstacle or choice.reason,
            first=first,
            codes=_codes(together, parts, kernel=kernel),
            filled={text: stand_in for part in parts for text, stand_in in part.stand_ins.items()},
            timed=not obstacle and not kernel and self.ground.is_timed(together, choice.profile),
            roomier=choice.roomier,
            repo_id=self.ground.repo_id,
            time_limit_s=snippet.marks.time_limit_s,
            image=self.ground.image(choice.profile),
            libraries=self.ground.libraries,
            kernel=kernel,
        )

    def notebook(self, cells: Sequence[Snippet]) -> Iterator[Step]:
        """Decide on the cells of one notebook: each runs after all before it that run, in one container.

        One that can't run keeps those from running that need what it defines. Where the host has no GPU for
        the notebook, those cells run that need none.
        """
        choice, obstacles = self._cell_obstacles(cells)
        first: list[Snippet] = []
        parts: list[Filled] = []
        for cell in cells:
            obstacle = obstacles.get(cell.id, "")
            together = (*first, cell)
            filled = parts if obstacle else [*parts, *self._fill((cell,))[0]]
            yield Step(
                snippet=cell,
                hardware=choice.profile,
                runs=not obstacle,
                reason=obstacle or choice.reason,
                first=tuple(first),
                codes=() if obstacle else _codes(together, filled, kernel=True),
                filled={text: stand_in for part in filled for text, stand_in in part.stand_ins.items()},
                repo_id=self.ground.repo_id,
                image=self.ground.image(choice.profile),
                libraries=self.ground.libraries,
                kernel=True,
            )
            if not obstacle:
                first, parts = [*together], filled

    def _cell_obstacles(self, cells: Sequence[Snippet]) -> tuple[Choice, Mapping[str, str]]:
        """What a notebook runs under, and why which of its cells can't."""
        obstacles: dict[str, str] = {}

        def look_at(among: Iterable[Snippet], lacking: Choice | None = None) -> None:
            for cell in among:
                no_gpu = _hardware_obstacle((cell,), lacking) if lacking and cell.needs_gpu else ""
                if why := no_gpu or self._cell_obstacle(cell, obstacles):
                    obstacles[cell.id] = why

        look_at(cells)
        able = [cell for cell in cells if cell.id not in obstacles]
        choice = self.ground.choice(able or cells)
        if not able or not _hardware_obstacle(able, choice):
            return choice, obstacles
        look_at(able, choice)
        left = [cell for cell in able if cell.id not in obstacles]
        return (self.ground.choice(left) if left else choice), obstacles

    def _cell_obstacle(self, cell: Snippet, obstacles: Mapping[str, str]) -> str:
        """Why a cell can't run, given why others of its notebook can't; empty if it can."""
        if not cell.runnable:
            return cell.reason
        for index in needs.run_order(self.snippets, cell.block.index):
            needed = self.snippets[index]
            if needed.id in obstacles:
                return f"it needs {needed.id}, which can't run: {obstacles[needed.id]}"
        return self._fill((cell,))[1]

    def _obstacle(self, snippet: Snippet, first: Sequence[Snippet]) -> str:
        """Why a snippet can't run, apart from placeholders and hardware; empty if it can."""
        if snippet.marks.skip is not None:
            return _skipped(snippet)
        if snippet.kind is Kind.SHELL_RUN:
            return "not Python yet: shell commands are read, not run"
        if not snippet.runnable:
            return snippet.reason
        for needed in first:
            if needed.marks.skip is not None:
                return f"it needs {needed.id}, and {_skipped(needed)}"
            if not needed.runnable:
                return f"it needs {needed.id}, which can't run: {needed.reason}"
        for part in (*first, snippet):
            commands = [self.snippets[i] for i in part.needs if not self.snippets[i].kind.is_python]
            if commands:
                return f"it needs the commands at line {commands[0].block.start_line}, which are not run yet"
        return ""

    def _fill(self, together: Sequence[Snippet]) -> tuple[list[Filled], str]:
        """The code of each with its placeholders filled in, or why one has nothing to stand in for it."""
        parts = []
        for snippet in together:
            filled = fill_with_samples(
                snippet.code, snippet.placeholders, self.ground.repo_id, folder=SAMPLES
            )
            if filled is None:
                return [], _needs_input(snippet, together[-1])
            parts.append(filled)
        return parts, ""


def _skipped(snippet: Snippet) -> str:
    why = snippet.marks.skip
    return f"the card says: {why}" if why else "the card says to skip it"


def _hardware_obstacle(together: Sequence[Snippet], choice: Choice) -> str:
    if choice.missing:
        return f"this host can't give {choice.profile.name} ({choice.missing}): {choice.reason}"
    asking = next((part for part in together if part.needs_gpu), None)
    if asking is None or choice.profile.gpus:
        return ""
    whose = "its code" if asking is together[-1] else f"{asking.id}, which it needs,"
    return f"needs a GPU: {whose} asks for one, and {choice.profile.name} has none"


def _codes(together: Sequence[Snippet], parts: Sequence[Filled], *, kernel: bool) -> tuple[str, ...]:
    """What is run of each snippet: as Python alone takes it, or as a kernel does; none if none is."""
    if not parts:
        return ()
    return tuple(
        replaced(snippet.cell, part.stand_ins) if kernel and snippet.cell else part.code
        for snippet, part in zip(together, parts, strict=True)
    )


def _needs_input(lacking: Snippet, snippet: Snippet) -> str:
    named = ", ".join(repr(text) for text in lacking.placeholders)
    where = "" if lacking is snippet else f" in {lacking.id}, which it needs"
    return f"needs input: the reader must replace {named}{where}"
