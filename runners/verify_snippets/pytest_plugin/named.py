"""The cards that are named with ``--card``: read once, and handed on to xdist's workers as found."""

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Self

from snippet_images.errors import InfrastructureError
from verify_snippets.card import CARD_NAME
from verify_snippets.options import Options
from verify_snippets.pytest_plugin.asking import Asked, told
from verify_snippets.target import is_local, load_card


@dataclass(frozen=True, kw_only=True)
class NamedCard:
    """A card that was named.

    Attributes:
        name: how it is called in the ids of items.
        target: as it was named.
        options: for it, its revision pinned.
        trouble: why it can't be read now, through no fault of the user's; empty if it can.
    """

    name: str
    target: str
    options: Options
    trouble: str = ""


def read(asked: Asked, root: Path) -> tuple[NamedCard, ...]:
    """Find every card that was named, and the commits of those on the Hub.

    Args:
        asked: what was asked for.
        root: pytest's root folder, from which paths are counted.

    Raises:
        UsageError: one of them is no card.
    """
    return tuple(_read(target, asked.options_for(target), root) for target in asked.targets)


def _read(target: str, options: Options, root: Path) -> NamedCard:
    try:
        card = load_card(target, repo_id=options.repo_id, revision=options.revision)
    except InfrastructureError as error:
        return NamedCard(name=target, target=target, options=options, trouble=told(error))
    if is_local(target):
        return NamedCard(name=local_name(Path(target), root), target=target, options=options)
    pinned = replace(options, revision=card.revision)
    return NamedCard(name=card.repo_id or target, target=target, options=pinned)


def local_name(path: Path, root: Path) -> str:
    """The card's path as pytest writes paths, from its root folder where it lies below."""
    file = path.expanduser().absolute()
    if file.is_dir():
        file /= CARD_NAME
    normal = Path(os.path.normpath(file))
    return normal.relative_to(root).as_posix() if normal.is_relative_to(root) else normal.as_posix()


@dataclass(frozen=True, kw_only=True)
class HandedOn:
    """What the process that controls xdist's workers found out for all of them.

    Attributes:
        cards: the name, the commit and the trouble of each card, in their order.
        turns: the file by which workers take turns.
    """

    cards: Sequence[Mapping[str, str | None]]
    turns: Path

    @classmethod
    def of(cls, cards: Sequence[NamedCard], turns: Path) -> Self:
        """Of cards that were read."""
        found = [{"name": c.name, "revision": c.options.revision, "trouble": c.trouble} for c in cards]
        return cls(cards=found, turns=turns)

    @classmethod
    def read(cls, text: str) -> Self:
        """What ``text`` wrote."""
        found: dict[str, Any] = json.loads(text)
        return cls(cards=found["cards"], turns=Path(found["turns"]))

    @property
    def text(self) -> str:
        """All of it, as xdist hands texts on."""
        return json.dumps({"cards": self.cards, "turns": str(self.turns)})

    def named(self, asked: Asked) -> tuple[NamedCard, ...]:
        """The same cards, in a worker that was asked for the same."""
        return tuple(
            NamedCard(
                name=found["name"] or target,
                target=target,
                options=replace(asked.options_for(target), revision=found["revision"]),
                trouble=found["trouble"] or "",
            )
            for target, found in zip(asked.targets, self.cards, strict=True)
        )
