"""What the pages show, gathered from the store in a few statements."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from verify_snippets import overview
from verify_snippets.grouping import Group, group_of
from verify_snippets.overview import CardVerdict
from verify_snippets.site.file_names import page_names
from verify_snippets.store import Store
from verify_snippets.store.records import (
    CardState,
    Change,
    ClaimStanding,
    Night,
    Standing,
    Steadiness,
    StoredModel,
    Visit,
    line_of,
)

_NIGHTS = 366  # of the trend
_ORDER = {verdict: place for place, verdict in enumerate(CardVerdict)}


@dataclass(frozen=True, kw_only=True)
class Model:
    """One model with all that is known of it now.

    Attributes:
        stored: as it was listed, and whether its card could be read.
        verdict: what is said of its card.
        standings: of its snippets that the card has now, in the card's order.
        claims: that the card makes now, in its order.
        visit: the last time that all of it was gone through; None where that never was.
        page: the path of its page, without folder and ending.
    """

    stored: StoredModel
    verdict: CardVerdict
    standings: tuple[Standing, ...] = ()
    claims: tuple[ClaimStanding, ...] = ()
    visit: Visit | None = None
    page: str

    @property
    def repo_id(self) -> str:
        """Which model."""
        return self.stored.listed.repo_id

    @cached_property
    def faults(self) -> tuple[Standing, ...]:
        """The snippets that are at fault whenever they run."""
        return tuple(
            standing
            for standing in self.standings
            if standing.verdict in overview.AT_FAULT and standing.steadiness is not Steadiness.FLAKY
        )

    @cached_property
    def groups(self) -> tuple[Group, ...]:
        """Why they are, each cause once."""
        return tuple(dict.fromkeys(group_of(standing.cause) for standing in self.faults))

    @property
    def since(self) -> datetime | None:
        """Since when its card is what it is said to be; None where that is not known."""
        if self.stored.card not in (CardState.READ, CardState.UNSEEN):
            return None
        if self.verdict is CardVerdict.FAILING:
            return min(each.since for each in self.faults if each.verdict in overview.FAILURES)
        if self.verdict is CardVerdict.CONTRADICTED:
            claims = [claim.since for claim in self.claims if claim.verdict == "contradicted"]
            return min([*claims, *(each.since for each in self.faults)])
        return max((standing.since for standing in self.standings), default=None)

    @property
    def ran_at(self) -> datetime | None:
        """When a snippet of it last ran."""
        return max((standing.last_ran_at for standing in self.standings), default=None)

    @property
    def duration_s(self) -> float:
        """Of running its snippets one after the other, as long as each took last."""
        return sum(standing.duration_s or 0.0 for standing in self.standings)

    @property
    def profiles(self) -> tuple[str, ...]:
        """The hardware that its snippets ran on."""
        return tuple(dict.fromkeys(standing.key.profile for standing in self.standings))


@dataclass(frozen=True, kw_only=True)
class Member:
    """A model in a group of failures, with the snippets of it that are in it."""

    model: Model
    standings: tuple[Standing, ...]


@dataclass(frozen=True, kw_only=True)
class CauseGroup:
    """The failures with one cause; the models most downloaded first."""

    group: Group
    members: tuple[Member, ...]


@dataclass(frozen=True, kw_only=True)
class Facts:
    """All that is shown, the histories aside.

    Attributes:
        models: the worst first, and of the same verdict the most downloaded first.
        nights: the newest first; those that ended.
        changes: what the newest of them found.
        groups: the causes of what fails now, those with most cards first.
    """

    models: tuple[Model, ...]
    nights: tuple[Night, ...]
    changes: tuple[Change, ...]
    groups: tuple[CauseGroup, ...]

    @cached_property
    def counts(self) -> dict[str, int]:
        """How many cards came to each verdict."""
        return overview.card_counts(model.verdict for model in self.models)

    @cached_property
    def by_id(self) -> Mapping[str, Model]:
        """The models by their ids."""
        return {model.repo_id: model for model in self.models}


def gather(store: Store, *, public_only: bool = False) -> Facts:
    """Read all of it from the store; models that are gone are left out, and private ones if so wished."""
    nights = tuple(night for night in store.nights(_NIGHTS) if night.ended_at)
    stored = store.models()
    hidden = {each.listed.repo_id for each in stored if public_only and each.listed.private}
    models = _models(
        [each for each in stored if not each.gone and each.listed.repo_id not in hidden],
        _by_model(store.standings()),
        _by_model(store.claim_standings()),
        store.visits(),
    )
    return Facts(
        models=models,
        nights=nights,
        changes=tuple(
            change
            for change in (store.changes(night=nights[0].number) if nights else ())
            if change.repo_id not in hidden
        ),
        groups=_groups(models),
    )


def _models(
    stored: Sequence[StoredModel],
    standings: Mapping[str, Sequence[Standing]],
    claims: Mapping[str, Sequence[ClaimStanding]],
    visits: Mapping[str, Visit],
) -> tuple[Model, ...]:
    names = page_names([each.listed.repo_id for each in stored])
    found = []
    for each in stored:
        repo_id = each.listed.repo_id
        now = sorted((s for s in standings.get(repo_id, ()) if not s.gone), key=_place)
        made = sorted((c for c in claims.get(repo_id, ()) if not c.gone), key=lambda claim: claim.line)
        found.append(
            Model(
                stored=each,
                verdict=overview.verdict_on(each, now, made),
                standings=tuple(now),
                claims=tuple(made),
                visit=visits.get(repo_id),
                page=names[repo_id],
            )
        )
    return tuple(sorted(found, key=_rank))


def _place(standing: Standing) -> tuple[bool, int, str, str]:
    """Where in the card a snippet stands: those with a line first, in order."""
    line = line_of(standing.snippet_id)
    return not line, line, standing.snippet_id, standing.key.profile


def _rank(model: Model) -> tuple[int, int, str]:
    return _ORDER[model.verdict], -model.stored.listed.downloads, model.repo_id


def _groups(models: Iterable[Model]) -> tuple[CauseGroup, ...]:
    members: defaultdict[Group, list[Member]] = defaultdict(list)
    for model in models:
        of_model: defaultdict[Group, list[Standing]] = defaultdict(list)
        for standing in model.faults:
            of_model[group_of(standing.cause)].append(standing)
        for group, standings in of_model.items():
            members[group].append(Member(model=model, standings=tuple(standings)))
    found = [
        CauseGroup(group=group, members=tuple(sorted(each, key=lambda one: _rank(one.model)[1:])))
        for group, each in members.items()
    ]
    return tuple(sorted(found, key=lambda one: (-len(one.members), one.group.headline)))


def _by_model(found: Iterable[Standing] | Iterable[ClaimStanding]) -> dict[str, list[Any]]:
    by_model: defaultdict[str, list[Any]] = defaultdict(list)
    for each in found:
        by_model[each.key.repo_id if isinstance(each, Standing) else each.repo_id].append(each)
    return by_model
