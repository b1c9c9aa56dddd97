"""The others: how a snippet is run without this project.

None of them is given a network where the snippet needs none, and the host's own where it does: setting up a
bridge, as Docker does by default, would cost them more.
"""

import contextlib
import importlib
import json
import os
import secrets
import shutil
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import docker

from tests.bench.measuring import BenchError, Say, expect_output, run_command

IMAGE_PYTHON = "/opt/venv/bin/python"
LABEL = "verify-snippets.bench"

# Installed into folders of their own: the second wants an older markdown-it-py than ours.
LLM_SANDBOX = "llm-sandbox==0.3.46"  # MIT
PYTEST_MARKDOWN_DOCS = "pytest-markdown-docs==0.9.2"  # MIT


@dataclass(frozen=True, kw_only=True)
class Program:
    """Python code, and what it prints if all goes well."""

    source: str
    output: str


@dataclass(frozen=True, kw_only=True)
class DockerRun:
    """``docker run`` for each program, from the shell's view.

    Attributes:
        image: its name.
        network: as Docker names it.
        environment: variables of the container.
    """

    image: str
    network: str = "none"
    environment: Mapping[str, str] = field(default_factory=dict)

    def once(self, program: Program) -> float:
        """Run it; the seconds from the command's start to its end."""
        took_s, output = self.output_of(program.source)
        expect_output("docker run", program.output, output)
        return took_s

    def output_of(self, source: str) -> tuple[float, str]:
        """Run code that prints something; how long it took, and what that was."""
        variables = [f"--env={name}={value}" for name, value in self.environment.items()]
        run = ["docker", "run", "--rm", f"--network={self.network}", f"--label={LABEL}", *variables]
        said = run_command("docker run", [*run, self.image, "python", "-c", source])
        return said.took_s, said.stdout


def docker_py(client: docker.DockerClient, image: str, program: Program) -> float:
    """The same through Docker's SDK, which raises an error on any other exit code than 0."""
    began = time.perf_counter()
    printed = client.containers.run(
        image, ["python", "-c", program.source], remove=True, network_mode="none", labels=[LABEL]
    )
    took_s = time.perf_counter() - began
    expect_output("docker-py", program.output, printed.decode())
    return took_s


@contextlib.contextmanager
def runc_bundle(image: str, folder: Path, program: Program) -> Iterator[Path]:
    """A bundle that runs ``program`` on an image's files, where a container that sleeps holds them mounted.

    Raises:
        BenchError: the engine keeps the files in a way that can't be shared.
    """
    start = ["docker", "run", "--detach", "--rm", "--network=none", f"--label={LABEL}", image]
    sleeper = run_command("docker run", [*start, "sleep", "infinity"]).stdout.strip()
    try:
        merged = "{{.GraphDriver.Data.MergedDir}}"
        root = run_command("docker inspect", ["docker", "inspect", "--format", merged, sleeper]).stdout
        bundle = folder / "bundle"
        bundle.mkdir()
        run_command("runc spec", ["runc", "spec"], folder=bundle)
        config = json.loads((bundle / "config.json").read_text())
        config["root"] = {"path": root.strip(), "readonly": True}
        config["process"] |= {"terminal": False, "args": [IMAGE_PYTHON, "-c", program.source]}
        (bundle / "config.json").write_text(json.dumps(config))
        yield bundle
    finally:
        run_command("docker rm", ["docker", "rm", "--force", sleeper])


def no_runc_because() -> str:
    """Why bare runc can't be tried here; empty if it can."""
    if os.geteuid() != 0:
        return "it takes root"
    return "" if shutil.which("runc") else "runc is not installed"


def bare_runc(bundle: Path, program: Program) -> float:
    """A container without any engine."""
    command = ["runc", "run", "--bundle", bundle, f"bench-{secrets.token_hex(4)}"]
    said = run_command("runc", command)
    expect_output("runc", program.output, said.stdout)
    return said.took_s


@dataclass(frozen=True, kw_only=True)
class LlmSandbox:
    """llm-sandbox: a session for each program, with Docker under it.

    Attributes:
        module: the library.
        image: what its containers are made of. The library's own preparations (a virtual environment, pip's
            latest version) are left out: the image has all that is needed.
    """

    module: Any
    image: str

    @classmethod
    def installed(cls, image: str, folder: Path) -> "LlmSandbox":
        """Install the library into ``folder``; what it needs beside is there already."""
        pip_install(LLM_SANDBOX, folder, "--no-deps")
        sys.path.append(str(folder))
        return cls(module=importlib.import_module("llm_sandbox"), image=image)

    def once(self, program: Program) -> float:
        """Run it; the seconds until its output is there. Closing the session takes 10 s more, untimed."""
        session = self.module.SandboxSession(
            lang="python",
            image=self.image,
            keep_template=True,
            skip_environment_setup=True,
            runtime_configs={"network_mode": "none", "labels": [LABEL]},
        )
        began = time.perf_counter()
        with session as opened:
            told = opened.run(program.source)
            took_s = time.perf_counter() - began
        if told.exit_code != 0:
            raise BenchError(f"llm-sandbox: exit code {told.exit_code}: {told.stderr}")
        expect_output("llm-sandbox", program.output, told.stdout)
        return took_s


@dataclass(frozen=True, kw_only=True)
class PytestMarkdownDocs:
    """pytest-markdown-docs: all blocks of a card in one process on the host, with no isolation.

    Attributes:
        python: has the libraries that the blocks import.
        tools: the folder with pytest and the plugin.
        environment: variables of the process.
    """

    python: Path
    tools: Path
    environment: Mapping[str, str]

    def once(self, card: Path, blocks: int) -> float:
        """Run the blocks of ``card``, each of which must pass."""
        nobodys = ("-c", os.devnull, "--rootdir", card.parent)  # no settings that lie in a folder above
        command = [self.python, "-m", "pytest", "-p", "no:cacheprovider", *nobodys, "--markdown-docs", card]
        environment = {**self.environment, "PYTHONPATH": str(self.tools)}
        said = run_command("pytest-markdown-docs", command, environment=environment, folder=card.parent)
        if f"{blocks} passed" not in said.stdout:
            raise BenchError(f"pytest-markdown-docs: not all of {blocks} blocks passed: {said.stdout}")
        return said.took_s


def pip_install(requirement: str, folder: Path, *options: str) -> None:
    """Install a package and what it needs into a folder."""
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--target", folder, *options, requirement]
    run_command(f"pip install {requirement}", pip)


@contextlib.contextmanager
def plain_image(image: str, say: Say) -> Iterator[str]:
    """The same image as most people build it: without byte-compiled code, stdlib included.

    Yields:
        Its name; it is removed afterwards.
    """
    say("making the plain image: the same one without byte-compiled code")
    tag = f"verify-snippets-bench:{secrets.token_hex(4)}"
    name = f"verify-snippets-bench-{secrets.token_hex(4)}"
    find: Sequence[str] = (
        "find",
        "/",
        "-xdev",
        "-name",
        "__pycache__",
        "-prune",
        "-exec",
        "rm",
        "-rf",
        "{}",
        "+",
    )
    try:
        run_command("docker run", ["docker", "run", f"--name={name}", "--network=none", image, *find])
        run_command("docker commit", ["docker", "commit", "--change=CMD python", name, tag])
    finally:
        run_command("docker rm", ["docker", "rm", "--force", name])
    try:
        yield tag
    finally:
        run_command("docker rmi", ["docker", "rmi", tag])
