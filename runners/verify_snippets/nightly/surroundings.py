"""What all verdicts of a night depend on beside the repos, as one hash. Pure."""

import hashlib
import json
from pathlib import PurePosixPath

from snippet_sandbox.profile import PROFILES, Host, shortfall
from verify_snippets.options import Options
from verify_snippets.reuse import Surroundings
from verify_snippets.store.records import Night


def hash_of(surroundings: Surroundings, options: Options, host: Host) -> str:
    """SHA-256 of what decides a night's verdicts: where it differs, everything is looked at again.

    Of the engine its name and its runtime count and what it can't enforce, but not its version, which the
    host's own updates move every few weeks; of the host, which profiles it can give, so that machines of a
    kind share what they find out. Of the image it is which libraries there are, and not in which versions:
    those count for the cards that import them (``Movable.libraries``).

    Args:
        surroundings: of the night.
        options: what the user asked for.
        host: this machine.
    """
    engine, image = surroundings.engine, surroundings.image
    content = [
        surroundings.tool_version,
        [engine.name, engine.runtime, sorted(engine.unenforced)],
        [image.name, image.foundation, image.python_version, sorted(image.versions)],
        surroundings.time_limit_s,
        surroundings.web,
        sorted(surroundings.allowed_repos),
        options.profile,
        options.strict_output,
        options.notebooks,
        sorted(profile.name for profile in PROFILES.values() if shortfall(profile, host) is None),
    ]
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()


def difference(night: Night, surroundings: Surroundings) -> str:
    """What changed since a night, as far as the store remembers it: for people."""
    changed = [
        f"{what} {before} → {now}"
        for what, before, now in (
            ("image", _last_part(night.image), _last_part(surroundings.image.reference)),
            ("verify-snippets", night.tool_version, surroundings.tool_version),
            ("engine", night.engine, surroundings.engine.name),
        )
        if before != now
    ]
    return ", ".join(changed) or "other options, or other hardware"


def _last_part(reference: str) -> str:
    """An image's name and key; what the engine calls it may be a path."""
    return PurePosixPath(reference).name
