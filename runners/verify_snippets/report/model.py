"""The report: one value that every format is made from.

The names are a contract: they are the JSON report's names (schema ``verify-snippets/report/v1``).
"""

from typing import Any, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from snippet_sandbox.job import MediaType
from verify_snippets.blocks import Kind
from verify_snippets.card import Source
from verify_snippets.causes import Cause
from verify_snippets.claims import ClaimKind, Comparator, Scope
from verify_snippets.ledger import ClaimVerdict
from verify_snippets.shown import OutputVerdict
from verify_snippets.snippets import Origin
from verify_snippets.verdict import Verdict

Traffic = Literal["live", "recorded", "replayed"]
SCHEMA: Final = "verify-snippets/report/v1"
SEVERAL_SCHEMA: Final = "verify-snippets/reports/v1"
"""Of a document with several reports, each by ``SCHEMA``, under ``reports``."""


class _Value(BaseModel):
    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        json_schema_serialization_defaults_required=True,  # we always write every field
    )


class CardReport(_Value):
    """The card that was verified."""

    repo_id: str | None
    """Such as ``acme/tiny``; null for a card alone whose repo nobody named."""
    revision: str | None
    """The commit, 40 hex digits; null outside the Hub."""
    source: Source
    """Where the card came from."""
    location: str
    """The address or path it was read from."""
    sha256: str
    """Of the card's bytes."""
    text: str = ""
    """The card as it was read, front matter included: what reports show beside the verdicts."""


class EngineReport(_Value):
    """Where the snippets ran."""

    name: str
    version: str
    runtime: str = ""
    """What started the containers, where an engine has several: ``runc``, ``runsc`` ..."""
    walls: tuple[str, ...] = ()
    """What stood between snippets and the host beside namespaces and limits."""
    unenforced: tuple[str, ...] = ()
    """Limits that the engine could not enforce on this host."""


class HostReport(_Value):
    """The machine that the snippets ran on: times and claims of time mean little without it."""

    cpus: int = 0
    memory_bytes: int = 0
    cpu_model: str = ""
    """As the machine calls its processor."""
    gpus: tuple[str, ...] = ()
    """The name of each GPU."""


class MemoryReport(_Value):
    """Peaks in bytes; null where it could not be seen."""

    anonymous_bytes: int | None = None
    """Memory that no file backs: what a user must have."""
    file_bytes: int | None = None
    """Page cache, memory-mapped files and tmpfs."""
    cgroup_bytes: int | None = None
    """The cgroup's own high-water mark, everything included."""
    method: str = ""
    """Where the numbers come from."""
    limit_bytes: int | None = None
    """What the snippet was given: its profile's, or less where the card says that it fits in less."""
    outgrown_bytes: int | None = None
    """A lower limit, set by the card's own words, that ended the snippet when it first ran; what is told here
    is of its run under ``limit_bytes``. Null where that did not happen."""
    timeline: tuple[tuple[float, int], ...] = ()
    """Seconds since the job began and anonymous bytes then, thinned out; the peaks are kept."""


class GpuMemoryReport(_Value):
    """Peaks in bytes over all GPUs that the snippet was given; null where it could not be seen."""

    used_bytes: int | None = None
    """Of the snippet's processes as the driver counts it: CUDA contexts and libraries included."""
    reserved_bytes: int | None = None
    """What torch's allocator held, as torch says."""
    allocated_bytes: int | None = None
    """What tensors took of that, as torch says."""
    method: str = ""
    """Where ``used_bytes`` comes from."""
    limit_bytes: int | None = None
    """What the snippet was given."""
    outgrown_bytes: int | None = None
    """Less than that, which ended the snippet when it first ran; what is told here is of its run under
    ``limit_bytes``. Null where that did not happen."""
    models: tuple[str, ...] = ()
    """The name of each GPU."""
    driver: str = ""
    """Version of the driver."""
    cuda: str = ""
    """The newest CUDA version that the driver serves."""


class PictureReport(_Value):
    """A picture that a snippet made: a file that it wrote, or a figure that it left open."""

    name: str
    media_type: MediaType
    base64: str
    """Its bytes."""


class CauseReport(_Value):
    """Why a snippet failed."""

    kind: Cause
    subjects: dict[str, str] = Field(default_factory=dict)
    """What it is about, by role: ``module``, ``package``, ``library``, ``version``, ``name``, ``argument``,
    ``replacement``, ``since``, ``repo``, ``file``, ``host`` ..."""


class OutputReport(_Value):
    """What the snippet printed, held against what the card shows."""

    verdict: OutputVerdict
    reason: str
    line: int
    """The card's line where the documented output begins, 1-based."""
    diff: str = ""
    """Unified: what the card shows (-), what was printed (+)."""


class RotReport(_Value):
    """How a failing snippet fares with the libraries that were current at the card's last commit."""

    as_of: str
    """The date of those libraries, ISO 8601."""
    verdict: Verdict
    """Of the snippet with them; ``skipped`` where they could not be had or tried."""
    versions: dict[str, str] = Field(default_factory=dict)
    """Those libraries that differ from the ones of now."""
    library: str = ""
    """The one that broke it; empty where that is not known."""
    works_with: str = ""
    """The newest version of it that was tried and works."""
    fails_since: str = ""
    """The oldest version of it that was tried and fails."""
    sentence: str
    """For people, such as ``worked with transformers 4.57.6, fails since 5.0.0``."""


class ErrorReport(_Value):
    """The exception that ended the snippet."""

    type: str
    message: str
    card_line: int | None = None
    """The card's own line, 1-based; or that of ``document``."""
    card_text: str = ""
    """That line of the card, as written."""
    document: str = ""
    """What tracebacks call the file that the line is in, where that is not the card: ``demo.ipynb:3``."""
    traceback: str = ""


class ContactsReport(_Value):
    """What the snippet asked of the world, as the gateway saw it."""

    hosts: tuple[str, ...] = ()
    """Every host contacted."""
    refused_hosts: tuple[str, ...] = ()
    """Every host asked for and refused."""
    cut: tuple[str, ...] = ()
    """What the gateway's limits on bytes and connections ended or turned away, in words."""
    not_recorded: tuple[str, ...] = ()
    """What a replay had no answer to, such as ``GET https://example.org/``."""
    repos: dict[str, str] = Field(default_factory=dict)
    """Every Hub repo fetched from, and the commit it was pinned to."""


class ColumnReport(_Value):
    """What all snippets ran under, as it was asked for, and where they did."""

    profile: str = ""
    """The hardware; empty for what each snippet's own words ask for."""
    libraries: str = ""
    """Requirements beside the card's own, such as ``transformers<5``; empty for the image's own libraries."""
    python: str = ""
    """Such as ``3.12``; empty for the engine's own."""
    engine: EngineReport
    host: HostReport = HostReport()
    tool_version: str
    """Of verify-snippets."""
    started_at: str
    """ISO 8601, UTC."""


class RunReport(_Value):
    """One snippet under one profile."""

    column: int = Field(default=0, ge=0)
    """Which of the report's columns it is in, counted from 0."""
    profile: str
    libraries: str = ""
    """The libraries that were asked for beside what the card says, such as ``transformers<5``; empty for the
    image's own."""
    verdict: Verdict
    reason: str
    """One sentence: why this verdict, and for a failure the likely cause."""
    expected_failure: bool = False
    """Whether it failed, and has passed for it: a mark in the card says that it fails."""
    cause: CauseReport | None = None
    """Of a failure, of what is blocked by one, and of what running showed to lack only a GPU; else null."""
    remarks: tuple[str, ...] = ()
    """What is worth knowing and decides nothing: a pass that shows little, memory that is never used."""
    output: OutputReport | None = None
    """Null where the card shows none, or where the snippet did not come to its end."""
    rot: RotReport | None = None
    """Null where nobody asked for it, or where the snippet did not fail."""
    duration_s: float | None = None
    """Wall time of the snippet itself: needed blocks and container start apart."""
    phases: dict[str, float] = Field(default_factory=dict)
    """Seconds: ``container_start``, ``needs:L12`` for each needed block, ``snippet``."""
    preload_s: float | None = None
    """Seconds that the first imports took, done while the container waited; they count in ``duration_s``,
    or in that of the first needed block. Null where nothing was done ahead."""
    reused_from: str | None = None
    """When an earlier run found this, ISO 8601, UTC, and nothing that it depends on has changed since;
    null where it was run now."""
    memory: MemoryReport = MemoryReport()
    gpu: GpuMemoryReport | None = None
    """Null where it was given no GPU."""
    exit_code: int | None = None
    signal: str | None = None
    outputs: tuple[dict[str, Any], ...] = ()
    """What a notebook's cell gave, as nbformat 4 has it, bounded; none of code that Python alone ran."""
    stdout: str = ""
    stderr: str = ""
    pictures: tuple[PictureReport, ...] = ()
    repeats_s: tuple[float, ...] = ()
    """Seconds that the part of it took that the card promises a time for, each time it was repeated after a
    warm-up; empty where no time was to be judged."""
    repeats_tokens: tuple[int, ...] = ()
    """New tokens that transformers generated in each of them; empty where they can't be counted."""
    error: ErrorReport | None = None
    filled: dict[str, str] = Field(default_factory=dict)
    """Placeholders of the card, and what stood in for them: the card's own repo, or a sample file."""
    image: str | None = None
    """The image's full name with its content key."""
    versions: dict[str, str] = Field(default_factory=dict)
    """Python, and each library that the snippet imported."""
    contacts: ContactsReport = ContactsReport()


class SnippetReport(_Value):
    """One snippet and its runs."""

    id: str
    """``L`` and the card's line, such as ``L42``; ``demo.ipynb:3`` for a notebook's cell;
    ``hub:transformers:1`` for the Hub's own code."""
    origin: Origin = Origin.CARD
    document: str = "README.md"
    """The file whose lines are counted."""
    kind: Kind
    start_line: int
    end_line: int
    language_tag: str
    title: str = ""
    """The first line of its code, for people."""
    code: str = ""
    """All of it, where it doesn't stand in the card, with line 1 first; empty where it does."""
    needs: tuple[str, ...] = ()
    """Ids of the snippets that run first in the same container."""
    placeholders: tuple[str, ...] = ()
    requirements: tuple[str, ...] = ()
    runs: tuple[RunReport, ...] = ()

    @property
    def in_card(self) -> bool:
        """Whether its lines are the card's."""
        return self.origin is Origin.CARD

    @property
    def number(self) -> str:
        """Its line in the card; of what stands elsewhere, what it is called."""
        return str(self.start_line) if self.in_card else self.id

    @property
    def place(self) -> str:
        """Where it stands, in words."""
        return f"line {self.start_line}" if self.in_card else self.id


class ClaimReport(_Value):
    """One promise of the card, and what is said of it."""

    kind: ClaimKind
    comparator: Comparator
    value: float | str | bool
    unit: str
    scope: Scope
    line: int
    """The card's own line, 1-based."""
    quote: str
    """An exact piece of that line."""
    snippets: tuple[str, ...] = ()
    """Ids of the snippets that it speaks of; empty for the model as a whole."""
    verdict: ClaimVerdict
    reason: str
    """How it was found out, or why it wasn't."""
    found: str = ""
    """What was read or measured instead, for people."""
    claimed: float | None = None
    """What it promises, in ``measure``; null where that is no number."""
    measured: float | None = None
    """What was measured or read instead, in ``measure``."""
    measure: str = ""
    """``bytes``, ``seconds``, ``per second``, ``parameters``, ``tokens``, ``GPUs``; empty where the claim is
    no such number."""
    how: str = ""
    """How it was measured: on which hardware, how often, what was counted."""


class RepairReport(_Value):
    """A change to the card that mends a snippet, and was tried."""

    cure: str
    """Which cure, such as ``renamed-argument``."""
    sentence: str
    """What it changes and why, for people."""
    snippets: tuple[str, ...]
    """Ids of the snippets that it mends."""
    diff: str
    """Unified, against the card."""
    versions: dict[str, str] = Field(default_factory=dict)
    """What the mended snippet ran with; empty for one that was not run (``fix --static``)."""
    duration_s: float | None = None
    """Seconds that the mended snippet took."""


class Summary(_Value):
    """How many runs came to each verdict."""

    passed: int = 0
    failed: int = 0
    contradicted: int = 0
    skipped: int = 0
    blocked: int = 0
    broken: int = 0


class Report(_Value):
    """Everything said of one card."""

    schema_: Literal["verify-snippets/report/v1"] = Field(default=SCHEMA, alias="schema")
    tool_version: str
    """Of verify-snippets."""
    started_at: str
    """ISO 8601, UTC."""
    duration_s: float
    complete: bool = True
    """False where the run was interrupted: what had not run yet is missing."""
    card: CardReport
    engine: EngineReport
    host: HostReport = HostReport()
    web: str = "public"
    """Which web hosts the snippets might speak to: ``public``, ``hub``, ``none``, or a list of hosts."""
    columns: tuple[ColumnReport, ...] = ()
    """What the snippets were run under: one for a plain run, several for a matrix. Two may ask for the same
    and differ in where and when snippets ran. Empty in reports of before there were columns."""
    traffic: Traffic = "live"
    """Whether web hosts and the Hub were asked (``live``), asked and their answers kept (``recorded``), or
    not asked, and the answers of a recording given (``replayed``)."""
    snippets: tuple[SnippetReport, ...]
    claims: tuple[ClaimReport, ...] = ()
    repairs: tuple[RepairReport, ...] = ()
    """Changes to the card that were tried and mend a snippet."""
    hub_code: str | None = None
    """Who made the Hub's own code: ``the Hub``, or the Hub's generator by name and version; null where that
    code was not asked for or is not known."""
    summary: Summary
    exit_code: int
    """What the program exits with."""

    @model_validator(mode="after")
    def _check_columns(self) -> Self:
        """No run is in a column that is not there."""
        there = max(1, len(self.columns))
        if any(run.column >= there for snippet in self.snippets for run in snippet.runs):
            raise ValueError("a run is in a column that the report does not have")
        return self
