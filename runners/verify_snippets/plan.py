"""The plan: which snippet runs under which profile, in which order, and why."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import groupby
from pathlib import PurePosixPath

from snippet_images.catalogue import Device, choose
from snippet_sandbox.profile import PROFILES, Host, Profile, devices_for
from verify_snippets import gpu, hardware, needs
from verify_snippets.blocks import Kind, read_blocks
from verify_snippets.card import Card
from verify_snippets.claims import Claim, ClaimKind, Scope, read_claims
from verify_snippets.facts import RepoFacts
from verify_snippets.gpu import Demand
from verify_snippets.hardware import Choice
from verify_snippets.hub_code.model import HubCode
from verify_snippets.hub_code.read import read_hub_code
from verify_snippets.ledger import Entry, open_ledger
from verify_snippets.mark_reading import checked_profile
from verify_snippets.named_hardware import GpusAtWork, hardware_named
from verify_snippets.notebooks import NotebookFile, read_notebooks
from verify_snippets.snippets import Origin, Snippet, read_snippets
from verify_snippets.stand_ins import Filled, fill_with_samples, replaced

SAMPLES = PurePosixPath(
    "/run/samples"
)  # where a container holds the files that stand in for the reader's own

DEFAULT_IMAGE = "cpu"
_OF_TIME = (ClaimKind.LATENCY, ClaimKind.THROUGHPUT)


@dataclass(frozen=True, kw_only=True)
class Step:
    """One snippet under one profile, or the reason why it does not run.

    Attributes:
        snippet: what it is about.
        hardware: what it runs, or would run, under.
        runs: whether it runs.
        reason: why it runs under this profile, or why it doesn't run; one sentence.
        first: snippets that run before it in the same container, in order.
        codes: what is run of ``first`` and of the snippet: their code with certain stand-ins; empty if
            it does not run.
        filled: placeholder -> what stands in for it, in the snippet and in those before it.
        timed: whether the card makes a promise about its time on the very hardware that it runs under.
        roomier: what it runs under once more if it outgrows a limit that the card's words set, or a profile's
            GPU memory on a host that has more; None where nothing has more.
        repo_id: the card's own repo; None where nobody named it.
        image: name of the image that it runs in.
        libraries: requirements that were asked for beside what the card says, such as ``transformers<5``:
            another generation of libraries than the image's own is put upon it where they ask for it.
        kernel: whether its parts run as a notebook's cells, in an IPython kernel.
        time_limit_s: for it with what it needs; None for what the user allows.
    """

    snippet: Snippet
    hardware: Profile
    runs: bool
    reason: str
    first: tuple[Snippet, ...] = ()
    codes: tuple[str, ...] = ()
    filled: Mapping[str, str] = field(default_factory=dict)
    timed: bool = False
    roomier: Profile | None = None
    repo_id: str | None = None
    image: str = DEFAULT_IMAGE
    libraries: tuple[str, ...] = ()
    kernel: bool = False
    time_limit_s: float | None = None

    @property
    def profile(self) -> str:
        """Name of its profile."""
        return self.hardware.name

    @property
    def requirements(self) -> tuple[str, ...]:
        """All that is to be installed for it."""
        return (*self.snippet.requirements, *self.libraries)

    @property
    def snippets(self) -> tuple[Snippet, ...]:
        """All that runs in the container, in order."""
        return (*self.first, self.snippet)


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What would run.

    Attributes:
        card: the card.
        snippets: one for each block, in the card's order; then one for each cell of the repo's notebooks
            and for each sample of the Hub's own code.
        steps: one for each snippet that is code.
        ledger: an entry for each claim of the card.
        facts: what the files of the card's repo say, if known.
        notebooks: of the repo, as they were found.
        hub_code: what the Hub itself shows for the model; None where that is left out or unknown.
    """

    card: Card
    snippets: tuple[Snippet, ...]
    steps: tuple[Step, ...]
    ledger: tuple[Entry, ...] = ()
    facts: RepoFacts | None = None
    notebooks: tuple[NotebookFile, ...] = ()
    hub_code: HubCode | None = None


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
    planner = _Planner(
        snippets=(*snippets, *cells, *samples),
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
    """What all steps of one card have in common."""

    snippets: Sequence[Snippet]
    claims: Sequence[Claim]
    facts: RepoFacts | None
    repo_id: str | None
    lines: Sequence[str]
    host: Host
    profile: Profile | None
    catalogue: Mapping[str, Profile]
    libraries: tuple[str, ...] = ()
    python: str | None = None
    _of_any: dict[tuple[bool, Demand], Choice] = field(
        default_factory=dict
    )  # where no claim speaks of the snippet itself
    _images: dict[Device, str] = field(default_factory=dict)
    _timed_under: dict[Profile, frozenset[Claim]] = field(default_factory=dict)

    def step(self, snippet: Snippet) -> Step:
        """Decide on one snippet."""
        first = tuple(self.snippets[i] for i in needs.run_order(self.snippets, snippet.block.index))
        together = (*first, snippet)
        choice = self._choice(together)
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
            timed=not obstacle and not kernel and self._is_timed(together, choice.profile),
            roomier=choice.roomier,
            repo_id=self.repo_id,
            time_limit_s=snippet.marks.time_limit_s,
            image=self._image(choice.profile),
            libraries=self.libraries,
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
                repo_id=self.repo_id,
                image=self._image(choice.profile),
                libraries=self.libraries,
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
        choice = self._choice(able or cells)
        if not able or not _hardware_obstacle(able, choice):
            return choice, obstacles
        look_at(able, choice)
        left = [cell for cell in able if cell.id not in obstacles]
        return (self._choice(left) if left else choice), obstacles

    def _cell_obstacle(self, cell: Snippet, obstacles: Mapping[str, str]) -> str:
        """Why a cell can't run, given why others of its notebook can't; empty if it can."""
        if not cell.runnable:
            return cell.reason
        for index in needs.run_order(self.snippets, cell.block.index):
            needed = self.snippets[index]
            if needed.id in obstacles:
                return f"it needs {needed.id}, which can't run: {obstacles[needed.id]}"
        return self._fill((cell,))[1]

    def _image(self, profile: Profile) -> str:
        """The image with what the user named; a dependency layer brings what it lacks."""
        device: Device = "cuda" if profile.gpus else "cpu"
        if device == "cpu" and not self.libraries and self.python is None:
            return DEFAULT_IMAGE  # at once: to choose takes reading the locks of all images
        if device not in self._images:
            self._images[device] = choose(self.libraries, device=device, python=self.python).name
        return self._images[device]

    def _choice(self, together: Sequence[Snippet]) -> Choice:
        needs_gpu = any(snippet.needs_gpu for snippet in together)
        demand = _demanded(together) if needs_gpu else gpu.NO_DEMAND
        if self.profile:
            return hardware.asked_for(self.profile, demand, self.host)
        if marked := together[-1].marks.profile:
            choice = hardware.asked_for(self.catalogue[marked], demand, self.host)
            return replace(choice, reason=f"the card's own mark names {marked}")
        if any(self._claims_on(snippet) for snippet in together):
            return self._choose(together, needs_gpu, demand)
        if (needs_gpu, demand) not in self._of_any:
            self._of_any[needs_gpu, demand] = self._choose((), needs_gpu, demand)
        return self._of_any[needs_gpu, demand]

    def _choose(self, together: Sequence[Snippet], needs_gpu: bool, demand: Demand) -> Choice:
        return hardware.choose(
            snippet_ids={snippet.id for snippet in together},
            needs_gpu=needs_gpu,
            claims=self.claims,
            facts=self.facts,
            host=self.host,
            demand=demand,
            catalogue=self.catalogue,
        )

    def _is_timed(self, together: Sequence[Snippet], profile: Profile) -> bool:
        """Whether a time is promised here: of these snippets, or of the model that the last one loads."""
        if profile not in self._timed_under:
            self._timed_under[profile] = frozenset(c for c in self.claims if self._is_time_here(c, profile))
        promised = self._timed_under[profile]
        if any(claim in promised for part in together for claim in self._claims_on(part)):
            return True
        last = together[-1]
        loads = self.repo_id is not None and self.repo_id in last.code and last.origin is Origin.CARD
        return loads and any(not claim.snippets for claim in promised)

    def _is_time_here(self, claim: Claim, profile: Profile) -> bool:
        """Whether a claim is of the time that running takes on this machine under a profile."""
        if claim.kind not in _OF_TIME or claim.scope is not Scope.INFERENCE:
            return False
        models = [device.name for device in devices_for(profile, self.host)]
        return hardware_named(
            claim,
            self.lines,
            profile=profile.name,
            profiles=self.catalogue.keys() | {profile.name},
            cpu_model=self.host.cpu_model,
            gpus=GpusAtWork(models=models, flavor=profile.gpu_model) if profile.gpus else None,
        ).is_here

    def _claims_on(self, snippet: Snippet) -> Sequence[Claim]:
        """The claims that speak of this very snippet."""
        return self._by_snippet.get(snippet.id, ())

    @cached_property
    def _by_snippet(self) -> Mapping[str, Sequence[Claim]]:
        found: defaultdict[str, list[Claim]] = defaultdict(list)
        for claim in self.claims:
            for snippet_id in claim.snippets:
                found[snippet_id].append(claim)
        return found

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
            filled = fill_with_samples(snippet.code, snippet.placeholders, self.repo_id, folder=SAMPLES)
            if filled is None:
                return [], _needs_input(snippet, together[-1])
            parts.append(filled)
        return parts, ""


def _demanded(together: Sequence[Snippet]) -> Demand:
    return gpu.demanded([snippet.block.code.tree for snippet in together if snippet.block.code])


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
