"""All checks, in one command: ``python3 tests`` (arguments go to pytest).

Needs Python 3.11 or newer and pip, and nothing else: it makes a virtual environment in ``.venv`` where there
is none, and installs the project and its tools into it. The last line counts the tests; the exit code is 0
only if every check is fine.
"""

import os
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Iterable
from pathlib import Path
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
BIN = VENV / "bin"
PYTHON = BIN / "python"
WORKERS = len(os.sched_getaffinity(0)) + 1  # tests of containers wait for them as long as they compute
# A file's tests share what is dear to make, and may follow one another; as they are, slow files come first
SIDE_BY_SIDE = (f"--numprocesses={WORKERS}", "--dist=loadfile", "--no-loadscope-reorder")


def main(pytest_arguments: list[str]) -> int:
    """Set up, run every check, and return the exit code."""
    os.chdir(ROOT)
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # the program is started hundreds of times: compiled once
    set_up()
    checks: dict[str, list[str | Path]] = {
        "ruff check": [BIN / "ruff", "check", "."],
        "ruff format": [BIN / "ruff", "format", "--check", "."],
        "mypy": [BIN / "mypy"],
        "import directions": [BIN / "lint-imports", "--no-cache"],
    }
    failed = [name for name, command in checks.items() if not passes(name, command)]
    pytest: list[str | Path] = [PYTHON, "-m", "pytest"]
    runs = {"pytest": [*pytest, *pytest_arguments]}
    if not pytest_arguments:
        runs = {
            "pytest, side by side": [*pytest, "-m", "not alone", *SIDE_BY_SIDE],
            "pytest, one by one": [*pytest, "-m", "alone"],
        }
    with tempfile.TemporaryDirectory() as folder:
        results = {name: Path(folder, f"{number}.xml") for number, name in enumerate(runs)}
        tests_pass = [passes(name, [*runs[name], f"--junitxml={results[name]}"]) for name in runs]
        counts = count(results.values())
    say("\nchecks: " + (f"FAILED: {', '.join(failed)}" if failed else f"{', '.join(checks)}: all fine"))
    say(f"tests: {counts}")
    return 0 if all(tests_pass) and not failed else 1


def set_up() -> None:
    """Have a virtual environment with the project (editable) and its tools in it."""
    if not PYTHON.exists():
        say(f"making {VENV}")
        # Without pip: Debian keeps ensurepip in a package of its own, and the pip that is there can serve.
        venv.create(VENV, with_pip=False, symlinks=True)
    say("installing the project and its tools")
    pip = [sys.executable, "-m", "pip", "--python", str(PYTHON), "--disable-pip-version-check"]
    subprocess.run([*pip, "install", "--quiet", "--editable", ".[dev]"], check=True)


def passes(name: str, command: list[str | Path]) -> bool:
    """Run one check and say how it went."""
    say(f"\n== {name}")
    began = time.monotonic()
    code = subprocess.run([str(part) for part in command], check=False).returncode
    outcome = "fine" if code == 0 else f"FAILED (exit code {code})"
    say(f"== {name}: {outcome} in {time.monotonic() - began:.1f} s")
    return code == 0


def count(results: Iterable[Path]) -> str:
    """The numbers in pytest's JUnit files, as one line."""
    files = list(results)
    if not all(file.exists() for file in files):
        return "not all ran"
    roots = [ElementTree.parse(file).getroot() for file in files]  # noqa: S314  pytest wrote them a moment ago
    suites = [suite for root in roots for suite in root.findall("testsuite")]
    total, failures, errors, skipped = (
        sum(int(suite.get(name, "0")) for suite in suites)
        for name in ("tests", "failures", "errors", "skipped")
    )
    passed = total - failures - errors - skipped
    return f"{passed} passed, {failures + errors} failed, {skipped} skipped"


def say(text: str) -> None:
    """A line on stdout, in order with what the checks print."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
