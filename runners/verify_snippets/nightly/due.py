"""Why a model must be looked at again, if it must. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from verify_snippets.report.quantities import counted
from verify_snippets.store.records import CardState, ListedModel, Visit

HOSTS_HOLD = timedelta(days=7)
"""How long verdicts hold at most that saw web hosts: nobody can tell whether those have changed."""
ACCESS_HOLDS = timedelta(days=1)
"""After which a gated card is tried again: somebody may have let us in."""
_EARLY = timedelta(hours=6)
"""Nights don't begin on the minute: a limit that ends in the course of one has ended for it."""
_TOLD = 3


class Why(StrEnum):
    """Reasons to look at a model again; the first one that holds is told."""

    ASKED = "asked for"
    NEW = "new"
    CHANGED = "its repo changed"
    UNFINISHED = "an earlier night did not finish it"
    SURROUNDINGS = "the image, program or options changed"
    IMAGE = "other versions of the image's libraries that it imports"
    LIBRARIES = "newer releases of what it installs"
    REPOS = "other repos that it reads changed"
    ACCESS = "its card may be readable by now"
    AGE = "its verdicts are too old"


@dataclass(frozen=True, kw_only=True)
class Movement:
    """What outside of a model's own repo is now, as far as that could be found out.

    Attributes:
        libraries: what the image holds, and the version of each; empty where that is not known.
        releases: the newest release that a requirement allows, by the requirement as written.
        repos: the commit at the head of other repos on the Hub, by name (``datasets/acme/x`` for a dataset).
    """

    libraries: Mapping[str, str] = field(default_factory=dict)
    releases: Mapping[str, str] = field(default_factory=dict)
    repos: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Reason:
    """A reason, and what exactly moved."""

    why: Why
    detail: str = ""


def why_due(
    model: ListedModel,
    *,
    card: CardState,
    visit: Visit | None,
    surroundings: str | None,
    movement: Movement,
    now: datetime,
    max_age: timedelta | None,
    asked: bool,
) -> Reason | None:
    """Why a model must be looked at again; None where all that is known of it still holds.

    Args:
        model: as it is listed now.
        card: whether its card could be read the last time.
        visit: that time; None where no night ever got through with it.
        surroundings: what all verdicts of this night depend on; None where that is not known, and is taken
            for what it was.
        movement: what moved while its repo stood still.
        now: the moment.
        max_age: how long verdicts hold at most; None for as long as nothing changes.
        asked: whether the user wants it run whatever is known.
    """
    if asked:
        return Reason(why=Why.ASKED)
    if visit is None:
        return Reason(why=Why.NEW if card is CardState.UNSEEN else Why.UNFINISHED)
    if visit.revision != model.revision:
        return Reason(why=Why.CHANGED, detail=_moved(visit.revision[:12], model.revision[:12]))
    age = now - visit.ended_at
    if card is CardState.NO_CARD:
        return None  # nothing but a commit brings one
    if card is CardState.GATED:
        opened = not model.gated or _is_over(age, ACCESS_HOLDS)
        return Reason(why=Why.ACCESS) if opened else None
    if surroundings is not None and visit.surroundings != surroundings:
        return Reason(why=Why.SURROUNDINGS)
    return _moved_outside(visit, movement) or _too_old(visit, age, max_age)


def _moved_outside(visit: Visit, movement: Movement) -> Reason | None:
    for why, before, now in (
        (Why.IMAGE, visit.movable.libraries, movement.libraries),
        (Why.LIBRARIES, visit.movable.releases, movement.releases),
        (Why.REPOS, visit.movable.repos, movement.repos),
    ):
        moved = [
            f"{name}: {_moved(was[:12], now[name][:12])}"
            for name, was in sorted(before.items())
            if now.get(name, was) != was
        ]
        if moved:
            more = f" and {len(moved) - _TOLD} more" if len(moved) > _TOLD else ""
            return Reason(why=why, detail=", ".join(moved[:_TOLD]) + more)
    return None


def _moved(before: str, now: str) -> str:
    return f"{before or 'none'} → {now or 'none'}"


def _too_old(visit: Visit, age: timedelta, max_age: timedelta | None) -> Reason | None:
    limits = [limit for limit in (max_age, HOSTS_HOLD if visit.movable.hosts else None) if limit is not None]
    if not limits or not _is_over(age, min(limits)):
        return None
    days = round(age / timedelta(days=1))
    hosts = visit.movable.hosts if max_age is None or max_age > HOSTS_HOLD else ()
    spoke = f", and they saw {', '.join(hosts[:_TOLD])}" if hosts else ""
    return Reason(why=Why.AGE, detail=f"{counted(days, 'day')}{spoke}")


def _is_over(age: timedelta, limit: timedelta) -> bool:
    return age + min(_EARLY, limit / 4) >= limit
