"""From what changed and what is known to a night's news. Pure.

Failures are grouped by what brought them about outside of the cards, so that forty cards which one release
broke are one line.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from verify_snippets.grouping import Group, group_of
from verify_snippets.ledger import ClaimVerdict
from verify_snippets.nightly.news import Item, News, NewsGroup, Topic
from verify_snippets.nightly.standing import fails, needs_confirming
from verify_snippets.store.records import (
    CardState,
    Change,
    ChangeKind,
    ClaimStanding,
    Night,
    Standing,
    Steadiness,
    StoredModel,
    line_of,
)
from verify_snippets.verdict import Verdict

_TOPICS = {
    ChangeKind.NEW_FAILURE: Topic.NEW_FAILURE,
    ChangeKind.NEW_CONTRADICTION: Topic.NEW_CONTRADICTION,
    ChangeKind.FIXED: Topic.FIXED,
    ChangeKind.CLAIM_HOLDS: Topic.CLAIM_HOLDS,
    ChangeKind.FLAKY: Topic.FLAKY,
    ChangeKind.STEADY_AGAIN: Topic.STEADY_AGAIN,
}
_BY_CAUSE = frozenset({Topic.NEW_FAILURE, Topic.FIXED, Topic.STILL_FAILING})
_UNREAD = {
    CardState.NO_CARD: "no card",
    CardState.GATED: "gated",
    CardState.UNREADABLE: "the card can't be read",
}
_TROUBLE = "broken: our own trouble, not the card's"


def news_of(
    night: Night,
    *,
    changes: Iterable[Change],
    models: Iterable[StoredModel],
    standings: Iterable[Standing],
    claims: Iterable[ClaimStanding] = (),
    broken: Mapping[str, str] | None = None,
    later: int = 0,
    is_first: bool = False,
) -> News:
    """What a night is worth telling.

    Args:
        night: which.
        changes: that it made.
        models: those that it went through; what is said of others is left out.
        standings: at its end, of all models.
        claims: the same of the cards' promises.
        broken: models that our own trouble kept from their end, and what it was.
        later: how many models did not fit in the night's budget.
        is_first: whether no night of the same target came before it.
    """
    present = {model.listed.repo_id: model for model in models if not model.gone}
    scene = _Scene(
        models=present,
        standings={_name(one): one for one in standings if not one.gone and one.key.repo_id in present},
        claims={_claim_name(one): one for one in claims if not one.gone and one.repo_id in present},
    )
    new = list(_new(changes, scene))
    told = {piece.name for piece in new}
    old = [piece for piece in [*_lasting(scene), *_lasting_claims(scene)] if piece.name not in told]
    return News(
        night=night,
        is_first=is_first,
        topics=_grouped([*new, *old, *_not_verified(scene, broken or {})]),
        suspected=sum(needs_confirming(one) for one in scene.standings.values()),
        later=later,
    )


_Name = tuple[
    str, str, str
]  # of a snippet: its repo, lineage and profile; of a claim: its repo, "" and words


@dataclass(frozen=True, kw_only=True)
class _Scene:
    """All that is known at the night's end of what is still there."""

    models: Mapping[str, StoredModel]
    standings: Mapping[_Name, Standing]
    claims: Mapping[_Name, ClaimStanding]

    def item(self, repo_id: str, **details: Any) -> Item:
        """An item with the model's downloads."""
        return Item(repo_id=repo_id, downloads=self.models[repo_id].listed.downloads, **details)


@dataclass(frozen=True, kw_only=True)
class _Piece:
    """One item, before it is grouped with others."""

    topic: Topic
    group: Group | str
    item: Item
    name: _Name


def _new(changes: Iterable[Change], scene: _Scene) -> Iterator[_Piece]:
    """What changed: of what changed more than once, how it ended."""
    last = {_change_name(change): change for change in changes if change.repo_id in scene.models}
    for name, change in last.items():
        topic = _TOPICS[change.kind]
        standing, claim = scene.standings.get(name), scene.claims.get(name)
        item = scene.item(
            change.repo_id,
            line=line_of(change.snippet_id),
            profile=change.profile,
            title=change.quote or (standing.title if standing is not None else ""),
            reason=change.reason,
        )
        by_cause = group_of(change.cause) if topic in _BY_CAUSE else ""
        yield _Piece(topic=topic, group=_of_claim(claim) if claim else by_cause, item=item, name=name)


def _lasting(scene: _Scene) -> Iterator[_Piece]:
    """Snippets that fail, or are flaky."""
    for name, one in scene.standings.items():
        if fails(one):
            yield _Piece(
                topic=Topic.STILL_FAILING, group=group_of(one.cause), item=_seen(one, scene), name=name
            )
        elif one.steadiness is Steadiness.FLAKY:
            yield _Piece(topic=Topic.STILL_FLAKY, group="", item=_seen(one, scene), name=name)


def _lasting_claims(scene: _Scene) -> Iterator[_Piece]:
    for name, one in scene.claims.items():
        if one.verdict == ClaimVerdict.CONTRADICTED:
            item = scene.item(one.repo_id, line=one.line, title=one.quote, reason=one.reason, since=one.since)
            yield _Piece(topic=Topic.STILL_CONTRADICTED, group=_of_claim(one), item=item, name=name)


def _not_verified(scene: _Scene, broken: Mapping[str, str]) -> Iterator[_Piece]:
    """Cards that can't be read, and what nothing is known of but our own trouble."""
    for repo_id, reason in broken.items():
        if repo_id in scene.models:
            item = scene.item(repo_id, reason=reason)
            yield _Piece(topic=Topic.NOT_VERIFIED, group=_TROUBLE, item=item, name=(repo_id, "", ""))
    for repo_id, model in scene.models.items():
        if model.card in _UNREAD:
            item = scene.item(repo_id, reason=model.card_reason)
            yield _Piece(
                topic=Topic.NOT_VERIFIED, group=_UNREAD[model.card], item=item, name=(repo_id, "", "")
            )
    for name, one in scene.standings.items():
        if one.verdict is Verdict.BROKEN and one.key.repo_id not in broken:
            yield _Piece(topic=Topic.NOT_VERIFIED, group=_TROUBLE, item=_seen(one, scene), name=name)


def _grouped(pieces: Iterable[_Piece]) -> dict[Topic, tuple[NewsGroup, ...]]:
    """By topic, and in each by group."""
    gathered: dict[Topic, dict[Group | str, list[Item]]] = {}
    for piece in pieces:
        gathered.setdefault(piece.topic, {}).setdefault(piece.group, []).append(piece.item)
    return {
        topic: tuple(sorted((one for each in gathered[topic].items() for one in _groups(*each)), key=_weight))
        for topic in Topic
        if topic in gathered
    }


def _groups(group: Group | str, items: Sequence[Item]) -> Iterator[NewsGroup]:
    """One group; of failures that share a kind of cause alone, one more for each reason that cards share."""
    if isinstance(group, str):
        yield NewsGroup(headline=group, items=_ordered(items))
        return
    if group.subjects:
        yield NewsGroup(headline=group.headline, says_all=True, kind=group.kind, items=_ordered(items))
        return
    by_reason: dict[str, list[Item]] = {}
    for item in items:
        by_reason.setdefault(item.reason.replace(item.repo_id, "its own repo"), []).append(item)
    single: list[Item] = []
    for reason, same in by_reason.items():
        if reason and len({item.repo_id for item in same}) > 1:
            yield NewsGroup(headline=reason, says_all=True, kind=group.kind, items=_ordered(same))
        else:
            single += same
    if single:
        yield NewsGroup(headline=group.headline, kind=group.kind, items=_ordered(single))


def _ordered(items: Iterable[Item]) -> tuple[Item, ...]:
    """The most downloaded first."""
    return tuple(sorted(items, key=lambda item: (-item.downloads, item.repo_id, item.line, item.profile)))


def _weight(group: NewsGroup) -> tuple[bool, int, int, str]:
    """What is explained comes first, and then what most readers meet."""
    explained = group.says_all or group.kind is None
    return (not explained, -group.downloads, -len(group.repo_ids), group.headline)


def _seen(one: Standing, scene: _Scene) -> Item:
    return scene.item(
        one.key.repo_id,
        line=line_of(one.snippet_id),
        profile=one.key.profile,
        title=one.title,
        reason=one.reason,
        since=one.since,
    )


def _of_claim(claim: ClaimStanding) -> str:
    return f"{claim.kind.replace('_', ' ')} claims"


def _name(one: Standing) -> _Name:
    return (one.key.repo_id, one.key.lineage, one.key.profile)


def _claim_name(one: ClaimStanding) -> _Name:
    return (one.repo_id, "", one.quote)


def _change_name(change: Change) -> _Name:
    return (change.repo_id, change.lineage, change.quote if not change.lineage else change.profile)
