"""Rot or never worked: which versions are tried, and what may be said of them."""

from typing import Any

import pytest

from verify_snippets import rot
from verify_snippets.causes import Cause
from verify_snippets.report.model import CauseReport, ErrorReport, RunReport
from verify_snippets.rot import Outcome
from verify_snippets.verdict import Verdict

# What an index holds between a version that works and one that fails.
TRANSFORMERS = (
    *("4.55.4", "4.56.0", "4.56.1", "4.56.2", "4.57.0", "4.57.1", "4.57.2", "4.57.6"),
    *("5.0.0", "5.1.0", "5.2.0", "5.3.0", "5.4.0", "5.5.0", "5.5.1", "5.6.0", "5.23.0"),
)
TRACEBACK = """Traceback (most recent call last):
  File "README.md", line 9, in <module>
  File "/opt/venv/lib/python3.11/site-packages/diffusers/pipelines/auto.py", line 3, in from_pretrained
  File "/opt/venv/lib/python3.11/site-packages/transformers/utils/hub.py", line 7, in cached_file
"""


def failure(message: str = "boom", kind: str = "TypeError", line: int = 9, **more: Any) -> RunReport:
    error = ErrorReport(type=kind, message=message, card_line=line, traceback=more.pop("traceback", ""))
    return RunReport(profile="cpu-basic", verdict=Verdict.FAILED, reason=message, error=error, **more)


PASSED = RunReport(profile="cpu-basic", verdict=Verdict.PASSED, reason="ran to its last line")


def search(
    first_bad: str, *, unclear: tuple[str, ...] = (), likely: str = ""
) -> tuple[rot.Boundary, list[str]]:
    """The whole search in a world where everything from one release on fails."""
    bad = TRANSFORMERS.index(first_bad)
    known = {TRANSFORMERS[0]: Outcome.WORKS, TRANSFORMERS[-1]: Outcome.FAILS}
    tried = []
    while version := rot.next_version(TRANSFORMERS, known, likely):
        assert version not in known
        tried.append(version)
        fails = TRANSFORMERS.index(version) >= bad
        known[version] = Outcome.UNCLEAR if version in unclear else Outcome.FAILS if fails else Outcome.WORKS
    return rot.boundary(TRANSFORMERS, known), tried


@pytest.mark.parametrize("first_bad", TRANSFORMERS[1:])
def test_the_search_ends_at_the_release_that_broke_it(first_bad: str) -> None:
    """Wherever that is, and in few tries."""
    found, tried = search(first_bad)
    assert found.fails_since == first_bad
    assert found.works_with == TRANSFORMERS[TRANSFORMERS.index(first_bad) - 1]
    assert found.between == 0
    assert len(tried) <= 6


def test_a_major_is_tried_first_and_then_the_last_release_before_it() -> None:
    """The commonest break costs as little as it can."""
    found, tried = search("5.0.0")
    assert tried[0] == "5.0.0"
    assert rot.broke_sentence("transformers", found) == "worked with transformers 4.57.6, fails since 5.0.0"


def test_what_is_said_of_a_version_is_tried_at_once() -> None:
    """A hint shortens the search; a wrong one does no harm."""
    assert search("5.5.0", likely="5.5")[1] == ["5.5.0", "5.4.0"]
    assert search("5.5.0", likely="4.57.0")[0].fails_since == "5.5.0"


def test_no_more_is_said_than_was_tried() -> None:
    """A release that fails in a way of its own tells nothing, and is not passed over in silence."""
    found, _ = search("5.1.0", unclear=("5.0.0", "5.1.0"))
    assert (found.works_with, found.fails_since, found.between) == ("4.57.6", "5.2.0", 2)
    assert "2 releases between them could not be told apart" in rot.broke_sentence("transformers", found)


def test_only_final_releases_between_the_two_count() -> None:
    """In the order of versions, whatever the index has."""
    there = ["5.0.0rc1", "4.57.10", "4.57.2", "4.57.1", "3.0", "5.0.0", "5.1.0"]
    assert rot.between(there, "4.57.1", "5.0.0") == ("4.57.1", "4.57.2", "4.57.10", "5.0.0")
    assert rot.between(there, "5.0.0", "4.57.1") == ()


@pytest.mark.parametrize(
    ("told", "may_be"),
    [
        (failure(), True),
        (failure(kind="SyntaxError"), False),
        (failure(kind="NameError"), False),
        (failure(cause=CauseReport(kind=Cause.VERSION_TOO_NEW)), True),
        (failure(cause=CauseReport(kind=Cause.UNKNOWN)), True),
        (failure(cause=CauseReport(kind=Cause.GATED)), False),
        (failure(cause=CauseReport(kind=Cause.OUT_OF_MEMORY)), False),
        (failure(kind="ValueError", cause=CauseReport(kind=Cause.CARD_BUG)), False),
        (failure(kind="ValueError", cause=CauseReport(kind=Cause.CARD_BUG), traceback=TRACEBACK), True),
        (PASSED, False),
    ],
)
def test_only_what_may_be_rot_is_tried_again(told: RunReport, may_be: bool) -> None:
    """Tries cost minutes: none is spent on what no version changes."""
    assert rot.may_be_rot(told) is may_be


def test_only_the_same_failure_counts_as_failing_then_too() -> None:
    """An old library may fail for reasons of its own; paths and lists of choices may differ."""
    now = failure("cannot import name 'A' from 'lib' (/opt/venv/lib/python3.11/site-packages/lib.py)")
    assert rot.outcome(now, failure("cannot import name 'A' from 'lib' (/opt/layer/lib.py)")) is Outcome.FAILS
    assert rot.outcome(now, failure("cannot import name 'B' from 'lib' (/x)")) is Outcome.UNCLEAR
    assert rot.outcome(now, failure(now.reason, line=10)) is Outcome.UNCLEAR
    assert rot.outcome(now, failure(now.reason, kind="KeyError")) is Outcome.UNCLEAR
    assert rot.outcome(now, PASSED) is Outcome.WORKS


def test_the_library_that_the_traceback_ends_in_is_suspected_first() -> None:
    """Then those around it, then what the code imports; never one that is the same now."""
    changed = {"diffusers": "0.35", "transformers": "4.57", "accelerate": "1.1", "numpy": "2.3"}
    now = failure(traceback=TRACEBACK)
    imported = ["torch", "diffusers", "accelerate"]
    assert rot.suspects(now, changed, imported) == ["transformers", "diffusers", "accelerate"]
    assert rot.suspects(now, changed, imported, "accelerate")[0] == "accelerate"
    assert rot.suspects(now, {"numpy": "2.3"}, imported) == []


def test_what_is_said_of_then() -> None:
    """Three ends, and none of them says more than it knows."""
    versions = {"transformers": "4.30.0"}
    then = failure("no such thing")

    def said(outcome: Outcome) -> str:
        return rot.then_sentence("2023-05-04", outcome, then, versions, "Python 3.11.2 and torch 2.13.0")

    current = "what was current on 2023-05-04 (transformers 4.30.0)"
    assert said(Outcome.FAILS) == f"failed then, too: it never worked with {current}"
    assert said(Outcome.WORKS).startswith(f"worked with {current}; ")
    unclear = f"can't be told: with {current} it ends in another way: no such thing "
    assert said(Outcome.UNCLEAR) == unclear + "(Python 3.11.2 and torch 2.13.0 are of now)"
    assert rot.changes({"a": "2", "b": "1"}, {"a": "1", "b": "1", "c": "1"}) == {"a": "1"}
