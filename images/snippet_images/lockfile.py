"""Reading the locked requirements: what of them is meant for one machine and one Python."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from packaging.markers import Environment, default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name


@dataclass(frozen=True, kw_only=True)
class Pin:
    """One distribution at one version.

    Attributes:
        name: normalized.
        version: as the lock writes it.
        hashes: of the files that may stand for it, such as ``sha256:...``.
    """

    name: str
    version: str
    hashes: tuple[str, ...]

    def line(self) -> str:
        """The line of a requirements file that asks for exactly this."""
        return " ".join((f"{self.name}=={self.version}", *(f"--hash={h}" for h in self.hashes)))


def linux_environment(python_version: str, machine: str) -> Environment:
    """What markers see on Linux.

    Args:
        python_version: such as ``3.11``.
        machine: such as ``x86_64``.
    """
    environment = default_environment()
    environment.update(
        {
            "implementation_name": "cpython",
            "os_name": "posix",
            "platform_machine": machine,
            "platform_python_implementation": "CPython",
            "platform_system": "Linux",
            "python_full_version": f"{python_version}.0",
            "python_version": python_version,
            "sys_platform": "linux",
        }
    )
    return environment


def pins_for(lock: str, environment: Environment) -> tuple[Pin, ...]:
    """The pins of a universal lock whose markers hold in ``environment``.

    pip can't be asked to do this: told to download for another Python, it still judges markers by its own.
    """
    values: Mapping[str, str] = {key: str(value) for key, value in environment.items()}
    return tuple(
        _pin(requirement, hashes)
        for requirement, hashes in _entries(lock)
        if requirement.marker is None or requirement.marker.evaluate(dict(values))
    )


def _pin(requirement: Requirement, hashes: tuple[str, ...]) -> Pin:
    (specifier,) = requirement.specifier
    return Pin(name=canonicalize_name(requirement.name), version=specifier.version, hashes=hashes)


def _entries(lock: str) -> Iterator[tuple[Requirement, tuple[str, ...]]]:
    lines = (line for line in lock.splitlines() if not line.lstrip().startswith("#"))
    for entry in "\n".join(lines).replace("\\\n", " ").splitlines():
        if entry.strip():
            requirement, *hashes = entry.split("--hash=")
            yield Requirement(requirement.strip()), tuple(h.strip() for h in hashes)
