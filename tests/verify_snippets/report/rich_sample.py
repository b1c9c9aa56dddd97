"""A report in which everything occurs that a report can say; all snapshots are made from it."""

import base64

from tests.verify_snippets.report import samples
from verify_snippets.card import Source
from verify_snippets.causes import Cause
from verify_snippets.claims import ClaimKind, Comparator, Scope
from verify_snippets.ledger import ClaimVerdict
from verify_snippets.report.model import (
    CardReport,
    CauseReport,
    ClaimReport,
    ContactsReport,
    EngineReport,
    ErrorReport,
    HostReport,
    MemoryReport,
    OutputReport,
    PictureReport,
    RepairReport,
    Report,
    RotReport,
    RunReport,
    SnippetReport,
    Summary,
)
from verify_snippets.verdict import Verdict

REVISION = "0123456789abcdef0123456789abcdef01234567"
CARD = """\
---
license: apache-2.0
---
# Tiny

Runs in **under 300 MB** on a CPU, and has 7B parameters.

```python
from transformers import pipeline
pipe = pipeline("text-generation", model="acme/tiny", torch_dtype="auto")
print(pipe("Hello")[0]["score"])
```

Output:

```text
0.5
```

```python
import requests
print(requests.get("http://10.0.0.1/").text)
```

```python
raise RuntimeError("`tick` | bar <b> @octocat #1 http://evil.example www.evil.example [x](y) %0A ::error::")
```

```python
pipe("again")
```

```python
open("path/to/audio.wav")
```

```python
print("the engine died")
```
"""
DIFF = """\
--- README.md
+++ README.md
@@ -9,3 +9,3 @@
 from transformers import pipeline
-pipe = pipeline("text-generation", model="acme/tiny", torch_dtype="auto")
+pipe = pipeline("text-generation", model="acme/tiny", dtype="auto")
 print(pipe("Hello")[0]["score"])
"""
# what a snippet prints in order to be obeyed by whoever shows it: by a terminal, HTML, Markdown, CI, a table
HOSTILE = (
    f"{samples.EVIL}\n"
    "::error file=README.md::forged\n  ::set-output name=x::y\n##[error]forged\n"
    "<script>alert(1)</script><img src=x onerror=alert(1)> ]]> --> &lt; \x00\x0b\ufffe\ud800\n"
    "```\n````\n</details> | @octocat #1 [x](javascript:alert(1)) ![x](http://evil.example/x.png)\n"
    "=cmd|' /C calc'!A0 {{7*7}} {0} ${HOME} %0A%25 [[ATTACHMENT|/etc/passwd]]"
)
_PIXEL = base64.b64encode(
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"
    b"\x00\x00\x00\nIDATx\x9cc\x00\x01\x00\x00\x05\x00\x01\r\n-\xb4\x00\x00\x00\x00IEND\xaeB`\x82"
).decode()


def rich(location: str = "", *, profiles: tuple[str, ...] = ("cpu-basic",)) -> Report:
    """Every verdict, claims, causes, remarks, an output that differs, a repair, rot, a picture, hostile text.

    Args:
        location: of a card on this machine; empty for one of the Hub.
        profiles: that every snippet was run under.
    """
    snippets = tuple(
        _snippet(start, end, _first_line(start), *(run.model_copy(update={"profile": p}) for p in profiles))
        for start, end, run in (
            (8, 12, _contradicted()),
            (20, 23, _refused()),
            (25, 27, _hostile()),
            (29, 31, RunReport(profile="", verdict=Verdict.BLOCKED, reason="L25, which it needs: it raised")),
            (33, 35, RunReport(profile="", verdict=Verdict.SKIPPED, reason="needs 'path/to/audio.wav'")),
            (37, 39, RunReport(profile="", verdict=Verdict.BROKEN, reason="the engine went away")),
            (41, 43, _passed()),
        )
    )
    verdicts = [str(run.verdict) for snippet in snippets for run in snippet.runs]
    return Report(
        tool_version="0.1.0",
        started_at="2026-11-23T06:00:00+00:00",
        duration_s=12.5,
        card=_card(location),
        engine=EngineReport(name="docker", version="20.10", runtime="runsc", walls=("seccomp",)),
        host=HostReport(cpus=2, memory_bytes=24 * 10**9, cpu_model="A CPU | of 2 cores", gpus=()),
        web="hub",
        traffic="recorded",
        snippets=snippets,
        claims=_CLAIMS,
        repairs=(
            RepairReport(
                cure="renamed-argument",
                sentence="`torch_dtype` is called `dtype` since transformers 4.56",
                snippets=("L8",),
                diff=DIFF,
                versions={"transformers": "5.23.0"},
                duration_s=4.5,
            ),
        ),
        summary=Summary(**{verdict: verdicts.count(verdict) for verdict in set(verdicts)}),
        exit_code=1,
    )


def _card(location: str) -> CardReport:
    return CardReport(
        repo_id="acme/tiny",
        revision=None if location else REVISION,
        source=Source.FILE if location else Source.HUB,
        location=location or f"https://huggingface.co/acme/tiny/blob/{REVISION}/README.md",
        sha256="0" * 64,
        text=CARD,
    )


def _first_line(start: int) -> str:
    lines = CARD.splitlines()
    return lines[start] if start < len(lines) else HOSTILE


def _snippet(start: int, end: int, title: str, *runs: RunReport) -> SnippetReport:
    return samples.snippet_report(start, runs[0], title).model_copy(update={"end_line": end, "runs": runs})


def _contradicted() -> RunReport:
    return RunReport(
        profile="",
        verdict=Verdict.CONTRADICTED,
        reason="it took 500 MB, and the card says under 300 MB (line 6)",
        duration_s=4.25,
        memory=MemoryReport(
            anonymous_bytes=500_000_000,
            method="cgroup v1",
            limit_bytes=16 * 10**9,
            timeline=((0.0, 1_000_000), (2.0, 500_000_000), (4.0, 400_000_000)),
        ),
        exit_code=0,
        stdout="0.7\n",
        output=OutputReport(
            verdict="differs",
            reason="one number of 1 is further away than the tolerance",
            line=16,
            diff="--- card\n+++ printed\n@@ -1 +1 @@\n-0.5\n+0.7\n",
        ),
        versions={"python": "3.11.2", "transformers": "5.23.0"},
    )


def _refused() -> RunReport:
    return RunReport(
        profile="",
        verdict=Verdict.FAILED,
        reason="it spoke to 10.0.0.1, a private address",
        cause=CauseReport(kind=Cause.NETWORK_REFUSED, subjects={"host": "10.0.0.1"}),
        duration_s=0.5,
        exit_code=1,
        error=ErrorReport(
            type="requests.exceptions.ProxyError",
            message="403 Forbidden",
            card_line=22,
            card_text='print(requests.get("http://10.0.0.1/").text)',
            traceback="Traceback (most recent call last):\nrequests.exceptions.ProxyError: 403 Forbidden",
        ),
        contacts=ContactsReport(refused_hosts=("10.0.0.1",)),
        rot=RotReport(
            as_of="2025-06-01",
            verdict=Verdict.FAILED,
            sentence="failed with the libraries of 2025-06-01, too",
        ),
    )


def _hostile() -> RunReport:
    return RunReport(
        profile="",
        verdict=Verdict.FAILED,
        reason=f"it raised {HOSTILE}",
        cause=CauseReport(kind=Cause.CARD_BUG),
        duration_s=0.25,
        exit_code=1,
        stdout=HOSTILE,
        stderr=HOSTILE,
        error=ErrorReport(
            type=f"Hostile{HOSTILE}",
            message=HOSTILE,
            card_line=26,
            card_text=HOSTILE,
            traceback=HOSTILE,
        ),
    )


def _passed() -> RunReport:
    return RunReport(
        profile="",
        verdict=Verdict.PASSED,
        reason="ran to its last line",
        duration_s=61.5,
        memory=MemoryReport(anonymous_bytes=41_000_000, method="cgroup v1"),
        exit_code=0,
        stdout="a picture\n",
        remarks=("it only imports: that it passed shows little",),
        pictures=(PictureReport(name="figure.png", media_type="image/png", base64=_PIXEL),),
        reused_from="2026-11-22T06:00:00+00:00",
    )


def _claim(kind: ClaimKind, value: float | str | bool, verdict: ClaimVerdict, **more: object) -> ClaimReport:
    told: dict[str, object] = {
        "kind": kind,
        "comparator": Comparator.EXACTLY,
        "value": value,
        "unit": "",
        "scope": Scope.INFERENCE,
        "line": 6,
        "quote": "on a CPU",
        "verdict": verdict,
        "reason": "the snippet at line 8 ran without one",
    }
    return ClaimReport.model_validate(told | more)


_CLAIMS = (
    _claim(
        ClaimKind.RAM,
        300.0,
        ClaimVerdict.CONTRADICTED,
        comparator=Comparator.LESS,
        unit="MB",
        quote="under 300 MB",
        snippets=("L8",),
        reason="the snippet at line 8 took more",
        found="500 MB",
        claimed=300e6,
        measured=500e6,
        measure="bytes",
        how="peak of anonymous memory under cpu-basic",
    ),
    _claim(ClaimKind.CPU_OK, True, ClaimVerdict.CONFIRMED),
    _claim(
        ClaimKind.PARAMETERS, 7.0, ClaimVerdict.UNTESTED, unit="B", quote="7B", reason=f"not known {HOSTILE}"
    ),
)
