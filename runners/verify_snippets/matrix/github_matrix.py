"""The job matrix of a workflow on GitHub: an entry for each profile and each group of cards. Pure.

https://docs.github.com/en/actions/how-tos/write-workflows/choose-what-workflows-do/run-job-variations tells
what ``include`` means, and that a matrix has at most 256 entries.
"""

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from snippet_images.errors import UsageError
from snippet_sandbox.profile import Profile

LIMIT = 256  # entries of one matrix
CARDS_AT_MOST = 20  # in one entry, as long as there is room for more entries
_LABELS_OF_CPUS = ("ubuntu-latest",)
_LABELS_OF_GPUS = ("self-hosted", "gpu")  # and the profile's own name
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One entry.

    Attributes:
        profile: what ``--profile`` takes; empty to follow each card.
        libraries: what ``--libraries`` takes; empty for the image's own.
        python: what ``--python`` takes; empty for the engine's own.
        targets: cards, with a space between; none of them has one in it.
        shard: number of the group of cards, from 1.
        runner: what ``runs-on`` takes: one label, or several that one machine must have.
        name: of what the entry writes; no other has it, and an artifact may be called so.
    """

    profile: str
    libraries: str
    python: str
    targets: str
    shard: int
    runner: str | tuple[str, ...]
    name: str


def entries(
    targets: Sequence[str],
    profiles: Sequence[Profile],
    *,
    libraries: str = "",
    python: str = "",
    shards: int | None = None,
    labels: Mapping[str, Sequence[str]] | None = None,
) -> tuple[Entry, ...]:
    """An entry for each profile and each group of cards, the groups as large as each other.

    Args:
        targets: cards; none of them with a space in it.
        profiles: none to follow each card.
        libraries: what each entry's ``--libraries`` takes.
        python: what each entry's ``--python`` takes.
        shards: how many groups; by default so many that none has more than ``CARDS_AT_MOST``.
        labels: by a profile's name, what machines that have such hardware are called; see ``runner_of`` for
            the others.

    Raises:
        UsageError: there would be more entries than GitHub takes.
    """
    kinds: Sequence[Profile | None] = profiles or (None,)
    cards = tuple(dict.fromkeys(targets))
    count = _shards(len(cards), len(kinds), shards)
    return tuple(
        Entry(
            profile=profile.name if profile else "",
            libraries=libraries,
            python=python,
            targets=" ".join(cards[shard::count]),
            shard=shard + 1,
            runner=_runner(profile, labels or {}),
            name=_name(number, profile, shard + 1),
        )
        for number, profile in enumerate(kinds, 1)
        for shard in range(count)
    )


def as_output(found: Sequence[Entry]) -> str:
    """The matrix as one line for ``$GITHUB_OUTPUT``, whatever its words are."""
    return f"matrix={json.dumps(_document(found), separators=(',', ':'))}\n"


def as_json(found: Sequence[Entry]) -> str:
    """The matrix as JSON."""
    return json.dumps(_document(found), indent=2) + "\n"


def as_text(found: Sequence[Entry]) -> str:
    """The matrix for people."""
    lines = [
        f"{entry.name}  on {_labels_text(entry.runner)}: {entry.targets or 'no cards'}" for entry in found
    ]
    return "\n".join(lines) + "\n"


def _document(found: Sequence[Entry]) -> dict[str, object]:
    return {"include": [asdict(entry) for entry in found]}


def _labels_text(runner: str | tuple[str, ...]) -> str:
    return runner if isinstance(runner, str) else " + ".join(runner)


def _shards(cards: int, kinds: int, wanted: int | None) -> int:
    most = LIMIT // kinds
    if not most:
        raise UsageError(
            f"{kinds} profiles are more than the {LIMIT} entries that GitHub takes",
            hint="name fewer profiles, or make several matrices",
        )
    if wanted is None:
        return max(1, min(most, math.ceil(cards / CARDS_AT_MOST)))
    count = max(1, min(wanted, cards))
    if count > most:
        raise UsageError(
            f"{kinds} profiles with {count} shards each are {kinds * count} entries; GitHub takes {LIMIT}",
            hint=f"ask for --shards {most} or fewer",
        )
    return count


def _runner(profile: Profile | None, labels: Mapping[str, Sequence[str]]) -> str | tuple[str, ...]:
    found = tuple(labels.get(profile.name, ()) if profile else ()) or _usual_labels(profile)
    return found[0] if len(found) == 1 else found


def _usual_labels(profile: Profile | None) -> tuple[str, ...]:
    """GitHub's own machines for CPUs; for GPUs, machines of the user's that are labelled by convention."""
    if profile is None or not profile.gpus:
        return _LABELS_OF_CPUS
    return (*_LABELS_OF_GPUS, profile.name)


def _name(number: int, profile: Profile | None, shard: int) -> str:
    """Profiles' names come from the Hub; should two be the same once they are safe, their number differs."""
    safe = _UNSAFE.sub("-", profile.name) if profile else "any"
    unsure = profile is not None and safe != profile.name
    return f"{safe}{f'-{number}' if unsure else ''}-{shard}"
