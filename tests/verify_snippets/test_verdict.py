"""From what the sandbox saw to what is said: every ending, every cause."""

from dataclasses import replace

import pytest

from snippet_sandbox.gateway.contacts import Contacts
from snippet_sandbox.job import Ending, Measurement, PartError, PartMeasurement
from snippet_sandbox.profile import GB, Host
from verify_snippets.card import Card, Source
from verify_snippets.causes import Cause
from verify_snippets.plan import Step
from verify_snippets.planner import make_plan
from verify_snippets.ran import Ran
from verify_snippets.verdict import Verdict, judge

TEXT = """```python
import requests
a = 1
```

```python
print(a + 1)
```
"""


def step(index: int = 1) -> Step:
    """A real step of a real plan: the second block needs the first."""
    card = Card(text=TEXT, sha256="0" * 64, source=Source.FILE, location="README.md")
    return make_plan(card, Host(cpus=8, memory_bytes=34 * GB)).steps[index]


FINE = PartMeasurement(name="L1", started=True, completed=True, duration_s=1.0)
LAST = PartMeasurement(name="L6", started=True, completed=True, duration_s=1.0)
GOOD = Measurement(ending=Ending.EXITED, exit_code=0, parts=(FINE, LAST))


def ran(measurement: Measurement | None = GOOD, **more: object) -> Ran:
    """A step that came to this."""
    plain = Ran(step=step(), measurement=measurement, memory_limit_bytes=16 * 10**9, time_limit_s=600.0)
    return replace(plain, **more)  # type: ignore[arg-type]  # fields by name


def failing(error: PartError, part: PartMeasurement = LAST) -> Measurement:
    """A measurement in which one part raised."""
    broken = replace(part, completed=False, error=error)
    parts = (FINE, broken) if part is LAST else (broken, PartMeasurement(name="L6"))
    return replace(GOOD, exit_code=1, parts=parts)


def test_good() -> None:
    """All parts completed and the process ended well."""
    assert judge(ran()).verdict is Verdict.PASSED


@pytest.mark.parametrize(
    ("measurement", "said"),
    [
        (replace(GOOD, ending=Ending.TIME_LIMIT, exit_code=None), "600 s"),
        (replace(GOOD, ending=Ending.MEMORY_LIMIT, exit_code=None), "16 GB"),
        (replace(GOOD, ending=Ending.VANISHED, exit_code=None), "from inside"),
        (replace(GOOD, ending=Ending.SIGNALED, exit_code=None, signal="SIGABRT"), "SIGABRT"),
        (replace(GOOD, exit_code=3), "exit code 3 after"),
        (replace(GOOD, parts=(FINE, replace(LAST, completed=False))), "before the last line"),
    ],
)
def test_bad_endings_fail(measurement: Measurement, said: str) -> None:
    """Each ending has its own words."""
    judgement = judge(ran(measurement))
    assert judgement.verdict is Verdict.FAILED
    assert said in judgement.reason


def test_a_needed_part_blocks() -> None:
    """The snippet is not to blame for what it needs, whatever ended it."""
    by_error = judge(ran(failing(PartError(type="KeyError", message="'x'"), FINE)))
    assert by_error.verdict is Verdict.BLOCKED
    assert by_error.reason.startswith("L1, which it needs")
    assert by_error.diagnosis
    assert by_error.diagnosis.cause is Cause.CARD_BUG
    unfinished = (replace(FINE, completed=False), PartMeasurement(name="L6"))
    by_time = judge(ran(replace(GOOD, ending=Ending.TIME_LIMIT, exit_code=None, parts=unfinished)))
    assert by_time.verdict is Verdict.BLOCKED


def test_our_own_trouble_is_never_the_cards() -> None:
    """Without a measurement, or with a Hub that failed under it."""
    assert judge(ran(None, trouble="the engine went away")).verdict is Verdict.BROKEN
    offline = failing(PartError(type="OSError", message="can't load"))
    assert judge(ran(offline, trouble="the Hub answered 503")).verdict is Verdict.BROKEN
    assert judge(ran(GOOD, trouble="the Hub answered 503")).verdict is Verdict.PASSED


def test_what_cannot_be_installed_fails() -> None:
    """The card's own install line does not work."""
    judgement = judge(ran(None, not_installable="No matching distribution found for nope"))
    assert judgement.verdict is Verdict.FAILED
    assert "nope" in judgement.reason


@pytest.mark.parametrize(
    "message",
    [
        "Torch not compiled with CUDA enabled",
        "No CUDA GPUs are available",
        "Found no NVIDIA driver on your system",
    ],
)
def test_only_a_gpu_is_missing(message: str) -> None:
    """Found by running what reading did not see."""
    judgement = judge(ran(failing(PartError(type="AssertionError", message=message))))
    assert judgement.verdict is Verdict.SKIPPED
    assert "needs a GPU" in judgement.reason


# messages as libraries really gave them
CAUSES = [
    ("ModuleNotFoundError", "No module named 'einops'", "`einops`, which the card never"),
    ("ModuleNotFoundError", "No module named 'requests'", "`requests`"),
    (
        "ImportError",
        "cannot import name 'cached_download' from 'huggingface_hub' (x.py)",
        "removed in huggingface_hub 0.26.0 (2.4.0 is installed)",
    ),
    (
        "TypeError",
        "BertModel.__init__() got an unexpected keyword argument 'use_auth_token'",
        "unexpected keyword argument 'use_auth_token'",
    ),
    (
        "KeyError",
        "\"Unknown task summarization, available tasks are ['audio']\"",
        "'summarization' was removed in transformers 5.0.0",
    ),
    ("NameError", "name 'torch' is not defined", "'torch' is used"),
    ("EOFError", "EOF when reading a line", "keyboard"),
    ("FileNotFoundError", "[Errno 2] No such file or directory: 'cat.png'", "does not provide"),
    ("SyntaxError", "invalid syntax (README.md, line 3)", "not valid Python"),
    (
        "OSError",
        "acme/none is not a local folder and is not a valid model identifier listed on 'https://huggingface.co/models'",
        "no repo 'acme/none'",
    ),
    ("huggingface_hub.errors.GatedRepoError", "401 Client Error. Access to model is restricted", "gated"),
    ("ValueError", "bad shape\nmore", "ValueError: bad shape"),
    ("ValueError", "", "no message"),
]


@pytest.mark.parametrize(("kind", "message", "said"), CAUSES)
def test_cause(kind: str, message: str, said: str) -> None:
    """One sentence that names what it is about."""
    measured = failing(PartError(type=kind, message=message))
    judgement = judge(ran(measured, versions={"huggingface-hub": "2.4.0", "transformers": "5.23.0"}))
    assert judgement.verdict is Verdict.FAILED
    assert said in judgement.reason
    assert "\n" not in judgement.reason


def test_a_refused_host_is_named() -> None:
    """The way out was closed by us, and the reason says which."""
    error = PartError(
        type="requests.exceptions.ProxyError", message="Max retries: Tunnel connection failed: 403"
    )
    judgement = judge(ran(failing(error), contacts=Contacts(refused_hosts=("metadata.internal",))))
    assert "metadata.internal" in judgement.reason


def test_a_crash_names_the_cards_line() -> None:
    """Python's faulthandler says where."""
    stderr = 'Fatal Python error: Segmentation fault\n  File "README.md", line 7 in <module>\n'
    crash = replace(GOOD, ending=Ending.SIGNALED, exit_code=None, signal="SIGSEGV", stderr=stderr)
    judgement = judge(ran(replace(crash, parts=(FINE, replace(LAST, completed=False)))))
    assert judgement.error
    assert judgement.error.line == 7
    assert "line 7" in judgement.reason
