"""What the page shows of each snippet and its runs."""

import base64
import binascii
import heapq
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from operator import itemgetter

from markupsafe import Markup

from snippet_sandbox.job import MediaType
from verify_snippets.causes import Cause
from verify_snippets.claims import ClaimKind, Scope
from verify_snippets.clean import shorten
from verify_snippets.report import gpus
from verify_snippets.report.html import plot
from verify_snippets.report.html.diff_view import DiffLine, diff_lines
from verify_snippets.report.html.text import Excerpt, excerpt
from verify_snippets.report.model import ClaimReport, ErrorReport, PictureReport, RunReport, SnippetReport
from verify_snippets.report.quantities import amounts_text, seconds_text
from verify_snippets.verdict import Verdict

AT_FAULT = (Verdict.FAILED, Verdict.CONTRADICTED, Verdict.BROKEN)
_GRAVEST = (*AT_FAULT, Verdict.BLOCKED, Verdict.PASSED, Verdict.SKIPPED)
_WHOLE_MODEL = ""  # stands for the snippets of a claim that speaks of none in particular
_CLAIMED_LEVELS = 3  # drawn in one plot; more would hide the curve
_SIGNATURES: dict[MediaType, bytes] = {
    "image/png": b"\x89PNG\r\n\x1a\n",
    "image/jpeg": b"\xff\xd8\xff",
    "image/gif": b"GIF8",
    "image/webp": b"RIFF",
}


@dataclass(frozen=True, kw_only=True)
class Fact:
    """One line of what is known of a run."""

    term: str
    value: str


@dataclass(frozen=True, kw_only=True)
class Picture:
    """A picture that is shown, or the reason why it isn't."""

    name: str
    address: str = ""
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class RunView:
    """One run, as much of it as a person reads."""

    run: RunReport
    stdout: Excerpt
    stderr: Excerpt
    traceback: Excerpt
    diff: tuple[DiffLine, ...]
    plot: Markup
    gpu_plot: Markup
    pictures: tuple[Picture, ...]
    facts: tuple[Fact, ...]

    @property
    def at_fault(self) -> bool:
        """Whether something is to be mended."""
        return self.run.verdict in AT_FAULT

    @property
    def is_about_memory(self) -> bool:
        """Whether memory may be what decided the verdict."""
        cause = self.run.cause
        ran_out = cause is not None and cause.kind is Cause.OUT_OF_MEMORY
        return ran_out or self.run.verdict is Verdict.CONTRADICTED


@dataclass(frozen=True, kw_only=True)
class SnippetView:
    """One snippet and its runs."""

    snippet: SnippetReport
    runs: tuple[RunView, ...]

    @property
    def verdict(self) -> Verdict | None:
        """The gravest verdict of its runs; None where an interruption came before."""
        found = {run.run.verdict for run in self.runs}
        return next((verdict for verdict in _GRAVEST if verdict in found), None)

    @property
    def at_fault(self) -> bool:
        """Whether something is to be mended."""
        return any(run.at_fault for run in self.runs)

    @property
    def faults(self) -> dict[int, str]:
        """What to write under which line of the card: the errors that ended its runs."""
        return {
            error.card_line: _in_short(error)
            for run in self.runs
            if (error := run.run.error) and error.card_line and run.at_fault
        }


def _in_short(error: ErrorReport) -> str:
    message = error.message.strip().partition("\n")[0]
    return f"{error.type}: {shorten(message, 300)}".rstrip(": ")


class Budget:
    """How many bytes the pictures of a page may still take."""

    def __init__(self, count: int) -> None:
        """Begin with ``count`` bytes."""
        self._left = count

    def spend(self, count: int) -> bool:
        """Whether ``count`` bytes were left."""
        fits = count <= self._left
        self._left -= count if fits else 0
        return fits


class ClaimedMemory:
    """What claims say of each snippet's memory, of the host or of its GPU, which its plots show."""

    def __init__(self, claims: Sequence[ClaimReport]) -> None:
        """Sort ``claims`` by the snippets that they speak of."""
        self._levels: defaultdict[tuple[ClaimKind, str], list[tuple[int, plot.Level]]] = defaultdict(list)
        for number, claim in enumerate(claims):
            level = _claimed(claim)
            if level is not None:
                for snippet_id in set(claim.snippets) or {_WHOLE_MODEL}:
                    self._levels[claim.kind, snippet_id].append((number, level))

    def of(self, snippet_id: str, kind: ClaimKind) -> list[plot.Level]:
        """As many as a plot has room for, in the card's order."""
        spoken_of = heapq.merge(
            self._levels[kind, _WHOLE_MODEL], self._levels[kind, snippet_id], key=itemgetter(0)
        )
        return [level for _, level in islice(spoken_of, _CLAIMED_LEVELS)]


def view(
    snippet: SnippetReport, claimed: ClaimedMemory, *, text_budget: int, pictures: Budget
) -> SnippetView:
    """What is shown of a snippet; each of its texts takes at most ``text_budget`` bytes of the page."""
    runs = tuple(
        RunView(
            run=run,
            stdout=excerpt(run.stdout, text_budget),
            stderr=excerpt(run.stderr, text_budget),
            traceback=excerpt(run.error.traceback if run.error else "", text_budget),
            diff=diff_lines(run.output.diff, text_budget) if run.output else (),
            plot=_plot(snippet, index, run, claimed.of(snippet.id, ClaimKind.RAM)),
            gpu_plot=_gpu_plot(snippet, index, run, claimed.of(snippet.id, ClaimKind.VRAM)),
            pictures=tuple(_picture(picture, pictures) for picture in run.pictures),
            facts=tuple(Fact(term=term, value=value) for term, value in _facts(snippet, run) if value),
        )
        for index, run in enumerate(snippet.runs)
    )
    return SnippetView(snippet=snippet, runs=runs)


def _claimed(claim: ClaimReport) -> plot.Level | None:
    if claim.kind not in (ClaimKind.RAM, ClaimKind.VRAM) or claim.scope is not Scope.INFERENCE:
        return None
    if claim.claimed is None or claim.measure != "bytes":
        return None
    return plot.Level(label=f"claimed in line {claim.line}:", bytes=claim.claimed, kind="claim")


def _plot(snippet: SnippetReport, index: int, run: RunReport, claimed: list[plot.Level]) -> Markup:
    memory = run.memory
    if not memory.timeline and memory.anonymous_bytes is None:
        return Markup("")
    course = plot.Course(
        points=memory.timeline,
        peak_bytes=memory.anonymous_bytes,
        levels=[*_limits(memory.limit_bytes, memory.outgrown_bytes), *claimed],
    )
    title = f"Memory over time, snippet at line {snippet.start_line} under {run.profile}"
    return plot.draw(course, title=title, name=f"plot-{snippet.start_line}-{index}")


def _gpu_plot(snippet: SnippetReport, index: int, run: RunReport, claimed: list[plot.Level]) -> Markup:
    """The peak beside what is claimed; its course over time is not kept."""
    if run.gpu is None or run.gpu.used_bytes is None:
        return Markup("")
    course = plot.Course(
        points=(),
        peak_bytes=run.gpu.used_bytes,
        levels=[*_limits(run.gpu.limit_bytes, run.gpu.outgrown_bytes), *claimed],
    )
    title = f"GPU memory, snippet at line {snippet.start_line} under {run.profile}"
    return plot.draw(course, title=title, name=f"gpu-plot-{snippet.start_line}-{index}")


def _limits(limit_bytes: int | None, outgrown_bytes: int | None) -> list[plot.Level]:
    named = (("limit", limit_bytes), ("outgrown:", outgrown_bytes))
    return [plot.Level(label=label, bytes=count, kind="limit") for label, count in named if count]


def _picture(picture: PictureReport, budget: Budget) -> Picture:
    try:
        data = base64.b64decode(picture.base64, validate=True)
    except (binascii.Error, ValueError):
        return Picture(name=picture.name, reason="not readable")
    if not data.startswith(_SIGNATURES[picture.media_type]):
        return Picture(name=picture.name, reason=f"not the {picture.media_type} that it says it is")
    if not budget.spend(len(picture.base64)):
        return Picture(name=picture.name, reason="left out to keep this page small")
    return Picture(
        name=picture.name, address=f"data:{picture.media_type};base64,{base64.b64encode(data).decode()}"
    )


def _facts(snippet: SnippetReport, run: RunReport) -> Iterator[tuple[str, str]]:
    """Terms and values; empty values are not shown."""
    yield "needs", ", ".join(snippet.needs)
    yield "requirements", ", ".join(snippet.requirements)
    yield "filled in", ", ".join(f"{old} → {new}" for old, new in run.filled.items())
    yield "ended by", run.signal or ""
    yield "exit code", "" if run.exit_code is None or run.signal else str(run.exit_code)
    yield "time", ", ".join(f"{name} {seconds_text(seconds)}" for name, seconds in run.phases.items())
    yield "repeated", ", ".join(seconds_text(seconds) for seconds in run.repeats_s)
    yield "tokens", ", ".join(f"{count:,}" for count in run.repeats_tokens)
    yield "memory", _memory(run)
    yield "measured by", run.memory.method
    if run.gpu is not None:
        yield "GPU memory", gpus.memory_text(run.gpu)
        yield "GPU memory measured by", run.gpu.method
        yield "GPU", ", ".join(dict.fromkeys(run.gpu.models))
    yield "versions", ", ".join(f"{name} {version}" for name, version in run.versions.items())
    yield "image", run.image or ""
    yield from _contacts(run)
    yield "found", f"by an earlier run, {run.reused_from}" if run.reused_from else ""


def _memory(run: RunReport) -> str:
    memory = run.memory
    named = (
        ("anonymous", memory.anonymous_bytes),
        ("of files", memory.file_bytes),
        ("of the cgroup", memory.cgroup_bytes),
        ("limit", memory.limit_bytes),
        ("limit that it outgrew", memory.outgrown_bytes),
    )
    return amounts_text(named)


def _contacts(run: RunReport) -> Iterator[tuple[str, str]]:
    contacts = run.contacts
    yield "hosts", ", ".join(contacts.hosts)
    yield "refused hosts", ", ".join(contacts.refused_hosts)
    yield "cut", "; ".join(contacts.cut)
    yield "not recorded", "; ".join(contacts.not_recorded)
    yield "repos", ", ".join(f"{repo} at {revision[:12]}" for repo, revision in contacts.repos.items())
