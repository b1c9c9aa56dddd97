"""Claims of time and speed against what was timed: warm, alone, and on the hardware that is named. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import median

from snippet_sandbox.profile import PROFILES
from verify_snippets import warm
from verify_snippets.claims import ClaimKind
from verify_snippets.ledger import Entry
from verify_snippets.named_hardware import GpusAtWork, Named, Whose, hardware_named, nearest_words, value_at
from verify_snippets.pattern import Pattern
from verify_snippets.settling.evidence import (
    Evidence,
    Seen,
    Settled,
    Witnesses,
    confirmed,
    contradicted,
    untested,
)
from verify_snippets.settling.tolerance import Side, time_band

LEAST_REPEATS = 3
_OF_SOMETHING_ELSE = Pattern(
    r"(?<!after )(?<!without )\b(?:load\w*|start-?up|starting|download\w*|compil\w*|install\w*|"
    r"convert\w*|conversion|cold|first (?:run|call|time|start))\b",
    re.IGNORECASE,
)
_EACH = Pattern(
    r"[\d.,]+\s?-?[^\W\d]+\s?((?:/|per\b|each\b|a\b)\s?(?!call|run|request|inference|prediction|query)\w+)",
    re.IGNORECASE,
)


@dataclass(frozen=True, kw_only=True)
class _Timed:
    """What one snippet's work took.

    Attributes:
        seen: the run.
        value: seconds, or tokens per second, as the claim has it: the median of the repeats.
        text: the value, for people.
        how: how it was measured.
    """

    seen: Seen
    value: float
    text: str
    how: str


def settle_time(entry: Entry, evidence: Evidence) -> Settled:
    """One claim of latency or throughput."""
    witnesses = evidence.witnesses(entry.claim)
    through = witnesses.through
    if entry.claimed is None:
        return untested(entry, f"{entry.claim.unit} is no time that one run takes")
    if not through:
        return untested(entry, witnesses.missing or "nothing that it speaks of ran to its end")
    named = _named(entry, through[0], evidence)
    timed = [each for seen in through if (each := _timed(entry, seen, evidence)) is not None]
    if not timed:
        return _only_as_a_whole(entry, through, named)
    slowest = (max if entry.claim.kind is ClaimKind.LATENCY else min)(timed, key=lambda each: each.value)
    shown = replace(entry, measured=slowest.value, found=slowest.text, how=slowest.how)
    obstacle = _obstacle(entry, slowest, named, evidence) or witnesses.missing
    return untested(shown, obstacle) if obstacle else _judged(shown, entry.claimed, slowest, named, witnesses)


def _judged(entry: Entry, claimed: float, slowest: _Timed, named: Named, witnesses: Witnesses) -> Settled:
    band = time_band(entry.claim, claimed, named=named.whose is Whose.PROCESSOR)
    side = band.side(slowest.value)
    tolerance = f" ({band.said})" if band.said else ""
    name = slowest.seen.name
    if side is Side.WITHIN:
        return confirmed(entry, f"{name} ran on {named.text}, as it says{tolerance}")
    slower = (side is Side.ABOVE) == (entry.claim.kind is ClaimKind.LATENCY)
    reason = f"{name} was {'slower' if slower else 'faster'} than it says{tolerance}"
    return contradicted(entry, reason, [name] if witnesses.spoken_of else ())


def _named(entry: Entry, seen: Seen, evidence: Evidence) -> Named:
    return hardware_named(
        entry.claim,
        evidence.lines,
        profile=seen.run.profile,
        profiles=PROFILES.keys() | {seen.run.profile},
        cpu_model=evidence.host.cpu_model,
        gpus=_gpus(seen),
    )


def _gpus(seen: Seen) -> GpusAtWork | None:
    """The GPUs that something ran on; None if it ran on none."""
    if seen.run.gpu is None or not seen.gpu_bytes:
        return None
    return GpusAtWork(models=seen.run.gpu.models, flavor=seen.step.hardware.gpu_model)


def _obstacle(entry: Entry, timed: _Timed, named: Named, evidence: Evidence) -> str:
    """Why a time that was measured says nothing of the claim; empty if it does."""
    lines = evidence.lines
    line = lines[entry.claim.line - 1] if entry.claim.line <= len(lines) else ""
    if not named.is_here:
        return f"measured on {_hardware(timed.seen, evidence)}, claimed for {named.text}"
    elsewhere = _OF_SOMETHING_ELSE.search(nearest_words(entry.claim, lines))
    if elsewhere and entry.claim.kind is ClaimKind.LATENCY:
        return f"it speaks of something else than the work itself: “{elsewhere[0]}”"
    each = _EACH.match(line[value_at(entry.claim, line) :])
    if each and entry.claim.kind is ClaimKind.LATENCY:
        return f"it is a time {each[1].strip()}, and how many there were is not known"
    repeats = len(timed.seen.run.repeats_s)
    return "" if repeats >= LEAST_REPEATS else f"only {repeats} of its repeats came to an end"


def _hardware(seen: Seen, evidence: Evidence) -> str:
    """What something ran on, for people."""
    gpus = _gpus(seen)
    models = dict.fromkeys(gpus.models) if gpus else (evidence.host.cpu_model,)
    return ", ".join(filter(None, (seen.run.profile, *models)))


def _timed(entry: Entry, seen: Seen, evidence: Evidence) -> _Timed | None:
    run = seen.run
    if not run.repeats_s:
        return None
    lines = warm.after_loading(seen.step.codes, seen.step.snippet.block.text_line)
    what = f"{lines} of {seen.name}" if lines else seen.name
    spread = f"{time_text(min(run.repeats_s))} to {time_text(max(run.repeats_s))}"
    where = _hardware(seen, evidence)
    how = f"median of {len(run.repeats_s)} repeats of {what}, {spread}, warm and alone, on {where}"
    if entry.claim.kind is ClaimKind.LATENCY:
        value = median(run.repeats_s)
        return _Timed(seen=seen, value=value, text=f"{time_text(value)} in {seen.name}", how=how)
    if not run.repeats_tokens:
        return None
    value = median(n / s for n, s in zip(run.repeats_tokens, run.repeats_s, strict=True))
    counted = f"{how}; {run.repeats_tokens[-1]} new tokens counted as transformers made them"
    return _Timed(seen=seen, value=value, text=f"{value:.3g} tokens/s in {seen.name}", how=counted)


def _only_as_a_whole(entry: Entry, through: Sequence[Seen], named: Named) -> Settled:
    """Where the work could not be timed apart: what is known of the snippet as a whole."""
    longest = max(through, key=lambda seen: seen.run.duration_s or 0.0)
    run = longest.run
    whole = "" if run.duration_s is None else f"{time_text(run.duration_s)} for {longest.name} as a whole"
    if entry.claim.kind is ClaimKind.THROUGHPUT and run.repeats_s:
        what = "what it handles could not be counted"
        whole = f"{time_text(median(run.repeats_s))} for one run of {longest.name}, warm"
    else:
        what = "its work could not be timed apart from its loading"
    elsewhere = "" if named.is_here else f"; measured on {run.profile}, claimed for {named.text}"
    measured = run.duration_s if entry.claim.kind is ClaimKind.LATENCY else None
    return untested(
        entry, f"{what}{elsewhere}", found=whole, measured=measured, how="one run, loading included"
    )


def time_text(seconds: float) -> str:
    """A duration in three digits, such as ``12.3 ms`` or ``1.25 s``."""
    if seconds < 0.0995:
        return f"{seconds * 1000:.3g} ms"
    return f"{seconds:.3g} s" if seconds < 999.5 else f"{seconds / 60:.3g} min"
