"""Cards whose snippets misbehave, each with the verdict and the reason that it deserves."""

import threading
from pathlib import Path

import pytest

from snippet_images.progress import Progress
from snippet_sandbox.profile import PROFILES, Profile
from verify_snippets import verify as verifying
from verify_snippets.options import Options
from verify_snippets.plan import Plan, Step
from verify_snippets.report.model import Report, RunReport
from verify_snippets.verify import verify

SMALL = Profile(name="test-small", cpus=1, memory_bytes=300_000_000, pids=64, disk_bytes=50_000_000)


class Quiet:
    """A screen that shows nothing."""

    def show(self, progress: Progress) -> None: ...
    def say(self, text: str) -> None: ...
    def planned(self, plan: Plan) -> None: ...
    def started(self, step: Step) -> None: ...
    def finished(self, step: Step, run: RunReport) -> None: ...


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A small profile and the bare image: nothing here needs more."""
    monkeypatch.setitem(PROFILES, SMALL.name, SMALL)
    monkeypatch.setattr(verifying, "IMAGE", "bare")
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "hub"))


def report_on(
    text: str,
    folder: Path,
    engine: str,
    time_limit_s: float = 60.0,
    profile: str | None = SMALL.name,
) -> Report:
    """Verify a card of this text."""
    card = folder / "README.md"
    card.write_text(text)
    options = Options(engine=engine, profile=profile, time_limit_s=time_limit_s)
    return verify(str(card), options, Quiet(), cancel=threading.Event())


def only_run(report: Report) -> RunReport:
    """The one run of a card with one snippet."""
    (snippet,) = report.snippets
    (run,) = snippet.runs
    return run


CASES = {
    "memory": (
        "hoard = [bytes(10_000_000).replace(b'0', b'1') + b'x' * 10_000_000 for _ in range(90)]",
        "memory",
    ),
    "never ends": ("while True:\n    pass", "time limit"),
    "exits early": ("import os\nprint('half')\nos._exit(0)\nprint('whole')", "before the last line"),
    "crashes": ("import ctypes\nctypes.string_at(0)", "SIGSEGV at line 3"),
    "waits for input": ("name = input('name? ')\nprint(name)", "keyboard"),
    "a module is missing": ("import surely_not_installed_anywhere", "surely_not_installed_anywhere"),
    "an import is forgotten": ("import sys\nprint(sys.argv, os.getcwd())", "'os' is used"),
    "exit code": ("import sys\nprint('checked')\nsys.exit(4)", "SystemExit"),
}


@pytest.mark.parametrize(("code", "said"), CASES.values(), ids=CASES.keys())
def test_failure(code: str, said: str, tmp_path: Path, engine_name: str) -> None:
    """The snippet failed, and the reason says how."""
    report = report_on(f"```python\n{code}\n```\n", tmp_path, engine_name, time_limit_s=15.0)
    run = only_run(report)
    assert run.verdict == "failed", run
    assert said in run.reason
    assert report.exit_code == 1


def test_a_flood_of_output_passes(tmp_path: Path, engine_name: str) -> None:
    """1 GB of output is no failure; what is kept of it is small and says what was cut."""
    flood = "chunk = 'x' * 999_999 + '\\n'\nfor _ in range(1000):\n    print(chunk, end='')\nprint('done')"
    run = only_run(report_on(f"```python\n{flood}\n```\n", tmp_path, engine_name, time_limit_s=120.0))
    assert run.verdict == "passed", run.reason
    assert len(run.stdout) < 1_100_000
    assert "bytes cut" in run.stdout
    assert run.stdout.endswith("done\n")


CHAIN = """# Chain

```python
greeting = "hello"
```

Then:

```python
names = greeting.split(",")
first, second = names
```

And last:

```python
print(second)
```
"""


def test_blocked_names_what_failed(tmp_path: Path, engine_name: str) -> None:
    """A block whose needed block fails is blocked, not failed, and says by whom."""
    report = report_on(CHAIN, tmp_path, engine_name)
    verdicts = {snippet.id: snippet.runs[0] for snippet in report.snippets}
    assert [run.verdict for run in verdicts.values()] == ["passed", "failed", "blocked"]
    failed = verdicts["L9"]
    assert failed.error
    assert failed.error.card_line == 11
    assert failed.error.card_text == "first, second = names"
    assert "L9" in verdicts["L16"].reason
    assert set(verdicts["L16"].phases) >= {"container_start", "needs:L3", "needs:L9"}


INSTALLING = "```bash\npip install {}\n```\n\n```python\n{}\n```\n"


def test_requirements_of_the_card(tmp_path: Path, engine_name: str) -> None:
    """What the card says to install is what the snippet gets, in a layer of its own."""
    card = INSTALLING.format("humanize==4.9.0", "import humanize\nprint(humanize.intcomma(12345))")
    run = only_run(report_on(card, tmp_path, engine_name))
    assert run.verdict == "passed", run.reason
    assert run.stdout == "12,345\n"
    assert run.versions["humanize"] == "4.9.0"
    assert run.image
    assert "+" in run.image


def test_requirements_that_do_not_exist(tmp_path: Path, engine_name: str) -> None:
    """A package that nobody has published is the card's fault."""
    card = INSTALLING.format("surely-nobody-published-this", "import os\nprint(os.name)")
    run = only_run(report_on(card, tmp_path, engine_name))
    assert run.verdict == "failed"
    assert "surely-nobody-published-this" in run.reason


def test_nothing_runnable(tmp_path: Path) -> None:
    """A card of prose and output needs no engine and is fine."""
    report = report_on('# Prose\n\n```json\n{"a": 1}\n```\n', tmp_path, "bubblewrap")
    assert report.snippets == ()
    assert (report.exit_code, report.engine.name) == (0, "none")


def test_a_sample_stands_in_for_the_readers_own_file(tmp_path: Path, engine_name: str) -> None:
    """A picture is a picture where it is only opened; the report says what stood in."""
    code = "with open('path/to/your/image.png', 'rb') as file:\n    print(file.read(4)[1:])"
    run = only_run(report_on(f"```python\n{code}\n```\n", tmp_path, engine_name))
    assert run.verdict == "passed", run.reason
    assert run.stdout == "b'PNG'\n"
    assert run.filled == {"path/to/your/image.png": "/run/samples/sample.png"}


def test_skipped_for_its_placeholder(tmp_path: Path) -> None:
    """A snippet that needs the reader's own file is skipped, and says which."""
    code = "import json\nconfig = json.load(open('path/to/your/settings.json'))\nprint(config)"
    run = only_run(report_on(f"```python\n{code}\n```\n", tmp_path, "bubblewrap"))
    assert run.verdict == "skipped"
    assert "path/to/your/settings.json" in run.reason


def test_skipped_for_want_of_a_gpu(tmp_path: Path) -> None:
    """CUDA under a profile without a GPU is no fault of the card."""
    card = "```python\nimport torch\nx = torch.ones(2).cuda()\nprint(x)\n```\n"
    run = only_run(report_on(card, tmp_path, "bubblewrap"))
    assert run.verdict == "skipped"
    assert "GPU" in run.reason


FITS = """# Model

Inference fits in 100 MB of RAM.

```python
hoard = [b"x" * 10_000_000 for _ in range({})]
print(len(hoard))
```
"""


def test_what_the_card_says_it_fits_in_is_the_limit(tmp_path: Path, engine_name: str) -> None:
    """A claim of 100 MB holds for 20 MB and is refuted by 200 MB."""
    holding = only_run(report_on(FITS.format(2), tmp_path, engine_name, profile=None))
    assert holding.verdict == "passed", holding.reason
    refuted = only_run(report_on(FITS.format(20), tmp_path, engine_name, profile=None))
    assert refuted.verdict == "contradicted", refuted.reason
    assert "claimed 100 MB, measured 2" in refuted.reason
    assert "ended by 100 MB" in refuted.remarks[0]
    assert refuted.memory.outgrown_bytes == 100_000_000
