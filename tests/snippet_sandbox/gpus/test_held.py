"""Torch held to a share of a larger card, and asked for its peaks: a stand-in for what is used of it."""

import importlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from snippet_sandbox.agent import gpu

GB = 10**9
# what torch/cuda/__init__.py and torch/cuda/memory.py of 2.x have of this
CUDA = """
from types import SimpleNamespace
from .memory import *
_queued, _ready = [], False
def is_initialized(): return _ready
def device_count(): return 2
def get_device_properties(device): return SimpleNamespace(total_memory=(80, 12)[device] * 10**9)
def _lazy_call(do): do() if _ready else _queued.append(do)
def _lazy_init():
    global _ready
    _ready = True
    for do in _queued: do()
"""
MEMORY = """
fractions, free = {}, 79 * 10**9
def mem_get_info(device=None): return (free, 80 * 10**9) if device in (None, 0) else (12 * 10**9, 12 * 10**9)
def set_per_process_memory_fraction(fraction, device): fractions[device] = round(fraction, 4)
def max_memory_reserved(device): return (3000, 500)[device]
def max_memory_allocated(device): return (2000, 100)[device]
"""


@pytest.fixture
def torch_cuda(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], Any]]:
    """What imports the stand-in."""
    folder = tmp_path / "torch" / "cuda"
    folder.mkdir(parents=True)
    (folder.parent / "__init__.py").touch()
    (folder / "__init__.py").write_text(CUDA)
    (folder / "memory.py").write_text(MEMORY)
    monkeypatch.syspath_prepend(tmp_path)
    finders = list(sys.meta_path)
    yield lambda: importlib.import_module("torch.cuda")
    sys.meta_path[:] = finders
    for name in [name for name in sys.modules if name.partition(".")[0] == "torch"]:
        del sys.modules[name]


@pytest.mark.parametrize("when", ["before", "after"])
def test_torch_holds_itself_to_the_share(torch_cuda: Callable[[], Any], when: str) -> None:
    """The larger card is held to the share less the context, when CUDA is first used and not before."""
    if when == "before":
        gpu.hold(16 * GB, before_bytes=GB // 2)
    cuda = torch_cuda()
    if when == "after":
        gpu.hold(16 * GB, before_bytes=GB // 2)
    assert cuda.memory.fractions == {}
    cuda._lazy_init()
    assert cuda.memory.fractions == {0: 0.1938}  # 15.5 of 80 GB; the other card has less than the share


def test_free_memory_is_told_as_on_a_card_of_that_size(torch_cuda: Callable[[], Any]) -> None:
    """What libraries decide by what is free, they decide as they would there."""
    gpu.hold(16 * GB, before_bytes=0)
    cuda = torch_cuda()
    assert cuda.mem_get_info is cuda.memory.mem_get_info
    assert cuda.mem_get_info() == (15 * GB, 16 * GB)
    assert cuda.mem_get_info(1) == (12 * GB, 12 * GB)
    cuda.memory.free = 50 * GB
    assert cuda.mem_get_info(device=0) == (0, 16 * GB)


def test_nothing_of_it_is_left_in_the_module(torch_cuda: Callable[[], Any]) -> None:
    """A module that was waited for has its own loader, and the finder is gone."""
    before = list(sys.meta_path)
    gpu.hold(16 * GB, before_bytes=0)
    cuda = torch_cuda()
    assert type(cuda.__loader__).__name__ == type(cuda.__spec__.loader).__name__ == "SourceFileLoader"
    assert sys.meta_path == before


def test_an_import_that_fails_is_waited_for_again(torch_cuda: Callable[[], Any], tmp_path: Path) -> None:
    """A first import that fails, fails as it would, and the second one is held."""
    source = tmp_path / "torch" / "cuda" / "__init__.py"
    source.write_text("import there_is_no_such_module")
    gpu.hold(16 * GB, before_bytes=0)
    with pytest.raises(ModuleNotFoundError, match="there_is_no_such_module"):
        torch_cuda()
    source.write_text(CUDA)
    importlib.invalidate_caches()
    cuda = torch_cuda()
    cuda._lazy_init()
    assert cuda.memory.fractions == {0: 0.1875}


def test_a_torch_that_is_not_as_known_is_left_alone(torch_cuda: Callable[[], Any], tmp_path: Path) -> None:
    """Without what is looked for, nothing is held, and nothing fails: the host watches all the same."""
    (tmp_path / "torch" / "cuda" / "__init__.py").write_text("other = True")
    gpu.hold(16 * GB, before_bytes=0)
    assert torch_cuda().other


def test_peaks_are_told_once_cuda_was_used(torch_cuda: Callable[[], Any]) -> None:
    """Nothing is said of a torch that was not imported, or used no GPU."""
    said: list[Any] = []

    def say(**message: Any) -> None:
        said.append(message)

    gpu.tell(say)
    cuda = torch_cuda()
    gpu.tell(say)
    assert said == []
    cuda._lazy_init()
    gpu.tell(say)
    assert said == [{"gpu": {"reserved": 3500, "allocated": 2100}}]


def test_other_modules_of_that_name_do_no_harm(monkeypatch: pytest.MonkeyPatch) -> None:
    """A snippet may put anything there."""
    monkeypatch.setitem(sys.modules, "torch.cuda", ModuleType("torch.cuda"))
    gpu.hold(16 * GB, before_bytes=0)
    gpu.tell(lambda **_message: pytest.fail("there is nothing to tell"))
