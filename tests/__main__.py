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
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
BIN = VENV / "bin"
PYTHON = BIN / "python"
WORKERS = len(os.sched_getaffinity(0)) + 1  # tests of containers wait for them as long as they compute
# A file's tests share what is dear to make, and may follow one another; as they are, slow files come first
BY_FILES = ("--dist=loadfile", "--no-loadscope-reorder")
PHASES: dict[str, tuple[str, ...]] = {
    "pytest, side by side": ("-m", "not alone and not apart", f"--numprocesses={WORKERS}", *BY_FILES),
    "pytest, apart": ("-m", "apart and not alone", "--numprocesses=2", *BY_FILES),
    "pytest, one by one": ("-m", "alone"),
}
SLOWEST = "--durations=25"


def main(pytest_arguments: list[str]) -> int:
    """Set up, run every check, and return the exit code."""
    os.chdir(ROOT)
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # the program is started hundreds of times: compiled once
    set_up()
    checks: dict[str, list[str | Path]] = {
        "ruff check": [BIN / "ruff", "check", "."],
        "ruff format": [BIN / "ruff", "format", "--check", "."],
        "import directions": [BIN / "lint-imports", "--no-cache"],
    }
    failed = [name for name, command in checks.items() if not passes(name, command)]
    with tempfile.TemporaryFile("w+") as types:
        # a minute of one core, while tests wait for containers
        mypy = subprocess.Popen([BIN / "mypy"], stdout=types, stderr=subprocess.STDOUT)
        phases = {"pytest": tuple(pytest_arguments)} if pytest_arguments else PHASES
        tests_pass, counts = run_tests(phases)
        code = mypy.wait()
        types.seek(0)
        say(f"\n== mypy (begun before the tests)\n{types.read()}== mypy: {outcome(code)}")
    failed += ["mypy"] if code else []
    names = ", ".join([*checks, "mypy"])
    say("\nchecks: " + (f"FAILED: {', '.join(failed)}" if failed else f"{names}: all fine"))
    say(f"tests: {counts}")
    return 0 if tests_pass and not failed else 1


def run_tests(phases: Mapping[str, Sequence[str]]) -> tuple[bool, str]:
    """Run pytest with the arguments of each phase; whether all tests passed, and how many did."""
    with tempfile.TemporaryDirectory() as folder:
        results = {name: Path(folder, f"{number}.xml") for number, name in enumerate(phases)}
        passed = [
            passes(name, [PYTHON, "-m", "pytest", *phases[name], SLOWEST, f"--junitxml={results[name]}"])
            for name in phases
        ]
        return all(passed), count(results.values())


def set_up() -> None:
    """Have a virtual environment with the project (editable) and its tools in it."""
    if not PYTHON.exists():
        say(f"making {VENV}")
        # Without pip: Debian keeps ensurepip in a package of its own, and the pip that is there can serve.
        venv.create(VENV, with_pip=False, symlinks=True)
    say("installing the project and its tools")
    pip = [sys.executable, "-m", "pip", "--python", str(PYTHON), "--disable-pip-version-check"]
    subprocess.run([*pip, "install", "--quiet", "--editable", ".[dev]"], check=True)


def passes(name: str, command: Sequence[str | Path]) -> bool:
    """Run one check and say how it went."""
    say(f"\n== {name}")
    began = time.monotonic()
    code = subprocess.run([str(part) for part in command], check=False).returncode
    say(f"== {name}: {outcome(code)} in {time.monotonic() - began:.1f} s")
    return code == 0


def outcome(code: int) -> str:
    """What an exit code means."""
    return "fine" if code == 0 else f"FAILED (exit code {code})"


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
