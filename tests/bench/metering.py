"""How true the measured memory and times are: ``python -m tests.bench.metering [--engine NAME]``.

Each program takes a known shape of memory, and at its highest reads of the kernel's own page counts
(``/proc/<pid>/smaps_rollup``, proportional shares) what it and its children hold: the truth, found in another
way than ours, which never looks there where a cgroup can be had. A burst leaves no time to look: what the
program held before, and the burst's own size, are added up. Its first and last lines also take the time.
"""

import argparse
import contextlib
import json
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from snippet_images.progress import silent
from snippet_sandbox.engine import Engine
from snippet_sandbox.engines import ENGINES
from snippet_sandbox.engines.bubblewrap import BubblewrapEngine
from snippet_sandbox.errors import EngineUnavailableError
from snippet_sandbox.job import Ending, Job, Measurement, Mount, Part
from snippet_sandbox.profile import GB, Profile

MB = 10**6
IMAGE = "bare"
PROFILE = Profile(name="bench", cpus=2, memory_bytes=6 * GB)
MAPPED = PurePosixPath("/mnt/mapped")
MAPPED_BYTES = 300 * MB
MEMORY_SHARE, MEMORY_BYTES = 0.02, 4 * MB  # whichever is more
TIME_S = 0.02
SLEEP_S = 0.5

ENGINES_HERE: dict[str, Callable[[], Engine]] = {
    "docker": ENGINES["docker"],
    "bubblewrap": ENGINES["bubblewrap"],
    "bubblewrap-rootless": lambda: BubblewrapEngine(rootless=True),
}

TOOLS = """
import json, mmap, os, time
_began = time.perf_counter()
PAGE = mmap.PAGESIZE

def take(size):
    '''Anonymous memory of this size, every page of it touched.'''
    size -= size % PAGE
    held = mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    held[::PAGE] = b"x" * (size // PAGE)
    return held

def anonymous(*pids):
    '''What these processes hold, shared pages counted once.'''
    total = 0
    for pid in pids or ("self",):
        for line in open(f"/proc/{pid}/smaps_rollup"):
            if line.startswith("Pss_Anon:"):
                total += int(line.split()[1]) * 1024
    return total

def mapped_files():
    '''What this process has mapped of files, its libraries included.'''
    lines = [line.split() for line in open("/proc/self/smaps_rollup")]
    return sum(int(words[1]) * 1024 for words in lines if words[0] in ("Pss_File:", "Pss_Shmem:"))

def tell(anonymous_bytes, file_bytes=None, mapped_bytes=None):
    said = {"anonymous_bytes": anonymous_bytes, "file_bytes": file_bytes, "mapped_bytes": mapped_bytes}
    said["inside_s"] = time.perf_counter() - _began
    print("\\n" + json.dumps(said))
"""

HOLD = """
held = take({size})
most = anonymous()
time.sleep(0.05)
tell(most)
"""

# from its first page to its last, ``held_s`` or as long as taking it lasts
BURST = """
before = anonymous()
until = time.perf_counter() + {held_s}
held = take({size})
while time.perf_counter() < until:
    time.sleep(0.001)
held.close()
time.sleep(0.2)
tell(before + {size})
"""

BURSTS = """
before = anonymous()
for _ in range(10):
    held = take({size})
    time.sleep(0.05)
    held.close()
    time.sleep(0.03)
tell(before + {size})
"""

SEVERAL = """
children, ready, go = [], os.pipe(), os.pipe()
shared = take({shared}) if {shared} else None
for _ in range({count}):
    pid = os.fork()
    if pid == 0:
        held = take({size})
        os.write(ready[1], b".")
        os.read(go[0], 1)
        os._exit(0)
    children.append(pid)
for _ in children:
    os.read(ready[0], 1)
most = anonymous(os.getpid(), *children)
time.sleep(0.05)
os.write(go[1], b"." * len(children))
for pid in children:
    os.waitpid(pid, 0)
tell(most)
"""

TEMPORARY_FILE = """
with open("/tmp/file", "wb") as file:
    for _ in range({size} // (1 << 20)):
        file.write(b"x" * (1 << 20))
with open("/tmp/file", "rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
    count = sum(mapped[start] == 120 for start in range(0, len(mapped), PAGE))
    most, libraries_too = anonymous(), mapped_files()
    time.sleep(0.05)
tell(most, count * PAGE, libraries_too)
"""

MAPPED_FILE = """
with open("{path}", "rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
    count = sum(mapped[start] == 120 for start in range(0, len(mapped), PAGE))
    most = anonymous()
    time.sleep(0.05)
tell(most)
"""

FILE_THEN_BURST = """
with open("/tmp/file", "wb") as file:
    for _ in range({file_size} // (1 << 20)):
        file.write(b"x" * (1 << 20))
os.unlink("/tmp/file")
time.sleep(0.1)
""" + BURST.lstrip()

OUTPUT_FLOOD = """
import sys
def flood():
    for _ in range(400):
        sys.stdout.write("x" * 100_000 + "\\n")
flood()
before = anonymous()
held = take({size})
time.sleep(0.05)
held.close()
flood()
tell(before + {size})
"""

SLEEP = """
time.sleep(0.5)
tell(None)
"""

COMPUTE = """
until = time.perf_counter() + 0.5
while time.perf_counter() < until:
    sum(range(1000))
tell(None)
"""


@dataclass(frozen=True, kw_only=True)
class Program:
    """A job of known shape.

    Attributes:
        name: for the table.
        source: of its one part, after ``TOOLS``; empty for ``sleep``, a command that can't tell its time.
        size_bytes: about what it takes.
        host_is_busy: whether other threads of the measuring process compute meanwhile.
        only_time: nothing is known of its memory.
    """

    name: str
    source: str
    size_bytes: int = 0
    host_is_busy: bool = False
    only_time: bool = False


def _programs() -> Iterator[Program]:
    for size in (50 * MB, 500 * MB, 4 * GB):
        yield Program(name=f"hold {_mb(size)}", source=HOLD.format(size=size), size_bytes=size)
    for size in (50 * MB, 100 * MB):
        yield Program(
            name=f"burst of 50 ms, {_mb(size)}", source=BURST.format(size=size, held_s=0.05), size_bytes=size
        )
    for size in (50 * MB, 100 * MB):
        yield Program(
            name=f"burst, freed at once, {_mb(size)}",
            source=BURST.format(size=size, held_s=0),
            size_bytes=size,
        )
    yield Program(
        name="ten bursts of 50 ms, 200 MB", source=BURSTS.format(size=200 * MB), size_bytes=200 * MB
    )
    yield Program(
        name="4 processes, 100 MB each",
        source=SEVERAL.format(shared=0, count=4, size=100 * MB),
        size_bytes=400 * MB,
    )
    yield Program(
        name="4 processes, 1000 MB each", source=SEVERAL.format(shared=0, count=4, size=GB), size_bytes=4 * GB
    )
    yield Program(
        name="400 MB shared by 3 that hold 50 MB each",
        source=SEVERAL.format(shared=400 * MB, count=3, size=50 * MB),
        size_bytes=550 * MB,
    )
    yield Program(name="temporary file of 300 MB, mapped", source=TEMPORARY_FILE.format(size=300 << 20))
    yield Program(name="file of 300 MB on a mount, mapped", source=MAPPED_FILE.format(path=MAPPED / "file"))
    yield Program(
        name="a file of 300 MB goes, then a burst, 100 MB",
        source=FILE_THEN_BURST.format(file_size=300 << 20, size=100 * MB, held_s=0),
        size_bytes=300 * MB,
    )
    yield Program(
        name="burst of 50 ms, 100 MB, among 80 MB of output",
        source=OUTPUT_FLOOD.format(size=100 * MB),
        size_bytes=100 * MB,
    )
    yield Program(
        name="ten bursts of 50 ms, 200 MB, busy runner",
        source=BURSTS.format(size=200 * MB),
        size_bytes=200 * MB,
        host_is_busy=True,
    )
    yield Program(name="sleep of 0.5 s", source=SLEEP, only_time=True)
    yield Program(name="0.5 s of computing", source=COMPUTE, only_time=True)
    yield Program(name="the command sleep 0.5", source="", only_time=True)


@dataclass(frozen=True, kw_only=True)
class Row:
    """One comparison."""

    program: str
    engine: str
    what: str
    true: str
    measured: str
    error: str
    ok: bool

    def cells(self) -> list[str]:
        """For the table."""
        verdict = "ok" if self.ok else "NO"
        return [self.program, self.engine, self.what, self.true, self.measured, self.error, verdict]


@dataclass(kw_only=True)
class Table:
    """Rows, printed as they come."""

    rows: list[Row] = field(default_factory=list)

    def begin(self) -> None:
        """Print the head."""
        self._print(["program", "engine", "what", "true", "measured", "error", "ok"])

    def add(self, row: Row) -> None:
        """Print one more."""
        self.rows.append(row)
        self._print(row.cells())

    @staticmethod
    def _print(cells: Sequence[str]) -> None:
        widths = (46, 19, 9, 10, 10, 10, 2)
        padded = (cell.ljust(width) for cell, width in zip(cells, widths, strict=True))
        sys.stdout.write(" | ".join(padded).rstrip() + "\n")
        sys.stdout.flush()


def compare(program: Program, engine_name: str, measured: Measurement) -> list[Row]:
    """What a program said of itself, beside what was measured of it."""
    if measured.ending is not Ending.EXITED or measured.exit_code != 0:
        why = (measured.stderr.strip().splitlines() or [measured.ending])[-1]
        return [_row(program, engine_name, "run", "exit 0", why[:40], "", ok=False)]
    if not program.source:
        return [_of_time(program, engine_name, SLEEP_S, measured.duration_s)]
    said = json.loads(measured.stdout.strip().splitlines()[-1])
    memory = measured.memory
    rows = []
    if not program.only_time:
        rows.append(
            _of_memory(program, engine_name, "anonymous", said["anonymous_bytes"], memory.anonymous_bytes)
        )
    if memory.method.startswith("process tree"):  # which counts what is mapped, not what is charged
        said["file_bytes"] = said["mapped_bytes"]
    if said["file_bytes"] is not None:
        rows.append(_of_memory(program, engine_name, "file", said["file_bytes"], memory.file_bytes))
    rows.append(_of_time(program, engine_name, said["inside_s"], measured.parts[0].duration_s or 0.0))
    return rows


def _of_memory(program: Program, engine_name: str, what: str, true: int, seen: int | None) -> Row:
    if seen is None:
        return _row(program, engine_name, what, _mb(true), "unknown", "", ok=False)
    error = seen - true
    ok = abs(error) <= max(MEMORY_BYTES, MEMORY_SHARE * true)
    return _row(program, engine_name, what, _mb(true), _mb(seen), f"{error / MB:+.1f} MB", ok=ok)


def _of_time(program: Program, engine_name: str, inside_s: float, outside_s: float) -> Row:
    error_s = outside_s - inside_s
    return _row(
        program,
        engine_name,
        "time",
        f"{inside_s:.3f} s",
        f"{outside_s:.3f} s",
        f"{error_s * 1000:+.1f} ms",
        ok=abs(error_s) <= TIME_S,
    )


def _row(
    program: Program, engine_name: str, what: str, true: str, measured: str, error: str, *, ok: bool
) -> Row:
    return Row(
        program=program.name, engine=engine_name, what=what, true=true, measured=measured, error=error, ok=ok
    )


def _mb(count: int) -> str:
    return f"{count / MB:.1f} MB".replace(".0 MB", " MB")


def measure(engine: Engine, program: Program, folder: Path) -> Measurement:
    """Run one program."""
    job = Job(
        image=IMAGE,
        profile=PROFILE,
        parts=(Part(name="program", source=TOOLS + program.source),) if program.source else (),
        command=() if program.source else ("sleep", str(SLEEP_S)),
        mounts=(Mount(source=folder, target=MAPPED),),
        time_limit_s=120.0,
    )
    with _busy(2 if program.host_is_busy else 0):
        return engine.run(job)


@contextlib.contextmanager
def _busy(count: int) -> Iterator[None]:
    """Threads that hold this process' interpreter lock as often as they can."""
    stop = threading.Event()

    def compute() -> None:
        while not stop.is_set():
            sum(range(10_000))

    threads = [threading.Thread(target=compute, daemon=True) for _ in range(count)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table; 1 if any row is off, or no engine answers."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--engine", action="append", choices=ENGINES_HERE, help="default: all that answer")
    parser.add_argument("--only", default="", help="programs whose name has this in it")
    parser.add_argument("--most-mb", type=int, default=4000, help="leave out programs that take more")
    options = parser.parse_args(arguments)
    programs = [
        program
        for program in _programs()
        if program.size_bytes <= options.most_mb * MB and options.only in program.name
    ]
    table = Table()
    table.begin()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        (folder / "file").write_bytes(b"x" * MAPPED_BYTES)
        for engine_name in options.engine or ENGINES_HERE:
            _measure_all(engine_name, programs, folder, table)
    wrong = sum(not row.ok for row in table.rows)
    sys.stdout.write(f"{len(table.rows)} compared, {wrong} off\n")
    return 1 if wrong or not table.rows else 0


def _measure_all(engine_name: str, programs: Sequence[Program], folder: Path, table: Table) -> None:
    try:
        engine = ENGINES_HERE[engine_name]()
    except EngineUnavailableError as error:
        sys.stderr.write(f"{engine_name}: {error.message}\n")
        return
    with contextlib.ExitStack() as stack:
        stack.callback(engine.close)
        engine.ensure_image(IMAGE, silent)
        for program in programs:
            for row in compare(program, engine_name, measure(engine, program, folder)):
                table.add(row)


if __name__ == "__main__":
    sys.exit(main())
