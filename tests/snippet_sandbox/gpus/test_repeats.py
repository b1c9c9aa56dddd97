"""Work that is timed on a GPU is done when the GPU is, and not when Python is."""

import runpy
import sys
from collections.abc import Callable
from types import SimpleNamespace

import pytest

from snippet_sandbox import agent

PART = {"first_line": 1, "source": "given.append('work')", "filename": "README.md"}


def events(monkeypatch: pytest.MonkeyPatch, cuda: SimpleNamespace) -> list[str]:
    """What happens in one repeat, in order, with this for ``torch.cuda``."""
    monkeypatch.setitem(sys.modules, "torch.cuda", cuda)
    run_again: Callable[..., None] = runpy.run_path(str(agent.AGENT_FOLDER / "driver.py"))["run_again"]
    seen: list[str] = []
    monkeypatch.setattr(
        cuda, "synchronize", lambda device: seen.append(f"waited for {device}"), raising=False
    )

    def say(**told: str | None) -> None:
        seen.append(str(told["again"]))

    run_again({"first_line": 1, "times": 1, "within_s": 9.0}, PART, {"given": seen}, say, lambda: 0.0)
    return seen


def test_a_repeat_ends_with_its_gpus(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each of them; and it begins on idle ones."""
    cuda = SimpleNamespace(is_initialized=lambda: True, device_count=lambda: 2)
    waited = ["waited for 0", "waited for 1"]
    assert events(monkeypatch, cuda) == [*waited, "started", "work", *waited, "ended"]


def test_a_gpu_that_was_left_alone_is_not_woken(monkeypatch: pytest.MonkeyPatch) -> None:
    """To ask it anything would take its memory."""
    cuda = SimpleNamespace(is_initialized=lambda: False)
    assert events(monkeypatch, cuda) == ["started", "work", "ended"]
