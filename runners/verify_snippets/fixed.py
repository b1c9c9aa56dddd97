"""What comes of mending a card."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from verify_snippets import patching
from verify_snippets.card import CARD_NAME, Card, Source
from verify_snippets.cures.model import Proposal
from verify_snippets.patching import Change
from verify_snippets.report.model import RepairReport, Report, RunReport


@dataclass(frozen=True, kw_only=True)
class Unmended:
    """A snippet that still fails, or a change that could not be made.

    Attributes:
        line: of the card, where its block starts.
        reason: what is wrong, for people.
    """

    line: int
    reason: str


@dataclass(frozen=True, kw_only=True)
class Fixed:
    """What came of mending a card.

    Attributes:
        report: on the card as it is, with the repairs; its exit code is that of the mended card.
        card: as it is.
        mended: with all repairs.
        unmended: what is left.
    """

    report: Report
    card: Card
    mended: Card
    unmended: tuple[Unmended, ...] = ()

    @property
    def diff(self) -> str:
        """All repairs together, against the card; empty where there are none."""
        return patching.unified(self.card.text, self.mended.text, _file_name(self.card))


def repair(
    card: Card,
    changed: Card,
    proposals: Sequence[Proposal],
    snippets: Sequence[str],
    run: RunReport | None = None,
) -> RepairReport:
    """What is said of one repair.

    Args:
        card: as it is.
        changed: with this repair alone.
        proposals: what was done, in order.
        snippets: ids of those that pass by it.
        run: of the first of them; None where nothing was run.
    """
    return RepairReport(
        cure=", ".join(dict.fromkeys(proposal.cure for proposal in proposals)),
        sentence="; ".join(proposal.sentence for proposal in proposals),
        snippets=tuple(snippets),
        diff=patching.unified(card.text, changed.text, _file_name(card)),
        versions=run.versions if run else {},
        duration_s=run.duration_s if run else None,
    )


def merged(before: Change | None, proposal: Proposal, snippet_id: str) -> Change:
    """A snippet's change with one more proposal."""
    known = before or Change(snippet=snippet_id)
    return replace(
        known,
        code=known.code if proposal.code is None else proposal.code,
        packages=tuple(dict.fromkeys((*known.packages, *proposal.packages))),
    )


def _file_name(card: Card) -> str:
    """What the diff calls the card."""
    return Path(card.location).name if card.source is Source.FILE else CARD_NAME
