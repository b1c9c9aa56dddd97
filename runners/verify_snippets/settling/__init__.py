"""Claims against measurements: from the runs of one card to its ledger. Pure.

Only what the host or the driver measured counts; nothing that a snippet prints can settle a claim.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from snippet_sandbox.profile import Host
from verify_snippets.claims import ClaimKind, Scope
from verify_snippets.ledger import Entry
from verify_snippets.plan import Plan
from verify_snippets.report.model import RunReport
from verify_snippets.report.quantities import bytes_text
from verify_snippets.settling.devices import settle_cpu, settle_gpu
from verify_snippets.settling.evidence import THROUGH, Evidence, Settled
from verify_snippets.settling.gpu_memory import settle_gpu_memory
from verify_snippets.settling.memory import settle_memory
from verify_snippets.settling.times import settle_time, time_text
from verify_snippets.settling.versions import settle_version
from verify_snippets.snippets import Origin, Snippet
from verify_snippets.verdict import Verdict

_BY_RUNS: dict[ClaimKind, Callable[[Entry, Evidence], Settled]] = {
    ClaimKind.RAM: settle_memory,
    ClaimKind.VRAM: settle_gpu_memory,
    ClaimKind.LATENCY: settle_time,
    ClaimKind.THROUGHPUT: settle_time,
    ClaimKind.LIBRARY_VERSION: settle_version,
    ClaimKind.PYTHON_VERSION: settle_version,
    ClaimKind.CPU_OK: settle_cpu,
    ClaimKind.GPU_MODEL: settle_gpu,
    ClaimKind.GPU_COUNT: settle_gpu,
}

Runs = tuple[tuple[Snippet, RunReport], ...]


@dataclass(frozen=True, kw_only=True)
class Settlement:
    """What the runs say of the claims, and the claims of the runs.

    Attributes:
        ledger: an entry for each claim, in the plan's order.
        runs: each snippet with its run; one that ran but broke what the card says of it is contradicted.
        changed: those of them whose verdict the claims changed.
    """

    ledger: tuple[Entry, ...]
    runs: Runs
    changed: Runs


def settle(plan: Plan, runs: Iterable[tuple[Snippet, RunReport]], host: Host) -> Settlement:
    """Hold every claim of a card against what its runs measured.

    Args:
        plan: what was to run, with the ledger as the repo's files alone have it.
        runs: what came of each snippet, of now or of before.
        host: the machine that they ran on.
    """
    told = tuple(runs)
    # the Hub's own code is no word of the card's, and a notebook's cell has the memory of those before it
    own = {snippet.id: run for snippet, run in told if snippet.origin is Origin.CARD}
    evidence = Evidence(plan=plan, runs=own, host=host)
    settled = [_settled(entry, evidence) for entry in plan.ledger]
    broken: defaultdict[str, list[Entry]] = defaultdict(list)
    remarks: defaultdict[str, list[str]] = defaultdict(list)
    for each in settled:
        for name in each.breakers:
            broken[name].append(each.entry)
        for name, remark in (each.remarks or {}).items():
            remarks[name].append(remark)
    judged = tuple(
        (snippet, _with_verdict(run, broken[snippet.id], remarks[snippet.id])) for snippet, run in told
    )
    pairs = zip(told, judged, strict=True)
    changed = tuple(after for before, after in pairs if before[1].verdict != after[1].verdict)
    return Settlement(ledger=tuple(each.entry for each in settled), runs=judged, changed=changed)


def _settled(entry: Entry, evidence: Evidence) -> Settled:
    by_runs = _BY_RUNS.get(entry.claim.kind)
    if by_runs is None or entry.claim.scope is not Scope.INFERENCE:
        return Settled(entry=entry)
    return by_runs(entry, evidence)


def _with_verdict(run: RunReport, broken: Sequence[Entry], remarks: Sequence[str]) -> RunReport:
    """A run with what claims say of it; one that passed and broke a claim did not run as the card says."""
    more = (*run.remarks, *_outgrown(run), *remarks)
    if not broken or run.verdict not in THROUGH:
        return run.model_copy(update={"remarks": more}) if more != run.remarks else run
    already = f"{run.reason}; " if run.verdict is Verdict.CONTRADICTED else "ran to its last line, but "
    reason = already + "; ".join(map(_broken_text, broken))
    return run.model_copy(update={"verdict": Verdict.CONTRADICTED, "reason": reason, "remarks": more})


def _outgrown(run: RunReport) -> Iterator[str]:
    memory, gpu = run.memory, run.gpu
    if memory.outgrown_bytes is not None and memory.limit_bytes is not None:
        said = f"ended by {bytes_text(memory.outgrown_bytes)}, which the card says it fits in"
        yield f"{said}; run again under {bytes_text(memory.limit_bytes)}"
    if gpu is not None and gpu.outgrown_bytes is not None and gpu.limit_bytes is not None:
        said = f"ran out of {bytes_text(gpu.outgrown_bytes)} of GPU memory"
        yield f"{said}; run again under {bytes_text(gpu.limit_bytes)}"


def _broken_text(entry: Entry) -> str:
    claim = entry.claim
    quoted = f"line {claim.line} says “{claim.quote}”"
    if entry.claimed is None or entry.measured is None:
        return quoted
    return f"{quoted}: claimed {_amount_text(entry.claimed, entry.measure)}, measured " + _amount_text(
        entry.measured, entry.measure
    )


def _amount_text(value: float, measure: str) -> str:
    match measure:
        case "bytes":
            return bytes_text(round(value))
        case "seconds":
            return time_text(value)
        case _:
            return f"{value:.3g} {measure}"
