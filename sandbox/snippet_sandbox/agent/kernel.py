"""An IPython kernel that tells, beside what every kernel tells, how each cell went.

Started by ``notebook.py`` in a process of its own, with the arguments of ``ipykernel_launcher``. What it adds
goes out with a cell's other outputs, as data of the type ``REPORT``: the cell's number, its error with the
lines that are the cells' own, the shell lines that failed (a kernel takes ``!false`` for a success), and the
modules that are imported by then. Cells run in this process: whatever it says can be a cell's own doing, and
says no more than a cell can say of itself.
"""

import contextlib
import faulthandler
import os
import subprocess
import sys
import traceback
from collections.abc import Iterable
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from snippet_sandbox.agent import driver
else:
    import driver  # beside this file, which a script's own folder is

    del sys.modules["driver"]  # a cell may have one of its own

REPORT = "application/vnd.verify-snippets.cell+json"
COMMAND_LIMIT = 200
THE_SHELLS_OWN = frozenset(
    ("asttokens", "executing", "matplotlib_inline", "pexpect", "ptyprocess", "pure_eval", "stack_data")
)
"""Modules that IPython imports when it first shows a traceback, a figure or a command's output."""


class Cells:
    """Watches the cells that one shell runs.

    Args:
        shell: IPython's ``InteractiveShell``.
    """

    def __init__(self, shell: Any) -> None:
        self._shell = shell
        self._own_pid = os.getpid()
        self._ours = set(driver.imported_modules())
        self._failed: list[dict[str, Any]] = []
        self._tell_gpu = driver.beside(driver.GPU)["tell"]

    def watch(self) -> None:
        """Have every cell reported from here on."""
        shell = self._shell
        shell.compile.get_code_name = lambda _raw, _code, number: cell_name(number)
        shell.system = self._system
        shell.getoutput = self._getoutput
        shell.events.register("pre_run_cell", self._begin)
        shell.events.register("post_run_cell", self._report)

    def _begin(self, _info: object) -> None:
        self._failed.clear()

    def _report(self, result: Any) -> None:
        if os.getpid() != self._own_pid or result.execution_count is None:
            return
        error = result.error_before_exec or result.error_in_exec or _left_on_gpus()
        report = {
            "cell": result.execution_count,
            "error": error_of(error) if error is not None else None,
            "failed": self._failed[:1],
            "modules": sorted(set(driver.imported_modules()) - self._ours - THE_SHELLS_OWN),
        }
        self._tell_gpu(report.update)
        self._shell.display_pub.publish(data={REPORT: report})

    # ``!`` lines and their like: as IPython has them, but that their exit codes are looked at

    def _system(self, command: str) -> None:
        from IPython.utils.process import system

        _refuse_background(command)
        self._note(command, system(self._shell.var_expand(command, depth=1)))

    def _getoutput(self, command: str, split: bool = True, depth: int = 0) -> Any:
        from IPython.utils.text import LSString, SList

        _refuse_background(command)
        done = subprocess.run(  # noqa: S602 - its purpose
            self._shell.var_expand(command, depth=depth + 1),
            shell=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
        self._note(command, done.returncode)
        out = done.stdout.decode(errors="replace")
        return SList(out.splitlines()) if split else LSString(out)

    def _note(self, command: str, code: int) -> None:
        self._shell.user_ns["_exit_code"] = code
        if code and os.getpid() == self._own_pid:
            callers = [*traceback.walk_stack(sys._getframe(1))]  # noqa: SLF001 - the way to whose line it is
            shown = " ".join(command.split())[:COMMAND_LIMIT]
            self._failed.append({"command": shown, "code": code, "lines": _lines_in_cells(callers[::-1])})


def _refuse_background(command: str) -> None:
    """As IPython does, and for its reason: nobody would look after it."""
    if command.rstrip().endswith("&"):
        raise OSError("Background processes not supported.")


def holding_gpus(limit_bytes: int, before_bytes: int) -> str:
    """What a kernel executes to be held to GPU memory: see ``gpu.hold``. It leaves no names behind."""
    run = f"exec(compile(open({driver.GPU!r}).read(), {driver.GPU!r}, 'exec'), names)"
    held = f"names['hold']({limit_bytes}, {before_bytes})"
    return f"(lambda names: ({run}, {held}))({{'__name__': 'gpu'}});"


def _left_on_gpus() -> BaseException | None:
    """What goes wrong in the work that a cell has left GPUs with, which then is the cell's failure."""
    try:
        driver.finish_gpu_work()
    except Exception as error:  # noqa: BLE001 - whatever it is, it is the cell's
        return error
    return None


def cell_name(number: int) -> str:
    """What code of a cell is called as a file."""
    return f"<cell {number}>"


def error_of(error: BaseException) -> dict[str, object]:
    """The exception in plain values, from the first frame that is a cell's."""
    own = error.__traceback__
    while own is not None and not _is_cell(own.tb_frame.f_code.co_filename):
        own = own.tb_next
    lines = _lines_in_cells(traceback.walk_tb(own))
    if isinstance(error, SyntaxError) and error.lineno:
        lines.append([_number_of(error.filename), error.lineno])
    text = "".join(traceback.format_exception(type(error), error, own))
    return {
        "type": driver.type_name(error),
        "message": driver.message_of(error)[: driver.MESSAGE_LIMIT],
        "lines": lines[-50:],
        "traceback": text[-driver.TRACEBACK_LIMIT :],
        "chain": [driver.type_name(cause) for cause in driver.causes_of(error)],
    }


def _lines_in_cells(frames: Iterable[tuple[FrameType, int]]) -> list[list[int]]:
    """Number of the cell and line in it, outermost first."""
    found = ((_number_of(frame.f_code.co_filename), line) for frame, line in frames)
    return [[number, line] for number, line in found if number]


def _is_cell(filename: str) -> bool:
    return _number_of(filename) > 0


def _number_of(filename: str | None) -> int:
    """The number of the cell that a file's name stands for; 0 if it is another file's."""
    words = (filename or "").removeprefix("<cell ").removesuffix(">")
    return int(words) if words.isdecimal() and filename == cell_name(int(words)) else 0


def main() -> None:
    """Serve cells until the end."""
    sys.path[0] = ""  # where a kernel has the folder that it runs in; it held ours
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000")  # out of memory, this goes before its listener
    from ipykernel.kernelapp import IPKernelApp

    app = IPKernelApp.instance()
    crashes = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for descriptor in (1, 2):  # what is written there the app carries out itself, and to where it went before
        os.dup2(nowhere, descriptor)
    app.initialize()
    faulthandler.enable(file=crashes, all_threads=False)  # the others are the app's
    Cells(app.shell).watch()
    app.start()


if __name__ == "__main__":
    main()
