"""What an image already holds of what is asked for. Pure, and quick to import."""

from collections.abc import Mapping, Sequence

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from snippet_images.built import BuiltImage


def met_by(requirements: Sequence[str], image: BuiltImage) -> bool:
    """Whether an image already holds everything; extras and addresses count as not met."""
    return all(_is_met(requirement, image.versions) for requirement in requirements)


def _is_met(text: str, versions: Mapping[str, str]) -> bool:
    try:
        requirement = Requirement(text)
    except InvalidRequirement:
        return False
    if requirement.marker and not requirement.marker.evaluate():
        return True
    version = versions.get(canonicalize_name(requirement.name))
    plain = not requirement.url and not requirement.extras
    return plain and version is not None and requirement.specifier.contains(version, prereleases=True)
