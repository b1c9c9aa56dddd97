"""What has to be done to an image so that it holds what another lock asks for. Pure."""

from dataclasses import dataclass

from packaging.markers import Environment

from snippet_images.lockfile import Pin, pins_for


@dataclass(frozen=True, kw_only=True)
class Difference:
    """From one lock to another.

    Attributes:
        install: what the second has, and the first has not or in another version.
        remove: names of what the first has, and the second has not or in another version.
    """

    install: tuple[Pin, ...]
    remove: tuple[str, ...]


def between(lower: str, upper: str, environment: Environment) -> Difference:
    """What leads from the lock of the image below to that of the image upon it.

    Args:
        lower: text of the one.
        upper: text of the other.
        environment: what markers are judged by.
    """
    below = {pin.name: pin for pin in pins_for(lower, environment)}
    above = {pin.name: pin for pin in pins_for(upper, environment)}
    kept = {name for name, pin in above.items() if name in below and below[name].version == pin.version}
    return Difference(
        install=tuple(pin for name, pin in above.items() if name not in kept),
        remove=tuple(name for name in below if name not in kept),
    )
