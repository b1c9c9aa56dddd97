"""From verdicts to the report's value. Pure."""

import base64
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from snippet_sandbox.engine import EngineInfo
from snippet_sandbox.job import GpuMemory, Measurement, PartError, Repeat
from snippet_sandbox.profile import Host
from verify_snippets import exit_codes
from verify_snippets.card import Card
from verify_snippets.causes import Cause
from verify_snippets.ledger import Entry
from verify_snippets.plan import Plan
from verify_snippets.ran import Ran
from verify_snippets.report.model import (
    CardReport,
    CauseReport,
    ClaimReport,
    ColumnReport,
    ContactsReport,
    EngineReport,
    ErrorReport,
    GpuMemoryReport,
    HostReport,
    MemoryReport,
    PictureReport,
    Report,
    RunReport,
    SnippetReport,
    Summary,
    Traffic,
)
from verify_snippets.snippets import Origin, Snippet
from verify_snippets.verdict import Judgement, Verdict, judge

NO_ENGINE = EngineInfo(name="none", version="")


@dataclass(frozen=True, kw_only=True)
class Circumstances:
    """What a report says beside its verdicts.

    Attributes:
        tool_version: of verify-snippets.
        started_at: ISO 8601, UTC.
        duration_s: of everything, image builds included.
        complete: False where the user interrupted.
        engine: where the snippets ran.
        host: the machine under it.
        web: which web hosts they might speak to.
        traffic: whether answers came from the world, and were kept, or from a recording.
        profile: the hardware that was asked for; empty for what each snippet's own words ask for.
        libraries: that were asked for beside what the card says.
        python: that was asked for; empty for the engine's own.
    """

    tool_version: str
    started_at: str
    duration_s: float
    complete: bool
    engine: EngineInfo
    host: Host
    web: str
    traffic: Traffic = "live"
    profile: str = ""
    libraries: tuple[str, ...] = ()
    python: str = ""


def run_report(ran: Ran, card: Card) -> RunReport:
    """One run, judged."""
    judgement = judge(ran)
    measured = ran.measurement
    told = RunReport(
        profile=ran.step.profile,
        libraries=libraries_text(ran.step.libraries),
        verdict=judgement.verdict,
        reason=_reason(judgement, ran.step.snippet),
        expected_failure=judgement.expected,
        cause=_cause(judgement),
        error=_error(judgement, card, _at_fault(ran)),
        filled=dict(ran.step.filled),
        image=ran.image or None,
        versions=dict(ran.versions),
        contacts=ContactsReport(
            hosts=ran.contacts.hosts,
            refused_hosts=ran.contacts.refused_hosts,
            cut=ran.contacts.cut,
            not_recorded=ran.contacts.not_recorded,
            repos=dict(ran.contacts.repos),
        ),
    )
    return told.model_copy(update=_measured(ran, measured)) if measured else told


def report(plan: Plan, runs: Sequence[tuple[Snippet, RunReport]], circumstances: Circumstances) -> Report:
    """The report on one card."""
    by_id = {snippet.id: told for snippet, told in runs}
    snippets = tuple(_snippet_report(plan, step.snippet, by_id.get(step.snippet.id)) for step in plan.steps)
    verdicts = [told.verdict for _, told in runs]
    return Report(
        tool_version=circumstances.tool_version,
        started_at=circumstances.started_at,
        duration_s=circumstances.duration_s,
        complete=circumstances.complete,
        card=card_report(plan.card),
        engine=_engine_report(circumstances.engine),
        host=_host_report(circumstances.host),
        web=circumstances.web,
        columns=(_column_report(circumstances),),
        traffic=circumstances.traffic,
        snippets=snippets,
        claims=tuple(claim_report(entry) for entry in plan.ledger),
        hub_code=plan.hub_code.made_by if plan.hub_code else None,
        summary=summary(verdicts),
        exit_code=exit_codes.of(
            verdicts, claims=[entry.verdict for entry in plan.ledger], complete=circumstances.complete
        ),
    )


def libraries_text(libraries: Sequence[str]) -> str:
    """Requirements that were asked for together, as people write them."""
    return " & ".join(libraries)


def _column_report(circumstances: Circumstances) -> ColumnReport:
    return ColumnReport(
        profile=circumstances.profile,
        libraries=libraries_text(circumstances.libraries),
        python=circumstances.python,
        engine=_engine_report(circumstances.engine),
        host=_host_report(circumstances.host),
        tool_version=circumstances.tool_version,
        started_at=circumstances.started_at,
    )


def _engine_report(info: EngineInfo) -> EngineReport:
    return EngineReport(
        name=info.name,
        version=info.version,
        runtime=info.runtime,
        walls=info.walls,
        unenforced=info.unenforced,
    )


def _host_report(host: Host) -> HostReport:
    return HostReport(
        cpus=host.cpus, memory_bytes=host.memory_bytes, cpu_model=host.cpu_model, gpus=host.gpu_models
    )


def card_report(card: Card) -> CardReport:
    """What a report says of its card."""
    return CardReport(
        repo_id=card.repo_id,
        revision=card.revision,
        source=card.source,
        location=card.location,
        sha256=card.sha256,
        text=card.text,
    )


def claim_report(entry: Entry) -> ClaimReport:
    """One line of the ledger."""
    claim = entry.claim
    return ClaimReport(
        kind=claim.kind,
        comparator=claim.comparator,
        value=claim.value,
        unit=claim.unit,
        scope=claim.scope,
        line=claim.line,
        quote=claim.quote,
        snippets=claim.snippets,
        verdict=entry.verdict,
        reason=entry.reason,
        found=entry.found,
        claimed=entry.claimed,
        measured=entry.measured,
        measure=entry.measure,
        how=entry.how,
    )


def summary(verdicts: Iterable[Verdict]) -> Summary:
    """Count verdicts."""
    return Summary(**{verdict.value: count for verdict, count in Counter(verdicts).items()})


def _snippet_report(plan: Plan, snippet: Snippet, told: RunReport | None) -> SnippetReport:
    block = snippet.block
    lines = (line.strip() for line in block.text.splitlines())
    return SnippetReport(
        id=snippet.id,
        origin=snippet.origin,
        document=snippet.document,
        kind=snippet.kind,
        start_line=block.start_line,
        end_line=block.end_line,
        language_tag=block.language_tag,
        code="" if snippet.origin is Origin.CARD else block.text,
        title=next((line for line in lines if line), ""),
        needs=tuple(plan.snippets[index].id for index in snippet.needs),
        placeholders=snippet.placeholders,
        requirements=snippet.requirements,
        runs=(told,) if told else (),
    )


def _gpu(ran: Ran, seen: GpuMemory) -> GpuMemoryReport:
    return GpuMemoryReport(
        used_bytes=seen.used_bytes,
        reserved_bytes=seen.reserved_bytes,
        allocated_bytes=seen.allocated_bytes,
        method=seen.method,
        limit_bytes=ran.gpu_limit_bytes or None,
        outgrown_bytes=ran.outgrown_gpu_bytes,
        models=seen.models,
        driver=seen.driver,
        cuda=seen.cuda,
    )


def _measured(ran: Ran, measured: Measurement) -> dict[str, object]:
    *needed, own = measured.parts
    phases = {"container_start": measured.start_s}
    phases |= {f"needs:{part.name}": part.duration_s for part in needed if part.duration_s is not None}
    if own.duration_s is not None:
        phases["snippet"] = own.duration_s
    if ran.contacts.waited_s:
        phases["download"] = ran.contacts.waited_s  # within the others: the snippet waited for it
    return {
        "duration_s": own.duration_s,
        "phases": {name: round(seconds, 4) for name, seconds in phases.items()},
        "preload_s": None if measured.preload_s is None else round(measured.preload_s, 4),
        "memory": MemoryReport(
            anonymous_bytes=measured.memory.anonymous_bytes,
            file_bytes=measured.memory.file_bytes,
            cgroup_bytes=measured.memory.cgroup_bytes,
            method=measured.memory.method,
            limit_bytes=ran.memory_limit_bytes or None,
            outgrown_bytes=ran.outgrown_bytes,
            timeline=measured.memory.timeline,
        ),
        "gpu": _gpu(ran, measured.gpu) if measured.gpu else None,
        "pictures": tuple(
            PictureReport(
                name=picture.name,
                media_type=picture.media_type,
                base64=base64.b64encode(picture.data).decode(),
            )
            for picture in measured.pictures
        ),
        "outputs": tuple(dict(output) for output in own.outputs),
        "repeats_s": tuple(round(each.seconds, 6) for each in ran.repeats),
        "repeats_tokens": _tokens(ran.repeats),
        "exit_code": measured.exit_code,
        "signal": measured.signal,
        "stdout": measured.stdout,
        "stderr": without_chatter(measured.stderr),
    }


def _tokens(repeats: Sequence[Repeat]) -> tuple[int, ...]:
    counted = tuple(each.tokens for each in repeats if each.tokens)
    return counted if len(counted) == len(repeats) else ()


# what the Hub's client says of the read-only cache that we give it, and matplotlib of a container with no
# settings for fonts; no reader of a card would ever see it
_CHATTER = (
    "Could not cache non-existence of file. Will ignore error and continue.",
    "Ignored error while caching commit hash for",
    "Fontconfig error: Cannot load default config file",
)


def without_chatter(stderr: str) -> str:
    """Standard error without the lines that only our own set-up brings about."""
    return "".join(
        line for line in stderr.splitlines(keepends=True) if not any(words in line for words in _CHATTER)
    )


_OF_NO_METADATA = frozenset(
    {
        Cause.GATED,
        Cause.NEEDS_GPU,
        Cause.OUT_OF_MEMORY,
        Cause.TIME_LIMIT,
        Cause.NETWORK_REFUSED,
        Cause.EXTERNAL_SERVICE,
    }
)
_METADATA = "library_name, pipeline_tag and tags, and the configs of model and tokenizer"


def _reason(judgement: Judgement, snippet: Snippet) -> str:
    """Why it got its verdict; of the Hub's own code also where it comes from: nobody finds it in the card."""
    if snippet.origin is not Origin.HUB or judgement.verdict is not Verdict.FAILED:
        return judgement.reason
    if judgement.diagnosis is not None and judgement.diagnosis.cause in _OF_NO_METADATA:
        return f"{judgement.reason}; this is the Hub's own code"
    return f"{judgement.reason}; the Hub made this code from the card's {_METADATA}: look at those"


def _cause(judgement: Judgement) -> CauseReport | None:
    diagnosis = judgement.diagnosis
    return CauseReport(kind=diagnosis.cause, subjects=dict(diagnosis.subjects)) if diagnosis else None


def _at_fault(ran: Ran) -> Snippet:
    """The snippet whose code failed: the step's own, or one before it."""
    parts = ran.measurement.parts if ran.measurement else ()
    failed = next((part.name for part in parts if not part.completed), ran.step.snippet.id)
    return next((each for each in ran.step.first if each.id == failed), ran.step.snippet)


def _error(judgement: Judgement, card: Card, snippet: Snippet) -> ErrorReport | None:
    error = judgement.error
    if error is None:
        return None
    in_card = snippet.origin is Origin.CARD
    return ErrorReport(
        type=error.type,
        message=error.message,
        card_line=error.line,
        card_text=_line_of(card.text if in_card else snippet.block.text, error),
        document="" if in_card else snippet.file_name,
        traceback=error.traceback,
    )


def _line_of(text: str, error: PartError) -> str:
    lines = text.splitlines()
    return lines[error.line - 1].rstrip() if error.line and error.line <= len(lines) else ""
