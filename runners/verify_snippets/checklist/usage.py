"""Usage: code that readers can copy, and that was seen to work. Pure."""

from collections.abc import Iterable, Sequence

from verify_snippets.checklist.item import Group, Item, Topic
from verify_snippets.checklist.material import Material
from verify_snippets.claims import ClaimKind
from verify_snippets.ledger import ClaimVerdict
from verify_snippets.report.model import RunReport, SnippetReport
from verify_snippets.snippets import Origin
from verify_snippets.verdict import Verdict

_THERE = Topic(key="usage", group=Group.USAGE, title="A usage example")
_WORKS = Topic(
    key="usage_verified", group=Group.USAGE, title="All of the card's code works in a clean environment"
)
_HUB = Topic(key="hub_code_verified", group=Group.USAGE, title="The Hub's “Use this model” code works")
_CLAIMS = Topic(key="claims", group=Group.USAGE, title="What the card promises holds")
_HARDWARE = Topic(key="hardware", group=Group.USAGE, title="The hardware that it needs")

_OF_HARDWARE = {ClaimKind.VRAM, ClaimKind.RAM, ClaimKind.GPU_MODEL, ClaimKind.GPU_COUNT, ClaimKind.CPU_OK}
_FAULTS = {Verdict.FAILED, Verdict.CONTRADICTED, Verdict.BLOCKED}


def items(material: Material) -> Sequence[Item]:
    """All of usage."""
    return [_there(material), _works(material), _hub(material), _hardware(material), _claims(material)]


def _there(material: Material) -> Item:
    repo_id = material.card.repo_id
    naming = [snippet for snippet in material.python_snippets if repo_id and repo_id in snippet.code]
    if naming:
        return _THERE.done(f"it loads {repo_id}", line=naming[0].block.start_line)
    if material.python_snippets and repo_id is None:
        first = material.python_snippets[0]
        return _THERE.done("Python that can be run", line=first.block.start_line)
    task = str(material.metadata.get("pipeline_tag") or "...")
    model = repo_id or "acme/model"
    add = f'```python\nfrom transformers import pipeline\n\npipe = pipeline("{task}", model="{model}")\n```'
    if material.python_snippets:
        line = material.python_snippets[0].block.start_line
        return _THERE.missing(f"no code of the card loads {repo_id}", add=add, line=line)
    return _THERE.missing("the card has no Python that can be run", add=add)


def _works(material: Material) -> Item:
    return _of_runs(_WORKS, material, Origin.CARD, nothing="the card has no code that can be run")


def _hub(material: Material) -> Item:
    return _of_runs(_HUB, material, Origin.HUB, nothing="the Hub's code for this model is not known")


def _of_runs(topic: Topic, material: Material, origin: Origin, *, nothing: str) -> Item:
    if material.report is None:
        return topic.not_seen(material.not_run)
    runs = [
        (s, run)
        for s in material.report.snippets
        if s.origin is origin
        for run in s.runs
        if not run.expected_failure  # which shows what does not work, and no use of the model
    ]
    if not runs:
        return topic.not_seen(nothing) if origin is Origin.HUB else topic.missing(nothing)
    faults = [(s, run) for s, run in runs if run.verdict in _FAULTS]
    if faults:
        return topic.missing(_told(faults, len(runs)), line=_line(faults[0][0]))
    passed = [(s, run) for s, run in runs if run.verdict is Verdict.PASSED]
    others = [(s, run) for s, run in runs if run.verdict is not Verdict.PASSED]
    if not passed:
        return topic.not_seen(f"none could be run: {others[0][1].reason}")
    left = f"; {len(others)} could not be run here ({others[0][1].reason})" if others else ""
    where = ", ".join(dict.fromkeys(run.profile for _, run in passed))
    return topic.done(f"{len(passed)} of {len(runs)} passed on {where}{left}", line=_line(passed[0][0]))


def _told(faults: Sequence[tuple[SnippetReport, RunReport]], count: int) -> str:
    snippet, run = faults[0]
    more = f", and {len(faults) - 1} more" if len(faults) > 1 else ""
    return f"{len(faults)} of {count} don't: {snippet.id}: {run.reason}{more}"


def _line(snippet: SnippetReport) -> int | None:
    return snippet.start_line if snippet.origin is Origin.CARD else None


def _hardware(material: Material) -> Item:
    told = [entry.claim for entry in material.plan.ledger if entry.claim.kind in _OF_HARDWARE]
    if told:
        return _HARDWARE.done(f"“{told[0].quote}”", line=told[0].line)
    peak = max((_peak(run) for run in _runs(material)), default=0)
    measured = f" (measured here: {peak / 1e9:.1f} GB)" if peak else ""
    size = f"about {max(peak / 1e9, 0.1):.1f} GB of memory" if peak else "... GB of memory"
    return _HARDWARE.missing(
        f"the card doesn't say how much memory, or which GPU, it takes{measured}", add=f"Runs in {size}."
    )


def _runs(material: Material) -> Iterable[RunReport]:
    return (run for snippet in (material.report.snippets if material.report else ()) for run in snippet.runs)


def _peak(run: RunReport) -> int:
    return run.memory.anonymous_bytes or 0 if run.verdict is Verdict.PASSED else 0


def _claims(material: Material) -> Item:
    entries = material.report.claims if material.report else ()
    ledger = [(e.verdict, e.line, e.quote, e.found) for e in entries] or [
        (e.verdict, e.claim.line, e.claim.quote, e.found) for e in material.plan.ledger
    ]
    if not ledger:
        return _CLAIMS.not_needed("the card promises nothing that a machine can check")
    wrong = [entry for entry in ledger if entry[0] is ClaimVerdict.CONTRADICTED]
    if wrong:
        _, line, quote, found = wrong[0]
        return _CLAIMS.missing(f"“{quote}” does not hold: {found or 'see the report'}", line=line)
    right = [entry for entry in ledger if entry[0] is ClaimVerdict.CONFIRMED]
    if not right:
        return _CLAIMS.not_seen(f"none of {len(ledger)} could be tested")
    return _CLAIMS.done(f"{len(right)} of {len(ledger)} confirmed, none contradicted", line=right[0][1])
