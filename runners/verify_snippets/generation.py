"""Calls that generate, draw at random or ask the machine, as the libraries of cards spell them. Pure."""

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_GENERATES = frozenset(
    {"generate", "chat", "stream_chat", "chat_stream", "generate_content", "invoke", "complete", "inference"}
)
_HOSTED = (
    *("completions.create", "messages.create", "responses.create", "ChatCompletion.create"),
    *("Completion.create", "chat_completion", "text_generation"),
)
_TEXT_TASKS = frozenset({"text-generation", "image-text-to-text", "conversational", "any-to-any"})
"""Tasks whose pipelines sample by the model's, or their own, settings."""
_SAMPLING = frozenset({"temperature", "top_p", "top_k", "typical_p", "min_p", "do_sample"})
_SEEDS = frozenset({"manual_seed", "set_seed", "seed", "seed_everything", "default_rng", "PRNGKey"})
_RANDOM = frozenset(
    {
        "rand",
        "randn",
        "randint",
        "random",
        "randperm",
        "rand_like",
        "randn_like",
        "normal",
        "uniform",
        "choice",
    }
    | {"shuffle", "sample", "empty", "uuid4"}
)
_RANDOM_HOMES = frozenset({"torch", "np", "numpy", "random", "rng", "jax", "tf", "uuid", "secrets", "cuda"})
_MACHINE = (
    *("time.time", "perf_counter", "time.monotonic", "process_time", "default_timer", "datetime.now"),
    *("datetime.today", "datetime.utcnow", "memory_allocated", "max_memory_allocated", "memory_reserved"),
    *("get_device_name", "cpu_count", "getpid", "getcwd", "device_count", "is_available", "virtual_memory"),
)


@dataclass(frozen=True, kw_only=True)
class Program:
    """What holds for all calls of a program.

    Attributes:
        samples: whether it turns sampling on anywhere; None where it doesn't say.
        is_chat: whether it speaks to a chat model, most of which come with settings that sample.
        is_seeded: whether it sets a seed.
        pipelines: names of pipelines that generate text.
        drawers: names of pipelines that draw pictures out of noise.
    """

    samples: bool | None
    is_chat: bool
    is_seeded: bool
    pipelines: frozenset[str]
    drawers: frozenset[str]


def read(trees: Sequence[ast.Module]) -> Program:
    """Read the parts of one program."""
    nodes = [node for tree in trees for node in ast.walk(tree)]
    calls = [node for node in nodes if isinstance(node, ast.Call)]
    names = {called(call).rpartition(".")[2] for call in calls}
    made = [
        (target.id, node.value)
        for node in nodes
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call)
        for target in node.targets
        if isinstance(target, ast.Name)
    ]
    return Program(
        samples=_verdict(setting for node in nodes for setting in _settings(node)),
        is_chat=bool(names & {"apply_chat_template", "chat", "stream_chat"})
        or any(isinstance(node, ast.Constant) and node.value == "role" for node in nodes),
        is_seeded=bool(names & _SEEDS),
        pipelines=frozenset(name for name, call in made if _is_text_pipeline(call)),
        drawers=frozenset(name for name, call in made if "Pipeline.from_" in called(call)),
    )


def called(call: ast.Call) -> str:
    """What is called, dotted as written; of ``f(x).g(y)``, ``g``."""
    parts: list[str] = []
    node: ast.expr = call.func
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if isinstance(node, ast.Name):
        parts.append(node.id)
    return ".".join(reversed(parts))


def is_generation(call: ast.Call, program: Program) -> bool:
    """Whether a call generates text."""
    name = called(call)
    if isinstance(call.func, ast.Attribute):
        return name.rpartition(".")[2] in _GENERATES or name.endswith(_HOSTED)
    return name in program.pipelines or (isinstance(call.func, ast.Call) and _is_text_pipeline(call.func))


def samples(call: ast.Call, program: Program) -> bool | None:
    """Whether a call that generates does so by sampling; None where the code doesn't say."""
    own = _verdict(_settings(call))
    if own is not None:
        return own
    if program.samples is not None:
        return program.samples
    if any(keyword.arg == "num_beams" for keyword in call.keywords):
        return False
    is_plain = called(call).endswith(".generate") and not program.is_chat
    return False if is_plain else None


def is_random(call: ast.Call, program: Program) -> bool:
    """Whether a call draws random numbers."""
    home, _, name = called(call).rpartition(".")
    if called(call) in program.drawers or name == "from_config":  # weights that nobody trained
        return True
    return home.split(".")[0] in _RANDOM_HOMES and name in _RANDOM


def tells_of_machine(call: ast.Call) -> bool:
    """Whether a call asks for the time, or for what differs between machines."""
    return called(call).endswith(_MACHINE)


def _is_text_pipeline(call: ast.Call) -> bool:
    """Whether ``pipeline(...)`` makes one that generates text; one without a task may."""
    if called(call).rpartition(".")[2] != "pipeline":
        return False
    given = [*call.args[:1], *(keyword.value for keyword in call.keywords if keyword.arg == "task")]
    tasks = [node.value for node in given if isinstance(node, ast.Constant)]
    return not tasks or any(task in _TEXT_TASKS for task in tasks)


def _settings(node: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    """The settings of sampling that a node gives: by keyword, as a dict's key, as an attribute."""
    match node:
        case ast.Call(keywords=keywords):
            yield from ((word.arg, word.value) for word in keywords if word.arg in _SAMPLING)
        case ast.Dict(keys=keys, values=values):
            for key, value in zip(keys, values, strict=True):
                if isinstance(key, ast.Constant) and key.value in _SAMPLING:
                    yield str(key.value), value
        case ast.Assign(targets=[ast.Attribute(attr=name)], value=value) if name in _SAMPLING:
            yield name, value
        case _:
            return


def _verdict(settings: Iterator[tuple[str, ast.expr]]) -> bool | None:
    """Whether settings turn sampling on; None for no settings."""
    given = dict(settings)
    if not given:
        return None
    told = given.get("do_sample")
    if isinstance(told, ast.Constant):
        return bool(told.value)
    is_off = any(isinstance(value, ast.Constant) and not value.value for value in given.values())
    return not is_off  # temperature=0
