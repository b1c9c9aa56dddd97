"""Which blocks start a server, and which ask one on the same machine."""

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from verify_snippets.block_view import last_sentence
from verify_snippets.kind import Kind
from verify_snippets.pattern import Pattern
from verify_snippets.reading import Reading
from verify_snippets.shell import Command


@dataclass(frozen=True, kw_only=True)
class Service:
    """What a block has to do with servers.

    Attributes:
        serves: whether it starts one for sure.
        may_serve: whether the prose above it says so of a program that nobody knows.
        asks: whether it asks one on the same machine.
        ports: the ports that are named for it, as written.
    """

    serves: bool = False
    may_serve: bool = False
    asks: bool = False
    ports: frozenset[str] = frozenset()


_NO_SERVICE = Service()


def find(reading: Reading) -> Service:
    """Say whether a block starts a server, or asks one."""
    commands = reading.script.commands
    if any(_serves(command) for command in commands) or _runs_server(reading):
        return Service(serves=True, ports=frozenset(_served_ports(commands)))
    if _asks(reading):
        return Service(asks=True, ports=frozenset(_ASKED_PORT.findall(reading.block.text)))
    if reading.block.kind is Kind.SHELL_RUN and _STARTS.search(last_sentence(reading.block.prose_before)):
        return Service(may_serve=True, ports=frozenset(_served_ports(commands)))
    return _NO_SERVICE


_STARTS = Pattern(
    r"\b(start|launch|run|spin|serv|deploy|host)\w*\b.{0,60}\b(server|api|endpoint|service|backend)\b",
    re.IGNORECASE,
)
_SERVER_WORDS = Pattern(
    r"\b(vllm serve|vllm\.entrypoints|api_server|launch_server|llama-server|llama_cpp\.server|"
    r"ollama serve|uvicorn|gunicorn|text-generation-launcher|text-embeddings-router|tritonserver|"
    r"lmdeploy serve|xinference|mlx_lm\.server|openai_api\w*|transformers serve|infinity_emb|"
    r"bentoml serve|trtllm-serve|docker[ -]compose up)|"
    r"(?<!\S)(--host[ =]\S+|-p \d+:\d+|--publish[ =]\d+:\d+)"
)
_SERVER_SCRIPT = Pattern(
    r"(server|serve|_api|api_)\w*\.py\b|\b(api|openai_api|app_api)\.py\b|^\w+[-_](api|server)$"
)
_CLIENT_SCRIPT = Pattern(r"(client|request)\w*\.py\b")


def _serves(command: Command) -> bool:
    if command.sets_up or _CLIENT_SCRIPT.search(command.source):
        return False
    return bool(_SERVER_WORDS.search(command.source) or _SERVER_SCRIPT.search(command.source))


_SERVED_PORT = Pattern(r"--(?:\w+-)?port[ =](\d+)|(?:-p|--publish)[ =](?:[\d.]+:)?(\d+):\d+|:(\d{4,5})\b")
_USUAL_PORTS = {
    "vllm": "8000",
    "sglang": "30000",
    "ollama": "11434",
    "llama-server": "8080",
    "llama_cpp.server": "8000",
    "lmdeploy": "23333",
    "mlx_lm.server": "8080",
    "tritonserver": "8000",
}
"""Where servers listen that are not told a port, by their documentation."""


def _served_ports(commands: Sequence[Command]) -> Iterator[str]:
    for command in commands:
        named = [port for ports in _SERVED_PORT.findall(command.source) for port in ports if port]
        yield from named
        if not named and _serves(command):
            yield from (port for name, port in _USUAL_PORTS.items() if name in command.source)


_SERVER_SETTINGS = {"host", "port", "server_name", "server_port"}
_RUNNERS = {"run", "serve", "launch", "run_server"}


def _runs_server(reading: Reading) -> bool:
    """Whether Python code itself listens: ``uvicorn.run(app, port=8000)``."""
    if "host" not in reading.code.text and "port" not in reading.code.text:
        return False
    return any(
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in _RUNNERS
        and any(word.arg in _SERVER_SETTINGS for word in node.keywords)
        for node in reading.code.nodes
    )


_HERE = Pattern(r"localhost|127\.0\.0\.1|0\.0\.0\.0")
_ASKED_PORT = Pattern(r"(?:localhost|127\.0\.0\.1|0\.0\.0\.0):(\d+)")
_CLIENT_CALL = Pattern(r"\bopenai\.Model\b")


def _asks(reading: Reading) -> bool:
    text = reading.block.text
    if reading.block.kind.is_python:
        if not _HERE.search(text):
            return _CLIENT_CALL.search(text) is not None
        return any(_HERE.search(value) for value in _values(reading))
    return bool(_HERE.search(text) or _CLIENT_SCRIPT.search(text))


def _values(reading: Reading) -> Iterator[str]:
    """The strings of code that may say whom it asks: not where it listens, nor who leads its processes."""
    for node, parent in reading.code.literals:
        if not isinstance(node.value, str) or (
            isinstance(parent, ast.keyword) and parent.arg in _SERVER_SETTINGS
        ):
            continue
        if not (isinstance(parent, ast.Assign) and _names_address(parent.targets[0])):
            yield node.value[:200]


def _names_address(target: ast.expr) -> bool:
    """Whether it is ``os.environ["MASTER_ADDR"]``, by which processes of one program find each other."""
    return (
        isinstance(target, ast.Subscript)
        and isinstance(target.slice, ast.Constant)
        and str(target.slice.value).startswith("MASTER_")
    )
