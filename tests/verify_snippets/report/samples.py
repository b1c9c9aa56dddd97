"""Values that the tests of reports, screen and command line show."""

from snippet_sandbox.profile import PROFILES
from verify_snippets.blocks import Block, Kind
from verify_snippets.card import Card, Source
from verify_snippets.plan import Plan, Step
from verify_snippets.report.model import (
    CardReport,
    EngineReport,
    ErrorReport,
    MemoryReport,
    Report,
    RunReport,
    SnippetReport,
    Summary,
)
from verify_snippets.snippets import Snippet
from verify_snippets.verdict import Verdict

EVIL = "[bold red]not markup[/] \x1b[2J\x1b]0;renamed\x07\x1b[31mred\x1b[0m \u202egnihtyna"


def snippet_report(line: int, run: RunReport, title: str = "model.generate()") -> SnippetReport:
    return SnippetReport(
        id=f"L{line}",
        kind=Kind.PYTHON,
        start_line=line,
        end_line=line + 4,
        language_tag="python",
        title=title,
        runs=(run,),
    )


def failure(line: int, *, message: str = "Unknown task summarize", stderr: str = "") -> RunReport:
    return RunReport(
        profile="cpu-basic",
        verdict=Verdict.FAILED,
        reason="transformers 5 has no pipeline of this name",
        duration_s=4.25,
        memory=MemoryReport(anonymous_bytes=412_000_000, method="cgroup v1"),
        exit_code=1,
        stderr=stderr,
        error=ErrorReport(
            type="KeyError",
            message=message,
            card_line=line,
            card_text='  pipe = pipeline("summarize")\r',
            traceback="Traceback (most recent call last):\nKeyError: Unknown task summarize",
        ),
    )


def simple_run(verdict: Verdict, reason: str = "", duration_s: float | None = None) -> RunReport:
    return RunReport(profile="cpu-basic", verdict=verdict, reason=reason, duration_s=duration_s)


def report(*snippets: SnippetReport, exit_code: int = 0, complete: bool = True) -> Report:
    verdicts = [str(run.verdict) for snippet in snippets for run in snippet.runs]
    return Report(
        tool_version="0.1.0",
        started_at="2026-11-23T06:00:00Z",
        duration_s=12.5,
        complete=complete,
        card=CardReport(
            repo_id="acme/tiny",
            revision="0123456789abcdef0123456789abcdef01234567",
            source=Source.HUB,
            location="https://huggingface.co/acme/tiny",
            sha256="0" * 64,
        ),
        engine=EngineReport(name="bubblewrap", version="0.11.0", unenforced=("memory",)),
        snippets=snippets,
        summary=Summary(**{verdict: verdicts.count(verdict) for verdict in set(verdicts)}),
        exit_code=exit_code,
    )


def every_verdict() -> Report:
    """A report in which each verdict occurs once, and one block is skipped for the reason of another."""
    return report(
        snippet_report(10, simple_run(Verdict.PASSED, duration_s=0.61), "from transformers import pipeline"),
        snippet_report(
            20, failure(22, stderr="loading\nTraceback (most recent call last):\nKeyError: no such")
        ),
        snippet_report(30, simple_run(Verdict.BLOCKED, "it needs line 20, which failed")),
        snippet_report(40, simple_run(Verdict.SKIPPED, "the reader has to supply 'path/to/audio.wav'")),
        snippet_report(45, simple_run(Verdict.SKIPPED, "the reader has to supply 'path/to/audio.wav'")),
        snippet_report(50, simple_run(Verdict.BROKEN, "the Hub answered 503")),
        snippet_report(60, simple_run(Verdict.CONTRADICTED, "the output is not the documented one")),
        exit_code=1,
    )


def block(index: int, line: int, text: str, kind: Kind = Kind.PYTHON) -> Block:
    return Block(
        index=index,
        start_line=line,
        end_line=line + text.count("\n") + 1,
        language_tag="python",
        text=text,
        text_line=line + 1,
        prose_before="",
        kind=kind,
    )


def snippet(
    index: int,
    line: int,
    text: str,
    *,
    kind: Kind = Kind.PYTHON,
    runnable: bool = True,
    reason: str = "",
    placeholders: tuple[str, ...] = (),
    needs: tuple[int, ...] = (),
) -> Snippet:
    return Snippet(
        id=f"L{line}",
        block=block(index, line, text, kind),
        code=text,
        runnable=runnable,
        reason=reason,
        placeholders=placeholders,
        needs=needs,
        requirements=("transformers",) if runnable else (),
    )


def plan() -> Plan:
    """Two blocks that run, the second after the first; a shell block; one with a placeholder."""
    install = snippet(
        0,
        5,
        "pip install transformers\n",
        kind=Kind.SHELL_INSTALL,
        runnable=False,
        reason="it installs packages",
    )
    load = snippet(1, 10, "from transformers import pipeline\npipe = pipeline()\n", needs=(0,))
    use = snippet(2, 20, 'pipe("your-text")\n', needs=(1,), placeholders=("your-text",))
    audio = snippet(3, 30, 'open("path/to/audio.wav")\n', placeholders=("path/to/audio.wav",))
    card = Card(text="", sha256="0" * 64, source=Source.FILE, location="README.md", repo_id="acme/tiny")
    return Plan(
        card=card,
        snippets=(install, load, use, audio),
        steps=(
            Step(snippet=load, hardware=PROFILES["cpu-basic"], runs=True, reason=""),
            Step(
                snippet=use,
                hardware=PROFILES["cpu-basic"],
                runs=True,
                reason="",
                first=(load,),
                filled={"your-text": "acme/tiny"},
            ),
            Step(
                snippet=audio,
                hardware=PROFILES["cpu-basic"],
                runs=False,
                reason="the reader has to supply 'path/to/audio.wav'",
            ),
        ),
    )
