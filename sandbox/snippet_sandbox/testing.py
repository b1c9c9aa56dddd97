"""The one set of checks that every engine must pass: each a promise, tried from inside and seen from outside.

``CHECKS`` maps a check's name to its function; the function's docstring is the promise. Tests run them all on
each engine; ``verify-snippets doctor`` can, too.
"""

import base64
import inspect
import itertools
import json
import os
import socket
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from textwrap import dedent
from typing import Any

import psutil

from snippet_sandbox import agent
from snippet_sandbox.engine import Engine
from snippet_sandbox.job import TIMELINE_POINTS, Again, Ending, Job, Measurement, Part
from snippet_sandbox.profile import Profile

MB = 10**6
SMALL = Profile(name="check", cpus=1, memory_bytes=256 * MB, pids=64, disk_bytes=16 * MB)
PAGE = 4096  # a tmpfs ends at a whole page
IMAGE = "bare"
KERNEL_IMAGE = "cpu"  # it has what runs notebooks
PNG = b"\x89PNG\r\n\x1a\n" + bytes(16)  # as far as anybody looks


class BrokenPromiseError(AssertionError):
    """An engine does not do what it promises."""


@dataclass(frozen=True, kw_only=True)
class Finding:
    """What one check found.

    Attributes:
        name: of the check.
        promise: in one sentence.
        broken: what was seen instead; empty if the promise holds.
    """

    name: str
    promise: str
    broken: str


Check = Callable[[Engine], None]
CHECKS: dict[str, Check] = {}


def check_engine(engine: Engine) -> Iterator[Finding]:
    """Run every check on one engine."""
    return findings(engine, CHECKS)


def findings(engine: Engine, checks: Mapping[str, Check]) -> Iterator[Finding]:
    """What each check of a table finds."""
    for name, check in checks.items():
        broken = ""
        try:
            check(engine)
        except BrokenPromiseError as error:
            broken = str(error)
        yield Finding(name=name, promise=inspect.getdoc(check) or "", broken=broken)


def promise(check: Check) -> Check:
    """Put a check in the table."""
    CHECKS[check.__name__] = check
    return check


def expect(holds: object, seen: object) -> None:
    """Say what was seen instead of what was promised."""
    if not holds:
        raise BrokenPromiseError(f"seen: {seen}")


def run(engine: Engine, *sources: str, **settings: Any) -> Measurement:
    """Run parts in the small profile; a setting is a field of ``Job``."""
    parts = tuple(Part(name=f"p{n}", source=dedent(source)) for n, source in enumerate(sources))
    defaults: dict[str, Any] = {"image": IMAGE, "profile": SMALL, "parts": parts, "time_limit_s": 60.0}
    return engine.run(Job(**defaults | settings))


def cells(engine: Engine, *sources: str) -> Measurement:
    """Run parts as a notebook's cells, whose first line is the document's 10th."""
    first_lines = itertools.accumulate((source.count("\n") + 1 for source in sources[:-1]), initial=10)
    parts = tuple(
        Part(name=f"c{n}", source=source, filename="doc.md", first_line=first)
        for n, (source, first) in enumerate(zip(sources, first_lines, strict=True))
    )
    return run(engine, parts=parts, kernel=True, image=KERNEL_IMAGE)


def told(engine: Engine, source: str, **settings: Any) -> Any:
    """What a part prints as JSON; it must run to its end."""
    measured = run(engine, f"import json\n{dedent(source)}", **settings)
    expect(measured.exit_code == 0, measured.stderr or measured)
    return json.loads(measured.stdout)


@promise
def parts_share_one_process(engine: Engine) -> None:
    """Parts run in order in one namespace, timed apart, at their documents' lines."""
    parts = (
        Part(name="a", source="import time\nx = 1\ntime.sleep(0.3)", filename="doc.md", first_line=10),
        Part(name="b", source="print(x)\n1 / 0", filename="doc.md", first_line=40),
        Part(name="c", source="print('never')", filename="doc.md", first_line=50),
    )
    seen = run(engine, parts=parts)
    expect([p.completed for p in seen.parts] == [True, False, False], seen.parts)
    expect(seen.stdout == "1\n", seen.stdout)
    expect(0.3 <= (seen.parts[0].duration_s or 0) < 3, seen.parts[0])
    error = seen.parts[1].error
    expect(error and error.type == "ZeroDivisionError" and error.line == 41, error)
    expect(not seen.parts[2].started, seen.parts[2])


@promise
def sessions_show_values(engine: Engine) -> None:
    """A part may run as if it were typed at a prompt: what an expression gives is printed."""
    source = "1 + 1\nNone\nfor n in 'ab':\n    n\ndef f():\n    3\nf()\n1 / 0"
    seen = run(engine, parts=(Part(name="p", source=source, filename="doc.md", first_line=5, echoes=True),))
    expect(seen.stdout == "2\n'a'\n'b'\n", seen.stdout)
    error = seen.parts[0].error
    expect(error and error.line == 12, error)


@promise
def standing_containers_wait(engine: Engine) -> None:
    """A container can be started ahead and import meanwhile; its job is timed as if it had not."""
    source = """
        import decimal
        import sys
        sys.modules["decimal"].seen = True
        raise SystemExit(3)
    """
    parts = (Part(name="p", source=dedent(source)),)
    slow = "import decimal, time\ntime.sleep(0.5)"
    job = Job(image=IMAGE, profile=SMALL, parts=parts, imports=(slow,), preload=True)
    standing = engine.start(job)
    time.sleep(1.0)
    began = time.monotonic()
    seen = standing.run()
    expect(seen.exit_code == 3, seen)
    expect(0.5 <= (seen.preload_s or 0) < 1.5 and seen.duration_s >= (seen.preload_s or 0), seen)
    expect((seen.parts[0].duration_s or 0) >= 0.5, seen.parts)
    expect(time.monotonic() - began < 0.5 + 1.0, "the imports were not done ahead")
    unused = engine.start(job)
    unused.close()


@promise
def imports_are_not_searched_for_garbage(engine: Engine) -> None:
    """The imports that open a job look through no old object for garbage; what follows does, as it would."""
    source = """
        import gc
        import json
        during = gc.get_stats()[2]["collections"]
        later = [[] for _ in range(10**6)]
        print(json.dumps([during, gc.get_freeze_count() > 10**6, gc.get_stats()[2]["collections"] > during]))
    """
    job = Job(
        image=IMAGE,
        profile=SMALL,
        parts=(Part(name="p", source=dedent(source)),),
        imports=("import time; time.kept = [[] for _ in range(10**6)]",),
    )
    for preload in (False, True):
        seen = engine.run(replace(job, preload=preload))
        expect(seen.stdout == "[0, true, true]\n", seen)
        expect((seen.preload_s is None) is not preload, seen.preload_s)


@promise
def no_network(engine: Engine) -> None:
    """There is no network but the loopback, and nothing is reached through it."""
    source = """
        import socket
        try:
            socket.create_connection(("1.1.1.1", 53), 2)
            reached = True
        except OSError:
            reached = False
        print(json.dumps([[name for _, name in socket.if_nameindex()], reached]))
    """
    interfaces, reached = told(engine, source)
    expect(set(interfaces) <= {"lo", "tunl0", "sit0", "ip6tnl0"} and not reached, (interfaces, reached))


@promise
def no_privilege(engine: Engine) -> None:
    """The job is not root, holds no capability, and can't gain any."""
    source = """
        import os
        wanted = ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb", "NoNewPrivs")
        lines = [line.partition(":") for line in open("/proc/self/status")]
        status = {name: value.strip() for name, _, value in lines if name in wanted}
        print(json.dumps([os.getuid(), os.getgid(), os.getgroups(), status]))
    """
    uid, gid, groups, status = told(engine, source)
    expect(uid and gid and 0 not in groups, (uid, gid, groups))
    expect(status.pop("NoNewPrivs", "1") == "1", status)  # gVisor's kernel doesn't say
    expect(all(int(value, 16) == 0 for value in status.values()), status)


@promise
def read_only_root(engine: Engine) -> None:
    """Nothing can be written but the home, /tmp and shared memory."""
    source = """
        import os
        written = []
        places = "/ /usr /etc /opt /opt/venv /opt/venv/bin /run /run/agent /dev /var"
        for place in places.split():
            try:
                open(os.path.join(place, "written"), "w").close()
                written.append(place)
            except OSError:
                pass
        print(json.dumps(written))
    """
    written = told(engine, source)
    expect(written == [], written)


@promise
def private_limited_places(engine: Engine) -> None:
    """The home, /tmp and shared memory can be written up to the profile's size, and no further."""
    source = """
        import errno
        kept = {}
        for place in ("/home/snippet", "/tmp", "/dev/shm"):
            size = 0
            try:
                with open(place + "/big", "wb", buffering=0) as file:
                    for _ in range(64):
                        size += file.write(bytes(1_000_000))
            except OSError as error:
                assert error.errno == errno.ENOSPC, error
            kept[place] = size
            open(place + "/big", "w").close()
        print(json.dumps(kept))
    """
    kept = told(engine, source)
    expect(all(8 * MB <= size <= SMALL.disk_bytes + PAGE for size in kept.values()), kept)


@promise
def fresh_every_time(engine: Engine) -> None:
    """A container has run nothing before: what one job leaves behind, the next doesn't find."""
    source = """
        import os
        found = [p for p in ("/home/snippet/left", "/tmp/left", "/dev/shm/left") if os.path.exists(p)]
        for place in ("/home/snippet", "/tmp", "/dev/shm"):
            open(place + "/left", "w").close()
        print(json.dumps(found))
    """
    expect(told(engine, source) == [] and told(engine, source) == [], "files of the job before")


@promise
def memory_is_limited(engine: Engine) -> None:
    """A job that takes more memory than its profile has is ended, and the ending says why."""
    seen = run(engine, "print('begun')\nhoard = [bytearray(10_000_000) for _ in range(60)]\nprint('never')")
    expect(seen.ending is Ending.MEMORY_LIMIT, seen)
    expect(seen.stdout == "begun\n", seen.stdout)


@promise
def shared_memory_is_limited(engine: Engine) -> None:
    """Memory that is no single process' own counts against the profile as well, each page once."""
    hoarding = """
        import mmap
        print('begun')
        hoard = mmap.mmap(-1, 600_000_000)
        for page in range(0, 600_000_000, 4096):
            hoard[page] = 1
        print('never')
    """
    seen = run(engine, hoarding)
    expect(seen.ending is Ending.MEMORY_LIMIT and seen.stdout == "begun\n", seen)
    sharing = """
        import mmap, os, time
        shared = mmap.mmap(-1, 100_000_000)
        for child in range(4):
            if not os.fork():
                for page in range(0, 100_000_000, 4096):
                    shared[page] = 1
                time.sleep(1)
                os._exit(0)
        while True:
            try:
                os.wait()
            except ChildProcessError:
                break
    """
    seen = run(engine, sharing)
    expect(seen.exit_code == 0, seen)


@promise
def no_core_dumps_and_little_locked_memory(engine: Engine) -> None:
    """A crash leaves nothing with the host, whatever handles cores there; hardly any memory can be locked."""
    source = """
        import resource
        print(json.dumps([resource.getrlimit(n) for n in (resource.RLIMIT_CORE, resource.RLIMIT_MEMLOCK)]))
    """
    cores, locked = told(engine, source)
    expect(cores == [agent.CORE_BYTES] * 2 and 0 <= locked[1] <= 8 << 20, (cores, locked))


@promise
def number_of_files_is_limited(engine: Engine) -> None:
    """Empty files take the kernel's memory: there is no end of them that a profile's memory doesn't set."""
    source = """
        import os
        for number in range(2_000_000):
            os.close(os.open(f"/tmp/{number}", os.O_CREAT | os.O_WRONLY))
        print('never')
    """
    seen = run(engine, source)
    expect("never" not in seen.stdout, seen.stdout)
    ended = seen.ending is Ending.MEMORY_LIMIT or "No space left" in seen.stderr
    expect(ended, seen)


@promise
def memory_is_measured(engine: Engine) -> None:
    """Anonymous and file-backed memory are measured apart."""
    quiet = run(engine, "import time\ntime.sleep(0.2)")
    hoarding = run(engine, "import time\nhoard = bytearray(100_000_000)\ntime.sleep(0.2)")
    grown = (hoarding.memory.anonymous_bytes or 0) - (quiet.memory.anonymous_bytes or 0)
    expect(98 * MB <= grown <= 104 * MB, (quiet.memory, hoarding.memory))
    source = """
        import mmap, time
        with open("/tmp/file", "wb") as file:
            file.write(bytes(15_000_000))
        with open("/tmp/file", "rb") as file:
            mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
            sum(mapped[::4096])
            time.sleep(0.2)
    """
    mapping = run(engine, source).memory
    expect((mapping.anonymous_bytes or 0) - (quiet.memory.anonymous_bytes or 0) < 5 * MB, mapping)
    expect((mapping.file_bytes or 0) - (quiet.memory.file_bytes or 0) > 14 * MB, mapping)


@promise
def memory_has_a_course(engine: Engine) -> None:
    """How much is held when is told from nothing to the end; its highest is the peak."""
    source = """
        import time
        time.sleep(0.4)
        hoard = bytearray(100_000_000)
        time.sleep(0.4)
        del hoard
        time.sleep(0.4)
    """
    seen = run(engine, source)
    course, peak = seen.memory.timeline, seen.memory.anonymous_bytes or 0
    expect(course, seen.memory)
    expect(course[0][0] == 0 and abs(course[-1][0] - seen.duration_s) < 0.05, (course, seen.duration_s))
    expect(max(held for _, held in course) == peak, (course, peak))
    high = [at_s for at_s, held in course if held > peak - 5 * MB]
    expect(len(course) <= TIMELINE_POINTS and 0.3 < high[-1] - high[0] < 0.8, (len(course), high))


@promise
def pictures_come_out(engine: Engine) -> None:
    """Pictures that a job wrote are brought out, even if it is killed; what only looks like one is not."""
    source = r"""
        import os, time
        png = b"\x89PNG\r\n\x1a\n" + bytes(100)
        os.makedirs("out/.hidden")
        for name in ("out/in time.png", "/tmp/a\n..b.png", "out/.hidden/c.png", "d.txt"):
            with open(name, "wb") as file:
                file.write(png + name.encode())
        os.symlink("/etc/passwd", "link.png")
        os.mkfifo("pipe.png")
        with open("page.png", "w") as file:
            file.write("<html>")
        with open("huge.png", "wb") as file:
            file.write(png)
            file.truncate(10**10)
        time.sleep(60)
    """
    seen = run(engine, source, time_limit_s=2.0)
    expect(seen.ending is Ending.TIME_LIMIT, seen)
    names = {picture.name for picture in seen.pictures}
    expect(names == {"in time.png", "a_..b.png"}, names)


_PYPLOT = r"""
    import sys, types

    class Figure:
        def __init__(self, *steps):
            self.steps = steps
        def savefig(self, path, **settings):
            for step in self.steps:
                step(path)

    def save(path):
        with open(path, "wb") as file:
            file.write(b"\x89PNG\r\n\x1a\n" + path.encode())

    figures = {}
    pyplot = types.ModuleType("matplotlib.pyplot")
    pyplot.get_fignums = lambda: sorted(figures)
    pyplot.figure = figures.get
    sys.modules["matplotlib.pyplot"] = pyplot
"""


@promise
def open_figures_are_drawn(engine: Engine) -> None:
    """Figures that a job left open are drawn; what goes wrong then, is said or taken is none of the job's."""
    source = """
        import os
        def fail(path): raise ValueError
        def crash(path): os.kill(os.getpid(), 11)
        def talk(path): print("drawn", flush=True)
        def hoard(path): bytearray(60_000_000)
        def hoard_more(path): held = [bytearray(10_000_000) for _ in range(60)]
        for number, step in enumerate((fail, crash, hoard_more, hoard, talk)):
            figures[number] = Figure(step, save)
    """
    seen = run(engine, dedent(_PYPLOT) + dedent(source))
    expect(seen.ending is Ending.EXITED and seen.exit_code == 0 and seen.parts[0].completed, seen)
    expect(seen.stdout == "" == seen.stderr, (seen.stdout, seen.stderr))
    names = [picture.name for picture in seen.pictures]
    expect(names == ["figure-3.png", "figure-4.png"], names)
    expect((seen.memory.anonymous_bytes or 0) < 40 * MB, seen.memory)


@promise
def drawing_has_an_end(engine: Engine) -> None:
    """A figure that is never done changes nothing of how a job ended, and takes no time beyond its limit."""
    source = """
        def never(path):
            while True:
                pass
        figures.update({1: Figure(save), 2: Figure(never)})
        raise SystemExit(4)
    """
    began = time.monotonic()
    seen = run(engine, dedent(_PYPLOT) + dedent(source), time_limit_s=3.0)
    expect(time.monotonic() - began < 6, f"{time.monotonic() - began:.1f} s")
    expect(seen.ending is Ending.EXITED and seen.exit_code == 4, seen)
    expect([picture.name for picture in seen.pictures] == ["figure-1.png"], seen.pictures)


@promise
def processes_are_limited(engine: Engine) -> None:
    """A job can't start more processes than its profile allows, and is still measured to its end."""
    source = """
        import os, signal
        children = []
        try:
            while len(children) < 500:
                child = os.fork()
                if not child:
                    signal.pause()
                children.append(child)
        except OSError:
            pass
        for child in children:
            os.kill(child, signal.SIGKILL)
        print(json.dumps(len(children)))
    """
    started = told(engine, source)
    expect(started < SMALL.pids, started)


@promise
def processor_time_is_limited(engine: Engine) -> None:
    """Busy processes get no more processor time than the profile has CPUs, and programs see as many."""
    source = """
        import os, time
        began = time.monotonic()
        children = [os.fork() for _ in range(2)]
        while time.monotonic() - began < 1.5:
            pass
        if 0 in children:
            os._exit(0)
        while True:
            try:
                os.wait()
            except ChildProcessError:
                break
        spent = sum(os.times()[:4])
        print(json.dumps([len(os.sched_getaffinity(0)), spent / (time.monotonic() - began)]))
    """
    cpus, used = told(engine, source)
    expect(cpus == SMALL.cpus and used < 1.35, (cpus, used))


@promise
def time_is_limited(engine: Engine) -> None:
    """A job that never ends is ended, with children that ignore signals, and keeps what it printed."""
    source = """
        import os, signal, time
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        if not os.fork():
            os.setsid()
            os.fork()
        print("begun")
        while True:
            time.sleep(1)
    """
    began = time.monotonic()
    seen = run(engine, source, time_limit_s=2.0)
    expect(seen.ending is Ending.TIME_LIMIT, seen)
    expect(time.monotonic() - began < 10, f"{time.monotonic() - began:.1f} s")
    expect("begun" in seen.stdout, seen.stdout)
    expect(1.9 <= seen.duration_s <= 4, seen.duration_s)


@promise
def nothing_outlives_a_job(engine: Engine) -> None:
    """Processes that a job leaves behind are gone when its measurement is there."""
    mark = f"left-behind-{os.getpid()}-{time.monotonic_ns()}"
    source = f"""
        import os, sys
        if not os.fork():
            os.setsid()
            if not os.fork():
                sleep = "import time; time.sleep(300)"
                os.execv(sys.executable, [sys.executable, "-c", sleep, {mark!r}])
            os._exit(0)
        import time
        time.sleep(0.5)
    """
    seen = run(engine, source)
    expect(seen.exit_code == 0, seen)
    everything = psutil.process_iter(["cmdline"])
    left = [process.pid for process in everything if mark in (process.info["cmdline"] or ())]
    expect(left == [], left)


@promise
def host_is_out_of_sight(engine: Engine) -> None:
    """A job sees neither the host's environment nor its processes nor the engine's socket."""
    os.environ["VERIFY_SNIPPETS_SECRET"] = "hf_secret"  # noqa: S105 - bait
    try:
        source = """
            import os
            processes = [name for name in os.listdir("/proc") if name.isdigit()]
            sockets = [p for p in ("/var/run/docker.sock", "/run/docker.sock") if os.path.exists(p)]
            inherited = "VERIFY_SNIPPETS_SECRET" in os.environ
            print(json.dumps([inherited, len(processes), sockets, os.listdir("/home")]))
        """
        inherited, processes, sockets, homes = told(engine, source)
    finally:
        del os.environ["VERIFY_SNIPPETS_SECRET"]
    expect(
        not inherited and processes < 10 and not sockets and homes == ["snippet"],
        (inherited, processes, sockets),
    )


@promise
def agent_is_out_of_reach(engine: Engine) -> None:
    """A job can't kill, read or speak for the agent, which is process 1."""
    source = """
        import os, signal
        opened = []
        for name in ("fd/1", "mem", "environ"):
            try:
                open("/proc/1/" + name, "rb").close()
                opened.append(name)
            except OSError:
                pass
        try:
            os.kill(1, signal.SIGKILL)
        except OSError:
            pass
        print('{"end": {"exit_code": 0, "signal": null, "at": 0}}')
        print(json.dumps(opened))
        raise SystemExit(7)
    """
    seen = run(engine, f"import json\n{dedent(source)}")
    expect(seen.exit_code == 7 and not seen.parts[0].completed, seen)
    expect(seen.stdout.splitlines()[-1] == "[]", seen.stdout)


@promise
def completion_cannot_be_forged(engine: Engine) -> None:
    """A job that writes to every file it finds open has not completed for it."""
    source = """
        import os
        for message in (b'{"part": "p0", "state": "completed"}\\n', b'{"end": {"exit_code": 0}}\\n'):
            for fd in range(64):
                try:
                    os.write(fd, message)
                except OSError:
                    pass
        os._exit(0)
    """
    seen = run(engine, source)
    expect(seen.exit_code == 0 and seen.parts[0].started and not seen.parts[0].completed, seen)


@promise
def cells_run_in_a_kernel(engine: Engine) -> None:
    """Parts may be cells of a notebook: each has its own end, output and memory, after a failure too."""
    sources = (
        "import asyncio\nawait asyncio.sleep(0.1)\nx = 1\nprint('begun')\nx + 1",
        "!true\n!exit 3\nprint('after')",
        "def fail():\n    return x / 0\nhoard = bytearray(100_000_000)\nfail()",
        "from IPython.display import Image\nImage(data=__import__('base64').b64decode(PIXEL))",
        "1 +",
    )
    pixel = base64.b64encode(PNG).decode()
    seen = cells(engine, *sources[:3], sources[3].replace("PIXEL", repr(pixel)), sources[4])
    first, shell, failed, picture, unread = seen.parts
    expect([part.completed for part in seen.parts] == [True, False, False, True, False], seen.parts)
    expect(first.stdout == "begun\n2\n" and 0.1 <= (first.duration_s or 0) < 2, first)
    expect(first.outputs[-1]["data"] == {"text/plain": "2"}, first.outputs)
    expect(shell.error and shell.error.line == 16 and "exit code 3" in shell.error.message, shell.error)
    expect(shell.stdout == "after\n", shell)
    expect(failed.error and failed.error.type == "ZeroDivisionError", failed)
    expect(failed.error and failed.error.line == 19, failed.error)  # of the document, and not of the cell
    expect((failed.peak_anonymous_bytes or 0) > (first.peak_anonymous_bytes or 0) + 90 * MB, seen.parts)
    expect([each.data for each in picture.pictures] == [PNG] and seen.pictures == picture.pictures, picture)
    expect(unread.error and unread.error.type == "SyntaxError" and unread.error.line == 24, unread)
    expect(seen.exit_code == 1 and seen.stdout.startswith("begun\n2\nafter\n"), seen)


@promise
def dead_kernels_say_why(engine: Engine) -> None:
    """A kernel that dies ends its job as it ended itself: by its memory, a signal or an exit code."""
    hoarding = cells(engine, "print('begun')", "hoard = [bytearray(10_000_000) for _ in range(60)]", "1")
    expect(hoarding.ending is Ending.MEMORY_LIMIT, hoarding)
    expect([part.completed for part in hoarding.parts] == [True, False, False], hoarding.parts)
    expect(not hoarding.parts[2].started, hoarding.parts)
    crashed = cells(engine, "import os, signal\nos.kill(os.getpid(), signal.SIGSEGV)")
    expect(crashed.ending is Ending.SIGNALED and crashed.signal == "SIGSEGV", crashed)
    expect('File "doc.md", line 11' in crashed.stderr, crashed.stderr)
    left = cells(engine, "import os\nos._exit(0)")
    expect(left.exit_code == 0 and left.parts[0].started and not left.parts[0].completed, left)


@promise
def cells_cannot_be_forged(engine: Engine) -> None:
    """A cell reaches neither the pipes nor the memory of who runs it; who kills that has not completed."""
    prying = """
        import os
        found = []
        for name in ("fd/1", "mem", "environ"):
            try:
                open(f"/proc/{os.getppid()}/{name}", "rb").close()
                found.append(name)
            except OSError:
                pass
        print(found)
    """
    seen = cells(engine, dedent(prying), "import os\nos.kill(os.getppid(), 9)\nimport time\ntime.sleep(5)")
    expect(seen.stdout == "[]\n", seen.stdout)
    expect(seen.parts[0].completed and not seen.parts[1].completed and seen.signal == "SIGKILL", seen)


@promise
def what_runs_again_is_timed(engine: Engine) -> None:
    """Statements after a line run again in the same namespace, each time on its own; a failure ends it."""
    source = """
        import time
        turns = []
        turns.append(1)
        time.monotonic = time.perf_counter = lambda: 0.0
        time.sleep(0.1)
        1 / (4 - len(turns))
    """
    again = Again(first_line=13, times=9, within_s=30.0)
    part = Part(name="p", source=dedent(source), filename="doc.md", first_line=10)
    seen = run(engine, parts=(part,), again=again)
    expect(seen.exit_code == 0 and seen.parts[0].completed, seen)
    expect(len(seen.repeats) == 2, seen.repeats)
    expect(all(0.1 <= each.seconds < 1 and each.tokens is None for each in seen.repeats), seen.repeats)
    expect(run(engine, "1 / 0", again=again).repeats == (), "what failed is not run again")


@promise
def only_the_first_process_counts(engine: Engine) -> None:
    """A forked child that reaches the last line says nothing for its parent; nor do patches silence it."""
    source = """
        import json, os
        child = os.fork()
        if child:
            os.waitpid(child, 0)
            json.dumps = None
            raise KeyError("parent")
        print("child")
    """
    seen = run(engine, source)
    error = seen.parts[0].error
    expect(seen.exit_code == 1 and error and error.type == "KeyError", seen)
    expect(seen.stdout == "child\n", seen.stdout)


@promise
def endings_are_told_apart(engine: Engine) -> None:
    """Exit codes, signals, an early exit and a missing keyboard are each seen for what they are."""
    leaving = run(engine, "raise SystemExit(3)")
    expect(leaving.ending is Ending.EXITED and leaving.exit_code == 3, leaving)
    crashing = run(engine, "import ctypes\nctypes.string_at(0)")
    expect(crashing.ending is Ending.SIGNALED and crashing.signal == "SIGSEGV", crashing)
    early = run(engine, "import os\nprint('half', flush=True)\nos._exit(0)\nprint('whole')")
    expect(early.exit_code == 0 and early.parts[0].started and not early.parts[0].completed, early)
    waiting = run(engine, "input('name? ')")
    expect(waiting.parts[0].error and waiting.parts[0].error.type == "EOFError", waiting)


@promise
def output_is_limited(engine: Engine) -> None:
    """Of a flood of output the beginning and the end are kept, the cut is marked, all is counted."""
    source = """
        import sys
        print("first line")
        for _ in range(200):
            sys.stdout.write("x" * 99_999 + "\\n")
        print("last line")
    """
    seen = run(engine, source, output_limit_bytes=100_000)
    expect(seen.exit_code == 0, seen.ending)
    expect(len(seen.stdout) < 101_000 and "bytes cut" in seen.stdout, len(seen.stdout))
    expect(seen.stdout.startswith("first line") and seen.stdout.endswith("last line\n"), seen.stdout[-100:])
    expect(seen.stdout_bytes == 20_000_021, seen.stdout_bytes)


@promise
def cancelling_ends_a_job(engine: Engine) -> None:
    """A job is ended soon after its cancellation."""
    cancel = threading.Event()
    threading.Timer(1.0, cancel.set).start()
    part = Part(name="p", source="import time\ntime.sleep(60)")
    job = Job(image=IMAGE, profile=SMALL, parts=(part,))
    began = time.monotonic()
    seen = engine.run(job, cancel=cancel)
    expect(seen.ending is Ending.CANCELLED and time.monotonic() - began < 8, seen)


@promise
def gateway_is_the_way_out(engine: Engine) -> None:
    """What connects to the loopback port speaks to the gateway's socket."""
    with _echo_gateway() as folder:
        source = f"""
            import socket
            with socket.create_connection(("127.0.0.1", {agent.RELAY_PORT}), 5) as door:
                door.sendall(b"hello")
                door.shutdown(socket.SHUT_WR)
                print(json.dumps(door.makefile().read()))
        """
        heard = told(engine, source, gateway_dir=folder)
    expect(heard == "HELLO", heard)


@contextmanager
def _echo_gateway() -> Iterator[Path]:
    """A folder with a socket that answers in capitals."""
    with tempfile.TemporaryDirectory() as name, socket.socket(socket.AF_UNIX) as door:
        folder = Path(name)
        folder.chmod(0o755)
        door.bind(str(folder / "gateway.sock"))
        (folder / "gateway.sock").chmod(0o666)
        door.listen()
        door.settimeout(30)

        def answer() -> None:
            guest, _ = door.accept()
            with guest:
                guest.sendall(guest.recv(100).upper())

        threading.Thread(target=answer, daemon=True).start()
        yield folder
