"""Reports for the HTML page, one of them with all that a page can show."""

import base64
import struct
import zlib

from snippet_sandbox.job import MediaType
from verify_snippets.blocks import Kind
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
    GpuMemoryReport,
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

CARD = """\
---
license: apache-2.0
language: [en, de]
pipeline_tag: text-generation
model-index:
- name: tiny
  results: []
---

<p align="center"><img src="https://example.org/banner.png" alt="Two llamas on a hill"></p>

# Tiny, a small language model

[![Licence](https://example.org/badge.svg)](LICENSE) A model that **fits on a laptop**: it needs
about 1 GB of RAM and runs without a GPU. See [the paper](https://example.org/paper), or
<https://example.org>; H<sub>2</sub>O.

| Model | Parameters | Score |
|:------|-----------:|:-----:|
| tiny  | 41 M       | 0.57  |
| small | 135 M      | 0.61  |

## Usage

```sh
pip install transformers torch
```

Then write text:

```python
from transformers import pipeline

generator = pipeline("text-generation", model="acme/tiny")  # takes a moment
print(generator("The fox", max_new_tokens=20)[0]["generated_text"])
```

- a list
- with `code`, and with a block:

  ```python
  summarizer = pipeline("summarization")
  print(summarizer("A long text that says very little, and which goes on and on until it leaves the screen."))
  ```

<details>
<summary>Pictures</summary>

```python
import matplotlib.pyplot as plt

plt.plot(losses)
```

</details>

### With your own file

It takes less than 300 MB of memory.

```python
open("path/to/your/audio.wav")
```

```json
{"temperature": 0.7}
```
"""

MEMORY = tuple((0.05 * n, round(80e6 + 430e6 * (1 - 1 / (1 + n / 12)))) for n in range(90))


def line_of(words: str, text: str = CARD) -> int:
    """The card's line that holds ``words``, 1-based."""
    return next(number for number, line in enumerate(text.splitlines(), 1) if words in line)


def png(width: int = 220, height: int = 140) -> str:
    """A real picture, in base64: a ramp of grey."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = b"".join(b"\0" + bytes((x * 255 // width) for x in range(width)) for _ in range(height))
    data = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    return base64.b64encode(b"\x89PNG\r\n\x1a\n" + data).decode()


def picture(name: str = "loss.png", *, media_type: MediaType = "image/png", data: str = "") -> PictureReport:
    return PictureReport(name=name, media_type=media_type, base64=data or png())


def snippet(line: int, *runs: RunReport, title: str = "", needs: tuple[str, ...] = ()) -> SnippetReport:
    return SnippetReport(
        id=f"L{line}",
        kind=Kind.PYTHON,
        start_line=line,
        end_line=line + 3,
        language_tag="python",
        title=title,
        needs=needs,
        requirements=("transformers",),
        runs=runs,
    )


def passed() -> RunReport:
    return RunReport(
        profile="cpu-basic",
        verdict=Verdict.PASSED,
        reason="ran to its last line",
        remarks=("14.9 GB of the 16 GB that the card asks for were never used",),
        output=OutputReport(
            verdict="differs",
            reason="1 of 2 lines differs",
            line=line_of("The fox"),
            diff="--- documented\n+++ printed\n@@ -1,2 +1,2 @@\n-0.57\n+0.61\n The fox saw the crow",
        ),
        duration_s=4.25,
        phases={"container_start": 0.012, "snippet": 4.25},
        memory=MemoryReport(
            anonymous_bytes=512_000_000,
            file_bytes=94_000_000,
            method="cgroup v1",
            limit_bytes=16_000_000_000,
            outgrown_bytes=300_000_000,
            timeline=MEMORY,
        ),
        exit_code=0,
        stdout="\x1b[1mThe fox\x1b[0m saw the crow and said nothing.\n",
        stderr="Device set to use cpu\n",
        image="verify-snippets/cpu:0123456789ab",
        versions={"python": "3.11.2", "transformers": "5.23.0"},
        contacts=ContactsReport(hosts=("huggingface.co",), repos={"acme/tiny": "0123456789abcdef" * 2}),
    )


def on_gpu() -> RunReport:
    """Ended by 6 GB at first, and took 8.1 GB where it had 16."""
    gpu = GpuMemoryReport(
        used_bytes=8_100_000_000,
        reserved_bytes=7_500_000_000,
        allocated_bytes=7_200_000_000,
        method="NVML, per process",
        limit_bytes=16_000_000_000,
        outgrown_bytes=6_000_000_000,
        models=("NVIDIA H100 80GB HBM3",),
        driver="580.95.05",
        cuda="13.0",
    )
    return passed().model_copy(update={"profile": "t4-small", "gpu": gpu})


def failed(line: int) -> RunReport:
    return RunReport(
        profile="cpu-basic",
        verdict=Verdict.FAILED,
        reason="transformers 5 removed the pipeline summarization",
        cause=CauseReport(
            kind=Cause.VERSION_TOO_NEW,
            subjects={"library": "transformers", "version": "5.23.0", "since": "5.0.0"},
        ),
        rot=RotReport(
            as_of="2025-10-01",
            verdict=Verdict.PASSED,
            sentence="worked with transformers 4.57.6, fails since 5.0.0",
        ),
        duration_s=1.9,
        memory=MemoryReport(
            anonymous_bytes=402_000_000, limit_bytes=1_000_000_000, timeline=((0.0, 402_000_000),)
        ),
        exit_code=1,
        stderr="Traceback (most recent call last):\nKeyError: 'summarization'\n",
        error=ErrorReport(
            type="KeyError",
            message="\"Unknown task summarization, available tasks are ['text-generation']\"",
            card_line=line,
            card_text='summarizer = pipeline("summarization")',
            traceback=f'Traceback (most recent call last):\n  File "README.md", line {line}\nKeyError: ...',
        ),
    )


def claim(
    words: str, verdict: ClaimVerdict, *, claimed: float | None = None, measured: float | None = None
) -> ClaimReport:
    return ClaimReport(
        kind=ClaimKind.RAM,
        comparator=Comparator.ABOUT,
        value=(claimed or 1e9) / 1e9,
        unit="GB",
        scope=Scope.INFERENCE,
        line=line_of(words),
        quote=words,
        verdict=verdict,
        reason="measured while line 33 ran" if measured else "nothing was measured",
        claimed=claimed,
        measured=measured,
        measure="bytes" if claimed else "",
        how="peak of anonymous memory on 2 CPUs" if measured else "",
    )


def report(
    *snippets: SnippetReport,
    text: str = CARD,
    claims: tuple[ClaimReport, ...] = (),
    repairs: tuple[RepairReport, ...] = (),
) -> Report:
    verdicts = [str(run.verdict) for each in snippets for run in each.runs]
    return Report(
        tool_version="0.1.0",
        started_at="2026-11-23T06:00:00Z",
        duration_s=12.5,
        card=CardReport(
            repo_id="acme/tiny",
            revision="0123456789abcdef0123456789abcdef01234567",
            source=Source.HUB,
            location="https://huggingface.co/acme/tiny",
            sha256="0" * 64,
            text=text,
        ),
        engine=EngineReport(name="bubblewrap", version="0.11.0", walls=("user namespace", "seccomp")),
        host=HostReport(cpus=2, memory_bytes=24_000_000_000, cpu_model="Example CPU"),
        snippets=snippets,
        claims=claims,
        repairs=repairs,
        summary=Summary(**{verdict: verdicts.count(verdict) for verdict in set(verdicts)}),
        exit_code=1,
    )


def rich() -> Report:
    """A report with all that a page can show."""
    first, second, third, fourth = (
        number for number, line in enumerate(CARD.splitlines(), 1) if line.strip() == "```python"
    )
    blocked = RunReport(
        profile="cpu-basic", verdict=Verdict.BLOCKED, reason=f"L{second}, which it needs, failed"
    )
    pictured = passed().model_copy(
        update={"pictures": (picture(),), "output": None, "verdict": Verdict.PASSED, "profile": "cpu-upgrade"}
    )
    waiting = RunReport(
        profile="cpu-basic",
        verdict=Verdict.SKIPPED,
        reason="the reader has to supply 'path/to/your/audio.wav'",
    )
    return report(
        snippet(first, passed(), title="from transformers import pipeline"),
        snippet(second, failed(second + 1), title='summarizer = pipeline("summarization")'),
        snippet(third, blocked, pictured, title="import matplotlib.pyplot as plt", needs=(f"L{second}",)),
        snippet(fourth, waiting, title='open("path/to/your/audio.wav")'),
        snippet(900, on_gpu(), title="a notebook of the repo"),
        claims=(
            claim("about 1 GB of RAM", ClaimVerdict.CONFIRMED, claimed=1e9, measured=512e6),
            claim("runs without a GPU", ClaimVerdict.UNTESTED),
            claim("less than 300 MB of memory", ClaimVerdict.CONTRADICTED, claimed=300e6, measured=512e6),
        ),
        repairs=(
            RepairReport(
                cure="removed-pipeline",
                sentence="use text-generation: the pipeline summarization is gone since transformers 5",
                snippets=(f"L{second}",),
                diff='--- README.md\n+++ README.md\n@@ -40 +40 @@\n-  pipeline("summarization")\n'
                '+  pipeline("text-generation")\n',
                versions={"transformers": "5.23.0"},
                duration_s=2.1,
            ),
        ),
    )
