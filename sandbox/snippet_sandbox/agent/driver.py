"""Runs the parts of a job in one process and one namespace, and says of each how it went.

Started by ``agent.py`` as ``driver.py SPEC_FD SAID_FD [IMPORT]...``: it runs the import statements, then
waits for the parts on SPEC_FD. Code keeps its document's line numbers: it is padded with empty lines, never
rewritten.
"""

import contextlib
import faulthandler
import gc
import json
import linecache
import os
import sys
import time
import traceback
import types
from _ast import Interactive
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

MESSAGE_LIMIT = 4000
TRACEBACK_LIMIT = 20000
FIGURES = str(Path(__file__).with_name("figures.py"))
GPU = str(Path(__file__).with_name("gpu.py"))
NEVER = 1 << 30  # in collections of younger objects, before one of all
ONLY_AST = 0x400  # ``ast.PyCF_ONLY_AST``, without the 10 ms that importing ``ast`` takes


def error_of(error: BaseException, documents: set[str]) -> dict[str, object]:
    """The exception in plain values, without the frames of this file."""
    own = error.__traceback__
    while own is not None and own.tb_frame.f_code.co_filename not in documents:
        own = own.tb_next
    text = "".join(traceback.format_exception(type(error), error, own))
    return {
        "type": type_name(error),
        "message": message_of(error)[:MESSAGE_LIMIT],
        "line": _line(error, own, documents),
        "traceback": text[-TRACEBACK_LIMIT:],
        "chain": [type_name(cause) for cause in causes_of(error)],
    }


def type_name(error: BaseException) -> str:
    """Its class, with its module unless that is Python's own."""
    kind = type(error)
    return kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"


def message_of(error: BaseException) -> str:
    """What it says."""
    try:
        return str(error)
    except Exception as trouble:  # noqa: BLE001 - str() of a stranger's exception may do anything
        return f"(its message can't be read: {type(trouble).__name__})"


def _line(error: BaseException, own: types.TracebackType | None, documents: set[str]) -> int | None:
    if isinstance(error, SyntaxError) and error.filename in documents:
        return error.lineno
    lines = [number for frame, number in traceback.walk_tb(own) if frame.f_code.co_filename in documents]
    return lines[-1] if lines else None


def causes_of(error: BaseException) -> list[BaseException]:
    """The exceptions behind it, the nearest first."""
    causes: list[BaseException] = []
    following = error.__cause__ or error.__context__
    while following is not None and following not in causes and len(causes) < 20:
        causes.append(following)
        following = following.__cause__ or following.__context__
    return causes


def fresh_main() -> types.ModuleType:
    """A new ``__main__``, and what else a script finds about itself when it starts."""
    script = Path.home() / ".verify-snippets" / "snippet.py"
    script.parent.mkdir(exist_ok=True)
    main = types.ModuleType("__main__")
    main.__dict__.update(__file__=str(script), __builtins__=__builtins__)
    sys.modules["__main__"] = main
    sys.argv = [str(script)]
    sys.path[0] = ""
    return main


def write_script(path: Path, parts: list[dict[str, Any]]) -> None:
    """Put a real file behind ``__main__``, which multiprocessing's "spawn" reads again."""
    path.write_text("\n".join(part["source"] for part in parts) + "\n", encoding="utf-8")


def import_ahead(statements: list[str]) -> float | None:
    """Run import statements that the parts begin with; return the seconds that took, None if there are none.

    One that fails will fail again where it stands, and be seen there. Looking through all old objects for
    garbage is a fifth of the time that torch and transformers take to be imported, and finds none: only young
    ones are looked through, so that memory is as it would be, and what is there afterwards is left alone.
    """
    if not statements:
        return None
    began = time.perf_counter()
    thresholds = gc.get_threshold()
    gc.set_threshold(*thresholds[:2], NEVER)
    for statement in statements:
        try:
            exec(compile(statement, "<import>", "exec", dont_inherit=True), {})  # noqa: S102 - its purpose
        except BaseException:  # noqa: BLE001 - told by the part itself
            break
    gc.freeze()
    gc.set_threshold(*thresholds)
    return time.perf_counter() - began


def remember_sources(parts: list[dict[str, Any]]) -> set[str]:
    """Let tracebacks and ``inspect.getsource`` find the code at its document's lines."""
    documents: dict[str, list[str]] = {}
    for part in parts:
        lines = documents.setdefault(part["filename"], [])
        own = [line + "\n" for line in part["source"].split("\n")]
        lines += ["\n"] * (part["first_line"] - 1 + len(own) - len(lines))
        lines[part["first_line"] - 1 : part["first_line"] - 1 + len(own)] = own
    for name, lines in documents.items():
        linecache.cache[name] = (sum(map(len, lines)), None, lines, name)
    return set(documents)


def imported_modules() -> list[str]:
    """Top-level modules that came from installed packages."""
    names = set()
    for name, module in list(sys.modules.items()):
        origin = getattr(getattr(module, "__spec__", None), "origin", None)
        if origin and "site-packages" in str(origin):
            names.add(name.partition(".")[0])
    return sorted(names)


def run(part: dict[str, Any], namespace: dict[str, Any]) -> None:
    """Compile and run one part at its document's lines; a session's, as if each were typed at a prompt."""
    padded = "\n" * (part["first_line"] - 1) + part["source"]
    code = compile(padded, part["filename"], "exec", dont_inherit=True)
    if part["echoes"]:
        tree = compile(padded, part["filename"], "exec", flags=ONLY_AST, dont_inherit=True)
        code = compile(Interactive(tree.body), part["filename"], "single", dont_inherit=True)
    exec(code, namespace)  # noqa: S102 - its purpose


class Tokens:
    """Counts the new tokens that transformers generates, one sequence at a time.

    Several sequences at once are padded to one length, and padding is nothing that was generated.
    """

    def __init__(self) -> None:
        self.count: int | None = None
        self._known = True
        utils = sys.modules.get("transformers.generation.utils")
        mixin = getattr(utils, "GenerationMixin", None)
        if mixin is None:
            return
        original, counted = mixin.generate, self._counted

        def generate(model: Any, *args: Any, **settings: Any) -> Any:
            made = original(model, *args, **settings)
            counted(model, args[0] if args else settings.get("inputs", settings.get("input_ids")), made)
            return made

        mixin.generate = generate

    def restart(self) -> None:
        """Begin to count again."""
        self.count, self._known = None, True

    def _counted(self, model: Any, inputs: Any, made: Any) -> None:
        try:
            sequences, length = getattr(made, "sequences", made).shape
            encoder_decoder = bool(model.config.is_encoder_decoder)
            given = 1 if encoder_decoder else 0 if inputs is None else int(inputs.shape[-1])
        except Exception:  # noqa: BLE001 - not the library that we know: nothing is counted
            sequences, length, given = 0, 0, 0
        self._known = self._known and sequences == 1
        self.count = (self.count or 0) + length - given if self._known else None


def run_again(
    asked: dict[str, Any],
    part: dict[str, Any],
    namespace: dict[str, Any],
    say: Callable[..., None],
    clock: Callable[[], float],
) -> None:
    """Run a part's statements from a line on, so many times; one that fails is the last and says nothing."""
    padded = "\n" * (part["first_line"] - 1) + part["source"]
    tree = compile(padded, part["filename"], "exec", flags=ONLY_AST, dont_inherit=True)
    tree.body = [statement for statement in tree.body if statement.lineno >= asked["first_line"]]
    code = compile(tree, part["filename"], "exec", dont_inherit=True)
    tokens = Tokens()
    until = clock() + asked["within_s"]
    for _ in range(asked["times"]):
        tokens.restart()
        try:
            finish_gpu_work()
            say(again="started")
            exec(code, namespace)  # noqa: S102 - its purpose
            finish_gpu_work()
        except BaseException:  # noqa: BLE001 - its first run is what counts
            return
        say(again="ended", tokens=tokens.count)
        if clock() >= until:
            return


def finish_gpu_work() -> None:
    """Wait for all that torch has given its GPUs to do: calls return before it is done."""
    cuda = sys.modules.get("torch.cuda")
    if cuda is not None and cuda.is_initialized():
        for device in range(cuda.device_count()):
            cuda.synchronize(device)


def keep_figures(own_pid: int, say: Callable[..., None], leave: BinaryIO) -> None:
    """Draw what matplotlib has open, if it was used; whatever comes of that is nothing to the job."""
    if "matplotlib.pyplot" not in sys.modules or os.getpid() != own_pid:
        return
    with contextlib.suppress(BaseException):
        beside(FIGURES)["keep"](say, leave)


def beside(path: str) -> dict[str, Any]:
    """What a file beside this one defines; no module, so that the job finds none of that name."""
    names: dict[str, Any] = {"__name__": Path(path).stem}
    exec(compile(Path(path).read_bytes(), path, "exec", dont_inherit=True), names)  # noqa: S102 - our own
    return names


def watch_gpus(given: dict[str, Any] | None) -> Callable[[Callable[..., None]], None]:
    """Hold libraries to the GPU memory that the job was given; what tells how much they took of it."""
    if given is None:
        return lambda _say: None
    gpu = beside(GPU)
    if given["limit_bytes"] is not None:
        gpu["hold"](given["limit_bytes"], given["before_bytes"])
    tell: Callable[[Callable[..., None]], None] = gpu["tell"]
    return tell


def main() -> int:
    """Run every part until one fails."""
    spec_fd, said_fd, *imports = sys.argv[1:]
    said = os.fdopen(int(said_fd), "w", encoding="utf-8")
    os.set_inheritable(said.fileno(), False)
    os.set_inheritable(int(spec_fd), False)
    Path("/proc/self/oom_score_adj").write_text("1000")  # out of memory, the job goes before the agent
    faulthandler.enable()
    namespace = fresh_main().__dict__
    ahead_s = import_ahead(imports)
    spec = os.fdopen(int(spec_fd), "rb")
    told = json.loads(spec.readline())
    parts: list[dict[str, Any]] = told["parts"]
    write_script(Path(namespace["__file__"]), parts)

    # the job may fork, and may replace what modules hold
    own_pid, dumps, clock = os.getpid(), json.dumps, time.monotonic

    def say(**message: object) -> None:
        if os.getpid() == own_pid:
            said.write(dumps({"seal": told["seal"], "at": clock(), **message}) + "\n")
            said.flush()

    if ahead_s is not None:
        say(preloaded=ahead_s)
    documents = remember_sources(parts)
    tell_gpu = watch_gpus(told["gpu"])
    code, again = 0, None
    for part in parts:
        say(part=part["name"], state="started")
        import_ahead(told["imports"] if part is parts[0] else [])
        try:
            run(part, namespace)
        except SystemExit as leaving:
            if leaving.code in (None, 0) and part is parts[-1]:
                say(part=part["name"], state="completed")
            else:
                say(part=part["name"], state="failed", error=error_of(leaving, documents))
                code = leaving.code if isinstance(leaving.code, int) and leaving.code else 1
                if isinstance(leaving.code, str):
                    print(leaving.code, file=sys.stderr)  # noqa: T201 - as Python does
            break
        except BaseException as error:  # noqa: BLE001 - whatever it raised is the result
            failure = error_of(error, documents)
            sys.stderr.write(str(failure["traceback"]))
            say(part=part["name"], state="failed", error=failure)
            code = 1
            break
        say(part=part["name"], state="completed")
        tell_gpu(say)  # the next part may have torch forget it
    else:
        again = told["again"]
    tell_gpu(say)
    keep_figures(own_pid, say, spec)
    if again:
        run_again(again, parts[-1], namespace, say, clock)
    say(modules=imported_modules())
    gc.freeze()  # or Python looks at every object of every library once more before it ends: a second
    return code


if __name__ == "__main__":
    sys.exit(main())
