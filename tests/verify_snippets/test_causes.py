"""Why snippets failed, from what the sandbox really saw of each: see ``tests/tools/record_errors.py``."""

import json
import time
from collections.abc import Mapping
from functools import cache
from typing import Any

import pytest

from snippet_sandbox.gateway.contacts import Contacts
from snippet_sandbox.job import Ending, Measurement, PartError, PartMeasurement
from tests.tools.record_errors import PROFILE, RECORDINGS, read_plans, title_of
from verify_snippets.api_changes import ChangeKind, find, of_kind
from verify_snippets.causes import Cause, Diagnosis
from verify_snippets.plan import Step
from verify_snippets.ran import Ran
from verify_snippets.verdict import Judgement, Verdict, judge
from verify_snippets.why.hub import is_near


@cache
def steps() -> Mapping[str, Step]:
    """Each snippet of the cards of failures, by its heading."""
    return {title_of(step): step for plan in read_plans() for step in plan.steps}


def measurement(told: Mapping[str, Any]) -> Measurement:
    """What was recorded, as a value."""
    parts = []
    for part in told["parts"]:
        error = part["error"] and PartError(**(part["error"] | {"chain": tuple(part["error"]["chain"])}))
        parts.append(
            PartMeasurement(
                name=part["name"], started=part["started"], completed=part["completed"], error=error
            )
        )
    return Measurement(
        ending=Ending(told["ending"]),
        exit_code=told["exit_code"],
        signal=told["signal"],
        stderr=told["stderr"],
        parts=tuple(parts),
    )


@cache
def judged() -> Mapping[str, Judgement]:
    """The verdict on each snippet of the card."""
    recordings = json.loads(RECORDINGS.read_text(encoding="utf-8"))
    return {title: judge(_ran(step, recordings.get(title))) for title, step in steps().items()}


def _ran(step: Step, told: Mapping[str, Any] | None) -> Ran:
    if told is None:
        return Ran(step=step)
    return Ran(
        step=step,
        measurement=told["measurement"] and measurement(told["measurement"]),
        contacts=Contacts(refused_hosts=tuple(told["refused_hosts"])),
        versions=told["versions"],
        not_installable=told["not_installable"],
        memory_limit_bytes=PROFILE.memory_bytes,
        time_limit_s=60.0,
    )


def diagnosis(title: str) -> Diagnosis:
    """Why a snippet of the card failed."""
    found = judged()[title].diagnosis
    assert found, judged()[title]
    return found


def titles() -> list[str]:
    """The headings of the cards, which begin with the cause that is true."""
    return list(steps())


@pytest.mark.parametrize("title", titles())
def test_cause(title: str) -> None:
    """The cause is the one that the heading gives."""
    found = judged()[title]
    assert found.verdict is (Verdict.SKIPPED if title.startswith(Cause.NEEDS_GPU) else Verdict.FAILED)
    assert diagnosis(title).cause == title.partition(":")[0], (found.reason, found.error)
    assert "\n" not in found.reason


def test_every_cause_is_recorded() -> None:
    """The cards have each of the list, but the one for what nobody can tell."""
    recorded = {title.partition(":")[0] for title in titles()}
    assert recorded == set(Cause) - {Cause.UNKNOWN}
    assert len(judged()) >= 60


SUBJECTS = {
    "undeclared-dependency: a package under another name": {"module": "fitz", "package": "pymupdf"},
    "version-too-new: an argument that is gone": {
        "library": "transformers",
        "argument": "use_auth_token",
        "callee": "from_pretrained",
        "replacement": "token",
        "since": "5.0.0",
    },
    "version-too-new: a pipeline that went later": {"task": "question-answering", "since": "5.3.0"},
    "version-too-new: a class under its old name": {
        "name": "AutoModelForVision2Seq",
        "replacement": "AutoModelForImageTextToText",
    },
    "version-too-new: a trainer's argument": {"argument": "tokenizer", "replacement": "processing_class"},
    "version-too-new: a numpy name of before 2.0": {"name": "NaN", "replacement": "nan", "library": "numpy"},
    "version-too-old: a class that is newer": {"library": "transformers", "version": "4.40.2"},
    "missing-input: a file": {"file": "questions.csv"},
    "wrong-repo: a repo with a slip in its name": {"repo": "acme/tiny-gtp2", "replacement": "acme/tiny-gpt2"},
    "wrong-repo: a repo under another owner": {"replacement": "acme/tiny-gpt2"},
    "gated: a gated model": {"repo": "acme/gated"},
    "network-refused: requests to a private host": {"host": "10.1.2.3"},
    "external-service: a server of one's own": {"host": "localhost:8000"},
    "external-service: a key in the environment": {"key": "OPENAI_API_KEY"},
    "card-bug: a forgotten import": {"name": "os"},
    "not-installable: a package that nobody published": {"package": "surely-nobody-published-this"},
}


@pytest.mark.parametrize("title", SUBJECTS)
def test_subjects(title: str) -> None:
    """What a cure needs to know is named."""
    assert SUBJECTS[title].items() <= diagnosis(title).subjects.items()


SENTENCES = {
    "version-too-new: an argument that is gone": "(5.23.0 is installed); use `token`",
    "version-too-new: a TensorFlow class": "`TFAutoModel` was removed in transformers 5.0.0",
    "version-too-new: a download's argument": "`use_auth_token` was removed in huggingface_hub 1.0.0",
    "version-too-new: the code of a repo": "the repo's own code (modeling_own.py, line 2)",
    "wrong-repo: a repo with a slip in its name": "the card's own is `acme/tiny-gpt2`",
    "syntax-error: quotes of a word processor": "typographic quotes",
    "time-limit: a loop without an end": "60 s, the time limit: `while True`",
    "card-bug: the process's own end": "the code calls `os._exit`",
}


@pytest.mark.parametrize("title", SENTENCES)
def test_sentence(title: str) -> None:
    """It says what happened in which version, and what to use."""
    assert SENTENCES[title] in judged()[title].reason


def told(kind: str, message: str, *, chain: tuple[str, ...] = (), at: str = "") -> Diagnosis | None:
    """Why an exception was raised in a file of an installed package, as far as messages tell."""
    step = steps()["card-bug: a forgotten import"]
    own = f'  File "README.md", line 1, in <module>\n{at}{kind}: {message}\n'
    error = PartError(type=kind, message=message, chain=chain, traceback=own)
    part = PartMeasurement(name=step.snippet.id, started=True, error=error)
    seen = Measurement(ending=Ending.EXITED, exit_code=1, parts=(part,))
    return judge(Ran(step=step, measurement=seen)).diagnosis


INSIDE = '  File "/opt/venv/lib/python3.11/site-packages/transformers/modeling_utils.py", line 9, in f\n'
FLASH = (
    "FlashAttention2 has been toggled on, but it cannot be used due to the following error: "
    "the package flash_attn seems to be not installed."
)
BITS = "Using `bitsandbytes` 8-bit quantization requires bitsandbytes: `pip install -U bitsandbytes`"
MAPPED = "Using a `device_map` requires `accelerate`. You can install it with `pip install accelerate`"
WANTED = "{} is required for a normal functioning of this module, but found {}."
MESSAGES = [  # of what is too big, or needs other hardware, to be recorded
    ("AssertionError", "Torch not compiled with CUDA enabled", Cause.NEEDS_GPU),
    ("NotImplementedError", "cuda not supported. Supported strategies are: balanced", Cause.NEEDS_GPU),
    ("RuntimeError", "`enable_model_cpu_offload` requires accelerator, but not found", Cause.NEEDS_GPU),
    ("ImportError", FLASH, Cause.NEEDS_GPU),
    ("ImportError", BITS, Cause.UNDECLARED_DEPENDENCY),
    ("ImportError", MAPPED, Cause.UNDECLARED_DEPENDENCY),
    ("torch.OutOfMemoryError", "CUDA out of memory. Tried to allocate 2.00 GiB.", Cause.OUT_OF_MEMORY),
    ("ImportError", WANTED.format("tokenizers>=0.22,<=0.23", "tokenizers==0.24.0"), Cause.VERSION_TOO_NEW),
    ("ImportError", WANTED.format("tokenizers>=0.22,<=0.23", "tokenizers==0.19.1"), Cause.VERSION_TOO_OLD),
    ("RuntimeError", "Dataset scripts are no longer supported, but found squad.py", Cause.VERSION_TOO_NEW),
    ("wandb.errors.UsageError", "api_key not configured (no-tty)", Cause.EXTERNAL_SERVICE),
    ("FooError", "something that nobody knows", Cause.UNKNOWN),
]


@pytest.mark.parametrize(("kind", "message", "cause"), MESSAGES)
def test_message(kind: str, message: str, cause: Cause) -> None:
    """Messages of libraries' own, raised inside of them."""
    found = told(kind, message, at=INSIDE)
    assert found
    assert found.cause is cause, found


@pytest.mark.parametrize("word", ["a", "a.", "a-", "_", "a/", "libs", "requires ", "http://a/"])
def test_what_a_snippet_says_can_not_keep_us_busy(word: str) -> None:
    """A message as long as the sandbox hands on costs a moment, however it is made."""
    began = time.perf_counter()
    told("ImportError", (word * 4000)[:4000], at=INSIDE)
    assert time.perf_counter() - began < 2.0


def test_the_last_of_a_chain_has_the_place() -> None:
    """Of an exception that came of another one, only the last one's frames count."""
    first = f"Traceback (most recent call last):\n{INSIDE}KeyError: 1\n\n"
    again = "During handling of the above exception, another exception occurred:\n\n"
    found = told("FooError", "own", at=f"    x = y\nKeyError: 'a'\n\n{again}{first}{again}")
    assert found
    assert found.cause is Cause.UNKNOWN


@pytest.mark.parametrize("kind", ChangeKind)
def test_changes_say_what_to_do(kind: ChangeKind) -> None:
    """Every row is found by its old name, and its sentence names both."""
    for row in of_kind(kind):
        old = row.old.replace("[A-Z]*", "Xyz").replace("*", "xyz")
        found = find(kind, old, row.library, row.where[0] if row.where else "")
        assert found
        assert old in found.sentence
        assert row.library in found.sentence
        assert find(kind, old, "some-other-library") is None


def test_a_change_that_has_not_happened_yet_explains_nothing() -> None:
    """``dtype`` is new in one version, and an older one fails for another reason."""
    change = find(ChangeKind.ARGUMENT, "torch_dtype", "transformers", "from_pretrained")
    assert change
    assert (change.new, change.new_since, change.removed) == ("dtype", "4.56.0", False)


@pytest.mark.parametrize(
    ("repo", "own", "near"),
    [
        ("acme/tiny-gtp2", "acme/tiny-gpt2", True),
        ("Acme/Tiny-GPT2", "acme/tiny-gpt2", True),
        ("tiny-gpt2", "acme/tiny-gpt2", True),
        ("other/tiny_gpt2", "acme/tiny-gpt2", True),
        ("acme/other-model", "acme/tiny-gpt2", False),
        ("openai/clip", "acme/tiny-gpt2", False),
        ("", "acme/tiny-gpt2", False),
    ],
)
def test_near_repos(repo: str, own: str, near: bool) -> None:
    """A slip, or another owner, is near."""
    assert is_near(repo, own) is near
