"""Run a plan: one container for each step, and what was seen of it."""

import threading
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from snippet_images.built import BuiltImage
from snippet_images.progress import Listener
from snippet_sandbox import agent, layer
from snippet_sandbox.engine import Engine
from snippet_sandbox.errors import InfrastructureError
from snippet_sandbox.gateway.door import Door
from snippet_sandbox.gateway.gateway import Gateway
from snippet_sandbox.job import Ending, Job, Measurement, Mount, Part
from snippet_sandbox.layer import Layer, RequirementsError
from snippet_sandbox.profile import Profile
from verify_snippets import packages, samples
from verify_snippets.card import CARD_NAME
from verify_snippets.plan import SAMPLES, Step, fill
from verify_snippets.ran import Ran
from verify_snippets.snippets import Snippet

HUB_CACHE = PurePosixPath("/run/hub")
ATTEMPTS = 2  # our own trouble is tried once more before a snippet is called broken


@dataclass(frozen=True, kw_only=True)
class Runner:
    """Runs the steps of one plan, one after the other.

    Attributes:
        engine: where containers come from.
        gateway: their only way out.
        image: what they are made of.
        build_profile: what installing packages may use.
        time_limit_s: for each.
        run_id: labels all that is made.
        repo_id: the card's repo, for placeholders it stands in for.
        listener: hears of downloads and installs.
        cancel: ends what is running.
    """

    engine: Engine
    gateway: Gateway
    image: BuiltImage
    build_profile: Profile
    time_limit_s: float
    run_id: str
    repo_id: str | None
    listener: Listener
    cancel: threading.Event

    def run(self, step: Step) -> Ran:
        """Run one step, a second time if our own trouble or a long download came between.

        A snippet that fails is a result like any other.
        """
        ran = self._limits(step)
        if not step.runs:
            return ran
        for _ in range(ATTEMPTS):
            ran = self._attempt(step)
            if self.cancel.is_set() or not (ran.trouble or _downloads_took_its_time(ran)):
                break
        return ran

    def _limits(self, step: Step) -> Ran:
        return Ran(step=step, memory_limit_bytes=step.hardware.memory_bytes, time_limit_s=self.time_limit_s)

    def _attempt(self, step: Step) -> Ran:
        try:
            upon = layer.ensure(
                step.snippet.requirements,
                image=self.image,
                engine=self.engine,
                gateway=self.gateway,
                profile=self.build_profile,
                listener=self.listener,
                cancel=self.cancel,
            )
            with self.gateway.open_door(step.snippet.id) as door:
                measurement = self.engine.run(self._job(step, upon, door), cancel=self.cancel)
                contacts, trouble = door.contacts(), door.trouble() or ""
        except RequirementsError as error:
            return replace(self._limits(step), not_installable=error.message)
        except InfrastructureError as error:
            return replace(self._limits(step), trouble=error.message)
        return replace(
            self._limits(step),
            measurement=measurement,
            contacts=contacts,
            image=f"{measurement.image}+{upon.key}" if upon.key else measurement.image,
            versions=used_versions(measurement, {**self.image.versions, **upon.versions}),
            trouble=trouble,
        )

    def _samples(self, step: Step) -> tuple[Mount, ...]:
        """The sample files, where any of them stands in for something."""
        used = any(value.startswith(f"{SAMPLES}/") for value in step.filled.values())
        return (Mount(source=samples.kept(), target=SAMPLES),) if used else ()

    def _job(self, step: Step, upon: Layer, door: Door) -> Job:
        view = Mount(source=door.hub_view, target=HUB_CACHE)
        return Job(
            image=self.image.name,
            profile=step.hardware,
            parts=tuple(part_of(snippet, self.repo_id) for snippet in step.snippets),
            environment=Door.environment(port=agent.RELAY_PORT, hub_cache=HUB_CACHE),
            mounts=(view, *door.extra_mounts, *upon.mounts, *self._samples(step)),
            gateway_dir=door.socket_dir,
            time_limit_s=self.time_limit_s,
            python=upon.python,
            run_id=self.run_id,
        )


def _downloads_took_its_time(ran: Ran) -> bool:
    """Whether a snippet ran out of time because it waited for files, which are in the cache by now."""
    timed_out = ran.measurement is not None and ran.measurement.ending is Ending.TIME_LIMIT
    return timed_out and ran.contacts.waited_s > ran.time_limit_s / 10


def run_all(runner: Runner, steps: Iterable[Step]) -> Iterator[Ran]:
    """Run steps in the card's order, until there are none left or the user interrupts."""
    for step in steps:
        if runner.cancel.is_set():
            return
        yield runner.run(step)


def part_of(snippet: Snippet, repo_id: str | None) -> Part:
    """A snippet as the sandbox takes it: its code, with certain stand-ins, at the card's own lines."""
    filled = fill(snippet, repo_id)
    return Part(
        name=snippet.id,
        source=filled.code if filled else snippet.code,
        filename=CARD_NAME,
        first_line=snippet.block.text_line,
    )


def used_versions(measurement: Measurement, installed: Mapping[str, str]) -> dict[str, str]:
    """Python's version, and that of each installed library that the snippet imported."""
    names = {name for module in measurement.modules for name in packages.providers(module, installed)}
    return {"python": measurement.python_version} | {name: installed[name] for name in sorted(names)}
