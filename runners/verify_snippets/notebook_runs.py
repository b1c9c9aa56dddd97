"""A notebook runs once, in one container, and each of its cells has a verdict. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from snippet_sandbox.job import Ending, Measurement, Memory, PartMeasurement
from verify_snippets.plan import Step
from verify_snippets.ran import Ran
from verify_snippets.snippets import Origin


def together(steps: Iterable[Step]) -> list[tuple[Step, ...]]:
    """Which steps are run as one: the last cell of a notebook stands for all before it; in their order."""
    groups: dict[tuple[object, ...], list[Step]] = {}
    for step in steps:
        groups.setdefault(_container(step), []).append(step)
    return [tuple(group) for group in groups.values()]


def _container(step: Step) -> tuple[object, ...]:
    snippet = step.snippet
    if snippet.origin is not Origin.NOTEBOOK:
        return (snippet.id, step.hardware, step.image, step.libraries)
    return (snippet.document, step.hardware, step.image, step.libraries)


def split(ran: Ran, steps: Sequence[Step]) -> Iterator[Ran]:
    """What came of each step that one run stands for.

    Args:
        ran: what came of the last of them.
        steps: all of them.
    """
    if len(steps) == 1 and ran.step.snippet.origin is not Origin.NOTEBOOK:
        yield ran
        return
    for step in steps:
        measured = ran.measurement and _of_cell(ran.measurement, step)
        yield replace(ran, step=step, measurement=measured)


def _of_cell(whole: Measurement, step: Step) -> Measurement:
    """What was seen of one cell, with the one before it that it failed for, if it did."""
    parts = {part.name: part for part in whole.parts}
    own = parts[step.snippet.id]
    culprit = None if own.completed else _culprit(own, step, parts)
    over = _is_over(own)
    return replace(
        whole,
        ending=Ending.EXITED if over else whole.ending,
        exit_code=(0 if own.completed else 1) if over else whole.exit_code,
        signal=None if over else whole.signal,
        parts=(culprit, own) if culprit else (own,),
        start_s=0.0 if step.first else whole.start_s,  # once for all
        duration_s=own.duration_s or 0.0,
        stdout=own.stdout,
        stderr=own.stderr if over or culprit else whole.stderr,  # its end says where it crashed
        stdout_bytes=len(own.stdout.encode(errors="replace")),
        stderr_bytes=len(own.stderr.encode(errors="replace")),
        memory=Memory(
            anonymous_bytes=own.peak_anonymous_bytes, method=f"{whole.memory.method}; while the cell ran"
        ),
        gpu=replace(whole.gpu, method=f"{whole.gpu.method}; of the whole notebook") if whole.gpu else None,
        pictures=own.pictures,
    )


def _is_over(part: PartMeasurement) -> bool:
    """Whether a cell came to an end of its own: the kernel outlived it."""
    return part.completed or part.error is not None


def _culprit(
    own: PartMeasurement, step: Step, parts: Mapping[str, PartMeasurement]
) -> PartMeasurement | None:
    """The earlier cell for whose failure a cell failed: that it needs, or in which the kernel died."""
    before = [part for cell in step.first if not (part := parts[cell.id]).completed]
    if not own.started:
        return next((part for part in before if part.started and not _is_over(part)), None)
    needed = _needed(step)
    return next((part for part in before if part.name in needed), None)


def _needed(step: Step) -> set[str]:
    """The cells before a step's own that it needs, directly or not, by their ids."""
    cells = {cell.block.index: cell for cell in step.first}
    found: set[int] = set()
    waiting = [step.snippet]
    while waiting:
        fresh = (cells.keys() & waiting.pop().needs) - found
        found |= fresh
        waiting += (cells[index] for index in fresh)
    return {cells[index].id for index in found}
