"""Runs the parts of a job as the cells of a notebook, and says of each how it went and what it gave.

Started by ``agent.py`` as ``notebook.py SPEC_FD SAID_FD``, as ``driver.py`` is; it needs nbclient and
ipykernel in its Python. The kernel (``kernel.py``) is a process of its own, which neither has the pipes nor
can reach into this one. A cell that fails doesn't keep those after it from running. When the kernel dies,
this process ends as it did, by the same signal or exit code: the agent's word is about the kernel then.
"""

import asyncio
import ctypes
import io
import json
import os
import signal
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionComplete, DeadKernelError
from nbformat import v4

if TYPE_CHECKING:
    from snippet_sandbox.agent import kernel
    from snippet_sandbox.agent.pages import Pages
else:
    import kernel  # beside this file
    from pages import Pages

KERNEL = str(Path(kernel.__file__).resolve())
FOLDER = Path.home() / ".verify-snippets"
TEXT_LIMIT = 100_000  # characters of a stream, and of a text in an output, of one cell
DATA_LIMIT = 2_700_000  # characters of a picture, which is base64
OUTPUTS = 50  # of one cell that are kept
PR_SET_DUMPABLE = 4  # <linux/prctl.h>
KERNEL_ENVIRONMENT = {"PYDEVD_DISABLE_FILE_VALIDATION": "1"}  # or the debugger warns of frozen modules


class OurKernel(KernelSpecManager):  # type: ignore[misc]  # not among what we are checked with
    """Knows one kernel, which is ours, in this Python."""

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        """How it is started."""
        argv = [sys.executable, KERNEL, "-f", "{connection_file}"]
        return KernelSpec(argv=argv, display_name=kernel_name, language="python", env=KERNEL_ENVIRONMENT)


class Said:
    """The line to the agent."""

    def __init__(self, descriptor: int) -> None:
        self._file = os.fdopen(descriptor, "w", encoding="utf-8", errors="replace")
        self.seal = ""

    def say(self, **message: object) -> None:
        """Say one thing."""
        told = {"seal": self.seal, "at": time.monotonic(), **message}
        self._file.write(json.dumps(told, ensure_ascii=False) + "\n")
        self._file.flush()


class Client(NotebookClient):  # type: ignore[misc]  # as above
    """Runs cells, notes when each was done, and keeps no more of its outputs than is wanted."""

    def __init__(self, manager: AsyncKernelManager) -> None:
        super().__init__(
            v4.new_notebook(),
            km=manager,
            allow_errors=True,
            timeout=None,
            record_timing=False,
            store_widget_state=False,
        )
        self.on_cell_executed = lambda *, execute_reply, **_: self.reply.update(execute_reply["content"])
        self.begin()

    def begin(self) -> None:
        """Another cell comes."""
        self.report: dict[str, Any] = {}
        self.reply: dict[str, Any] = {}
        self.idle_at: float | None = None
        self.streams = {"stdout": "", "stderr": ""}
        self.left_out = 0

    def process_message(self, msg: dict[str, Any], cell: Any, cell_index: int) -> Any:
        """One message that a cell gave rise to."""
        try:
            return super().process_message(msg, cell, cell_index)
        except CellExecutionComplete:
            self.idle_at = time.monotonic()
            raise

    def output(self, outs: list[Any], msg: dict[str, Any], display_id: str | None, cell_index: int) -> Any:
        """One output: what ours tells is taken out, what is printed or shown goes on, too much is cut."""
        content = msg["content"]
        if msg["msg_type"] == "display_data" and kernel.REPORT in content["data"]:
            self.report = content["data"][kernel.REPORT]
            return None
        if msg["msg_type"] == "stream" and not self._goes_on(content):
            return None
        if msg["msg_type"] == "execute_result" and isinstance(content["data"].get("text/plain"), str):
            self._goes_on({"name": "stdout", "text": f"{content['data']['text/plain']}\n"})  # as it is read
        if len(outs) >= OUTPUTS and not _continues(outs[-1], msg):
            self.left_out += 1
            return None
        return super().output(outs, msg, display_id, cell_index)

    def _goes_on(self, content: dict[str, Any]) -> bool:
        """Print what a cell prints; whether any of it is still to be kept, which it is cut down to."""
        name, text = content["name"], content["text"].replace("\r\n", "\n")  # as commands at a terminal write
        stream = sys.stderr if name == "stderr" else sys.stdout
        stream.write(text)
        stream.flush()
        left = TEXT_LIMIT - len(self.streams.get(name, ""))
        if left <= 0:
            return False
        content["text"] = text if len(text) <= left else text[:left] + "\n[... the rest is cut ...]\n"
        self.streams[name] = self.streams.get(name, "") + content["text"]
        return True

    def hold(self, given: dict[str, Any]) -> None:
        """Hold the kernel to the GPU memory that the job was given; cells come after that in its queue."""
        if given["limit_bytes"] is not None:
            code = kernel.holding_gpus(given["limit_bytes"], given["before_bytes"])
            self.kc.execute(code, silent=True, store_history=False)

    async def run_cell(self, source: str) -> list[dict[str, Any]]:
        """Run one cell and return its outputs.

        Raises:
            DeadKernelError: the kernel did not outlive it.
        """
        self.begin()
        cell = v4.new_code_cell(source)
        self.nb.cells.append(cell)
        await self.async_execute_cell(cell, len(self.nb.cells) - 1)
        return self.taken()

    def taken(self) -> list[dict[str, Any]]:
        """What the last cell gave so far, cut to what is kept, which is elsewhere."""
        cell = self.nb.cells[-1]
        outputs = [_cut(output) for output in cell.outputs]
        if self.left_out:
            outputs.append(_note(f"[... {self.left_out} more outputs ...]\n"))
        cell.outputs = []
        return outputs


def _continues(last: dict[str, Any], msg: dict[str, Any]) -> bool:
    """Whether a message goes on with the stream that the last output is of."""
    return bool(msg["msg_type"] == "stream" and last.get("name") == msg["content"]["name"])


def _note(text: str) -> dict[str, Any]:
    return {"output_type": "stream", "name": "stderr", "text": text}


def _cut(output: dict[str, Any]) -> dict[str, Any]:
    """An output with no more than is kept of each of its forms."""
    if "data" not in output:
        return output
    kept: dict[str, Any] = {}
    for media_type, data in output["data"].items():
        size = len(data if isinstance(data, str) else json.dumps(data))
        limit = DATA_LIMIT if media_type.startswith("image/") else TEXT_LIMIT
        kept |= {media_type: data} if size <= limit else {}
    if len(kept) < len(output["data"]) and "text/plain" not in kept:
        types = ", ".join(sorted(set(output["data"]) - set(kept)))
        kept["text/plain"] = f"[{types}: too big, left out]"
    return {**output, "data": kept}


async def _run(client: Client, parts: list[dict[str, Any]], said: Said, pages: Pages) -> int:
    """Run all parts; the exit code that says whether any failed.

    Raises:
        DeadKernelError: the kernel did not live to the end.
    """
    code = 0
    modules: list[str] = []
    for number, part in enumerate(parts, start=1):
        pages.learn(number, part)
        said.say(part=part["name"], state="started")
        try:
            outputs = await client.run_cell(part["source"])
        except DeadKernelError:
            _tell_outputs(client, part, client.taken(), said)
            raise
        _tell_outputs(client, part, outputs, said)
        if "gpu" in client.report:
            said.say(gpu=client.report["gpu"])
        error = pages.failure(part, client.report, client.reply)
        state = "failed" if error else "completed"
        said.say(part=part["name"], state=state, error=error, at=client.idle_at or time.monotonic())
        code = 1 if error else code
        modules = client.report.get("modules", modules)
    said.say(modules=modules)
    return code


def _tell_outputs(client: Client, part: dict[str, Any], outputs: list[dict[str, Any]], said: Said) -> None:
    for output in outputs:
        said.say(output_of=part["name"], gave=output)
    said.say(printed_by=part["name"], **client.streams)


def _pass_on(pipe: IO[bytes], pages: Pages) -> None:
    """What the kernel's process writes past its cells: where it crashed."""
    for line in pipe:
        sys.stderr.write(pages.in_documents(line.decode(errors="replace")))
        sys.stderr.flush()


def _end_as(code: int | None) -> int:
    """End as a process did: by the signal that ended it, or with the exit code returned."""
    if code is not None and code < 0:
        if -code != signal.SIGKILL:
            signal.signal(-code, signal.SIG_DFL)
        os.kill(os.getpid(), -code)
    return 1 if code is None else abs(code)


async def serve(spec_fd: int, said: Said) -> int:
    """Start the kernel, wait for the parts, run them; the exit code that tells how it went."""
    FOLDER.mkdir(exist_ok=True)
    folder = tempfile.mkdtemp(prefix="kernel-", dir=FOLDER)
    manager = AsyncKernelManager(
        kernel_name="python3",
        kernel_spec_manager=OurKernel(),
        transport="ipc",
        ip=f"{folder}/channel",
        connection_file=f"{folder}/connection.json",
    )
    read, write = os.pipe()
    client, pages = Client(manager), Pages()
    await client.async_start_new_kernel(stderr=write)
    os.close(write)
    echo = threading.Thread(target=_pass_on, args=(os.fdopen(read, "rb"), pages), daemon=True)
    echo.start()
    await client.async_start_new_kernel_client()
    with os.fdopen(spec_fd, "rb") as spec:
        told = json.loads(spec.readline())
    said.seal = told["seal"]
    if told["gpu"]:
        client.hold(told["gpu"])
    try:
        return await _run(client, told["parts"], said, pages)
    except DeadKernelError:
        echo.join(1.0)
        return _end_as(await manager.provisioner.poll())


def main() -> int:
    """Run the job."""
    spec_fd, said_fd = map(int, sys.argv[1:3])
    for descriptor in (spec_fd, said_fd):
        os.set_inheritable(descriptor, False)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    Path("/proc/self/oom_score_adj").write_text("900")  # out of memory, the kernel goes first
    ctypes.CDLL(None).prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)  # from here on /proc/self is not ours to write to
    return asyncio.run(serve(spec_fd, Said(said_fd)))


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    os._exit(code)  # who serves the kernel may wait for it; the agent ends it
