"""Process 1 of the container: start the job, carry its output out, reap it, say how it ended.

It runs as the same user as the job, so it trusts nothing that the job can reach: it is process 1 of its
PID namespace (the kernel drops signals from inside, SIGKILL too), it makes itself undumpable (no ptrace, no
/proc/1/fd, no /proc/1/mem), and its lines to the host carry a nonce that the job is never given.
"""

import argparse
import base64
import contextlib
import ctypes
import itertools
import json
import os
import platform
import queue
import random
import resource
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, BinaryIO

RELAY_PORT = 8017
GATEWAY_SOCKET = "/run/gateway/gateway.sock"
DRIVER = str(Path(__file__).with_name("driver.py"))
NOTEBOOK = str(Path(__file__).with_name("notebook.py"))
HOME = "/home/snippet"
FIGURES = f"{HOME}/.verify-snippets/figures"
PLACES = (HOME, "/tmp")  # noqa: S108 - the container's own
ENTRIES = 1000  # that are looked at to see whether anything lies there
CHUNK_BYTES = 65536
DISMISSAL_S = 10.0
DRAIN_S = 1.0  # how long output may still trickle in after the job's process has ended
OPEN_FILES = 4096
CORE_BYTES = 1  # by this very number the kernel hands no core to a program, which it does at 0: fs/coredump.c
LIMITS = {
    resource.RLIMIT_CORE: CORE_BYTES,
    resource.RLIMIT_NOFILE: OPEN_FILES,
    resource.RLIMIT_MEMLOCK: 8 << 20,  # this and the next as the kernel's own defaults
    resource.RLIMIT_MSGQUEUE: 819_200,
}
LINE_LIMIT_BYTES = 4_000_000  # of the driver: the names of all modules, a traceback, a cell's picture
LAST_CAPABILITY = 63
CAPABILITY_VERSION = 0x20080522  # _LINUX_CAPABILITY_VERSION_3
PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_SECCOMP, PR_CAPBSET_DROP = 1, 4, 22, 24  # <linux/prctl.h>
SECCOMP_MODE_FILTER, INSTRUCTION_BYTES = 2, 8


def harden(options: argparse.Namespace) -> None:
    """Give up what the job must not inherit, and what it must not reach in this process.

    Undumpable closes /proc/<pid>/{fd,mem,environ} and ptrace to processes of the same user.
    """
    prctl = ctypes.CDLL(None).prctl
    if options.user:
        for capability in range(LAST_CAPABILITY + 1):
            prctl(PR_CAPBSET_DROP, capability, 0, 0, 0)
        os.setgroups([])
        os.setresgid(options.user, options.user, options.user)
        os.setresuid(options.user, options.user, options.user)
        drop_capabilities()
        prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)  # a change of user clears it
    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)
    for limit, value in LIMITS.items():
        lower(limit, value)
    if options.processes:
        lower(resource.RLIMIT_NPROC, options.processes)


def lower(limit: int, value: int) -> None:
    """Set a limit of this process and all that it starts; one that is lower already stays.

    Linux lets everybody lower a limit. Other kernels (gVisor) know fewer limits, and refuse the rest.
    """
    _, hard = resource.getrlimit(limit)
    lowest = value if hard == resource.RLIM_INFINITY else min(value, hard)
    with contextlib.suppress(ValueError):
        resource.setrlimit(limit, (lowest, lowest))


class SockFprog(ctypes.Structure):
    """``struct sock_fprog`` of <linux/filter.h>: a program of classic BPF."""

    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p))


def filter_calls(program: bytes) -> None:
    """Keep system calls from this process and all that it starts, beside those that its engine keeps."""
    filter_ = SockFprog(len(program) // INSTRUCTION_BYTES, program)
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.byref(filter_), 0, 0):
        raise OSError(ctypes.get_errno(), "seccomp")


def drop_capabilities() -> None:
    """Empty the permitted, effective and inheritable sets: capset(2), version 3, two 32-bit words of each."""
    header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION, 0)
    nothing = (ctypes.c_uint32 * 6)()
    if ctypes.CDLL(None, use_errno=True).capset(header, nothing):
        raise OSError(ctypes.get_errno(), "capset")


def see_only(cpus: int) -> None:
    """Have programs count as many CPUs as the profile has: libraries start a thread for each they see.

    Which ones is drawn by lot, so that jobs side by side don't crowd on the first.
    """
    available = os.sched_getaffinity(0)
    if 0 < cpus < len(available):
        os.sched_setaffinity(0, random.sample(sorted(available), cpus))


class Host:
    """The agent's line to the host."""

    def __init__(self, stdin: BinaryIO, stdout: BinaryIO) -> None:
        self._stdin = stdin
        self._stdout = stdout
        self._lock = threading.Lock()
        self._began = time.monotonic()
        self._nonce = ""

    def ready(self) -> None:
        """Say that the container stands."""
        self._write(json.dumps({"ready": {"python": platform.python_version()}}))

    def receive(self) -> dict[str, Any]:
        """Wait for the job, which may be long in coming, or for what can be done before it comes."""
        line = self._stdin.readline()
        if not line:
            raise SystemExit(0)
        message: dict[str, Any] = json.loads(line)
        if "nonce" in message:
            self._nonce = message.pop("nonce") + " "
            self._began = time.monotonic()
        return message

    def order(self) -> list[str]:
        """Wait for the host to say something, and return its words; none if it is gone."""
        return self._stdin.readline().decode().split()

    def say(self, **message: object) -> None:
        """Send one message; a host that is gone is noticed by ``order``."""
        self._write(self._nonce + json.dumps(message))

    def now(self) -> float:
        """Seconds since the job was received."""
        return self.since_handed_in(time.monotonic())

    def since_handed_in(self, moment: float) -> float:
        """The seconds from the job's receipt to a moment of the monotonic clock."""
        return moment - self._began

    def _write(self, line: str) -> None:
        with self._lock:
            try:
                self._stdout.write(line.encode() + b"\n")
                self._stdout.flush()
            except OSError:
                pass


class Output:
    """Carries one stream out: the first half of the limit as it comes, the last half at the end."""

    def __init__(self, host: Host, name: str, pipe: IO[bytes], limit_bytes: int) -> None:
        self._host = host
        self._name = name
        self._pipe = pipe
        self._head_left = limit_bytes // 2
        self._tail_limit = limit_bytes - limit_bytes // 2
        self._tail = bytearray()
        self.total_bytes = 0
        self.thread = threading.Thread(target=self._pump, daemon=True)
        self.thread.start()

    def _pump(self) -> None:
        while data := os.read(self._pipe.fileno(), CHUNK_BYTES):
            self.total_bytes += len(data)
            head, rest = data[: self._head_left], data[self._head_left :]
            if head:
                self._head_left -= len(head)
                self._host.say(output=self._name, data=base64.b64encode(head).decode())
            self._tail += rest
            if len(self._tail) > 2 * self._tail_limit:
                del self._tail[: -self._tail_limit]

    def tail(self) -> str:
        """What was kept of the end, base64."""
        return base64.b64encode(bytes(self._tail[-self._tail_limit :])).decode()


def relay() -> None:
    """Carry connections to 127.0.0.1:RELAY_PORT over to the gateway's socket."""
    door = socket.create_server(("127.0.0.1", RELAY_PORT), backlog=64)
    while True:
        inside, _ = door.accept()
        outside = socket.socket(socket.AF_UNIX)
        try:
            outside.connect(GATEWAY_SOCKET)
            for source, sink in ((inside, outside), (outside, inside)):
                threading.Thread(target=_copy, args=(source, sink), daemon=True).start()
        except (OSError, RuntimeError):  # RuntimeError: no thread left under the job's pids limit
            inside.close()
            outside.close()


def _copy(source: socket.socket, sink: socket.socket) -> None:
    try:
        while data := source.recv(CHUNK_BYTES):
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        for end in (source, sink):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)


def bounded_lines(stream: IO[bytes]) -> Iterator[bytes]:
    """Lines of a stream, without those that are longer than any of the driver's: they are not even held."""
    while line := stream.readline(LINE_LIMIT_BYTES):
        if line.endswith(b"\n"):
            yield line
            continue
        while line and not line.endswith(b"\n"):
            line = stream.readline(LINE_LIMIT_BYTES)


class Parts:
    """Listens to what the driver says of its parts and passes on what can be true.

    The job can find the pipe among its open files; what it writes there lacks the driver's seal.
    """

    def __init__(self, host: Host, names: list[str], pipe: int, seal: str) -> None:
        self._host = host
        self._seal = seal
        self._expected = list(names)
        self._pipe = pipe
        self._said_at = 0.0
        self._between_parts = False
        self.modules: list[str] = []
        self.thread = threading.Thread(target=self._listen, daemon=True)
        self.thread.start()

    def _listen(self) -> None:
        with os.fdopen(self._pipe, "rb") as pipe:
            for line in bounded_lines(pipe):
                try:
                    self._hear(json.loads(line))
                except (ValueError, TypeError, KeyError):
                    continue

    def _hear(self, message: dict[str, Any]) -> None:
        if message["seal"] != self._seal:
            return
        if "modules" in message:
            self.modules = [str(name) for name in message["modules"]][:5000]
            return
        if "preloaded" in message:
            self._said_at = self._when(message)
            self._host.say(preloaded=float(message["preloaded"]), at=self._said_at)
            return
        if "again" in message:
            self._hear_again(message)
            return
        if "figures" in message:
            self._hear_figures(message["figures"])
            return
        if "gpu" in message:
            peaks = message["gpu"]
            self._host.say(gpu={name: int(peaks[name]) for name in ("reserved", "allocated")})
            return
        if "output_of" in message or "printed_by" in message:
            self._hear_cell(message)
            return
        name, state = message["part"], message["state"]
        if not self._expected or name != self._expected[0]:
            return  # out of order: nobody but the job itself can have said it
        self._between_parts = state != "started"
        if self._between_parts:
            self._expected.pop(0)
        self._said_at = self._when(message)
        self._host.say(part=name, state=state, at=self._said_at, error=message.get("error"))

    def _hear_again(self, message: dict[str, Any]) -> None:
        """What runs once more, which can't be before all parts have come to their end."""
        if self._expected or message["again"] not in ("started", "ended"):
            return
        tokens = message.get("tokens")
        self._said_at = self._when(message)
        self._host.say(
            again=message["again"], at=self._said_at, tokens=tokens if isinstance(tokens, int) else None
        )

    def _hear_figures(self, state: str) -> None:
        """Drawing begins or ends, which can't be while a part runs."""
        if self._between_parts and state in ("begin", "end"):
            self._host.say(figures=state)

    def _hear_cell(self, message: dict[str, Any]) -> None:
        """What the cell that runs just now gave or printed."""
        name = message.get("output_of", message.get("printed_by"))
        if not self._between_parts and self._expected and name == self._expected[0]:
            wanted = ("output_of", "gave", "printed_by", "stdout", "stderr")
            self._host.say(**{key: message[key] for key in wanted if key in message})

    def _when(self, message: dict[str, Any]) -> float:
        """When the driver said it, by its own clock, which is ours: on a busy machine we hear it later.

        It can't have been before what it said last, nor after we heard it.
        """
        return max(self._said_at, min(self._host.since_handed_in(float(message["at"])), self._host.now()))


class Started:
    """The job's process.

    Attributes:
        process: itself.
        said: the pipe on which a driver speaks of its parts; None for a command.
    """

    def __init__(self, process: "subprocess.Popen[bytes]", said: "int | None" = None, spec: int = -1) -> None:
        self.process = process
        self.said = said
        self._spec = spec

    def hand_in(self, seal: str, job: dict[str, Any]) -> None:
        """Give a driver its parts; it may still be importing."""
        spec = json.dumps(
            {
                "seal": seal,
                "parts": job["parts"],
                "imports": job.get("imports", []),
                "again": job.get("again"),
                "gpu": job.get("gpu"),
            }
        )
        threading.Thread(target=_feed, args=(self._spec, spec), daemon=True).start()

    def let_draw(self, bounds: list[str]) -> None:
        """Answer a driver that waits for leave to draw."""
        _feed(self._spec, " ".join(bounds))


def start_command(job: dict[str, Any]) -> Started:
    """Start a job's command."""
    return Started(_spawn([str(word) for word in job["command"]], _environment(job), ()))


def start_driver(job: dict[str, Any], imports: list[str]) -> Started:
    """Start the driver, which runs ``imports`` and then waits for its parts; or who runs those as cells."""
    spec_read, spec_write = os.pipe()
    said_read, said_write = os.pipe()
    program = NOTEBOOK if job.get("kernel") else DRIVER
    command = [job["python"], program, str(spec_read), str(said_write), *imports]
    process = _spawn(command, _environment(job), (spec_read, said_write))
    os.close(spec_read)
    os.close(said_write)
    return Started(process, said_read, spec_write)


def _environment(job: dict[str, Any]) -> dict[str, str]:
    return {str(key): str(value) for key, value in job["environment"].items()}


def _spawn(command: list[str], environment: dict[str, str], fds: tuple[int, ...]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment,
        cwd=HOME,
        pass_fds=fds,
        start_new_session=True,
    )


def _feed(pipe: int, line: str) -> None:
    try:
        with os.fdopen(pipe, "wb", closefd=False) as sink:
            sink.write(line.encode() + b"\n")
    except OSError:
        pass  # the driver died before it had read it; its exit code says so


def reap_until(pid: int) -> int:
    """Reap every child, as process 1 must, until ``pid`` has ended; return its wait status."""
    while True:
        try:
            ended, status = os.waitpid(-1, 0)
        except InterruptedError:
            continue
        if ended == pid:
            return status


def end_everything() -> None:
    """Kill every process of the container but this one."""
    if os.getpid() == 1:
        with contextlib.suppress(ProcessLookupError):
            os.kill(-1, signal.SIGKILL)


def exit_of(status: int) -> dict[str, object]:
    """How a process ended, from its wait status."""
    if os.WIFSIGNALED(status):
        return {"exit_code": None, "signal": signal.Signals(os.WTERMSIG(status)).name}
    return {"exit_code": os.WEXITSTATUS(status), "signal": None}


class Obedience:
    """Ends the job when the host says so or is gone, and passes on its other wishes."""

    def __init__(self, host: Host, started: Started) -> None:
        self._host = host
        self._started = started
        self._wishes: queue.SimpleQueue[list[str]] = queue.SimpleQueue()
        self.stopped = False
        threading.Thread(target=self._obey, daemon=True).start()

    def _obey(self) -> None:
        while order := self._host.order():
            match order:
                case ["draw", *bounds]:
                    self._started.let_draw(bounds)
                case ["pictures", *_]:
                    self._wishes.put(order)
                case _:
                    self.stopped = True
                    end_everything()
        end_everything()
        self._wishes.put([])

    def last_wish(self) -> list[str]:
        """Wait for what the host wants when all is over; empty once it is gone, or after a while.

        It reads the container's meters meanwhile, which end with this process.
        """
        try:
            return self._wishes.get(timeout=DISMISSAL_S)
        except queue.Empty:
            return []


def left_anything() -> bool:
    """Whether the job left figures of ours or files of its own that can be seen: most leave none."""
    if os.path.isdir(FIGURES):  # noqa: PTH112 - quicker
        return True
    for place in PLACES:
        with contextlib.suppress(OSError), os.scandir(place) as entries:
            if any(not entry.name.startswith(".") for entry in itertools.islice(entries, ENTRIES)):
                return True
    return False


def send_pictures(host: Host, most: int, most_bytes: int) -> None:
    """Send what the job has drawn, each picture once."""
    if TYPE_CHECKING:
        from snippet_sandbox.agent import album
    else:
        sys.path.insert(0, str(Path(__file__).parent))  # isolated as we are, nothing of ours is on it
        import album
    sent: set[int] = set()
    for left in album.collect(most, most_bytes):
        with contextlib.suppress(OSError):
            data = album.read(left.path, most_bytes)
            if hash(data) not in sent:
                host.say(picture=left.name, data=base64.b64encode(data).decode())
            sent.add(hash(data))
    host.say(pictures="sent")


def main() -> int:
    """Serve one job."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--user", type=int, default=0, help="become this user and group")
    parser.add_argument("--processes", type=int, default=0, help="limit of processes and threads")
    parser.add_argument("--cpus", type=int, default=0, help="how many CPUs to see")
    parser.add_argument("--calls", default="", help="filter of system calls: classic BPF, base64")
    options = parser.parse_args()
    harden(options)
    if options.calls:
        filter_calls(base64.b64decode(options.calls))
    see_only(options.cpus)
    # Python's own handler would end us; without one the kernel drops what comes from inside, as for process 1
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    host = Host(sys.stdin.buffer, sys.stdout.buffer)
    if Path(GATEWAY_SOCKET).exists():
        threading.Thread(target=relay, daemon=True).start()
    host.ready()
    seal = os.urandom(16).hex()
    started: Started | None = None
    try:
        job = host.receive()
        if "preload" in job:
            started = start_driver(job, job["preload"])
            job = host.receive()
        if "command" in job:
            started = start_command(job)
        else:
            started = started or start_driver(job, [])
            host.say(taken=True)  # from here on the job can bring the container down
            started.hand_in(seal, job)
    except OSError as error:
        host.say(end={"exit_code": 127, "signal": None, "at": host.now(), "trouble": str(error)})
        return 0
    process, said = started.process, started.said
    if process.stdout is None or process.stderr is None:
        raise RuntimeError("the job was started without pipes")
    obedience = Obedience(host, started)
    names = [part["name"] for part in job["parts"]]
    parts = Parts(host, names, said, seal) if said is not None else None
    limit = int(job["output_limit_bytes"])
    stdout = Output(host, "stdout", process.stdout, limit)
    stderr = Output(host, "stderr", process.stderr, limit)

    status = reap_until(process.pid)
    process.returncode = status  # reaped here: subprocess must not wait for it again
    ended_at = host.now()
    for thread in (stdout.thread, stderr.thread, *([parts.thread] if parts else [])):
        thread.join(max(0.0, DRAIN_S - (host.now() - ended_at)))
    end_everything()
    for thread in (stdout.thread, stderr.thread):
        thread.join(DRAIN_S)
    host.say(
        end={
            **exit_of(status),
            "at": ended_at,
            "stopped": obedience.stopped,
            "left": left_anything(),
            "modules": parts.modules if parts else [],
            "stdout_bytes": stdout.total_bytes,
            "stderr_bytes": stderr.total_bytes,
            "stdout_tail": stdout.tail(),
            "stderr_tail": stderr.tail(),
        }
    )
    while wish := obedience.last_wish():
        send_pictures(host, *map(int, wish[1:]))
    return 0


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    os._exit(code)  # daemon threads may still be reading; nothing of theirs is wanted any more
