"""How fast it is, beside how others run snippets: ``python -m tests.bench speed``.

All contenders of a row are timed turn by turn in one run; what counts is the ratio of their medians. Every
run's exit code and output are checked, and the first that is not as it must be ends the benchmark. A row that
falls short is part of the table and no error.
"""

import argparse
import re
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import docker

from snippet_images.errors import UserFacingError
from snippet_images.progress import silent
from snippet_sandbox.engine import Engine
from snippet_sandbox.engines import open_engine
from snippet_sandbox.errors import EngineUnavailableError
from tests.bench import anchors
from tests.bench.anchors import DockerRun, LlmSandbox, Program, PytestMarkdownDocs
from tests.bench.measuring import BenchError, Contender, Say, interleave
from tests.bench.ours import (
    IMAGE,
    CommandLine,
    Sandbox,
    install_program,
    make_tiny_repos,
    without_hub,
)
from tests.bench.table import Comparison, as_json, as_text, this_machine
from tests.hub_server import HubServer, Store, read_root

ENGINES = ("docker", "bubblewrap")
RUNS = 7
MINUTES_RUNS = 3  # of what takes minutes once
REPO = "acme/tiny-gpt2"
CARD = Path(__file__).with_name("eight_snippets.md")

TRIVIAL = Program(source="print('hello')", output="hello")
IMPORTS = Program(
    source="import torch\nfrom transformers import pipeline\nprint(torch.ones(2), pipeline.__name__)",
    output="tensor([1., 1.]) pipeline",
)


@dataclass(frozen=True, kw_only=True)
class Bench:
    """What all rows share.

    Attributes:
        engines: those under ours, by name.
        image: what Docker calls the image of the anchors, which is also ours.
        runs: how often each contender is timed.
        folder: for whatever is made.
        stack: removes it.
        say: hears what is being done.
    """

    engines: Mapping[str, Engine]
    image: str
    runs: int
    folder: Path
    stack: ExitStack
    say: Say

    def time(self, contenders: Sequence[Contender]) -> dict[str, tuple[float, ...]]:
        """The seconds of each run, by the contender's name."""
        return interleave(contenders, self.runs, self.say)

    def own_folder(self, name: str) -> Path:
        """A new folder."""
        folder = self.folder / name
        folder.mkdir()
        return folder

    def installed(self) -> Path:
        """The program as its users install it: libraries that only its tests need would cost it time."""
        program = self.folder / "installed" / "bin" / "verify-snippets"
        if not program.exists():
            self.say("installing the program")
            install_program(program)
        return program

    def sandboxes(self, row: str) -> list[Sandbox]:
        """One for each engine."""
        return [
            self.stack.enter_context(Sandbox.opened(name, engine, self.own_folder(f"{row}-{name}")))
            for name, engine in self.engines.items()
        ]


def trivial(bench: Bench) -> Iterator[Comparison]:
    """Print a word."""
    what = "a trivial snippet"
    docker_run = Contender(name="docker run", once=partial(DockerRun(image=bench.image).once, TRIVIAL))
    others = [docker_run, *_other_ways(bench)]
    sandboxes = bench.sandboxes("trivial")
    pooled = {box.name: f"from the pool, {box.name}" for box in sandboxes}
    cold = {box.name: f"no pool, {box.name}" for box in sandboxes}
    ours = [Contender(name=pooled[box.name], once=partial(box.from_pool, TRIVIAL)) for box in sandboxes]
    ours += [Contender(name=cold[box.name], once=partial(box.fresh, TRIVIAL)) for box in sandboxes]
    times = bench.time([*others, *ours])
    for box in sandboxes:
        compared = partial(_compared, times, what, box.name)
        yield compared(docker_run.name, pooled[box.name], reach=0.25)
        for other in others[1:]:
            yield compared(other.name, pooled[box.name])
        yield compared(docker_run.name, cold[box.name])


def _other_ways(bench: Bench) -> Iterator[Contender]:
    """Those that start a container for each snippet and are not ``docker run``, as far as they work here."""
    client = docker.from_env()
    bench.stack.callback(client.close)
    yield Contender(name="docker-py", once=partial(anchors.docker_py, client, bench.image, TRIVIAL))
    reason = anchors.no_runc_because()
    if reason:
        bench.say(f"bare runc is left out: {reason}")
    else:
        opened = anchors.runc_bundle(bench.image, bench.folder, TRIVIAL)
        bundle = bench.stack.enter_context(opened)
        yield Contender(name="bare runc", once=partial(anchors.bare_runc, bundle, TRIVIAL))
    sessions = LlmSandbox.installed(bench.image, bench.own_folder("llm-sandbox"))
    yield Contender(name="llm-sandbox", once=partial(sessions.once, TRIVIAL))


def imports(bench: Bench) -> Iterator[Comparison]:
    """Import torch and transformers."""
    what = "imports torch, transformers"
    with anchors.plain_image(bench.image, bench.say) as image:
        plain = Contender(name="docker run, plain image", once=partial(DockerRun(image=image).once, IMPORTS))
        compiled = Contender(
            name="docker run, our image", once=partial(DockerRun(image=bench.image).once, IMPORTS)
        )
        sandboxes = bench.sandboxes("imports")
        cold = {box.name: f"cold, no pool, {box.name}" for box in sandboxes}
        pooled = {box.name: f"cold, from the pool, {box.name}" for box in sandboxes}
        ahead = {box.name: f"preloaded, {box.name}" for box in sandboxes}
        ours = [Contender(name=cold[box.name], once=partial(box.fresh, IMPORTS)) for box in sandboxes]
        ours += [Contender(name=pooled[box.name], once=partial(box.from_pool, IMPORTS)) for box in sandboxes]
        ours += [Contender(name=ahead[box.name], once=partial(box.preloaded, IMPORTS)) for box in sandboxes]
        times = bench.time([plain, compiled, *ours])
    for box in sandboxes:
        compared = partial(_compared, times, what, box.name)
        yield compared(plain.name, cold[box.name], reach=0.25)
        yield compared(plain.name, pooled[box.name], reach=0.25)
        yield compared(plain.name, ahead[box.name], reach=0.03)
        yield compared(compiled.name, cold[box.name])
        yield compared(compiled.name, pooled[box.name])
        yield compared(compiled.name, ahead[box.name])


def card(bench: Bench) -> Iterator[Comparison]:
    """A card with eight snippets on a tiny model."""
    what = "a card with 8 snippets"
    folder, hub = _served_card(bench, "card")
    sources = blocks_of(CARD)
    with anchors.plain_image(bench.image, bench.say) as image:
        plain, compiled = (
            Contender(
                name=f"docker run one by one, {name}",
                once=partial(_one_by_one, bench, _on_host(reference, hub), sources),
                warm_ups=0,
                at_most=MINUTES_RUNS,
            )
            for name, reference in (("plain image", image), ("our image", bench.image))
        )
        one_process = _pytest_markdown_docs(bench, folder, hub, len(sources))
        others = [*one_process, plain, compiled]
        ours = {name: _on_command_line(bench, "card", name, hub) for name in bench.engines}
        times = bench.time(
            [
                *others,
                *(
                    Contender(name=f"--fresh, {name}", once=partial(started.fresh, REPO, len(sources)))
                    for name, started in ours.items()
                ),
            ]
        )
    for name in ours:
        compared = partial(_compared, times, what, name)
        yield compared(plain.name, f"--fresh, {name}", reach=0.15)
        for contender in one_process:
            yield compared(contender.name, f"--fresh, {name}", reach=1.2)
        yield compared(compiled.name, f"--fresh, {name}")


def again(bench: Bench) -> Iterator[Comparison]:
    """The same card, nothing changed."""
    _, hub = _served_card(bench, "again")
    blocks = len(blocks_of(CARD))
    ours = {name: _on_command_line(bench, "again", name, hub) for name in bench.engines}
    contenders = []
    for name, started in ours.items():
        contenders += [
            Contender(name=f"first time, {name}", once=partial(started.first, REPO, blocks)),
            Contender(name=f"again, {name}", once=partial(started.again, REPO, blocks)),
        ]
    times = bench.time(contenders)
    for name in ours:
        yield _compared(
            times, "the same card again", name, f"first time, {name}", f"again, {name}", reach=0.05
        )


ROWS: dict[str, Callable[[Bench], Iterator[Comparison]]] = {
    "trivial": trivial,
    "imports": imports,
    "card": card,
    "again": again,
}


def blocks_of(card: Path) -> list[str]:
    """The code of every Python block."""
    return re.findall(r"^```python\n(.*?)^```", card.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)


def _served_card(bench: Bench, row: str) -> tuple[Path, HubServer]:
    """The card in the folder of its tiny model, and a Hub that serves it."""
    root = bench.own_folder(f"{row}-repos")
    bench.say("making the tiny model")
    make_tiny_repos(next(iter(bench.engines.values())), root)
    folder = root / REPO
    (folder / "README.md").write_bytes(CARD.read_bytes())
    return folder, bench.stack.enter_context(HubServer(store=Store(read_root(root))))


def _on_host(image: str, hub: HubServer) -> DockerRun:
    variables = {"HF_ENDPOINT": hub.endpoint, "HF_HUB_DISABLE_XET": "1"}
    return DockerRun(image=image, network="host", environment=variables)


def _one_by_one(bench: Bench, containers: DockerRun, sources: Sequence[str]) -> float:
    """Each snippet in a container of its own, the next one after the one before."""
    total_s = 0.0
    for number, source in enumerate(sources, start=1):
        took_s, output = containers.output_of(source)
        if not output.strip():
            raise BenchError(f"docker run: snippet {number} printed nothing")
        bench.say(f"docker run: snippet {number} of {len(sources)}: {took_s:.1f} s")
        total_s += took_s
    return total_s


def _pytest_markdown_docs(bench: Bench, folder: Path, hub: HubServer, blocks: int) -> list[Contender]:
    """Where the embedded engine's image is, a Python of this host with all libraries; else nothing."""
    engine = bench.engines.get("bubblewrap")
    if engine is None:
        bench.say("pytest-markdown-docs is left out: it runs on the host with bubblewrap's image")
        return []
    tools = bench.own_folder("pytest-markdown-docs")
    anchors.pip_install(anchors.PYTEST_MARKDOWN_DOCS, tools)
    plugin = PytestMarkdownDocs(
        python=Path(engine.ensure_image(IMAGE, silent).reference, "venv", "bin", "python"),
        tools=tools,
        environment=without_hub() | {"HF_ENDPOINT": hub.endpoint, "HF_HOME": str(tools / "hf")},
    )
    return [Contender(name="pytest-markdown-docs", once=partial(plugin.once, folder / "README.md", blocks))]


def _on_command_line(bench: Bench, row: str, engine: str, hub: HubServer) -> CommandLine:
    return CommandLine(
        program=bench.installed(),
        engine=engine,
        endpoint=hub.endpoint,
        folder=bench.own_folder(f"{row}-command-{engine}"),
    )


def _compared(
    times: Mapping[str, tuple[float, ...]],
    what: str,
    engine: str,
    anchor: str,
    ours: str,
    *,
    reach: float | None = None,
) -> Comparison:
    return Comparison(
        what=what,
        engine=engine,
        anchor=anchor.removesuffix(f", {engine}"),
        anchor_s=times[anchor],
        ours=ours.removesuffix(f", {engine}"),
        ours_s=times[ours],
        reach=reach,
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print the table; 3 if something could not be run."""
    options = _parser().parse_args(arguments)
    try:
        with ExitStack() as stack:
            _measure(options, stack)
    except UserFacingError as error:
        sys.stderr.write(f"the benchmark ended early: {error.message}\n{error.hint}".rstrip() + "\n")
        return error.exit_code
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="tests.bench speed", description=__doc__)
    parser.add_argument(
        "--engine", action="append", choices=ENGINES, help="under ours; default: all that answer"
    )
    parser.add_argument("--rows", nargs="+", choices=ROWS, default=list(ROWS), help="default: all")
    parser.add_argument("--runs", type=int, default=RUNS, help="timed runs of each contender")
    parser.add_argument("--json", type=Path, help="write all that was measured to this file, too")
    return parser


def _measure(options: argparse.Namespace, stack: ExitStack) -> None:
    docker_engine = _opened("docker", stack)  # without it there is nothing to compare with
    engines = {name: engine for name in options.engine or ENGINES if (engine := _if_it_answers(name, stack))}
    machine = this_machine({name: engine.info().version for name, engine in engines.items()})
    sys.stdout.write(f"{machine}\n\n")
    for engine in engines.values():
        engine.ensure_image(IMAGE, silent)
    bench = Bench(
        engines=engines,
        image=docker_engine.ensure_image(IMAGE, silent).reference,
        runs=options.runs,
        folder=Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-"))),
        stack=stack,
        say=_say,
    )
    bench.folder.chmod(0o755)  # containers look into it as another user
    comparisons: list[Comparison] = []
    for row in options.rows:
        found = list(ROWS[row](bench))
        _say(as_text(found))  # should a later row fail, this one is known
        comparisons += found
        if options.json:
            options.json.write_text(as_json(machine, comparisons), encoding="utf-8")
    sys.stdout.write(as_text(comparisons) + "\n")
    short = sum(comparison.reached is False for comparison in comparisons)
    asked = sum(comparison.reach is not None for comparison in comparisons)
    sys.stdout.write(f"\nmedians (of so many runs); {asked - short} of {asked} reached\n")


def _opened(name: str, stack: ExitStack) -> Engine:
    engine = open_engine(name)
    stack.callback(engine.close)
    return engine


def _if_it_answers(name: str, stack: ExitStack) -> Engine | None:
    try:
        return _opened(name, stack)
    except EngineUnavailableError as error:
        _say(f"{name} is left out: {error.message}")
        return None


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()
