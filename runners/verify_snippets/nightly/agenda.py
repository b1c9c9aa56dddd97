"""What a night has to do: which models are due and why, in which order, and what fits in its budget. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from statistics import median

from snippet_sandbox.profile import DEFAULT_PROFILE
from verify_snippets.nightly.costs import Budget, Expected, Yardstick
from verify_snippets.nightly.due import Movement, Why, why_due
from verify_snippets.nightly.surroundings import difference
from verify_snippets.reuse import Surroundings
from verify_snippets.store.records import CardState, ListedModel, Night, SnippetKey, StoredModel, Visit


class Hold(StrEnum):
    """Why a model is left alone."""

    UNCHANGED = "nothing that its verdicts depend on has changed"
    NO_CARD = "it has no card"
    GATED = "its card is gated, and nobody let us in"
    UNREADABLE = "its card can't be read"


_HOLDS = {
    CardState.UNSEEN: Hold.UNCHANGED,
    CardState.READ: Hold.UNCHANGED,
    CardState.NO_CARD: Hold.NO_CARD,
    CardState.GATED: Hold.GATED,
    CardState.UNREADABLE: Hold.UNREADABLE,
}


@dataclass(frozen=True, kw_only=True)
class Known:
    """What the store holds of the nights before.

    Attributes:
        models: by repo id.
        visits: the last of each model, by repo id.
        expectations: what each snippet took last time: seconds, and bytes of memory.
        carried_over: what did not fit in the last night's budget, in order.
        nights: by number, to say what changed since; those that are missing are not spoken of.
    """

    models: Mapping[str, StoredModel]
    visits: Mapping[str, Visit]
    expectations: Mapping[SnippetKey, tuple[float, int | None]]
    carried_over: Sequence[str] = ()
    nights: Mapping[int, Night] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Wishes:
    """What the user asked of the night.

    Attributes:
        fresh: everything runs, whatever is known.
        max_age: how long a verdict holds at most; None for as long as nothing changes.
        budget: what the night may take; None for no limit.
    """

    fresh: bool = False
    max_age: timedelta | None = None
    budget: Budget | None = None


@dataclass(frozen=True, kw_only=True)
class Circumstances:
    """When and where the night is.

    Attributes:
        now: the moment.
        surroundings: what all its verdicts depend on (``surroundings.hash_of``); None where that is not
            known, and is taken for what it was.
        around: the same in full, to say what changed; None to say nothing of it.
        movement: what moved while the repos stood still.
        yardstick: what time and money are measured by.
        night: its number, where it goes on after it was killed: what it finished is done.
    """

    now: datetime
    surroundings: str | None
    movement: Movement
    yardstick: Yardstick
    night: int | None = None
    around: Surroundings | None = None


@dataclass(frozen=True, kw_only=True)
class Due:
    """A model that must be looked at again.

    Attributes:
        model: as it is listed.
        why: the first reason there is.
        detail: what exactly moved; empty where there is no more to say.
        carried_over: whether the last night's budget had no room for it.
        expected: what it will take.
    """

    model: ListedModel
    why: Why
    detail: str = ""
    carried_over: bool = False
    expected: Expected

    @property
    def expected_s(self) -> float:
        """Seconds of running, one snippet after the other."""
        return self.expected.seconds


@dataclass(frozen=True, kw_only=True)
class Held:
    """A model that is left alone, and why."""

    model: ListedModel
    why: Hold


@dataclass(frozen=True, kw_only=True)
class Agenda:
    """What a night has to do.

    Attributes:
        due: in the order in which they are taken.
        later: due too, but not within the budget; the next night begins with them, in this order.
        holds: whose verdicts still hold.
        impossible: whose card can't be read, and nothing about that has changed.
    """

    due: tuple[Due, ...] = ()
    later: tuple[Due, ...] = ()
    holds: tuple[Held, ...] = ()
    impossible: tuple[Held, ...] = ()


def carried_on(
    left: Iterable[str], before: Iterable[str], listed: Iterable[ListedModel], owner: str | None
) -> tuple[str, ...]:
    """What the next night begins with: what this one left, then what nights of other targets had left.

    Args:
        left: repo ids that the budget had no room for, in order.
        before: what had been carried over until now.
        listed: the models of this night.
        owner: whose models these all are; None where they are not all of somebody's.
    """
    ours = {model.repo_id for model in listed}
    others = [it for it in before if it not in ours and not (owner and it.startswith(f"{owner}/"))]
    return tuple(dict.fromkeys([*left, *others]))


def make_agenda(
    listed: Sequence[ListedModel], known: Known, circumstances: Circumstances, wishes: Wishes
) -> Agenda:
    """Decide on every listed model.

    First comes what the last night had no room for, in its order; then what is new, has changed or was
    touched from outside, the most downloaded first; last what is only old, the oldest first.
    """
    forecast = Forecast(known)
    found: list[Due] = []
    held: list[Held] = []
    for model in listed:
        stored, visit = known.models.get(model.repo_id), known.visits.get(model.repo_id)
        card = stored.card if stored else CardState.UNSEEN
        reason = why_due(
            model,
            card=card,
            visit=visit,
            surroundings=circumstances.surroundings,
            movement=circumstances.movement,
            now=circumstances.now,
            max_age=wishes.max_age,
            asked=wishes.fresh and not (visit and visit.night and visit.night == circumstances.night),
        )
        if reason is None:
            held.append(Held(model=model, why=_HOLDS[card]))
            continue
        found.append(
            Due(
                model=model,
                why=reason.why,
                detail=reason.detail or _changed_around(reason.why, visit, known, circumstances),
                carried_over=model.repo_id in known.carried_over,
                expected=forecast.of(model.repo_id),
            )
        )
    due, later = _within(wishes.budget, _in_order(found, known), circumstances.yardstick)
    return Agenda(
        due=due,
        later=later,
        holds=tuple(one for one in held if one.why is Hold.UNCHANGED),
        impossible=tuple(one for one in held if one.why is not Hold.UNCHANGED),
    )


def _changed_around(why: Why, visit: Visit | None, known: Known, circumstances: Circumstances) -> str:
    """What changed since the night of a visit, where that is why it must be done again."""
    if why is not Why.SURROUNDINGS or visit is None or circumstances.around is None:
        return ""
    night = known.nights.get(visit.night or 0)
    return difference(night, circumstances.around) if night is not None else ""


def _in_order(found: Iterable[Due], known: Known) -> list[Due]:
    places = {repo_id: place for place, repo_id in enumerate(known.carried_over)}

    def key(due: Due) -> tuple[int, float, str]:
        repo_id = due.model.repo_id
        if repo_id in places:
            return 0, places[repo_id], repo_id
        if due.why is Why.AGE:
            return 2, known.visits[repo_id].ended_at.timestamp(), repo_id
        return 1, -due.model.downloads, repo_id

    return sorted(found, key=key)


def _within(
    budget: Budget | None, found: Sequence[Due], yardstick: Yardstick
) -> tuple[tuple[Due, ...], tuple[Due, ...]]:
    """What fits in a budget, in order, and what doesn't.

    The first is always taken: what is more than a whole budget would never run otherwise. Before anything
    was measured everything fits, and the clock ends the night.
    """
    if budget is None:
        return tuple(found), ()
    due: list[Due] = []
    later: list[Due] = []
    left = budget.amount
    for one in found:
        takes = budget.take(one.expected, yardstick)
        if due and (takes is None or takes > left):
            later.append(one)
        else:
            due.append(one)
            left -= takes or 0.0
    return tuple(due), tuple(later)


class Forecast:
    """What models will take, by what they took last time.

    Args:
        known: what the store holds.
    """

    def __init__(self, known: Known) -> None:
        measured: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
        for key, (seconds, _) in known.expectations.items():
            measured[key.repo_id][key.profile] += seconds
        self._of = {repo_id: _whole(parts, known.visits.get(repo_id)) for repo_id, parts in measured.items()}
        totals = [one.seconds for one in self._of.values()]
        middle = {DEFAULT_PROFILE: median(totals)} if totals else {}
        self._of_others = Expected(by_profile=middle, estimated=True)

    def of(self, repo_id: str) -> Expected:
        """What one model will take: the median of all where it was never measured, nothing where none was."""
        return self._of.get(repo_id, self._of_others)


def _whole(parts: Mapping[str, float], visit: Visit | None) -> Expected:
    """The snippets' own seconds, stretched to those of the visit, in which what they need ran, too."""
    own_s = sum(parts.values())
    stretch = max(1.0, visit.duration_s / own_s) if visit is not None and own_s > 0 else 1.0
    return Expected(by_profile={profile: seconds * stretch for profile, seconds in parts.items()})
