"""Ours, as the table compares it: one job on an engine, and the whole program on a card."""

import contextlib
import json
import os
import secrets
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from snippet_images.progress import silent
from snippet_sandbox import agent
from snippet_sandbox.engine import Engine
from snippet_sandbox.gateway.gateway import Gateway
from snippet_sandbox.job import Ending, Job, Measurement, Mount, Part
from snippet_sandbox.profile import PROFILES
from tests.bench.anchors import Program
from tests.bench.measuring import BenchError, Said, expect_output, run_command
from verify_snippets.preload import imports_ahead

IMAGE = "cpu"
HUB_CACHE = PurePosixPath("/run/hub")
POOLED_S = 0.5  # how long a container of the pool has stood before its job comes
FIRST_PRELOAD_S = 15.0  # of the first one; later ones know
TOOLS = Path(__file__).parent.parent / "tools"
REPOSITORY = Path(__file__).parents[2]


@dataclass(kw_only=True)
class Sandbox:
    """Programs as jobs with all that a snippet's container has: limits, a gateway, a view of the Hub's cache.

    Attributes:
        name: of the engine.
        engine: where containers come from.
        gateway: their way out.
    """

    name: str
    engine: Engine
    gateway: Gateway
    _preload_s: float = field(default=FIRST_PRELOAD_S)

    @classmethod
    @contextlib.contextmanager
    def opened(cls, name: str, engine: Engine, folder: Path) -> "Iterator[Sandbox]":
        """One with a gateway of its own, whose Hub cache is in ``folder``."""
        with Gateway(token=None, hub_cache=folder / "hub") as gateway:
            yield cls(name=name, engine=engine, gateway=gateway)

    def fresh(self, program: Program) -> float:
        """Everything from nothing: the door, the container, the program, the verdict."""
        began = time.perf_counter()
        with self._job(program) as job:
            measured = self.engine.run(job)
            took_s = time.perf_counter() - began
        _check(measured, program)
        return took_s

    def from_pool(self, program: Program) -> float:
        """In a container that stands ready and has run nothing."""
        with self._job(program) as job:
            standing = self.engine.start(job)
            time.sleep(POOLED_S)
            began = time.perf_counter()
            measured = standing.run()
            took_s = time.perf_counter() - began
        _check(measured, program)
        return took_s

    def preloaded(self, program: Program) -> float:
        """In a container that stands ready and has done the program's imports."""
        with self._job(program, preloads=True) as job:
            standing = self.engine.start(job)
            waited_s = 2 * self._preload_s
            time.sleep(waited_s)
            began = time.perf_counter()
            measured = standing.run()
            took_s = time.perf_counter() - began
        _check(measured, program)
        if not measured.preload_s or measured.preload_s > waited_s:
            raise BenchError(f"{self.name}: the imports were not done ahead: {measured.preload_s} s")
        self._preload_s = measured.preload_s
        return took_s

    @contextlib.contextmanager
    def _job(self, program: Program, *, preloads: bool = False) -> Iterator[Job]:
        with self.gateway.open_door("bench") as door:
            yield Job(
                image=IMAGE,
                profile=PROFILES["cpu-basic"],
                parts=(Part(name="program", source=program.source),),
                environment=door.environment(port=agent.RELAY_PORT, hub_cache=HUB_CACHE),
                mounts=(Mount(source=door.hub_view, target=HUB_CACHE), *door.extra_mounts),
                gateway_dir=door.socket_dir,
                imports=imports_ahead(program.source),
                preload=preloads,
                run_id="bench",
            )


def _check(measured: Measurement, program: Program) -> None:
    complete = all(part.completed for part in measured.parts)
    if measured.ending is not Ending.EXITED or measured.exit_code != 0 or not complete:
        raise BenchError(f"ours: {measured.ending}, exit code {measured.exit_code}: {measured.stderr}")
    expect_output("ours", program.output, measured.stdout)


@dataclass(frozen=True, kw_only=True)
class CommandLine:
    """``verify-snippets`` as users start it, on a repo of the local Hub.

    Attributes:
        program: the command.
        engine: its name.
        endpoint: the Hub's address.
        folder: holds the Hub cache, and what runs leave behind.
    """

    program: Path
    engine: str
    endpoint: str
    folder: Path

    def fresh(self, target: str, blocks: int) -> float:
        """Run every snippet, whatever is known of it."""
        return self._verify(target, "--fresh", data=self.folder / "data", blocks=blocks, reused=0)

    def first(self, target: str, blocks: int) -> float:
        """Run every snippet, because nothing is known of any; ``again`` goes on from there."""
        data = self.folder / secrets.token_hex(4)
        (self.folder / "latest").unlink(missing_ok=True)
        (self.folder / "latest").symlink_to(data)
        return self._verify(target, data=data, blocks=blocks, reused=0)

    def again(self, target: str, blocks: int) -> float:
        """The same card, of which everything is known since ``first``."""
        data = (self.folder / "latest").readlink()
        return self._verify(target, data=data, blocks=blocks, reused=blocks)

    def _verify(self, target: str, *options: str, data: Path, blocks: int, reused: int) -> float:
        report = self.folder / "report.json"
        report.unlink(missing_ok=True)
        command = [self.program, target, "--engine", self.engine, *options]
        command.append("--no-hub-code")  # the others run the card alone
        said = run_command(
            f"verify-snippets with {self.engine}",
            [*command, "--report", f"json:{report}"],
            environment=self._environment(data),
            folder=self.folder,
        )
        _check_report(said, json.loads(report.read_text()), blocks, reused)
        return said.took_s

    def _environment(self, data: Path) -> dict[str, str]:
        own = {"HF_HOME": str(self.folder / "hf"), "XDG_DATA_HOME": str(data), "HF_ENDPOINT": self.endpoint}
        return without_hub() | own


def install_program(program: Path) -> None:
    """Make a virtual environment with the program and nothing that it doesn't need.

    Args:
        program: where its command is to be, in the environment's ``bin`` folder.

    Raises:
        BenchError: it could not be installed.
    """
    environment = program.parent.parent
    run_command("python -m venv", [sys.executable, "-m", "venv", environment])
    run_command("pip install", [environment / "bin" / "pip", "install", "--quiet", REPOSITORY])


def _check_report(said: Said, report: dict[str, Any], blocks: int, reused: int) -> None:
    runs = [run for snippet in report["snippets"] for run in snippet["runs"]]
    verdicts = [run["verdict"] for run in runs]
    if verdicts != ["passed"] * blocks:
        raise BenchError(f"verify-snippets: verdicts {verdicts} of {blocks} blocks: {said.stdout}")
    found = sum(bool(run["reused_from"]) for run in runs)
    if found != reused:
        raise BenchError(f"verify-snippets: {found} verdicts were reused, and not {reused}")


def without_hub() -> dict[str, str]:
    """The environment of this process without what points at somebody's Hub account or cache."""
    hub = ("HF_", "HUGGING_FACE_")
    return {name: value for name, value in os.environ.items() if not name.startswith(hub)}


def make_tiny_repos(engine: Engine, folder: Path) -> None:
    """Make the tests' tiny repos in ``folder``, by the libraries of the image.

    Raises:
        BenchError: they could not be made.
    """
    engine.ensure_image(IMAGE, silent)
    made = engine.run(
        Job(
            image=IMAGE,
            profile=PROFILES["cpu-basic"],
            command=("/opt/venv/bin/python", "/run/tools/make_tiny_repos.py", "/run/made"),
            mounts=(
                Mount(source=TOOLS, target=PurePosixPath("/run/tools")),
                Mount(source=folder, target=PurePosixPath("/run/made"), writable=True),
            ),
        )
    )
    if made.exit_code != 0:
        raise BenchError(f"the tiny repos can't be made: {made.stderr}")
