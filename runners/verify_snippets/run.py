"""Run one step: a fresh container for it, and what was seen of it."""

import threading
from collections.abc import Mapping
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import PurePosixPath
from types import TracebackType
from typing import Self

from snippet_images.built import BuiltImage
from snippet_images.progress import Listener
from snippet_sandbox import agent, layer
from snippet_sandbox.engine import Engine, Standing
from snippet_sandbox.errors import InfrastructureError
from snippet_sandbox.gateway.door import Door
from snippet_sandbox.gateway.gateway import Gateway
from snippet_sandbox.installed import met_by
from snippet_sandbox.job import Again, Job, Measurement, Mount, Part
from snippet_sandbox.layer import Layer, RequirementsError
from snippet_sandbox.profile import Profile
from verify_snippets import packages, samples
from verify_snippets.images import ImageNamed
from verify_snippets.marks import allowed_time_s
from verify_snippets.plan import SAMPLES, Step
from verify_snippets.preload import imports_ahead
from verify_snippets.ran import Ran

HUB_CACHE = PurePosixPath("/run/hub")


@dataclass(frozen=True, kw_only=True)
class Runner:
    """Prepares and runs steps. Safe to use from several threads.

    Attributes:
        engine: where containers come from.
        gateway: their only way out.
        image_named: gives what they are made of.
        build_profile: what installing packages may use.
        time_limit_s: for each step that the card asks for no other of.
        preloads: whether containers do their first imports while they wait.
        run_id: labels all that is made.
        listener: hears of downloads and installs.
        cancel: ends what is running.
        as_of: the moment whose libraries steps run with; None for those of now.
        for_one_run: whether packages are installed for the step at hand alone.
        releases: what requirements come to by now, where somebody asked; see ``layer.ensure``.
    """

    engine: Engine
    gateway: Gateway
    image_named: ImageNamed
    build_profile: Profile
    time_limit_s: float
    preloads: bool
    run_id: str
    listener: Listener
    cancel: threading.Event
    as_of: datetime | None = None
    for_one_run: bool = False
    releases: Mapping[str, str] = field(default_factory=dict)
    _installing: threading.Lock = field(default_factory=threading.Lock)

    def prepare(self, step: Step, again: Again | None = None) -> "Ready | Ran":
        """Make everything ready for a step: its packages, its door, its container.

        Args:
            step: what will run.
            again: what of it is then run again to be timed.

        Returns:
            What can run; or what came of the step, where that much is known already.
        """
        nothing = Ran(
            step=step,
            memory_limit_bytes=step.hardware.memory_bytes,
            time_limit_s=allowed_time_s(step.time_limit_s, self.time_limit_s),
        )
        try:
            image = self.image_of(step)
            upon = self._layer(step, image)
            with ExitStack() as stack:
                door = stack.enter_context(self.gateway.open_door(step.snippet.id))
                standing = self.engine.start(self._job(step, image, upon, door, again), cancel=self.cancel)
                stack.callback(standing.close)
                return Ready(
                    nothing=nothing,
                    image=image,
                    upon=upon,
                    door=door,
                    standing=standing,
                    cancel=self.cancel,
                    holding=stack.pop_all(),
                )
        except RequirementsError as error:
            return replace(nothing, not_installable=error.message)
        except InfrastructureError as error:
            return replace(nothing, trouble=error.message)

    def is_quickly_ready(self, step: Step) -> bool:
        """Whether nothing has to be installed for a step."""
        return self.as_of is None and met_by(step.requirements, self.image_of(step))

    def image_of(self, step: Step) -> BuiltImage:
        """What a step's container is made of.

        Raises:
            InfrastructureError: it can't be built.
        """
        return self.image_named(step.image)

    def _layer(self, step: Step, image: BuiltImage) -> Layer:
        if self.is_quickly_ready(step):
            return Layer()
        with self._installing:  # one at a time: each takes all cores
            return layer.ensure(
                step.requirements,
                image=image,
                engine=self.engine,
                gateway=self.gateway,
                profile=self.build_profile,
                listener=self.listener,
                cancel=self.cancel,
                as_of=self.as_of,
                for_one_run=self.for_one_run,
                releases=self.releases,
            )

    def _job(self, step: Step, image: BuiltImage, upon: Layer, door: Door, again: Again | None) -> Job:
        view = Mount(source=door.hub_view, target=HUB_CACHE)
        as_promised = step.timed or step.kernel  # whose imports are nobody's but the snippet's own
        return Job(
            image=image.name,
            profile=step.hardware,
            parts=parts_of(step),
            environment=door.environment(port=agent.RELAY_PORT, hub_cache=HUB_CACHE),
            mounts=(view, *door.extra_mounts, *upon.mounts, *_sample_mounts(step)),
            gateway_dir=door.socket_dir,
            time_limit_s=allowed_time_s(step.time_limit_s, self.time_limit_s),
            python=upon.python,
            imports=() if as_promised else imports_ahead(step.codes[0]),
            preload=self.preloads,
            again=again,
            kernel=step.kernel,
            run_id=self.run_id,
        )


@dataclass(frozen=True, kw_only=True)
class Ready(AbstractContextManager["Ready"]):
    """A step whose container stands and has run nothing of it. A context manager, which throws that away.

    Attributes:
        nothing: what is known of the step before it runs.
        image: what the container is made of.
        upon: the packages on top of it.
        door: its way out.
        standing: the container.
        cancel: ends it.
        holding: all that is thrown away in the end.
    """

    nothing: Ran
    image: BuiltImage
    upon: Layer
    door: Door
    standing: Standing
    cancel: threading.Event
    holding: ExitStack

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.holding.close()

    def run(self) -> Ran:
        """Run the step. A snippet that fails is a result like any other."""
        try:
            measurement = self.standing.run(cancel=self.cancel)
        except InfrastructureError as error:
            return replace(self.nothing, trouble=error.message)
        key = self.upon.key
        return replace(
            self.nothing,
            measurement=measurement,
            contacts=self.door.contacts(),
            image=f"{measurement.image}+{key}" if key else measurement.image,
            versions=used_versions(measurement, self.image, self.upon),
            trouble=self.door.trouble() or "",
        )


def parts_of(step: Step) -> tuple[Part, ...]:
    """A step as the sandbox takes it: code at the card's own lines."""
    return tuple(
        Part(
            name=snippet.id,
            source=code,
            filename=snippet.file_name,
            first_line=snippet.block.text_line,
            echoes=snippet.is_session,
        )
        for snippet, code in zip(step.snippets, step.codes, strict=True)
    )


def _sample_mounts(step: Step) -> tuple[Mount, ...]:
    """The sample files, where any of them stands in for something."""
    used = any(value.startswith(f"{SAMPLES}/") for value in step.filled.values())
    return (Mount(source=samples.kept(), target=SAMPLES),) if used else ()


_IN_EVERY_PYTHON = frozenset({"_distutils_hack"})
"""Modules that a ``.pth`` file imports before a snippet can."""


def used_versions(measurement: Measurement, image: BuiltImage, upon: Layer) -> dict[str, str]:
    """Python's version, and that of each installed library that the snippet imported.

    The image says which library brings a module; what was installed on top of it is judged by names.
    """
    installed = {**image.versions, **upon.versions}
    names = {
        name
        for module in set(measurement.modules) - _IN_EVERY_PYTHON
        for name in (*image.modules.get(module, ()), *packages.providers(module, upon.versions))
    }
    return {"python": measurement.python_version} | {name: installed[name] for name in sorted(names)}
