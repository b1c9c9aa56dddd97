"""One attempt at a step in a night, and what all steps of a night share."""

from dataclasses import dataclass

from snippet_images.built import BuiltImage
from snippet_sandbox.profile import Host
from verify_snippets.images import ImageNamed
from verify_snippets.nightly.lineage import CardSnippet
from verify_snippets.plan import Step
from verify_snippets.reuse import Surroundings
from verify_snippets.store.records import SnippetKey


@dataclass(frozen=True, kw_only=True)
class Turn:
    """One attempt at a step.

    Attributes:
        step: what runs.
        snippet: it, as its history knows it.
        key: which snippet it is through all times.
        depends_on: SHA-256 of all that its verdict depends on.
        attempt: 1 for the first one by that, then counting up.
        confirming: whether it says if a failure that is only suspected counts.
    """

    step: Step
    snippet: CardSnippet
    key: SnippetKey
    depends_on: str
    attempt: int = 1
    confirming: bool = False


@dataclass(frozen=True, kw_only=True)
class NightInfo:
    """What all cards of one night share.

    Attributes:
        number: of the night.
        surroundings: what all verdicts depend on.
        image_named: gives what containers are made of.
        hash: what all verdicts depend on, as visits carry it.
        host: the machine that snippets run on.
        strict_output: whether another output than the card shows is the card's fault.
    """

    number: int
    surroundings: Surroundings
    image_named: ImageNamed
    hash: str
    host: Host
    strict_output: bool

    def image_of(self, step: Step) -> BuiltImage:
        """What a step's container is made of; for one that does not run nothing is built.

        Raises:
            InfrastructureError: it can't be built.
        """
        return self.image_named(step.image) if step.runs else self.surroundings.image
